#include "alarms/decide.h"

#include "alarms/alarms.h"

#include <string.h>

#define MINUTE_MS (60 * 1000LL)
#define MORE_MS (5 * MINUTE_MS)
#define STILL_MS (30 * MINUTE_MS)
#define CHINA_MS (8 * 60 * MINUTE_MS)

enum alarms_word alarms_word(const struct alarms_known *k, int64_t now)
{
        if (k->over)
                return k->told_at ? ALARMS_OVER : ALARMS_SILENT;
        if (!k->told_at)
                return ALARMS_NEW;
        if (k->count >= 2 * k->told_count && now - k->told_at >= MORE_MS)
                return ALARMS_MORE;
        return now - k->told_at >= STILL_MS ? ALARMS_STILL : ALARMS_SILENT;
}

bool alarms_quiet(int64_t now, int64_t from, int64_t to)
{
        int64_t minute = (now + CHINA_MS) / MINUTE_MS % 1440;

        if (from <= to)
                return minute >= from && minute < to;
        return minute >= from || minute < to;
}

bool alarms_may_send(int64_t last_minute, int64_t last_hour)
{
        return last_minute < ALARMS_MINUTE_MAX && last_hour < ALARMS_HOUR_MAX;
}

bool alarms_hears(const char *kinds, const char *kind)
{
        size_t n = strlen(kind);

        if (!*kinds)
                return true;
        for (const char *k = kinds; *k; k += strspn(k, " ")) {
                size_t len = strcspn(k, " ");

                if (len == n && !memcmp(k, kind, n))
                        return true;
                k += len;
        }
        return false;
}
