/* The play uses a part of what the fake platform offers. */
#pragma GCC diagnostic ignored "-Wunused-function"

#include "orders/view.h"

#include "base/metric.h"
#include "backfill/backfill.h"
#include "base/state.h"
#include "contacts/contacts.h"
#include "platform/callback.h"
#include "platform/fake_test.h"
#include "shops/testing.h"
#include "staff/staff.h"
#include "store/check_types.h"

/* ---- a listener above ---- */

static int heard;
static struct orders_changed last;

static int on_changed(struct ctx *c, const void *payload)
{
        (void)c;
        last = *(const struct orders_changed *)payload;
        heard++;
        return 0;
}
static const struct listener listeners[] = {{&orders_event_changed, true, on_changed, "test.on_changed"}};
static const struct domain ear = {.name = "ear", .listeners = listeners, .n_listeners = countof(listeners)};
static const struct domain *const domains[] = {&store_domain,     &shops_domain,  &staff_domain, &contacts_domain,
                                               &catalogue_domain, &orders_domain, &ear};
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
        heard = 0;
        return 0;
}

static int close_shop(void **state)
{
        if (!ctx->db)
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

/* ---- objects of our own making ---- */

static const char *object(const char *id, int status, long long updated_s, const char *note)
{
        return arena_printf(
                &t.store.arena,
                "{\"order_id\":%s,\"status\":%d,\"create_time\":1749990000,\"update_time\":%lld,\"openid\":\"oBUYER\","
                "\"unionid\":\"\",\"order_detail\":{\"product_infos\":[{\"product_id\":901,\"sku_id\":\"77\",\"sku_"
                "cnt\":2,"
                "\"title\":\"真丝旗袍 Silk\",\"thumb_img\":\"http://i/1\",\"sale_price\":19900,\"real_price\":39800,"
                "\"delivery_deadline\":1750200000,\"sku_attrs\":[{\"attr_key\":\"颜色\",\"attr_value\":\"红\"},{\"attr_"
                "key\":"
                "\"尺码\",\"attr_value\":\"M\"}]},{\"product_id\":902,\"sku_id\":78,\"sku_cnt\":1,\"title\":\"围巾\","
                "\"delivery_deadline\":1750100000}],\"pay_info\":{\"pay_time\":1749990100},\"price_info\":{\"order_"
                "price\":"
                "45000},\"delivery_info\":{\"address_info\":{\"user_name\":\"陈先生\",\"tel_number\":\"13812345678\","
                "\"province_name\":\"广东省\",\"city_name\":\"广州市\",\"county_name\":\"海珠区\",\"detail_info\":"
                "\"大塘5号\"},"
                "\"delivery_product_info\":[{\"waybill_id\":\"SF10086ABC\",\"delivery_id\":\"SF\",\"delivery_name\":"
                "\"顺丰\","
                "\"delivery_time\":1750000000}]},\"ext_info\":{\"customer_notes\":\"%s\",\"merchant_notes\":\"\"}},"
                "\"aftersale_detail\":{\"on_aftersale_order_cnt\":1},\"new_field\":{\"kept\":[1,2]}}",
                id, status, updated_s, note);
}

static int update(const char *text, int64_t *id)
{
        return orders_update(ctx, t.shop, bytes_of_text(text), id);
}

static void an_object_becomes_an_order(void **state)
{
        (void)state;
        const char *text = object("3705115058471208928", 20, 1749990100, "发顺丰");
        struct orders_order o;
        struct orders_extra extra;
        struct contacts_identity buyer;
        struct bytes kept;
        int64_t id;
        test_shop_begin(&t);
        assert_int_equal(update(text, &id), 0);
        assert_int_equal(orders_get(ctx, id, &o), 0);
        assert_string_equal(o.remote_id, "3705115058471208928"); /* beyond 2^53: digits are kept */
        assert_int_equal(o.status, 20);
        assert_int_equal(o.amount, 45000);
        assert_int_equal(o.units, 3);
        assert_int_equal(o.ship_deadline, 1750100000000);
        assert_int_equal(o.paid_at, 1749990100000);
        assert_string_equal(o.title, "真丝旗袍 Silk");
        assert_string_equal(o.delivery_name, "顺丰");
        assert_string_equal(o.receiver_masked, "陈**");
        assert_int_equal(o.open_aftersales, 1);
        assert_int_equal(contacts_identity_get(ctx, o.identity_id, &buyer), 0);
        assert_string_equal(buyer.remote_id, "oBUYER");
        assert_string_equal(buyer.kind, "shop");
        assert_int_equal(orders_object(ctx, id, &kept), 0);
        assert_int_equal(kept.n, strlen(text));
        assert_memory_equal(kept.p, text, kept.n); /* whole, also what we do not know */
        assert_int_equal(orders_extra(ctx, id, &extra), 0);
        assert_string_equal(extra.customer_notes, "发顺丰");
        assert_string_equal(extra.phone, "138****5678");
        assert_string_equal(extra.name, "陈**");
        assert_string_equal(extra.address, "广东省广州市海珠区***");
        assert_int_equal(heard, 1);
        assert_int_equal(last.old_status, 0);
        assert_int_equal(last.order_id, id);
        assert_string_equal(ctx->after.first->topic, "orders");
        assert_null(strstr(ctx->after.first->body, "13812345678"));
        assert_null(strstr(ctx->after.first->body, "陈先生"));
        assert_non_null(strstr(ctx->after.first->body, "\"status_text\":\"待发货\""));
        assert_non_null(strstr(ctx->after.first->body, "\"account_name\":\"清禾旗舰店\""));
}

static void newer_wins(void **state)
{
        (void)state;
        struct orders_order o;
        int64_t id, again;
        test_shop_begin(&t);
        assert_int_equal(update(object("1001", 10, 100, "a"), &id), 0);
        assert_int_equal(update(object("1001", 10, 100, "a"), &again), 0);
        assert_int_equal(again, id);
        assert_int_equal(heard, 1); /* the same object is no change */
        assert_int_equal(update(object("1001", 20, 100, "a"), &again), 0);
        assert_int_equal(heard, 2); /* within the same second it may be one */
        assert_null(ctx->after.first); /* what is older than a day is no news to the consoles */
        assert_int_equal(last.old_status, 10);
        assert_int_equal(update(object("1001", 10, 99, "a"), &again), ORDERS_E_OLDER);
        assert_int_equal(again, id);
        assert_int_equal(orders_get(ctx, id, &o), 0);
        assert_int_equal(o.status, 20);
        int64_t unexpected = metric_get(&orders_metric_unexpected);
        assert_int_equal(update(object("1001", 12, 101, "a"), &again), 0);
        assert_int_equal(metric_get(&orders_metric_unexpected), unexpected + 1);
        assert_int_equal(orders_get(ctx, id, &o), 0);
        assert_int_equal(o.status, 12); /* the platform's truth wins all the same */
        assert_int_equal(update("{\"status\":20}", &again), ORDERS_E_BAD);
        assert_int_equal(update("[]", &again), ORDERS_E_BAD);
        assert_int_equal(update("{\"order_id\":", &again), ORDERS_E_BAD);
        int64_t ours = ctx->merchant;
        ctx->merchant = ours + 1;
        assert_int_equal(orders_get(ctx, id, &o), ORDERS_E_NONE);
        assert_int_equal(orders_find_number(ctx, "1001", &o), ORDERS_E_NONE);
        ctx->merchant = ours;
        assert_int_equal(orders_find_number(ctx, "1001", &o), 0);
        assert_int_equal(state_check(&orders_states), 0);
}

static size_t search(const char *q)
{
        struct orders_order *rows;
        size_t n;
        assert_int_equal(orders_search(ctx, &(struct orders_filter){.q = q, .limit = 50}, &rows, &n), 0);
        return n;
}

static void orders_are_found(void **state)
{
        (void)state;
        struct orders_order *rows;
        int64_t id;
        size_t n;
        test_shop_begin(&t);
        assert_int_equal(update(object("3705115058471208928", 20, 100, ""), &id), 0);
        assert_int_equal(update(object("3705115058471218928", 30, 100, ""), &id), 0);
        assert_int_equal(update(object("3705115058471200001", 20, 100, ""), &id), 0);
        assert_int_equal(search(NULL), 3);
        assert_int_equal(search("3705115058471208928"), 1);
        assert_int_equal(search(" 08928 "), 1);
        assert_int_equal(search("8928"), 2);
        assert_int_equal(search("0001"), 1);
        assert_int_equal(search("928"), 0); /* three digits are no tail */
        assert_int_equal(search("99990001"), 0);
        assert_int_equal(search("sf10086abc"), 3);
        assert_int_equal(search("旗袍"), 3);
        assert_int_equal(search("SILK"), 3);
        assert_int_equal(search("裤子"), 0);
        assert_int_equal(search("%"), 0);
        struct orders_filter f = {.status = 20, .limit = 50};
        assert_int_equal(orders_search(ctx, &f, &rows, &n), 0);
        assert_int_equal(n, 2);
        f = (struct orders_filter){.account_id = t.wecom, .limit = 50};
        assert_int_equal(orders_search(ctx, &f, &rows, &n), 0);
        assert_int_equal(n, 0);

        /* Pages neither repeat nor lose: all three were created in the same second. */
        int64_t seen[3];
        f = (struct orders_filter){.limit = 1};
        for (size_t i = 0; i < 3; i++) {
                assert_int_equal(orders_search(ctx, &f, &rows, &n), 0);
                assert_int_equal(n, 1);
                seen[i] = rows[0].order_id;
                for (size_t k = 0; k < i; k++)
                        assert_int_not_equal(seen[k], seen[i]);
                f.before_at = rows[0].created_at;
                f.before_id = rows[0].order_id;
        }
        assert_int_equal(orders_search(ctx, &f, &rows, &n), 0);
        assert_int_equal(n, 0);
        int64_t ids[] = {0, last.identity_id};
        assert_int_equal(orders_of_identities(ctx, ids, 2, 2, &rows, &n), 0);
        assert_int_equal(n, 2);
        assert_int_equal(orders_of_identities(ctx, ids, 0, 2, &rows, &n), 0);
        assert_int_equal(n, 0);
}

struct plan_step {
        int64_t id, parent, notused;
        char *detail;
};
static const struct db_col plan_cols[] = {DB_COL_I(struct plan_step, id), DB_COL_I(struct plan_step, parent),
                                          DB_COL_I(struct plan_step, notused), DB_COL_T(struct plan_step, detail)};
static char plan_of_identities[2000], plan_search[2000]; /* statements outlive the test */
static struct query q_plan_of_identities = {.name = "plan.of_identities"}, q_plan_search = {.name = "plan.search"};

static void plan_query(struct query *out, const struct query *q, char *sql, size_t room)
{
        assert_true(snprintf(sql, room, "explain query plan %s", q->sql) < (int)room);
        out->sql = sql;
        out->args = q->args;
        out->row = plan_cols;
        out->n_row = countof(plan_cols);
        out->size = sizeof(struct plan_step);
}

static bool plan_says(const struct plan_step *steps, size_t n, const char *what)
{
        for (size_t i = 0; i < n; i++)
                if (strstr(steps[i].detail, what))
                        return true;
        return false;
}

/* A person's orders and what is searched are found by their own indexes, never by walking the merchant's orders. */
static void no_lookup_walks_the_merchant(void **state)
{
        struct plan_step *steps;
        int64_t ids[] = {1, 2};
        const char *products[] = {"901"};
        size_t n;

        (void)state;
        test_shop_begin(&t);
        if (db_kind(t.store.db) == DB_SQLITE) {
                plan_query(&q_plan_of_identities, &orders_q_of_identities, plan_of_identities, sizeof(plan_of_identities));
                assert_int_equal(db_all(ctx, &q_plan_of_identities, &steps, &n, DB_I(ctx->merchant), DB_LIST_I(ids, 2), DB_I(20)), 0);
                assert_true(plan_says(steps, n, "orders_order_identity (merchant_id=? AND identity_id=?)"));
                plan_query(&q_plan_search, &orders_q_search, plan_search, sizeof(plan_search));
                assert_int_equal(db_all(ctx, &q_plan_search, &steps, &n, DB_I(ctx->merchant), DB_I(0), DB_I(0), DB_I(INT64_MAX), DB_I(0),
                                        DB_I(50), DB_T("x"), DB_T(""), DB_T("q"), DB_LIST_T(products, 1), DB_I(20000)),
                                 0);
                assert_true(plan_says(steps, n, "orders_line_product (merchant_id=? AND product_id=? AND order_id>?)"));
                assert_false(plan_says(steps, n, "orders_order_created"));
        }
        test_shop_commit(&t);
}

static void samples_of_the_platform(void **state)
{
        (void)state;
        static const char path[] = "api_samples/skit-wechat/Api/model/Channels/ECOrder/ChannelsECOrderGetResponse.json";
        const char *text = shared_text(&t.store.arena, path);
        struct orders_order o;
        int64_t id;
        if (!text)
                skip();
        const char *order = json_get(&t.store.arena, bytes_of_text(text), "order");
        assert_non_null(order);
        test_shop_begin(&t);
        assert_int_equal(update(order, &id), 0);
        assert_int_equal(orders_get(ctx, id, &o), 0);
        assert_string_equal(o.remote_id, "37423523451235145");
        assert_string_equal(o.title, "健身环");
        assert_int_equal(o.amount, 10500);
        assert_string_equal(o.waybill_id, "134654612313");
        assert_string_equal(o.delivery_name, "STO"); /* older objects name the carrier by its code */
        assert_int_equal(o.open_aftersales, 1);
        assert_int_equal(search("健身"), 1);
}

/* ---- notices, fetches, polling ---- */

static void notice(const char *order_id)
{
        struct json_leaf leaves[] = {{"order_info.order_id", order_id}};
        struct wx_event event = {
                .kind = WX_SHOP, .type = "channels_ec_order_pay", .leaves = leaves, .n = 1, .account_id = t.shop};
        for (size_t i = 0; i < orders_domain.n_remote_events; i++)
                if (text_eq(orders_domain.remote_events[i].type, event.type))
                        assert_int_equal(orders_domain.remote_events[i].fn(ctx, &event), 0);
}

static const char *answer(const char *order)
{
        return arena_printf(&t.store.arena, "{\"errcode\":0,\"errmsg\":\"ok\",\"order\":%s}", order);
}

static void a_notice_only_triggers(void **state)
{
        (void)state;
        struct orders_order o;
        struct job job;
        struct fake_step steps[] = {
                TOKEN_STABLE("T"),
                {.path = "order/get", .fails = TRANSPORT_E_UNKNOWN},
                SAYS("order/get", answer(object("1001", 20, 1749999000, ""))),
        };
        play(steps, countof(steps));
        test_shop_begin(&t);
        notice("1001");
        notice("1001"); /* delivered twice: one job */
        assert_int_equal(orders_find_number(ctx, "1001", &o), ORDERS_E_NONE);
        test_shop_commit(&t);
        assert_int_equal(test_job_run(&t, "orders.fetch", fake_wx, &job), JOB_RETRY);
        assert_int_equal(test_job_run(&t, "orders.fetch", fake_wx, &job), 0);
        assert_int_equal(test_job_run(&t, "orders.fetch", fake_wx, &job), -1);
        assert_non_null(strstr(fake.seen[fake.n - 1].body, "\"order_id\":\"1001\""));
        test_shop_begin(&t);
        assert_int_equal(orders_find_number(ctx, "1001", &o), 0);
        assert_int_equal(heard, 1);
}

static void an_unknown_number_ends_quietly(void **state)
{
        (void)state;
        struct fake_step steps[] = {TOKEN_STABLE("T"),
                                    SAYS("order/get", "{\"errcode\":100002,\"errmsg\":\"order not found\"}")};
        play(steps, countof(steps));
        test_shop_begin(&t);
        notice("404");
        test_shop_commit(&t);
        assert_int_equal(test_job_run(&t, "orders.fetch", fake_wx, NULL), 0);
        assert_int_equal(test_job_run(&t, "orders.fetch", fake_wx, NULL), -1);
}

static int64_t found_by_polling(void)
{
        struct shops_account a;
        assert_int_equal(shops_account_get(ctx, t.shop, &a), 0);
        return a.found_by_polling;
}

/* What a list names is fetched and kept; it counts as found when no notice told of it since we are connected. */
static void what_no_notice_told_of_is_found(void **state)
{
        (void)state;
        const struct backfill_source *source = &orders_domain.sources[0];
        struct backfill_page page;
        struct wx_fault fault;
        struct bytes o;
        bool fresh;
        long long now_s = (long long)(clock_now(&t.store.clock) / 1000);
        struct fake_step steps[] = {
                TOKEN_STABLE("T"),
                SAYS("order/list/get",
                     "{\"errcode\":0,\"order_id_list\":[\"501\",502],\"has_more\":true,\"next_key\":\"K1\"}"),
                SAYS("order/list/get", "{\"errcode\":0,\"order_id_list\":[],\"has_more\":false,\"next_key\":\"K2\"}"),
                SAYS("order/get", answer(object("501", 20, now_s - 29 * 86400, ""))),
        };
        play(steps, countof(steps));
        ctx->wx = fake_wx;
        assert_int_equal(source->list(ctx, t.shop, &(struct backfill_ask){now_s - 86400, now_s, NULL}, &page, &fault), 0);
        assert_int_equal(page.n, 2);
        assert_string_equal(page.ids[1], "502");
        assert_string_equal(page.next_key, "K1");
        assert_int_equal(source->list(ctx, t.shop, &(struct backfill_ask){now_s - 86400, now_s, "K1"}, &page, &fault), 0);
        assert_null(page.next_key);
        assert_non_null(strstr(fake.seen[2].body, "\"next_key\":\"K1\""));
        assert_int_equal(source->get(ctx, t.shop, "501", &o, &fault), 0);
        ctx->wx = NULL;

        test_shop_begin(&t);
        assert_int_equal(source->keep(ctx, t.shop, "501", o), 0); /* from before we were connected */
        assert_int_equal(found_by_polling(), 0);
        assert_int_equal(source->keep(ctx, t.shop, "502", bytes_of_text(object("502", 20, now_s + 30, ""))), 0);
        assert_int_equal(found_by_polling(), 1);
        assert_int_equal(source->keep(ctx, t.shop, "502", bytes_of_text(object("502", 20, now_s + 30, ""))), 0);
        assert_int_equal(found_by_polling(), 1); /* nothing new */
        notice("503");                           /* told, not fetched yet */
        assert_int_equal(source->keep(ctx, t.shop, "503", bytes_of_text(object("503", 20, now_s + 30, ""))), 0);
        assert_int_equal(found_by_polling(), 1);
        assert_int_equal(source->keep(ctx, t.shop, "504", bytes_of_text("[]")), BACKFILL_E_BAD);
        assert_int_equal(source->fresh(ctx, t.shop, "503", ctx->now - 1, &fresh), 0);
        assert_true(fresh);
        assert_int_equal(source->fresh(ctx, t.shop, "503", ctx->now, &fresh), 0);
        assert_false(fresh);
        assert_int_equal(source->fresh(ctx, t.shop, "505", 1, &fresh), 0);
        assert_false(fresh);
        test_shop_commit(&t);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(an_object_becomes_an_order, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(newer_wins, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(orders_are_found, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(no_lookup_walks_the_merchant, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(samples_of_the_platform, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(a_notice_only_triggers, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(an_unknown_number_ends_quietly, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(what_no_notice_told_of_is_found, open_shop, close_shop),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
