#include "store/check.h"

static const struct db_col row_cols[] = {
        DB_COL_I(struct check_row, merchant_id), DB_COL_I(struct check_row, account_id), DB_COL_T(struct check_row, name),
        DB_COL_I(struct check_row, level),       DB_COL_T(struct check_row, zh),         DB_COL_T(struct check_row, en),
        DB_COL_T(struct check_row, fix_zh),      DB_COL_T(struct check_row, fix_en),     DB_COL_T(struct check_row, facts),
        DB_COL_I(struct check_row, at),          DB_COL_I(struct check_row, since),
};

#define ROW .row = row_cols, .n_row = countof(row_cols), .size = sizeof(struct check_row)
#define SELECT "select merchant_id, account_id, name, level, zh, en, fix_zh, fix_en, facts, at, since from store_check"

static const struct query q_get = {
        .name = "store.check_get",
        .sql = SELECT " where merchant_id = $1 and account_id = $2 and name = $3",
        .args = "iit",
        ROW,
};
static const struct query q_list = {
        .name = "store.check_list",
        .sql = SELECT " where merchant_id = $1 or merchant_id = 0 order by merchant_id, account_id, name",
        .args = "i",
        ROW,
};
static const struct query q_bad = {
        .name = "store.check_bad",
        .sql = SELECT " where (merchant_id = $1 or merchant_id = 0) and level >= $2 order by merchant_id, account_id, name",
        .args = "ii",
        ROW,
};
static const struct query q_keep = {
        .name = "store.check_keep",
        .sql = "insert into store_check (merchant_id, account_id, name, level, zh, en, fix_zh, fix_en, facts, at, since)"
               " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (merchant_id, account_id, name) do update"
               " set level = excluded.level, zh = excluded.zh, en = excluded.en, fix_zh = excluded.fix_zh,"
               " fix_en = excluded.fix_en, facts = excluded.facts, at = excluded.at, since = excluded.since",
        .args = "iitittttt" "ii",
};
static const struct query q_forget = {
        .name = "store.check_forget",
        .sql = "delete from store_check where merchant_id = $1 and account_id = $2",
        .args = "ii",
};

int check_keep(struct ctx *ctx, const struct check_of *of, const char *name, const struct check_result *res, bool *changed)
{
        struct check_row before;
        int r = db_one(ctx, &q_get, &before, DB_I(of->merchant_id), DB_I(of->account_id), DB_T(name));

        if (r && r != DB_E_NONE)
                return status_fold(r);
        *changed = r == DB_E_NONE || before.level != (int64_t)res->level;
        return status_fold(db_exec(ctx, &q_keep, DB_I(of->merchant_id), DB_I(of->account_id), DB_T(name), DB_I(res->level),
                                   DB_T(res->zh), DB_T(res->en), DB_T(res->fix_zh), DB_T(res->fix_en), DB_T(res->facts),
                                   DB_I(ctx->now), DB_I(*changed ? ctx->now : before.since)));
}

int check_get(struct ctx *ctx, int64_t account_id, const char *name, struct check_row *out)
{
        int r = db_one(ctx, &q_get, out, DB_I(ctx->merchant), DB_I(account_id), DB_T(name));

        return r == DB_E_NONE ? CHECK_E_NONE : status_fold(r);
}

int check_forget(struct ctx *ctx, int64_t account_id)
{
        return status_fold(db_exec(ctx, &q_forget, DB_I(ctx->merchant), DB_I(account_id)));
}

int check_list(struct ctx *ctx, struct check_row **rows, size_t *n)
{
        return status_fold(db_all(ctx, &q_list, rows, n, DB_I(ctx->merchant)));
}

int check_list_bad(struct ctx *ctx, struct check_row **rows, size_t *n)
{
        return status_fold(db_all(ctx, &q_bad, rows, n, DB_I(ctx->merchant), DB_I(CHECK_WARN)));
}

int check_counts(struct ctx *ctx, const int64_t *merchants, size_t n, struct check_count **out)
{
        static const struct db_col cols[] = {
                DB_COL_I(struct check_count, merchant_id),
                DB_COL_I(struct check_count, fails),
                DB_COL_I(struct check_count, warns),
        };
        static const struct query q = {
                .name = "store.check_counts",
                .sql = "select merchant_id, cast(sum(case when level = 3 then 1 else 0 end) as bigint) as fails,"
                       " cast(sum(case when level = 2 then 1 else 0 end) as bigint) as warns from store_check"
                       " where merchant_id in (:list $1) group by merchant_id order by merchant_id",
                .args = "I",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct check_count),
        };

        _Static_assert(CHECK_WARN == 2 && CHECK_FAIL == 3, "the numbers in the query");
        return status_fold(db_each(ctx, &q, out, merchants, n));
}
