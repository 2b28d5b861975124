/* Routes of staff, for its declaration. Private. */
#ifndef STAFF_API_H
#define STAFF_API_H

#include "net/route.h"

extern const struct route staff_routes[6];

#endif
