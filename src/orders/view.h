/* An order as the API and the consoles' notices show it. Private. */
#ifndef ORDERS_VIEW_H
#define ORDERS_VIEW_H

#include "orders/keep.h"

#define ORDERS_VIEW_MEMBERS                                                                                            \
        int64_t order_id, account_id, identity_id, status, amount, created_at, paid_at, updated_at, ship_deadline;     \
        int64_t units, open_aftersales;                                                                                \
        const char *account_name, *remote_id, *status_text, *title, *image, *delivery_name, *waybill_id;               \
        const char *receiver_masked;

struct orders_view {
        ORDERS_VIEW_MEMBERS
};
extern const struct json_desc orders_view_desc;

/* The view's fields in struct S, which has the members: for descriptors of larger shapes. */
#define ORDERS_VIEW_FIELDS(S)                                                                                          \
        JSON_KEY(S, order_id, JSON_REQUIRED, "our id"), JSON_KEY(S, account_id, JSON_REQUIRED, "the shop"),            \
                JSON_STR(S, account_name, JSON_REQUIRED, 0, 0, "its name"),                                            \
                JSON_ID(S, remote_id, JSON_REQUIRED, "the platform's order number"),                                   \
                JSON_KEY(S, identity_id, 0, "the buyer; null: not told"),                                              \
                JSON_INT(S, status, JSON_REQUIRED, 0, 0, "10 12 13 20 21 30 100 190 200 250"),                         \
                JSON_STR(S, status_text, JSON_REQUIRED, 0, 0, "the status in words"),                                  \
                JSON_INT(S, amount, JSON_REQUIRED, 0, 0, "fen"), JSON_INT(S, created_at, JSON_REQUIRED, 0, 0, "ms"),   \
                JSON_INT(S, paid_at, JSON_REQUIRED, 0, 0, "ms; 0 = unpaid"),                                           \
                JSON_INT(S, updated_at, JSON_REQUIRED, 0, 0, "ms, the platform's"),                                    \
                JSON_INT(S, ship_deadline, JSON_REQUIRED, 0, 0, "ms; 0 = unknown"),                                    \
                JSON_STR(S, title, 0, 0, 0, "of the first line"), JSON_STR(S, image, 0, 0, 0, "of the first line"),    \
                JSON_INT(S, units, JSON_REQUIRED, 0, 0, "of all lines"),                                               \
                JSON_STR(S, delivery_name, 0, 0, 0, "carrier of the first parcel"),                                    \
                JSON_STR(S, waybill_id, 0, 0, 0, "of the first parcel"),                                               \
                JSON_STR(S, receiver_masked, 0, 0, 0, "name"),                                                         \
                JSON_INT(S, open_aftersales, JSON_REQUIRED, 0, 0, "cases that run")

/* `account_name` may be NULL: then it is looked up. */
int orders_view_of(struct ctx *, const struct orders_order *, const char *account_name, bool english,
                   struct orders_view *) MUST;
int orders_views(struct ctx *, const struct orders_order *, size_t n, bool english, struct orders_view **) MUST;

/* Tells the consoles of this order as it is now. */
int orders_tell(struct ctx *, int64_t order_id) MUST;

/* What the sidebar shows besides, out of the sealed object; contact data masked. */
struct orders_extra {
        const char *customer_notes, *merchant_notes, *name, *phone, *address;
};
int orders_extra(struct ctx *, int64_t order_id, struct orders_extra *) MUST;

struct orders_filter {
        const char *q;                /* NULL or "" = all */
        int64_t status, account_id;   /* 0 = any */
        int64_t before_at, before_id; /* keyset: older than this; 0 = from the newest */
        int64_t limit;
};
int orders_search(struct ctx *, const struct orders_filter *, struct orders_order **, size_t *n) MUST;

char *orders_mask_name(struct arena *, const char *); /* "陈先生" -> "陈**"; what is masked stays */

#endif
