/* The databases without us: what the same bytes cost when nothing stands in front of them, and what is in there at last. */
#ifndef BENCH_INSERTS_H
#define BENCH_INSERTS_H

#include "bench/bench.h"

/* Rows of a callback's size into a table with one growing key, 128 a commit, for `us`; durable like the server's own. */
int inserts_raw(struct bench *, int64_t us, double *per_s) MUST;

/* How often the callback of each serial below `n` is in the ledger (`times`), and how many rows that has. The server has
 * ended. */
int inserts_found(struct bench *, uint32_t *times, size_t n, uint64_t *rows) MUST;

#endif
