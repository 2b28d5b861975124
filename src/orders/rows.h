/* Named queries of orders. Private. */
#ifndef ORDERS_ROWS_H
#define ORDERS_ROWS_H

#include "catalogue/catalogue.h"
#include "orders/orders.h"

extern const struct probe orders_probe; /* find.c */

struct orders_line {
        const char *product_id, *sku_id, *title, *sku_text, *image;
        int64_t count, sale_price, real_price, delivery_deadline;
};

struct orders_parcel {
        const char *delivery_name, *waybill_id;
        int64_t delivered_at;
};

/* What keeping needs of an order that is known. */
struct orders_known {
        int64_t order_id, status, updated_at, fetched_at;
        const char *digest;
};

struct orders_object_row {
        struct bytes object;
};

struct orders_asked_row {
        int64_t asked_at;
};

extern const struct query orders_q_known, orders_q_insert, orders_q_update;
extern const struct query orders_q_line_insert, orders_q_lines_drop, orders_q_lines;
extern const struct query orders_q_parcel_insert, orders_q_parcels_drop, orders_q_parcels;
extern const struct query orders_q_object_save, orders_q_object_get;
extern const struct query orders_q_get, orders_q_by_remote, orders_q_find_number, orders_q_of_identities;
extern const struct query orders_q_list, orders_q_search;
extern const struct query orders_q_ask, orders_q_asked, orders_q_answered;

extern const struct holder orders_holds; /* holdings.c */

#endif
