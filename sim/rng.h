/*
 * Chance, repeatable: everything random in the simulator's world comes from one seed, so that a run can be told again.
 * (SplitMix64; not for secrets. Signatures and padding use it too: nothing here needs to be secret.)
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct rng {
        uint64_t state;
};

uint64_t rng_next(struct rng *);
void rng_swap(struct rng *, struct rng *); /* changes places: who draws from the one draws from the other for a while */
int64_t rng_between(struct rng *, int64_t lo, int64_t hi); /* both ends included */
bool rng_percent(struct rng *, int64_t percent);
void rng_fill(struct rng *, void *, size_t n);
char *rng_text(struct rng *, struct arena *, const char *prefix, size_t n); /* prefix + n characters of [0-9A-Za-z] */
char *rng_digits(struct rng *, struct arena *, const char *prefix, size_t n);

#endif
