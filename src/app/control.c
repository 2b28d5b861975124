#include "app/control.h"

#include "base/log.h"
#include "base/thread.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { STACK = 512 << 10, REQUEST_MAX = 64 << 10, ANSWER_MAX = 64 << 20, REQUEST_S = 5, ANSWER_S = 60 };

struct control {
        struct app *app;
        const struct control_command *commands;
        pthread_t thread;
        int folder, listener, wake[2]; /* a byte into wake[1] ends the thread */
};

static int run_command(const struct control_command *c, struct app *app, struct arena *a, struct bytes in, const char **out)
{
        const char *name = json_get(a, in, "command");

        for (; c->name; c++)
                if (text_eq(c->name, name))
                        return c->run(app, a, in, out);
        return fatal(EPROTO, "a command that this version does not know");
}

/* The folder's path may be longer than a socket's name: it is named through a descriptor of the folder. */
static int address(const char *data, int *folder, struct sockaddr_un *out)
{
        *folder = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (*folder < 0)
                return -errno;
        *out = (struct sockaddr_un){.sun_family = AF_UNIX};
        snprintf(out->sun_path, sizeof(out->sun_path), "/proc/self/fd/%d/control", *folder);
        return 0;
}

static void set_patience(int fd, int s)
{
        const struct timeval t = {.tv_sec = s};

        (void)!setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
        (void)!setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

/* All up to the end of the other's writing; false: too much, too slow, broken. */
static bool read_all(struct arena *a, int fd, size_t max, struct bytes *out)
{
        struct text t;
        char part[4096];
        ssize_t n;

        text_init(&t, a);
        while ((n = read(fd, part, sizeof(part))) > 0 && t.n <= max)
                text_add_n(&t, part, (size_t)n);
        *out = bytes_of(t.p, t.n);
        return n == 0 && t.n <= max;
}

static bool write_all(int fd, const char *text)
{
        size_t left = strlen(text);

        while (left) {
                ssize_t n = send(fd, text, left, MSG_NOSIGNAL);

                if (n <= 0)
                        return false;
                text += n;
                left -= (size_t)n;
        }
        return !shutdown(fd, SHUT_WR);
}

static void serve(const struct control *c, int fd)
{
        const char *answer = "{\"failed\":true}";
        struct arena arena;
        struct bytes request;

        set_patience(fd, REQUEST_S);
        arena_init(&arena, 0);
        if (read_all(&arena, fd, REQUEST_MAX, &request)) {
                if (run_command(c->commands, c->app, &arena, request, &answer))
                        answer = "{\"failed\":true}";
                (void)!write_all(fd, answer); /* who asked may be gone */
        }
        arena_release(&arena);
        close(fd);
}

static void *run(void *arg)
{
        struct control *c = arg;
        struct pollfd p[] = {{.fd = c->listener, .events = POLLIN}, {.fd = c->wake[0], .events = POLLIN}};

        while (poll(p, 2, -1) >= 0 || errno == EINTR) {
                if (p[1].revents)
                        break;
                int fd = p[0].revents ? accept4(c->listener, NULL, NULL, SOCK_CLOEXEC) : -1;

                if (fd >= 0)
                        serve(c, fd);
        }
        return NULL;
}

static int open_listener(struct control *c)
{
        struct sockaddr_un where;
        int r = address(c->app->conf->data, &c->folder, &where);

        if (r)
                return fatal(-r, "cannot open the data folder");
        c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (unlinkat(c->folder, "control", 0) && errno != ENOENT) /* of a server that was killed: the folder's lock is ours */
                return fatal(errno, "cannot remove an old control socket");
        if (c->listener < 0 || bind(c->listener, (struct sockaddr *)&where, sizeof(where)) || listen(c->listener, 16))
                return fatal(errno, "cannot make the control socket in the data folder");
        return pipe2(c->wake, O_CLOEXEC) ? fatal(errno, "cannot make a pipe") : 0;
}

int control_start(struct control **out, struct app *app, const struct control_command *commands)
{
        struct control *c = calloc(1, sizeof(*c));
        int r;

        if (!c)
                return fatal(ENOMEM, "no memory for the control socket");
        *c = (struct control){.app = app, .commands = commands, .folder = -1, .listener = -1, .wake = {-1, -1}};
        r = open_listener(c);
        if (!r)
                r = thread_start(&c->thread, "control", STACK, run, c);
        if (r) {
                close(c->listener);
                close(c->folder);
                free(c);
                return r;
        }
        *out = c;
        return 0;
}

void control_stop(struct control *c)
{
        if (!c)
                return;
        (void)!write(c->wake[1], "e", 1);
        pthread_join(c->thread, NULL);
        unlinkat(c->folder, "control", 0);
        close(c->listener);
        close(c->folder);
        close(c->wake[0]);
        close(c->wake[1]);
        free(c);
}

/* ---- the asking side ---- */

/* 0 and *fd, or positive: nobody listens. */
static int reach(const char *data, int *fd)
{
        struct sockaddr_un where;
        int folder, r = address(data, &folder, &where);

        if (r)
                return 1; /* no such folder yet */
        *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        r = *fd < 0 || connect(*fd, (struct sockaddr *)&where, sizeof(where));
        if (r && *fd >= 0)
                close(*fd);
        close(folder);
        return r;
}

static int ask_alone(const struct control_command *commands, const struct conf *conf, struct arena *a, const char *request,
                     const char **answer)
{
        struct app app = {0};
        int r = app_open(&app, conf);

        if (!r)
                r = app_open_platform(&app);
        if (!r)
                r = run_command(commands, &app, a, bytes_of_text(request), answer);
        app_stop(&app);
        return r;
}

int control_ask(const struct control_command *commands, const struct conf *conf, struct arena *a, const char *request,
                const char **answer)
{
        struct bytes reply;
        int fd;

        if (reach(conf->data, &fd))
                return ask_alone(commands, conf, a, request, answer);
        set_patience(fd, ANSWER_S);
        if (!write_all(fd, request) || !read_all(a, fd, ANSWER_MAX, &reply) || !reply.n) {
                close(fd);
                return fatal(EPIPE, "the server in %s gave no answer", conf->data);
        }
        close(fd);
        if (json_get(a, reply, "failed"))
                return fatal(EPROTO, "the server could not do it: its log says why");
        *answer = arena_strndup(a, reply.p, reply.n);
        return 0;
}
