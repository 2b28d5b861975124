/* The PostgreSQL driver: statements, arguments, rows. Everything but texts travels in binary form. */
#include "store/db_pg.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Type OIDs, fixed by PostgreSQL (pg_type.dat). */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701,
       OID_TEXTS = 1009, OID_VARCHAR = 1043, OID_INT8S = 1016 };

#define NAME_SIZE 16

struct pg_stmt {
        struct db_stmt base;
        char name[NAME_SIZE];
        bool guard; /* a violated key is an answer: runs in a savepoint of its own */
};

void db_pg_stmt_drop(void *conn, struct db_stmt *st)
{
        struct pg_conn *c = conn;
        char sql[NAME_SIZE + 16];

        snprintf(sql, sizeof sql, "deallocate %s", ((struct pg_stmt *)st)->name);
        if (!c->broken && db_pg_queue(c, sql))
                c->broken = true; /* the connection went; it is noticed at the next statement */
        free(st);
}

/* ---- results ---- */

static int status_of(struct pg_conn *c, const char *what, const PGresult *result)
{
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

        c->broken = true;
        if (state && (text_eq(state, "40001") || text_eq(state, "40P01"))) {
                c->again = true;
                return -EAGAIN;
        }
        if (state && (text_eq(state, "23505") || text_eq(state, "23514")))
                return DB_E_EXISTS;
        if (state && text_eq(state, "53100"))
                return fatal(ENOSPC, "%s: the database's disk is full", what);
        if (PQstatus(c->pg) != CONNECTION_OK)
                return fatal(EPIPE, "%s: the connection to the database broke: %s", what, PQerrorMessage(c->pg));
        return fatal(EINVAL, "%s: %s", what, PQresultErrorMessage(result));
}

int db_pg_sync(struct pg_conn *c, const char *what, PGresult **out)
{
        unsigned read = 0;
        int r = 0;

        *out = NULL;
        if (!PQpipelineSync(c->pg)) {
                c->broken = true;
                return fatal(EPIPE, "%s: %s", what, PQerrorMessage(c->pg));
        }
        for (;;) {
                PGresult *result = PQgetResult(c->pg);
                ExecStatusType status = PQresultStatus(result);

                read += result != NULL;
                if (!result) {
                        if (PQstatus(c->pg) != CONNECTION_OK)
                                break;
                        continue; /* between two statements */
                }
                if (status == PGRES_PIPELINE_SYNC) {
                        PQclear(result);
                        break;
                }
                if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
                        PQclear(*out);
                        *out = result;
                        continue;
                }
                if (!r && status != PGRES_PIPELINE_ABORTED)
                        r = status_of(c, what, result);
                if (r == DB_E_EXISTS && read <= c->unread)
                        r = fatal(EINVAL, "before %s: %s", what, PQresultErrorMessage(result));
                PQclear(result);
        }
        c->unread = 0;
        c->told = false;
        if (!r && PQstatus(c->pg) != CONNECTION_OK)
                r = fatal(EPIPE, "%s: the connection to the database broke: %s", what, PQerrorMessage(c->pg));
        if (r)
                c->broken = true;
        return r;
}

/* ---- preparing ---- */

static bool ends_with(const char *from, const char *end, const char *tail)
{
        size_t n = strlen(tail);

        return (size_t)(end - from) >= n && strncmp(end - n, tail, n) == 0;
}

/* "x in (:list $3)" becomes "x = any($3)", "x not in (...)" "x <> all($3)". From malloc; NULL = no memory, or a list that is
 * not written so. */
static char *expand(const char *sql)
{
        static const char in[] = " in (", not_in[] = " not in (";
        size_t lists = 0, mark, arg;
        const char *at;
        char *out, *to;

        for (at = sql; (at = db_list_find(at, &mark, &arg)); at += mark)
                lists++;
        out = to = malloc(strlen(sql) + lists * sizeof " <> all(" + 1);
        if (!out)
                return NULL;
        for (; (at = db_list_find(sql, &mark, &arg)); sql = at + mark + arg) {
                bool negated = ends_with(sql, at, not_in);

                if (!ends_with(sql, at, in)) {
                        free(out);
                        return NULL;
                }
                to = mempcpy(to, sql, (size_t)(at - sql) - strlen(negated ? not_in : in));
                to = stpcpy(to, negated ? " <> all(" : " = any(");
                to = mempcpy(to, at + mark, arg);
        }
        memcpy(to, sql, strlen(sql) + 1);
        return out;
}

static Oid oid_of(char letter)
{
        switch ((enum db_type)letter) {
        case DB_INT:
                return OID_INT8;
        case DB_TEXT:
                return OID_TEXT;
        case DB_BYTES:
                return OID_BYTEA;
        case DB_DOUBLE:
                return OID_FLOAT8;
        case DB_INTS:
                return OID_INT8S;
        case DB_TEXTS:
                return OID_TEXTS;
        }
        return 0;
}

static bool fits(Oid found, enum db_type described)
{
        switch (described) {
        case DB_INT:
                return found == OID_INT8 || found == OID_INT4 || found == OID_INT2 || found == OID_BOOL;
        case DB_TEXT:
                return found == OID_TEXT || found == OID_VARCHAR;
        case DB_BYTES:
                return found == OID_BYTEA;
        case DB_DOUBLE:
                return found == OID_FLOAT8;
        default:
                return false;
        }
}

static int check_row(const struct query *q, const PGresult *described)
{
        if ((size_t)PQnfields(described) != q->n_row)
                return fatal(EINVAL, "%s: describes %zu columns, its text gives %d", q->name, q->n_row, PQnfields(described));
        for (size_t i = 0; i < q->n_row; i++) {
                if (strcmp(PQfname(described, (int)i), q->row[i].name) != 0)
                        return fatal(EINVAL, "%s: column %zu is described as %s, but is %s", q->name, i + 1, q->row[i].name,
                                     PQfname(described, (int)i));
                if (!fits(PQftype(described, (int)i), q->row[i].type))
                        return fatal(EINVAL, "%s: column %s is described '%c', but has the type %u", q->name, q->row[i].name,
                                     (char)q->row[i].type, PQftype(described, (int)i));
        }
        return 0;
}

static int send_prepare(struct pg_conn *c, const struct query *q, const char *name, const char *sql)
{
        Oid types[DB_ARGS_MAX];
        size_t n = q->args ? strlen(q->args) : 0;

        for (size_t i = 0; i < n; i++)
                types[i] = oid_of(q->args[i]);
        if (!PQsendPrepare(c->pg, name, sql, (int)n, types) || !PQsendDescribePrepared(c->pg, name))
                return fatal(EPIPE, "%s: %s", q->name, PQerrorMessage(c->pg));
        return 0;
}

static bool guarded(const struct query *q, const char *sql)
{
        return q->guard || (text_starts(sql, "insert") && !strstr(sql, "on conflict"));
}

static int stmt_prepare(struct pg_conn *c, const struct query *q, struct pg_stmt **out)
{
        const char *text = q->sql_pg ? q->sql_pg : q->sql;
        struct pg_stmt *st = calloc(1, sizeof *st);
        char *sql = expand(text);
        PGresult *described = NULL;
        int r;

        if (!st || !sql) {
                free(st);
                free(sql);
                return fatal(ENOMEM, "%s: no memory, or a list that is not \"in (:list $n)\"", q->name);
        }
        snprintf(st->name, sizeof st->name, "q%u", c->serial++);
        st->guard = !q->unread && guarded(q, text);
        r = send_prepare(c, q, st->name, sql);
        if (!r)
                r = db_pg_sync(c, q->name, &described);
        if (!r)
                r = check_row(q, described);
        PQclear(described);
        free(sql);
        if (r) {
                c->broken = true;
                free(st);
                return r > 0 ? status_fold(r) : r;
        }
        *out = st;
        return 0;
}

static int stmt_get(struct pg_conn *c, const struct query *q, struct pg_stmt **out)
{
        int r;

        *out = (struct pg_stmt *)db_stmts_find(&c->stmts, q);
        if (*out)
                return 0;
        r = stmt_prepare(c, q, out);
        if (!r)
                db_stmts_add(&c->stmts, &(*out)->base, q);
        return r;
}

/* ---- arguments ---- */

struct args {
        const char *values[DB_ARGS_MAX];
        int lengths[DB_ARGS_MAX], formats[DB_ARGS_MAX];
        uint64_t numbers[DB_ARGS_MAX]; /* in network order */
};

/* An array's text form: {1,2} or {"a","b\"c",null}. */
static const char *list_text(struct arena *arena, const struct db_value *v)
{
        const char *const *texts = v->p;
        const int64_t *ints = v->p;
        struct text out;

        text_init(&out, arena);
        text_add_n(&out, "{", 1);
        for (size_t i = 0; i < v->n; i++) {
                if (i > 0)
                        text_add_n(&out, ",", 1);
                if (v->type == DB_INTS) {
                        text_addf(&out, "%" PRId64, ints[i]);
                } else if (!texts[i]) {
                        text_add(&out, "null");
                } else {
                        text_add_n(&out, "\"", 1);
                        for (const char *p = texts[i]; *p; p++) {
                                if (*p == '"' || *p == '\\')
                                        text_add_n(&out, "\\", 1);
                                text_add_n(&out, p, 1);
                        }
                        text_add_n(&out, "\"", 1);
                }
        }
        text_add_n(&out, "}", 1);
        return out.p;
}

static int bind_one(struct ctx *ctx, const struct query *q, struct args *args, size_t i, const struct db_value *v)
{
        uint64_t bits;

        if (v->n > INT32_MAX)
                return fatal(E2BIG, "%s: argument $%zu is too big", q->name, i + 1);
        args->formats[i] = 1;
        args->values[i] = NULL;
        switch (v->type) {
        case DB_INT:
        case DB_DOUBLE:
                memcpy(&bits, v->type == DB_INT ? (const void *)&v->i : (const void *)&v->d, sizeof bits);
                args->numbers[i] = htobe64(bits);
                args->lengths[i] = sizeof bits;
                if (!v->null)
                        args->values[i] = (const char *)&args->numbers[i];
                return 0;
        case DB_TEXT:
                args->values[i] = v->p;
                args->lengths[i] = v->p ? (int)strlen(v->p) : 0;
                return 0;
        case DB_BYTES:
                args->values[i] = v->p;
                args->lengths[i] = (int)v->n;
                return 0;
        case DB_INTS:
        case DB_TEXTS:
                args->formats[i] = 0;
                args->values[i] = list_text(ctx->arena, v);
                return 0;
        }
        return fatal(EINVAL, "%s: argument $%zu has no type", q->name, i + 1);
}

/* ---- rows ---- */

static int64_t number(const char *p, int n)
{
        uint64_t u8;
        uint32_t u4;
        uint16_t u2;

        switch (n) {
        case 8:
                memcpy(&u8, p, sizeof u8);
                return (int64_t)be64toh(u8);
        case 4:
                memcpy(&u4, p, sizeof u4);
                return (int32_t)be32toh(u4);
        case 2:
                memcpy(&u2, p, sizeof u2);
                return (int16_t)be16toh(u2);
        default:
                return *p; /* bool */
        }
}

static void cell_read(struct ctx *ctx, const PGresult *result, int at, int i, const struct db_col *col, char *row)
{
        const char *p = PQgetvalue(result, at, i);
        int n = PQgetlength(result, at, i);
        int64_t bits;
        void *to = row + col->at;

        if (PQgetisnull(result, at, i))
                return; /* the row is zeroed */
        switch (col->type) {
        case DB_INT:
                *(int64_t *)to = number(p, n);
                return;
        case DB_DOUBLE:
                bits = number(p, 8);
                memcpy(to, &bits, sizeof bits);
                return;
        case DB_TEXT:
                *(const char **)to = arena_strndup(ctx->arena, p, (size_t)n);
                return;
        case DB_BYTES:
                *(struct bytes *)to = bytes_of(arena_memdup(ctx->arena, p, (size_t)n), (size_t)n);
                return;
        case DB_INTS:
        case DB_TEXTS:
                return; /* check_row() let no such column pass */
        }
}

static void row_read(struct ctx *ctx, const struct query *q, const PGresult *result, int at, char *row)
{
        for (size_t i = 0; i < q->n_row; i++)
                cell_read(ctx, result, at, (int)i, &q->row[i], row);
}

/* ---- running ---- */

/* The statement alone is undone, and the transaction goes on. */
static int undo_guarded(struct pg_conn *c, const char *what)
{
        PGresult *result = NULL;
        int r;

        c->broken = false;
        r = db_pg_queue(c, "rollback to guard");
        if (!r)
                r = db_pg_queue(c, "release guard");
        if (!r)
                r = db_pg_sync(c, what, &result);
        PQclear(result);
        return r ? status_fold(r) : DB_E_EXISTS;
}

static int send(struct pg_conn *c, const struct query *q, const struct pg_stmt *st, const struct args *args, size_t n)
{
        int r = st->guard ? db_pg_queue(c, "savepoint guard") : 0;

        if (r)
                return r;
        if (!PQsendQueryPrepared(c->pg, st->name, (int)n, args->values, args->lengths, args->formats, 1))
                return fatal(EPIPE, "%s: %s", q->name, PQerrorMessage(c->pg));
        return 0;
}

static int begin_statement(struct ctx *ctx, const struct query *q, const struct db_value *v, size_t n, struct pg_stmt **st)
{
        struct pg_conn *c = pg_conn_of(ctx);
        struct args args;
        int r = db_pg_queue(c, NULL);

        if (!r && c->base.saves)
                r = db_saves_set(ctx); /* before any: a statement that fails would end the transaction */
        if (!r)
                r = stmt_get(c, q, st);
        for (size_t i = 0; !r && i < n; i++)
                r = bind_one(ctx, q, &args, i, &v[i]);
        return r ? r : send(c, q, *st, &args, n);
}

static int run(struct ctx *ctx, const struct query *q, const struct db_value *v, size_t n, PGresult **out)
{
        struct pg_conn *c = pg_conn_of(ctx);
        struct pg_stmt *st = NULL;
        int r = begin_statement(ctx, q, v, n, &st);

        *out = NULL;
        if (!r)
                r = db_pg_sync(c, q->name, out);
        if (r == DB_E_EXISTS) {
                PQclear(*out);
                *out = NULL;
                return st->guard ? undo_guarded(c, q->name)
                                 : fatal(EINVAL, "%s: a key or check is violated where none was expected", q->name);
        }
        if (!r && st->guard)
                r = db_pg_queue(c, "release guard");
        return r;
}

/* It leaves with the next one. */
static int tell(struct ctx *ctx, const struct query *q, const struct db_value *v, size_t n)
{
        struct pg_conn *c = pg_conn_of(ctx);
        struct pg_stmt *st;
        int r = begin_statement(ctx, q, v, n, &st);

        if (!r) {
                c->unread++;
                c->told = true;
        }
        return r;
}

int db_pg_exec(struct ctx *ctx, const struct query *q, const struct db_value *v, size_t n)
{
        PGresult *result;
        int64_t changed;
        int r;

        if (q->unread)
                return tell(ctx, q, v, n);
        r = run(ctx, q, v, n, &result);
        if (!r && !text_to_int(PQcmdTuples(result), 0, INT64_MAX, &changed))
                ctx->db->changed = text_starts(PQcmdStatus(result), "SELECT") ? 0 : changed;
        PQclear(result);
        return r;
}

int db_pg_one(struct ctx *ctx, const struct query *q, void *row, const struct db_value *v, size_t n)
{
        PGresult *result;
        int r = run(ctx, q, v, n, &result);

        if (!r && PQntuples(result) == 0)
                r = DB_E_NONE;
        if (r >= 0)
                memset(row, 0, q->size);
        if (!r)
                row_read(ctx, q, result, 0, row);
        PQclear(result);
        return r;
}

int db_pg_all(struct ctx *ctx, const struct query *q, void **out, size_t *count, const struct db_value *v, size_t n)
{
        PGresult *result;
        char *rows;
        int r = run(ctx, q, v, n, &result);

        if (!r && PQntuples(result) > DB_ROWS_MAX)
                r = fatal(E2BIG, "%s: more than %d rows; page it", q->name, DB_ROWS_MAX);
        if (!r) {
                *count = (size_t)PQntuples(result);
                *out = rows = arena_alloc_array(ctx->arena, q->size, *count);
                for (size_t i = 0; i < *count; i++)
                        row_read(ctx, q, result, (int)i, rows + i * q->size);
                if (arena_over(ctx->arena))
                        r = fatal(ENOMEM, "%s: the result is over the memory limit; page it", q->name);
        }
        PQclear(result);
        return r;
}
