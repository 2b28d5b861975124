#include "sim/timer.h"

#include "net/server.h"
#include "sim/sim.h"

/* The loop never sleeps longer than this with timers set: somebody may have changed the wall clock. */
#define LONGEST_SLEEP_MS 1000

int64_t sim_now(struct sim *sim)
{
        return clock_now(&sim->clock);
}

int64_t sim_now_s(struct sim *sim)
{
        return sim_now(sim) / 1000;
}

int64_t sim_today(struct sim *sim)
{
        return (sim_now(sim) + CHINA_MS) / DAY_MS;
}

static bool sooner(const struct timer *a, const struct timer *b)
{
        return a->due < b->due || (a->due == b->due && a->seq < b->seq);
}

void timer_at(struct sim *sim, int64_t due, void (*fn)(struct sim *, void *arg), void *arg)
{
        struct timers *t = &sim->timers;
        struct timer row = {due, t->seq++, fn, arg};

        vec_push(&sim->arena, &t->heap, row);
        size_t at = t->heap.n - 1;
        while (at && sooner(&row, &t->heap.v[(at - 1) / 2])) {
                t->heap.v[at] = t->heap.v[(at - 1) / 2];
                at = (at - 1) / 2;
        }
        t->heap.v[at] = row;
}

void timer_after(struct sim *sim, int64_t ms, void (*fn)(struct sim *, void *arg), void *arg)
{
        timer_at(sim, sim_now(sim) + ms, fn, arg);
}

static struct timer take_first(struct timers *t)
{
        struct timer first = t->heap.v[0], last = t->heap.v[--t->heap.n];
        size_t at = 0, n = t->heap.n;

        for (;;) {
                size_t kid = at * 2 + 1;
                if (kid >= n)
                        break;
                if (kid + 1 < n && sooner(&t->heap.v[kid + 1], &t->heap.v[kid]))
                        kid++;
                if (!sooner(&t->heap.v[kid], &last))
                        break;
                t->heap.v[at] = t->heap.v[kid];
                at = kid;
        }
        if (n)
                t->heap.v[at] = last;
        return first;
}

static void wake(void *arg)
{
        struct sim *sim = arg;
        sim->timers.woken_for = 0;
        timers_run(sim);
}

static void ask_for_wake(struct sim *sim)
{
        struct timers *t = &sim->timers;
        if (!sim->server || !t->heap.n)
                return;
        int64_t wait = t->heap.v[0].due - sim_now(sim);
        /* A manual clock brings no timer nearer by itself; whoever pushes it fires them. */
        if (wait > 0 && sim->clock.manual)
                return;
        wait = wait < 0 ? 0 : wait > LONGEST_SLEEP_MS ? LONGEST_SLEEP_MS : wait;
        int64_t when = clock_mono_ms() + wait;
        if (t->woken_for && t->woken_for <= when)
                return;
        t->woken_for = when;
        server_later(sim->server, (unsigned)wait, wake, sim);
}

void timers_run(struct sim *sim)
{
        struct timers *t = &sim->timers;
        /* A bounded turn, so that a flood of timers does not starve the sockets. */
        for (int turn = 0; turn < 256 && t->heap.n && t->heap.v[0].due <= sim_now(sim); turn++) {
                struct timer first = take_first(t);
                first.fn(sim, first.arg);
        }
        ask_for_wake(sim);
        calm_look(sim);
}

void timers_push_to(struct sim *sim, int64_t ms)
{
        struct timers *t = &sim->timers;
        while (t->heap.n && t->heap.v[0].due <= ms) {
                struct timer first = take_first(t);
                if (first.due > sim_now(sim))
                        clock_push(&sim->clock, first.due - sim_now(sim));
                first.fn(sim, first.arg);
        }
        if (ms > sim_now(sim))
                clock_push(&sim->clock, ms - sim_now(sim));
        ask_for_wake(sim);
}
