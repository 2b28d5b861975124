#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/ledger.h"
#include "store/testing.h"

#include "base/crypt.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

/* What was applied. `n` counts, and no entry is a key of its own, so one that is applied twice or late shows. The place
 * of a row in a PostgreSQL table tells no order: each connection fills a page of its own.
 */
static const char ddl[] =
        "-- migration 1: what was applied\n"
        "create table applied (n bigint primary key, seq bigint not null, stream bigint not null, query text,"
        " body text);\n";
static const size_t ddl_n = sizeof ddl - 1;
static const struct schema ddl_schema = {ddl, &ddl_n};
static const struct domain test_domain = {.name = "test", .schema = &ddl_schema};
static const struct domain *const domains[] = {&store_domain, &test_domain};

static struct test_store t;
static struct seal_keys keys;
static struct ledger *ledger;
static _Atomic int bad_is_good, slow, committed_n;

static int apply(void *arg, struct ctx *ctx, const struct ledger_entry *e)
{
        static const struct query q = {.name = "test.apply",
                                       .sql = "insert into applied (n, seq, stream, query, body)"
                                              " select coalesce(max(n), 0) + 1, $1, $2, $3, $4 from applied",
                                       .args = "iitt"};
        int r;

        (void)arg;
        if (ctx->merchant != e->merchant_id || ctx->actor.kind != ACTOR_PLATFORM)
                if (!bad_is_good)
                        return -EINVAL;
        r = db_exec(ctx, &q, DB_I(e->seq), DB_I(e->stream), DB_T(e->query),
                    DB_T(arena_strndup(ctx->arena, e->body.p, e->body.n)));
        ctx_notice(ctx, "test", "entry", e->seq, 0, NULL);
        if (slow)
                usleep(100);
        if (e->body.n == 3 && memcmp(e->body.p, "bad", 3) == 0 && !bad_is_good)
                return 5; /* after it has written */
        if (e->body.n == 5 && memcmp(e->body.p, "large", 5) == 0 && !bad_is_good)
                arena_alloc(ctx->arena, 40u << 20);
        return r;
}

static void committed(void *arg, struct ctx *ctx)
{
        struct notice *n;

        (void)arg;
        for (n = ctx->after.first; n; n = n->next)
                committed_n++;
}

static struct ledger_options options(void)
{
        return (struct ledger_options){
                .dir = t.dir,
                .db = t.db,
                .proto = {.ids = &t.ids, .registry = &t.registry, .keys = &keys},
                .clock = &t.clock,
                .max_waiting = 100000,
                .apply = apply,
                .committed = committed,
        };
}

static void open_ledger(void)
{
        struct ledger_options o = options();

        assert_int_equal(ledger_open(&ledger, &o), 0);
}

static void close_ledger(void)
{
        ledger_close(ledger);
        ledger = NULL;
}

static int setup(void **state)
{
        char path[128];

        (void)state;
        test_store_open(&t, domains, countof(domains));
        snprintf(path, sizeof path, "%s/keys", t.dir);
        assert_int_equal(seal_load(&keys, path), 0);
        bad_is_good = slow = committed_n = 0;
        open_ledger();
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        close_ledger();
        db_rollback(&t.ctx);
        test_store_close(&t);
        return 0;
}

static void wait_idle(void)
{
        int i;

        for (i = 0; i < 60000 && !ledger_idle(ledger); i++)
                usleep(500);
        assert_true(i < 60000);
}

/* Counts what was acknowledged. */
static _Atomic int acked, refused;

static void done(void *arg, int status)
{
        (void)arg;
        if (status == 0)
                acked++;
        else
                refused++;
}

static int append(const char *query, const char *body)
{
        struct ledger_entry e = {.received_at = 1,
                                 .merchant_id = 1,
                                 .account_id = 2,
                                 .kind = "shop",
                                 .query = query,
                                 .body = bytes_of_text(body)};

        return ledger_append(ledger, &e, done, NULL);
}

struct applied {
        int64_t seq, stream;
        const char *query, *body;
};

static struct applied *read_applied(size_t *n)
{
        static const struct db_col cols[] = {DB_COL_I(struct applied, seq), DB_COL_I(struct applied, stream),
                                             DB_COL_T(struct applied, query), DB_COL_T(struct applied, body)};
        static const struct query q = {.name = "test.applied",
                                       .sql = "select seq, stream, query, body from applied order by n",
                                       .row = cols,
                                       .n_row = countof(cols),
                                       .size = sizeof(struct applied)};
        struct applied *rows;

        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        assert_int_equal(db_all(&t.ctx, &q, &rows, n), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        return rows;
}

static void assert_ordered(const struct applied *rows, size_t n)
{
        size_t i;

        for (i = 1; i < n; i++)
                assert_true(rows[i].seq > rows[i - 1].seq);
}

enum { THREADS = 8, EACH = 600 };

static void *appender(void *arg)
{
        char text[32];
        intptr_t bad = 0;
        int i;

        for (i = 0; i < EACH; i++) {
                snprintf(text, sizeof text, "%d-%05d", (int)(intptr_t)arg, i);
                bad |= append("a=1", text) != 0;
        }
        return (void *)bad;
}

static void append_from_many(void)
{
        pthread_t threads[THREADS];
        void *bad;
        intptr_t i;

        for (i = 0; i < THREADS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, appender, (void *)i), 0);
        for (i = 0; i < THREADS; i++) {
                assert_int_equal(pthread_join(threads[i], &bad), 0);
                assert_null(bad);
        }
        wait_idle();
}

static void everything_is_applied_once_and_in_order(void **state)
{
        struct ledger_stats stats;
        struct applied *rows;
        int last[THREADS], who, i;
        int64_t count;
        size_t n, k;

        (void)state;
        acked = refused = 0;
        append_from_many();
        assert_int_equal(acked, THREADS * EACH);
        rows = read_applied(&n);
        assert_int_equal(n, THREADS * EACH);
        assert_ordered(rows, n);
        memset(last, -1, sizeof last);
        for (k = 0; k < n; k++) {
                /* Each thread's own entries stand in the order in which it appended them. */
                assert_int_equal(sscanf(rows[k].body, "%d-%d", &who, &i), 2);
                assert_int_equal(i, last[who] + 1);
                last[who] = i;
                assert_string_equal(rows[k].query, "a=1");
        }
        assert_int_equal(ledger_count(ledger, 1, &count), 0);
        assert_int_equal(count, n);
        assert_int_equal(ledger_count(ledger, 9, &count), 0);
        assert_int_equal(count, 0);
        ledger_stats(ledger, &stats);
        assert_int_equal(stats.appended, n);
        assert_int_equal(stats.applied, n);
        assert_int_equal(stats.waiting, 0);
        assert_int_equal(committed_n, n);
}

/* The applier falls behind what memory keeps and goes on from the files, past midnight. */
static void a_slow_applier_reads_from_the_files(void **state)
{
        struct applied *rows;
        size_t n;

        (void)state;
        slow = 1;
        acked = 0;
        append_from_many();
        clock_push(&t.clock, 24 * 3600 * 1000);
        append_from_many();
        clock_set(&t.clock, 1000); /* set back: goes on in the newest file */
        append_from_many();
        assert_int_equal(acked, 3 * THREADS * EACH);
        rows = read_applied(&n);
        assert_int_equal(n, 3 * THREADS * EACH);
        assert_ordered(rows, n);
}

struct number {
        int64_t n;
};

static int64_t ask(const char *sql, const char *arg)
{
        static const struct db_col cols[] = {DB_COL_I(struct number, n)};
        struct query q = {.name = "test.ask", .sql = sql, .args = "t", .row = cols, .n_row = 1, .size = sizeof(struct number)};
        struct number got;

        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        assert_int_equal(db_one(&t.ctx, &q, &got, DB_T(arg)), 0);
        db_rollback(&t.ctx);
        return got.n;
}

static void the_body_is_sealed_on_disk(void **state)
{
        char path[128], *text = malloc(1 << 20);
        size_t n = 0;
        int fd;

        (void)state;
        assert_non_null(text);
        assert_int_equal(append("q", "the secret words of a customer"), 0);
        wait_idle();
        if (t.server) {
                assert_int_equal(ask("select count(*) as n from store_ledger where kind = $1", "shop"), 1);
                assert_int_equal(ask("select count(*) as n from store_ledger where position(convert_to($1, 'UTF8') in body) > 0",
                                     "secret words"), 0);
                free(text);
                return;
        }
        close_ledger(); /* moves the log into the file */
        snprintf(path, sizeof path, "%s/ledger-20250615.db", t.dir);
        fd = open(path, O_RDONLY);
        assert_true(fd >= 0);
        n = (size_t)read(fd, text, 1 << 20);
        close(fd);
        assert_non_null(memmem(text, n, "ledger_entry", 12));
        assert_null(memmem(text, n, "secret words", 12));
        free(text);
}

static void a_failing_entry_stands_alone_and_can_be_replayed(void **state)
{
        struct ledger_failure *failures;
        struct ledger_stats stats;
        struct applied *rows;
        size_t n;

        (void)state;
        assert_int_equal(append(NULL, "one"), 0);
        assert_int_equal(append(NULL, "bad"), 0);
        assert_int_equal(append(NULL, "large"), 0);
        assert_int_equal(append(NULL, "two"), 0);
        wait_idle();
        rows = read_applied(&n);
        assert_int_equal(n, 2);
        assert_string_equal(rows[1].body, "two");
        assert_null(rows[1].query);
        assert_int_equal(committed_n, 2); /* what a failed one left for the consoles is forgotten */
        ledger_stats(ledger, &stats);
        assert_int_equal(stats.failed, 2);

        t.ctx.keys = &keys;
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(ledger_failures(&t.ctx, &failures, &n), 0);
        assert_int_equal(n, 2);
        assert_true(failures[0].seq > failures[1].seq);
        assert_string_equal(failures[1].reason, "refused with status 5");
        assert_int_equal(failures[1].account_id, 2);
        assert_int_equal(ledger_replay(ledger, &t.ctx, failures[1].stream, failures[1].seq), LEDGER_E_AGAIN);
        assert_int_equal(db_commit(&t.ctx), 0);

        bad_is_good = 1;
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(ledger_replay(ledger, &t.ctx, failures[1].stream, failures[1].seq), 0);
        assert_int_equal(ledger_replay(ledger, &t.ctx, failures[1].stream, failures[1].seq), LEDGER_E_NONE);
        t.ctx.merchant = 2;
        assert_int_equal(ledger_replay(ledger, &t.ctx, failures[0].stream, failures[0].seq), LEDGER_E_NONE);
        assert_int_equal(ledger_drop(ledger, &t.ctx, failures[0].stream, failures[0].seq), LEDGER_E_NONE);
        t.ctx.merchant = 1;
        assert_int_equal(db_commit(&t.ctx), 0);
        rows = read_applied(&n);
        assert_int_equal(n, 3);
        assert_string_equal(rows[2].body, "bad");
        assert_int_equal(rows[2].seq, failures[1].seq);
        ledger_stats(ledger, &stats);
        assert_int_equal(stats.failed, 1);

        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(ledger_drop(ledger, &t.ctx, failures[0].stream, failures[0].seq), 0);
        assert_int_equal(ledger_drop(ledger, &t.ctx, failures[0].stream, failures[0].seq), LEDGER_E_NONE);
        assert_int_equal(db_commit(&t.ctx), 0);
        ledger_stats(ledger, &stats);
        assert_int_equal(stats.failed, 0);
}

static void a_full_queue_says_so(void **state)
{
        struct ledger_options o = options();
        int i, full = 0;

        (void)state;
        close_ledger();
        o.max_waiting = 2;
        assert_int_equal(ledger_open(&ledger, &o), 0);
        for (i = 0; i < 20000 && !full; i++)
                full = append(NULL, "x");
        assert_int_equal(full, LEDGER_E_FULL);
        wait_idle();
}

static void notes_are_counted(void **state)
{
        struct ledger_note_row *rows;
        size_t n;

        (void)state;
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(ledger_note(&t.ctx, 3, "signature", 2), 0);
        assert_int_equal(ledger_note(&t.ctx, 3, "signature", 1), 0);
        assert_int_equal(ledger_note(&t.ctx, 4, "unknown event", 1), 0);
        assert_int_equal(ledger_notes(&t.ctx, &rows, &n), 0);
        assert_int_equal(n, 2);
        assert_int_equal(rows[0].count, 3);
        assert_string_equal(rows[1].reason, "unknown event");
}

/*
 * A child appends and applies under load, writing each acknowledged body to a pipe, and is killed in the middle. Then:
 * whatever was acknowledged is stored, and whatever is stored is applied exactly once, in order.
 */
static int ack_pipe;

static void tell(void *arg, int status)
{
        int i = (int)(intptr_t)arg;

        if (status == 0 && write(ack_pipe, &i, sizeof i) != sizeof i)
                _exit(3);
}

static _Noreturn void child_load(int from, int fd)
{
        char text[32];
        int i;

        ack_pipe = fd;
        test_store_reopen(&t);
        open_ledger();
        for (i = from;; i++) {
                struct ledger_entry e = {.merchant_id = 1, .kind = "shop", .body = {text, 0}};

                e.body.n = (size_t)snprintf(text, sizeof text, "%d", i);
                while (ledger_append(ledger, &e, tell, (void *)(intptr_t)i) == LEDGER_E_FULL)
                        usleep(100);
                if (i % 50 == 0)
                        usleep(200);
        }
}

/* Lets a child run until it acknowledged some hundred entries; what it acknowledged is marked. */
static int load_and_kill(int from, bool *is_acked, size_t n_acked)
{
        int fds[2], i, status, greatest = from - 1, got = 0;
        pid_t child;

        assert_int_equal(pipe(fds), 0);
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                close(fds[0]);
                child_load(from, fds[1]);
        }
        close(fds[1]);
        while (read(fds[0], &i, sizeof i) == sizeof i) {
                assert_in_range(i, 0, n_acked - 1);
                is_acked[i] = true;
                if (i > greatest)
                        greatest = i;
                if (++got == 400 + from % 97)
                        kill(child, SIGKILL);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        close(fds[0]);
        return greatest + 1;
}

static void killed_in_the_middle_nothing_is_lost_or_doubled(void **state)
{
        enum { MANY = 100000 };
        static bool is_acked[MANY];
        static int times[MANY];
        struct applied *rows;
        int from = 0, i;
        int64_t count;
        size_t n, k;

        (void)state;
        close_ledger();
        db_close(t.db);
        for (i = 0; i < 4; i++)
                from = load_and_kill(from + 20000, is_acked, MANY); /* what waited unacknowledged is not given again */
        test_store_reopen(&t);
        open_ledger();
        wait_idle();
        rows = read_applied(&n);
        assert_ordered(rows, n);
        for (k = 0; k < n; k++) {
                int64_t value;

                assert_int_equal(text_to_int(rows[k].body, 0, MANY - 1, &value), 0);
                times[value]++;
        }
        assert_int_equal(ledger_count(ledger, 0, &count), 0);
        assert_int_equal(count, n); /* stored = applied */
        for (i = 0; i < MANY; i++) {
                assert_true(times[i] <= 1);
                if (is_acked[i])
                        assert_int_equal(times[i], 1);
        }
        assert_true(n >= 1600);
}

/* The main database was restored from an older backup: the ledger brings it up to date again. */
static void what_the_main_database_forgot_is_applied_again(void **state)
{
        struct applied *rows;
        size_t n;

        (void)state;
        if (t.server)
                skip(); /* there the ledger is in the same database, and restored with it */
        assert_int_equal(append(NULL, "one"), 0);
        assert_int_equal(append(NULL, "two"), 0);
        wait_idle();
        close_ledger();
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(db_script(&t.ctx, "delete from applied; delete from store_ledger_progress", 54), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        open_ledger();
        assert_int_equal(append(NULL, "three"), 0);
        wait_idle();
        rows = read_applied(&n);
        assert_int_equal(n, 3);
        assert_ordered(rows, n);
        assert_string_equal(rows[0].body, "one");
        assert_string_equal(rows[2].body, "three");
        assert_true(rows[2].stream > rows[0].stream);
}

static bool has_day(const char *day)
{
        char path[128];

        if (t.server) {
                snprintf(path, sizeof path, "store_ledger_%s", day);
                return ask("select case when to_regclass($1) is null then 0 else 1 end as n", path) == 1;
        }
        snprintf(path, sizeof path, "%s/ledger-%s.db", t.dir, day);
        return access(path, F_OK) == 0;
}

static void old_days_go_once_they_are_applied(void **state)
{
        struct ledger_options o = options();
        struct applied *rows;
        int64_t count;
        size_t n;
        int i;

        (void)state;
        close_ledger(); /* has made the file of 2025-06-15 */
        o.keep_days = 3;
        for (i = 0; i < 6; i++) {
                assert_int_equal(ledger_open(&ledger, &o), 0);
                assert_int_equal(append(NULL, "x"), 0);
                wait_idle();
                close_ledger();
                clock_push(&t.clock, 24 * 3600 * 1000);
        }
        assert_int_equal(ledger_open(&ledger, &o), 0); /* of 2025-06-21: prunes what is before the 18th */
        for (i = 0; i < 5000 && has_day("20250617"); i++)
                usleep(1000);
        assert_false(has_day("20250615"));
        assert_false(has_day("20250616"));
        assert_false(has_day("20250617"));
        assert_true(has_day("20250618"));
        assert_true(has_day("20250620"));
        assert_int_equal(ledger_count(ledger, 1, &count), 0);
        assert_int_equal(count, 3);
        rows = read_applied(&n);
        assert_int_equal(n, 6);
        assert_ordered(rows, n);
}

/* ---- several processes ---- */

static void nothing(void *arg)
{
        (void)arg;
}

static void no_word(void *arg, const char *text)
{
        (void)arg, (void)text;
}

static void look(void *arg)
{
        (void)arg;
        if (ledger)
                ledger_look(ledger);
}

static struct process *join(const char *name)
{
        struct process *p;

        assert_int_equal(process_join(&p,
                                      &(struct process_options){.db = t.db,
                                                                .proto = t.ctx,
                                                                .name = name,
                                                                .heard = no_word,
                                                                .lost = nothing,
                                                                .freed = look},
                                      &t.ids),
                         0);
        return p;
}

static int fail_to_apply(void *arg, struct ctx *ctx, const struct ledger_entry *e)
{
        (void)arg, (void)ctx, (void)e;
        usleep(1000000); /* it is killed before */
        return -EAGAIN;
}

/* Acknowledges ten entries and applies none of them. */
static _Noreturn void child_takes_in(int fd)
{
        struct ledger_options o;
        char text[8];

        ack_pipe = fd;
        test_store_reopen(&t);
        o = options();
        o.apply = fail_to_apply;
        o.process = join("child");
        if (ledger_open(&ledger, &o))
                _exit(2);
        for (int i = 0; i < 10; i++) {
                struct ledger_entry e = {.merchant_id = 1, .kind = "shop", .body = {text, 0}};

                e.body.n = (size_t)snprintf(text, sizeof text, "%d", i);
                if (ledger_append(ledger, &e, tell, (void *)(intptr_t)i))
                        _exit(3);
        }
        for (;;)
                pause();
}

static void what_a_killed_process_took_in_is_applied_by_another(void **state)
{
        struct ledger_options o;
        struct process *process;
        struct applied *rows;
        int fds[2], i, status;
        size_t n;
        pid_t child;

        (void)state;
        close_ledger();
        if (!t.server)
                skip();
        db_close(t.db);
        assert_int_equal(pipe(fds), 0);
        child = fork();
        assert_true(child >= 0);
        if (child == 0)
                child_takes_in(fds[1]);
        for (int k = 0; k < 10; k++)
                assert_int_equal(read(fds[0], &i, sizeof i), sizeof i);
        test_store_reopen(&t);
        process = join("parent");
        o = options();
        o.process = process;
        assert_int_equal(ledger_open(&ledger, &o), 0);
        sleep(5); /* while the child lives, its stream is left alone */
        read_applied(&n);
        assert_int_equal(n, 0);
        assert_false(ledger_idle(ledger));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        for (i = 0; i < 10000 && !ledger_idle(ledger); i++) /* ten seconds */
                usleep(1000);
        rows = read_applied(&n);
        assert_int_equal(n, 10);
        assert_ordered(rows, n);
        for (i = 0; i < 5000 && ask("select count(*) as n from store_ledger_progress where $1 is not null", "") > 1; i++)
                usleep(1000);
        assert_true(i < 5000); /* an adopted stream comes to its end */
        close_ledger();
        process_leave(process);
        close(fds[0]);
        close(fds[1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(everything_is_applied_once_and_in_order, setup, teardown),
                cmocka_unit_test_setup_teardown(a_slow_applier_reads_from_the_files, setup, teardown),
                cmocka_unit_test_setup_teardown(the_body_is_sealed_on_disk, setup, teardown),
                cmocka_unit_test_setup_teardown(a_failing_entry_stands_alone_and_can_be_replayed, setup, teardown),
                cmocka_unit_test_setup_teardown(a_full_queue_says_so, setup, teardown),
                cmocka_unit_test_setup_teardown(notes_are_counted, setup, teardown),
                cmocka_unit_test_setup_teardown(killed_in_the_middle_nothing_is_lost_or_doubled, setup, teardown),
                cmocka_unit_test_setup_teardown(old_days_go_once_they_are_applied, setup, teardown),
                cmocka_unit_test_setup_teardown(what_a_killed_process_took_in_is_applied_by_another, setup, teardown),
                cmocka_unit_test_setup_teardown(what_the_main_database_forgot_is_applied_again, setup, teardown),
        };

        if (crypt_init() != 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
