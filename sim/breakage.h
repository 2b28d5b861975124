/*
 * Calls that go wrong on the way, by the switches broken (a path, or "all"), broken_how and broken_percent:
 *
 *   hang     the request is taken and nothing happens; no answer ever comes
 *   vanish   it takes effect; no answer ever comes
 *   error    HTTP 502 from something in front of the platform; nothing happened
 *   garbage  it takes effect; the answer is cut off in the middle of its JSON
 *   drip     it takes effect; the answer comes in pieces, longer than anybody waits
 */
#ifndef SIM_BREAKAGE_H
#define SIM_BREAKAGE_H

#include "base/text.h"

struct sim;
struct raw;

enum breakage { BREAK_NONE, BREAK_DRIP, BREAK_ERROR, BREAK_GARBAGE, BREAK_HANG, BREAK_VANISH };

enum breakage breakage_of(struct sim *, const char *path); /* rolls the dice for one request */
bool breakage_prevents(enum breakage);                     /* the endpoint is not even asked */
bool breakage_known(const char *how);                      /* a word of the list above */
const char *breakage_rule(enum breakage);                  /* for the request log; NULL of BREAK_NONE */
/* The answer, or what becomes of it. `body` must live in the request's arena. */
void breakage_send(struct sim *, struct raw *, enum breakage, const char *mime, struct bytes body);

#endif
