/* The declared tables, walked; and what the database says of them. */
#include "store/holding.h"

#include <string.h>

int holding_columns(struct ctx *ctx, const char *table, struct holding_column **out, size_t *n)
{
        static const struct db_col cols[] = {DB_COL_T(struct holding_column, name), DB_COL_T(struct holding_column, type),
                                             DB_COL_I(struct holding_column, key)};
        static const struct query columns = {
                .name = "store.columns",
                .sql = "select name, lower(type) as type, pk as key from pragma_table_info($1) order by cid",
                .sql_pg = "select cast(a.attname as text) as name, format_type(a.atttypid, a.atttypmod) as type,"
                          " cast(coalesce(array_position(cast(i.indkey as int2[]), a.attnum) + 1, 0) as bigint) as key"
                          " from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary"
                          " where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped order by a.attnum",
                .args = "t", .row = cols, .n_row = countof(cols), .size = sizeof(struct holding_column),
        };

        return status_fold(db_all(ctx, &columns, out, n, DB_T(table)));
}

const char *holding_where(struct arena *a, const struct holding *h, const struct holding_subject *s)
{
        return s->person_id ? arena_printf(a, "merchant_id = $1 and (%s)", h->hers) : "merchant_id = $1";
}

size_t holding_args(const struct ctx *ctx, const struct holding *h, const struct holding_subject *s, struct db_value out[3],
                    const char **letters)
{
        out[0] = DB_I(ctx->merchant);
        out[1] = DB_LIST_I(s->identities, s->n);
        out[2] = DB_I(s->person_id);
        *letters = !s->person_id ? "i" : strstr(h->hers, "$3") ? "iIi" : "iI";
        return strlen(*letters);
}

int holding_each(struct ctx *ctx, const struct holding_subject *s, int (*fn)(struct ctx *, const struct holding *, void *), void *arg)
{
        int r = 0;

        for (size_t d = ctx->registry->n; !r && d-- > 0;) {
                const struct holder *holder = ctx->registry->domains[d]->holds;

                for (size_t i = 0; holder && !r && i < holder->n; i++) {
                        const struct holding *h = &holder->tables[i];

                        if (!h->exempt && (s->person_id ? h->hers != NULL : !h->shared))
                                r = fn(ctx, h, arg);
                }
        }
        return r;
}

void holding_counted(struct ctx *ctx, struct holding_counts *c, const struct holding *h, const struct holding_subject *s, int64_t rows)
{
        static const char *const ends[] = {"deleted", "blanked", "kept"};

        c->rows += rows;
        for (size_t i = 0; i < c->n; i++)
                if (text_eq(c->tables[i].table, h->table)) {
                        c->tables[i].rows += rows;
                        return;
                }
        if (!rows)
                return;
        c->tables = arena_grow(ctx->arena, c->tables ? (void *)c->tables : arena_alloc(ctx->arena, 0), c->n * sizeof(*c->tables),
                               (c->n + 1) * sizeof(*c->tables));
        c->tables[c->n++] = (struct holding_count){h->table, rows, ends[s->person_id ? h->end : HOLDING_DELETED]};
}

struct counting {
        const struct holding_subject *subject;
        struct holding_counts *counts;
};

struct number {
        int64_t n;
};

static int count(struct ctx *ctx, const struct holding *h, void *arg)
{
        static const struct db_col cols[] = {DB_COL_I(struct number, n)};
        const struct counting *c = arg;
        struct query q = {.name = "store.holding_count", .row = cols, .n_row = countof(cols), .size = sizeof(struct number), .once = true};
        struct db_value args[3];
        struct number number;
        size_t n = holding_args(ctx, h, c->subject, args, &q.args);
        int r;

        q.sql = arena_printf(ctx->arena, "select count(*) as n from %s where %s", h->table, holding_where(ctx->arena, h, c->subject));
        r = db_one_v(ctx, &q, &number, args, n);
        if (!r)
                holding_counted(ctx, c->counts, h, c->subject, number.n);
        return status_fold(r);
}

int holding_look(struct ctx *ctx, const struct holding_subject *s, struct holding_counts *out)
{
        struct counting c = {s, out};

        *out = (struct holding_counts){0};
        return holding_each(ctx, s, count, &c);
}
