/*
 * The shop's past: orders of the half year before the simulator began. None of them is stored: the seed and an order's place
 * say who bought what and when, and its status follows from the clock (paid, shipped and confirmed in silence, without
 * events). Only an order that somebody touches becomes a struct order that stays.
 *
 * Places are in order of time, so a window of time is two places. The id carries the place: finding one is arithmetic.
 */
#ifndef SIM_SHOP_PAST_H
#define SIM_SHOP_PAST_H

#include "sim/world.h"

struct past_order {
        size_t place;
        int64_t created, paid, shipped, confirmed; /* ms; planned: later than now = not yet. paid 0 = never */
        const char *status;                        /* as of now */
        int64_t updated;
        struct person *person;
        struct {
                const struct product *product;
                struct sku *sku;
                int64_t count;
        } line[LINES_MAX];
        size_t n_lines;
        uint64_t chance; /* for what else must be made up */
};

/* What a search asks of the buyer and the goods; NULL = whatever. */
struct past_wish {
        const char *openid, *last4, *name; /* last4: four digits */
        const bool *good;                  /* by the place in past.good: is it one that is looked for? */
};
/* Told by the buyer and the goods alone, a tenth of the work of past_look(): false = cannot fit. Untouched orders only. */
bool past_may_fit(struct sim *, const struct shop *, size_t place, const struct past_wish *);

/*
 * What will have happened when: each change of each order (placed, cancelled, paid, shipped, confirmed), and of the
 * after-sales their beginning and their end. An order's last change that is not in the future is when it was updated. Kept as
 * numbers of eight bytes, sorted, so that a window of time is found without looking at the half year.
 */
size_t past_times_from(const struct shop *, const struct past_times *, int64_t ms); /* first index at or after it */
size_t past_time_place(const struct past_times *, size_t index);
/* Is it this moment, to the second? */
bool past_time_is(const struct shop *, const struct past_times *, size_t index, int64_t ms);

/* `orders` of them end at the moment the simulator begins; needs people. */
void past_begin(struct sim *, struct shop *, size_t orders);

void past_look(struct sim *, const struct shop *, size_t place, struct past_order *);
const char *past_id(struct arena *, const struct shop *, size_t place);
size_t past_from(const struct shop *, int64_t ms); /* first place created at or after it */
bool past_touched(const struct shop *, size_t place);

/* The order of this id at any shop: the world's own, or one made in `arena` that the world does not keep; NULL. */
struct order *order_look(struct sim *, struct arena *, const char *id);
/* The order of this id, kept from now on; NULL. */
struct order *order_touch(struct sim *, const char *id);

/* The after-sale of an order of the past, when it had one and it is over. */
struct past_case {
        int64_t created, ended; /* ms; ended is its update time */
        bool paid;              /* a difference of price; else the buyer cancelled */
};
bool past_case_look(struct sim *, const struct shop *, size_t place, struct past_case *);
const char *past_case_id(struct arena *, const struct shop *, size_t place);
/* The after-sale of this id, as order_look() and order_touch(). */
struct after_sale *case_look(struct sim *, struct arena *, const char *id);
struct after_sale *case_touch(struct sim *, struct arena *, const char *id);

struct order *past_make(struct sim *, struct arena *, struct shop *, size_t place); /* not kept */

#endif
