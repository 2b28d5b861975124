/*
 * consoles: ten thousand event streams at once, what each costs the server in memory, and how long an event takes to them. Ten
 * consoles belong to each merchant; every event goes to the ten of one.
 */
#include "bench/child.h"
#include "bench/load.h"
#include "bench/world.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PER_MERCHANT 10
#define RATE 1000
#define OPENING 64 /* streams asked for and not yet begun */
#define ADDRESSES 8 /* 127.0.0.2 and on */
#define OPEN_MS 60000
#define EVENTS 512
#define BODY "{\"t\":%lld,\"text\":\"昨天拍的外套什么时候能发货呀，比较着急\",\"state\":\"received\",\"author\":\"customer\"}"

struct console {
        int fd;
        bool begun;
        size_t kept;
        char tail[64]; /* of what was read: a mark may come in two pieces */
};

struct consoles {
        struct bench *b;
        struct child server;
        struct world_session *sessions;
        struct console *all;
        size_t n, n_merchants, asked, begun, lost;
        int epoll;
        /* events */
        struct arena scratch;
        const char *host;
        _Atomic bool ending;
        _Atomic uint64_t heard;
        struct hist latency; /* the listening thread's */
};

static int ask(struct consoles *c, size_t i)
{
        struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(i % ADDRESSES))};
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(c->server.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        struct epoll_event ev = {.events = EPOLLIN, .data.u64 = i};
        char request[512];
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), n;

        c->all[i].fd = fd;
        if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof(from)) || connect(fd, (struct sockaddr *)&to, sizeof(to)))
                return fatal(errno, "cannot open console %zu of %zu", i, c->n);
        n = snprintf(request, sizeof(request),
                     "GET /api/events?topics=inbox HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\nCookie: zg_session=%s\r\n\r\n",
                     c->host, c->sessions[i / PER_MERCHANT].cookie);
        if (send(fd, request, (size_t)n, MSG_NOSIGNAL) != n || epoll_ctl(c->epoll, EPOLL_CTL_ADD, fd, &ev))
                return fatal(errno, "console %zu", i);
        return 0;
}

static void hear(struct consoles *c, const char *text)
{
        static const char mark[] = "{\"t\":";

        for (const char *at = text; (at = strstr(at, mark)); at += sizeof(mark) - 1) {
                char *end;
                long long t = strtoll(at + sizeof(mark) - 1, &end, 10);

                if (*end != ',')
                        return; /* the rest is still on its way */
                hist_add(&c->latency, clock_mono_us() - t);
                atomic_fetch_add(&c->heard, 1);
        }
}

static void read_console(struct consoles *c, struct console *one)
{
        char buf[sizeof(one->tail) + 16384 + 1];
        ssize_t n;
        char *cut;

        memcpy(buf, one->tail, one->kept);
        n = recv(one->fd, buf + one->kept, 16384, MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN)
                return;
        if (n <= 0) {
                close(one->fd);
                one->fd = -1;
                c->lost++;
                return;
        }
        n += (ssize_t)one->kept;
        buf[n] = '\0';
        if (!one->begun && strstr(buf, "retry: ")) {
                one->begun = true;
                c->begun++;
        }
        hear(c, buf);
        /* Kept is a brace near the end without a comma behind it: perhaps a mark whose number is not whole. */
        cut = memrchr(n > 40 ? buf + n - 40 : buf, '{', n > 40 ? 40 : (size_t)n);
        one->kept = cut && !strchr(cut, ',') ? (size_t)(buf + n - cut) : 0;
        memcpy(one->tail, buf + n - one->kept, one->kept);
}

static void listen_once(struct consoles *c, int ms)
{
        struct epoll_event events[EVENTS];
        int n = epoll_wait(c->epoll, events, EVENTS, ms);

        for (int i = 0; i < n; i++)
                if (c->all[events[i].data.u64].fd >= 0)
                        read_console(c, &c->all[events[i].data.u64]);
}

static int open_all(struct consoles *c)
{
        int64_t until = clock_mono_ms() + OPEN_MS;

        while (c->begun < c->n && clock_mono_ms() < until) {
                while (c->asked < c->n && c->asked - c->begun < OPENING) {
                        int r = ask(c, c->asked);

                        if (r)
                                return r;
                        c->asked++;
                }
                listen_once(c, 100);
        }
        return c->begun == c->n ? 0 : fatal(ETIMEDOUT, "%zu of %zu streams began", c->begun, c->n);
}

static void *listen_main(void *arg)
{
        struct consoles *c = arg;

        while (!atomic_load(&c->ending))
                listen_once(c, 50);
        return NULL;
}

static struct bytes tell_one(void *arg, size_t i)
{
        struct consoles *c = arg;
        char body[512];
        char *request;
        int n;

        arena_clear(&c->scratch);
        n = snprintf(body, sizeof(body), BODY, (long long)clock_mono_us());
        request = arena_printf(&c->scratch, "POST /dev/notice?merchant=%lld HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s",
                               (long long)c->sessions[i * 7 % c->n_merchants].merchant_id, c->host, n, body);
        return bytes_of_text(request);
}

static int publish(struct consoles *c)
{
        struct load load = {.port = c->server.port, .connections = 16, .n = SIZE_MAX, .make = tell_one, .arg = c, .rate = RATE,
                            .us = (c->b->seconds ? c->b->seconds : 40) * 1000000};
        int64_t cpu = child_cpu_us(&c->server), until;
        struct report *o = c->b->report;
        struct load_result told;
        pthread_t listener;
        int r;

        arena_init(&c->scratch, 0);
        if (pthread_create(&listener, NULL, listen_main, c))
                return fatal(EAGAIN, "cannot start the listening thread");
        r = load_run(c->b->arena, &load, &told);
        cpu = child_cpu_us(&c->server) - cpu;
        for (until = clock_mono_ms() + 5000; !r && atomic_load(&c->heard) < told.answered * PER_MERCHANT && clock_mono_ms() < until;)
                poll(NULL, 0, 20);
        atomic_store(&c->ending, true);
        pthread_join(listener, NULL);
        arena_release(&c->scratch);
        if (r)
                return r;
        report_number(o, "events_per_s", (double)told.answered / told.seconds, 0);
        report_int(o, "delivered", (int64_t)atomic_load(&c->heard));
        report_int(o, "missing", (int64_t)(told.answered * PER_MERCHANT - atomic_load(&c->heard)));
        report_int(o, "lost_consoles", (int64_t)c->lost);
        report_hist(o, "push", &c->latency);
        report_number(o, "cpu_share", (double)cpu / 1e6 / told.seconds, 3);
        return told.answered * PER_MERCHANT == atomic_load(&c->heard) ? 0 : fatal(EPROTO, "not every event reached its consoles");
}

static int measure(struct consoles *c)
{
        struct report *o = c->b->report;
        int64_t before, after, begun = clock_mono_ms();
        int r;

        c->epoll = epoll_create1(EPOLL_CLOEXEC);
        c->all = arena_array(c->b->arena, struct console, c->n);
        c->host = arena_printf(c->b->arena, "127.0.0.1:%u", c->server.port);
        before = child_anon_bytes(&c->server);
        r = open_all(c);
        if (r)
                return r;
        say("%zu consoles open after %lld ms", c->n, (long long)(clock_mono_ms() - begun));
        poll(NULL, 0, 1000);
        after = child_anon_bytes(&c->server);
        report_int(o, "consoles", (int64_t)c->n);
        report_int(o, "bytes_each", (after - before) / (int64_t)c->n);
        r = publish(c);
        report_int(o, "bytes_each_after", (child_anon_bytes(&c->server) - before) / (int64_t)c->n);
        return r;
}

static int run(struct bench *b)
{
        struct consoles c = {.b = b, .n = b->rows ? (size_t)b->rows : 10000};
        const char **settings = child_settings(b, "http://127.0.0.1:1");
        int r;

        c.n_merchants = (c.n + PER_MERCHANT - 1) / PER_MERCHANT;
        c.n = c.n_merchants * PER_MERCHANT;
        r = world_sessions(b, settings, c.n_merchants, &c.sessions);
        if (!r)
                r = child_server(b, settings, &c.server);
        if (!r)
                r = measure(&c);
        for (size_t i = 0; i < c.asked; i++)
                if (c.all[i].fd >= 0)
                        close(c.all[i].fd);
        child_end(&c.server);
        return r;
}

const struct workload workload_consoles = {"consoles", "10,000 event streams: memory each, and how fast an event reaches them", run};
