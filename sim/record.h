/*
 * A file of everything that was asked, answered and pushed, a line of JSON each, for whoever compares the simulator with the
 * platform (tests/fidelity.sh):
 *     {"call":"POST api.weixin.qq.com /channels/ec/order/get","errcode":0,"answer":{...}}
 *     {"push":"api.weixin.qq.com channels_ec_order_pay","message":"..."}
 */
#ifndef SIM_RECORD_H
#define SIM_RECORD_H

#include "base/text.h"

struct sim;
struct target;

/* One call: `argument` whether the refusal was about what was asked (not the token, the verb, the
 * rate or a body that is no JSON). */
struct record {
        const char *method, *host, *path;
        int errcode;
        bool argument, is_json;
        struct bytes answer;
};
void record_call(struct sim *, const struct record *);
void record_push(struct sim *, const struct target *, const char *name, const char *message);

#endif
