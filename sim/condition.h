/*
 * Conditions: what the platform refuses because of something no call and no page here brings about, a corp that is merged,
 * a member whose WeChat has lapsed, a customer held for a risk. Each is a row: the code, the calls it meets, why. Switched
 * on by PUT /sim/conditions/CODE {"on":true}; the call is otherwise complete and right when it is refused.
 */
#ifndef SIM_CONDITION_H
#define SIM_CONDITION_H

#include "sim/gate.h"

#define CONDITIONS_MAX 64

struct condition_row {
        int code;
        enum family family;
        const char *path; /* prefix of the calls it meets */
        const char *zh, *en;
};
extern const struct condition_row conditions[]; /* sorted by code */
extern const size_t n_conditions;

int condition_check(struct request *); /* 0 or the code */
enum { CONDITION_E_CODE = 1 };
int condition_set(struct sim *, int code, bool on) MUST;

#endif
