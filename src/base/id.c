#include "base/id.h"
#include "base/clock.h"

#define ID_EPOCH_MS INT64_C(1704067200000) /* 2024-01-01 UTC */
#define ID_COUNT_BITS 12
#define ID_SLOT_BITS 10

void id_init(struct id_source *s, unsigned slot)
{
        atomic_init(&s->last, 0);
        s->slot = slot & ((1u << ID_SLOT_BITS) - 1);
}

/* `last` holds ms and count as one number: a full count runs into the next ms by itself, and a clock that stepped back
 * is overtaken by counting on. */
int64_t id_new(struct id_source *s)
{
        int64_t ms = clock_wall_ms() - ID_EPOCH_MS;
        uint64_t at = (ms > 0 ? (uint64_t)ms : 0) << ID_COUNT_BITS;
        uint64_t last = atomic_load(&s->last), next;

        do
                next = at > last ? at : last + 1;
        while (!atomic_compare_exchange_weak(&s->last, &last, next));
        uint64_t count = next & ((1u << ID_COUNT_BITS) - 1);
        return (int64_t)((next >> ID_COUNT_BITS) << (ID_COUNT_BITS + ID_SLOT_BITS) |
                         (uint64_t)s->slot << ID_COUNT_BITS | count);
}

int64_t id_ms(int64_t id)
{
        return (id >> (ID_COUNT_BITS + ID_SLOT_BITS)) + ID_EPOCH_MS;
}
