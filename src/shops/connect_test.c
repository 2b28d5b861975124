#include "shops/testing.h"

#include "shops/rows.h"
#include "store/check.h"
#include "store/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int connected;

static int on_connected(struct ctx *ctx, const void *payload)
{
        const struct shops_event *event = payload;

        (void)ctx;
        assert_true(event->account_id != 0);
        connected++;
        return 0;
}

static const struct listener listeners[] = {{&shops_account_connected, true, on_connected, "test.on_connected"}};
static const struct domain listening = {.name = "test", .listeners = listeners, .n_listeners = countof(listeners)};
static const struct domain *const domains[] = {&store_domain, &shops_domain, &listening};

static const struct shops_new shop = {
        .kind = "shop", .remote_id = "wx0123456789abcdef", .name = "新店", .secret = "0123456789abcdef0123456789abcdef"};

static int open_shop(void **state)
{
        static struct test_shop t;
        test_shop_open(&t, domains, countof(domains));
        connected = 0;
        *state = &t;
        return 0;
}

static int close_shop(void **state)
{
        test_shop_close(*state);
        return 0;
}

static void a_proxy_is_sealed_and_told_without_its_credentials(void **state)
{
        static const char *const bad[] = {"10.0.0.8:1080", "ftp://10.0.0.8:21", "socks5://10.0.0.8", "http://a:b@:80", "http://h:0", "http://h:80/path",
                                          "http://h:80 ", "http://user:p\"w@h:80", "socks5://[::1:80"};
        static const char *const good[] = {"http://proxy.example:3128", "https://u:p@h:443", "socks5://u:p%40@[2001:db8::1]:1080"};
        struct test_shop *t = *state;
        struct ctx *ctx = &t->store.ctx;
        const char *host;

        test_shop_begin(t);
        for (size_t i = 0; i < countof(bad); i++) {
                struct shops_slip slip = shops_proxy_slip(ctx->arena, bad[i]);

                assert_non_null(slip.zh);
                assert_non_null(slip.en);
                assert_int_equal(shops_set_proxy(ctx, bad[i]), SHOPS_E_BAD);
        }
        for (size_t i = 0; i < countof(good); i++)
                assert_null(shops_proxy_slip(ctx->arena, good[i]).zh);
        assert_int_equal(shops_proxy_host(ctx, &host), 0);
        assert_null(host);
        assert_int_equal(shops_set_proxy(ctx, "socks5://wang:geheim@203.0.113.8:1080"), 0);
        assert_int_equal(shops_proxy_host(ctx, &host), 0);
        assert_string_equal(host, "socks5://203.0.113.8:1080");
        assert_int_equal(shops_set_proxy(ctx, ""), 0);
        assert_int_equal(shops_proxy_host(ctx, &host), 0);
        assert_null(host);
        test_shop_commit(t);
}

static void slips_are_named(void **state)
{
        const struct {
                struct shops_new in;
                const char *field, *word;
        } rows[] = {
                {{.kind = "shop", .remote_id = "wx0123456789abcdef", .name = "a", .secret = "0123456789abcdef 123456789abcdef"}, "secret", "空格"},
                {{.kind = "shop", .remote_id = "wx0123456789abcdef", .name = "a", .secret = "0123456789abcdef"}, "secret", "16"},
                {{.kind = "shop", .remote_id = "wx0123456789abcdef", .name = "a"}, "secret", "没有填"},
                {{.kind = "shop", .remote_id = "ww0123456789abcdef", .name = "a", .secret = "0123456789abcdef0123456789abcdef"}, "remote_id", "wx"},
                {{.kind = "shop", .remote_id = "wx0123456789abcdef\xe3\x80\x80", .name = "a", .secret = "0123456789abcdef0123456789abcdef"}, "remote_id", "空格"},
                {{.kind = "shop", .remote_id = "wx0123456789abcdef", .name = "", .secret = "0123456789abcdef0123456789abcdef"}, "name", "名字"},
                {{.kind = "wecom", .remote_id = "ww0123456789abcdef", .name = "a", .secret = "0123456789abcdef0123456789abcdef"}, "secret", "43"},
                {{.kind = "kf", .remote_id = "xx1", .name = "a"}, "remote_id", "wk"},
                {{.kind = "taobao", .remote_id = "x", .name = "a"}, "kind", "没有"},
        };
        struct test_shop *t = *state;

        for (size_t i = 0; i < countof(rows); i++) {
                struct shops_slip slip = shops_slip_of(&t->store.arena, &rows[i].in);

                assert_string_equal(slip.field, rows[i].field);
                assert_non_null(strstr(slip.zh, rows[i].word));
                assert_true(strlen(slip.en) > 10);
        }
        assert_null(shops_slip_of(&t->store.arena, &shop).field);
}

static void two_proofs_connect(void **state)
{
        struct test_shop *t = *state;
        struct ctx *ctx = &t->store.ctx;
        struct shops_pasted pasted, anew;
        struct shops_account a;
        struct shops_callback c;

        test_shop_begin(t);
        assert_int_equal(shops_begin(ctx, &shop, &pasted), 0);
        assert_int_equal(strlen(pasted.token), 32);
        assert_int_equal(strlen(pasted.aes_key), 43);
        assert_int_equal(shops_begin(ctx, &shop, &anew), SHOPS_E_EXISTS);
        assert_int_equal(shops_account_get(ctx, pasted.account_id, &a), 0);
        assert_int_equal(a.read_only, 1);
        assert_int_equal(a.connected_at, 0);

        assert_int_equal(shops_note_url_check(ctx, pasted.account_id), 0);
        assert_int_equal(shops_note_call(ctx, pasted.account_id), 0);
        assert_int_equal(connected, 0);
        assert_int_equal(shops_note_callback(ctx, pasted.account_id), 0);
        assert_int_equal(connected, 1);
        ctx->now += 2000;
        assert_int_equal(shops_note_callback(ctx, pasted.account_id), 0);
        assert_int_equal(connected, 1);
        assert_int_equal(shops_account_get(ctx, pasted.account_id, &a), 0);
        assert_int_equal(a.connected_at, ctx->now - 2000);

        /* A new key: the address stays, and the old credentials still open what was kept. */
        assert_int_equal(shops_renew_callback(ctx, pasted.account_id, &anew), 0);
        assert_string_equal(anew.path, pasted.path);
        assert_string_not_equal(anew.token, pasted.token);
        assert_int_equal(shops_callback_at(ctx, pasted.account_id, 1, &c), 0);
        assert_string_equal(c.token, pasted.token);
        assert_int_equal(shops_drop(ctx, pasted.account_id), SHOPS_E_CONNECTED);
        assert_int_equal(shops_set_secret(ctx, pasted.account_id, "short"), SHOPS_E_BAD);
        assert_int_equal(shops_set_secret(ctx, pasted.account_id, "fedcba9876543210fedcba9876543210"), 0);
        assert_int_equal(shops_set_secret(ctx, t->kf, "x"), SHOPS_E_BAD);
        test_shop_commit(t);
}

static void what_is_pending_can_be_dropped_whole(void **state)
{
        static const struct check_result found = {.level = CHECK_FAIL, .zh = "坏", .en = "bad"};
        struct test_shop *t = *state;
        struct ctx *ctx = &t->store.ctx;
        struct shops_pasted corp, kf;
        struct shops_callback c;
        struct check_row row;
        bool changed;
        const struct shops_new wecom = {.kind = "wecom", .remote_id = "ww0123456789abcdef", .name = "新企业",
                                        .secret = "0123456789abcdef0123456789abcdef0123456789a"};

        test_shop_begin(t);
        assert_int_equal(shops_begin(ctx, &wecom, &corp), 0);
        assert_int_equal(shops_begin(ctx, &(struct shops_new){.kind = "kf", .remote_id = "wk7", .name = "客服", .parent_id = corp.account_id}, &kf), 0);
        assert_null(kf.token);
        struct check_of of = {.merchant_id = ctx->merchant, .account_id = corp.account_id};
        assert_int_equal(check_keep(ctx, &of, "shops.call", &found, &changed), 0);
        assert_true(changed);
        assert_int_equal(check_keep(ctx, &of, "shops.call", &found, &changed), 0);
        assert_false(changed);
        assert_int_equal(shops_drop(ctx, corp.account_id), 0);
        assert_int_equal(shops_callback_at(ctx, corp.account_id, 0, &c), SHOPS_E_NONE);
        assert_int_equal(check_get(ctx, corp.account_id, "shops.call", &row), CHECK_E_NONE);
        assert_int_equal(shops_drop(ctx, kf.account_id), SHOPS_E_NONE);
        assert_int_equal(shops_begin(ctx, &wecom, &corp), 0);
        test_shop_commit(t);
}

static void another_merchants_account_and_file_are_refused(void **state)
{
        struct test_shop *t = *state;
        struct ctx *ctx = &t->store.ctx;
        struct shops_pasted pasted;
        struct shops_site_file *files;
        size_t n;

        test_shop_begin(t);
        assert_int_equal(shops_begin(ctx, &shop, &pasted), 0);
        assert_int_equal(shops_site_file_put(ctx, "WW_verify_abc123.txt", "abc123"), 0);
        assert_int_equal(shops_site_file_put(ctx, "WW_verify_abc123.txt", "abc124"), 0);
        assert_int_equal(shops_site_file_put(ctx, "index.html", "x"), SHOPS_E_BAD);
        assert_int_equal(shops_site_file_put(ctx, "WW_verify_../a.txt", "x"), SHOPS_E_BAD);
        assert_int_equal(shops_site_file_put(ctx, "MP_verify_x.txt", "<script>"), SHOPS_E_BAD);
        assert_int_equal(shops_merchant_create(ctx, "另一家", &ctx->merchant), 0);
        assert_int_equal(shops_begin(ctx, &shop, &pasted), SHOPS_E_ELSEWHERE);
        assert_int_equal(shops_site_file_put(ctx, "WW_verify_abc123.txt", "mine"), SHOPS_E_ELSEWHERE);
        assert_int_equal(shops_site_files_own(ctx, &files, &n), 0);
        assert_int_equal(n, 0);
        assert_int_equal(shops_site_files(ctx, &files, &n), 0);
        assert_int_equal(n, 1);
        assert_string_equal(files[0].content, "abc124");
        test_shop_commit(t);
}

static void refusals_tell_token_from_key(void **state)
{
        struct shops_refusal token, key;

        (void)state;
        assert_true(shops_refusal_of("signature", &token));
        assert_true(shops_refusal_of("padding", &key));
        assert_string_not_equal(token.zh, key.zh);
        assert_true(shops_refusal_of("receive_id", &key));
        assert_false(shops_refusal_of("unknown_event", &key));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(slips_are_named, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(a_proxy_is_sealed_and_told_without_its_credentials, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(two_proofs_connect, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(what_is_pending_can_be_dropped_whole, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(another_merchants_account_and_file_are_refused, open_shop, close_shop),
                cmocka_unit_test(refusals_tell_token_from_key),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
