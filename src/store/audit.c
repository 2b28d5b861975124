#include "store/audit.h"

int audit(struct ctx *ctx, const char *act, const char *object, int64_t object_id, const char *detail)
{
        static const struct query q = {
                .name = "store.audit_add",
                .sql = "insert into store_audit (merchant_id, audit_id, at, actor_kind, actor_id, actor, act, object,"
                       " object_id, detail, reason) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                .args = "iiiiitttitt",
        };
        int r = db_exec(ctx, &q, DB_I(ctx->merchant), DB_I(ctx_new_id(ctx)), DB_I(ctx->now), DB_I(ctx->actor.kind),
                        DB_I(ctx->actor.id), DB_T(ctx->actor.name), DB_T(act), DB_T(object), DB_I(object_id),
                        DB_T(detail), DB_T(ctx->actor.reason));

        return r ? status_fold(r) : 0;
}

int audit_list(struct ctx *ctx, int64_t before, int64_t limit, struct audit_row **out, size_t *n)
{
        static const struct db_col cols[] = {
                DB_COL_I(struct audit_row, audit_id),  DB_COL_I(struct audit_row, at),
                DB_COL_I(struct audit_row, actor_id),  DB_COL_T(struct audit_row, actor),
                DB_COL_T(struct audit_row, act),       DB_COL_T(struct audit_row, object),
                DB_COL_I(struct audit_row, object_id), DB_COL_T(struct audit_row, detail),
                DB_COL_T(struct audit_row, reason),
        };
        static const struct query q = {
                .name = "store.audit_list",
                .sql = "select audit_id, at, actor_id, actor, act, object, object_id, detail, reason from store_audit"
                       " where merchant_id = $1 and audit_id < $2 order by audit_id desc limit $3",
                .args = "iii",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct audit_row),
        };
        int r;

        limit = limit < 1 ? 1 : limit > 200 ? 200 : limit;
        r = db_all(ctx, &q, out, n, DB_I(ctx->merchant), DB_I(before > 0 ? before : INT64_MAX), DB_I(limit));
        return r ? status_fold(r) : 0;
}
