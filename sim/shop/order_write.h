/* The order object as order/get gives it (微信小店 订单·获取订单详情). */
#ifndef SIM_SHOP_ORDER_WRITE_H
#define SIM_SHOP_ORDER_WRITE_H

#include "sim/gate.h"

void order_write(struct request *, const struct order *, bool masked); /* member "order" */
/* The receiver's own object, as `key`; `pending` instead of the order's address when not NULL. */
void order_write_receiver(struct request *, const char *key, const struct order *, const struct receiver *pending,
                          bool masked);
const char *order_virtual_number(struct arena *, const struct order *);
int64_t order_number_until(const struct order *); /* s */

#endif
