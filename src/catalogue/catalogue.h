/*
 * catalogue: products, skus and brands as far as orders show them, and the merchant's return addresses.
 */
#ifndef CATALOGUE_CATALOGUE_H
#define CATALOGUE_CATALOGUE_H

#include "base/domain.h"
#include "shops/shops.h"
#include "store/db.h"

extern const struct domain catalogue_domain;

struct catalogue_seen { /* a line of an order */
        const char *product_id, *sku_id, *title, *sku_text, *sku_code, *image;
        int64_t price; /* fen */
};
/* Called once per order, when it is new to us: `orders` of each product counts these calls. */
int catalogue_see(struct ctx *, int64_t account_id, const struct catalogue_seen *, size_t n) MUST;

struct catalogue_product {
        const char *product_id, *title, *image;
        int64_t price, seen_at, orders;
};
int catalogue_product_get(struct ctx *, int64_t account_id, const char *product_id, struct catalogue_product *) MUST;
/* Ids of the merchant's products whose title contains `part` (Latin letters in any case); at most `limit`, newest
 * first. */
int catalogue_find(struct ctx *, const char *part, int64_t limit, const char ***product_ids, size_t *n) MUST;

/* A merchant's return address, as the platform lists it. The phone is masked. */
struct catalogue_address {
        int64_t account_id;
        const char *address_id, *name, *phone_masked, *text; /* text: province city county detail */
        int64_t is_default;                                  /* of returns */
        int64_t seen_at;
};
enum { CATALOGUE_E_NONE = 1 };
int catalogue_addresses(struct ctx *, int64_t account_id, struct catalogue_address **, size_t *n) MUST;
int catalogue_address_get(struct ctx *, int64_t account_id, const char *address_id, struct catalogue_address *) MUST;

/* Has the shop's addresses read again soon (a case needs one that we do not know yet). */
int catalogue_addresses_refresh(struct ctx *, int64_t account_id) MUST;

/* At start and when connected: the daily reading of the shop's addresses. ctx->merchant owns the account. */
int catalogue_start(struct ctx *, const struct shops_account *) MUST;

#endif
