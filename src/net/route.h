/*
 * Routes are data: one row per method and path. Session, permission, decoding and validation happen before the function
 * runs; encoding and the translation of statuses after it. The same rows give OpenAPI 3.1, the TypeScript types, and the
 * check that every reply fits its descriptor and every route was exercised.
 *
 * A handler is straight-line code on a worker thread, inside a transaction that the edge began and will end.
 */
#ifndef NET_ROUTE_H
#define NET_ROUTE_H

#include "base/ctx.h"
#include "base/json.h"

enum route_flag {
        ROUTE_WRITE = 1,   /* the transaction is a WRITE one (else READ) */
        ROUTE_PUBLIC = 2,  /* no session needed */
        ROUTE_BYTES = 4,   /* answers bytes through exchange_bytes(), not `out` */
        ROUTE_NO_DB = 8,   /* no transaction at all: ctx->db is NULL */
        ROUTE_REMOTE = 16, /* calls out through ctx->wx on the job pool's terms: no transaction, at most 5 s a call; implies NO_DB. At most half of the workers do so at once: else 503 */
        ROUTE_DEMO = 32,   /* exists only when the program runs as the demo */
        ROUTE_KEEP = 64,   /* with WRITE or settle: a positive status commits too (a refused login must be counted) */
        ROUTE_SELF = 256,  /* about who asks, whoever he is: also for an operator, who belongs to no merchant */
        ROUTE_UPLOAD = 128, /* the body is bytes of any type, read with exchange_body(); `in` comes from path and query */
};

/* What a positive status of a verb means to a caller over HTTP (RFC 9457). Ended by a row with status 0. */
struct problem {
        int status;       /* the verb's positive status */
        int http;         /* 404, 409, 422, ... */
        const char *code; /* stable machine code: "inbox.window_closed" */
        const char *zh;   /* the sentence a person reads; says what to do next */
        const char *en;
};

struct route {
        const char *method; /* "GET", "POST", "PUT", "DELETE" */
        const char *path;   /* "/api/threads/{thread_id}/messages" */
        /*
         * `in` is decoded from path parameters, query parameters (GET, DELETE) and the JSON body (POST, PUT), all into
         * the one struct that route.in describes; `out` is a zeroed struct of route.out->size bytes. 0, a positive status
         * that `problems` has a row for, or negative.
         */
        int (*fn)(struct ctx *, const void *in, void *out);
        /*
         * Optional first half in a READ transaction of its own, for what takes long and must not hold the write lock
         * (password hashing). Leaves its result in *found for fn, which finds it as ctx->before. A status other than 0 ends
         * the request like fn's.
         */
        int (*before)(struct ctx *, const void *in, void **found);
        const struct json_desc *in, *out; /* NULL = nothing */
        const char *permission;           /* NULL = anyone who is signed in */
        unsigned flags;
        int ok; /* HTTP status of success: 200 (0), 201, 204 */
        const struct problem *problems;
        const char *summary; /* one line, English, for OpenAPI */
        /*
         * Optional last part of a REMOTE route, in a WRITE transaction, after fn answered 0: what the platform said is written
         * down. What fn found out it leaves behind ctx->before, where settle finds it. With KEEP its positive status commits.
         */
        int (*settle)(struct ctx *, const void *in, void *out);
};

/* ---- the exchange: what a handler may do beyond in and out; ctx->http ---- */

struct exchange;

const char *exchange_peer(const struct exchange *);                       /* client address; behind a proxy on this machine, the proxy's word */
const char *exchange_header(const struct exchange *, const char *name);   /* request header, NULL when absent */
const char *exchange_cookie(const struct exchange *, const char *name);   /* NULL when absent */
bool exchange_english(const struct exchange *);                           /* Accept-Language prefers English */
void exchange_set_cookie(struct exchange *, const char *name, const char *value, int64_t max_age_s); /* HttpOnly, SameSite=Lax */
void exchange_set_header(struct exchange *, const char *name, const char *value);
struct bytes exchange_body(const struct exchange *);                      /* with ROUTE_UPLOAD */
void exchange_bytes(struct exchange *, const char *mime, struct bytes);   /* with ROUTE_BYTES; bytes live in the arena */
void exchange_anew(struct exchange *);                                    /* forgets what was set: its transaction runs again */
void exchange_why(struct exchange *, const char *zh, const char *en);     /* replaces the problem's sentence by a more exact one */

/* ---- the table as documents ---- */

struct registry;
/* OpenAPI 3.1 of every route of every domain, plus those that `extra` names (callbacks, health). */
char *route_openapi(struct arena *, const struct registry *, const char *version);
/* web/src/api/generated.ts: one interface per descriptor, one function per route. */
char *route_typescript(struct arena *, const struct registry *);
/* Do the tables make sense (sorted paths, descriptors where parameters are, permissions declared)? -EINVAL with a log line. */
int route_check(const struct registry *) MUST;

#endif
