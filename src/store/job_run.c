/* The runner: workers call what the scheduler (job_schedule.c) claimed and prepared, and bring the outcome back. */
#include "store/job_runner.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define WORKER_STACK (256u << 10)
#define SCHEDULER_STACK (1u << 20)
#define STOP_MS 10000

void runs_init(struct runs *runs)
{
        *runs = (struct runs){.tail = &runs->first};
}

void runs_add(struct runs *runs, struct run *run)
{
        run->next = NULL;
        *runs->tail = run;
        runs->tail = &run->next;
}

struct run *runs_take(struct runs *runs)
{
        struct run *run = runs->first;

        if (!run)
                return NULL;
        runs->first = run->next;
        if (!runs->first)
                runs->tail = &runs->first;
        return run;
}

/* ---- the workers ---- */

static int call(struct job_runner *jr, struct run *run)
{
        int r;

        run->ctx.now = clock_now(jr->o.clock);
        db_assert_none(&run->ctx);
        crash_at(0, run->job.job_id);
        r = run->kind->call(&run->ctx, &run->job, run->state);
        crash_past();
        if (r < 0)
                run->job.error = strerrordesc_np(-r);
        else if (arena_over(&run->arena))
                r = fatal(ENOMEM, "job %s: over the memory limit", run->job.kind);
        return r < 0 || r == JOB_EXPIRED ? JOB_RETRY : r == JOB_DONE ? 0 : r;
}

static void *worker_main(void *arg)
{
        struct worker *w = arg;
        struct job_runner *jr = w->runner;
        struct run *run;

        if (w->pool != URGENT)
                thread_gives_way();
        pthread_mutex_lock(&jr->lock);
        while (!jr->stopping) {
                run = runs_take(&jr->queue[w->pool]);
                if (!run) {
                        pthread_cond_wait(&jr->pool_cond[w->pool], &jr->lock);
                        continue;
                }
                pthread_mutex_unlock(&jr->lock);
                run->outcome = call(jr, run);
                pthread_mutex_lock(&jr->lock);
                if (jr->abandoned)
                        break;
                runs_add(&jr->finished, run);
                jr->wake = true;
                pthread_cond_signal(&jr->scheduler_cond);
        }
        jr->alive--;
        pthread_cond_signal(&jr->scheduler_cond);
        pthread_cond_signal(&jr->stop_cond);
        pthread_mutex_unlock(&jr->lock);
        return NULL;
}

/* ---- from outside ---- */

static int free_all(struct ctx *ctx, void *arg)
{
        (void)arg;
        return job_free_claims(ctx, 0);
}

/* A claim is by presence: alone on the database, whoever claimed these is gone. */
static int free_claims(struct job_runner *jr)
{
        struct arena arena;
        struct ctx tx;
        int r;

        arena_init(&arena, 0);
        store_ctx(&tx, &jr->proto, &arena, 0, clock_now(jr->o.clock));
        r = db_run(jr->o.db, &tx, DB_QUEUE, free_all, NULL);
        arena_release(&arena);
        return r;
}

static void runner_free(struct job_runner *jr)
{
        int i;

        for (i = 0; i < POOLS; i++)
                pthread_cond_destroy(&jr->pool_cond[i]);
        pthread_cond_destroy(&jr->scheduler_cond);
        pthread_cond_destroy(&jr->stop_cond);
        job_places_drop(jr);
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
                return fatal(EINVAL, "job threads must be 1..64, and fewer of them urgent: %u, %u", o->threads,
                             o->urgent_threads);
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
        cond_init(&jr->stop_cond);
        runs_init(&jr->finished);
        for (i = 0; i < POOLS; i++) {
                cond_init(&jr->pool_cond[i]);
                runs_init(&jr->queue[i]);
        }
        if (o->process)
                jr->claimed_by = process_id(o->process);
        r = o->process ? 0 : free_claims(jr); /* whoever joined has seen to it */
        if (r) {
                runner_free(jr);
                return r;
        }
        *out = jr; /* before the threads: what they commit may be told to somebody who looks for the runner there */
        r = start_threads(jr);
        if (r)
                *out = NULL;
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

#define AWAKE "merchant_id not in (select merchant_id from store_share where resting = 1)"

/* Does a row want to run now? What runs is in flight here; on PostgreSQL perhaps elsewhere. */
static bool any_due(struct job_runner *jr)
{
        static const struct db_col cols[] = {DB_COL_I(struct moment, run_at)};
        static const struct query q = {
                .name = "store.job_any_due",
                .sql = "select run_at from store_job where state = 1 and " AWAKE
                       " union all select run_at from store_job where state = 0 and run_at <= $1 and " AWAKE " limit 1",
                .sql_pg = "select run_at from store_job where (state in (1, 2) or (state = 0 and run_at <= $1)) and " AWAKE
                          " union all select run_at from store_job_ask limit 1",
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

bool job_runner_stop(struct job_runner *jr)
{
        int64_t until = clock_mono_ms() + STOP_MS;
        unsigned i, stuck;

        if (!jr)
                return true;
        pthread_mutex_lock(&jr->lock);
        jr->stopping = true;
        pthread_cond_broadcast(&jr->scheduler_cond);
        for (i = 0; i < POOLS; i++)
                pthread_cond_broadcast(&jr->pool_cond[i]);
        while (jr->alive > 0 && clock_mono_ms() < until)
                cond_wait_ms(&jr->stop_cond, &jr->lock, until - clock_mono_ms());
        stuck = jr->alive;
        jr->abandoned = stuck > 0;
        pthread_cond_broadcast(&jr->scheduler_cond);
        pthread_mutex_unlock(&jr->lock);

        pthread_join(jr->scheduler, NULL); /* it settles what the workers brought back */
        if (stuck == 0) {
                for (i = 0; i < jr->n_workers; i++)
                        pthread_join(jr->workers[i].thread, NULL);
                job_runs_drop(jr);
                runner_free(jr);
                return true;
        }
        /* They hang in a call. The process is about to end; what they touch when they return stays theirs. */
        log_event(LOG_WARN, "job.abandoned", "threads", log_int(stuck), NULL);
        for (i = 0; i < jr->n_workers; i++)
                pthread_detach(jr->workers[i].thread);
        return false;
}
