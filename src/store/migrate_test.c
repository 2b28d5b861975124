#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/testing.h"

static const char v1[] = "-- what this is about; the word -- migration inside a line means nothing\n"
                         "-- migration 1: the first table\ncreate table a (x bigint);\n";
static const char v2[] = "-- migration 1: the first table\ncreate table a (x bigint);\n"
                         "-- migration 2: one more\ncreate table b (x bigint); insert into b values (2);\n";
static const char holes[] =
        "-- migration 1: one\ncreate table c (x bigint);\n-- migration 3: three\ncreate table d (x bigint);\n";
static const char broken[] =
        "-- migration 1: one\ncreate table e (x bigint);\n-- migration 2: two\ncreate tabel f (x bigint);\n";
static const char unnamed[] = "-- migration one: one\ncreate table g (x bigint);\n";

struct number {
        int64_t n;
};
static const struct db_col number_cols[] = {DB_COL_I(struct number, n)};
static const struct query q_tables = {
        .name = "test.tables",
        .sql = "select count(*) as n from sqlite_schema where type = 'table' and length(name) = 1",
        .sql_pg = "select count(*) as n from pg_tables where schemaname = current_schema() and length(tablename) = 1",
        .row = number_cols,
        .n_row = 1,
        .size = sizeof(struct number)};
static const struct query q_rows = {.name = "test.rows",
                                    .sql = "select count(*) as n from store_migration where applied_at > 0",
                                    .row = number_cols,
                                    .n_row = 1,
                                    .size = sizeof(struct number)};

static struct test_store t;

static int64_t number(const struct query *q)
{
        struct number got;

        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        assert_int_equal(db_one(&t.ctx, q, &got), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        return got.n;
}

/* Runs the migrations of one domain "a" with this schema; commits when it went well. */
static int run(const char *name, const char *sql)
{
        const size_t n = strlen(sql);
        const struct schema schema = {sql, &n};
        const struct domain domain = {.name = name, .schema = &schema}, bare = {.name = "bare"};
        const struct domain *const domains[] = {&domain, &bare};
        const struct registry registry = {domains, countof(domains)};
        int r;

        t.ctx.registry = &registry;
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        r = migrate_run(&t.ctx);
        t.ctx.registry = &t.registry;
        if (r)
                db_rollback(&t.ctx);
        else
                assert_int_equal(db_commit(&t.ctx), 0);
        return r;
}

static int setup(void **state)
{
        (void)state;
        test_store_open(&t, NULL, 0);
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        test_store_close(&t);
        return 0;
}

static void fresh_then_again_then_further(void **state)
{
        (void)state;
        assert_int_equal(run("a", v1), 0);
        assert_int_equal(number(&q_tables), 1);
        assert_int_equal(run("a", v1), 0);
        assert_int_equal(number(&q_rows), 1);
        assert_int_equal(run("a", v2), 0);
        assert_int_equal(number(&q_tables), 2);
        assert_int_equal(number(&q_rows), 2);
}

static void newer_data_is_refused(void **state)
{
        (void)state;
        assert_int_equal(run("a", v2), 0);
        assert_int_equal(run("a", v1), MIGRATE_E_NEWER);
        assert_int_equal(run("other", v1), MIGRATE_E_NEWER); /* a domain this program does not know */
        assert_int_equal(number(&q_tables), 2);
        assert_int_equal(number(&q_rows), 2);
}

static void a_bad_schema_changes_nothing(void **state)
{
        (void)state;
        assert_int_equal(run("a", holes), -EINVAL);
        assert_int_equal(run("a", unnamed), -EINVAL);
        assert_true(run("a", broken) < 0);
        assert_int_equal(number(&q_tables), 0);
        assert_int_equal(run("a", v1), 0);
}

static void the_stores_own_schema_stands(void **state)
{
        static const struct domain *const domains[] = {&store_domain};
        static const struct query q = {
                .name = "test.own",
                .sql = "select count(*) as n from sqlite_schema where type = 'table' and name like 'store_%'",
                .sql_pg = "select count(*) as n from pg_tables where schemaname = current_schema() and tablename like 'store_%'",
                .row = number_cols,
                .n_row = 1,
                .size = sizeof(struct number)};

        (void)state;
        t.registry = (struct registry){domains, 1};
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(migrate_run(&t.ctx), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        assert_true(number(&q) >= 10); /* tests/rights knows them all */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(fresh_then_again_then_further, setup, teardown),
                cmocka_unit_test_setup_teardown(newer_data_is_refused, setup, teardown),
                cmocka_unit_test_setup_teardown(a_bad_schema_changes_nothing, setup, teardown),
                cmocka_unit_test_setup_teardown(the_stores_own_schema_stands, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
