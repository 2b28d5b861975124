/* Stretches of the platform's time, the objects their lists name, and the progress over both. */
#include "backfill/parts.h"

#include "base/log.h"

#define DAY_S 86400
#define SETTLE_S 60   /* callbacks come first */
#define OVERLAP_S 120 /* clocks differ */
#define TELL_MS 1000

const struct backfill_source *backfill_source_find(struct ctx *ctx, const char *what)
{
        for (size_t d = 0; d < ctx->registry->n; d++)
                for (size_t i = 0; i < ctx->registry->domains[d]->n_sources; i++)
                        if (text_eq(ctx->registry->domains[d]->sources[i].what, what))
                                return &ctx->registry->domains[d]->sources[i];
        return NULL;
}

int backfill_reader_get(struct ctx *ctx, int64_t account_id, const char *what, struct backfill_reader *out)
{
        int r = db_one(ctx, &backfill_q_reader_get, out, DB_I(ctx->merchant), DB_I(account_id), DB_T(what));

        return r == DB_E_NONE ? BACKFILL_E_NONE : status_fold(r);
}

int backfill_reader_save(struct ctx *ctx, const struct backfill_reader *r)
{
        return status_fold(db_exec(ctx, &backfill_q_reader_save, DB_I(ctx->merchant), DB_I(r->account_id), DB_T(r->what),
                                   DB_I(r->head_s), DB_I(r->began_at), DB_I(r->done_at), DB_I(r->span_s), DB_I(r->listed_s),
                                   DB_I(r->found), DB_I(r->done), DB_I(r->rate_n), DB_I(r->rate_ms), DB_I(r->last_at),
                                   DB_I(r->told_at), DB_T(r->pause), DB_I(r->pause_until), DB_T(r->pause_error),
                                   DB_I(r->quota_limit), DB_I(r->quota_left), DB_I(r->quota_at), DB_I(r->minute_max),
                                   DB_I(r->slice_at), DB_I(r->slice_n)));
}

/* Between two looks nothing is left: what comes now is a new catching up. */
static void begin_anew(struct ctx *ctx, struct backfill_reader *r)
{
        r->began_at = ctx->now > r->done_at ? ctx->now : r->done_at + 1;
        r->span_s = r->listed_s = r->found = r->done = 0;
}

/* Days from the newest on, so that the oldest is the short one. */
static int add_days(struct ctx *ctx, struct backfill_reader *r, int64_t begin_s, int64_t end_s, bool again)
{
        while (end_s > begin_s) {
                int64_t from = end_s - DAY_S > begin_s ? end_s - DAY_S : begin_s;
                int e = db_exec(ctx, &backfill_q_stretch_add, DB_I(ctx->merchant), DB_I(r->account_id), DB_T(r->what),
                                DB_I(end_s), DB_I(from), DB_I(again));
                if (e)
                        return status_fold(e);
                if (db_changed(ctx))
                        r->span_s += end_s - from;
                end_s = from;
        }
        return 0;
}

int backfill_take_on(struct ctx *ctx, const struct backfill_source *source, struct backfill_reader *r)
{
        int64_t until = ctx->now / 1000 - (source->by_time ? SETTLE_S : 0);
        int64_t from = r->head_s ? r->head_s - OVERLAP_S : until - BACKFILL_DAYS * DAY_S;
        int e;

        if (r->head_s && until - r->head_s < source->every_ms / 1000)
                return 0;
        if (r->done_at >= r->began_at && r->done_at)
                begin_anew(ctx, r);
        e = source->by_time ? add_days(ctx, r, from, until, false) : add_days(ctx, r, until - 1, until, false);
        r->head_s = until;
        return e;
}

int backfill_newest(struct ctx *ctx, const struct backfill_reader *r, struct backfill_stretch *out)
{
        int e = db_one(ctx, &backfill_q_stretch_newest, out, DB_I(ctx->merchant), DB_I(r->account_id), DB_T(r->what));

        return e == DB_E_NONE ? BACKFILL_E_NONE : status_fold(e);
}

/* It waits already, perhaps is being fetched just now: then its newer end keeps it waiting after that. */
static int add_todo(struct ctx *ctx, struct backfill_reader *r, const char *remote_id, int64_t end_s)
{
        int e = db_exec(ctx, &backfill_q_todo_add, DB_I(ctx->merchant), DB_I(r->account_id), DB_T(r->what), DB_T(remote_id),
                        DB_I(end_s));

        if (e)
                return status_fold(e);
        if (db_changed(ctx)) {
                r->found++;
                return 0;
        }
        return status_fold(db_exec(ctx, &backfill_q_todo_raise, DB_I(ctx->merchant), DB_I(r->account_id), DB_T(r->what),
                                   DB_T(remote_id), DB_I(end_s)));
}

static int keep_listed(struct ctx *ctx, const struct backfill_source *source, struct backfill_reader *r,
                       const struct backfill_page *page, size_t i)
{
        int e = source->keep(ctx, r->account_id, page->ids[i], page->objects[i]);

        r->found++;
        backfill_note(r, ctx->now, 1);
        if (e == BACKFILL_E_BAD) {
                log_event(LOG_WARN, "backfill.bad_object", "what", r->what, "id", page->ids[i], NULL);
                return 0;
        }
        return status_fold(e);
}

static int look_for_missing(struct ctx *ctx, const struct backfill_source *source, struct backfill_reader *r,
                            const struct backfill_stretch *s)
{
        const char *const *ids;
        size_t n = 0;
        int e = source->missing ? status_fold(source->missing(ctx, r->account_id, s->end_s * 1000, &ids, &n)) : 0;

        for (size_t i = 0; i < n && !e; i++)
                e = add_todo(ctx, r, ids[i], s->end_s);
        return e;
}

int backfill_listed(struct ctx *ctx, const struct backfill_source *source, struct backfill_reader *r,
                    const struct backfill_stretch *s, const struct backfill_page *page)
{
        int e = 0;

        for (size_t i = 0; i < page->n && !e; i++) {
                bool fresh = false;

                if (page->objects) {
                        e = keep_listed(ctx, source, r, page, i);
                        continue;
                }
                if (source->fresh && !s->again)
                        e = status_fold(source->fresh(ctx, r->account_id, page->ids[i], s->end_s * 1000, &fresh));
                if (!e && !fresh)
                        e = add_todo(ctx, r, page->ids[i], s->end_s);
        }
        if (e)
                return e;
        if (page->next_key)
                return status_fold(db_exec(ctx, &backfill_q_stretch_page, DB_I(ctx->merchant), DB_I(r->account_id),
                                           DB_T(r->what), DB_I(s->end_s), DB_T(page->next_key)));
        e = look_for_missing(ctx, source, r, s);
        if (e)
                return e;
        r->listed_s += s->end_s - s->begin_s;
        if (r->listed_s >= r->span_s && r->done < r->found / 10) { /* now it begins in all lanes: what was counts half */
                r->rate_n /= 2;
                r->rate_ms /= 2;
        }
        return status_fold(
                db_exec(ctx, &backfill_q_stretch_end, DB_I(ctx->merchant), DB_I(r->account_id), DB_T(r->what), DB_I(s->end_s)));
}

int backfill_look_done(struct ctx *ctx, struct backfill_reader *r)
{
        struct backfill_stretch s;
        struct backfill_todo todo;
        bool news = ctx->now - r->told_at >= TELL_MS || ctx->now < r->told_at;
        int e = backfill_newest(ctx, r, &s);

        if (e == BACKFILL_E_NONE) {
                e = db_one(ctx, &backfill_q_todo_any, &todo, DB_I(ctx->merchant), DB_I(r->account_id), DB_T(r->what));
                if (e == DB_E_NONE && r->done_at < r->began_at) {
                        r->done_at = ctx->now > r->began_at ? ctx->now : r->began_at;
                        news = true;
                }
                e = e == DB_E_NONE ? 0 : status_fold(e);
        }
        if (e)
                return e;
        if (news) {
                r->told_at = ctx->now;
                ctx_notice(ctx, "backfill", "progress", r->account_id, 0, NULL);
        }
        return backfill_reader_save(ctx, r);
}

int backfill_want(struct ctx *ctx, int64_t account_id, const char *what, const char *remote_id, int64_t at_s)
{
        struct backfill_reader r;
        int64_t found;
        int e = backfill_reader_get(ctx, account_id, what, &r);

        if (e)
                return e;
        if (r.done_at >= r.began_at)
                begin_anew(ctx, &r);
        found = r.found;
        e = add_todo(ctx, &r, remote_id, at_s);
        if (e || r.found == found)
                return e; /* it waits already */
        e = backfill_reader_save(ctx, &r);
        return e ? e : backfill_read_soon(ctx, &r);
}

int backfill_again(struct ctx *ctx, int64_t account_id, const char *what, int64_t days)
{
        struct backfill_reader r;
        const struct backfill_source *source = backfill_source_find(ctx, what);
        int e = source ? backfill_reader_get(ctx, account_id, what, &r) : BACKFILL_E_NONE;

        if (e)
                return e;
        if (r.done_at >= r.began_at)
                begin_anew(ctx, &r);
        int64_t until = source->by_time && r.head_s ? r.head_s : ctx->now / 1000;
        if (!source->by_time)
                r.head_s = until; /* what is listed now need not be listed soon */
        e = add_days(ctx, &r, until - (source->by_time ? days * DAY_S : 1), until, true);
        if (!e)
                e = backfill_reader_save(ctx, &r);
        return e ? e : backfill_list_soon(ctx, account_id, what, 0);
}
