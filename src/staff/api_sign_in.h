/* Shapes and handlers of signing in by WeCom, for the table in api.c. Private. */
#ifndef STAFF_API_SIGN_IN_H
#define STAFF_API_SIGN_IN_H

#include "staff/api.h"
#include "staff/sign_in.h"

struct offers_in {
        const char *corp;
};
struct start_in {
        const char *corp, *origin;
};
struct come_in {
        const char *code, *state;
};
/* Between the parts of /api/sign-in/start. */
struct starting {
        struct staff_going *going;
        const char *url;
};

extern const struct json_desc staff_offers_in_desc, staff_offers_desc, staff_start_in_desc, staff_start_desc, staff_come_in_desc;

int staff_get_offers(struct ctx *, const void *in, void *out) MUST;
int staff_before_start(struct ctx *, const void *in, void **found) MUST;
int staff_settle_start(struct ctx *, const void *in, void *out) MUST;
int staff_before_come(struct ctx *, const void *in, void **found) MUST;
int staff_settle_come(struct ctx *, const void *in, void *out) MUST;

/* remote_sign_in.c: the parts that know the platform. */
int staff_start(struct ctx *, const void *in, void *out) MUST;
int staff_come_from(struct ctx *, const void *in, void *out) MUST;

#endif
