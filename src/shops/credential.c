/* Callback credentials: sealed at rest, opened for the loop's key table and for replay. */
#include "shops/rows.h"

#include "base/seal.h"

static int open_text(struct ctx *ctx, const struct shops_credential_row *row, const char *table, struct bytes sealed,
                     const char **out)
{
        struct bytes plain;
        const char *where = seal_where(ctx->arena, row->merchant_id, table, row->account_id);
        if (seal_open(ctx->arena, ctx->keys, sealed, where, &plain))
                return fatal(EBADMSG, "%s of account %lld does not open: wrong key file?", table,
                             (long long)row->account_id);
        *out = arena_strndup(ctx->arena, plain.p, plain.n);
        return 0;
}

static int open_row(struct ctx *ctx, const struct shops_credential_row *row, struct shops_callback *out)
{
        *out = (struct shops_callback){
                .merchant_id = row->merchant_id,
                .account_id = row->account_id,
                .version = row->version,
                .kind = row->kind,
                .callback_key = row->callback_key,
                .receive_id = row->remote_id,
        };
        int r = open_text(ctx, row, "shops_credential.token", row->token, &out->token);
        return r ? r : open_text(ctx, row, "shops_credential.aes_key", row->aes_key, &out->aes_key);
}

int shops_callbacks(struct ctx *ctx, struct shops_callback **out, size_t *n)
{
        struct shops_credential_row *rows;
        int r = db_all_v(ctx, &shops_q_credentials, (void **)&rows, n, NULL, 0);
        if (r)
                return status_fold(r);
        *out = arena_array(ctx->arena, struct shops_callback, *n);
        for (size_t i = 0; i < *n && !r; i++)
                r = open_row(ctx, &rows[i], &(*out)[i]);
        return r;
}

int shops_callback_at(struct ctx *ctx, int64_t account_id, int64_t version, struct shops_callback *out)
{
        struct shops_credential_row row;
        int r = db_one(ctx, &shops_q_credential_at, &row, DB_I(ctx->merchant), DB_I(account_id), DB_I(version));
        if (r)
                return r == DB_E_NONE ? SHOPS_E_NONE : status_fold(r);
        return open_row(ctx, &row, out);
}
