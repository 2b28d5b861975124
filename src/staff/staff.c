/* The declaration of staff. */
#include "staff/staff.h"
#include "staff/api.h"
#include "staff/remote.h"
#include "staff/rows.h"
#include "staff/sign_in.h"

#include "base/check.h"
#include "platform/callback.h"

extern const char staff_schema_sql[];
extern const size_t staff_schema_sql_size;
static const struct schema schema = {staff_schema_sql, &staff_schema_sql_size};

static const struct permission permissions[] = {
        {"staff.link", ROLE_OWNER | ROLE_SUPERVISOR, "see the members of WeCom, and let them sign in"},
        {"staff.manage", ROLE_OWNER, "add, change and disable people"},
        {"staff.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT, "see who works here"},
};

static const struct event *const events[] = {&staff_event_disabled};

static const struct check checks[] = {
        {"sign_in", "wecom", "企业微信登录", "signing in by WeCom", false, staff_check_sign_in, NULL},
};

static const struct remote_event remote_events[] = {
        {WX_WECOM, "change_contact", staff_hear_contact},
};

const struct domain staff_domain = {
        .name = "staff",
        .schema = &schema,
        .holds = &staff_holds,
        .routes = staff_routes,
        .n_routes = STAFF_ROUTES,
        .checks = checks,
        .n_checks = countof(checks),
        .events = events,
        .n_events = countof(events),
        .remote_events = remote_events,
        .n_remote_events = countof(remote_events),
        .sources = staff_sources,
        .n_sources = countof(staff_sources),
        .permissions = permissions,
        .n_permissions = countof(permissions),
};
