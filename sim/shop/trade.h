/*
 * Orders and after-sales: their machines, their timers, and the events that each move pushes.
 *
 * Order (channels-order.md 2.4)
 *     10 unpaid -> 20 paid -> 30 shipped -> 100 done
 *     10 -> 250 cancelled unpaid; 20 or 30 -> 200 every unit refunded
 * Shipping in parts (21) is not played: one call ships what is not refunded.
 *
 * After-sale (channels-aftersale.md 4)
 *     REFUND    MERCHANT_PROCESSING -> PLATFORM_REFUNDING -> MERCHANT_REFUND_SUCCESS | MERCHANT_OVERDUE_REFUND
 *     RETURN    MERCHANT_PROCESSING -> USER_WAIT_RETURN -> MERCHANT_WAIT_RECEIPT -> PLATFORM_REFUNDING ->
 * MERCHANT_RETURN_SUCCESS EXCHANGE  as RETURN up to MERCHANT_WAIT_RECEIPT When the merchant lets a deadline pass the
 * platform agrees for him.
 */
#ifndef SIM_TRADE_H
#define SIM_TRADE_H

#include "base/state.h"
#include "sim/world.h"

extern const struct state_table order_states, case_states;

/* ---- orders ---- */

struct order *order_place(struct sim *, struct shop *, struct person *, const struct product *, const struct sku *,
                          int64_t count, const char *customer_notes);
enum { TRADE_E_STATE = 1 }; /* not in this status */
int order_pay(struct sim *, struct order *) MUST;
int order_ship(struct sim *, struct order *) MUST;
int order_confirm(struct sim *, struct order *, bool automatic) MUST;
int order_cancel(struct sim *, struct order *) MUST; /* by the buyer, unpaid */
void order_refunded(struct sim *, struct order *);   /* a refund arrived: the order may be over */

/* The card of an order that a customer sends in a chat: body of channels_shop_order. */
const char *order_card(struct arena *, const struct order *);

/* ---- after-sales ---- */

/* NULL when the line has no unit left, one is running already, or the order is not paid. */
struct after_sale *case_open(struct sim *, struct order *, size_t line, const char *type, const char *reason_text,
                             bool received);

/* What the merchant decides; 0 or the platform's errcode with the rule. address NULL = none given. */
int case_accept(struct sim *, struct after_sale *, const char *address_id, int accept_type, const char **rule);
int case_reject(struct sim *, struct after_sale *, const char *reason, const char **rule);
/* What the buyer does. */
int case_return(struct sim *, struct after_sale *, const char *waybill) MUST;
int case_cancel(struct sim *, struct after_sale *) MUST;

bool case_running(const struct after_sale *);

/* Reasons of buyers, and of refusals with their scene (1 refund, 4 return, 5 exchange). */
struct reason {
        const char *code, *text;
};
extern const struct reason case_reasons[];
extern const size_t case_n_reasons;

struct reject_reason {
        int type, scene;
        const char *text, *wording;
};
extern const struct reject_reason case_reject_reasons[];
extern const size_t case_n_reject_reasons;

#endif
