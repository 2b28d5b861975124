/*
 * The runner: one scheduler that claims and prepares, many workers that call and settle.
 *
 * The scheduler claims several jobs in one WRITE transaction and runs their prepare steps in it, a savepoint each, only
 * ever as many as workers are free; jobs without a call end right there. It walks the lanes (merchant, account, kind) of
 * each class in turn, taking one job from each: a lane of a thousand jobs has one turn in a round like a lane of one.
 *
 * It sleeps until it is woken or the next job is due. What it leaves behind for want of a worker or by a cap is looked at
 * again when a worker comes back.
 */
#include "store/job_impl.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/store.h"
#include "store/thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ARENA_LIMIT (32u << 20)
#define WORKER_STACK (256u << 10)
#define SCHEDULER_STACK (1u << 20)
#define BATCH_MAX 32
#define BATCH_MS 20
#define TROUBLE_MS 1000 /* pause after a transaction failed as a whole: disk full, I/O error */
#define SLEEP_MAX_MS 60000
#define SLEEP_MANUAL_MS 250 /* a manual clock may be pushed without a word to us */
#define STOP_MS 10000
#define CLASSES (JOB_LOCAL + 1)

enum { URGENT, GENERAL, POOLS };

/* One job in flight, from its claim to its settlement. */
struct run {
        struct run *next;        /* in the hand-over queue of its pool */
        struct run *prev_flying, *next_flying;
        struct arena arena;
        struct ctx ctx;
        struct job job;
        const struct job_kind *kind;
        void *state;
        bool call; /* prepared, and to be called */
};

struct lane {
        int64_t job_id, merchant_id, account_id;
        const char *kind;
        char kind_kept[80];
};

struct worker {
        struct job_runner *runner;
        pthread_t thread;
        int pool;
};

struct job_runner {
        struct job_runner_options o;
        struct ctx proto;

        pthread_mutex_t lock;
        pthread_cond_t scheduler_cond, pool_cond[POOLS];
        bool wake; /* something may be ready */
        bool stopping, abandoned, in_batch;
        uint64_t batches;
        int64_t next_due; /* business ms; 0 = nothing waits for a time */
        unsigned idle[POOLS];
        struct run *queue[POOLS], **queue_tail[POOLS];
        struct run *flying;

        /* The scheduler's own: */
        struct lane cursor[CLASSES];
        unsigned general; /* workers that take any class */
        pthread_t scheduler;
        struct worker *workers;
        unsigned n_workers;
};

/* ---- runs ---- */

static struct run *run_new(struct job_runner *jr, int64_t merchant, int64_t now)
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

static void run_free(struct job_runner *jr, struct run *run)
{
        pthread_mutex_lock(&jr->lock);
        run_free_locked(jr, run);
        pthread_mutex_unlock(&jr->lock);
}

/*
 * Runs a step inside a savepoint of tx. Its fatal status (or too much memory used) undoes the step alone and counts as
 * JOB_RETRY in *outcome; the returned status is the transaction's own, and ends it.
 */
static int guarded(struct ctx *tx, struct run *run, int (*step)(struct run *, int given), int given, int *outcome)
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

static int step_prepare(struct run *run, int given)
{
        (void)given;
        return run->kind->prepare(&run->ctx, &run->job, &run->state);
}

static int step_settle(struct run *run, int given)
{
        return run->kind->settle(&run->ctx, &run->job, run->state, given);
}

/* ---- the scheduler ---- */

struct batch {
        struct job_runner *jr;
        struct ctx *tx;
        unsigned free[POOLS];
        unsigned bulk; /* in flight */
        unsigned n;
        int64_t until;
        struct run *runs[BATCH_MAX];
};

/* Is there a worker for this class? Bulk never takes more than half of them. */
static bool room(struct batch *b, int class_)
{
        if (b->n >= BATCH_MAX || clock_mono_ms() >= b->until)
                return false;
        switch (class_) {
        case JOB_LOCAL:
                return true;
        case JOB_URGENT:
                return b->free[URGENT] + b->free[GENERAL] > 0;
        case JOB_BULK:
                return b->free[GENERAL] > 0 && b->bulk < (b->jr->general + 1) / 2;
        default:
                return b->free[GENERAL] > 0;
        }
}

static bool capped(struct job_runner *jr, const struct lane *lane)
{
        const struct job_kind *kind = job_kind_find(jr->proto.registry, lane->kind);
        const struct run *run;
        unsigned n = 0;

        if (!kind || kind->per_account == 0)
                return false;
        pthread_mutex_lock(&jr->lock);
        for (run = jr->flying; run; run = run->next_flying)
                n += run->call && run->kind == kind && run->job.merchant_id == lane->merchant_id && run->job.account_id == lane->account_id;
        pthread_mutex_unlock(&jr->lock);
        return n >= kind->per_account;
}

/* The claimed job's first step. A status here ends the batch. */
static int run_begin(struct batch *b, struct run *run)
{
        const struct job_kind *kind = run->kind;
        int outcome = 0, r;

        if (!kind)
                return job_bury(b->tx, &run->job, "this program knows no such kind of job");
        if (run->job.deadline > 0 && run->job.deadline <= b->tx->now) {
                metric_add(&job_metric_expired, 1);
                log_event(LOG_WARN, "job.expired", "kind", kind->name, "job", log_int(run->job.job_id), NULL);
                if (kind->settle) {
                        r = guarded(b->tx, run, step_settle, JOB_EXPIRED, &outcome);
                        if (r)
                                return r;
                }
                return job_finish(b->tx, kind, &run->job, outcome == JOB_RETRY ? JOB_AGAIN_LATER : JOB_END);
        }
        if (kind->prepare) {
                r = guarded(b->tx, run, step_prepare, 0, &outcome);
                if (r)
                        return r;
        }
        if (outcome == 0 && kind->call) {
                run->call = true;
                return 0;
        }
        return job_finish(b->tx, kind, &run->job, outcome == JOB_RETRY ? JOB_AGAIN_LATER : JOB_END);
}

static int take(struct batch *b, const struct lane *lane, int class_)
{
        static const struct query claim = {
                .name = "store.job_claim",
                .sql = "update store_job set state = 2 where job_id = $1 and state = 1 returning " JOB_SELECT,
                .args = "i",
                .row = job_cols,
                .n_row = JOB_N_COLS,
                .size = sizeof(struct job),
        };
        struct run *run = run_new(b->jr, lane->merchant_id, b->tx->now);
        int r;

        if (!run)
                return fatal(ENOMEM, "no memory for a job");
        b->runs[b->n++] = run;
        run->ctx.db = b->tx->db;
        r = db_one(&run->ctx, &claim, &run->job, DB_I(lane->job_id));
        run->ctx.db = NULL;
        if (r)
                return status_fold(r);
        run->job.error = NULL; /* the last run's; this one has its own cause */
        run->kind = job_kind_find(b->jr->proto.registry, run->job.kind);
        r = run_begin(b, run);
        if (r || !run->call)
                return r;
        b->free[class_ == JOB_URGENT && b->free[URGENT] > 0 ? URGENT : GENERAL]--;
        b->bulk += class_ == JOB_BULK;
        return 0;
}

/* The first ready job of the lane behind `after`. DB_E_NONE at the end. */
static int next_lane(struct ctx *tx, int class_, const struct lane *after, struct lane *out)
{
        static const struct db_col cols[] = {
                DB_COL_I(struct lane, job_id),
                DB_COL_I(struct lane, merchant_id),
                DB_COL_I(struct lane, account_id),
                DB_COL_T(struct lane, kind),
        };
        static const struct query q = {
                .name = "store.job_next_lane",
                .sql = "select job_id, merchant_id, account_id, kind from store_job where state = 1 and class = $1"
                       " and (merchant_id, account_id, kind) > ($2, $3, $4)"
                       " order by merchant_id, account_id, kind, run_at, job_id limit 1",
                .args = "iiit",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct lane),
        };

        return db_one(tx, &q, out, DB_I(class_), DB_I(after->merchant_id), DB_I(after->account_id), DB_T(after->kind_kept));
}

/* Goes round the lanes of a class, one job from each, until nothing is to be had or no worker is free. */
static int walk(struct batch *b, int class_)
{
        struct lane *at = &b->jr->cursor[class_], lane;
        bool took = true; /* the first pass begins in the middle: one from the front must follow */
        int r;

        while (room(b, class_)) {
                r = next_lane(b->tx, class_, at, &lane);
                if (r < 0)
                        return r;
                if (r == DB_E_NONE) {
                        *at = (struct lane){0};
                        if (!took)
                                return 0;
                        took = false;
                        continue;
                }
                if (r)
                        return status_fold(r);
                *at = lane;
                snprintf(at->kind_kept, sizeof at->kind_kept, "%s", lane.kind);
                if (capped(b->jr, &lane))
                        continue;
                r = take(b, &lane, class_);
                if (r)
                        return r;
                took = true;
        }
        return 0;
}

/* What was waiting for a time that has come. */
static int promote(struct ctx *tx)
{
        static const struct query q = {
                .name = "store.job_due", .sql = "update store_job set state = 1 where state = 0 and run_at <= $1", .args = "i"};
        int r = db_exec(tx, &q, DB_I(tx->now));

        return r ? status_fold(r) : 0;
}

struct moment {
        int64_t run_at;
};

/* The time that comes next; 0 = none. */
static int first_later(struct ctx *tx, int64_t *next_due)
{
        static const struct db_col cols[] = {DB_COL_I(struct moment, run_at)};
        static const struct query q = {
                .name = "store.job_first_later",
                .sql = "select min(run_at) as run_at from store_job where state = 0",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct moment),
        };
        struct moment first;
        int r = db_one(tx, &q, &first);

        if (r)
                return status_fold(r);
        *next_due = first.run_at;
        return 0;
}

static int batch_fill(struct batch *b, int64_t *next_due)
{
        static const int usual[] = {JOB_LOCAL, JOB_URGENT, JOB_NORMAL, JOB_BULK};
        static const int turned[] = {JOB_BULK, JOB_NORMAL, JOB_URGENT, JOB_LOCAL};
        const int *order = b->jr->batches % 8 == 7 ? turned : usual; /* so that nobody waits for ever */
        size_t i;
        int r;

        r = promote(b->tx);
        for (i = 0; !r && i < CLASSES; i++)
                r = walk(b, order[i]);
        return r ? r : first_later(b->tx, next_due);
}

/* After the commit: word goes out, and what is to be called goes to its workers. */
static void batch_hand_over(struct job_runner *jr, struct batch *b)
{
        struct run *run;
        unsigned i;
        int pool;

        for (i = 0; i < b->n; i++) {
                run = b->runs[i];
                if (run->ctx.after.jobs)
                        job_runner_wake(jr);
                jr->o.committed(jr->o.arg, &run->ctx);
                ctx_after_clear(&run->ctx);
                if (!run->call) {
                        run_free(jr, run);
                        continue;
                }
                pthread_mutex_lock(&jr->lock);
                pool = run->job.class_ == JOB_URGENT && jr->idle[URGENT] > 0 ? URGENT : GENERAL;
                jr->idle[pool]--; /* this one is spoken for */
                *jr->queue_tail[pool] = run;
                jr->queue_tail[pool] = &run->next;
                pthread_cond_signal(&jr->pool_cond[pool]);
                pthread_mutex_unlock(&jr->lock);
        }
}

static int batch_run(struct job_runner *jr, struct batch *b, struct ctx *tx)
{
        int64_t next_due = 0;
        unsigned i;
        int r;

        r = db_begin(jr->o.db, tx, DB_WRITE);
        if (!r) {
                r = batch_fill(b, &next_due);
                if (r)
                        db_rollback(tx);
                else
                        r = db_commit(tx);
        }
        if (r) {
                for (i = 0; i < b->n; i++)
                        run_free(jr, b->runs[i]);
                return r;
        }
        pthread_mutex_lock(&jr->lock);
        jr->next_due = next_due;
        pthread_mutex_unlock(&jr->lock);
        batch_hand_over(jr, b);
        return 0;
}

/* With the lock held; lets go of it meanwhile. */
static void schedule(struct job_runner *jr)
{
        struct batch b = {.jr = jr, .until = clock_mono_ms() + BATCH_MS};
        const struct run *run;
        struct arena arena;
        struct ctx tx;
        bool full;
        int r;

        jr->wake = false;
        jr->in_batch = true;
        jr->batches++;
        b.free[URGENT] = jr->idle[URGENT];
        b.free[GENERAL] = jr->idle[GENERAL];
        for (run = jr->flying; run; run = run->next_flying)
                b.bulk += run->job.class_ == JOB_BULK;
        pthread_mutex_unlock(&jr->lock);

        arena_init(&arena, 0);
        store_ctx(&tx, &jr->proto, &arena, 0, clock_now(jr->o.clock));
        b.tx = &tx;
        r = batch_run(jr, &b, &tx);
        full = b.n == BATCH_MAX || clock_mono_ms() >= b.until;
        arena_release(&arena);

        pthread_mutex_lock(&jr->lock);
        jr->in_batch = false;
        if (r) {
                jr->wake = true;
                if (!jr->stopping)
                        cond_wait_ms(&jr->scheduler_cond, &jr->lock, TROUBLE_MS);
        } else if (full) {
                jr->wake = true; /* it ended for its size, not for want of workers */
        }
}

static void *scheduler_main(void *arg)
{
        struct job_runner *jr = arg;
        int64_t pause, now;

        pthread_mutex_lock(&jr->lock);
        while (!jr->stopping) {
                now = clock_now(jr->o.clock);
                if (jr->wake || (jr->next_due > 0 && jr->next_due <= now)) {
                        schedule(jr);
                        continue;
                }
                pause = jr->o.clock->manual ? SLEEP_MANUAL_MS : SLEEP_MAX_MS;
                if (jr->next_due > 0 && jr->next_due - now < pause)
                        pause = jr->next_due - now;
                cond_wait_ms(&jr->scheduler_cond, &jr->lock, pause);
        }
        pthread_mutex_unlock(&jr->lock);
        return NULL;
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
                r = guarded(tx, run, step_settle, outcome, &verdict);
        if (!r)
                r = job_finish(tx, run->kind, &run->job, verdict == JOB_RETRY ? JOB_AGAIN_LATER : JOB_END);
        if (!r)
                return db_commit(tx);
        db_rollback(tx);
        return r;
}

static bool is_abandoned(struct job_runner *jr)
{
        bool abandoned;

        pthread_mutex_lock(&jr->lock);
        abandoned = jr->abandoned;
        pthread_mutex_unlock(&jr->lock);
        return abandoned;
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

        if (is_abandoned(jr))
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
                r = thread_start(&w->thread, w->pool == URGENT ? "job-urgent" : "job", WORKER_STACK, worker_main, w);
                if (r) {
                        job_runner_stop(jr);
                        return r;
                }
                jr->n_workers++;
                pthread_mutex_lock(&jr->lock);
                jr->idle[w->pool]++;
                pthread_mutex_unlock(&jr->lock);
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
        struct timespec until;
        unsigned i, stuck = 0;

        if (!jr)
                return;
        pthread_mutex_lock(&jr->lock);
        jr->stopping = true;
        pthread_cond_broadcast(&jr->scheduler_cond);
        for (i = 0; i < POOLS; i++)
                pthread_cond_broadcast(&jr->pool_cond[i]);
        pthread_mutex_unlock(&jr->lock);

        pthread_join(jr->scheduler, NULL);
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += STOP_MS / 1000;
        for (i = 0; i < jr->n_workers; i++)
                if (pthread_clockjoin_np(jr->workers[i].thread, NULL, CLOCK_MONOTONIC, &until) != 0)
                        jr->workers[stuck++] = jr->workers[i];
        if (stuck == 0) {
                runner_free(jr);
                return;
        }
        /* They hang in a call. The process is about to end; what they would touch when they return stays theirs. */
        log_event(LOG_WARN, "job.abandoned", "threads", log_int(stuck), NULL);
        pthread_mutex_lock(&jr->lock);
        jr->abandoned = true;
        pthread_mutex_unlock(&jr->lock);
        for (i = 0; i < stuck; i++)
                pthread_detach(jr->workers[i].thread);
}
