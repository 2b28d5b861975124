/* What every driver of db.h needs: which one it is, arguments checked, rows gathered. */
#include "store/db_impl.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

int db_open(struct db **out, const struct db_options *o)
{
        static const char sqlite[] = "sqlite:";
        struct db_options options = *o;

        *out = NULL;
        if (o->readers < 1 || o->readers > 64 || o->writers > 64)
                return fatal(EINVAL, "database connections must be 1..64 for reading and up to 64 for writing, not %u and %u",
                             o->readers, o->writers);
        if (options.writers == 0)
                options.writers = 8;
        if (options.cache_kib <= 0)
                options.cache_kib = 2048;
        if (!text_empty(o->url) && text_starts(o->url, sqlite))
                return db_sqlite_driver.open(out, &options, o->url + strlen(sqlite));
        if (!text_empty(o->url) && (text_starts(o->url, "postgresql://") || text_starts(o->url, "postgres://")))
                return db_pg_driver.open(out, &options, o->url);
        return fatal(EINVAL, "a database is \"sqlite\" or \"postgresql://USER:PASSWORD@HOST:PORT/NAME\"");
}

void db_close(struct db *db)
{
        if (db)
                db->driver->close(db);
}

enum db_kind db_kind(const struct db *db)
{
        return db->driver->kind;
}

int db_begin(struct db *db, struct ctx *ctx, enum db_mode mode)
{
        int r;

        if (ctx->db)
                return fatal(EINVAL, "a transaction is open already");
        r = db->driver->begin(db, ctx, mode);
        if (!r) {
                ctx->db->changed = 0;
                ctx->db->saves = 0;
        }
        return r;
}

int db_turn(struct ctx *ctx, bool alone)
{
        const struct db_driver *d;

        if (!ctx->db)
                return fatal(EINVAL, "a turn without a transaction");
        d = ctx->db->db->driver;
        return d->turn ? d->turn(ctx, alone) : 0;
}

int db_commit(struct ctx *ctx)
{
        if (!ctx->db)
                return fatal(EINVAL, "commit without a transaction");
        if (arena_over(ctx->arena)) {
                db_rollback(ctx);
                return fatal(ENOMEM, "over the memory limit of %zu bytes: not committed", ctx->arena->limit);
        }
        return ctx->db->db->driver->commit(ctx);
}

void db_rollback(struct ctx *ctx)
{
        if (!ctx->db)
                return;
        ctx->db->db->driver->rollback(ctx);
        ctx_after_clear(ctx);
}

static const struct db_driver *driver_of(const struct ctx *ctx)
{
        return ctx->db ? ctx->db->db->driver : NULL;
}

static int no_transaction(const char *what)
{
        return fatal(EIO, "%s: no transaction is open", what);
}

/* Of the entries of a burst most find everything said already and write nothing: they pay for no savepoint. */
int db_save(struct ctx *ctx)
{
        if (!ctx->db)
                return no_transaction("savepoint");
        ctx->db->saves++;
        return 0;
}

int db_saves_set(struct ctx *ctx)
{
        int r = 0;

        for (; !r && ctx->db->saves; ctx->db->saves--)
                r = driver_of(ctx)->save(ctx);
        return r;
}

int db_save_release(struct ctx *ctx)
{
        const struct db_driver *d = driver_of(ctx);

        if (!d)
                return no_transaction("savepoint");
        if (!ctx->db->saves)
                return d->save_release(ctx);
        ctx->db->saves--;
        return 0;
}

void db_save_rollback(struct ctx *ctx)
{
        const struct db_driver *d = driver_of(ctx);

        if (d && ctx->db->saves)
                ctx->db->saves--;
        else if (d)
                d->save_rollback(ctx);
}

int db_exec_v(struct ctx *ctx, const struct query *q, const struct db_value *v, size_t n)
{
        const struct db_driver *d = driver_of(ctx);
        int r = d ? db_args_check(q, v, n) : no_transaction(q->name);

        if (r)
                return r;
        ctx->db->changed = 0;
        r = d->exec(ctx, q, v, n);
        if (!q->unread)
                return r;
        ctx->db->changed = 0; /* as on the database that has not asked yet */
        return r == DB_E_EXISTS ? fatal(EINVAL, "%s: a key or check is violated where none was expected", q->name) : r;
}

int64_t db_changed(struct ctx *ctx)
{
        return ctx->db ? ctx->db->changed : 0;
}

int db_one_v(struct ctx *ctx, const struct query *q, void *row, const struct db_value *v, size_t n)
{
        const struct db_driver *d = driver_of(ctx);
        int r = d ? db_args_check(q, v, n) : no_transaction(q->name);

        return r ? r : d->one(ctx, q, row, v, n);
}

int db_all_v(struct ctx *ctx, const struct query *q, void **rows, size_t *count, const struct db_value *v, size_t n)
{
        const struct db_driver *d = driver_of(ctx);
        int r = d ? db_args_check(q, v, n) : no_transaction(q->name);

        *rows = NULL;
        *count = 0;
        return r ? r : d->all(ctx, q, rows, count, v, n);
}

int db_each_v(struct ctx *ctx, const struct query *q, void **rows, const int64_t *ids, size_t n)
{
        size_t found, at = 0;
        char *given, *out;
        int r = db_all(ctx, q, &given, &found, DB_LIST_I(ids, n));

        if (r)
                return r;
        *rows = out = arena_alloc(ctx->arena, n * q->size);
        memset(out, 0, n * q->size);
        for (size_t i = 0; i < n; i++, out += q->size) {
                memcpy(out, &ids[i], sizeof(ids[i]));
                if (at < found && !memcmp(given + at * q->size, &ids[i], sizeof(ids[i])))
                        memcpy(out, given + at++ * q->size, q->size);
        }
        return 0;
}

int db_script(struct ctx *ctx, const char *sql, size_t n)
{
        if (!ctx->db || ctx->db->mode != DB_WRITE)
                return fatal(EINVAL, "a script needs a WRITE transaction");
        if (ctx->db->saves)
                return fatal(EINVAL, "a script inside a savepoint");
        return driver_of(ctx)->script(ctx, arena_strndup(ctx->arena, sql, n));
}

int db_checkpoint(struct db *db)
{
        return db->driver->checkpoint(db);
}

int db_args_check(const struct query *q, const struct db_value *v, size_t n)
{
        const char *letters = q->args ? q->args : "";
        size_t i;

        if (n != strlen(letters) || n > DB_ARGS_MAX)
                return fatal(EINVAL, "%s: takes %zu arguments, got %zu", q->name, strlen(letters), n);
        for (i = 0; i < n; i++)
                if (v[i].type != (enum db_type)letters[i])
                        return fatal(EINVAL, "%s: argument $%zu is declared '%c', got '%c'", q->name, i + 1, letters[i],
                                     (char)v[i].type);
        return 0;
}

const char *db_list_find(const char *sql, size_t *mark, size_t *arg)
{
        static const char text[] = ":list ";
        const char *at = strstr(sql, text);

        if (at) {
                *mark = strlen(text);
                *arg = strspn(at + *mark, "$0123456789"); /* "$n"; anything else fails at prepare */
        }
        return at;
}

int db_rows_add(struct db_rows *rows, const struct query *q, char **row)
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

void db_rows_end(struct db_rows *rows, struct ctx *ctx, const struct query *q, int status, void **out, size_t *count)
{
        if (!status) {
                *out = arena_alloc_array(ctx->arena, q->size, rows->n);
                *count = rows->n;
                if (rows->n > 0)
                        memcpy(*out, rows->p, rows->n * q->size);
        }
        free(rows->p);
}

void db_assert_none(const struct ctx *ctx)
{
        if (!ctx->db)
                return;
        log_event(LOG_ERROR, "db.assert", "what", "a transaction is open where none may be", NULL);
        abort(); /* going on would hold the write lock over a remote call; ending is safe by design */
}
