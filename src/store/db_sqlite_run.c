/* The SQLite driver: statements, arguments, rows. */
#include "store/db_sqlite.h"

#include "base/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A list argument as a JSON array, in the arena. */
static const char *list_json(struct arena *arena, const struct db_value *v)
{
        const char *const *texts = v->p;
        const int64_t *ints = v->p;
        struct text out;

        text_init(&out, arena);
        text_add_n(&out, "[", 1);
        for (size_t i = 0; i < v->n; i++) {
                if (i > 0)
                        text_add_n(&out, ",", 1);
                if (v->type == DB_INTS)
                        text_addf(&out, "%" PRId64, ints[i]);
                else if (texts[i])
                        json_quote(&out, texts[i]);
                else
                        text_add(&out, "null");
        }
        text_add_n(&out, "]", 1);
        return out.p;
}

/* The text with every "(:list $n)" turned into a subselect over a JSON array. From malloc; NULL = no memory. */
static char *expand(const char *sql)
{
        static const char open[] = "select value from json_each(";
        size_t lists = 0, mark, arg;
        const char *at;
        char *out, *to;

        for (at = sql; (at = db_list_find(at, &mark, &arg)); at += mark)
                lists++;
        out = to = malloc(strlen(sql) + lists * sizeof open + 1);
        if (!out)
                return NULL;
        for (; (at = db_list_find(sql, &mark, &arg)); sql = at + mark + arg) {
                to = mempcpy(to, sql, (size_t)(at - sql));
                to = mempcpy(to, open, strlen(open));
                to = mempcpy(to, at + mark, arg);
                *to++ = ')';
        }
        memcpy(to, sql, strlen(sql) + 1);
        return out;
}

static void stmt_free(struct sqlite_stmt *st)
{
        sqlite3_finalize(st->sqlite);
        free(st);
}

void db_sqlite_stmt_drop(void *conn, struct db_stmt *st)
{
        (void)conn;
        stmt_free((struct sqlite_stmt *)st);
}

/* Every $n is bound, and bound by name: in SQLite's count "$2" is the first one when it stands first. */
static int stmt_check_args(struct sqlite_stmt *st)
{
        const struct query *q = st->base.query;
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

static int stmt_check_row(const struct sqlite_stmt *st)
{
        const struct query *q = st->base.query;
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

static int stmt_prepare(struct sqlite_conn *c, const struct query *q, struct sqlite_stmt **out)
{
        struct sqlite_stmt *st = calloc(1, sizeof *st);
        char *sql = expand(q->sql);
        const char *tail = "";
        int rc, r;

        if (!st || !sql) {
                free(st);
                free(sql);
                return fatal(ENOMEM, "%s: no memory", q->name);
        }
        st->base.query = q;
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

static int stmt_get(struct sqlite_conn *c, const struct query *q, struct sqlite_stmt **out)
{
        int r;

        *out = (struct sqlite_stmt *)db_stmts_find(&c->stmts, q);
        if (*out)
                return 0;
        r = stmt_prepare(c, q, out);
        if (!r)
                db_stmts_add(&c->stmts, &(*out)->base, q);
        return r;
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
                return sqlite3_bind_text(st, at, list_json(arena, v), -1, SQLITE_STATIC);
        }
        return SQLITE_MISUSE;
}

static int bind_all(struct ctx *ctx, struct sqlite_stmt *st, const struct db_value *v, size_t n)
{
        size_t i;
        int rc;

        for (i = 0; i < n; i++) {
                rc = bind_one(ctx->arena, st->sqlite, st->at[i], &v[i]);
                if (rc != SQLITE_OK)
                        return fatal(db_sqlite_errno(rc), "%s: argument $%zu: %s", st->base.query->name, i + 1,
                                     sqlite3_errstr(rc));
        }
        return 0;
}

/* One column into its member. A value of another kind than described is fatal: it would be read as 0 or as "". */
static int cell_read(struct ctx *ctx, const struct sqlite_stmt *st, size_t i, char *row)
{
        const struct db_col *col = &st->base.query->row[i];
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
                return b.p ? 0 : fatal(ENOMEM, "%s: no memory", st->base.query->name);
        case DB_BYTES:
                if (is != SQLITE_BLOB)
                        break;
                b.p = sqlite3_column_blob(st->sqlite, at);
                b.n = (size_t)sqlite3_column_bytes(st->sqlite, at);
                if (!b.p && b.n > 0)
                        return fatal(ENOMEM, "%s: no memory", st->base.query->name);
                b.p = arena_memdup(ctx->arena, b.p ? b.p : "", b.n);
                *(struct bytes *)to = b;
                return 0;
        case DB_INTS:
        case DB_TEXTS:
                break;
        }
        return fatal(EPROTO, "%s: column %s is not of the described type", st->base.query->name, col->name);
}

static int row_read(struct ctx *ctx, const struct sqlite_stmt *st, void *row)
{
        size_t i;
        int r;

        for (i = 0; i < st->base.query->n_row; i++) {
                r = cell_read(ctx, st, i, row);
                if (r)
                        return r;
        }
        return 0;
}

/* Translates how a step ended, for rc other than ROW and DONE. */
static int step_failed(struct sqlite_conn *c, const struct query *q, int rc)
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

static void stmt_end(struct sqlite_stmt *st)
{
        sqlite3_reset(st->sqlite); /* repeats the step's status, which was looked at */
        sqlite3_clear_bindings(st->sqlite);
}

static int stmt_begin(struct ctx *ctx, const struct query *q, const struct db_value *v, size_t n, struct sqlite_stmt **out)
{
        struct sqlite_conn *c = sqlite_conn_of(ctx);
        int r;

        if (sqlite3_get_autocommit(c->sqlite))
                return fatal(EIO, "%s: no transaction is open", q->name);
        r = stmt_get(c, q, out);
        if (!r && c->base.saves && !sqlite3_stmt_readonly((*out)->sqlite))
                r = db_saves_set(ctx);
        if (r)
                return r;
        r = bind_all(ctx, *out, v, n);
        if (r)
                stmt_end(*out);
        return r;
}

int db_sqlite_control(struct ctx *ctx, const struct query *q)
{
        struct sqlite_conn *c = sqlite_conn_of(ctx);
        struct sqlite_stmt *st;
        int r, rc;

        r = stmt_get(c, q, &st);
        if (r)
                return r;
        rc = sqlite3_step(st->sqlite);
        r = rc == SQLITE_DONE ? 0 : fatal(db_sqlite_errno(rc), "%s: %s", q->name, sqlite3_errmsg(c->sqlite));
        stmt_end(st);
        return r;
}

int db_sqlite_exec(struct ctx *ctx, const struct query *q, const struct db_value *v, size_t n)
{
        struct sqlite_conn *c = sqlite_conn_of(ctx);
        struct sqlite_stmt *st;
        int r, rc;

        r = stmt_begin(ctx, q, v, n, &st);
        if (r)
                return r;
        while ((rc = sqlite3_step(st->sqlite)) == SQLITE_ROW)
                ; /* rows of a "returning" that nobody asked for */
        r = rc == SQLITE_DONE ? 0 : step_failed(c, q, rc);
        if (!r && !sqlite3_stmt_readonly(st->sqlite))
                c->base.changed = sqlite3_changes64(c->sqlite);
        stmt_end(st);
        return r;
}

int db_sqlite_one(struct ctx *ctx, const struct query *q, void *row, const struct db_value *v, size_t n)
{
        struct sqlite_stmt *st;
        int r, rc;

        r = stmt_begin(ctx, q, v, n, &st);
        if (r)
                return r;
        rc = sqlite3_step(st->sqlite);
        r = rc == SQLITE_ROW ? 0 : rc == SQLITE_DONE ? DB_E_NONE : step_failed(sqlite_conn_of(ctx), q, rc);
        if (r >= 0)
                memset(row, 0, q->size);
        if (!r)
                r = row_read(ctx, st, row);
        stmt_end(st);
        return r;
}

int db_sqlite_all(struct ctx *ctx, const struct query *q, void **out, size_t *count, const struct db_value *v, size_t n)
{
        struct db_rows rows = {0};
        struct sqlite_stmt *st;
        char *row = NULL;
        int r, rc;

        r = stmt_begin(ctx, q, v, n, &st);
        if (r)
                return r;
        while ((rc = sqlite3_step(st->sqlite)) == SQLITE_ROW) {
                r = db_rows_add(&rows, q, &row);
                if (!r)
                        r = row_read(ctx, st, row);
                if (!r && arena_over(ctx->arena))
                        r = fatal(ENOMEM, "%s: the result is over the memory limit; page it", q->name);
                if (r)
                        break;
        }
        if (!r && rc != SQLITE_DONE)
                r = step_failed(sqlite_conn_of(ctx), q, rc);
        stmt_end(st);
        db_rows_end(&rows, ctx, q, r, out, count);
        return r;
}

struct sqlite3 *db_handle(struct ctx *ctx)
{
        return ctx->db->db->driver == &db_sqlite_driver ? sqlite_conn_of(ctx)->sqlite : NULL;
}
