/*
 * The doctor: runs the checks that the domains declare (base/check.h) and keeps what they found (store/check.h).
 *
 * A round visits the installation and each account: local checks in one short READ transaction, remote ones with no
 * transaction open, up to 16 accounts at once on threads of its own, so that it answers when the job threads hang. A visit
 * stops calling when the platform does not answer: a round takes some seconds, however ill the accounts are.
 *
 * By itself: local checks every minute, remote ones every half hour, pending accounts every five seconds in their first hour.
 */
#ifndef DOCTOR_DOCTOR_H
#define DOCTOR_DOCTOR_H

#include "edge/edge.h"

struct doctor;

int doctor_start(struct doctor **, struct app *) MUST;
void doctor_stop(struct doctor *); /* harmless on NULL */

/* Looks at a merchant (0 = all) and the installation soon. From any thread. */
void doctor_ask(struct doctor *, int64_t merchant);
bool doctor_looks(struct doctor *); /* is a round that was asked for under way or about to be? */

/* Looks now, on this thread, at a merchant (0 = all) and the installation; what was found is kept. */
int doctor_round(struct app *, int64_t merchant, bool remote) MUST;

/* What was found last, as {"healthy":…,"checks":[…]} goes out: for the page (of ctx->merchant) and the command (all). */
struct doctor_finding {
        int64_t account_id, merchant_id, at, since;
        const char *name, *level, *account, *kind, *what_zh, *what_en, *zh, *en, *fix_zh, *fix_en, *facts;
};
struct doctor_report {
        bool healthy; /* nothing fails and nothing warns */
        bool looking;
        int64_t at, ok, unknown, warn, fail;
        struct doctor_finding *checks;
        size_t n;
};
extern const struct json_desc doctor_report_desc;
int doctor_report(struct ctx *, struct doctor_report *) MUST; /* ctx->merchant; fails first, then by account and name */

#endif
