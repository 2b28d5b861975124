/* The declaration of backfill. */
#include "backfill/api.h"
#include "backfill/parts.h"
#include "backfill/rows.h"

extern const char backfill_schema_sql[];
extern const size_t backfill_schema_sql_size;
static const struct schema schema = {backfill_schema_sql, &backfill_schema_sql_size};

static const struct job_kind jobs[] = {
        {.name = "backfill.list",
         .class_ = JOB_BULK,
         .max_tries = 0,
         .backoff_ms = 5000,
         .per_account = 2,
         .prepare = backfill_list_prepare,
         .call = backfill_list_call,
         .settle = backfill_list_settle,
         .zh = "列出有变化的订单与售后，由新到旧，首次九十天", .summary = "lists what changed, the newest stretch first; the first time ninety days"},
        {.name = "backfill.read",
         .class_ = JOB_BULK,
         .max_tries = 0,
         .backoff_ms = 5000,
         .per_account = 6,
         .prepare = backfill_read_prepare,
         .call = backfill_read_call,
         .settle = backfill_read_settle,
         .zh = "成批读取列出的订单与售后", .summary = "fetches a batch of what the lists named and keeps it in one transaction"},
};

static const struct permission permissions[] = {
        {"backfill.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT | ROLE_WAREHOUSE | ROLE_READER,
         "see how far the reading of history is"},
        {"backfill.run", ROLE_OWNER | ROLE_SUPERVISOR, "have the last days read again"},
};

const struct domain backfill_domain = {
        .name = "backfill",
        .schema = &schema,
        .holds = &backfill_holds,
        .routes = backfill_routes,
        .n_routes = countof(backfill_routes),
        .jobs = jobs,
        .n_jobs = countof(jobs),
        .permissions = permissions,
        .n_permissions = countof(permissions),
};
