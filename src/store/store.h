/* The store as a domain of its own: its tables, its "later" job kind, its metrics. Listed first in the registry. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/domain.h"

extern const struct domain store_domain;

/* A context for a thread of the program's own: what `proto` carries, a fresh arena and `after`, the system as actor. */
void store_ctx(struct ctx *, const struct ctx *proto, struct arena *, int64_t merchant, int64_t now);

/* Forgetting what was left in `after` since a mark: goes with a savepoint that is undone. */
struct after_mark {
        struct after after;
};
struct after_mark store_after_mark(const struct ctx *);
void store_after_reset(struct ctx *, struct after_mark);

#endif
