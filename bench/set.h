/* The data set of load and sidebar: a data folder that outlives the run. On PostgreSQL the run's own database. */
#ifndef BENCH_SET_H
#define BENCH_SET_H

#include "bench/report.h"
#include "bench/volume.h"

#define SET_ROWS 15000000
#define SET_SHOPS 3000

struct set {
        struct volume volume;
        int64_t rows, bytes;
        const char **settings;
};

/* Makes it anew. */
int set_make(struct bench *, int64_t rows, struct set *, double *seconds) MUST;
/* The one that is there with as many rows, else a new one. */
int set_open(struct bench *, int64_t rows, struct set *) MUST;

#endif
