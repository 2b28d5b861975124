#include "net/exchange.h"

#include "base/clock.h"

#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>

#define REQUEST_LIMIT (32 * 1024 * 1024) /* arena bytes of one request */

static const char *const *copy_headers(struct arena *a, struct evkeyvalq *from)
{
        struct evkeyval *h;
        const char **to;
        size_t n = 0;

        TAILQ_FOREACH(h, from, next)
                n++;
        to = arena_array(a, const char *, 2 * n + 1);
        n = 0;
        TAILQ_FOREACH(h, from, next) {
                to[n++] = utf8_scrub(a, h->key, strlen(h->key));
                to[n++] = utf8_scrub(a, h->value, strlen(h->value));
        }
        return to;
}

/* A proxy in front of us runs on this machine and tells whom it speaks for at the end of the list; what stands before that
 * is the client's own claim. Nobody else is believed. */
static void find_peer(struct exchange *x, const char *peer)
{
        const char *list = exchange_header(x, "X-Forwarded-For"), *comma = list ? strrchr(list, ',') : NULL;
        bool here = text_starts(peer, "127.") || !strcmp(peer, "::1") || text_starts(peer, "::ffff:127.");

        x->by_proxy = here && list;
        if (x->by_proxy) {
                peer = comma ? comma + 1 : list;
                peer += strspn(peer, " \t");
        }
        x->peer = arena_strdup(&x->arena, peer);
}

struct exchange *exchange_new(struct server *s, struct evhttp_request *req)
{
        struct exchange *x = calloc(1, sizeof(*x));
        struct bytes body = request_body(req);
        char *peer = NULL;
        ev_uint16_t port;

        if (!x)
                return NULL;
        arena_init(&x->arena, REQUEST_LIMIT);
        x->server = s;
        x->req = req;
        x->begun_us = clock_mono_us();
        x->method = request_method(req);
        x->path = arena_strdup(&x->arena, evhttp_uri_get_path(evhttp_request_get_evhttp_uri(req)));
        x->query = arena_strdup(&x->arena, request_query(req));
        x->headers = copy_headers(&x->arena, evhttp_request_get_input_headers(req));
        x->body = bytes_of(arena_memdup(&x->arena, body.p, body.n), body.n);
        evhttp_connection_get_peer(evhttp_request_get_connection(req), &peer, &port);
        find_peer(x, peer ? peer : "");
        return x;
}

void exchange_free(struct exchange *x)
{
        arena_release(&x->arena);
        free(x);
}

const char *exchange_peer(const struct exchange *x)
{
        return x->peer;
}

const char *exchange_header(const struct exchange *x, const char *name)
{
        for (const char *const *h = x->headers; h[0]; h += 2)
                if (!strcasecmp(h[0], name))
                        return h[1];
        return NULL;
}

const char *exchange_cookie(const struct exchange *x, const char *name)
{
        const char *s = exchange_header(x, "Cookie");
        size_t n = strlen(name);

        while (s && *s) {
                s += strspn(s, "; ");
                if (!strncmp(s, name, n) && s[n] == '=')
                        return arena_strndup((struct arena *)(uintptr_t)&x->arena, s + n + 1, strcspn(s + n + 1, ";"));
                s = strchr(s, ';');
        }
        return NULL;
}

bool exchange_english(const struct exchange *x)
{
        return request_english(exchange_header(x, "Accept-Language"));
}

/* The last one of a name holds; cookies are as many as there are. */
void exchange_set_header(struct exchange *x, const char *name, const char *value)
{
        size_t at = x->n_out_headers;

        for (size_t i = 0; i < x->n_out_headers && strcasecmp(name, "Set-Cookie"); i += 2)
                if (!strcasecmp(x->out_headers[i], name))
                        at = i;
        if (at + 2 > 2 * EXCHANGE_HEADERS)
                return;
        x->out_headers[at] = arena_strdup(&x->arena, name);
        x->out_headers[at + 1] = arena_strdup(&x->arena, value);
        if (at == x->n_out_headers)
                x->n_out_headers += 2;
}

static bool encrypted(const struct exchange *x)
{
        const char *proto = x->by_proxy ? exchange_header(x, "X-Forwarded-Proto") : NULL;

        return x->server->tls || (proto && !strcmp(proto, "https"));
}

void exchange_anew(struct exchange *x)
{
        x->n_out_headers = 0;
        x->why_zh = x->why_en = x->mime = NULL;
        x->bytes = BYTES_NONE;
}

void exchange_set_cookie(struct exchange *x, const char *name, const char *value, int64_t max_age_s)
{
        exchange_set_header(x, "Set-Cookie",
                            arena_printf(&x->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s", name, value,
                                         (long long)max_age_s, encrypted(x) ? "; Secure" : ""));
}

void exchange_bytes(struct exchange *x, const char *mime, struct bytes bytes)
{
        x->mime = mime;
        x->bytes = bytes;
}

void exchange_why(struct exchange *x, const char *zh, const char *en)
{
        x->why_zh = zh;
        x->why_en = en;
}

struct bytes exchange_body(const struct exchange *x)
{
        return x->body;
}
