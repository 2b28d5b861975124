#include "store/store.h"

#include "store/event.h"
#include "store/holding.h"
#include "store/job_impl.h"
#include "store/ledger_impl.h"

extern struct metric db_metric_reruns;

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
        ctx->search = proto->search;
        ctx->demo = proto->demo;
}

struct after_mark store_after_mark(const struct ctx *ctx)
{
        return (struct after_mark){ctx->after};
}

void store_after_reset(struct ctx *ctx, struct after_mark mark)
{
        ctx->after = mark.after;
        *ctx->after.tail = NULL;
}

static const struct schema schema = {store_schema_sql, &store_schema_sql_size};

static struct metric *const metrics[] = {
        &job_metric_done,       &job_metric_retried,   &job_metric_dead,
        &job_metric_expired,    &job_metric_running,   &ledger_metric_appended,
        &db_metric_reruns,      &ledger_metric_applied, &ledger_metric_failed, &ledger_metric_waiting,
        &search_metric_indexed,
};

static const struct job_kind jobs[] = {
        {EVENT_LATER_JOB, JOB_NORMAL, .max_tries = 10, .backoff_ms = 1000, .prepare = event_later_prepare,
         .zh = "把一件事转告关心它的部分", .summary = "hands an event to a listener of its own time"},
        {SEARCH_JOB, JOB_BULK, .backoff_ms = 1000, .prepare = search_index_prepare, .call = search_index_call,
         .settle = search_index_settle, .zh = "把新内容写进搜索索引", .summary = "writes what is new into the search index"},
};

const struct domain store_domain = {
        .name = "store",
        .schema = &schema,
        .holds = &store_holds,
        .jobs = jobs,
        .n_jobs = countof(jobs),
        .metrics = metrics,
        .n_metrics = countof(metrics),
};
