/* The declaration of orders. */
#include "orders/keep.h"

#include "base/metric.h"
#include "orders/api.h"
#include "orders/remote_shop.h"
#include "orders/rows.h"
#include "platform/callback.h"

extern const char orders_schema_sql[];
extern const size_t orders_schema_sql_size;
static const struct schema schema = {orders_schema_sql, &orders_schema_sql_size};

static const struct event *const events[] = {&orders_event_changed};

static const struct remote_event remote_events[] = {
        {WX_SHOP, "channels_ec_order_cancel", orders_on_event},
        {WX_SHOP, "channels_ec_order_confirm", orders_on_event},
        {WX_SHOP, "channels_ec_order_deliver", orders_on_event},
        {WX_SHOP, "channels_ec_order_ext_info_update", orders_on_event},
        {WX_SHOP, "channels_ec_order_new", orders_on_event},
        {WX_SHOP, "channels_ec_order_pay", orders_on_event},
        {WX_SHOP, "channels_ec_order_settle", orders_on_event},
        {WX_SHOP, "channels_ec_order_wait_shipping", orders_on_event},
};

static const struct job_kind jobs[] = {
        {.name = "orders.fetch",
         .class_ = JOB_NORMAL,
         .max_tries = 12,
         .backoff_ms = 2000,
         .per_account = 4,
         .prepare = orders_fetch_prepare,
         .call = orders_fetch_call,
         .settle = orders_fetch_settle,
         .zh = "读取有通知的订单", .summary = "reads an order a notice told of"},
};

static const struct permission permissions[] = {
        {"orders.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT | ROLE_WAREHOUSE | ROLE_READER, "see orders"},
};

static struct metric *const metrics[] = {&orders_metric_kept, &orders_metric_unexpected};

const struct domain orders_domain = {
        .name = "orders",
        .schema = &schema,
        .holds = &orders_holds,
        .routes = orders_routes,
        .n_routes = countof(orders_routes),
        .events = events,
        .n_events = countof(events),
        .jobs = jobs,
        .n_jobs = countof(jobs),
        .sources = orders_sources,
        .n_sources = countof(orders_sources),
        .remote_events = remote_events,
        .n_remote_events = countof(remote_events),
        .permissions = permissions,
        .n_permissions = countof(permissions),
        .metrics = metrics,
        .n_metrics = countof(metrics),
        .probe = &orders_probe,
};
