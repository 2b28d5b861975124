/* What the doctor looks at of an account. Private to shops. */
#ifndef SHOPS_CHECKS_H
#define SHOPS_CHECKS_H

#include "base/check.h"

/* checks.c: what our own tables tell. */
int shops_check_callback_age(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_callback_refused(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_found(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_settle_call(struct ctx *, const struct check_of *, const struct check_result *) MUST;
int shops_settle_kf(struct ctx *, const struct check_of *, const struct check_result *) MUST;
int shops_settle_bound(struct ctx *, const struct check_of *, const struct check_result *) MUST;

/* remote_checks.c: what the platform tells. */
int shops_check_token(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_trusted_ip(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_proxy(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_call(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_clock(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_kf_managed(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_kf_servicers(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_visible_range(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;

/* remote_checks_shop.c: what only shops and official accounts have. */
int shops_check_status(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_return_address(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_bound(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_balance(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_budget(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_decode_quota(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;
int shops_check_shopkf(struct ctx *, const struct check_of *, void **shared, struct check_result *) MUST;

#endif
