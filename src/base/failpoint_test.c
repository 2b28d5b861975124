#include "base/failpoint.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* How a child ends that passes `place` n times: the signal, or 0. */
static int end_of(const char *spec, enum failpoint place, int n)
{
        int status;
        pid_t pid = fork();

        if (pid == 0) {
                if (failpoint_arm(spec))
                        _exit(1);
                for (int i = 0; i < n; i++)
                        if (place == FAIL_DURING_CHECKPOINT)
                                failpoint_soon(place);
                        else
                                failpoint(place);
                if (place == FAIL_DURING_CHECKPOINT)
                        usleep(200000);
                _exit(0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
        return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void kills_at_the_nth_pass(void **state)
{
        (void)state;
        assert_int_equal(end_of("before_commit", FAIL_BEFORE_COMMIT, 1), SIGKILL);
        assert_int_equal(end_of("before_commit:3", FAIL_BEFORE_COMMIT, 2), 0);
        assert_int_equal(end_of("before_commit:3", FAIL_BEFORE_COMMIT, 3), SIGKILL);
        assert_int_equal(end_of("during_checkpoint", FAIL_DURING_CHECKPOINT, 1), SIGALRM);
}

static void only_where_it_is_armed(void **state)
{
        (void)state;
        assert_int_equal(end_of("before_commit", FAIL_AFTER_COMMIT, 5), 0);
        assert_int_equal(end_of("none", FAIL_BEFORE_COMMIT, 5), 0);
        assert_int_equal(end_of("", FAIL_BEFORE_COMMIT, 5), 0);
}

static void names(void **state)
{
        char spec[64];

        (void)state;
        for (int i = 0; i < FAIL_N; i++) {
                snprintf(spec, sizeof spec, "%s:1000000", failpoint_name((enum failpoint)i));
                assert_int_equal(failpoint_arm(spec), 0);
        }
        assert_int_equal(failpoint_arm("nowhere"), FAILPOINT_E_NAME);
        assert_int_equal(failpoint_arm("before"), FAILPOINT_E_NAME);
        assert_int_equal(failpoint_arm("before_commit:0"), FAILPOINT_E_NAME);
        assert_int_equal(failpoint_arm("before_commit:x"), FAILPOINT_E_NAME);
        assert_int_equal(failpoint_arm("none"), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(kills_at_the_nth_pass),
                cmocka_unit_test(only_where_it_is_armed),
                cmocka_unit_test(names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
