/* The admin API's deeds in a shop: what buyers, carriers and the platform's people do; see docs/simulator.md. */
#include "sim/admin_call.h"
#include "sim/push.h"
#include "sim/shop/coupon.h"
#include "sim/shop/past.h"
#include "sim/shop/product.h"
#include "sim/shop/trade.h"
#include "sim/sim.h"

#include <string.h>

#define EXT_URGED 7

static bool yes(const struct admin_call *c, const char *name)
{
        return text_eq(admin_arg(c, name), "true") || text_eq(admin_arg(c, name), "1");
}

static const char *keep(struct admin_call *c, const char *name, const char *otherwise)
{
        const char *text = admin_arg(c, name);
        return text_empty(text) ? otherwise : arena_strdup(&c->sim->arena, text);
}

/* ---- orders ---- */

/* "product" and "sku" with any of "lines" behind it; without a product one by chance. */
static size_t read_wishes(struct admin_call *c, const struct shop *shop, struct order_wish wish[LINES_MAX])
{
        size_t n = 0;

        for (size_t i = 0; i < LINES_MAX; i++) {
                const char *at = arena_printf(c->arena, "lines.%zu.", i);
                const struct product *p = product_find(shop, admin_arg(c, arena_printf(c->arena, "%sproduct", at)));
                if (!p)
                        continue;
                struct sku *sku = product_sku(p, admin_arg(c, arena_printf(c->arena, "%ssku", at)));
                wish[n++] = (struct order_wish){p, sku ? sku : &p->sku[0],
                                                admin_number(c, arena_printf(c->arena, "%scount", at), 1)};
        }
        if (n)
                return n;
        const struct product *p = product_find(shop, admin_arg(c, "product"));
        if (!p)
                p = shop->products.v[rng_between(&c->sim->rng, 0, (int64_t)shop->products.n - 1)];
        struct sku *sku = product_sku(p, admin_arg(c, "sku"));
        wish[0] = (struct order_wish){p, sku ? sku : &p->sku[0], admin_number(c, "count", 1)};
        return 1;
}

static const char *place_order(struct admin_call *c)
{
        struct order_wish wish[LINES_MAX];
        struct person *p = admin_customer(c);
        struct shop *shop = admin_shop(c, p);

        if (!p)
                return "no such customer";
        if (!shop)
                return "no such appid";
        size_t n = read_wishes(c, shop, wish);
        for (size_t i = 0; i < n; i++)
                if (wish[i].count < 1 || wish[i].count > 99)
                        return "count must be 1..99";
        struct order *order = order_place_lines(c->sim, shop, p, wish, n,
                                                yes(c, "group")     ? ORDER_GROUP
                                                : yes(c, "present") ? ORDER_PRESENT
                                                                    : ORDER_NORMAL,
                                                admin_arg(c, "notes"));
        order->freight = admin_number(c, "freight", 0);
        order->wecom_user = keep(c, "wecom_user", NULL);
        order_price(order);
        if (yes(c, "pay") && order_pay(c->sim, order))
                return "not payable";
        out_str(&c->out, "order_id", order->id);
        out_str(&c->out, "present_order_id", order->present_id);
        out_str(&c->out, "appid", shop->appid);
        return NULL;
}

static int ask_address(struct admin_call *c, struct order *order)
{
        struct receiver to = order_receiver(order);

        to.name = keep(c, "name", to.name);
        to.phone = keep(c, "phone", to.phone);
        to.province = keep(c, "province", to.province);
        to.city = keep(c, "city", to.city);
        to.county = keep(c, "county", to.county);
        to.detail = keep(c, "detail", to.detail);
        return order_ask_address(c->sim, order, &to);
}

static int ask_sku(struct admin_call *c, struct order *order)
{
        size_t line = (size_t)admin_number(c, "line", 0);
        struct sku *sku = line < order->n_lines ? product_sku(order->line[line].product, admin_arg(c, "sku")) : NULL;
        return sku ? order_ask_sku(c->sim, order, line, sku) : TRADE_E_STATE;
}

static int urge(struct admin_call *c, struct order *order)
{
        if (!text_eq(order->status, "20") && !text_eq(order->status, "21"))
                return TRADE_E_STATE;
        order_tell_ext(c->sim, order, EXT_URGED);
        return 0;
}

static int guarantee(struct admin_call *c, struct order *order)
{
        size_t line = (size_t)admin_number(c, "line", 0);

        if (line >= order->n_lines || !order->n_parcels)
                return TRADE_E_STATE;
        struct guarantee *g = guarantee_open(c->sim, order, line, admin_arg(c, "reason") ? admin_arg(c, "reason") : "坏损");
        out_str(&c->out, "guarantee_order_id", g->id);
        return 0;
}

const char *admin_order(struct admin_call *c)
{
        struct order *order = order_touch(c->sim, c->id);
        const char *verb = c->verb;
        int r;

        if (!order)
                return "no such order";
        if (text_eq(verb, "get"))
                r = 0;
        else if (text_eq(verb, "pay"))
                r = order_pay(c->sim, order);
        else if (text_eq(verb, "ship"))
                r = order_ship(c->sim, order);
        else if (text_eq(verb, "confirm"))
                r = order_confirm(c->sim, order, false);
        else if (text_eq(verb, "cancel"))
                r = order_cancel(c->sim, order);
        else if (text_eq(verb, "gather"))
                r = order_gather(c->sim, order);
        else if (text_eq(verb, "oversold"))
                r = order_oversold(c->sim, order);
        else if (text_eq(verb, "urge"))
                r = urge(c, order);
        else if (text_eq(verb, "ask_address"))
                r = ask_address(c, order);
        else if (text_eq(verb, "ask_sku"))
                r = ask_sku(c, order);
        else if (text_eq(verb, "answer"))
                r = order_answer_offer(c->sim, order, yes(c, "yes"));
        else if (text_eq(verb, "guarantee"))
                r = guarantee(c, order);
        else
                return "pay, ship, confirm, cancel, gather, oversold, urge, ask_address, ask_sku, answer or guarantee";
        out_raw(&c->out, "status", order->status);
        return r ? arena_printf(c->arena, "not possible in status %s", order->status) : NULL;
}

/* ---- after-sales ---- */

static const char *open_case(struct admin_call *c)
{
        struct order *order = order_touch(c->sim, admin_arg(c, "order_id"));
        const char *reason = text_empty(admin_arg(c, "reason")) ? case_reasons[0].text : admin_arg(c, "reason");
        int64_t line = admin_number(c, "line", 0);

        if (!order)
                return "no such order";
        if (line < 0 || (size_t)line >= order->n_lines)
                return "no such line";
        bool received = admin_arg(c, "received") ? yes(c, "received") : order->shipped != 0;
        struct after_sale *a = case_open(c->sim, order, (size_t)line, admin_arg(c, "type"), reason, received);
        if (!a)
                return "the order is not paid, or an after-sale runs, or nothing is left of the line";
        out_str(&c->out, "after_sale_order_id", a->id);
        out_str(&c->out, "status", a->status);
        return NULL;
}

static int complain(struct admin_call *c, struct after_sale *a)
{
        int r = complaint_open(c->sim, a, admin_arg(c, "text") ? admin_arg(c, "text") : "商家拒绝退款，申请平台介入");
        if (!r)
                out_str(&c->out, "complaint_id", a->complaint->id);
        return r;
}

const char *admin_case(struct admin_call *c)
{
        struct after_sale *a = map_get(&c->sim->world.cases, c->id);
        const char *waybill = admin_arg(c, "waybill"), *verb = c->verb;
        int r;

        if (!a)
                return "no such after-sale";
        if (text_eq(verb, "get"))
                r = 0;
        else if (text_eq(verb, "return"))
                r = case_return(c->sim, a, text_empty(waybill) ? rng_digits(&c->sim->rng, c->arena, "SF1", 12) : waybill);
        else if (text_eq(verb, "cancel"))
                r = case_cancel(c->sim, a);
        else if (text_eq(verb, "answer"))
                r = case_answer_offer(c->sim, a, yes(c, "yes"));
        else if (text_eq(verb, "receive"))
                r = case_receive(c->sim, a);
        else if (text_eq(verb, "intercepted"))
                r = case_intercepted(c->sim, a, yes(c, "yes"));
        else if (text_eq(verb, "complain"))
                r = complain(c, a);
        else if (text_eq(verb, "rule"))
                r = a->complaint ? complaint_rule(c->sim, a->complaint, (int)admin_number(c, "liable", 31)) : TRADE_E_STATE;
        else if (text_eq(verb, "payout_failed"))
                r = case_move(c->sim, a, "MERCHANT_REFUND_RETRY_FAIL");
        else
                return "return, cancel, answer, receive, intercepted, complain, rule or payout_failed";
        out_str(&c->out, "status", a->status);
        out_str(&c->out, "address_id", a->address ? a->address->id : NULL);
        out_int(&c->out, "accepts", a->accepts);
        return r ? arena_printf(c->arena, "not possible in status %s", a->status) : NULL;
}

/* ---- coupons and the shop itself ---- */

static const char *claim(struct admin_call *c)
{
        struct person *p = admin_customer(c);
        struct shop *shop = admin_shop(c, p);
        struct coupon *coupon = shop ? coupon_find(shop, admin_arg(c, "coupon_id")) : NULL;
        struct user_coupon *u;

        if (!p || !coupon)
                return "no such customer or coupon";
        if (coupon_claim(c->sim, coupon, shop, p, &u))
                return "the coupon is not active, or none is left for her";
        out_str(&c->out, "user_coupon_id", u->id);
        return NULL;
}

static const char *use(struct admin_call *c)
{
        struct shop *shop = admin_shop(c, NULL);
        struct user_coupon *u = shop ? coupon_of(shop, admin_arg(c, "user_coupon_id")) : NULL;

        if (!u)
                return "no such user_coupon_id";
        return coupon_use(c->sim, shop, u, !yes(c, "back")) ? "not possible for this coupon" : NULL;
}

static const char *set_shop(struct admin_call *c)
{
        static const char *const states[] = {"opening", "open_finished", "closing", "close_finished"};
        struct shop *shop = admin_shop(c, NULL);
        const char *name = admin_arg(c, "nickname"), *state = admin_arg(c, "state");

        if (!shop)
                return "no such appid";
        if (name) {
                struct text t;
                text_init(&t, c->arena);
                text_addf(&t, "\"appid\":\"%s\",\"old_nickname\":", shop->appid);
                json_quote(&t, shop->name);
                shop->name = keep(c, "nickname", shop->name);
                text_add(&t, ",\"new_nickname\":");
                json_quote(&t, shop->name);
                shop_tell(c->sim, shop, "set_shop_nickname", shop->appid, t.p);
        }
        if (admin_arg(c, "kf_api_mode"))
                shop->kf_api_mode = yes(c, "kf_api_mode");
        for (size_t i = 0; state && i < countof(states); i++) {
                if (!text_eq(states[i], state))
                        continue;
                const char *now = arena_printf(c->arena, "%lld", (long long)sim_now_s(c->sim)), *old = shop->state;
                shop->state = states[i];
                shop_tell(c->sim, shop, "channels_ec_change_status", shop->appid,
                          arena_printf(c->arena,
                                       "\"appid\":\"%s\",\"change_timestamp\":%s,\"old_status\":\"%s\",\"new_status\":\"%s\"",
                                       shop->appid, now, old, shop->state));
                if (text_eq(state, "close_finished"))
                        shop_tell(c->sim, shop, "channels_ec_close_store", shop->appid,
                                  arena_printf(c->arena, "\"appid\":\"%s\",\"close_timestamp\":%s", shop->appid, now));
                return NULL;
        }
        return state ? "state: opening, open_finished, closing or close_finished" : NULL;
}

static const struct admin_row acts[] = {
        {"POST", "/sim/aftersale", open_case},   {"POST", "/sim/aftersale/", admin_case},
        {"POST", "/sim/coupon/claim", claim},    {"POST", "/sim/coupon/use", use},
        {"POST", "/sim/order", place_order},     {"POST", "/sim/order/", admin_order},
        {"POST", "/sim/shop", set_shop},
};
const struct admin_table admin_shop_act = {acts, countof(acts)};
