/* Finding the route of a path. Private to net. */
#ifndef NET_MATCH_H
#define NET_MATCH_H

#include "net/route.h"

#define MATCH_PARAMS 6

struct match {
        const struct route *route; /* NULL: no such path, or none with this method */
        const char *allow;         /* without a route: the methods that the path takes, or NULL */
        size_t n;
        const char *names[MATCH_PARAMS]; /* in the arena */
        const char *values[MATCH_PARAMS]; /* decoded */
};

/* `path` is as received: only then is a slash inside a parameter told from one between segments. Static segments win over parameters ("/api/jobs/dead" over "/api/jobs/{job_id}"). `demo` lets ROUTE_DEMO rows in. */
void match_route(struct arena *, const struct registry *, bool demo, const char *method, const char *path, struct match *);

#endif
