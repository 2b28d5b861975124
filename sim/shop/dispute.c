/* Disputes (纠纷) that a buyer opens after a refusal, and guarantee orders. */
#include "sim/push.h"
#include "sim/sim.h"
#include "sim/shop/trade.h"

#define COMPLAINT_RUNS 100 /* complaint_status; the table of its values is unconfirmed */
#define COMPLAINT_OVER 200
#define COMPLAINT_WITHIN_MS (7 * DAY_MS)
#define BY_RULING 5 /* refund_reason */

enum item { ITEM_INTERVENTION = 1, ITEM_WAITS_FOR_MERCHANT = 10, ITEM_CLOSED = 26 };

static void tell_complaint(struct sim *sim, struct complaint *k)
{
        struct after_sale *c = k->c;
        struct shop *shop = c->order->shop;
        const char *q = push_id_as_number(sim, shop) ? "" : "\"";
        struct arena arena;

        arena_init(&arena, 0);
        push_shop_event(sim, shop, c->order->person->openid[shop->place], "channels_ec_complaint_update", k->id,
                        arena_printf(&arena,
                                     "\"finder_shop_complaint\":{\"complaint_status\":%d,\"after_sale_order_id\":%s%s%s,"
                                     "\"complaint_id\":%s%s%s,\"order_id\":%s%s%s}",
                                     k->status, q, c->id, q, q, k->id, q, q, c->order->id, q));
        arena_release(&arena);
}

void complaint_add(struct sim *sim, struct complaint *k, int type, const char *content, const char *media)
{
        vec_push(&sim->arena, &k->history,
                 ((struct complaint_item){.type = type,
                                          .at = sim_now(sim),
                                          .content = arena_strdup(&sim->arena, content),
                                          .media = media ? arena_strdup(&sim->arena, media) : "[]"}));
        ledger_add(sim, "complaint", k->c->order->shop->appid, k->id, "item %d", type);
}

int complaint_open(struct sim *sim, struct after_sale *c, const char *content)
{
        bool refused = text_starts(c->status, "MERCHANT_REJECT") || text_eq(c->status, "RETURN_CLOSED");

        if (!refused || c->complaint || c->updated + COMPLAINT_WITHIN_MS < sim_now(sim))
                return TRADE_E_STATE;
        struct complaint *k = arena_new(&sim->arena, struct complaint);
        *k = (struct complaint){
                .id = world_id(sim, "21", ++sim->world.n_complaints, 11),
                .c = c,
                .status = COMPLAINT_RUNS,
        };
        c->complaint = k;
        map_put(&sim->world.complaints, &sim->arena, k->id, k);
        complaint_add(sim, k, ITEM_INTERVENTION, content, NULL);
        complaint_add(sim, k, ITEM_WAITS_FOR_MERCHANT, NULL, NULL);
        tell_complaint(sim, k);
        return 0;
}

int complaint_rule(struct sim *sim, struct complaint *k, int liable)
{
        if (k->over || liable < 30 || liable > 33)
                return TRADE_E_STATE;
        k->over = true;
        k->status = COMPLAINT_OVER;
        complaint_add(sim, k, liable, NULL, NULL);
        complaint_add(sim, k, ITEM_CLOSED, NULL, NULL);
        tell_complaint(sim, k);
        bool merchant = liable == 31 || liable == 32;
        return merchant ? case_refund(sim, k->c, BY_RULING) : case_move(sim, k->c, "MERCHANT_FAIL");
}

void guarantee_move(struct sim *sim, struct guarantee *g, const char *status)
{
        struct shop *shop = g->order->shop;
        const char *q = push_id_as_number(sim, shop) ? "" : "\"";
        struct arena arena;

        g->status = status;
        g->updated = sim_now(sim);
        ledger_add(sim, "guarantee", shop->appid, g->id, "%s", status);
        arena_init(&arena, 0);
        push_shop_event(sim, shop, g->order->person->openid[shop->place], "channels_ec_guarantee_update", g->id,
                        arena_printf(&arena,
                                     "\"finder_shop_guarantee_status_update\":{\"status\":\"%s\",\"guarantee_order_id\":"
                                     "%s%s%s,\"order_id\":%s%s%s}",
                                     status, q, g->id, q, q, g->order->id, q));
        arena_release(&arena);
}

struct guarantee *guarantee_open(struct sim *sim, struct order *order, size_t line, const char *reason)
{
        struct guarantee *g = arena_new(&sim->arena, struct guarantee);

        *g = (struct guarantee){
                .id = world_id(sim, "2", ++sim->world.n_complaints, 15),
                .order = order,
                .line = line,
                .type = 1,
                .bad_level = 100,
                .amount = order->line[line].real_price,
                .created = sim_now(sim),
                .reason = arena_strdup(&sim->arena, reason),
                .remark = "",
                .proof = "",
                .pictures = "[]",
        };
        vec_push(&sim->arena, &order->shop->guarantees, g);
        guarantee_move(sim, g, "STATUS_WAIT_MERCHANT");
        return g;
}
