/*
 * staff: the people who log in, their roles, passwords and sessions; the members of the merchant's WeCom corps, and which
 * of them is which person.
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
        const char *role;  /* "owner", "supervisor", "agent", "warehouse", "reader"; of merchant 0 "operator" */
        int64_t disabled;
        int64_t created_at;
};

struct staff_session {
        int64_t merchant_id, staff_id;
        const char *name, *role, *csrf;
        int64_t expires_at;
        int64_t seen_at; /* when it was last prolonged */
        /* Of an operator who acts for a merchant now; else 0 and NULL. */
        int64_t visit_merchant_id, visit_id, visit_until;
        const char *visit_reason;
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
        STAFF_E_STATE = 9,     /* not sent by us, not this browser, or more than ten minutes ago */
        STAFF_E_MEMBER = 10,   /* this member may not be here: outside the app's visible range, disabled, gone */
        STAFF_E_UNLINKED = 11, /* a member, but nobody let him in yet */
        STAFF_E_DISABLED = 12, /* his person is disabled here */
        STAFF_E_OWNER = 13,    /* owners have a password, and nothing else */
        STAFF_E_LINKED = 14,   /* the member, or the person, is linked already */
        STAFF_E_GIVE = 15,     /* the role is not this person's to give */
        STAFF_E_AGENT = 16,    /* the AgentId of the corp's app is not known */
        STAFF_E_PLATFORM = 17, /* the platform gives no answer, or is not set up for this */
        STAFF_E_VISITOR = 18,  /* not a member of the corp */
        STAFF_E_CODE = 19,     /* the platform's code was used, or is too old */
        STAFF_E_SUSPENDED = 20, /* the merchant is suspended: his people do not get in */
        STAFF_E_LIMIT = 21,    /* as many people as were agreed on: shops_limit_why() */
        STAFF_E_VISIT = 22,    /* acts for a merchant already, or for none */
};

enum role staff_role(const char *name); /* 0 when unknown */
int staff_create(struct ctx *, const char *login, const char *name, const char *role, const char *password,
                 int64_t *staff_id) MUST;
/* The same in two halves: hashing takes 50 ms and must not happen under the write lock. E_WEAK; E_EXISTS, E_ROLE, E_LIMIT. */
int staff_hash(struct ctx *, const char *password, const char **hash) MUST;
int staff_insert(struct ctx *, const char *login, const char *name, const char *role, const char *hash,
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
int staff_sessions_end(struct ctx *) MUST; /* all of ctx->merchant's people: he was suspended */
bool staff_may(const struct registry *, enum role, const char *permission);

/* People who may log in, of each of these merchants, in the order of `merchants`, which is that of their ids. */
struct staff_count {
        int64_t merchant_id, people;
};
int staff_counts(struct ctx *, const int64_t *merchants, size_t n, struct staff_count **) MUST;

#define STAFF_COOKIE "zg_session"

/* Kind of the notice (topic "staff") that says: this person's sessions are over, end his streams. */
#define STAFF_NOTICE_OUT "signed_out"

/* A person may not log in any more. Payload: struct staff_event. */
extern const struct event staff_event_disabled;
struct staff_event {
        int64_t staff_id;
};

/*
 * A member of a connected corp (kind "wecom"), as far as its app may see: by name and department, without telephone and
 * picture. Listed each hour and told of by callbacks; who left stays while he is linked, with another status.
 */
struct staff_member {
        int64_t account_id;     /* the corp */
        const char *userid;     /* as the platform spells it; two that differ in letters' case are one */
        const char *name;       /* the userid when the platform tells no name */
        const char *department; /* names, separated by " / "; may be "" */
        int64_t status;         /* 1 active, 2 disabled, 4 never signed in to WeCom, 5 left, 0 outside the visible range */
        int64_t active;         /* 1: can be written to, and may sign in when linked */
        int64_t staff_id;       /* the person he is linked with; 0 = none */
        int64_t seen_at;        /* ms: when the platform last told of him */
        int64_t asked_at;       /* ms: when he tried to sign in without being linked; 0 = never */
};
/* Of one corp; active ones first, then by department and name; at most 20,000. */
int staff_members(struct ctx *, int64_t account_id, struct staff_member **, size_t *n) MUST;
/* The active member that a person is linked with, the corp connected first when there are several. STAFF_E_NONE. */
int staff_member_of(struct ctx *, int64_t staff_id, struct staff_member *) MUST;

#endif
