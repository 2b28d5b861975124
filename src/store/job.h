/*
 * Durable jobs: everything that happens later or elsewhere.
 *
 * A verb enqueues in its own transaction. Job threads run a job in three steps:
 *
 *   prepare   WRITE transaction: look at the rows again, decide, record what is about to happen. May end the job.
 *   call      no transaction, no connection: the remote call, blocking.
 *   settle    WRITE transaction: record the outcome.
 *
 * Each step but call may be NULL... but not all. A job without `call` runs prepare only.
 *
 * (merchant, kind, key) is unique among the jobs that have not ended: enqueueing it again while it waits changes nothing
 * (the earlier run_at wins, except in back-off), while it runs marks it to run once more, with the new payload. So "pull
 * account 7" is one row however many callbacks ask for it.
 *
 * A claim is by presence, not by time: it holds as long as the process lives that claimed the job (process.h); on SQLite
 * every claim is freed at start. Ended jobs are deleted; dead ones
 * (tries used up) stay with their cause until a person retries or drops them; expired ones (deadline passed) are counted
 * and handed to settle with JOB_EXPIRED.
 */
#ifndef STORE_JOB_H
#define STORE_JOB_H

#include "base/domain.h"
#include "store/db.h"
#include "store/process.h"

enum job_class { JOB_URGENT, JOB_NORMAL, JOB_BULK };

/* How a step ended, beyond 0 (go on / done). Fatal (negative) counts as JOB_RETRY with the default back-off. */
enum {
        JOB_DONE = 1,    /* prepare: nothing to do any more, end the job */
        JOB_RETRY = 2,   /* not now: again after back-off (or job->retry_in_ms when set) */
        JOB_UNKNOWN = 3, /* call: the request left and no answer came; settle decides what that means */
        JOB_REFUSED = 4, /* call: the platform said no for good; settle records it, the job ends */
        JOB_EXPIRED = 5, /* the deadline passed before the call; only ever given to settle */
};

struct job {
        int64_t job_id;
        int64_t merchant_id;
        const char *kind;
        const char *key;     /* unique among waiting and running jobs of the kind */
        int64_t account_id;  /* whose rate budget it uses; 0 = none */
        const char *payload; /* JSON */
        int64_t tries;       /* runs that ended in RETRY so far */
        int64_t run_at, deadline; /* business ms; deadline 0 = none */
        int64_t class_;
        int64_t again;
        const char *error;   /* last cause, for people */
        int64_t retry_in_ms; /* a step may set it together with JOB_RETRY */
};

struct job_kind {
        const char *name; /* "inbox.send" */
        enum job_class class_;
        unsigned max_tries;   /* then dead; 0 = for ever */
        int64_t backoff_ms;   /* first pause; doubles up to 10 min, with jitter */
        unsigned per_account; /* how many may run at once for one account; 0 = any */
        int (*prepare)(struct ctx *, struct job *, void **state) MUST;
        int (*call)(struct ctx *, struct job *, void *state) MUST;
        /* `outcome`: 0, JOB_REFUSED, JOB_UNKNOWN, JOB_EXPIRED, or JOB_RETRY when call asked for it (settle may record
         * it). Returning JOB_RETRY runs the job again later; 0 ends it. NULL = what call returned. */
        int (*settle)(struct ctx *, struct job *, void *state, int outcome) MUST;
        const char *zh;      /* what it does, for the health page */
        const char *summary; /* the same in English */
};

struct job_new {
        const char *kind;
        const char *key;
        int64_t account_id;
        const char *payload; /* JSON or NULL */
        int64_t run_at;      /* business ms; 0 = now */
        int64_t again_in_ms; /* when it runs already, its next run begins this much after run_at, so that more may join it */
        int64_t deadline;    /* business ms; 0 = none */
};

/* In the caller's WRITE transaction; ctx->merchant owns it. Sets ctx->after.jobs. */
int job_enqueue(struct ctx *, const struct job_new *) MUST;

/* On PostgreSQL what was asked for waits beside the jobs until a runner takes it in (job_ask.c); this does. For the runner,
 * and for tests that look at the jobs themselves. `more`: so many that some may be left. */
int job_take_asks(struct ctx *, bool *more) MUST;

/* For people: */
struct job_count {
        const char *kind;
        int64_t waiting, running, dead;
        const char *title; /* for the caller to fill: job_title() */
};
/* What a kind of job does, for people; its name when it is not known (a job of another version). */
const char *job_title(const struct registry *, const char *kind, bool english);
/* Of ctx->merchant, or of all when it is 0. */
int job_counts(struct ctx *, struct job_count **, size_t *n) MUST;
/* The same for each of these merchants, over all kinds; `merchants` ascend. */
struct job_sum {
        int64_t merchant_id, waiting, dead;
};
int job_sums(struct ctx *, const int64_t *merchants, size_t n, struct job_sum **) MUST;
int job_list_dead(struct ctx *, struct job **, size_t *n) MUST; /* of ctx->merchant, newest 200 */
enum { JOB_E_NONE = 1 };
int job_retry(struct ctx *, int64_t job_id) MUST; /* a dead one runs again; audited by the caller */
int job_drop(struct ctx *, int64_t job_id) MUST;

/*
 * How much of the job threads ctx->merchant gets, from now on; what runs already ends. `resting`: nothing of his is begun, and
 * what is asked for meanwhile waits with the rest. `most`: calls under way at once, in each process; 0 = any number.
 */
struct job_share {
        int64_t merchant_id, resting, most;
};
int job_set_share(struct ctx *, bool resting, int64_t most) MUST;

/* ---- the runner: store/job_run.c and job_schedule.c, started by app ---- */

struct job_runner;
struct job_runner_options {
        struct db *db;
        struct ctx proto;  /* ids, registry, keys, wx: copied into each job's context */
        struct clock *clock;
        struct process *process; /* whose claims they are; NULL = the only one on this database */
        unsigned threads;  /* 1..64, of which `urgent_threads` take urgent jobs only */
        unsigned urgent_threads;
        void (*committed)(void *arg, struct ctx *); /* after each commit: lets out ctx->after */
        void *arg;
};
int job_runner_start(struct job_runner **, const struct job_runner_options *) MUST;
void job_runner_wake(struct job_runner *); /* from any thread: something may be ready */
bool job_runner_idle(struct job_runner *); /* nothing running, nothing due by the business clock */
/* Waits for running calls, at most 10 s; what is not settled runs again at the next start. false: some calls still hang
 * and use what the contexts point to (the transport): end the process without closing that. */
bool job_runner_stop(struct job_runner *);

#endif
