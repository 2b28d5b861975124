/* Statuses of a case and what may be done in them. Private. */
#ifndef AFTERSALES_STATES_H
#define AFTERSALES_STATES_H

#include "aftersales/rows.h"
#include "base/metric.h"
#include "base/state.h"

extern const struct state_table aftersales_states;
extern struct metric aftersales_metric_unexpected, aftersales_metric_decided, aftersales_metric_unknown;

const char *aftersales_status_text(const char *status, bool english); /* never NULL */
const char *aftersales_type_text(const char *type, bool english);

/* ---- pure: what may be done with a case as it stands ---- */

enum aftersales_act { AFTERSALES_ACCEPT = 1, AFTERSALES_REJECT = 2 };

bool aftersales_merchant_acts(const char *status);
bool aftersales_over(const char *status);                   /* terminal; an unknown status is not */
bool aftersales_open_decision(const char *decision);        /* none or refused: somebody may decide */
bool aftersales_can_decide(const struct aftersales_case *); /* agree or refuse: both are open in the same cases */
bool aftersales_needs_address(const struct aftersales_case *);
bool aftersales_waits(const struct aftersales_case *);  /* for the merchant */
int64_t aftersales_due(const struct aftersales_case *); /* what waiting cases are sorted by, ms */
/* 1 = agrees that goods come back, 2 = pays. Always said: a call without it that is repeated would pay for a return. */
int aftersales_accept_type(const struct aftersales_case *);
int64_t aftersales_scene(const struct aftersales_case *); /* of refusal reasons; 0 = none */

/* Is `now` what this act makes of a case that was in `decided`? Tells our own effect from somebody else's move. */
bool aftersales_is_effect(enum aftersales_act, const char *decided, const char *now);

#endif
