/*
 * Connections. evhttp 2.1 neither counts them nor limits how long a request may take to arrive nor tells when a connection
 * goes that never sent a whole request. So the server holds a reference of its own to each connection's bufferevent: when
 * evhttp has dropped the connection, its callbacks are gone from the bufferevent, and the next sweep lets it go. The
 * descriptor closes with the bufferevent, never before: its number must not be a new connection's while the loop still
 * watches it for the old one.
 *
 * A connection is ended by shutting its socket down, never by freeing evhttp's objects from below its own functions.
 */
#include "net/internal.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <uthash.h>

#define CONN_SMALL (256u << 10)                  /* bytes of input that never end a connection, whatever the others have */
#define CONN_AHEAD (MAX_BODY + 2 * MAX_HEADERS) /* bytes that a client may send ahead of its answers: a whole request */

struct conn {
        struct bufferevent *bev; /* the key of server->conns */
        struct server *server;
        struct evbuffer_cb_entry *counter;
        bool busy;           /* its request waits for an answer */
        bool known;          /* the close callback is set */
        int64_t since_ms;    /* first byte of a request that is not whole; 0 = none */
        size_t input, body;  /* bytes received and not yet taken by a request; of the body of the one that is busy */
        void (*gone)(void *);
        void *gone_arg;
        UT_hash_handle hh;
};

static void accept_more(struct server *s)
{
        evconnlistener_enable(s->listener);
        if (s->listener_also)
                evconnlistener_enable(s->listener_also);
}

static void accept_no_more(struct server *s)
{
        evconnlistener_disable(s->listener);
        if (s->listener_also)
                evconnlistener_disable(s->listener_also);
}

static void conn_drop(struct conn *c)
{
        struct server *s = c->server;

        HASH_DELETE(hh, s->conns, c);
        s->connections--;
        s->bytes -= c->input + c->body;
        evbuffer_remove_cb_entry(bufferevent_get_input(c->bev), c->counter);
        bufferevent_decref(c->bev);
        free(c);
        if (s->listener && !s->stopping && s->connections < MAX_CONNECTIONS)
                accept_more(s);
}

static void conn_shut(struct conn *c)
{
        evutil_socket_t fd = bufferevent_getfd(c->bev);

        if (fd >= 0)
                shutdown(fd, SHUT_RDWR);
}

static void conn_count(struct evbuffer *input, const struct evbuffer_cb_info *change, void *arg)
{
        struct conn *c = arg;
        struct server *s = c->server;

        (void)input;
        c->input += change->n_added - change->n_deleted;
        s->bytes += change->n_added - change->n_deleted;
        if (!change->n_added)
                return;
        if (!c->since_ms)
                c->since_ms = s->now_ms;
        if (c->input > CONN_AHEAD || (s->bytes > MAX_BODIES_IN_FLIGHT && c->input > CONN_SMALL))
                conn_shut(c);
}

struct bufferevent *conn_new(struct event_base *base, void *arg)
{
        struct server *s = arg;
        struct bufferevent *bev;

        if (s->tls)
                bev = bufferevent_openssl_socket_new(base, -1, SSL_new(s->tls), BUFFEREVENT_SSL_ACCEPTING,
                                                     BEV_OPT_CLOSE_ON_FREE);
        else
                bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
        struct conn *c = calloc(1, sizeof(*c));
        if (!bev || !c) {
                /* evhttp makes a plain one itself when it gets none; it fails for the same reason. */
                if (bev)
                        bufferevent_free(bev);
                free(c);
                return NULL;
        }
        c->server = s;
        c->bev = bev;
        bufferevent_incref(bev);
        c->counter = evbuffer_add_cb(bufferevent_get_input(bev), conn_count, c);
        HASH_ADD_PTR(s->conns, bev, c);
        if (++s->connections >= MAX_CONNECTIONS)
                accept_no_more(s); /* the rest waits in the kernel's queue */
        return bev;
}

static void conn_closed(struct evhttp_connection *evcon, void *arg)
{
        struct conn *c = arg;

        (void)evcon;
        if (c->gone)
                c->gone(c->gone_arg);
        conn_drop(c);
}

static struct conn *conn_of(struct server *s, struct evhttp_request *req)
{
        struct evhttp_connection *evcon = evhttp_request_get_connection(req);
        struct bufferevent *bev = evcon ? evhttp_connection_get_bufferevent(evcon) : NULL;
        struct conn *c;

        HASH_FIND_PTR(s->conns, &bev, c);
        return c;
}

bool conn_asked(struct server *s, struct evhttp_request *req)
{
        struct conn *c = conn_of(s, req);

        if (!c)
                return false;
        if (!c->known) {
                c->known = true;
                evhttp_connection_set_closecb(evhttp_request_get_connection(req), conn_closed, c);
        }
        c->busy = true;
        c->since_ms = 0;
        c->body = evbuffer_get_length(evhttp_request_get_input_buffer(req));
        s->bytes += c->body;
        return s->bytes <= MAX_BODIES_IN_FLIGHT || !c->body;
}

void conn_answered(struct server *s, struct evhttp_request *req)
{
        struct conn *c = conn_of(s, req);

        if (!c)
                return;
        c->gone = NULL;
        c->busy = false;
        c->since_ms = c->input ? s->now_ms : 0;
        s->bytes -= c->body;
        c->body = 0;
}

struct bufferevent *conn_bufferevent(struct evhttp_request *req)
{
        struct evhttp_connection *evcon = evhttp_request_get_connection(req);

        return evcon ? evhttp_connection_get_bufferevent(evcon) : NULL;
}

void conn_flush(struct server *s, struct bufferevent *bev)
{
        struct evbuffer *output = bufferevent_get_output(bev);
        struct conn *c;

        HASH_FIND_PTR(s->conns, &bev, c);
        if (!c || bufferevent_getfd(bev) < 0 || !evbuffer_get_length(output))
                return;
        /* A bufferevent keeps the front of its output to itself. */
        evbuffer_unfreeze(output, 1);
        (void)evbuffer_write(output, bufferevent_getfd(bev));
        evbuffer_freeze(output, 1);
        if (evbuffer_get_length(output))
                return; /* the rest, or the error, is the loop's */
        bufferevent_disable(bev, EV_WRITE);
        bufferevent_trigger(bev, EV_WRITE, BEV_TRIG_IGNORE_WATERMARKS);
}

void conn_stream(struct server *s, struct evhttp_request *req, void (*gone)(void *), void *arg)
{
        static const struct timeval write_only = {IDLE_S, 0};
        struct conn *c = conn_of(s, req);

        c->gone = gone;
        c->gone_arg = arg;
        bufferevent_set_timeouts(c->bev, NULL, &write_only);
}

size_t conn_backlog(struct server *s, struct evhttp_request *req)
{
        return evbuffer_get_length(bufferevent_get_output(conn_of(s, req)->bev));
}

void conn_end(struct evhttp_request *req)
{
        struct evhttp_connection *evcon = evhttp_request_get_connection(req);

        if (evcon)
                evhttp_connection_free(evcon); /* with the request */
        else
                evhttp_request_free(req);
}

static bool late(const struct conn *c)
{
        return c->since_ms && c->server->now_ms - c->since_ms > REQUEST_MS;
}

void conn_sweep(struct server *s)
{
        struct conn *c, *next;

        HASH_ITER(hh, s->conns, c, next)
        {
                bufferevent_event_cb on_event;
                bufferevent_getcb(c->bev, NULL, NULL, &on_event, NULL);
                if (!on_event)
                        conn_drop(c);
                else if (!c->busy && (late(c) || (s->stopping && !evbuffer_get_length(bufferevent_get_output(c->bev)))))
                        conn_shut(c);
        }
        if (s->listener && !s->stopping && s->connections < MAX_CONNECTIONS)
                accept_more(s); /* it is off after a failed accept, too */
}

void conn_release(struct server *s)
{
        struct conn *c, *next;

        HASH_ITER(hh, s->conns, c, next)
                conn_drop(c);
}
