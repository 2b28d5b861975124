/* The audit log: who did what to which object, when. Rows are only ever added. */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "store/db.h"

/* `act` "aftersales.approve"; `object` "case"; `detail` JSON or NULL, no secrets. Actor, his reason, and time come from ctx. */
int audit(struct ctx *, const char *act, const char *object, int64_t object_id, const char *detail) MUST;

struct audit_row {
        int64_t audit_id, at, actor_id, object_id;
        const char *actor, *act, *object, *detail;
        const char *reason; /* of an operator who acted for the merchant, as he gave it; else NULL */
};
/* Newest first; `before` an audit_id or 0; at most `limit` (1..200). */
int audit_list(struct ctx *, int64_t before, int64_t limit, struct audit_row **, size_t *n) MUST;

#endif
