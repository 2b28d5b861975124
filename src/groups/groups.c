/* The declaration of groups. */
#include "groups/groups.h"
#include "groups/api.h"
#include "groups/remote_group.h"
#include "groups/rows.h"
#include "platform/callback.h"

extern const char groups_schema_sql[];
extern const size_t groups_schema_sql_size;
static const struct schema schema = {groups_schema_sql, &groups_schema_sql_size};

static const struct remote_event remote_events[] = {
        {WX_WECOM, "change_external_chat", groups_hear},
};

static const struct permission permissions[] = {
        {"groups.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT | ROLE_READER, "see customers' groups"},
};

const struct domain groups_domain = {
        .name = "groups",
        .schema = &schema,
        .holds = &groups_holds,
        .routes = groups_routes,
        .n_routes = countof(groups_routes),
        .remote_events = remote_events,
        .n_remote_events = countof(remote_events),
        .permissions = permissions,
        .n_permissions = countof(permissions),
        .sources = groups_sources,
        .n_sources = countof(groups_sources),
};
