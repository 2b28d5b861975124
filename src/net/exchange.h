/* One routed request on its way through a worker. Private to net. */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

#include "net/internal.h"
#include "net/match.h"

#define EXCHANGE_HEADERS 10 /* of the reply */
#define PUSH_TOPICS 16

struct exchange {
        struct loop_task task;
        struct exchange *next; /* in its party's line */
        struct party *party;   /* workers.c: who asks */
        int64_t session, merchant; /* a digest, 0 = none; whose it turned out to be, 0 = nobody's */
        struct server *server;
        struct evhttp_request *req;
        int64_t begun_us, taken_us; /* monotonic: read whole by the loop; taken out of the queue by a worker */
        struct arena arena;
        const char *method, *path, *query, *peer; /* path and query as received */
        bool by_proxy;
        const char *const *headers; /* of the request: name, value, ..., NULL */
        struct bytes body;
        struct match match;
        /* what the handler added */
        const char *out_headers[2 * EXCHANGE_HEADERS + 1];
        size_t n_out_headers;
        const char *why_zh, *why_en;
        const char *mime;
        struct bytes bytes;
        struct answer answer;
        struct { /* GET /api/events */
                bool wanted, granted;
                const char *topics[PUSH_TOPICS];
                size_t n;
                struct push_grant grant;
                const char *last_id;
        } push;
};

/* Copies what a worker needs of the request. Loop thread. NULL when there is no memory. */
struct exchange *exchange_new(struct server *, struct evhttp_request *);
void exchange_free(struct exchange *);

void exchange_say(struct exchange *, int status, const char *code, const char *zh, const char *en, const char *field);

/* CALL_NO_SESSION and its like; anything else is a 500. */
void exchange_refuse(struct exchange *, int status);

/* Fills x->answer: decoding, validation, options.run, encoding. Worker thread. */
void exchange_answer(struct exchange *);

#endif
