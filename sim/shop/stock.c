#include "sim/shop/stock.h"

#include "sim/push.h"
#include "sim/sim.h"

#define FLOWS_MAX 20000 /* kept per shop; the oldest are forgotten */

static void set(struct sim *sim, struct shop *shop, const struct product *product, struct sku *sku, enum stock_op op,
                int64_t now, const char *order_id)
{
        bool was_low = sku->stock <= STOCK_LOW;

        const struct stock_flow flow = {.product = product,
                                      .sku = sku,
                                      .amount = now > sku->stock ? now - sku->stock : sku->stock - now,
                                      .before = sku->stock,
                                      .after = now,
                                      .at = sim_now(sim),
                                      .op = op,
                                      .order_id = order_id};
        if (shop->flows.n < FLOWS_MAX)
                vec_push(&sim->arena, &shop->flows, flow);
        else
                shop->flows.v[shop->next_flow++ % FLOWS_MAX] = flow;
        sku->stock = now;
        if (was_low || now > STOCK_LOW)
                return;
        struct arena arena;
        const char *q = push_id_as_number(sim, shop) ? "" : "\"";
        arena_init(&arena, 0);
        push_shop_event(sim, shop, shop->origin_id, "channels_ec_stock_no_enough", sku->id,
                        arena_printf(&arena,
                                     "\"channels_ec_stock_no_enough\":{\"product_id\":%s%s%s,\"sku_id\":%s%s%s,"
                                     "\"remaining_stock_amount\":%lld,\"remaining_code_amount\":0}",
                                     q, product->id, q, q, sku->id, q, (long long)now));
        arena_release(&arena);
}

void stock_take(struct sim *sim, struct order *order)
{
        for (size_t i = 0; i < order->n_lines; i++) {
                struct sku *sku = order->line[i].sku;
                int64_t left = sku->stock - order->line[i].count;
                set(sim, order->shop, order->line[i].product, sku, STOCK_OUT, left > 0 ? left : 0, order->id);
        }
}

void stock_return(struct sim *sim, struct order *order)
{
        for (size_t i = 0; i < order->n_lines; i++) {
                struct sku *sku = order->line[i].sku;
                set(sim, order->shop, order->line[i].product, sku, STOCK_IN, sku->stock + order->line[i].count, order->id);
        }
}

void stock_write(struct sim *sim, struct shop *shop, const struct product *product, struct sku *sku, enum stock_op op,
                 int64_t now)
{
        set(sim, shop, product, sku, op, now, NULL);
}
