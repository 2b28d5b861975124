#include "bench/load.h"

#include "base/clock.h"
#include "base/thread.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOST_US 10000000 /* an answer this late will not come */
#define EVENTS 256

struct link {
        int fd;
        bool busy;
        size_t request, sent;
        int64_t begun_us;
        size_t got;
        char answer[65536];
};

struct run {
        const struct load *o;
        struct load_result *out;
        struct link *links, **idle; /* idle: those without a request, with a rate */
        unsigned under_way, n_idle;
        size_t next;
        int64_t begun_us, now_us;
        double due_us;             /* when `next` leaves, from the beginning */
        unsigned short dice[3];
        int epoll;
};

static int link_open(struct run *run, struct link *l)
{
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(run->o->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        struct epoll_event ev = {.events = EPOLLIN, .data.ptr = l};
        int one = 1;

        l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (l->fd < 0 || connect(l->fd, (struct sockaddr *)&to, sizeof(to)))
                return fatal(errno, "cannot connect to port %u", run->o->port);
        (void)setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, l->fd, &ev))
                return fatal(errno, "epoll_ctl");
        return 0;
}

/* One without a request loses nothing: the server closes what is silent for long, and the next request connects again. */
static void link_lost(struct run *run, struct link *l)
{
        if (l->fd >= 0)
                close(l->fd);
        l->fd = -1;
        if (!l->busy)
                return;
        l->busy = false;
        run->under_way--;
        run->out->broken++;
}

/* Is there another request, and may it leave? */
static bool more(struct run *run)
{
        const struct load *o = run->o;

        if (run->next == o->n && o->again)
                run->next = 0;
        return run->next < o->n && run->now_us - run->begun_us < o->us;
}

static int64_t due_us(const struct run *run)
{
        return run->begun_us + (int64_t)run->due_us;
}

static double gap_us(struct run *run)
{
        return (run->o->chance ? -log1p(-erand48(run->dice)) : 1) * 1e6 / run->o->rate;
}

/* Sends the next request. They fit the socket's buffer: the call writes all or the connection is broken. */
static void link_send(struct run *run, struct link *l)
{
        const struct load *o = run->o;
        struct bytes request = o->make ? o->make(o->arg, run->next) : o->requests[run->next];

        l->begun_us = run->now_us;
        if (o->rate > 0) {
                l->begun_us = due_us(run);
                run->due_us += gap_us(run);
        }
        l->request = run->next++;
        l->got = 0;
        l->busy = true;
        run->under_way++;
        if ((l->fd < 0 && link_open(run, l)) || send(l->fd, request.p, request.n, MSG_NOSIGNAL) != (ssize_t)request.n)
                link_lost(run, l);
}

static void link_next(struct run *run, struct link *l)
{
        if (run->o->rate > 0)
                run->idle[run->n_idle++] = l;
        else if (more(run))
                link_send(run, l);
}

/* With a rate: all that are due by now and find a connection. */
static void send_due(struct run *run)
{
        while (run->n_idle && more(run) && due_us(run) <= run->now_us)
                link_send(run, run->idle[--run->n_idle]);
}

/* Is the answer whole? 0 = not yet, else its status; -1 = not HTTP. */
static int answer_status(const struct link *l)
{
        const char *head = l->answer, *end = strstr(head, "\r\n\r\n"), *length;
        int status;
        long n = 0;

        if (!end)
                return 0;
        if (sscanf(head, "HTTP/1.1 %3d", &status) != 1)
                return -1;
        length = strcasestr(head, "\r\nContent-Length:");
        if (!length || length > end || sscanf(length + 17, " %ld", &n) != 1)
                return -1;
        return l->got >= (size_t)(end + 4 - head) + (size_t)n ? status : 0;
}

static void note_served(struct run *run, const struct link *l)
{
        const char *end = strstr(l->answer, "\r\n\r\n"), *timing = strcasestr(l->answer, "\r\nServer-Timing:"), *total;
        double ms;

        if (!timing || timing > end)
                return;
        total = strstr(timing, "total;dur=");
        if (total && total < end && sscanf(total + 10, "%lf", &ms) == 1)
                hist_add(&run->out->served, (int64_t)(ms * 1000));
}

static void link_read(struct run *run, struct link *l)
{
        ssize_t n = recv(l->fd, l->answer + l->got, sizeof(l->answer) - 1 - l->got, MSG_DONTWAIT);
        int status;

        if (n < 0 && errno == EAGAIN)
                return;
        if (n <= 0 || !l->busy) {
                link_lost(run, l);
                return;
        }
        l->got += (size_t)n;
        l->answer[l->got] = '\0';
        status = answer_status(l);
        if (!status)
                return;
        if (status < 0) {
                link_lost(run, l);
                return;
        }
        run->now_us = clock_mono_us();
        l->busy = false;
        run->under_way--;
        hist_add(&run->out->latency, run->now_us - l->begun_us);
        note_served(run, l);
        if (status / 100 == 2) {
                run->out->answered++;
                if (run->out->ok)
                        run->out->ok[l->request] = 1;
        } else {
                run->out->refused++;
        }
        link_next(run, l);
}

static void drop_late(struct run *run)
{
        for (unsigned i = 0; i < run->o->connections; i++)
                if (run->links[i].busy && run->now_us - run->links[i].begun_us > LOST_US)
                        link_lost(run, &run->links[i]);
}

/* To the microsecond: a request that leaves a millisecond late would count as one answered a millisecond late. */
static struct timespec wait_for(struct run *run)
{
        int64_t left = 1000000;

        if (run->o->rate > 0 && run->n_idle && more(run))
                left = due_us(run) - run->now_us;
        left = left < 0 ? 0 : left > 1000000 ? 1000000 : left;
        return (struct timespec){.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};
}

static int run_all(struct run *run)
{
        struct epoll_event events[EVENTS];

        for (unsigned i = 0; i < run->o->connections; i++) {
                int r = link_open(run, &run->links[i]);

                if (r)
                        return r;
        }
        thread_comes_first(); /* else its own waiting would count as the server's */
        run->begun_us = run->now_us = clock_mono_us();
        for (unsigned i = 0; i < run->o->connections; i++)
                link_next(run, &run->links[i]);
        while (run->under_way || (run->n_idle && more(run))) {
                struct timespec wait;
                int n;

                send_due(run);
                wait = wait_for(run);
                n = epoll_pwait2(run->epoll, events, EVENTS, &wait, NULL);
                run->now_us = clock_mono_us();
                for (int i = 0; i < n; i++)
                        if (((struct link *)events[i].data.ptr)->fd >= 0)
                                link_read(run, events[i].data.ptr);
                if (n <= 0)
                        drop_late(run);
        }
        run->out->seconds = (double)(clock_mono_us() - run->begun_us) / 1e6;
        return 0;
}

int load_run(struct arena *a, const struct load *o, struct load_result *out)
{
        struct run run = {.o = o, .out = out, .epoll = epoll_create1(EPOLL_CLOEXEC),
                          .dice = {0x330e, (unsigned short)o->chance, (unsigned short)(o->chance >> 16)}};
        int r;

        *out = (struct load_result){.ok = o->again || o->make ? NULL : arena_alloc(a, o->n)};
        run.links = calloc(o->connections, sizeof(*run.links));
        run.idle = arena_array(a, struct link *, o->connections);
        if (run.epoll < 0 || !run.links)
                return fatal(ENOMEM, "no memory for %u connections", o->connections);
        for (unsigned i = 0; i < o->connections; i++)
                run.links[i].fd = -1;
        r = run_all(&run);
        for (unsigned i = 0; i < o->connections; i++)
                if (run.links[i].fd >= 0)
                        close(run.links[i].fd);
        free(run.links);
        close(run.epoll);
        return r;
}
