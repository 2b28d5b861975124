/* Job of catalogue, for its declaration. Private. */
#ifndef CATALOGUE_REMOTE_SHOP_H
#define CATALOGUE_REMOTE_SHOP_H

#include "store/job.h"

int catalogue_addresses_prepare(struct ctx *, struct job *, void **state) MUST;
int catalogue_addresses_call(struct ctx *, struct job *, void *state) MUST;
int catalogue_addresses_settle(struct ctx *, struct job *, void *state, int outcome) MUST;

#endif
