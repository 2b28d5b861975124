/*
 * The database, as the domains see it: named queries, typed arguments, rows bound to structs.
 *
 * db_sqlite*.c and db_pg*.c are the only files that know which database it is.
 *
 * Connections belong to threads for the time of one transaction. The edges begin and end transactions, never a verb,
 * and say READ or WRITE at begin; there is no upgrade midway. Readers never wait for writers.
 *
 *               SQLite                                   PostgreSQL
 *   DB_READ     one snapshot                             repeatable read, read only
 *   DB_WRITE    one fair lock, then "begin immediate"    serializable: any statement, and the commit, may answer -EAGAIN
 *   DB_QUEUE    as DB_WRITE                              read committed: for the job and ledger stores alone, which lock
 *                                                        rows ("for update skip locked") or own them
 *
 * -EAGAIN: others wrote what this transaction read; nothing of it happened, and it must run again from its begin. It is
 * no failure and is not logged. Verbs hand it up like any negative status; db_run() runs the whole function again.
 *
 * A query is text that can be pasted into a shell:
 *
 *     static const struct query q_by_remote = {
 *             .name = "orders.by_remote",
 *             .sql = "select order_id, status, amount from orders_order"
 *                    " where merchant_id = $1 and account_id = $2 and remote_id = $3",
 *             .args = "iit",
 *             .row = order_cols, .n_row = countof(order_cols), .size = sizeof(struct order),
 *     };
 *     r = db_one(ctx, &q_by_remote, &order, DB_I(ctx->merchant), DB_I(account), DB_T(remote));
 *
 * Rules of the SQL subset (both databases): bigint smallint text bytea "double precision"; money in fen, time in ms
 * UTC; flags are `flag = 1`; `cast(sum(..) as bigint)`; `nulls last` spelled out; no `like` on Latin text; lists only as
 * `in (:list $n)` with one DB_LIST_* argument; `insert ... on conflict do nothing / do update`; `returning`.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/ctx.h"
#include "base/status.h"
#include "base/text.h"

struct db;      /* the database: one per process */
struct db_conn; /* one connection, inside one transaction */

struct db_options {
        const char *url;   /* "sqlite:FILE" (":memory:" is refused: several connections need the same data), or a libpq URL
                              "postgresql://..." */
        unsigned readers;  /* connections for READ transactions, 1..64 */
        unsigned writers;  /* PostgreSQL: connections for the other modes, 1..64, 0 = 8; SQLite has one writer */
        int64_t cache_kib; /* SQLite: page cache per connection, KiB; 0 = 2048 */
        bool look;         /* SQLite: reading only, and nothing of the file changes: a backup is looked at */
};

/* Opens; SQLite also makes the file. -errno: cannot open, not a database of ours, read-only folder, server not there or
 * password refused; the sentence is logged. */
int db_open(struct db **, const struct db_options *) MUST;
void db_close(struct db *); /* all transactions must have ended; harmless on NULL */

enum db_kind { DB_SQLITE, DB_POSTGRES };
enum db_kind db_kind(const struct db *);

enum db_mode { DB_READ, DB_WRITE, DB_QUEUE };

/*
 * One transaction around fn: begin, fn, commit. A status other than 0 rolls back and is returned. On -EAGAIN from fn or
 * the commit everything is undone (rows, ctx->after, what fn took from ctx->arena) and fn runs again, up to 20 times with
 * a growing pause; then -EBUSY. So fn leaves nothing behind but rows, arena memory and what it hands out through `arg`
 * when it succeeds. On 0 the caller lets out ctx->after.
 */
int db_run(struct db *, struct ctx *, enum db_mode, int (*fn)(struct ctx *, void *arg), void *arg) MUST;

/* The pause before a transaction is run again for the tries-th time (from 0); counts it. */
void db_pause(unsigned tries);

/* Begins on a free connection (waits for one) and sets ctx->db. -EBUSY after 30 s. Who begins by himself also runs again
 * by himself on -EAGAIN; that are the batches of the job runner and of the ledger's applier. */
int db_begin(struct db *, struct ctx *, enum db_mode) MUST;
/*
 * PostgreSQL: takes a turn among those who write in batches, right after db_begin() of a WRITE transaction. Usually all go
 * at once; who was undone by others goes `alone`, else batches that read and write the same threads would undo one another
 * for as long as the load lasts. SQLite: nothing, it has one writer.
 */
int db_turn(struct ctx *, bool alone) MUST;
/* Ends in any case. Negative: nothing was written; but PostgreSQL may have committed when the connection broke in this
 * very call (-EPIPE), so whoever repeats it must find that out: unique keys, progress rows. */
int db_commit(struct ctx *) MUST;
void db_rollback(struct ctx *);    /* harmless when nothing is open */

/* Savepoints, for the applier: an entry that fails is undone alone. A release that fails is a failure of the entry, and the
 * savepoint is still there to go back to. */
int db_save(struct ctx *) MUST;
int db_save_release(struct ctx *) MUST;
void db_save_rollback(struct ctx *);

enum db_type {
        DB_INT = 'i',    /* int64_t */
        DB_TEXT = 't',   /* const char *, NULL = null */
        DB_BYTES = 'b',  /* struct bytes, p NULL = null */
        DB_DOUBLE = 'd', /* double */
        DB_INTS = 'I',   /* list of int64_t, for in (:list $n) */
        DB_TEXTS = 'T',  /* list of texts, for in (:list $n) */
};

struct db_value {
        enum db_type type;
        bool null; /* for DB_INT and DB_DOUBLE */
        int64_t i;
        double d;
        const void *p; /* text, bytes or list */
        size_t n;      /* bytes, or list length */
};

#define DB_I(v) ((struct db_value){.type = DB_INT, .i = (v)})
#define DB_I_OR_NULL(v) ((struct db_value){.type = DB_INT, .i = (v), .null = (v) == 0})
#define DB_T(v) ((struct db_value){.type = DB_TEXT, .p = (v)})
#define DB_B(v) ((struct db_value){.type = DB_BYTES, .p = (v).p, .n = (v).n})
#define DB_D(v) ((struct db_value){.type = DB_DOUBLE, .d = (v)})
#define DB_LIST_I(v, count) ((struct db_value){.type = DB_INTS, .p = (v), .n = (count)})
#define DB_LIST_T(v, count) ((struct db_value){.type = DB_TEXTS, .p = (v), .n = (count)})

/* A column of a result and the struct member it goes to, in the order of the select list. A null integer is 0, a null
 * text NULL. Names are compared with the statement's own column names when it is prepared; a difference is fatal. */
struct db_col {
        const char *name;
        enum db_type type;
        size_t at;
};
#define DB_COL_I(S, m) {#m, DB_INT, offsetof(S, m)}
#define DB_COL_T(S, m) {#m, DB_TEXT, offsetof(S, m)}
#define DB_COL_B(S, m) {#m, DB_BYTES, offsetof(S, m)}
#define DB_COL_D(S, m) {#m, DB_DOUBLE, offsetof(S, m)}

struct query {
        const char *name;
        const char *sql;
        const char *args; /* one enum db_type letter per $n */
        const struct db_col *row;
        size_t n_row;
        size_t size; /* sizeof the row struct */
        const char *sql_pg; /* a second text where measured to be needed, else NULL */
        bool guard;         /* an update whose violated key is an answer, DB_E_EXISTS: on PostgreSQL it runs in a savepoint
                               of its own, as every "insert" without "on conflict" does */
        bool unread;        /* nobody looks at its outcome: neither db_changed() nor a violated key, which is -EINVAL. On
                               PostgreSQL it costs no round trip: it leaves with the statement behind it, and what went
                               wrong comes out of that one, of the step's db_save_release() or of db_commit() */
        bool once;          /* its text was made at run time: prepared for this use alone */
};

enum {
        DB_E_NONE = 1,   /* db_one: no row */
        DB_E_EXISTS = 2, /* a unique key or check is violated; the statement alone is undone */
};

#define DB_ARGS_(...) \
        (const struct db_value[]){__VA_ARGS__}, sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)

/* Runs a statement without result. 0; DB_E_EXISTS unless it is `unread`. */
#define db_exec(ctx, q, ...) db_exec_v((ctx), (q), DB_ARGS_(__VA_ARGS__))
int db_exec_v(struct ctx *, const struct query *, const struct db_value *, size_t n) MUST;
int64_t db_changed(struct ctx *); /* rows changed by the last db_exec; 0 after one that is `unread` */

/* First row into *row (zeroed first; untouched when the status is negative, for what runs again needs it). 0, DB_E_NONE, or DB_E_EXISTS for insert ... returning. */
#define db_one(ctx, q, row, ...) db_one_v((ctx), (q), (row), DB_ARGS_(__VA_ARGS__))
int db_one_v(struct ctx *, const struct query *, void *row, const struct db_value *, size_t n) MUST;

/* All rows as an array in the arena; *count rows. A result over 100,000 rows is fatal: page it. */
#define db_all(ctx, q, rows, count, ...) db_all_v((ctx), (q), (void **)(rows), (count), DB_ARGS_(__VA_ARGS__))
int db_all_v(struct ctx *, const struct query *, void **rows, size_t *count, const struct db_value *, size_t n) MUST;

/*
 * One row for each of `ids`, which ascend, in their order: counts of many merchants by one query. Its $1 is the list, its rows
 * begin with the id (an int64_t at offset 0) and ascend by it; an id without a row gets one that is zero but for the id.
 */
#define db_each(ctx, q, rows, ids, n) db_each_v((ctx), (q), (void **)(rows), (ids), (n))
int db_each_v(struct ctx *, const struct query *, void **rows, const int64_t *ids, size_t n) MUST;

/* Runs a script of statements (migrations only). */
int db_script(struct ctx *, const char *sql, size_t n) MUST;

/* SQLite: moves what is in the write-ahead log into the file: PASSIVE, RESTART above 16,000 pages without old readers.
 * PostgreSQL does that by itself. */
int db_checkpoint(struct db *) MUST;

/* Asserts that no transaction is open: before every remote call. */
void db_assert_none(const struct ctx *);

#endif
