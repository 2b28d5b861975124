/*
 * Orders and after-sales: their machines, their timers, and the events that each move pushes.
 *
 * Order (微信小店 订单·状态枚举)
 *     10 unpaid -> 20 paid -> 21 partly shipped -> 30 shipped -> 100 done
 *     12 gift not accepted yet -> 20     13 group purchase incomplete -> 20
 *     10, 12, 13 -> 250 cancelled; 20 -> 190 oversold; 20, 21, 30 -> 200 every unit refunded
 *
 * After-sale (微信小店 售后·状态枚举)
 *     REFUND    MERCHANT_PROCESSING -> PLATFORM_REFUNDING -> MERCHANT_REFUND_SUCCESS | MERCHANT_OVERDUE_REFUND
 *     RETURN    MERCHANT_PROCESSING -> USER_WAIT_RETURN -> MERCHANT_WAIT_RECEIPT -> PLATFORM_REFUNDING ->
 *               MERCHANT_RETURN_SUCCESS
 *     EXCHANGE  as RETURN up to MERCHANT_WAIT_RECEIPT -> USER_WAIT_RECEIPT -> MERCHANT_EXCHANGE_SUCCESS
 *     a negotiation waits in USER_WAIT_CONFIRM_UPDATE, an application by the merchant in
 *     USER_WAIT_HANDLE_MERCHANT_AFTER_SALE; a refusal may become a dispute
 * When the merchant lets a deadline pass the platform agrees for him, to the product's or the default address.
 */
#ifndef SIM_SHOP_TRADE_H
#define SIM_SHOP_TRADE_H

#include "base/state.h"
#include "sim/world.h"

extern const struct state_table order_states, case_states;

/* ---- orders ---- */

struct order_wish { /* one line of what she buys */
        const struct product *product;
        struct sku *sku;
        int64_t count;
};

struct order *order_place(struct sim *, struct shop *, struct person *, const struct product *, struct sku *,
                          int64_t count, const char *customer_notes);
/* Several lines, 1..LINES_MAX, each another sku. */
struct order *order_place_lines(struct sim *, struct shop *, struct person *, const struct order_wish *, size_t n,
                                enum order_kind, const char *customer_notes);
enum { TRADE_E_STATE = 1 }; /* not in this status */
int order_pay(struct sim *, struct order *) MUST;
int order_ship(struct sim *, struct order *) MUST; /* everything left, in one parcel that the platform makes up */
int order_confirm(struct sim *, struct order *, bool automatic) MUST;
int order_cancel(struct sim *, struct order *) MUST;       /* by the buyer, unpaid */
int order_gather(struct sim *, struct order *) MUST;       /* the group purchase is complete, or the gift accepted */
int order_oversold(struct sim *, struct order *) MUST;     /* cancelled by the platform for the merchant */
void order_refunded(struct sim *, struct order *);         /* a refund arrived: the order may be over */
void order_resume(struct sim *, struct order *);           /* a past order was touched: its timers */
void order_changed(struct sim *, struct order *);          /* updated is now: lists by time of change know */
bool order_case_running(const struct order *);
int64_t line_left(const struct line *);                    /* units neither shipped nor in or through after-sales */
/* Puts a parcel on its way; its counts fit (asked before). Ships the order when nothing is left. */
void order_send(struct sim *, struct order *, const struct parcel *);
void order_tell_ext(struct sim *, struct order *, int type); /* channels_ec_order_ext_info_update */
void order_price(struct order *);                          /* sums up again after a change */

/* The buyer asks, the merchant answers; the merchant proposes, the buyer answers. */
int order_ask_address(struct sim *, struct order *, const struct receiver *) MUST;
void order_answer_address(struct sim *, struct order *, bool yes);
void order_offer_address(struct sim *, struct order *, const struct receiver *);
int order_answer_offer(struct sim *, struct order *, bool yes) MUST;
int order_ask_sku(struct sim *, struct order *, size_t line, struct sku *) MUST;
bool order_sku_waits(const struct order *);
void order_answer_sku(struct sim *, struct order *, bool yes);
struct receiver order_receiver(const struct order *);

/* The card of an order that a customer sends in a chat: body of channels_shop_order. */
const char *order_card(struct arena *, const struct order *);

/* Carriers as deliverycompanylist gives them. */
struct carrier {
        const char *id, *name, *prefix; /* prefix: how its waybills begin; "" = not known */
};
extern const struct carrier carriers[];
extern const size_t n_carriers;
const struct carrier *carrier_find(const char *id); /* NULL; "OTHER" is one */

/* ---- after-sales ---- */

/* NULL when the line has no unit left, one is running already, or the order is not paid. */
struct after_sale *case_open(struct sim *, struct order *, size_t line, const char *type, const char *reason_text,
                             bool received);
/* What the merchant opens for the buyer, who must accept; count and amount fit (asked before). */
struct after_sale *case_open_for_buyer(struct sim *, struct order *, size_t line, const char *type, const char *sub_type,
                                       int64_t count, int64_t amount, const char *reason_text);

/* What the merchant decides; 0 or the platform's errcode with the rule. address NULL = none given. */
int case_accept(struct sim *, struct after_sale *, const char *address_id, int accept_type, const char **rule);
int case_reject(struct sim *, struct after_sale *, const char *reason, const char **rule);
/* Moves that the caller has looked at: TRADE_E_STATE when the machine has no such arrow. */
int case_move(struct sim *, struct after_sale *, const char *to) MUST;
int case_refund(struct sim *, struct after_sale *, int refund_reason) MUST;
struct address *case_default_address(struct after_sale *);
void case_enter(struct sim *, struct after_sale *, const char *status); /* whatever the table says: a change of type */
/* What the buyer does. */
int case_return(struct sim *, struct after_sale *, const char *waybill) MUST;
int case_cancel(struct sim *, struct after_sale *) MUST;
int case_answer_offer(struct sim *, struct after_sale *, bool yes) MUST; /* to a negotiation or an application */
int case_receive(struct sim *, struct after_sale *) MUST;                /* she has the exchanged goods */
/* The carrier's answer to an interception. */
int case_intercepted(struct sim *, struct after_sale *, bool caught) MUST;

bool case_running(const struct after_sale *);

/* ---- disputes and guarantees ---- */

int complaint_open(struct sim *, struct after_sale *, const char *content) MUST;
void complaint_add(struct sim *, struct complaint *, int item_type, const char *content, const char *media);
int complaint_rule(struct sim *, struct complaint *, int liable) MUST; /* item_type 30..33 */
struct guarantee *guarantee_open(struct sim *, struct order *, size_t line, const char *reason);
void guarantee_move(struct sim *, struct guarantee *, const char *status);

/* Reasons of buyers, and of refusals with their scene (1 refund, 4 return, 5 exchange, 6 exchange shipment, 7 fast). */
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
