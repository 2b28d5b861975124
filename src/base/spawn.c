#include "base/spawn.h"

#include "base/clock.h"
#include "base/text.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int spawn_beside(struct arena *a, const char *name, const char **path)
{
        char self[4096];
        ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
        char *slash;

        if (n < 0)
                return fatal(errno, "cannot find this program's own path");
        self[n] = '\0';
        slash = strrchr(self, '/');
        *slash = '\0';
        *path = arena_printf(a, "%s/%s", self, name);
        if (access(*path, X_OK))
                return fatal(errno, "%s is missing; it is built together with zhanggui", *path);
        return 0;
}

/* In the child: signals as a fresh program expects them, and no life without the parent. */
static void become_child(pid_t parent)
{
        sigset_t none;

        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        signal(SIGPIPE, SIG_DFL);
        setpgid(0, 0); /* Ctrl+C reaches the parent, which ends the children in order */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
                _exit(127);
}

int spawn_program(char *const *argv, int *out_fd, pid_t *pid)
{
        pid_t parent = getpid();
        int fds[2];

        if (pipe2(fds, O_CLOEXEC))
                return fatal(errno, "cannot make a pipe");
        *pid = fork();
        if (*pid < 0)
                return fatal(errno, "cannot start %s", argv[0]);
        if (*pid == 0) {
                become_child(parent);
                dup2(fds[1], STDOUT_FILENO);
                execv(argv[0], argv);
                _exit(127);
        }
        close(fds[1]);
        *out_fd = fds[0];
        return 0;
}

static void exec_server(char *const *argv, int listen_fd, int line, pid_t parent)
{
        char pid[24];
        int a = fcntl(listen_fd, F_DUPFD, 10), b = fcntl(line, F_DUPFD, 10);

        become_child(parent);
        if (a < 0 || b < 0 || dup2(a, 3) < 0 || dup2(b, 4) < 0)
                _exit(127);
        close(a);
        close(b);
        snprintf(pid, sizeof(pid), "%d", (int)getpid());
        setenv("LISTEN_PID", pid, 1);
        setenv("LISTEN_FDS", "1", 1);
        execv(argv[0], argv);
        _exit(127);
}

int spawn_server(char *const *argv, int listen_fd, int *line, pid_t *pid)
{
        pid_t parent = getpid();
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
                return fatal(errno, "cannot make a socket pair");
        *pid = fork();
        if (*pid < 0)
                return fatal(errno, "cannot start %s", argv[0]);
        if (*pid == 0)
                exec_server(argv, listen_fd, pair[1], parent);
        close(pair[1]);
        *line = pair[0];
        return 0;
}

void spawn_end(pid_t pid)
{
        int64_t until = clock_mono_ms() + 8000;

        if (pid <= 0)
                return;
        kill(pid, SIGTERM);
        while (waitpid(pid, NULL, WNOHANG) == 0) {
                if (clock_mono_ms() > until) {
                        kill(pid, SIGKILL);
                        waitpid(pid, NULL, 0);
                        return;
                }
                poll(NULL, 0, 10);
        }
}

int spawn_read_line(struct arena *a, int fd, int64_t ms, char **line)
{
        int64_t until = clock_mono_ms() + ms;
        struct text t;
        char c;

        text_init(&t, a);
        for (;;) {
                struct pollfd p = {.fd = fd, .events = POLLIN};
                int64_t left = until - clock_mono_ms();

                if (left <= 0 || poll(&p, 1, (int)left) == 0)
                        return -ETIMEDOUT;
                if (read(fd, &c, 1) != 1)
                        return -EPIPE;
                if (c == '\n')
                        break;
                text_add_n(&t, &c, 1);
        }
        *line = t.p ? t.p : arena_strdup(a, "");
        return 0;
}
