/*
 * Orders and the platform: notices in, fetches out, and what backfill reads of a shop's past and of what the notices missed.
 * A notice is only a trigger: orders.fetch asks for the truth.
 */
#include "orders/keep.h"
#include "orders/remote_shop.h"

#include "base/log.h"
#include "platform/callback.h"
#include "platform/shop.h"

struct target { /* payload */
        const char *remote_id;
};
static const struct json_field target_fields[] = {
        JSON_ID(struct target, remote_id, JSON_REQUIRED, "the platform's order number"),
};
static const struct json_desc target_desc = JSON_DESC("OrdersTarget", struct target, target_fields);

int orders_refresh(struct ctx *ctx, int64_t account_id, const char *remote_id)
{
        struct target t = {remote_id};
        int r = db_exec(ctx, &orders_q_ask, DB_I(ctx->merchant), DB_I(account_id), DB_T(remote_id), DB_I(ctx->now));

        if (r)
                return status_fold(r);
        return status_fold(
                job_enqueue(ctx, &(struct job_new){
                                         .kind = "orders.fetch",
                                         .key = arena_printf(ctx->arena, "%lld:%s", (long long)account_id, remote_id),
                                         .account_id = account_id,
                                         .payload = json_write(ctx->arena, &target_desc, &t),
                                 }));
}

int orders_on_event(struct ctx *ctx, const struct wx_event *event)
{
        const char *remote_id = wx_event_get(event, "order_info.order_id");
        if (text_empty(remote_id)) {
                log_event(LOG_WARN, "orders.event_without_id", "type", event->type, NULL);
                return 0; /* the poller will find what it was about */
        }
        return orders_refresh(ctx, event->account_id, remote_id);
}

/* ---- fetching one ---- */

struct fetching {
        struct target target;
        struct bytes object;
};

int orders_fetch_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct fetching *f = arena_new(ctx->arena, struct fetching);
        *state = f;
        if (json_read(ctx->arena, bytes_of_text(job->payload), &target_desc, JSON_STRICT, &f->target, NULL))
                return fatal(EINVAL, "payload of job %lld", (long long)job->job_id);
        return 0;
}

int orders_fetch_call(struct ctx *ctx, struct job *job, void *state)
{
        struct fetching *f = state;
        struct shop_order order;
        struct wx_fault fault;
        int r = shop_order_get(ctx, job->account_id, f->target.remote_id, &order, &f->object, &fault);
        return shops_read_outcome(job, r, &fault);
}

int orders_fetch_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct fetching *f = state;
        int64_t order_id;
        int r = 0;
        if (outcome == JOB_RETRY)
                return JOB_RETRY;
        if (!outcome)
                r = orders_update(ctx, job->account_id, f->object, &order_id);
        else
                /* Ordinary: a number that a customer wrote is asked at every shop. */
                log_event(LOG_INFO, "orders.fetch_refused", "order", f->target.remote_id, "why", job->error, NULL);
        if (r == ORDERS_E_BAD) {
                job->error = "the platform's answer is not an order";
                return JOB_RETRY;
        }
        if (r && r != ORDERS_E_OLDER)
                return r;
        return status_fold(db_exec(ctx, &orders_q_answered, DB_I(ctx->merchant), DB_I(job->account_id),
                                   DB_T(f->target.remote_id)));
}

/* ---- what nobody told us of ---- */

static int list(struct ctx *ctx, int64_t account_id, const struct backfill_ask *ask, struct backfill_page *page,
                struct wx_fault *fault)
{
        struct shop_order_query query = {
                .update_from = ask->begin_s, .update_to = ask->end_s, .page_size = 100, .next_key = ask->next_key};
        struct shop_ids ids;
        int r = shop_order_list(ctx, account_id, &query, &ids, fault);

        if (!r)
                *page = (struct backfill_page){ids.ids, ids.n, ids.has_more ? ids.next_key : NULL, NULL};
        return r;
}

static int get(struct ctx *ctx, int64_t account_id, const char *remote_id, struct bytes *object, struct wx_fault *fault)
{
        struct shop_order order;

        return shop_order_get(ctx, account_id, remote_id, &order, object, fault);
}

/* Counts what no notice had told of; not what is older than the connection, which nobody could have told. */
static int count_found(struct ctx *ctx, int64_t account_id, const char *remote_id, int64_t order_id)
{
        struct orders_asked_row asked;
        struct shops_account account;
        struct orders_order o;
        int r = db_one(ctx, &orders_q_asked, &asked, DB_I(ctx->merchant), DB_I(account_id), DB_T(remote_id));
        if (r != DB_E_NONE)
                return status_fold(r);
        r = shops_account_get(ctx, account_id, &account);
        if (!r)
                r = orders_get(ctx, order_id, &o);
        if (r)
                return status_fold(r);
        if (o.updated_at < account.created_at)
                return 0;
        return status_fold(shops_note_found_by_polling(ctx, account_id, 1));
}

static int keep(struct ctx *ctx, int64_t account_id, const char *remote_id, struct bytes object)
{
        int64_t order_id;
        bool changed;
        int r = orders_update_seen(ctx, account_id, object, &order_id, &changed);

        if (r == ORDERS_E_BAD)
                return BACKFILL_E_BAD;
        if (r == ORDERS_E_OLDER || (!r && !changed))
                return 0;
        return r ? r : count_found(ctx, account_id, remote_id, order_id);
}

static int fresh(struct ctx *ctx, int64_t account_id, const char *remote_id, int64_t since, bool *yes)
{
        struct orders_known known;
        int r = db_one(ctx, &orders_q_known, &known, DB_I(ctx->merchant), DB_I(account_id), DB_T(remote_id));

        *yes = !r && known.fetched_at > since;
        return r == DB_E_NONE ? 0 : status_fold(r);
}

const struct backfill_source orders_sources[1] = {
        {.what = "orders", .account = "shop", .path = "/channels/ec/order/get", .every_ms = BACKFILL_EVERY_MS, .by_time = true,
         .list = list, .get = get, .keep = keep, .fresh = fresh},
};
