/* The declaration of catalogue. */
#include "catalogue/catalogue.h"
#include "catalogue/remote_shop.h"
#include "catalogue/rows.h"

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

const struct domain catalogue_domain = {
        .name = "catalogue",
        .schema = &schema,
        .holds = &catalogue_holds,
        .jobs = jobs,
        .n_jobs = countof(jobs),
};
