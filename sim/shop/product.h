/* Goods: the draft, its review, going on and off sale (微信小店 商品). */
#ifndef SIM_SHOP_PRODUCT_H
#define SIM_SHOP_PRODUCT_H

#include "sim/shop/request.h"

struct product *product_find(const struct shop *, const char *id); /* NULL; a deleted one too */
struct sku *product_sku(const struct product *, const char *id);   /* NULL */

/* The body as a draft: 0 or the platform's code with the rule. `at` "" = the body itself. */
int product_read(struct request *, const struct product *before, struct product_face *);
/* Rules of sku_deliver_info below `at`. */
int presale_read(struct request *, const char *at, struct presale *);

void product_review(struct sim *, struct shop *, struct product *); /* begins; ends after switch review_ms */
void product_list(struct sim *, struct shop *, struct product *, enum product_status);
void product_tell_update(struct sim *, struct shop *, const struct product *);
void product_write(struct request *, const char *key, const struct product *, bool draft);

#endif
