/* Writing a case: what the platform told, and what we decided. Private. */
#ifndef AFTERSALES_KEEP_H
#define AFTERSALES_KEEP_H

#include "aftersales/view.h"

/* A case as read from an object, ours to keep. */
struct aftersales_kept {
        struct aftersales_case c; /* what is ours of it is filled by keeping */
        const char *openid, *unionid, *product_id;
        struct bytes object;
};
int aftersales_keep(struct ctx *, struct aftersales_kept *, bool *changed) MUST;

/* As aftersales_update(), and whether anything was written. */
int aftersales_update_seen(struct ctx *, int64_t account_id, struct bytes object, int64_t *case_id, bool *changed) MUST;

int aftersales_row_get(struct ctx *, int64_t case_id, struct aftersales_row *) MUST; /* AFTERSALES_E_NONE */

/* Writes `c` over the version it was read in, with one move; tells consoles and, when the status moved, those above. */
int aftersales_write(struct ctx *, const struct aftersales_case *before, struct aftersales_case *c,
                     const char *cause) MUST;

/* ---- the end of a decision ---- */

enum aftersales_outcome {
        OUTCOME_DONE,    /* the platform did it */
        OUTCOME_REFUSED, /* it said no: note says what to do */
        OUTCOME_UNKNOWN, /* a request left and nothing came back: ask before anything else */
        OUTCOME_MOOT,    /* the case moved on by itself before we did anything */
};
/* Nothing when another decision has taken its place. */
int aftersales_settle(struct ctx *, int64_t case_id, int64_t decision_version, enum aftersales_act,
                      enum aftersales_outcome, const char *note) MUST;

/* Is this decision still the one to carry out? Then *row is it. */
int aftersales_pending(struct ctx *, int64_t case_id, int64_t decision_version, struct aftersales_row *row,
                       bool *pending) MUST;

/* What a person should do about a refusal; never NULL. */
const char *aftersales_refusal(struct arena *, int64_t errcode, const char *errmsg);

/* For jobs: payload of a decision. */
struct aftersales_order_in { /* order given to the platform */
        int64_t case_id, version, accept_type, reason_type;
        const char *address_id, *text;
};
extern const struct json_desc aftersales_order_desc;

#endif
