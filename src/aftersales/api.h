/* Routes of aftersales, for its declaration. Private. */
#ifndef AFTERSALES_API_H
#define AFTERSALES_API_H

#include "net/route.h"

extern const struct route aftersales_routes[6];

#endif
