#include "sim/rng.h"

#include <string.h>

uint64_t rng_next(struct rng *rng)
{
        uint64_t z = rng->state += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
}

void rng_swap(struct rng *a, struct rng *b)
{
        struct rng was = *a;
        *a = *b;
        *b = was;
}

int64_t rng_between(struct rng *rng, int64_t lo, int64_t hi)
{
        return hi <= lo ? lo : lo + (int64_t)(rng_next(rng) % (uint64_t)(hi - lo + 1));
}

bool rng_percent(struct rng *rng, int64_t percent)
{
        return rng_between(rng, 0, 99) < percent;
}

void rng_fill(struct rng *rng, void *p, size_t n)
{
        unsigned char *out = p;
        while (n) {
                uint64_t x = rng_next(rng);
                size_t part = n < sizeof(x) ? n : sizeof(x);
                memcpy(out, &x, part);
                out += part;
                n -= part;
        }
}

static char *spell(struct rng *rng, struct arena *arena, const char *prefix, size_t n, const char *letters,
                   size_t kinds)
{
        size_t head = strlen(prefix);
        char *out = arena_alloc(arena, head + n + 1);
        memcpy(out, prefix, head);
        for (size_t i = 0; i < n; i++)
                out[head + i] = letters[rng_next(rng) % kinds];
        return out;
}

char *rng_text(struct rng *rng, struct arena *arena, const char *prefix, size_t n)
{
        return spell(rng, arena, prefix, n, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 62);
}

char *rng_digits(struct rng *rng, struct arena *arena, const char *prefix, size_t n)
{
        return spell(rng, arena, prefix, n, "0123456789", 10);
}
