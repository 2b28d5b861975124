/*
 * The two jobs. backfill.list reads one page of the newest stretch; backfill.read fetches a batch of objects one after the
 * other and keeps them in one transaction, in a few lanes side by side. Both are bulk: they never take more than half of
 * the workers, and nobody waits for them. What a dead process had taken is still marked with its lane and goes first.
 */
#include "backfill/parts.h"

#include "base/log.h"
#include "platform/quota.h"

#define BATCH 16                       /* objects of one transaction */
#define LIST_IDS 600                   /* of one transaction, about */
#define TROUBLE_MS (15 * 1000)         /* no answer, or a broken one */
#define QUOTA_MS (10 * 60 * 1000LL)    /* how long an answer about the quota is good */
#define DAY_USED_UP 45009              /* of the api.weixin host, where quotas are told; WeCom says so of a minute as well */
#define TOO_FAST 45011
#define CONFIG_MS (10 * 60 * 1000LL)   /* a person must act */

struct target { /* payload of both jobs */
        const char *what;
        int64_t lane; /* 0 for the list */
};
static const struct json_field target_fields[] = {
        JSON_STR(struct target, what, JSON_REQUIRED, 1, 40, "the source"),
        JSON_INT(struct target, lane, JSON_OMIT, 0, 0, "one of several jobs"),
};
static const struct json_desc target_desc = JSON_DESC("BackfillTarget", struct target, target_fields);

static int enqueue(struct ctx *ctx, const char *kind, int64_t account_id, const char *what, int64_t lane, int64_t run_at)
{
        struct target t = {what, lane};

        return status_fold(
                job_enqueue(ctx, &(struct job_new){.kind = kind,
                                                   .key = arena_printf(ctx->arena, "%lld:%s:%lld", (long long)account_id,
                                                                       what, (long long)lane),
                                                   .account_id = account_id,
                                                   .payload = json_write(ctx->arena, &target_desc, &t),
                                                   .run_at = run_at}));
}

int backfill_list_soon(struct ctx *ctx, int64_t account_id, const char *what, int64_t run_at)
{
        return enqueue(ctx, "backfill.list", account_id, what, 0, run_at);
}

static int read_soon(struct ctx *ctx, const struct backfill_reader *r, int64_t lane, int64_t run_at)
{
        return enqueue(ctx, "backfill.read", r->account_id, r->what, lane, run_at);
}

int backfill_read_soon(struct ctx *ctx, const struct backfill_reader *r)
{
        int e = 0;

        for (int64_t lane = 1; lane <= BACKFILL_LANES && !e; lane++)
                e = read_soon(ctx, r, lane, 0);
        return e;
}

int backfill_start(struct ctx *ctx, const struct shops_account *account)
{
        int r = 0;

        for (size_t d = 0; d < ctx->registry->n && !r; d++) {
                const struct domain *domain = ctx->registry->domains[d];

                for (size_t i = 0; i < domain->n_sources && !r; i++) {
                        const struct backfill_source *s = &domain->sources[i];

                        if (!text_eq(s->account, account->kind))
                                continue;
                        r = status_fold(db_exec(ctx, &backfill_q_reader_add, DB_I(ctx->merchant), DB_I(account->account_id),
                                                DB_T(s->what), DB_I(ctx->now)));
                        if (!r)
                                r = backfill_list_soon(ctx, account->account_id, s->what, 0);
                }
        }
        return r;
}

/* ---- what both begin with and end in ---- */

struct reading {
        const struct backfill_source *source;
        struct target target;
        struct backfill_stretch stretch;
        struct backfill_page page;
        struct backfill_todo *todo; /* to fetch */
        size_t n_todo;
        struct bytes *objects; /* of todo[i], while i < n_read; p NULL: the platform has no such object */
        size_t n_read;
        bool ask, told;        /* the quota is to be asked for; was told */
        struct wx_quota quota; /* before the batch */
        int stopped; /* WX_E_* of the call that ended the batch early, or 0 */
        struct wx_fault fault;
};

/* JOB_DONE when the source is none of this program's. */
static int begin(struct ctx *ctx, struct job *job, struct reading **out, struct backfill_reader *r)
{
        struct reading *reading = arena_new(ctx->arena, struct reading);

        if (json_read(ctx->arena, bytes_of_text(job->payload), &target_desc, JSON_STRICT, &reading->target, NULL))
                return fatal(EINVAL, "payload of job %lld", (long long)job->job_id);
        reading->source = backfill_source_find(ctx, reading->target.what);
        *out = reading;
        int e = reading->source ? backfill_reader_get(ctx, job->account_id, reading->target.what, r) : BACKFILL_E_NONE;
        return e == BACKFILL_E_NONE ? JOB_DONE : e;
}

/* Why nothing goes on for a while; the reader is the caller's to save. */
static void pause_for(struct ctx *ctx, struct backfill_reader *r, int status, const struct wx_fault *fault)
{
        int64_t ms = fault->retry_after_ms;

        r->pause_error = fault->errmsg;
        r->pause = ms || fault->errcode == DAY_USED_UP || fault->errcode == TOO_FAST ? "rate" : "trouble";
        if (status == WX_E_CONFIG || status == WX_E_NO_ACCOUNT || status == WX_E_REFUSED) {
                r->pause = "config";
                ms = CONFIG_MS;
        }
        r->pause_until = ctx->now + (ms ? ms : TROUBLE_MS);
        r->quota_at = 0; /* ask again before going on */
        if (fault->errcode == DAY_USED_UP && r->quota_limit) {
                r->pause = "quota";
                r->pause_until = backfill_next_day(ctx->now);
                r->quota_at = ctx->now;
                r->quota_left = 0;
        }
}

/* Not now: `why` is shown, and the job comes back then. */
static int wait_until(struct ctx *ctx, struct backfill_reader *r, const char *why, int64_t until)
{
        if (text_eq(why, "quota") && r->pause_until < until) {
                r->pause = "quota";
                r->pause_until = until;
                r->pause_error = NULL;
                return backfill_look_done(ctx, r);
        }
        return 0;
}

/* ---- lists ---- */

int backfill_list_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct backfill_reader r;
        struct reading *reading;
        int e = begin(ctx, job, &reading, &r);

        *state = reading;
        if (e)
                return e;
        if (r.pause_until > ctx->now) {
                e = backfill_list_soon(ctx, r.account_id, r.what, r.pause_until);
                return e ? e : JOB_DONE;
        }
        e = backfill_take_on(ctx, reading->source, &r);
        if (!e)
                e = backfill_reader_save(ctx, &r);
        if (!e)
                e = backfill_newest(ctx, &r, &reading->stretch);
        if (e != BACKFILL_E_NONE)
                return e;
        e = backfill_read_soon(ctx, &r);
        if (!e)
                e = backfill_list_soon(ctx, r.account_id, r.what, ctx->now + reading->source->every_ms);
        return e ? e : JOB_DONE;
}

/* `more` behind what is there. */
static void append(struct ctx *ctx, struct backfill_page *page, const struct backfill_page *more)
{
        const char **ids = arena_array(ctx->arena, const char *, page->n + more->n);
        bool whole = page->objects || more->objects;
        struct bytes *objects = whole ? arena_array(ctx->arena, struct bytes, page->n + more->n) : NULL;

        for (size_t i = 0; i < page->n + more->n; i++) {
                const struct backfill_page *from = i < page->n ? page : more;
                size_t k = i < page->n ? i : i - page->n;

                ids[i] = from->ids[k];
                if (objects)
                        objects[i] = from->objects[k];
        }
        *page = (struct backfill_page){ids, page->n + more->n, more->next_key, objects};
}

/* Lists are short work and tell how much there is to do: several pages at a time, so that they are ahead of the objects. */
int backfill_list_call(struct ctx *ctx, struct job *job, void *state)
{
        struct reading *reading = state;
        struct backfill_ask ask = {reading->stretch.begin_s, reading->stretch.end_s, reading->stretch.next_key};

        do {
                struct backfill_page page;
                int r = reading->source->list(ctx, job->account_id, &ask, &page, &reading->fault);

                if (r < 0)
                        return r;
                if (r) { /* the pages before it are good */
                        reading->stopped = ask.next_key == reading->stretch.next_key ? r : 0;
                        return 0;
                }
                append(ctx, &reading->page, &page);
                ask.next_key = page.next_key;
        } while (ask.next_key && reading->page.n < (reading->page.objects ? BATCH : LIST_IDS));
        return 0;
}

int backfill_list_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct reading *reading = state;
        struct backfill_reader r;
        int e;

        if (outcome)
                return outcome == JOB_RETRY ? JOB_RETRY : 0;
        e = backfill_reader_get(ctx, job->account_id, reading->target.what, &r);
        if (e)
                return status_fold(e);
        if (reading->stopped) {
                log_event(LOG_WARN, "backfill.list_stopped", "what", r.what, "account", log_int(job->account_id), "why",
                          reading->fault.errmsg, NULL);
                pause_for(ctx, &r, reading->stopped, &reading->fault);
                /* Perhaps the page key went stale. */
                if (reading->stopped == WX_E_REFUSED && reading->stretch.next_key)
                        e = status_fold(db_exec(ctx, &backfill_q_stretch_page, DB_I(ctx->merchant), DB_I(r.account_id),
                                                DB_T(r.what), DB_I(reading->stretch.end_s), DB_T(NULL)));
        } else {
                r.pause = NULL;
                r.pause_until = 0;
                e = backfill_listed(ctx, reading->source, &r, &reading->stretch, &reading->page);
                /* One lane is enough until the lists are read: how much there is should be known soon. */
                if (!e && reading->page.n && !reading->page.objects)
                        e = read_soon(ctx, &r, 1, 0);
        }
        if (!e)
                e = backfill_look_done(ctx, &r);
        return e ? e : backfill_list_soon(ctx, r.account_id, r.what, 0);
}

/* ---- objects ---- */

static int take(struct ctx *ctx, const struct backfill_reader *r, struct reading *reading, int64_t n)
{
        int64_t lane = reading->target.lane;
        int e = status_fold(db_all(ctx, &backfill_q_todo_of_lane, &reading->todo, &reading->n_todo, DB_I(ctx->merchant),
                                   DB_I(r->account_id), DB_T(r->what), DB_I(lane)));

        if (e || reading->n_todo)
                return e; /* taken by a process that is gone */
        e = db_exec(ctx, &backfill_q_todo_take, DB_I(ctx->merchant), DB_I(r->account_id), DB_T(r->what), DB_I(lane), DB_I(n));
        if (e)
                return status_fold(e);
        if (!db_changed(ctx))
                return 0;
        return status_fold(db_all(ctx, &backfill_q_todo_of_lane, &reading->todo, &reading->n_todo, DB_I(ctx->merchant),
                                  DB_I(r->account_id), DB_T(r->what), DB_I(lane)));
}

int backfill_read_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct backfill_reader r;
        struct reading *reading;
        const char *why;
        int64_t until, n;
        int e = begin(ctx, job, &reading, &r);

        *state = reading;
        if (e)
                return e;
        n = backfill_allow(&r, ctx->now, BATCH, &until, &why);
        if (!n) {
                e = wait_until(ctx, &r, why, until);
                if (!e)
                        e = read_soon(ctx, &r, reading->target.lane, until);
                return e ? e : JOB_DONE;
        }
        e = take(ctx, &r, reading, n);
        if (e)
                return e;
        if (!reading->n_todo)
                return JOB_DONE;
        reading->ask = reading->source->path && (!r.quota_at || ctx->now - r.quota_at > QUOTA_MS || ctx->now < r.quota_at);
        if (reading->ask)
                r.quota_at = ctx->now; /* one lane asks for all */
        backfill_spend(&r, ctx->now, (int64_t)reading->n_todo);
        reading->objects = arena_array(ctx->arena, struct bytes, reading->n_todo);
        return backfill_reader_save(ctx, &r);
}

static bool leaves_reserve(const struct wx_quota *q, int64_t n)
{
        struct backfill_reader r = {.quota_limit = q->daily_limit};

        return !q->daily_limit || q->remain - n >= backfill_reserve(&r);
}

int backfill_read_call(struct ctx *ctx, struct job *job, void *state)
{
        struct reading *reading = state;
        struct wx_fault fault;

        /* Whoever may not ask reads at the pace that is safe for everybody. */
        if (reading->ask) {
                int r = wx_quota(ctx, job->account_id, reading->source->path, &reading->quota, &fault);

                if (r < 0)
                        return r;
                reading->told = !r;
        }
        if (reading->told && !leaves_reserve(&reading->quota, (int64_t)reading->n_todo))
                return 0; /* the next prepare says until when */
        for (size_t i = 0; i < reading->n_todo; i++) {
                const char *id = reading->todo[i].remote_id;
                int r = reading->source->get(ctx, job->account_id, id, &reading->objects[i], &reading->fault);

                if (r < 0)
                        return r;
                if (r == WX_E_REFUSED) {
                        log_event(LOG_WARN, "backfill.refused", "what", reading->target.what, "id", id, "why",
                                  reading->fault.errmsg, NULL);
                        reading->objects[i] = BYTES_NONE;
                        r = 0;
                }
                reading->stopped = r;
                if (r)
                        break;
                reading->n_read = i + 1;
        }
        return 0;
}

/* Counts in *done unless it changed meanwhile, and waits for another turn. */
static int keep_one(struct ctx *ctx, const struct backfill_reader *r, const struct reading *reading, size_t i, int64_t *done)
{
        const struct backfill_todo *todo = &reading->todo[i];
        int e = 0;

        if (reading->objects[i].p)
                e = reading->source->keep(ctx, r->account_id, todo->remote_id, reading->objects[i]);
        if (e == BACKFILL_E_BAD) {
                log_event(LOG_WARN, "backfill.bad_object", "what", r->what, "id", todo->remote_id, NULL);
                e = 0;
        }
        if (!e)
                e = db_exec(ctx, &backfill_q_todo_done, DB_I(ctx->merchant), DB_I(r->account_id), DB_T(r->what),
                            DB_T(todo->remote_id), DB_I(todo->end_s));
        if (!e)
                *done += db_changed(ctx);
        return status_fold(e);
}

static void note_quota(struct ctx *ctx, struct backfill_reader *r, const struct reading *reading)
{
        const struct wx_quota *q = &reading->quota;

        r->quota_at = ctx->now;
        r->quota_limit = q->daily_limit;
        r->quota_left = q->remain - (int64_t)reading->n_read;
        r->minute_max = q->refresh_second > 0 ? q->call_count * 60 / q->refresh_second : 0;
}

int backfill_read_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct reading *reading = state;
        struct backfill_reader r;
        int64_t done = 0;
        int e;

        if (outcome)
                return outcome == JOB_RETRY ? JOB_RETRY : 0;
        e = backfill_reader_get(ctx, job->account_id, reading->target.what, &r);
        for (size_t i = 0; i < reading->n_read && !e; i++)
                e = keep_one(ctx, &r, reading, i, &done);
        /* What is left of the lane was not reached, or changed meanwhile. */
        if (!e)
                e = db_exec(ctx, &backfill_q_todo_free, DB_I(ctx->merchant), DB_I(r.account_id), DB_T(r.what),
                            DB_I(reading->target.lane));
        if (e)
                return status_fold(e);
        backfill_note(&r, ctx->now, done);
        if (reading->told)
                note_quota(ctx, &r, reading);
        r.pause = NULL;
        r.pause_until = 0;
        if (reading->stopped)
                pause_for(ctx, &r, reading->stopped, &reading->fault);
        e = backfill_look_done(ctx, &r);
        return e ? e : read_soon(ctx, &r, reading->target.lane, r.pause_until);
}
