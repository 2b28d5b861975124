/* Routes of golive, for its declaration. Private. */
#ifndef GOLIVE_API_H
#define GOLIVE_API_H

#include "net/route.h"

extern const struct route golive_routes[7];

#endif
