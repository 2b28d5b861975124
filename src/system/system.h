/* The system domain: what the program tells about itself, and the demo's two buttons. It speaks of queues that only the
 * process holds; it has no tables of its own. */
#ifndef SYSTEM_SYSTEM_H
#define SYSTEM_SYSTEM_H

#include "base/ctx.h"
#include "base/domain.h"

struct shops_account;

extern const struct domain system_domain;

int system_start_account(struct ctx *, const struct shops_account *) MUST; /* what must always run for an account */

#endif
