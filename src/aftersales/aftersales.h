/*
 * aftersales: one case per after-sale of the platform: its state, who moved it and when, and what we decided.
 * Agreeing and refusing are verbs that record a decision and enqueue an effect; `acceptapply` has no key, so an unknown
 * outcome is settled by reading the case and repeating only what is still as it was decided upon.
 */
#ifndef AFTERSALES_AFTERSALES_H
#define AFTERSALES_AFTERSALES_H

#include "base/domain.h"
#include "shops/shops.h"
#include "store/db.h"

extern const struct domain aftersales_domain;

struct aftersales_case {
        int64_t case_id, account_id;
        const char *remote_id; /* after_sale_order_id */
        const char *order_remote_id;
        int64_t order_id; /* ours; 0 until the order is known */
        int64_t identity_id;
        const char *type;   /* REFUND RETURN EXCHANGE RESHIP */
        const char *status; /* the platform's: channels-aftersale.md 4 */
        int64_t amount;     /* fen */
        const char *reason, *reason_text;
        const char *product_title;
        int64_t deadline;               /* ms; 0 = none told */
        int64_t created_at, updated_at; /* ms */
        /* Ours: "none", "approving", "approved", "rejecting", "rejected", "refused" (the platform said no), "unknown"
         * (being settled). */
        const char *decision;
        const char *decision_note; /* for "refused": what to do next */
        int64_t decided_by, decided_at;
        const char *address_id; /* return address given */
        int64_t version;        /* grows with every change; an approval names the one it saw */
};

struct aftersales_moved { /* one step of a case */
        int64_t seq, at;
        const char *from, *to, *cause, *actor;
};

struct aftersales_reason { /* the platform's own list of refusals */
        int64_t reason_type, scene;
        const char *text, *wording;
};

enum {
        AFTERSALES_E_NONE = 1,
        AFTERSALES_E_STATE = 2,     /* not waiting for the merchant, or a decision is already on its way */
        AFTERSALES_E_STALE = 3,     /* changed since the person looked: look again */
        AFTERSALES_E_ADDRESS = 4,   /* RETURN/EXCHANGE without a return address, or with one that is not the shop's */
        AFTERSALES_E_REASON = 5,    /* not on the platform's list for this case */
        AFTERSALES_E_READ_ONLY = 6, /* the account is in read-only mode */
        AFTERSALES_E_BAD = 7,       /* not a case object */
        AFTERSALES_E_OLDER = 8,
};

int aftersales_update(struct ctx *, int64_t account_id, struct bytes object, int64_t *case_id) MUST;
/* How many cases wait for the merchant with a deadline at or before `before` (ms), counted up to `most`, and the first of these
 * deadlines; 0 and 0 when none does. */
int aftersales_waiting(struct ctx *, int64_t before, int64_t most, int64_t *n, int64_t *first) MUST;
int aftersales_get(struct ctx *, int64_t case_id, struct aftersales_case *) MUST;
int aftersales_of_identities(struct ctx *, const int64_t *identity_ids, size_t n_ids, int64_t limit,
                             struct aftersales_case **, size_t *n) MUST;
int aftersales_moves(struct ctx *, int64_t case_id, struct aftersales_moved **, size_t *n) MUST;
int aftersales_reasons(struct ctx *, int64_t account_id, int64_t scene, struct aftersales_reason **, size_t *n) MUST;

/* `address_id` NULL for REFUND and for confirming receipt. `version` as seen by the person. */
int aftersales_approve(struct ctx *, int64_t case_id, int64_t version, const char *address_id) MUST;
int aftersales_reject(struct ctx *, int64_t case_id, int64_t version, int64_t reason_type, const char *text) MUST;

struct aftersales_changed {
        int64_t case_id, account_id, identity_id, order_id;
        const char *old_status, *status, *remote_id;
};
extern const struct event aftersales_event_changed;

/* Asks for the truth: enqueues a fetch of this case, unless one waits already. */
int aftersales_refresh(struct ctx *, int64_t account_id, const char *remote_id) MUST;

/* At start and when connected: the poller of a shop's cases and the daily list of refusal reasons. Nothing for an
 * account of another kind. ctx->merchant owns the account. */
int aftersales_start(struct ctx *, const struct shops_account *) MUST;

#endif
