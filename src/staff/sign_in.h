/*
 * Signing in by WeCom. The browser is sent to the platform with a state that is good once, for ten minutes and for this
 * browser (cookie), and comes back with a code; the platform says whose code it is. Private.
 */
#ifndef STAFF_SIGN_IN_H
#define STAFF_SIGN_IN_H

#include "staff/directory.h"
#include "staff/login.h"

#define STAFF_BROWSER_COOKIE "zg_sign_in"
#define STAFF_SIGN_IN_MS (10 * 60 * 1000LL)

struct staff_corp {
        int64_t merchant_id, account_id;
        const char *corp_id, *name, *agent_id;
        int64_t offered, everyone, sent, returned_at;
};
/* Of ctx->merchant: each connected corp, also those that offer nothing yet. */
int staff_corps(struct ctx *, struct staff_corp **, size_t *n) MUST;
/* STAFF_E_NONE; STAFF_E_AGENT: it is to be offered, and its AgentId is not known. */
int staff_corp_set(struct ctx *, int64_t account_id, bool offered, bool everyone) MUST;
/*
 * For the login page, before anybody knows the merchant: the corps of an installation's only merchant that offers it. Of
 * several merchants a stranger is told nothing; who knows his corp's id asks for that one.
 */
int staff_offers(struct ctx *, const char *corp_id, struct staff_corp **, size_t *n) MUST;

/* ---- going there ---- */

struct staff_going {
        struct staff_corp corp;
        const char *state, *cookie; /* for the URL, for the browser */
};
/* READ: STAFF_E_NONE, STAFF_E_THROTTLED (60 in five minutes from an address). Changes ctx->merchant. */
int staff_go(struct ctx *, const char *corp_id, const char *address, struct staff_going **) MUST;
int staff_gone(struct ctx *, const struct staff_going *, const char *address) MUST; /* WRITE */

/* ---- coming back ---- */

struct staff_coming {
        int64_t merchant_id, account_id;
        const char *state, *address;
        int status;                 /* STAFF_E_*: it ended before the platform was asked, or by its answer; 0: userid is a member */
        const char *zh, *en;        /* a more exact sentence, or NULL */
        struct staff_seen seen;     /* what the platform says of the member */
};
/* READ: is this state one of ours, and this browser's? What is wrong is left in `status`, to be counted by the second half. */
int staff_come(struct ctx *, const char *state, const char *cookie, const char *address, struct staff_coming **) MUST;
/* WRITE: uses the state up, and makes the session, or says why not: a positive status, to be committed all the same. */
int staff_came(struct ctx *, const struct staff_coming *, const char **cookie, struct staff_session *) MUST;

struct check_of;
struct check_result;
/* check.c: do browsers that are sent to the platform come back? */
int staff_check_sign_in(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;

#endif
