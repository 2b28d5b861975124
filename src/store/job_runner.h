/* Between job_schedule.c (batches: claim, prepare, settle), job_claim.c (what to claim) and job_run.c (call, start and stop). */
#ifndef STORE_JOB_RUNNER_H
#define STORE_JOB_RUNNER_H

#include "base/clock.h"
#include "store/crash.h"
#include "store/job_impl.h"
#include "store/store.h"
#include "base/thread.h"

#include <uthash.h>

#define JOB_CLASSES (JOB_LOCAL + 1)

enum { URGENT, GENERAL, POOLS }; /* workers for urgent jobs only, and for any */

/* One job in flight, from its claim to its settlement. */
struct run {
        struct run *next; /* in a queue */
        struct run *prev_flying, *next_flying;
        struct arena arena;
        struct ctx ctx;
        struct job job;
        const struct job_kind *kind;
        void *state;
        int pool;    /* whose worker it has */
        int outcome; /* of the call */
        bool worker; /* one is kept for it: from the claim to the settlement, or until prepare ended it */
        bool call;   /* prepared, and to be called */
        struct job claimed;     /* the row as it was claimed, in the arena up to `mark`: prepare may run again */
        struct arena_mark mark;
};

struct runs {
        struct run *first, **tail;
};

struct lane {
        int64_t job_id, merchant_id, account_id;
        const char *kind;
        char kind_kept[80];
};

struct place_key {
        int64_t merchant_id, class_;
};

/* How far the walk of a merchant's lanes is. */
struct place {
        struct place_key key;
        struct lane at;
        UT_hash_handle hh;
};

struct worker {
        struct job_runner *runner;
        pthread_t thread;
        int pool;
};

struct job_runner {
        struct job_runner_options o;
        struct ctx proto;
        int64_t claimed_by; /* what our claims are marked with */

        pthread_mutex_t lock;
        pthread_cond_t scheduler_cond, stop_cond, pool_cond[POOLS];
        bool wake; /* something may be ready */
        bool stopping, abandoned, in_batch;
        bool full; /* the last batch ended for its size or time: the next one does not wait for company */
        uint64_t batches;
        bool unsure;   /* a commit of claims was not answered: some may stand that nobody here knows of */
        unsigned lost; /* batches in a row that must run again because others wrote what they had read */
        int64_t next_due;     /* business ms; 0 = nothing waits for a time */
        unsigned idle[POOLS]; /* workers without a run, counted when its settlement is committed */
        unsigned alive;       /* workers that have not ended */
        struct runs queue[POOLS], finished;
        struct run *flying;

        /* The scheduler's own: */
        int64_t cursor[JOB_CLASSES]; /* the merchant who had the last turn */
        struct place *places;
        int64_t claimed_for; /* the merchant of the last claim; 0 = none yet */
        bool several;        /* more than one merchant has had jobs */
        unsigned general; /* workers that take any class */
        int64_t seen_now; /* business ms of the last batch */
        pthread_t scheduler;
        struct worker *workers;
        unsigned n_workers;
};

void runs_init(struct runs *);
void runs_add(struct runs *, struct run *);
struct run *runs_take(struct runs *); /* NULL when empty */

/* What one batch does. */
#define BATCH_MAX 32 /* settled, and as many claimed */
#define BATCH_MS 8 /* of settling, and as much of claiming: whoever comes meanwhile waits for both and for the commit */
struct batch {
        struct job_runner *jr;
        struct ctx *tx;
        unsigned free[POOLS];
        unsigned bulk; /* in flight */
        int64_t until;
        unsigned n, n_settled;
        struct run *runs[BATCH_MAX], *settled[BATCH_MAX];
        bool full; /* it ended for its size or its time, not for want of work or workers */
        bool at_once; /* what is claimed is prepared in the same transaction */
        struct job_share *shares; /* whose jobs are held back */
        size_t n_shares;
};
int job_read_shares(struct batch *) MUST;
bool job_held(struct batch *, int64_t merchant_id, int class_);
int job_claim(struct batch *) MUST; /* in a transaction: fills `runs` */
void job_places_drop(struct job_runner *);
int job_begin(struct batch *, struct run *) MUST; /* a claimed job's first step; a status ends the transaction */
int job_first_later(struct ctx *, int64_t *next_due) MUST; /* the time that comes next; 0 = none */

struct run *run_new(struct job_runner *, int64_t merchant, int64_t now); /* NULL = no memory */
void run_free(struct job_runner *, struct run *);
void job_runs_drop(struct job_runner *); /* whatever is still in flight, once no thread is left */
void *scheduler_main(void *runner);

#endif
