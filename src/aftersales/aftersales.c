/* The declaration of aftersales. */
#include "aftersales/find.h"

#include "aftersales/api.h"
#include "aftersales/remote_shop.h"
#include "orders/orders.h"
#include "platform/callback.h"

extern const char aftersales_schema_sql[];
extern const size_t aftersales_schema_sql_size;
static const struct schema schema = {aftersales_schema_sql, &aftersales_schema_sql_size};

static const struct event *const events[] = {&aftersales_event_changed};

static const struct listener listeners[] = {
        {&orders_event_changed, true, aftersales_on_order, "aftersales.on_order"},
};

static const struct remote_event remote_events[] = {
        {WX_SHOP, "channels_ec_aftersale_update", aftersales_on_event},
};

#define DECISION                                                                                                       \
        .class_ = JOB_URGENT, .max_tries = 0, .backoff_ms = 2000, .per_account = 4,                                    \
        .prepare = aftersales_decision_prepare, .call = aftersales_decision_call, .settle = aftersales_decision_settle

static const struct job_kind jobs[] = {
        {.name = "aftersales.accept", DECISION, .zh = "在平台同意售后", .summary = "agrees to a case at the platform"},
        {.name = "aftersales.fetch",
         .class_ = JOB_NORMAL,
         .max_tries = 12,
         .backoff_ms = 2000,
         .per_account = 4,
         .prepare = aftersales_fetch_prepare,
         .call = aftersales_fetch_call,
         .settle = aftersales_fetch_settle,
         .zh = "读取有通知的售后单", .summary = "reads a case a notice told of"},
        {.name = "aftersales.reasons",
         .class_ = JOB_BULK,
         .max_tries = 0,
         .backoff_ms = 5000,
         .per_account = 1,
         .prepare = aftersales_reasons_prepare,
         .call = aftersales_reasons_call,
         .settle = aftersales_reasons_settle,
         .zh = "每天读取平台的拒绝理由", .summary = "reads the platform's refusal reasons, daily"},
        {.name = "aftersales.reject", DECISION, .zh = "在平台拒绝售后", .summary = "refuses a case at the platform"},
};

static const struct permission permissions[] = {
        {"aftersales.decide", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT, "agree to and refuse after-sales"},
        {"aftersales.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT | ROLE_WAREHOUSE | ROLE_READER,
         "see after-sales"},
};

static struct metric *const metrics[] = {&aftersales_metric_unexpected, &aftersales_metric_decided,
                                         &aftersales_metric_unknown};

const struct domain aftersales_domain = {
        .name = "aftersales",
        .schema = &schema,
        .holds = &aftersales_holds,
        .routes = aftersales_routes,
        .n_routes = countof(aftersales_routes),
        .events = events,
        .n_events = countof(events),
        .listeners = listeners,
        .n_listeners = countof(listeners),
        .jobs = jobs,
        .n_jobs = countof(jobs),
        .sources = aftersales_sources,
        .n_sources = countof(aftersales_sources),
        .remote_events = remote_events,
        .n_remote_events = countof(remote_events),
        .permissions = permissions,
        .n_permissions = countof(permissions),
        .metrics = metrics,
        .n_metrics = countof(metrics),
};
