/* A fair gate: up to `free` threads inside, the others enter in the order in which they came. */
#ifndef STORE_GATE_H
#define STORE_GATE_H

#include "base/status.h"

#include <pthread.h>

struct gate_waiter;

struct gate {
        pthread_mutex_t lock;
        unsigned free;
        struct gate_waiter *first, **tail;
};

void gate_init(struct gate *, unsigned free);
void gate_destroy(struct gate *); /* nobody may be inside or waiting */

enum { GATE_E_TIME = 1 };
int gate_enter(struct gate *, int64_t timeout_ms) MUST;
void gate_leave(struct gate *);

#endif
