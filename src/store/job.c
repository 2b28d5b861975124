#include "store/job_impl.h"

const struct db_col job_cols[JOB_N_COLS] = {
        DB_COL_I(struct job, job_id), DB_COL_I(struct job, merchant_id), DB_COL_T(struct job, kind),
        DB_COL_T(struct job, key),    DB_COL_I(struct job, account_id),  DB_COL_T(struct job, payload),
        DB_COL_I(struct job, tries),  DB_COL_I(struct job, run_at),      DB_COL_I(struct job, deadline),
        DB_COL_I(struct job, class_), DB_COL_I(struct job, again),       DB_COL_T(struct job, error),
};
const struct job_kind *job_kind_find(const struct registry *reg, const char *name)
{
        size_t i, k;

        for (i = 0; i < reg->n; i++)
                for (k = 0; k < reg->domains[i]->n_jobs; k++)
                        if (text_eq(reg->domains[i]->jobs[k].name, name))
                                return &reg->domains[i]->jobs[k];
        return NULL;
}

/*
 * A row that is later and was not tried yet moves forward when somebody wants it earlier; one in back-off does not:
 * else every callback during an outage would try again at once and use the tries up. A running one notes the wish, and
 * the newest payload is what the next run gets.
 */
#define EARLIER "store_job.state = 0 and store_job.tries = 0 and $12 < store_job.run_at"
static const struct query q_enqueue = {
        .name = "store.job_enqueue",
        .sql = "insert into store_job (job_id, merchant_id, kind, key, account_id, class, state, tries, run_at,"
               " deadline, again, payload, error, created_at)"
               " values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, 0, $10, null, $11)"
               " on conflict (merchant_id, kind, key) where state < 3 do update set"
               " state = case when " EARLIER " then excluded.state else store_job.state end,"
               " run_at = case when " EARLIER " then excluded.run_at else store_job.run_at end,"
               " again = case when store_job.state <> 2 then store_job.again"
               "  when store_job.again = 0 or $12 < store_job.again then $12"
               "  else store_job.again end,"
               " payload = case when store_job.state = 2 then excluded.payload else store_job.payload end,"
               " deadline = case when store_job.state = 2 then excluded.deadline else store_job.deadline end",
        .sql_pg = "insert into store_job_ask (ask_id, merchant_id, kind, key, account_id, class, run_at, deadline, payload,"
                  " created_at, again_at, met) values ($1, $2, $3, $4, $5, $6, $8, $9, $10, $11, $12, 0 * $7)"
                  " on conflict (ask_id) do nothing", /* job_ask.c */
        .args = "iittiiiiitii",
        .unread = true,
};

int job_enqueue(struct ctx *ctx, const struct job_new *new)
{
        const struct job_kind *kind = job_kind_find(ctx->registry, new->kind);
        int64_t class_, run_at = new->run_at > 0 ? new->run_at : ctx->now;
        int r;

        if (!kind)
                return fatal(EINVAL, "job kind %s is declared by no domain", new->kind);
        if (text_empty(new->key))
                return fatal(EINVAL, "a job of kind %s needs a key", new->kind);
        class_ = kind->call ? (int64_t)kind->class_ : JOB_LOCAL;
        if (run_at < 1)
                run_at = 1; /* 0 means "not asked" in `again` */
        r = db_exec(ctx, &q_enqueue, DB_I(ctx_new_id(ctx)), DB_I(ctx->merchant), DB_T(new->kind), DB_T(new->key),
                    DB_I(new->account_id), DB_I(class_), DB_I(run_at <= ctx->now ? JOB_READY : JOB_LATER), DB_I(run_at),
                    DB_I(new->deadline), DB_T(new->payload), DB_I(ctx->now), DB_I(run_at + new->again_in_ms));
        if (r)
                return status_fold(r);
        ctx->after.jobs = true;
        return 0;
}

int job_counts(struct ctx *ctx, struct job_count **out, size_t *n)
{
        static const struct db_col cols[] = {
                DB_COL_T(struct job_count, kind),
                DB_COL_I(struct job_count, waiting),
                DB_COL_I(struct job_count, running),
                DB_COL_I(struct job_count, dead),
        };
        static const struct query q = {
                .name = "store.job_counts",
                .sql = "select kind, cast(sum(case when state < 2 then 1 else 0 end) as bigint) as waiting,"
                       " cast(sum(case when state = 2 then 1 else 0 end) as bigint) as running,"
                       " cast(sum(case when state = 3 then 1 else 0 end) as bigint) as dead"
                       " from store_job where merchant_id = $1 or $1 = 0 group by kind order by kind",
                .args = "i",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct job_count),
        };
        int r = db_all(ctx, &q, out, n, DB_I(ctx->merchant));

        return r ? status_fold(r) : 0;
}

int job_sums(struct ctx *ctx, const int64_t *merchants, size_t n, struct job_sum **out)
{
        static const struct db_col cols[] = {
                DB_COL_I(struct job_sum, merchant_id),
                DB_COL_I(struct job_sum, waiting),
                DB_COL_I(struct job_sum, dead),
        };
        /* Live and dead ones are in an index each. */
        static const struct query q = {
                .name = "store.job_sums",
                .sql = "select merchant_id, cast(sum(waiting) as bigint) as waiting, cast(sum(dead) as bigint) as dead from"
                       " (select merchant_id, count(*) as waiting, 0 as dead from store_job where state < 3"
                       " and merchant_id in (:list $1) group by merchant_id union all"
                       " select merchant_id, 0 as waiting, count(*) as dead from store_job where state = 3"
                       " and merchant_id in (:list $1) group by merchant_id) j group by merchant_id order by merchant_id",
                .args = "I",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct job_sum),
        };

        return status_fold(db_each(ctx, &q, out, merchants, n));
}

const char *job_title(const struct registry *registry, const char *name, bool english)
{
        const struct job_kind *kind = job_kind_find(registry, name);
        const char *title = kind ? english ? kind->summary : kind->zh : NULL;

        return title ? title : name;
}

int job_list_dead(struct ctx *ctx, struct job **out, size_t *n)
{
        static const struct query q = {
                .name = "store.job_list_dead",
                .sql = "select " JOB_SELECT
                       " from store_job where state = 3 and merchant_id = $1 order by job_id desc limit 200",
                .args = "i",
                .row = job_cols,
                .n_row = JOB_N_COLS,
                .size = sizeof(struct job),
        };
        int r = db_all(ctx, &q, out, n, DB_I(ctx->merchant));

        return r ? status_fold(r) : 0;
}

int job_retry(struct ctx *ctx, int64_t job_id)
{
        static const struct query retry = {
                .name = "store.job_retry",
                .sql = "update store_job set state = 1, tries = 0, run_at = $3, deadline = 0, again = 0"
                       " where state = 3 and merchant_id = $1 and job_id = $2",
                .args = "iii",
        };
        int r = db_exec(ctx, &retry, DB_I(ctx->merchant), DB_I(job_id), DB_I(ctx->now));

        if (r < 0)
                return r;
        if (r == DB_E_EXISTS) {
                /* The same thing was asked for again since it died, and that one lives: the dead one is in its way. */
                return job_drop(ctx, job_id);
        }
        if (db_changed(ctx) == 0)
                return JOB_E_NONE;
        ctx->after.jobs = true;
        return 0;
}

int job_drop(struct ctx *ctx, int64_t job_id)
{
        static const struct query q = {
                .name = "store.job_drop",
                .sql = "delete from store_job where state = 3 and merchant_id = $1 and job_id = $2",
                .args = "ii",
        };
        int r = db_exec(ctx, &q, DB_I(ctx->merchant), DB_I(job_id));

        if (r)
                return status_fold(r);
        return db_changed(ctx) > 0 ? 0 : JOB_E_NONE;
}
