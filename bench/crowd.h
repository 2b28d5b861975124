/* Many consoles that listen, one of each merchant: every whole line of their event streams is handed on. */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include "bench/child.h"
#include "bench/world.h"

struct crowd;

/* `hear` is called on the listening thread with the session's number and a line of its stream. */
int crowd_open(struct bench *, const struct child *server, const struct world_session *, size_t n, const char *topics,
               void (*hear)(void *arg, size_t who, const char *line), void *arg, struct crowd **) MUST;
size_t crowd_lost(const struct crowd *); /* streams that the server ended */
void crowd_close(struct crowd *); /* harmless on NULL */

#endif
