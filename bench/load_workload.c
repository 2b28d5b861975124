/*
 * load: the data set of `sidebar`, 15 million full orders of 3,000 shops unless told otherwise. It stays, in the folder that
 * ZHANGGUI_BENCH_DATA names (/var/tmp/zhanggui-bench), and is made anew by each run of this.
 */
#include "bench/set.h"

static int run(struct bench *b)
{
        struct set set;
        double seconds;
        int r = set_make(b, b->rows ? b->rows : SET_ROWS, &set, &seconds);

        if (r)
                return r;
        report_int(b->report, "orders", set.rows);
        report_int(b->report, "shops", (int64_t)set.volume.n_shops);
        report_number(b->report, "seconds", seconds, 1);
        report_number(b->report, "orders_per_s", (double)set.rows / seconds, 0);
        report_number(b->report, "gigabytes", (double)set.bytes / 1e9, 2);
        report_number(b->report, "bytes_each", (double)set.bytes / (double)set.rows, 0);
        return 0;
}

const struct workload workload_load = {"load", "full orders per second into the product's tables, bytes of each", run};
