/*
 * A load generator: keep-alive connections, one request under way on each. Without a rate the next leaves when an answer is
 * whole; with one it leaves when it is due, or late when all connections are busy.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "bench/report.h"

struct load {
        uint16_t port;
        unsigned connections;
        const struct bytes *requests; /* each goes out at most once ... */
        size_t n;
        bool again;                   /* ... unless they begin anew at the end */
        /* Or made one by one: request `i`, valid until the next call. */
        struct bytes (*make)(void *arg, size_t i);
        void *arg;
        double rate;                  /* requests a second, whatever the answers do; 0 = as fast as they come */
        unsigned chance;              /* with a rate: 0 = even gaps; else gaps by chance, from this seed, as between people who
                                         know nothing of one another (a Poisson process) */
        int64_t us;                   /* no new request after this time */
};

struct load_result {
        uint64_t answered, refused, broken; /* 2xx; another status; connection lost or nothing within 10 s */
        uint8_t *ok;                        /* per request: answered with 2xx; NULL with `again` and `make` */
        double seconds;                     /* from the first request to the last answer */
        struct hist served;                 /* what the server says it needed for an API's answer (Server-Timing) */
        struct hist latency;                /* with a rate: from the moment it was due, also when no connection was free */
};

int load_run(struct arena *, const struct load *, struct load_result *) MUST;

#endif
