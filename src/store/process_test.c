#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/process.h"
#include "store/testing.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static struct test_store t;

/* What one process was told. */
struct ear {
        pthread_mutex_t lock;
        char words[256];
        int lost, freed;
};

static void on_heard(void *arg, const char *text)
{
        struct ear *e = arg;

        pthread_mutex_lock(&e->lock);
        snprintf(e->words + strlen(e->words), sizeof e->words - strlen(e->words), "%s;", text);
        pthread_mutex_unlock(&e->lock);
}

static void on_lost(void *arg)
{
        struct ear *e = arg;

        pthread_mutex_lock(&e->lock);
        e->lost++;
        pthread_mutex_unlock(&e->lock);
}

static void on_freed(void *arg)
{
        struct ear *e = arg;

        pthread_mutex_lock(&e->lock);
        e->freed++;
        pthread_mutex_unlock(&e->lock);
}

static struct process *join(struct db *db, const char *name, struct ear *ear, struct id_source *ids)
{
        struct process *p;

        *ear = (struct ear){.lock = PTHREAD_MUTEX_INITIALIZER};
        assert_int_equal(process_join(&p,
                                      &(struct process_options){.db = db,
                                                                .proto = t.ctx,
                                                                .name = name,
                                                                .heard = on_heard,
                                                                .lost = on_lost,
                                                                .freed = on_freed,
                                                                .arg = ear},
                                      ids),
                         0);
        return p;
}

/* Waits up to `ms` for what the ear must have by then. */
static bool comes(struct ear *e, int64_t ms, const char *words, int lost, int freed)
{
        int64_t until = clock_mono_ms() + ms;
        bool has;

        do {
                pthread_mutex_lock(&e->lock);
                has = !strcmp(e->words, words) && e->lost >= lost && e->freed >= freed;
                pthread_mutex_unlock(&e->lock);
                if (!has)
                        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        } while (!has && clock_mono_ms() < until);
        return has;
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

static void run(struct db *db, const char *sql)
{
        struct ctx ctx;

        ctx_init(&ctx, &t.arena);
        assert_int_equal(db_begin(db, &ctx, DB_WRITE), 0);
        assert_int_equal(db_script(&ctx, sql, strlen(sql)), 0);
        assert_int_equal(db_commit(&ctx), 0);
}

static void a_process_of_its_own_has_slot_one(void **state)
{
        struct id_source ids;
        struct process *p;
        struct ear ear;

        (void)state;
        p = join(t.db, "one", &ear, &ids);
        assert_int_equal(ids.slot, 1);
        assert_int_equal(process_living(p), 1);
        assert_false(process_cut(p));
        assert_true(process_id(p) > 0);
        process_say(p, "to nobody");
        process_leave(p);
        assert_int_equal(number("select count(*) as n from store_process"), 0);
}

static void words_reach_the_others(void **state)
{
        struct id_source ids[2];
        struct process *a, *b;
        struct ear ears[2];
        char *big;

        (void)state;
        if (!t.server)
                skip();
        a = join(t.db, "a", &ears[0], &ids[0]);
        b = join(t.db, "b", &ears[1], &ids[1]);
        assert_int_not_equal(ids[0].slot, ids[1].slot);
        process_say(a, "one");
        process_say(a, "two");
        assert_true(comes(&ears[1], 2000, "one;two;", 0, 0));
        process_say(b, "back");
        assert_true(comes(&ears[0], 2000, "back;", 0, 0));

        big = malloc(PROCESS_WORD_MAX + 2);
        assert_non_null(big);
        memset(big, 'x', PROCESS_WORD_MAX + 1);
        big[PROCESS_WORD_MAX + 1] = '\0';
        process_say(a, big); /* too long to be said */
        free(big);
        assert_true(comes(&ears[1], 2000, "one;two;", 1, 0));
        process_leave(a);
        assert_true(comes(&ears[1], 2000, "one;two;", 1, 1)); /* what it left is to be had */
        process_leave(b);
}

/* In the child: claims the job and waits for the end. */
static void be_killed(int ready)
{
        struct db_options options = {.url = t.url, .readers = 1, .writers = 1};
        struct id_source ids;
        struct process *p;
        struct ear ear;
        struct db *db;
        char sql[128];

        if (db_open(&db, &options))
                _exit(2);
        p = join(db, "child", &ear, &ids);
        snprintf(sql, sizeof sql, "update store_job set state = 2, claimed_by = %lld", (long long)process_id(p));
        run(db, sql);
        if (write(ready, "R", 1) != 1)
                _exit(3);
        for (;;)
                pause();
}

static pid_t child(void)
{
        int ready[2];
        pid_t pid;
        char c;

        assert_int_equal(pipe(ready), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
                be_killed(ready[1]);
        assert_int_equal(read(ready[0], &c, 1), 1);
        close(ready[0]);
        close(ready[1]);
        return pid;
}

static const char a_job[] = "insert into store_job (job_id, merchant_id, kind, key, account_id, class, state, tries,"
                            " run_at, deadline, again, created_at) values (1, 1, 'k', 'x', 0, 1, 1, 0, 1, 0, 0, 1)";

static void work_of_a_killed_process_is_free_within_ten_seconds(void **state)
{
        struct id_source ids;
        struct process *p;
        struct ear ear;
        int status;
        pid_t pid;

        (void)state;
        if (!t.server)
                skip();
        run(t.db, a_job);
        pid = child();
        p = join(t.db, "parent", &ear, &ids);
        nanosleep(&(struct timespec){.tv_sec = 5}, NULL); /* three looks: who lives is left alone */
        assert_int_equal(number("select count(*) as n from store_job where state = 2"), 1);
        assert_int_equal(process_living(p), 2);
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        assert_true(comes(&ear, 10000, "", 0, 1));
        assert_int_equal(number("select count(*) as n from store_job where state = 1"), 1);
        assert_int_equal(number("select count(*) as n from store_process"), 1);
        process_leave(p);
}

static void who_comes_again_replaces_himself_at_once(void **state)
{
        struct id_source ids;
        struct process *p;
        struct ear ear;
        int status;
        pid_t pid;

        (void)state;
        if (!t.server)
                skip();
        run(t.db, a_job);
        pid = child();
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        p = join(t.db, "child", &ear, &ids);
        assert_int_equal(number("select count(*) as n from store_job where state = 1"), 1);
        assert_int_equal(number("select count(*) as n from store_process"), 1);
        process_leave(p);
}

static void a_broken_line_is_mended(void **state)
{
        struct id_source ids[2];
        struct process *a, *b;
        struct ear ears[2];
        int64_t id;

        (void)state;
        if (!t.server)
                skip();
        a = join(t.db, "a", &ears[0], &ids[0]);
        b = join(t.db, "b", &ears[1], &ids[1]);
        id = process_id(b);
        run(t.db, "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and"
                  " classid = cast(hashtext(current_schema())::bit(32)::bigint as oid) and granted");
        assert_true(comes(&ears[0], 5000, "", 1, 1));
        assert_true(comes(&ears[1], 5000, "", 1, 1));
        assert_int_equal(process_id(b), id);
        assert_false(process_cut(b));
        process_say(a, "again");
        assert_true(comes(&ears[1], 5000, "again;", 1, 1));
        nanosleep(&(struct timespec){.tv_sec = 5}, NULL);
        assert_int_equal(number("select count(*) as n from store_process"), 2);
        process_leave(a);
        process_leave(b);
}

static int setup(void **state)
{
        static const struct domain *const domains[] = {&store_domain};

        (void)state;
        test_store_open(&t, domains, countof(domains));
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        test_store_close(&t);
        return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        static const struct CMUnitTest tests[] = {
                TEST(a_process_of_its_own_has_slot_one),
                TEST(words_reach_the_others),
                TEST(work_of_a_killed_process_is_free_within_ten_seconds),
                TEST(who_comes_again_replaces_himself_at_once),
                TEST(a_broken_line_is_mended),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
