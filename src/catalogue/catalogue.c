/* The declaration of catalogue. */
#include "catalogue/api.h"
#include "catalogue/catalogue.h"
#include "catalogue/checks.h"
#include "catalogue/remote_shop.h"
#include "catalogue/rows.h"
#include "platform/callback.h"

extern const char catalogue_schema_sql[];
extern const size_t catalogue_schema_sql_size;
static const struct schema schema = {catalogue_schema_sql, &catalogue_schema_sql_size};

static const struct job_kind jobs[] = {
        {.name = "catalogue.addresses",
         .class_ = JOB_NORMAL,
         .max_tries = 0,
         .backoff_ms = 5000,
         .per_account = 1,
         .prepare = catalogue_addresses_prepare,
         .call = catalogue_addresses_call,
         .settle = catalogue_addresses_settle,
         .zh = "读取小店的退货地址，每天一次或按需", .summary = "reads a shop's return addresses, daily and on demand"},
};

static const struct remote_event remote_events[] = {
        {WX_SHOP, "channels_ec_stock_no_enough", catalogue_on_event},
        {WX_SHOP, "product_spu_audit", catalogue_on_event},
        {WX_SHOP, "product_spu_listing", catalogue_on_event},
        {WX_SHOP, "product_spu_update", catalogue_on_event},
};

static const struct check checks[] = {
        {"products", "shop", "商品退货地址", "products' return addresses", false, catalogue_check_products, NULL},
};

static const struct permission permissions[] = {
        {"catalogue.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT | ROLE_WAREHOUSE | ROLE_READER, "see products"},
};

const struct domain catalogue_domain = {
        .name = "catalogue",
        .schema = &schema,
        .holds = &catalogue_holds,
        .jobs = jobs,
        .routes = catalogue_routes,
        .n_routes = countof(catalogue_routes),
        .n_jobs = countof(jobs),
        .remote_events = remote_events,
        .n_remote_events = countof(remote_events),
        .permissions = permissions,
        .n_permissions = countof(permissions),
        .checks = checks,
        .n_checks = countof(checks),
        .sources = catalogue_sources,
        .n_sources = countof(catalogue_sources),
};
