/*
 * groups: the customers' groups of a corp, and who is in them, as the platform tells. Read by backfill, kept in step by
 * callbacks. Nothing is written to a group: the platform lets no program speak in one (mass messages are tasks of staff).
 */
#ifndef GROUPS_GROUPS_H
#define GROUPS_GROUPS_H

#include "base/domain.h"
#include "store/db.h"

extern const struct domain groups_domain;

struct groups_group {
        int64_t account_id;         /* the corp */
        const char *chat_id;        /* the platform's */
        const char *name;           /* "" when it has none: the client then shows its members */
        const char *owner;          /* userid */
        int64_t members, customers; /* members: staff included */
        int64_t created_at;         /* ms */
        int64_t dismissed_at;       /* ms; 0 = it is there */
        int64_t seen_at;            /* ms: when it was last read whole */
};

enum {
        GROUPS_E_NONE = 1, /* no such group */
        GROUPS_E_BAD = 2,  /* no group object */
};

struct groups_filter {
        const char *q;           /* part of the name, or NULL */
        int64_t before_at;       /* created_at of the last one seen; 0 = from the newest */
        const char *before_chat; /* its chat_id */
        int64_t limit;
};
/* Newest first; those dismissed are left out. */
int groups_list(struct ctx *, const struct groups_filter *, struct groups_group **, size_t *n) MUST;
int groups_get(struct ctx *, int64_t account_id, const char *chat_id, struct groups_group *) MUST; /* NONE */

/* The groups a customer is in, by name; at most 100. */
int groups_of_identity(struct ctx *, int64_t identity_id, struct groups_group **, size_t *n) MUST;

#endif
