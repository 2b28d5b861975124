#include "base/clock.h"

#include "base/arena.h"

#include <time.h>

static int64_t clock_us(clockid_t which)
{
        struct timespec t;

        clock_gettime(which, &t); /* cannot fail for the two clocks used here */
        return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_mono_us(void)
{
        return clock_us(CLOCK_MONOTONIC);
}

int64_t clock_mono_ms(void)
{
        return clock_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_wall_ms(void)
{
        return clock_us(CLOCK_REALTIME) / 1000;
}

void clock_init(struct clock *c, bool manual, int64_t start_ms)
{
        c->manual = manual;
        atomic_init(&c->offset_ms, 0);
        atomic_init(&c->frozen_ms, manual ? start_ms : 0);
}

int64_t clock_now(struct clock *c)
{
        return c->manual ? atomic_load(&c->frozen_ms) : clock_wall_ms() + atomic_load(&c->offset_ms);
}

void clock_set(struct clock *c, int64_t ms)
{
        if (c->manual)
                atomic_store(&c->frozen_ms, ms);
        else
                atomic_store(&c->offset_ms, ms - clock_wall_ms());
}

void clock_push(struct clock *c, int64_t by_ms)
{
        atomic_fetch_add(c->manual ? &c->frozen_ms : &c->offset_ms, by_ms);
}

char *clock_text(struct arena *a, int64_t ms)
{
        time_t s = (time_t)(ms / 1000);
        struct tm tm;
        char out[32];

        localtime_r(&s, &tm);
        strftime(out, sizeof(out), "%Y-%m-%d %H:%M:%S", &tm);
        return arena_strdup(a, out);
}
