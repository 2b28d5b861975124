#include "sim/out.h"
#include "sim/push.h"
#include "sim/sim.h"
#include "sim/shop/trade.h"

#include <stdio.h>

#define CONFIRM_AFTER_MS (10 * DAY_MS)
#define SHIP_WITHIN_S (48 * 3600)

static const struct state_row rows[] = {
        {"10", false, "待付款", "unpaid", "placed"},
        {"20", false, "待发货", "to ship", "paid"},
        {"30", false, "待收货", "shipped", "everything left is shipped"},
        {"100", true, "已完成", "done", "confirmed by the buyer or by time"},
        {"200", true, "已全部退款", "refunded", "every unit went through after-sales"},
        {"250", true, "已取消", "cancelled", "never paid"},
};

static const struct state_move moves[] = {
        {"10", "20", "buyer pays"},         {"10", "250", "buyer cancels or payment times out"},
        {"20", "30", "merchant ships"},     {"20", "200", "all units refunded"},
        {"30", "100", "receipt confirmed"}, {"30", "200", "all units refunded"},
};

const struct state_table order_states = {
        .name = "sim.order",
        .first = "10",
        .states = rows,
        .n_states = countof(rows),
        .moves = moves,
        .n_moves = countof(moves),
};

static int move(struct sim *sim, struct order *order, const char *to)
{
        if (state_move(&order_states, order->status, to))
                return TRADE_E_STATE;
        ledger_add(sim, "order", order->shop->appid, order->id, "%s -> %s", order->status, to);
        order->status = to;
        order->updated = sim_now(sim);
        return 0;
}

/* An order's event; `more` are the members after order_id. */
static void tell(struct sim *sim, struct order *order, const char *event, const char *more)
{
        struct arena arena;
        const char *quote = push_id_as_number(sim, order->shop) ? "" : "\"";

        arena_init(&arena, 0);
        push_shop_event(sim, order->shop, order->person->openid[order->shop->place], event, order->id,
                        arena_printf(&arena, "\"order_info\":{\"order_id\":%s%s%s%s}", quote, order->id, quote, more));
        arena_release(&arena);
}

static void payment_times_out(struct sim *sim, void *arg)
{
        struct order *order = arg;
        if (!move(sim, order, "250"))
                tell(sim, order, "channels_ec_order_cancel", ",\"cancel_type\":2");
}

struct order *order_place(struct sim *sim, struct shop *shop, struct person *person, const struct product *product,
                          const struct sku *sku, int64_t count, const char *customer_notes)
{
        struct order *order = arena_new(&sim->arena, struct order);
        int64_t now = sim_now(sim);

        *order = (struct order){
                .id = world_id(sim, "37", ++sim->world.n_orders, 17),
                .shop = shop,
                .person = person,
                .status = "10",
                .created = now,
                .updated = now,
                .n_lines = 1,
                .customer_notes = arena_strdup(&sim->arena, customer_notes ? customer_notes : ""),
                .merchant_notes = "",
                .scene = (int)rng_between(&sim->rng, 1, 6),
        };
        order->line[0] =
                (struct line){.product = product, .sku = sku, .count = count, .real_price = sku->price * count};
        order->total = order->line[0].real_price + order->freight;
        map_put(&sim->world.orders, &sim->arena, order->id, order);
        vec_push(&sim->arena, &shop->orders, order);
        vec_push(&sim->arena, &person->orders, order);
        ledger_add(sim, "order", shop->appid, order->id, "placed");
        tell(sim, order, "channels_ec_order_new", "");
        timer_after(sim, switch_on(sim, SW_UNPAID_TIMEOUT_S) * 1000, payment_times_out, order);
        return order;
}

int order_pay(struct sim *sim, struct order *order)
{
        char more[48];
        int r = move(sim, order, "20");

        if (r)
                return r;
        order->paid = order->updated;
        for (size_t i = 0; i < order->n_lines; i++)
                order->line[i].deadline = order->paid / 1000 + SHIP_WITHIN_S;
        snprintf(more, sizeof(more), ",\"pay_time\":%lld", (long long)(order->paid / 1000));
        tell(sim, order, "channels_ec_order_pay", more);
        return 0;
}

static void confirms_by_time(struct sim *sim, void *arg)
{
        struct order *order = arg;
        for (size_t i = 0; i < order->cases.n; i++)
                if (case_running(order->cases.v[i])) {
                        timer_after(sim, DAY_MS, confirms_by_time, order);
                        return;
                }
        /* Refunded or confirmed meanwhile: nothing to do. */
        if (order_confirm(sim, order, true))
                return;
}

int order_ship(struct sim *sim, struct order *order)
{
        static const struct {
                const char *id, *name, *prefix;
        } carriers[] = {{"SF", "顺丰速运", "SF1"},
                        {"ZTO", "中通快递", "7"},
                        {"YTO", "圆通速递", "YT"},
                        {"JD", "京东快递", "JDV"}};
        size_t carrier = (size_t)rng_between(&sim->rng, 0, countof(carriers) - 1);

        /* An unfinished after-sale blocks shipping (108009). */
        for (size_t i = 0; i < order->cases.n; i++)
                if (case_running(order->cases.v[i]))
                        return TRADE_E_STATE;
        int r = move(sim, order, "30");
        if (r)
                return r;
        order->shipped = order->updated;
        order->delivery_id = carriers[carrier].id;
        order->delivery_name = carriers[carrier].name;
        order->waybill = rng_digits(&sim->rng, &sim->arena, carriers[carrier].prefix, 12);
        tell(sim, order, "channels_ec_order_deliver", ",\"finish_delivery\":1");
        timer_after(sim, CONFIRM_AFTER_MS, confirms_by_time, order);
        return 0;
}

int order_confirm(struct sim *sim, struct order *order, bool automatic)
{
        int r = move(sim, order, "100");
        if (r)
                return r;
        order->confirmed = order->updated;
        tell(sim, order, "channels_ec_order_confirm", automatic ? ",\"confirm_type\":2" : ",\"confirm_type\":1");
        return 0;
}

int order_cancel(struct sim *sim, struct order *order)
{
        int r = move(sim, order, "250");
        if (!r)
                tell(sim, order, "channels_ec_order_cancel", ",\"cancel_type\":1");
        return r;
}

void order_refunded(struct sim *sim, struct order *order)
{
        int64_t left = 0;
        for (size_t i = 0; i < order->n_lines; i++)
                left += order->line[i].count - order->line[i].finished;
        order->updated = order->refunded = sim_now(sim);
        /* A finished order stays finished whatever is refunded later. */
        if (!left && !text_eq(order->status, "100") && !move(sim, order, "200"))
                tell(sim, order, "channels_ec_order_cancel", ",\"cancel_type\":3");
}

const char *order_card(struct arena *arena, const struct order *order)
{
        const struct product *product = order->line[0].product;
        struct out out;

        out_init(&out, arena);
        out_obj(&out, NULL);
        out_str(&out, "order_id", order->id);
        out_str(&out, "product_titles", product->title);
        out_str(&out, "price_wording",
                arena_printf(arena, "¥%lld.%02lld", (long long)(order->total / 100), (long long)(order->total % 100)));
        out_str(&out, "state", state_row(&order_states, order->status)->zh);
        out_str(&out, "image_url", arena_printf(arena, "https://mmecimage.cn/sim/%s", product->id));
        out_str(&out, "shop_nickname", order->shop->name);
        out_end(&out);
        return out.text.p;
}
