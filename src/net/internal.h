/* What the files of the server share. Private to net. */
#ifndef NET_INTERNAL_H
#define NET_INTERNAL_H

#include "net/loop.h"
#include "net/server.h"

#include <stdatomic.h>
#include <stdio.h>

extern const struct json_desc problem_desc; /* application/problem+json */

struct evhttp;
struct evhttp_bound_socket;
struct evhttp_request;
struct push;
struct watch;
struct workers;

#define MAX_HEADERS (16 * 1024)
#define MAX_BODY (4 * 1024 * 1024)
#define MAX_BODIES_IN_FLIGHT (64 * 1024 * 1024)
#define MAX_CONNECTIONS 20000
#define IDLE_S 60
#define RESERVED_RAW 64 /* finished raw requests kept for reuse */

struct server {
        struct server_options o;
        struct arena arena; /* process lifetime: copies of the options' texts */
        struct loop loop;
        struct evhttp *http;
        char *url;
        void *tls; /* SSL_CTX or NULL */
        size_t connections;      /* loop thread only */
        _Atomic size_t bodies;   /* bytes of bodies in flight */
        _Atomic size_t in_flight; /* requests not answered yet */
        struct raw *spare;       /* loop thread only */
        size_t n_spare;
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
};

/* raw.c */
void raw_begin(struct server *, struct evhttp_request *, const struct raw_row *);
void raw_spare_release(struct server *);

/* send.c: header names and values go out as they are, so they must not come from outside. Loop thread. */
void send_answer(struct server *, struct evhttp_request *, const struct answer *);
void send_text(struct server *, struct evhttp_request *, int status, const char *text);

/* request.c */
const char *request_method(struct evhttp_request *);
const char *request_header(struct evhttp_request *, const char *name);
/* The decoded path in `a`, or NULL when it is not a valid one. */
const char *request_path(struct arena *a, struct evhttp_request *);
const char *request_query(struct evhttp_request *); /* "" when none */
struct bytes request_body(struct evhttp_request *);
/* Walks "a=1&b=2": name and value decoded into `a`. URL_E_BAD on a broken one; *next moves on, NULL at the end. */
int query_next(struct arena *a, const char **next, char **name, char **value) MUST;

/* files.c */
void files_serve(struct server *, struct evhttp_request *, const char *path);

/* workers.c: routed requests. */
int workers_start(struct server *) MUST;
void workers_stop(struct server *);
void workers_take(struct server *, struct evhttp_request *);

/* push.c */
int push_open(struct server *) MUST;
void push_close(struct server *); /* ends all streams; loop thread or before it runs */
void push_free(struct server *);
void push_subscribe(struct server *, struct evhttp_request *);

/* watch.c */
void watch_reply(struct server *, const struct route *, int status, const char *body);
void watch_free(struct server *);

#endif
