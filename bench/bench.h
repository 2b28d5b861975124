/*
 * The frame of the measurements: one program, one file per workload, one report.
 *
 * A workload makes a data folder below bench->dir, starts what it needs as child processes, measures, and puts what it
 * found into the report. It sets no limits and judges nothing but its own counts: a lost callback is an error, a slow one
 * is a number.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

struct report;

struct bench {
        struct arena *arena; /* lives as long as the run */
        const char *db;      /* "sqlite", or the URL of a PostgreSQL database that is empty and ours alone */
        int64_t seconds;     /* of the measured part; 0 = the workload's own default */
        int64_t rows;        /* size of the data; 0 = the workload's own default */
        const char *dir;     /* a folder for this run; removed with all that lies in it */
        struct report *report;
};

struct workload {
        const char *name, *summary;
        int (*run)(struct bench *) MUST;
};

extern const struct workload workload_backfill, workload_callbacks, workload_consoles, workload_latency, workload_load, workload_neighbours, workload_sidebar, workload_through, workload_welcome;

/* Progress for people, on standard error, at once. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

bool bench_on_sqlite(const struct bench *);

/* The middle one of `n` > 0 values; sorts them. */
double median(double *values, size_t n);

#endif
