/* Stock of a sku and its flow; a sku that runs out is told (channels_ec_stock_no_enough). */
#ifndef SIM_SHOP_STOCK_H
#define SIM_SHOP_STOCK_H

#include "sim/world.h"

#define STOCK_FIRST 100000 /* of the goods the seed makes: nobody runs out by accident */
#define STOCK_LOW 10

enum stock_op { STOCK_IN = 1, STOCK_OUT = 2, STOCK_SET = 3 };

void stock_take(struct sim *, struct order *);   /* an order was placed */
void stock_return(struct sim *, struct order *); /* it was cancelled */
void stock_write(struct sim *, struct shop *, const struct product *, struct sku *, enum stock_op, int64_t now);

#endif
