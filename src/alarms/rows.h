/* Named queries of alarms. Private. */
#ifndef ALARMS_ROWS_H
#define ALARMS_ROWS_H

#include "alarms/alarms.h"

struct alarms_rule_row {
        const char *kind;
        int64_t enabled, threshold;
};
/* A recipient together with an alarm, and what he was told of it. */
struct alarms_pair_row {
        int64_t alarm_id, count, over_at, told_at, told_count;
        const char *kind, *zh;
};
struct alarms_count_row {
        int64_t minute, hour;
};

extern const struct query alarms_q_rules, alarms_q_rule_set;
extern const struct query alarms_q_recipients, alarms_q_recipient_set, alarms_q_recipient_drop, alarms_q_recipient;
extern const struct query alarms_q_on, alarms_q_raise, alarms_q_seen, alarms_q_calm, alarms_q_over, alarms_q_list, alarms_q_sweep;
extern const struct query alarms_q_pairs, alarms_q_told, alarms_q_untold, alarms_q_told_sweep, alarms_q_told_forget;
extern const struct query alarms_q_message_add, alarms_q_message, alarms_q_message_end, alarms_q_messages, alarms_q_messages_of,
        alarms_q_message_sweep;

extern const struct holder alarms_holds; /* holdings.c */

#endif
