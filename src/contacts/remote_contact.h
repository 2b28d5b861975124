/* What is read of a corp's customers, for the declaration. Private. */
#ifndef CONTACTS_REMOTE_CONTACT_H
#define CONTACTS_REMOTE_CONTACT_H

#include "backfill/backfill.h"

extern const struct backfill_source contacts_sources[1];

#endif
