/* Reading cases. Private. */
#ifndef AFTERSALES_FIND_H
#define AFTERSALES_FIND_H

#include "aftersales/keep.h"

struct aftersales_filter {
        const char *state; /* "waiting": by deadline; "open", "all": newest first */
        int64_t at, id;    /* keyset: the last one's due or created_at, and its id; 0 = from the start */
        int64_t limit;
};
int aftersales_list(struct ctx *, const struct aftersales_filter *, struct aftersales_case **, size_t *n) MUST;

/* The case as the platform told it. AFTERSALES_E_NONE. */
int aftersales_object(struct ctx *, int64_t case_id, struct bytes *json) MUST;

/* CORE listener of orders.changed: ties cases to an order that came after them. */
int aftersales_on_order(struct ctx *, const void *payload) MUST;

#endif
