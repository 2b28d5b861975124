/* Whose calls leave by which way: platform and proxies are servers of our own, and each counts what comes to it. */
#include "shops/testing.h"

#include "net/server.h"
#include "platform/wx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <cmocka.h>

static const struct domain *const domains[] = {&store_domain, &shops_domain};

struct place {
        struct server *server;
        struct raw_row row;
        _Atomic int calls;
        _Atomic bool known; /* it was told the right user */
        _Atomic int status; /* 0 = answers as the platform */
};

static void answer(void *arg, struct raw *raw)
{
        const char *user = raw_header(raw, "Proxy-Authorization");
        struct place *p = arg;

        p->calls++;
        p->known = user && !strcmp(user, "Basic d2FuZzpnZWhlaW0="); /* wang:geheim */
        raw_reply(raw, p->status ? p->status : 200, "application/json",
                  bytes_of_text("{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"T\",\"expires_in\":7200}"), NULL);
}

static void place_open(struct place *p)
{
        *p = (struct place){.row = {.prefix = "/", .fn = answer, .arg = p}};
        assert_int_equal(server_start(&p->server, &(struct server_options){.listen = "127.0.0.1:0", .listen_fd = -1, .raw = &p->row, .n_raw = 1}), 0);
}

struct town {
        struct test_shop shop; /* merchant A, with a way out; B has none */
        int64_t a, b, b_wecom;
        struct place platform, proxy;
        struct shops_vault vault;
        struct transport *transport;
        struct wx *wx;
        struct ctx ctx;
        struct arena arena;
};

static int open_town(void **state)
{
        static struct town t;
        struct ctx *ctx = &t.shop.store.ctx;
        struct wx_options o = {.clock = &t.shop.store.clock};

        test_shop_open(&t.shop, domains, countof(domains));
        t.a = ctx->merchant;
        place_open(&t.platform);
        place_open(&t.proxy);
        test_shop_begin(&t.shop);
        assert_int_equal(shops_set_proxy(ctx, arena_printf(&t.shop.store.arena, "http://wang:geheim@%s", server_url(t.proxy.server) + strlen("http://"))), 0);
        assert_int_equal(shops_merchant_create(ctx, "隔壁", &ctx->merchant), 0);
        t.b = ctx->merchant;
        assert_int_equal(shops_connect(ctx, &(struct shops_new){.kind = "wecom", .remote_id = "ww2", .name = "隔壁", .secret = "s"}, &t.b_wecom), 0);
        test_shop_commit(&t.shop);
        assert_int_equal(transport_open(&t.transport, &(struct transport_options){.loopback_only = true}), 0);
        t.vault = (struct shops_vault){.db = t.shop.store.db, .proto = *ctx};
        shops_vault_bind(&t.vault, &o.vault);
        o.transport = t.transport;
        o.wecom_base = o.weixin_base = server_url(t.platform.server);
        assert_int_equal(wx_open(&t.wx, &o), 0);
        arena_init(&t.arena, 0);
        ctx_init(&t.ctx, &t.arena);
        t.ctx.wx = t.wx;
        *state = &t;
        return 0;
}

static int close_town(void **state)
{
        struct town *t = *state;

        wx_close(t->wx);
        transport_close(t->transport);
        server_stop(t->platform.server);
        if (t->proxy.server)
                server_stop(t->proxy.server);
        arena_release(&t->arena);
        test_shop_close(&t->shop);
        return 0;
}

static int ask(struct town *t, int64_t merchant, int64_t account, struct wx_fault *fault)
{
        t->ctx.merchant = merchant;
        return wx_token_check(&t->ctx, account, fault);
}

static void each_leaves_by_his_own_way(void **state)
{
        struct town *t = *state;
        struct wx_fault fault;

        assert_int_equal(ask(t, t->a, t->shop.wecom, &fault), 0);
        assert_true(fault.proxied);
        assert_int_equal(t->proxy.calls, 1);
        assert_true(t->proxy.known);
        assert_int_equal(t->platform.calls, 0);
        assert_int_equal(ask(t, t->b, t->b_wecom, &fault), 0);
        assert_false(fault.proxied);
        assert_int_equal(t->proxy.calls, 1);
        assert_int_equal(t->platform.calls, 1);
        /* The wizard, which has no account yet, and who comes next on the same thread. */
        t->ctx.merchant = t->a;
        assert_int_equal(wx_token_try(&t->ctx, "shop", "wx9", "s", &fault), 0);
        assert_int_equal(t->proxy.calls, 2);
        t->ctx.merchant = t->b;
        assert_int_equal(wx_token_try(&t->ctx, "shop", "wx9", "s", &fault), 0);
        assert_int_equal(t->platform.calls, 2);
        assert_int_equal(t->proxy.calls, 2);
}

static void a_dead_proxy_is_named_as_such(void **state)
{
        struct town *t = *state;
        struct wx_fault fault;

        t->proxy.status = 407;
        assert_int_equal(ask(t, t->a, t->shop.wecom, &fault), WX_E_BUSY);
        assert_true(fault.proxy);
        server_stop(t->proxy.server);
        t->proxy.server = NULL;
        assert_int_equal(ask(t, t->a, t->shop.wecom, &fault), WX_E_BUSY);
        assert_true(fault.proxy);
        assert_non_null(strstr(fault.errmsg, "proxy"));
        assert_null(strstr(fault.errmsg, "geheim"));
        assert_int_equal(t->platform.calls, 0); /* never round it */
        assert_int_equal(ask(t, t->b, t->b_wecom, &fault), 0);
        assert_false(fault.proxy);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(each_leaves_by_his_own_way, open_town, close_town),
                cmocka_unit_test_setup_teardown(a_dead_proxy_is_named_as_such, open_town, close_town),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
