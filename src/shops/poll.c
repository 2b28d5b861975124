/* Polling windows: which stretch of the platform's update time to read next. */
#include "shops/rows.h"

#define BACKFILL_S (30 * 86400LL)
#define SETTLE_S 60
#define OVERLAP_S 120

static int save(struct ctx *ctx, int64_t account_id, const char *what, int64_t begin_s, int64_t end_s,
                const char *next_key)
{
        return status_fold(db_exec(ctx, &shops_q_poll_save, DB_I(ctx->merchant), DB_I(account_id), DB_T(what),
                                   DB_I(begin_s), DB_I(end_s), DB_T(next_key)));
}

int shops_poll_window(struct ctx *ctx, int64_t account_id, const char *what, int64_t span_s, struct shops_window *w)
{
        int64_t until = ctx->now / 1000 - SETTLE_S;
        int r = db_one(ctx, &shops_q_poll_get, w, DB_I(ctx->merchant), DB_I(account_id), DB_T(what));
        if (r && r != DB_E_NONE)
                return status_fold(r);
        if (r)
                *w = (struct shops_window){.begin_s = until - BACKFILL_S};
        if (!w->end_s) {
                w->next_key = NULL;
                w->end_s = w->begin_s + span_s < until ? w->begin_s + span_s : until;
        }
        return w->end_s > w->begin_s ? 0 : SHOPS_E_CAUGHT_UP;
}

int shops_poll_read(struct ctx *ctx, int64_t account_id, const char *what, const struct shops_window *w,
                    const char *next_key, int64_t *run_at)
{
        *run_at = ctx->now;
        if (next_key)
                return save(ctx, account_id, what, w->begin_s, w->end_s, next_key);
        /* A step must not undo itself: when caught up the window is as short as the overlap. */
        if (w->end_s + OVERLAP_S >= ctx->now / 1000 - SETTLE_S)
                *run_at += SHOPS_POLL_EVERY_MS;
        int64_t begin_s = w->end_s - OVERLAP_S > w->begin_s ? w->end_s - OVERLAP_S : w->begin_s;
        return save(ctx, account_id, what, begin_s, 0, NULL);
}

int shops_poll_refused(struct ctx *ctx, int64_t account_id, const char *what, const struct shops_window *w)
{
        return save(ctx, account_id, what, w->begin_s, 0, NULL);
}
