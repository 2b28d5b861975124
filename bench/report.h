/* What a run found, in the order told: a table for people or one JSON line. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "bench/bench.h"

struct report *report_new(struct arena *);
void report_text(struct report *, const char *name, const char *value);
void report_int(struct report *, const char *name, int64_t value);
void report_number(struct report *, const char *name, double value, int decimals);
/* A list of pairs, printed as [[x, y], ...]: for curves. */
void report_point(struct report *, const char *name, double x, double y);
void report_print(const struct report *, bool json);

/*
 * Durations, counted in buckets that are 1/64 of their value wide: a percentile is right within 1.6 %. Memory and time are
 * the same for ten samples and for ten million.
 */
struct hist {
        uint64_t n, sum_us, max_us;
        uint64_t count[64 * 32];
};
void hist_add(struct hist *, int64_t us);
void hist_merge(struct hist *, const struct hist *);
double hist_ms(const struct hist *, double share); /* 0.99 -> p99 in ms; 0 when empty */
/* NAME_p50_ms, NAME_p99_ms, NAME_max_ms */
void report_hist(struct report *, const char *name, const struct hist *);

#endif
