/* What the gate refuses, whoever the endpoint is: every row of every table is tried. */
#include "sim/call_test.h"
#include "sim/gate.h"
#include "sim/mp/mp.h"
#include "sim/wecom/wecom.h"

static const char *tokens[5]; /* corp, shop, official account, mini program, directory */

static const char *token_for(const struct endpoint *e)
{
        if (e->family == FAMILY_WECOM)
                return text_eq(e->path, "/cgi-bin/user/list_id") ? tokens[4] : tokens[0];
        return e->flags & ENDPOINT_OFFICIAL ? tokens[2] : e->flags & ENDPOINT_PROGRAM ? tokens[3] : tokens[1];
}

static int code_of(const struct endpoint *e, const char *method, const char *token, const char *body)
{
        const char *path = arena_printf(&test_arena, "%s?access_token=%s", e->path, token);
        struct http_response res = test_http(method, path, body, gate_host[e->family]);
        const char *text = arena_strndup(&test_arena, res.body.p ? res.body.p : "", res.body.n);
        const char *code = test_member(text, "errcode");
        return code ? (int)strtol(code, NULL, 10) : 0;
}

static void expect(const struct endpoint *e, const char *what, int got, int due)
{
        if (got != due)
                fail_msg("%s %s, %s: errcode %d instead of %d", e->method, e->path, what, got, due);
}

static void every_endpoint_refuses(void **state)
{
        size_t tried = 0;

        (void)state;
        for (size_t i = 0; i < gate_n_products; i++) {
                for (size_t k = 0; k < gate_products[i]->n; k++) {
                        const struct endpoint *e = &gate_products[i]->endpoint[k];
                        bool get = text_eq(e->method, "GET"), pages = e->family > FAMILY_WEIXIN;
                        if (!(e->flags & ENDPOINT_EITHER))
                                expect(e, "wrong verb", code_of(e, get ? "POST" : "GET", token_for(e), get ? "{}" : NULL),
                                       get ? 43001 : 43002);
                        if (e->flags & ENDPOINT_NO_TOKEN || pages)
                                continue;
                        expect(e, "no token", code_of(e, e->method, "", get ? NULL : "{}"), 41001);
                        expect(e, "another's token", code_of(e, e->method, "x", get ? NULL : "{}"), 40014);
                        if (!get && !(e->flags & ENDPOINT_MULTIPART))
                                expect(e, "not JSON", code_of(e, "POST", token_for(e), "{\"a\":"),
                                       e->family == FAMILY_WECOM ? 40035 : 47001);
                        tried++;
                }
        }
        assert_true(tried > 50);
}

static void an_unknown_path_is_told(void **state)
{
        (void)state;
        static const struct endpoint wecom = {"/cgi-bin/kf/no_such", "POST", FAMILY_WECOM, 0, 0, NULL, NULL};
        static const struct endpoint weixin = {"/channels/ec/no/such", "POST", FAMILY_WEIXIN, 0, 0, NULL, NULL};

        expect(&wecom, "unknown", code_of(&wecom, "POST", tokens[0], "{}"), 40035);
        expect(&weixin, "unknown", code_of(&weixin, "POST", tokens[1], "{}"), 48001);
}

static void tables_are_sorted(void **state)
{
        (void)state;
        for (size_t i = 0; i < gate_n_products; i++)
                for (size_t k = 1; k < gate_products[i]->n; k++)
                        if (strcmp(gate_products[i]->endpoint[k - 1].path, gate_products[i]->endpoint[k].path) >= 0)
                                fail_msg("%s: %s", gate_products[i]->name, gate_products[i]->endpoint[k].path);
}

static void a_large_body_is_told(void **state)
{
        struct text text;

        (void)state;
        text_init(&text, &test_arena);
        text_add(&text, "{\"a\":\"");
        for (int i = 0; i < 40; i++)
                text_addf(&text, "%032768d", 0);
        text_add(&text, "\"}");
        static const struct endpoint e = {"/channels/ec/order/get", "POST", FAMILY_WEIXIN, 0, 0, NULL, NULL};
        expect(&e, "large body", code_of(&e, "POST", tokens[1], text.p), 45002);
}

static int start(void **state)
{
        struct world *w = &test_sim.world;
        int r = crypt_init();

        (void)state;
        r = r ? r : test_start("empty");
        if (r)
                return r;
        tokens[0] = token_give_app(&test_sim, w->corp.wecom->apps.v[0])->text;
        tokens[4] = token_give_app(&test_sim, w->corp.wecom->apps.v[2])->text;
        tokens[1] = token_give(&test_sim, w->shops[0], false, true)->text;
        tokens[2] = token_give_mp(&test_sim, w->mps.of[0], false, true)->text;
        tokens[3] = token_give_mp(&test_sim, w->mps.of[1], false, true)->text;
        return 0;
}

static int stop(void **state)
{
        (void)state;
        test_stop();
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(tables_are_sorted),
                cmocka_unit_test(every_endpoint_refuses),
                cmocka_unit_test(an_unknown_path_is_told),
                cmocka_unit_test(a_large_body_is_told),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
