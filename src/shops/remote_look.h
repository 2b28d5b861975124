/* Between the files of shops that speak with the platform. Private. */
#ifndef SHOPS_REMOTE_LOOK_H
#define SHOPS_REMOTE_LOOK_H

#include "base/check.h"
#include "platform/kf.h"
#include "platform/look.h"
#include "platform/shop.h"

/* The address that the platform did not trust, out of its sentence; NULL when it names none. */
const char *shops_ip_of(struct arena *, const char *errmsg);

/* What the remote checks of one account share. */
struct shops_look {
        int token, probe; /* WX_E_*; without a token probe tells what token does */
        struct wx_fault token_fault, probe_fault;
        int64_t at_s; /* our wall clock when the token came */
        struct shop_info info;
        const struct kf_account *kf;
        size_t n_kf;
        bool asked_servicers;
        int servicers_status;
        struct wx_fault servicers_fault;
        const struct look_servicer *servicers;
        size_t n_servicers;
};
/* Looks, the first time. Negative only when we ourselves fail. */
int shops_look_of(struct ctx *, const struct check_of *, void **shared, struct shops_look **) MUST;

/* Unknown: because calls do not get through, which another check tells; because this one call was not answered. */
int shops_unseen(struct check_result *);
int shops_said(struct ctx *, const struct check_of *, const struct wx_fault *, struct check_result *);

#endif
