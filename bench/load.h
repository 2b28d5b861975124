/* A load generator: keep-alive connections, one request under way on each, the next when its answer is whole. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "bench/report.h"

struct load {
        uint16_t port;
        unsigned connections;
        const struct bytes *requests; /* each goes out at most once ... */
        size_t n;
        bool again;                   /* ... unless they begin anew at the end */
        int64_t us;                   /* no new request after this time */
};

struct load_result {
        uint64_t answered, refused, broken; /* 200; another status; connection lost or nothing within 10 s */
        uint8_t *ok;                        /* per request: answered with 200; NULL when `again` */
        double seconds;                     /* from the first request to the last answer */
        struct hist latency;
};

int load_run(struct arena *, const struct load *, struct load_result *) MUST;

#endif
