/* Between job.c (verbs) and job_run.c (runner). */
#ifndef STORE_JOB_IMPL_H
#define STORE_JOB_IMPL_H

#include "base/metric.h"
#include "store/job.h"

enum job_state { JOB_LATER = 0, JOB_READY = 1, JOB_RUNNING = 2, JOB_DEAD = 3 };

/* The class of kinds without a call: they run on the scheduler's own thread and never wait for a free one. */
#define JOB_LOCAL (JOB_BULK + 1)

#define JOB_ERROR_MAX 500 /* bytes of a kept cause */

#define JOB_N_COLS 12
extern const struct db_col job_cols[JOB_N_COLS];
#define JOB_SELECT                                                                                                     \
        "job_id, merchant_id, kind, key, account_id, payload, tries, run_at, deadline, class as class_, again, error"

const struct job_kind *job_kind_find(const struct registry *, const char *name); /* NULL = unknown */

/* How a run ends, in the transaction of its last step; job_end.c. */
enum job_verdict { JOB_END, JOB_AGAIN_LATER };
int job_finish(struct ctx *, const struct job_kind *, const struct job *, enum job_verdict) MUST;
int job_bury(struct ctx *, const struct job *, const char *error) MUST; /* dead at once */

/* What a process claimed that is gone may run again; 0 = all claims. */
int job_free_claims(struct ctx *, int64_t claimed_by) MUST;

/* The store's own kinds, listed in store.c: an event's LATER listener (event.c), the search index (search.c). */
#define EVENT_LATER_JOB "later"
int event_later_prepare(struct ctx *, struct job *, void **state) MUST;
#define SEARCH_JOB "search"
extern struct metric search_metric_indexed;
int search_index_prepare(struct ctx *, struct job *, void **state) MUST;
int search_index_call(struct ctx *, struct job *, void *state) MUST;
int search_index_settle(struct ctx *, struct job *, void *state, int outcome) MUST;

extern struct metric job_metric_done, job_metric_retried, job_metric_dead, job_metric_expired, job_metric_running;

#endif
