/*
 * orders: the shop's orders as the platform tells them. The whole object is kept, compressed; what the sidebar shows is
 * in columns. The platform's notice is only a trigger: the truth is fetched.
 */
#ifndef ORDERS_ORDERS_H
#define ORDERS_ORDERS_H

#include "base/domain.h"
#include "shops/shops.h"
#include "store/db.h"

extern const struct domain orders_domain;

struct orders_order {
        int64_t order_id, account_id;
        const char *remote_id;                   /* the platform's order_id */
        int64_t identity_id;                     /* the buyer */
        int64_t status;                          /* 10 12 13 20 21 30 100 190 200 250: channels-order.md 2.4 */
        int64_t amount;                          /* fen, order_price */
        int64_t created_at, paid_at, updated_at; /* ms; 0 = not */
        int64_t ship_deadline;                   /* ms, earliest delivery_deadline of the lines; 0 = unknown */
        const char *title, *image;               /* first line's */
        int64_t units;                           /* all lines */
        const char *delivery_name, *waybill_id;  /* first parcel, NULL when unshipped */
        const char *receiver_masked;             /* name, masked by the platform */
        int64_t open_aftersales;
};

enum { ORDERS_E_NONE = 1, ORDERS_E_OLDER = 2 /* ours is newer */, ORDERS_E_BAD = 3 /* not an order object */ };

/* Keeps a fetched object (the JSON of "order"). Ensures the buyer's identity and products; writes only if it is not
 * older than ours. Raises orders_event_changed when something changed. */
int orders_update(struct ctx *, int64_t account_id, struct bytes object, int64_t *order_id) MUST;

int orders_get(struct ctx *, int64_t order_id, struct orders_order *) MUST;
int orders_by_remote(struct ctx *, int64_t account_id, const char *remote_id, struct orders_order *) MUST;
/* The one order with this number in any shop of the merchant. */
int orders_find_number(struct ctx *, const char *remote_id, struct orders_order *) MUST;
int orders_of_identities(struct ctx *, const int64_t *identity_ids, size_t n_ids, int64_t limit, struct orders_order **,
                         size_t *n) MUST;                                   /* newest first */
int orders_object(struct ctx *, int64_t order_id, struct bytes *json) MUST; /* as fetched */

/* Asks for the truth: enqueues a fetch of this order, unless one waits already. */
int orders_refresh(struct ctx *, int64_t account_id, const char *remote_id) MUST;

struct orders_changed {
        int64_t order_id, account_id, identity_id, old_status, status;
        const char *remote_id;
};
extern const struct event orders_event_changed;

#endif
