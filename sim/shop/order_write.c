#include "sim/shop/order_write.h"

#include "base/crypt.h"
#include "sim/shop/trade.h"
#include "sim/sim.h"

#define NUMBER_LIFE_S (30 * INT64_C(86400))

static void write_attrs(struct out *out, const struct sku *sku)
{
        out_list(out, "sku_attrs");
        for (int i = 0; i < 2; i++) {
                const char *value = i ? sku->size : sku->color;
                if (text_empty(value))
                        continue;
                out_obj(out, NULL);
                out_str(out, "attr_key", i ? "规格" : "颜色");
                out_str(out, "attr_value", value);
                out_end(out);
        }
        out_end(out);
}

/* Who paid which part of a discount: the same family on the line and on the order. */
static void write_discounts(struct out *out, int64_t by_merchant)
{
        static const char *const others[] = {
                "finder_discounted_price",           "vip_discounted_price",
                "bulkbuy_discounted_price",          "cash_coupon_discounted_price",
                "limited_discount_discounted_price", "platform_activity_merchant_discounted_price",
                "national_subsidy_discounted_price", "national_subsidy_merchant_discounted_price",
        };
        out_int(out, "merchant_discounted_price", by_merchant);
        for (size_t i = 0; i < countof(others); i++)
                out_int(out, others[i], 0);
}

static void write_promise(struct out *out, const struct line *l)
{
        const struct presale *presale = &l->sku->presale;

        out_obj(out, "sku_deliver_info");
        out_int(out, "stock_type", presale->on);
        if (presale->on) {
                out_int(out, "predict_delivery_time", l->predict);
                out_int(out, "full_payment_presale_delivery_type", presale->delivery_type);
        }
        out_end(out);
        out_int(out, "delivery_deadline", l->deadline);
        if (!l->change.state)
                return;
        out_obj(out, "change_sku_info");
        out_int(out, "preshipment_change_sku_state", l->change.state);
        out_str(out, "old_sku_id", l->change.from->id);
        out_str(out, "new_sku_id", l->change.to->id);
        out_int(out, "ddl_time_stamp", l->change.deadline);
        out_end(out);
}

static void write_line(struct out *out, const struct line *l, struct arena *arena)
{
        int64_t full = l->sku->price * l->count;

        out_obj(out, NULL);
        out_str(out, "product_id", l->product->id);
        out_str(out, "sku_id", l->sku->id);
        out_int(out, "sku_cnt", l->count);
        out_int(out, "on_aftersale_sku_cnt", l->on_case);
        out_int(out, "finish_aftersale_sku_cnt", l->finished);
        out_str(out, "title", l->product->title);
        out_str(out, "thumb_img", arena_printf(arena, "https://mmecimage.cn/p/sim/%s", l->product->id));
        out_str(out, "sku_code", l->sku->code);
        out_str(out, "out_product_id", l->product->out_id);
        out_str(out, "out_sku_id", l->sku->out_id);
        out_str(out, "out_warehouse_id", "");
        out_str(out, "product_unique_id", l->product->id);
        write_attrs(out, l->sku);
        out_int(out, "market_price", l->sku->price * 12 / 10);
        out_int(out, "sale_price", l->sku->price);
        out_int(out, "real_price", l->real_price);
        out_int(out, "estimate_price", l->real_price);
        out_bool(out, "is_discounted", l->real_price < full);
        out_bool(out, "is_change_price", l->price_changed);
        out_int(out, "change_price", l->price_changed ? l->real_price : 0);
        out_bool(out, "use_deduction", false);
        out_int(out, "deduction_price", 0);
        write_discounts(out, full - l->real_price);
        out_list(out, "order_product_coupon_info_list");
        out_end(out);
        write_promise(out, l);
        out_obj(out, "extra_service");
        out_int(out, "seven_day_return", 1);
        out_int(out, "freight_insurance", 1);
        out_end(out);
        out_bool(out, "is_free_gift", false);
        out_end(out);
}

static const char *hash_of(struct arena *arena, const struct receiver *to)
{
        uint8_t sum[32];
        crypt_sha256(bytes_of_text(arena_printf(arena, "%s|%s|%s", to->name, to->phone, to->detail)), sum);
        return crypt_hex(arena, bytes_of(sum, 16));
}

const char *order_virtual_number(struct arena *arena, const struct order *o)
{
        return arena_printf(arena, "1%s%u", o->id + 10, o->number_applied % 10);
}

int64_t order_number_until(const struct order *o)
{
        return o->number_until ? o->number_until : o->created / 1000 + NUMBER_LIFE_S;
}

void order_write_receiver(struct request *rq, const char *key, const struct order *o, const struct receiver *pending,
                          bool masked)
{
        struct out *out = &rq->out;
        const struct receiver own = order_receiver(o), *to = pending ? pending : &own;
        const char *alias = order_virtual_number(rq->arena, o);

        out_obj(out, key);
        out_str(out, "user_name", masked ? mask_name(rq->arena, to->name) : to->name);
        out_str(out, "postal_code", "");
        out_str(out, "province_name", to->province);
        out_str(out, "city_name", to->city);
        out_str(out, "county_name", to->county);
        out_str(out, "detail_info", masked ? "****" : to->detail);
        out_str(out, "house_number", masked && !text_empty(to->house) ? "**" : to->house);
        out_str(out, "tel_number", masked ? text_mask_phone(rq->arena, to->phone) : to->phone);
        out_str(out, "hash_code", hash_of(rq->arena, to));
        out_int(out, "use_tel_number", 1);
        out_str(out, "virtual_order_tel_number", alias);
        out_obj(out, "tel_number_ext_info");
        out_str(out, "real_tel_number", text_mask_phone(rq->arena, to->phone));
        out_str(out, "virtual_tel_number", alias);
        out_int(out, "virtual_tel_expire_time", order_number_until(o));
        out_int(out, "get_virtual_tel_cnt", o->number_applied);
        out_int(out, "has_delay_times", o->number_delayed);
        out_end(out);
        out_end(out);
}

static void write_parcel(struct out *out, const struct order *o, const struct parcel *parcel)
{
        out_obj(out, NULL);
        out_str(out, "waybill_id", parcel->waybill);
        out_str(out, "delivery_id", parcel->delivery_id);
        out_str(out, "delivery_name", parcel->delivery_name);
        out_int(out, "delivery_time", parcel->at / 1000);
        out_int(out, "deliver_type", parcel->deliver_type);
        out_list(out, "product_infos");
        for (size_t i = 0; i < o->n_lines; i++) {
                if (!parcel->count[i])
                        continue;
                out_obj(out, NULL);
                out_str(out, "product_id", o->line[i].product->id);
                out_str(out, "sku_id", o->line[i].sku->id);
                out_int(out, "product_cnt", parcel->count[i]);
                out_end(out);
        }
        out_end(out);
        out_end(out);
}

static void write_delivery(struct request *rq, const struct order *o, bool masked)
{
        struct out *out = &rq->out;

        out_obj(out, "delivery_info");
        order_write_receiver(rq, "address_info", o, NULL, masked);
        if (o->asked) {
                order_write_receiver(rq, "address_under_review", o, o->asked, masked);
                out_int(out, "address_apply_time", o->asked_at / 1000);
        }
        out_list(out, "delivery_product_info");
        for (size_t i = 0; i < o->n_parcels; i++)
                write_parcel(out, o, o->parcel[i]);
        out_end(out);
        out_int(out, "ship_done_time", o->shipped / 1000);
        out_int(out, "deliver_method", 0);
        if (o->line[0].predict)
                out_int(out, "predict_delivery_time", o->line[0].predict);
        out_int(out, "delivery_time_type", 1);
        out_int(out, "quality_inspect_type", 0);
        out_int(out, "dropship_flag", 0);
        out_end(out);
}

static void write_money(struct out *out, const struct order *o)
{
        int64_t goods = 0;

        for (size_t i = 0; i < o->n_lines; i++)
                goods += o->line[i].sku->price * o->line[i].count;
        out_obj(out, "pay_info");
        out_int(out, "payment_method", 1);
        out_int(out, "pay_time", o->paid / 1000);
        out_str(out, "transaction_id", o->paid ? o->id + 2 : "");
        out_str(out, "prepay_id", o->id + 3);
        out_int(out, "prepay_time", o->created / 1000);
        out_end(out);
        out_obj(out, "price_info");
        out_int(out, "product_price", goods);
        out_int(out, "order_price", o->total);
        out_int(out, "freight", o->freight);
        out_int(out, "discounted_price", goods + o->freight - o->total);
        out_bool(out, "is_discounted", o->total < goods + o->freight);
        out_int(out, "original_order_price", goods + o->freight);
        out_int(out, "estimate_product_price", o->total - o->freight);
        out_int(out, "change_down_price", o->price_changes ? goods + o->freight - o->total : 0);
        out_bool(out, "is_change_freight", o->freight_changed);
        out_int(out, "change_freight", o->freight_changed ? o->freight : 0);
        out_bool(out, "use_deduction", false);
        out_int(out, "deduction_price", 0);
        out_int(out, "merchant_receieve_price", o->total);
        write_discounts(out, goods + o->freight - o->total);
        out_end(out);
}

/* The WeCom member who forwarded the link, line by line. */
static void write_sources(struct request *rq, const struct order *o)
{
        struct out *out = &rq->out;

        out_list(out, "source_infos");
        for (size_t i = 0; o->wecom_user && i < o->n_lines; i++) {
                out_obj(out, NULL);
                out_str(out, "sku_id", o->line[i].sku->id);
                out_int(out, "account_type", 4);
                out_str(out, "account_id", rq->sim->world.corp.corp_id);
                out_str(out, "account_nickname", rq->sim->world.corp.name);
                out_int(out, "sale_channel", 0);
                out_int(out, "content_type", 1);
                out_str(out, "content_id", o->wecom_user);
                out_end(out);
        }
        out_end(out);
}

static void write_detail(struct request *rq, const struct order *o, bool masked)
{
        struct out *out = &rq->out;

        out_obj(out, "order_detail");
        out_list(out, "product_infos");
        for (size_t i = 0; i < o->n_lines; i++)
                write_line(out, &o->line[i], rq->arena);
        out_end(out);
        write_money(out, o);
        write_delivery(rq, o, masked);
        out_obj(out, "coupon_info");
        out_str(out, "user_coupon_id", "");
        out_end(out);
        out_obj(out, "ext_info");
        out_str(out, "customer_notes", o->customer_notes);
        out_str(out, "merchant_notes", o->merchant_notes);
        out_int(out, "confirm_receipt_time", o->confirmed / 1000);
        out_str(out, "finder_id", o->scene == 2 ? "sph3FZbOEY46mAB" : "");
        out_str(out, "live_id", "");
        out_int(out, "order_scene", o->scene);
        out_int(out, "commission_handling_progress", 1);
        out_end(out);
        out_list(out, "commission_infos");
        out_end(out);
        out_obj(out, "sharer_info");
        out_end(out);
        out_obj(out, "settle_info");
        out_int(out, "predict_commission_fee", o->total * 6 / 1000);
        out_int(out, "commission_fee", o->settled ? o->total * 6 / 1000 : 0);
        out_int(out, "settle_time", o->settled / 1000);
        out_end(out);
        out_list(out, "sku_sharer_infos");
        out_end(out);
        write_sources(rq, o);
        out_obj(out, "refund_info");
        out_int(out, "refund_freight", 0);
        out_end(out);
        out_end(out);
}

static void write_cases(struct out *out, const struct order *o)
{
        int64_t running = 0;

        out_obj(out, "aftersale_detail");
        out_list(out, "aftersale_order_list");
        for (size_t i = 0; i < o->cases.n; i++) {
                out_obj(out, NULL);
                out_str(out, "aftersale_order_id", o->cases.v[i]->id);
                out_int(out, "status", 0); /* deprecated: the after-sale itself tells */
                out_end(out);
                running += case_running(o->cases.v[i]);
        }
        out_end(out);
        out_int(out, "on_aftersale_order_cnt", running);
        out_end(out);
}

void order_write(struct request *rq, const struct order *o, bool masked)
{
        struct out *out = &rq->out;

        out_obj(out, "order");
        out_str(out, "order_id", o->id);
        out_raw(out, "status", o->status);
        out_int(out, "create_time", o->created / 1000);
        out_int(out, "update_time", o->updated / 1000);
        write_detail(rq, o, masked);
        write_cases(out, o);
        out_str(out, "openid", o->person->openid[o->shop->place]);
        if (switch_on(rq->sim, SW_BOUND))
                out_str(out, "unionid", o->person->unionid);
        out_bool(out, "is_present", o->kind == ORDER_PRESENT);
        if (o->kind == ORDER_PRESENT) {
                out_str(out, "present_order_id_str", o->present_id);
                out_str(out, "present_note", o->present_note);
                out_str(out, "present_giver_openid", o->person->openid[o->shop->place]);
                out_int(out, "present_send_type", 0);
        }
        out_bool(out, "is_flash_sale_order", false);
        out_end(out);
}
