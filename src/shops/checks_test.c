/* The play uses a part of what the fake platform offers. */
#pragma GCC diagnostic ignored "-Wunused-function"

#include "shops/checks.h"
#include "shops/remote_look.h"

#include "platform/fake_test.h"
#include "shops/testing.h"

static const struct domain *const domains[] = {&store_domain, &shops_domain};
static struct test_shop t;
static struct ctx *ctx;
static struct shops_vault vault;

static int open_shop(void **state)
{
        if (fake_setup(state))
                return -1;
        test_shop_open(&t, domains, countof(domains));
        ctx = &t.store.ctx;
        vault = (struct shops_vault){t.store.db, t.store.ctx};
        return 0;
}

static int close_shop(void **state)
{
        fake_teardown(state);
        test_shop_close(&t);
        return 0;
}

static struct check_result age(int64_t hours, int64_t account, const char *kind)
{
        struct check_result res = {0};
        const struct check_of of = {.merchant_id = ctx->merchant, .account_id = account, .kind = kind, .limit = hours};

        assert_int_equal(shops_check_callback_age(ctx, &of, NULL, &res), 0);
        return res;
}

/* Only hours in which a shop is open in China count, and the limit is the setting's. */
static void silence_is_counted_in_business_hours(void **state)
{
        const int64_t hour = 3600 * 1000, nine = 1750035600000 /* 9:00 in China */;

        (void)state;
        test_shop_begin(&t);
        ctx->now = nine + 11 * hour; /* 20:00: two open hours are left */
        assert_int_equal(shops_note_callback(ctx, t.shop), 0);
        assert_int_equal(shops_note_callback(ctx, t.wecom), 0);
        ctx->now = nine + 13 * hour;
        assert_int_equal(age(3, t.shop, "shop").level, CHECK_OK);
        assert_int_equal(age(2, t.shop, "shop").level, CHECK_FAIL);
        ctx->now = nine + 24 * hour; /* the night does not count */
        assert_int_equal(age(3, t.shop, "shop").level, CHECK_OK);
        ctx->now += hour - 1;
        assert_int_equal(age(3, t.shop, "shop").level, CHECK_OK);
        ctx->now += 1;
        assert_int_equal(age(3, t.shop, "shop").level, CHECK_FAIL);
        assert_int_equal(age(3, t.wecom, "wecom").level, CHECK_FAIL);
        assert_int_equal(age(3, t.shop, "mp").level, CHECK_OK); /* few follow every day */
        ctx->now = nine + 3 * 24 * hour; /* 2 + 13 + 13 */
        assert_int_equal(age(29, t.shop, "shop").level, CHECK_OK);
        assert_non_null(strstr(age(28, t.shop, "shop").en, "28 business hours"));
        test_shop_commit(&t);
}

static struct check_result balance(int64_t yuan)
{
        struct shops_look seen = {0}; /* token and calls are good */
        struct check_result res = {0};
        const struct check_of of = {.merchant_id = ctx->merchant, .account_id = t.shop, .kind = "shop", .limit = yuan};
        void *shared = &seen;

        ctx->wx = fake_wx;
        assert_int_equal(shops_check_balance(ctx, &of, &shared, &res), 0);
        ctx->wx = NULL;
        return res;
}

static void balance_is_low_under_the_setting(void **state)
{
        struct fake_step steps[] = {
                TOKEN_STABLE("T"),
                SAYS("funds/getbalance", "{\"errcode\":0,\"balance_info\":{\"available_amount\":50000,\"pending_amount\":1}}"),
        };
        struct wx_options options = {.transport = &fake, .clock = &t.store.clock, .wecom_base = "https://wecom.test",
                                     .weixin_base = "https://weixin.test"};

        (void)state;
        fake_begin(steps, countof(steps));
        wx_close(fake_wx);
        shops_vault_bind(&vault, &options.vault);
        assert_int_equal(wx_open(&fake_wx, &options), 0);
        assert_int_equal(balance(0).level, CHECK_OK);
        assert_int_equal(balance(500).level, CHECK_OK);
        struct check_result low = balance(501);
        assert_int_equal(low.level, CHECK_WARN);
        assert_non_null(strstr(low.en, "500.00 yuan are available in the shop, less than 501"));
        assert_string_equal(low.facts, "{\"available_fen\":\"50000\"}");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(silence_is_counted_in_business_hours, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(balance_is_low_under_the_setting, open_shop, close_shop),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
