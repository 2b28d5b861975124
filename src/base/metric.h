/*
 * Metrics: declared once, counted with one atomic add, printed for Prometheus at /metrics.
 *
 * A folder declares its metrics as file-level objects and lists them in its domain or module table:
 *
 *     struct metric metric_callbacks = METRIC_COUNTER("zhanggui_callbacks_total", "callbacks answered");
 */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include "base/text.h"

#include <stdatomic.h>

struct metric {
        const char *name; /* Prometheus name */
        const char *help; /* one line, English */
        bool gauge;
        _Atomic int64_t value;
};

#define METRIC_COUNTER(n, h) {.name = (n), .help = (h)}
#define METRIC_GAUGE(n, h) {.name = (n), .help = (h), .gauge = true}

static inline void metric_add(struct metric *m, int64_t by)
{
        atomic_fetch_add_explicit(&m->value, by, memory_order_relaxed);
}
static inline void metric_set(struct metric *m, int64_t v)
{
        atomic_store_explicit(&m->value, v, memory_order_relaxed);
}
static inline int64_t metric_get(struct metric *m)
{
        return atomic_load_explicit(&m->value, memory_order_relaxed);
}

/* Appends the text exposition of `n` metrics. */
void metric_print(struct text *, struct metric *const *, size_t n);

#endif
