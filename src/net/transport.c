/* Calling out: one blocking curl handle per thread. */
#include "net/transport.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_REPLY (4 * 1024 * 1024)

struct transport {
        struct transport_options o;
        char *proxy, *ca_file;
};

/* ---- one handle per thread, freed with it ---- */

static pthread_key_t handle_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool ready;

static void free_handle(void *h)
{
        curl_easy_cleanup(h);
}

static void init(void)
{
        ready = !curl_global_init(CURL_GLOBAL_DEFAULT) && !pthread_key_create(&handle_key, free_handle);
}

static CURL *handle(void)
{
        CURL *h = pthread_getspecific(handle_key);

        if (h) {
                curl_easy_reset(h); /* keeps connections and caches */
                return h;
        }
        h = curl_easy_init();
        if (h)
                pthread_setspecific(handle_key, h);
        return h;
}

int transport_open(struct transport **out, const struct transport_options *o)
{
        struct transport *t;

        pthread_once(&once, init);
        t = ready ? calloc(1, sizeof(*t)) : NULL;
        if (!t)
                return fatal(ENOMEM, "cannot start the HTTP client");
        t->o = *o;
        t->proxy = o->proxy ? strdup(o->proxy) : NULL;
        t->ca_file = o->ca_file ? strdup(o->ca_file) : NULL;
        *out = t;
        return 0;
}

void transport_close(struct transport *t)
{
        if (!t)
                return;
        free(t->proxy);
        free(t->ca_file);
        free(t);
}

/* ---- one call ---- */

struct call {
        struct text body;
        size_t max;
        bool too_large;
        bool sent; /* a connection was made and bytes may have left */
};

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
        struct call *c = arg;

        if (c->body.n + size * n > c->max) {
                c->too_large = true;
                return 0;
        }
        text_add_n(&c->body, p, size * n);
        return size * n;
}

/* The address that was resolved, not the name that was asked for, decides. */
static bool is_loopback(const struct sockaddr *sa)
{
        if (sa->sa_family == AF_INET)
                return (ntohl(((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr) >> 24) == 127;
        return sa->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr);
}

static curl_socket_t open_loopback(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
        (void)arg, (void)purpose;
        return is_loopback(&a->addr) ? socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol) : CURL_SOCKET_BAD;
}

/* Called once the connection stands, before the request leaves. */
static int on_prereq(void *arg, char *ip, char *local, int port, int local_port)
{
        (void)ip, (void)local, (void)port, (void)local_port;
        ((struct call *)arg)->sent = true;
        return CURL_PREREQFUNC_OK;
}

static struct curl_slist *make_headers(const struct http_request *q)
{
        struct curl_slist *list = NULL;
        struct arena a;

        arena_init(&a, 0);
        if (!q->parts)
                list = curl_slist_append(list, arena_printf(&a, "Content-Type: %s", q->mime ? q->mime : "application/json"));
        list = curl_slist_append(list, "Expect:");
        for (const char *const *h = q->headers; h && h[0]; h += 2)
                list = curl_slist_append(list, arena_printf(&a, "%s: %s", h[0], h[1]));
        arena_release(&a);
        return list;
}

static curl_mime *make_parts(CURL *h, const struct http_request *q)
{
        curl_mime *mime = q->parts ? curl_mime_init(h) : NULL;

        for (size_t i = 0; mime && i < q->n_parts; i++) {
                curl_mimepart *part = curl_mime_addpart(mime);

                curl_mime_name(part, q->parts[i].name);
                curl_mime_data(part, q->parts[i].data.p, q->parts[i].data.n);
                if (q->parts[i].filename)
                        curl_mime_filename(part, q->parts[i].filename);
                if (q->parts[i].mime)
                        curl_mime_type(part, q->parts[i].mime);
        }
        return mime;
}

static void set_options(CURL *h, struct transport *t, const struct http_request *q, struct call *c)
{
        curl_easy_setopt(h, CURLOPT_URL, q->url);
        curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)(q->timeout_ms ? q->timeout_ms : 5000));
        curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(h, CURLOPT_ACCEPT_ENCODING, "");
        curl_easy_setopt(h, CURLOPT_BUFFERSIZE, 16384L); /* 64 threads: keep each small */
        curl_easy_setopt(h, CURLOPT_MAXCONNECTS, 4L);
        curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(h, CURLOPT_WRITEDATA, c);
        curl_easy_setopt(h, CURLOPT_PREREQFUNCTION, on_prereq);
        curl_easy_setopt(h, CURLOPT_PREREQDATA, c);
        curl_easy_setopt(h, CURLOPT_PROXY, t->proxy ? t->proxy : "");
        if (t->ca_file)
                curl_easy_setopt(h, CURLOPT_CAINFO, t->ca_file);
        if (t->o.loopback_only)
                curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, open_loopback);
        if (!q->parts && strcmp(q->method, "GET")) {
                curl_easy_setopt(h, CURLOPT_POSTFIELDS, q->body.p ? q->body.p : "");
                curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.n);
        }
        if (!q->parts)
                curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, q->method);
}

static int outcome(CURLcode code, const struct call *c)
{
        if (code == CURLE_OK)
                return 0;
        if (c->too_large)
                return TRANSPORT_E_REPLY;
        return c->sent ? TRANSPORT_E_UNKNOWN : TRANSPORT_E_CONNECT;
}

int transport_call(struct transport *t, struct ctx *ctx, const struct http_request *q, struct http_response *out)
{
        struct call c = {.max = q->max_reply ? q->max_reply : MAX_REPLY};
        int64_t begun = clock_mono_us();
        struct curl_slist *headers;
        curl_mime *parts;
        char *mime = NULL;
        long status = 0;
        CURLcode code;
        CURL *h;

        /* A remote call takes as long as it likes; a transaction held meanwhile would stop everybody. */
        if (ctx->db)
                return fatal(EDEADLK, "a remote call with a transaction open: %s", q->method);
        if (!q->reads_only && q->read_only_account)
                return TRANSPORT_E_READ_ONLY;
        h = handle();
        if (!h)
                return fatal(ENOMEM, "no memory for an HTTP handle");
        text_init(&c.body, ctx->arena);
        headers = make_headers(q);
        parts = make_parts(h, q);
        set_options(h, t, q, &c);
        curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
        if (parts)
                curl_easy_setopt(h, CURLOPT_MIMEPOST, parts);
        code = curl_easy_perform(h);
        curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(h, CURLINFO_CONTENT_TYPE, &mime);
        *out = (struct http_response){.status = (int)status,
                                      .mime = arena_strdup(ctx->arena, mime),
                                      .body = bytes_of(c.body.p ? c.body.p : "", c.body.n),
                                      .took_us = clock_mono_us() - begun};
        curl_slist_free_all(headers);
        curl_mime_free(parts);
        return outcome(code, &c);
}
