/* The list of domains, in the order of src/LAYERS. Adding one is a line here. */
#include "app/app.h"

#include "aftersales/aftersales.h"
#include "alarms/alarms.h"
#include "backfill/backfill.h"
#include "catalogue/catalogue.h"
#include "contacts/contacts.h"
#include "golive/golive.h"
#include "groups/groups.h"
#include "hosting/hosting.h"
#include "inbox/inbox.h"
#include "orders/orders.h"
#include "shops/shops.h"
#include "staff/staff.h"
#include "store/store.h"
#include "system/system.h"

static const struct domain *const domains[] = {
        &store_domain,     &shops_domain, &backfill_domain, &staff_domain,      &contacts_domain, &catalogue_domain,
        &orders_domain,    &aftersales_domain, &inbox_domain, &groups_domain, &alarms_domain, &golive_domain, &hosting_domain, &system_domain,
};

const struct registry app_registry = {.domains = domains, .n = countof(domains)};
