/* What the two sides of an order ask of each other before it is shipped: another address, another sku. */
#include "sim/sim.h"
#include "sim/shop/stock.h"
#include "sim/shop/trade.h"

#define SKU_ANSWER_MS DAY_MS
#define OFFER_ANSWER_MS DAY_MS

/* Values of channels_ec_order_ext_info_update.type. */
enum ext { EXT_ADDRESS = 2, EXT_ADDRESS_ASKED = 4, EXT_SKU_ASKED = 9, EXT_SKU_AGREED = 10, EXT_OFFER_YES = 16,
           EXT_OFFER_NO = 17, EXT_OFFER_LATE = 18 };

static bool unshipped(const struct order *order)
{
        return text_eq(order->status, "20");
}

struct receiver order_receiver(const struct order *order)
{
        const struct person *p = order->person;
        return order->to ? *order->to
                         : (struct receiver){p->name, p->phone, p->province, p->city, p->county, p->detail, ""};
}

/* ---- addresses ---- */

int order_ask_address(struct sim *sim, struct order *order, const struct receiver *to)
{
        if (!unshipped(order))
                return TRADE_E_STATE;
        order->asked = arena_memdup(&sim->arena, to, sizeof(*to));
        order->asked_at = sim_now(sim);
        order_changed(sim, order);
        ledger_add(sim, "asked", order->shop->appid, order->id, "another address");
        order_tell_ext(sim, order, EXT_ADDRESS_ASKED);
        return 0;
}

void order_answer_address(struct sim *sim, struct order *order, bool yes)
{
        if (yes)
                order->to = order->asked;
        order->asked = NULL;
        order_changed(sim, order);
        ledger_add(sim, "answered", order->shop->appid, order->id, "another address: %s", yes ? "yes" : "no");
        if (yes)
                order_tell_ext(sim, order, EXT_ADDRESS);
}

struct turn { /* an offer that waits: void when another one followed */
        struct order *order;
        unsigned turn;
};

static void offer_is_late(struct sim *sim, void *arg)
{
        struct turn *turn = arg;
        struct order *order = turn->order;

        if (!order->offered || order->offer_turn != turn->turn)
                return;
        order->offered = NULL;
        order_changed(sim, order);
        order_tell_ext(sim, order, EXT_OFFER_LATE);
}

void order_offer_address(struct sim *sim, struct order *order, const struct receiver *to)
{
        struct turn *turn = arena_new(&sim->arena, struct turn);

        order->offered = arena_memdup(&sim->arena, to, sizeof(*to));
        order->offers++;
        *turn = (struct turn){order, ++order->offer_turn};
        timer_after(sim, OFFER_ANSWER_MS, offer_is_late, turn);
        order_changed(sim, order);
        ledger_add(sim, "offered", order->shop->appid, order->id, "another address");
}

int order_answer_offer(struct sim *sim, struct order *order, bool yes)
{
        if (!order->offered || !unshipped(order))
                return TRADE_E_STATE;
        if (yes)
                order->to = order->offered;
        order->offered = NULL;
        order_changed(sim, order);
        ledger_add(sim, "answered", order->shop->appid, order->id, "the offered address: %s", yes ? "yes" : "no");
        order_tell_ext(sim, order, yes ? EXT_OFFER_YES : EXT_OFFER_NO);
        if (yes)
                order_tell_ext(sim, order, EXT_ADDRESS);
        return 0;
}

/* ---- skus ---- */

/* Which line waits for an answer; n_lines = none. */
static size_t waiting_line(const struct order *order)
{
        size_t i = 0;
        while (i < order->n_lines && order->line[i].change.state != SKU_ASKED)
                i++;
        return i;
}

bool order_sku_waits(const struct order *order)
{
        return waiting_line(order) < order->n_lines;
}

static void sku_is_late(struct sim *sim, void *arg)
{
        struct order *order = arg;
        size_t at = waiting_line(order);
        struct line *line = &order->line[at];
        if (at == order->n_lines || line->change.deadline > sim_now_s(sim))
                return; /* answered; or another question was asked */
        line->change.state = SKU_TIMED_OUT;
        order_changed(sim, order);
}

int order_ask_sku(struct sim *sim, struct order *order, size_t at, struct sku *sku)
{
        struct line *line = &order->line[at];

        if (!unshipped(order) || at >= order->n_lines || order_sku_waits(order) || line->on_case || line->finished)
                return TRADE_E_STATE;
        line->change.state = SKU_ASKED;
        line->change.from = line->sku;
        line->change.to = sku;
        line->change.deadline = sim_now_s(sim) + SKU_ANSWER_MS / 1000;
        timer_after(sim, SKU_ANSWER_MS, sku_is_late, order);
        order_changed(sim, order);
        ledger_add(sim, "asked", order->shop->appid, order->id, "sku %s for %s", sku->id, line->sku->id);
        order_tell_ext(sim, order, EXT_SKU_ASKED);
        return 0;
}

void order_answer_sku(struct sim *sim, struct order *order, bool yes)
{
        struct line *line = &order->line[waiting_line(order)];

        line->change.state = yes ? SKU_APPROVED : SKU_REJECTED;
        if (yes) {
                stock_return(sim, order);
                line->sku = line->change.to;
                stock_take(sim, order);
        }
        order_changed(sim, order);
        ledger_add(sim, "answered", order->shop->appid, order->id, "another sku: %s", yes ? "yes" : "no");
        if (yes)
                order_tell_ext(sim, order, EXT_SKU_AGREED);
}
