#include "sim/calm.h"

#include "sim/sim.h"

static bool calm(struct sim *sim)
{
        const struct timers *t = &sim->timers;
        return !sim->clock.manual || (!sim->calm.in_air && (!t->heap.n || t->heap.v[0].due > sim_now(sim)));
}

void calm_look(struct sim *sim)
{
        struct calm *c = &sim->calm;

        while (c->first && calm(sim)) {
                struct calm_waiter *w = c->first;
                void (*fn)(struct sim *, void *) = w->fn;
                void *arg = w->arg;

                c->first = w->next;
                w->next = c->spare;
                c->spare = w;
                fn(sim, arg);
        }
}

void calm_then(struct sim *sim, void (*fn)(struct sim *, void *arg), void *arg)
{
        struct calm *c = &sim->calm;
        struct calm_waiter *w = c->spare ? c->spare : arena_new(&sim->arena, struct calm_waiter);

        if (c->spare)
                c->spare = w->next;
        *w = (struct calm_waiter){.fn = fn, .arg = arg};
        *(c->first ? &c->last->next : &c->first) = w;
        c->last = w;
        calm_look(sim);
}

struct advance {
        int64_t to;
        void (*fn)(struct sim *, void *arg);
        void *arg;
};

/* It is calm: on to the next moment at which something falls due, or to the end. */
static void step(struct sim *sim, void *arg)
{
        const struct timers *t = &sim->timers;
        struct advance *a = arg;

        while (t->heap.n && t->heap.v[0].due <= a->to) {
                timers_push_to(sim, t->heap.v[0].due);
                if (!calm(sim)) {
                        calm_then(sim, step, a);
                        return;
                }
        }
        timers_push_to(sim, a->to);
        a->fn(sim, a->arg);
}

void calm_push_to(struct sim *sim, int64_t ms, void (*fn)(struct sim *, void *arg), void *arg)
{
        struct advance *a = arena_new(&sim->arena, struct advance);

        *a = (struct advance){ms, fn, arg};
        if (sim->clock.manual) {
                calm_then(sim, step, a);
                return;
        }
        timers_push_to(sim, ms);
        fn(sim, arg);
}
