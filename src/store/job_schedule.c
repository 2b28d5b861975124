/*
 * The scheduler: claims several jobs in one WRITE transaction and runs their prepare steps in it, a savepoint each, only ever
 * as many as workers are free; jobs without a call end right there. It walks the lanes (merchant, account, kind) of each
 * class in turn, taking one job from each: a lane of a thousand jobs has one turn in a round like a lane of one.
 *
 * It sleeps until it is woken or the next job is due. What it leaves behind for want of a worker or by a cap is looked at
 * again when a worker comes back.
 */
#include "store/job_runner.h"

#include "base/log.h"

#include <stdio.h>

#define BATCH_MAX 32
#define BATCH_MS 20
#define TROUBLE_MS 1000 /* pause after a transaction failed as a whole: disk full, I/O error */
#define SLEEP_MAX_MS 60000
#define SLEEP_MANUAL_MS 250 /* a manual clock may be pushed without a word to us */

static int step_prepare(struct run *run, int given)
{
        (void)given;
        return run->kind->prepare(&run->ctx, &run->job, &run->state);
}

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
                        r = run_step(b->tx, run, run_settle, JOB_EXPIRED, &outcome);
                        if (r)
                                return r;
                }
                return job_finish(b->tx, kind, &run->job, outcome == JOB_RETRY ? JOB_AGAIN_LATER : JOB_END);
        }
        if (kind->prepare) {
                r = run_step(b->tx, run, step_prepare, 0, &outcome);
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
        for (i = 0; !r && i < JOB_CLASSES; i++)
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

void *scheduler_main(void *arg)
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
