/* The identities stand last: everything else is found by them. */
#include "store/holding.h"

#include "contacts/rows.h"

static const struct holding tables[] = {
        {"contacts_link", "身份之间的关联", "links between identities",
         .hers = "link_id in (select a.link_id from contacts_link a where a.merchant_id = $1 and a.identity_a in (:list $2)"
                 " union select b.link_id from contacts_link b where b.merchant_id = $1 and b.identity_b in (:list $2))"},
        {"contacts_person", "顾客（名称与备注）", "people: name and note",
         .hers = "person_id = $3 or person_id in (select i.home_id from contacts_identity i where i.merchant_id = $1"
                 " and i.identity_id in (:list $2))"},
        {"contacts_identity", "顾客在各平台的身份", "people's ids at the platform", .hers = "identity_id in (:list $2)"},
};
const struct holder contacts_holds = {tables, countof(tables), NULL};
