#include "base/log.h"
#include "base/clock.h"
#include "base/json.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define LOG_VALUE_MAX 1024 /* bytes of one value; the rest of it is cut away */

static _Atomic int log_lowest = LOG_INFO;

void log_set_level(enum log_level level)
{
        atomic_store_explicit(&log_lowest, (int)level, memory_order_relaxed);
}

const char *log_int(int64_t v)
{
        static _Thread_local char ring[8][24];
        static _Thread_local unsigned next;
        char *at = ring[next++ % countof(ring)];

        snprintf(at, sizeof(ring[0]), "%" PRId64, v);
        return at;
}

static void log_time(struct text *t)
{
        int64_t ms = clock_wall_ms();
        time_t s = (time_t)(ms / 1000);
        struct tm tm;
        char buf[32];

        gmtime_r(&s, &tm);
        strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%S", &tm);
        text_addf(t, "{\"t\":\"%s.%03dZ\"", buf, (int)(ms % 1000));
}

void log_event(enum log_level level, const char *name, ...)
{
        static const char *const words[] = {"debug", "info", "warn", "error"};
        struct arena arena;
        struct text t;
        va_list args;

        if ((int)level < atomic_load_explicit(&log_lowest, memory_order_relaxed))
                return;
        arena_init(&arena, 0);
        text_init(&t, &arena);
        log_time(&t);
        text_addf(&t, ",\"level\":\"%s\",\"event\":", words[level]);
        json_quote(&t, name);
        va_start(args, name);
        for (const char *key; (key = va_arg(args, const char *));) {
                const char *value = va_arg(args, const char *);
                text_add(&t, ",");
                json_quote(&t, key);
                text_add(&t, ":");
                if (value)
                        json_quote(&t, utf8_cut(&arena, value, LOG_VALUE_MAX));
                else
                        text_add(&t, "null");
        }
        va_end(args);
        text_add(&t, "}\n");
        /* One write, so that lines of different threads and processes do not mix. There is nowhere to tell that the log
         * itself failed. */
        ssize_t written = write(STDERR_FILENO, t.p, t.n);
        (void)written;
        arena_release(&arena);
}
