/* How a run of a job ends: deleted, again, later, dead. */
#include "store/job_impl.h"

#include "base/crypt.h"
#include "base/log.h"

#define BACKOFF_MS 1000
#define BACKOFF_MAX_MS (10 * 60 * 1000)

struct metric job_metric_done = METRIC_COUNTER("zhanggui_jobs_done_total", "jobs that ended");
struct metric job_metric_retried =
        METRIC_COUNTER("zhanggui_jobs_retried_total", "runs of jobs that are to be run again");
struct metric job_metric_dead = METRIC_COUNTER("zhanggui_jobs_dead_total", "jobs that used their tries up");
struct metric job_metric_expired =
        METRIC_COUNTER("zhanggui_jobs_expired_total", "jobs whose deadline passed before their call");
struct metric job_metric_running = METRIC_GAUGE("zhanggui_jobs_running", "jobs between claim and settlement");

/* Doubles with each try, up to 10 minutes; a quarter more or less, lest what failed together return together. */
static int64_t backoff(const struct job_kind *kind, int64_t tries)
{
        int64_t pause = kind->backoff_ms > 0 ? kind->backoff_ms : BACKOFF_MS;
        uint32_t dice;

        for (; tries > 0 && pause < BACKOFF_MAX_MS; tries--)
                pause *= 2;
        if (pause > BACKOFF_MAX_MS)
                pause = BACKOFF_MAX_MS;
        crypt_random(&dice, sizeof dice);
        pause += pause / 4 - (int64_t)(dice % (uint64_t)(pause / 2 + 1));
        return pause > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : pause;
}

/* Asked for while it ran: a fresh run with fresh tries. */
static int run_again(struct ctx *ctx, const struct job *job)
{
        static const struct query q = {
                .name = "store.job_again",
                .sql = "update store_job set state = case when again <= $2 then 1 else 0 end, run_at = again,"
                       " again = 0, tries = 0, error = null where job_id = $1",
                .args = "ii",
        };
        int r = db_exec(ctx, &q, DB_I(job->job_id), DB_I(ctx->now));

        return r ? status_fold(r) : 0;
}

static int end(struct ctx *ctx, const struct job *job)
{
        static const struct query q = {
                .name = "store.job_end", .sql = "delete from store_job where job_id = $1 and again = 0", .args = "i"};
        int r = db_exec(ctx, &q, DB_I(job->job_id));

        if (r)
                return status_fold(r);
        metric_add(&job_metric_done, 1);
        return db_changed(ctx) > 0 ? 0 : run_again(ctx, job);
}

int job_bury(struct ctx *ctx, const struct job *job, const char *error)
{
        static const struct query q = {
                .name = "store.job_bury",
                .sql = "update store_job set state = 3, tries = $2, error = $3 where job_id = $1 and again = 0",
                .args = "iit",
        };
        int r = db_exec(ctx, &q, DB_I(job->job_id), DB_I(job->tries + 1), DB_T(error));

        if (r)
                return status_fold(r);
        if (db_changed(ctx) == 0)
                return run_again(ctx, job);
        metric_add(&job_metric_dead, 1);
        log_event(LOG_WARN, "job.dead", "kind", job->kind, "job", log_int(job->job_id), "error", error, NULL);
        return 0;
}

static int later(struct ctx *ctx, const struct job_kind *kind, const struct job *job, const char *error)
{
        static const struct query q = {
                .name = "store.job_later",
                .sql = "update store_job set state = case when $2 <= $3 then 1 else 0 end, run_at = $2,"
                       " tries = $4, error = $5, again = 0 where job_id = $1",
                .args = "iiiit",
        };
        int64_t run_at = ctx->now + (job->retry_in_ms > 0 ? job->retry_in_ms : backoff(kind, job->tries));
        int r;

        if (job->deadline > ctx->now && run_at > job->deadline)
                run_at = job->deadline; /* to be found expired then, rather than a back-off later */
        r = db_exec(ctx, &q, DB_I(job->job_id), DB_I(run_at), DB_I(ctx->now), DB_I(job->tries + 1), DB_T(error));
        if (r)
                return status_fold(r);
        metric_add(&job_metric_retried, 1);
        return 0;
}

int job_finish(struct ctx *ctx, const struct job_kind *kind, const struct job *job, enum job_verdict verdict)
{
        const char *error = job->error ? utf8_cut(ctx->arena, job->error, JOB_ERROR_MAX) : NULL;

        if (verdict == JOB_END)
                return end(ctx, job);
        if (kind->max_tries > 0 && job->tries + 1 >= kind->max_tries)
                return job_bury(ctx, job, error);
        return later(ctx, kind, job, error);
}

int job_free_claims(struct ctx *ctx, int64_t claimed_by)
{
        static const struct query q = {
                .name = "store.job_free_claims",
                .sql = "update store_job set state = 1 where state = 2 and ($1 = 0 or claimed_by = $1)",
                .args = "i",
        };
        int r = db_exec(ctx, &q, DB_I(claimed_by));

        if (!r && db_changed(ctx) > 0)
                log_event(LOG_INFO, "job.freed", "jobs", log_int(db_changed(ctx)), NULL);
        return r ? status_fold(r) : 0;
}
