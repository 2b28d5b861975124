/* What the doctor looks at of a shop's products. Private to catalogue. */
#ifndef CATALOGUE_CHECKS_H
#define CATALOGUE_CHECKS_H

#include "base/check.h"

int catalogue_check_products(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;

#endif
