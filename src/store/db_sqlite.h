/* Between db_sqlite.c (connections, transactions) and db_sqlite_run.c (statements). */
#ifndef STORE_DB_SQLITE_H
#define STORE_DB_SQLITE_H

#include "store/db_impl.h"
#include "store/gate.h"

#include <sqlite3.h>

#define STMT_BUCKETS 64
#define STMTS_MAX 256 /* per connection; the one not used for longest goes */

/* A prepared statement. `sql` is compared too, so that a query struct that was reused for another text is noticed. */
struct db_stmt {
        struct db_stmt *next;
        const struct query *query;
        const char *sql;
        sqlite3_stmt *sqlite;
        uint64_t used;
        uint8_t at[DB_ARGS_MAX]; /* where $1.. stand; 1.. */
};

struct db_conn {
        struct db_conn *next;
        struct db *db;
        const char *path;
        sqlite3 *sqlite;
        enum db_mode mode;
        int64_t changed;
        struct db_stmt *stmts[STMT_BUCKETS];
        unsigned n_stmts;
        uint64_t clock; /* counts uses */
};

int db_sqlite_errno(int rc);

/* Runs begin, commit, rollback: a statement without arguments that may change whether a transaction is open. */
int db_run_control(struct ctx *, const struct query *) MUST;

void db_stmts_drop(struct db_conn *);

#endif
