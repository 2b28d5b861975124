/* In turn between merchants, in order within each, once: also when the applier stops in the middle of a window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/ledger.h"
#include "store/testing.h"

#include "base/crypt.h"

#include <stdio.h>

#define MERCHANTS 9

static const char ddl[] = "-- migration 1: what was applied\n"
                          "create table applied (turn bigint not null, merchant_id bigint not null, number bigint not null);\n";
static const size_t ddl_n = sizeof ddl - 1;
static const struct schema ddl_schema = {ddl, &ddl_n};
static const struct domain test_domain = {.name = "test", .schema = &ddl_schema};
static const struct domain *const domains[] = {&store_domain, &test_domain};

static struct test_store t;
static struct seal_keys keys;
static struct ledger *ledger;
static _Atomic bool hold;
static _Atomic int pause_us, acked;
static int64_t turns; /* of the applier: the order in which it applied, those undone included */

static int apply(void *arg, struct ctx *ctx, const struct ledger_entry *e)
{
        static const struct query q = {.name = "test.apply",
                                       .sql = "insert into applied (turn, merchant_id, number) values ($1, $2, $3)",
                                       .args = "iii"};

        (void)arg;
        while (hold)
                usleep(1000);
        if (pause_us)
                usleep((unsigned)pause_us);
        return db_exec(ctx, &q, DB_I(++turns), DB_I(e->merchant_id), DB_I(e->account_id));
}

static void open_ledger(void)
{
        struct ledger_options o = {.dir = t.dir,
                                   .db = t.db,
                                   .proto = {.ids = &t.ids, .registry = &t.registry, .keys = &keys},
                                   .clock = &t.clock,
                                   .max_waiting = 100000,
                                   .apply = apply};

        assert_int_equal(ledger_open(&ledger, &o), 0);
}

static int setup(void **state)
{
        char path[128];

        (void)state;
        test_store_open(&t, domains, countof(domains));
        snprintf(path, sizeof path, "%s/keys", t.dir);
        assert_int_equal(seal_load(&keys, path), 0);
        hold = false;
        pause_us = acked = 0;
        open_ledger();
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        hold = false;
        ledger_close(ledger);
        ledger = NULL;
        db_rollback(&t.ctx);
        test_store_close(&t);
        return 0;
}

static void done(void *arg, int status)
{
        (void)arg;
        acked += status == 0;
}

/* Entry `number` of the merchant: the number goes as his account, so that it can be read back. */
static void append(int64_t merchant, int64_t number)
{
        struct ledger_entry e = {.received_at = 1, .merchant_id = merchant, .account_id = number, .kind = "shop", .body = bytes_of_text("x")};

        assert_int_equal(ledger_append(ledger, &e, done, NULL), 0);
}

static void wait_acked(int n)
{
        for (int i = 0; i < 60000 && acked < n; i++)
                usleep(500);
        assert_int_equal(acked, n);
}

static void wait_idle(void)
{
        int i;

        for (i = 0; i < 60000 && !ledger_idle(ledger); i++)
                usleep(500);
        assert_true(i < 60000);
}

struct row {
        int64_t merchant_id, number;
};

/* In the order in which they were applied. */
static struct row *applied(size_t *n)
{
        static const struct db_col cols[] = {DB_COL_I(struct row, merchant_id), DB_COL_I(struct row, number)};
        static const struct query q = {.name = "test.applied",
                                       .sql = "select merchant_id, number from applied order by turn",
                                       .row = cols,
                                       .n_row = countof(cols),
                                       .size = sizeof(struct row)};
        struct row *rows;

        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        assert_int_equal(db_all(&t.ctx, &q, &rows, n), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        return rows;
}

static void a_quiet_merchant_does_not_stand_behind_a_loud_one(void **state)
{
        struct row *rows;
        size_t n, at = 0, third = 0;

        (void)state;
        hold = true;
        for (int i = 0; i < 5000; i++)
                append(1, i);
        append(2, 0);
        append(3, 0);
        append(3, 1);
        wait_acked(5003);
        usleep(50000); /* the transaction that holds the first has had its time */
        hold = false;
        wait_idle();
        rows = applied(&n);
        assert_int_equal(n, 5003);
        for (size_t i = 0; i < n; i++) {
                if (rows[i].merchant_id == 2)
                        at = i;
                if (rows[i].merchant_id == 3 && rows[i].number == 1)
                        third = i;
        }
        /* What was being applied when they came, then a turn of each. */
        assert_in_range(at, 1, 8);
        assert_in_range(third, 2, 8);
}

static uint32_t dice(uint32_t sides)
{
        uint32_t n;

        crypt_random(&n, sizeof n);
        return n % sides;
}

struct text_row {
        const char *ahead;
};

static bool some_are_ahead(void)
{
        static const struct db_col cols[] = {DB_COL_T(struct text_row, ahead)};
        static const struct query q = {.name = "test.ahead",
                                       .sql = "select ahead from store_ledger_progress where ahead <> '' limit 1",
                                       .row = cols,
                                       .n_row = countof(cols),
                                       .size = sizeof(struct text_row)};
        struct text_row row;
        int r;

        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        r = db_one(&t.ctx, &q, &row);
        assert_int_equal(db_commit(&t.ctx), 0);
        return !r;
}

/* Stopped again and again in the middle of a window, and what came behind it meanwhile. */
static void once_and_in_order_whenever_it_stops(void **state)
{
        int next[MERCHANTS] = {0}, seen[MERCHANTS] = {0}, all = 0, ahead = 0;
        struct row *rows;
        size_t n;

        (void)state;
        pause_us = 50;
        for (int round = 0; round < 8; round++) {
                hold = true;
                for (int i = 0; i < 400; i++, all++) {
                        /* The first is loud, and its entries lie before the others'. */
                        int m = i < 200 ? 0 : (int)dice(MERCHANTS);

                        append(m + 1, next[m]++);
                }
                wait_acked(all);
                hold = false;
                usleep(1000 * dice(60));
                ledger_close(ledger);
                ahead += some_are_ahead();
                open_ledger();
        }
        pause_us = 0;
        wait_idle();
        assert_true(ahead > 0); /* or nothing was shown */
        rows = applied(&n);
        assert_int_equal(n, all);
        for (size_t i = 0; i < n; i++)
                assert_int_equal(rows[i].number, seen[rows[i].merchant_id - 1]++);
        assert_false(some_are_ahead());
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_quiet_merchant_does_not_stand_behind_a_loud_one, setup, teardown),
                cmocka_unit_test_setup_teardown(once_and_in_order_whenever_it_stops, setup, teardown),
        };

        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
