/*
 * Whose turn it is: many merchants with work that nobody could foresee, one of them with far more than all others. One worker, so
 * that the order of calls is the order of claims.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/job.h"
#include "store/testing.h"

#include "base/crypt.h"

#include <stdio.h>
#include <stdlib.h>

#define MERCHANTS 40
#define ACCOUNTS 5
#define KINDS 3 /* without a cap */
#define CAPPED KINDS
#define CALLS_MAX 20000

static struct test_store t;
static struct job_runner *runner;
static struct {
        int64_t merchant, account, number;
        int kind;
} seen[CALLS_MAX];
static _Atomic int n_seen, inside;
static _Atomic bool hold;

static int call(struct ctx *ctx, struct job *job, void *state)
{
        int i = n_seen++;

        (void)state;
        assert_true(i < CALLS_MAX);
        seen[i].merchant = ctx->merchant;
        seen[i].account = job->account_id;
        seen[i].number = strtoll(strchr(job->key, '.') + 1, NULL, 10);
        seen[i].kind = job->kind[strlen(job->kind) - 1] - 'a';
        inside++;
        while (hold)
                usleep(1000);
        inside--;
        return 0;
}

static const struct job_kind kinds[] = {
        {.name = "fair.a", .class_ = JOB_NORMAL, .call = call},
        {.name = "fair.b", .class_ = JOB_NORMAL, .call = call},
        {.name = "fair.c", .class_ = JOB_NORMAL, .call = call},
        {.name = "fair.one", .class_ = JOB_NORMAL, .per_account = 1, .call = call},
};
static const struct domain test_domain = {.name = "fair", .jobs = kinds, .n_jobs = countof(kinds)};
static const struct domain *const domains[] = {&store_domain, &test_domain};

static int setup(void **state)
{
        (void)state;
        test_store_open(&t, domains, countof(domains));
        n_seen = inside = 0;
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

static void start(unsigned threads)
{
        struct job_runner_options o = {
                .db = t.db, .proto = {.ids = &t.ids, .registry = &t.registry}, .clock = &t.clock, .threads = threads};

        assert_int_equal(job_runner_start(&runner, &o), 0);
}

static void wait_idle(void)
{
        int i;

        for (i = 0; i < 60000 && !job_runner_idle(runner); i++)
                usleep(500);
        assert_true(i < 60000);
}

/* In a transaction: job number `i` of the lane. */
static void add(int64_t merchant, int64_t account, int kind, int i)
{
        char key[64];

        t.ctx.merchant = merchant;
        snprintf(key, sizeof key, "%lld-%d.%d", (long long)account, kind, i);
        assert_int_equal(job_enqueue(&t.ctx, &(struct job_new){.kind = kinds[kind].name, .key = key, .account_id = account}), 0);
}

static void begin(void)
{
        t.ctx.now = clock_now(&t.clock);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_QUEUE), 0);
}

static uint32_t dice(uint32_t sides)
{
        uint32_t n;

        crypt_random(&n, sizeof n);
        return n % sides;
}

/* While a merchant has work, everybody else has one turn at most before it is his again; within a lane nothing overtakes. */
static void assert_fair(int left[MERCHANTS + 1], int lanes[MERCHANTS + 1][ACCOUNTS][KINDS])
{
        int since[MERCHANTS + 1][MERCHANTS + 1] = {0}; /* turns of the second since the first had one */

        for (int i = 0; i < n_seen; i++) {
                int64_t m = seen[i].merchant;
                int *next = &lanes[m][seen[i].account - 1][seen[i].kind];

                assert_int_equal(seen[i].number, *next);
                ++*next;
                for (int w = 1; w <= MERCHANTS; w++)
                        if (w != m && left[w] > 0)
                                assert_true(++since[w][m] <= 2); /* who joins the round in the middle may see one of each twice */
                memset(since[m], 0, sizeof since[m]);
                left[m]--;
        }
        for (int m = 1; m <= MERCHANTS; m++)
                assert_int_equal(left[m], 0);
}

static void every_merchant_has_his_turn(void **state)
{
        int left[MERCHANTS + 1] = {0}, lanes[MERCHANTS + 1][ACCOUNTS][KINDS] = {0}, all = 0;

        (void)state;
        begin();
        for (int m = 1; m <= MERCHANTS; m++)
                for (int a = 1; a <= ACCOUNTS; a++)
                        for (int k = 0; k < KINDS; k++)
                                for (int i = 0, n = m == 7 ? 60 : (int)dice(3); i < n; i++, left[m]++, all++)
                                        add(m, a, k, i);
        assert_int_equal(db_commit(&t.ctx), 0);
        start(1);
        wait_idle();
        assert_int_equal(n_seen, all);
        assert_fair(left, lanes);
}

/* And within a merchant every lane, however long another is. */
static void every_lane_of_a_merchant_has_its_turn(void **state)
{
        int last = 0;

        (void)state;
        begin();
        for (int i = 0; i < 300; i++)
                add(1, 1, 0, i);
        for (int i = 0; i < 4; i++) {
                add(1, 2, 1, i);
                add(2, 1, 0, i);
        }
        assert_int_equal(db_commit(&t.ctx), 0);
        start(1);
        wait_idle();
        assert_int_equal(n_seen, 308);
        for (int i = 0; i < n_seen; i++)
                if (seen[i].merchant == 1 && seen[i].account == 2)
                        last = i;
        assert_true(last < 20);
}

/* Until so many are inside, however long it takes, and for a tenth of a second nobody has joined them. */
static void assert_inside(int n)
{
        int i;

        for (i = 0; i < 60000 && inside < n; i++)
                usleep(1000);
        usleep(100000);
        assert_int_equal(inside, n);
}

/* A quarter of the workers is left to others, however much one has to do; who is alone has all of them. */
static void calls_that_hang_leave_workers_to_others(void **state)
{
        (void)state;
        begin();
        for (int i = 0; i < 40; i++)
                add(1, i % ACCOUNTS + 1, 0, i);
        assert_int_equal(db_commit(&t.ctx), 0);
        hold = true;
        start(8);
        assert_inside(8);
        hold = false;
        wait_idle();
        begin();
        add(2, 1, 0, 0);
        for (int i = 0; i < 40; i++)
                add(1, i % ACCOUNTS + 1, 0, 100 + i);
        assert_int_equal(db_commit(&t.ctx), 0);
        hold = true;
        job_runner_wake(runner);
        assert_inside(7); /* one of the second merchant, six of the first */
        begin();
        add(3, 1, 0, 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        job_runner_wake(runner);
        assert_inside(8);
        assert_int_equal(seen[n_seen - 1].merchant, 3);
        hold = false;
        wait_idle();
        assert_int_equal(n_seen, 82);
}

/* Forty merchants whose lanes are at their cap do not hide one behind them. */
static void who_waits_for_his_own_cap_hides_nobody(void **state)
{
        (void)state;
        hold = true;
        start(60);
        begin();
        for (int m = 0; m < 40; m++)
                for (int i = 0; i < 2; i++)
                        add(100 + 2 * m, 1, CAPPED, i);
        assert_int_equal(db_commit(&t.ctx), 0);
        job_runner_wake(runner);
        assert_inside(40);
        begin();
        add(177, 1, CAPPED, 0); /* the thirty-ninth from where the walk stands */
        assert_int_equal(db_commit(&t.ctx), 0);
        job_runner_wake(runner);
        assert_inside(41);
        hold = false;
        wait_idle();
        assert_int_equal(n_seen, 81);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(every_merchant_has_his_turn, setup, teardown),
                cmocka_unit_test_setup_teardown(every_lane_of_a_merchant_has_its_turn, setup, teardown),
                cmocka_unit_test_setup_teardown(calls_that_hang_leave_workers_to_others, setup, teardown),
                cmocka_unit_test_setup_teardown(who_waits_for_his_own_cap_hides_nobody, setup, teardown),
        };

        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
