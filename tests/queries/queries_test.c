/*
 * Every query of every domain is prepared, whether or not another test runs it: its text is taken by the database, its
 * arguments are those declared, its columns those described (on PostgreSQL their types, too). The table is made from the
 * sources by list.sh.
 */
#include "base/shared_test.h"

#include "app/app.h"
#include "base/crypt.h"
#include "store/db_impl.h"
#include "store/testing.h"

extern const struct query *const all_queries[];
extern const size_t n_all_queries;

static struct test_store t;

static int setup(void **state)
{
        (void)state;
        test_store_open(&t, app_registry.domains, app_registry.n);
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        db_rollback(&t.ctx);
        test_store_close(&t);
        return 0;
}

static int prepare(const struct query *q)
{
        int r;

        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        r = db_prepare(&t.ctx, q);
        db_rollback(&t.ctx);
        return r;
}

static void every_query_is_taken(void **state)
{
        size_t bad = 0;

        (void)state;
        for (size_t i = 0; i < n_all_queries; i++) {
                if (prepare(all_queries[i]) == 0)
                        continue;
                print_error("%s is refused\n", all_queries[i]->name);
                bad++;
        }
        assert_int_equal(bad, 0);
}

static void every_name_is_one_query(void **state)
{
        (void)state;
        for (size_t i = 0; i < n_all_queries; i++)
                for (size_t k = 0; k < i; k++)
                        assert_string_not_equal(all_queries[i]->name, all_queries[k]->name);
}

struct id_row {
        int64_t person_id;
        const char *name;
};

/* What the test is there to find, planted. */
static void a_wrong_query_is_refused(void **state)
{
        static const struct db_col right[] = {DB_COL_I(struct id_row, person_id), DB_COL_T(struct id_row, name)};
        static const struct db_col swapped[] = {DB_COL_T(struct id_row, name), DB_COL_I(struct id_row, person_id)};
        static const struct db_col as_number[] = {DB_COL_I(struct id_row, person_id), {"name", DB_INT, offsetof(struct id_row, name)}};
        static const char sql[] = "select person_id, name from contacts_person where merchant_id = $1";
#define ROW(cols) .row = (cols), .n_row = countof(cols), .size = sizeof(struct id_row)
        static const struct query good = {.name = "test.good", .sql = sql, .args = "i", ROW(right)};
        static const struct query order = {.name = "test.order", .sql = sql, .args = "i", ROW(swapped)};
        static const struct query args = {.name = "test.args", .sql = sql, .args = "ii", ROW(right)};
        static const struct query kind = {.name = "test.kind", .sql = sql, .args = "b", ROW(right)};
        static const struct query type = {.name = "test.type", .sql = sql, .args = "i", ROW(as_number)};
        static const struct query table = {.name = "test.table", .sql = "delete from contacts_nobody where merchant_id = $1", .args = "i"};
#undef ROW

        (void)state;
        assert_int_equal(prepare(&good), 0);
        assert_true(prepare(&order) < 0);
        assert_true(prepare(&table) < 0);
        if (db_kind(t.db) == DB_SQLITE) {
                assert_true(prepare(&args) < 0);
                return; /* it has no types to differ in */
        }
        assert_true(prepare(&kind) < 0);
        assert_true(prepare(&type) < 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(every_query_is_taken),
                TEST(every_name_is_one_query),
                TEST(a_wrong_query_is_refused),
        };

        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
