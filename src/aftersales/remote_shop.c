/*
 * Cases and the platform: notices in, fetches out, a poller for what the notices missed, and the daily list of refusal
 * reasons. The same shape as in orders.
 */
#include "aftersales/keep.h"
#include "aftersales/remote_shop.h"

#include "base/log.h"
#include "orders/orders.h"
#include "platform/callback.h"
#include "platform/shop.h"

#define REASONS_EVERY_MS (24 * 3600 * 1000LL)

struct target {
        const char *remote_id;
};
static const struct json_field target_fields[] = {
        JSON_ID(struct target, remote_id, JSON_REQUIRED, "the platform's after_sale_order_id"),
};
static const struct json_desc target_desc = JSON_DESC("AftersalesTarget", struct target, target_fields);

static int enqueue(struct ctx *ctx, const char *kind, int64_t account_id, const char *remote_id)
{
        struct target t = {remote_id};
        return status_fold(
                job_enqueue(ctx, &(struct job_new){
                                         .kind = kind,
                                         .key = arena_printf(ctx->arena, "%lld:%s", (long long)account_id, remote_id),
                                         .account_id = account_id,
                                         .payload = json_write(ctx->arena, &target_desc, &t),
                                 }));
}

int aftersales_refresh(struct ctx *ctx, int64_t account_id, const char *remote_id)
{
        int r = db_exec(ctx, &aftersales_q_ask, DB_I(ctx->merchant), DB_I(account_id), DB_T(remote_id), DB_I(ctx->now));
        return r ? status_fold(r) : enqueue(ctx, "aftersales.fetch", account_id, remote_id);
}

/* The order's own count of open cases changes with the case. */
int aftersales_on_event(struct ctx *ctx, const struct wx_event *event)
{
        const char *remote_id = wx_event_get(event, "finder_shop_aftersale_status_update.after_sale_order_id");
        const char *order_id = wx_event_get(event, "finder_shop_aftersale_status_update.order_id");
        if (text_empty(remote_id)) {
                log_event(LOG_WARN, "aftersales.event_without_id", "type", event->type, NULL);
                return 0; /* the poller will find what it was about */
        }
        int r = aftersales_refresh(ctx, event->account_id, remote_id);
        if (!r && !text_empty(order_id))
                r = status_fold(orders_refresh(ctx, event->account_id, order_id));
        return r;
}

/* ---- fetching one ---- */

struct fetching {
        struct target target;
        struct bytes object;
};

int aftersales_fetch_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct fetching *f = arena_new(ctx->arena, struct fetching);
        *state = f;
        if (json_read(ctx->arena, bytes_of_text(job->payload), &target_desc, JSON_STRICT, &f->target, NULL))
                return fatal(EINVAL, "payload of job %lld", (long long)job->job_id);
        return 0;
}

int aftersales_fetch_call(struct ctx *ctx, struct job *job, void *state)
{
        struct fetching *f = state;
        struct shop_aftersale s;
        struct wx_fault fault;
        int r = shop_aftersale_get(ctx, job->account_id, f->target.remote_id, &s, &f->object, &fault);
        return shops_read_outcome(job, r, &fault);
}

static int keep_fetched(struct ctx *ctx, struct job *job, const struct fetching *f, int64_t *case_id, bool *changed)
{
        int r = aftersales_update_seen(ctx, job->account_id, f->object, case_id, changed);
        if (r == AFTERSALES_E_BAD) {
                job->error = "the platform's answer is not a case";
                return JOB_RETRY;
        }
        return r == AFTERSALES_E_OLDER ? 0 : r;
}

int aftersales_fetch_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct fetching *f = state;
        int64_t case_id;
        bool changed;
        int r = 0;
        if (outcome == JOB_RETRY)
                return JOB_RETRY;
        if (!outcome)
                r = keep_fetched(ctx, job, f, &case_id, &changed);
        else
                log_event(LOG_WARN, "aftersales.fetch_refused", "case", f->target.remote_id, "why", job->error, NULL);
        if (r)
                return r;
        return status_fold(db_exec(ctx, &aftersales_q_answered, DB_I(ctx->merchant), DB_I(job->account_id),
                                   DB_T(f->target.remote_id)));
}

/* Counts what no notice had told of; not what is older than the connection. */
static int count_found(struct ctx *ctx, struct job *job, const char *remote_id, int64_t case_id)
{
        struct aftersales_asked_row asked;
        struct shops_account account;
        struct aftersales_case c;
        int r = db_one(ctx, &aftersales_q_asked, &asked, DB_I(ctx->merchant), DB_I(job->account_id), DB_T(remote_id));
        if (r != DB_E_NONE)
                return status_fold(r);
        r = shops_account_get(ctx, job->account_id, &account);
        if (!r)
                r = aftersales_get(ctx, case_id, &c);
        if (r)
                return status_fold(r);
        if (c.updated_at < account.created_at)
                return 0;
        return status_fold(shops_note_found_by_polling(ctx, job->account_id, 1));
}

int aftersales_check_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct fetching *f = state;
        int64_t case_id;
        bool changed;
        if (outcome)
                return outcome == JOB_RETRY ? JOB_RETRY : 0;
        int r = keep_fetched(ctx, job, f, &case_id, &changed);
        return r || !changed ? r : count_found(ctx, job, f->target.remote_id, case_id);
}

/* ---- one job per account: polling and reasons ---- */

static int enqueue_own(struct ctx *ctx, const char *kind, int64_t account_id, int64_t run_at)
{
        return status_fold(
                job_enqueue(ctx, &(struct job_new){.kind = kind,
                                                   .key = arena_printf(ctx->arena, "%lld", (long long)account_id),
                                                   .account_id = account_id,
                                                   .run_at = run_at}));
}

int aftersales_start(struct ctx *ctx, const struct shops_account *account)
{
        if (!text_eq(account->kind, "shop"))
                return 0;
        int r = enqueue_own(ctx, "aftersales.poll", account->account_id, 0);
        return r ? r : enqueue_own(ctx, "aftersales.reasons", account->account_id, 0);
}

struct polling {
        struct shops_window window;
        struct shop_ids page;
};

int aftersales_poll_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct polling *p = arena_new(ctx->arena, struct polling);
        *state = p;
        int r = shops_poll_window(ctx, job->account_id, "aftersales", SHOP_CASE_RANGE_MAX_S, &p->window);
        if (r != SHOPS_E_CAUGHT_UP)
                return status_fold(r);
        r = enqueue_own(ctx, "aftersales.poll", job->account_id, ctx->now + SHOPS_POLL_EVERY_MS);
        return r ? r : JOB_DONE;
}

int aftersales_poll_call(struct ctx *ctx, struct job *job, void *state)
{
        struct polling *p = state;
        struct wx_fault fault;
        struct shop_aftersale_query query = {
                .update_from = p->window.begin_s, .update_to = p->window.end_s, .next_key = p->window.next_key};
        return shops_read_outcome(job, shop_aftersale_list(ctx, job->account_id, &query, &p->page, &fault), &fault);
}

int aftersales_poll_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct polling *p = state;
        int64_t run_at = ctx->now + SHOPS_POLL_EVERY_MS;
        int r = 0;
        if (outcome == JOB_RETRY)
                return JOB_RETRY;
        if (outcome) {
                log_event(LOG_WARN, "aftersales.poll_refused", "account", log_int(job->account_id), "why", job->error,
                          NULL);
                r = status_fold(shops_poll_refused(ctx, job->account_id, "aftersales", &p->window));
                return r ? r : enqueue_own(ctx, "aftersales.poll", job->account_id, run_at);
        }
        for (size_t i = 0; i < p->page.n && !r; i++)
                r = enqueue(ctx, "aftersales.check", job->account_id, p->page.ids[i]);
        if (!r)
                r = status_fold(shops_poll_read(ctx, job->account_id, "aftersales", &p->window,
                                                p->page.has_more ? p->page.next_key : NULL, &run_at));
        return r ? r : enqueue_own(ctx, "aftersales.poll", job->account_id, run_at);
}

struct reading {
        const struct shop_reject_reason *items;
        size_t n;
};

int aftersales_reasons_prepare(struct ctx *ctx, struct job *job, void **state)
{
        (void)job;
        *state = arena_new(ctx->arena, struct reading);
        return 0;
}

int aftersales_reasons_call(struct ctx *ctx, struct job *job, void *state)
{
        struct reading *reading = state;
        struct wx_fault fault;
        int r = shop_aftersale_reject_reasons(ctx, job->account_id, &reading->items, &reading->n, &fault);
        return shops_read_outcome(job, r, &fault);
}

int aftersales_reasons_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        const struct reading *reading = state;
        int r = 0;
        if (outcome == JOB_RETRY)
                return JOB_RETRY;
        if (!outcome) {
                for (size_t i = 0; i < reading->n && !r; i++) {
                        const struct shop_reject_reason *x = &reading->items[i];
                        const char *text = x->reject_reason_type_text ? x->reject_reason_type_text : "";
                        r = db_exec(ctx, &aftersales_q_reason_save, DB_I(ctx->merchant), DB_I(job->account_id),
                                    DB_I(x->reject_scene), DB_I(x->reject_reason_type), DB_T(text),
                                    DB_T(text_empty(x->reject_reason) ? text : x->reject_reason), DB_I(ctx->now));
                }
                if (!r)
                        r = db_exec(ctx, &aftersales_q_reason_sweep, DB_I(ctx->merchant), DB_I(job->account_id),
                                    DB_I(ctx->now));
                if (r)
                        return status_fold(r);
        }
        return enqueue_own(ctx, "aftersales.reasons", job->account_id, ctx->now + REASONS_EVERY_MS);
}
