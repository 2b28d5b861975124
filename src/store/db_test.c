#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/crypt.h"
#include "store/testing.h"

#include <pthread.h>

static const char ddl[] =
        "-- migration 1: things\n"
        "create table thing (id bigint not null primary key, name text, price bigint, weight double precision,"
        " data bytea, check (price >= 0));"
        "create unique index thing_name on thing (name);";
static const size_t ddl_n = sizeof ddl - 1;
static const struct schema ddl_schema = {ddl, &ddl_n};
static const struct domain thing_domain = {.name = "thing", .schema = &ddl_schema};
static const struct domain *const domains[] = {&thing_domain};

struct thing {
        int64_t id, price;
        const char *name;
        double weight;
        struct bytes data;
};
static const struct db_col thing_cols[] = {
        DB_COL_I(struct thing, id),     DB_COL_T(struct thing, name), DB_COL_I(struct thing, price),
        DB_COL_D(struct thing, weight), DB_COL_B(struct thing, data),
};
#define THING .row = thing_cols, .n_row = countof(thing_cols), .size = sizeof(struct thing)

/* $2 before $1: arguments are bound by name. */
static const struct query q_add = {
        .name = "thing.add",
        .sql = "insert into thing (name, id, price, weight, data) values ($2, $1, $3, $4, $5)",
        .args = "itidb",
};
static const struct query q_get = {.name = "thing.get",
                                   .sql = "select id, name, price, weight, data from thing where id = $1",
                                   .args = "i",
                                   THING};
static const struct query q_all = {
        .name = "thing.all", .sql = "select id, name, price, weight, data from thing order by id", THING};

static struct test_store t;

static int setup(void **state)
{
        (void)state;
        test_store_open(&t, domains, countof(domains));
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        db_rollback(&t.ctx);
        test_store_close(&t);
        return 0;
}

static void begin(enum db_mode mode)
{
        assert_int_equal(db_begin(t.db, &t.ctx, mode), 0);
}

static int add(int64_t id, const char *name, int64_t price)
{
        return db_exec(&t.ctx, &q_add, DB_I(id), DB_T(name), DB_I(price), DB_D(0.5), DB_B(BYTES_NONE));
}

static void values_come_back_as_they_went(void **state)
{
        struct bytes zeros = bytes_of("a\0b\0", 4);
        struct thing got;

        (void)state;
        begin(DB_WRITE);
        assert_int_equal(db_exec(&t.ctx, &q_add, DB_I(INT64_MAX), DB_T("梅 'x\""), DB_I(7), DB_D(1.25), DB_B(zeros)),
                         0);
        assert_int_equal(db_changed(&t.ctx), 1);
        assert_int_equal(db_exec(&t.ctx, &q_add, DB_I(2), DB_T(NULL), DB_I_OR_NULL(0), DB_D(-1), DB_B(bytes_of("", 0))),
                         0);
        assert_int_equal(db_commit(&t.ctx), 0);

        begin(DB_READ);
        assert_int_equal(db_one(&t.ctx, &q_get, &got, DB_I(INT64_MAX)), 0);
        assert_string_equal(got.name, "梅 'x\"");
        assert_int_equal(got.price, 7);
        assert_true(got.weight == 1.25);
        assert_int_equal(got.data.n, 4);
        assert_memory_equal(got.data.p, zeros.p, 4);
        assert_int_equal(db_one(&t.ctx, &q_get, &got, DB_I(2)), 0);
        assert_null(got.name);
        assert_int_equal(got.price, 0);
        assert_non_null(got.data.p); /* empty is not null */
        assert_int_equal(got.data.n, 0);
        assert_int_equal(db_one(&t.ctx, &q_get, &got, DB_I(3)), DB_E_NONE);
        assert_int_equal(got.id, 0);
}

static void lists_of_numbers_and_texts(void **state)
{
        static const struct query by_id = {.name = "thing.by_id",
                                           .sql = "select id, name, price, weight, data from thing where price"
                                                  " >= $2 and id in (:list $1) order by id",
                                           .args = "Ii",
                                           THING};
        static const struct query by_name = {.name = "thing.by_name",
                                             .sql = "select id, name, price, weight, data from thing where"
                                                    " name in (:list $1) and id not in (:list $2)",
                                             .args = "TI",
                                             THING};
        const int64_t ids[] = {3, 1, 999};
        const char *const names[] = {"b\"'", "c", NULL};
        struct thing *rows;
        size_t n;

        (void)state;
        begin(DB_WRITE);
        assert_int_equal(add(1, "a", 1), 0);
        assert_int_equal(add(2, "b\"'", 1), 0);
        assert_int_equal(add(3, "c", 1), 0);
        assert_int_equal(db_all(&t.ctx, &by_id, &rows, &n, DB_LIST_I(ids, countof(ids)), DB_I(1)), 0);
        assert_int_equal(n, 2);
        assert_int_equal(rows[1].id, 3);
        assert_int_equal(db_all(&t.ctx, &by_id, &rows, &n, DB_LIST_I(ids, 0), DB_I(1)), 0);
        assert_int_equal(n, 0);
        assert_int_equal(db_all(&t.ctx, &by_name, &rows, &n, DB_LIST_T(names, 3), DB_LIST_I(ids, 1)), 0);
        assert_int_equal(n, 1);
        assert_int_equal(rows[0].id, 2);
}

static void a_violated_key_or_check_undoes_the_statement_alone(void **state)
{
        struct thing *rows;
        size_t n;

        (void)state;
        begin(DB_WRITE);
        assert_int_equal(add(1, "a", 1), 0);
        assert_int_equal(add(1, "b", 1), DB_E_EXISTS);
        assert_int_equal(add(2, "a", 1), DB_E_EXISTS);
        assert_int_equal(add(3, "c", -1), DB_E_EXISTS);
        assert_int_equal(add(4, "d", 1), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        begin(DB_READ);
        assert_int_equal(db_all(&t.ctx, &q_all, &rows, &n), 0);
        assert_int_equal(n, 2);
        assert_int_equal(rows[1].id, 4);
}

static void returning_gives_the_row(void **state)
{
        static const struct query q = {
                .name = "thing.raise",
                .sql = "update thing set price = price + $2 where id = $1 returning id, name, price, weight, data",
                .args = "ii",
                THING};
        struct thing got;

        (void)state;
        begin(DB_WRITE);
        assert_int_equal(add(1, "a", 1), 0);
        assert_int_equal(db_one(&t.ctx, &q, &got, DB_I(1), DB_I(41)), 0);
        assert_int_equal(got.price, 42);
        assert_int_equal(db_one(&t.ctx, &q, &got, DB_I(9), DB_I(1)), DB_E_NONE);
        assert_int_equal(db_commit(&t.ctx), 0);
        begin(DB_READ);
        assert_int_equal(db_one(&t.ctx, &q_get, &got, DB_I(1)), 0);
        assert_int_equal(got.price, 42);
}

static void savepoints_undo_one_step(void **state)
{
        struct thing got;

        (void)state;
        begin(DB_WRITE);
        assert_int_equal(add(1, "a", 1), 0);
        assert_int_equal(db_save(&t.ctx), 0);
        assert_int_equal(add(2, "b", 1), 0);
        db_save_rollback(&t.ctx);
        assert_int_equal(db_save(&t.ctx), 0);
        assert_int_equal(add(3, "c", 1), 0);
        assert_int_equal(db_save_release(&t.ctx), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        begin(DB_READ);
        assert_int_equal(db_one(&t.ctx, &q_get, &got, DB_I(1)), 0);
        assert_int_equal(db_one(&t.ctx, &q_get, &got, DB_I(2)), DB_E_NONE);
        assert_int_equal(db_one(&t.ctx, &q_get, &got, DB_I(3)), 0);
}

static int tell(int64_t id, const char *name)
{
        static const struct query q = {.name = "thing.tell",
                                       .sql = "insert into thing (id, name, price) values ($1, $2, 1)",
                                       .args = "it",
                                       .unread = true};

        return db_exec(&t.ctx, &q, DB_I(id), DB_T(name));
}

static void what_nobody_reads_fails_its_own_step(void **state)
{
        struct thing *all, got;
        size_t n;
        int r;

        (void)state;
        begin(DB_WRITE);
        assert_int_equal(db_save(&t.ctx), 0);
        assert_int_equal(tell(1, "a"), 0);
        assert_int_equal(db_changed(&t.ctx), 0);
        assert_int_equal(db_save_release(&t.ctx), 0);

        assert_int_equal(db_save(&t.ctx), 0); /* the step is over before anybody looks */
        assert_int_equal(tell(2, "b"), 0);
        r = tell(3, "a");
        assert_int_equal(r ? r : db_save_release(&t.ctx), -EINVAL);
        db_save_rollback(&t.ctx);

        assert_int_equal(db_save(&t.ctx), 0); /* a statement looks, and is not the one that fails */
        r = tell(4, "a");
        assert_int_equal(r ? r : add(5, "e", 0), -EINVAL);
        db_save_rollback(&t.ctx);

        assert_int_equal(db_save(&t.ctx), 0); /* nobody looks at all */
        r = tell(6, "a");
        assert_true(r == 0 || r == -EINVAL);
        db_save_rollback(&t.ctx);

        assert_int_equal(db_save(&t.ctx), 0);
        assert_int_equal(tell(7, "g"), 0);
        assert_int_equal(db_one(&t.ctx, &q_get, &got, DB_I(7)), 0); /* what was told is seen */
        assert_int_equal(db_save_release(&t.ctx), 0);
        assert_int_equal(tell(8, "h"), 0);
        assert_int_equal(db_commit(&t.ctx), 0);

        begin(DB_READ);
        assert_int_equal(db_all(&t.ctx, &q_all, &all, &n), 0);
        assert_int_equal(n, 3);
        assert_int_equal(all[0].id, 1);
        assert_int_equal(all[1].id, 7);
        assert_int_equal(all[2].id, 8);
}

static void what_nobody_read_fails_the_commit(void **state)
{
        struct thing *all;
        size_t n;
        int r;

        (void)state;
        begin(DB_WRITE);
        assert_int_equal(tell(1, "a"), 0);
        r = tell(2, "a");
        assert_int_equal(r ? r : db_commit(&t.ctx), -EINVAL);
        db_rollback(&t.ctx);
        begin(DB_WRITE);
        assert_int_equal(tell(3, "c"), 0);
        db_rollback(&t.ctx);
        begin(DB_READ);
        assert_int_equal(db_all(&t.ctx, &q_all, &all, &n), 0);
        assert_int_equal(n, 0);
}

static void rollback_forgets_rows_and_notices(void **state)
{
        struct thing got;

        (void)state;
        begin(DB_WRITE);
        assert_int_equal(add(1, "a", 1), 0);
        ctx_notice(&t.ctx, "thing", "added", 1, 0, NULL);
        db_rollback(&t.ctx);
        assert_null(t.ctx.db);
        assert_null(t.ctx.after.first);
        begin(DB_READ);
        assert_int_equal(db_one(&t.ctx, &q_get, &got, DB_I(1)), DB_E_NONE);
        db_rollback(&t.ctx);
        db_rollback(&t.ctx); /* harmless */
}

/* Negative; and the next transaction is as good as ever. */
static void refused(const struct query *q, const struct db_value *v, size_t n)
{
        struct thing got;

        begin(DB_WRITE);
        assert_true(db_one_v(&t.ctx, q, &got, v, n) < 0);
        db_rollback(&t.ctx);
}

static void wrong_declarations_are_fatal(void **state)
{
        static const struct db_col two[] = {DB_COL_T(struct thing, name), DB_COL_I(struct thing, id)};
        static const struct query swapped = {.name = "bad.swapped",
                                             .sql = "select id, name from thing",
                                             .row = two,
                                             .n_row = 2,
                                             .size = sizeof(struct thing)};
        static const struct query few = {
                .name = "bad.few", .sql = "select id from thing", .row = two, .n_row = 2, .size = sizeof(struct thing)};
        static const struct query mistyped = {.name = "bad.mistyped",
                                              .sql = "select 5 as name, 1 as id",
                                              .row = two,
                                              .n_row = 2,
                                              .size = sizeof(struct thing)};
        static const struct query hole = {.name = "bad.hole", .sql = "delete from thing where id = $2", .args = "ii"};
        static const struct query two_statements = {.name = "bad.two", .sql = "delete from thing; delete from thing"};
        static const struct query quoted = {.name = "bad.dqs", .sql = "delete from thing where name = \"nothing\""};
        (void)state;
        refused(&swapped, NULL, 0);
        refused(&few, NULL, 0);
        refused(&mistyped, NULL, 0);
        if (db_kind(t.db) == DB_SQLITE) /* the other one takes an argument that nobody looks at */
                refused(&hole, (struct db_value[]){DB_I(1), DB_I(2)}, 2);
        refused(&two_statements, NULL, 0);
        refused(&quoted, NULL, 0);
        refused(&q_get, (struct db_value[]){DB_T("1")}, 1);
        refused(&q_get, NULL, 0);
        begin(DB_WRITE);
        assert_int_equal(add(1, "still alive", 1), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
}

static void reading_does_not_write_and_nothing_runs_outside(void **state)
{
        struct thing got;

        (void)state;
        assert_int_equal(db_one(&t.ctx, &q_get, &got, DB_I(1)), -EIO);
        begin(DB_READ);
        assert_true(add(1, "a", 1) < 0);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), -EINVAL);
}

static void over_the_memory_limit_is_not_committed(void **state)
{
        struct arena small;
        struct ctx ctx;
        struct thing got;

        (void)state;
        arena_init(&small, 1000);
        ctx_init(&ctx, &small);
        assert_int_equal(db_begin(t.db, &ctx, DB_WRITE), 0);
        assert_int_equal(db_exec(&ctx, &q_add, DB_I(1), DB_T("a"), DB_I(1), DB_D(0), DB_B(BYTES_NONE)), 0);
        arena_alloc(&small, 2000);
        assert_int_equal(db_commit(&ctx), -ENOMEM);
        arena_release(&small);
        begin(DB_READ);
        assert_int_equal(db_one(&t.ctx, &q_get, &got, DB_I(1)), DB_E_NONE);
}

static void a_reader_sees_one_moment(void **state)
{
        struct test_store *s = &t;
        struct thing *rows;
        struct ctx reader;
        size_t n;

        (void)state;
        ctx_init(&reader, &s->arena);
        assert_int_equal(db_begin(s->db, &reader, DB_READ), 0);
        assert_int_equal(db_all(&reader, &q_all, &rows, &n), 0);
        assert_int_equal(n, 0);
        begin(DB_WRITE);
        assert_int_equal(add(1, "a", 1), 0);
        assert_int_equal(db_commit(&s->ctx), 0);
        assert_int_equal(db_all(&reader, &q_all, &rows, &n), 0);
        assert_int_equal(n, 0);
        assert_int_equal(db_commit(&reader), 0);
        assert_int_equal(db_begin(s->db, &reader, DB_READ), 0);
        assert_int_equal(db_all(&reader, &q_all, &rows, &n), 0);
        assert_int_equal(n, 1);
        db_rollback(&reader);
        assert_int_equal(db_checkpoint(s->db), 0);
}

enum { WRITERS = 6, READERS = 6, ROUNDS = 40 };

/* Moves 1 from thing 1 to thing 2; whoever looks must always see the same sum. */
static int move(struct ctx *ctx, void *arg)
{
        static const struct query q = {
                .name = "thing.move",
                .sql = "update thing set price = price + case when id = 1 then -1 else 1 end where id in (1, 2)"};
        int r = db_exec(ctx, &q);

        (void)arg;
        return r ? r : db_changed(ctx) == 2 ? 0 : -EINVAL;
}

static void *mover(void *arg)
{
        intptr_t bad = 0;
        struct arena arena;
        struct ctx ctx;
        int i;

        (void)arg;
        arena_init(&arena, 0);
        ctx_init(&ctx, &arena);
        for (i = 0; i < ROUNDS; i++)
                bad |= db_run(t.db, &ctx, DB_WRITE, move, NULL) != 0;
        arena_release(&arena);
        return (void *)bad;
}

static void *looker(void *arg)
{
        intptr_t bad = 0;
        struct arena arena;
        struct thing *rows;
        struct ctx ctx;
        size_t n;
        int i;

        (void)arg;
        arena_init(&arena, 0);
        ctx_init(&ctx, &arena);
        for (i = 0; i < ROUNDS; i++) {
                bad |= db_begin(t.db, &ctx, DB_READ) || db_all(&ctx, &q_all, &rows, &n) || n != 2 ||
                       rows[0].price + rows[1].price != 1000;
                bad |= db_commit(&ctx) != 0;
        }
        arena_release(&arena);
        return (void *)bad;
}

static void many_writers_and_readers(void **state)
{
        pthread_t threads[WRITERS + READERS];
        struct thing got;
        void *bad;
        size_t i;

        (void)state;
        begin(DB_WRITE);
        assert_int_equal(add(1, "from", 1000), 0);
        assert_int_equal(add(2, "to", 0), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        for (i = 0; i < countof(threads); i++)
                assert_int_equal(pthread_create(&threads[i], NULL, i < WRITERS ? mover : looker, NULL), 0);
        for (i = 0; i < countof(threads); i++) {
                assert_int_equal(pthread_join(threads[i], &bad), 0);
                assert_null(bad);
        }
        begin(DB_READ);
        assert_int_equal(db_one(&t.ctx, &q_get, &got, DB_I(2)), 0);
        assert_int_equal(got.price, WRITERS * ROUNDS);
}

/* More statements than the cache keeps, twice over: each still gives its own answer. */
static void the_statement_cache_is_bounded(void **state)
{
        static struct query qs[300];
        static char sql[300][64];
        struct number {
                int64_t x;
        } got;
        static const struct db_col cols[] = {DB_COL_I(struct number, x)};
        size_t i;

        (void)state;
        begin(DB_READ);
        for (i = 0; i < 2 * countof(qs); i++) {
                size_t k = i % countof(qs);

                snprintf(sql[k], sizeof sql[k], "select %zu as x", k);
                qs[k] = (struct query){.name = "many", .sql = sql[k], .row = cols, .n_row = 1, .size = sizeof got};
                assert_int_equal(db_one(&t.ctx, &qs[k], &got), 0);
                assert_int_equal(got.x, k);
        }
}

static void foreign_files_are_refused_unchanged(void **state)
{
        char url[136] = "sqlite:", *path = url + strlen(url), before[4096] = {0}, after[4096] = {0};
        struct db_options options = {.url = url, .readers = 1};
        struct db *db = NULL;
        FILE *f;

        (void)state;
        snprintf(path, 128, "%s/text.db", t.dir);
        f = fopen(path, "w+");
        assert_non_null(f);
        memset(before, 'x', sizeof before);
        assert_int_equal(fwrite(before, 1, sizeof before, f), sizeof before);
        assert_int_equal(fflush(f), 0);
        assert_int_equal(db_open(&db, &options), -EINVAL);
        rewind(f);
        assert_int_equal(fread(after, 1, sizeof after, f), sizeof after);
        assert_memory_equal(before, after, sizeof before);
        fclose(f);

        snprintf(path, 128, "%s/none/main.db", t.dir);
        assert_int_equal(db_open(&db, &options), -ENOENT);
        snprintf(path, 128, ":memory:");
        assert_int_equal(db_open(&db, &options), -EINVAL);

        snprintf(url, sizeof url, "mysql://localhost/x");
        assert_int_equal(db_open(&db, &options), -EINVAL);
        snprintf(url, sizeof url, "sqlite:");

        if (t.server)
                return;
        /* A database of another program: ours with another stamp in its head. */
        db_close(t.db);
        t.db = NULL;
        f = fopen(t.path, "r+");
        assert_non_null(f);
        assert_int_equal(fseek(f, 68, SEEK_SET), 0);
        assert_int_equal(fwrite("GMSG", 1, 4, f), 4);
        fclose(f);
        snprintf(path, 128, "%s", t.path);
        assert_int_equal(db_open(&db, &options), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(values_come_back_as_they_went, setup, teardown),
                cmocka_unit_test_setup_teardown(lists_of_numbers_and_texts, setup, teardown),
                cmocka_unit_test_setup_teardown(a_violated_key_or_check_undoes_the_statement_alone, setup, teardown),
                cmocka_unit_test_setup_teardown(returning_gives_the_row, setup, teardown),
                cmocka_unit_test_setup_teardown(savepoints_undo_one_step, setup, teardown),
                cmocka_unit_test_setup_teardown(what_nobody_reads_fails_its_own_step, setup, teardown),
                cmocka_unit_test_setup_teardown(what_nobody_read_fails_the_commit, setup, teardown),
                cmocka_unit_test_setup_teardown(rollback_forgets_rows_and_notices, setup, teardown),
                cmocka_unit_test_setup_teardown(wrong_declarations_are_fatal, setup, teardown),
                cmocka_unit_test_setup_teardown(reading_does_not_write_and_nothing_runs_outside, setup, teardown),
                cmocka_unit_test_setup_teardown(over_the_memory_limit_is_not_committed, setup, teardown),
                cmocka_unit_test_setup_teardown(a_reader_sees_one_moment, setup, teardown),
                cmocka_unit_test_setup_teardown(many_writers_and_readers, setup, teardown),
                cmocka_unit_test_setup_teardown(the_statement_cache_is_bounded, setup, teardown),
                cmocka_unit_test_setup_teardown(foreign_files_are_refused_unchanged, setup, teardown),
        };

        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
