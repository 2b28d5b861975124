/* Job, events and source of catalogue, for its declaration. Private. */
#ifndef CATALOGUE_REMOTE_SHOP_H
#define CATALOGUE_REMOTE_SHOP_H

#include "backfill/backfill.h"
#include "store/job.h"

struct wx_event;

int catalogue_on_event(struct ctx *, const struct wx_event *) MUST;
extern const struct backfill_source catalogue_sources[1];

int catalogue_addresses_prepare(struct ctx *, struct job *, void **state) MUST;
int catalogue_addresses_call(struct ctx *, struct job *, void *state) MUST;
int catalogue_addresses_settle(struct ctx *, struct job *, void *state, int outcome) MUST;

#endif
