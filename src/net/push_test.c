/* Server-sent events, seen from the wire. */
#include "net/wire_test.h"

#include <stdatomic.h>

struct fix {
        struct server *server;
        struct arena arena;
};

static const struct registry nothing = {NULL, 0};

static int run(void *arg, struct call *call)
{
        (void)arg, (void)call;
        return -EIO;
}

static int subscribe(void *arg, const char *session, const char *const *topics, size_t n, struct push_grant *grant)
{
        (void)arg;
        *grant = (struct push_grant){.merchant = 7, .who = 70};
        for (size_t i = 0; i < n; i++)
                if (!strcmp(topics[i], "secret"))
                        return CALL_FORBIDDEN;
        return session && !strcmp(session, "good") ? 0 : CALL_NO_SESSION;
}

static void start(struct fix *f)
{
        struct server_options o = {.listen = "127.0.0.1:0", .listen_fd = -1, .registry = &nothing, .workers = 1,
                                   .run = run, .subscribe = subscribe};

        assert_int_equal(server_start(&f->server, &o), 0);
}

static int setup(void **state)
{
        struct fix *f = calloc(1, sizeof(*f));

        arena_init(&f->arena, 0);
        start(f);
        *state = f;
        return 0;
}

static int teardown(void **state)
{
        struct fix *f = *state;

        server_stop(f->server);
        arena_release(&f->arena);
        free(f);
        return 0;
}

static int console(struct fix *f, const char *query, const char *version, const char *header)
{
        int fd = wire_open(f->server);

        wire_send(fd, arena_printf(&f->arena, "GET /api/events?%s HTTP/%s\r\nHost: x\r\nCookie: zg_session=good\r\n%s\r\n", query, version, header));
        return fd;
}

static void publish(struct fix *f, int64_t merchant, const char *topic, int64_t id, const char *body)
{
        push_publish(f->server, &(struct notice){.merchant = merchant, .topic = topic, .kind = "thing", .id = id, .parent = 3, .body = body});
}

/* The last id in what came. */
static const char *last_id(struct fix *f, const char *got)
{
        const char *at = NULL;

        for (const char *s = got; (s = strstr(s, "id: ")); s += 4)
                at = s;
        assert_non_null(at);
        return arena_strndup(&f->arena, at + 4, strcspn(at + 4, "\n"));
}

static void test_topics_and_merchants(void **state)
{
        struct fix *f = *state;
        struct text got;
        int fd = console(f, "topics=inbox,orders", "1.1", "");

        text_init(&got, &f->arena);
        wire_wait(push_consoles(f->server) == 1);
        publish(f, 7, "other", 1, NULL);
        publish(f, 8, "inbox", 2, NULL);
        publish(f, 7, "inbox", 4, "{\"a\":1}");
        publish(f, 7, "orders", 5, NULL);
        assert_true(wire_read(fd, &got, "event: orders\ndata: {\"kind\":\"thing\",\"id\":\"5\",\"parent\":\"3\",\"body\":null}\n\n"));
        assert_non_null(strstr(got.p, "Content-Type: text/event-stream"));
        assert_non_null(strstr(got.p, "event: inbox\ndata: {\"kind\":\"thing\",\"id\":\"4\",\"parent\":\"3\",\"body\":{\"a\":1}}\n\n"));
        assert_null(strstr(got.p, "\"id\":\"1\""));
        assert_null(strstr(got.p, "\"id\":\"2\""));
        close(fd);
        wire_wait(push_consoles(f->server) == 0);
}

static void test_end(void **state)
{
        struct fix *f = *state;
        struct text got;
        int fd = console(f, "topics=inbox", "1.1", "");

        text_init(&got, &f->arena);
        assert_true(wire_read(fd, &got, "\n\n"));
        push_end(f->server, 8, 70); /* another merchant */
        push_end(f->server, 7, 71); /* somebody else */
        publish(f, 7, "inbox", 21, NULL);
        assert_true(wire_read(fd, &got, "\"id\":\"21\""));
        push_end(f->server, 7, 70);
        wire_wait(push_consoles(f->server) == 0);
        close(fd);
}

static void test_resume(void **state)
{
        struct fix *f = *state;
        struct text got;
        const char *seen;
        int fd = console(f, "topics=inbox", "1.1", "");

        /* A console that saw no event at all still knows where it stood. */
        text_init(&got, &f->arena);
        assert_true(wire_read(fd, &got, "\n\n"));
        seen = last_id(f, got.p);
        close(fd);
        wire_wait(push_consoles(f->server) == 0);
        publish(f, 7, "inbox", 11, NULL);
        publish(f, 7, "inbox", 12, NULL);
        fd = console(f, "topics=inbox", "1.1", arena_printf(&f->arena, "Last-Event-ID: %s\r\n", seen));
        text_init(&got, &f->arena);
        assert_true(wire_read(fd, &got, "\"id\":\"12\""));
        assert_non_null(strstr(got.p, "\"id\":\"11\""));
        assert_null(strstr(got.p, "reset"));
        close(fd);
        /* From the middle, by the query, in order and without what was seen. */
        seen = strstr(got.p, "\"id\":\"11\"");
        seen = last_id(f, arena_strndup(&f->arena, got.p, (size_t)(seen - got.p)));
        fd = console(f, arena_printf(&f->arena, "topics=inbox&last_event_id=%s", seen), "1.1", "");
        text_init(&got, &f->arena);
        assert_true(wire_read(fd, &got, "\"id\":\"12\""));
        assert_null(strstr(got.p, "\"id\":\"11\""));
        close(fd);
        wire_wait(push_consoles(f->server) == 0);
}

static void test_reset(void **state)
{
        static const char *const unknown[] = {"12", "9223372036854775807", "-5", "soon"};
        struct fix *f = *state;
        struct text got;
        const char *seen;
        int fd;

        for (size_t i = 0; i < countof(unknown); i++) {
                fd = console(f, arena_printf(&f->arena, "topics=inbox&last_event_id=%s", unknown[i]), "1.1", "");
                text_init(&got, &f->arena);
                assert_true(wire_read(fd, &got, "event: reset\ndata: {}\n\n"));
                seen = last_id(f, got.p);
                close(fd);
                /* The id that came with the reset is known again. */
                fd = console(f, arena_printf(&f->arena, "topics=inbox&last_event_id=%s", seen), "1.1", "");
                text_init(&got, &f->arena);
                assert_true(wire_read(fd, &got, "\n\n"));
                assert_null(strstr(got.p, "reset"));
                close(fd);
        }
        /* What is older than the last 4,096 is gone. */
        publish(f, 7, "inbox", 1, NULL);
        fd = console(f, "topics=inbox&last_event_id=0", "1.1", "");
        text_init(&got, &f->arena);
        assert_true(wire_read(fd, &got, "event: reset\ndata: {}\n\n"));
        seen = last_id(f, got.p);
        close(fd);
        for (int i = 0; i < 4096; i++)
                publish(f, 7, "inbox", 100 + i, NULL);
        fd = console(f, arena_printf(&f->arena, "topics=inbox&last_event_id=%s", seen), "1.1", "");
        text_init(&got, &f->arena);
        assert_true(wire_read(fd, &got, "\"id\":\"4195\""));
        assert_non_null(strstr(got.p, "\"id\":\"100\""));
        assert_null(strstr(got.p, "reset"));
        close(fd);
        publish(f, 7, "inbox", 9999, NULL);
        fd = console(f, arena_printf(&f->arena, "topics=inbox&last_event_id=%s", seen), "1.1", "");
        text_init(&got, &f->arena);
        assert_true(wire_read(fd, &got, "event: reset\ndata: {}\n\n"));
        close(fd);
        wire_wait(push_consoles(f->server) == 0);
}

/* Some events went elsewhere: who listens reads anew, and so does who was away meanwhile. */
static void test_told_to_reset(void **state)
{
        struct fix *f = *state;
        struct text got;
        const char *seen;
        int fd = console(f, "topics=inbox", "1.1", "");

        text_init(&got, &f->arena);
        assert_true(wire_read(fd, &got, "\n\n"));
        seen = last_id(f, got.p);
        push_reset(f->server, 8); /* another merchant */
        publish(f, 7, "inbox", 61, NULL);
        assert_true(wire_read(fd, &got, "\"id\":\"61\""));
        assert_null(strstr(got.p, "reset"));
        push_reset(f->server, 7);
        assert_true(wire_read(fd, &got, "event: reset\ndata: {}\n\n"));
        close(fd);
        fd = console(f, arena_printf(&f->arena, "topics=inbox&last_event_id=%s", seen), "1.1", "");
        text_init(&got, &f->arena);
        assert_true(wire_read(fd, &got, "event: reset\ndata: {}\n\n"));
        seen = last_id(f, got.p);
        close(fd);
        fd = console(f, arena_printf(&f->arena, "topics=inbox&last_event_id=%s", seen), "1.1", "");
        text_init(&got, &f->arena);
        assert_true(wire_read(fd, &got, "\n\n"));
        assert_null(strstr(got.p, "reset"));
        close(fd);
        wire_wait(push_consoles(f->server) == 0);
}

static void test_refused(void **state)
{
        struct fix *f = *state;
        const char *got = wire_ask(&f->arena, f->server, "GET /api/events?topics=inbox HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assert_non_null(strstr(got, "HTTP/1.1 401 "));
        assert_non_null(strstr(got, "application/problem+json"));
        got = wire_ask(&f->arena, f->server, "GET /api/events?topics=inbox,secret HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert_non_null(strstr(got, "HTTP/1.1 403 "));
        got = wire_ask(&f->arena, f->server, "GET /api/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert_non_null(strstr(got, "HTTP/1.1 400 "));
        got = wire_ask(&f->arena, f->server, "POST /api/events?topics=inbox HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        assert_non_null(strstr(got, "HTTP/1.1 404 "));
        assert_int_equal(push_consoles(f->server), 0);
}

/* A console that does not read is dropped; one that reads beside it notices nothing. */
static void test_slow_console(void **state)
{
        struct fix *f = *state;
        int slow = console(f, "topics=inbox", "1.1", ""), good = console(f, "topics=inbox", "1.1", ""), small = 4096;
        char *big = arena_alloc(&f->arena, 60003);
        struct text got;
        int64_t id = 50000;

        setsockopt(slow, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
        memset(big, 'x', 60002);
        big[0] = big[60001] = '"';
        wire_wait(push_consoles(f->server) == 2);
        for (; id < 50400 && push_consoles(f->server) == 2; id++) {
                publish(f, 7, "inbox", id, big);
                text_init(&got, &f->arena);
                assert_true(wire_read(good, &got, arena_printf(&f->arena, "\"id\":\"%lld\"", (long long)id)));
        }
        wire_wait(push_consoles(f->server) == 1);
        close(slow);
        close(good);
        wire_wait(push_consoles(f->server) == 0);
}

/* Streams of HTTP/1.0 have no chunks, and end with the connection: another path through evhttp. Some are left to the stop. */
static void test_old_clients_and_stop(void **state)
{
        struct fix *f = *state;
        struct text got;
        int fd = console(f, "topics=inbox", "1.0", ""), left = console(f, "topics=inbox", "1.0", "");

        wire_wait(push_consoles(f->server) == 2);
        publish(f, 7, "inbox", 77, NULL);
        text_init(&got, &f->arena);
        assert_true(wire_read(fd, &got, "\"id\":\"77\""));
        close(fd);
        wire_wait(push_consoles(f->server) == 1);
        server_stop(f->server);
        close(left);
        start(f);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_topics_and_merchants), cmocka_unit_test(test_resume),       cmocka_unit_test(test_reset),
                cmocka_unit_test(test_told_to_reset),        cmocka_unit_test(test_end),
                cmocka_unit_test(test_refused),              cmocka_unit_test(test_slow_console), cmocka_unit_test(test_old_clients_and_stop),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
