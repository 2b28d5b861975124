#include "sim/switch.h"

#include "base/text.h"
#include "sim/breakage.h"
#include "sim/sim.h"

#include <stdlib.h>
#include <string.h>

const struct switch_row switches[SW_N] = {
        [SW_ACQUISITION_BALANCE] = {"acquisition_balance", SWITCH_NUMBER, 1000, 1000000, "获客助手剩余额度",
                   "friends that acquisition links may still bring"},
        [SW_BAD_SIGNATURE] = {"bad_signature", SWITCH_NUMBER, 0, 100, "推送签名错误（百分比）",
                              "percent of pushes with a wrong signature"},
        [SW_BALANCE_SHORT] = {"balance_short", SWITCH_BOOL, 0, 1, "店铺余额不足，同意退款报 10021046",
                              "the shop's balance is short: agreeing to a refund answers 10021046"},
        [SW_BOUND] = {"bound", SWITCH_BOOL, 0, 1, "已绑定开放平台（接口给出 unionid）",
                      "bound to the Open Platform: answers carry unionid"},
        [SW_BROKEN] = {"broken", SWITCH_TEXT, 0, 0, "半路出错的接口路径（all 为全部）",
                       "path whose calls break on the way (\"all\" for every one)"},
        [SW_BROKEN_HOW] = {"broken_how", SWITCH_TEXT, 0, 0, "怎样出错：hang vanish error garbage drip",
                           "how they break: hang vanish error garbage drip"},
        [SW_BROKEN_PERCENT] = {"broken_percent", SWITCH_NUMBER, 100, 100, "出错的百分比", "percent of them that break"},
        [SW_BUDGET_SHARED] = {"budget_shared", SWITCH_BOOL, 0, 1, "5 条额度按客户共用，不分客服账号",
                   "the five replies are counted per customer, not per account (unconfirmed)"},
        [SW_CASE_ABSOLUTE] = {"case_absolute", SWITCH_BOOL, 1, 1, "售后 deadline 给绝对时间，否则给剩余秒数",
                              "after-sale deadline is a moment; off: remaining seconds (unconfirmed)"},
        [SW_CATEGORY_PRESALE] = {"category_presale", SWITCH_BOOL, 1, 1, "商品类目允许全款预售（否则 10020110）",
                                 "categories carry pre_sale; off: presale settings are refused with 10020110"},
        [SW_CERTIFIED] = {"certified", SWITCH_BOOL, 1, 1, "企业已认证（否则至多 10 个客服账号）",
                   "the corp is certified; off: ten 微信客服 accounts at most"},
        [SW_CLIENT_ENDS] = {"client_ends", SWITCH_BOOL, 0, 1, "允许从 0、1、2 直接结束会话",
                            "a session may be ended from state 0, 1 or 2 (unconfirmed; off: 95016)"},
        [SW_CODE_ERRCODE] = {"code_errcode", SWITCH_NUMBER, 95007, 999999, "事件响应消息 code 无效的错误码",
                   "errcode of a used or expired code of an event (unconfirmed)"},
        [SW_CONFIRM_MS] = {"confirm_ms", SWITCH_NUMBER, -1, 86400000, "员工多久后确认加好友（毫秒，-1 为从不）",
                   "when staff confirm a half contact, ms; -1 = never"},
        [SW_CONSENT_MISSING] = {"consent_missing", SWITCH_BOOL, 0, 1, "客户未同意会话存档，欢迎语报 41053",
                   "the customer has not agreed to the archive: 41053 for welcome messages"},
        [SW_CONTACTS_MAX] = {"contacts_max", SWITCH_NUMBER, 20000, 1000000, "一个成员至多有多少客户，接替报 40099",
                   "customers one member may have; taking over more: 40099 (unconfirmed number)"},
        [SW_CUSTOMERS_A_DAY] = {"customers_a_day", SWITCH_NUMBER, 100, 1000000, "未认证企业每天可服务的客户数",
                   "customers an uncertified corp may talk with a day (unconfirmed number)"},
        [SW_DAY_CALLS] = {"day_calls", SWITCH_NUMBER, 1000000, 1000000000, "每个接口每天的调用额度（小店、公众号、小程序）",
                          "calls of one path a day and account of api.weixin.qq.com; more: 45009 (unconfirmed number)"},
        [SW_DECODE_QUOTA] = {"decode_quota", SWITCH_NUMBER, 10000, 1000000, "每天可解密收件信息的订单数",
                             "orders whose contact data may be decoded in a day (unconfirmed number)"},
        [SW_DELAY_MS] = {"delay_ms", SWITCH_NUMBER, 0, 600000, "推送延迟（毫秒）",
                         "every push is late by this much, ms"},
        [SW_DROP] = {"drop", SWITCH_NUMBER, 0, 100, "推送丢失（百分比）", "percent of pushes that are never sent"},
        [SW_DUPLICATE] = {"duplicate", SWITCH_BOOL, 0, 1, "每个推送发两次", "every push is delivered twice"},
        [SW_EMPTY_PAGES] = {"empty_pages", SWITCH_BOOL, 0, 1, "sync_msg 每隔一页返回空页但 has_more=1",
                            "every other sync_msg page is empty although has_more is 1"},
        [SW_ESCAPES_REFUSED] = {"escapes_refused", SWITCH_BOOL, 0, 1, "企业微信正文里有 \\uXXXX 转义就报 40033",
                   "WeCom refuses bodies with \\uXXXX escapes: 40033 (unconfirmed which calls do)"},
        [SW_EVENT_COUNTS] = {"event_counts", SWITCH_BOOL, 0, 1, "事件响应消息计入 5 条额度",
                   "messages on events count against the five replies (unconfirmed)"},
        [SW_FAIL_TYPE] = {"fail_type", SWITCH_NUMBER, -1, 12, "发出的客服消息随后失败（fail_type，-1 关）",
                          "sent 微信客服 messages fail afterwards with this fail_type; -1 = off"},
        [SW_FORBIDDEN_TYPE] = {"forbidden_type", SWITCH_TEXT, 0, 0, "客服组件禁止的消息类型",
                   "message type that the component forbids: 95030"},
        [SW_HALF_CONTACTS] = {"half_contacts", SWITCH_NUMBER, 0, 100, "加好友时员工未确认的百分比",
                   "percent of new contacts that staff have to confirm first"},
        [SW_IDS_MIXED] = {"ids_mixed", SWITCH_BOOL, 1, 1, "推送里的单号时而数字时而文本",
                          "ids in shop pushes are numbers and strings in turn"},
        [SW_INTERCEPTS] = {"intercepts", SWITCH_BOOL, 0, 1, "运输中的仅退款先进入包裹拦截",
                           "a refund of goods under way enters WAIT_PACKAGE_INTERCEPT first (unconfirmed)"},
        [SW_IP_NEEDS_URL] = {"ip_needs_url", SWITCH_BOOL, 1, 1, "先有回调 URL 或可信域名，才能填企业可信 IP",
                             "trusted addresses can be saved after a callback URL or a trusted domain only (unconfirmed)"},
        [SW_IP_TRUSTED] = {"ip_trusted", SWITCH_BOOL, 1, 1, "调用方 IP 可信，否则报 60020",
                   "the caller's address is trusted; off: 60020"},
        [SW_KF_ACCOUNTS_MAX] = {"kf_accounts_max", SWITCH_NUMBER, 5000, 5000, "一个企业至多有多少客服账号（95005）",
                   "微信客服 accounts of a corp; more: 95005"},
        [SW_KF_API] = {"kf_api", SWITCH_BOOL, 1, 1, "微信客服 API 开关，关闭后变更状态报 95017",
                   "API switch of 微信客服; off: 95017 when a session is moved"},
        [SW_LIST_EMPTY] = {"list_empty", SWITCH_NUMBER, 84061, 999999, "员工没有客户时 list 的错误码（0 为空列表）",
                   "errcode of list for staff without customers; 0 = an empty list (unconfirmed)"},
        [SW_LOSE_ANSWER] = {"lose_answer", SWITCH_TEXT, 0, 0, "处理后断开不回答的接口路径",
                            "path whose calls take effect and then lose their answer"},
        [SW_MASKED] = {"masked", SWITCH_BOOL, 1, 1, "收件人信息脱敏", "receivers are masked"},
        [SW_NATIVE_WELCOME] = {"native_welcome", SWITCH_BOOL, 0, 1, "后台已配置欢迎语，事件不带 WelcomeCode",
                   "the console welcomes by itself: events carry no WelcomeCode"},
        [SW_NEGOTIATE_FIRST] = {"negotiate_first", SWITCH_BOOL, 0, 1, "未协商不得拒绝售后（10021068）",
                                "refusing an after-sale answers 10021068 until negotiated"},
        [SW_ORDER_PAUSE_MS] = {"order_pause_ms", SWITCH_NUMBER, 0, 600000, "同一订单两次修改的最短间隔（毫秒，过快报 100003）",
                               "least pause between two changes of one order, ms; sooner: 100003 (unconfirmed number)"},
        [SW_PAGE_MAX] = {"page_max", SWITCH_NUMBER, 1000, 1000, "sync_msg 每页最多条数",
                         "most messages of one sync_msg page, whatever the limit asked for"},
        [SW_RATE_LIMIT] = {"rate_limit", SWITCH_TEXT, 0, 0, "被限流的接口路径（all 为全部，none 为不限流）",
                           "path that is rate-limited now (\"all\": every one, \"none\": not even by its own limit)"},
        [SW_REFUND_FAILS] = {"refund_fails", SWITCH_BOOL, 0, 1, "退款打款失败（PLATFORM_REFUND_FAIL）",
                             "refunds end in PLATFORM_REFUND_FAIL"},
        [SW_REFUND_MS] = {"refund_ms", SWITCH_NUMBER, 2000, 86400000, "退款到账所需毫秒", "how long a refund runs, ms"},
        [SW_REORDER] = {"reorder", SWITCH_BOOL, 0, 1, "推送乱序", "pushes overtake each other (up to 1.5 s)"},
        [SW_REPEAT_CODE] = {"repeat_code", SWITCH_NUMBER, 40058, 999999, "重复 msgid 的错误码（0 为当作成功）",
                            "errcode for a msgid used before; 0 = answered as done (unconfirmed)"},
        [SW_REVIEW_MS] = {"review_ms", SWITCH_NUMBER, 60000, 86400000, "商品审核所需毫秒", "how long a product review takes, ms"},
        [SW_REVIEW_REJECTS] = {"review_rejects", SWITCH_BOOL, 0, 1, "商品审核不通过", "product reviews end in a rejection"},
        [SW_SEARCH_ORDERS] = {"search_orders", SWITCH_BOOL, 0, 1, "order/search 用 orders 字段",
                              "order/search answers in orders[] instead of order_id_list[]"},
        [SW_SECRET_ERRORS] = {"secret_errors", SWITCH_NUMBER, 2000, 1000000, "每小时 secret 错误上限",
                   "wrong secrets an hour before the caller is blocked (unconfirmed number)"},
        [SW_SEND_ASSIGNS] = {"send_assigns", SWITCH_BOOL, 1, 1, "状态 0 下发送消息后变为 1",
                             "sending in state 0 moves the session to 1 (unconfirmed moment)"},
        [SW_SESSION_STARTS] = {"session_starts", SWITCH_NUMBER, 0, 3, "新会话的初始状态",
                   "state in which a new session begins (unconfirmed when hosting is off)"},
        [SW_SHOP_CLOSING] = {"shop_closing", SWITCH_NUMBER, 0, 2, "店铺状态：0 营业，1 注销中（10080000），2 已注销（10080001）",
                             "0 the shop is open; 1 closing: 10080000; 2 closed: 10080001"},
        [SW_SLOW_MS] = {"slow_ms", SWITCH_NUMBER, 0, 60000, "接口回答延迟（毫秒）",
                        "answers are late by this much, ms"},
        [SW_TOKENLESS_PER_MINUTE] = {"tokenless_per_minute", SWITCH_NUMBER, 60, 100000,
                                     "无 token 的 sync_msg 每分钟上限",
                                     "sync_msg calls without a token per account and minute (unconfirmed number)"},
        [SW_UNPAID_TIMEOUT_S] = {"unpaid_timeout_s", SWITCH_NUMBER, 1800, 864000, "未付款自动取消（秒）",
                                 "unpaid orders are cancelled after this many seconds (unconfirmed number)"},
        [SW_UNSHIPPED_AGREES_S] = {"unshipped_agrees_s", SWITCH_NUMBER, -1, 864000,
                                   "未发货仅退款由平台自动同意（秒，-1 关）",
                                   "the platform agrees to refunds of unshipped goods after this many seconds; -1 = never"},
        [SW_UPGRADE_EXCLUSIVE] = {"upgrade_exclusive", SWITCH_BOOL, 0, 1, "后台已配置专属服务，升级服务报 95015",
                   "the console has an exclusive service: 95015 for upgrades"},
        [SW_WAYS_MAX] = {"ways_max", SWITCH_NUMBER, 500000, 500000, "联系我与入群方式的总数上限（41045）",
                   "contact ways and join ways of a corp; more: 41045"},
        [SW_WECOM_RETRY_MS] = {"wecom_retry_ms", SWITCH_NUMBER, 5000, 60000, "企业微信推送重试间隔（毫秒）",
                               "pause between tries of a WeCom push that failed at once (unconfirmed)"},
};

void switches_reset(struct sim *sim)
{
        for (size_t i = 0; i < SW_N; i++)
                sim->sw[i] = (struct switch_value){.n = switches[i].def, .text = ""};
}

int64_t switch_on(const struct sim *sim, enum switch_id id)
{
        return sim->sw[id].n;
}

const char *switch_text(const struct sim *sim, enum switch_id id)
{
        return sim->sw[id].text;
}

static int by_name(const void *name, const void *row)
{
        return strcmp(name, ((const struct switch_row *)row)->name);
}

int switch_set(struct sim *sim, const char *name, const char *value)
{
        const struct switch_row *row = name ? bsearch(name, switches, SW_N, sizeof(*switches), by_name) : NULL;
        int64_t n = 0;

        if (!row)
                return SWITCH_E_NAME;
        if (!value)
                return SWITCH_E_VALUE;
        struct switch_value *now = &sim->sw[row - switches];
        switch (row->kind) {
        case SWITCH_TEXT:
                if (row == &switches[SW_BROKEN_HOW] && !breakage_known(value))
                        return SWITCH_E_VALUE;
                now->text = arena_strdup(&sim->arena, value);
                return 0;
        case SWITCH_BOOL:
                if (text_eq(value, "true") || text_eq(value, "false")) {
                        now->n = text_eq(value, "true");
                        return 0;
                }
                break;
        case SWITCH_NUMBER:
                break;
        }
        if (text_to_int(value, row->def < 0 ? -1 : 0, row->max, &n))
                return SWITCH_E_VALUE;
        now->n = n;
        return 0;
}
