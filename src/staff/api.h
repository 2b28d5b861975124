/* Routes of staff, for its declaration. Private. */
#ifndef STAFF_API_H
#define STAFF_API_H

#include "net/route.h"

enum { STAFF_ROUTES = 14 };
extern const struct route staff_routes[STAFF_ROUTES];

struct staff_session;
/* What a browser gets that signed in, whichever way: the cookie, and LoginOut. */
int staff_welcome(struct ctx *, const struct staff_session *, const char *cookie, void *out) MUST;

#endif
