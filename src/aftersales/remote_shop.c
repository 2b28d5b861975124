/*
 * Cases and the platform: notices in, fetches out, what backfill reads of the past and of what the notices missed, and the
 * daily list of refusal reasons. The same shape as in orders.
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

int aftersales_refresh(struct ctx *ctx, int64_t account_id, const char *remote_id)
{
        struct target t = {remote_id};
        int r = db_exec(ctx, &aftersales_q_ask, DB_I(ctx->merchant), DB_I(account_id), DB_T(remote_id), DB_I(ctx->now));

        if (r)
                return status_fold(r);
        return status_fold(
                job_enqueue(ctx, &(struct job_new){
                                         .kind = "aftersales.fetch",
                                         .key = arena_printf(ctx->arena, "%lld:%s", (long long)account_id, remote_id),
                                         .account_id = account_id,
                                         .payload = json_write(ctx->arena, &target_desc, &t),
                                 }));
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

int aftersales_fetch_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct fetching *f = state;
        int64_t case_id;
        int r = 0;
        if (outcome == JOB_RETRY)
                return JOB_RETRY;
        if (!outcome)
                r = aftersales_update(ctx, job->account_id, f->object, &case_id);
        else
                log_event(LOG_WARN, "aftersales.fetch_refused", "case", f->target.remote_id, "why", job->error, NULL);
        if (r == AFTERSALES_E_BAD) {
                job->error = "the platform's answer is not a case";
                return JOB_RETRY;
        }
        if (r && r != AFTERSALES_E_OLDER)
                return r;
        return status_fold(db_exec(ctx, &aftersales_q_answered, DB_I(ctx->merchant), DB_I(job->account_id),
                                   DB_T(f->target.remote_id)));
}

/* ---- what nobody told us of ---- */

static int list(struct ctx *ctx, int64_t account_id, const struct backfill_ask *ask, struct backfill_page *page,
                struct wx_fault *fault)
{
        struct shop_aftersale_query query = {.update_from = ask->begin_s, .update_to = ask->end_s, .next_key = ask->next_key};
        struct shop_ids ids;
        int r = shop_aftersale_list(ctx, account_id, &query, &ids, fault);

        if (!r)
                *page = (struct backfill_page){ids.ids, ids.n, ids.has_more ? ids.next_key : NULL, NULL};
        return r;
}

static int get(struct ctx *ctx, int64_t account_id, const char *remote_id, struct bytes *object, struct wx_fault *fault)
{
        struct shop_aftersale s;

        return shop_aftersale_get(ctx, account_id, remote_id, &s, object, fault);
}

/* Counts what no notice had told of; not what is older than the connection. */
static int count_found(struct ctx *ctx, int64_t account_id, const char *remote_id, int64_t case_id)
{
        struct aftersales_asked_row asked;
        struct shops_account account;
        struct aftersales_case c;
        int r = db_one(ctx, &aftersales_q_asked, &asked, DB_I(ctx->merchant), DB_I(account_id), DB_T(remote_id));
        if (r != DB_E_NONE)
                return status_fold(r);
        r = shops_account_get(ctx, account_id, &account);
        if (!r)
                r = aftersales_get(ctx, case_id, &c);
        if (r)
                return status_fold(r);
        if (c.updated_at < account.created_at)
                return 0;
        return status_fold(shops_note_found_by_polling(ctx, account_id, 1));
}

static int keep(struct ctx *ctx, int64_t account_id, const char *remote_id, struct bytes object)
{
        int64_t case_id;
        bool changed;
        int r = aftersales_update_seen(ctx, account_id, object, &case_id, &changed);

        if (r == AFTERSALES_E_BAD)
                return BACKFILL_E_BAD;
        if (r == AFTERSALES_E_OLDER || (!r && !changed))
                return 0;
        return r ? r : count_found(ctx, account_id, remote_id, case_id);
}

const struct backfill_source aftersales_sources[1] = {
        {.what = "aftersales", .account = "shop", .path = "/channels/ec/aftersale/getaftersaleorder",
         .every_ms = BACKFILL_EVERY_MS, .by_time = true, .list = list, .get = get, .keep = keep},
};

/* ---- the reasons, once a day ---- */

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
        return enqueue_own(ctx, "aftersales.reasons", account->account_id, 0);
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
