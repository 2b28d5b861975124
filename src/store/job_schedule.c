/*
 * The scheduler. One WRITE transaction after the other: it settles what the workers brought back, claims as many jobs
 * as workers are free and prepares them, a savepoint for each step; jobs without a call end right there. So a hundred
 * jobs cost a few commits, and the write lock is asked for by one thread instead of sixty-four. It walks the lanes
 * (merchant, account, kind) of each class in turn, taking one job from each: a lane of a thousand jobs has one turn in
 * a round like a lane of one.
 *
 * It sleeps until it is woken or the next job is due. What it leaves behind for want of a worker or by a cap is looked
 * at again when a worker comes back.
 */
#include "store/job_runner.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_LIMIT (32u << 20)
#define BATCH_MAX 32 /* settled, and as many claimed */
#define BATCH_MS 8 /* of settling, and as much of claiming: whoever comes meanwhile waits for both and for the commit */
#define GATHER_MS 4     /* between the beginnings of two batches that are not full */
#define TROUBLE_MS 1000 /* pause after a transaction failed as a whole: disk full, I/O error */
#define CLOCK_STEP_MS 1000 /* less is the clock being adjusted as always */
#define SLEEP_MAX_MS 60000
#define SLEEP_MANUAL_MS 250 /* a manual clock may be pushed without a word to us */

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

static void run_free(struct job_runner *jr, struct run *run)
{
        pthread_mutex_lock(&jr->lock);
        if (run->next_flying)
                run->next_flying->prev_flying = run->prev_flying;
        if (run->prev_flying)
                run->prev_flying->next_flying = run->next_flying;
        else
                jr->flying = run->next_flying;
        pthread_mutex_unlock(&jr->lock);
        arena_release(&run->arena);
        free(run);
        metric_add(&job_metric_running, -1);
}

/*
 * Runs a step inside a savepoint of tx. Its fatal status (or too much memory used) undoes the step alone and counts as
 * JOB_RETRY in *outcome; the returned status is the transaction's own, and ends it.
 */
static int run_step(struct ctx *tx, struct run *run, int (*step)(struct run *, int given), int given, int *outcome)
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
        if (got == -EAGAIN)
                return got; /* the batch as a whole runs again */
        db_save_rollback(tx);
        store_after_reset(&run->ctx, mark);
        run->job.error = strerrordesc_np(-got);
        run->job.retry_in_ms = 0;
        *outcome = JOB_RETRY;
        return 0;
}

static int step_settle(struct run *run, int given)
{
        return run->kind->settle(&run->ctx, &run->job, run->state, given);
}

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
        int64_t until;
        unsigned n, n_settled;
        struct run *runs[BATCH_MAX], *settled[BATCH_MAX];
        bool full; /* it ended for its size or its time, not for want of work or workers */
};

/* Is there a worker for this class? Bulk never takes more than half of them. */
static bool room(struct batch *b, int class_)
{
        if (b->n >= BATCH_MAX || clock_mono_ms() >= b->until) {
                b->full = true;
                return false;
        }
        switch (class_) {
        case JOB_LOCAL:
                return true;
        case JOB_URGENT: /* never the last general one: a flood of pulls must not end all other work */
                return b->free[URGENT] > 0 || b->free[GENERAL] > (b->jr->general > 1);
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
                n += run->call && run->kind == kind && run->job.merchant_id == lane->merchant_id &&
                     run->job.account_id == lane->account_id;
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
                        r = run_step(b->tx, run, step_settle, JOB_EXPIRED, &outcome);
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
        run->pool = class_ == JOB_URGENT && b->free[URGENT] > 0 ? URGENT : GENERAL;
        b->free[run->pool]--;
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

        return db_one(tx, &q, out, DB_I(class_), DB_I(after->merchant_id), DB_I(after->account_id),
                      DB_T(after->kind_kept));
}

/* Goes round the lanes of a class, one job from each, until nothing is to be had, `most` are taken or no worker is free. */
static int walk(struct batch *b, int class_, unsigned most)
{
        struct lane *at = &b->jr->cursor[class_], lane;
        bool took = true; /* the first pass begins in the middle: one from the front must follow */
        int r;

        while (most > 0 && room(b, class_)) {
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
                most--;
        }
        return 0;
}

/* What was waiting for a time that has come. */
static int promote(struct ctx *tx)
{
        static const struct query q = {.name = "store.job_due",
                                       .sql = "update store_job set state = 1 where state = 0 and run_at <= $1",
                                       .args = "i"};
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

/* The outcome of a call is kept until it is on disk: a full disk must not make us forget what the platform did. */
static int settle(struct batch *b, struct run *run)
{
        int verdict = run->outcome == JOB_UNKNOWN ? JOB_RETRY : run->outcome, r = 0;

        if (run->kind->settle)
                r = run_step(b->tx, run, step_settle, run->outcome, &verdict);
        if (!r)
                r = job_finish(b->tx, run->kind, &run->job, verdict == JOB_RETRY ? JOB_AGAIN_LATER : JOB_END);
        return r;
}

static int settle_all(struct batch *b)
{
        struct job_runner *jr = b->jr;
        struct run *run;
        int r = 0;

        while (!r && b->n_settled < BATCH_MAX && clock_mono_ms() < b->until) {
                pthread_mutex_lock(&jr->lock);
                run = runs_take(&jr->finished);
                pthread_mutex_unlock(&jr->lock);
                if (!run)
                        return 0;
                b->settled[b->n_settled++] = run;
                r = settle(b, run);
                run->call = false; /* no longer counts for its lane's cap */
                b->bulk -= run->job.class_ == JOB_BULK;
                b->free[run->pool]++;
        }
        b->full = true;
        return r;
}

static int claim_all(struct batch *b)
{
        static const int usual[] = {JOB_LOCAL, JOB_URGENT, JOB_NORMAL, JOB_BULK};
        static const int turned[] = {JOB_BULK, JOB_NORMAL, JOB_URGENT, JOB_LOCAL};
        const int *order = b->jr->batches % 8 == 7 ? turned : usual; /* so that nobody waits for ever */
        size_t i;
        int r;

        b->until = clock_mono_ms() + BATCH_MS;
        r = promote(b->tx);
        /* One of the bulk is always under way, or a search index would never catch up with a busy day. */
        if (!r && !b->bulk)
                r = walk(b, JOB_BULK, 1);
        for (i = 0; !r && i < JOB_CLASSES; i++)
                r = walk(b, order[i], BATCH_MAX);
        return r;
}

/* The clock was set back: what waits was to wait a minute, not a minute and a day. It may run early, which prepare is
 * ready for; never that late. */
static int follow_clock(struct job_runner *jr, struct ctx *tx)
{
        static const struct query q = {
                .name = "store.job_clock_back",
                .sql = "update store_job set run_at = case when run_at - $1 > $2 then run_at - $1 else $2 end"
                       " where state = 0 and run_at > $2",
                .args = "ii",
        };
        int64_t back = jr->seen_now - tx->now;
        int r;

        if (back < CLOCK_STEP_MS)
                return 0;
        r = db_exec(tx, &q, DB_I(back), DB_I(tx->now));
        return r ? status_fold(r) : 0;
}

static int batch_write(struct batch *b, bool claim, int64_t *next_due)
{
        int r = db_begin(b->jr->o.db, b->tx, DB_WRITE);

        if (r)
                return r;
        r = follow_clock(b->jr, b->tx);
        if (!r)
                r = settle_all(b);
        if (!r && claim)
                r = claim_all(b);
        if (!r)
                r = first_later(b->tx, next_due);
        if (!r)
                return db_commit(b->tx);
        db_rollback(b->tx);
        return r;
}

static void tell(struct job_runner *jr, struct run *run)
{
        if (run->ctx.after.jobs)
                job_runner_wake(jr);
        if (jr->o.committed)
                jr->o.committed(jr->o.arg, &run->ctx);
        ctx_after_clear(&run->ctx);
}

/* After the commit: word goes out, workers are free again, and what is to be called goes to them. */
static void batch_hand_over(struct job_runner *jr, struct batch *b)
{
        struct run *run;
        unsigned i;

        for (i = 0; i < b->n_settled; i++) {
                run = b->settled[i];
                tell(jr, run);
                pthread_mutex_lock(&jr->lock);
                jr->idle[run->pool]++;
                pthread_mutex_unlock(&jr->lock);
                run_free(jr, run);
        }
        for (i = 0; i < b->n; i++) {
                run = b->runs[i];
                tell(jr, run);
                if (!run->call) {
                        run_free(jr, run);
                        continue;
                }
                pthread_mutex_lock(&jr->lock);
                jr->idle[run->pool]--;
                runs_add(&jr->queue[run->pool], run);
                pthread_cond_signal(&jr->pool_cond[run->pool]);
                pthread_mutex_unlock(&jr->lock);
        }
}

/* Nothing of it happened: claims are given up, outcomes wait for the next batch. */
static void batch_undo(struct job_runner *jr, struct batch *b)
{
        unsigned i;

        for (i = 0; i < b->n; i++)
                run_free(jr, b->runs[i]);
        pthread_mutex_lock(&jr->lock);
        for (i = 0; i < b->n_settled; i++) {
                b->settled[i]->call = true;
                ctx_after_clear(&b->settled[i]->ctx);
                runs_add(&jr->finished, b->settled[i]);
        }
        pthread_mutex_unlock(&jr->lock);
}

/* With the lock held; lets go of it meanwhile. */
static int schedule(struct job_runner *jr)
{
        struct batch b = {.jr = jr, .until = clock_mono_ms() + BATCH_MS};
        bool claim = !jr->stopping;
        const struct run *run;
        int64_t next_due = 0;
        struct arena arena;
        struct ctx tx;
        int r;

        jr->wake = false;
        jr->in_batch = true;
        jr->batches++;
        memcpy(b.free, jr->idle, sizeof b.free);
        for (run = jr->flying; run; run = run->next_flying)
                b.bulk += run->job.class_ == JOB_BULK;
        pthread_mutex_unlock(&jr->lock);

        arena_init(&arena, 0);
        store_ctx(&tx, &jr->proto, &arena, 0, clock_now(jr->o.clock));
        b.tx = &tx;
        r = batch_write(&b, claim, &next_due);
        if (r) {
                batch_undo(jr, &b);
        } else {
                jr->seen_now = tx.now;
                batch_hand_over(jr, &b);
        }
        arena_release(&arena);

        pthread_mutex_lock(&jr->lock);
        jr->in_batch = false;
        jr->full = b.full;
        jr->wake = jr->wake || b.full || r;
        jr->lost = r == -EAGAIN ? jr->lost + 1 : 0;
        if (!r)
                jr->next_due = next_due;
        return r;
}

/* Until the workers have ended, or were given up, and what they brought back is written. */
static void schedule_end(struct job_runner *jr)
{
        while (jr->finished.first || (jr->alive > 0 && !jr->abandoned)) {
                if (jr->finished.first && schedule(jr))
                        return; /* it cannot be written, and runs again at the next start */
                if (!jr->finished.first && jr->alive > 0 && !jr->abandoned)
                        pthread_cond_wait(&jr->scheduler_cond, &jr->lock);
        }
}

/*
 * Commits that follow one another at once mostly wait for the disk, and make the ledger's writer wait for it too. Under load
 * this little rest makes one commit of many; without load nobody notices, for the first of them comes at once. Lock held.
 */
static void gather(struct job_runner *jr, int64_t begun)
{
        int64_t left;

        while (!jr->stopping && (left = begun + GATHER_MS - clock_mono_ms()) > 0)
                cond_wait_ms(&jr->scheduler_cond, &jr->lock, left);
}

void *scheduler_main(void *arg)
{
        struct job_runner *jr = arg;
        int64_t pause, now, begun;

        thread_gives_way();
        pthread_mutex_lock(&jr->lock);
        while (!jr->stopping) {
                now = clock_now(jr->o.clock);
                if (jr->wake || (jr->next_due > 0 && jr->next_due <= now)) {
                        begun = clock_mono_ms();
                        if (schedule(jr) && !jr->stopping)
                                cond_wait_ms(&jr->scheduler_cond, &jr->lock, jr->lost ? 1 + jr->lost % 8 : TROUBLE_MS);
                        if (!jr->full)
                                gather(jr, begun);
                        continue;
                }
                pause = jr->o.clock->manual ? SLEEP_MANUAL_MS : SLEEP_MAX_MS;
                if (jr->next_due > 0 && jr->next_due - now < pause)
                        pause = jr->next_due - now;
                cond_wait_ms(&jr->scheduler_cond, &jr->lock, pause);
        }
        schedule_end(jr);
        pthread_mutex_unlock(&jr->lock);
        return NULL;
}

void job_runs_drop(struct job_runner *jr)
{
        while (jr->flying)
                run_free(jr, jr->flying);
}
