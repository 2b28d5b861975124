/* The look, and the messages it leaves. Private to alarms. */
#ifndef ALARMS_LOOK_H
#define ALARMS_LOOK_H

#include "alarms/alarms.h"
#include "store/job.h"

#define ALARMS_JOB_LOOK "alarms.look"
#define ALARMS_JOB_SEND "alarms.send"

int alarms_look_prepare(struct ctx *, struct job *, void **state) MUST;

/* Has he had fewer than the most in this minute and this hour? */
int alarms_may_write(struct ctx *, const struct alarms_recipient *, bool *may) MUST;
/* Writes a message down and enqueues its sending. A headline with the second it was made goes before `text`: the platform
 * delivers the very same words once only. */
int alarms_write(struct ctx *, const struct alarms_recipient *, const char *text, int64_t *message_id) MUST;

int alarms_send_prepare(struct ctx *, struct job *, void **state) MUST;
int alarms_send_call(struct ctx *, struct job *, void *state) MUST;
int alarms_send_settle(struct ctx *, struct job *, void *state, int outcome) MUST;

#endif
