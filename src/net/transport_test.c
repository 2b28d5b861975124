/* The client against servers that keep to no contract: each is a thread that does what its script says. */
#include "net/transport.h"
#include "net/wire_test.h"

#include <pthread.h>

enum act {
        ANSWER,      /* reads the request, answers, keeps the connection */
        ANSWER_MOVED,
        ANSWER_HALF, /* promises more than it sends, then closes */
        CLOSE,       /* reads the request, closes without a word */
        SILENCE,     /* reads the request, says nothing until the client goes */
        MUTE,        /* takes the connection and reads nothing */
        NEXT,        /* waits for the next connection */
};

struct peer {
        int listener;
        const enum act *script;
        size_t n;
        pthread_t thread;
        struct arena arena;
        struct text seen; /* everything that was received */
        unsigned requests;
        char url[64];
};

static void *play(void *arg)
{
        struct peer *p = arg;
        int fd = accept(p->listener, NULL, NULL);

        for (size_t i = 0; i < p->n; i++) {
                char buf[65536];
                size_t start = p->seen.n, want = 0;

                if (p->script[i] == NEXT) {
                        close(fd);
                        fd = accept(p->listener, NULL, NULL);
                        continue;
                }
                while (p->script[i] != MUTE && (!want || p->seen.n < want)) {
                        ssize_t n = recv(fd, buf, sizeof(buf), 0);
                        const char *end, *length;

                        if (n <= 0)
                                break;
                        text_add_n(&p->seen, buf, (size_t)n);
                        end = strstr(p->seen.p + start, "\r\n\r\n");
                        length = strstr(p->seen.p + start, "Content-Length: ");
                        if (end)
                                want = (size_t)(end + 4 - p->seen.p) + (length && length < end ? strtoul(length + 16, NULL, 10) : 0);
                }
                p->requests += p->seen.n > start;
                if (p->script[i] == ANSWER)
                        wire_send(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok");
                else if (p->script[i] == ANSWER_MOVED)
                        wire_send(fd, "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
                else if (p->script[i] == ANSWER_HALF)
                        wire_send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                if (p->script[i] == SILENCE || p->script[i] == MUTE)
                        while (recv(fd, buf, sizeof(buf), 0) > 0)
                                ;
        }
        close(fd);
        return NULL;
}

static void peer_start(struct peer *p, const enum act *script, size_t n)
{
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof(at);

        *p = (struct peer){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .script = script, .n = n};
        arena_init(&p->arena, 0);
        text_init(&p->seen, &p->arena);
        assert_int_equal(bind(p->listener, (struct sockaddr *)&at, sizeof(at)), 0);
        assert_int_equal(listen(p->listener, 8), 0);
        assert_int_equal(getsockname(p->listener, (struct sockaddr *)&at, &len), 0);
        snprintf(p->url, sizeof(p->url), "http://127.0.0.1:%u/x", ntohs(at.sin_port));
        assert_int_equal(pthread_create(&p->thread, NULL, play, p), 0);
}

static void peer_end(struct peer *p)
{
        pthread_join(p->thread, NULL);
        close(p->listener);
        arena_release(&p->arena);
}

struct fix {
        struct transport *transport;
        struct arena arena;
        struct ctx ctx;
};

static int setup(void **state)
{
        struct fix *f = calloc(1, sizeof(*f));

        arena_init(&f->arena, 0);
        ctx_init(&f->ctx, &f->arena);
        assert_int_equal(transport_open(&f->transport, &(struct transport_options){.loopback_only = true}), 0);
        *state = f;
        return 0;
}

static int teardown(void **state)
{
        struct fix *f = *state;

        transport_close(f->transport);
        arena_release(&f->arena);
        free(f);
        return 0;
}

static void test_refused_here(void **state)
{
        struct fix *f = *state;
        struct http_request q = {.method = "POST", .url = "http://127.0.0.1:1/x", .read_only_account = true};
        struct http_response r;

        assert_int_equal(transport_call(f->transport, &f->ctx, &q, &r), TRANSPORT_E_READ_ONLY);
        q.reads_only = true;
        assert_int_equal(transport_call(f->transport, &f->ctx, &q, &r), TRANSPORT_E_CONNECT);
        f->ctx.db = (struct db_conn *)f;
        assert_true(transport_call(f->transport, &f->ctx, &q, &r) < 0);
        f->ctx.db = NULL;
}

static void test_nothing_left(void **state)
{
        static const char *const urls[] = {"http://127.0.0.1:1/", "http://192.0.2.1/", "http://[2001:db8::1]/", "ftp://127.0.0.1/", "file:///etc/passwd", "nonsense"};
        static const enum act mute[] = {MUTE};
        struct fix *f = *state;
        struct http_request q = {.method = "POST", .body = bytes_of_text("{}"), .timeout_ms = 300};
        struct http_response r;
        struct peer p;

        for (size_t i = 0; i < countof(urls); i++) {
                q.url = urls[i];
                assert_int_equal(transport_call(f->transport, &f->ctx, &q, &r), TRANSPORT_E_CONNECT);
        }
        /* Connected, but TLS never came about: the request is still here. */
        peer_start(&p, mute, 1);
        q.url = arena_printf(&f->arena, "https%s", p.url + 4);
        assert_int_equal(transport_call(f->transport, &f->ctx, &q, &r), TRANSPORT_E_CONNECT);
        peer_end(&p);
}

static void test_outcome_unknown(void **state)
{
        static const enum act acts[] = {CLOSE, SILENCE, ANSWER_HALF};
        struct fix *f = *state;
        struct http_response r;
        struct peer p;

        for (size_t i = 0; i < countof(acts); i++) {
                peer_start(&p, &acts[i], 1);
                struct http_request q = {.method = "POST", .url = p.url, .body = bytes_of_text("{}"), .timeout_ms = 300};
                assert_int_equal(transport_call(f->transport, &f->ctx, &q, &r), TRANSPORT_E_UNKNOWN);
                assert_true(r.took_us > 0);
                peer_end(&p);
                assert_int_equal(p.requests, 1);
        }
}

/* A kept connection that dies below a request: libcurl would send it again. What only reads may go again. */
static void test_sent_once(void **state)
{
        /* For the one that writes libcurl connects again and is stopped there; the next call connects anew. */
        static const enum act writes[] = {ANSWER, CLOSE, NEXT, NEXT, ANSWER}, again[] = {ANSWER, CLOSE, NEXT, ANSWER};
        struct fix *f = *state;
        struct http_response r;
        struct peer p;

        for (int reads = 0; reads < 2; reads++) {
                peer_start(&p, reads ? again : writes, reads ? countof(again) : countof(writes));
                struct http_request q = {.method = "POST", .url = p.url, .body = bytes_of_text("{}"), .timeout_ms = 2000, .reads_only = reads};
                assert_int_equal(transport_call(f->transport, &f->ctx, &q, &r), 0);
                assert_int_equal(transport_call(f->transport, &f->ctx, &q, &r), reads ? 0 : TRANSPORT_E_UNKNOWN);
                if (!reads) /* plays its last act */
                        assert_int_equal(transport_call(f->transport, &f->ctx, &q, &r), 0);
                peer_end(&p);
                assert_int_equal(p.requests, 3);
        }
}

static void test_what_is_sent(void **state)
{
        static const enum act script[] = {ANSWER, ANSWER_MOVED, ANSWER};
        static const struct http_part parts[] = {{"media", "图.png", "image/png", {"PNG\0\1", 5}}, {"kind", NULL, NULL, {"image", 5}}};
        struct fix *f = *state;
        struct http_response r;
        struct peer p;
        const char *seen;

        peer_start(&p, script, countof(script));
        struct http_request q = {.method = "POST", .url = p.url, .body = bytes_of_text("{\"a\":1}"), .headers = (const char *[]){"X-A", "b", NULL}};
        assert_int_equal(transport_call(f->transport, &f->ctx, &q, &r), 0);
        assert_int_equal(r.status, 200);
        assert_string_equal(r.mime, "text/plain");
        assert_memory_equal(r.body.p, "ok", 3);
        assert_int_equal(r.body.n, 2);
        q.method = "GET";
        q.body = BYTES_NONE;
        assert_int_equal(transport_call(f->transport, &f->ctx, &q, &r), 0);
        assert_int_equal(r.status, 302); /* not followed */
        q.method = "POST";
        q.parts = parts;
        q.n_parts = countof(parts);
        assert_int_equal(transport_call(f->transport, &f->ctx, &q, &r), 0);
        pthread_join(p.thread, NULL);
        seen = arena_strdup(&f->arena, p.seen.p);
        assert_non_null(strstr(seen, "POST /x HTTP/1.1\r\n"));
        assert_non_null(strstr(seen, "X-A: b\r\n"));
        assert_non_null(strstr(seen, "Content-Type: application/json\r\n"));
        assert_non_null(strstr(seen, "\r\n\r\n{\"a\":1}GET /x HTTP/1.1\r\n"));
        assert_non_null(strstr(seen, "Content-Type: multipart/form-data; boundary="));
        assert_non_null(strstr(seen, "name=\"media\"; filename=\"图.png\"\r\nContent-Type: image/png\r\n"));
        assert_non_null(memmem(p.seen.p, p.seen.n, "PNG\0\1\r\n", 7));
        assert_non_null(memmem(p.seen.p, p.seen.n, "name=\"kind\"\r\n\r\nimage\r\n", 22));
        assert_null(strstr(seen, "Expect:"));
        close(p.listener);
        arena_release(&p.arena);
}

static void test_reply_too_large(void **state)
{
        static const enum act script[] = {ANSWER};
        struct fix *f = *state;
        struct http_response r;
        struct peer p;

        peer_start(&p, script, 1);
        struct http_request q = {.method = "GET", .url = p.url, .max_reply = 1};
        assert_int_equal(transport_call(f->transport, &f->ctx, &q, &r), TRANSPORT_E_REPLY);
        peer_end(&p);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_refused_here), cmocka_unit_test(test_nothing_left),  cmocka_unit_test(test_outcome_unknown),
                cmocka_unit_test(test_sent_once),    cmocka_unit_test(test_what_is_sent), cmocka_unit_test(test_reply_too_large),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
