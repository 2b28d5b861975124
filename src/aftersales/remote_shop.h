/* Events and jobs of aftersales, for its declaration. Private. */
#ifndef AFTERSALES_REMOTE_SHOP_H
#define AFTERSALES_REMOTE_SHOP_H

#include "backfill/backfill.h"
#include "store/job.h"

struct wx_event;

int aftersales_on_event(struct ctx *, const struct wx_event *) MUST;

int aftersales_fetch_prepare(struct ctx *, struct job *, void **state) MUST;
int aftersales_fetch_call(struct ctx *, struct job *, void *state) MUST;
int aftersales_fetch_settle(struct ctx *, struct job *, void *state, int outcome) MUST;

extern const struct backfill_source aftersales_sources[1];

int aftersales_reasons_prepare(struct ctx *, struct job *, void **state) MUST;
int aftersales_reasons_call(struct ctx *, struct job *, void *state) MUST;
int aftersales_reasons_settle(struct ctx *, struct job *, void *state, int outcome) MUST;

int aftersales_decision_prepare(struct ctx *, struct job *, void **state) MUST;
int aftersales_decision_call(struct ctx *, struct job *, void *state) MUST;
int aftersales_decision_settle(struct ctx *, struct job *, void *state, int outcome) MUST;

#endif
