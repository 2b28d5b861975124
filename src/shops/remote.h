/* Between the files of shops that speak with the platform. Private. */
#ifndef SHOPS_REMOTE_H
#define SHOPS_REMOTE_H

#include "base/arena.h"

/* The address that the platform did not trust, out of its sentence; NULL when it names none. */
const char *shops_ip_of(struct arena *, const char *errmsg);

#endif
