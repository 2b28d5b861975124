/*
 * What happens later, by the simulator's clock: retries, deadlines, automatic agreements, the live broadcast.
 *
 * Timers fire in order of their moment, and while the clock is being pushed it stands at each timer's own moment when
 * that one fires: a push of a week plays the week. Timers are never cancelled; who sets one checks on firing
 * whether it still matters.
 */
#ifndef SIM_TIMER_H
#define SIM_TIMER_H

#include "base/clock.h"
#include "sim/vec.h"

struct sim;

struct timer {
        int64_t due;  /* ms, the simulator's clock */
        uint64_t seq; /* equal moments fire in the order they were set */
        void (*fn)(struct sim *, void *arg);
        void *arg;
};

struct timers {
        VEC(struct timer) heap;
        uint64_t seq;
        int64_t woken_for; /* monotonic ms of the earliest wake-up asked for, 0 = none */
};

int64_t sim_now(struct sim *); /* ms */
int64_t sim_now_s(struct sim *);
int64_t sim_today(struct sim *); /* days, as they begin in China */

void timer_at(struct sim *, int64_t due, void (*fn)(struct sim *, void *arg), void *arg);
void timer_after(struct sim *, int64_t ms, void (*fn)(struct sim *, void *arg), void *arg);

/* Fires what is due, then sees to it that the loop comes back in time for the next (when there is a loop). */
void timers_run(struct sim *);
/* Moves the clock forward to `ms`, firing what lies between, each at its own moment. */
void timers_push_to(struct sim *, int64_t ms);

#endif
