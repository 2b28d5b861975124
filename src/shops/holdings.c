#include "store/holding.h"

#include "shops/rows.h"

static const struct holding tables[] = {
        {"shops_token", "访问令牌", "access tokens", .hidden = "*"},
        {"shops_token_lease", "谁在取令牌", "who fetches a token", .hidden = "*"},
        {"shops_credential", "回调凭证", "callback credentials", .hidden = "*"},
        {"shops_health", "账号状况", "how accounts are doing"},
        {"shops_site_file", "域名验证文件", "files that prove the domain"},
        {"shops_proxy", "出口代理", "the way out", .hidden = "url"},
        {"shops_account", "已连接的账号", "connected accounts", .hidden = "secret callback_key"},
        {"shops_merchant", "商家", "the merchant"},
};
const struct holder shops_holds = {tables, countof(tables), NULL};
