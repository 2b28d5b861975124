/* What the remote_*.c files share, and what the declaration lists of them. They alone know the platform. */
#ifndef INBOX_REMOTE_H
#define INBOX_REMOTE_H

#include "base/metric.h"
#include "inbox/parts.h"

struct wx_event;

extern struct metric inbox_metric_received, inbox_metric_polled, inbox_metric_sent, inbox_metric_failed;

int inbox_hear_kf(struct ctx *, const struct wx_event *) MUST;
int inbox_hear_shopkf(struct ctx *, const struct wx_event *) MUST;

/* The steps of each job; the rows are in inbox.c. */
#define INBOX_PREPARE(name) int inbox_##name##_prepare(struct ctx *, struct job *, void **state) MUST
#define INBOX_STEPS(name)                                                                                              \
        INBOX_PREPARE(name);                                                                                           \
        int inbox_##name##_call(struct ctx *, struct job *, void *state) MUST;                                         \
        int inbox_##name##_settle(struct ctx *, struct job *, void *state, int outcome) MUST
INBOX_STEPS(claim);
INBOX_STEPS(media);
INBOX_STEPS(names);
INBOX_PREPARE(poll);
INBOX_STEPS(pull);
INBOX_STEPS(send);
INBOX_STEPS(welcome);

/* The account that a job's key names; JOB_DONE when it is gone. */
int inbox_job_account(struct ctx *, const struct job *, struct shops_account *) MUST;

#endif
