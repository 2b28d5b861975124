/* Writing an order. Private. */
#ifndef ORDERS_KEEP_H
#define ORDERS_KEEP_H

#include "base/zip.h"
#include "orders/rows.h"

/* An order as read from an object, ours to keep. */
struct orders_kept {
        struct orders_order row; /* order_id and identity_id are filled by keeping */
        const char *openid, *unionid;
        const struct orders_line *lines;
        size_t n_lines;
        const struct catalogue_seen *seen; /* as many as lines */
        const struct orders_parcel *parcels;
        size_t n_parcels;
        struct bytes object;
};

/* ORDERS_E_OLDER, or 0; *changed says whether anything was written. */
int orders_keep(struct ctx *, struct orders_kept *, bool *changed) MUST;

/* As orders_update(), and whether anything was written. */
int orders_update_seen(struct ctx *, int64_t account_id, struct bytes object, int64_t *order_id, bool *changed) MUST;

extern const struct state_table orders_states;
#define ORDERS_DIGEST 16 /* bytes of an object's SHA-256 that are kept, in hex */
extern const struct zip_dict orders_dict; /* of kept objects */
const char *orders_status_text(int64_t status, bool english); /* never NULL */
extern struct metric orders_metric_unexpected, orders_metric_kept;

#endif
