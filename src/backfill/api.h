/* Routes of backfill. Private. */
#ifndef BACKFILL_API_H
#define BACKFILL_API_H

#include "net/route.h"

extern const struct route backfill_routes[2];

#endif
