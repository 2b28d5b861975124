#include "shops/testing.h"

#include "platform/wx.h"
#include "store/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const struct domain *const domains[] = {&store_domain, &shops_domain};

static int open_shop(void **state)
{
        static struct test_shop t;
        test_shop_open(&t, domains, countof(domains));
        *state = &t;
        return 0;
}

static int close_shop(void **state)
{
        test_shop_close(*state);
        return 0;
}

static void connecting_refuses_slips(void **state)
{
        struct test_shop *t = *state;
        struct ctx *ctx = &t->store.ctx;
        int64_t id;
        const struct shops_new bad[] = {
                {.kind = "shop", .remote_id = "", .name = "a", .secret = "s"},
                {.kind = "shop", .remote_id = "wx 2", .name = "a", .secret = "s"},
                {.kind = "shop", .remote_id = "wx2", .name = "", .secret = "s"},
                {.kind = "shop", .remote_id = "wx2", .name = "a"},
                {.kind = "shop", .remote_id = "wx2", .name = "a", .secret = "s", .token = "no_underscore"},
                {.kind = "shop", .remote_id = "wx2", .name = "a", .secret = "s", .aes_key = "short"},
                {.kind = "shop", .remote_id = "wx2", .name = "a", .secret = "s", .parent_id = t->wecom},
                {.kind = "kf", .remote_id = "wk2", .name = "a"},
                {.kind = "kf", .remote_id = "wk2", .name = "a", .parent_id = t->shop},
                {.kind = "kf", .remote_id = "wk2", .name = "a", .parent_id = 12345},
                {.kind = "taobao", .remote_id = "tb", .name = "a", .secret = "s"},
        };
        test_shop_begin(t);
        for (size_t i = 0; i < countof(bad); i++)
                assert_int_equal(shops_connect(ctx, &bad[i], &id), SHOPS_E_BAD);
        test_shop_commit(t);
}

static void a_remote_account_has_one_merchant(void **state)
{
        struct test_shop *t = *state;
        struct ctx *ctx = &t->store.ctx;
        struct shops_new again = {.kind = "shop", .remote_id = "wx1", .name = "b", .secret = "s"};
        int64_t id, *ids, ours = ctx->merchant;
        size_t n;
        struct shops_account a;
        test_shop_begin(t);
        assert_int_equal(shops_connect(ctx, &again, &id), SHOPS_E_EXISTS);
        assert_int_equal(shops_merchant_create(ctx, "另一家", &ctx->merchant), 0);
        assert_int_equal(shops_connect(ctx, &again, &id), SHOPS_E_EXISTS);
        assert_int_equal(shops_account_get(ctx, t->shop, &a), SHOPS_E_NONE);
        assert_int_equal(shops_account_by_remote(ctx, "shop", "wx1", &a), SHOPS_E_NONE);
        assert_int_equal(shops_merchants(ctx, &ids, &n), 0);
        assert_int_equal(n, 2);
        assert_int_equal(ids[0], ours);
        ctx->merchant = ours;
        assert_int_equal(shops_account_by_remote(ctx, "shop", "wx1", &a), 0);
        assert_int_equal(a.account_id, t->shop);
        assert_string_equal(a.name, "清禾旗舰店");
        test_shop_commit(t);
}

static void credentials_open_again(void **state)
{
        struct test_shop *t = *state;
        struct ctx *ctx = &t->store.ctx;
        const char *aes = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
        struct shops_new mp = {
                .kind = "mp", .remote_id = "wxmp", .name = "公众号", .secret = "s", .token = "tok3n", .aes_key = aes};
        struct shops_callback *all, one;
        size_t n, seen = 0;
        int64_t id;
        test_shop_begin(t);
        assert_int_equal(shops_connect(ctx, &mp, &id), 0);
        assert_int_equal(shops_callbacks(ctx, &all, &n), 0);
        assert_int_equal(n, 3); /* wecom, shop, mp; a 微信客服 account has none */
        for (size_t i = 0; i < n; i++) {
                assert_int_equal(strlen(all[i].callback_key), 32);
                assert_int_equal(strlen(all[i].aes_key), 43);
                if (all[i].account_id == id) {
                        assert_string_equal(all[i].token, "tok3n");
                        assert_string_equal(all[i].aes_key, aes);
                        assert_string_equal(all[i].receive_id, "wxmp");
                        seen++;
                }
        }
        assert_int_equal(seen, 1);
        assert_int_equal(shops_callback_at(ctx, id, 0, &one), 0);
        assert_int_equal(one.version, 1);
        assert_int_equal(shops_callback_at(ctx, id, 2, &one), SHOPS_E_NONE);
        assert_int_equal(shops_callback_at(ctx, t->kf, 0, &one), SHOPS_E_NONE);
        test_shop_commit(t);
}

static void health_counts_and_is_cheap(void **state)
{
        struct test_shop *t = *state;
        struct ctx *ctx = &t->store.ctx;
        struct shops_account a;
        test_shop_begin(t);
        int64_t first = ctx->now;
        assert_int_equal(shops_note_callback(ctx, t->shop), 0);
        assert_int_equal(db_changed(ctx), 1);
        ctx->now += 999;
        assert_int_equal(shops_note_callback(ctx, t->shop), 0);
        assert_int_equal(db_changed(ctx), 0);
        assert_int_equal(shops_account_get(ctx, t->shop, &a), 0);
        assert_int_equal(a.last_callback_at, first);
        ctx->now += 1;
        assert_int_equal(shops_note_callback(ctx, t->shop), 0);
        assert_int_equal(shops_note_found_by_polling(ctx, t->shop, 3), 0);
        assert_int_equal(shops_note_found_by_polling(ctx, t->shop, 2), 0);
        assert_int_equal(shops_account_get(ctx, t->shop, &a), 0);
        assert_int_equal(a.last_callback_at, first + 1000);
        assert_int_equal(a.found_by_polling, 5);
        test_shop_commit(t);
}

static void the_vault_shares_the_parents_token(void **state)
{
        struct test_shop *t = *state;
        struct shops_vault v = {.db = t->store.db, .proto = t->store.ctx};
        struct wx_vault vault;
        struct wx_account a;
        struct arena *arena = &t->store.arena;
        int64_t m = t->store.ctx.merchant, expires, mine = 0, other = 0;
        const char *token;
        shops_vault_bind(&v, &vault);
        assert_int_equal(vault.load(vault.arg, arena, m, t->kf, &a), 0);
        assert_string_equal(a.kind, "wecom");
        assert_string_equal(a.app_id, "ww1");
        assert_string_equal(a.secret, "wecomsecret");
        assert_false(a.read_only);
        assert_int_equal(vault.load(vault.arg, arena, m, 99, &a), WX_E_NO_ACCOUNT);
        assert_int_equal(vault.load(vault.arg, arena, m + 1, t->kf, &a), WX_E_NO_ACCOUNT);
        assert_int_equal(vault.token_load(vault.arg, arena, m, t->kf, &token, &expires), WX_E_NO_TOKEN);
        assert_int_equal(vault.token_save(vault.arg, m, t->kf, "TOKEN1", 1000), 0);
        assert_int_equal(vault.token_save(vault.arg, m, t->wecom, "TOKEN2", 2000), 0);
        assert_int_equal(vault.token_load(vault.arg, arena, m, t->kf, &token, &expires), 0);
        assert_string_equal(token, "TOKEN2");
        assert_int_equal(expires, 2000);
        assert_int_equal(vault.token_load(vault.arg, arena, m, t->shop, &token, &expires), WX_E_NO_TOKEN);

        /* The right to fetch one: the corp and its 微信客服 account share it, another waits, a lost one runs out. */
        assert_int_equal(vault.token_lease(vault.arg, m, t->kf, 60000, &mine), 0);
        assert_int_equal(vault.token_lease(vault.arg, m, t->wecom, 60000, &other), WX_E_BUSY);
        assert_int_equal(vault.token_lease(vault.arg, m, t->shop, 60000, &other), 0);
        assert_int_equal(vault.token_lease(vault.arg, m, t->kf, 0, &mine), 0);
        assert_int_equal(vault.token_lease(vault.arg, m, t->wecom, 1, &other), 0);
        usleep(3000);
        assert_int_equal(vault.token_lease(vault.arg, m, t->wecom, 60000, &mine), 0);
        assert_int_equal(vault.token_lease(vault.arg, m, t->wecom, 0, &other), 0); /* too late: it is another's now */
        assert_int_equal(vault.token_lease(vault.arg, m, t->wecom, 60000, &other), WX_E_BUSY);

        test_shop_begin(t);
        assert_int_equal(shops_set_read_only(&t->store.ctx, t->wecom, true), 0);
        assert_int_equal(shops_set_read_only(&t->store.ctx, 99, true), SHOPS_E_NONE);
        test_shop_commit(t);
        assert_int_equal(vault.load(vault.arg, arena, m, t->kf, &a), 0);
        assert_true(a.read_only);
        assert_int_equal(vault.load(vault.arg, arena, m, t->shop, &a), 0);
        assert_false(a.read_only);
}

static void reading_calls_are_asked_again(void **state)
{
        (void)state;
        struct job job = {0};
        struct wx_fault fault = {.errmsg = "busy", .retry_after_ms = 500};
        assert_int_equal(shops_read_outcome(&job, 0, &fault), 0);
        assert_null(job.error);
        assert_int_equal(shops_read_outcome(&job, WX_E_UNKNOWN, &fault), JOB_RETRY);
        assert_int_equal(job.retry_in_ms, 500);
        assert_int_equal(shops_read_outcome(&job, WX_E_CONFIG, &fault), JOB_RETRY);
        assert_int_equal(job.retry_in_ms, 600000);
        assert_int_equal(shops_read_outcome(&job, WX_E_REFUSED, &fault), JOB_REFUSED);
        assert_int_equal(shops_read_outcome(&job, -EIO, &fault), -EIO);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(connecting_refuses_slips, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(a_remote_account_has_one_merchant, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(credentials_open_again, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(health_counts_and_is_cheap, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(the_vault_shares_the_parents_token, open_shop, close_shop),
                cmocka_unit_test(reading_calls_are_asked_again),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
