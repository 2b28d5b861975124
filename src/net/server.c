/* The server's life: listening, dispatch, end. */
#include "net/internal.h"

#include "base/clock.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <poll.h>
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

        if (!path || path[0] != '/') {
                send_text(s, req, 400, "the request line is broken");
                return;
        }
        row = find_raw(s, path);
        if (row)
                raw_begin(s, req, row);
        else if (s->o.registry && !strcmp(path, "/api/events"))
                push_subscribe(s, req);
        else if (s->o.registry && text_starts(path, "/api/"))
                workers_take(s, req);
        else
                files_serve(s, req, path);
}

/* ---- listening ---- */

/* "127.0.0.1:8080" or "[::1]:0" -> a listening descriptor. */
static int listen_on(const char *where, int *fd)
{
        struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *ai;
        char host[128];
        const char *colon = strrchr(where, ':');
        size_t n = colon ? (size_t)(colon - where) : 0, skip = where[0] == '[' ? 1 : 0;
        int one = 1, r;

        if (!colon || n < 2 * skip || n >= sizeof(host))
                return fatal(EINVAL, "listen = %s: write address:port, such as 127.0.0.1:8080", where);
        snprintf(host, sizeof(host), "%.*s", (int)(n - 2 * skip), where + skip);
        if (getaddrinfo(host, colon + 1, &hints, &ai))
                return fatal(EINVAL, "listen = %s: not an address and port of this machine", where);
        *fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        r = *fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
            bind(*fd, ai->ai_addr, ai->ai_addrlen) || listen(*fd, 4096);
        freeaddrinfo(ai);
        if (r) {
                r = fatal(errno, "cannot listen on %s; is another program there? choose another with --listen", where);
                if (*fd >= 0)
                        close(*fd);
        }
        return r;
}

static int make_url(struct server *s, int fd)
{
        struct sockaddr_storage sa;
        socklen_t n = sizeof(sa);
        char host[64], port[16];
        const char *scheme = s->tls ? "https" : "http";

        if (getsockname(fd, (struct sockaddr *)&sa, &n) ||
            getnameinfo((struct sockaddr *)&sa, n, host, sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV))
                return fatal(errno, "cannot read the listening address");
        s->url = arena_printf(&s->arena, strchr(host, ':') ? "%s://[%s]:%s" : "%s://%s:%s", scheme, host, port);
        return 0;
}

static void resume_accepting(evutil_socket_t fd, short what, void *arg)
{
        (void)fd, (void)what;
        evconnlistener_enable(arg);
}

/* Out of descriptors: accepting pauses instead of spinning; the platform's retry comes later. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
        struct server *s = arg;
        struct timeval pause = {0, 100 * 1000};

        log_event(LOG_ERROR, "server.accept", "error", strerror(errno), NULL);
        evconnlistener_disable(listener);
        event_base_once(s->loop.base, -1, EV_TIMEOUT, resume_accepting, listener, &pause);
}

static struct bufferevent *tls_bufferevent(struct event_base *base, void *arg)
{
        return bufferevent_openssl_socket_new(base, -1, SSL_new(arg), BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
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
        evhttp_set_bevcb(s->http, tls_bufferevent, tls);
        return 0;
}

static int open_http(struct server *s)
{
        struct evconnlistener *listener;
        int fd = s->o.listen_fd, r = 0;

        s->http = evhttp_new(s->loop.base);
        if (!s->http)
                return fatal(ENOMEM, "cannot make the HTTP server");
        evhttp_set_max_headers_size(s->http, MAX_HEADERS);
        evhttp_set_max_body_size(s->http, MAX_BODY);
        evhttp_set_timeout(s->http, IDLE_S);
        evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
                                                    EVHTTP_REQ_HEAD | EVHTTP_REQ_OPTIONS);
        evhttp_set_default_content_type(s->http, NULL);
        evhttp_set_gencb(s->http, on_request, s);
        r = open_tls(s);
        if (!r && fd < 0)
                r = listen_on(s->o.listen, &fd);
        if (!r)
                r = make_url(s, fd);
        if (r)
                return r;
        evutil_make_socket_nonblocking(fd);
        /* Not closed with the listener when it was handed to us: it outlives this process. */
        listener = evconnlistener_new(s->loop.base, NULL, NULL,
                                      LEV_OPT_CLOSE_ON_EXEC | (s->o.listen_fd < 0 ? LEV_OPT_CLOSE_ON_FREE : 0), 0, fd);
        if (!listener || !evhttp_bind_listener(s->http, listener))
                return fatal(EIO, "cannot watch the listening socket");
        evconnlistener_set_error_cb(listener, on_accept_error);
        return 0;
}

static void free_server(struct server *s)
{
        if (s->push)
                push_free(s);
        if (s->http)
                evhttp_free(s->http);
        raw_spare_release(s);
        loop_close(&s->loop);
        if (s->tls)
                SSL_CTX_free(s->tls);
        watch_free(s);
        arena_release(&s->arena);
        free(s);
}

int server_start(struct server **out, const struct server_options *o)
{
        struct server *s = calloc(1, sizeof(*s));
        int r;

        if (!s)
                return fatal(ENOMEM, "no memory for the server");
        s->o = *o;
        arena_init(&s->arena, 0);
        s->o.raw = arena_memdup(&s->arena, o->raw, o->n_raw * sizeof(*o->raw));
        s->o.tls_cert = arena_strdup(&s->arena, o->tls_cert);
        s->o.tls_key = arena_strdup(&s->arena, o->tls_key);
        r = loop_open(&s->loop);
        if (!r)
                r = open_http(s);
        if (!r && o->registry)
                r = push_open(s);
        /* Workers first: a request may arrive as soon as the loop runs. */
        if (!r && o->registry)
                r = workers_start(s);
        if (!r)
                r = loop_run(&s->loop);
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

void server_stop(struct server *s)
{
        int64_t until = clock_mono_ms() + 5000;

        if (s->push)
                push_close(s);
        while (atomic_load(&s->in_flight) && clock_mono_ms() < until)
                poll(NULL, 0, 5);
        if (s->workers)
                workers_stop(s);
        loop_stop(&s->loop);
        free_server(s);
}

/* ---- later ---- */

struct later {
        struct loop_task task;
        struct server *server;
        unsigned delay_ms;
        void (*fn)(void *arg);
        void *arg;
};

static void later_fire(evutil_socket_t fd, short what, void *arg)
{
        struct later *l = arg;

        (void)fd, (void)what;
        l->fn(l->arg);
        free(l);
}

static void later_begin(struct loop_task *t)
{
        struct later *l = (struct later *)t;
        struct timeval delay = {l->delay_ms / 1000, (l->delay_ms % 1000) * 1000};

        if (l->delay_ms)
                event_base_once(l->server->loop.base, -1, EV_TIMEOUT, later_fire, l, &delay);
        else
                later_fire(-1, 0, l);
}

void server_later(struct server *s, unsigned delay_ms, void (*fn)(void *arg), void *arg)
{
        struct later *l = malloc(sizeof(*l));

        if (!l)
                abort(); /* no memory: see base/arena.h */
        *l = (struct later){.task.fn = later_begin, .server = s, .delay_ms = delay_ms, .fn = fn, .arg = arg};
        loop_hand(&s->loop, &l->task);
}
