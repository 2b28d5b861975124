/* Named queries of golive, and its states. Private. */
#ifndef GOLIVE_ROWS_H
#define GOLIVE_ROWS_H

#include "base/check.h"
#include "base/state.h"
#include "golive/golive.h"

struct golive_theirs_row {
        int64_t day, theirs;
};

extern const struct query golive_q_get, golive_q_put, golive_q_days, golive_q_day_set;
extern const struct state_table golive_states;
extern const struct holder golive_holds; /* holdings.c */

int golive_check_silent(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST; /* checks.c */

/* The day of China (20261123) of a moment, and the moment at which one begins; -1 when it is no day. */
int64_t golive_day_of(int64_t ms);
int64_t golive_day_begins(int64_t day);

#endif
