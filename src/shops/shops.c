/* The declaration of shops. */
#include "shops/shops.h"
#include "shops/api.h"

extern const char shops_schema_sql[];
extern const size_t shops_schema_sql_size;
static const struct schema schema = {shops_schema_sql, &shops_schema_sql_size};

static const struct permission permissions[] = {
        {"shops.connect", ROLE_OWNER, "connect accounts and replace their secrets"},
        {"shops.manage", ROLE_OWNER, "switch accounts between reading and writing"},
        {"shops.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT | ROLE_WAREHOUSE | ROLE_READER,
         "see the connected accounts and their margins"},
};

static const struct event *const events[] = {&shops_account_connected};

const struct domain shops_domain = {
        .name = "shops",
        .schema = &schema,
        .routes = shops_routes,
        .n_routes = countof(shops_routes),
        .events = events,
        .n_events = countof(events),
        .permissions = permissions,
        .n_permissions = countof(permissions),
};
