/* The kinds of alarms, and what is wrong now. Private to alarms. */
#ifndef ALARMS_KINDS_H
#define ALARMS_KINDS_H

#include "alarms/alarms.h"

/* Something that is wrong at this moment. */
struct alarms_fact {
        const char *kind, *subject, *zh, *en;
        int64_t count;
};
struct alarms_facts {
        struct alarms_fact *list;
        size_t n, room;
};

struct alarms_kind {
        const char *name, *zh, *en, *unit;
        int64_t threshold, least, most; /* as it comes; bounds */
        /* Adds what is wrong; NULL: what the doctor found is sorted under it. */
        int (*look)(struct ctx *, int64_t threshold, struct alarms_facts *) MUST;
        /* Findings of the doctor: the name of the check, or NULL for all that no other kind names; from which level on. */
        const char *check;
        int level;
};
extern const struct alarms_kind alarms_kinds[6];
const struct alarms_kind *alarms_kind(const char *name); /* NULL = none */

/* Everything that is wrong now, of the kinds that are enabled. */
int alarms_gather(struct ctx *, const struct alarms_rule *rules, size_t n, struct alarms_facts *) MUST;

#endif
