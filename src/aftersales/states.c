/* The state table (channels-aftersale.md 4) and what follows from it. */
#include "aftersales/states.h"

static const struct state_row rows[] = {
        {"MERCHANT_PROCESSING", false, "待商家处理", "waits for the merchant", "an application"},
        {"USER_WAIT_RETURN", false, "待买家退货", "buyer to send back", "agreed; she enters a waybill"},
        {"MERCHANT_WAIT_RECEIPT", false, "待商家收货", "merchant to confirm receipt",
         "the goods are on their way back"},
        {"MERCHANT_REJECT_REFUND", false, "商家拒绝退款", "refund refused", "she may go to the platform for 7 days"},
        {"MERCHANT_REJECT_RETURN", false, "商家拒绝退货", "return refused", "she may go to the platform for 7 days"},
        {"MERCHANT_REJECT_EXCHANGE", false, "商家拒绝换货", "exchange refused", "she may go to the platform"},
        {"MERCHANT_REJECT_RESHIP", false, "商家拒绝发货", "shipment of the exchange refused", "the platform steps in"},
        {"USER_WAIT_CONFIRM_UPDATE", false, "待买家确认协商", "buyer to answer a negotiation", ""},
        {"USER_WAIT_HANDLE_MERCHANT_AFTER_SALE", false, "待买家处理商家发起的售后", "buyer to answer the merchant", ""},
        {"USER_WAIT_CONFIRM", false, "待买家确认", "buyer to confirm", ""},
        {"USER_WAIT_RECEIPT", false, "待买家收货", "exchange under way", ""},
        {"WAIT_PACKAGE_INTERCEPT", false, "包裹拦截中", "parcel being intercepted", ""},
        {"PLATFORM_REFUNDING", false, "平台退款中", "refund running", ""},
        {"PLATFORM_REFUND_FAIL", false, "平台退款失败", "refund failed", ""},
        {"MERCHANT_OVERDUE_REFUND", false, "待商家线下退款", "merchant to pay outside",
         "automatic refund failed, usually for want of balance"},
        {"RETURN_CLOSED", false, "退货超时关闭", "return closed", "may still be reopened by the platform"},
        {"USER_CANCELD", true, "买家已取消", "cancelled", "spelling as in the API"},
        {"MERCHANT_REFUND_SUCCESS", true, "退款成功", "refunded", ""},
        {"MERCHANT_RETURN_SUCCESS", true, "退货退款成功", "returned and refunded", ""},
        {"MERCHANT_EXCHANGE_SUCCESS", true, "换货成功", "exchanged", ""},
        {"MERCHANT_FAIL", true, "售后关闭", "closed", "the platform ruled against the buyer"},
        {"MERCHANT_REFUND_RETRY_FAIL", true, "打款失败", "payout failed", "closed by the platform's service"},
};

#define ACCEPTS "merchant accepts"
#define REFUSES "merchant refuses"
#define BUYER "buyer"
#define PLATFORM "platform"
#define DEADLINE "deadline passed"

static const struct state_move moves[] = {
        {"MERCHANT_PROCESSING", "PLATFORM_REFUNDING", ACCEPTS},
        {"MERCHANT_PROCESSING", "MERCHANT_REFUND_SUCCESS", ACCEPTS},
        {"MERCHANT_PROCESSING", "MERCHANT_OVERDUE_REFUND", ACCEPTS},
        {"MERCHANT_PROCESSING", "USER_WAIT_RETURN", ACCEPTS},
        {"MERCHANT_PROCESSING", "MERCHANT_REJECT_REFUND", REFUSES},
        {"MERCHANT_PROCESSING", "MERCHANT_REJECT_RETURN", REFUSES},
        {"MERCHANT_PROCESSING", "MERCHANT_REJECT_EXCHANGE", REFUSES},
        {"MERCHANT_PROCESSING", "USER_WAIT_CONFIRM_UPDATE", "merchant negotiates"},
        {"MERCHANT_PROCESSING", "WAIT_PACKAGE_INTERCEPT", PLATFORM},
        {"MERCHANT_PROCESSING", "USER_CANCELD", BUYER},
        {"WAIT_PACKAGE_INTERCEPT", "MERCHANT_PROCESSING", PLATFORM},
        {"WAIT_PACKAGE_INTERCEPT", "PLATFORM_REFUNDING", PLATFORM},
        {"WAIT_PACKAGE_INTERCEPT", "USER_CANCELD", BUYER},
        {"USER_WAIT_CONFIRM_UPDATE", "MERCHANT_PROCESSING", BUYER},
        {"USER_WAIT_CONFIRM_UPDATE", "PLATFORM_REFUNDING", BUYER},
        {"USER_WAIT_CONFIRM_UPDATE", "USER_WAIT_RETURN", BUYER},
        {"USER_WAIT_CONFIRM_UPDATE", "USER_CANCELD", BUYER},
        {"USER_WAIT_HANDLE_MERCHANT_AFTER_SALE", "MERCHANT_PROCESSING", BUYER},
        {"USER_WAIT_HANDLE_MERCHANT_AFTER_SALE", "PLATFORM_REFUNDING", BUYER},
        {"USER_WAIT_HANDLE_MERCHANT_AFTER_SALE", "USER_WAIT_RETURN", BUYER},
        {"USER_WAIT_HANDLE_MERCHANT_AFTER_SALE", "USER_CANCELD", BUYER},
        {"USER_WAIT_CONFIRM", "PLATFORM_REFUNDING", BUYER},
        {"USER_WAIT_CONFIRM", "USER_CANCELD", BUYER},
        {"USER_WAIT_RETURN", "MERCHANT_WAIT_RECEIPT", BUYER},
        {"USER_WAIT_RETURN", "RETURN_CLOSED", DEADLINE},
        {"USER_WAIT_RETURN", "USER_CANCELD", BUYER},
        {"MERCHANT_WAIT_RECEIPT", "PLATFORM_REFUNDING", ACCEPTS},
        {"MERCHANT_WAIT_RECEIPT", "MERCHANT_RETURN_SUCCESS", ACCEPTS},
        {"MERCHANT_WAIT_RECEIPT", "MERCHANT_OVERDUE_REFUND", ACCEPTS},
        {"MERCHANT_WAIT_RECEIPT", "MERCHANT_REJECT_RETURN", REFUSES},
        {"MERCHANT_WAIT_RECEIPT", "USER_WAIT_RECEIPT", "merchant ships the exchange"},
        {"MERCHANT_WAIT_RECEIPT", "MERCHANT_REJECT_RESHIP", REFUSES},
        {"MERCHANT_WAIT_RECEIPT", "USER_CANCELD", BUYER},
        {"USER_WAIT_RECEIPT", "MERCHANT_EXCHANGE_SUCCESS", BUYER},
        {"MERCHANT_REJECT_REFUND", "PLATFORM_REFUNDING", PLATFORM},
        {"MERCHANT_REJECT_REFUND", "MERCHANT_FAIL", PLATFORM},
        {"MERCHANT_REJECT_REFUND", "MERCHANT_PROCESSING", BUYER},
        {"MERCHANT_REJECT_REFUND", "USER_CANCELD", DEADLINE},
        {"MERCHANT_REJECT_RETURN", "PLATFORM_REFUNDING", PLATFORM},
        {"MERCHANT_REJECT_RETURN", "USER_WAIT_RETURN", PLATFORM},
        {"MERCHANT_REJECT_RETURN", "MERCHANT_FAIL", PLATFORM},
        {"MERCHANT_REJECT_RETURN", "MERCHANT_PROCESSING", BUYER},
        {"MERCHANT_REJECT_RETURN", "USER_CANCELD", DEADLINE},
        {"MERCHANT_REJECT_EXCHANGE", "MERCHANT_FAIL", PLATFORM},
        {"MERCHANT_REJECT_EXCHANGE", "MERCHANT_PROCESSING", BUYER},
        {"MERCHANT_REJECT_EXCHANGE", "USER_CANCELD", DEADLINE},
        {"MERCHANT_REJECT_RESHIP", "PLATFORM_REFUNDING", PLATFORM},
        {"MERCHANT_REJECT_RESHIP", "MERCHANT_FAIL", PLATFORM},
        {"RETURN_CLOSED", "USER_CANCELD", DEADLINE},
        {"RETURN_CLOSED", "PLATFORM_REFUNDING", PLATFORM},
        {"RETURN_CLOSED", "MERCHANT_FAIL", PLATFORM},
        {"PLATFORM_REFUNDING", "MERCHANT_REFUND_SUCCESS", PLATFORM},
        {"PLATFORM_REFUNDING", "MERCHANT_RETURN_SUCCESS", PLATFORM},
        {"PLATFORM_REFUNDING", "PLATFORM_REFUND_FAIL", PLATFORM},
        {"PLATFORM_REFUNDING", "MERCHANT_OVERDUE_REFUND", PLATFORM},
        {"PLATFORM_REFUND_FAIL", "PLATFORM_REFUNDING", PLATFORM},
        {"PLATFORM_REFUND_FAIL", "MERCHANT_OVERDUE_REFUND", PLATFORM},
        {"PLATFORM_REFUND_FAIL", "MERCHANT_REFUND_RETRY_FAIL", PLATFORM},
        {"MERCHANT_OVERDUE_REFUND", "MERCHANT_REFUND_SUCCESS", PLATFORM},
        {"MERCHANT_OVERDUE_REFUND", "MERCHANT_RETURN_SUCCESS", PLATFORM},
        {"MERCHANT_OVERDUE_REFUND", "MERCHANT_REFUND_RETRY_FAIL", PLATFORM},
};

const struct state_table aftersales_states = {
        .name = "aftersales.case",
        .states = rows,
        .n_states = countof(rows),
        .moves = moves,
        .n_moves = countof(moves),
};

struct metric aftersales_metric_unexpected =
        METRIC_COUNTER("zhanggui_aftersales_unexpected_moves_total", "status moves of cases that no rule expects");
struct metric aftersales_metric_decided =
        METRIC_COUNTER("zhanggui_aftersales_decided_total", "decisions that a person made on cases");
struct metric aftersales_metric_unknown =
        METRIC_COUNTER("zhanggui_aftersales_unknown_total", "effects whose outcome had to be queried");

const char *aftersales_status_text(const char *status, bool english)
{
        const struct state_row *row = state_row(&aftersales_states, status);
        if (!row)
                return english ? "unknown status" : "未知状态";
        return english ? row->en : row->zh;
}

const char *aftersales_type_text(const char *type, bool english)
{
        static const struct {
                const char *type, *zh, *en;
        } texts[] = {
                {"REFUND", "仅退款", "refund only"},
                {"RETURN", "退货退款", "return and refund"},
                {"EXCHANGE", "换货", "exchange"},
                {"RESHIP", "补寄", "re-send"},
        };
        for (size_t i = 0; i < countof(texts); i++)
                if (text_eq(texts[i].type, type))
                        return english ? texts[i].en : texts[i].zh;
        return type;
}

/* ---- pure ---- */

static bool any_of(const char *s, const char *const *list, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (text_eq(s, list[i]))
                        return true;
        return false;
}

bool aftersales_merchant_acts(const char *status)
{
        static const char *const acts[] = {"MERCHANT_PROCESSING", "MERCHANT_WAIT_RECEIPT", "MERCHANT_OVERDUE_REFUND"};
        return any_of(status, acts, countof(acts));
}

bool aftersales_over(const char *status)
{
        const struct state_row *row = state_row(&aftersales_states, status);
        return row && row->terminal;
}

bool aftersales_open_decision(const char *decision)
{
        return text_eq(decision, "none") || text_eq(decision, "refused");
}

bool aftersales_can_decide(const struct aftersales_case *c)
{
        if (!aftersales_open_decision(c->decision))
                return false;
        if (text_eq(c->status, "MERCHANT_PROCESSING"))
                return text_eq(c->type, "REFUND") || text_eq(c->type, "RETURN") || text_eq(c->type, "EXCHANGE");
        /* What came back of an exchange is answered by shipping, which is done in the shop's own console. */
        return text_eq(c->status, "MERCHANT_WAIT_RECEIPT") && text_eq(c->type, "RETURN");
}

bool aftersales_needs_address(const struct aftersales_case *c)
{
        return text_eq(c->status, "MERCHANT_PROCESSING") &&
               (text_eq(c->type, "RETURN") || text_eq(c->type, "EXCHANGE"));
}

bool aftersales_waits(const struct aftersales_case *c)
{
        return aftersales_merchant_acts(c->status) && aftersales_open_decision(c->decision);
}

#define FAR_FUTURE INT64_C(4102444800000) /* 2100: a case without deadline comes after all that have one */

int64_t aftersales_due(const struct aftersales_case *c)
{
        return c->deadline ? c->deadline : FAR_FUTURE;
}

int aftersales_accept_type(const struct aftersales_case *c)
{
        return aftersales_needs_address(c) ? 1 : 2;
}

int64_t aftersales_scene(const struct aftersales_case *c)
{
        return text_eq(c->type, "REFUND") ? 1 : text_eq(c->type, "RETURN") ? 4 : text_eq(c->type, "EXCHANGE") ? 5 : 0;
}

bool aftersales_is_effect(enum aftersales_act act, const char *decided, const char *now)
{
        static const char *const paid[] = {"PLATFORM_REFUNDING",      "PLATFORM_REFUND_FAIL",
                                           "MERCHANT_OVERDUE_REFUND", "MERCHANT_REFUND_SUCCESS",
                                           "MERCHANT_RETURN_SUCCESS", "MERCHANT_REFUND_RETRY_FAIL"};
        static const char *const returning[] = {"USER_WAIT_RETURN", "MERCHANT_WAIT_RECEIPT", "RETURN_CLOSED",
                                                "USER_WAIT_RECEIPT", "MERCHANT_EXCHANGE_SUCCESS"};
        static const char *const refused[] = {"MERCHANT_REJECT_REFUND", "MERCHANT_REJECT_RETURN",
                                              "MERCHANT_REJECT_EXCHANGE", "MERCHANT_REJECT_RESHIP", "MERCHANT_FAIL"};
        if (text_eq(decided, now))
                return false;
        if (act == AFTERSALES_REJECT)
                return any_of(now, refused, countof(refused));
        return any_of(now, paid, countof(paid)) ||
               (text_eq(decided, "MERCHANT_PROCESSING") && any_of(now, returning, countof(returning)));
}
