/*
 * Two memories of what happened, both numbered and bounded (the oldest part is forgotten whole):
 *
 *   ledger   one row per event of the world: pushed, attempted, acknowledged, given up, said, received, state changes.
 *            The truth that tests compare the server with.
 *   log      one row per request that reached the platform's API: request, answer, and the rule that refused it.
 */
#ifndef SIM_LEDGER_H
#define SIM_LEDGER_H

#include "base/text.h"

struct sim;
struct out;

struct ledger_row {
        uint64_t seq;
        int64_t at;          /* ms, the simulator's clock */
        const char *what;    /* "push", "ack", "nack", "gave_up", "dropped", "said", "received", "order", "case", ... */
        const char *account; /* corp, 客服 account or shop */
        const char *id;      /* of the object: order, case, message, push */
        const char *detail;
};

struct log_row {
        uint64_t seq;
        int64_t at;
        const char *method, *path, *account, *request, *answer;
        const char *rule; /* why it was refused, with the place in the notes; "" when it was not */
        int64_t errcode, took_us;
};

#define RING_SEGMENTS 128

/* A ring of segments: each has its own arena, dropped as a whole when the ring comes round. */
struct ring {
        struct arena arena[RING_SEGMENTS];
        void *rows[RING_SEGMENTS]; /* `per` rows of `size` bytes */
        size_t size, per;
        uint64_t next; /* seq of the next row; the first is 1 */
};

void ring_init(struct ring *, size_t row_size, size_t rows_per_segment);
void ring_release(struct ring *);
uint64_t ring_first(const struct ring *);                /* oldest seq still kept */
void *ring_add(struct ring *, struct arena **arena);     /* zeroed row; its texts go into *arena */
const void *ring_row(const struct ring *, uint64_t seq); /* NULL when forgotten or not yet there */

void ledger_add(struct sim *, const char *what, const char *account, const char *id, const char *detail_fmt, ...)
        __attribute__((format(printf, 5, 6)));

/* Rows after `since`, at most `limit`, as members "items" and "next". `what` NULL = all. */
void ledger_write(struct sim *, struct out *, uint64_t since, size_t limit, const char *what);

struct log_entry { /* what the gate knows at the end of a request */
        const char *method, *path, *account, *rule;
        struct bytes request, answer;
        int64_t errcode, took_us;
};
void log_add(struct sim *, const struct log_entry *);
void log_write(struct sim *, struct out *, uint64_t since, size_t limit);

#endif
