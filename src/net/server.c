/* The server's life: listening, dispatch, end. */
#include "net/internal.h"
#include "net/listen.h"

#include "base/clock.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct raw_row *find_raw(const struct server *s, const char *path)
{
        const struct raw_row *best = NULL;

        for (size_t i = 0; i < s->o.n_raw; i++)
                if (text_starts(path, s->o.raw[i].prefix) && (!best || strlen(s->o.raw[i].prefix) > strlen(best->prefix)))
                        best = &s->o.raw[i];
        return best;
}

/* Every request arrives here, whole, on the loop thread. */
static void on_request(struct evhttp_request *req, void *arg)
{
        struct server *s = arg;
        const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
        const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
        const struct raw_row *row;

        if (!conn_asked(s, req)) {
                send_problem(s, req, 503, "server.busy", "服务器正忙，请稍后再试。", "The server is busy; try again.");
                return;
        }
        if (!path || path[0] != '/') {
                send_problem(s, req, 400, "request.path", "网址不正确。", "The address is broken.");
                return;
        }
        row = find_raw(s, path);
        if (row)
                raw_begin(s, req, row);
        else if (s->o.registry && text_starts(path, "/api/"))
                workers_take(s, req, path);
        else
                files_serve(s, req, path);
}

/* ---- listening ---- */

/* Out of descriptors: accepting pauses until the next sweep instead of spinning; the kernel's queue holds who comes. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
        (void)arg;
        log_event(LOG_ERROR, "server.accept", "error", strerror(EVUTIL_SOCKET_ERROR()), NULL);
        evconnlistener_disable(listener);
}

static void on_library_log(int severity, const char *text)
{
        log_event(severity == EVENT_LOG_ERR ? LOG_ERROR : severity == EVENT_LOG_WARN ? LOG_WARN : LOG_DEBUG, "libevent",
                  "text", text, NULL);
}

static int open_tls(struct server *s)
{
        SSL_CTX *tls;

        if (text_empty(s->o.tls_cert))
                return 0;
        tls = SSL_CTX_new(TLS_server_method());
        if (!tls || !SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) ||
            SSL_CTX_use_certificate_chain_file(tls, s->o.tls_cert) != 1)
                return fatal(EINVAL, "tls-cert: cannot read the certificate %s", s->o.tls_cert);
        s->tls = tls;
        if (SSL_CTX_use_PrivateKey_file(tls, s->o.tls_key, SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(tls) != 1)
                return fatal(EINVAL, "tls-key: cannot read the key %s, or it does not belong to the certificate", s->o.tls_key);
        return 0;
}

/* Takes connections from a listening socket. It is not closed with its listener when it was handed to us: it outlives this
 * process. */
static int watch_socket(struct server *s, int fd, bool ours, struct evconnlistener **listener,
                        struct evhttp_bound_socket **bound)
{
        int one = 1;

        evutil_make_socket_nonblocking(fd);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)); /* Linux: accepted sockets inherit it */
        *listener = evconnlistener_new(s->loop.base, NULL, NULL,
                                       LEV_OPT_CLOSE_ON_EXEC | (ours ? LEV_OPT_CLOSE_ON_FREE : 0), 0, fd);
        *bound = *listener ? evhttp_bind_listener(s->http, *listener) : NULL;
        if (!*bound)
                return fatal(EIO, "cannot watch the listening socket");
        evconnlistener_set_error_cb(*listener, on_accept_error);
        return 0;
}

static int listen_also(struct server *s)
{
        int fd = -1, r;

        if (text_empty(s->o.listen_also))
                return 0;
        r = listen_on(s->o.listen_also, &fd);
        r = r ? r : listen_url(&s->arena, fd, s->tls ? "https" : "http", &s->url_also);
        return r ? r : watch_socket(s, fd, true, &s->listener_also, &s->bound_also);
}

static int open_http(struct server *s)
{
        int fd = s->o.listen_fd, r;

        s->http = evhttp_new(s->loop.base);
        if (!s->http)
                return fatal(ENOMEM, "cannot make the HTTP server");
        evhttp_set_max_headers_size(s->http, MAX_HEADERS);
        evhttp_set_max_body_size(s->http, MAX_BODY);
        evhttp_set_timeout(s->http, IDLE_S);
        evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
                                                    EVHTTP_REQ_HEAD | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH);
        /* A body over the limit is read to its end, unkept: the client gets to read why it was refused. */
        evhttp_set_flags(s->http, EVHTTP_SERVER_LINGERING_CLOSE);
        evhttp_set_default_content_type(s->http, NULL);
        evhttp_set_bevcb(s->http, conn_new, s);
        evhttp_set_gencb(s->http, on_request, s);
        r = open_tls(s);
        if (!r && fd < 0)
                r = listen_on(s->o.listen, &fd);
        if (!r)
                r = listen_url(&s->arena, fd, s->tls ? "https" : "http", &s->url);
        r = r ? r : watch_socket(s, fd, s->o.listen_fd < 0, &s->listener, &s->bound);
        return r ? r : listen_also(s);
}

/* ---- later ---- */

struct later {
        struct loop_task task;
        struct server *server;
        struct later *up, *down; /* waiting */
        struct event *timer;
        unsigned delay_ms;
        void (*fn)(void *arg);
        void *arg;
};

static void later_fire(evutil_socket_t fd, short what, void *arg)
{
        struct later *l = arg;

        (void)fd, (void)what;
        if (l->timer) {
                *(l->up ? &l->up->down : &l->server->waiting) = l->down;
                if (l->down)
                        l->down->up = l->up;
                event_free(l->timer);
        }
        l->fn(l->arg);
        free(l);
}

static void later_begin(struct loop_task *t)
{
        struct later *l = (struct later *)t;
        struct timeval delay = {l->delay_ms / 1000, (l->delay_ms % 1000) * 1000};

        if (!l->delay_ms) {
                later_fire(-1, 0, l);
                return;
        }
        l->timer = event_new(l->server->loop.base, -1, 0, later_fire, l);
        if (!l->timer || event_add(l->timer, &delay))
                abort(); /* no memory: see base/arena.h */
        l->down = l->server->waiting;
        if (l->down)
                l->down->up = l;
        l->server->waiting = l;
}

void server_later(struct server *s, unsigned delay_ms, void (*fn)(void *arg), void *arg)
{
        struct later *l = malloc(sizeof(*l));

        if (!l)
                abort(); /* no memory: see base/arena.h */
        *l = (struct later){.task.fn = later_begin, .server = s, .delay_ms = delay_ms, .fn = fn, .arg = arg};
        loop_hand(&s->loop, &l->task);
}

/* ---- start and end ---- */

static void read_clocks(struct server *s)
{
        s->now_ms = clock_mono_ms();
        evutil_date_rfc1123(s->date, sizeof(s->date), NULL);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
        struct server *s = arg;

        (void)fd, (void)what;
        read_clocks(s);
        conn_sweep(s);
        if (s->stopping && ((!s->in_flight && !s->connections) || s->now_ms >= s->stop_by_ms))
                loop_end(&s->loop);
}

static int open_tick(struct server *s)
{
        static const struct timeval second = {1, 0};

        read_clocks(s);
        s->tick = event_new(s->loop.base, -1, EV_PERSIST, on_tick, s);
        return s->tick && !event_add(s->tick, &second) ? 0 : fatal(ENOMEM, "cannot start the server's timer");
}

static void stop_begin(void *arg)
{
        static const struct timeval often = {0, 20 * 1000};
        struct server *s = arg;
        struct later *before = s->waiting;

        s->stopping = true;
        s->stop_by_ms = clock_mono_ms() + STOP_MS;
        s->listener = s->listener_also = NULL;
        evhttp_del_accept_socket(s->http, s->bound);
        if (s->bound_also)
                evhttp_del_accept_socket(s->http, s->bound_also);
        if (s->push)
                push_close(s);
        event_add(s->tick, &often);
        /* Whoever waits for a delayed call owns memory by it, perhaps a request: it comes now. What such calls ask for
         * again waits as usual, and is forgotten in the end. */
        for (struct later *l = before, *next; l; l = next) {
                next = l->down;
                later_fire(-1, 0, l);
        }
}

static void free_server(struct server *s)
{
        if (s->push)
                push_free(s);
        if (s->http)
                evhttp_free(s->http);
        conn_release(s);
        raw_spare_release(s);
        for (struct later *l; (l = s->waiting);) {
                s->waiting = l->down;
                event_free(l->timer);
                free(l);
        }
        if (s->tick)
                event_free(s->tick);
        loop_close(&s->loop);
        if (s->tls)
                SSL_CTX_free(s->tls);
        watch_free(s);
        arena_release(&s->arena);
        free(s);
}

/* Signals belong to the caller's thread; a client that goes is an error code, not the end of the process. */
static int start_threads(struct server *s)
{
        sigset_t all, before;
        int r = 0;

        signal(SIGPIPE, SIG_IGN);
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        /* Workers first: a request may arrive as soon as the loop runs. */
        if (s->o.registry)
                r = workers_start(s);
        if (!r)
                r = loop_run(&s->loop);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        return r;
}

int server_start(struct server **out, const struct server_options *o)
{
        struct server *s = calloc(1, sizeof(*s));
        int r;

        if (!s)
                return fatal(ENOMEM, "no memory for the server");
        event_set_log_callback(on_library_log);
        s->o = *o;
        arena_init(&s->arena, 0);
        s->o.raw = arena_memdup(&s->arena, o->raw, o->n_raw * sizeof(*o->raw));
        s->o.files = arena_memdup(&s->arena, o->files, o->n_files * sizeof(*o->files));
        s->o.tls_cert = arena_strdup(&s->arena, o->tls_cert);
        s->o.tls_key = arena_strdup(&s->arena, o->tls_key);
        r = watch_open(s);
        if (!r)
                r = loop_open(&s->loop);
        if (!r)
                r = open_http(s);
        if (!r)
                r = open_tick(s);
        if (!r && o->registry)
                r = push_open(s);
        if (!r)
                r = start_threads(s);
        if (r) {
                if (s->workers)
                        workers_stop(s);
                free_server(s);
                return r;
        }
        *out = s;
        return 0;
}

const char *server_url(const struct server *s)
{
        return s->url;
}

const char *server_url_also(const struct server *s)
{
        return s->url_also;
}

void server_stop(struct server *s)
{
        server_later(s, 0, stop_begin, s);
        loop_join(&s->loop);
        if (s->workers)
                workers_stop(s);
        loop_drain(&s->loop); /* answers that came too late let go of their memory */
        free_server(s);
}
