/* Forgetting: a person in one transaction, a merchant table by table. */
#include "store/holding.h"

#include "base/log.h"
#include "store/audit.h"
#include "store/search.h"

#include <string.h>

enum { BATCH = 5000, TEXTS_MAX = 100000 };

/* ---- the row of proof ---- */

static const struct json_field count_fields[] = {
        JSON_STR(struct holding_count, table, 0, 0, 0, ""),
        JSON_INT(struct holding_count, rows, 0, 0, 0, ""),
        JSON_STR(struct holding_count, end, 0, 0, 0, ""),
};
static const struct json_desc count_desc = JSON_DESC("ErasedTable", struct holding_count, count_fields);
static const struct json_field counts_fields[] = {
        JSON_LIST(struct holding_counts, tables, n, 0, 200, &count_desc, ""),
        JSON_INT(struct holding_counts, rows, 0, 0, 0, ""),
};
static const struct json_desc counts_desc = JSON_DESC("Erased", struct holding_counts, counts_fields);

static int prove(struct ctx *ctx, const char *what, int64_t subject_id, int64_t ended_at, const struct holding_counts *counts)
{
        static const struct query add = {
                .name = "store.erasure_add",
                .sql = "insert into store_erasure (merchant_id, erasure_id, begun_at, ended_at, what, subject_id, actor, counts)"
                       " values ($1, $2, $3, $4, $5, $6, $7, $8)",
                .args = "iiiititt",
        };

        return db_exec(ctx, &add, DB_I(ctx->merchant), DB_I(ctx_new_id(ctx)), DB_I(ctx->now), DB_I(ended_at), DB_T(what),
                       DB_I(subject_id), DB_T(ctx->actor.name), DB_T(json_write(ctx->arena, &counts_desc, counts)));
}

struct unended {
        int64_t erasure_id;
};

static int find_unended(struct ctx *ctx, struct unended *out)
{
        static const struct db_col cols[] = {DB_COL_I(struct unended, erasure_id)};
        static const struct query find = {
                .name = "store.erasure_unended",
                .sql = "select erasure_id from store_erasure where merchant_id = $1 and ended_at = 0 order by erasure_id limit 1",
                .args = "i", .row = cols, .n_row = countof(cols), .size = sizeof(struct unended),
        };

        return db_one(ctx, &find, out, DB_I(ctx->merchant));
}

int holding_erasing(struct ctx *ctx, bool *out)
{
        struct unended row;
        int r = find_unended(ctx, &row);

        *out = r == 0;
        return r == DB_E_NONE ? 0 : status_fold(r);
}

/* ---- a person ---- */

struct erasing {
        const struct holding_subject *subject;
        struct holding_counts *counts;
        struct forgotten {
                const struct search_kind *kind;
                int64_t *ids;
                size_t n;
        } *texts; /* to leave the search index after the commit */
        size_t n_texts;
};

struct found {
        int64_t id;
};

/* The documents among her rows. */
static int note_texts(struct ctx *ctx, struct erasing *e, const struct holding *h, const char *where)
{
        static const struct db_col cols[] = {DB_COL_I(struct found, id)};
        static const struct query drop = {
                .name = "store.search_todo_drop",
                .sql = "delete from store_search_todo where merchant_id = $1 and kind = $2 and id in (:list $3)",
                .args = "itI",
        };
        struct query q = {.name = "store.holding_texts", .row = cols, .n_row = countof(cols), .size = sizeof(struct found), .once = true};
        struct holding_column *columns;
        struct db_value args[3];
        struct forgotten *f;
        size_t n_args = holding_args(ctx, h, e->subject, args, &q.args), n;
        void *rows;
        int r = holding_columns(ctx, h->table, &columns, &n);

        for (size_t i = 0; !r && i < n; i++)
                if (columns[i].key == 2)
                        q.sql = arena_printf(ctx->arena, "select %s as id from %s where %s", columns[i].name, h->table, where);
        if (!r)
                r = status_fold(db_all_v(ctx, &q, &rows, &n, args, n_args));
        if (r || !n)
                return r;
        e->texts = arena_grow(ctx->arena, e->texts ? (void *)e->texts : arena_alloc(ctx->arena, 0), e->n_texts * sizeof(*f),
                              (e->n_texts + 1) * sizeof(*f));
        f = &e->texts[e->n_texts++];
        *f = (struct forgotten){h->searched, arena_array(ctx->arena, int64_t, n), n};
        for (size_t i = 0; i < n; i++)
                f->ids[i] = ((const struct found *)rows)[i].id;
        return db_exec(ctx, &drop, DB_I(ctx->merchant), DB_T(h->searched->name), DB_LIST_I(f->ids, n));
}

static int erase_hers(struct ctx *ctx, const struct holding *h, void *arg)
{
        struct query q = {.name = "store.holding_erase", .once = true};
        const char *where = holding_where(ctx->arena, h, ((struct erasing *)arg)->subject);
        struct erasing *e = arg;
        struct db_value args[3];
        size_t n = holding_args(ctx, h, e->subject, args, &q.args);
        int r = 0;

        if (h->end == HOLDING_KEPT)
                return 0;
        if (h->searched)
                r = note_texts(ctx, e, h, where);
        q.sql = h->end == HOLDING_BLANKED ? arena_printf(ctx->arena, "update %s set %s where %s", h->table, h->blank, where)
                                          : arena_printf(ctx->arena, "delete from %s where %s", h->table, where);
        if (!r)
                r = status_fold(db_exec_v(ctx, &q, args, n));
        if (!r)
                holding_counted(ctx, e->counts, h, e->subject, db_changed(ctx));
        return r;
}

static int erase_person(struct ctx *ctx, void *arg)
{
        struct erasing *e = arg;
        int r;

        *e->counts = (struct holding_counts){0};
        e->texts = NULL;
        e->n_texts = 0;
        r = holding_each(ctx, e->subject, erase_hers, e);
        if (!r)
                r = status_fold(prove(ctx, "person", e->subject->person_id, ctx->now, e->counts));
        return r ? r : status_fold(audit(ctx, "contacts.erase", "person", e->subject->person_id, NULL));
}

int holding_erase_person(struct db *db, struct ctx *ctx, const struct holding_subject *subject, struct holding_counts *out)
{
        struct erasing e = {.subject = subject, .counts = out};
        int r = db_run(db, ctx, DB_WRITE, erase_person, &e);

        for (size_t i = 0; !r && i < e.n_texts; i++)
                for (size_t at = 0; !r && at < e.texts[i].n; at += SEARCH_BATCH) {
                        size_t left = e.texts[i].n - at;

                        r = search_forget(ctx, e.texts[i].kind, e.texts[i].ids + at, left < SEARCH_BATCH ? left : SEARCH_BATCH);
                }
        return r;
}

/* ---- a merchant ---- */

static const struct holding_subject everything = {0};

struct sweeping {
        struct db *db;
        struct holding_counts *counts;
        void (*progress)(void *arg, const char *table, int64_t rows);
        void *arg;
        const struct holding *h;
        int64_t went;
};

/* Some thousand rows of a table, by their keys. */
static int sweep_some(struct ctx *ctx, void *arg)
{
        struct sweeping *s = arg;
        struct query q = {.name = "store.holding_sweep", .args = "i", .once = true};
        struct holding_column *columns;
        struct text keys;
        size_t n;
        int r = holding_columns(ctx, s->h->table, &columns, &n);

        text_init(&keys, ctx->arena);
        for (size_t i = 0; !r && i < n; i++)
                if (columns[i].key)
                        text_addf(&keys, "%s%s", keys.n ? ", " : "", columns[i].name);
        q.sql = arena_printf(ctx->arena, "delete from %s where (%s) in (select %s from %s where merchant_id = $1 limit %d)", s->h->table,
                             keys.p, keys.p, s->h->table, BATCH);
        if (!r)
                r = status_fold(db_exec(ctx, &q, DB_I(ctx->merchant)));
        s->went = r ? 0 : db_changed(ctx);
        return r;
}

static int sweep_table(struct ctx *ctx, const struct holding *h, void *arg)
{
        struct sweeping *s = arg;
        int64_t rows = 0;
        int r;

        s->h = h;
        do {
                struct arena_mark mark = arena_mark(ctx->arena);

                r = db_run(s->db, ctx, DB_WRITE, sweep_some, s);
                arena_reset(ctx->arena, mark);
                rows += s->went;
                if (!r && s->progress && s->went)
                        s->progress(s->arg, h->table, rows);
        } while (!r && s->went == BATCH);
        if (!r)
                holding_counted(ctx, s->counts, h, &everything, rows);
        return r;
}

static int begin_sweep(struct ctx *ctx, void *arg)
{
        bool erasing;
        int r = holding_erasing(ctx, &erasing);

        (void)arg;
        return r || erasing ? r : status_fold(prove(ctx, "merchant", ctx->merchant, 0, &(struct holding_counts){0}));
}

static int end_sweep(struct ctx *ctx, void *arg)
{
        static const struct query end = {
                .name = "store.erasure_end",
                .sql = "update store_erasure set ended_at = $3, counts = $4 where merchant_id = $1 and erasure_id = $2",
                .args = "iiit",
        };
        struct unended row;
        int r = find_unended(ctx, &row);

        if (r)
                return status_fold(r);
        return status_fold(db_exec(ctx, &end, DB_I(ctx->merchant), DB_I(row.erasure_id), DB_I(ctx->now),
                                   DB_T(json_write(ctx->arena, &counts_desc, arg))));
}

int holding_erase_merchant(struct db *db, struct ctx *ctx, void (*progress)(void *arg, const char *table, int64_t rows), void *arg,
                           struct holding_counts *out)
{
        struct sweeping s = {.db = db, .counts = out, .progress = progress, .arg = arg};
        int r = db_run(db, ctx, DB_WRITE, begin_sweep, NULL);

        *out = (struct holding_counts){0};
        if (!r)
                r = holding_each(ctx, &everything, sweep_table, &s);
        return r ? r : db_run(db, ctx, DB_WRITE, end_sweep, out);
}
