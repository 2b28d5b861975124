/*
 * Whose data are where: every table is declared; erasing a person takes all that is hers and nothing of anybody else;
 * erasing a merchant leaves no row of his. The tables are filled by what the database says of them, so a new one takes part
 * without a line here.
 */
#include "base/shared_test.h"

#include "app/app.h"
#include "store/holding.h"
#include "store/search.h"
#include "store/testing.h"

static struct test_store t;

enum { HERS, HIS };
static const char *const marks[] = {"hers-", "his-"};

static const struct { const char *column; int64_t base; } ids[] = {
        {"identity_id", 1000}, {"identity_a", 1000}, {"identity_b", 1000}, {"person_id", 2000}, {"home_id", 3000},
        {"thread_id", 4000},   {"order_id", 5000},   {"message_id", 6000}, {"case_id", 7000},   {"blob_id", 8000},
};

static int64_t id_of(const char *column, int64_t merchant, int whose)
{
        static int64_t others = 100000;

        for (size_t i = 0; i < countof(ids); i++)
                if (text_eq(ids[i].column, column))
                        return ids[i].base * merchant + whose + 1;
        return ++others;
}

/* One row of a table, of a merchant's person. */
static void fill(const struct holding *h, int64_t merchant, int whose)
{
        struct query q = {.name = "test.fill", .once = true};
        struct holding_column *columns;
        struct db_value values[64];
        struct text names, marksof, letters;
        size_t n;

        assert_int_equal(holding_columns(&t.ctx, h->table, &columns, &n), 0);
        assert_in_range(n, 1, countof(values));
        text_init(&names, &t.arena);
        text_init(&marksof, &t.arena);
        text_init(&letters, &t.arena);
        for (size_t i = 0; i < n; i++) {
                const char *type = columns[i].type;
                bool remote = text_eq(columns[i].name, "remote_id"); /* what the platform calls her is the same everywhere */
                char *text = arena_printf(&t.arena, "%s%lld-%s.%s", marks[whose], (long long)merchant, remote ? "" : h->table, columns[i].name);

                text_addf(&names, "%s%s", i ? ", " : "", columns[i].name);
                text_addf(&marksof, "%s$%zu", i ? ", " : "", i + 1);
                values[i] = text_eq(columns[i].name, "merchant_id") ? DB_I(merchant)
                            : text_eq(type, "smallint")             ? DB_I(1)
                            : text_eq(type, "text")                 ? DB_T(text)
                            : text_eq(type, "bytea")                ? DB_B(bytes_of_text(text))
                            : text_eq(type, "double precision")     ? DB_D(1)
                                                                    : DB_I(id_of(columns[i].name, merchant, whose));
                text_addf(&letters, "%c", (char)values[i].type);
        }
        q.sql = arena_printf(&t.arena, "insert into %s (%s) values (%s)", h->table, names.p, marksof.p);
        q.args = letters.p;
        assert_int_equal(db_exec_v(&t.ctx, &q, values, n), 0);
}

static void each(void (*fn)(const struct holding *, void *), void *arg)
{
        for (size_t d = 0; d < app_registry.n; d++) {
                const struct holder *holder = app_registry.domains[d]->holds;

                for (size_t i = 0; holder && i < holder->n; i++)
                        if (!holder->tables[i].exempt && !holder->tables[i].shared)
                                fn(&holder->tables[i], arg);
        }
}

/* A table whose key is the merchant alone has one row of each. */
static bool one_row(const struct holding *h)
{
        struct holding_column *columns;
        size_t n, keys = 0;

        assert_int_equal(holding_columns(&t.ctx, h->table, &columns, &n), 0);
        for (size_t i = 0; i < n; i++)
                keys += columns[i].key != 0;
        return keys == 1;
}

static void fill_all(const struct holding *h, void *arg)
{
        (void)arg;
        for (int64_t merchant = 1; merchant <= 2; merchant++)
                for (int whose = HERS; whose <= HIS; whose++)
                        if (whose == HERS || !one_row(h))
                                fill(h, merchant, whose);
}

static int setup(void **state)
{
        (void)state;
        test_store_open(&t, app_registry.domains, app_registry.n);
        assert_int_equal(search_open(&t.ctx.search, t.db, t.server ? NULL : arena_printf(&t.arena, "%s/search.db", t.dir)), 0);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        each(fill_all, NULL);
        assert_int_equal(db_commit(&t.ctx), 0);
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        db_rollback(&t.ctx);
        search_close(t.ctx.search);
        test_store_close(&t);
        return 0;
}

struct cell {
        const char *text;
};
struct name {
        const char *name;
};

/* All rows of a merchant that carry the mark, as text. */
struct dump {
        int64_t merchant;
        const char *mark;
        struct text out;
};

static void dump_table(const struct holding *h, void *arg)
{
        static const struct db_col col = DB_COL_T(struct cell, text);
        struct query q = {.name = "test.dump", .args = "i", .row = &col, .n_row = 1, .size = sizeof(struct cell), .once = true};
        struct dump *d = arg;
        struct holding_column *columns;
        struct text sql;
        size_t n;
        void *rows;

        assert_int_equal(holding_columns(&t.ctx, h->table, &columns, &n), 0);
        text_init(&sql, &t.arena);
        text_add(&sql, "select ");
        for (size_t i = 0; i < n; i++)
                if (!text_eq(columns[i].type, "bytea"))
                        text_addf(&sql, "coalesce(cast(%s as text), '') || '|' || ", columns[i].name);
        text_addf(&sql, "'' as text from %s where merchant_id = $1 order by 1", h->table);
        q.sql = sql.p;
        assert_int_equal(db_all(&t.ctx, &q, &rows, &n, DB_I(d->merchant)), 0);
        for (size_t i = 0; i < n; i++) {
                const char *row = ((struct cell *)rows)[i].text;

                if (strstr(row, d->mark))
                        text_addf(&d->out, "%s: %s\n", h->table, row);
        }
}

static char *dump(int64_t merchant, const char *mark)
{
        struct dump d = {merchant, mark, {0}};

        text_init(&d.out, &t.arena);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        each(dump_table, &d);
        db_rollback(&t.ctx);
        return d.out.p;
}

static void every_table_is_declared(void **state)
{
        static const struct db_col col = DB_COL_T(struct name, name);
        static const struct query tables = {
                .name = "test.tables",
                .sql = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name",
                .sql_pg = "select cast(tablename as text) as name from pg_tables where schemaname = current_schema() order by tablename",
                .args = "", .row = &col, .n_row = 1, .size = sizeof(struct name),
        };
        struct name *names;
        size_t n, declared = 0;

        (void)state;
        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        assert_int_equal(db_all_v(&t.ctx, &tables, (void **)&names, &n, NULL, 0), 0);
        assert_true(n > 30);
        for (size_t i = 0; i < n; i++) {
                bool found = text_starts(names[i].name, "store_ledger_p") || text_eq(names[i].name, "store_ledger") ||
                             text_eq(names[i].name, "store_search"); /* PostgreSQL: intake and index, which erasing knows by name */

                for (size_t d = 0; d < app_registry.n; d++) {
                        const struct holder *holder = app_registry.domains[d]->holds;

                        for (size_t k = 0; holder && k < holder->n; k++)
                                if (text_eq(holder->tables[k].table, names[i].name) && !holder->tables[k].shared) {
                                        found = true;
                                        declared++;
                                }
                }
                if (!found)
                        fail_msg("the table %s is in no domain's holdings.c: say whose data lie in it", names[i].name);
        }
        for (size_t d = 0; d < app_registry.n; d++)
                for (size_t k = 0; app_registry.domains[d]->holds && k < app_registry.domains[d]->holds->n; k++)
                        declared -= !app_registry.domains[d]->holds->tables[k].shared;
        assert_int_equal(declared, 0); /* and no table that is not there, and none twice */
        db_rollback(&t.ctx);
}

/* Every column that names an identity or a person, in every table that says it holds hers. */
static void check_gone(const struct holding *h, void *arg)
{
        static const char *const columns[] = {"identity_id", "identity_a", "identity_b", "person_id", "home_id"};
        struct holding_column *of;
        size_t n;

        (void)arg;
        if (!h->hers || h->end == HOLDING_KEPT)
                return;
        assert_int_equal(holding_columns(&t.ctx, h->table, &of, &n), 0);
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < countof(columns); k++) {
                        struct query q = {.name = "test.gone", .args = "ii", .once = true};
                        static const struct db_col col = DB_COL_T(struct cell, text);
                        void *rows;
                        size_t left;

                        if (!text_eq(of[i].name, columns[k]))
                                continue;
                        q.row = &col;
                        q.n_row = 1;
                        q.size = sizeof(struct cell);
                        q.sql = arena_printf(&t.arena, "select cast(%s as text) as text from %s where merchant_id = $1 and %s = $2",
                                             of[i].name, h->table, of[i].name);
                        assert_int_equal(db_all(&t.ctx, &q, &rows, &left, DB_I(1), DB_I(id_of(of[i].name, 1, HERS))), 0);
                        if (left)
                                fail_msg("%s.%s still names her", h->table, of[i].name);
                }
}

static void a_person_goes_alone(void **state)
{
        const int64_t identity = id_of("identity_id", 1, HERS);
        const struct holding_subject her = {id_of("person_id", 1, HERS), &identity, 1};
        const char *his = dump(1, marks[HIS]), *elsewhere = dump(2, "-2-");
        struct holding_counts looked, went;
        const char *rest, *line;

        (void)state;
        assert_true(strlen(his) > 500 && strlen(elsewhere) > 1000);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        assert_int_equal(holding_look(&t.ctx, &her, &looked), 0);
        db_rollback(&t.ctx);
        assert_int_equal(holding_erase_person(t.db, &t.ctx, &her, &went), 0);
        assert_true(looked.n >= 10 && went.rows > 0 && went.rows <= looked.rows);
        assert_string_equal(dump(1, marks[HIS]), his);
        assert_string_equal(dump(2, "-2-"), elsewhere);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        each(check_gone, NULL);
        db_rollback(&t.ctx);
        /* Where her mark is left, the table says that such rows stay, or holds nobody's. */
        rest = dump(1, marks[HERS]);
        for (line = rest; *line; line += strcspn(line, "\n") + 1) {
                bool may = false;

                for (size_t d = 0; d < app_registry.n; d++) {
                        const struct holder *holder = app_registry.domains[d]->holds;

                        for (size_t k = 0; holder && k < holder->n; k++) {
                                const struct holding *h = &holder->tables[k];

                                may |= !h->exempt && text_starts(line, arena_printf(&t.arena, "%s:", h->table)) &&
                                       (!h->hers || h->end != HOLDING_DELETED);
                        }
                }
                if (!may)
                        fail_msg("left of her: %.*s", (int)strcspn(line, "\n"), line);
        }
        /* Done twice it takes nothing. */
        assert_int_equal(holding_erase_person(t.db, &t.ctx, &her, &went), 0);
        assert_int_equal(went.rows, 0);
}

static void a_merchant_goes_wholly(void **state)
{
        const char *elsewhere = dump(2, "-2-");
        static const char begun[] = "insert into store_erasure (merchant_id, erasure_id, begun_at, ended_at, what, subject_id, actor, counts)"
                                    " values (1, 1, 1, 0, 'merchant', 1, 'test', '{}');";
        struct holding_counts went;
        bool erasing;

        (void)state;
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(db_script(&t.ctx, begun, strlen(begun)), 0); /* an erasure that was killed is gone on with */
        assert_int_equal(db_commit(&t.ctx), 0);
        assert_int_equal(holding_erase_merchant(t.db, &t.ctx, NULL, NULL, &went), 0);
        assert_true(went.n > 25);
        assert_string_equal(dump(1, ""), "");
        assert_string_equal(dump(2, "-2-"), elsewhere);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        assert_int_equal(holding_erasing(&t.ctx, &erasing), 0);
        db_rollback(&t.ctx);
        assert_false(erasing);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(every_table_is_declared, setup, teardown),
                cmocka_unit_test_setup_teardown(a_person_goes_alone, setup, teardown),
                cmocka_unit_test_setup_teardown(a_merchant_goes_wholly, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
