/* The play uses a part of what the fake platform offers. */
#pragma GCC diagnostic ignored "-Wunused-function"

#include "catalogue/catalogue.h"
#include "catalogue/checks.h"

#include "backfill/backfill.h"
#include "contacts/contacts.h"
#include "platform/callback.h"
#include "platform/fake_test.h"
#include "shops/testing.h"
#include "staff/staff.h"
#include "store/check_types.h"

static const struct domain *const domains[] = {&store_domain, &shops_domain, &backfill_domain, &staff_domain, &contacts_domain,
                                               &catalogue_domain};
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
        test_shop_begin(&t);
        int wrong = db_check_types(ctx);
        test_shop_commit(&t);
        fake_teardown(state);
        test_shop_close(&t);
        return wrong;
}

static void play(struct fake_step *steps, size_t n)
{
        struct wx_options options = {.transport = &fake,
                                     .clock = &t.store.clock,
                                     .wecom_base = "https://wecom.test",
                                     .weixin_base = "https://weixin.test"};
        fake_begin(steps, n);
        wx_close(fake_wx);
        shops_vault_bind(&vault, &options.vault);
        assert_int_equal(wx_open(&fake_wx, &options), 0);
}

static void products_come_from_orders(void **state)
{
        (void)state;
        const struct catalogue_seen order[] = {
                {"p1", "s1", "真丝旗袍 Silk", "红 / M", "QP-R-M", "http://1", 19900},
                {"p1", "s2", "真丝旗袍 Silk", "红 / L", "QP-R-L", "http://2", 20900},
                {"p2", "s1", "100%羊毛 围巾_A", NULL, NULL, NULL, 9900},
                {NULL, NULL, "没有编号", NULL, NULL, NULL, 1},
        };
        struct catalogue_product p;
        const char **ids;
        size_t n;
        test_shop_begin(&t);
        assert_int_equal(catalogue_see(ctx, t.shop, order, countof(order)), 0);
        assert_int_equal(catalogue_see(ctx, t.shop, order, 1), 0);
        assert_int_equal(catalogue_product_get(ctx, t.shop, "p1", &p), 0);
        assert_string_equal(p.title, "真丝旗袍 Silk");
        assert_int_equal(p.orders, 2); /* two lines of one order are one order */
        assert_int_equal(catalogue_product_get(ctx, t.shop, "p2", &p), 0);
        assert_int_equal(p.orders, 1);
        assert_int_equal(catalogue_product_get(ctx, t.shop, "p3", &p), CATALOGUE_E_NONE);
        assert_int_equal(catalogue_product_get(ctx, t.kf, "p1", &p), CATALOGUE_E_NONE);

        const struct {
                const char *part;
                size_t n;
        } parts[] = {{"旗袍", 1}, {"sILK", 1}, {"100%", 1}, {"围巾_a", 1}, {"围巾%", 0},
                     {"_", 1},    {"%", 1},    {"\\", 0},   {"", 2}};
        for (size_t i = 0; i < countof(parts); i++) {
                assert_int_equal(catalogue_find(ctx, parts[i].part, 10, &ids, &n), 0);
                assert_int_equal(n, parts[i].n);
        }
        test_shop_commit(&t);
}

#define SKU(id, stock, presale)                                                                                        \
        "{\"sku_id\":" id ",\"sale_price\":19900,\"stock_num\":" stock ",\"sku_code\":\"QP-" id                        \
        "\",\"sku_attrs\":[{\"attr_key\":\"颜色\",\"attr_value\":\"红\"}],\"sku_deliver_info\":" presale "}"
#define PRODUCT(title, status, back, skus)                                                                             \
        "{\"product_id\":10001,\"title\":\"" title "\",\"head_imgs\":[\"http://a\",\"http://b\"],\"status\":" status       \
        ",\"edit_status\":4,\"brand_id\":\"2100000000\",\"cats_v2\":[{\"cat_id\":\"1\"},{\"cat_id\":22}],\"edit_time\":1700000000," \
        "\"after_sale_info\":{" back "},\"skus\":[" skus "]}"

/* What the shop tells counts; an order that comes later only counts itself. */
static void products_are_read(void **state)
{
        (void)state;
        const struct backfill_source *source = &catalogue_domain.sources[0];
        const struct catalogue_seen order = {"10001", "1", "旧标题", "红", "QP-1", "http://old", 100};
        struct catalogue_product p, *all;
        struct catalogue_sku *skus;
        struct backfill_page page;
        struct wx_fault fault;
        struct bytes object;
        size_t n;
        struct fake_step steps[] = {
                TOKEN_STABLE("T"),
                SAYS("product/list/get", "{\"errcode\":0,\"product_ids\":[10001,\"10002\"],\"next_key\":\"K\",\"total_num\":2}"),
                SAYS("product/get", "{\"errcode\":0,\"product\":" PRODUCT("真丝旗袍", "5", "\"after_sale_address_id\":77",
                        SKU("1", "3", "{\"stock_type\":0}") "," SKU("2", "4",
                        "{\"stock_type\":1,\"full_payment_presale_delivery_type\":1,\"full_payment_presale_delivery_time\":2,\"presale_end_time\":1700000100}")) "}"),
        };
        play(steps, countof(steps));
        ctx->wx = fake_wx;
        assert_int_equal(source->list(ctx, t.shop, &(struct backfill_ask){0}, &page, &fault), 0);
        assert_int_equal(page.n, 2);
        assert_string_equal(page.ids[0], "10001");
        assert_null(page.next_key); /* a page that is not full is the last */
        assert_int_equal(source->get(ctx, t.shop, "10001", &object, &fault), 0);
        ctx->wx = NULL;

        test_shop_begin(&t);
        assert_int_equal(catalogue_see(ctx, t.shop, &order, 1), 0);
        assert_int_equal(catalogue_product_get(ctx, t.shop, "10001", &p), 0);
        assert_int_equal(p.status, -1);
        assert_int_equal(p.read_at, 0);
        assert_int_equal(source->keep(ctx, t.shop, "10002", object), BACKFILL_E_BAD); /* another one than asked for */
        assert_int_equal(source->keep(ctx, t.shop, "10001", object), 0);
        assert_int_equal(catalogue_see(ctx, t.shop, &order, 1), 0);
        assert_int_equal(catalogue_product_any(ctx, "10001", &p), 0);
        assert_string_equal(p.title, "真丝旗袍");
        assert_string_equal(p.image, "http://a");
        assert_int_equal(p.price, 19900);
        assert_int_equal(p.status, 5);
        assert_int_equal(p.stock, 7);
        assert_int_equal(p.presale, 1);
        assert_int_equal(p.orders, 2);
        assert_string_equal(p.address_id, "77");
        assert_string_equal(p.category, "1/22");
        assert_int_equal(catalogue_skus(ctx, &p, &skus, &n), 0);
        assert_int_equal(n, 2);
        assert_int_equal(skus[0].presale, 0);
        assert_int_equal(skus[1].presale_after_end, 1);
        assert_int_equal(skus[1].presale_days, 2);
        assert_int_equal(skus[1].presale_ends_at, 1700000100000);
        test_shop_commit(&t);

        /* Changed: a sku is gone, taken down, the address is the shop's again. */
        clock_push(&t.store.clock, 60000);
        test_shop_begin(&t);
        object = bytes_of_text(PRODUCT("真丝旗袍 新", "11", "", SKU("2", "9", "{\"stock_type\":0}")));
        assert_int_equal(source->keep(ctx, t.shop, "10001", object), 0);
        assert_int_equal(catalogue_list(ctx, &(struct catalogue_filter){.q = "旗袍 新", .status = -1, .limit = 10}, &all, &n), 0);
        assert_int_equal(n, 1);
        assert_int_equal(all[0].status, 11);
        assert_int_equal(all[0].stock, 9);
        assert_null(all[0].address_id);
        assert_int_equal(catalogue_skus(ctx, &all[0], &skus, &n), 0);
        assert_int_equal(n, 1);
        assert_int_equal(catalogue_list(ctx, &(struct catalogue_filter){.status = 5, .limit = 10}, &all, &n), 0);
        assert_int_equal(n, 0);
        assert_int_equal(catalogue_list(ctx, &(struct catalogue_filter){.q = "10001", .status = -1, .limit = 10}, &all, &n), 0);
        assert_int_equal(n, 1);
        test_shop_commit(&t);
}

static struct check_result look(int64_t account)
{
        struct check_result res = {0};

        assert_int_equal(catalogue_check_products(ctx, &(struct check_of){.merchant_id = ctx->merchant, .account_id = account}, NULL, &res), 0);
        return res;
}

static void keep_product(unsigned id, const char *status, const char *address)
{
        const char *name = arena_printf(ctx->arena, "%u", id);
        const char *json = arena_printf(ctx->arena, "{\"product_id\":\"%u\",\"title\":\"商品%u\",\"status\":%s,\"skus\":[],"
                                        "\"after_sale_info\":{\"after_sale_address_id\":%s}}", id, id, status, address);

        assert_int_equal(catalogue_domain.sources[0].keep(ctx, t.shop, name, bytes_of_text(json)), 0);
}

/* All of them, not a page; only those on sale, of this shop, and only as long as the lists name them. */
static void products_without_an_address_are_told(void **state)
{
        const struct catalogue_seen order = {"10001", "1", "旧标题", "红", "QP-1", "http://old", 100};
        struct check_result res;

        (void)state;
        test_shop_begin(&t);
        assert_int_equal(catalogue_see(ctx, t.shop, &order, 1), 0);
        assert_int_equal(look(t.shop).level, CHECK_UNKNOWN); /* an order does not know */
        for (unsigned i = 0; i < 50; i++)
                keep_product(10001 + i, "5", "77");
        keep_product(20001, "11", "0");
        assert_int_equal(look(t.shop).level, CHECK_OK);
        for (unsigned i = 0; i < 45; i++)
                keep_product(10001 + i, "5", "0");
        res = look(t.shop);
        assert_int_equal(res.level, CHECK_WARN);
        assert_string_equal(res.facts, "{\"without\":\"45\"}");
        assert_non_null(strstr(res.zh, "商品10045"));
        assert_int_equal(look(t.kf).level, CHECK_UNKNOWN);
        test_shop_commit(&t);

        clock_push(&t.store.clock, 3 * 24 * 3600 * 1000LL);
        test_shop_begin(&t);
        assert_int_equal(look(t.shop).level, CHECK_UNKNOWN);
        keep_product(10050, "5", "77");
        assert_int_equal(look(t.shop).level, CHECK_OK);
        keep_product(10001, "5", "0");
        assert_string_equal(look(t.shop).facts, "{\"without\":\"1\"}");
        test_shop_commit(&t);
}

/* A notice is only a trigger, whichever it is; one that names nothing is left to the list. */
static void notices_have_a_product_read(void **state)
{
        (void)state;
        static const char *const paths[] = {"ProductSpuAudit.product_id", "ProductSpuListing.product_id",
                                            "ProductSpuUpdate.product_id", "channels_ec_stock_no_enough.product_id"};
        struct shops_account shop;

        test_shop_begin(&t);
        assert_int_equal(shops_account_get(ctx, t.shop, &shop), 0);
        assert_int_equal(backfill_start(ctx, &shop), 0);
        for (size_t i = 0; i < countof(paths); i++) {
                struct json_leaf leaf = {paths[i], arena_printf(ctx->arena, "1000%zu", i), 'n'};
                struct wx_event event = {.account_id = t.shop, .type = "product", .leaves = &leaf, .n = 1};

                assert_int_equal(catalogue_domain.remote_events[i].fn(ctx, &event), 0);
        }
        assert_true(test_job_waits(&t, "backfill.read", NULL));
        assert_int_equal(catalogue_domain.remote_events[0].fn(ctx, &(struct wx_event){.account_id = t.shop, .type = "x"}), 0);
        test_shop_commit(&t);
}

#define ADDRESS(id, recv, dflt, phone)                                                                                 \
        "{\"errcode\":0,\"address_detail\":{\"address_id\":" id ",\"name\":\"仓库" id                                  \
        "\",\"address_info\":{\"user_name\":\"王\","                                                                  \
        "\"province_name\":\"浙江省\",\"city_name\":\"杭州市\",\"county_name\":\"西湖区\",\"detail_info\":"   \
        "\"文三路1号\","                                                                                           \
        "\"tel_number\":\"" phone "\"},\"recv_addr\":" recv ",\"default_recv\":" dflt "}}"

static void addresses_are_read_daily(void **state)
{
        (void)state;
        struct catalogue_address *all, one;
        struct shops_account shop;
        struct job job;
        size_t n;
        struct fake_step first[] = {
                TOKEN_STABLE("T"),
                SAYS("address/list", "{\"errcode\":0,\"address_id_list\":[11,\"12\",13]}"),
                SAYS("address/get", ADDRESS("11", "true", "false", "13800138000")),
                SAYS("address/get", ADDRESS("12", "false", "false", "13800138001")),
                SAYS("address/get", ADDRESS("13", "true", "true", "13800138002")),
        };
        play(first, countof(first));
        test_shop_begin(&t);
        assert_int_equal(shops_account_get(ctx, t.wecom, &shop), 0);
        assert_int_equal(catalogue_start(ctx, &shop), 0);
        assert_false(test_job_waits(&t, "catalogue.addresses", NULL));
        assert_int_equal(shops_account_get(ctx, t.shop, &shop), 0);
        assert_int_equal(catalogue_start(ctx, &shop), 0);
        assert_int_equal(catalogue_addresses_refresh(ctx, t.shop), 0);
        test_shop_commit(&t);
        assert_int_equal(test_job_run(&t, "catalogue.addresses", fake_wx, NULL), 0);

        test_shop_begin(&t);
        assert_int_equal(catalogue_addresses(ctx, t.shop, &all, &n), 0);
        assert_int_equal(n, 2); /* 12 receives nothing */
        assert_string_equal(all[0].address_id, "13");
        assert_int_equal(all[0].is_default, 1);
        assert_string_equal(all[0].phone_masked, "138****8002");
        assert_non_null(strstr(all[0].text, "文三路1号"));
        assert_int_equal(catalogue_address_get(ctx, t.shop, "12", &one), CATALOGUE_E_NONE);
        assert_true(test_job_waits(&t, "catalogue.addresses", &job));
        assert_int_equal(job.run_at, ctx->now + 24 * 3600 * 1000);
        test_shop_commit(&t);

        struct fake_step second[] = {
                TOKEN_STABLE("T"),
                SAYS("address/list", "{\"errcode\":0,\"address_id_list\":[11]}"),
                SAYS("address/get", ADDRESS("11", "true", "true", "13800138000")),
        };
        play(second, countof(second));
        clock_push(&t.store.clock, 24 * 3600 * 1000);
        assert_int_equal(test_job_run(&t, "catalogue.addresses", fake_wx, NULL), 0);
        test_shop_begin(&t);
        assert_int_equal(catalogue_addresses(ctx, t.shop, &all, &n), 0);
        assert_int_equal(n, 1); /* what is gone at the platform is gone here */
        assert_int_equal(catalogue_address_get(ctx, t.shop, "11", &one), 0);
        assert_int_equal(one.is_default, 1);
        test_shop_commit(&t);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(products_come_from_orders, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(products_are_read, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(products_without_an_address_are_told, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(notices_have_a_product_read, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(addresses_are_read_daily, open_shop, close_shop),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
