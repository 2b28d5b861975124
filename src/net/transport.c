#include "net/transport.h"

#include "base/clock.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_MS 5000
#define REPLY_MAX (4u << 20)
#define CONN_IDLE_S 30 /* a kept connection older than this is not tried again */

struct handle { /* one per thread */
        struct handle *up, *down;
        struct transport *transport;
        CURL *curl;
};

struct transport {
        pthread_key_t key;
        pthread_mutex_t lock;
        struct handle *handles;
        char *proxy, *ca_file;
        bool loopback_only, cookies;
};

/* One call in flight. */
struct flight {
        const struct http_request *request;
        struct text body;
        size_t max;
        bool too_large;
        unsigned sendings; /* how often a request was about to leave */
};

/* ---- handles ---- */

static void handle_free(void *arg)
{
        struct handle *h = arg;
        struct transport *t = h->transport;

        pthread_mutex_lock(&t->lock);
        *(h->up ? &h->up->down : &t->handles) = h->down;
        if (h->down)
                h->down->up = h->up;
        pthread_mutex_unlock(&t->lock);
        curl_easy_cleanup(h->curl);
        free(h);
}

static CURL *handle_of_thread(struct transport *t)
{
        struct handle *h = pthread_getspecific(t->key);

        if (h)
                return h->curl;
        h = calloc(1, sizeof(*h));
        if (!h)
                return NULL;
        h->transport = t;
        h->curl = curl_easy_init();
        if (!h->curl || pthread_setspecific(t->key, h)) {
                curl_easy_cleanup(h->curl);
                free(h);
                return NULL;
        }
        /* A cookie that is over already begins keeping them, for the handle's life. CURLOPT_COOKIEFILE would be forgotten, and its
         * memory lost, by each curl_easy_reset(). */
        if (t->cookies)
                curl_easy_setopt(h->curl, CURLOPT_COOKIELIST, "Set-Cookie: over=; domain=example.invalid; expires=Thu, 01 Jan 1970 00:00:00 GMT");
        pthread_mutex_lock(&t->lock);
        h->down = t->handles;
        if (h->down)
                h->down->up = h;
        t->handles = h;
        pthread_mutex_unlock(&t->lock);
        return h->curl;
}

int transport_open(struct transport **out, const struct transport_options *o)
{
        struct transport *t = calloc(1, sizeof(*t));

        if (!t)
                return fatal(ENOMEM, "no memory for the transport");
        signal(SIGPIPE, SIG_IGN);
        if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
                free(t);
                return fatal(EIO, "libcurl does not start");
        }
        int err = pthread_key_create(&t->key, handle_free);
        if (err) {
                curl_global_cleanup();
                free(t);
                return fatal(err, "no thread key left for the transport");
        }
        pthread_mutex_init(&t->lock, NULL);
        t->proxy = o->proxy ? strdup(o->proxy) : NULL;
        t->ca_file = o->ca_file ? strdup(o->ca_file) : NULL;
        t->loopback_only = o->loopback_only;
        t->cookies = o->cookies;
        *out = t;
        return 0;
}

void transport_close(struct transport *t)
{
        if (!t)
                return;
        pthread_key_delete(t->key); /* from here on no thread's end calls handle_free() */
        while (t->handles)
                handle_free(t->handles);
        pthread_mutex_destroy(&t->lock);
        free(t->proxy);
        free(t->ca_file);
        free(t);
        curl_global_cleanup();
}

/* ---- libcurl's questions ---- */

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
        struct flight *f = arg;

        if (n > f->max - f->body.n) {
                f->too_large = true;
                return 0;
        }
        (void)size; /* always 1 */
        text_add_n(&f->body, p, n);
        return n;
}

/* The address is judged, not the name: a name may stand for anything. */
static bool is_loopback(const struct sockaddr *addr)
{
        if (addr->sa_family == AF_INET) {
                struct sockaddr_in a;
                memcpy(&a, addr, sizeof(a));
                return ntohl(a.sin_addr.s_addr) >> 24 == 127;
        }
        if (addr->sa_family == AF_INET6) {
                struct sockaddr_in6 a;
                memcpy(&a, addr, sizeof(a));
                return IN6_IS_ADDR_LOOPBACK(&a.sin6_addr) ||
                       (IN6_IS_ADDR_V4MAPPED(&a.sin6_addr) && a.sin6_addr.s6_addr[12] == 127);
        }
        return false;
}

static curl_socket_t on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *addr)
{
        const struct transport *t = arg;

        if (purpose != CURLSOCKTYPE_IPCXN || (t->loopback_only && !is_loopback(&addr->addr)))
                return CURL_SOCKET_BAD;
        return socket(addr->family, addr->socktype | SOCK_CLOEXEC, addr->protocol);
}

/*
 * libcurl sends a request a second time by itself when a kept connection dies before any answer. A request that changes
 * something may have arrived the first time: it is not repeated here, its outcome is unknown.
 */
static int on_sending(void *arg, char *ip, char *local_ip, int port, int local_port)
{
        struct flight *f = arg;

        (void)ip;
        (void)local_ip;
        (void)port;
        (void)local_port;
        return f->sendings++ && !f->request->reads_only ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* ---- a call ---- */

static struct curl_slist *make_headers(struct arena *a, const struct http_request *q, bool body)
{
        struct curl_slist *list = NULL;

        for (const char *const *h = q->headers; h && h[0]; h += 2)
                list = curl_slist_append(list, arena_printf(a, "%s: %s", h[0], h[1]));
        if (body)
                list = curl_slist_append(list, arena_printf(a, "Content-Type: %s", q->mime ? q->mime : "application/json"));
        /* No waiting for "100 Continue": a second of silence for each large body. */
        return curl_slist_append(list, "Expect:");
}

static curl_mime *make_parts(CURL *curl, const struct http_request *q)
{
        curl_mime *mime = curl_mime_init(curl);

        for (size_t i = 0; mime && i < q->n_parts; i++) {
                const struct http_part *p = &q->parts[i];
                curl_mimepart *part = curl_mime_addpart(mime);
                curl_mime_name(part, p->name);
                curl_mime_data(part, p->data.n ? p->data.p : "", p->data.n);
                if (p->filename)
                        curl_mime_filename(part, p->filename);
                if (p->mime)
                        curl_mime_type(part, p->mime);
        }
        return mime;
}

static void set_transport(CURL *curl, struct transport *t)
{
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
        /* "" also keeps libcurl from asking the environment. A proxy could lead out of a loopback-only program. */
        curl_easy_setopt(curl, CURLOPT_PROXY, t->proxy && !t->loopback_only ? t->proxy : "");
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
        if (t->ca_file) {
                curl_easy_setopt(curl, CURLOPT_CAINFO, t->ca_file);
                curl_easy_setopt(curl, CURLOPT_PROXY_CAINFO, t->ca_file);
        }
        curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, (long)CONN_IDLE_S);
        curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
        curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 16384L); /* each of many threads has one */
        curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 4L);
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, t);
        curl_easy_setopt(curl, CURLOPT_USERAGENT, "zhanggui/" ZHANGGUI_VERSION);
}

/* Names are looked up where the platform is called from: at the proxy. */
static void set_proxy(CURL *curl, struct arena *a, const char *proxy)
{
        bool socks = text_starts(proxy, "socks5://");

        curl_easy_setopt(curl, CURLOPT_PROXY, socks ? arena_printf(a, "socks5h://%s", proxy + strlen("socks5://")) : proxy);
}

/* A proxy on this machine may lead anywhere: in a loopback-only program the address itself must say that it stays here. */
static bool says_loopback(const char *url)
{
        static const char *const hosts[] = {"127.0.0.1:", "127.0.0.1/", "localhost:", "localhost/", "[::1]:", "[::1]/"};
        const char *host = strstr(url, "://");

        for (size_t i = 0; host && i < countof(hosts); i++)
                if (text_starts(host + 3, hosts[i]))
                        return !memchr(host + 3, '@', strcspn(host + 3, "/?#"));
        return false;
}

static void set_request(CURL *curl, const struct http_request *q, struct flight *f)
{
        bool post = q->n_parts == 0 && (q->body.n || strcmp(q->method, "POST") == 0);

        curl_easy_setopt(curl, CURLOPT_URL, q->url);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(q->timeout_ms > 0 ? q->timeout_ms : TIMEOUT_MS));
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, f);
        curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, on_sending);
        curl_easy_setopt(curl, CURLOPT_PREREQDATA, f);
        if (post) {
                curl_easy_setopt(curl, CURLOPT_POST, 1L);
                curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.n);
                curl_easy_setopt(curl, CURLOPT_POSTFIELDS, q->body.n ? q->body.p : "");
        }
        if (strcmp(q->method, "HEAD") == 0)
                curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
        else
                curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, q->method);
}

/* Nothing of the request left: nothing reached the other side. Once something did, only a whole answer is an answer. */
static int outcome(CURL *curl, CURLcode code, const struct flight *f)
{
        long sent = 0, status = 0, tunnel = 0;

        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        if (code == CURLE_OK)
                return f->request->proxy && status == 407 ? TRANSPORT_E_PROXY : 0;
        if (f->too_large)
                return TRANSPORT_E_REPLY;
        if (f->request->proxy && !f->sendings) {
                curl_easy_getinfo(curl, CURLINFO_HTTP_CONNECTCODE, &tunnel);
                return tunnel == 200 ? TRANSPORT_E_CONNECT : TRANSPORT_E_PROXY;
        }
        curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent);
        return sent > 0 ? TRANSPORT_E_UNKNOWN : TRANSPORT_E_CONNECT;
}

static void read_answer(CURL *curl, struct ctx *ctx, const struct flight *f, struct http_response *out)
{
        long status = 0;
        const char *mime = NULL;
        struct curl_header *date;

        if (curl_easy_header(curl, "Date", 0, CURLH_HEADER, -1, &date) == CURLHE_OK)
                out->date_s = curl_getdate(date->value, NULL);
        if (out->date_s < 0)
                out->date_s = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &mime);
        out->status = (int)status;
        out->mime = arena_strdup(ctx->arena, mime);
        out->body = bytes_of(f->body.p, f->body.n);
}

int transport_call(struct transport *t, struct ctx *ctx, const struct http_request *q, struct http_response *out)
{
        struct flight f = {.request = q, .max = q->max_reply ? q->max_reply : REPLY_MAX};
        int64_t start = clock_mono_us();

        *out = (struct http_response){0};
        if (ctx->db)
                return fatal(EDEADLK, "a call to the outside while a transaction is open");
        if (q->read_only_account && !q->reads_only)
                return TRANSPORT_E_READ_ONLY;
        if (q->proxy && t->loopback_only && !says_loopback(q->url)) {
                out->why = "through a proxy this could leave the machine";
                return TRANSPORT_E_CONNECT;
        }
        CURL *curl = handle_of_thread(t);
        if (!curl)
                return fatal(ENOMEM, "libcurl gives no handle");
        curl_easy_reset(curl); /* options only; connections stay */
        text_init(&f.body, ctx->arena);
        struct curl_slist *headers = make_headers(ctx->arena, q, q->n_parts == 0 && q->body.n);
        curl_mime *parts = q->n_parts ? make_parts(curl, q) : NULL;
        set_transport(curl, t);
        if (q->proxy)
                set_proxy(curl, ctx->arena, q->proxy);
        set_request(curl, q, &f);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        if (parts)
                curl_easy_setopt(curl, CURLOPT_MIMEPOST, parts);
        CURLcode code = curl_easy_perform(curl);
        int r = outcome(curl, code, &f);
        if (!r)
                read_answer(curl, ctx, &f, out);
        out->took_us = clock_mono_us() - start;
        out->why = !r ? NULL : code == CURLE_OK ? "the proxy does not know us" : curl_easy_strerror(code);
        if (r)
                log_event(LOG_INFO, "transport.failed", "why", out->why, "outcome", log_int(r), NULL);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
        curl_easy_setopt(curl, CURLOPT_MIMEPOST, NULL);
        curl_mime_free(parts);
        curl_slist_free_all(headers);
        return r;
}
