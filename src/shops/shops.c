/* The declaration of shops. */
#include "shops/shops.h"
#include "shops/api.h"
#include "shops/checks.h"
#include "shops/rows.h"

extern const char shops_schema_sql[];
extern const size_t shops_schema_sql_size;
static const struct schema schema = {shops_schema_sql, &shops_schema_sql_size};

static const struct permission permissions[] = {
        {"shops.connect", ROLE_OWNER, "connect accounts and replace their secrets"},
        {"shops.manage", ROLE_OWNER, "switch accounts between reading and writing"},
        {"shops.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT | ROLE_WAREHOUSE | ROLE_READER,
         "see the connected accounts and their margins"},
};

#define ALL "wecom shop mp"
static const struct check checks[] = {
        {"balance", "shop", "小店余额", "shop's balance", true, shops_check_balance, NULL, "balance-low-yuan"},
        {"bound", "shop mp", "微信开放平台", "Open Platform", true, shops_check_bound, shops_settle_bound},
        {"budget", "shop", "调用额度", "call budget", true, shops_check_budget, NULL},
        {"call", ALL, "真实调用", "a real call", true, shops_check_call, shops_settle_call},
        {"callback_age", ALL, "回调时间", "age of the last callback", false, shops_check_callback_age, NULL,
         "callback-silent-hours"},
        {"callback_refused", ALL, "回调验签", "callbacks that do not open", false, shops_check_callback_refused, NULL},
        {"clock", ALL, "时钟", "clock", true, shops_check_clock, NULL},
        {"decode_quota", "shop", "收件信息额度", "quota of receivers", true, shops_check_decode_quota, NULL},
        {"found_by_polling", "kf shop", "轮询补回", "found by polling", false, shops_check_found, NULL},
        {"kf_managed", "kf", "客服账号 API 管理", "API management", true, shops_check_kf_managed, shops_settle_call},
        {"kf_servicers", "kf", "接待人员", "servicers", true, shops_check_kf_servicers, NULL},
        {"proxy", "wecom shop mp", "出口代理", "the merchant's proxy", true, shops_check_proxy, NULL},
        {"return_address", "shop", "默认退货地址", "default return address", true, shops_check_return_address, NULL},
        {"shopkf", "shop", "小店客服接口", "in-shop 客服", true, shops_check_shopkf, shops_settle_kf},
        {"status", "shop", "小店状态", "shop's state", true, shops_check_status, NULL},
        {"token", ALL, "访问凭证", "token", true, shops_check_token, NULL},
        {"trusted_ip", ALL, "可信 IP", "trusted address", true, shops_check_trusted_ip, NULL},
        {"visible_range", "kf", "可见范围", "visible range", true, shops_check_visible_range, NULL},
};

static const struct event *const events[] = {&shops_account_connected};

const struct domain shops_domain = {
        .name = "shops",
        .schema = &schema,
        .holds = &shops_holds,
        .routes = shops_routes,
        .n_routes = countof(shops_routes),
        .checks = checks,
        .n_checks = countof(checks),
        .events = events,
        .n_events = countof(events),
        .permissions = permissions,
        .n_permissions = countof(permissions),
};
