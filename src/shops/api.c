/* HTTP of shops: /api/accounts, /api/margins. */
#include "shops/api_connect.h"
#include "shops/rows.h"

struct account_view {
        int64_t account_id, parent_id, last_callback_at, found_by_polling;
        const char *kind, *name, *remote_id, *callback_path;
        bool read_only, bound;
};
static const struct json_field account_fields[] = {
        JSON_KEY(struct account_view, account_id, JSON_REQUIRED, "our id"),
        JSON_STR(struct account_view, kind, JSON_REQUIRED, 0, 0, "wecom, kf, shop or mp"),
        JSON_STR(struct account_view, name, JSON_REQUIRED, 0, 0, "as the merchant calls it"),
        JSON_ID(struct account_view, remote_id, JSON_REQUIRED, "corp id, open_kfid or appid"),
        JSON_KEY(struct account_view, parent_id, 0, "of a kf account: its wecom account"),
        JSON_BOOL(struct account_view, read_only, JSON_REQUIRED, "no write call leaves"),
        JSON_BOOL(struct account_view, bound, JSON_REQUIRED, "objects carry unionid"),
        JSON_INT(struct account_view, last_callback_at, JSON_REQUIRED, 0, 0, "ms; 0 = never"),
        JSON_INT(struct account_view, found_by_polling, JSON_REQUIRED, 0, 0, "objects no callback had told of"),
        JSON_STR(struct account_view, callback_path, 0, 0, 0, "what the platform is to call; null: none of its own"),
};
static const struct json_desc account_desc = JSON_DESC("Account", struct account_view, account_fields);

struct accounts_out {
        struct account_view *items;
        size_t n;
        const char *next;
};
static const struct json_field accounts_fields[] = {
        JSON_LIST(struct accounts_out, items, n, JSON_REQUIRED, 0, &account_desc, "by kind and name"),
        JSON_STR(struct accounts_out, next, 0, 0, 0, "always null: accounts come whole"),
};
static const struct json_desc accounts_desc = JSON_DESC("Accounts", struct accounts_out, accounts_fields);

static void view_of(struct ctx *ctx, const struct shops_account *a, const struct shops_path_row *paths, size_t n_paths,
                    struct account_view *v)
{
        *v = (struct account_view){
                .account_id = a->account_id,
                .parent_id = a->parent_id,
                .last_callback_at = a->last_callback_at,
                .found_by_polling = a->found_by_polling,
                .kind = a->kind,
                .name = a->name,
                .remote_id = a->remote_id,
                .read_only = a->read_only == 1,
                .bound = a->bound == 1,
        };
        for (size_t i = 0; i < n_paths; i++)
                if (paths[i].account_id == a->account_id)
                        v->callback_path =
                                arena_printf(ctx->arena, "/callback/%s/%s", paths[i].kind, paths[i].callback_key);
}

/* A 微信客服 account is told of by its WeCom account's callbacks. */
static int64_t heard_at(const struct shops_account *accounts, size_t n, const struct shops_account *a)
{
        for (size_t i = 0; i < n; i++)
                if (a->parent_id && accounts[i].account_id == a->parent_id)
                        return accounts[i].last_callback_at;
        return a->last_callback_at;
}

static int get_accounts(struct ctx *ctx, const void *in, void *out)
{
        (void)in;
        struct accounts_out *o = out;
        struct shops_account *accounts;
        struct shops_path_row *paths;
        size_t n_paths;
        int r = shops_account_list(ctx, &accounts, &o->n);
        if (!r)
                r = status_fold(db_all(ctx, &shops_q_paths, &paths, &n_paths, DB_I(ctx->merchant)));
        if (r)
                return r;
        o->items = arena_array(ctx->arena, struct account_view, o->n);
        for (size_t i = 0; i < o->n; i++) {
                view_of(ctx, &accounts[i], paths, n_paths, &o->items[i]);
                o->items[i].last_callback_at = heard_at(accounts, o->n, &accounts[i]);
        }
        return 0;
}

struct account_in {
        int64_t account_id;
        bool read_only;
};
static const struct json_field account_in_fields[] = {
        JSON_KEY(struct account_in, account_id, JSON_REQUIRED, "the account"),
        JSON_BOOL(struct account_in, read_only, JSON_REQUIRED, "true: no write call leaves"),
};
static const struct json_desc account_in = JSON_DESC("AccountIn", struct account_in, account_in_fields);

static int put_account(struct ctx *ctx, const void *in, void *out)
{
        const struct account_in *i = in;
        struct account_view *v = out;
        struct shops_account account, parent;
        struct shops_path_row *paths;
        size_t n_paths;
        int r = shops_set_read_only(ctx, i->account_id, i->read_only);
        if (!r)
                r = shops_account_get(ctx, i->account_id, &account);
        if (!r)
                r = status_fold(db_all(ctx, &shops_q_paths, &paths, &n_paths, DB_I(ctx->merchant)));
        if (r)
                return r;
        view_of(ctx, &account, paths, n_paths, v);
        if (account.parent_id && !(r = shops_account_get(ctx, account.parent_id, &parent)))
                v->last_callback_at = heard_at(&parent, 1, &account);
        return r;
}

/* ---- margins ---- */

struct margin_view {
        const char *channel, *account_name, *text;
        int64_t account_id, margin_s, last_callback_at;
        bool pullable;
};
static const struct json_field margin_fields[] = {
        JSON_STR(struct margin_view, channel, JSON_REQUIRED, 0, 0, "kf, shop or mp"),
        JSON_KEY(struct margin_view, account_id, 0, "the account; null: none is connected to this channel"),
        JSON_STR(struct margin_view, account_name, 0, 0, 0, "its name"),
        JSON_INT(struct margin_view, margin_s, JSON_REQUIRED, 0, 0, "seconds we may be down without losing a message"),
        JSON_BOOL(struct margin_view, pullable, JSON_REQUIRED, "missed messages can be pulled within the margin"),
        JSON_INT(struct margin_view, last_callback_at, JSON_REQUIRED, 0, 0, "ms; 0 = never"),
        JSON_STR(struct margin_view, text, JSON_REQUIRED, 0, 0, "the margin in words"),
};
static const struct json_desc margin_desc = JSON_DESC("Margin", struct margin_view, margin_fields);

struct margins_out {
        struct margin_view *items;
        size_t n;
        const char *next;
};
static const struct json_field margins_fields[] = {
        JSON_LIST(struct margins_out, items, n, JSON_REQUIRED, 0, &margin_desc, "by channel: one per account, or one that names none"),
        JSON_STR(struct margins_out, next, 0, 0, 0, "always null"),
};
static const struct json_desc margins_desc = JSON_DESC("Margins", struct margins_out, margins_fields);

static struct margin_view margin_of(const struct ctx *ctx, const struct shops_margin *m)
{
        return (struct margin_view){
                .channel = m->channel,
                .margin_s = m->margin_s,
                .pullable = text_eq(m->channel, "kf"),
                .text = exchange_english(ctx->http) ? m->en : m->zh,
        };
}

/* Every channel is told of, also one without an account: its margin is what the owner decides by before connecting it. */
static int get_margins(struct ctx *ctx, const void *in, void *out)
{
        (void)in;
        struct margins_out *o = out;
        struct shops_account *accounts;
        size_t n, n_margins;
        const struct shops_margin *margins = shops_margins(&n_margins);
        int r = shops_account_list(ctx, &accounts, &n);
        if (r)
                return r;
        o->items = arena_array(ctx->arena, struct margin_view, n + n_margins);
        for (size_t m = 0; m < n_margins; m++) {
                size_t before = o->n;
                for (size_t i = 0; i < n; i++) {
                        if (!text_eq(margins[m].channel, accounts[i].kind))
                                continue;
                        struct margin_view *view = &o->items[o->n++];
                        *view = margin_of(ctx, &margins[m]);
                        view->account_id = accounts[i].account_id;
                        view->account_name = accounts[i].name;
                        view->last_callback_at = heard_at(accounts, n, &accounts[i]);
                }
                if (o->n == before)
                        o->items[o->n++] = margin_of(ctx, &margins[m]);
        }
        return 0;
}

static const struct problem problems[] = {
        {SHOPS_E_NONE, 404, "shops.none", "没有这个账号，请刷新后重试。", "No such account; reload the page."},
        {SHOPS_E_BAD, 422, "shops.bad", "格式不对，请重新复制。", "Not of the right form: copy it again."},
        {SHOPS_E_EXISTS, 409, "shops.exists", "这个账号已经接入了，不用再接一次。", "This account is connected already."},
        {SHOPS_E_ELSEWHERE, 409, "shops.elsewhere", "这个账号（或文件）已属于本机的另一个商家，两家不能同时接。",
         "This account (or file) belongs to another merchant of this installation; two cannot have it."},
        {SHOPS_E_CONNECTED, 409, "shops.connected", "它已经接通，不能在这里删除。", "It is connected and cannot be dropped here."},
        {SHOPS_E_SECRET, 422, "shops.secret", "平台不认这组凭据，请核对。", "The platform refuses these credentials."},
        {SHOPS_E_PLATFORM, 502, "shops.platform", "平台现在没有应答，请检查这台机器能否上网，稍后再试。",
         "The platform does not answer: check this machine's way out, and try again."},
        {SHOPS_E_LIMIT, 409, "shops.limit", "约定的账号数已经用满。", "As many accounts as were agreed on are connected."},
        {SHOPS_E_ADDRESS, 422, "shops.address", "这个地址到不了掌柜。", "This address does not lead to Zhanggui."},
        {0},
};

#define CONNECT .permission = "shops.connect", .problems = problems

const struct route shops_routes[14] = {
        {"GET", "/api/accounts", get_accounts, .out = &accounts_desc, .permission = "shops.read",
         .summary = "Connected remote accounts and how each is doing"},
        {"PUT", "/api/accounts/{account_id}", put_account, .in = &account_in, .out = &account_desc,
         .permission = "shops.manage", .flags = ROUTE_WRITE, .problems = problems,
         .summary = "Switch an account's read-only mode"},
        {"GET", "/api/connect", shops_get_connections, .out = &shops_connections_desc, CONNECT,
         .summary = "How far each account is connected, and what is in its way"},
        {"POST", "/api/connect", shops_post_connect, .in = &shops_connect_in_desc, .out = &shops_pasted_desc, CONNECT,
         .flags = ROUTE_WRITE, .ok = 201, .summary = "Begin to connect an account: read-only, and pending until it is proven"},
        {"PUT", "/api/connect/file", shops_put_site_file, .in = &shops_site_file_in_desc, CONNECT, .flags = ROUTE_WRITE,
         .ok = 204, .summary = "Serve a file at the root that proves the domain"},
        {"GET", "/api/connect/proxy", shops_get_proxy, .out = &shops_proxy_desc, CONNECT,
         .summary = "The merchant's own way out, without its credentials"},
        {"PUT", "/api/connect/proxy", shops_put_proxy, .in = &shops_proxy_in_desc, CONNECT, .flags = ROUTE_WRITE, .ok = 204,
         .summary = "Have every call in the merchant's name leave through a proxy, or through none"},
        {"POST", "/api/connect/try", shops_try, .in = &shops_connect_in_desc, CONNECT, .flags = ROUTE_REMOTE, .ok = 204,
         .summary = "Ask the platform whether these credentials are good; nothing is kept"},
        {"DELETE", "/api/connect/{account_id}", shops_delete_connect, .in = &shops_connected_in_desc, CONNECT,
         .flags = ROUTE_WRITE, .ok = 204, .summary = "Drop an account that is still pending"},
        {"PUT", "/api/connect/{account_id}/agent", shops_put_agent, .in = &shops_agent_in_desc, CONNECT, .flags = ROUTE_WRITE,
         .ok = 204, .summary = "Tell a corp's app by its number, for signing in and for messages to members"},
        {"POST", "/api/connect/{account_id}/callback", shops_post_callback, .in = &shops_connected_in_desc,
         .out = &shops_pasted_desc, CONNECT, .flags = ROUTE_WRITE, .summary = "Make a new Token and EncodingAESKey"},
        {"GET", "/api/connect/{account_id}/kf", shops_list_kf, .in = &shops_connected_in_desc, .out = &shops_kf_list_desc, CONNECT,
         .flags = ROUTE_REMOTE, .summary = "微信客服 accounts of a corp, as the platform lists them"},
        {"PUT", "/api/connect/{account_id}/secret", shops_put_secret, .in = &shops_secret_in_desc, CONNECT,
         .flags = ROUTE_WRITE, .ok = 204, .summary = "Replace an account's secret"},
        {"GET", "/api/margins", get_margins, .out = &margins_desc, .permission = "shops.read",
         .summary = "How long the program may be down before a message is gone, per channel and account"},
};
