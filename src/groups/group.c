/* Groups as they were read. */
#include "groups/rows.h"

int groups_get(struct ctx *ctx, int64_t account_id, const char *chat_id, struct groups_group *out)
{
        int r = db_one(ctx, &groups_q_get, out, DB_I(ctx->merchant), DB_I(account_id), DB_T(chat_id));

        return r == DB_E_NONE ? GROUPS_E_NONE : status_fold(r);
}

int groups_list(struct ctx *ctx, const struct groups_filter *f, struct groups_group **list, size_t *n)
{
        const char *like = text_empty(f->q) ? "" : text_like(ctx->arena, text_fold(ctx->arena, f->q));

        return status_fold(db_all(ctx, &groups_q_list, list, n, DB_I(ctx->merchant), DB_I(f->before_at),
                                  DB_T(f->before_chat ? f->before_chat : ""), DB_T(like), DB_I(f->limit)));
}

int groups_of_identity(struct ctx *ctx, int64_t identity_id, struct groups_group **list, size_t *n)
{
        return status_fold(db_all(ctx, &groups_q_of_identity, list, n, DB_I(ctx->merchant), DB_I(identity_id)));
}

int groups_dismiss(struct ctx *ctx, int64_t account_id, const char *chat_id)
{
        return status_fold(db_exec(ctx, &groups_q_dismiss, DB_I(ctx->merchant), DB_I(account_id), DB_T(chat_id), DB_I(ctx->now)));
}
