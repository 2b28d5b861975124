/* Logging in, in two halves: the slow one holds no lock. Private. */
#ifndef STAFF_LOGIN_H
#define STAFF_LOGIN_H

#include "staff/rows.h"

/* What the first half found out; the second half believes it only as far as it still holds. */
struct staff_checked {
        const char *login; /* folded */
        bool right;        /* the password fits `password` of `row` */
        struct staff_login_row row;
};

/* READ: throttle, look up, verify (some 50 ms). STAFF_E_THROTTLED. A wrong password is no status here: it must be
 * counted first, and that is the second half's. */
int staff_login_check(struct ctx *, const char *login, const char *password, const char *address,
                      struct staff_checked **) MUST;

/* WRITE: counts a failure (STAFF_E_REFUSED or _THROTTLED: commit it all the same), or makes the session. `cookie` is
 * the text for the browser. */
int staff_login_finish(struct ctx *, const struct staff_checked *, const char *address, const char **cookie,
                       struct staff_session *) MUST;

/* A new session for this person, who has proven to be he. Sets ctx->merchant and actor. */
int staff_session_make(struct ctx *, const struct staff_person *, const char **cookie, struct staff_session *) MUST;
/* STAFF_E_THROTTLED. `login` NULL: only the address counts. */
int staff_throttle(struct ctx *, const char *login, const char *address) MUST;
int staff_count_try(struct ctx *, const char *login, const char *address) MUST; /* a failed one */
/* STAFF_E_SUSPENDED: nobody of ctx->merchant may come in. For every way of signing in, in the transaction that lets in. */
int staff_open(struct ctx *) MUST;
int staff_room(struct ctx *) MUST; /* STAFF_E_LIMIT: no further person was agreed on */
const char *staff_cookie_hash(struct arena *, const char *cookie); /* what is kept of it */

int staff_logout(struct ctx *, const char *cookie) MUST;
/* All of a person's; his consoles are told. */
int staff_end_sessions(struct ctx *, int64_t staff_id) MUST;

struct staff_change { /* NULL = as it is */
        const char *name, *role, *hash;
        const bool *disabled;
};
/* STAFF_E_NONE; _ROLE: no such one, or no owner would be left; _WEAK: an owner without a password. */
int staff_change(struct ctx *, int64_t staff_id, const struct staff_change *, struct staff_person *) MUST;

/* Verified against when a login names nobody. */
extern const char staff_nobody[];

#endif
