/* The declaration of staff. */
#include "staff/staff.h"
#include "staff/api.h"
#include "staff/rows.h"

extern const char staff_schema_sql[];
extern const size_t staff_schema_sql_size;
static const struct schema schema = {staff_schema_sql, &staff_schema_sql_size};

static const struct permission permissions[] = {
        {"staff.manage", ROLE_OWNER, "add, change and disable people"},
        {"staff.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT, "see who works here"},
};

const struct domain staff_domain = {
        .name = "staff",
        .schema = &schema,
        .holds = &staff_holds,
        .routes = staff_routes,
        .n_routes = countof(staff_routes),
        .permissions = permissions,
        .n_permissions = countof(permissions),
};
