/* Shop: after-sales (channels-aftersale.md). */
#include "sim/cursor.h"
#include "sim/gate.h"
#include "sim/sim.h"
#include "sim/shop/trade.h"

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
                return refuse(rq, 40097, "%s 与 %s 要成对", begin, end);
        if (w->given && (w->to < w->from || w->to - w->from > WINDOW_MAX_S))
                return refuse(rq, 40097, "%s..%s 最长 24 小时", begin, end);
        return 0;
}

static bool in_window(const struct window *w, int64_t ms)
{
        return !w->given || (ms / 1000 >= w->from && ms / 1000 <= w->to);
}

static int getaftersalelist(struct request *rq)
{
        struct window created, updated;
        const char *key = rq_str(rq, "next_key");
        size_t at = 0, page = PAGE;
        int r = read_window(rq, "begin_create_time", "end_create_time", &created);

        r = r ? r : read_window(rq, "begin_update_time", "end_update_time", &updated);
        if (r)
                return r;
        if (!created.given && !updated.given)
                return refuse(rq, 40097, "创建时间与更新时间至少给一对");
        if (!text_empty(key) && cursor_key_read(rq->sim, rq->arena, "aftersale/list", key, &at))
                return refuse(rq, 40097, "next_key 不是这个列表给出的");
        out_list(&rq->out, "after_sale_order_id_list");
        for (; page && at < rq->shop->cases.n; at++) {
                struct after_sale *c = rq->shop->cases.v[at];
                if (!in_window(&created, c->created) || !in_window(&updated, c->updated))
                        continue;
                out_str(&rq->out, NULL, c->id);
                page--;
        }
        out_end(&rq->out);
        out_bool(&rq->out, "has_more", at < rq->shop->cases.n);
        out_str(&rq->out, "next_key", cursor_key_make(rq->sim, rq->arena, "aftersale/list", at));
        return 0;
}

static int find_case(struct request *rq, struct after_sale **c)
{
        const char *id = rq_str(rq, "after_sale_order_id");

        *c = map_get(&rq->sim->world.cases, id);
        if (text_empty(id))
                return refuse(rq, 10020000, "缺 after_sale_order_id");
        if (!*c)
                return refuse(rq, 10021050, "没有这个售后单");
        return (*c)->order->shop == rq->shop ? 0 : refuse(rq, 10021043, "售后单不是这个店的");
}

static void write_parts(struct request *rq, const struct after_sale *c)
{
        struct out *out = &rq->out;
        const struct line *line = &c->order->line[c->line];

        out_obj(out, "product_info");
        out_id(out, "product_id", line->product->id, false);
        out_id(out, "sku_id", line->sku->id, false);
        out_str(out, "sku_code", line->sku->code);
        out_int(out, "count", c->count);
        out_bool(out, "fast_refund", false);
        out_list(out, "gift_product_list");
        out_end(out);
        out_end(out);
        out_obj(out, "details");
        out_str(out, "desc", c->desc);
        out_bool(out, "receive_product", c->received);
        out_int(out, "cancel_time", text_eq(c->status, "USER_CANCELD") ? c->completed / 1000 : 0);
        out_list(out, "media_id_list");
        out_end(out);
        out_str(out, "tel_number", text_mask_phone(rq->arena, c->order->person->phone));
        out_end(out);
        out_obj(out, "refund_info");
        out_int(out, "amount", c->amount);
        out_int(out, "refund_reason", c->refund_reason);
        out_end(out);
        out_obj(out, "return_info");
        out_str(out, "waybill_id", c->waybill);
        out_str(out, "delivery_id", c->waybill ? "SF" : "");
        out_str(out, "delivery_name", c->waybill ? "顺丰速运" : "");
        out_end(out);
        out_obj(out, "merchant_upload_info");
        out_str(out, "reject_reason", c->reject_reason);
        out_list(out, "refund_certificates");
        out_end(out);
        out_end(out);
        if (c->paying_out && text_eq(c->status, "MERCHANT_OVERDUE_REFUND")) {
                out_obj(out, "refund_resp");
                out_str(out, "code", "NOT_ENOUGH");
                out_int(out, "ret", -1);
                out_str(out, "message", "基本账户余额不足");
                out_end(out);
        }
}

static int getaftersaleorder(struct request *rq)
{
        struct out *out = &rq->out;
        struct after_sale *c;
        int r = find_case(rq, &c);

        if (r)
                return r;
        int64_t deadline = c->deadline / 1000;
        if (deadline && !switch_on(rq->sim, SW_CASE_ABSOLUTE))
                deadline -= sim_now_s(rq->sim);
        out_obj(out, "after_sale_order");
        out_str(out, "after_sale_order_id", c->id);
        out_str(out, "order_id", c->order->id);
        out_str(out, "type", c->type);
        out_str(out, "sub_type", "DEFAULT");
        out_str(out, "status", c->status);
        out_str(out, "openid", c->order->person->openid[rq->shop->place]);
        if (switch_on(rq->sim, SW_BOUND))
                out_str(out, "unionid", c->order->person->unionid);
        out_int(out, "create_time", c->created / 1000);
        out_int(out, "update_time", c->updated / 1000);
        out_int(out, "complete_time", c->completed / 1000);
        out_int(out, "deadline", deadline);
        out_str(out, "reason", c->reason);
        out_str(out, "reason_text", c->reason_text);
        write_parts(rq, c);
        out_str(out, "complaint_id", "");
        out_bool(out, "need_offline_refund", text_eq(c->status, "MERCHANT_OVERDUE_REFUND"));
        out_end(out);
        return 0;
}

static int acceptapply(struct request *rq)
{
        const char *rule = NULL;
        struct after_sale *c;
        int r = find_case(rq, &c);

        if (r)
                return r;
        r = case_accept(rq->sim, c, rq_str(rq, "address_id"), (int)rq_int(rq, "accept_type", 0), &rule);
        c->accepts += r == 0;
        if (!r)
                ledger_add(rq->sim, "agreed", rq->shop->appid, c->id, "%u", c->accepts);
        return r ? refuse(rq, r, "%s", rule ? rule : "") : 0;
}

static int rejectapply(struct request *rq)
{
        const struct reject_reason *reason = NULL;
        int64_t type = rq_int(rq, "reject_reason_type", -1);
        const char *rule = NULL, *text = rq_str(rq, "reject_reason");
        struct after_sale *c;
        int r = find_case(rq, &c);

        if (r)
                return r;
        for (size_t i = 0; i < case_n_reject_reasons; i++)
                if (case_reject_reasons[i].type == type)
                        reason = &case_reject_reasons[i];
        if (!reason)
                return refuse(rq, 40097, "reject_reason_type 不在 rejectreason/get 的列表里");
        r = case_reject(rq->sim, c, text_empty(text) ? reason->wording : text, &rule);
        return r ? refuse(rq, r, "%s", rule ? rule : "") : 0;
}

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

static const struct endpoint endpoints[] = {
        {"/channels/ec/aftersale/acceptapply", "POST", FAMILY_WEIXIN, 3000, 0, acceptapply},
        {"/channels/ec/aftersale/getaftersalelist", "POST", FAMILY_WEIXIN, 3000, 0, getaftersalelist},
        {"/channels/ec/aftersale/getaftersaleorder", "POST", FAMILY_WEIXIN, 10000, 0, getaftersaleorder},
        {"/channels/ec/aftersale/reason/get", "POST", FAMILY_WEIXIN, 600, 0, reason_get},
        {"/channels/ec/aftersale/rejectapply", "POST", FAMILY_WEIXIN, 3000, 0, rejectapply},
        {"/channels/ec/aftersale/rejectreason/get", "POST", FAMILY_WEIXIN, 600, 0, rejectreason_get},
};

static const char *const events[] = {
        "channels_ec_aftersale_update", NULL,
};

const struct product_table shop_aftersale = {"shop_aftersale", endpoints, countof(endpoints), events};
