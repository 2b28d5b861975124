/* Routes of hosting, for its declaration. Private. */
#ifndef HOSTING_API_H
#define HOSTING_API_H

#include "net/route.h"

#define HOSTING_ROUTES 10
extern const struct route hosting_routes[HOSTING_ROUTES];

#endif
