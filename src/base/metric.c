#include "base/metric.h"

#include <inttypes.h>

void metric_print(struct text *t, struct metric *const *metrics, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                struct metric *m = metrics[i];
                text_addf(t, "# HELP %s %s\n# TYPE %s %s\n%s %" PRId64 "\n", m->name, m->help, m->name,
                          m->gauge ? "gauge" : "counter", m->name, metric_get(m));
        }
}
