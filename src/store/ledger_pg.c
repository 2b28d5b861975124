/*
 * The ledger in PostgreSQL: table store_ledger beside the rest, in partitions by day, written by one statement per batch.
 *
 * A stream is a process. Its seq begins with the stream's own number, so that those of later incarnations are greater.
 * The row of store_ledger_progress is there from the beginning and goes once the process is gone and all is applied:
 * rows whose process is gone are streams to adopt.
 */
#include "store/ledger_impl.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>

#define ADOPT_TICKS 20 /* of the keeper, between two looks for streams that nobody applies */

static const char ddl[] = "create table if not exists store_ledger ("
                          " day bigint not null," /* yyyymmdd, UTC */
                          " stream bigint not null,"
                          " seq bigint not null,"
                          " received_at bigint not null,"
                          " merchant_id bigint not null,"
                          " account_id bigint not null,"
                          " kind text not null,"
                          " query text,"
                          " body bytea," /* sealed */
                          " primary key (stream, seq, day)) partition by list (day)";

struct piece {
        const char *sql;
};

static int script(struct ctx *ctx, void *arg)
{
        const struct piece *p = arg;

        return db_script(ctx, p->sql, strlen(p->sql));
}

static int run_script(struct ledger *l, const char *sql)
{
        struct piece piece = {sql};
        struct arena arena;
        struct ctx ctx;
        int r;

        arena_init(&arena, 0);
        store_ctx(&ctx, &l->proto, &arena, 0, clock_now(l->o.clock));
        r = db_run(l->o.db, &ctx, DB_WRITE, script, &piece);
        arena_release(&arena);
        return r;
}

static int begin_stream(struct ctx *ctx, void *arg)
{
        static const struct query q = {
                .name = "ledger.stream_begin",
                .sql = "insert into store_ledger_progress (stream, seq, at) values ($1, $1, $2) on conflict (stream) do nothing",
                .args = "ii",
        };
        const struct ledger *l = arg;
        int r = db_exec(ctx, &q, DB_I(l->stream), DB_I(ctx->now));

        return r ? status_fold(r) : 0;
}

static int read_failed(struct ctx *ctx, void *arg)
{
        static const struct db_col cols[] = {DB_COL_I(struct ledger_entry, seq)};
        static const struct query q = {
                .name = "ledger.failed_count",
                .sql = "select count(*) as seq from store_ledger_failed",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct ledger_entry),
        };
        struct ledger_entry count;
        struct ledger *l = arg;
        int r = db_one_v(ctx, &q, &count, NULL, 0);

        l->failed = count.seq;
        return r ? status_fold(r) : 0;
}

static int pg_open(struct ledger *l, struct arena *arena)
{
        struct ctx ctx;
        int r = run_script(l, ddl);

        l->stream = l->o.process ? process_id(l->o.process) : id_new(l->proto.ids);
        l->seq = l->written_seq = l->stream;
        l->adopt = true;
        store_ctx(&ctx, &l->proto, arena, 0, clock_now(l->o.clock));
        if (!r)
                r = ledger_start_at(l, l->stream, l->stream, NULL);
        if (!r)
                r = db_run(l->o.db, &ctx, DB_QUEUE, begin_stream, l);
        if (!r)
                r = db_run(l->o.db, &ctx, DB_READ, read_failed, l);
        return r;
}

static void pg_close(struct ledger *l)
{
        (void)l; /* what is not applied is adopted, here or elsewhere */
}

/* ---- writing ---- */

/* The partition of today; never an older one than the last, as the files. */
static int roll(struct ledger *l, struct arena *arena, int64_t now)
{
        int day = ledger_day_of(now), r;

        if (day <= l->day.day)
                return 0;
        r = run_script(l, arena_printf(arena,
                                       "create table if not exists store_ledger_%08d partition of store_ledger for values in (%d)",
                                       day, day));
        if (!r)
                l->day.day = day;
        return r;
}

/* A batch as columns; the bodies stand one behind the other, because there are no lists of bytes. */
struct columns {
        int64_t *seq, *received_at, *merchant, *account, *at, *n;
        const char **kind, **query;
        struct text bodies;
};

static void fill(struct ctx *ctx, const struct ledger_list *batch, struct columns *c)
{
        struct bytes sealed;
        size_t i = 0;

        *c = (struct columns){
                .seq = arena_array(ctx->arena, int64_t, batch->n),
                .received_at = arena_array(ctx->arena, int64_t, batch->n),
                .merchant = arena_array(ctx->arena, int64_t, batch->n),
                .account = arena_array(ctx->arena, int64_t, batch->n),
                .at = arena_array(ctx->arena, int64_t, batch->n),
                .n = arena_array(ctx->arena, int64_t, batch->n),
                .kind = arena_array(ctx->arena, const char *, batch->n),
                .query = arena_array(ctx->arena, const char *, batch->n),
        };
        text_init(&c->bodies, ctx->arena);
        for (const struct ledger_item *item = batch->first; item; item = item->next, i++) {
                const struct ledger_entry *e = &item->e;

                sealed = seal_close(ctx->arena, ctx->keys, e->body,
                                    seal_where(ctx->arena, e->merchant_id, "ledger", e->seq));
                c->seq[i] = e->seq;
                c->received_at[i] = e->received_at;
                c->merchant[i] = e->merchant_id;
                c->account[i] = e->account_id;
                c->kind[i] = e->kind;
                c->query[i] = e->query;
                c->at[i] = (int64_t)c->bodies.n + 1;
                c->n[i] = (int64_t)sealed.n;
                text_add_n(&c->bodies, (const char *)sealed.p, sealed.n);
        }
}

/* The share of our own row lasts until the commit: who was declared dead can acknowledge nothing any more, for whoever
 * declares it takes the row away first and adopts then. */
static const struct query q_add = {
        .name = "ledger.add_many",
        .sql = "with me as (select process_id from store_process where process_id = $2 for key share)"
               " insert into store_ledger (day, stream, seq, received_at, merchant_id, account_id, kind, query, body)"
               " select $1, $2, e.seq, e.received_at, e.merchant_id, e.account_id, e.kind, e.query,"
               " substring($3 from cast(e.at as int) for cast(e.n as int))"
               " from unnest($4, $5, $6, $7, $8, $9, $10, $11)"
               " as e (seq, received_at, merchant_id, account_id, kind, query, at, n)"
               " where $12 = 0 or exists (select 1 from me)",
        .args = "iibIIIITTIIi",
};

static int pg_write(struct ledger *l, struct ctx *ctx, struct ledger_list *batch)
{
        struct columns c;
        size_t n = batch->n;
        int r = roll(l, ctx->arena, ctx->now);

        if (!r)
                r = db_begin(l->o.db, ctx, DB_QUEUE);
        if (r)
                return r;
        fill(ctx, batch, &c);
        r = db_exec(ctx, &q_add, DB_I(l->day.day), DB_I(l->stream), DB_B(bytes_of(c.bodies.p, c.bodies.n)),
                    DB_LIST_I(c.seq, n), DB_LIST_I(c.received_at, n), DB_LIST_I(c.merchant, n), DB_LIST_I(c.account, n),
                    DB_LIST_T(c.kind, n), DB_LIST_T(c.query, n), DB_LIST_I(c.at, n), DB_LIST_I(c.n, n),
                    DB_I(l->o.process != NULL));
        if (!r && db_changed(ctx) != (int64_t)n)
                r = fatal(EOWNERDEAD, "another process took this one for dead: nothing is taken in any more");
        if (!r)
                return db_commit(ctx);
        db_rollback(ctx);
        return r > 0 ? status_fold(r) : r;
}

/* ---- reading ---- */

#define SELECT "select stream, seq, received_at, merchant_id, account_id, kind, query, body from store_ledger"

static int pg_read(struct ledger *l, struct arena *arena, int64_t stream, int64_t after, int64_t limit,
                   struct ledger_entry **out, size_t *n)
{
        static const struct query q = {
                .name = "ledger.read_stream",
                .sql = SELECT " where stream = $1 and seq > $2 order by seq limit $3",
                .args = "iii",
                .row = ledger_entry_cols,
                .n_row = LEDGER_ENTRY_COLS,
                .size = sizeof(struct ledger_entry),
        };
        struct ctx ctx;
        int r;

        store_ctx(&ctx, &l->proto, arena, 0, 0);
        r = db_begin(l->o.db, &ctx, DB_READ);
        if (r)
                return r;
        r = db_all(&ctx, &q, out, n, DB_I(stream), DB_I(after), DB_I(limit));
        db_rollback(&ctx);
        return r ? status_fold(r) : ledger_unseal(l, arena, *out, *n);
}

static int pg_find(struct ledger *l, struct arena *arena, int64_t stream, int64_t seq, struct ledger_entry *out, bool *found)
{
        struct ledger_entry *rows;
        size_t n;
        int r = pg_read(l, arena, stream, seq - 1, 1, &rows, &n);

        *found = !r && n == 1 && rows[0].seq == seq;
        if (*found)
                *out = rows[0];
        return r;
}

struct asked {
        int64_t merchant_id, answer;
};
static const struct db_col asked_cols[] = {DB_COL_I(struct asked, answer)};

static int count(struct ctx *ctx, void *arg)
{
        static const struct query q = {
                .name = "ledger.count_rows",
                .sql = "select count(*) as answer from store_ledger where $1 = 0 or merchant_id = $1",
                .args = "i",
                .row = asked_cols,
                .n_row = countof(asked_cols),
                .size = sizeof(struct asked),
        };
        struct asked *asked = arg, got;
        int r = db_one(ctx, &q, &got, DB_I(asked->merchant_id));

        asked->answer = got.answer;
        return r ? status_fold(r) : 0;
}

#define UNAPPLIED "store_ledger_progress p where exists (select 1 from store_ledger e where e.stream = p.stream and e.seq > p.seq"

static int count_unapplied(struct ctx *ctx, void *arg)
{
        static const struct query q = {
                .name = "ledger.unapplied",
                .sql = "select count(*) as answer from " UNAPPLIED ")",
                .row = asked_cols,
                .n_row = countof(asked_cols),
                .size = sizeof(struct asked),
        };
        struct asked *asked = arg;
        int r = db_one_v(ctx, &q, asked, NULL, 0);

        return r ? status_fold(r) : 0;
}

static int ask(struct ledger *l, int (*fn)(struct ctx *, void *), int64_t merchant_id, int64_t *answer)
{
        struct asked asked = {.merchant_id = merchant_id};
        struct arena arena;
        struct ctx ctx;
        int r;

        arena_init(&arena, 0);
        store_ctx(&ctx, &l->proto, &arena, 0, 0);
        r = db_run(l->o.db, &ctx, DB_READ, fn, &asked);
        arena_release(&arena);
        *answer = asked.answer;
        return r;
}

static int pg_count(struct ledger *l, int64_t merchant_id, int64_t *rows)
{
        return ask(l, count, merchant_id, rows);
}

/* Of all streams, those included that nobody has adopted yet. */
static bool pg_idle(struct ledger *l)
{
        int64_t streams;

        return ask(l, count_unapplied, 0, &streams) == 0 && streams == 0;
}

/* ---- what others left ---- */

int ledger_orphans(struct ledger *l, struct arena *arena, struct ledger_position **out, size_t *n)
{
        static const struct db_col cols[] = {DB_COL_I(struct ledger_position, stream), DB_COL_I(struct ledger_position, seq),
                                             DB_COL_T(struct ledger_position, ahead)};
        static const struct query q = {
                .name = "ledger.orphans",
                .sql = "select stream, seq, ahead from store_ledger_progress where stream <> $1 and"
                       " stream not in (select process_id from store_process) order by stream",
                .args = "i",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct ledger_position),
        };
        struct ctx ctx;
        int r;

        store_ctx(&ctx, &l->proto, arena, 0, 0);
        r = db_begin(l->o.db, &ctx, DB_READ);
        if (r)
                return r;
        r = db_all(&ctx, &q, out, n, DB_I(l->stream));
        db_rollback(&ctx);
        return r ? status_fold(r) : 0;
}

int ledger_position_get(struct ledger *l, struct arena *arena, int64_t stream, struct ledger_position *at)
{
        static const struct db_col cols[] = {DB_COL_I(struct ledger_position, seq), DB_COL_T(struct ledger_position, ahead)};
        static const struct query q = {
                .name = "ledger.position",
                .sql = "select seq, ahead from store_ledger_progress where stream = $1",
                .args = "i",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct ledger_position),
        };
        struct ctx ctx;
        int r;

        store_ctx(&ctx, &l->proto, arena, 0, 0);
        r = db_begin(l->o.db, &ctx, DB_READ);
        if (r)
                return r;
        r = db_one(&ctx, &q, at, DB_I(stream));
        db_rollback(&ctx);
        if (r)
                return r == DB_E_NONE ? LEDGER_GONE : status_fold(r);
        at->stream = stream;
        return 0;
}

static int end_stream(struct ctx *ctx, void *arg)
{
        static const struct query q = {
                .name = "ledger.stream_end",
                .sql = "delete from store_ledger_progress where stream = $1 and seq = $2",
                .args = "ii",
        };
        const struct ledger_position *at = arg;
        int r = db_exec(ctx, &q, DB_I(at->stream), DB_I(at->seq));

        return r ? status_fold(r) : 0;
}

int ledger_stream_end(struct ledger *l, struct arena *arena, struct ledger_position at)
{
        struct ctx ctx;

        store_ctx(&ctx, &l->proto, arena, 0, 0);
        return db_run(l->o.db, &ctx, DB_WRITE, end_stream, &at);
}

/* ---- keeping ---- */

struct day_row {
        int64_t day;
};

static int old_days(struct ctx *ctx, void *arg)
{
        static const struct db_col cols[] = {DB_COL_I(struct day_row, day)};
        /* The name tells the day; one with something left to apply stays. */
        static const struct query q = {
                .name = "ledger.old_days",
                .sql = "select d.day as day from (select cast(substring(c.relname from '[0-9]+$') as bigint) as day"
                       " from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid"
                       " where i.inhparent = cast('store_ledger' as regclass)) d"
                       " where d.day < $1 and not exists (select 1 from " UNAPPLIED " and e.day = d.day)) order by d.day limit 1",
                .args = "i",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct day_row),
        };
        int64_t *day = arg;
        struct day_row row;
        int r = db_one(ctx, &q, &row, DB_I(*day));

        *day = r ? 0 : row.day;
        return r == DB_E_NONE ? 0 : r ? status_fold(r) : 0;
}

/* Partitions that are applied go, oldest first; several processes may do it at once. */
static int prune(struct ledger *l)
{
        int64_t before = ledger_day_of(clock_now(l->o.clock) - (int64_t)l->o.keep_days * 24 * 3600 * 1000), day;
        struct arena arena;
        struct ctx ctx;
        int r;

        arena_init(&arena, 0);
        do {
                day = before;
                store_ctx(&ctx, &l->proto, &arena, 0, 0);
                r = db_run(l->o.db, &ctx, DB_READ, old_days, &day);
                if (!r && day) {
                        r = run_script(l, arena_printf(&arena, "drop table if exists store_ledger_%08lld", (long long)day));
                        log_event(LOG_INFO, "ledger.pruned", "day", log_int(day), NULL);
                }
        } while (!r && day);
        arena_release(&arena);
        return r;
}

static void pg_keep(struct ledger *l)
{
        int today = ledger_day_of(clock_now(l->o.clock));

        if (l->ticks++ % ADOPT_TICKS == ADOPT_TICKS - 1 && l->o.process)
                ledger_look(l);
        if (l->o.keep_days > 0 && l->pruned_for != today && prune(l) == 0)
                l->pruned_for = today;
}

const struct ledger_backend ledger_pg = {
        .open = pg_open,
        .close = pg_close,
        .write = pg_write,
        .read = pg_read,
        .find = pg_find,
        .count = pg_count,
        .idle = pg_idle,
        .keep = pg_keep,
};
