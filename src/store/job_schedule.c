/*
 * The scheduler. One batch after the other: it settles what the workers brought back, claims as many jobs (job_claim.c)
 * as workers are free and prepares them, a savepoint for each step; jobs without a call end right there. So a hundred
 * jobs cost a few commits, and the write lock is asked for by one thread instead of sixty-four. It goes round the merchants
 * of each class, and round the lanes (account, kind) of a merchant, taking one job at a time.
 *
 * It sleeps until it is woken or the next job is due. What it leaves behind for want of a worker or by a cap is looked
 * at again when a worker comes back.
 */
#include "store/job_runner.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ARENA_LIMIT (32u << 20)
#define PREPARE_TRIES 20
#define GATHER_MS 5     /* the longest rest between two batches that are not full */
#define TROUBLE_MS 1000 /* pause after a transaction failed as a whole: disk full, I/O error */
#define SLEEP_MAX_MS 60000
#define SLEEP_SHARED_MS 2000 /* other processes bring about what nobody tells us: a back-off, a job they cannot take */
#define SLEEP_MANUAL_MS 250 /* a manual clock may be pushed without a word to us */

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

void run_free(struct job_runner *jr, struct run *run)
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
        crash_at(0, run->job.job_id);
        got = step(run, given);
        crash_past();
        run->ctx.db = NULL;
        if (got >= 0 && arena_over(&run->arena))
                got = fatal(ENOMEM, "job %s: over the memory limit", run->job.kind);
        r = got >= 0 ? db_save_release(tx) : got;
        if (!r) {
                *outcome = got;
                return 0;
        }
        got = r;
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

int job_begin(struct batch *b, struct run *run)
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
        if (run->worker) {
                run->worker = false;
                b->free[run->pool]++;
                b->bulk -= run->job.class_ == JOB_BULK;
        }
        b->full = b->full || !b->at_once; /* a worker is to be had, and the time that comes next was asked for too early */
        return job_finish(b->tx, kind, &run->job, outcome == JOB_RETRY ? JOB_AGAIN_LATER : JOB_END);
}

static int prepare_all(struct batch *b)
{
        struct run *run;
        int r = 0;

        for (unsigned i = 0; !r && i < b->n; i++) {
                run = b->runs[i];
                run->job = run->claimed; /* it may be the second time */
                run->state = NULL;
                run->call = false;
                arena_reset(&run->arena, run->mark);
                ctx_after_clear(&run->ctx);
                r = job_begin(b, run);
        }
        return r;
}

/* Is it still ours? Not when we were taken for dead: then another process runs it, and decides. */
static int still_ours(struct batch *b, const struct run *run)
{
        static const struct db_col cols[] = {DB_COL_I(struct job, job_id)};
        static const struct query q = {
                .name = "store.job_ours",
                .sql = "select job_id from store_job where job_id = $1 and state = 2 and claimed_by = $2",
                .args = "ii",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct job),
        };
        struct job found;

        return db_one(b->tx, &q, &found, DB_I(run->job.job_id), DB_I(b->jr->claimed_by));
}

/* The outcome of a call is kept until it is on disk: a full disk must not make us forget what the platform did. */
static int settle(struct batch *b, struct run *run)
{
        int verdict = run->outcome == JOB_UNKNOWN ? JOB_RETRY : run->outcome, r = still_ours(b, run);

        if (r == DB_E_NONE) {
                log_event(LOG_WARN, "job.not_ours", "kind", run->job.kind, "job", log_int(run->job.job_id), NULL);
                return 0;
        }
        if (!r && run->kind->settle)
                r = run_step(b->tx, run, step_settle, run->outcome, &verdict);
        if (!r)
                r = job_finish(b->tx, run->kind, &run->job, verdict == JOB_RETRY ? JOB_AGAIN_LATER : JOB_END);
        return r > 0 ? status_fold(r) : r;
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
                run->worker = false; /* no longer counts for its lane's cap */
                b->bulk -= run->job.class_ == JOB_BULK;
                b->free[run->pool]++;
        }
        b->full = true;
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

/* After the commit: word goes out, and workers are free again. */
static void hand_settled(struct batch *b)
{
        struct job_runner *jr = b->jr;
        struct run *run;

        for (unsigned i = 0; i < b->n_settled; i++) {
                run = b->settled[i];
                tell(jr, run);
                pthread_mutex_lock(&jr->lock);
                jr->idle[run->pool]++;
                pthread_mutex_unlock(&jr->lock);
                run_free(jr, run);
        }
        b->n_settled = 0;
}

/* After the commit: what is to be called goes to the workers. */
static void hand_prepared(struct batch *b)
{
        struct job_runner *jr = b->jr;
        struct run *run;

        for (unsigned i = 0; i < b->n; i++) {
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
        b->n = 0;
}

/* Nothing of it happened: claims are given up, outcomes wait for the next batch. */
static void undo_claims(struct batch *b)
{
        for (unsigned i = 0; i < b->n; i++)
                run_free(b->jr, b->runs[i]);
        b->n = 0;
}

static void undo_settled(struct batch *b)
{
        struct job_runner *jr = b->jr;

        pthread_mutex_lock(&jr->lock);
        for (unsigned i = 0; i < b->n_settled; i++) {
                b->settled[i]->worker = true;
                ctx_after_clear(&b->settled[i]->ctx);
                runs_add(&jr->finished, b->settled[i]);
        }
        pthread_mutex_unlock(&jr->lock);
        b->n_settled = 0;
}

enum { SETTLE = 1, CLAIM = 2, PREPARE = 4 };

/* Some of a batch's steps in one transaction. */
static int transact(struct batch *b, unsigned steps, enum db_mode mode, bool alone, int64_t *next_due)
{
        int r = db_begin(b->jr->o.db, b->tx, mode);

        if (r)
                return r;
        if (mode == DB_WRITE)
                r = db_turn(b->tx, alone);
        b->until = clock_mono_ms() + BATCH_MS;
        if (!r && steps & SETTLE)
                r = settle_all(b);
        if (!r && steps & CLAIM)
                r = job_claim(b);
        if (!r && steps & PREPARE)
                r = prepare_all(b);
        if (!r && steps & CLAIM)
                r = job_first_later(b->tx, next_due);
        if (!r)
                return db_commit(b->tx);
        db_rollback(b->tx);
        return r;
}

/* Nobody else looks for what a living process has claimed. */
static void unclaim(struct batch *b)
{
        static const struct query q = {
                .name = "store.job_unclaim",
                .sql = "update store_job set state = 1 where state = 2 and claimed_by = $1 and job_id in (:list $2)",
                .args = "iI",
        };
        int64_t ids[BATCH_MAX];
        int r;

        for (unsigned i = 0; i < b->n; i++)
                ids[i] = b->runs[i]->claimed.job_id;
        do {
                r = db_begin(b->jr->o.db, b->tx, DB_QUEUE);
                if (!r)
                        r = db_exec(b->tx, &q, DB_I(b->jr->claimed_by), DB_LIST_I(ids, b->n));
                if (!r)
                        r = db_commit(b->tx);
                db_rollback(b->tx);
                if (r)
                        nanosleep(&(struct timespec){.tv_sec = TROUBLE_MS / 1000}, NULL);
        } while (r && !b->jr->stopping);
}

/* The claims are on disk: prepared here, or given back. */
static int prepare_claimed(struct batch *b, int64_t *next_due)
{
        unsigned tries = 0;
        int r;

        while ((r = transact(b, PREPARE, DB_WRITE, tries > 0, next_due)) == -EAGAIN && tries < PREPARE_TRIES)
                db_pause(tries++);
        if (r) {
                unclaim(b);
                undo_claims(b);
                return r;
        }
        hand_prepared(b);
        return 0;
}

/*
 * SQLite: one commit for all three steps. PostgreSQL: a claim skips the rows that others have locked, which needs read
 * committed, so it has a transaction of its own between those that settle and prepare.
 */
static int work(struct batch *b, bool claim, bool finished, int64_t *next_due)
{
        int r = 0;

        if (db_kind(b->jr->o.db) == DB_SQLITE) {
                b->at_once = true;
                r = transact(b, SETTLE | (claim ? CLAIM : 0), DB_WRITE, false, next_due);
                if (r) {
                        undo_claims(b);
                        undo_settled(b);
                        return r;
                }
                hand_settled(b);
                hand_prepared(b);
                return 0;
        }
        if (finished)
                r = transact(b, SETTLE, DB_WRITE, b->jr->lost > 0, next_due);
        if (r)
                undo_settled(b);
        else
                hand_settled(b);
        if (r || !claim)
                return r;
        r = transact(b, CLAIM, DB_QUEUE, false, next_due);
        b->jr->unsure = r == -EAGAIN ? b->jr->unsure : r != 0;
        if (r)
                undo_claims(b);
        return r || !b->n ? r : prepare_claimed(b, next_due);
}

/* With the lock held; lets go of it meanwhile. */
static int schedule(struct job_runner *jr)
{
        struct batch b = {.jr = jr};
        bool claim = !jr->stopping && !(jr->o.process && process_cut(jr->o.process));
        bool finished = jr->finished.first;
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
        r = work(&b, claim, finished, &next_due);
        if (!r)
                jr->seen_now = tx.now;
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
 * Commits that follow one another at once mostly wait for the disk, and make the ledger's writer wait for it too. So it rests
 * as long as it has worked: under load one commit is made of many, and half of the time is the others'. What took less than a
 * millisecond is no load, and whoever comes next does not wait. Lock held.
 */
static void gather(struct job_runner *jr, int64_t begun)
{
        int64_t now = clock_mono_ms(), worked = now - begun, until = now + (worked < GATHER_MS ? worked : GATHER_MS);

        while (!jr->stopping && now < until) {
                cond_wait_ms(&jr->scheduler_cond, &jr->lock, until - now);
                now = clock_mono_ms();
        }
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
                pause = jr->o.clock->manual ? SLEEP_MANUAL_MS
                        : db_kind(jr->o.db) == DB_POSTGRES ? SLEEP_SHARED_MS
                                                           : SLEEP_MAX_MS;
                if (jr->next_due > 0 && jr->next_due - now < pause)
                        pause = jr->next_due - now;
                cond_wait_ms(&jr->scheduler_cond, &jr->lock, pause);
                jr->wake = jr->wake || db_kind(jr->o.db) == DB_POSTGRES;
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
