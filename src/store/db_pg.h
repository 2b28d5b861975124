/* Between db_pg.c (connections, transactions) and db_pg_run.c (statements). */
#ifndef STORE_DB_PG_H
#define STORE_DB_PG_H

#include "store/db_impl.h"
#include "store/gate.h"

#include <libpq-fe.h>

struct pg_conn {
        struct db_conn base;
        struct pg_conn *next;
        PGconn *pg; /* always in pipeline mode, but inside a script */
        struct db_stmts stmts;
        unsigned serial;   /* names the next prepared statement */
        unsigned unread;   /* statements that were sent, and whose results were not read... */
        bool told;         /* ... and one of them writes rows */
        bool begun;        /* the server was told to begin: "begin" was sent */
        bool broken;       /* the transaction can only be rolled back... */
        bool again;        /* ... because others came first */
};

static inline struct pg_conn *pg_conn_of(const struct ctx *ctx)
{
        return (struct pg_conn *)ctx->db;
}

/*
 * A control statement whose result nobody needs at once (begin, savepoint, release): it leaves with the next one that does, in
 * one round trip. An error of it is found there.
 */
int db_pg_queue(struct pg_conn *, const char *sql) MUST;

/*
 * Sends what is queued and reads everything up to here. `out`: result of the last statement sent, or NULL; the caller
 * clears it. `what` names it in the log. 0; DB_E_EXISTS; -EAGAIN; another negative status. After a status other than 0
 * the transaction is broken, unless the caller rolls back to a savepoint.
 */
int db_pg_sync(struct pg_conn *, const char *what, PGresult **out) MUST;

/* A connection besides the pools, for db_pg_line.c; NULL = no memory. Its status says whether it stands. */
PGconn *db_pg_connect(const struct db *);

void db_pg_stmt_drop(void *conn, struct db_stmt *);

int db_pg_exec(struct ctx *, const struct query *, const struct db_value *, size_t n) MUST;
int db_pg_one(struct ctx *, const struct query *, void *row, const struct db_value *, size_t n) MUST;
int db_pg_all(struct ctx *, const struct query *, void **rows, size_t *count, const struct db_value *, size_t n) MUST;

#endif
