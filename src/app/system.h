/* The system domain: what the program tells about itself, and the demo's two buttons. It lives in app because it speaks
 * of queues that only app holds; it has no tables of its own. */
#ifndef APP_SYSTEM_H
#define APP_SYSTEM_H

#include "base/domain.h"

extern const struct domain system_domain;

#endif
