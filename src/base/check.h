/*
 * Checks: what the doctor looks at. A domain declares those it knows about in a sorted table (struct domain.checks); the doctor
 * runs them (doctor/doctor.h), and store/check.h keeps what they last found.
 *
 * A check names one cause and one thing to do about it, each in one sentence, Chinese and English. It changes nothing: a
 * remote one makes reading calls only. On a healthy system every check is CHECK_OK.
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include "base/ctx.h"
#include "base/status.h"

enum check_level {
        CHECK_OK,
        CHECK_UNKNOWN, /* could not be found out now: the platform does not answer, nothing to look at yet */
        CHECK_WARN,    /* works, but will not for long, or not wholly */
        CHECK_FAIL,    /* something does not work */
        CHECK_LEVELS,
};
const char *check_level_name(enum check_level); /* "ok", "unknown", "warn", "fail" */

/* Whose state is looked at: an account, or the installation (account_id 0, texts NULL). */
struct check_of {
        int64_t merchant_id, account_id, parent_id;
        const char *kind, *remote_id, *name;
        int64_t since; /* ms: when the account was connected */
        bool uses_kf;  /* of a shop: its in-shop 客服 was granted to us before */
        int64_t limit; /* the setting that the check names, in its own unit; 0 when it names none */
};

struct check_result {
        enum check_level level;
        const char *zh, *en;         /* what is, or what is wrong; never NULL after the check ran */
        const char *fix_zh, *fix_en; /* what to do; NULL when there is nothing to do */
        const char *facts;           /* JSON object of texts for programs: {"ip":"1.2.3.4"}; NULL = none */
};

struct check {
        const char *name;   /* "return_address"; the domain's name comes before it */
        const char *kinds;  /* "wecom shop mp": once for each such account; NULL = once for the installation */
        const char *zh, *en; /* what it looks at, as a heading */
        /*
         * Local: inside a READ transaction. Remote: no transaction is open and ctx->wx calls. 0 with *out filled, or
         * negative. `shared` is the same pointer for the remote checks of one account, one after the other: the first that
         * calls leaves there what the next ones need (a broken token is told once); zeroed before the first.
         */
        bool remote;
        int (*fn)(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
        /* Optional, in the WRITE transaction that keeps the result. */
        int (*settle)(struct ctx *, const struct check_of *, const struct check_result *) MUST;
        const char *limit; /* optional: the whole-number setting that says from where on it tells ("disk-free-mb") */
};

bool check_is_of(const struct check *, const char *kind); /* kind NULL = the installation */

/* Sets level and sentences; each `fix` may be NULL. Returns 0, for "return check_say(...)". */
int check_say(struct check_result *, enum check_level, const char *zh, const char *en, const char *fix_zh, const char *fix_en);
/* Adds a fact. */
void check_fact(struct ctx *, struct check_result *, const char *name, const char *value);

#endif
