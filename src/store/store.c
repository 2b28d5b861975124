#include "store/store.h"

#include "store/event.h"
#include "store/job_impl.h"
#include "store/ledger_impl.h"

extern const char store_schema_sql[];
extern const size_t store_schema_sql_size;

void store_ctx(struct ctx *ctx, const struct ctx *proto, struct arena *arena, int64_t merchant, int64_t now)
{
        ctx_init(ctx, arena);
        ctx->merchant = merchant;
        ctx->actor = (struct actor){.kind = ACTOR_SYSTEM, .name = "system"};
        ctx->now = now;
        ctx->ids = proto->ids;
        ctx->registry = proto->registry;
        ctx->keys = proto->keys;
        ctx->wx = proto->wx;
        ctx->demo = proto->demo;
}

struct after_mark store_after_mark(const struct ctx *ctx)
{
        return (struct after_mark){ctx->after.tail, ctx->after.jobs};
}

void store_after_reset(struct ctx *ctx, struct after_mark mark)
{
        *mark.tail = NULL;
        ctx->after.tail = mark.tail;
        ctx->after.jobs = mark.jobs;
}

static const struct schema schema = {store_schema_sql, &store_schema_sql_size};

static struct metric *const metrics[] = {
        &job_metric_done,       &job_metric_retried,   &job_metric_dead,
        &job_metric_expired,    &job_metric_running,   &ledger_metric_appended,
        &ledger_metric_applied, &ledger_metric_failed, &ledger_metric_waiting,
};

const struct domain store_domain = {
        .name = "store",
        .schema = &schema,
        .jobs = &event_later_job,
        .n_jobs = 1,
        .metrics = metrics,
        .n_metrics = countof(metrics),
};
