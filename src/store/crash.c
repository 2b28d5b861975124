#include "store/crash.h"

#include "base/log.h"
#include "store/store.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LINES 256 /* threads that work for the store: at most 64 workers, a scheduler, an applier, and those of tests */
#define STACK_BYTES (32u << 10)
#define KEEP_MS (30LL * 24 * 3600 * 1000)
#define CAUSE                                                                                                          \
        "运行时程序异常退出 3 次，已搁置；请查看日志并报告 "                                                           \
        "(the program crashed while it ran, 3 times; set aside: see the log, and report it)"

struct line {
        int64_t stream, seq;
        volatile sig_atomic_t by; /* the signal */
};

/* One file and one set of handlers per process: that is what signals are. */
static struct {
        struct line *lines; /* NULL: not watching */
        _Atomic unsigned n;
        struct line left[LINES];
        size_t n_left;
} watch;
static _Thread_local struct line *here;

static void on_crash(int sig, siginfo_t *info, void *context)
{
        (void)context;
        if (here && here->seq)
                here->by = sig;
        if (info->si_code <= 0)
                raise(sig); /* sent, not met: nothing repeats it when this returns. The handler is gone already. */
}

static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};

static int watch_signals(void)
{
        struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = (int)(SA_SIGINFO | SA_RESETHAND | SA_NODEFER | SA_ONSTACK)};

        for (size_t i = 0; i < countof(signals); i++)
                if (sigaction(signals[i], &action, NULL))
                        return fatal(errno, "signals cannot be watched");
        return 0;
}

int crash_open(const char *dir)
{
        struct arena arena;
        struct line *lines;
        int fd, r = 0;

        arena_init(&arena, 0);
        fd = open(arena_printf(&arena, "%s/at-work", dir), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        arena_release(&arena);
        if (fd < 0 || ftruncate(fd, sizeof(struct line) * LINES))
                r = fatal(errno, "%s/at-work cannot be written: %s", dir, strerror(errno));
        lines = r ? MAP_FAILED : mmap(NULL, sizeof(struct line) * LINES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (!r && lines == MAP_FAILED)
                r = fatal(errno, "%s/at-work cannot be mapped: %s", dir, strerror(errno));
        if (fd >= 0)
                close(fd);
        if (r)
                return r;
        for (size_t i = 0; i < LINES; i++)
                if (lines[i].by)
                        watch.left[watch.n_left++] = lines[i];
        memset(lines, 0, sizeof(struct line) * LINES);
        watch.lines = lines;
        return watch_signals();
}

/* A line of its own, and a stack for the handler: the thread's own may be what overflowed. Both for as long as the process.
 * The thread blocks signals; of one that is blocked and met, the process ends without the handler. */
static void take_line(void)
{
        unsigned n = atomic_fetch_add(&watch.n, 1);
        stack_t stack = {.ss_size = STACK_BYTES}, had;
        sigset_t set;

        if (n >= LINES)
                return;
        /* The sanitizers give each thread one of theirs, and want it back. */
        if (!sigaltstack(NULL, &had) && had.ss_flags & SS_DISABLE && (stack.ss_sp = malloc(STACK_BYTES)))
                (void)sigaltstack(&stack, NULL);
        sigemptyset(&set);
        for (size_t i = 0; i < countof(signals); i++)
                sigaddset(&set, signals[i]);
        pthread_sigmask(SIG_UNBLOCK, &set, NULL);
        here = &watch.lines[n];
}

void crash_at(int64_t stream, int64_t seq)
{
        if (!watch.lines)
                return;
        if (!here)
                take_line();
        if (!here)
                return;
        here->stream = stream;
        here->seq = seq;
        atomic_signal_fence(memory_order_seq_cst);
}

void crash_past(void)
{
        if (here)
                here->seq = 0;
}

static int bury(struct ctx *ctx, int64_t job_id)
{
        static const struct query q = {
                .name = "store.crash_bury",
                .sql = "update store_job set state = 3, tries = tries + 1, error = $2 where job_id = $1 and state < 3",
                .args = "it",
        };
        static const struct query forget = {
                .name = "store.crash_forget", .sql = "delete from store_crash where stream = 0 and seq = $1", .args = "i"};
        int r = db_exec(ctx, &q, DB_I(job_id), DB_T(CAUSE));

        return r ? status_fold(r) : status_fold(db_exec(ctx, &forget, DB_I(job_id)));
}

static int count_one(struct ctx *ctx, const struct line *at)
{
        struct times {
                int64_t times;
        } row;
        static const struct db_col cols[] = {DB_COL_I(struct times, times)};
        static const struct query q = {
                .name = "store.crash_count",
                .sql = "insert into store_crash (stream, seq, times, last_at) values ($1, $2, 1, $3)"
                       " on conflict (stream, seq) do update set times = store_crash.times + 1, last_at = excluded.last_at"
                       " returning times",
                .args = "iii",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct times),
        };
        int r = db_one(ctx, &q, &row, DB_I(at->stream), DB_I(at->seq), DB_I(ctx->now));

        if (r)
                return status_fold(r);
        log_event(row.times < CRASH_MAX ? LOG_WARN : LOG_ERROR, "crash.counted", at->stream ? "entry" : "job", log_int(at->seq),
                  "signal", log_int(at->by), "times", log_int(row.times), NULL);
        return row.times >= CRASH_MAX && !at->stream ? bury(ctx, at->seq) : 0;
}

int crash_count(struct ctx *ctx)
{
        static const struct query old = {
                .name = "store.crash_old", .sql = "delete from store_crash where times < $1 and last_at < $2", .args = "ii"};
        int r = status_fold(db_exec(ctx, &old, DB_I(CRASH_MAX), DB_I(ctx->now - KEEP_MS)));

        for (size_t i = 0; !r && i < watch.n_left; i++)
                r = count_one(ctx, &watch.left[i]);
        return r;
}

int crash_entries(struct ctx *ctx, struct crash_entry **out, size_t *n)
{
        static const struct db_col cols[] = {DB_COL_I(struct crash_entry, stream), DB_COL_I(struct crash_entry, seq)};
        static const struct query q = {
                .name = "store.crash_entries",
                .sql = "select stream, seq from store_crash where stream > 0 and times >= $1",
                .args = "i",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct crash_entry),
        };

        return status_fold(db_all(ctx, &q, out, n, DB_I(CRASH_MAX)));
}
