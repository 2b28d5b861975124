/* Routes of orders, for its declaration. Private. */
#ifndef ORDERS_API_H
#define ORDERS_API_H

#include "net/route.h"

extern const struct route orders_routes[3];

#endif
