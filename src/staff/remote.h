/* What the remote_*.c files give to the declaration. They alone know the platform. Private. */
#ifndef STAFF_REMOTE_H
#define STAFF_REMOTE_H

#include "backfill/backfill.h"

struct wx_event;

extern const struct backfill_source staff_sources[1];
int staff_hear_contact(struct ctx *, const struct wx_event *) MUST;

#endif
