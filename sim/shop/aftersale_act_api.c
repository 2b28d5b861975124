/* Shop: what the merchant does about an after-sale (微信小店 售后). */
#include "sim/shop/negotiate.h"
#include "sim/shop/past.h"
#include "sim/shop/request.h"
#include "sim/shop/trade.h"
#include "sim/sim.h"

#define DESC_MAX 500 /* characters; unconfirmed */

static int acceptapply(struct request *rq)
{
        const char *rule = NULL;
        struct after_sale *c;
        int r = rq_case(rq, &c);

        if (r)
                return r;
        r = case_accept(rq->sim, c, rq_str(rq, "address_id"), (int)rq_int(rq, "accept_type", 0), &rule);
        c->accepts += r == 0;
        if (!r)
                ledger_add(rq->sim, "agreed", rq->shop->appid, c->id, "%u", c->accepts);
        return r ? refuse(rq, r, "%s", rule ? rule : "") : 0;
}

/* A reason of rejectreason/get, or NULL. */
static const struct reject_reason *read_reason(int64_t type)
{
        for (size_t i = 0; i < case_n_reject_reasons; i++)
                if (case_reject_reasons[i].type == type)
                        return &case_reject_reasons[i];
        return NULL;
}

static int rejectapply(struct request *rq)
{
        const char *rule = NULL, *text = rq_str(rq, "reject_reason");
        struct after_sale *c;
        int r = rq_case(rq, &c);

        if (r)
                return r;
        const struct reject_reason *reason = read_reason(rq_int(rq, "reject_reason_type", -1));
        if (!reason)
                return refuse(rq, 40097, "reject_reason_type 不在 rejectreason/get 的列表里（微信小店 售后·拒绝售后）");
        r = case_reject(rq->sim, c, text_empty(text) ? reason->wording : text, &rule);
        return r ? refuse(rq, r, "%s", rule ? rule : "") : 0;
}

/* ---- negotiating ---- */

static int check_negotiation(struct request *rq, const struct after_sale *c, const struct negotiation *n)
{
        int64_t target = rq_int(rq, "type", 0), kind = rq_int(rq, "merchant_update_type", 0);

        if (!n)
                return refuse(rq, 9700224, "update_reason_type 不适用于这个售后类型（微信小店 售后·协商 表）");
        if (n->kind != kind)
                return refuse(rq, 9700224, "这个原因的 merchant_update_type 应为 %d（微信小店 售后·协商 表）", n->kind);
        if (n->becomes && target != n->becomes)
                return refuse(rq, 9700224, "这个原因的 type 应为 %d（微信小店 售后·协商 表）", n->becomes);
        if (target < 1 || target > 4)
                return refuse(rq, 9700224, "type 应为 1..4（微信小店 售后·协商）");
        if (n->image && !rq_list(rq, "media_ids"))
                return refuse(rq, 9700224, "这个原因必须带 media_ids（微信小店 售后·协商 表）");
        for (size_t i = 0; i < rq_list(rq, "media_ids"); i++)
                if (!map_get(&rq->sim->world.media, rq_str(rq, arena_printf(rq->arena, "media_ids.%zu", i))))
                        return refuse(rq, 9700224, "media_ids.%zu 没有上传过（微信小店 图片上传）", i);
        const struct line *line = &c->order->line[c->line];
        int64_t amount = rq_int(rq, "amount", c->amount);
        if (kind == 3 && target <= 2 && (amount < 1 || amount > line->real_price))
                return refuse(rq, 9700224, "amount 应在 1 与该行实付之间（微信小店 售后·协商）");
        return 0;
}

static struct sku *sku_of(const struct product *product, const char *id)
{
        for (size_t i = 0; i < product->n_sku; i++)
                if (text_eq(product->sku[i].id, id))
                        return &product->sku[i];
        return NULL;
}

static int merchantupdateaftersale(struct request *rq)
{
        struct after_sale *c;
        int r = rq_case(rq, &c);

        if (r)
                return r;
        if (c->complaint && !c->complaint->over)
                return refuse(rq, 10021051, "纠纷处理中不能协商（微信小店 售后·协商）");
        if (!text_eq(c->status, "MERCHANT_PROCESSING") && !text_eq(c->status, "MERCHANT_WAIT_RECEIPT"))
                return refuse(rq, 10020001, "状态 %s 不能协商（微信小店 售后·状态枚举）", c->status);
        int of = text_eq(c->type, "REFUND") ? 1 : 2;
        r = check_negotiation(rq, c, negotiation_find((int)rq_int(rq, "update_reason_type", 0), of));
        if (r)
                return r;
        c->offer.kind = (int)rq_int(rq, "merchant_update_type", 0);
        c->offer.reason = (int)rq_int(rq, "update_reason_type", 0);
        c->offer.target = (int)rq_int(rq, "type", 0);
        c->offer.amount = rq_int(rq, "amount", c->amount);
        c->offer.desc = rq_keep(rq, "merchant_update_desc");
        c->offer.media = rq_keep(rq, "media_ids");
        c->offer.new_sku = sku_of(c->order->line[c->line].product, rq_str(rq, "new_sku_id"));
        c->negotiated = true;
        return case_move(rq->sim, c, "USER_WAIT_CONFIRM_UPDATE") ? refuse(rq, 10020001, "状态不能协商") : 0;
}

/* ---- applications by the merchant ---- */

static int write_application(struct request *rq, const struct after_sale *c)
{
        out_str(&rq->out, "after_sale_order_id", c->id);
        out_str(&rq->out, "aftersale_id", c->id);
        return 0;
}

static int apply_for_buyer(struct request *rq, const char *type, const char *sub_type)
{
        const char *key = arena_printf(rq->arena, "apply|%s|%s", rq->shop->appid, rq_str(rq, "request_id"));
        bool difference = text_eq(sub_type, "REFUND_PRICE_DIFF");
        struct after_sale *c = map_get(&rq->sim->world.requests, key);
        struct order *order;

        if (c) /* the idempotency key: answered again */
                return write_application(rq, c);
        int r = rq_order_to_change(rq, 101100, &order);
        if (r)
                return r;
        size_t line = rq_line(rq, order, "");
        if (line == order->n_lines)
                return refuse(rq, 10020028, "不是这个订单的商品（微信小店 售后·代客发起）");
        const struct line *l = &order->line[line];
        int64_t count = rq_int(rq, "count", difference ? l->count : 0), amount = rq_int(rq, "amount", 0);
        if (count < 1 || count > l->count - l->finished)
                return refuse(rq, 10021062, "count 超过可售后的数量（微信小店 售后·代客发起）");
        if (!text_eq(type, "EXCHANGE") && (amount < 1 || amount > l->real_price))
                return refuse(rq, 10021060, "amount 应在 1 与该行实付之间（微信小店 售后·代客发起）");
        const struct address *to = shop_address(rq->shop, rq_str(rq, "address_id"));
        if (!text_eq(type, "REFUND") && (!to || !to->recv))
                return refuse(rq, to ? 10021059 : 10021058, "退货、换货必须带退货地址（微信小店 售后·代客发起）");
        c = case_open_for_buyer(rq->sim, order, line, type, sub_type, count, amount, rq_str(rq, "reason"));
        if (!c)
                return refuse(rq, 10021065, "这一行不能再申请售后（微信小店 售后·规则）");
        c->address = to;
        c->desc = rq_keep(rq, "desc");
        c->new_sku = sku_of(l->product, rq_str(rq, "exchange_sku_info.new_sku_id"));
        map_put(&rq->sim->world.requests, &rq->sim->arena, arena_strdup(&rq->sim->arena, key), c);
        return write_application(rq, c);
}

static int genaftersaleorder(struct request *rq)
{
        const char *type = rq_str(rq, "type");

        if (!text_eq(type, "REFUND") && !text_eq(type, "RETURN") && !text_eq(type, "EXCHANGE"))
                return refuse(rq, 40097, "type 应为 REFUND、RETURN 或 EXCHANGE（微信小店 售后·代客发起）");
        return apply_for_buyer(rq, type, "DEFAULT");
}

static int refundpricediff(struct request *rq)
{
        return apply_for_buyer(rq, "REFUND", "REFUND_PRICE_DIFF");
}

/* ---- exchange and re-sending ---- */

static int ship(struct request *rq, struct after_sale *c, const char *to)
{
        const struct carrier *carrier = carrier_find(rq_str(rq, "delivery_id"));

        if (!carrier || text_empty(rq_str(rq, "waybill_id")))
                return refuse(rq, 109002, "快递公司或运单号不对（微信小店 售后·换货发货）");
        if (to && case_move(rq->sim, c, to))
                return refuse(rq, 10020001, "状态 %s 不能发货（微信小店 售后·状态枚举）", c->status);
        c->ship_delivery = carrier->id;
        c->ship_waybill = rq_keep(rq, "waybill_id");
        return 0;
}

static int acceptexchangereship(struct request *rq)
{
        struct after_sale *c;
        int r = rq_case(rq, &c);

        if (r)
                return r;
        if (!text_eq(c->type, "EXCHANGE") || !text_eq(c->status, "MERCHANT_WAIT_RECEIPT"))
                return refuse(rq, 10020001, "只有待商家收货的换货单可以发货（微信小店 售后·换货）");
        return ship(rq, c, "USER_WAIT_RECEIPT");
}

static int merchantreship(struct request *rq)
{
        struct after_sale *c;
        int r = rq_case(rq, &c);

        if (r)
                return r;
        if (!text_eq(c->type, "RESHIP") || !text_eq(c->status, "MERCHANT_PROCESSING"))
                return refuse(rq, 10020001, "只有待商家处理的补寄单可以发货（微信小店 售后·补寄）");
        return ship(rq, c, "USER_WAIT_RECEIPT");
}

static int merchantupdatereshipexpress(struct request *rq)
{
        struct after_sale *c;
        int r = rq_case(rq, &c);

        if (r)
                return r;
        if (!c->ship_waybill || !text_eq(c->status, "USER_WAIT_RECEIPT"))
                return refuse(rq, 10020001, "没有可以修改的包裹（微信小店 售后·补寄）");
        return ship(rq, c, NULL);
}

static int rejectexchangereship(struct request *rq)
{
        const struct reject_reason *reason = read_reason(rq_int(rq, "reject_reason_type", -1));
        const char *text = rq_str(rq, "reject_reason");
        struct after_sale *c;
        int r = rq_case(rq, &c);

        if (r)
                return r;
        if (!text_eq(c->type, "EXCHANGE") || !text_eq(c->status, "MERCHANT_WAIT_RECEIPT"))
                return refuse(rq, 10020001, "只有待商家收货的换货单可以拒绝发货（微信小店 售后·换货）");
        if (!reason || reason->scene != 6)
                return refuse(rq, 40097, "reject_reason_type 应为 reject_scene 6 的原因（微信小店 售后·换货）");
        c->reject_reason = text_empty(text) ? reason->wording : rq_keep(rq, "reject_reason");
        c->certificates = rq_keep(rq, "reject_certificates");
        case_enter(rq->sim, c, "MERCHANT_REJECT_RESHIP");
        return 0;
}

static int handlefastexchangereceipt(struct request *rq)
{
        int64_t act = rq_int(rq, "act", 0);
        struct after_sale *c;
        int r = rq_case(rq, &c);

        if (r)
                return r;
        if (act != 1 && act != 2)
                return refuse(rq, 40097, "act 应为 1 或 2（微信小店 售后·极速换货）");
        if (!text_eq(c->type, "EXCHANGE") || !text_eq(c->status, "MERCHANT_WAIT_RECEIPT"))
                return refuse(rq, 10020001, "状态 %s 没有可确认的收货（微信小店 售后·极速换货）", c->status);
        if (act == 1) {
                case_enter(rq->sim, c, "USER_WAIT_RECEIPT");
                return 0;
        }
        const struct reject_reason *reason = read_reason(rq_int(rq, "reject_reason_type", -1));
        if (!reason || reason->scene != 7)
                return refuse(rq, 40097, "拒绝要带 reject_scene 7 的原因（微信小店 售后·极速换货）");
        c->reject_reason = reason->wording;
        case_enter(rq->sim, c, "MERCHANT_REJECT_EXCHANGE");
        return 0;
}

static int uploadrefundcertificate(struct request *rq)
{
        struct after_sale *c;
        int r = rq_case(rq, &c);

        if (r)
                return r;
        if (!text_eq(c->status, "MERCHANT_OVERDUE_REFUND"))
                return refuse(rq, 10020001, "只有待商家线下退款的售后单可以传凭证（微信小店 售后·上传退款凭证）");
        for (size_t i = 0; i < rq_list(rq, "refund_certificates"); i++)
                if (!map_get(&rq->sim->world.media, rq_str(rq, arena_printf(rq->arena, "refund_certificates.%zu", i))))
                        return refuse(rq, 40097, "refund_certificates.%zu 没有上传过（微信小店 图片上传）", i);
        c->certificates = rq_keep(rq, "refund_certificates");
        c->order->line[c->line].finished += c->count;
        case_enter(rq->sim, c, text_eq(c->type, "REFUND") ? "MERCHANT_REFUND_SUCCESS" : "MERCHANT_RETURN_SUCCESS");
        order_refunded(rq->sim, c->order);
        return 0;
}

#define CASE "after_sale_order_id:d"
#define APPLY "request_id:d! order_id:d! product_id:d! sku_id:d! amount:n reason:s! desc:s"

static const struct endpoint endpoints[] = {
        {"/channels/ec/aftersale/acceptapply", "POST", FAMILY_WEIXIN, 3000, 0, acceptapply,
         CASE " address_id:d accept_type:n"},
        {"/channels/ec/aftersale/acceptexchangereship", "POST", FAMILY_WEIXIN, 3000, 0, acceptexchangereship,
         CASE " waybill_id:s delivery_id:s"},
        {"/channels/ec/aftersale/genaftersaleorder", "POST", FAMILY_WEIXIN, 3000, 0, genaftersaleorder,
         APPLY " count:n! type:s! address_id:d exchange_sku_info:o"},
        {"/channels/ec/aftersale/handlefastexchangereceipt", "POST", FAMILY_WEIXIN, 3000, 0, handlefastexchangereceipt,
         CASE " act:n! reject_reason_type:n reject_reason:s"},
        {"/channels/ec/aftersale/merchantreship", "POST", FAMILY_WEIXIN, 3000, 0, merchantreship,
         CASE " waybill_id:s delivery_id:s"},
        {"/channels/ec/aftersale/merchantupdateaftersale", "POST", FAMILY_WEIXIN, 3000, 0, merchantupdateaftersale,
         CASE " type:n amount:n merchant_update_desc:s update_reason_type:d merchant_update_type:n media_ids:l new_sku_id:d "
              "product_cnt:n"},
        {"/channels/ec/aftersale/merchantupdatereshipexpress", "POST", FAMILY_WEIXIN, 3000, 0, merchantupdatereshipexpress,
         CASE " waybill_id:s delivery_id:s"},
        {"/channels/ec/aftersale/refundpricediff", "POST", FAMILY_WEIXIN, 3000, 0, refundpricediff, APPLY},
        {"/channels/ec/aftersale/rejectapply", "POST", FAMILY_WEIXIN, 3000, 0, rejectapply,
         CASE " reject_reason_type:n reject_reason:s"},
        {"/channels/ec/aftersale/rejectexchangereship", "POST", FAMILY_WEIXIN, 3000, 0, rejectexchangereship,
         CASE " reject_reason_type:n reject_reason:s reject_certificates:l"},
        {"/channels/ec/aftersale/uploadrefundcertificate", "POST", FAMILY_WEIXIN, 3000, 0, uploadrefundcertificate,
         CASE " refund_certificates:l! desc:s"},
};

const struct product_table shop_aftersale_act = {"shop_aftersale_act", endpoints, countof(endpoints), NULL};
