/* Merchants: made, agreed with, suspended. */
#include "shops/rows.h"

#include "store/audit.h"
#include "store/job.h"

#include <string.h>

#define NAME_MAX_BYTES 120
#define WORDS_MAX_BYTES 400 /* of a reason or a contact */

int shops_merchant_create(struct ctx *ctx, const char *name, int64_t *merchant_id)
{
        if (text_empty(name) || strlen(name) > NAME_MAX_BYTES)
                return SHOPS_E_BAD;
        *merchant_id = ctx_new_id(ctx);
        return status_fold(db_exec(ctx, &shops_q_merchant_insert, DB_I(*merchant_id), DB_T(name),
                                   DB_T(text_fold(ctx->arena, name)), DB_I(ctx->now)));
}

static int ids(struct ctx *ctx, const struct query *q, int64_t **out, size_t *n)
{
        struct shops_id_row *rows;
        int r = db_all_v(ctx, q, (void **)&rows, n, NULL, 0);

        if (r)
                return status_fold(r);
        *out = arena_array(ctx->arena, int64_t, *n);
        for (size_t i = 0; i < *n; i++)
                (*out)[i] = rows[i].merchant_id;
        return 0;
}

int shops_merchants(struct ctx *ctx, int64_t **out, size_t *n)
{
        return ids(ctx, &shops_q_merchants, out, n);
}

int shops_merchants_awake(struct ctx *ctx, int64_t **out, size_t *n)
{
        return ids(ctx, &shops_q_merchants_awake, out, n);
}

int shops_merchant_get(struct ctx *ctx, struct shops_merchant *out)
{
        int r = db_one(ctx, &shops_q_merchant_get, out, DB_I(ctx->merchant));

        return r == DB_E_NONE ? SHOPS_E_NONE : status_fold(r);
}

int shops_merchant_page(struct ctx *ctx, const char *q, int64_t after, int64_t limit, struct shops_merchant **out, size_t *n)
{
        return status_fold(db_all(ctx, &shops_q_merchant_page, out, n, DB_I(after),
                                  DB_T(text_like(ctx->arena, text_fold(ctx->arena, q))),
                                  DB_I(limit < 1 ? 1 : limit > 200 ? 200 : limit)));
}

int shops_merchant_count(struct ctx *ctx, int64_t *n)
{
        struct shops_id_row row;
        int r = db_one_v(ctx, &shops_q_merchant_count, &row, NULL, 0);

        *n = r ? 0 : row.merchant_id;
        return status_fold(r);
}

static bool limit_fits(int64_t n)
{
        return n >= 0 && n <= SHOPS_TERM_MAX;
}

int shops_merchant_terms(struct ctx *ctx, const struct shops_terms *t)
{
        struct shops_merchant m;
        int r = shops_merchant_get(ctx, &m);

        if (r)
                return r;
        if (!limit_fits(t->max_accounts) || !limit_fits(t->max_staff) || !limit_fits(t->max_calls) ||
            (t->contact && strlen(t->contact) > WORDS_MAX_BYTES))
                return SHOPS_E_BAD;
        r = db_exec(ctx, &shops_q_merchant_terms, DB_I(ctx->merchant), DB_I(t->hosted != 0),
                    DB_T(text_empty(t->contact) ? NULL : t->contact), DB_I(t->max_accounts), DB_I(t->max_staff),
                    DB_I(t->max_calls));
        if (!r)
                r = job_set_share(ctx, m.suspended_at != 0, t->max_calls);
        if (r)
                return status_fold(r);
        return status_fold(audit(ctx, "shops.terms", "merchant", ctx->merchant,
                                 arena_printf(ctx->arena, "{\"hosted\":%s,\"accounts\":%lld,\"staff\":%lld,\"calls\":%lld}",
                                              t->hosted ? "true" : "false", (long long)t->max_accounts,
                                              (long long)t->max_staff, (long long)t->max_calls)));
}

static int set_suspended(struct ctx *ctx, int64_t at, const char *why)
{
        struct shops_merchant m;
        int r = shops_merchant_get(ctx, &m);

        if (r)
                return r;
        if (!m.suspended_at == !at)
                return SHOPS_E_AGAIN;
        r = db_exec(ctx, &shops_q_merchant_suspend, DB_I(ctx->merchant), DB_I(at), DB_T(why));
        if (!r)
                r = job_set_share(ctx, at != 0, m.terms.max_calls);
        return status_fold(r);
}

int shops_merchant_suspend(struct ctx *ctx, const char *why)
{
        int r;

        if (text_empty(why) || strlen(why) > WORDS_MAX_BYTES)
                return SHOPS_E_BAD;
        r = set_suspended(ctx, ctx->now, why);
        if (r)
                return r;
        ctx_notice(ctx, "shops", SHOPS_NOTICE_SUSPENDED, ctx->merchant, 0, NULL);
        return status_fold(audit(ctx, "shops.suspend", "merchant", ctx->merchant, NULL));
}

int shops_merchant_resume(struct ctx *ctx)
{
        int r = set_suspended(ctx, 0, NULL);

        return r ? r : status_fold(audit(ctx, "shops.resume", "merchant", ctx->merchant, NULL));
}

/* ---- limits ---- */

int shops_counts(struct ctx *ctx, const int64_t *merchants, size_t n, struct shops_count **out)
{
        return status_fold(db_each(ctx, &shops_q_counts, out, merchants, n));
}

int shops_account_room(struct ctx *ctx)
{
        struct shops_merchant m;
        struct shops_count *count;
        int r = shops_merchant_get(ctx, &m);

        if (r || !m.terms.max_accounts)
                return r == SHOPS_E_NONE ? 0 : r; /* tests of one verb make no merchant */
        r = shops_counts(ctx, &ctx->merchant, 1, &count);
        return r ? r : count->accounts >= m.terms.max_accounts ? SHOPS_E_LIMIT : 0;
}

int shops_limit_why(struct ctx *ctx, enum shops_limit what, const char **zh, const char **en)
{
        struct shops_merchant m;
        int r = shops_merchant_get(ctx, &m);
        const char *contact = m.terms.contact;
        long long most;

        if (r)
                return status_fold(r);
        most = what == SHOPS_LIMIT_ACCOUNTS ? m.terms.max_accounts : m.terms.max_staff;
        *zh = arena_printf(ctx->arena, "约定最多%s %lld 个，已经用满。要更多，请联系%s。",
                           what == SHOPS_LIMIT_ACCOUNTS ? "接入账号" : "可登录的人", most, contact ? contact : "为您托管掌柜的服务方");
        *en = arena_printf(ctx->arena, "At most %lld %s were agreed on, and all are used. For more, ask %s.", most,
                           what == SHOPS_LIMIT_ACCOUNTS ? "accounts" : "people who may log in",
                           contact ? contact : "whoever hosts this installation for you");
        return 0;
}
