/* Named queries of aftersales. Private. */
#ifndef AFTERSALES_ROWS_H
#define AFTERSALES_ROWS_H

#include "aftersales/aftersales.h"

/* A case with what only this folder knows of it. */
struct aftersales_row {
        struct aftersales_case c;
        const char *decided_status;
        int64_t decision_version, decision_sent;
};

struct aftersales_object_row {
        struct bytes object;
};

struct aftersales_asked_row {
        int64_t asked_at;
};

extern const struct query aftersales_q_insert, aftersales_q_update, aftersales_q_decide, aftersales_q_sent;
extern const struct query aftersales_q_get, aftersales_q_by_remote, aftersales_q_of_identities, aftersales_q_of_order;
struct aftersales_due_row {
        int64_t n, first;
};
extern const struct query aftersales_q_waiting, aftersales_q_due, aftersales_q_list;
extern const struct query aftersales_q_move_insert, aftersales_q_moves;
extern const struct query aftersales_q_object_save, aftersales_q_object_get;
extern const struct query aftersales_q_reason_save, aftersales_q_reason_sweep, aftersales_q_reasons;
extern const struct query aftersales_q_ask, aftersales_q_asked, aftersales_q_answered;

extern const struct holder aftersales_holds; /* holdings.c */

#endif
