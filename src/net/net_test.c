/* The server and the client against each other, on loopback. */
#include "net/server.h"
#include "net/transport.h"

#include "base/clock.h"
#include "base/crypt.h"

#include <pthread.h>
#include <setjmp.h>
#include <unistd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- a small domain ---- */

struct echo { int64_t item_id, times; const char *word; };
static const struct json_field echo_fields[] = {
        JSON_KEY(struct echo, item_id, JSON_REQUIRED, "the item"),
        JSON_INT(struct echo, times, 0, 1, 9, "how often"),
        JSON_STR(struct echo, word, JSON_REQUIRED, 1, 10, "a word"),
};
static const struct json_desc echo_desc = JSON_DESC("Echo", struct echo, echo_fields);
static const struct problem problems[] = {{3, 409, "test.no", "不行", "no"}, {0}};

static int echo(struct ctx *ctx, const void *in_, void *out_)
{
        const struct echo *in = in_;

        (void)ctx;
        if (!strcmp(in->word, "no"))
                return 3;
        if (!strcmp(in->word, "undeclared"))
                return 4;
        *(struct echo *)out_ = *in;
        return 0;
}

static const struct route routes[] = {
        {"GET", "/api/echo/{item_id}", echo, NULL, &echo_desc, &echo_desc, NULL, ROUTE_PUBLIC, .problems = problems, .summary = "echo"},
        {"POST", "/api/echo/{item_id}", echo, NULL, &echo_desc, &echo_desc, NULL, ROUTE_PUBLIC | ROUTE_WRITE, 201, problems, "echo"},
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
        return call->session && !strcmp(call->session, "bad") ? CALL_NO_SESSION : call->route->fn(&ctx, call->in, call->out);
}

static int subscribe(void *arg, const char *session, const char *const *topics, size_t n, struct push_grant *grant)
{
        (void)arg, (void)topics, (void)n;
        *grant = (struct push_grant){.merchant = 7};
        return session ? 0 : CALL_NO_SESSION;
}

/* ---- raw handlers ---- */

static void raw_echo(void *arg, struct raw *raw)
{
        const char *v = raw_param(raw, "v");

        (void)arg;
        raw_reply(raw, 200, "text/plain", v ? bytes_of_text(v) : raw_body(raw), NULL);
}

static void *reply_elsewhere(void *arg)
{
        raw_reply(arg, 200, "text/plain", bytes_of_text("from a thread"), NULL);
        return NULL;
}

static void raw_thread(void *arg, struct raw *raw)
{
        pthread_t t;

        (void)arg;
        assert_int_equal(pthread_create(&t, NULL, reply_elsewhere, raw), 0);
        pthread_detach(t);
}

static void raw_close(void *arg, struct raw *raw)
{
        (void)arg;
        raw_reply(raw, 0, NULL, BYTES_NONE, NULL);
}

static void raw_slow(void *arg, struct raw *raw)
{
        (void)arg;
        raw_reply_slowly(raw, 200, "text/plain", bytes_of_text("drop by drop by drop"), 5, 20);
}

struct fix {
        struct server *server;
        struct transport *transport;
        struct arena arena;
        struct ctx ctx;
};

static int setup(void **state)
{
        static const unsigned char page[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xf3, 0x48, 0xcd, 0xc9, 0xc9, 7, 0,
                                             0x82, 0x89, 0xd1, 0xf7, 5, 0, 0, 0}; /* "Hello" */
        static const size_t page_n = sizeof(page);
        static const struct file_row files[] = {{"/index.html", "text/html", page, &page_n, "\"e1\""}};
        static const struct raw_row raw[] = {{"/raw/echo", 1000, raw_echo, NULL},
                                             {"/raw/thread", 0, raw_thread, NULL},
                                             {"/raw/close", 0, raw_close, NULL},
                                             {"/raw/slow", 0, raw_slow, NULL}};
        struct fix *f = calloc(1, sizeof(*f));

        arena_init(&f->arena, 0);
        ctx_init(&f->ctx, &f->arena);
        assert_int_equal(crypt_init(), 0);
        assert_int_equal(route_check(&registry), 0);
        assert_int_equal(server_start(&f->server, &(struct server_options){.listen = "127.0.0.1:0", .listen_fd = -1, .registry = &registry,
                                                                           .workers = 2, .raw = raw, .n_raw = countof(raw),
                                                                           .files = files, .n_files = 1, .run = run,
                                                                           .subscribe = subscribe}), 0);
        assert_int_equal(transport_open(&f->transport, &(struct transport_options){.loopback_only = true}), 0);
        *state = f;
        return 0;
}

static int teardown(void **state)
{
        struct fix *f = *state;

        transport_close(f->transport);
        server_stop(f->server);
        arena_release(&f->arena);
        free(f);
        return 0;
}

static int call_h(struct fix *f, const char *method, const char *path, const char *body, const char *const *headers,
                  struct http_response *out)
{
        return transport_call(f->transport, &f->ctx,
                              &(struct http_request){.method = method, .url = arena_printf(&f->arena, "%s%s", server_url(f->server), path),
                                                     .body = bytes_of_text(body), .headers = headers, .timeout_ms = 3000}, out);
}

static int call(struct fix *f, const char *method, const char *path, const char *body, struct http_response *out)
{
        return call_h(f, method, path, body, NULL, out);
}

static const char *text(struct fix *f, const struct http_response *r)
{
        return arena_strndup(&f->arena, r->body.p, r->body.n);
}

static void test_raw(void **state)
{
        struct fix *f = *state;
        struct http_response r;
        char *big = arena_alloc(&f->arena, 1002);

        assert_int_equal(call(f, "POST", "/raw/echo", "hello", &r), 0);
        assert_string_equal(text(f, &r), "hello");
        assert_int_equal(call(f, "GET", "/raw/echo?v=%E4%BD%A0+%26&v=2", NULL, &r), 0);
        assert_string_equal(text(f, &r), "你 &");
        memset(big, 'x', 1001);
        assert_int_equal(call(f, "POST", "/raw/echo", big, &r), 0);
        assert_int_equal(r.status, 413);
        assert_int_equal(call(f, "GET", "/raw/thread", NULL, &r), 0);
        assert_string_equal(text(f, &r), "from a thread");
        assert_int_equal(call(f, "GET", "/raw/slow", NULL, &r), 0);
        assert_string_equal(text(f, &r), "drop by drop by drop");
        assert_int_equal(call(f, "POST", "/raw/close", "x", &r), TRANSPORT_E_UNKNOWN);
}

static void test_routes(void **state)
{
        struct fix *f = *state;
        struct http_response r;

        assert_int_equal(call(f, "GET", "/api/echo/5?word=hi&times=3", NULL, &r), 0);
        assert_int_equal(r.status, 200);
        assert_string_equal(text(f, &r), "{\"item_id\":\"5\",\"times\":3,\"word\":\"hi\"}");
        assert_int_equal(call(f, "POST", "/api/echo/5", "{\"word\":\"hi\"}", &r), 0);
        assert_int_equal(r.status, 201);
        assert_int_equal(call(f, "POST", "/api/echo/5", "{\"word\":\"no\"}", &r), 0);
        assert_int_equal(r.status, 409);
        assert_string_equal(json_get(&f->arena, r.body, "code"), "test.no");
        assert_int_equal(call(f, "POST", "/api/echo/5", "{\"word\":\"undeclared\"}", &r), 0);
        assert_int_equal(r.status, 500);
}

static void test_bad_requests(void **state)
{
        static const struct { const char *method, *path, *body; int status; const char *field; } cases[] = {
                {"POST", "/api/echo/5", "{\"word\":5}", 400, "word"},
                {"POST", "/api/echo/5", "{\"word\":\"01234567890\"}", 400, "word"},
                {"POST", "/api/echo/5", "{\"word\":\"a\",\"times\":10}", 400, "times"},
                {"POST", "/api/echo/5", "{\"word\":\"a\",\"more\":1}", 400, "more"},
                {"POST", "/api/echo/5", "{\"word\":\"a\",\"item_id\":\"6\"}", 400, "item_id"},
                {"POST", "/api/echo/5", "{}", 400, "word"},
                {"POST", "/api/echo/5", "{", 400, NULL},
                {"POST", "/api/echo/x", "{\"word\":\"a\"}", 400, "item_id"},
                {"GET", "/api/echo/5?word=%zz", NULL, 400, NULL},
                {"GET", "/api/echo/5?word=%ff", NULL, 400, NULL},
                {"DELETE", "/api/echo/5", NULL, 405, NULL},
                {"GET", "/api/nothing", NULL, 404, NULL},
        };
        struct fix *f = *state;
        struct http_response r;

        for (size_t i = 0; i < countof(cases); i++) {
                assert_int_equal(call(f, cases[i].method, cases[i].path, cases[i].body, &r), 0);
                assert_int_equal(r.status, cases[i].status);
                assert_non_null(strstr(r.mime, "application/problem+json"));
                if (cases[i].field)
                        assert_string_equal(json_get(&f->arena, r.body, "field"), cases[i].field);
                assert_non_null(json_get(&f->arena, r.body, "detail"));
        }
        assert_int_equal(call_h(f, "GET", "/api/echo/5?word=a", NULL, (const char *[]){"Cookie", "x=1; zg_session=bad", NULL}, &r), 0);
        assert_int_equal(r.status, 401);
        assert_int_equal(call_h(f, "POST", "/api/echo/5", "{\"word\":\"no\"}", (const char *[]){"Accept-Language", "en-GB,zh;q=0.5", NULL}, &r), 0);
        assert_string_equal(json_get(&f->arena, r.body, "detail"), "no");
}

static void test_files(void **state)
{
        struct fix *f = *state;
        struct http_response r;

        assert_int_equal(call(f, "GET", "/", NULL, &r), 0);
        assert_int_equal(r.status, 200);
        assert_string_equal(text(f, &r), "Hello");
        assert_int_equal(call(f, "GET", "/inbox/5", NULL, &r), 0);
        assert_string_equal(text(f, &r), "Hello");
        assert_int_equal(call_h(f, "GET", "/", NULL, (const char *[]){"Accept-Encoding", "identity", NULL}, &r), 0);
        assert_string_equal(text(f, &r), "Hello");
        assert_int_equal(call_h(f, "GET", "/", NULL, (const char *[]){"If-None-Match", "\"e1\"", NULL}, &r), 0);
        assert_int_equal(r.status, 304);
        assert_int_equal(call(f, "GET", "/missing.js", NULL, &r), 0);
        assert_int_equal(r.status, 404);
}

static void test_documents(void **state)
{
        static const char golden[] =
                "\nexport interface Echo {\n"
                "        /** the item */\n"
                "        item_id: string;\n"
                "        /** how often */\n"
                "        times: number;\n"
                "        /** a word */\n"
                "        word: string;\n"
                "}\n"
                "\n/** What each route takes (path, query and body together) and gives. */\n"
                "export interface Routes {\n"
                "        'GET /api/echo/{item_id}': { in: Echo; out: Echo };\n"
                "        'POST /api/echo/{item_id}': { in: Echo; out: Echo };\n"
                "}\n";
        struct fix *f = *state;
        struct bytes api = bytes_of_text(route_openapi(&f->arena, &registry, "1"));
        char *ts = route_typescript(&f->arena, &registry);
        struct json_leaf *leaves;
        size_t n, seen = 0;

        assert_int_equal(json_leaves(&f->arena, api, &leaves, &n), 0);
        for (size_t i = 0; i < n; i++)
                seen += !strcmp(leaves[i].value, "echo") && strstr(leaves[i].path, ".summary");
        assert_int_equal(seen, 2); /* both methods of the one path */
        assert_string_equal(json_get(&f->arena, api, "components.schemas.Echo.properties.word.x-max-bytes"), "10");
        assert_string_equal(json_get(&f->arena, api, "components.schemas.Problem.properties.code.type"), "string");
        assert_non_null(strstr(ts, golden));
        assert_int_equal(strlen(strstr(ts, golden)), sizeof(golden) - 1);
}

static void test_check(void **state)
{
        static const struct json_desc twin = JSON_DESC("Echo", struct echo, echo_fields);
        static const struct route bad[] = {
                {"GET", "/else/x", echo, .summary = "not below /api/"},
                {"GET", "/api/x/{item_id}", echo, .summary = "no descriptor for the parameter"},
                {"GET", "/api/x", echo, .permission = "nobody.declared", .summary = "unknown permission"},
                {"GET", "/api/x", echo, .permission = "nobody.declared", .flags = ROUTE_PUBLIC, .summary = "public with a permission"},
                {"GET", "/api/x", echo},
                {"GET", "/api/echo/{item_id}", echo, NULL, &echo_desc, .summary = "there already"},
                {"GET", "/api/x/{item_id}", echo, NULL, &twin, .summary = "another descriptor of the same name"},
        };

        (void)state;
        assert_int_equal(route_check(&registry), 0);
        for (size_t i = 0; i < countof(bad); i++) {
                struct domain more = {.name = "more", .routes = &bad[i], .n_routes = 1};
                const struct domain *both[] = {&domain, &more};

                assert_int_equal(route_check(&(struct registry){both, 2}), -EINVAL);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_raw),   cmocka_unit_test(test_routes),    cmocka_unit_test(test_bad_requests),
                cmocka_unit_test(test_files), cmocka_unit_test(test_documents), cmocka_unit_test(test_check),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
