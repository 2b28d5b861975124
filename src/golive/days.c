/* Seven days of figures: ours, counted from the messages, and the console's, read by a person. */
#include "golive/rows.h"

#include "inbox/inbox.h"
#include "store/audit.h"

#include <time.h>

#define DAY_MS (24 * 3600 * 1000LL)
#define CHINA_MS (8 * 3600 * 1000LL)
#define DAYS 7

int64_t golive_day_of(int64_t ms)
{
        time_t s = (time_t)((ms + CHINA_MS) / 1000);
        struct tm tm;

        gmtime_r(&s, &tm);
        return (tm.tm_year + 1900) * 10000LL + (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

int64_t golive_day_begins(int64_t day)
{
        struct tm tm = {.tm_year = (int)(day / 10000) - 1900, .tm_mon = (int)(day / 100 % 100) - 1, .tm_mday = (int)(day % 100)};
        int64_t ms = day < 19700101 || day > 99991231 ? -1 : timegm(&tm) * 1000LL - CHINA_MS;

        return ms >= 0 && golive_day_of(ms) == day ? ms : -1; /* timegm() takes the 31st of June for the 1st of July */
}

static int theirs_of(struct ctx *ctx, int64_t account_id, struct golive_day *days, size_t n)
{
        struct golive_theirs_row *rows;
        size_t n_rows;
        int r = status_fold(db_all(ctx, &golive_q_days, &rows, &n_rows, DB_I(ctx->merchant), DB_I(account_id)));

        for (size_t i = 0; !r && i < n_rows; i++)
                for (size_t k = 0; k < n; k++)
                        if (days[k].day == rows[i].day)
                                days[k].theirs = rows[i].theirs;
        return r;
}

int golive_days(struct ctx *ctx, int64_t account_id, struct golive_day **out, size_t *n)
{
        struct golive_shop s;
        int r = golive_get(ctx, account_id, &s);

        *n = 0;
        *out = arena_array(ctx->arena, struct golive_day, DAYS);
        if (r || !s.live_at)
                return r;
        for (int64_t from = golive_day_begins(golive_day_of(s.live_at)); !r && *n < DAYS && from <= ctx->now; from += DAY_MS) {
                struct golive_day *d = &(*out)[(*n)++];
                struct inbox_rounds rounds;

                *d = (struct golive_day){.day = golive_day_of(from), .theirs = -1, .over = from + DAY_MS <= ctx->now};
                r = inbox_rounds(ctx, account_id, from > s.live_at ? from : s.live_at, from + DAY_MS, &rounds);
                if (r)
                        return status_fold(r);
                d->rounds = rounds.n;
                d->answered = rounds.answered;
                d->in_3min = rounds.in_3min;
                d->mean_s = rounds.answered ? rounds.sum_s / rounds.answered : 0;
        }
        return r ? r : theirs_of(ctx, account_id, *out, *n);
}

struct entered {
        int64_t day, hundredths;
};
static const struct json_field entered_fields[] = {
        JSON_INT(struct entered, day, JSON_REQUIRED, 0, 0, "20261123"),
        JSON_INT(struct entered, hundredths, JSON_REQUIRED, 0, 0, "of a per cent"),
};
static const struct json_desc entered_desc = JSON_DESC("GoliveEntered", struct entered, entered_fields);

int golive_theirs(struct ctx *ctx, int64_t account_id, int64_t day, int64_t hundredths)
{
        const struct entered entered = {day, hundredths};
        struct golive_shop s;
        int64_t begins = golive_day_begins(day);
        int r = golive_get(ctx, account_id, &s);

        if (r)
                return r;
        if (begins < 0 || !s.live_at || day < golive_day_of(s.live_at) || begins > ctx->now)
                return GOLIVE_E_BAD;
        r = status_fold(db_exec(ctx, &golive_q_day_set, DB_I(ctx->merchant), DB_I(account_id), DB_I(day), DB_I(hundredths)));
        ctx_notice(ctx, "golive", "changed", account_id, 0, NULL);
        return r ? r : status_fold(audit(ctx, "golive.theirs", "account", account_id, json_write(ctx->arena, &entered_desc, &entered)));
}
