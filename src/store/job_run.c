/* The runner: workers call and settle what the scheduler (job_schedule.c) claimed and prepared. */
#include "store/job_runner.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ARENA_LIMIT (32u << 20)
#define WORKER_STACK (256u << 10)
#define SCHEDULER_STACK (1u << 20)
#define TROUBLE_MS 1000 /* pause after a settlement could not be written: disk full, I/O error */
#define STOP_MS 10000

struct run *run_new(struct job_runner *jr, int64_t merchant, int64_t now)
{
        struct run *run = calloc(1, sizeof *run);

        if (!run)
                return NULL;
        arena_init(&run->arena, ARENA_LIMIT);
        store_ctx(&run->ctx, &jr->proto, &run->arena, merchant, now);
        pthread_mutex_lock(&jr->lock);
        run->next_flying = jr->flying;
        if (jr->flying)
                jr->flying->prev_flying = run;
        jr->flying = run;
        pthread_mutex_unlock(&jr->lock);
        metric_add(&job_metric_running, 1);
        return run;
}

static void run_free_locked(struct job_runner *jr, struct run *run)
{
        if (run->next_flying)
                run->next_flying->prev_flying = run->prev_flying;
        if (run->prev_flying)
                run->prev_flying->next_flying = run->next_flying;
        else
                jr->flying = run->next_flying;
        arena_release(&run->arena);
        free(run);
        metric_add(&job_metric_running, -1);
}

void run_free(struct job_runner *jr, struct run *run)
{
        pthread_mutex_lock(&jr->lock);
        run_free_locked(jr, run);
        pthread_mutex_unlock(&jr->lock);
}

int run_step(struct ctx *tx, struct run *run, int (*step)(struct run *, int given), int given, int *outcome)
{
        struct after_mark mark = store_after_mark(&run->ctx);
        int r, got;

        r = db_save(tx);
        if (r)
                return status_fold(r);
        run->ctx.db = tx->db;
        run->ctx.now = tx->now;
        got = step(run, given);
        run->ctx.db = NULL;
        if (got >= 0 && arena_over(&run->arena))
                got = fatal(ENOMEM, "job %s: over the memory limit", run->job.kind);
        if (got >= 0) {
                *outcome = got;
                r = db_save_release(tx);
                return r ? status_fold(r) : 0;
        }
        db_save_rollback(tx);
        store_after_reset(&run->ctx, mark);
        run->job.error = strerrordesc_np(-got);
        run->job.retry_in_ms = 0;
        *outcome = JOB_RETRY;
        return 0;
}

int run_settle(struct run *run, int given)
{
        return run->kind->settle(&run->ctx, &run->job, run->state, given);
}

/* ---- the workers ---- */

static int call(struct job_runner *jr, struct run *run)
{
        int r;

        run->ctx.now = clock_now(jr->o.clock);
        db_assert_none(&run->ctx);
        r = run->kind->call(&run->ctx, &run->job, run->state);
        if (r < 0)
                run->job.error = strerrordesc_np(-r);
        else if (arena_over(&run->arena))
                r = fatal(ENOMEM, "job %s: over the memory limit", run->job.kind);
        return r < 0 || r == JOB_EXPIRED ? JOB_RETRY : r == JOB_DONE ? 0 : r;
}

static int settle(struct job_runner *jr, struct run *run, struct ctx *tx, int outcome)
{
        int verdict = outcome == JOB_UNKNOWN ? JOB_RETRY : outcome, r;

        r = db_begin(jr->o.db, tx, DB_WRITE);
        if (r)
                return r;
        if (run->kind->settle)
                r = run_step(tx, run, run_settle, outcome, &verdict);
        if (!r)
                r = job_finish(tx, run->kind, &run->job, verdict == JOB_RETRY ? JOB_AGAIN_LATER : JOB_END);
        if (!r)
                return db_commit(tx);
        db_rollback(tx);
        return r;
}

/* False when the runner was given up meanwhile: nothing of it, nor of the database, may be touched any more. */
static bool may_settle(struct job_runner *jr)
{
        bool may;

        pthread_mutex_lock(&jr->lock);
        may = !jr->abandoned;
        jr->settling += may;
        pthread_mutex_unlock(&jr->lock);
        return may;
}

static bool is_stopping(struct job_runner *jr)
{
        bool stopping;

        pthread_mutex_lock(&jr->lock);
        stopping = jr->stopping;
        pthread_mutex_unlock(&jr->lock);
        return stopping;
}

/* The outcome of a call is kept until it is on disk: a full disk must not make us forget what the platform did. */
static void run_on(struct job_runner *jr, struct run *run)
{
        int outcome = call(jr, run), r;
        struct timespec trouble = {TROUBLE_MS / 1000, 0};
        struct arena arena;
        struct ctx tx;

        if (!may_settle(jr))
                return;
        arena_init(&arena, 0);
        for (;;) {
                store_ctx(&tx, &jr->proto, &arena, run->job.merchant_id, clock_now(jr->o.clock));
                r = settle(jr, run, &tx, outcome);
                if (!r || is_stopping(jr))
                        break;
                ctx_after_clear(&run->ctx);
                nanosleep(&trouble, NULL);
        }
        if (!r)
                jr->o.committed(jr->o.arg, &run->ctx);
        arena_release(&arena);
        pthread_mutex_lock(&jr->lock);
        jr->settling--;
        pthread_cond_signal(&jr->scheduler_cond);
        pthread_mutex_unlock(&jr->lock);
}

static void *worker_main(void *arg)
{
        struct worker *w = arg;
        struct job_runner *jr = w->runner;
        struct run *run;

        pthread_mutex_lock(&jr->lock);
        for (;;) {
                while (!jr->stopping && !jr->queue[w->pool])
                        pthread_cond_wait(&jr->pool_cond[w->pool], &jr->lock);
                if (jr->stopping)
                        break;
                run = jr->queue[w->pool];
                jr->queue[w->pool] = run->next;
                if (!run->next)
                        jr->queue_tail[w->pool] = &jr->queue[w->pool];
                pthread_mutex_unlock(&jr->lock);
                run_on(jr, run);
                pthread_mutex_lock(&jr->lock);
                if (jr->abandoned)
                        break;
                run_free_locked(jr, run);
                jr->idle[w->pool]++;
                /* Whether a lane is free again, or the job put itself off, the scheduler sees by looking. */
                jr->wake = true;
                pthread_cond_signal(&jr->scheduler_cond);
        }
        jr->alive--;
        pthread_cond_signal(&jr->scheduler_cond); /* for job_runner_stop: the scheduler is gone by then */
        pthread_mutex_unlock(&jr->lock);
        return NULL;
}

/* ---- from outside ---- */

/* A claim is by presence: whoever claimed these is gone. */
static int free_claims(struct job_runner *jr)
{
        static const struct query q = {.name = "store.job_free_claims", .sql = "update store_job set state = 1 where state = 2"};
        struct arena arena;
        struct ctx tx;
        int r;

        arena_init(&arena, 0);
        store_ctx(&tx, &jr->proto, &arena, 0, clock_now(jr->o.clock));
        r = db_begin(jr->o.db, &tx, DB_WRITE);
        if (!r) {
                r = db_exec(&tx, &q);
                if (r > 0)
                        r = status_fold(r);
                if (!r && db_changed(&tx) > 0)
                        log_event(LOG_INFO, "job.freed", "jobs", log_int(db_changed(&tx)), NULL);
                if (r)
                        db_rollback(&tx);
                else
                        r = db_commit(&tx);
        }
        arena_release(&arena);
        return r;
}

static void runner_free(struct job_runner *jr)
{
        int i;

        while (jr->flying) /* handed over, but not called before the stop */
                run_free(jr, jr->flying);
        for (i = 0; i < POOLS; i++)
                pthread_cond_destroy(&jr->pool_cond[i]);
        pthread_cond_destroy(&jr->scheduler_cond);
        pthread_mutex_destroy(&jr->lock);
        free(jr->workers);
        free(jr);
}

static int start_threads(struct job_runner *jr)
{
        unsigned i;
        int r = thread_start(&jr->scheduler, "jobs", SCHEDULER_STACK, scheduler_main, jr);

        if (r) {
                runner_free(jr);
                return r;
        }
        for (i = 0; i < jr->o.threads; i++) {
                struct worker *w = &jr->workers[i];

                w->runner = jr;
                w->pool = i < jr->o.urgent_threads ? URGENT : GENERAL;
                pthread_mutex_lock(&jr->lock);
                r = thread_start(&w->thread, w->pool == URGENT ? "job-urgent" : "job", WORKER_STACK, worker_main, w);
                jr->alive += !r;
                jr->idle[w->pool] += !r;
                pthread_mutex_unlock(&jr->lock);
                if (r) {
                        job_runner_stop(jr);
                        return r;
                }
                jr->n_workers++;
        }
        job_runner_wake(jr);
        return 0;
}

int job_runner_start(struct job_runner **out, const struct job_runner_options *o)
{
        struct job_runner *jr;
        int i, r;

        if (o->threads < 1 || o->threads > 64 || o->urgent_threads >= o->threads)
                return fatal(EINVAL, "job threads must be 1..64, and fewer of them urgent: %u, %u", o->threads, o->urgent_threads);
        jr = calloc(1, sizeof *jr);
        if (!jr || !(jr->workers = calloc(o->threads, sizeof *jr->workers))) {
                free(jr);
                return fatal(ENOMEM, "no memory for the job threads");
        }
        jr->o = *o;
        jr->general = o->threads - o->urgent_threads;
        store_ctx(&jr->proto, &o->proto, NULL, 0, 0);
        pthread_mutex_init(&jr->lock, NULL);
        cond_init(&jr->scheduler_cond);
        for (i = 0; i < POOLS; i++) {
                cond_init(&jr->pool_cond[i]);
                jr->queue_tail[i] = &jr->queue[i];
        }
        r = free_claims(jr);
        if (r) {
                runner_free(jr);
                return r;
        }
        r = start_threads(jr);
        if (!r)
                *out = jr;
        return r;
}

void job_runner_wake(struct job_runner *jr)
{
        pthread_mutex_lock(&jr->lock);
        jr->wake = true;
        pthread_cond_signal(&jr->scheduler_cond);
        pthread_mutex_unlock(&jr->lock);
}

struct moment {
        int64_t run_at;
};

/* Does a row want to run now, or is one running? */
static bool any_due(struct job_runner *jr)
{
        static const struct db_col cols[] = {DB_COL_I(struct moment, run_at)};
        static const struct query q = {
                .name = "store.job_any_due",
                .sql = "select run_at from store_job where state in (1, 2) or (state = 0 and run_at <= $1) limit 1",
                .args = "i",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct moment),
        };
        struct moment any;
        struct arena arena;
        struct ctx ctx;
        int r;

        arena_init(&arena, 0);
        store_ctx(&ctx, &jr->proto, &arena, 0, clock_now(jr->o.clock));
        r = db_begin(jr->o.db, &ctx, DB_READ);
        if (!r) {
                r = db_one(&ctx, &q, &any, DB_I(ctx.now));
                db_rollback(&ctx);
        }
        arena_release(&arena);
        return r != DB_E_NONE;
}

/* Quiet before and after the look at the rows, with no batch between: nothing slipped from one place to the other. */
bool job_runner_idle(struct job_runner *jr)
{
        uint64_t batches;
        bool quiet;

        pthread_mutex_lock(&jr->lock);
        quiet = !jr->flying && !jr->in_batch;
        batches = jr->batches;
        pthread_mutex_unlock(&jr->lock);
        if (!quiet || any_due(jr))
                return false;
        pthread_mutex_lock(&jr->lock);
        quiet = !jr->flying && !jr->in_batch && jr->batches == batches;
        pthread_mutex_unlock(&jr->lock);
        return quiet;
}

void job_runner_stop(struct job_runner *jr)
{
        int64_t until = clock_mono_ms() + STOP_MS;
        unsigned i, stuck;

        if (!jr)
                return;
        pthread_mutex_lock(&jr->lock);
        jr->stopping = true;
        pthread_cond_broadcast(&jr->scheduler_cond);
        for (i = 0; i < POOLS; i++)
                pthread_cond_broadcast(&jr->pool_cond[i]);
        pthread_mutex_unlock(&jr->lock);
        pthread_join(jr->scheduler, NULL);

        pthread_mutex_lock(&jr->lock);
        while (jr->alive > 0 && clock_mono_ms() < until)
                cond_wait_ms(&jr->scheduler_cond, &jr->lock, until - clock_mono_ms());
        stuck = jr->alive;
        jr->abandoned = stuck > 0;
        while (jr->settling > 0)
                pthread_cond_wait(&jr->scheduler_cond, &jr->lock);
        pthread_mutex_unlock(&jr->lock);
        if (stuck == 0) {
                for (i = 0; i < jr->n_workers; i++)
                        pthread_join(jr->workers[i].thread, NULL);
                runner_free(jr);
                return;
        }
        /* They hang in a call. The process is about to end; what they touch when they return stays theirs. */
        log_event(LOG_WARN, "job.abandoned", "threads", log_int(stuck), NULL);
        for (i = 0; i < jr->n_workers; i++)
                pthread_detach(jr->workers[i].thread);
}
