/* Routes of alarms, for its declaration. Private. */
#ifndef ALARMS_API_H
#define ALARMS_API_H

#include "net/route.h"

extern const struct route alarms_routes[5];

#endif
