/*
 * Operators, who host merchants, and their visits: an operator acts for a merchant for a stated reason and a limited time.
 *
 * An operator is a person of merchant 0, the installation. At home he sees no merchant's data. While he visits, his session
 * works as that merchant's, with the rights of a supervisor: what only the owner may (secrets, people, connecting, leaving
 * read-only mode) he may not. Every change he makes has his name and reason in the merchant's audit log, whatever it is.
 */
#ifndef STAFF_VISIT_H
#define STAFF_VISIT_H

#include "staff/staff.h"

#define STAFF_VISIT_MINUTES 60 /* when nothing else is said; 1..240 */
#define STAFF_VISIT_MOST 240
#define STAFF_REASON_MIN 4     /* characters */
#define STAFF_REASON_MAX 200
#define STAFF_VISIT_ROLE ROLE_SUPERVISOR

struct staff_visit {
        int64_t merchant_id, visit_id, operator_id;
        const char *operator, *reason;
        int64_t begun_at, until, ended_at; /* ms; ended 0: until `until` */
};

/* ctx is of merchant 0. E_EXISTS, E_WEAK. `hash` of staff_hash(). */
int staff_operator_add(struct ctx *, const char *login, const char *name, const char *hash, int64_t *staff_id) MUST;
int staff_operator_disable(struct ctx *, const char *login) MUST; /* ends his sessions; E_NONE */

/* The session of `cookie` acts for merchant_id from now on; sets ctx->merchant and actor. E_BAD: reason or minutes; E_VISIT. */
int staff_visit_begin(struct ctx *, const char *cookie, int64_t merchant_id, const char *reason, int64_t minutes,
                      struct staff_visit *) MUST;
int staff_visit_end(struct ctx *, const char *cookie) MUST; /* E_VISIT: there is none */
int staff_visits(struct ctx *, struct staff_visit **, size_t *n) MUST; /* of ctx->merchant, the newest 100 */
int staff_visit_now(struct ctx *, struct staff_visit *) MUST; /* who visits ctx->merchant, the last to come; E_NONE */

/* The context of a session: whose, and who acts. */
void staff_enter(struct ctx *, const struct staff_session *);

#endif
