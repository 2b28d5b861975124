#include "net/listen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { TAKEN, NONE, REFUSED };

/* What a program finds that was started with these words and with `fd` as descriptor 3. */
static int found(int fd, const char *fds, bool ours)
{
        char pid[24];
        int got, status;
        pid_t child = fork();

        if (child == 0) {
                if (fd != 3 && dup2(fd, 3) != 3)
                        _exit(99);
                snprintf(pid, sizeof pid, "%d", (int)(ours ? getpid() : getppid()));
                setenv("LISTEN_PID", pid, 1);
                setenv("LISTEN_FDS", fds, 1);
                status = listen_inherited(&got);
                _exit(status < 0 ? REFUSED : got == 3 ? TAKEN : NONE);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

static void a_socket_is_handed_over(void **state)
{
        int listening, pair[2];

        (void)state;
        assert_int_equal(listen_on("127.0.0.1:0", &listening), 0);
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        assert_int_equal(found(listening, "1", true), TAKEN);
        assert_int_equal(found(listening, "1", false), NONE); /* it was meant for another process */
        assert_int_equal(found(listening, "2", true), REFUSED);
        assert_int_equal(found(listening, "x", true), REFUSED);
        assert_int_equal(found(pair[0], "1", true), REFUSED);
        close(listening);
        close(pair[0]);
        close(pair[1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(a_socket_is_handed_over)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
