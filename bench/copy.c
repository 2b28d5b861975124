#include "bench/copy.h"

#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define TABLES 16
#define COLUMNS 32
#define PIECE (1 << 20) /* bytes handed to libpq at once: it keeps what it has not sent */

static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* PostgreSQL's manual, COPY, "Binary Format"; and one more 0 */

struct lane {
        const struct query *insert;
        const char *copy;           /* "copy TABLE (COLUMNS) from stdin (format binary)" */
        uint8_t values[COLUMNS];    /* which parameter goes into each column, from 0 */
        size_t n_values;
        struct text rows;
};

struct copy {
        struct arena *arena, rows; /* `rows`: until the commit */
        PGconn *pg;
        struct lane lanes[TABLES];
        size_t n;
};

int copy_open(struct arena *a, const char *url, struct copy **out)
{
        struct copy *c = arena_new(a, struct copy);

        c->arena = a;
        arena_init(&c->rows, 0);
        c->pg = PQconnectdb(url);
        *out = c;
        return PQstatus(c->pg) == CONNECTION_OK ? 0 : fatal(EIO, "copy: %s", PQerrorMessage(c->pg));
}

void copy_close(struct copy *c)
{
        if (!c)
                return;
        PQfinish(c->pg);
        arena_release(&c->rows);
}

/* Where the values of the statement go. */
static int lane_read(struct copy *c, struct lane *l, const struct query *insert)
{
        static const char into[] = "insert into ";
        const char *at = strstr(insert->sql, " values (");
        char *end;

        if (!text_starts(insert->sql, into) || !at)
                return fatal(EINVAL, "copy: %s is no insert of values", insert->name);
        l->insert = insert;
        l->copy = arena_printf(c->arena, "copy %.*s from stdin (format binary)", (int)(at - insert->sql - (ptrdiff_t)strlen(into)),
                               insert->sql + strlen(into));
        for (at += strlen(" values ("); *at == '$' && l->n_values < COLUMNS; at = end + strspn(end, ", ")) {
                l->values[l->n_values++] = (uint8_t)(strtol(at + 1, &end, 10) - 1);
                if (l->values[l->n_values - 1] >= strlen(insert->args))
                        break;
        }
        if (*at != ')')
                return fatal(EINVAL, "copy: %s has a value that is no parameter", insert->name);
        text_init(&l->rows, &c->rows);
        return 0;
}

static int lane_of(struct copy *c, const struct query *insert, struct lane **out)
{
        for (size_t i = 0; i < c->n; i++)
                if (c->lanes[i].insert == insert) {
                        *out = &c->lanes[i];
                        return 0;
                }
        if (c->n == TABLES)
                return fatal(E2BIG, "copy: more than %d tables", TABLES);
        *out = &c->lanes[c->n++];
        return lane_read(c, *out, insert);
}

static void add_field(struct text *t, const void *p, size_t n)
{
        uint32_t size = htonl((uint32_t)n);

        text_add_n(t, (const char *)&size, sizeof(size));
        text_add_n(t, p, n);
}

static void add_null(struct text *t)
{
        static const uint32_t none = 0xffffffff;

        text_add_n(t, (const char *)&none, sizeof(none));
}

static void add_value(struct text *t, const struct db_value *v)
{
        uint64_t number = htobe64((uint64_t)v->i);

        if (v->type == DB_INT && !v->null)
                add_field(t, &number, sizeof(number));
        else if (v->type == DB_TEXT && v->p)
                add_field(t, v->p, strlen(v->p));
        else if (v->type == DB_BYTES && v->p)
                add_field(t, v->p, v->n);
        else
                add_null(t);
}

int copy_row(struct copy *c, const struct query *insert, const struct db_value *values, size_t n)
{
        struct lane *l = NULL;
        uint16_t fields;
        int r = lane_of(c, insert, &l);

        if (r)
                return r;
        if (n != strlen(insert->args))
                return fatal(EINVAL, "copy: %s takes %zu values, not %zu", insert->name, strlen(insert->args), n);
        fields = htons((uint16_t)l->n_values);
        text_add_n(&l->rows, (const char *)&fields, sizeof(fields));
        for (size_t i = 0; i < l->n_values; i++)
                add_value(&l->rows, &values[l->values[i]]);
        return 0;
}

static int run(struct copy *c, const char *sql, ExecStatusType wanted)
{
        PGresult *result = PQexec(c->pg, sql);
        int r = PQresultStatus(result) == wanted ? 0 : fatal(EIO, "copy: %s: %s", sql, PQerrorMessage(c->pg));

        PQclear(result);
        return r;
}

static int put(struct copy *c, const char *p, size_t n)
{
        for (size_t some; n; p += some, n -= some) {
                some = n < PIECE ? n : PIECE;
                if (PQputCopyData(c->pg, p, (int)some) != 1)
                        return fatal(EIO, "copy: %s", PQerrorMessage(c->pg));
        }
        return 0;
}

static int send_lane(struct copy *c, struct lane *l)
{
        PGresult *result;
        int r = run(c, l->copy, PGRES_COPY_IN);

        if (!r)
                r = put(c, head, sizeof(head));
        if (!r)
                r = put(c, l->rows.p, l->rows.n);
        if (!r)
                r = put(c, "\377\377", 2);
        if (r)
                return r;
        if (PQputCopyEnd(c->pg, NULL) != 1)
                return fatal(EIO, "copy: %s", PQerrorMessage(c->pg));
        while ((result = PQgetResult(c->pg))) {
                if (PQresultStatus(result) != PGRES_COMMAND_OK)
                        r = fatal(EIO, "copy: %s: %s", l->insert->name, PQresultErrorMessage(result));
                PQclear(result);
        }
        return r;
}

int copy_commit(struct copy *c)
{
        int r = run(c, "begin", PGRES_COMMAND_OK);

        for (size_t i = 0; !r && i < c->n; i++)
                if (c->lanes[i].rows.n)
                        r = send_lane(c, &c->lanes[i]);
        if (!r)
                r = run(c, "commit", PGRES_COMMAND_OK);
        arena_clear(&c->rows);
        for (size_t i = 0; i < c->n; i++)
                text_init(&c->lanes[i].rows, &c->rows);
        return r;
}

int copy_end(struct copy *c, int64_t *bytes)
{
        PGresult *result;
        int r = run(c, "analyze", PGRES_COMMAND_OK);

        if (r)
                return r;
        result = PQexec(c->pg, "select pg_database_size(current_database())");
        if (PQresultStatus(result) != PGRES_TUPLES_OK || text_to_int(PQgetvalue(result, 0, 0), 0, INT64_MAX, bytes))
                r = fatal(EIO, "copy: %s", PQerrorMessage(c->pg));
        PQclear(result);
        return r;
}
