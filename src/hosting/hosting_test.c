#include "hosting/hosting.h"
#include "inbox/inbox.h"
#include "shops/testing.h"
#include "staff/login.h"
#include "staff/visit.h"
#include "store/check_types.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

extern const char inbox_schema_sql[];
extern const size_t inbox_schema_sql_size;
static const struct schema inbox_schema = {inbox_schema_sql, &inbox_schema_sql_size};
static const struct domain inbox_tables = {.name = "inbox", .schema = &inbox_schema};
static const struct domain *const domains[] = {&store_domain, &shops_domain, &staff_domain, &inbox_tables, &hosting_domain};

static struct test_shop t;
static struct ctx *const ctx = &t.store.ctx;
static int64_t own;

static int open_shop(void **state)
{
        (void)state;
        test_shop_open(&t, domains, countof(domains));
        own = ctx->merchant;
        return 0;
}

static int close_shop(void **state)
{
        (void)state;
        ctx->merchant = own;
        test_shop_begin(&t);
        int wrong = db_check_types(ctx);
        test_shop_commit(&t);
        test_shop_close(&t);
        return wrong;
}

static void run(const char *sql)
{
        struct query q = {.name = "test.run", .sql = sql, .args = "", .once = true};

        assert_int_equal(db_exec_v(ctx, &q, NULL, 0), 0);
}

/* ---- two hundred merchants with fifteen shops each ---- */

#define MERCHANTS 200
#define SHOPS 15
#define UP_TO(n) "with recursive n (i) as (select 1 union all select i + 1 from n where i < " #n ") "

static void make_street(void)
{
        run(UP_TO(200) "insert into shops_merchant (merchant_id, name, name_fold, created_at)"
                       " select 1000 + i, 'Shop ' || i, 'shop ' || i, 1 from n");
        run(UP_TO(15) "insert into shops_account (merchant_id, account_id, parent_id, kind, remote_id, name, read_only, bound, created_at,"
                      " connected_at) select m.merchant_id, m.merchant_id * 100 + i, 0, 'shop', 'wx' || m.merchant_id || '.' || i, 'x', 0, 0, 1,"
                      " 1 from shops_merchant m cross join n where m.merchant_id between 1001 and 1200");
        run("insert into shops_health (merchant_id, account_id, last_callback_at, found_by_polling) select merchant_id, account_id,"
            " account_id, 0 from shops_account where merchant_id between 1001 and 1200");
        run(UP_TO(12) "insert into store_check (merchant_id, account_id, name, level, zh, en, at, since) select merchant_id, account_id,"
                      " 'shops.check' || i, case when i = 1 then 3 when i < 4 then 2 else 0 end, '好', 'well', 1, 1 from shops_account cross join n"
                      " where merchant_id between 1001 and 1200");
        run(UP_TO(300) "insert into inbox_thread (merchant_id, thread_id, account_id, identity_id, channel, remote_id, status, owner,"
                       " waiting_since, created_at) select m.merchant_id, m.merchant_id * 1000 + i, m.merchant_id * 100 + 1, i, 'kf', 'wm' || i,"
                       " 'open', 'desk', case when i <= 20 then 5000 + i else 0 end, 1 from shops_merchant m cross join n"
                       " where m.merchant_id between 1001 and 1200");
        run(UP_TO(30) "insert into store_job (job_id, merchant_id, kind, key, account_id, class, state, tries, run_at, deadline, again,"
                      " created_at) select m.merchant_id * 100 + i, m.merchant_id, 'x', 'k' || i, 0, 1, case when i <= 2 then 3 else 0 end, 0, 1, 0,"
                      " 0, 1 from shops_merchant m cross join n where m.merchant_id between 1001 and 1200");
}

static int64_t best_us(int64_t limit, struct hosting_health **rows, size_t *n)
{
        int64_t best = INT64_MAX, begun;

        for (int i = 0; i < 5; i++) {
                begun = clock_mono_us();
                assert_int_equal(hosting_page(ctx, NULL, 1000, limit, rows, n), 0);
                best = clock_mono_us() - begun < best ? clock_mono_us() - begun : best;
        }
        return best;
}

static void a_page_of_two_hundred_merchants(void **state)
{
        (void)state;
        struct hosting_health *rows;
        int64_t page, all;
        size_t n;

        test_shop_begin(&t);
        make_street();
        page = best_us(50, &rows, &n);
        assert_int_equal(n, 50);
        all = best_us(MERCHANTS, &rows, &n);
        printf("%d merchants x %d shops: a page of 50 in %.1f ms, all in %.1f ms\n", MERCHANTS, SHOPS, (double)page / 1000, (double)all / 1000);
        assert_true(page < 50000 && all < 50000 * 4); /* the second: no page of the console, but the list at the terminal */
        assert_int_equal(n, MERCHANTS);
        for (size_t i = 0; i < n; i++) {
                const struct hosting_health *h = &rows[i];

                assert_int_equal(h->m.merchant_id, 1001 + i);
                assert_int_equal(h->accounts, SHOPS);
                assert_int_equal(h->shops, SHOPS);
                assert_int_equal(h->last_callback_at, h->m.merchant_id * 100 + SHOPS);
                assert_int_equal(h->fails, SHOPS);
                assert_int_equal(h->warns, 2 * SHOPS);
                assert_int_equal(h->waiting, 20);
                assert_int_equal(h->waiting_since, 5001);
                assert_int_equal(h->jobs_dead, 2);
                assert_int_equal(h->jobs_waiting, 28);
        }
        assert_int_equal(hosting_page(ctx, "SHOP 19", 0, 200, &rows, &n), 0);
        assert_int_equal(n, 11); /* 19, 190 to 199 */
        assert_int_equal(hosting_page(ctx, "_", 0, 200, &rows, &n), 0);
        assert_int_equal(n, 0);
        test_shop_commit(&t);
}

/* ---- visits ---- */

static const char *sign_in(const char *login)
{
        struct staff_checked *checked;
        struct staff_session s;
        const char *cookie;

        assert_int_equal(staff_login_check(ctx, login, "correct horse", "1.1.1.1", &checked), 0);
        assert_int_equal(staff_login_finish(ctx, checked, "1.1.1.1", &cookie, &s), 0);
        return cookie;
}

static void a_visit_ends_by_itself(void **state)
{
        (void)state;
        struct staff_session s;
        struct staff_visit v;
        const char *hash, *cookie;
        int64_t id;

        test_shop_begin(&t);
        ctx->merchant = 0;
        assert_int_equal(staff_hash(ctx, "correct horse", &hash), 0);
        assert_int_equal(staff_insert(ctx, "boss", "x", "owner", hash, &id), STAFF_E_ROLE);
        assert_int_equal(staff_operator_add(ctx, "Host", "王工", hash, &id), 0);
        ctx->merchant = own;
        assert_int_equal(staff_insert(ctx, "sly", "x", "operator", hash, &id), STAFF_E_ROLE);
        assert_int_equal(staff_operator_add(ctx, "sly", "x", hash, &id), STAFF_E_ROLE);
        cookie = sign_in("host");
        assert_int_equal(ctx->merchant, 0);
        assert_int_equal(ctx->actor.role, ROLE_OPERATOR);
        assert_int_equal(staff_visit_begin(ctx, cookie, own, "看看", 30, &v), STAFF_E_BAD);
        assert_int_equal(staff_visit_begin(ctx, cookie, own, "核对地址", 241, &v), STAFF_E_BAD);
        assert_int_equal(staff_visit_begin(ctx, cookie, own, "核对地址", 30, &v), 0);
        assert_int_equal(ctx->merchant, own);
        assert_int_equal(ctx->actor.kind, ACTOR_OPERATOR);
        assert_int_equal(ctx->actor.role, ROLE_SUPERVISOR);
        assert_int_equal(staff_visit_begin(ctx, cookie, own, "核对地址", 30, &v), STAFF_E_VISIT);
        assert_int_equal(staff_visit_now(ctx, &v), 0);
        assert_string_equal(v.reason, "核对地址");
        test_shop_commit(&t);

        clock_push(&t.store.clock, 30 * 60 * 1000 - 1);
        test_shop_begin(&t);
        assert_int_equal(staff_session_find(ctx, cookie, &s), 0);
        staff_enter(ctx, &s);
        assert_int_equal(ctx->merchant, own);
        assert_string_equal(ctx->actor.reason, "核对地址");
        test_shop_commit(&t);

        clock_push(&t.store.clock, 1);
        test_shop_begin(&t);
        assert_int_equal(staff_session_find(ctx, cookie, &s), 0);
        staff_enter(ctx, &s);
        assert_int_equal(ctx->merchant, 0);
        assert_int_equal(ctx->actor.role, ROLE_OPERATOR);
        assert_null(ctx->actor.reason);
        assert_int_equal(staff_visit_end(ctx, cookie), STAFF_E_VISIT);
        ctx->merchant = own;
        assert_int_equal(staff_visit_now(ctx, &v), STAFF_E_NONE);
        test_shop_commit(&t);
}

/* ---- limits, and suspending ---- */

static void what_was_agreed_on_holds(void **state)
{
        (void)state;
        const struct shops_new corp = {.kind = "mp", .remote_id = "wx0123456789abcdef", .name = "号", .secret = "s"};
        struct shops_merchant m;
        const char *hash, *zh, *en;
        int64_t id;

        test_shop_begin(&t);
        assert_int_equal(staff_hash(ctx, "correct horse", &hash), 0);
        assert_int_equal(hosting_terms(ctx, own, &(struct shops_terms){.max_accounts = 3, .max_staff = 1, .contact = "王工"}), 0);
        assert_int_equal(shops_connect(ctx, &corp, &id), SHOPS_E_LIMIT); /* three are there */
        assert_int_equal(staff_insert(ctx, "a", "甲", "owner", hash, &id), 0);
        assert_int_equal(staff_insert(ctx, "b", "乙", "agent", hash, &id), STAFF_E_LIMIT);
        assert_int_equal(shops_limit_why(ctx, SHOPS_LIMIT_STAFF, &zh, &en), 0);
        assert_non_null(strstr(zh, "王工"));
        assert_int_equal(hosting_terms(ctx, own, &(struct shops_terms){.max_accounts = 4}), 0);
        assert_int_equal(shops_connect(ctx, &corp, &id), 0);
        assert_int_equal(hosting_terms(ctx, own, &(struct shops_terms){.max_staff = -1}), HOSTING_E_BAD);
        assert_int_equal(hosting_terms(ctx, 5, &(struct shops_terms){0}), HOSTING_E_NONE);
        ctx->merchant = own;
        assert_int_equal(hosting_resume(ctx, own), HOSTING_E_AGAIN);
        assert_int_equal(hosting_suspend(ctx, own, ""), HOSTING_E_BAD);
        const char *cookie = sign_in("a");
        struct staff_session s;
        assert_int_equal(staff_session_find(ctx, cookie, &s), 0);
        assert_int_equal(hosting_suspend(ctx, own, "欠费"), 0);
        assert_int_equal(staff_session_find(ctx, cookie, &s), STAFF_E_EXPIRED);
        struct staff_checked *checked;
        assert_int_equal(staff_login_check(ctx, "a", "correct horse", "1.1.1.1", &checked), 0);
        assert_int_equal(staff_login_finish(ctx, checked, "1.1.1.1", &cookie, &s), STAFF_E_SUSPENDED);
        assert_int_equal(shops_merchant_get(ctx, &m), 0);
        assert_string_equal(m.suspended_why, "欠费");
        int64_t *awake;
        size_t n;
        assert_int_equal(shops_merchants_awake(ctx, &awake, &n), 0);
        assert_int_equal(n, 0);
        assert_int_equal(hosting_resume(ctx, own), 0);
        cookie = sign_in("a");
        assert_int_equal(staff_session_find(ctx, cookie, &s), 0);
        test_shop_commit(&t);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_page_of_two_hundred_merchants, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(a_visit_ends_by_itself, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(what_was_agreed_on_holds, open_shop, close_shop),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
