#include "sim/push.h"
#include "sim/sim.h"
#include "sim/shop/trade.h"

#include <string.h>

#define DECIDE_WITHIN_MS (48 * HOUR_MS) /* indicative: the shop's own numbers are unconfirmed */
#define RETURN_WITHIN_MS (7 * DAY_MS)
#define RECEIVE_WITHIN_MS (10 * DAY_MS)
#define DISPUTE_WITHIN_MS (7 * DAY_MS)
#define REFUND_PAUSE_MS 60000
#define APPLICATIONS_MAX 5

enum refund_reason { BY_CONSOLE = 1, BY_API_CALL = 3, DEADLINE_MISSED = 9, RECEIPT_MISSED = 11 };

static const struct state_row rows[] = {
        {"MERCHANT_PROCESSING", false, "待商家处理", "merchant decides", "the application waits"},
        {"USER_WAIT_RETURN", false, "待买家退货", "buyer sends back", "agreed, the buyer has the address"},
        {"MERCHANT_WAIT_RECEIPT", false, "待商家收货", "merchant receives", "the return parcel is under way"},
        {"PLATFORM_REFUNDING", false, "退款中", "refunding", "the money is under way"},
        {"MERCHANT_OVERDUE_REFUND", false, "待商家线下退款", "pay outside", "the automatic refund failed: balance"},
        {"MERCHANT_REJECT_REFUND", false, "商家拒绝退款", "refund refused", "the buyer may go to the platform"},
        {"MERCHANT_REJECT_RETURN", false, "商家拒绝退货", "return refused", "the buyer may go to the platform"},
        {"MERCHANT_REJECT_EXCHANGE", false, "商家拒绝换货", "exchange refused", "the buyer may go to the platform"},
        {"RETURN_CLOSED", false, "退货超时关闭", "return closed", "the buyer sent nothing back in time"},
        {"USER_CANCELD", true, "已取消", "cancelled", "by the buyer, or nothing followed a refusal"},
        {"MERCHANT_REFUND_SUCCESS", true, "退款成功", "refunded", "done"},
        {"MERCHANT_RETURN_SUCCESS", true, "退货退款成功", "returned and refunded", "done"},
};

static const struct state_move moves[] = {
        {"MERCHANT_PROCESSING", "PLATFORM_REFUNDING", "merchant agrees to a refund, or lets the deadline pass"},
        {"MERCHANT_PROCESSING", "USER_WAIT_RETURN", "merchant agrees to a return, or lets the deadline pass"},
        {"MERCHANT_PROCESSING", "MERCHANT_REJECT_REFUND", "merchant refuses"},
        {"MERCHANT_PROCESSING", "MERCHANT_REJECT_RETURN", "merchant refuses"},
        {"MERCHANT_PROCESSING", "MERCHANT_REJECT_EXCHANGE", "merchant refuses"},
        {"MERCHANT_PROCESSING", "USER_CANCELD", "buyer cancels"},
        {"USER_WAIT_RETURN", "MERCHANT_WAIT_RECEIPT", "buyer enters a waybill"},
        {"USER_WAIT_RETURN", "RETURN_CLOSED", "buyer lets the deadline pass"},
        {"USER_WAIT_RETURN", "USER_CANCELD", "buyer cancels"},
        {"MERCHANT_WAIT_RECEIPT", "PLATFORM_REFUNDING", "merchant confirms receipt, or lets the deadline pass"},
        {"MERCHANT_WAIT_RECEIPT", "MERCHANT_REJECT_RETURN", "merchant refuses what came back"},
        {"MERCHANT_WAIT_RECEIPT", "MERCHANT_REJECT_EXCHANGE", "merchant refuses what came back"},
        {"MERCHANT_WAIT_RECEIPT", "USER_CANCELD", "buyer cancels"},
        {"PLATFORM_REFUNDING", "MERCHANT_REFUND_SUCCESS", "platform pays"},
        {"PLATFORM_REFUNDING", "MERCHANT_RETURN_SUCCESS", "platform pays"},
        {"PLATFORM_REFUNDING", "MERCHANT_OVERDUE_REFUND", "balance short"},
        {"MERCHANT_REJECT_REFUND", "USER_CANCELD", "seven days without a dispute"},
        {"MERCHANT_REJECT_RETURN", "USER_CANCELD", "seven days without a dispute"},
        {"MERCHANT_REJECT_EXCHANGE", "USER_CANCELD", "seven days without a dispute"},
        {"RETURN_CLOSED", "USER_CANCELD", "seven days without a dispute"},
};

const struct state_table case_states = {
        .name = "sim.after_sale",
        .first = "MERCHANT_PROCESSING",
        .states = rows,
        .n_states = countof(rows),
        .moves = moves,
        .n_moves = countof(moves),
};

const struct reason case_reasons[] = {
        {"10000000", "不想要了"},         {"10000001", "缺货"},           {"10000002", "拍错/多拍"},
        {"10000003", "未按约定时间发货"}, {"10000004", "商品与描述不符"}, {"10000005", "质量问题"},
        {"10000006", "尺码不合适"},       {"10000007", "收到商品破损"},   {"10000008", "7 天无理由退货"},
};
const size_t case_n_reasons = countof(case_reasons);

const struct reject_reason case_reject_reasons[] = {
        {1, 1, "商品已按时发出，正在运输途中", "您的商品已按时发出，正在派送途中，请耐心等待收货。"},
        {4, 1, "申请时已发货", "您申请时商品已由快递揽收，建议收货后再申请。"},
        {6, 1, "误操作/与买家协商一致取消", "已与您协商一致，请取消本次申请。"},
        {11, 4, "商品影响二次销售", "退回的商品已使用或缺少吊牌，影响二次销售。"},
        {12, 4, "超过退货时限", "已超过支持退货的期限。"},
        {21, 5, "无可换货的库存", "您要换的规格暂时缺货。"},
};
const size_t case_n_reject_reasons = countof(case_reject_reasons);

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
        struct arena arena;

        arena_init(&arena, 0);
        push_shop_event(
                sim, shop, c->order->person->openid[shop->place], "channels_ec_aftersale_update", c->id,
                arena_printf(
                        &arena,
                        "\"finder_shop_aftersale_status_update\":{\"status\":\"%s\",\"after_sale_order_id\":%s%s%s,"
                        "\"order_id\":%s%s%s}",
                        c->status, quote, c->id, quote, quote, c->order->id, quote));
        arena_release(&arena);
}

static int64_t time_for(struct sim *sim, const char *status)
{
        if (text_eq(status, "MERCHANT_PROCESSING"))
                return DECIDE_WITHIN_MS;
        if (text_eq(status, "USER_WAIT_RETURN"))
                return RETURN_WITHIN_MS;
        if (text_eq(status, "MERCHANT_WAIT_RECEIPT"))
                return RECEIVE_WITHIN_MS;
        if (text_eq(status, "PLATFORM_REFUNDING"))
                return switch_on(sim, SW_REFUND_MS);
        if (text_eq(status, "RETURN_CLOSED") || text_starts(status, "MERCHANT_REJECT"))
                return DISPUTE_WITHIN_MS;
        return 0;
}

/* Enters a status: units in after-sales, deadline, event. */
static void enter(struct sim *sim, struct after_sale *c, const char *status)
{
        struct line *line = &c->order->line[c->line];
        bool was = c->moves && case_running(c);
        int64_t now = sim_now(sim), time = time_for(sim, status);

        c->status = status;
        c->updated = c->order->updated = now;
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

static int move(struct sim *sim, struct after_sale *c, const char *to)
{
        if (state_move(&case_states, c->status, to))
                return TRADE_E_STATE;
        enter(sim, c, to);
        return 0;
}

struct after_sale *case_open(struct sim *sim, struct order *order, size_t at, const char *type, const char *reason_text,
                             bool received)
{
        struct line *line = &order->line[at];
        bool paid = text_eq(order->status, "20") || text_eq(order->status, "30") || text_eq(order->status, "100");

        /* One running after-sale per line, at most five applications, only units not refunded yet. */
        if (!paid || at >= order->n_lines || line->on_case || line->finished >= line->count ||
            line->applications >= APPLICATIONS_MAX)
                return NULL;
        struct after_sale *c = arena_new(&sim->arena, struct after_sale);
        *c = (struct after_sale){
                .id = world_id(sim, "20", ++sim->world.n_cases, 17),
                .order = order,
                .line = at,
                .type = text_eq(type, "RETURN")     ? "RETURN"
                        : text_eq(type, "EXCHANGE") ? "EXCHANGE"
                                                    : "REFUND",
                .created = sim_now(sim),
                .count = line->count - line->finished,
                .reason = "10000008",
                .reason_text = arena_strdup(&sim->arena, reason_text),
                .desc = "",
                .received = received,
        };
        for (size_t i = 0; i < case_n_reasons; i++)
                if (text_eq(case_reasons[i].text, reason_text))
                        c->reason = case_reasons[i].code;
        c->amount = text_eq(c->type, "EXCHANGE") ? 0 : line->real_price * c->count / line->count;
        line->applications++;
        map_put(&sim->world.cases, &sim->arena, c->id, c);
        vec_push(&sim->arena, &order->shop->cases, c);
        vec_push(&sim->arena, &order->cases, c);
        enter(sim, c, "MERCHANT_PROCESSING");
        return c;
}

/* ---- time ---- */

/* Where a return goes when nobody chose: the product's address, else the shop's default. */
static struct address *default_address(struct after_sale *c)
{
        struct shop *shop = c->order->shop;
        struct address *a = shop_address(shop, c->order->line[c->line].product->address_id);

        for (size_t i = 0; !a && i < shop->addresses.n; i++)
                if (shop->addresses.v[i]->default_recv)
                        a = shop->addresses.v[i];
        return a;
}

static int refund(struct sim *sim, struct after_sale *c, enum refund_reason why)
{
        int r = move(sim, c, "PLATFORM_REFUNDING");
        if (r)
                return r;
        c->refund_reason = why;
        /* An exchange that ends in money pays for what came back. */
        c->amount =
                c->amount ? c->amount : c->order->line[c->line].real_price * c->count / c->order->line[c->line].count;
        c->paying_out = switch_on(sim, SW_BALANCE_SHORT);
        return 0;
}

/* Every move below starts from the status just looked at, so the table allows it; a refusal would mean a wrong table.
 */
static void overdue(struct sim *sim, void *arg)
{
        struct deadline *d = arg;
        struct after_sale *c = d->c;
        struct line *line = &c->order->line[c->line];
        int r = 0;

        if (c->moves != d->moves)
                return;
        if (text_eq(c->status, "MERCHANT_PROCESSING")) {
                if (text_eq(c->type, "REFUND")) {
                        r = refund(sim, c, DEADLINE_MISSED);
                } else {
                        c->address = default_address(c);
                        r = move(sim, c, "USER_WAIT_RETURN");
                }
        } else if (text_eq(c->status, "USER_WAIT_RETURN")) {
                r = move(sim, c, "RETURN_CLOSED");
        } else if (text_eq(c->status, "MERCHANT_WAIT_RECEIPT")) {
                r = refund(sim, c, RECEIPT_MISSED);
        } else if (text_eq(c->status, "PLATFORM_REFUNDING")) {
                if (c->paying_out) {
                        r = move(sim, c, "MERCHANT_OVERDUE_REFUND");
                } else {
                        line->finished += c->count;
                        r = move(sim, c,
                                 text_eq(c->type, "REFUND") ? "MERCHANT_REFUND_SUCCESS" : "MERCHANT_RETURN_SUCCESS");
                        order_refunded(sim, c->order);
                }
        } else {
                r = move(sim, c, "USER_CANCELD");
        }
        if (r)
                ledger_add(sim, "impossible", c->order->shop->appid, c->id, "move from %s", c->status);
}

/* ---- the merchant ---- */

/* Agreeing that money leaves now. */
static int pay(struct sim *sim, struct after_sale *c, const char **rule)
{
        if (c->order->refunded && c->order->refunded + REFUND_PAUSE_MS > sim_now(sim)) {
                *rule = "同一订单两次退款至少间隔一分钟（channels-aftersale 6.1）";
                return 10021044;
        }
        if (switch_on(sim, SW_BALANCE_SHORT)) {
                *rule = "开关 balance_short：余额不足";
                return 10021046;
        }
        c->order->refunded = sim_now(sim);
        return refund(sim, c, BY_API_CALL) ? 10020001 : 0;
}

int case_accept(struct sim *sim, struct after_sale *c, const char *address_id, int accept_type, const char **rule)
{
        bool returns = !text_eq(c->type, "REFUND");

        if (text_eq(c->status, "MERCHANT_WAIT_RECEIPT") && text_eq(c->type, "RETURN")) {
                if (accept_type == 1) {
                        *rule = "已在等待收货，accept_type 应为 2";
                        return 10021041;
                }
                return pay(sim, c, rule);
        }
        if (!text_eq(c->status, "MERCHANT_PROCESSING")) {
                *rule = arena_printf(&sim->arena, "状态 %s 不能同意", c->status);
                return 10020001;
        }
        if (!returns)
                return pay(sim, c, rule);
        if (accept_type == 2) {
                *rule = "还没有同意退货，accept_type 应为 1";
                return 10021041;
        }
        struct address *address = shop_address(c->order->shop, address_id);
        if (!address) {
                *rule = text_empty(address_id) ? "退货、换货必须带 address_id" : "没有这个地址";
                return text_empty(address_id) ? 10021058 : 10021059;
        }
        if (!address->recv) {
                *rule = "这个地址不是退货地址（recv_addr）";
                return 10021059;
        }
        c->address = address;
        return move(sim, c, "USER_WAIT_RETURN") ? 10020001 : 0;
}

int case_reject(struct sim *sim, struct after_sale *c, const char *reason, const char **rule)
{
        const char *to = text_eq(c->type, "REFUND")   ? "MERCHANT_REJECT_REFUND"
                         : text_eq(c->type, "RETURN") ? "MERCHANT_REJECT_RETURN"
                                                      : "MERCHANT_REJECT_EXCHANGE";

        if (state_move(&case_states, c->status, to)) {
                *rule = arena_printf(&sim->arena, "状态 %s 不能拒绝", c->status);
                return 10020001;
        }
        if (switch_on(sim, SW_NEGOTIATE_FIRST) && !c->negotiated) {
                *rule = "开关 negotiate_first：须先协商";
                return 10021068;
        }
        c->reject_reason = arena_strdup(&sim->arena, reason);
        enter(sim, c, to);
        return 0;
}

/* ---- the buyer ---- */

int case_return(struct sim *sim, struct after_sale *c, const char *waybill)
{
        int r = move(sim, c, "MERCHANT_WAIT_RECEIPT");
        if (!r)
                c->waybill = arena_strdup(&sim->arena, waybill);
        return r;
}

int case_cancel(struct sim *sim, struct after_sale *c)
{
        return text_eq(c->status, "PLATFORM_REFUNDING") ? TRADE_E_STATE : move(sim, c, "USER_CANCELD");
}
