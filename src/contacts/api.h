/* Routes of contacts, for its declaration. Private. */
#ifndef CONTACTS_API_H
#define CONTACTS_API_H

#include "net/route.h"

extern const struct route contacts_routes[3];

#endif
