/* Raising events: see struct event and struct listener in base/domain.h. */
#ifndef STORE_EVENT_H
#define STORE_EVENT_H

#include "base/domain.h"
#include "store/job.h"

/* Runs CORE listeners now, in the order of the domains, and enqueues one job per LATER listener ("later" kind, key =
 * listener and a fresh id). A CORE listener's status is returned as it is: the raiser's edge rolls back on it. */
int event_raise(struct ctx *, const struct event *, const void *payload) MUST;

#endif
