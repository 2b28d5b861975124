/* Groups at the platform, for the declaration. Private. */
#ifndef GROUPS_REMOTE_GROUP_H
#define GROUPS_REMOTE_GROUP_H

#include "backfill/backfill.h"

struct wx_event;

extern const struct backfill_source groups_sources[1];
int groups_hear(struct ctx *, const struct wx_event *) MUST;

#endif
