/* Accounts: connecting, finding, switching, counting. */
#include "shops/rows.h"

#include "base/crypt.h"
#include "base/seal.h"
#include "store/audit.h"

#include <string.h>

static int found(int r)
{
        return r == DB_E_NONE ? SHOPS_E_NONE : status_fold(r);
}

int shops_account_get(struct ctx *ctx, int64_t account_id, struct shops_account *out)
{
        return found(db_one(ctx, &shops_q_account_get, out, DB_I(ctx->merchant), DB_I(account_id)));
}

int shops_account_by_remote(struct ctx *ctx, const char *kind, const char *remote_id, struct shops_account *out)
{
        return found(db_one(ctx, &shops_q_account_by_remote, out, DB_I(ctx->merchant), DB_T(kind), DB_T(remote_id)));
}

int shops_account_list(struct ctx *ctx, struct shops_account **out, size_t *n)
{
        return status_fold(db_all(ctx, &shops_q_account_list, out, n, DB_I(ctx->merchant)));
}

int shops_accounts_of(struct ctx *ctx, const char *kind, struct shops_account **out, size_t *n)
{
        return status_fold(db_all(ctx, &shops_q_account_of_kind, out, n, DB_I(ctx->merchant), DB_T(kind)));
}

/* ---- connecting ---- */

static bool plain(const char *s, size_t min, size_t max, const char *also)
{
        size_t n = s ? strlen(s) : 0;
        if (n < min || n > max)
                return false;
        for (; *s; s++) {
                bool alnum = (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
                if (!alnum && !strchr(also, *s))
                        return false;
        }
        return true;
}

static bool has_callbacks(const char *kind)
{
        return text_eq(kind, "wecom") || text_eq(kind, "shop") || text_eq(kind, "mp");
}

/* The forms the platform gives out; a slip of the clipboard is found here and not at the first callback. */
static bool well_formed(struct ctx *ctx, const struct shops_new *in)
{
        struct bytes key;
        if (!plain(in->remote_id, 1, 128, "-_@.") || text_empty(in->name) || strlen(in->name) > 120)
                return false;
        if (text_eq(in->kind, "kf"))
                return in->parent_id != 0;
        if (!has_callbacks(in->kind) || in->parent_id || !plain(in->secret, 1, 256, "-_"))
                return false;
        if (in->token && !plain(in->token, 1, 32, ""))
                return false;
        return !in->aes_key ||
               (plain(in->aes_key, 43, 43, "+/") && !base64_decode(ctx->arena, in->aes_key, 43, &key) && key.n == 32);
}

static struct bytes seal(struct ctx *ctx, const char *table, int64_t id, const char *text)
{
        if (!text)
                return BYTES_NONE;
        return seal_close(ctx->arena, ctx->keys, bytes_of_text(text), seal_where(ctx->arena, ctx->merchant, table, id));
}

int shops_credential_add(struct ctx *ctx, int64_t id, const char *token, const char *aes_key)
{
        struct bytes sealed_token, sealed_key;

        sealed_token = seal(ctx, "shops_credential.token", id, token ? token : crypt_random_text(ctx->arena, 32));
        sealed_key = seal(ctx, "shops_credential.aes_key", id, aes_key ? aes_key : crypt_random_text(ctx->arena, 43));
        return status_fold(db_exec(ctx, &shops_q_credential_insert, DB_I(ctx->merchant), DB_I(id), DB_B(sealed_token),
                                   DB_B(sealed_key), DB_I(ctx->now)));
}

int shops_account_add(struct ctx *ctx, const struct shops_new *in, int64_t connected_at, int64_t *account_id)
{
        int r;
        if (!well_formed(ctx, in))
                return SHOPS_E_BAD;
        if (in->parent_id) {
                struct shops_account parent;
                r = shops_account_get(ctx, in->parent_id, &parent);
                if (r)
                        return r == SHOPS_E_NONE ? SHOPS_E_BAD : r;
                if (!text_eq(parent.kind, "wecom"))
                        return SHOPS_E_BAD;
        }
        r = shops_account_room(ctx);
        if (r)
                return r;
        int64_t id = ctx_new_id(ctx);
        const char *path = has_callbacks(in->kind) ? crypt_random_text(ctx->arena, 32) : NULL;
        struct bytes secret = seal(ctx, "shops_account", id, has_callbacks(in->kind) ? in->secret : NULL);
        r = db_exec(ctx, &shops_q_account_insert, DB_I(ctx->merchant), DB_I(id), DB_I(in->parent_id), DB_T(in->kind),
                    DB_T(in->remote_id), DB_T(in->name), DB_I(in->read_only), DB_I(in->bound), DB_I(ctx->now),
                    DB_T(path), DB_B(secret), DB_I(connected_at));
        if (r)
                return r == DB_E_EXISTS ? SHOPS_E_EXISTS : r;
        r = status_fold(db_exec(ctx, &shops_q_health_insert, DB_I(ctx->merchant), DB_I(id)));
        if (!r && path)
                r = shops_credential_add(ctx, id, in->token, in->aes_key);
        if (!r)
                r = status_fold(audit(ctx, "shops.connect", "account", id, NULL));
        if (!r)
                *account_id = id;
        return r;
}

int shops_connect(struct ctx *ctx, const struct shops_new *in, int64_t *account_id)
{
        return shops_account_add(ctx, in, ctx->now, account_id);
}

int shops_set_read_only(struct ctx *ctx, int64_t account_id, bool read_only)
{
        int r = db_exec(ctx, &shops_q_account_read_only, DB_I(ctx->merchant), DB_I(account_id), DB_I(read_only));
        if (r)
                return status_fold(r);
        if (db_changed(ctx) != 1)
                return SHOPS_E_NONE;
        shops_tell(ctx, account_id);
        return status_fold(
                audit(ctx, read_only ? "shops.read_only_on" : "shops.read_only_off", "account", account_id, NULL));
}

int shops_set_agent(struct ctx *ctx, int64_t account_id, const char *agent_id)
{
        int64_t number;

        if (text_to_int(agent_id, 1, INT32_MAX, &number))
                return SHOPS_E_BAD;
        int r = db_exec(ctx, &shops_q_account_agent, DB_I(ctx->merchant), DB_I(account_id),
                        DB_T(arena_printf(ctx->arena, "%lld", (long long)number)));
        if (r)
                return status_fold(r);
        if (db_changed(ctx) != 1)
                return SHOPS_E_NONE;
        shops_tell(ctx, account_id);
        return status_fold(audit(ctx, "shops.set_agent", "account", account_id, NULL));
}

/* ---- health ---- */

int shops_note_found_by_polling(struct ctx *ctx, int64_t account_id, int64_t n)
{
        return status_fold(db_exec(ctx, &shops_q_health_found, DB_I(ctx->merchant), DB_I(account_id), DB_I(n)));
}

static const struct shops_margin margins[] = {
        {"kf", 3 * 24 * 3600, "微信客服消息可以回溯拉取 3 天：停机不超过 3 天，一条也不会丢。",
         "WeChat customer service can be pulled again for 3 days: nothing is lost within 3 days of being down."},
        {"shop", 12970, "店内客服消息由平台重推约 3.6 小时，过后不能再取；订单和售后随时可以重新拉取。",
         "In-shop messages are pushed again for about 3.6 hours and cannot be pulled; orders and cases always can."},
        {"mp", 15, "公众号消息只推送三次、每次 5 秒，过后不能再取：请保持服务在线。",
         "Official-account messages are pushed three times for 5 seconds and cannot be pulled: stay online."},
};

const struct shops_margin *shops_margins(size_t *n)
{
        *n = countof(margins);
        return margins;
}
