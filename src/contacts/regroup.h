/* Persons as the connected parts of the links that hold. Private. */
#ifndef CONTACTS_REGROUP_H
#define CONTACTS_REGROUP_H

#include "contacts/rows.h"

/* Pure: writes into each place the person it belongs to under these pairs: the home of the oldest identity of its part.
 * So the same links always give the same persons, whatever happened on the way. `places` are sorted by identity_id. */
void contacts_regroup_plan(struct arena *, struct contacts_place *places, size_t n, const struct contacts_pair *,
                           size_t n_pairs);

/* Moves the identities of these two persons (may be one) to where the links say. Touches identity rows alone. */
int contacts_regroup(struct ctx *, int64_t person_a, int64_t person_b) MUST;

#endif
