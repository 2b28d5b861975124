/* All descriptors that the routes use, each once, for the generated documents. Private to net. */
#ifndef NET_DESCS_H
#define NET_DESCS_H

#include "base/domain.h"
#include "net/route.h"

#define DESCS_MAX 512

struct descs {
        const struct json_desc *items[DESCS_MAX];
        bool replied[DESCS_MAX]; /* part of some reply (else only of requests) */
        size_t n;
};

void descs_collect(const struct registry *, struct descs *);

/* Is `name` a parameter of the path? */
bool descs_in_path(const char *path, const char *name);

#endif
