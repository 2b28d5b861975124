/* What to say to whom, and whether now: pure. Private to alarms. */
#ifndef ALARMS_DECIDE_H
#define ALARMS_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

/* An alarm as one person knows it. */
struct alarms_known {
        int64_t count;      /* of the alarm */
        bool over;
        int64_t told_at;    /* ms: when he was told last; 0 = never */
        int64_t told_count; /* the count he was told */
};

enum alarms_word {
        ALARMS_SILENT,
        ALARMS_NEW,   /* he does not know it yet */
        ALARMS_MORE,  /* twice as many as he knows of, and he was not told in the last five minutes */
        ALARMS_STILL, /* it lasts: told every half hour */
        ALARMS_OVER,  /* he was told, and it is over */
};
enum alarms_word alarms_word(const struct alarms_known *, int64_t now);

/* Is this a minute of China's day in which he is not disturbed? from > to: over midnight. */
bool alarms_quiet(int64_t now, int64_t from, int64_t to);

/* May another message leave for him, after so many in the last minute and hour? */
bool alarms_may_send(int64_t last_minute, int64_t last_hour);

/* A kind's name among those a person hears of; "" = all. */
bool alarms_hears(const char *kinds, const char *kind);

#endif
