/* Between job_schedule.c (claim and prepare) and job_run.c (call and settle, start and stop). */
#ifndef STORE_JOB_RUNNER_H
#define STORE_JOB_RUNNER_H

#include "base/clock.h"
#include "store/job_impl.h"
#include "store/store.h"
#include "store/thread.h"

#define JOB_CLASSES (JOB_LOCAL + 1)

enum { URGENT, GENERAL, POOLS }; /* workers for urgent jobs only, and for any */

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
        unsigned alive, settling; /* workers: not ended; behind their call */
        struct run *queue[POOLS], **queue_tail[POOLS];
        struct run *flying;

        /* The scheduler's own: */
        struct lane cursor[JOB_CLASSES];
        unsigned general; /* workers that take any class */
        pthread_t scheduler;
        struct worker *workers;
        unsigned n_workers;
};

/* A job in flight, listed as such until run_free(); NULL = no memory. */
struct run *run_new(struct job_runner *, int64_t merchant, int64_t now);
void run_free(struct job_runner *, struct run *);

/*
 * Runs a step inside a savepoint of tx. Its fatal status (or too much memory used) undoes the step alone and counts as
 * JOB_RETRY in *outcome; the returned status is the transaction's own, and ends it.
 */
int run_step(struct ctx *tx, struct run *, int (*step)(struct run *, int given), int given, int *outcome) MUST;
int run_settle(struct run *, int outcome) MUST; /* a step: the kind's settle */

void *scheduler_main(void *runner);

#endif
