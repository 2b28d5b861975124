#include "sim/day.h"

#include "net/server.h"
#include "sim/chat.h"
#include "sim/hours.h"
#include "sim/out.h"
#include "sim/population.h"
#include "sim/shop/trade.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#define OPEN_PUSHES_MAX 2000 /* more unsettled pushes than this and the clock waits */
#define PACE_MS 10           /* the fast clock is moved on so often */
#define SPEED_MAX 100000

#define ASKS_ONE_IN 4 /* orders; of those who ask come the cases and the moves */

/* In a hundred. */
#define PAY_PERCENT 96
#define REPENT_PERCENT 28 /* of those who ask */
#define MOVE_PERCENT 8    /* likewise: another address, when the parcel has not left */
#define FRIEND_PERCENT 6
#define HALF_PERCENT 40    /* of new friends wait to be confirmed */
#define CONFIRM_PERCENT 70 /* of those are, some day */
#define KNOWN_PERCENT 60   /* of buyers have been here before */

/* One order and what she does about it. */
struct visit {
        struct order *order;
        struct staff *staff;
        uint64_t run;
};

static bool stale(const struct sim *sim, const struct visit *v)
{
        return v->run != sim->day.run;
}

/* Nobody writes between midnight and seven. */
static void by_day(struct sim *sim, int64_t after_ms, void (*fn)(struct sim *, void *), void *arg)
{
        int64_t at = sim_now(sim) + after_ms;

        if (hours_of(at) < 7)
                at = hours_midnight(at) + 7 * HOUR_MS + rng_between(&sim->rng, 0, 3 * HOUR_MS);
        timer_at(sim, at, fn, arg);
}

/* ---- asking ---- */

static void wants_address(struct sim *sim, struct order *order)
{
        struct receiver to = order_receiver(order);

        to.detail = arena_printf(&sim->arena, "新家 %lld 号", (long long)rng_between(&sim->rng, 1, 300));
        if (!order_ask_address(sim, order, &to))
                sim->day.moves++;
}

static void repents(struct sim *sim, struct order *order)
{
        bool shipped = order->shipped != 0;
        const char *reason = case_reasons[shipped ? rng_between(&sim->rng, 4, 8) : rng_between(&sim->rng, 0, 3)].text;

        if (case_open(sim, order, 0, shipped && rng_percent(&sim->rng, 60) ? "RETURN" : "REFUND", reason, shipped))
                sim->day.cases++;
}

static void asks(struct sim *sim, void *arg)
{
        struct visit *v = arg;
        struct order *order = v->order;
        struct person *p = order->person;
        struct kf_account *kf = sim->world.corp.kf[order->shop->place % sim->world.corp.n_kf];
        int64_t dice = rng_between(&sim->rng, 0, 99);
        struct arena arena;

        if (stale(sim, v))
                return;
        arena_init(&arena, 0);
        const char *text = population_sentence(sim, &arena, order, dice < 25);
        if (dice >= 40 && dice < 70)
                shop_say(sim, p, order->shop, "text", text_body(&arena, text), text);
        else if (dice >= 25 && dice < 40)
                chat_say(sim, p, kf, "channels_shop_order", order_card(&arena, order), order->id);
        else
                chat_say(sim, p, kf, "text", text_body(&arena, text), text);
        arena_release(&arena);
        p->clue = dice < 25 ? "number" : dice < 40 ? "card" : dice < 70 ? "shop" : p->clue;
        if (dice < 40)
                p->wrote_order = order->id;
        sim->day.asks++;
        sim->day.by_number += dice < 25;
        sim->day.by_card += dice >= 25 && dice < 40;
        sim->day.by_shop += dice >= 40 && dice < 70;
        if (rng_percent(&sim->rng, REPENT_PERCENT))
                repents(sim, order);
        else if (rng_percent(&sim->rng, MOVE_PERCENT))
                wants_address(sim, order);
}

/* ---- friends ---- */

static void confirms(struct sim *sim, void *arg)
{
        struct visit *v = arg;
        struct contact *c = stale(sim, v) ? NULL : contact_find(v->order->person, v->staff);

        if (!c || c->relation != CONTACT_HALF)
                return;
        contact_confirm(sim, c);
        sim->day.confirmed++;
}

static void befriends(struct sim *sim, void *arg)
{
        static const struct source by_card = {.add_way = 1, .state = "parcel"}, by_live = {.add_way = 10, .channel = "云溪直播间", .channel_source = 2};
        const struct corp *corp = &sim->world.corp;
        struct visit *v = arg;
        struct source from = rng_percent(&sim->rng, 70) ? by_card : by_live;

        if (stale(sim, v))
                return;
        v->staff = corp->staff.v[rng_between(&sim->rng, 0, 2)]; /* the first three serve */
        from.half = rng_percent(&sim->rng, HALF_PERCENT);
        if (v->staff->state != 1 || contact_find(v->order->person, v->staff))
                return;
        const struct contact *c = contact_add(sim, v->order->person, v->staff, &from);
        sim->day.friends++;
        if (c->relation != CONTACT_HALF)
                return;
        sim->day.half++;
        if (rng_percent(&sim->rng, CONFIRM_PERCENT))
                by_day(sim, rng_between(&sim->rng, 5 * 60000, 10 * HOUR_MS), confirms, v);
}

/* ---- buying ---- */

static void ships(struct sim *sim, void *arg)
{
        struct visit *v = arg;

        /* A wish of hers is open, or it was refunded: not today. */
        if (!stale(sim, v) && !v->order->asked && !order_ship(sim, v->order))
                sim->day.shipped++;
}

static void pays(struct sim *sim, void *arg)
{
        struct visit *v = arg;

        if (stale(sim, v) || order_pay(sim, v->order))
                return; /* timed out */
        sim->day.paid++;
        by_day(sim, rng_between(&sim->rng, 2 * HOUR_MS, 16 * HOUR_MS), ships, v);
}

static struct person *buyer(struct sim *sim)
{
        const struct world *w = &sim->world;
        struct person *p = w->people.n ? w->people.v[rng_between(&sim->rng, 0, (int64_t)w->people.n - 1)] : NULL;

        return p && rng_percent(&sim->rng, KNOWN_PERCENT) ? p : world_person(sim, NULL);
}

static void buys(struct sim *sim, void *arg)
{
        static const char *const notes[] = {"", "", "", "", "周末再送，谢谢", "麻烦包好一点，送人的", "请放驿站"};
        struct visit *v = arg;
        struct shop *shop = sim->day.shop;

        if (stale(sim, v))
                return;
        const struct product *product = shop->products.v[rng_between(&sim->rng, 0, (int64_t)shop->products.n - 1)];
        struct sku *sku = &product->sku[rng_between(&sim->rng, 0, (int64_t)product->n_sku - 1)];
        v->order = order_place(sim, shop, buyer(sim), product, sku, rng_percent(&sim->rng, 20) ? 2 : 1,
                               notes[rng_between(&sim->rng, 0, (int64_t)countof(notes) - 1)]);
        if (rng_percent(&sim->rng, PAY_PERCENT))
                timer_after(sim, rng_between(&sim->rng, 5000, 600000), pays, v);
        /* One of each four, whichever: a quarter in every story, not only in the long run. */
        if (sim->day.orders % ASKS_ONE_IN == 0)
                sim->day.next_asks = (uint64_t)rng_between(&sim->rng, 0, ASKS_ONE_IN - 1);
        if (sim->day.orders++ % ASKS_ONE_IN == sim->day.next_asks)
                by_day(sim, rng_between(&sim->rng, 15 * 60000, 8 * HOUR_MS), asks, v);
        if (rng_percent(&sim->rng, FRIEND_PERCENT))
                by_day(sim, rng_between(&sim->rng, 60000, 4 * HOUR_MS), befriends, v);
}

/* ---- the day as a whole ---- */

/* Real clock, loop thread: on to where a clock that runs `speed` times as fast would be. */
static void pace(void *arg)
{
        struct sim *sim = arg;
        struct day *day = &sim->day;
        int64_t real = clock_mono_ms(), to = day->pace_clock + (real - day->pace_real) * day->speed;

        if (sim->pushes.open > OPEN_PUSHES_MAX) {
                day->held++;
                day->pace_real = real;
                day->pace_clock = sim_now(sim);
        } else {
                timers_push_to(sim, to < day->over ? to : day->over);
        }
        if (sim_now(sim) < day->over)
                server_later(sim->server, PACE_MS, pace, sim);
        else
                day->speed = 1;
}

int day_start(struct sim *sim, struct shop *shop, uint64_t orders, int64_t speed)
{
        struct day *day = &sim->day;
        int64_t now = sim_now(sim), midnight = hours_midnight(now);

        if (day_running(sim))
                return DAY_E_RUNNING;
        if (!shop->products.n || !orders || orders > DAY_ORDERS_MAX || speed < 1 || speed > SPEED_MAX)
                return DAY_E_SIZE;
        *day = (struct day){.shop = shop, .run = day->run + 1, .begun = now, .over = now + DAY_MS, .want = orders, .speed = speed};
        for (uint64_t i = 0; i < orders; i++) {
                struct visit *v = arena_new(&sim->arena, struct visit);
                /* Each in its own part of the day, so that the hours keep their shares however few the orders are. */
                int64_t part = ((int64_t)i * DAY_MS + rng_between(&sim->rng, 0, DAY_MS - 1)) / (int64_t)orders;
                int64_t at = midnight + hours_moment(part);

                v->run = day->run;
                /* What is over today comes tomorrow at the same hour: still within 24 hours. */
                timer_at(sim, at < now ? at + DAY_MS : at, buys, v);
        }
        ledger_add(sim, "day", shop->appid, "", "begun: %llu orders", (unsigned long long)orders);
        if (speed > 1 && sim->server && !sim->clock.manual) {
                day->pace_real = clock_mono_ms();
                day->pace_clock = now;
                server_later(sim->server, PACE_MS, pace, sim);
        }
        return 0;
}

bool day_running(struct sim *sim)
{
        return sim->day.shop && sim_now(sim) < sim->day.over;
}

struct shop *day_shop(struct sim *sim, const char *which)
{
        for (size_t i = 0; i < sim->world.n_shops; i++) {
                struct shop *shop = sim->world.shops[i];
                const char number[] = {(char)('1' + i), 0};
                if (text_eq(which, shop->appid) || text_eq(which, shop->name) || text_eq(which, number))
                        return shop;
        }
        return NULL;
}

void day_write(struct sim *sim, struct out *out)
{
        const struct day *day = &sim->day;
        const struct {
                const char *name;
                uint64_t n;
        } rows[] = {{"want_orders", day->want}, {"orders", day->orders},       {"paid", day->paid},      {"shipped", day->shipped},
                    {"asks", day->asks},        {"by_number", day->by_number}, {"by_card", day->by_card}, {"by_shop", day->by_shop},
                    {"cases", day->cases},      {"addresses", day->moves},     {"friends", day->friends}, {"half", day->half},
                    {"confirmed", day->confirmed}, {"held", day->held}};

        out_bool(out, "running", day_running(sim));
        out_str(out, "shop", day->shop ? day->shop->name : "");
        out_int(out, "now", sim_now(sim));
        out_int(out, "begun", day->begun);
        out_int(out, "over", day->over);
        out_int(out, "speed", day->speed);
        for (size_t i = 0; i < countof(rows); i++)
                out_int(out, rows[i].name, (int64_t)rows[i].n);
        out_int(out, "pushes_open", sim->pushes.open);
}
