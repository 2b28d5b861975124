#include "sim/push.h"
#include "sim/sim.h"
#include "sim/shop/past.h"
#include "sim/shop/trade.h"

#define DECIDE_WITHIN_MS (48 * HOUR_MS) /* indicative: the shop's own numbers are unconfirmed */
#define RETURN_WITHIN_MS (7 * DAY_MS)
#define RECEIVE_WITHIN_MS (10 * DAY_MS)
#define DISPUTE_WITHIN_MS (7 * DAY_MS)
#define BUYER_ANSWERS_MS (2 * DAY_MS)
#define EXCHANGE_RECEIPT_MS (10 * DAY_MS)
#define INTERCEPT_MS (2 * DAY_MS)
#define REFUND_PAUSE_MS 60000
#define APPLICATIONS_MAX 5

enum refund_reason { BY_API_CALL = 3, BEFORE_SHIPMENT = 4, DEADLINE_MISSED = 9, RECEIPT_MISSED = 11 };

bool case_running(const struct after_sale *c)
{
        const struct state_row *row = state_row(&case_states, c->status);
        return !row->terminal && !text_eq(c->status, "RETURN_CLOSED") && !text_starts(c->status, "MERCHANT_REJECT");
}

/* ---- moving ---- */

/* A timer of one state: it matters only while the case has not moved on. */
struct deadline {
        struct after_sale *c;
        unsigned moves;
};

static void overdue(struct sim *, void *arg);

static void tell(struct sim *sim, struct after_sale *c)
{
        struct shop *shop = c->order->shop;
        const char *quote = push_id_as_number(sim, shop) ? "" : "\"";
        bool gift = c->order->kind == ORDER_PRESENT;
        struct arena arena;

        arena_init(&arena, 0);
        push_shop_event(
                sim, shop, c->order->person->openid[shop->place],
                gift ? "channels_ec_present_aftersale_update" : "channels_ec_aftersale_update", c->id,
                arena_printf(
                        &arena,
                        "\"finder_shop_%saftersale_status_update\":{\"status\":\"%s\",\"after_sale_order_id\":%s%s%s,"
                        "\"order_id\":%s%s%s,\"wxa_vip_discounted_price\":0}",
                        gift ? "present_" : "", c->status, quote, c->id, quote, quote, c->order->id, quote));
        arena_release(&arena);
}

static int64_t time_for(struct sim *sim, const struct after_sale *c, const char *status)
{
        static const struct {
                const char *status;
                int64_t ms;
        } times[] = {
                {"MERCHANT_PROCESSING", DECIDE_WITHIN_MS},
                {"USER_WAIT_RETURN", RETURN_WITHIN_MS},
                {"MERCHANT_WAIT_RECEIPT", RECEIVE_WITHIN_MS},
                {"USER_WAIT_CONFIRM_UPDATE", BUYER_ANSWERS_MS},
                {"USER_WAIT_HANDLE_MERCHANT_AFTER_SALE", BUYER_ANSWERS_MS},
                {"USER_WAIT_RECEIPT", EXCHANGE_RECEIPT_MS},
                {"WAIT_PACKAGE_INTERCEPT", INTERCEPT_MS},
        };
        if (text_eq(status, "PLATFORM_REFUNDING"))
                return switch_on(sim, SW_REFUND_MS);
        /* While the platform looks at a dispute no time runs. */
        if (c->complaint && !c->complaint->over)
                return 0;
        if (text_eq(status, "RETURN_CLOSED") || text_starts(status, "MERCHANT_REJECT"))
                return DISPUTE_WITHIN_MS;
        for (size_t i = 0; i < countof(times); i++)
                if (text_eq(times[i].status, status))
                        return times[i].ms;
        return 0;
}

/* Enters a status: units in after-sales, deadline, event. */
void case_enter(struct sim *sim, struct after_sale *c, const char *status)
{
        struct line *line = &c->order->line[c->line];
        bool was = c->moves && case_running(c);
        int64_t now = sim_now(sim), time = time_for(sim, c, status);

        c->status = status;
        c->updated = now;
        if (c->logged != now)
                vec_push(&sim->arena, &c->order->shop->case_changes, ((struct case_change){now, c}));
        c->logged = now;
        order_changed(sim, c->order);
        c->moves++;
        line->on_case += ((int64_t)case_running(c) - (int64_t)was) * c->count;
        c->deadline = time ? now + time : 0;
        if (time) {
                struct deadline *d = arena_new(&sim->arena, struct deadline);
                *d = (struct deadline){c, c->moves};
                timer_at(sim, c->deadline, overdue, d);
        }
        if (state_row(&case_states, status)->terminal)
                c->completed = now;
        ledger_add(sim, "case", c->order->shop->appid, c->id, "%s", status);
        tell(sim, c);
}

int case_move(struct sim *sim, struct after_sale *c, const char *to)
{
        if (state_move(&case_states, c->status, to))
                return TRADE_E_STATE;
        case_enter(sim, c, to);
        return 0;
}

static const char *known_type(const char *type)
{
        static const char *const types[] = {"REFUND", "RETURN", "EXCHANGE", "RESHIP"};
        for (size_t i = 0; i < countof(types); i++)
                if (text_eq(types[i], type))
                        return types[i];
        return types[0];
}

static struct after_sale *make(struct sim *sim, struct order *order, size_t at, const char *type, int64_t count,
                               const char *reason_text)
{
        struct line *line = &order->line[at];
        struct after_sale *c = arena_new(&sim->arena, struct after_sale);

        *c = (struct after_sale){
                .id = world_id(sim, "20", ++sim->world.n_cases, 17),
                .order = order,
                .line = at,
                .type = known_type(type),
                .sub_type = "DEFAULT",
                .created = sim_now(sim),
                .count = count,
                .reason = "10000008",
                .reason_text = arena_strdup(&sim->arena, reason_text),
                .desc = "",
        };
        for (size_t i = 0; i < case_n_reasons; i++)
                if (text_eq(case_reasons[i].text, reason_text))
                        c->reason = case_reasons[i].code;
        if (text_eq(c->type, "REFUND") || text_eq(c->type, "RETURN"))
                c->amount = line->real_price * c->count / line->count;
        line->applications++;
        map_put(&sim->world.cases, &sim->arena, c->id, c);
        vec_push(&sim->arena, &order->shop->cases, c);
        vec_push(&sim->arena, &order->cases, c);
        return c;
}

/* One running after-sale per line, at most five applications, only units not refunded yet, only of what is paid. */
static bool may_apply(const struct order *order, size_t at)
{
        static const char *const paid[] = {"20", "21", "30", "100"};

        for (size_t i = 0; i < countof(paid); i++)
                if (text_eq(order->status, paid[i]))
                        return at < order->n_lines && !order->line[at].on_case &&
                               order->line[at].finished < order->line[at].count &&
                               order->line[at].applications < APPLICATIONS_MAX;
        return false;
}

/* The platform agrees for the merchant while nothing is shipped. */
static void agrees_unshipped(struct sim *sim, void *arg)
{
        struct deadline *d = arg;
        if (d->c->moves == d->moves && !d->c->order->line[d->c->line].shipped &&
            case_refund(sim, d->c, BEFORE_SHIPMENT))
                ledger_add(sim, "impossible", d->c->order->shop->appid, d->c->id, "refund from %s", d->c->status);
}

struct after_sale *case_open(struct sim *sim, struct order *order, size_t at, const char *type, const char *reason_text,
                             bool received)
{
        if (!may_apply(order, at))
                return NULL;
        struct line *line = &order->line[at];
        struct after_sale *c = make(sim, order, at, type, line->count - line->finished, reason_text);
        int64_t agrees = switch_on(sim, SW_UNSHIPPED_AGREES_S);

        c->received = received;
        case_enter(sim, c, "MERCHANT_PROCESSING");
        if (!text_eq(c->type, "REFUND"))
                return c;
        if (!line->shipped && agrees >= 0) {
                struct deadline *d = arena_new(&sim->arena, struct deadline);
                *d = (struct deadline){c, c->moves};
                timer_after(sim, agrees * 1000, agrees_unshipped, d);
        } else if (text_eq(order->status, "30") && !received && switch_on(sim, SW_INTERCEPTS)) {
                case_enter(sim, c, "WAIT_PACKAGE_INTERCEPT");
        }
        return c;
}

struct after_sale *case_open_for_buyer(struct sim *sim, struct order *order, size_t at, const char *type,
                                       const char *sub_type, int64_t count, int64_t amount, const char *reason_text)
{
        if (!may_apply(order, at))
                return NULL;
        struct after_sale *c = make(sim, order, at, type, count, reason_text);
        c->by_merchant = true;
        c->sub_type = sub_type;
        c->amount = amount;
        case_enter(sim, c, "USER_WAIT_HANDLE_MERCHANT_AFTER_SALE");
        return c;
}

/* ---- time ---- */

/* Where a return goes when nobody chose: the product's address, else the shop's default. */
struct address *case_default_address(struct after_sale *c)
{
        struct shop *shop = c->order->shop;
        struct address *a = shop_address(shop, c->order->line[c->line].product->address_id);

        for (size_t i = 0; !a && i < shop->addresses.n; i++)
                if (shop->addresses.v[i]->default_recv && !shop->addresses.v[i]->gone)
                        a = shop->addresses.v[i];
        return a;
}

int case_refund(struct sim *sim, struct after_sale *c, int why)
{
        const struct line *line = &c->order->line[c->line];
        int r = case_move(sim, c, "PLATFORM_REFUNDING");
        if (r)
                return r;
        c->refund_reason = why;
        /* An exchange that ends in money pays for what came back. */
        c->amount = c->amount ? c->amount : line->real_price * c->count / line->count;
        c->paying_out = switch_on(sim, SW_BALANCE_SHORT);
        return 0;
}

static int refund_ends(struct sim *sim, struct after_sale *c)
{
        bool money_only = text_eq(c->type, "REFUND");

        if (c->paying_out)
                return case_move(sim, c, "MERCHANT_OVERDUE_REFUND");
        if (switch_on(sim, SW_REFUND_FAILS))
                return case_move(sim, c, "PLATFORM_REFUND_FAIL");
        /* A price difference is money for goods she keeps. */
        if (!text_eq(c->sub_type, "REFUND_PRICE_DIFF"))
                c->order->line[c->line].finished += c->count;
        int r = case_move(sim, c, money_only ? "MERCHANT_REFUND_SUCCESS" : "MERCHANT_RETURN_SUCCESS");
        order_refunded(sim, c->order);
        return r;
}

/* Every move below starts from the status just looked at, so the table allows it; a refusal would mean a wrong table. */
static void overdue(struct sim *sim, void *arg)
{
        struct deadline *d = arg;
        struct after_sale *c = d->c;
        int r = 0;

        if (c->moves != d->moves || (c->complaint && !c->complaint->over && !text_eq(c->status, "PLATFORM_REFUNDING")))
                return;
        if (text_eq(c->status, "MERCHANT_PROCESSING") && text_eq(c->type, "REFUND")) {
                r = case_refund(sim, c, DEADLINE_MISSED);
        } else if (text_eq(c->status, "MERCHANT_PROCESSING") && text_eq(c->type, "RESHIP")) {
                r = case_move(sim, c, "MERCHANT_REJECT_RESHIP");
        } else if (text_eq(c->status, "MERCHANT_PROCESSING")) {
                c->address = case_default_address(c);
                r = case_move(sim, c, "USER_WAIT_RETURN");
        } else if (text_eq(c->status, "USER_WAIT_RETURN")) {
                r = case_move(sim, c, "RETURN_CLOSED");
        } else if (text_eq(c->status, "MERCHANT_WAIT_RECEIPT")) {
                r = case_refund(sim, c, RECEIPT_MISSED);
        } else if (text_eq(c->status, "USER_WAIT_CONFIRM_UPDATE")) {
                r = case_move(sim, c, "MERCHANT_PROCESSING");
        } else if (text_eq(c->status, "WAIT_PACKAGE_INTERCEPT")) {
                r = case_intercepted(sim, c, false);
        } else if (text_eq(c->status, "USER_WAIT_RECEIPT")) {
                r = case_receive(sim, c);
        } else if (text_eq(c->status, "PLATFORM_REFUNDING")) {
                r = refund_ends(sim, c);
        } else {
                r = case_move(sim, c, "USER_CANCELD");
        }
        if (r)
                ledger_add(sim, "impossible", c->order->shop->appid, c->id, "move from %s", c->status);
}

/* ---- the merchant ---- */

/* Agreeing that money leaves now. */
static int pay(struct sim *sim, struct after_sale *c, const char **rule)
{
        if (c->order->refunded && c->order->refunded + REFUND_PAUSE_MS > sim_now(sim)) {
                *rule = "同一订单两次退款至少间隔一分钟（微信小店 售后·同意售后）";
                return 10021044;
        }
        if (switch_on(sim, SW_BALANCE_SHORT)) {
                *rule = "开关 balance_short：余额不足";
                return 10021046;
        }
        c->order->refunded = sim_now(sim);
        return case_refund(sim, c, BY_API_CALL) ? 10020001 : 0;
}

int case_accept(struct sim *sim, struct after_sale *c, const char *address_id, int accept_type, const char **rule)
{
        bool returns = !text_eq(c->type, "REFUND");

        if (text_eq(c->status, "MERCHANT_WAIT_RECEIPT") && text_eq(c->type, "RETURN")) {
                if (accept_type == 1) {
                        *rule = "已在等待收货，accept_type 应为 2（微信小店 售后·同意售后）";
                        return 10021041;
                }
                return pay(sim, c, rule);
        }
        if (!text_eq(c->status, "MERCHANT_PROCESSING")) {
                *rule = arena_printf(&sim->arena, "状态 %s 不能同意（微信小店 售后·状态枚举）", c->status);
                return 10020001;
        }
        if (!returns)
                return pay(sim, c, rule);
        if (accept_type == 2) {
                *rule = "还没有同意退货，accept_type 应为 1（微信小店 售后·同意售后）";
                return 10021041;
        }
        struct address *address = shop_address(c->order->shop, address_id);
        if (!address) {
                *rule = text_empty(address_id) ? "退货、换货必须带 address_id（微信小店 售后·同意售后）"
                                               : "没有这个地址（微信小店 售后·同意售后）";
                return text_empty(address_id) ? 10021058 : 10021059;
        }
        if (!address->recv) {
                *rule = "这个地址不是退货地址（recv_addr）（微信小店 售后·同意售后）";
                return 10021059;
        }
        c->address = address;
        return case_move(sim, c, "USER_WAIT_RETURN") ? 10020001 : 0;
}

int case_reject(struct sim *sim, struct after_sale *c, const char *reason, const char **rule)
{
        const char *to = text_eq(c->type, "REFUND")   ? "MERCHANT_REJECT_REFUND"
                         : text_eq(c->type, "RETURN") ? "MERCHANT_REJECT_RETURN"
                         : text_eq(c->type, "RESHIP") ? "MERCHANT_REJECT_RESHIP"
                                                      : "MERCHANT_REJECT_EXCHANGE";

        if (c->complaint && !c->complaint->over) {
                *rule = "纠纷处理中不能拒绝（微信小店 售后·拒绝售后）";
                return 10021051;
        }
        if (state_move(&case_states, c->status, to)) {
                *rule = arena_printf(&sim->arena, "状态 %s 不能拒绝（微信小店 售后·状态枚举）", c->status);
                return 10020001;
        }
        if (switch_on(sim, SW_NEGOTIATE_FIRST) && !c->negotiated) {
                *rule = "开关 negotiate_first：须先协商（微信小店 售后·拒绝售后）";
                return 10021068;
        }
        c->reject_reason = arena_strdup(&sim->arena, reason);
        case_enter(sim, c, to);
        return 0;
}

/* ---- the buyer and the carrier ---- */

int case_return(struct sim *sim, struct after_sale *c, const char *waybill)
{
        int r = case_move(sim, c, "MERCHANT_WAIT_RECEIPT");
        if (!r)
                c->waybill = arena_strdup(&sim->arena, waybill);
        return r;
}

int case_cancel(struct sim *sim, struct after_sale *c)
{
        return text_eq(c->status, "PLATFORM_REFUNDING") ? TRADE_E_STATE : case_move(sim, c, "USER_CANCELD");
}

/* Yes to a changed application: it is the new one from now on, and agreed already. */
static int take_offer(struct sim *sim, struct after_sale *c)
{
        static const char *const types[] = {NULL, "REFUND", "RETURN", "EXCHANGE", "RESHIP"};

        c->type = types[c->offer.target];
        c->amount = c->offer.amount;
        c->new_sku = c->offer.new_sku ? c->offer.new_sku : c->new_sku;
        if (c->offer.target == 1)
                return case_refund(sim, c, BY_API_CALL);
        c->address = c->address ? c->address : case_default_address(c);
        case_enter(sim, c, c->offer.target == 4 ? "MERCHANT_PROCESSING" : "USER_WAIT_RETURN");
        return 0;
}

int case_answer_offer(struct sim *sim, struct after_sale *c, bool yes)
{
        if (text_eq(c->status, "USER_WAIT_HANDLE_MERCHANT_AFTER_SALE")) {
                if (!yes)
                        return case_move(sim, c, "USER_CANCELD");
                if (text_eq(c->type, "REFUND"))
                        return case_refund(sim, c, BY_API_CALL);
                c->address = c->address ? c->address : case_default_address(c);
                return case_move(sim, c, "USER_WAIT_RETURN");
        }
        if (!text_eq(c->status, "USER_WAIT_CONFIRM_UPDATE"))
                return TRADE_E_STATE;
        switch (yes ? c->offer.kind : 0) {
        case 1: /* invited to cancel */
                return case_move(sim, c, "USER_CANCELD");
        case 3: /* another plan */
                return take_offer(sim, c);
        default: /* proof was added, or she says no */
                return case_move(sim, c, "MERCHANT_PROCESSING");
        }
}

int case_receive(struct sim *sim, struct after_sale *c)
{
        return case_move(sim, c, "MERCHANT_EXCHANGE_SUCCESS");
}

int case_intercepted(struct sim *sim, struct after_sale *c, bool caught)
{
        if (!text_eq(c->status, "WAIT_PACKAGE_INTERCEPT"))
                return TRADE_E_STATE;
        return caught ? case_refund(sim, c, BEFORE_SHIPMENT) : case_move(sim, c, "MERCHANT_PROCESSING");
}
