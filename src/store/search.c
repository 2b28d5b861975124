/* The index: the job that fills it, the questions asked of it. The texts' grams are search_grams.c. */
#include "store/search.h"

#include "base/log.h"
#include "store/job_impl.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct metric search_metric_indexed = METRIC_COUNTER("zhanggui_search_indexed_total", "documents written into the search index");

struct search {
        struct db *main, *own; /* own: SQLite's search.db, else NULL */
        bool empty;            /* when it was opened */
};

/* tokens: grams between blanks, "ascii" leaves them alone. detail=none: no places are kept, the text decides. */
static const char ddl_sqlite[] =
        "create table if not exists store_search ("
        " id integer primary key,"
        " merchant_id bigint not null,"
        " kind text not null,"
        " tokens text not null);"
        "create virtual table if not exists store_search_grams using fts5"
        " (tokens, content = 'store_search', content_rowid = 'id', tokenize = 'ascii', detail = none);"
        "drop trigger if exists store_search_added;" /* of older files; see q_add_grams */
        "create trigger if not exists store_search_gone after delete on store_search begin"
        " insert into store_search_grams (store_search_grams, rowid, tokens) values ('delete', old.id, old.tokens); end;";

static const char ddl_postgres[] =
        "create table if not exists store_search ("
        " merchant_id bigint not null,"
        " kind text not null,"
        " id bigint not null,"
        " tokens tsvector not null,"
        " primary key (merchant_id, kind, id));"
        "create index if not exists store_search_grams on store_search using gin (tokens);";

struct id_row {
        int64_t id;
};
static const struct db_col id_cols[] = {DB_COL_I(struct id_row, id)};
#define ID_ROW .row = id_cols, .n_row = countof(id_cols), .size = sizeof(struct id_row)

static const struct query q_todo_add = {
        .name = "store.search_todo_add",
        .sql = "insert into store_search_todo (merchant_id, kind, id) values ($1, $2, $3) on conflict do nothing",
        .args = "iti",
        .unread = true,
};
static const struct query q_todo = {
        .name = "store.search_todo",
        .sql = "select id from store_search_todo where merchant_id = $1 and kind = $2 order by id limit $3",
        .args = "iti",
        ID_ROW,
};
static const struct query q_todo_done = {
        .name = "store.search_todo_done",
        .sql = "delete from store_search_todo where merchant_id = $1 and kind = $2 and id in (:list $3)",
        .args = "itI",
};

/* Two texts: the indexes of the two databases have nothing in common but their purpose. */
static const struct query q_add = {
        .name = "store.search_add",
        .sql = "insert into store_search (merchant_id, kind, id, tokens) values ($1, $2, $3, $4) on conflict do nothing",
        .sql_pg = "insert into store_search (merchant_id, kind, id, tokens)"
                  " values ($1, $2, $3, array_to_tsvector(string_to_array($4, ' '))) on conflict do nothing",
        .args = "itit",
};
/* SQLite, behind q_add. Not by a trigger: FTS5 writes out what it has gathered at the end of every statement that could be undone
 * in part, and one with a trigger could. So each document was a segment of its own, to be merged later. */
static const struct query q_add_grams = {
        .name = "store.search_add_grams",
        .sql = "insert into store_search_grams (rowid, tokens) values ($1, $2)",
        .args = "it",
};
static const struct query q_forget = {
        .name = "store.search_forget",
        .sql = "delete from store_search where merchant_id = $1 and kind = $2 and id in (:list $3)",
        .args = "itI",
};
static const struct query q_find = {
        .name = "store.search_find",
        .sql = "select rowid as id from store_search_grams where store_search_grams match $1 and rowid < $2"
               " order by rowid desc limit $3",
        .args = "tii",
        ID_ROW,
};
#define NEWEST_PG "20000"
static const struct query q_find_newest = {
        .name = "store.search_find_newest",
        .sql = "select id from (select id, tokens from store_search where merchant_id = $1 and kind = $2 and id < $3"
               " order by id desc limit " NEWEST_PG ") as newest where tokens @@ cast($4 as tsquery)"
               " order by id desc limit $5",
        .args = "ititi",
        ID_ROW,
};
static const struct query q_find_all = {
        .name = "store.search_find_all",
        .sql = "with hit as materialized (select id from store_search where tokens @@ cast($2 as tsquery) and id < $1)"
               " select id from hit order by id desc limit $3",
        .args = "iti",
        ID_ROW,
};

/* One WRITE transaction of the index. */
static int write_index(struct search *s, struct ctx *ctx, int (*fn)(struct ctx *, void *), void *arg)
{
        return db_run(s->own ? s->own : s->main, ctx, DB_WRITE, fn, arg);
}

static int make(struct ctx *ctx, void *arg)
{
        static const struct query q = {.name = "store.search_any", .sql = "select id from store_search limit 1", ID_ROW};
        struct search *s = arg;
        const char *ddl = s->own ? ddl_sqlite : ddl_postgres;
        struct id_row row;
        int r = db_script(ctx, ddl, strlen(ddl));

        if (r)
                return r;
        r = db_one_v(ctx, &q, &row, NULL, 0);
        s->empty = r == DB_E_NONE;
        return r == DB_E_NONE ? 0 : status_fold(r);
}

int search_open(struct search **out, struct db *main, const char *file)
{
        struct search *s = calloc(1, sizeof *s);
        struct arena arena;
        struct ctx ctx;
        int r = 0;

        *out = NULL;
        if (!s)
                return fatal(ENOMEM, "search: no memory");
        s->main = main;
        arena_init(&arena, 0);
        ctx_init(&ctx, &arena);
        if (file)
                r = db_open(&s->own, &(struct db_options){.url = arena_printf(&arena, "sqlite:%s", file), .readers = 4, .cache_kib = 2048});
        if (!r)
                r = write_index(s, &ctx, make, s);
        arena_release(&arena);
        if (r) {
                search_close(s);
                return r;
        }
        *out = s;
        return 0;
}

void search_close(struct search *s)
{
        if (!s)
                return;
        db_close(s->own);
        free(s);
}

int search_checkpoint(struct search *s)
{
        return s->own ? db_checkpoint(s->own) : 0;
}

/* The token that every document of this merchant and kind has; letters and digits mixed, so never a gram. */
static const char *owner_token(struct arena *a, int64_t merchant, const struct search_kind *kind)
{
        return arena_printf(a, "m%" PRId64 "%s", merchant, kind->name);
}

int search_touch(struct ctx *ctx, const struct search_kind *kind, int64_t id)
{
        int r = db_exec(ctx, &q_todo_add, DB_I(ctx->merchant), DB_T(kind->name), DB_I(id));

        if (r)
                return status_fold(r);
        /* The job takes whatever is there. */
        if (!ctx_once(ctx, SEARCH_JOB, kind->name))
                return 0;
        return status_fold(job_enqueue(ctx, &(struct job_new){.kind = SEARCH_JOB, .key = kind->name}));
}

struct kind_row {
        const char *kind;
};
static const struct db_col kind_cols[] = {DB_COL_T(struct kind_row, kind)};
static const struct query q_todo_kinds = {
        .name = "store.search_todo_kinds",
        .sql = "select distinct kind from store_search_todo where merchant_id = $1",
        .args = "i",
        .row = kind_cols,
        .n_row = countof(kind_cols),
        .size = sizeof(struct kind_row),
};

static int todo_all(struct ctx *ctx)
{
        const struct registry *reg = ctx->registry;
        int r = 0;

        for (size_t i = 0; i < reg->n; i++)
                for (size_t k = 0; !r && k < reg->domains[i]->n_searches; k++)
                        r = db_exec(ctx, reg->domains[i]->searches[k].all, DB_I(ctx->merchant),
                                    DB_T(reg->domains[i]->searches[k].name));
        return r;
}

int search_start(struct ctx *ctx)
{
        struct kind_row *rows = NULL;
        size_t n = 0;
        int r = ctx->search->empty ? todo_all(ctx) : 0;

        if (!r)
                r = db_all(ctx, &q_todo_kinds, &rows, &n, DB_I(ctx->merchant));

        for (size_t i = 0; !r && i < n; i++)
                r = job_enqueue(ctx, &(struct job_new){.kind = SEARCH_JOB, .key = rows[i].kind});
        return r ? status_fold(r) : 0;
}

/* ---- the job ---- */

struct batch {
        const struct search_kind *kind;
        int64_t merchant;
        int64_t *ids;
        const char **texts, **tokens;
        size_t n;
        bool grams; /* they are a table of their own: SQLite */
};

static const struct search_kind *kind_find(const struct registry *reg, const char *name)
{
        for (size_t i = 0; i < reg->n; i++)
                for (size_t k = 0; k < reg->domains[i]->n_searches; k++)
                        if (text_eq(reg->domains[i]->searches[k].name, name))
                                return &reg->domains[i]->searches[k];
        return NULL;
}

static int64_t *ids_of(struct ctx *ctx, const struct id_row *rows, size_t n)
{
        int64_t *ids = arena_array(ctx->arena, int64_t, n + 1);

        for (size_t i = 0; i < n; i++)
                ids[i] = rows[i].id;
        return ids;
}

int search_index_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct batch *b = arena_new(ctx->arena, struct batch);
        struct id_row *rows;
        int r;

        b->merchant = ctx->merchant;
        b->kind = kind_find(ctx->registry, job->key);
        if (!b->kind)
                return fatal(EPROTO, "no domain lets %s be searched", job->key);
        r = db_all(ctx, &q_todo, &rows, &b->n, DB_I(ctx->merchant), DB_T(b->kind->name), DB_I(SEARCH_BATCH));
        if (r)
                return status_fold(r);
        if (!b->n)
                return JOB_DONE;
        b->ids = ids_of(ctx, rows, b->n);
        b->texts = arena_array(ctx->arena, const char *, b->n);
        memset(b->texts, 0, b->n * sizeof *b->texts);
        r = b->kind->texts(ctx, b->ids, b->n, b->texts);
        *state = b;
        return r > 0 ? status_fold(r) : r;
}

static int write_one(struct ctx *ctx, const struct batch *b, size_t i)
{
        int r = db_exec(ctx, &q_add, DB_I(b->merchant), DB_T(b->kind->name), DB_I(b->ids[i]), DB_T(b->tokens[i]));

        if (!r && b->grams && db_changed(ctx))
                r = db_exec(ctx, &q_add_grams, DB_I(b->ids[i]), DB_T(b->tokens[i]));
        return r;
}

static int write_batch(struct ctx *ctx, void *arg)
{
        const struct batch *b = arg;
        int r = 0;

        for (size_t i = 0; !r && i < b->n; i++)
                if (b->tokens[i])
                        r = write_one(ctx, b, i);
        return r ? status_fold(r) : 0;
}

int search_index_call(struct ctx *ctx, struct job *job, void *state)
{
        struct batch *b = state;
        const char *owner = owner_token(ctx->arena, b->merchant, b->kind);

        (void)job;
        b->grams = ctx->search->own != NULL;
        b->tokens = arena_array(ctx->arena, const char *, b->n);
        for (size_t i = 0; i < b->n; i++) {
                const char *grams = b->texts[i] ? search_grams(ctx->arena, b->texts[i]) : "";

                b->tokens[i] = *grams ? arena_printf(ctx->arena, "%s %s", owner, grams) : NULL;
        }
        return write_index(ctx->search, ctx, write_batch, b);
}

int search_index_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        const struct batch *b = state;
        int r;

        if (outcome)
                return outcome;
        metric_add(&search_metric_indexed, (int64_t)b->n);
        r = db_exec(ctx, &q_todo_done, DB_I(b->merchant), DB_T(b->kind->name), DB_LIST_I(b->ids, b->n));
        if (r)
                return status_fold(r);
        return b->n < SEARCH_BATCH ? 0 : job_enqueue(ctx, &(struct job_new){.kind = SEARCH_JOB, .key = job->key});
}

/* ---- people who are erased ---- */

struct removal {
        const struct search_kind *kind;
        const int64_t *ids;
        size_t n;
};

static int remove_all(struct ctx *ctx, void *arg)
{
        const struct removal *gone = arg;
        int r = db_exec(ctx, &q_forget, DB_I(ctx->merchant), DB_T(gone->kind->name), DB_LIST_I(gone->ids, gone->n));

        return r ? status_fold(r) : 0;
}

int search_forget(struct ctx *ctx, const struct search_kind *kind, const int64_t *ids, size_t n)
{
        struct removal gone = {.kind = kind, .ids = ids, .n = n};

        return n ? write_index(ctx->search, ctx, remove_all, &gone) : 0;
}

/* ---- questions ---- */

/* The question in the index's own words: FTS5 and tsquery differ in quotes and signs only. */
static const char *question(struct ctx *ctx, const struct search_kind *kind, const char *query, bool postgres)
{
        struct search_term *terms;
        size_t n = search_terms(ctx->arena, query, &terms);
        const char quote = postgres ? '\'' : '"';
        struct text out;

        if (!n)
                return NULL;
        text_init(&out, ctx->arena);
        text_addf(&out, "%c%s%c", quote, owner_token(ctx->arena, ctx->merchant, kind), quote);
        for (size_t i = 0; i < n; i++)
                text_addf(&out, postgres ? " & %c%s%c%s" : " AND %c%s%c%s", quote, terms[i].gram, quote,
                          !terms[i].prefix ? "" : postgres ? ":*" : "*");
        return out.p;
}

static int find_postgres(struct ctx *ctx, const struct search_kind *kind, const char *asked, int64_t before, int64_t limit,
                         struct id_row **rows, size_t *n)
{
        int r = db_all(ctx, &q_find_newest, rows, n, DB_I(ctx->merchant), DB_T(kind->name), DB_I(before), DB_T(asked),
                       DB_I(limit));

        if (!r && *n < (size_t)limit)
                r = db_all(ctx, &q_find_all, rows, n, DB_I(before), DB_T(asked), DB_I(limit));
        return r;
}

int search_find(struct ctx *ctx, const struct search_kind *kind, const char *query, int64_t before, int64_t limit,
                int64_t **ids, size_t *n)
{
        struct search *s = ctx->search;
        const char *asked = question(ctx, kind, query, !s->own);
        struct id_row *rows;
        struct ctx own;
        int r;

        *n = 0;
        if (!asked)
                return SEARCH_E_EMPTY;
        if (!before)
                before = INT64_MAX;
        if (s->own) {
                ctx_init(&own, ctx->arena);
                r = db_begin(s->own, &own, DB_READ);
                if (!r)
                        r = db_all(&own, &q_find, &rows, n, DB_T(asked), DB_I(before), DB_I(limit));
                db_rollback(&own);
        } else {
                r = find_postgres(ctx, kind, asked, before, limit, &rows, n);
        }
        if (r)
                return status_fold(r);
        *ids = ids_of(ctx, rows, *n);
        return 0;
}
