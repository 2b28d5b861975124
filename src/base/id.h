/*
 * Ids of ours: 63-bit, made without asking anybody.
 *
 *   41 bits ms since 2024-01-01 UTC | 10 bits process slot | 12 bits count
 *
 * Monotonic within a process even if the clock steps back; unique across processes by slot. In JSON they
 * are strings (JavaScript's numbers end at 2^53). Remote ids are text and never mixed with these.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdatomic.h>
#include <stdint.h>

struct id_source {
        _Atomic uint64_t last; /* ms and count of the last id, without the slot */
        unsigned slot;         /* 0..1023 */
};

void id_init(struct id_source *, unsigned slot);
int64_t id_new(struct id_source *);
int64_t id_ms(int64_t id); /* wall ms since 1970 at which the id was made */

#endif
