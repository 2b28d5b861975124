/* Every schema that was ever released is taken over by today's program, on both databases, and its rows are as they were. */
#include "base/shared_test.h"

#include "aftersales/aftersales.h"
#include "app/app.h"
#include "base/crypt.h"
#include "contacts/contacts.h"
#include "inbox/inbox.h"
#include "orders/orders.h"
#include "store/testing.h"

static struct test_store t;

static char *read_golden(const char *name)
{
        const char *dir = getenv("ZHANGGUI_GOLDEN");
        FILE *f = fopen(arena_printf(&t.arena, "%s/%s", dir ? dir : "tests/golden", name), "r");
        struct text out;
        char buffer[4096];
        size_t n;

        assert_non_null(f);
        text_init(&out, &t.arena);
        while ((n = fread(buffer, 1, sizeof buffer, f)) > 0)
                text_add_n(&out, buffer, n);
        fclose(f);
        return out.p;
}

static int setup(void **state)
{
        (void)state;
        test_store_open_bare(&t, app_registry.domains, app_registry.n);
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        db_rollback(&t.ctx);
        test_store_close(&t);
        return 0;
}

static int migrate(struct ctx *ctx, void *arg)
{
        (void)arg;
        return migrate_run(ctx);
}

static int load(struct ctx *ctx, void *arg)
{
        const char *sql = arg;

        return db_script(ctx, sql, strlen(sql));
}

static void check_rows(void)
{
        struct contacts_person person;
        struct inbox_message message;
        struct aftersales_case c;
        struct orders_order order;
        struct inbox_thread thread;

        assert_int_equal(orders_find_number(&t.ctx, "3700000000000004711", &order), 0);
        assert_int_equal(order.order_id, 40);
        assert_int_equal(order.amount, 12900);
        assert_string_equal(order.title, "青瓷杯");
        assert_int_equal(aftersales_get(&t.ctx, 50, &c), 0);
        assert_string_equal(c.status, "MERCHANT_PROCESSING");
        assert_int_equal(c.order_id, 40);
        assert_int_equal(contacts_person_get(&t.ctx, 30, &person), 0);
        assert_int_equal(inbox_thread_get(&t.ctx, 60, &thread), 0);
        assert_int_equal(thread.person_id, 30);
        assert_int_equal(thread.unread, 1);
        assert_int_equal(inbox_message_get(&t.ctx, 61, &message), 0);
        assert_string_equal(message.text, "杯子碎了");
}

static void version_1_is_taken_over(void **state)
{
        bool pending;

        (void)state;
        assert_int_equal(db_run(t.db, &t.ctx, DB_WRITE, load, read_golden("v1.sql")), 0);
        assert_int_equal(db_run(t.db, &t.ctx, DB_WRITE, migrate, NULL), 0);
        assert_int_equal(db_run(t.db, &t.ctx, DB_WRITE, migrate, NULL), 0); /* once */
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(migrate_pending(&t.ctx, &pending), 0);
        assert_false(pending);
        check_rows();
}

static void a_newer_one_is_refused_unchanged(void **state)
{
        static const char newer[] = "insert into store_migration values ('orders', 999, 1)";
        bool pending;

        (void)state;
        assert_int_equal(db_run(t.db, &t.ctx, DB_WRITE, load, read_golden("v1.sql")), 0);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(db_script(&t.ctx, newer, strlen(newer)), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        assert_int_equal(db_run(t.db, &t.ctx, DB_WRITE, migrate, NULL), MIGRATE_E_NEWER);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(migrate_pending(&t.ctx, &pending), 0);
        assert_true(pending); /* nothing was applied */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(version_1_is_taken_over),
                TEST(a_newer_one_is_refused_unchanged),
        };

        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
