/*
 * alarms: what must reach a person who does not look at the console: a WeCom message from the corp's own app to the people
 * chosen.
 *
 * A look, every quarter of a minute, gathers what is wrong now (kinds.c: from the inbox, from after-sales, from what the
 * doctor found last) and compares it with the alarms that are on. One message tells a person everything there is to tell him
 * at that moment; he is told again when it lasts or grows, and once when it is over.
 *
 * At most ALARMS_MINUTE_MAX messages a minute leave for one person: the platform drops in silence what is over 30
 * (wecom-misc.md 3).
 */
#ifndef ALARMS_ALARMS_H
#define ALARMS_ALARMS_H

#include "base/domain.h"
#include "store/db.h"

extern const struct domain alarms_domain;

#define ALARMS_MINUTE_MAX 10
#define ALARMS_HOUR_MAX 200

enum {
        ALARMS_E_NONE = 1,      /* no such kind, or nobody of that userid is told */
        ALARMS_E_THRESHOLD = 2, /* outside the kind's bounds, or the kind has none */
        ALARMS_E_MEMBER = 3,    /* not an active member of that corp, as far as its app sees */
        ALARMS_E_AGENT = 4,     /* the AgentId of the corp's app is not known: nothing could be sent */
        ALARMS_E_READ_ONLY = 5, /* the account lets no write call through */
        ALARMS_E_BUSY = 6,      /* so many messages to him in this minute: wait for the next */
        ALARMS_E_BAD = 7,       /* quiet hours outside a day */
};

/* A kind of alarm as a merchant has it. */
struct alarms_rule {
        const char *kind;      /* "waiting", "case_due", "silent", "balance", "disk", "doctor" */
        const char *zh, *en;   /* what it is, for people */
        const char *unit;      /* of the threshold: "s", "min"; NULL = it has none */
        int64_t enabled;       /* 1: it is looked for */
        int64_t threshold;     /* in unit; 0 without one */
        int64_t least, most;   /* bounds of the threshold */
};
int alarms_rules(struct ctx *, struct alarms_rule **, size_t *n) MUST;
/* NONE, THRESHOLD. Audited. */
int alarms_set_rule(struct ctx *, const char *kind, bool enabled, int64_t threshold) MUST;

/* Who is told. */
struct alarms_recipient {
        int64_t account_id;   /* the corp */
        const char *userid;
        const char *name;     /* from the directory; the userid when it does not know him */
        const char *kinds;    /* names, separated by blanks; "" = all */
        int64_t quiet_from, quiet_to; /* minutes of China's day (UTC+8) in which he is not disturbed; equal = never quiet */
        int64_t reachable;    /* 1: an active member of the app's visible range */
};
int alarms_recipients(struct ctx *, struct alarms_recipient **, size_t *n) MUST;
/* Adds or changes. NONE (a kind), MEMBER, BAD. Audited. */
int alarms_set_recipient(struct ctx *, const struct alarms_recipient *) MUST;
int alarms_drop_recipient(struct ctx *, int64_t account_id, const char *userid) MUST; /* NONE. Audited */

/* A message at once, to see whether it arrives. NONE, AGENT, READ_ONLY, BUSY. Audited. */
int alarms_test(struct ctx *, int64_t account_id, const char *userid, int64_t *message_id) MUST;

/* One thing that is or was wrong. */
struct alarms_alarm {
        int64_t alarm_id;
        const char *kind, *subject; /* subject: "" or the doctor's finding "account:check" */
        const char *zh, *en;        /* what is wrong */
        int64_t count;              /* how many: customers, cases; 1 of a finding */
        int64_t raised_at;          /* ms */
        int64_t calm_since;         /* ms: since when nothing is seen of it; 0 = it is on */
        int64_t over_at;            /* ms; 0 = not over yet */
};
/* Those that are on, then the latest that are over; at most `limit`. */
int alarms_list(struct ctx *, int64_t limit, struct alarms_alarm **, size_t *n) MUST;

struct alarms_message {
        int64_t message_id, account_id;
        const char *userid, *name, *text;
        const char *state;          /* "queued", "sent", "failed", "unknown" (it may have arrived), "late" (not sent in time) */
        const char *why_zh, *why_en; /* of failed */
        int64_t made_at, ended_at;  /* ms */
};
/* Newest first, at most `limit`. */
int alarms_messages(struct ctx *, int64_t limit, struct alarms_message **, size_t *n) MUST;

/* At start, for ctx->merchant. Harmless twice. */
int alarms_start(struct ctx *) MUST;

#endif
