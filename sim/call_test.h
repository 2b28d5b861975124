/*
 * For tests that call the simulator over a socket: rows of method, path, body and the errcode that is due.
 *
 * In a path or body, $NAME stands for what test_let() gave it. "{...}" after the errcode's row is what the answer must
 * contain, member by member: "tag.id" only has to be there, "count=2" has to be equal.
 */
#ifndef SIM_CALL_TEST_H
#define SIM_CALL_TEST_H

#include "base/json.h"
#include "net/transport.h"
#include "sim/admin.h"
#include "sim/world_test.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static struct sim test_sim;
static struct transport *test_transport;
static struct arena test_arena;
static struct {
        const char *name, *value;
} test_names[256];
static size_t test_n_names;

static inline const char *test_value(const char *name, size_t n)
{
        for (size_t i = test_n_names; i-- > 0;)
                if (strlen(test_names[i].name) == n && !strncmp(test_names[i].name, name, n))
                        return test_names[i].value;
        fail_msg("$%.*s has no value", (int)n, name);
        return "";
}

static inline void test_let(const char *name, const char *value)
{
        assert_non_null(value);
        assert_true(test_n_names < countof(test_names));
        test_names[test_n_names].name = name;
        test_names[test_n_names++].value = arena_strdup(&test_arena, value);
}

static inline const char *test_fill(const char *text)
{
        struct text out;

        text_init(&out, &test_arena);
        for (; text && *text; text++) {
                if (*text != '$' || !isupper((unsigned char)text[1])) {
                        text_add_n(&out, text, 1);
                        continue;
                }
                size_t n = 1;
                while (isupper((unsigned char)text[1 + n]) || isdigit((unsigned char)text[1 + n]))
                        n++;
                text_add(&out, test_value(text + 1, n));
                text += n;
        }
        return out.p;
}

static inline struct http_response test_http(const char *method, const char *path, const char *body, const char *host)
{
        struct http_response res = {0};
        struct ctx ctx;

        ctx_init(&ctx, &test_arena);
        struct http_request req = {
                .method = method,
                .url = arena_printf(&test_arena, "%s%s", server_url(test_sim.server), test_fill(path)),
                .headers = (const char *const[]){"Host", host ? host : "api.weixin.qq.com", NULL},
                .body = body ? bytes_of_text(test_fill(body)) : BYTES_NONE,
                .reads_only = true,
        };
        int r = transport_call(test_transport, &ctx, &req, &res);
        if (r)
                fail_msg("%s %s: no answer (%d)", method, path, r);
        return res;
}

static inline const char *test_call(const char *method, const char *path, const char *body)
{
        struct http_response res = test_http(method, path, body, NULL);
        return arena_strndup(&test_arena, res.body.p ? res.body.p : "", res.body.n);
}

/* Uploads a file in the field "media"; the answer. */
static inline const char *test_upload(const char *path, const char *filename, const char *mime, struct bytes data)
{
        struct http_response res = {0};
        struct ctx ctx;

        ctx_init(&ctx, &test_arena);
        struct http_part part = {.name = "media", .filename = filename, .mime = mime, .data = data};
        struct http_request req = {
                .method = "POST",
                .url = arena_printf(&test_arena, "%s%s", server_url(test_sim.server), test_fill(path)),
                .headers = (const char *const[]){"Host", "api.weixin.qq.com", NULL},
                .parts = &part,
                .n_parts = 1,
                .reads_only = true,
        };
        assert_int_equal(transport_call(test_transport, &ctx, &req, &res), 0);
        return arena_strndup(&test_arena, res.body.p ? res.body.p : "", res.body.n);
}

static inline const char *test_member(const char *json, const char *path)
{
        return json_get(&test_arena, bytes_of_text(json), path);
}

struct call_row {
        const char *method, *path, *body;
        int errcode;
        const char *answer; /* "member member=value ..." or NULL */
};

static inline void test_answer(const struct call_row *row, const char *answer)
{
        char *rest = arena_strdup(&test_arena, row->answer ? row->answer : ""), *part;

        while ((part = strsep(&rest, " "))) {
                char *eq = strchr(part, '=');
                if (eq)
                        *eq = 0;
                const char *got = *part ? test_member(answer, part) : NULL;
                if (*part && (!got || (eq && strcmp(got, test_fill(eq + 1)))))
                        fail_msg("%s %s: %s is %s in %s", row->method, row->path, part, got ? got : "missing", answer);
        }
}

static inline void test_rows(const struct call_row *rows, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                const char *answer = test_call(rows[i].method, rows[i].path, rows[i].body);
                const char *code = test_member(answer, "errcode");
                if ((code ? (int)strtol(code, NULL, 10) : 0) != rows[i].errcode)
                        fail_msg("%s %s %s: errcode %s instead of %d: %s", rows[i].method, rows[i].path,
                                 rows[i].body ? rows[i].body : "", code, rows[i].errcode, answer);
                test_answer(&rows[i], answer);
        }
}

static inline int test_start(const char *population)
{
        static const struct raw_row all[] = {{"/", 0, sim_handle, &test_sim}};

        arena_init(&test_arena, 0);
        int r = sim_init(&test_sim, &(struct sim_options){.seed = 11,
                                                          .manual_clock = true,
                                                          .start_ms = TEST_START_MS,
                                                          .customers = 40,
                                                          .population = population,
                                                          .record = getenv("SIM_RECORD")});
        r = r ? r
              : server_start(&test_sim.server, &(struct server_options){
                                                       .listen = "127.0.0.1:0", .listen_fd = -1, .raw = all, .n_raw = 1});
        return r ? r : transport_open(&test_transport, &(struct transport_options){.loopback_only = true});
}

static inline void test_stop(void)
{
        server_stop(test_sim.server);
        transport_close(test_transport);
        sim_release(&test_sim);
        arena_release(&test_arena);
}

#endif
