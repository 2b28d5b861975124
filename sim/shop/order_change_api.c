/* Shop: changing an order: price, note, address, sku; gifts (微信小店 订单·改价、备注、修改地址、换款). */
#include "sim/shop/request.h"
#include "sim/shop/trade.h"
#include "sim/sim.h"

#define PRICE_CHANGES_MAX 50
#define OFFERS_MAX 5
#define EXT_NOTE 3
#define EXT_GIFT_NOTE 8
#define EXT_PRICE 12

/* One element of change_order_infos: the new total of its line, lower than before. */
static int check_price(struct request *rq, struct order *order, size_t i)
{
        const char *at = arena_printf(rq->arena, "change_order_infos.%zu", i);
        int64_t price = rq_int(rq, arena_printf(rq->arena, "%s.change_price", at), -1);
        size_t line = rq_line(rq, order, at);

        if (line == order->n_lines)
                return refuse(rq, 108023, "%s 不是这个订单的商品（微信小店 订单·修改价格）", at);
        if (price < 0 || price > order->line[line].real_price)
                return refuse(rq, 108021, "change_price 是该行新总价，只能降低（微信小店 订单·修改价格）");
        return 0;
}

static int price_update(struct request *rq)
{
        size_t n = rq_list(rq, "change_order_infos");
        bool express = rq_bool(rq, "change_express", false);
        int64_t fee = rq_int(rq, "express_fee", -1);
        struct order *order;
        int r = rq_order_to_change(rq, 101100, &order);

        if (r)
                return r;
        if (!text_eq(order->status, "10"))
                return refuse(rq, 101100, "只有待付款的订单可以改价（微信小店 订单·修改价格）");
        if (order->price_changes >= PRICE_CHANGES_MAX)
                return refuse(rq, 108022, "最多改价 %d 次（微信小店 订单·修改价格）", PRICE_CHANGES_MAX);
        if (!n && !express)
                return refuse(rq, 40097, "change_order_infos 与 change_express 都没有");
        for (size_t i = 0; i < n && !r; i++)
                r = check_price(rq, order, i);
        if (!r && express && (fee < 0 || fee > order->freight))
                r = refuse(rq, 6060481, "express_fee 只能降低（微信小店 订单·修改价格）");
        if (r)
                return r;
        for (size_t i = 0; i < n; i++) {
                const char *at = arena_printf(rq->arena, "change_order_infos.%zu", i);
                struct line *line = &order->line[rq_line(rq, order, at)];
                line->real_price = rq_int(rq, arena_printf(rq->arena, "%s.change_price", at), 0);
                line->price_changed = true;
        }
        if (express) {
                order->freight = fee;
                order->freight_changed = true;
        }
        order->price_changes++;
        order_price(order);
        order_changed(rq->sim, order);
        ledger_add(rq->sim, "price", rq->shop->appid, order->id, "%lld", (long long)order->total);
        order_tell_ext(rq->sim, order, EXT_PRICE);
        return 0;
}

static int notes_update(struct request *rq)
{
        struct order *order;
        int r = rq_order_to_change(rq, 100002, &order);

        if (r)
                return r;
        order->merchant_notes = rq_keep(rq, "merchant_notes");
        order_changed(rq->sim, order);
        order_tell_ext(rq->sim, order, EXT_NOTE);
        return 0;
}

static int address_update(struct request *rq)
{
        static const char *const needed[] = {"user_name", "tel_number", "province_name", "city_name", "detail_info"};
        struct order *order;
        int r = rq_order_to_change(rq, 606000, &order);

        if (r)
                return r;
        if (!text_eq(order->status, "20"))
                return refuse(rq, 606000, "只有未发货的订单可以改地址（微信小店 订单·修改地址）");
        if (order->offers >= OFFERS_MAX)
                return refuse(rq, 606001, "最多改 %d 次（微信小店 订单·修改地址）", OFFERS_MAX);
        for (size_t i = 0; i < countof(needed); i++)
                if (text_empty(rq_str(rq, arena_printf(rq->arena, "user_address.%s", needed[i]))))
                        return refuse(rq, 606002, "user_address.%s 为空（微信小店 订单·修改地址）", needed[i]);
        if (order->offered)
                return refuse(rq, 6060451, "上一次修改还在等买家同意（微信小店 订单·修改地址）");
        const char *house = rq_keep(rq, "user_address.house_number"), *county = rq_keep(rq, "user_address.county_name");
        const struct receiver to = {
                .name = rq_keep(rq, "user_address.user_name"),
                .phone = rq_keep(rq, "user_address.tel_number"),
                .province = rq_keep(rq, "user_address.province_name"),
                .city = rq_keep(rq, "user_address.city_name"),
                .county = county ? county : "",
                .detail = rq_keep(rq, "user_address.detail_info"),
                .house = house ? house : "",
        };
        order_offer_address(rq->sim, order, &to);
        return 0;
}

static int answer_address(struct request *rq, bool yes)
{
        struct order *order;
        int r = rq_order_to_change(rq, 101100, &order);

        if (r)
                return r;
        if (!order->asked)
                return refuse(rq, 101100, "买家没有申请改地址（微信小店 订单·同意/拒绝修改地址申请）");
        order_answer_address(rq->sim, order, yes);
        return 0;
}

static int addressmodify_accept(struct request *rq)
{
        return answer_address(rq, true);
}

static int addressmodify_reject(struct request *rq)
{
        return answer_address(rq, false);
}

/* ---- another sku before shipping ---- */

static int changesku_get(struct request *rq)
{
        int64_t page = rq_int(rq, "page", 1), size = rq_int(rq, "page_size", 10), at = 0;

        if (page < 1 || size < 1 || size > 100)
                return refuse(rq, 40097, "page ≥ 1，page_size 1..100");
        out_list(&rq->out, "order_ids");
        for (size_t i = 0; i < rq->shop->changes.n; i++) {
                const struct order_change *change = &rq->shop->changes.v[i];
                if (change->at != change->order->logged || !order_sku_waits(change->order))
                        continue;
                if (at >= (page - 1) * size && at < page * size)
                        out_str(&rq->out, NULL, change->order->id);
                at++;
        }
        out_end(&rq->out);
        return 0;
}

static int answer_sku(struct request *rq, bool yes)
{
        struct order *order;
        int r = rq_order_to_change(rq, 101100, &order);

        if (r)
                return r;
        if (!order_sku_waits(order))
                return refuse(rq, 10020277, "没有待处理的换款申请（微信小店 订单·发货前更换 sku）");
        order_answer_sku(rq->sim, order, yes);
        return 0;
}

static int changesku_approve(struct request *rq)
{
        return answer_sku(rq, true);
}

static int changesku_reject(struct request *rq)
{
        return answer_sku(rq, false);
}

/* ---- gifts ---- */

static int presentnote_add(struct request *rq)
{
        const char *id = rq_str(rq, "present_order_id");

        for (size_t i = 0; i < rq->shop->orders.n; i++) {
                struct order *order = rq->shop->orders.v[i];
                if (order->kind != ORDER_PRESENT || !text_eq(order->present_id, id))
                        continue;
                order->present_note = rq_keep(rq, "notes");
                order_changed(rq->sim, order);
                order_tell_ext(rq->sim, order, EXT_GIFT_NOTE);
                return 0;
        }
        return refuse(rq, 100002, "这个店没有这个礼物单（微信小店 订单·礼物单）");
}

static int presentsuborder_get(struct request *rq)
{
        const char *id = rq_str(rq, "present_order_id");
        size_t found = 0;

        out_list(&rq->out, "order_ids");
        for (size_t i = 0; i < rq->shop->orders.n; i++) {
                const struct order *order = rq->shop->orders.v[i];
                if (order->kind == ORDER_PRESENT && text_eq(order->present_id, id)) {
                        out_str(&rq->out, NULL, order->id);
                        found++;
                }
        }
        out_end(&rq->out);
        return found ? 0 : refuse(rq, 100002, "这个店没有这个礼物单（微信小店 订单·礼物单）");
}

#define PRICES                                                                                                         \
        "order_id:d! change_order_infos:l change_order_infos[].product_id:d change_order_infos[].sku_id:d "           \
        "change_order_infos[].change_price:n change_express:b express_fee:n"

static const struct endpoint endpoints[] = {
        {"/channels/ec/order/address/update", "POST", FAMILY_WEIXIN, 3000, 0, address_update, "order_id:d! user_address:o!"},
        {"/channels/ec/order/addressmodify/accept", "POST", FAMILY_WEIXIN, 3000, 0, addressmodify_accept, "order_id:d!"},
        {"/channels/ec/order/addressmodify/reject", "POST", FAMILY_WEIXIN, 3000, 0, addressmodify_reject, "order_id:d!"},
        {"/channels/ec/order/merchantnotes/update", "POST", FAMILY_WEIXIN, 3000, 0, notes_update,
         "order_id:d! merchant_notes:s!"},
        {"/channels/ec/order/presentnote/add", "POST", FAMILY_WEIXIN, 3000, 0, presentnote_add,
         "present_order_id:d! notes:s!"},
        {"/channels/ec/order/presentsuborder/get", "POST", FAMILY_WEIXIN, 3000, 0, presentsuborder_get,
         "present_order_id:d!"},
        {"/channels/ec/order/preshipmentchangesku/approve", "POST", FAMILY_WEIXIN, 3000, 0, changesku_approve,
         "order_id:d!"},
        {"/channels/ec/order/preshipmentchangesku/get", "POST", FAMILY_WEIXIN, 3000, 0, changesku_get,
         "page:n page_size:n"},
        {"/channels/ec/order/preshipmentchangesku/reject", "POST", FAMILY_WEIXIN, 3000, 0, changesku_reject, "order_id:d!"},
        {"/channels/ec/order/price/update", "POST", FAMILY_WEIXIN, 3000, 0, price_update, PRICES},
};

const struct product_table shop_order_change = {"shop_order_change", endpoints, countof(endpoints), NULL};
