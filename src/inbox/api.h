/* Routes of inbox, for its declaration. Private. */
#ifndef INBOX_API_H
#define INBOX_API_H

#include "net/route.h"

#define INBOX_ROUTES 15
extern const struct route inbox_routes[INBOX_ROUTES];

#endif
