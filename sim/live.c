#include "sim/live.h"

#include "sim/chat.h"
#include "sim/out.h"
#include "sim/population.h"
#include "sim/sim.h"
#include "sim/shop/trade.h"

#define TICK_MS 100
#define OPEN_PUSHES_MAX 2000 /* more unsettled pushes than this and the broadcast waits */
#define ORDERS_MAX 1000000
#define LAST_BUYERS_MS 10000

struct chat_plan {
        struct person *person;
        struct order *order;
        unsigned left; /* messages to come */
        uint64_t run;
};

static void write_once(struct sim *sim, void *arg)
{
        struct chat_plan *plan = arg;
        struct person *p = plan->person;
        struct kf_account *kf = sim->world.corp.kf[plan->order->shop->place % sim->world.corp.n_kf];
        bool first = !p->chat.n;
        struct arena arena;

        if (plan->run != sim->live.run || !sim->live.running)
                return;
        arena_init(&arena, 0);
        const char *text = first ? population_sentence(sim, &arena, plan->order, text_eq(p->clue, "number"))
                                 : population_follow_up(sim);
        if (text_eq(p->clue, "shop"))
                shop_say(sim, p, plan->order->shop, "text", text_body(&arena, text), text);
        else if (first && text_eq(p->clue, "card"))
                chat_say(sim, p, kf, "channels_shop_order", order_card(&arena, plan->order), plan->order->id);
        else
                chat_say(sim, p, kf, "text", text_body(&arena, text), text);
        sim->live.messages++;
        if (first && (text_eq(p->clue, "number") || text_eq(p->clue, "card")))
                p->wrote_order = plan->order->id;
        arena_release(&arena);
        if (!--plan->left)
                sim->live.writing--;
        else
                timer_after(sim, rng_between(&sim->rng, 3000, 15000), write_once, plan);
}

static void begin_chat(struct sim *sim)
{
        struct live *live = &sim->live;
        struct person *p = live->buyers.v[--live->buyers.n];
        struct chat_plan *plan = arena_new(&sim->arena, struct chat_plan);
        int64_t dice = rng_between(&sim->rng, 0, 99);

        *plan = (struct chat_plan){p, p->orders.v[p->orders.n - 1], (unsigned)rng_between(&sim->rng, 1, 3), live->run};
        p->clue = dice < 25 ? "number" : dice < 40 ? "card" : dice < 70 ? "shop" : "";
        live->by_number += dice < 25;
        live->by_card += dice >= 25 && dice < 40;
        live->by_shop += dice >= 40 && dice < 70;
        live->by_none += dice >= 70;
        live->chats++;
        live->writing++;
        write_once(sim, plan);
}

/* Bought in a hurry, repented at once. */
static void repents(struct sim *sim, void *arg)
{
        if (case_open(sim, arg, 0, "REFUND", case_reasons[0].text, false))
                sim->live.cases++;
}

static void pays(struct sim *sim, void *arg)
{
        struct order *order = arg;
        struct live *live = &sim->live;

        if (order_pay(sim, order))
                return; /* cancelled meanwhile */
        live->paid++;
        if (rng_percent(&sim->rng, 2))
                timer_after(sim, rng_between(&sim->rng, 5000, 30000), repents, order);
        if (live->running && !order->person->chat.n)
                vec_push(&sim->arena, &live->buyers, order->person);
}

static void gives_up(struct sim *sim, void *arg)
{
        if (order_cancel(sim, arg))
                return; /* paid after all */
}

static void begin_order(struct sim *sim)
{
        struct live *live = &sim->live;
        struct shop *shop = sim->world.shops[rng_between(&sim->rng, 0, (int64_t)sim->world.n_shops - 1)];
        /* A broadcast sells few products to many people. */
        const struct product *product = shop->products.v[rng_between(&sim->rng, 0, 2)];
        struct person *p = world_person(sim, NULL);

        p->live = true;
        struct order *order = order_place(sim, shop, p, product,
                                          &product->sku[rng_between(&sim->rng, 0, (int64_t)product->n_sku - 1)],
                                          rng_percent(&sim->rng, 15) ? 2 : 1, "");
        live->orders++;
        if (rng_percent(&sim->rng, 97))
                timer_after(sim, rng_between(&sim->rng, 500, 4000), pays, order);
        else
                timer_after(sim, rng_between(&sim->rng, 2000, 30000), gives_up, order);
}

static uint64_t due(const struct live *live, uint64_t want, int64_t elapsed)
{
        return elapsed >= live->length_ms ? want : want * (uint64_t)elapsed / (uint64_t)live->length_ms;
}

static void tick(struct sim *sim, void *arg)
{
        struct live *live = &sim->live;
        int64_t elapsed = sim_now(sim) - live->began;

        if (!live->running || (uint64_t)(uintptr_t)arg != live->run)
                return;
        if (sim->pushes.open > OPEN_PUSHES_MAX) {
                live->held++;
                live->began += TICK_MS;
        } else {
                for (uint64_t n = due(live, live->want_orders, elapsed), turn = 0; live->orders < n && turn < 50;
                     turn++)
                        begin_order(sim);
                for (uint64_t n = due(live, live->want_chats, elapsed); live->chats < n && live->buyers.n;)
                        begin_chat(sim);
        }
        /* Chats need buyers: the last ones may come a little after the end. Whoever is still missing then never comes.
         */
        bool done = live->orders >= live->want_orders &&
                    (live->chats >= live->want_chats || elapsed > live->length_ms + LAST_BUYERS_MS);
        if (done && !live->writing) {
                live->running = false;
                ledger_add(sim, "live", "", "", "over: %llu orders, %llu chats", (unsigned long long)live->orders,
                           (unsigned long long)live->chats);
                return;
        }
        timer_after(sim, TICK_MS, tick, arg);
}

int live_start(struct sim *sim, uint64_t orders, uint64_t chats, int64_t seconds, bool duplicate)
{
        struct live *live = &sim->live;
        uint64_t run = live->run + 1;

        if (live->running)
                return LIVE_E_RUNNING;
        if (!orders || orders > ORDERS_MAX || chats > orders || seconds < 1 || seconds > 86400)
                return LIVE_E_SIZE;
        *live = (struct live){
                .running = true,
                .duplicate = duplicate,
                .want_orders = orders,
                .want_chats = chats,
                .began = sim_now(sim),
                .length_ms = seconds * 1000,
                .run = run,
        };
        ledger_add(sim, "live", "", "", "begun: %llu orders, %llu chats in %lld s", (unsigned long long)orders,
                   (unsigned long long)chats, (long long)seconds);
        tick(sim, (void *)(uintptr_t)run);
        return 0;
}

void live_stop(struct sim *sim)
{
        sim->live.running = false;
}

void live_write(struct sim *sim, struct out *out)
{
        const struct live *live = &sim->live;

        out_bool(out, "running", live->running);
        out_int(out, "orders", (int64_t)live->orders);
        out_int(out, "want_orders", (int64_t)live->want_orders);
        out_int(out, "paid", (int64_t)live->paid);
        out_int(out, "cases", (int64_t)live->cases);
        out_int(out, "chats", (int64_t)live->chats);
        out_int(out, "want_chats", (int64_t)live->want_chats);
        out_int(out, "messages", (int64_t)live->messages);
        out_int(out, "by_number", (int64_t)live->by_number);
        out_int(out, "by_card", (int64_t)live->by_card);
        out_int(out, "by_shop", (int64_t)live->by_shop);
        out_int(out, "by_none", (int64_t)live->by_none);
        out_int(out, "held", (int64_t)live->held);
        out_int(out, "seconds", live->length_ms / 1000);
        out_int(out, "elapsed_ms", live->began ? sim_now(sim) - live->began : 0);
        out_bool(out, "duplicate", live->duplicate);
        out_int(out, "pushes_open", sim->pushes.open);
}
