/*
 * The live broadcast: many orders and many chats in a few minutes, at a bounded rate. Who comes can be linked with her
 * order by one clue, and the clue is kept as the truth: she writes the order's number, sends its card, asks in the
 * shop's own chat, or gives none.
 */
#ifndef SIM_LIVE_H
#define SIM_LIVE_H

#include "sim/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct sim;
struct out;
struct person;

struct live {
        bool running, duplicate;
        uint64_t want_orders, want_chats, orders, chats, messages, paid, cases;
        uint64_t by_number, by_card, by_shop, by_none; /* chats by clue */
        uint64_t writing;                              /* chats with messages still to come */
        uint64_t held;                                 /* moments when the broadcast waited for the pushes to drain */
        int64_t began, length_ms;
        uint64_t run;                /* number of the broadcast: timers of an earlier one stop */
        VEC(struct person *) buyers; /* paid in this broadcast and have not written yet */
};

enum { LIVE_E_RUNNING = 1, LIVE_E_SIZE = 2 };
int live_start(struct sim *, uint64_t orders, uint64_t chats, int64_t seconds, bool duplicate);
void live_stop(struct sim *);
void live_write(struct sim *, struct out *);

#endif
