/* Between the files of the database drivers; nobody else includes it. */
#ifndef STORE_DB_IMPL_H
#define STORE_DB_IMPL_H

#include "store/db.h"

#define DB_ARGS_MAX 64
#define DB_ROWS_MAX 100000
#define DB_WAIT_MS 30000

/* What a database must be able to do; the functions of db.h by the same names, whose checks are made in db.c. */
struct db_driver {
        enum db_kind kind;
        int (*open)(struct db **, const struct db_options *, const char *where); /* where: the url without "sqlite:" */
        void (*close)(struct db *);
        int (*begin)(struct db *, struct ctx *, enum db_mode);
        int (*commit)(struct ctx *); /* ends it in any case */
        void (*rollback)(struct ctx *);
        int (*turn)(struct ctx *, bool alone); /* NULL: there is no need */
        int (*save)(struct ctx *);
        int (*save_release)(struct ctx *);
        void (*save_rollback)(struct ctx *);
        int (*exec)(struct ctx *, const struct query *, const struct db_value *, size_t n);
        int (*one)(struct ctx *, const struct query *, void *row, const struct db_value *, size_t n);
        int (*all)(struct ctx *, const struct query *, void **rows, size_t *count, const struct db_value *, size_t n);
        int (*script)(struct ctx *, const char *sql);
        int (*checkpoint)(struct db *);
};
extern const struct db_driver db_sqlite_driver, db_pg_driver;

/* Each driver's own structs begin with these. */
struct db {
        const struct db_driver *driver;
};
struct db_conn {
        struct db *db;
        enum db_mode mode;
        int64_t changed; /* rows of the last exec */
        unsigned saves;  /* savepoints that were asked for and not set yet: the innermost ones */
};

/* Sets them: before the first statement that one of them would have to undo. */
int db_saves_set(struct ctx *) MUST;

/* ---- prepared statements of one connection: db_stmts.c ---- */

#define STMT_BUCKETS 64
#define STMTS_MAX 256 /* per connection; the one not used for longest goes */

/* Each driver's own statement begins with this. `sql` is compared too, so that a query struct that was reused for another
 * text is noticed. */
struct db_stmt {
        struct db_stmt *next;
        const struct query *query;
        const char *sql;
        uint64_t used;
};

struct db_stmts {
        struct db_stmt *buckets[STMT_BUCKETS];
        unsigned n;
        uint64_t clock; /* counts uses */
        void (*drop)(void *conn, struct db_stmt *); /* ends and frees one */
        void *conn;
};
struct db_stmt *db_stmts_find(struct db_stmts *, const struct query *); /* NULL: prepare it, then db_stmts_add() */
void db_stmts_add(struct db_stmts *, struct db_stmt *, const struct query *);
void db_stmts_drop(struct db_stmts *); /* all of them */

/* ---- rows of db_all: they gather in memory of their own and move to the arena once their number is known ---- */

struct db_rows {
        char *p;
        size_t n, cap;
};
int db_rows_add(struct db_rows *, const struct query *, char **row) MUST; /* *row: zeroed */
void db_rows_end(struct db_rows *, struct ctx *, const struct query *, int status, void **out, size_t *count);

/* Number and kinds of the arguments against the query's letters; -EINVAL and a log line when they differ. */
int db_args_check(const struct query *, const struct db_value *, size_t n) MUST;

/* Where a "(:list $n)" stands: the first mark at or behind `sql`, the length of mark and "$n"; NULL = none. */
const char *db_list_find(const char *sql, size_t *mark, size_t *arg);

/* For tests: the n-th commit from now in this mode happens, and its answer is lost with the connection. 0 = none; PostgreSQL. */
extern _Atomic unsigned db_pg_lose_commit[3];

struct sqlite3;
/* The connection of the open transaction; for the type check of tests. NULL when the database is another. */
struct sqlite3 *db_handle(struct ctx *);

#endif
