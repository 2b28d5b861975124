/* What the files of the server share. Private to net. */
#ifndef NET_INTERNAL_H
#define NET_INTERNAL_H

#include "net/loop.h"
#include "net/query.h"
#include "net/server.h"

#include <stdatomic.h>
#include <stdio.h>

extern const struct json_desc problem_desc; /* application/problem+json */

struct bufferevent;
struct conn;
struct evconnlistener;
struct evhttp;
struct evhttp_bound_socket;
struct evhttp_request;
struct later;
struct push;
struct watch;
struct workers;

#define MAX_HEADERS (16 * 1024)
#define MAX_BODY (4 * 1024 * 1024)
#define MAX_BODIES_IN_FLIGHT (64 * 1024 * 1024)
#define MAX_CONNECTIONS 20000
#define IDLE_S 60        /* without a byte */
#define REQUEST_MS 60000 /* from the first byte of a request to its last */
#define STOP_MS 5000     /* what is in flight may take this long when the server stops */
#define RESERVED_RAW 512 /* finished raw requests kept for reuse, each with one small block */

struct server {
        struct server_options o;
        struct arena arena; /* process lifetime: copies of the options' texts */
        struct loop loop;
        struct evhttp *http;
        char *url, *url_also;
        void *tls; /* SSL_CTX or NULL */
        /* the loop thread's own */
        struct evconnlistener *listener, *listener_also; /* NULL when stopping */
        struct evhttp_bound_socket *bound, *bound_also;
        struct event *tick;
        struct conn *conns; /* hash by bufferevent */
        size_t connections;
        size_t bytes;     /* of bodies that arrive or wait for their answer */
        size_t in_flight; /* requests not answered yet */
        int64_t now_ms;   /* monotonic, at most one tick old: enough for deadlines */
        char date[32];    /* header Date, as old: evhttp would print it for each answer */
        int64_t stop_by_ms;
        bool stopping;
        struct later *waiting; /* delayed calls */
        struct raw *spare;
        size_t n_spare;
        /* shared */
        struct workers *workers;
        struct push *push;
        struct watch *watch;
};

/* An answer on its way: filled anywhere, sent on the loop thread. */
struct answer {
        int status;
        const char *mime;
        struct bytes body;
        const char *const *headers; /* name, value, ..., NULL */
        unsigned pieces, pause_ms;  /* slow drip */
};

struct raw {
        struct loop_task task;
        struct raw *next_spare;
        struct server *server;
        struct evhttp_request *req;
        struct arena arena;
        const char *method, *path, *query;
        struct bytes body;
        struct answer answer;
        size_t sent; /* of a slow body */
        bool gone;   /* the client left in the middle of a slow body */
};

/* conn.c: connections, counted and timed, because evhttp does neither. Loop thread. */
struct bufferevent *conn_new(struct event_base *, void *server);
/* A whole request has arrived. False: no room for its body. */
bool conn_asked(struct server *, struct evhttp_request *);
/* Its answer is about to leave, whole. */
void conn_answered(struct server *, struct evhttp_request *);
/*
 * An answer that was just given to evhttp leaves now, and evhttp hears that it did: the usual way would watch the socket for
 * writing, wait for the loop to come round and stop watching again, three system calls for a few hundred bytes. Plain sockets
 * only, and never below one of evhttp's own calls. `bev` may have gone meanwhile.
 */
struct bufferevent *conn_bufferevent(struct evhttp_request *); /* NULL when the client has left */
void conn_flush(struct server *, struct bufferevent *bev);

/* The answer will be a stream: the read time-out ends, and when the connection goes `gone` is called, which lets go of the
 * request with request_orphan(). conn_answered() ends the stream. */
void conn_stream(struct server *, struct evhttp_request *, void (*gone)(void *), void *arg);
size_t conn_backlog(struct server *, struct evhttp_request *); /* bytes that wait to be sent */
void conn_end(struct evhttp_request *);                        /* drops connection and request; never below evhttp's callbacks */
void conn_sweep(struct server *);
void conn_release(struct server *); /* after evhttp_free() */

/* raw.c */
void raw_begin(struct server *, struct evhttp_request *, const struct raw_row *);
void raw_spare_release(struct server *);

/* send.c; loop thread. A header with a line end inside is left out. */
void send_answer(struct server *, struct evhttp_request *, const struct answer *);
void send_headers(struct server *, struct evhttp_request *, const struct answer *);
/* A problem document (RFC 9457) for what is refused before any route is known. */
void send_problem(struct server *, struct evhttp_request *, int status, const char *code, const char *zh, const char *en);
bool request_english(const char *accept_language);
const char *status_title(int status);
struct bytes problem_write(struct arena *, int status, const char *code, const char *detail, const char *field);

/* request.c */
const char *request_method(struct evhttp_request *);
const char *request_header(struct evhttp_request *, const char *name);
/* The decoded path in `a`, or NULL when it is not a valid one. */
const char *request_path(struct arena *a, struct evhttp_request *);
const char *request_query(struct evhttp_request *); /* "" when none */
struct bytes request_body(struct evhttp_request *);
/* When a connection goes while its answer is a stream, evhttp either takes the request along or has cut it off and left it
 * to us; nothing but the missing connection tells which. */
void request_orphan(struct evhttp_request *);

/* files.c */
void files_serve(struct server *, struct evhttp_request *, const char *path);

/* workers.c: routed requests. */
int workers_start(struct server *) MUST;
void workers_stop(struct server *);
void workers_take(struct server *, struct evhttp_request *, const char *path);

/* push.c */
int push_open(struct server *) MUST;
void push_close(struct server *); /* ends all streams; loop thread */
void push_free(struct server *);
struct exchange;
void push_ask(struct exchange *);   /* may it listen? Worker thread */
void push_begin(struct exchange *); /* the answer to that; loop thread */

/* watch.c */
void watch_reply(struct server *, const struct route *, int status, const char *body);
int watch_open(struct server *) MUST; /* before any thread */
void watch_free(struct server *);

#endif
