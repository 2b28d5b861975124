/* The SQLite driver: statements, arguments, rows. */
#include "store/db_sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stmt_free(struct db_stmt *st)
{
        sqlite3_finalize(st->sqlite);
        free(st);
}

void db_stmts_drop(struct db_conn *c)
{
        struct db_stmt *st;
        size_t i;

        for (i = 0; i < STMT_BUCKETS; i++) {
                while ((st = c->stmts[i])) {
                        c->stmts[i] = st->next;
                        stmt_free(st);
                }
        }
        c->n_stmts = 0;
}

static void stmt_drop_oldest(struct db_conn *c)
{
        struct db_stmt **at, **oldest = NULL, *st;
        size_t i;

        for (i = 0; i < STMT_BUCKETS; i++)
                for (at = &c->stmts[i]; *at; at = &(*at)->next)
                        if (!oldest || (*at)->used < (*oldest)->used)
                                oldest = at;
        if (!oldest)
                return;
        st = *oldest;
        *oldest = st->next;
        stmt_free(st);
        c->n_stmts--;
}

/* Every $n is bound, and bound by name: in SQLite's count "$2" is the first one when it stands first. */
static int stmt_check_args(struct db_stmt *st)
{
        const struct query *q = st->query;
        size_t i, n = q->args ? strlen(q->args) : 0;
        char name[24];

        if ((size_t)sqlite3_bind_parameter_count(st->sqlite) != n)
                return fatal(EINVAL, "%s: declares %zu arguments, its text has %d", q->name, n,
                             sqlite3_bind_parameter_count(st->sqlite));
        for (i = 0; i < n; i++) {
                snprintf(name, sizeof name, "$%zu", i + 1);
                st->at[i] = (uint8_t)sqlite3_bind_parameter_index(st->sqlite, name);
                if (!st->at[i])
                        return fatal(EINVAL, "%s: %s does not occur in its text", q->name, name);
        }
        return 0;
}

static int stmt_check_row(const struct db_stmt *st)
{
        const struct query *q = st->query;
        size_t i;

        if ((size_t)sqlite3_column_count(st->sqlite) != q->n_row)
                return fatal(EINVAL, "%s: describes %zu columns, its text gives %d", q->name, q->n_row,
                             sqlite3_column_count(st->sqlite));
        for (i = 0; i < q->n_row; i++)
                if (strcmp(sqlite3_column_name(st->sqlite, (int)i), q->row[i].name) != 0)
                        return fatal(EINVAL, "%s: column %zu is described as %s, but is %s", q->name, i + 1,
                                     q->row[i].name, sqlite3_column_name(st->sqlite, (int)i));
        return 0;
}

static int stmt_prepare(struct db_conn *c, const struct query *q, struct db_stmt **out)
{
        struct db_stmt *st = calloc(1, sizeof *st);
        char *sql = db_sql_expand(q->sql);
        const char *tail = "";
        int rc, r;

        if (!st || !sql) {
                free(st);
                free(sql);
                return fatal(ENOMEM, "%s: no memory", q->name);
        }
        st->query = q;
        st->sql = q->sql;
        rc = sqlite3_prepare_v3(c->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->sqlite, &tail);
        if (rc != SQLITE_OK)
                r = fatal(db_sqlite_errno(rc), "%s: %s", q->name, sqlite3_errmsg(c->sqlite));
        else if (!st->sqlite || tail[strspn(tail, " \n\t;")] != '\0')
                r = fatal(EINVAL, "%s: a query is one statement", q->name);
        else
                r = stmt_check_args(st);
        if (!r)
                r = stmt_check_row(st);
        free(sql);
        if (r) {
                stmt_free(st);
                return r;
        }
        *out = st;
        return 0;
}

static int stmt_get(struct db_conn *c, const struct query *q, struct db_stmt **out)
{
        struct db_stmt **bucket = &c->stmts[((uintptr_t)q >> 4) % STMT_BUCKETS], **at, *st;
        int r;

        for (at = bucket; (st = *at); at = &st->next) {
                if (st->query != q)
                        continue;
                if (st->sql == q->sql) {
                        st->used = ++c->clock;
                        *out = st;
                        return 0;
                }
                *at = st->next;
                stmt_free(st);
                c->n_stmts--;
                break;
        }
        r = stmt_prepare(c, q, &st);
        if (r)
                return r;
        if (c->n_stmts >= STMTS_MAX)
                stmt_drop_oldest(c);
        st->next = *bucket;
        *bucket = st;
        c->n_stmts++;
        st->used = ++c->clock;
        *out = st;
        return 0;
}

static int bind_one(struct arena *arena, sqlite3_stmt *st, int at, const struct db_value *v)
{
        if (v->n > INT32_MAX)
                return SQLITE_TOOBIG;
        switch (v->type) {
        case DB_INT:
                return v->null ? sqlite3_bind_null(st, at) : sqlite3_bind_int64(st, at, v->i);
        case DB_DOUBLE:
                return v->null ? sqlite3_bind_null(st, at) : sqlite3_bind_double(st, at, v->d);
        case DB_TEXT:
                return sqlite3_bind_text(st, at, v->p, -1, SQLITE_STATIC); /* NULL binds null */
        case DB_BYTES:
                return sqlite3_bind_blob(st, at, v->p, (int)v->n, SQLITE_STATIC);
        case DB_INTS:
        case DB_TEXTS:
                return sqlite3_bind_text(st, at, db_list_json(arena, v), -1, SQLITE_STATIC);
        }
        return SQLITE_MISUSE;
}

static int bind_all(struct ctx *ctx, struct db_stmt *st, const struct db_value *v, size_t n)
{
        size_t i;
        int rc;

        for (i = 0; i < n; i++) {
                rc = bind_one(ctx->arena, st->sqlite, st->at[i], &v[i]);
                if (rc != SQLITE_OK)
                        return fatal(db_sqlite_errno(rc), "%s: argument $%zu: %s", st->query->name, i + 1,
                                     sqlite3_errstr(rc));
        }
        return 0;
}

/* One column into its member. A value of another kind than described is fatal: it would be read as 0 or as "". */
static int cell_read(struct ctx *ctx, const struct db_stmt *st, size_t i, char *row)
{
        const struct db_col *col = &st->query->row[i];
        int is = sqlite3_column_type(st->sqlite, (int)i), at = (int)i;
        void *to = row + col->at;
        struct bytes b;

        if (is == SQLITE_NULL)
                return 0; /* the row is zeroed */
        switch (col->type) {
        case DB_INT:
                if (is != SQLITE_INTEGER)
                        break;
                *(int64_t *)to = sqlite3_column_int64(st->sqlite, at);
                return 0;
        case DB_DOUBLE:
                if (is != SQLITE_FLOAT && is != SQLITE_INTEGER)
                        break;
                *(double *)to = sqlite3_column_double(st->sqlite, at);
                return 0;
        case DB_TEXT:
                if (is != SQLITE_TEXT)
                        break;
                b.p = sqlite3_column_text(st->sqlite, at);
                b.n = (size_t)sqlite3_column_bytes(st->sqlite, at);
                *(const char **)to = arena_strndup(ctx->arena, b.p, b.n);
                return b.p ? 0 : fatal(ENOMEM, "%s: no memory", st->query->name);
        case DB_BYTES:
                if (is != SQLITE_BLOB)
                        break;
                b.p = sqlite3_column_blob(st->sqlite, at);
                b.n = (size_t)sqlite3_column_bytes(st->sqlite, at);
                if (!b.p && b.n > 0)
                        return fatal(ENOMEM, "%s: no memory", st->query->name);
                b.p = arena_memdup(ctx->arena, b.p ? b.p : "", b.n);
                *(struct bytes *)to = b;
                return 0;
        case DB_INTS:
        case DB_TEXTS:
                break;
        }
        return fatal(EPROTO, "%s: column %s is not of the described type", st->query->name, col->name);
}

static int row_read(struct ctx *ctx, const struct db_stmt *st, void *row)
{
        size_t i;
        int r;

        for (i = 0; i < st->query->n_row; i++) {
                r = cell_read(ctx, st, i, row);
                if (r)
                        return r;
        }
        return 0;
}

/* Translates how a step ended, for rc other than ROW and DONE. */
static int step_failed(struct db_conn *c, const struct query *q, int rc)
{
        switch (rc) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
        case SQLITE_CONSTRAINT_CHECK:
                return DB_E_EXISTS;
        default:
                return fatal(db_sqlite_errno(rc), "%s: %s", q->name, sqlite3_errmsg(c->sqlite));
        }
}

static void stmt_end(struct db_stmt *st)
{
        sqlite3_reset(st->sqlite); /* repeats the step's status, which was looked at */
        sqlite3_clear_bindings(st->sqlite);
}

static int stmt_begin(struct ctx *ctx, const struct query *q, const struct db_value *v, size_t n, struct db_stmt **out)
{
        int r;

        if (!ctx->db || sqlite3_get_autocommit(ctx->db->sqlite))
                return fatal(EIO, "%s: no transaction is open", q->name);
        r = db_args_check(q, v, n);
        if (r)
                return r;
        r = stmt_get(ctx->db, q, out);
        if (r)
                return r;
        r = bind_all(ctx, *out, v, n);
        if (r)
                stmt_end(*out);
        return r;
}

int db_run_control(struct ctx *ctx, const struct query *q)
{
        struct db_stmt *st;
        int r, rc;

        r = stmt_get(ctx->db, q, &st);
        if (r)
                return r;
        rc = sqlite3_step(st->sqlite);
        r = rc == SQLITE_DONE ? 0 : fatal(db_sqlite_errno(rc), "%s: %s", q->name, sqlite3_errmsg(ctx->db->sqlite));
        stmt_end(st);
        return r;
}

int db_exec_v(struct ctx *ctx, const struct query *q, const struct db_value *v, size_t n)
{
        struct db_stmt *st;
        int r, rc;

        r = stmt_begin(ctx, q, v, n, &st);
        if (r)
                return r;
        ctx->db->changed = 0;
        while ((rc = sqlite3_step(st->sqlite)) == SQLITE_ROW)
                ; /* rows of a "returning" that nobody asked for */
        r = rc == SQLITE_DONE ? 0 : step_failed(ctx->db, q, rc);
        if (!r && !sqlite3_stmt_readonly(st->sqlite))
                ctx->db->changed = sqlite3_changes64(ctx->db->sqlite);
        stmt_end(st);
        return r;
}

int64_t db_changed(struct ctx *ctx)
{
        return ctx->db ? ctx->db->changed : 0;
}

int db_one_v(struct ctx *ctx, const struct query *q, void *row, const struct db_value *v, size_t n)
{
        struct db_stmt *st;
        int r, rc;

        memset(row, 0, q->size);
        r = stmt_begin(ctx, q, v, n, &st);
        if (r)
                return r;
        rc = sqlite3_step(st->sqlite);
        if (rc == SQLITE_ROW)
                r = row_read(ctx, st, row);
        else
                r = rc == SQLITE_DONE ? DB_E_NONE : step_failed(ctx->db, q, rc);
        stmt_end(st);
        return r;
}

/* Rows gather in memory of their own and move to the arena once their number is known. */
struct rows {
        char *p;
        size_t n, cap;
};

static int rows_add(struct rows *rows, const struct query *q, char **row)
{
        char *p;

        if (rows->n >= DB_ROWS_MAX)
                return fatal(E2BIG, "%s: more than %d rows; page it", q->name, DB_ROWS_MAX);
        if (rows->n == rows->cap) {
                p = reallocarray(rows->p, rows->cap ? rows->cap * 2 : 32, q->size);
                if (!p)
                        return fatal(ENOMEM, "%s: no memory", q->name);
                rows->p = p;
                rows->cap = rows->cap ? rows->cap * 2 : 32;
        }
        *row = rows->p + rows->n++ * q->size;
        memset(*row, 0, q->size);
        return 0;
}

int db_all_v(struct ctx *ctx, const struct query *q, void **out, size_t *count, const struct db_value *v, size_t n)
{
        struct rows rows = {0};
        struct db_stmt *st;
        char *row = NULL;
        int r, rc;

        *out = NULL;
        *count = 0;
        r = stmt_begin(ctx, q, v, n, &st);
        if (r)
                return r;
        while ((rc = sqlite3_step(st->sqlite)) == SQLITE_ROW) {
                r = rows_add(&rows, q, &row);
                if (!r)
                        r = row_read(ctx, st, row);
                if (r)
                        break;
                if (arena_over(ctx->arena)) {
                        r = fatal(ENOMEM, "%s: the result is over the memory limit; page it", q->name);
                        break;
                }
        }
        if (!r && rc != SQLITE_DONE)
                r = step_failed(ctx->db, q, rc);
        stmt_end(st);
        if (!r) {
                *out = arena_alloc_array(ctx->arena, q->size, rows.n);
                *count = rows.n;
                if (rows.n > 0)
                        memcpy(*out, rows.p, rows.n * q->size);
        }
        free(rows.p);
        return r;
}

struct sqlite3 *db_handle(struct ctx *ctx)
{
        return ctx->db->sqlite;
}
