#include "bench/ear.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM (256 * 1024)

static void hear(struct ear *e, const char *text)
{
        int64_t number, now = clock_mono_us();

        while ((number = feed_number(&text)) >= 0) {
                if ((size_t)number >= e->feed->room || e->heard[number])
                        continue;
                e->heard[number] = 1;
                pthread_mutex_lock(&e->lock);
                hist_add(&e->latency, now - atomic_load(&e->feed->said_us[number]));
                pthread_mutex_unlock(&e->lock);
                atomic_fetch_add(&e->count, 1);
        }
}

/* Whole lines are looked at; the beginning of the next one waits. */
static void *listen_main(void *arg)
{
        struct ear *e = arg;
        char *buf = malloc(ROOM + 1), *end;
        size_t kept = 0;

        while (buf && !atomic_load(&e->ending)) {
                struct pollfd p = {.fd = e->fd, .events = POLLIN};
                ssize_t n;

                if (poll(&p, 1, 50) != 1)
                        continue;
                n = recv(e->fd, buf + kept, ROOM - kept, 0);
                if (n <= 0) {
                        say("the event stream ended");
                        break;
                }
                kept += (size_t)n;
                buf[kept] = '\0';
                end = memrchr(buf, '\n', kept);
                if (!end)
                        continue;
                *end = '\0';
                hear(e, buf);
                kept -= (size_t)(end + 1 - buf);
                memmove(buf, end + 1, kept);
        }
        free(buf);
        return NULL;
}

int ear_open(struct bench *b, struct ear *e, struct feed *f, const struct child *server, const char *cookie)
{
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        const char *request = arena_printf(b->arena,
                                           "GET /api/events?topics=inbox HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nCookie: zg_session=%s\r\n\r\n",
                                           server->port, cookie);

        *e = (struct ear){.feed = f, .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        pthread_mutex_init(&e->lock, NULL);
        e->heard = arena_alloc(b->arena, f->room);
        if (e->fd < 0 || connect(e->fd, (struct sockaddr *)&to, sizeof(to)) ||
            send(e->fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
                return fatal(errno, "cannot open the event stream");
        return pthread_create(&e->thread, NULL, listen_main, e) ? fatal(EAGAIN, "cannot start the listening thread") : 0;
}

bool ear_wait(struct ear *e, uint64_t count, int64_t ms)
{
        for (int64_t until = clock_mono_ms() + ms; atomic_load(&e->count) < count && clock_mono_ms() < until;)
                poll(NULL, 0, 10);
        return atomic_load(&e->count) >= count;
}

void ear_take(struct ear *e, struct hist *out)
{
        pthread_mutex_lock(&e->lock);
        *out = e->latency;
        e->latency = (struct hist){0};
        pthread_mutex_unlock(&e->lock);
}

void ear_close(struct ear *e)
{
        atomic_store(&e->ending, true);
        pthread_join(e->thread, NULL);
        close(e->fd);
        pthread_mutex_destroy(&e->lock);
}
