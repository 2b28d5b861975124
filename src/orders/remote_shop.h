/* Events and jobs of orders, for its declaration. Private. */
#ifndef ORDERS_REMOTE_SHOP_H
#define ORDERS_REMOTE_SHOP_H

#include "backfill/backfill.h"
#include "store/job.h"

struct wx_event;

int orders_on_event(struct ctx *, const struct wx_event *) MUST;

int orders_fetch_prepare(struct ctx *, struct job *, void **state) MUST;
int orders_fetch_call(struct ctx *, struct job *, void *state) MUST;
int orders_fetch_settle(struct ctx *, struct job *, void *state, int outcome) MUST;

extern const struct backfill_source orders_sources[1];

#endif
