#include "sim/hours.h"

#include "sim/world.h"

#define CHINA_MS (8 * HOUR_MS)
#define SHARES 1000

/* How many of a thousand orders come in each hour of a day. */
static const int hour_share[24] = {22, 12, 7,  5,  4,  6,  12, 22, 32, 40, 46, 44,
                                   42, 40, 38, 36, 38, 46, 78, 98, 112, 104, 76, 40};

int64_t hours_moment(int64_t part)
{
        int64_t share = part * SHARES / DAY_MS, before = 0;
        int hour = 0;

        while (hour < 23 && before + hour_share[hour] <= share) {
                before += hour_share[hour];
                hour++;
        }
        int64_t into = part * SHARES - before * DAY_MS; /* of hour_share[hour] * DAY_MS */
        return hour * HOUR_MS + into / (hour_share[hour] * (DAY_MS / HOUR_MS));
}

int64_t hours_midnight(int64_t ms)
{
        return (ms + CHINA_MS) / DAY_MS * DAY_MS - CHINA_MS;
}

int hours_of(int64_t ms)
{
        return (int)((ms - hours_midnight(ms)) / HOUR_MS);
}
