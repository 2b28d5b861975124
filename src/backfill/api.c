/* HTTP of backfill: how far, how fast, how long still, and why not. */
#include "backfill/api.h"
#include "backfill/parts.h"

#include "store/audit.h"

struct view {
        int64_t account_id;
        const char *account, *what, *state;
        int64_t found, expected, done, per_minute, left_ms, began_at, done_at, oldest_at;
        const char *pause;
        int64_t pause_until;
        const char *pause_error;
        int64_t quota_limit, quota_left, quota_reserve;
};

static const char *const states[] = {"ready", "reading", "paused", NULL};
static const char *const pauses[] = {"quota", "rate", "config", "trouble", NULL};

static const struct json_field view_fields[] = {
        JSON_KEY(struct view, account_id, JSON_REQUIRED, "whose"),
        JSON_STR(struct view, account, JSON_REQUIRED, 0, 0, "its name"),
        JSON_STR(struct view, what, JSON_REQUIRED, 0, 0, "orders, aftersales, products, ..."),
        JSON_CHOICE(struct view, state, JSON_REQUIRED, states, "ready: nothing is left to read"),
        JSON_INT(struct view, found, JSON_REQUIRED, 0, 0, "objects that the lists named"),
        JSON_INT(struct view, expected, JSON_REQUIRED, 0, 0, "how many there will be, as far as the lists tell"),
        JSON_INT(struct view, done, JSON_REQUIRED, 0, 0, "read"),
        JSON_INT(struct view, per_minute, JSON_REQUIRED, 0, 0, "read a minute, lately; pauses left out"),
        JSON_INT(struct view, left_ms, JSON_REQUIRED, 0, 0, "until ready, pauses for quota included; -1 = not known yet"),
        JSON_INT(struct view, began_at, JSON_REQUIRED, 0, 0, "ms: this catching up"),
        JSON_INT(struct view, done_at, JSON_REQUIRED, 0, 0, "ms: last time nothing was left; 0 = never yet"),
        JSON_INT(struct view, oldest_at, JSON_REQUIRED, 0, 0, "ms: listed back to here; 0 = all"),
        JSON_CHOICE(struct view, pause, 0, pauses, "why nothing is read; null = nothing is in the way"),
        JSON_INT(struct view, pause_until, JSON_REQUIRED, 0, 0, "ms; 0 = no pause"),
        JSON_STR(struct view, pause_error, 0, 0, 0, "what the platform said"),
        JSON_INT(struct view, quota_limit, JSON_REQUIRED, 0, 0, "calls a day; 0 = the platform does not tell"),
        JSON_INT(struct view, quota_left, JSON_REQUIRED, 0, 0, "of them today"),
        JSON_INT(struct view, quota_reserve, JSON_REQUIRED, 0, 0, "of them kept for what happens now"),
};
static const struct json_desc view_desc = JSON_DESC("BackfillReader", struct view, view_fields);

struct list_out {
        struct view *items;
        size_t n;
        int64_t done, expected, left_ms;
};
static const struct json_field list_fields[] = {
        JSON_LIST(struct list_out, items, n, JSON_REQUIRED, 0, &view_desc, "by account"),
        JSON_INT(struct list_out, done, JSON_REQUIRED, 0, 0, "of everything"),
        JSON_INT(struct list_out, expected, JSON_REQUIRED, 0, 0, "of everything"),
        JSON_INT(struct list_out, left_ms, JSON_REQUIRED, 0, 0, "until everything is read; -1 = not known yet"),
};
static const struct json_desc list_desc = JSON_DESC("Backfill", struct list_out, list_fields);

/* What it reads in bursts, within the platform's limit, is not faster than the limit. */
static void see_pace(struct ctx *ctx, const struct backfill_reader *r, struct backfill_pace *p)
{
        const struct backfill_source *source = backfill_source_find(ctx, r->what);

        *p = (struct backfill_pace){.reader = r, .left = backfill_expected(r) - r->done, .most = source && source->get ? backfill_most(r) : 0};
        if (r->rate_ms > 0)
                p->per_ms = (double)r->rate_n / (double)r->rate_ms;
        if (p->most > 0 && p->per_ms > p->most)
                p->per_ms = p->most;
}

static int see(struct ctx *ctx, const struct backfill_reader *r, struct view *v, struct backfill_pace *p)
{
        struct backfill_stretch s;
        int e = backfill_newest(ctx, r, &s);
        bool listing = !e, reading = r->done_at < r->began_at || listing;

        if (e && e != BACKFILL_E_NONE)
                return e;
        see_pace(ctx, r, p);
        *v = (struct view){
                .account_id = r->account_id,
                .what = r->what,
                .state = !reading ? "ready" : r->pause_until > ctx->now ? "paused" : "reading",
                .found = r->found,
                .expected = backfill_expected(r),
                .done = r->done,
                .per_minute = (int64_t)(p->per_ms * 60000),
                .left_ms = reading ? backfill_left_ms(r, ctx->now, p->left, p->per_ms) : 0,
                .began_at = r->began_at,
                .done_at = r->done_at,
                .oldest_at = listing ? s.end_s * 1000 : 0,
                .pause = r->pause_until > ctx->now ? r->pause : NULL,
                .pause_until = r->pause_until > ctx->now ? r->pause_until : 0,
                .pause_error = r->pause_until > ctx->now ? r->pause_error : NULL,
                .quota_limit = r->quota_limit,
                .quota_left = r->quota_left,
                .quota_reserve = backfill_reserve(r),
        };
        if (listing && !v->left_ms)
                v->left_ms = -1;
        if (!reading)
                *p = (struct backfill_pace){.reader = r};
        p->unknown = v->left_ms < 0;
        return 0;
}

static int get_backfill(struct ctx *ctx, const void *in, void *out)
{
        struct list_out *o = out;
        struct backfill_reader *rows;
        struct backfill_pace *paces;
        struct shops_account account;
        int r = status_fold(db_all(ctx, &backfill_q_readers, &rows, &o->n, DB_I(ctx->merchant)));

        (void)in;
        if (r)
                return r;
        o->items = arena_array(ctx->arena, struct view, o->n);
        paces = arena_array(ctx->arena, struct backfill_pace, o->n);
        for (size_t i = 0; i < o->n && !r; i++) {
                r = see(ctx, &rows[i], &o->items[i], &paces[i]);
                if (!r)
                        r = status_fold(shops_account_get(ctx, rows[i].account_id, &account));
                o->items[i].account = r ? "" : account.name;
                o->done += o->items[i].done;
                o->expected += o->items[i].expected;
        }
        if (!r)
                o->left_ms = backfill_left_of_all(paces, o->n, ctx->now);
        return r;
}

struct again_in {
        int64_t account_id, days;
        const char *what;
};
static const struct json_field again_fields[] = {
        JSON_KEY(struct again_in, account_id, JSON_REQUIRED, "the account"),
        JSON_STR(struct again_in, what, JSON_REQUIRED, 1, 40, "orders, aftersales, products, ..."),
        JSON_INT(struct again_in, days, JSON_REQUIRED, 1, BACKFILL_DAYS, "back from now"),
};
static const struct json_desc again_desc = JSON_DESC("BackfillAgain", struct again_in, again_fields);

static int post_again(struct ctx *ctx, const void *in, void *out)
{
        const struct again_in *i = in;
        int r = backfill_again(ctx, i->account_id, i->what, i->days);

        (void)out;
        return r ? r : status_fold(audit(ctx, "backfill.again", "account", i->account_id, json_write(ctx->arena, &again_desc, i)));
}

static const struct problem problems[] = {
        {BACKFILL_E_NONE, 404, "backfill.none", "这个账号没有这类数据可读，请刷新后重试。",
         "This account has nothing of that kind to read; reload the page."},
        {0},
};

const struct route backfill_routes[2] = {
        {"GET", "/api/backfill", get_backfill, .out = &list_desc, .permission = "backfill.read",
         .summary = "How far the reading of history is, how fast, how long still"},
        {"POST", "/api/backfill/again", post_again, .in = &again_desc, .permission = "backfill.run", .flags = ROUTE_WRITE,
         .ok = 204, .problems = problems, .summary = "Has the last days of a source read again"},
};
