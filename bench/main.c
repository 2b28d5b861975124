/* zhanggui-bench WORKLOAD [--db sqlite|URL] [--seconds N] [--rows N] [--json]; bench/run.sh builds and calls it. */
#include "bench/bench.h"
#include "bench/report.h"

#include "base/crypt.h"
#include "base/log.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

/* By name. */
static const struct workload *const workloads[] = {
        &workload_backfill, &workload_callbacks, &workload_consoles, &workload_latency, &workload_load, &workload_neighbours, &workload_sidebar, &workload_through, &workload_welcome,
};

void say(const char *fmt, ...)
{
        va_list args;

        va_start(args, fmt);
        vfprintf(stderr, fmt, args);
        va_end(args);
        fputc('\n', stderr);
}

bool bench_on_sqlite(const struct bench *b)
{
        return !strcmp(b->db, "sqlite");
}

static int by_value(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

double median(double *values, size_t n)
{
        qsort(values, n, sizeof(*values), by_value);
        return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static int usage(void)
{
        fprintf(stderr, "Usage: zhanggui-bench WORKLOAD [--db sqlite|postgresql://...] [--seconds N] [--rows N] [--json]\n\n");
        for (size_t i = 0; i < countof(workloads); i++)
                fprintf(stderr, "  %-10s %s\n", workloads[i]->name, workloads[i]->summary);
        return 2;
}

static bool read_args(struct bench *b, bool *json, int argc, char **argv)
{
        for (int i = 0; i < argc; i++) {
                const char *value = i + 1 < argc ? argv[i + 1] : "";

                if (!strcmp(argv[i], "--json")) {
                        *json = true;
                        continue;
                }
                if (!strcmp(argv[i], "--db") && (!strcmp(value, "sqlite") || text_starts(value, "postgres")))
                        b->db = value;
                else if (strcmp(argv[i], "--seconds") || text_to_int(value, 1, 86400, &b->seconds))
                        if (strcmp(argv[i], "--rows") || text_to_int(value, 1, 1000000000, &b->rows))
                                return false;
                i++;
        }
        return true;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
        (void)st, (void)flag, (void)ftw;
        return remove(path);
}

static int make_dir(struct bench *b)
{
        const char *tmp = getenv("TMPDIR");
        char *dir = arena_printf(b->arena, "%s/zhanggui-bench-XXXXXX", text_empty(tmp) ? "/tmp" : tmp);

        if (!mkdtemp(dir))
                return fatal(errno, "cannot make a temporary folder; TMPDIR names another place for it");
        b->dir = dir;
        return 0;
}

/* Sockets by the ten thousand. */
static void raise_limits(void)
{
        struct rlimit limit;

        if (!getrlimit(RLIMIT_NOFILE, &limit)) {
                limit.rlim_cur = limit.rlim_max;
                (void)setrlimit(RLIMIT_NOFILE, &limit);
        }
}

static void describe_machine(struct bench *b)
{
        char model[128] = "unknown", line[256], day[16];
        FILE *f = fopen("/proc/cpuinfo", "r");
        time_t now = time(NULL);
        struct sysinfo info;

        while (f && fgets(line, sizeof(line), f))
                if (sscanf(line, "model name : %127[^\n]", model) == 1)
                        break;
        if (f)
                fclose(f);
        sysinfo(&info);
        strftime(day, sizeof(day), "%Y-%m-%d", gmtime(&now));
        report_text(b->report, "date", day);
        report_text(b->report, "machine",
                    arena_printf(b->arena, "%s, %ld cores, %ld GiB", model, sysconf(_SC_NPROCESSORS_ONLN),
                                 (long)((info.totalram * info.mem_unit + (1u << 29)) >> 30)));
        report_text(b->report, "db", bench_on_sqlite(b) ? "sqlite" : "postgres");
}

int main(int argc, char **argv)
{
        const struct workload *w = NULL;
        struct arena arena;
        struct bench b = {.arena = &arena, .db = "sqlite"};
        bool json = false;
        int r;

        for (size_t i = 0; argc > 1 && i < countof(workloads); i++)
                if (!strcmp(argv[1], workloads[i]->name))
                        w = workloads[i];
        if (!w || !read_args(&b, &json, argc - 2, argv + 2))
                return usage();
        signal(SIGPIPE, SIG_IGN);
        raise_limits();
        arena_init(&arena, 0);
        b.report = report_new(&arena);
        report_text(b.report, "workload", w->name);
        describe_machine(&b);
        r = crypt_init();
        if (!r)
                r = make_dir(&b);
        if (!r) {
                r = w->run(&b);
                (void)nftw(b.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        }
        if (!r)
                report_print(b.report, json);
        arena_release(&arena);
        return r ? 1 : 0;
}
