/* What the shop's endpoints ask of a request in common. */
#ifndef SIM_SHOP_REQUEST_H
#define SIM_SHOP_REQUEST_H

#include "sim/gate.h"

/* Is the shop of this token open for business? For the gate; 0, 10080000 or 10080001. */
int shop_check_open(struct request *);

/* Orders whose contacts were decoded today. */
int64_t shop_decoded(struct sim *, const struct shop *);

/* The shop's own order named by order_id, kept from now on; `missing` is the code when there is none. */
int rq_order(struct request *, int missing, struct order **);
/* The same for a change: refused while the last one is too fresh (switch order_pause_ms). */
int rq_order_to_change(struct request *, int missing, struct order **);
/* The shop's own after-sale named by after_sale_order_id. */
int rq_case(struct request *, struct after_sale **);
int rq_case_to_read(struct request *, struct after_sale **) MUST; /* it may be derived from the past, and is not kept */
/* A value of the body as compact JSON (objects, lists) or text, kept as long as the world; NULL when absent. */
const char *rq_keep(struct request *, const char *path);
/* Place of the line of product_id and sku_id below `at` ("" = top); order->n_lines = none. */
size_t rq_line(struct request *, const struct order *, const char *at);
/* next_key of `list` and page_size 1..max (`otherwise` when absent). */
int rq_page(struct request *, const char *list, int64_t otherwise, int64_t max, size_t *at, size_t *n);
/* Writes member `key`: the JSON object that was kept, with `more` ("\"a\":1", or "") in front of its members. */
void rq_write_with(struct request *, const char *key, const char *more, const char *json);
/* An event about the shop itself or its goods. */
void shop_tell(struct sim *, struct shop *, const char *event, const char *id, const char *body);
void rq_write_page(struct request *, const char *list, size_t at, bool more);

#endif
