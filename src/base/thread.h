/* Threads, their order at the processor, and waiting with a time-out on the monotonic clock. */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include "base/status.h"

#include <pthread.h>

/* Starts a thread with all signals blocked (they are the main thread's). `name` at most 15 bytes; `stack` in bytes,
 * 0 = the system's own measure. */
int thread_start(pthread_t *, const char *name, size_t stack, void *(*fn)(void *), void *arg) MUST;

/*
 * The calling thread gives way: it works off what was acknowledged already, and when the processors are all busy the platform
 * must still get its answers (it gives up after 5 s; what waits in the ledger does not). Called first thing by such threads.
 */
void thread_gives_way(void);

/*
 * The calling thread is somebody's answer: when it wakes it runs at once, also where another has begun his turn, and is short.
 * Called first thing by such threads. Linux 6.12 and later; before, waking threads came first by themselves.
 */
void thread_comes_first(void);

void cond_init(pthread_cond_t *);
void cond_wait_ms(pthread_cond_t *, pthread_mutex_t *, int64_t ms); /* returns early too, like any wait */

#endif
