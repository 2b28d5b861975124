/* Millions of orders: what each is made of follows from the number of its shop and its own number there. */
#ifndef BENCH_VOLUME_H
#define BENCH_VOLUME_H

#include "bench/bench.h"
#include "bench/world.h"

#define VOLUME_PRODUCTS 20 /* of a shop */

struct volume_order {
        const char *remote_id, *openid, *title, *image, *product_id, *sku_id, *sku_text, *delivery_name, *waybill_id, *receiver;
        int64_t status, amount, price, count, created_s, paid_s, updated_s, deadline_s, shipped_s;
        size_t buyer; /* number within the shop */
        struct bytes object;
};
/* The `i`-th order of a shop with `n_buyers` buyers, in the arena; `now_s` is the newest moment of its life. */
void volume_order(struct arena *, size_t shop, size_t i, size_t n_buyers, int64_t created_s, struct volume_order *);

/* Number, title, picture and price of a product. */
void volume_product(struct arena *, size_t shop, size_t product, struct volume_order *);

/* "37" shop serial -> both; false when it is none of ours. */
bool volume_number(const char *remote_id, size_t *shop, size_t *i);
const char *volume_openid(struct arena *, size_t shop, size_t buyer);
const char *volume_appid(struct arena *, size_t shop);

struct volume_shop {
        int64_t merchant_id, account_id;
        size_t orders, buyers;
        const char *path; /* of its callbacks; known once set.h has read the set */
};
struct volume {
        size_t n_shops;
        struct volume_shop *shops; /* the first has a million orders of its own, if there are so many */
        int64_t bytes;             /* on PostgreSQL, once loaded: what the database takes on disk */
};
/* Loads `rows` orders of `n_shops` shops into an empty data folder, with progress. */
int volume_load(struct bench *, const char *const *settings, int64_t rows, size_t n_shops, struct volume *, double *seconds) MUST;

/* How many orders and buyers the shop has when there are `rows` in all. */
void volume_share(int64_t rows, size_t n_shops, size_t shop, struct volume_shop *);

#endif
