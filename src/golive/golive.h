/*
 * golive: taking over a shop's in-shop 客服, step by step, and giving it back.
 *
 * The platform lets either its own console or the merchant's program answer in a shop, never both (channels-callback.md 7).
 * A consult that arrives nowhere is lost after 3.5 hours of tries, so nothing is switched here before it was rehearsed, and
 * nothing is called live before a real consult was answered. The switch itself is the platform's: the super administrator
 * scans. What we own is the order of the steps, the proof of each, the alarm afterwards, and the way back.
 */
#ifndef GOLIVE_GOLIVE_H
#define GOLIVE_GOLIVE_H

#include "base/domain.h"
#include "store/db.h"

extern const struct domain golive_domain;

enum {
        GOLIVE_E_NONE = 1,      /* no such shop */
        GOLIVE_E_ORDER = 2,     /* another step comes first */
        GOLIVE_E_REHEARSAL = 3, /* the rehearsal failed: look at its report, put it right, rehearse again */
        GOLIVE_E_TICKS = 4,     /* not every point of the list was ticked */
        GOLIVE_E_GRANT = 5,     /* the platform has not granted in-shop 客服 to us yet */
        GOLIVE_E_CONSULT = 6,   /* no consult has arrived since the switch */
        GOLIVE_E_ANSWER = 7,    /* the consult was not answered by a person yet, or the platform has not taken the answer */
        GOLIVE_E_HOSTED = 9,    /* a provider runs this program for the merchant: the API is first-party only, hosting/lacks.c */
        GOLIVE_E_BAD = 8,       /* a day that is no day, one before it went live, or one that is not over */
};

/*
 * How far a shop is: none -> rehearsed -> accepted -> switched -> tested -> live, and back from everywhere; states.c.
 * Times are ms, 0 = not yet.
 */
struct golive_shop {
        int64_t account_id;
        const char *state;
        int64_t rehearsed_at, rehearsed_consults, rehearsed_ok;
        const char *report;     /* JSON of the rehearsal; NULL = none */
        int64_t accepted_at, switched_at, tested_at, live_at, back_at;
        const char *by;         /* who took the last step */
        int64_t silent_minutes; /* of business hours without a consult, after which the doctor calls */
};
int golive_get(struct ctx *, int64_t account_id, struct golive_shop *) MUST; /* NONE */

/* What came of a rehearsal; `ok`: each consult came in once, was seen and answered. Kept in any state; moves only none, back,
 * rehearsed and accepted. NONE. Audited. */
int golive_rehearsed(struct ctx *, int64_t account_id, int64_t consults, bool ok, const char *report) MUST;

/* The functions of the shop's console that stop. */
struct golive_stop {
        const char *key, *zh, *en;
        const char *source; /* where it is written */
        bool confirmed;     /* by the platform's own pages; else it is what merchants report */
};
extern const struct golive_stop golive_stops[7];

/* The steps. All audited. */
int golive_accept(struct ctx *, int64_t account_id, const char *const *keys, size_t n) MUST; /* NONE, HOSTED, ORDER, REHEARSAL, TICKS */
int golive_switch(struct ctx *, int64_t account_id) MUST; /* also ends read-only. NONE, HOSTED, ORDER, GRANT */
int golive_test(struct ctx *, int64_t account_id) MUST;   /* NONE, ORDER, CONSULT, ANSWER */
int golive_live(struct ctx *, int64_t account_id, int64_t silent_minutes) MUST; /* NONE, ORDER */
int golive_back(struct ctx *, int64_t account_id, const char *why) MUST;        /* NONE, ORDER; `why` may be NULL */

/* A day since it went live: our figures beside the console's. */
struct golive_day {
        int64_t day;        /* 20261123, China's */
        int64_t rounds;     /* a buyer's first message after an agent's, until the next agent's (shop-score.md 3) */
        int64_t answered, in_3min;
        int64_t mean_s;     /* of those answered; 0 = none */
        int64_t theirs;     /* the console's 3-minute rate, hundredths of a per cent; -1 = not entered */
        bool over;          /* the day has ended: its figure stands in the console */
};
/* The first seven days, as far as they have come. NONE. */
int golive_days(struct ctx *, int64_t account_id, struct golive_day **, size_t *n) MUST;
int golive_theirs(struct ctx *, int64_t account_id, int64_t day, int64_t hundredths) MUST; /* NONE, BAD. Audited */

#endif
