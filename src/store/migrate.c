#include "store/migrate.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

static const char mark[] = "-- migration ";

/* The book itself: it must be readable before the first migration has run. */
static const char book[] = "create table if not exists store_migration ("
                           " domain text not null, version bigint not null, applied_at bigint not null,"
                           " primary key (domain, version))";

struct book_row {
        const char *domain;
        int64_t version;
};

/* One migration's text inside a schema. */
struct piece {
        int64_t version;
        const char *sql;
        size_t n;
};

static const char *find_mark(const char *at, const char *end)
{
        const char *p = at;

        while ((p = memmem(p, (size_t)(end - p), mark, strlen(mark)))) {
                if (p == at || p[-1] == '\n')
                        return p;
                p++;
        }
        return end;
}

/* Reads the piece that begins at the mark *at and moves on to the next mark. */
static int next_piece(const struct domain *d, const char **at, const char *end, struct piece *out)
{
        const char *p = *at + strlen(mark);

        out->version = 0;
        for (; p < end && *p >= '0' && *p <= '9' && out->version < 100000; p++)
                out->version = out->version * 10 + (*p - '0');
        if (p == end || *p != ':')
                return fatal(EINVAL, "%s: schema: a line must be \"-- migration N: what it does\"", d->name);
        out->sql = *at;
        *at = find_mark(p, end);
        out->n = (size_t)(*at - out->sql);
        return 0;
}

/* How far the book says each domain is; 0 = nothing yet. */
static int64_t version_of(const struct book_row *rows, size_t n, const char *domain)
{
        size_t i;

        for (i = 0; i < n; i++)
                if (text_eq(rows[i].domain, domain))
                        return rows[i].version;
        return 0;
}

static int last_version(const struct domain *d, int64_t *last)
{
        const char *at, *end;
        struct piece piece;
        int r;

        *last = 0;
        if (!d->schema)
                return 0;
        end = d->schema->sql + *d->schema->n;
        for (at = find_mark(d->schema->sql, end); at < end;) {
                r = next_piece(d, &at, end, &piece);
                if (r)
                        return r;
                if (piece.version != ++*last)
                        return fatal(EINVAL, "%s: schema: migration %lld stands where %lld is expected", d->name,
                                     (long long)piece.version, (long long)*last);
        }
        return 0;
}

/* Every row of the book must be known here; a domain that is not registered was made by a newer program too. */
static int refuse_newer(struct ctx *ctx, const struct book_row *rows, size_t n)
{
        const struct registry *reg = ctx->registry;
        int64_t known;
        size_t i, k;
        int r;

        for (i = 0; i < n; i++) {
                known = 0;
                for (k = 0; k < reg->n; k++) {
                        if (!text_eq(reg->domains[k]->name, rows[i].domain))
                                continue;
                        r = last_version(reg->domains[k], &known);
                        if (r)
                                return r;
                }
                if (rows[i].version > known) {
                        log_event(LOG_ERROR, "migrate.newer", "what",
                                  "the data was written by a newer version of this program; start that"
                                  " version, or restore a backup made with this one",
                                  "domain", rows[i].domain, "data", log_int(rows[i].version), "program", log_int(known),
                                  NULL);
                        return MIGRATE_E_NEWER;
                }
        }
        return 0;
}

static int apply_domain(struct ctx *ctx, const struct domain *d, int64_t have)
{
        static const struct query note = {
                .name = "store.migration_note",
                .sql = "insert into store_migration (domain, version, applied_at) values ($1, $2, $3)",
                .args = "tii",
        };
        const char *at, *end;
        struct piece piece;
        int64_t last;
        int r;

        r = last_version(d, &last); /* refuses a schema with holes before the first piece runs */
        if (r || last <= have)
                return r;
        end = d->schema->sql + *d->schema->n;
        for (at = find_mark(d->schema->sql, end); at < end;) {
                r = next_piece(d, &at, end, &piece);
                if (r)
                        return r;
                if (piece.version <= have)
                        continue;
                r = db_script(ctx, piece.sql, piece.n);
                if (r)
                        return r;
                r = db_exec(ctx, &note, DB_T(d->name), DB_I(piece.version), DB_I(ctx->now));
                if (r)
                        return status_fold(r);
                log_event(LOG_INFO, "migrate.applied", "domain", d->name, "version", log_int(piece.version), NULL);
        }
        return 0;
}

static int read_book(struct ctx *ctx, struct book_row **rows, size_t *n)
{
        static const struct db_col cols[] = {DB_COL_T(struct book_row, domain), DB_COL_I(struct book_row, version)};
        static const struct query read = {
                .name = "store.migration_read",
                .sql = "select domain, max(version) as version from store_migration group by domain",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct book_row),
        };
        int r = db_script(ctx, book, strlen(book));

        if (r)
                return r;
        r = db_all(ctx, &read, rows, n);
        return r ? status_fold(r) : 0;
}

int migrate_pending(struct ctx *ctx, bool *pending)
{
        const struct registry *reg = ctx->registry;
        struct book_row *rows;
        int64_t last;
        size_t n;
        int r = read_book(ctx, &rows, &n);

        *pending = false;
        for (size_t i = 0; !r && n > 0 && i < reg->n; i++) {
                r = last_version(reg->domains[i], &last);
                *pending |= !r && last > version_of(rows, n, reg->domains[i]->name);
        }
        return r;
}

int migrate_run(struct ctx *ctx)
{
        const struct registry *reg = ctx->registry;
        struct book_row *rows;
        size_t i, n;
        int r = read_book(ctx, &rows, &n);

        if (!r)
                r = refuse_newer(ctx, rows, n);
        for (i = 0; !r && i < reg->n; i++)
                r = apply_domain(ctx, reg->domains[i], version_of(rows, n, reg->domains[i]->name));
        return r;
}
