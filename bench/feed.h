/* Customers who write: each message waits at the peer, and a notice of it is posted to the server, at a given rate. */
#ifndef BENCH_FEED_H
#define BENCH_FEED_H

#include "bench/child.h"
#include "bench/load.h"
#include "bench/peer.h"
#include "bench/world.h"

#include <stdatomic.h>

struct feed {
        struct world *world;
        struct peer *peer;
        const struct child *server;
        size_t customers;              /* per account */
        size_t first_kf, n_kf;         /* the accounts they write to */
        _Atomic size_t said;           /* messages so far; message `i` carries "#i#" in its text */
        _Atomic int64_t *said_us;      /* when each was said, by its number; NULL = nobody asks */
        size_t room;                   /* of said_us */
        uint64_t notices;              /* so far: each needs its own serial */
        struct arena scratch;
        const char *host;
};

void feed_init(struct feed *, struct arena *, struct world *, struct peer *, const struct child *server, size_t customers);
void feed_release(struct feed *);

/* Messages at `rate` a second for `us`; back when the last notice is answered. */
int feed_run(struct feed *, struct arena *, double rate, int64_t us, struct load_result *) MUST;

/* The number of the next "#i#" in the text, *text behind it; -1 when there is none. */
int64_t feed_number(const char **text);

/* Customers' messages stored, by the run's database; the server has ended. */
int feed_stored(struct bench *, const char *const *settings, int64_t *messages) MUST;

#endif
