/*
 * Who lives in the world at the start. "demo": a month of orders and after-sales played in fast motion before the
 * program says it is ready, conversations of the last days, and customers who wait for an answer. "empty": nobody.
 */
#ifndef SIM_POPULATION_H
#define SIM_POPULATION_H

#include "sim/world.h"

enum { POPULATION_E_NAME = 1 };
int population_make(struct sim *, const char *name, unsigned customers) MUST;

/* A URL was registered: those who cannot be pulled later (in-shop chat) write now, and one more writes to 微信客服. */
void population_url_set(struct sim *, struct target *);

/* A sentence of a customer; `order` may be NULL. Names the order by number when `number`. In the arena given. */
const char *population_sentence(struct sim *, struct arena *, const struct order *, bool number);
const char *population_follow_up(struct sim *);

#endif
