/* Routes of groups, for its declaration. Private. */
#ifndef GROUPS_API_H
#define GROUPS_API_H

#include "net/route.h"

extern const struct route groups_routes[1];

#endif
