/* The declaration of contacts. */
#include "contacts/contacts.h"
#include "contacts/api.h"
#include "contacts/remote_contact.h"
#include "contacts/rows.h"

extern const char contacts_schema_sql[];
extern const size_t contacts_schema_sql_size;
static const struct schema schema = {contacts_schema_sql, &contacts_schema_sql_size};

static const struct event *const events[] = {&contacts_event_linked};

static const struct permission permissions[] = {
        {"contacts.edit", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT, "name persons, note, link and unlink"},
        {"contacts.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT | ROLE_READER, "see persons"},
};

const struct domain contacts_domain = {
        .name = "contacts",
        .schema = &schema,
        .holds = &contacts_holds,
        .routes = contacts_routes,
        .n_routes = countof(contacts_routes),
        .events = events,
        .n_events = countof(events),
        .permissions = permissions,
        .n_permissions = countof(permissions),
        .sources = contacts_sources,
        .n_sources = countof(contacts_sources),
};
