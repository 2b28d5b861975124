/*
 * Orders and the platform: notices in, fetches out, and a poller for what the notices missed.
 *
 * A notice is only a trigger: orders.fetch asks for the truth. The poller reads the ids of what changed, a window of
 * the platform's update_time after the other, and has each checked (orders.check: the same fetch, later and counted).
 * Ids say nothing of when, so each is read again, except what we read after the window closed.
 */
#include "orders/keep.h"
#include "orders/remote_shop.h"

#include "base/log.h"
#include "platform/callback.h"
#include "platform/shop.h"

struct target { /* payload of fetch and check */
        const char *remote_id;
        int64_t until; /* ms; a check is needless when we read the order after this */
};
static const struct json_field target_fields[] = {
        JSON_ID(struct target, remote_id, JSON_REQUIRED, "the platform's order number"),
        JSON_INT(struct target, until, JSON_OMIT, 0, 0, "ms"),
};
static const struct json_desc target_desc = JSON_DESC("OrdersTarget", struct target, target_fields);

static int enqueue(struct ctx *ctx, const char *kind, int64_t account_id, const struct target *t)
{
        return status_fold(job_enqueue(
                ctx, &(struct job_new){
                             .kind = kind,
                             .key = arena_printf(ctx->arena, "%lld:%s", (long long)account_id, t->remote_id),
                             .account_id = account_id,
                             .payload = json_write(ctx->arena, &target_desc, t),
                     }));
}

int orders_refresh(struct ctx *ctx, int64_t account_id, const char *remote_id)
{
        int r = db_exec(ctx, &orders_q_ask, DB_I(ctx->merchant), DB_I(account_id), DB_T(remote_id), DB_I(ctx->now));
        return r ? status_fold(r) : enqueue(ctx, "orders.fetch", account_id, &(struct target){.remote_id = remote_id});
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
        struct orders_known known;
        if (json_read(ctx->arena, bytes_of_text(job->payload), &target_desc, JSON_STRICT, &f->target, NULL))
                return fatal(EINVAL, "payload of job %lld", (long long)job->job_id);
        *state = f;
        if (!f->target.until)
                return 0;
        int r = db_one(ctx, &orders_q_known, &known, DB_I(ctx->merchant), DB_I(job->account_id),
                       DB_T(f->target.remote_id));
        if (r)
                return r == DB_E_NONE ? 0 : status_fold(r);
        return known.fetched_at > f->target.until ? JOB_DONE : 0;
}

int orders_fetch_call(struct ctx *ctx, struct job *job, void *state)
{
        struct fetching *f = state;
        struct shop_order order;
        struct wx_fault fault;
        int r = shop_order_get(ctx, job->account_id, f->target.remote_id, &order, &f->object, &fault);
        return shops_read_outcome(job, r, &fault);
}

/* Writes what was fetched. An order the platform does not know (any more) is no fault of ours. */
static int keep_fetched(struct ctx *ctx, struct job *job, const struct fetching *f, int64_t *order_id, bool *changed)
{
        int r = orders_update_seen(ctx, job->account_id, f->object, order_id, changed);
        if (r == ORDERS_E_BAD) {
                job->error = "the platform's answer is not an order";
                return JOB_RETRY;
        }
        return r == ORDERS_E_OLDER ? 0 : r;
}

int orders_fetch_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct fetching *f = state;
        int64_t order_id;
        bool changed;
        int r = 0;
        if (outcome == JOB_RETRY)
                return JOB_RETRY;
        if (!outcome)
                r = keep_fetched(ctx, job, f, &order_id, &changed);
        else
                /* Ordinary: a number that a customer wrote is asked at every shop. */
                log_event(LOG_INFO, "orders.fetch_refused", "order", f->target.remote_id, "why", job->error, NULL);
        if (r)
                return r;
        return status_fold(db_exec(ctx, &orders_q_answered, DB_I(ctx->merchant), DB_I(job->account_id),
                                   DB_T(f->target.remote_id)));
}

/* Counts what no notice had told of; not what is older than the connection, which nobody could have told. */
static int count_found(struct ctx *ctx, struct job *job, const char *remote_id, int64_t order_id)
{
        struct orders_asked_row asked;
        struct shops_account account;
        struct orders_order o;
        int r = db_one(ctx, &orders_q_asked, &asked, DB_I(ctx->merchant), DB_I(job->account_id), DB_T(remote_id));
        if (r != DB_E_NONE)
                return status_fold(r);
        r = shops_account_get(ctx, job->account_id, &account);
        if (!r)
                r = orders_get(ctx, order_id, &o);
        if (r)
                return status_fold(r);
        if (o.updated_at < account.created_at)
                return 0;
        return status_fold(shops_note_found_by_polling(ctx, job->account_id, 1));
}

int orders_check_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct fetching *f = state;
        int64_t order_id;
        bool changed;
        if (outcome)
                return outcome == JOB_RETRY ? JOB_RETRY : 0;
        int r = keep_fetched(ctx, job, f, &order_id, &changed);
        return r || !changed ? r : count_found(ctx, job, f->target.remote_id, order_id);
}

/* ---- polling ---- */

struct polling {
        struct shops_window window;
        struct shop_ids page;
};

static int enqueue_poll(struct ctx *ctx, int64_t account_id, int64_t run_at)
{
        return status_fold(
                job_enqueue(ctx, &(struct job_new){.kind = "orders.poll",
                                                   .key = arena_printf(ctx->arena, "%lld", (long long)account_id),
                                                   .account_id = account_id,
                                                   .run_at = run_at}));
}

int orders_start(struct ctx *ctx, const struct shops_account *account)
{
        return text_eq(account->kind, "shop") ? enqueue_poll(ctx, account->account_id, 0) : 0;
}

int orders_poll_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct polling *p = arena_new(ctx->arena, struct polling);
        *state = p;
        int r = shops_poll_window(ctx, job->account_id, "orders", SHOP_ORDER_RANGE_MAX_S, &p->window);
        if (r != SHOPS_E_CAUGHT_UP)
                return status_fold(r);
        r = enqueue_poll(ctx, job->account_id, ctx->now + SHOPS_POLL_EVERY_MS);
        return r ? r : JOB_DONE;
}

int orders_poll_call(struct ctx *ctx, struct job *job, void *state)
{
        struct polling *p = state;
        struct wx_fault fault;
        struct shop_order_query query = {.update_from = p->window.begin_s,
                                         .update_to = p->window.end_s,
                                         .page_size = 100,
                                         .next_key = p->window.next_key};
        return shops_read_outcome(job, shop_order_list(ctx, job->account_id, &query, &p->page, &fault), &fault);
}

int orders_poll_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct polling *p = state;
        int64_t run_at = ctx->now + SHOPS_POLL_EVERY_MS;
        int r = 0;
        if (outcome == JOB_RETRY)
                return JOB_RETRY;
        if (outcome) { /* perhaps the page key went stale */
                log_event(LOG_WARN, "orders.poll_refused", "account", log_int(job->account_id), "why", job->error,
                          NULL);
                r = status_fold(shops_poll_refused(ctx, job->account_id, "orders", &p->window));
                return r ? r : enqueue_poll(ctx, job->account_id, run_at);
        }
        for (size_t i = 0; i < p->page.n && !r; i++) {
                struct target t = {.remote_id = p->page.ids[i], .until = p->window.end_s * 1000};
                r = enqueue(ctx, "orders.check", job->account_id, &t);
        }
        if (!r)
                r = status_fold(shops_poll_read(ctx, job->account_id, "orders", &p->window,
                                                p->page.has_more ? p->page.next_key : NULL, &run_at));
        return r ? r : enqueue_poll(ctx, job->account_id, run_at);
}
