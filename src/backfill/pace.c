/* How fast, and how long still. The platform's limits are for all we do; what happens now must never stand behind history. */
#include "backfill/parts.h"

#define DAY_MS (24 * 3600 * 1000LL)
#define CHINA_MS (8 * 3600 * 1000LL)
#define RATE_MS (60 * 1000)  /* what "lately" means */
#define SLICE_MS 5000        /* a minute's calls are spread over slices: no burst, no rest */
#define GAP_MS 8000          /* longer between two batches was a pause, not work */
#define UNTOLD_A_MINUTE 1200 /* when the platform does not tell its limit */

/* A day's quota begins anew at midnight in China; a minute later every machine of theirs knows. */
int64_t backfill_next_day(int64_t now)
{
        return ((now + CHINA_MS) / DAY_MS + 1) * DAY_MS - CHINA_MS + 60 * 1000;
}

static bool same_day(int64_t a, int64_t b)
{
        return (a + CHINA_MS) / DAY_MS == (b + CHINA_MS) / DAY_MS;
}

int64_t backfill_reserve(const struct backfill_reader *r)
{
        return r->quota_limit / 5;
}

static int64_t a_slice(const struct backfill_reader *r)
{
        int64_t minute = r->minute_max ? r->minute_max * 4 / 5 : UNTOLD_A_MINUTE, n = minute * SLICE_MS / 60000;

        return n > 0 ? n : 1;
}

double backfill_most(const struct backfill_reader *r)
{
        return (double)a_slice(r) / SLICE_MS;
}

static int64_t least(int64_t a, int64_t b)
{
        return a < b ? a : b;
}

int64_t backfill_allow(const struct backfill_reader *r, int64_t now, int64_t want, int64_t *until, const char **why)
{
        int64_t n = want, spent = now - r->slice_at < SLICE_MS && now >= r->slice_at ? r->slice_n : 0;

        *why = NULL;
        *until = 0;
        if (r->pause_until > now) {
                *until = r->pause_until;
                *why = r->pause;
                return 0;
        }
        if (r->quota_limit && same_day(r->quota_at, now)) {
                n = least(n, r->quota_left - backfill_reserve(r));
                if (n <= 0) {
                        *until = backfill_next_day(now);
                        *why = "quota";
                        return 0;
                }
        }
        n = least(n, a_slice(r) - spent);
        if (n <= 0) {
                *until = r->slice_at + SLICE_MS;
                *why = "rate";
                return 0;
        }
        return n;
}

void backfill_spend(struct backfill_reader *r, int64_t now, int64_t n)
{
        if (now - r->slice_at >= SLICE_MS || now < r->slice_at) {
                r->slice_at = now;
                r->slice_n = 0;
        }
        r->slice_n += n;
        r->quota_left = r->quota_left > n ? r->quota_left - n : 0;
}

void backfill_note(struct backfill_reader *r, int64_t now, int64_t n)
{
        int64_t gap = now - r->last_at;

        r->done += n;
        if (r->last_at && gap >= 0 && gap <= GAP_MS) {
                r->rate_n += n;
                r->rate_ms += gap;
        }
        r->last_at = now;
        if (r->rate_ms > RATE_MS) {
                r->rate_n /= 2;
                r->rate_ms /= 2;
        }
}

int64_t backfill_expected(const struct backfill_reader *r)
{
        if (r->listed_s <= 0 || r->listed_s >= r->span_s)
                return r->found;
        return (int64_t)((double)r->found * (double)r->span_s / (double)r->listed_s);
}

int64_t backfill_left_ms(const struct backfill_reader *r, int64_t now, int64_t left, double per_ms)
{
        int64_t day, today, days;

        if (left <= 0)
                return 0;
        if (per_ms <= 0)
                return -1;
        day = r->quota_limit - backfill_reserve(r);
        today = r->quota_left - backfill_reserve(r);
        if (!r->quota_limit || !same_day(r->quota_at, now))
                today = left;
        if (left <= today || day <= 0)
                return (int64_t)((double)left / per_ms);
        left -= today > 0 ? today : 0;
        days = (left - 1) / day; /* whole days after the next midnight */
        return backfill_next_day(now) - now + days * DAY_MS + (int64_t)((double)(left - days * day) / per_ms);
}

/*
 * Who ends leaves what it had of the processor and the workers to the others, so all together read what is left at their common
 * pace; but nobody becomes faster than the platform lets it, nor reads beyond its day's quota, whatever the others leave.
 */
int64_t backfill_left_of_all(const struct backfill_pace *p, size_t n, int64_t now)
{
        int64_t left = 0, longest, alone;
        bool unknown = false;
        double per_ms = 0;

        for (size_t i = 0; i < n; i++) {
                left += p[i].left > 0 ? p[i].left : 0;
                per_ms += p[i].per_ms;
                unknown |= p[i].unknown;
        }
        if (!left || per_ms <= 0)
                return unknown ? -1 : 0;
        longest = (int64_t)((double)left / per_ms);
        for (size_t i = 0; i < n; i++) {
                alone = backfill_left_ms(p[i].reader, now, p[i].left, p[i].most > 0 && p[i].most < per_ms ? p[i].most : per_ms);
                longest = alone > longest ? alone : longest;
        }
        return longest;
}
