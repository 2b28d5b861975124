/* One console that listens: when did the message with number i arrive? */
#ifndef BENCH_EAR_H
#define BENCH_EAR_H

#include "bench/child.h"
#include "bench/feed.h"

#include <pthread.h>

struct ear {
        struct feed *feed; /* said_us of it is set */
        int fd;
        pthread_t thread;
        _Atomic bool ending;
        uint8_t *heard;         /* per number */
        _Atomic uint64_t count; /* messages heard, each once */
        struct hist latency;    /* typed -> in the event stream; read it after ear_close() */
        pthread_mutex_t lock;   /* of latency */
};

int ear_open(struct bench *, struct ear *, struct feed *, const struct child *, const char *cookie) MUST;
/* Until `count` messages were heard; false after `ms`. */
bool ear_wait(struct ear *, uint64_t count, int64_t ms);
void ear_take(struct ear *, struct hist *); /* what was heard so far, and from nothing on */
void ear_close(struct ear *);

#endif
