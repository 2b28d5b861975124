#include "base/json.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/shared_test.h"
#include "base/status.h"

#include <errno.h>
#include <unistd.h>

static struct arena arena;
static int kept_stderr, pipe_ends[2];

/* What is written to standard error goes into a pipe meanwhile. */
static int setup(void **state)
{
        (void)state;
        arena_init(&arena, 0);
        if (pipe(pipe_ends))
                return -1;
        kept_stderr = dup(STDERR_FILENO);
        return dup2(pipe_ends[1], STDERR_FILENO) < 0;
}

static int teardown(void **state)
{
        (void)state;
        dup2(kept_stderr, STDERR_FILENO);
        close(kept_stderr);
        close(pipe_ends[0]);
        close(pipe_ends[1]);
        arena_release(&arena);
        log_set_level(LOG_INFO);
        return 0;
}

static struct bytes written(void)
{
        char *buf = arena_alloc(&arena, 65536);
        ssize_t n = read(pipe_ends[0], buf, 65535);

        assert_true(n > 0);
        return bytes_of(buf, (size_t)n);
}

static void writes_one_line_each(void **state)
{
        (void)state;
        log_event(LOG_DEBUG, "unseen", NULL);
        log_event(LOG_WARN, "job.dead", "kind", "a\"b\n\xff", "tries", log_int(INT64_MIN), "none", NULL, "more",
                  log_int(7), NULL);
        struct bytes line = written();
        assert_int_equal(((const char *)line.p)[line.n - 1], '\n');
        assert_null(memchr(line.p, '\n', line.n - 1));
        assert_string_equal(json_get(&arena, line, "level"), "warn");
        assert_string_equal(json_get(&arena, line, "event"), "job.dead");
        assert_string_equal(json_get(&arena, line, "kind"), "a\"b\n\xef\xbf\xbd");
        assert_string_equal(json_get(&arena, line, "tries"), "-9223372036854775808");
        assert_null(json_get(&arena, line, "none"));
        assert_string_equal(json_get(&arena, line, "more"), "7");
        assert_int_equal(strlen(json_get(&arena, line, "t")), strlen("2026-01-01T00:00:00.000Z"));
        log_set_level(LOG_DEBUG);
        log_event(LOG_DEBUG, "seen", NULL);
        assert_string_equal(json_get(&arena, written(), "event"), "seen");
}

static void cuts_long_values(void **state)
{
        char *value = arena_printf(&arena, "%02000d", 0);

        (void)state;
        log_event(LOG_INFO, "long", "value", value, NULL);
        assert_int_equal(strlen(json_get(&arena, written(), "value")), 1024);
}

static void fatal_says_where(void **state)
{
        (void)state;
        assert_int_equal(fatal(ENOSPC, "page %d", 3), -ENOSPC);
        struct bytes line = written();
        assert_string_equal(json_get(&arena, line, "event"), "fatal");
        assert_string_equal(json_get(&arena, line, "file"), "src/base/log_test.c");
        assert_string_equal(json_get(&arena, line, "errno"), "ENOSPC");
        assert_string_equal(json_get(&arena, line, "why"), "page 3");
        assert_int_equal(fatal(0, "nothing said"), -EIO);
        written();
        assert_int_equal(status_fold(0), 0);
        assert_int_equal(status_fold(-EAGAIN), -EAGAIN); /* logged by whom it arose */
        assert_int_equal(status_fold(5), -EPROTO);
        assert_string_equal(json_get(&arena, written(), "errno"), "EPROTO");
}

static void prints_metrics(void **state)
{
        struct metric calls = METRIC_COUNTER("zhanggui_calls_total", "calls made");
        struct metric depth = METRIC_GAUGE("zhanggui_depth", "entries waiting");
        struct metric *const all[] = {&calls, &depth};
        struct text t;

        (void)state;
        metric_add(&calls, 2);
        metric_add(&calls, 3);
        metric_set(&depth, -1);
        text_init(&t, &arena);
        metric_print(&t, all, countof(all));
        assert_string_equal(
                t.p, "# HELP zhanggui_calls_total calls made\n# TYPE zhanggui_calls_total counter\n"
                     "zhanggui_calls_total 5\n# HELP zhanggui_depth entries waiting\n# TYPE zhanggui_depth gauge\n"
                     "zhanggui_depth -1\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(writes_one_line_each, setup, teardown),
                cmocka_unit_test_setup_teardown(cuts_long_values, setup, teardown),
                cmocka_unit_test_setup_teardown(fatal_says_where, setup, teardown),
                cmocka_unit_test_setup_teardown(prints_metrics, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
