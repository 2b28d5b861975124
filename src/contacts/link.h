/* Between the files of contacts. Private. */
#ifndef CONTACTS_LINK_H
#define CONTACTS_LINK_H

#include "contacts/regroup.h"

/* NULL = as it is; "" empties it. */
int contacts_person_edit(struct ctx *, int64_t person_id, const char *name, const char *note) MUST;

#endif
