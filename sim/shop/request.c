#include "sim/shop/request.h"

#include "sim/cursor.h"
#include "sim/push.h"
#include "sim/shop/past.h"
#include "sim/sim.h"

int shop_check_open(struct request *rq)
{
        /* What state it is in may be asked all the same. */
        if (text_eq(rq->endpoint->path, "/channels/ec/basics/info/get"))
                return 0;
        switch (rq->shop ? switch_on(rq->sim, SW_SHOP_CLOSING) : 0) {
        case 1:
                return refuse(rq, 10080000, "开关 shop_closing：店铺注销中");
        case 2:
                return refuse(rq, 10080001, "开关 shop_closing：店铺已注销");
        default:
                return 0;
        }
}

int rq_order(struct request *rq, int missing, struct order **order)
{
        /* Looked at first: the order of another shop stays in its past. */
        struct order *seen = order_look(rq->sim, rq->arena, rq_str(rq, "order_id"));

        *order = NULL;
        if (!seen || seen->shop != rq->shop)
                return refuse(rq, missing, "这个店没有这个订单");
        *order = order_touch(rq->sim, seen->id);
        return 0;
}

int rq_order_to_change(struct request *rq, int missing, struct order **order)
{
        int64_t pause = switch_on(rq->sim, SW_ORDER_PAUSE_MS);
        int r = rq_order(rq, missing, order);

        if (!r && pause && (*order)->logged + pause > sim_now(rq->sim))
                return refuse(rq, 100003, "开关 order_pause_ms：订单更新过于频繁");
        return r;
}

static int find_case(struct request *rq, struct after_sale **c,
                     struct after_sale *(*find)(struct sim *, struct arena *, const char *id))
{
        const char *id = rq_str(rq, "after_sale_order_id");

        *c = find(rq->sim, rq->arena, id);
        if (text_empty(id))
                return refuse(rq, 10020000, "缺 after_sale_order_id（微信小店 售后）");
        if (!*c)
                return refuse(rq, 10021050, "没有这个售后单（微信小店 售后）");
        return (*c)->order->shop == rq->shop ? 0 : refuse(rq, 10021043, "售后单不是这个店的（微信小店 售后）");
}

int rq_case(struct request *rq, struct after_sale **c)
{
        return find_case(rq, c, case_touch);
}

int rq_case_to_read(struct request *rq, struct after_sale **c)
{
        return find_case(rq, c, case_look);
}

const char *rq_keep(struct request *rq, const char *path)
{
        return arena_strdup(&rq->sim->arena, json_get(rq->arena, raw_body(rq->raw), path));
}

size_t rq_line(struct request *rq, const struct order *order, const char *at)
{
        const char *dot = *at ? "." : "";
        const char *product = rq_str(rq, arena_printf(rq->arena, "%s%sproduct_id", at, dot));
        const char *sku = rq_str(rq, arena_printf(rq->arena, "%s%ssku_id", at, dot));
        size_t i = 0;

        while (i < order->n_lines &&
               !(text_eq(order->line[i].product->id, product) && text_eq(order->line[i].sku->id, sku)))
                i++;
        return i;
}

int rq_page(struct request *rq, const char *list, int64_t otherwise, int64_t max, size_t *at, size_t *n)
{
        int64_t size = rq_int(rq, "page_size", otherwise);
        const char *key = rq_str(rq, "next_key");

        *at = 0;
        if (size < 1 || size > max)
                return refuse(rq, 40097, "page_size 应为 1..%lld", (long long)max);
        if (!text_empty(key) && cursor_key_read(rq->sim, rq->arena, list, key, at))
                return refuse(rq, 40097, "next_key 不是这个列表给出的");
        *n = (size_t)size;
        return 0;
}

void rq_write_page(struct request *rq, const char *list, size_t at, bool more)
{
        out_str(&rq->out, "next_key", cursor_key_make(rq->sim, rq->arena, list, at));
        out_bool(&rq->out, "has_more", more);
}

void rq_write_with(struct request *rq, const char *key, const char *more, const char *json)
{
        bool comma = *more && !text_eq(json, "{}");
        out_raw(&rq->out, key, arena_printf(rq->arena, "{%s%s%s", more, comma ? "," : "", json + 1));
}

void shop_tell(struct sim *sim, struct shop *shop, const char *event, const char *id, const char *body)
{
        /* Nobody's openid: the platform names itself (unconfirmed value). */
        push_shop_event(sim, shop, shop->origin_id, event, id, body);
}
