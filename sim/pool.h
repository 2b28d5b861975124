/*
 * Threads that call out, so that the loop never waits: pushes and URL checks. A task is filled on the loop thread,
 * belongs to one thread of the pool while it runs, and comes back to the loop thread for `done`.
 */
#ifndef SIM_POOL_H
#define SIM_POOL_H

#include "net/transport.h"

struct sim;
struct pool;

struct pool_task {
        struct arena *arena; /* the task's own; the answer is put there */
        struct http_request request;
        struct http_response response;
        int outcome; /* 0 or TRANSPORT_E_* or negative */
        void (*done)(struct sim *, struct pool_task *);
        struct sim *sim;
        struct pool_task *next;
};

/* `any_target` false: only loopback addresses are called. */
int pool_open(struct pool **, unsigned threads, bool any_target) MUST;
/* Ends the threads, waiting for running calls; tasks not begun stay undone. Before server_stop(): a running call still
 * comes back to the loop. */
void pool_stop(struct pool *);
void pool_close(struct pool *); /* after server_stop() */
void pool_add(struct pool *, struct sim *, struct pool_task *);

#endif
