/* Shop: order list, search and detail (channels-order.md 2). */
#include "sim/cursor.h"
#include "sim/gate.h"
#include "sim/sim.h"
#include "sim/shop/trade.h"

#include <string.h>

#define RANGE_MAX_S (7 * 86400)

struct range {
        bool given;
        int64_t from, to; /* s */
};

static int read_range(struct request *rq, const char *name, struct range *range)
{
        range->given = rq_has(rq, name);
        if (!range->given)
                return 0;
        range->from = rq_int(rq, arena_printf(rq->arena, "%s.start_time", name), -1);
        range->to = rq_int(rq, arena_printf(rq->arena, "%s.end_time", name), -1);
        if (range->from < 0 || range->to < range->from)
                return refuse(rq, 40097, "%s 的起止时间不对", name);
        if (range->to - range->from > RANGE_MAX_S)
                return refuse(rq, 40097, "%s 跨度最长 7 天", name);
        return 0;
}

static bool in_range(const struct range *range, int64_t ms)
{
        return !range->given || (ms / 1000 >= range->from && ms / 1000 <= range->to);
}

/* page_size and next_key, as list/get and search take them. */
static int read_page(struct request *rq, const char *list, size_t *at, size_t *page)
{
        int64_t n = rq_int(rq, "page_size", 0);
        const char *key = rq_str(rq, "next_key");

        if (n < 1 || n > 100)
                return refuse(rq, 40097, "page_size 应为 1..100");
        if (!text_empty(key) && cursor_key_read(rq->sim, rq->arena, list, key, at))
                return refuse(rq, 40097, "next_key 不是这个列表给出的");
        *page = (size_t)n;
        return 0;
}

/* Writes ids of orders that `fits` wants, one page. */
static void write_ids(struct request *rq, const char *list, const char *member, size_t at, size_t page,
                      bool (*fits)(const struct order *, const void *), const void *wanted)
{
        struct shop *shop = rq->shop;

        out_list(&rq->out, member);
        for (; page && at < shop->orders.n; at++)
                if (fits(shop->orders.v[at], wanted)) {
                        out_str(&rq->out, NULL, shop->orders.v[at]->id);
                        page--;
                }
        /* The next page begins at an order that exists, so that has_more never promises an empty one. */
        while (at < shop->orders.n && !fits(shop->orders.v[at], wanted))
                at++;
        out_end(&rq->out);
        out_str(&rq->out, "next_key", cursor_key_make(rq->sim, rq->arena, list, at));
        out_bool(&rq->out, "has_more", at < shop->orders.n);
}

struct list_wanted {
        struct range created, updated;
        const char *status, *openid;
};

static bool list_fits(const struct order *o, const void *arg)
{
        const struct list_wanted *w = arg;
        return in_range(&w->created, o->created) && in_range(&w->updated, o->updated) &&
               (!w->status || text_eq(w->status, o->status)) &&
               (!w->openid || text_eq(w->openid, o->person->openid[o->shop->place]));
}

static int list_get(struct request *rq)
{
        struct list_wanted w = {.status = rq_str(rq, "status"), .openid = rq_str(rq, "openid")};
        size_t at = 0, page;
        int r = read_range(rq, "create_time_range", &w.created);

        r = r ? r : read_range(rq, "update_time_range", &w.updated);
        if (!r && !w.created.given && !w.updated.given)
                r = refuse(rq, 40097, "create_time_range 与 update_time_range 至少给一个");
        r = r ? r : read_page(rq, "order/list", &at, &page);
        if (!r)
                write_ids(rq, "order/list", "order_id_list", at, page, list_fits, &w);
        return r;
}

struct search_wanted {
        const char *title, *user_name, *last4, *order_id, *sku_code, *notes, *status;
        int64_t on_case; /* -1 = whatever */
};

static bool search_fits(const struct order *o, const void *arg)
{
        const struct search_wanted *w = arg;
        const char *phone = o->person->phone;
        bool running = false;

        for (size_t i = 0; i < o->cases.n; i++)
                running |= !state_row(&case_states, o->cases.v[i]->status)->terminal;
        return (!w->title || strstr(o->line[0].product->title, w->title)) &&
               (!w->user_name || text_eq(w->user_name, o->person->name)) &&
               (!w->last4 || text_eq(w->last4, phone + strlen(phone) - 4)) &&
               (!w->order_id || text_eq(w->order_id, o->id)) &&
               (!w->sku_code || text_eq(w->sku_code, o->line[0].sku->code)) &&
               (!w->notes || strstr(o->customer_notes, w->notes)) && (!w->status || text_eq(w->status, o->status)) &&
               (w->on_case < 0 || running == (w->on_case == 1));
}

static int search(struct request *rq)
{
        const char *tel = rq_str(rq, "search_condition.tel_number");
        struct search_wanted w = {
                .title = rq_str(rq, "search_condition.title"),
                .user_name = rq_str(rq, "search_condition.user_name"),
                .last4 = rq_str(rq, "search_condition.tel_number_last4"),
                .order_id = rq_str(rq, "search_condition.order_id"),
                .sku_code = rq_str(rq, "search_condition.sku_code"),
                .notes = rq_str(rq, "search_condition.customer_notes"),
                .status = rq_str(rq, "status"),
                .on_case = rq_int(rq, "on_aftersale_order_exist", -1),
        };
        size_t at = 0, page;

        if (!rq_has(rq, "search_condition"))
                return refuse(rq, 40097, "search_condition 至少给一项");
        if (tel && !w.last4 && strlen(tel) >= 4)
                w.last4 = tel + strlen(tel) - 4; /* the whole number is deprecated: only its end is matched */
        int r = read_page(rq, "order/search", &at, &page);
        if (!r)
                write_ids(rq, "order/search", switch_on(rq->sim, SW_SEARCH_ORDERS) ? "orders" : "order_id_list", at,
                          page, search_fits, &w);
        return r;
}

/* ---- the order object (2.5, 2.6) ---- */

static void write_line(struct out *out, const struct line *l, struct arena *arena)
{
        out_obj(out, NULL);
        out_id(out, "product_id", l->product->id, true);
        out_id(out, "sku_id", l->sku->id, true);
        out_int(out, "sku_cnt", l->count);
        out_str(out, "title", l->product->title);
        out_str(out, "thumb_img", arena_printf(arena, "https://mmecimage.cn/sim/%s", l->product->id));
        out_str(out, "sku_code", l->sku->code);
        out_str(out, "out_product_id", "");
        out_str(out, "out_sku_id", "");
        out_str(out, "product_unique_id", l->product->id);
        out_list(out, "sku_attrs");
        for (int i = 0; i < 2; i++) {
                const char *value = i ? l->sku->size : l->sku->color;
                if (text_empty(value))
                        continue;
                out_obj(out, NULL);
                out_str(out, "attr_key", i ? "规格" : "颜色");
                out_str(out, "attr_value", value);
                out_end(out);
        }
        out_end(out);
        out_int(out, "market_price", l->sku->price * 12 / 10);
        out_int(out, "sale_price", l->sku->price);
        out_int(out, "real_price", l->real_price);
        out_int(out, "estimate_price", l->real_price);
        out_bool(out, "is_discounted", l->real_price < l->sku->price * l->count);
        out_bool(out, "is_change_price", false);
        out_int(out, "merchant_discounted_price", l->sku->price * l->count - l->real_price);
        out_int(out, "finder_discounted_price", 0);
        out_list(out, "order_product_coupon_info_list");
        out_end(out);
        out_int(out, "on_aftersale_sku_cnt", l->on_case);
        out_int(out, "finish_aftersale_sku_cnt", l->finished);
        out_obj(out, "sku_deliver_info");
        out_int(out, "stock_type", 0);
        out_end(out);
        out_int(out, "delivery_deadline", l->deadline);
        out_obj(out, "extra_service");
        out_int(out, "seven_day_return", 1);
        out_int(out, "freight_insurance", 1);
        out_end(out);
        out_bool(out, "is_free_gift", false);
        out_end(out);
}

static const char *hash_of_address(struct arena *arena, const struct person *p)
{
        uint8_t sum[32];
        crypt_sha256(bytes_of_text(arena_printf(arena, "%s|%s|%s", p->name, p->phone, p->detail)), sum);
        return crypt_hex(arena, bytes_of(sum, 16));
}

static void write_receiver(struct request *rq, const struct order *o, bool masked)
{
        struct out *out = &rq->out;
        struct person *p = o->person;
        const char *alias = arena_printf(rq->arena, "1%s", o->id + 9);

        out_obj(out, "address_info");
        out_str(out, "user_name", masked ? mask_name(rq->arena, p->name) : p->name);
        out_str(out, "postal_code", "");
        out_str(out, "province_name", p->province);
        out_str(out, "city_name", p->city);
        out_str(out, "county_name", p->county);
        out_str(out, "detail_info", masked ? "****" : p->detail);
        out_str(out, "house_number", "");
        out_str(out, "tel_number", masked ? text_mask_phone(rq->arena, p->phone) : p->phone);
        out_str(out, "hash_code", hash_of_address(rq->arena, p));
        out_int(out, "use_tel_number", 1);
        out_str(out, "virtual_order_tel_number", alias);
        out_obj(out, "tel_number_ext_info");
        out_str(out, "real_tel_number", text_mask_phone(rq->arena, p->phone));
        out_str(out, "virtual_tel_number", alias);
        out_int(out, "virtual_tel_expire_time", o->created / 1000 + 30 * 86400);
        out_int(out, "get_virtual_tel_cnt", 0);
        out_int(out, "has_delay_times", 0);
        out_end(out);
        out_end(out);
}

static void write_delivery(struct request *rq, const struct order *o, bool masked)
{
        struct out *out = &rq->out;

        out_obj(out, "delivery_info");
        out_int(out, "deliver_method", 0);
        write_receiver(rq, o, masked);
        out_list(out, "delivery_product_info");
        if (o->waybill) {
                out_obj(out, NULL);
                out_str(out, "waybill_id", o->waybill);
                out_str(out, "delivery_id", o->delivery_id);
                out_str(out, "delivery_name", o->delivery_name);
                out_int(out, "delivery_time", o->shipped / 1000);
                out_int(out, "deliver_type", 1);
                out_list(out, "product_infos");
                for (size_t i = 0; i < o->n_lines; i++) {
                        out_obj(out, NULL);
                        out_id(out, "product_id", o->line[i].product->id, true);
                        out_id(out, "sku_id", o->line[i].sku->id, true);
                        out_int(out, "product_cnt", o->line[i].count);
                        out_end(out);
                }
                out_end(out);
                out_end(out);
        }
        out_end(out);
        out_int(out, "ship_done_time", o->shipped / 1000);
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
        out_str(out, "prepay_id", "");
        out_int(out, "prepay_time", o->created / 1000);
        out_end(out);
        out_obj(out, "price_info");
        out_int(out, "product_price", goods);
        out_int(out, "freight", o->freight);
        out_int(out, "order_price", o->total);
        out_int(out, "original_order_price", goods + o->freight);
        out_int(out, "discounted_price", goods + o->freight - o->total);
        out_bool(out, "is_discounted", o->total < goods + o->freight);
        out_int(out, "estimate_product_price", goods);
        out_int(out, "merchant_receieve_price", o->total);
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
        out_end(out);
        out_obj(out, "ext_info");
        out_str(out, "customer_notes", o->customer_notes);
        out_str(out, "merchant_notes", o->merchant_notes);
        out_int(out, "confirm_receipt_time", o->confirmed / 1000);
        out_int(out, "order_scene", o->scene);
        out_end(out);
        out_list(out, "commission_infos");
        out_end(out);
        out_obj(out, "settle_info");
        out_int(out, "predict_commission_fee", o->total * 6 / 1000);
        out_end(out);
        out_list(out, "source_infos");
        out_end(out);
        out_obj(out, "refund_info");
        out_int(out, "refund_freight", 0);
        out_end(out);
        out_end(out);
}

static int get(struct request *rq)
{
        struct order *o = map_get(&rq->sim->world.orders, rq_str(rq, "order_id"));
        struct out *out = &rq->out;
        int64_t running = 0;

        if (text_empty(rq_str(rq, "order_id")))
                return refuse(rq, 40097, "缺 order_id");
        if (!o || o->shop != rq->shop)
                return refuse(rq, 100002, "这个店没有这个订单");
        out_obj(out, "order");
        out_str(out, "order_id", o->id);
        out_raw(out, "status", o->status);
        out_int(out, "create_time", o->created / 1000);
        out_int(out, "update_time", o->updated / 1000);
        out_str(out, "openid", o->person->openid[o->shop->place]);
        if (switch_on(rq->sim, SW_BOUND))
                out_str(out, "unionid", o->person->unionid);
        write_detail(rq, o, switch_on(rq->sim, SW_MASKED) || rq_bool(rq, "encode_sensitive_info", false));
        out_obj(out, "aftersale_detail");
        out_list(out, "aftersale_order_list");
        for (size_t i = 0; i < o->cases.n; i++) {
                out_obj(out, NULL);
                out_str(out, "aftersale_order_id", o->cases.v[i]->id);
                out_int(out, "status", 0);
                out_end(out);
                running += case_running(o->cases.v[i]);
        }
        out_end(out);
        out_int(out, "on_aftersale_order_cnt", running);
        out_end(out);
        out_bool(out, "is_present", false);
        out_bool(out, "is_flash_sale_order", false);
        out_end(out);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/channels/ec/order/get", "POST", FAMILY_WEIXIN, 20000, 0, get},
        {"/channels/ec/order/list/get", "POST", FAMILY_WEIXIN, 3000, 0, list_get},
        {"/channels/ec/order/search", "POST", FAMILY_WEIXIN, 3000, 0, search},
};

static const char *const events[] = {
        "channels_ec_order_new", "channels_ec_order_pay", "channels_ec_order_cancel", "channels_ec_order_deliver", "channels_ec_order_confirm", NULL,
};

const struct product_table shop_order = {"shop_order", endpoints, countof(endpoints), events};
