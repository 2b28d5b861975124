/* HTTP of the wizard: /api/connect. */
#include "shops/api_connect.h"
#include "shops/rows.h"

#include "store/check.h"
#include "store/ledger.h"

#include <string.h>

/* ---- the cards ---- */

struct trouble {
        const char *name, *level, *what, *fix, *facts;
};
static const struct json_field trouble_fields[] = {
        JSON_STR(struct trouble, name, JSON_REQUIRED, 0, 0, "the check that found it"),
        JSON_STR(struct trouble, level, JSON_REQUIRED, 0, 0, "warn or fail"),
        JSON_STR(struct trouble, what, JSON_REQUIRED, 0, 0, "what is wrong"),
        JSON_STR(struct trouble, fix, 0, 0, 0, "what to do"),
        JSON_RAW(struct trouble, facts, 0, "texts by name, or null"),
};
static const struct json_desc trouble_desc = JSON_DESC("ConnectTrouble", struct trouble, trouble_fields);

struct connection {
        int64_t account_id, parent_id, connected_at, called_at, url_checked_at, heard_at, refused_at, kf_granted_at, kf_heard_at;
        const char *kind, *name, *remote_id, *agent_id, *callback_path, *refused;
        bool read_only;
        struct trouble *troubles;
        size_t n_troubles;
};
static const struct json_field connection_fields[] = {
        JSON_KEY(struct connection, account_id, JSON_REQUIRED, "our id"),
        JSON_KEY(struct connection, parent_id, 0, "of a kf account: its wecom account"),
        JSON_STR(struct connection, kind, JSON_REQUIRED, 0, 0, "wecom, kf, shop or mp"),
        JSON_STR(struct connection, name, JSON_REQUIRED, 0, 0, "as the merchant calls it"),
        JSON_ID(struct connection, remote_id, JSON_REQUIRED, "corp id, open_kfid or appid"),
        JSON_STR(struct connection, agent_id, 0, 0, 0, "of wecom: the app's AgentId; null = not told"),
        JSON_STR(struct connection, callback_path, 0, 0, 0, "what the platform is to call; null: none of its own"),
        JSON_BOOL(struct connection, read_only, JSON_REQUIRED, "no write call leaves"),
        JSON_INT(struct connection, connected_at, JSON_REQUIRED, 0, 0, "ms: first call and first callback have passed; 0 = not yet"),
        JSON_INT(struct connection, called_at, JSON_REQUIRED, 0, 0, "ms: last call that was answered; 0 = none"),
        JSON_INT(struct connection, url_checked_at, JSON_REQUIRED, 0, 0, "ms: the platform checked our address; 0 = never"),
        JSON_INT(struct connection, heard_at, JSON_REQUIRED, 0, 0, "ms: last callback; 0 = none"),
        JSON_INT(struct connection, kf_granted_at, JSON_REQUIRED, 0, 0, "of a shop, ms: in-shop 客服 may be used; 0 = not yet"),
        JSON_INT(struct connection, kf_heard_at, JSON_REQUIRED, 0, 0, "of a shop, ms: a buyer wrote in-shop; 0 = never"),
        JSON_STR(struct connection, refused, 0, 0, 0, "why the last callback was refused, when none came after it"),
        JSON_INT(struct connection, refused_at, JSON_REQUIRED, 0, 0, "when, ms"),
        JSON_LIST(struct connection, troubles, n_troubles, JSON_REQUIRED, 0, &trouble_desc, "what the doctor found"),
};
static const struct json_desc connection_desc = JSON_DESC("Connection", struct connection, connection_fields);

struct site_file {
        const char *name;
};
static const struct json_field site_file_fields[] = {JSON_STR(struct site_file, name, JSON_REQUIRED, 0, 0, "served at the root")};
static const struct json_desc site_file_desc = JSON_DESC("SiteFile", struct site_file, site_file_fields);

struct connections {
        struct connection *items;
        size_t n;
        struct site_file *files;
        size_t n_files;
        const char *next;
};
static const struct json_field connections_fields[] = {
        JSON_LIST(struct connections, items, n, JSON_REQUIRED, 0, &connection_desc, "by kind and name"),
        JSON_LIST(struct connections, files, n_files, JSON_REQUIRED, 0, &site_file_desc, "files that prove the domain"),
        JSON_STR(struct connections, next, 0, 0, 0, "always null: they come whole"),
};
const struct json_desc shops_connections_desc = JSON_DESC("Connections", struct connections, connections_fields);

static void add_troubles(struct ctx *ctx, const struct check_row *rows, size_t n, struct connection *c)
{
        bool english = exchange_english(ctx->http);

        c->troubles = arena_array(ctx->arena, struct trouble, n);
        for (size_t i = 0; i < n; i++) {
                const struct check_row *row = &rows[i];

                if (row->account_id != c->account_id || row->level < CHECK_WARN)
                        continue;
                c->troubles[c->n_troubles++] = (struct trouble){row->name, check_level_name((enum check_level)row->level),
                                                                english ? row->en : row->zh,
                                                                english ? row->fix_en : row->fix_zh, row->facts};
        }
}

/* A refusal after the last good callback is why the card does not turn green. */
static void add_refusal(struct ctx *ctx, const struct ledger_note_row *rows, size_t n, struct connection *c)
{
        for (size_t i = 0; i < n; i++) {
                struct shops_refusal why;

                if (rows[i].account_id != c->account_id || rows[i].last_at <= c->heard_at || rows[i].last_at <= c->refused_at ||
                    !shops_refusal_of(rows[i].reason, &why))
                        continue;
                c->refused = exchange_english(ctx->http) ? why.en : why.zh;
                c->refused_at = rows[i].last_at;
        }
}

static struct connection connection_of(struct ctx *ctx, const struct shops_account *a, const struct shops_path_row *paths,
                                       size_t n_paths)
{
        struct connection c = {
                .account_id = a->account_id, .parent_id = a->parent_id, .connected_at = a->connected_at, .called_at = a->called_at,
                .url_checked_at = a->url_checked_at, .heard_at = a->last_callback_at, .kf_granted_at = a->kf_granted_at,
                .kf_heard_at = a->kf_heard_at, .kind = a->kind, .name = a->name, .remote_id = a->remote_id,
                .agent_id = a->agent_id, .read_only = a->read_only == 1,
        };

        for (size_t i = 0; i < n_paths; i++)
                if (paths[i].account_id == a->account_id)
                        c.callback_path = arena_printf(ctx->arena, "/callback/%s/%s", paths[i].kind, paths[i].callback_key);
        return c;
}

int shops_get_connections(struct ctx *ctx, const void *in, void *out_)
{
        struct connections *out = out_;
        struct shops_account *accounts;
        struct shops_path_row *paths;
        struct check_row *checks;
        struct ledger_note_row *notes;
        struct shops_site_file *files;
        size_t n_paths, n_checks, n_notes;
        int r = shops_account_list(ctx, &accounts, &out->n);

        (void)in;
        if (!r)
                r = status_fold(db_all(ctx, &shops_q_paths, &paths, &n_paths, DB_I(ctx->merchant)));
        if (!r)
                r = check_list(ctx, &checks, &n_checks);
        if (!r)
                r = ledger_notes(ctx, &notes, &n_notes);
        if (!r)
                r = shops_site_files_own(ctx, &files, &out->n_files);
        if (r)
                return r;
        out->items = arena_array(ctx->arena, struct connection, out->n);
        for (size_t i = 0; i < out->n; i++) {
                out->items[i] = connection_of(ctx, &accounts[i], paths, n_paths);
                add_troubles(ctx, checks, n_checks, &out->items[i]);
                add_refusal(ctx, notes, n_notes, &out->items[i]);
        }
        out->files = arena_array(ctx->arena, struct site_file, out->n_files);
        for (size_t i = 0; i < out->n_files; i++)
                out->files[i].name = files[i].name;
        return 0;
}

/* ---- beginning, changing, dropping ---- */

static const char *const kinds[] = {"wecom", "kf", "shop", "mp", NULL};
static const struct json_field connect_in_fields[] = {
        JSON_CHOICE(struct connect_in, kind, JSON_REQUIRED, kinds, "wecom, kf, shop or mp"),
        JSON_STR(struct connect_in, remote_id, JSON_REQUIRED, 0, 200, "corp id, open_kfid or appid"),
        JSON_STR(struct connect_in, name, JSON_REQUIRED, 0, 120, "as the merchant calls it"),
        JSON_STR(struct connect_in, secret, 0, 0, 300, "app Secret or AppSecret; none for kf"),
        JSON_STR(struct connect_in, origin, 0, 0, 300, "how the outside reaches us: https://desk.example.com"),
        JSON_KEY(struct connect_in, parent_id, 0, "of kf: its wecom account"),
};
const struct json_desc shops_connect_in_desc = JSON_DESC("ConnectIn", struct connect_in, connect_in_fields);

static const struct json_field pasted_fields[] = {
        JSON_KEY(struct shops_pasted, account_id, JSON_REQUIRED, "the account, pending"),
        JSON_STR(struct shops_pasted, path, 0, 0, 0, "of the URL to paste; null: it has none of its own"),
        JSON_STR(struct shops_pasted, token, 0, 0, 0, "Token to paste; told only here"),
        JSON_STR(struct shops_pasted, aes_key, 0, 0, 0, "EncodingAESKey to paste; told only here"),
};
const struct json_desc shops_pasted_desc = JSON_DESC("ConnectPasted", struct shops_pasted, pasted_fields);

int shops_post_connect(struct ctx *ctx, const void *in_, void *out)
{
        const struct connect_in *in = in_;
        const struct shops_new account = {.kind = in->kind, .remote_id = in->remote_id, .name = in->name, .secret = in->secret,
                                          .parent_id = in->parent_id};
        struct shops_slip slip = shops_slip_of(ctx->arena, &account);

        if (slip.field)
                exchange_why(ctx->http, slip.zh, slip.en);
        return shops_told(ctx, shops_begin(ctx, &account, out));
}

int shops_told(struct ctx *ctx, int status)
{
        const char *zh, *en;
        int r;

        if (status != SHOPS_E_LIMIT)
                return status;
        r = shops_limit_why(ctx, SHOPS_LIMIT_ACCOUNTS, &zh, &en);
        if (!r)
                exchange_why(ctx->http, zh, en);
        return r ? r : status;
}

static const struct json_field connected_in_fields[] = {
        JSON_KEY(struct connected_in, account_id, JSON_REQUIRED, "the account"),
};
const struct json_desc shops_connected_in_desc = JSON_DESC("ConnectedIn", struct connected_in, connected_in_fields);

int shops_delete_connect(struct ctx *ctx, const void *in, void *out)
{
        (void)out;
        return shops_drop(ctx, ((const struct connected_in *)in)->account_id);
}

int shops_post_callback(struct ctx *ctx, const void *in, void *out)
{
        return shops_renew_callback(ctx, ((const struct connected_in *)in)->account_id, out);
}

static const struct json_field secret_in_fields[] = {
        JSON_KEY(struct secret_in, account_id, JSON_REQUIRED, "the account"),
        JSON_STR(struct secret_in, secret, JSON_REQUIRED, 1, 300, "the new one; never told again"),
};
const struct json_desc shops_secret_in_desc = JSON_DESC("SecretIn", struct secret_in, secret_in_fields);

int shops_put_secret(struct ctx *ctx, const void *in_, void *out)
{
        const struct secret_in *in = in_;

        (void)out;
        return shops_set_secret(ctx, in->account_id, in->secret);
}

static const struct json_field agent_in_fields[] = {
        JSON_KEY(struct agent_in, account_id, JSON_REQUIRED, "the corp"),
        JSON_STR(struct agent_in, agent_id, JSON_REQUIRED, 1, 20, "digits, beside the Secret on the app's page"),
};
const struct json_desc shops_agent_in_desc = JSON_DESC("AgentIn", struct agent_in, agent_in_fields);

int shops_put_agent(struct ctx *ctx, const void *in_, void *out)
{
        const struct agent_in *in = in_;
        int r = shops_set_agent(ctx, in->account_id, in->agent_id);

        (void)out;
        if (r == SHOPS_E_BAD)
                exchange_why(ctx->http, "AgentId 是一串数字，在「应用管理 → 自建应用」里，Secret 的上方。",
                             "An AgentId is a number; it stands above the Secret on the app's page.");
        return r;
}

static const struct json_field proxy_in_fields[] = {
        JSON_STR(struct proxy_in, url, 0, 0, 500, "socks5://user:password@host:port, http or https; null = none"),
};
const struct json_desc shops_proxy_in_desc = JSON_DESC("ProxyIn", struct proxy_in, proxy_in_fields);
static const struct json_field proxy_fields[] = {
        JSON_STR(struct proxy_out, host, 0, 0, 0, "without credentials, which are never told again; null = none"),
};
const struct json_desc shops_proxy_desc = JSON_DESC("Proxy", struct proxy_out, proxy_fields);

int shops_get_proxy(struct ctx *ctx, const void *in, void *out)
{
        (void)in;
        return shops_proxy_host(ctx, &((struct proxy_out *)out)->host);
}

int shops_put_proxy(struct ctx *ctx, const void *in_, void *out)
{
        const struct proxy_in *in = in_;
        struct shops_slip slip = text_empty(in->url) ? (struct shops_slip){0} : shops_proxy_slip(ctx->arena, in->url);

        (void)out;
        if (slip.zh)
                exchange_why(ctx->http, slip.zh, slip.en);
        return shops_set_proxy(ctx, in->url);
}

static const struct json_field site_file_in_fields[] = {
        JSON_STR(struct shops_site_file, name, JSON_REQUIRED, 1, 64, "WW_verify_1234abcd.txt or MP_verify_….txt"),
        JSON_STR(struct shops_site_file, content, JSON_REQUIRED, 1, SHOPS_SITE_FILE_MAX, "what is in it"),
};
const struct json_desc shops_site_file_in_desc = JSON_DESC("SiteFileIn", struct shops_site_file, site_file_in_fields);

int shops_put_site_file(struct ctx *ctx, const void *in_, void *out)
{
        const struct shops_site_file *in = in_;

        (void)out;
        return shops_site_file_put(ctx, in->name, in->content);
}

static const struct json_field kf_listed_fields[] = {
        JSON_STR(struct kf_listed, open_kfid, JSON_REQUIRED, 0, 0, "its id"),
        JSON_STR(struct kf_listed, name, 0, 0, 0, "its name"),
        JSON_BOOL(struct kf_listed, managed, JSON_REQUIRED, "under API management: we may answer in its name"),
};
static const struct json_desc kf_listed_desc = JSON_DESC("KfListed", struct kf_listed, kf_listed_fields);
static const struct json_field kf_list_fields[] = {
        JSON_LIST(struct kf_list, items, n, JSON_REQUIRED, 0, &kf_listed_desc, "all of the corp"),
        JSON_STR(struct kf_list, next, 0, 0, 0, "always null: they come whole"),
};
const struct json_desc shops_kf_list_desc = JSON_DESC("KfList", struct kf_list, kf_list_fields);
