#include "store/holding.h"

#include "groups/rows.h"

static const struct holding tables[] = {
        {"groups_member", "客户群成员", "members of customers' groups", .hers = "identity_id in (:list $2)"},
        {"groups_group", "客户群", "customers' groups"},
};
const struct holder groups_holds = {tables, countof(tables), NULL};
