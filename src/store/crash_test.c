/* What crashes the program is set aside after three times, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/crash.h"
#include "store/job.h"
#include "store/ledger.h"
#include "store/testing.h"

#include "base/crypt.h"

#include <signal.h>
#include <sys/wait.h>

#define WAIT_MS 60000

static struct test_store t;
static struct seal_keys keys;
static int line[2]; /* a child that hangs says so */
static bool hangs;

static int prepare(struct ctx *ctx, struct job *job, void **state)
{
        (void)ctx, (void)state;
        if (text_eq(job->key, "bad") && hangs) {
                if (write(line[1], "h", 1) != 1)
                        _exit(9);
                for (;;)
                        pause();
        }
        if (text_eq(job->key, "bad"))
                abort();
        return 0;
}

static const struct job_kind kinds[] = {{.name = "test.job", .max_tries = 5, .prepare = prepare}};
static const char ddl[] = "-- migration 1: what was applied\ncreate table applied (body text not null);\n";
static const size_t ddl_n = sizeof ddl - 1;
static const struct schema ddl_schema = {ddl, &ddl_n};
static const struct domain test_domain = {.name = "test", .schema = &ddl_schema, .jobs = kinds, .n_jobs = countof(kinds)};
static const struct domain *const domains[] = {&store_domain, &test_domain};

static int apply(void *arg, struct ctx *ctx, const struct ledger_entry *e)
{
        static const struct query q = {.name = "test.apply", .sql = "insert into applied (body) values ($1)", .args = "t"};
        const char *body = arena_strndup(ctx->arena, e->body.p, e->body.n);

        (void)arg;
        if (text_eq(body, "bad"))
                __builtin_trap();
        return db_exec(ctx, &q, DB_T(body));
}

static int count(struct ctx *ctx, void *arg)
{
        (void)arg;
        return crash_count(ctx);
}

static int ask(struct ctx *ctx, void *arg)
{
        static const char *const names[] = {"first", "bad", "last"};
        int r = 0;

        (void)arg;
        for (size_t i = 0; !r && i < countof(names); i++)
                r = job_enqueue(ctx, &(struct job_new){.kind = "test.job", .key = names[i]});
        return r;
}

/* ---- a life of the program, in a process of its own ---- */

static void need(bool yes)
{
        if (!yes)
                _exit(8);
}

static void append(struct ledger *ledger)
{
        static const char *const bodies[] = {"first", "bad", "last"};

        for (size_t i = 0; i < countof(bodies); i++)
                need(!ledger_append(ledger, &(struct ledger_entry){.received_at = 1,
                                                                   .merchant_id = 1,
                                                                   .account_id = 2,
                                                                   .kind = "shop",
                                                                   .body = bytes_of_text(bodies[i])}, NULL, NULL));
}

static void live(bool entries)
{
        struct ctx proto = {.ids = &t.ids, .registry = &t.registry, .keys = &keys};
        int64_t until = clock_mono_ms() + WAIT_MS;
        struct job_runner *runner;
        struct ledger *ledger;

        test_store_reopen(&t);
        need(!crash_open(t.dir));
        need(!db_run(t.db, &t.ctx, DB_WRITE, count, NULL));
        need(!job_runner_start(&runner, &(struct job_runner_options){.db = t.db, .proto = proto, .clock = &t.clock, .threads = 2}));
        need(!ledger_open(&ledger, &(struct ledger_options){
                                           .dir = t.dir, .db = t.db, .proto = proto, .clock = &t.clock, .max_waiting = 100, .apply = apply}));
        if (entries)
                append(ledger);
        while (!(ledger_idle(ledger) && job_runner_idle(runner)) && clock_mono_ms() < until)
                usleep(2000);
        need(clock_mono_ms() < until);
        ledger_close(ledger);
        job_runner_stop(runner);
        db_close(t.db);
        _exit(0);
}

static int life(bool entries, bool killed)
{
        int status;
        char byte;
        pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0)
                live(entries);
        if (killed) {
                assert_int_equal(read(line[0], &byte, 1), 1);
                kill(child, SIGKILL);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        return status;
}

static int setup(void **state)
{
        char path[128];

        (void)state;
        test_store_open(&t, domains, countof(domains));
        snprintf(path, sizeof path, "%s/keys", t.dir);
        assert_int_equal(seal_load(&keys, path), 0);
        assert_int_equal(pipe(line), 0);
        assert_int_equal(db_run(t.db, &t.ctx, DB_WRITE, ask, NULL), 0);
        db_close(t.db);
        hangs = false;
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        db_rollback(&t.ctx);
        close(line[0]);
        close(line[1]);
        test_store_close(&t);
        return 0;
}

struct number {
        int64_t n;
};

static int64_t number(const char *sql)
{
        static const struct db_col cols[] = {DB_COL_I(struct number, n)};
        struct query q = {.name = "test.number", .sql = sql, .row = cols, .n_row = 1, .size = sizeof(struct number)};
        struct number out;

        assert_int_equal(db_one_v(&t.ctx, &q, &out, NULL, 0), 0);
        return out.n;
}

static void three_crashes_and_it_is_set_aside(void **state)
{
        struct ledger_failure *failures;
        struct job *dead;
        size_t n;
        int status, deaths = 0;

        (void)state;
        /* First the job, then an entry of the ledger. */
        while (!WIFEXITED(status = life(deaths == CRASH_MAX, false))) {
                assert_true(WTERMSIG(status) == SIGABRT || WTERMSIG(status) == SIGILL || WTERMSIG(status) == SIGTRAP);
                assert_true(++deaths <= 2 * CRASH_MAX);
        }
        assert_int_equal(WEXITSTATUS(status), 0);
        assert_int_equal(deaths, 2 * CRASH_MAX); /* the job's and the entry's */
        test_store_reopen(&t);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        assert_int_equal(job_list_dead(&t.ctx, &dead, &n), 0);
        assert_int_equal(n, 1);
        assert_string_equal(dead[0].key, "bad");
        assert_non_null(strstr(dead[0].error, "3 times"));
        assert_int_equal(number("select count(*) as n from store_job where state < 3"), 0);
        assert_int_equal(ledger_failures(&t.ctx, &failures, &n), 0);
        assert_int_equal(n, 1);
        assert_non_null(strstr(failures[0].reason, "3 times"));
        assert_int_equal(number("select count(*) as n from applied"), 2);
}

static void killed_from_outside_nobody_is_blamed(void **state)
{
        (void)state;
        hangs = true;
        for (int i = 0; i < CRASH_MAX + 1; i++)
                assert_int_equal(WTERMSIG(life(false, true)), SIGKILL);
        test_store_reopen(&t);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        assert_int_equal(number("select count(*) as n from store_crash"), 0);
        assert_int_equal(number("select count(*) as n from store_job where state = 3"), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(three_crashes_and_it_is_set_aside, setup, teardown),
                cmocka_unit_test_setup_teardown(killed_from_outside_nobody_is_blamed, setup, teardown),
        };

        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
