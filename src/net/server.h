/*
 * The HTTP server: one loop thread owns every socket (libevent's evhttp); a few worker threads run route handlers.
 *
 * Three kinds of request:
 *   raw      prefix -> function on the loop thread; it may answer at once or later from any thread (callbacks, simulator)
 *   routes   the registry's tables, on workers, through hooks.run
 *   files    embedded console files, from memory, gzipped, with ETag
 *
 * Limits: body 4 MiB unless a raw prefix says less; headers 16 KiB; 60 s without a byte closes; in-flight bodies 64 MiB in
 * all; 20,000 connections. Workers' queue 256 deep: full -> 503 with Retry-After.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "base/domain.h"
#include "net/route.h"

struct server;
struct raw; /* one raw request; belongs to the server until answered */

struct raw_row {
        const char *prefix;      /* "/callback/"; the longest match wins */
        size_t max_body;         /* bytes; 0 = 4 MiB. Larger: 413, never handed on */
        void (*fn)(void *arg, struct raw *);
        void *arg;
};

const char *raw_method(const struct raw *);            /* "GET", "POST", ... */
const char *raw_path(const struct raw *);              /* without query, percent-decoded */
const char *raw_query(const struct raw *);             /* as received, without '?'; "" when none */
const char *raw_param(struct raw *, const char *name); /* decoded query parameter, NULL when absent; lives with the request */
const char *raw_header(const struct raw *, const char *name);
const char *raw_host(const struct raw *);
const char *raw_peer(const struct raw *);             /* address of the other end, "127.0.0.1"; "" when it has gone */
struct bytes raw_body(const struct raw *);
struct arena *raw_arena(struct raw *);                 /* dropped after the answer is sent */

/*
 * Answers; exactly once, from any thread. Body and headers are copied. `headers` is name, value, ..., NULL or NULL.
 * status 0 closes the connection without an answer (the simulator's misbehaviour).
 */
void raw_reply(struct raw *, int status, const char *mime, struct bytes body, const char *const *headers);
/* Slow drip for the simulator: the body leaves in `pieces` parts, `pause_ms` apart. */
void raw_reply_slowly(struct raw *, int status, const char *mime, struct bytes body, unsigned pieces, unsigned pause_ms);
/* Runs fn(arg) on the loop thread, soon or after `delay_ms`. From any thread. */
void server_later(struct server *, unsigned delay_ms, void (*fn)(void *arg), void *arg);

struct file_row { /* an embedded file; already gzipped */
        const char *path; /* "/index.html" */
        const char *mime;
        const unsigned char *gz;
        const size_t *n;
        const char *etag;
};

/* One routed request on its way through app: app makes the context, finds the session, begins and ends the transaction. */
struct call {
        const struct route *route;
        struct exchange *exchange;
        struct arena *arena;
        const void *in;
        void *out;
        const char *session;  /* session cookie, or NULL */
        const char *csrf;     /* X-CSRF-Token header, or NULL */
        int64_t merchant;     /* for `run` to fill: whose session it is; workers go round the merchants */
};

/* What `run` answers: 0 = ok, encode out; positive = the verb's status; negative = 500; or one of these. */
enum {
        CALL_NO_SESSION = -10001, /* 401 */
        CALL_FORBIDDEN = -10002,  /* 403: permission or CSRF */
        CALL_BUSY = -10003,       /* 503 with Retry-After */
};

struct push_grant {
        int64_t merchant, who; /* who: for push_end() */
        int64_t for_ms; /* then the stream ends, and the console asks again; 0 = as long as it stays */
};

struct server_options {
        const char *listen;       /* "127.0.0.1:8080", "[::1]:0"; port 0 = any free one */
        const char *listen_also;  /* a second address for the same rows, or NULL; requests tell it by their Host header */
        int listen_fd;            /* an already listening socket, or -1 (socket activation) */
        const struct registry *registry; /* NULL: no routes (the simulator) */
        bool demo;                /* ROUTE_DEMO routes exist */
        unsigned workers;         /* threads for routes; 0 when registry is NULL */
        const struct raw_row *raw;
        size_t n_raw;
        const struct file_row *files; /* unknown paths outside /api answer /index.html (the console's own routing) */
        size_t n_files;
        int (*run)(void *arg, struct call *);
        /* May this session hear `topic`, whose, and how long? CALL_* as above. Called when a console connects to /api/events. */
        int (*subscribe)(void *arg, const char *session, const char *const *topics, size_t n, struct push_grant *);
        void *arg;
        const char *tls_cert, *tls_key; /* PEM files; NULL = plain */
        /* Tests: every reply is checked against its descriptor and every exercised route remembered. Appends "METHOD path
         * status" lines to this file, and "MISFIT ..." lines for replies that do not fit. NULL = not. */
        const char *contract_log;
};

int server_start(struct server **, const struct server_options *) MUST;
const char *server_url(const struct server *); /* "http://127.0.0.1:41234" */
const char *server_url_also(const struct server *); /* of listen_also; NULL without one */
void server_stop(struct server *);             /* stops listening, answers what is in flight (5 s), ends the threads */

/* ---- push: server-sent events at GET /api/events?topics=inbox,orders ---- */

/*
 * Publishes to the consoles of `merchant` that subscribed to `topic`. From any thread. The event is
 *     id: N / event: TOPIC / data: {"kind":"message","id":"123","parent":"45","body":{...}}
 * The last 4,096 are kept: a console that comes back with Last-Event-ID gets what it missed, or event "reset" when that
 * is gone (also after a restart and from another process: ids begin with a process's start). A console 256 KiB behind is dropped.
 */
void push_publish(struct server *, const struct notice *);
/* Some events did not come here: the consoles of `merchant` (0 = all) are told "reset". From any thread. */
void push_reset(struct server *, int64_t merchant);
/* Ends the streams of `who` (0 = everybody), whose sessions are over: who still may comes again. From any thread. */
void push_end(struct server *, int64_t merchant, int64_t who);
size_t push_consoles(const struct server *); /* how many listen now */


#endif
