/*
 * catalogue: products and skus with stock, presale and return address, kept in step by the shop's list and by notices; what
 * only orders know of; and the merchant's return addresses.
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
        int64_t account_id;
        const char *product_id, *title, *image;
        int64_t price;       /* fen: the lowest of its skus, or of the newest order */
        int64_t seen_at;     /* ms: in an order or in the list */
        int64_t orders;      /* in how many */
        int64_t number;      /* product_id as a number: newer ones are greater */
        int64_t status;      /* 5 on sale, 0 6 9 11 13 14 15 20: channels-product-address.md 2; -1 = only orders told of it */
        int64_t edit_status; /* 2 in review, 3 rejected, ... */
        const char *brand_id, *category; /* the platform's ids; category from the top to the leaf, by / */
        int64_t stock;       /* units of all skus, when read */
        int64_t presale;     /* 1: a sku is sold in advance */
        const char *address_id; /* its own return address; NULL = the shop's default */
        int64_t edited_at, read_at; /* ms; read_at 0 = never read: title, image and price are an order's */
};
struct catalogue_sku {
        const char *sku_id, *sku_text, *sku_code, *image;
        int64_t price, stock;
        int64_t presale;           /* 1: ships within presale_days after the payment, or after presale_ends_at */
        int64_t presale_after_end; /* 1: the latter */
        int64_t presale_days, presale_ends_at;
};
int catalogue_product_get(struct ctx *, int64_t account_id, const char *product_id, struct catalogue_product *) MUST;
/* Of any shop of the merchant. */
int catalogue_product_any(struct ctx *, const char *product_id, struct catalogue_product *) MUST;
int catalogue_skus(struct ctx *, const struct catalogue_product *, struct catalogue_sku **, size_t *n) MUST;
/* Has it read again soon: somebody told that it changed. */
int catalogue_refresh(struct ctx *, int64_t account_id, const char *product_id) MUST;

/* Newest first. `q`: part of a title or a whole id; "" or NULL = all. Behind (before_number, before_account); 0, 0 = from the newest. */
struct catalogue_filter {
        const char *q;
        int64_t account_id; /* 0 = any */
        int64_t status;     /* -1 = any */
        int64_t before_number, before_account, limit;
};
int catalogue_list(struct ctx *, const struct catalogue_filter *, struct catalogue_product **, size_t *n) MUST;
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
