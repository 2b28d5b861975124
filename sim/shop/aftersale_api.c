/* Shop: after-sales as they are read (微信小店 售后). */
#include "sim/cursor.h"
#include "sim/shop/order_write.h"
#include "sim/shop/past.h"
#include "sim/shop/request.h"
#include "sim/shop/trade.h"
#include "sim/sim.h"

#define WINDOW_MAX_S 86400
#define PAGE 50

struct window {
        bool given;
        int64_t from, to; /* s */
};

static int read_window(struct request *rq, const char *begin, const char *end, struct window *w)
{
        w->from = rq_int(rq, begin, -1);
        w->to = rq_int(rq, end, -1);
        w->given = w->from >= 0 && w->to >= 0;
        if ((w->from >= 0) != (w->to >= 0))
                return refuse(rq, 40097, "%s 与 %s 要成对（微信小店 售后·获取售后单列表）", begin, end);
        if (w->given && (w->to < w->from || w->to - w->from > WINDOW_MAX_S))
                return refuse(rq, 40097, "%s..%s 最长 24 小时（微信小店 售后·获取售后单列表）", begin, end);
        return 0;
}

static bool in_window(const struct window *w, int64_t ms)
{
        return !w->given || (ms / 1000 >= w->from && ms / 1000 <= w->to);
}

/* The log of changes knows every case by its last change; one that is not the last is passed over. */
static size_t changes_from(const struct shop *shop, int64_t ms)
{
        size_t lo = 0, hi = shop->case_changes.n;
        while (lo < hi) {
                size_t mid = lo + (hi - lo) / 2;
                if (shop->case_changes.v[mid].at < ms)
                        lo = mid + 1;
                else
                        hi = mid;
        }
        return lo;
}

/* Places of the past come first, then those of the log. What was touched and changed since stands in the log alone. */
static const char *past_case(struct request *rq, size_t at, const struct window *created, const struct window *updated)
{
        struct past_case past;
        const struct after_sale *c = NULL;

        if (past_touched(rq->shop, at)) {
                c = case_look(rq->sim, rq->arena, past_case_id(rq->arena, rq->shop, at));
                if (!c || c->logged || !in_window(created, c->created) || !in_window(updated, c->updated))
                        return NULL;
                return c->id;
        }
        if (!past_case_look(rq->sim, rq->shop, at, &past) || !in_window(created, past.created) || !in_window(updated, past.ended))
                return NULL;
        return past_case_id(rq->arena, rq->shop, at);
}

static int list(struct request *rq, bool gifts)
{
        const char *name = gifts ? "present/aftersale/list" : "aftersale/list", *key = rq_str(rq, "next_key");
        struct window created, updated;
        size_t at = 0, page = PAGE;
        int r = read_window(rq, "begin_create_time", "end_create_time", &created);

        r = r ? r : read_window(rq, "begin_update_time", "end_update_time", &updated);
        if (r)
                return r;
        if (!created.given && !updated.given)
                return refuse(rq, 40097, "创建时间与更新时间至少给一对（微信小店 售后·获取售后单列表）");
        if (!text_empty(key) && cursor_key_read(rq->sim, rq->arena, name, key, &at))
                return refuse(rq, 40097, "next_key 不是这个列表给出的");
        const struct window *w = updated.given ? &updated : &created;
        const struct shop *shop = rq->shop;
        const struct past_times *times = updated.given ? &shop->past.cases_ended : &shop->past.cases_opened;
        size_t past_end = gifts ? 0 : past_times_from(shop, times, (w->to + 1) * 1000);

        if (!at)
                at = past_times_from(shop, times, w->from * 1000);
        out_list(&rq->out, "after_sale_order_id_list");
        for (; page && at < past_end; at++) {
                const char *id = past_case(rq, past_time_place(times, at), &created, &updated);
                if (!id)
                        continue;
                out_str(&rq->out, NULL, id);
                page--;
        }
        /* Nothing changes before it is created. */
        if (page && at < times->n + changes_from(shop, w->from * 1000))
                at = times->n + changes_from(shop, w->from * 1000);
        for (; page && at < times->n + shop->case_changes.n; at++) {
                const struct case_change *change = &shop->case_changes.v[at - times->n];
                const struct after_sale *c = change->c;
                if (change->at != c->logged || gifts != (c->order->kind == ORDER_PRESENT) ||
                    !in_window(&created, c->created) || !in_window(&updated, c->updated))
                        continue;
                out_str(&rq->out, NULL, c->id);
                page--;
        }
        out_end(&rq->out);
        out_bool(&rq->out, "has_more", !page && at < times->n + shop->case_changes.n);
        out_str(&rq->out, "next_key", cursor_key_make(rq->sim, rq->arena, name, at));
        return 0;
}

static int getaftersalelist(struct request *rq)
{
        return list(rq, false);
}

static int getpresentaftersalelist(struct request *rq)
{
        return list(rq, true);
}

/* ---- the object ---- */

static void write_goods(struct request *rq, const struct after_sale *c)
{
        struct out *out = &rq->out;
        const struct line *line = &c->order->line[c->line];

        out_obj(out, "product_info");
        out_str(out, "product_id", line->product->id);
        out_str(out, "sku_id", line->sku->id);
        out_str(out, "sku_code", line->sku->code);
        out_int(out, "count", c->count);
        out_bool(out, "fast_refund", false);
        out_list(out, "gift_product_list");
        out_end(out);
        out_list(out, "voucher_list");
        out_end(out);
        out_end(out);
        out_obj(out, "details");
        out_str(out, "desc", c->desc);
        out_bool(out, "receive_product", c->received);
        out_int(out, "cancel_time", text_eq(c->status, "USER_CANCELD") ? c->completed / 1000 : 0);
        out_list(out, "media_id_list");
        out_end(out);
        out_str(out, "tel_number", text_mask_phone(rq->arena, c->order->person->phone));
        out_int(out, "wxa_vip_discounted_price", 0);
        out_end(out);
        out_obj(out, "refund_info");
        out_int(out, "amount", c->amount);
        out_int(out, "refund_reason", c->refund_reason);
        out_int(out, "platform_discount_return_amount", 0);
        out_bool(out, "is_low_price_insurance_refund", false);
        out_bool(out, "is_final_refund_by_insurance", false);
        out_end(out);
}

static void write_parcels(struct request *rq, const struct after_sale *c)
{
        struct out *out = &rq->out;
        const struct carrier *back = carrier_find(c->delivery_id ? c->delivery_id : "SF");
        const struct carrier *there = carrier_find(c->ship_delivery);

        out_obj(out, "return_info");
        out_str(out, "waybill_id", c->waybill);
        out_str(out, "delivery_id", c->waybill && back ? back->id : "");
        out_str(out, "delivery_name", c->waybill && back ? back->name : "");
        out_end(out);
        out_obj(out, "merchant_upload_info");
        out_str(out, "reject_reason", c->reject_reason);
        out_raw(out, "refund_certificates", c->certificates ? c->certificates : "[]");
        out_end(out);
        if (!text_eq(c->type, "EXCHANGE") && !c->ship_waybill)
                return;
        const struct line *line = &c->order->line[c->line];
        const struct sku *now = c->new_sku ? c->new_sku : line->sku;
        out_obj(out, "exchange_product_info");
        out_str(out, "product_id", line->product->id);
        out_str(out, "old_sku_id", line->sku->id);
        out_str(out, "new_sku_id", now->id);
        out_int(out, "product_cnt", c->count);
        out_int(out, "old_sku_price", line->sku->price);
        out_int(out, "new_sku_price", now->price);
        out_str(out, "old_sku_code", line->sku->code);
        out_str(out, "new_sku_code", now->code);
        out_end(out);
        out_obj(out, "exchange_delivery_info");
        out_str(out, "delivery_id", there ? there->id : "");
        out_str(out, "delivery_name", there ? there->name : "");
        out_str(out, "waybill_id", c->ship_waybill);
        order_write_receiver(rq, "address_info", c->order, NULL, switch_on(rq->sim, SW_MASKED));
        out_end(out);
}

static const char *type_name(int type)
{
        static const char *const names[] = {"", "REFUND", "RETURN", "EXCHANGE", "RESHIP"};
        return type > 0 && type < 5 ? names[type] : "";
}

static void write_offer(struct out *out, const struct after_sale *c)
{
        if (!text_eq(c->status, "USER_WAIT_CONFIRM_UPDATE"))
                return;
        out_obj(out, "merchant_update_detail");
        out_int(out, "merchant_update_type", c->offer.kind);
        out_str(out, "merchant_update_desc", c->offer.desc);
        out_int(out, "update_reason_type", c->offer.reason);
        out_str(out, "old_after_sale_type", c->type);
        out_str(out, "new_after_sale_type", type_name(c->offer.target));
        out_int(out, "old_after_sale_amount", c->amount);
        out_int(out, "new_after_sale_amount", c->offer.amount);
        out_raw(out, "media_ids", c->offer.media ? c->offer.media : "[]");
        out_end(out);
}

static void write_refund(struct out *out, const struct after_sale *c)
{
        bool short_of = c->paying_out && text_eq(c->status, "MERCHANT_OVERDUE_REFUND");

        if (!short_of && !text_eq(c->status, "PLATFORM_REFUND_FAIL"))
                return;
        out_obj(out, "refund_resp");
        out_str(out, "code", short_of ? "NOT_ENOUGH" : "SYSTEM_ERROR");
        out_int(out, "ret", -1);
        out_str(out, "message", short_of ? "基本账户余额不足" : "退款失败");
        out_end(out);
}

static int64_t deadline_of(struct sim *sim, const struct after_sale *c)
{
        int64_t deadline = c->deadline / 1000;
        return deadline && !switch_on(sim, SW_CASE_ABSOLUTE) ? deadline - sim_now_s(sim) : deadline;
}

static int getaftersaleorder(struct request *rq)
{
        struct out *out = &rq->out;
        struct after_sale *c;
        int r = rq_case_to_read(rq, &c);

        if (r)
                return r;
        out_obj(out, "after_sale_order");
        out_str(out, "after_sale_order_id", c->id);
        out_str(out, "order_id", c->order->id);
        out_str(out, "type", c->type);
        out_str(out, "sub_type", c->sub_type);
        out_str(out, "status", c->status);
        out_str(out, "openid", c->order->person->openid[rq->shop->place]);
        if (switch_on(rq->sim, SW_BOUND))
                out_str(out, "unionid", c->order->person->unionid);
        out_int(out, "create_time", c->created / 1000);
        out_int(out, "update_time", c->updated / 1000);
        out_int(out, "complete_time", c->completed / 1000);
        out_int(out, "deadline", deadline_of(rq->sim, c));
        out_str(out, "reason", c->reason);
        out_str(out, "reason_text", c->reason_text);
        write_goods(rq, c);
        write_parcels(rq, c);
        write_offer(out, c);
        write_refund(out, c);
        out_obj(out, "virtual_tel_num_info");
        out_str(out, "virtual_tel_number", order_virtual_number(rq->arena, c->order));
        out_int(out, "virtual_tel_expire_time", order_number_until(c->order));
        out_end(out);
        out_int(out, "compensation_liability_amount", 0);
        out_str(out, "complaint_id", c->complaint ? c->complaint->id : "");
        out_bool(out, "need_offline_refund", text_eq(c->status, "MERCHANT_OVERDUE_REFUND"));
        out_end(out);
        return 0;
}

static int getpresentaftersaleorder(struct request *rq)
{
        struct out *out = &rq->out;
        struct after_sale *c;
        int r = rq_case(rq, &c);

        if (r)
                return r;
        if (c->order->kind != ORDER_PRESENT)
                return refuse(rq, 10021050, "不是礼物单的售后（微信小店 售后·礼物单）");
        const struct line *line = &c->order->line[c->line];
        out_obj(out, "after_sale_order");
        out_str(out, "after_sale_order_id", c->id);
        out_str(out, "present_order_id", c->order->present_id);
        out_str(out, "status", c->status);
        out_str(out, "openid", c->order->person->openid[rq->shop->place]);
        out_str(out, "unionid", switch_on(rq->sim, SW_BOUND) ? c->order->person->unionid : "");
        out_int(out, "create_time", c->created / 1000);
        out_int(out, "update_time", c->updated / 1000);
        out_obj(out, "refund_info");
        out_int(out, "amount", c->amount);
        out_end(out);
        out_list(out, "order_info_list");
        out_obj(out, NULL);
        out_str(out, "order_id", c->order->id);
        out_obj(out, "refund_info");
        out_int(out, "amount", c->amount);
        out_end(out);
        out_list(out, "product_info_list");
        out_obj(out, NULL);
        out_str(out, "product_id", line->product->id);
        out_str(out, "sku_id", line->sku->id);
        out_int(out, "count", c->count);
        out_obj(out, "refund_info");
        out_int(out, "amount", c->amount);
        out_end(out);
        out_end(out);
        out_end(out);
        out_end(out);
        out_end(out);
        out_end(out);
        return 0;
}

/* ---- lists of reasons ---- */

static int reason_get(struct request *rq)
{
        out_list(&rq->out, "reason_list");
        for (size_t i = 0; i < case_n_reasons; i++) {
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "reason", case_reasons[i].code);
                out_str(&rq->out, "reason_text", case_reasons[i].text);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static int rejectreason_get(struct request *rq)
{
        out_list(&rq->out, "reason_list");
        for (size_t i = 0; i < case_n_reject_reasons; i++) {
                const struct reject_reason *row = &case_reject_reasons[i];
                out_obj(&rq->out, NULL);
                out_int(&rq->out, "reject_reason_type", row->type);
                out_str(&rq->out, "reject_reason_type_text", row->text);
                out_str(&rq->out, "reject_reason", row->wording);
                out_int(&rq->out, "reject_scene", row->scene);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static int applyvirtualtelnum(struct request *rq)
{
        struct after_sale *c;
        int r = rq_case(rq, &c);

        if (r)
                return r;
        out_str(&rq->out, "virtual_tel_number", order_virtual_number(rq->arena, c->order));
        out_int(&rq->out, "virtual_tel_expire_time", order_number_until(c->order));
        return 0;
}

static int getexchangeableskulist(struct request *rq)
{
        struct after_sale *c;
        int r = rq_case(rq, &c);

        if (r)
                return r;
        const struct line *line = &c->order->line[c->line];
        out_list(&rq->out, "sku_id_list");
        for (size_t i = 0; i < line->product->n_sku; i++)
                if (line->product->sku[i].stock >= c->count && line->product->sku[i].price == line->sku->price)
                        out_str(&rq->out, NULL, line->product->sku[i].id);
        out_end(&rq->out);
        return 0;
}

#define WINDOWS "begin_create_time:n end_create_time:n begin_update_time:n end_update_time:n next_key:s"
#define CASE "after_sale_order_id:d"

static const struct endpoint endpoints[] = {
        {"/channels/ec/aftersale/applyvirtualtelnum", "POST", FAMILY_WEIXIN, 3000, 0, applyvirtualtelnum, CASE},
        {"/channels/ec/aftersale/getaftersalelist", "POST", FAMILY_WEIXIN, 3000, 0, getaftersalelist, WINDOWS},
        {"/channels/ec/aftersale/getaftersaleorder", "POST", FAMILY_WEIXIN, 10000, 0, getaftersaleorder, CASE},
        {"/channels/ec/aftersale/getexchangeableskulist", "POST", FAMILY_WEIXIN, 3000, 0, getexchangeableskulist, CASE},
        {"/channels/ec/aftersale/getpresentaftersalelist", "POST", FAMILY_WEIXIN, 3000, 0, getpresentaftersalelist, WINDOWS},
        {"/channels/ec/aftersale/getpresentaftersaleorder", "POST", FAMILY_WEIXIN, 3000, 0, getpresentaftersaleorder, CASE},
        {"/channels/ec/aftersale/reason/get", "POST", FAMILY_WEIXIN, 600, 0, reason_get, NULL},
        {"/channels/ec/aftersale/rejectreason/get", "POST", FAMILY_WEIXIN, 600, 0, rejectreason_get, NULL},
};

static const char *const events[] = {
        "channels_ec_aftersale_update", "channels_ec_present_aftersale_update", NULL,
};

const struct product_table shop_aftersale = {"shop_aftersale", endpoints, countof(endpoints), events};
