/* The server against clients that leave, hurry, dawdle, and say too much. */
#include "net/transport.h"
#include "net/wire_test.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>

#define PARKED_MAX 512

struct fix {
        struct server *server;
        struct arena arena;
        /* raw requests that nobody has answered yet */
        pthread_mutex_t lock;
        struct raw *parked[PARKED_MAX];
        _Atomic size_t n_parked;
        /* a route that waits here */
        pthread_cond_t open;
        bool gate_closed;
        _Atomic unsigned at_gate;
        _Atomic unsigned later;
};

/* ---- routes ---- */

struct upload_in { int64_t thread_id; const char *name; };
struct upload_out { int64_t n; const char *name; };
static const struct json_field upload_in_fields[] = {
        JSON_KEY(struct upload_in, thread_id, JSON_REQUIRED, "where it belongs"),
        JSON_STR(struct upload_in, name, JSON_REQUIRED, 1, 20, "of the file"),
};
static const struct json_field upload_out_fields[] = {
        JSON_INT(struct upload_out, n, JSON_REQUIRED, 0, 0, "bytes"),
        JSON_STR(struct upload_out, name, JSON_REQUIRED, 1, 20, "of the file"),
};
static const struct json_desc upload_in = JSON_DESC("UploadIn", struct upload_in, upload_in_fields);
static const struct json_desc upload_out = JSON_DESC("UploadOut", struct upload_out, upload_out_fields);

static int upload(struct ctx *ctx, const void *in_, void *out_)
{
        const struct upload_in *in = in_;

        *(struct upload_out *)out_ = (struct upload_out){.n = (int64_t)exchange_body(ctx->http).n, .name = in->name};
        exchange_set_cookie(ctx->http, "a", "1", 60);
        exchange_set_cookie(ctx->http, "b", "2", 60);
        return 0;
}

static int misfit(struct ctx *ctx, const void *in, void *out)
{
        (void)ctx, (void)in, (void)out; /* the required name stays NULL */
        return 0;
}

static struct fix *the_fix;

static int gate(struct ctx *ctx, const void *in, void *out)
{
        (void)ctx, (void)in, (void)out;
        the_fix->at_gate++;
        pthread_mutex_lock(&the_fix->lock);
        while (the_fix->gate_closed)
                pthread_cond_wait(&the_fix->open, &the_fix->lock);
        pthread_mutex_unlock(&the_fix->lock);
        return 0;
}

static int peer(struct ctx *ctx, const void *in, void *out)
{
        (void)in, (void)out;
        exchange_bytes(ctx->http, "image/png", bytes_of_text(exchange_peer(ctx->http)));
        return 0;
}

static const struct route routes[] = {
        {"POST", "/api/threads/{thread_id}/files", upload, NULL, &upload_in, &upload_out, NULL, ROUTE_UPLOAD, .summary = "upload"},
        {"GET", "/api/gate", gate, .summary = "waits"},
        {"GET", "/api/misfit", misfit, NULL, NULL, &upload_out, .summary = "answers what it should not"},
        {"GET", "/api/peer", peer, .flags = ROUTE_BYTES, .summary = "who asks"},
};
static const struct domain domain = {.name = "test", .routes = routes, .n_routes = countof(routes)};
static const struct domain *const domains[] = {&domain};
static const struct registry registry = {domains, 1};

static int run(void *arg, struct call *call)
{
        struct ctx ctx;

        (void)arg;
        ctx_init(&ctx, call->arena);
        ctx.http = call->exchange;
        if (call->session && *call->session == 'm') /* "m1": of merchant 1 */
                call->merchant = call->session[1] - '0';
        return call->route->fn(&ctx, call->in, call->out);
}

static int subscribe(void *arg, const char *session, const char *const *topics, size_t n, struct push_grant *grant)
{
        (void)arg, (void)session, (void)topics, (void)n, (void)grant;
        return CALL_NO_SESSION;
}

/* ---- raw handlers ---- */

static void raw_park(void *arg, struct raw *raw)
{
        struct fix *f = arg;

        pthread_mutex_lock(&f->lock);
        assert_true(f->n_parked < PARKED_MAX);
        f->parked[f->n_parked++] = raw;
        pthread_mutex_unlock(&f->lock);
}

static void raw_echo(void *arg, struct raw *raw)
{
        static const char *const headers[] = {"X-One", "1", "X-Broken", "a\r\nX-Injected: 1", NULL};

        (void)arg;
        raw_reply(raw, 200, "text/plain", bytes_of_text(arena_printf(raw_arena(raw), "%s %s|%s|%.*s", raw_method(raw), raw_path(raw),
                                                                     raw_query(raw), (int)raw_body(raw).n, (const char *)raw_body(raw).p)),
                  headers);
}

static void raw_slow(void *arg, struct raw *raw)
{
        (void)arg;
        raw_reply_slowly(raw, 200, "text/plain", bytes_of_text("0123456789"), 10, 30);
}

static void raw_nothing(void *arg, struct raw *raw)
{
        (void)arg;
        raw_reply(raw, 0, NULL, BYTES_NONE, NULL);
}

/* Answers everything that is parked, from the calling thread. */
static void answer_parked(struct fix *f, int status)
{
        pthread_mutex_lock(&f->lock);
        for (size_t i = 0; i < f->n_parked; i++)
                raw_reply(f->parked[i], status, "text/plain", bytes_of_text("late"), NULL);
        f->n_parked = 0;
        pthread_mutex_unlock(&f->lock);
}

/* ---- the fixture ---- */

static const char *contract_log; /* of the next start */

static void start(struct fix *f, const char *cert, const char *key)
{
        const struct raw_row raw[] = {{"/park", 0, raw_park, f}, {"/echo", 100, raw_echo, f}, {"/slow", 0, raw_slow, f}, {"/nothing", 0, raw_nothing, f}};
        struct server_options o = {.listen = "127.0.0.1:0", .listen_fd = -1, .registry = &registry, .workers = 2, .raw = raw, .n_raw = countof(raw),
                                   .run = run, .subscribe = subscribe, .tls_cert = cert, .tls_key = key,
                                   .contract_log = contract_log};

        assert_int_equal(server_start(&f->server, &o), 0);
}

static int setup(void **state)
{
        struct fix *f = calloc(1, sizeof(*f));

        arena_init(&f->arena, 0);
        pthread_mutex_init(&f->lock, NULL);
        pthread_cond_init(&f->open, NULL);
        the_fix = f;
        start(f, NULL, NULL);
        *state = f;
        return 0;
}

static int teardown(void **state)
{
        struct fix *f = *state;

        if (f->server)
                server_stop(f->server);
        pthread_cond_destroy(&f->open);
        pthread_mutex_destroy(&f->lock);
        arena_release(&f->arena);
        free(f);
        return 0;
}

static const char *get(struct fix *f, const char *path)
{
        return wire_ask(&f->arena, f->server, arena_printf(&f->arena, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path));
}

/* ---- raw ---- */

static void test_answered_after_the_client_left(void **state)
{
        struct fix *f = *state;
        int fds[64];

        for (size_t i = 0; i < countof(fds); i++) {
                fds[i] = wire_open(f->server);
                wire_send(fds[i], "POST /park HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
        }
        wire_wait(f->n_parked == countof(fds));
        for (size_t i = 0; i < countof(fds); i++) {
                struct linger hard = {.l_onoff = 1}; /* a reset, not a farewell */

                if (i % 2)
                        setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
                close(fds[i]);
        }
        answer_parked(f, 200);
        assert_non_null(strstr(get(f, "/echo"), " 200 "));
}

static void *stop(void *server)
{
        server_stop(server);
        return NULL;
}

static void test_answered_while_the_server_stops(void **state)
{
        struct fix *f = *state;
        int a = wire_open(f->server), b = wire_open(f->server), idle = wire_open(f->server), half = wire_open(f->server);
        uint16_t port = wire_port(f->server);
        pthread_t t;
        struct text got;

        wire_send(a, "GET /park HTTP/1.1\r\nHost: x\r\n\r\n");
        wire_send(b, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        wire_send(half, "GET /echo HTTP/1.1\r\nHo");
        wire_wait(f->n_parked == 1);
        assert_int_equal(pthread_create(&t, NULL, stop, f->server), 0);
        for (int fd; (fd = wire_try(port)) >= 0; usleep(1000)) /* until it has begun to stop */
                close(fd);
        answer_parked(f, 200);
        pthread_join(t, NULL);
        f->server = NULL;
        text_init(&got, &f->arena);
        assert_true(wire_read(a, &got, NULL));
        assert_non_null(strstr(got.p, "Connection: close"));
        assert_non_null(strstr(got.p, "\r\n\r\nlate"));
        text_init(&got, &f->arena);
        assert_true(wire_read(b, &got, NULL));
        assert_non_null(strstr(got.p, "0123456789"));
        text_init(&got, &f->arena);
        assert_true(wire_read(idle, &got, NULL));
        assert_string_equal(got.p, "");
        close(a);
        close(b);
        close(idle);
        close(half);
        start(f, NULL, NULL);
}

static void test_no_answer_and_half_an_answer(void **state)
{
        struct fix *f = *state;
        struct text got;
        int fd;

        assert_string_equal(get(f, "/nothing"), "");
        assert_non_null(strstr(get(f, "/slow"), "\r\n\r\n0123456789"));
        for (int i = 0; i < 8; i++) {
                fd = wire_open(f->server);
                wire_send(fd, i % 2 ? "GET /slow HTTP/1.0\r\n\r\n" : "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
                text_init(&got, &f->arena);
                assert_true(wire_read(fd, &got, "0"));
                close(fd);
        }
        assert_non_null(strstr(get(f, "/echo"), " 200 "));
}

static void count_later(void *arg)
{
        ((struct fix *)arg)->later++;
}

static void test_later(void **state)
{
        struct fix *f = *state;

        server_later(f->server, 0, count_later, f);
        server_later(f->server, 10, count_later, f);
        server_later(f->server, 3600 * 1000, count_later, f);
        wire_wait(f->later == 2);
        /* What still waits comes when the server stops, not never. */
        server_stop(f->server);
        assert_int_equal(f->later, 3);
        start(f, NULL, NULL);
}

static void test_limits(void **state)
{
        struct fix *f = *state;
        char *big = arena_alloc(&f->arena, 20001);
        const char *got;

        memset(big, 'x', 20000);
        got = wire_ask(&f->arena, f->server, arena_printf(&f->arena, "GET /echo HTTP/1.1\r\nHost: x\r\nX-Big: %s\r\n\r\n", big));
        assert_non_null(strstr(got, " 400 "));
        got = wire_ask(&f->arena, f->server,
                       arena_printf(&f->arena, "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 101\r\n\r\n%.101s", big));
        assert_non_null(strstr(got, " 413 "));
        got = wire_ask(&f->arena, f->server,
                       arena_printf(&f->arena, "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100\r\n\r\n%.100s", big));
        assert_non_null(strstr(got, " 200 "));
        assert_non_null(strstr(get(f, "/echo%zz"), " 400 "));
        assert_non_null(strstr(get(f, "/echo/a%2Fb+c%20d?q=%zz"), "GET /echo/a/b+c d|q=%zz|"));
        assert_null(strstr(get(f, "/echo"), "X-Injected"));
        assert_non_null(strstr(get(f, "/echo"), "X-One: 1"));
        assert_null(strstr(get(f, "/echo"), "Server:"));
        got = wire_ask(&f->arena, f->server, "BREW /echo HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_non_null(strstr(got, " 501 "));
}

/* 4 MiB and one byte: refused after it was read, with an answer that the client gets to see. */
static void test_body_too_large(void **state)
{
        struct fix *f = *state;
        static const char head[] = "POST /park HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4194305\r\n\r\n";
        char *big = calloc(1, 65536);
        int fd = wire_open(f->server);
        struct text got;

        wire_send(fd, head);
        for (size_t left = 4194305, n; left; left -= n) {
                n = left < 65536 ? left : 65536;
                assert_int_equal(send(fd, big, n, MSG_NOSIGNAL), n);
        }
        text_init(&got, &f->arena);
        assert_true(wire_read(fd, &got, NULL));
        assert_non_null(strstr(got.p, " 413 "));
        assert_int_equal(f->n_parked, 0);
        close(fd);
        free(big);
}

static void test_keep_alive_pipeline_and_head(void **state)
{
        struct fix *f = *state;
        int fd = wire_open(f->server);
        struct text got;
        const char *first;

        text_init(&got, &f->arena);
        wire_send(fd, "GET /echo?1 HTTP/1.1\r\nHost: x\r\n\r\nHEAD /echo?2 HTTP/1.1\r\nHost: x\r\n\r\nGET /echo?3 HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_true(wire_read(fd, &got, "GET /echo|3|"));
        first = strstr(got.p, "GET /echo|1|");
        assert_non_null(first);
        assert_non_null(strstr(first, "Content-Length: 13")); /* "HEAD /echo|2|" is what it would have been */
        assert_null(strstr(got.p, "HEAD /echo|2|"));
        close(fd);
}

/* ---- routes ---- */

static void test_full_queue(void **state)
{
        struct fix *f = *state;
        int fds[2 + 256 + 1];
        struct text got;

        f->gate_closed = true;
        for (size_t i = 0; i < 2; i++) {
                fds[i] = wire_open(f->server);
                wire_send(fds[i], "GET /api/gate HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        wire_wait(f->at_gate == 2); /* both workers are busy */
        for (size_t i = 2; i < countof(fds); i++) {
                fds[i] = wire_open(f->server);
                wire_send(fds[i], "GET /api/gate HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\n\r\n");
        }
        for (size_t i = countof(fds); i-- > 2;) {
                struct pollfd p = {.fd = fds[i], .events = POLLIN};

                if (poll(&p, 1, i == countof(fds) - 1 ? WIRE_MS : 0) != 1)
                        continue;
                assert_int_equal(i, countof(fds) - 1); /* only the last one finds no room */
                text_init(&got, &f->arena);
                assert_true(wire_read(fds[i], &got, "server.busy"));
                assert_non_null(strstr(got.p, " 503 "));
                assert_non_null(strstr(got.p, "Retry-After: 1"));
                assert_non_null(strstr(got.p, "try again"));
        }
        /* Half of those that wait give up; all are worked off. */
        for (size_t i = 0; i < countof(fds); i += 2)
                close(fds[i]);
        pthread_mutex_lock(&f->lock);
        f->gate_closed = false;
        pthread_cond_broadcast(&f->open);
        pthread_mutex_unlock(&f->lock);
        for (size_t i = 1; i < countof(fds) - 1; i += 2) {
                text_init(&got, &f->arena);
                assert_true(wire_read(fds[i], &got, " 204 "));
                close(fds[i]);
        }
        wire_wait(f->at_gate == 258);
}

static const char *get_as(struct fix *f, int merchant, const char *path)
{
        return wire_ask(&f->arena, f->server,
                        arena_printf(&f->arena, "GET %s HTTP/1.1\r\nHost: x\r\nCookie: zg_session=m%d\r\nConnection: close\r\n\r\n", path, merchant));
}

/* One merchant's requests hang; another's are answered all the while, and by whoever is free next. */
static void test_a_worker_is_left_to_others(void **state)
{
        struct fix *f = *state;
        unsigned at_gate;
        struct text got;
        int fds[20];

        assert_non_null(strstr(get_as(f, 1, "/api/peer"), " 200 "));
        assert_non_null(strstr(get_as(f, 2, "/api/peer"), " 200 "));
        at_gate = f->at_gate;
        f->gate_closed = true;
        for (size_t i = 0; i < countof(fds); i++) {
                fds[i] = wire_open(f->server);
                wire_send(fds[i], "GET /api/gate HTTP/1.1\r\nHost: x\r\nCookie: zg_session=m1\r\n\r\n");
        }
        wire_wait(f->at_gate == at_gate + 1);
        for (int i = 0; i < 3; i++)
                assert_non_null(strstr(get_as(f, 2, "/api/peer"), " 200 "));
        assert_int_equal(f->at_gate, at_gate + 1);
        pthread_mutex_lock(&f->lock);
        f->gate_closed = false;
        pthread_cond_broadcast(&f->open);
        pthread_mutex_unlock(&f->lock);
        for (size_t i = 0; i < countof(fds); i++) {
                text_init(&got, &f->arena);
                assert_true(wire_read(fds[i], &got, " 204 "));
                close(fds[i]);
        }
        assert_int_equal(f->at_gate, at_gate + countof(fds));
}

static void test_upload(void **state)
{
        struct fix *f = *state;
        const char *got = wire_ask(&f->arena, f->server,
                                   "POST /api/threads/5/files?name=a%2Bb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                   "Content-Type: image/png\r\nContent-Length: 5\r\n\r\n\x89PNG\n");

        assert_non_null(strstr(got, "{\"n\":5,\"name\":\"a+b\"}"));
        assert_non_null(strstr(got, "Set-Cookie: a=1; Path=/; HttpOnly; SameSite=Lax; Max-Age=60\r\n"));
        assert_non_null(strstr(got, "Set-Cookie: b=2;"));
        got = wire_ask(&f->arena, f->server,
                       "POST /api/threads/5/files HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
        assert_non_null(strstr(got, " 400 "));
        assert_non_null(strstr(got, "\"field\":\"name\""));
        got = get(f, "/api/threads/5/files");
        assert_non_null(strstr(got, " 405 "));
        assert_non_null(strstr(got, "Allow: POST"));
        got = get(f, "/api/threads/5%2Ffiles");
        assert_non_null(strstr(got, " 404 "));
}

static void test_peer(void **state)
{
        struct fix *f = *state;
        const char *got = get(f, "/api/peer");

        assert_non_null(strstr(got, "Server-Timing: queue;dur="));
        assert_non_null(strstr(got, "\r\n\r\n127.0.0.1"));
        assert_non_null(strstr(got, "Content-Security-Policy: default-src 'none'; sandbox"));
        got = wire_ask(&f->arena, f->server,
                       "GET /api/peer HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.9\r\n\r\n");
        assert_non_null(strstr(got, "\r\n\r\n203.0.113.9"));
}

static void test_contract_watch(void **state)
{
        struct fix *f = *state;
        char path[] = "/tmp/zhanggui-contract-XXXXXX", buf[2000];
        int fd = mkstemp(path);
        ssize_t n;

        server_stop(f->server);
        contract_log = path;
        start(f, NULL, NULL);
        contract_log = NULL;
        get(f, "/api/misfit");
        get(f, "/api/peer");
        server_stop(f->server);
        n = read(fd, buf, sizeof(buf) - 1);
        assert_true(n > 0);
        buf[n] = '\0';
        assert_non_null(strstr(buf, "GET /api/misfit 200\n"));
        assert_non_null(strstr(buf, "MISFIT GET /api/misfit name"));
        assert_non_null(strstr(buf, "GET /api/peer 200\n"));
        close(fd);
        unlink(path);
        start(f, NULL, NULL);
}

/* ---- TLS ---- */

static void write_pem(const char *path, EVP_PKEY *key, X509 *cert)
{
        FILE *out = fopen(path, "w");

        assert_non_null(out);
        assert_int_equal(key ? PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) : PEM_write_X509(out, cert), 1);
        fclose(out);
}

static void make_cert(const char *cert_path, const char *key_path)
{
        EVP_PKEY *key = EVP_EC_gen("P-256");
        X509 *cert = X509_new();
        X509_EXTENSION *name;
        X509V3_CTX v3;

        assert_non_null(key);
        X509_set_version(cert, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
        X509_gmtime_adj(X509_getm_notBefore(cert), -60);
        X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
        X509_set_pubkey(cert, key);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
        X509_set_issuer_name(cert, X509_get_subject_name(cert));
        X509V3_set_ctx(&v3, cert, cert, NULL, NULL, 0);
        name = X509V3_EXT_conf_nid(NULL, &v3, NID_subject_alt_name, "IP:127.0.0.1");
        X509_add_ext(cert, name, -1);
        X509_EXTENSION_free(name);
        assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
        write_pem(cert_path, NULL, cert);
        write_pem(key_path, key, NULL);
        X509_free(cert);
        EVP_PKEY_free(key);
}

static void test_tls(void **state)
{
        struct fix *f = *state;
        char dir[] = "/tmp/zhanggui-tls-XXXXXX";
        struct transport *trusting, *strict;
        struct http_response r;
        struct ctx ctx;

        assert_non_null(mkdtemp(dir));
        const char *cert = arena_printf(&f->arena, "%s/cert.pem", dir), *key = arena_printf(&f->arena, "%s/key.pem", dir);
        make_cert(cert, key);
        server_stop(f->server);
        start(f, cert, key);
        assert_true(text_starts(server_url(f->server), "https://127.0.0.1:"));
        ctx_init(&ctx, &f->arena);
        assert_int_equal(transport_open(&trusting, &(struct transport_options){.ca_file = cert, .loopback_only = true}), 0);
        assert_int_equal(transport_open(&strict, &(struct transport_options){.loopback_only = true}), 0);
        struct http_request q = {.method = "POST", .url = arena_printf(&f->arena, "%s/echo", server_url(f->server)), .body = bytes_of_text("hi")};
        for (int i = 0; i < 3; i++) {
                assert_int_equal(transport_call(trusting, &ctx, &q, &r), 0);
                assert_int_equal(r.status, 200);
        }
        /* Nothing leaves to a server that is not known. */
        assert_int_equal(transport_call(strict, &ctx, &q, &r), TRANSPORT_E_CONNECT);
        /* A client that leaves while its request is parked; with TLS the server may hear of it at once. */
        q.url = arena_printf(&f->arena, "%s/park", server_url(f->server));
        q.timeout_ms = 300;
        assert_int_equal(transport_call(trusting, &ctx, &q, &r), TRANSPORT_E_UNKNOWN);
        wire_wait(f->n_parked == 1);
        usleep(50000);
        answer_parked(f, 200);
        /* One that speaks no TLS, and one that says nothing. */
        int plain = wire_open(f->server), mute = wire_open(f->server);
        struct text got;
        text_init(&got, &f->arena);
        wire_send(plain, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_true(wire_read(plain, &got, NULL));
        assert_null(strstr(got.p, "HTTP/1.1 200"));
        close(plain);
        transport_close(trusting);
        transport_close(strict);
        server_stop(f->server);
        close(mute);
        unlink(cert);
        unlink(key);
        rmdir(dir);
        start(f, NULL, NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_answered_after_the_client_left), cmocka_unit_test(test_answered_while_the_server_stops),
                cmocka_unit_test(test_no_answer_and_half_an_answer),   cmocka_unit_test(test_later),
                cmocka_unit_test(test_limits),                         cmocka_unit_test(test_body_too_large),
                cmocka_unit_test(test_keep_alive_pipeline_and_head),   cmocka_unit_test(test_full_queue), cmocka_unit_test(test_a_worker_is_left_to_others),
                cmocka_unit_test(test_upload),                         cmocka_unit_test(test_peer),
                cmocka_unit_test(test_contract_watch),                 cmocka_unit_test(test_tls),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
