/* Routes of shops, for its declaration. Private. */
#ifndef SHOPS_API_H
#define SHOPS_API_H

#include "net/route.h"

extern const struct route shops_routes[3];

#endif
