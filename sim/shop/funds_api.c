/* Shop: its account at the platform (channels-order.md 6). */
#include "sim/gate.h"
#include "sim/sim.h"

#define BALANCE 8646400 /* fen */
#define BALANCE_SHORT 5000

static int getbalance(struct request *rq)
{
        int64_t pending = 0;

        for (size_t i = 0; i < rq->shop->orders.n; i++)
                if (rq->shop->orders.v[i]->paid && !rq->shop->orders.v[i]->settled)
                        pending += rq->shop->orders.v[i]->total;
        out_obj(&rq->out, "balance_info");
        out_int(&rq->out, "available_amount", switch_on(rq->sim, SW_BALANCE_SHORT) ? BALANCE_SHORT : BALANCE);
        out_int(&rq->out, "pending_amount", pending);
        out_str(&rq->out, "sub_mchid", arena_printf(rq->arena, "160000%04u", rq->shop->place));
        out_end(&rq->out);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/channels/ec/funds/getbalance", "POST", FAMILY_WEIXIN, 600, 0, getbalance, ""},
};

const struct product_table shop_funds = {"shop_funds", endpoints, countof(endpoints), NULL};
