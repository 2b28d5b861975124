#include "bench/crowd.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM (64 * 1024) /* a line must fit */
#define EVENTS 64

struct console {
        int fd;
        size_t kept;
        char *buf;
};

struct crowd {
        struct console *all;
        size_t n;
        int epoll;
        pthread_t thread;
        bool listening;
        _Atomic bool ending;
        _Atomic size_t lost;
        void (*hear)(void *arg, size_t who, const char *line);
        void *arg;
};

static int ask(struct crowd *c, size_t i, uint16_t port, const char *topics, const char *cookie)
{
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        struct epoll_event ev = {.events = EPOLLIN, .data.u64 = i};
        struct console *one = &c->all[i];
        struct arena a;
        const char *request;
        ssize_t n;

        arena_init(&a, 0);
        request = arena_printf(&a, "GET /api/events?topics=%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nCookie: zg_session=%s\r\n\r\n", topics,
                               port, cookie);
        n = (ssize_t)strlen(request);
        one->buf = malloc(ROOM + 1);
        one->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (!one->buf || one->fd < 0 || connect(one->fd, (struct sockaddr *)&to, sizeof(to)) ||
            send(one->fd, request, (size_t)n, MSG_NOSIGNAL) != n || epoll_ctl(c->epoll, EPOLL_CTL_ADD, one->fd, &ev))
                n = -1;
        arena_release(&a);
        return n < 0 ? fatal(errno, "cannot open the event stream of console %zu", i) : 0;
}

/* Whole lines are handed on; the beginning of the next one waits. */
static void read_console(struct crowd *c, size_t who)
{
        struct console *one = &c->all[who];
        ssize_t n = recv(one->fd, one->buf + one->kept, ROOM - one->kept, MSG_DONTWAIT);
        char *line = one->buf, *end;

        if (n < 0 && errno == EAGAIN)
                return;
        if (n <= 0) {
                close(one->fd);
                one->fd = -1;
                atomic_fetch_add(&c->lost, 1);
                return;
        }
        one->kept += (size_t)n;
        while ((end = memchr(line, '\n', one->kept - (size_t)(line - one->buf)))) {
                *end = '\0';
                c->hear(c->arg, who, line);
                line = end + 1;
        }
        one->kept -= (size_t)(line - one->buf);
        memmove(one->buf, line, one->kept);
}

static void *listen_main(void *arg)
{
        struct epoll_event events[EVENTS];
        struct crowd *c = arg;

        while (!atomic_load(&c->ending)) {
                int n = epoll_wait(c->epoll, events, EVENTS, 50);

                for (int i = 0; i < n; i++)
                        if (c->all[events[i].data.u64].fd >= 0)
                                read_console(c, events[i].data.u64);
        }
        return NULL;
}

int crowd_open(struct bench *b, const struct child *server, const struct world_session *sessions, size_t n, const char *topics,
               void (*hear)(void *arg, size_t who, const char *line), void *arg, struct crowd **out)
{
        struct crowd *c = arena_new(b->arena, struct crowd);

        *out = c;
        *c = (struct crowd){.n = n, .epoll = epoll_create1(EPOLL_CLOEXEC), .hear = hear, .arg = arg};
        c->all = arena_array(b->arena, struct console, n);
        for (size_t i = 0; i < n; i++)
                c->all[i].fd = -1;
        for (size_t i = 0; i < n; i++) {
                int r = ask(c, i, server->port, topics, sessions[i].cookie);

                if (r)
                        return r;
        }
        c->listening = !pthread_create(&c->thread, NULL, listen_main, c);
        return c->listening ? 0 : fatal(EAGAIN, "cannot start the listening thread");
}

size_t crowd_lost(const struct crowd *c)
{
        return atomic_load(&c->lost);
}

void crowd_close(struct crowd *c)
{
        if (!c)
                return;
        atomic_store(&c->ending, true);
        if (c->listening)
                pthread_join(c->thread, NULL);
        for (size_t i = 0; i < c->n; i++) {
                if (c->all[i].fd >= 0)
                        close(c->all[i].fd);
                free(c->all[i].buf);
        }
        close(c->epoll);
}
