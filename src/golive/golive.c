/* The declaration of golive. */
#include "golive/golive.h"
#include "golive/api.h"
#include "golive/rows.h"

extern const char golive_schema_sql[];
extern const size_t golive_schema_sql_size;
static const struct schema schema = {golive_schema_sql, &golive_schema_sql_size};

static const struct check checks[] = {
        {"silent", "shop", "店内咨询", "in-shop consults", false, golive_check_silent, NULL},
};

static const struct permission permissions[] = {
        {"golive.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_READER, "see how far going live is"},
        {"golive.step", ROLE_OWNER, "take the steps of going live, and the way back"},
        {"golive.enter", ROLE_OWNER | ROLE_SUPERVISOR, "enter the console's figures"},
};

const struct domain golive_domain = {
        .name = "golive",
        .schema = &schema,
        .holds = &golive_holds,
        .routes = golive_routes,
        .n_routes = countof(golive_routes),
        .checks = checks,
        .n_checks = countof(checks),
        .permissions = permissions,
        .n_permissions = countof(permissions),
};
