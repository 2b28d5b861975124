/*
 * staff: the people who log in, their roles, passwords and sessions.
 */
#ifndef STAFF_STAFF_H
#define STAFF_STAFF_H

#include "base/domain.h"
#include "store/db.h"

extern const struct domain staff_domain;

struct staff_person {
        int64_t merchant_id, staff_id;
        const char *login; /* unique in the installation; stored folded to lower case */
        const char *name;  /* as customers' bubbles and audit rows show it */
        const char *role;  /* "owner", "supervisor", "agent", "warehouse", "reader" */
        int64_t disabled;
        int64_t created_at;
};

struct staff_session {
        int64_t merchant_id, staff_id;
        const char *name, *role, *csrf;
        int64_t expires_at;
        int64_t seen_at; /* when it was last prolonged */
};

enum {
        STAFF_E_NONE = 1,
        STAFF_E_EXISTS = 2,    /* login taken */
        STAFF_E_REFUSED = 3,   /* wrong login or password, or disabled: never says which */
        STAFF_E_THROTTLED = 4, /* too many tries: 5 per login and 20 per address in 5 minutes */
        STAFF_E_WEAK = 5,      /* password under 8 characters */
        STAFF_E_ROLE = 6,      /* no such role; or the last owner would be lost */
        STAFF_E_EXPIRED = 7,   /* session unknown or over */
        STAFF_E_BAD = 8,       /* a field has the wrong form */
};

enum role staff_role(const char *name); /* 0 when unknown */
int staff_create(struct ctx *, const char *login, const char *name, const char *role, const char *password,
                 int64_t *staff_id) MUST;
int staff_list(struct ctx *, struct staff_person **, size_t *n) MUST;
int staff_get(struct ctx *, int64_t staff_id, struct staff_person *) MUST;

/*
 * Finds the live session by its cookie text (only its SHA-256 is kept). Sliding: 12 h, at most 7 days. Finding reads
 * only; prolonging is a write of its own, worth doing in a WRITE transaction that happens anyway. It changes a row at
 * most once in ten minutes.
 */
int staff_session_find(struct ctx *, const char *cookie, struct staff_session *) MUST;
int staff_session_prolong(struct ctx *, const char *cookie) MUST;
bool staff_may(const struct registry *, enum role, const char *permission);

#define STAFF_COOKIE "zg_session"

#endif
