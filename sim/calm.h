/*
 * Calm: no push is under way and nothing is due. With the manual clock the simulator waits for it, so that a run can be
 * told again: a deed of the admin API is answered when the pushes it caused have been answered, and while the clock is
 * pushed each moment is over before the next one begins. With the real clock nobody waits.
 *
 * Whoever handles a push by calling the admin API before he answers it makes both wait until the push has timed out.
 */
#ifndef SIM_CALM_H
#define SIM_CALM_H

#include <stdint.h>

struct sim;

struct calm_waiter {
        void (*fn)(struct sim *, void *arg);
        void *arg;
        struct calm_waiter *next;
};

struct calm {
        unsigned in_air;                      /* calls that the pool carries out now, or will */
        struct calm_waiter *first, *last, *spare; /* in the world's arena; spare ones are used again */
};

/* fn(sim, arg) at once (real clock), or as soon as it is calm; in the order of asking. */
void calm_then(struct sim *, void (*fn)(struct sim *, void *arg), void *arg);
/* Something came to its end: the waiting are served as long as it stays calm. */
void calm_look(struct sim *);
/* Moves the clock forward to `ms`, then fn(sim, arg). With the manual clock moment by moment. */
void calm_push_to(struct sim *, int64_t ms, void (*fn)(struct sim *, void *arg), void *arg);

#endif
