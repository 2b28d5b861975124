/* Claims that are not what their process believes: taken by another, or made by a commit whose answer was lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/db_impl.h"
#include "store/job.h"
#include "store/testing.h"

#include "base/crypt.h"

static struct test_store t;
static struct job_runner *runner;
static _Atomic int calls, inside, settled;
static _Atomic bool hold;

static int prepare(struct ctx *ctx, struct job *job, void **state)
{
        static const struct query q = {.name = "test.trace", .sql = "insert into trace (key) values ($1)", .args = "t"};

        (void)state;
        return db_exec(ctx, &q, DB_T(job->key));
}

static int call(struct ctx *ctx, struct job *job, void *state)
{
        (void)ctx, (void)job, (void)state;
        calls++;
        inside++;
        while (hold)
                usleep(1000);
        inside--;
        return 0;
}

static int settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        int r = prepare(ctx, job, state); /* the row says whether its commit was */

        (void)outcome;
        settled++;
        return r;
}

static const struct job_kind kinds[] = {{.name = "test.call", .max_tries = 3, .prepare = prepare, .call = call, .settle = settle}};
static const char ddl[] = "-- migration 1: what was written\ncreate table trace (key text not null);\n";
static const size_t ddl_n = sizeof ddl - 1;
static const struct schema ddl_schema = {ddl, &ddl_n};
static const struct domain test_domain = {.name = "test", .schema = &ddl_schema, .jobs = kinds, .n_jobs = countof(kinds)};
static const struct domain *const domains[] = {&store_domain, &test_domain};

static int setup(void **state)
{
        (void)state;
        test_store_open(&t, domains, countof(domains));
        calls = inside = settled = 0;
        hold = false;
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        hold = false;
        job_runner_stop(runner);
        runner = NULL;
        db_rollback(&t.ctx);
        test_store_close(&t);
        return 0;
}

static void start(void)
{
        struct job_runner_options o = {
                .db = t.db, .proto = {.ids = &t.ids, .registry = &t.registry}, .clock = &t.clock, .threads = 2};

        assert_int_equal(job_runner_start(&runner, &o), 0);
}

static void enqueue(const char *key)
{
        assert_int_equal(db_begin(t.db, &t.ctx, DB_QUEUE), 0);
        assert_int_equal(job_enqueue(&t.ctx, &(struct job_new){.kind = "test.call", .key = key, .account_id = 1}), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        if (runner)
                job_runner_wake(runner);
}

static void until(bool (*yes)(void))
{
        int i;

        for (i = 0; i < 20000 && !yes(); i++)
                usleep(500);
        assert_true(i < 20000);
}

static bool is_inside(void)
{
        return inside > 0;
}

static bool is_idle(void)
{
        return job_runner_idle(runner);
}

struct number {
        int64_t n;
};

static int64_t number(const char *sql)
{
        static const struct db_col cols[] = {DB_COL_I(struct number, n)};
        struct query q = {.name = "test.number", .sql = sql, .row = cols, .n_row = 1, .size = sizeof(struct number)};
        struct number out;

        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        assert_int_equal(db_one_v(&t.ctx, &q, &out, NULL, 0), 0);
        db_rollback(&t.ctx);
        return out.n;
}

/* Another process took this one for dead and has its job: what the call brought back is that one's to decide. */
static void what_others_claimed_is_not_settled(void **state)
{
        static const struct query take = {
                .name = "test.take", .sql = "update store_job set claimed_by = claimed_by + 1 where state = 2", .args = ""};

        (void)state;
        hold = true;
        enqueue("k");
        start();
        until(is_inside);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_QUEUE), 0);
        assert_int_equal(db_exec_v(&t.ctx, &take, NULL, 0), 0);
        assert_int_equal(db_changed(&t.ctx), 1);
        assert_int_equal(db_commit(&t.ctx), 0);
        hold = false;
        assert_true(job_runner_stop(runner)); /* settles what came back */
        runner = NULL;
        assert_int_equal(calls, 1);
        assert_int_equal(settled, 0);
        assert_int_equal(number("select count(*) as n from store_job where state = 2"), 1);
        start(); /* alone on the database: the claim is of one that is gone */
        until(is_idle);
        assert_int_equal(calls, 2);
        assert_int_equal(settled, 1);
        assert_int_equal(number("select count(*) as n from store_job"), 0);
}

/* One job through to its end; `commits` of `mode` from now, the answer is lost. */
static void lose(enum db_mode mode, unsigned commits, const char *key)
{
        db_pg_lose_commit[mode] = 0;
        calls = settled = 0;
        enqueue(key);
        db_pg_lose_commit[mode] = commits;
        if (runner)
                job_runner_wake(runner);
        else
                start();
        until(is_idle);
        assert_int_equal(db_pg_lose_commit[mode], 0);
        assert_int_equal(calls, 1);
        assert_int_equal(settled, 1);
        assert_int_equal(number("select count(*) as n from store_job"), 0);
}

static void a_commit_that_was_not_answered(void **state)
{
        (void)state;
        if (db_kind(t.db) != DB_POSTGRES)
                skip(); /* a file answers */
        lose(DB_QUEUE, 2, "claimed"); /* the first frees claims, at the start */
        assert_true(job_runner_stop(runner));
        runner = NULL;
        lose(DB_WRITE, 1, "prepared");
        assert_int_equal(number("select count(*) as n from trace where key = 'prepared'"), 3); /* twice, and settled */
        assert_true(job_runner_stop(runner));
        runner = NULL;
        lose(DB_WRITE, 2, "settled");
        assert_int_equal(number("select count(*) as n from trace where key = 'settled'"), 2); /* prepared, and settled once */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(what_others_claimed_is_not_settled, setup, teardown),
                cmocka_unit_test_setup_teardown(a_commit_that_was_not_answered, setup, teardown),
        };

        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
