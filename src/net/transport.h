/*
 * The single seam to the outside: every call that leaves this program goes through transport_call().
 *
 * In read-only mode a request that writes is refused here (TRANSPORT_E_READ_ONLY), whatever the caller thought: a newly
 * connected account changes nothing at the platform until a person says so. A request says itself whether it writes, and
 * a caller that does not say is taken to write.
 *
 * One blocking handle per thread (libcurl), reused: keep-alive to each host, apart by proxy. TLS is verified. No redirects.
 */
#ifndef NET_TRANSPORT_H
#define NET_TRANSPORT_H

#include "base/ctx.h"
#include "base/text.h"

struct transport;

struct http_part { /* of a multipart body */
        const char *name, *filename, *mime; /* filename NULL = plain field */
        struct bytes data;
};

struct http_request {
        const char *method;            /* "GET", "POST" */
        const char *url;               /* absolute */
        const char *const *headers;    /* name, value, ..., NULL; or NULL */
        struct bytes body;
        const struct http_part *parts; /* instead of body */
        size_t n_parts;
        const char *mime;              /* of body; NULL = application/json */
        bool reads_only;               /* true: changes nothing at the other side */
        bool read_only_account;        /* the account is in read-only mode */
        const char *proxy;             /* "socks5://user:password@host:port", http, https; NULL = the transport's own. Never logged */
        int64_t timeout_ms;            /* whole call; 0 = 5,000 */
        size_t max_reply;              /* bytes; 0 = 4 MiB */
};

struct http_response {
        int status;
        const char *mime; /* NULL when not told */
        struct bytes body; /* in the caller's arena */
        int64_t date_s;    /* the answer's Date header, seconds since 1970; 0 = none */
        int64_t took_us;
        const char *why;   /* when no answer came: what went wrong, in English; static text */
};

enum {
        TRANSPORT_E_READ_ONLY = 1, /* refused here: nothing left the program */
        TRANSPORT_E_CONNECT = 2,   /* not connected: nothing reached the other side */
        TRANSPORT_E_UNKNOWN = 3,   /* the request left, no whole answer came: it may or may not have happened */
        TRANSPORT_E_REPLY = 4,     /* an answer over max_reply */
        TRANSPORT_E_PROXY = 5,     /* the request's proxy does not answer or does not let us through: nothing reached the other side */
};

struct transport_options {
        const char *proxy;     /* or NULL */
        const char *ca_file;   /* extra trusted CA (the simulator's), or NULL */
        bool cookies;          /* keep what Set-Cookie gives and send it back, per thread */
        bool loopback_only;    /* the demo: any host but 127.0.0.0/8 and ::1 is refused (TRANSPORT_E_CONNECT); through a proxy, which
                                  may lead anywhere, any address that does not say it is one of these */
};

int transport_open(struct transport **, const struct transport_options *) MUST;
void transport_close(struct transport *); /* harmless on NULL */

/* Asserts that ctx has no transaction open. */
int transport_call(struct transport *, struct ctx *, const struct http_request *, struct http_response *) MUST;

#endif
