/* The loop thread: the only one that touches sockets. Others hand it closures. Private to net. */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "base/status.h"

#include <pthread.h>
#include <stdbool.h>

struct event;
struct event_base;

struct loop_task { /* embedded in what is handed over */
        struct loop_task *next;
        void (*fn)(struct loop_task *);
};

struct loop {
        struct event_base *base;
        pthread_t thread;
        bool running;
        int wake_fd;
        struct event *wake;
        pthread_mutex_t lock;
        struct loop_task *first, **tail; /* waiting, oldest first */
};

int loop_open(struct loop *) MUST;
int loop_run(struct loop *) MUST;  /* starts the thread */
void loop_end(struct loop *);      /* on the loop: ends the thread after the present event */
void loop_join(struct loop *);
void loop_drain(struct loop *);    /* runs what was handed over; after loop_join() by whoever joined */
void loop_close(struct loop *);
bool loop_here(const struct loop *); /* called on the loop's own thread? */

/* Runs task->fn on the loop thread, in the order handed over. From any thread. */
void loop_hand(struct loop *, struct loop_task *);

#endif
