/* Routes of catalogue. Private. */
#ifndef CATALOGUE_API_H
#define CATALOGUE_API_H

#include "net/route.h"

extern const struct route catalogue_routes[2];

#endif
