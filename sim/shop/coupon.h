/* Coupons of a shop and those that people hold (微信小店 优惠券). */
#ifndef SIM_SHOP_COUPON_H
#define SIM_SHOP_COUPON_H

#include "sim/world.h"

struct coupon *coupon_find(const struct shop *, const char *id); /* NULL; a deleted one too */

enum { COUPON_E_CLAIM = 1 }; /* not active, none left, or her share is used up */
/* She claims it in the shop: no API puts a coupon into a buyer's account. */
int coupon_claim(struct sim *, struct coupon *, struct shop *, struct person *, struct user_coupon **) MUST;
/* used: she pays with it; otherwise it comes back from a cancelled order. COUPON_E_CLAIM when it cannot. */
int coupon_use(struct sim *, struct shop *, struct user_coupon *, bool used) MUST;
struct user_coupon *coupon_of(const struct shop *, const char *user_coupon_id); /* NULL */

/* coupon_info / user_coupon_info events: `name` of the moment is a member of the event. */
void coupon_tell(struct sim *, struct shop *, const struct coupon *, const char *event, const char *moment);

#endif
