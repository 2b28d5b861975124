/* Between db_sqlite.c (connections, transactions) and db_sqlite_run.c (statements). */
#ifndef STORE_DB_SQLITE_H
#define STORE_DB_SQLITE_H

#include "store/db_impl.h"
#include "store/gate.h"

#include <sqlite3.h>

#define DB_SQLITE_ID 0x5a484747 /* "ZHGG", the application_id: whose database it is */

struct sqlite_stmt {
        struct db_stmt base;
        sqlite3_stmt *sqlite;
        uint8_t at[DB_ARGS_MAX]; /* where $1.. stand; 1.. */
};

struct sqlite_conn {
        struct db_conn base;
        struct sqlite_conn *next;
        const char *path;
        sqlite3 *sqlite;
        struct db_stmts stmts;
};

static inline struct sqlite_conn *sqlite_conn_of(const struct ctx *ctx)
{
        return (struct sqlite_conn *)ctx->db;
}

int db_sqlite_errno(int rc);

/* Runs begin, commit, rollback: a statement without arguments that may change whether a transaction is open. */
int db_sqlite_control(struct ctx *, const struct query *) MUST;

void db_sqlite_stmt_drop(void *conn, struct db_stmt *);

int db_sqlite_exec(struct ctx *, const struct query *, const struct db_value *, size_t n) MUST;
int db_sqlite_one(struct ctx *, const struct query *, void *row, const struct db_value *, size_t n) MUST;
int db_sqlite_all(struct ctx *, const struct query *, void **rows, size_t *count, const struct db_value *, size_t n) MUST;

#endif
