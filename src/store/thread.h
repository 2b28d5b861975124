/* Threads of the store's own, and waiting with a time-out on the monotonic clock. */
#ifndef STORE_THREAD_H
#define STORE_THREAD_H

#include "base/status.h"

#include <pthread.h>

/* Starts a thread with all signals blocked (they are the main thread's). `name` at most 15 bytes. */
int thread_start(pthread_t *, const char *name, size_t stack, void *(*fn)(void *), void *arg) MUST;

void cond_init(pthread_cond_t *);
void cond_wait_ms(pthread_cond_t *, pthread_mutex_t *, int64_t ms); /* returns early too, like any wait */

#endif
