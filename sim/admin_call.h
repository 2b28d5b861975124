/* Private to admin*.c: one call of the admin API and the tables that answer it. */
#ifndef SIM_ADMIN_CALL_H
#define SIM_ADMIN_CALL_H

#include "base/json.h"
#include "net/server.h"
#include "sim/out.h"
#include "sim/world.h"

struct admin_call {
        struct sim *sim;
        struct raw *raw;
        struct arena *arena;
        const struct json_leaf *leaf;
        size_t n;
        const char *id, *verb; /* of /sim/order/{id}/{verb} */
        const char *back;      /* a form: where to go afterwards */
        struct out out;        /* members of the answer */
        bool later;            /* somebody else will answer */
};

/* NULL when all is well, else why not. */
typedef const char *admin_fn(struct admin_call *);

struct admin_row {
        const char *method, *path; /* a path ending in "/" takes {id}/{verb} behind it */
        admin_fn *fn;
};

struct admin_table {
        const struct admin_row *row;
        size_t n;
};

extern const struct admin_table admin_look, admin_act, admin_mp_look, admin_mp_act, admin_shop_act, admin_wecom_look,
        admin_wecom_act, admin_console, admin_fault,
        admin_condition;

/* Answers the call, a deed when it is calm (calm.h); for those that set `later`. NULL when all is well, else why not. */
void admin_answer(struct admin_call *, const char *why);
/* A value of the body or the query. */
const char *admin_arg(const struct admin_call *, const char *name);
int64_t admin_number(const struct admin_call *, const char *name, int64_t otherwise);
/* Who is meant by "customer" (external_userid or openid) or "openid". */
struct person *admin_customer(const struct admin_call *);
/* "appid", or the shop that knows her by this openid, or the first. */
struct shop *admin_shop(const struct admin_call *, const struct person *);
void admin_write_person(struct admin_call *, const struct person *);
/* GET and POST alike: the verb says what is done. */
const char *admin_order(struct admin_call *);
const char *admin_case(struct admin_call *);

#endif
