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

void record_call(struct sim *, const char *method, const char *host, const char *path, int errcode, struct bytes answer,
                 bool is_json);
void record_push(struct sim *, const struct target *, const char *name, const char *message);

#endif
