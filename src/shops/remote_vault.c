/*
 * The platform's view of the accounts: struct wx_vault over our tables. Each function runs a short transaction of its
 * own, because the callers are in the middle of a remote call, where none may be open.
 *
 * A 微信客服 account has no credentials: it is called with the token of its WeCom account, so that both share one row.
 */
#include "shops/rows.h"

#include "base/clock.h"
#include "base/seal.h"
#include "platform/wx.h"
#include "store/job.h"

static void vault_ctx(const struct shops_vault *v, struct ctx *ctx, struct arena *arena, int64_t merchant)
{
        ctx_init(ctx, arena);
        ctx->ids = v->proto.ids;
        ctx->registry = v->proto.registry;
        ctx->keys = v->proto.keys;
        ctx->merchant = merchant;
        ctx->actor = (struct actor){.kind = ACTOR_SYSTEM, .name = "vault"};
}

static int vault_read(const struct shops_vault *v, struct ctx *ctx, struct arena *arena, int64_t merchant)
{
        vault_ctx(v, ctx, arena, merchant);
        return db_begin(v->db, ctx, DB_READ);
}

/* The account whose credentials are used: the account itself or its parent. */
static int owner_of(struct ctx *ctx, int64_t account_id, int64_t *owner_id, struct shops_vault_row *row)
{
        int r = db_one(ctx, &shops_q_vault_get, row, DB_I(ctx->merchant), DB_I(account_id));
        *owner_id = account_id;
        if (!r && row->parent_id) {
                int64_t child_read_only = row->read_only;
                *owner_id = row->parent_id;
                r = db_one(ctx, &shops_q_vault_get, row, DB_I(ctx->merchant), DB_I(*owner_id));
                row->read_only |= child_read_only;
        }
        return r == DB_E_NONE ? WX_E_NO_ACCOUNT : status_fold(r);
}

static int open_text(struct ctx *ctx, struct bytes sealed, const char *table, int64_t id, const char **out)
{
        struct bytes plain;
        if (seal_open(ctx->arena, ctx->keys, sealed, seal_where(ctx->arena, ctx->merchant, table, id), &plain))
                return fatal(EBADMSG, "%s %lld does not open: wrong key file?", table, (long long)id);
        *out = arena_strndup(ctx->arena, plain.p, plain.n);
        return 0;
}

static int vault_load(void *arg, struct arena *arena, int64_t merchant, int64_t account_id, struct wx_account *out)
{
        struct ctx ctx;
        struct shops_vault_row row;
        int64_t owner;
        const char *secret = NULL, *proxy = NULL;
        int r = vault_read(arg, &ctx, arena, merchant);
        if (r)
                return r;
        r = owner_of(&ctx, account_id, &owner, &row);
        if (!r)
                r = open_text(&ctx, row.secret, "shops_account", owner, &secret);
        if (!r && row.proxy.n)
                r = open_text(&ctx, row.proxy, SHOPS_PROXY_TABLE, merchant, &proxy);
        db_rollback(&ctx);
        if (!r)
                *out = (struct wx_account){
                        .merchant_id = merchant,
                        .account_id = owner,
                        .kind = row.kind,
                        .app_id = row.remote_id,
                        .secret = secret,
                        .read_only = row.read_only,
                        .proxy = proxy,
                };
        return r;
}

static int vault_proxy(void *arg, struct arena *arena, int64_t merchant, const char **url)
{
        struct shops_proxy_row row;
        struct ctx ctx;
        int r = vault_read(arg, &ctx, arena, merchant);

        *url = NULL;
        if (r)
                return r;
        r = db_one(&ctx, &shops_q_proxy_get, &row, DB_I(merchant));
        if (!r)
                r = open_text(&ctx, row.url, SHOPS_PROXY_TABLE, merchant, url);
        db_rollback(&ctx);
        return r == DB_E_NONE ? 0 : status_fold(r);
}

static int vault_token_load(void *arg, struct arena *arena, int64_t merchant, int64_t account_id, const char **token,
                            int64_t *expires_at)
{
        struct ctx ctx;
        struct shops_vault_row row;
        struct shops_token_row kept;
        int64_t owner;
        int r = vault_read(arg, &ctx, arena, merchant);
        if (r)
                return r;
        r = owner_of(&ctx, account_id, &owner, &row);
        if (!r) {
                r = db_one(&ctx, &shops_q_token_get, &kept, DB_I(merchant), DB_I(owner));
                r = r == DB_E_NONE ? WX_E_NO_TOKEN : status_fold(r);
        }
        if (!r) {
                *expires_at = kept.expires_at;
                r = open_text(&ctx, kept.token, "shops_token", owner, token);
        }
        db_rollback(&ctx);
        return r;
}

struct fresh_token {
        int64_t account_id, expires_at;
        const char *token;
};

static int token_save(struct ctx *ctx, void *arg)
{
        const struct fresh_token *t = arg;
        struct shops_vault_row row;
        struct bytes sealed;
        int64_t owner;
        int r = owner_of(ctx, t->account_id, &owner, &row);

        if (r)
                return r;
        sealed = seal_close(ctx->arena, ctx->keys, bytes_of_text(t->token),
                            seal_where(ctx->arena, ctx->merchant, "shops_token", owner));
        r = db_exec(ctx, &shops_q_token_save, DB_I(ctx->merchant), DB_I(owner), DB_B(sealed), DB_I(t->expires_at));
        return r ? status_fold(r) : 0;
}

static int vault_token_save(void *arg, int64_t merchant, int64_t account_id, const char *token, int64_t expires_at)
{
        struct fresh_token fresh = {account_id, expires_at, token};
        const struct shops_vault *v = arg;
        struct arena arena;
        struct ctx ctx;
        int r;

        arena_init(&arena, 256 * 1024);
        vault_ctx(v, &ctx, &arena, merchant);
        r = db_run(v->db, &ctx, DB_WRITE, token_save, &fresh);
        arena_release(&arena);
        return r;
}

struct lease {
        int64_t account_id, until, now;
};

static int lease_take(struct ctx *ctx, void *arg)
{
        const struct lease *l = arg;
        struct shops_vault_row row;
        int64_t owner;
        int r = owner_of(ctx, l->account_id, &owner, &row);

        if (!r)
                r = db_exec(ctx, &shops_q_token_lease, DB_I(ctx->merchant), DB_I(owner), DB_I(l->until), DB_I(l->now));
        if (r)
                return r == WX_E_NO_ACCOUNT ? r : status_fold(r);
        return db_changed(ctx) ? 0 : WX_E_BUSY;
}

static int lease_give(struct ctx *ctx, void *arg)
{
        const struct lease *l = arg;
        struct shops_vault_row row;
        int64_t owner;
        int r = owner_of(ctx, l->account_id, &owner, &row);

        if (!r)
                r = db_exec(ctx, &shops_q_token_release, DB_I(ctx->merchant), DB_I(owner), DB_I(l->until));
        return r == WX_E_NO_ACCOUNT || !r ? r : status_fold(r);
}

/* By the wall clock: it is about processes, not about business. */
static int vault_lease(void *arg, int64_t merchant, int64_t account_id, int64_t ms, int64_t *lease)
{
        struct lease l = {.account_id = account_id, .now = clock_wall_ms(), .until = *lease};
        const struct shops_vault *v = arg;
        struct arena arena;
        struct ctx ctx;
        int r;

        if (ms)
                l.until = l.now + ms;
        arena_init(&arena, 256 * 1024);
        vault_ctx(v, &ctx, &arena, merchant);
        r = db_run(v->db, &ctx, DB_WRITE, ms ? lease_take : lease_give, &l);
        arena_release(&arena);
        *lease = l.until;
        return r;
}

void shops_vault_bind(struct shops_vault *v, struct wx_vault *out)
{
        *out = (struct wx_vault){
                .load = vault_load,
                .token_load = vault_token_load,
                .token_save = vault_token_save,
                .token_lease = vault_lease,
                .arg = v,
                .proxy = vault_proxy,
        };
}

int shops_read_outcome(struct job *job, int wx_status, const struct wx_fault *fault)
{
        if (wx_status <= 0)
                return wx_status;
        job->error = fault->errmsg;
        job->retry_in_ms = fault->retry_after_ms;
        switch (wx_status) {
        case WX_E_BUSY:
        case WX_E_UNKNOWN: /* it only reads: asking again is harmless */
        case WX_E_REPLY:
        case WX_E_NO_TOKEN:
                return JOB_RETRY;
        case WX_E_CONFIG: /* a person must act; look again in ten minutes whether he did */
                job->retry_in_ms = 10 * 60 * 1000;
                return JOB_RETRY;
        default:
                return JOB_REFUSED;
        }
}
