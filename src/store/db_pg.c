/*
 * The PostgreSQL driver: connections and transactions. Statements are in db_pg_run.c.
 *
 * Connections live in two pools, for reading and for the rest, are opened when first needed, and the one used last is
 * used next. They stay in libpq's pipeline mode, so that "begin" and savepoints travel with the statement behind them.
 */
#include "store/db_pg.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define CONNECT_MS 3000 /* how long a transaction waits for a server that is being started again */
#define PAUSE_MS 100

struct pg_pool {
        struct gate gate;
        struct pg_conn *idle;
};

struct pg_db {
        struct db base;
        char *url;
        pthread_mutex_t lock; /* of the pools' `idle` */
        struct pg_pool readers, writers;
};

static struct pg_pool *pool_of(struct pg_db *db, enum db_mode mode)
{
        return mode == DB_READ ? &db->readers : &db->writers;
}

static void conn_close(struct pg_conn *c)
{
        if (!c)
                return;
        /* The server forgets the statements with the connection; only ours are to be freed. */
        c->broken = true;
        db_stmts_drop(&c->stmts);
        PQfinish(c->pg);
        free(c);
}

static void notice_quiet(void *arg, const PGresult *result)
{
        (void)arg;
        (void)result; /* "table exists, skipping" and the like */
}

static PGconn *connect_to(const struct pg_db *db)
{
        /*
         * What stands before dbname, the URL may say otherwise. Compiling short statements costs more than it gains. And a
         * statement keeps the plan that it got when its table was new: to walk an empty table is cheapest, and the queue was
         * walked so when fifty thousand jobs stood in it. Every question that is asked often has its index.
         */
        static const char *const names[] = {"connect_timeout", "application_name", "options", "dbname", "client_encoding", NULL};
        const char *const values[] = {"3", "zhanggui", "-c jit=off -c enable_seqscan=off", db->url, "UTF8", NULL};
        PGconn *pg = PQconnectdbParams(names, values, 1);

        if (pg)
                PQsetNoticeReceiver(pg, notice_quiet, NULL);
        return pg;
}

PGconn *db_pg_connect(const struct db *db)
{
        return connect_to((const struct pg_db *)db);
}

/* Without a word in the log: whoever waits for a server that starts asks more than once. NULL = no memory. */
static struct pg_conn *conn_try(struct pg_db *db)
{
        struct pg_conn *c = calloc(1, sizeof *c);

        if (!c)
                return NULL;
        c->base.db = &db->base;
        c->stmts = (struct db_stmts){.drop = db_pg_stmt_drop, .conn = c};
        c->pg = connect_to(db);
        return c;
}

/* The first line of libpq's message, which never holds the password. */
static const char *first_line(struct pg_conn *c, char *out, size_t size)
{
        const char *text = c ? PQerrorMessage(c->pg) : "no memory";
        size_t n = strcspn(text, "\n");

        if (n >= size)
                n = size - 1;
        memcpy(out, text, n);
        out[n] = '\0';
        return out;
}

static int conn_open(struct pg_db *db, int64_t wait_ms, struct pg_conn **out)
{
        int64_t until = clock_mono_ms() + wait_ms;
        struct pg_conn *c;
        char why[300];

        for (;;) {
                c = conn_try(db);
                if (c && PQstatus(c->pg) == CONNECTION_OK && PQenterPipelineMode(c->pg)) {
                        *out = c;
                        return 0;
                }
                first_line(c, why, sizeof why);
                conn_close(c);
                if (clock_mono_ms() >= until)
                        break;
                nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
        }
        return fatal(ECONNREFUSED, "the database cannot be reached: %s; check host, port, name, user and password of --db", why);
}

/* ---- opening ---- */

struct found {
        int64_t ours, tables;
        const char *encoding;
};

/* Ours, or empty: another program's tables are not ours to stand beside. */
static int prove_ours(struct ctx *ctx, void *arg)
{
        static const struct db_col cols[] = {DB_COL_I(struct found, ours), DB_COL_I(struct found, tables),
                                             DB_COL_T(struct found, encoding)};
        static const struct query q = {
                .name = "db.prove_ours",
                .sql = "select cast(count(*) filter (where tablename = 'store_migration') as bigint) as ours,"
                       " cast(count(*) as bigint) as tables, cast(current_setting('server_encoding') as text) as encoding"
                       " from pg_catalog.pg_tables where schemaname = current_schema()",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct found),
        };
        struct found found;
        int r = db_one_v(ctx, &q, &found, NULL, 0);

        (void)arg;
        if (r)
                return status_fold(r);
        if (!text_eq(found.encoding, "UTF8"))
                return fatal(EINVAL, "the database keeps texts as %s; make one with: createdb --encoding=UTF8 --template=template0 NAME",
                             found.encoding);
        if (!found.ours && found.tables)
                return fatal(EINVAL, "the database of --db holds %lld tables of another program; make an empty one with createdb",
                             (long long)found.tables);
        return 0;
}

static void pool_close(struct pg_pool *pool)
{
        struct pg_conn *c;

        while ((c = pool->idle)) {
                pool->idle = c->next;
                conn_close(c);
        }
        gate_destroy(&pool->gate);
}

static void pg_close(struct db *base)
{
        struct pg_db *db = (struct pg_db *)base;

        pool_close(&db->readers);
        pool_close(&db->writers);
        pthread_mutex_destroy(&db->lock);
        free(db->url);
        free(db);
}

static int pg_open(struct db **out, const struct db_options *o, const char *url)
{
        struct pg_db *db = calloc(1, sizeof *db);
        struct arena arena;
        struct ctx ctx;
        int r;

        if (!db || !(db->url = strdup(url))) {
                free(db);
                return fatal(ENOMEM, "database: no memory");
        }
        db->base.driver = &db_pg_driver;
        gate_init(&db->readers.gate, o->readers);
        gate_init(&db->writers.gate, o->writers);
        pthread_mutex_init(&db->lock, NULL);
        r = conn_open(db, 0, &db->readers.idle);
        if (!r) {
                arena_init(&arena, 0);
                ctx_init(&ctx, &arena);
                r = db_run(&db->base, &ctx, DB_READ, prove_ours, NULL);
                arena_release(&arena);
        }
        if (r) {
                pg_close(&db->base);
                return r;
        }
        *out = &db->base;
        return 0;
}

/* ---- transactions ---- */

static int conn_take(struct pg_db *db, enum db_mode mode, struct pg_conn **out)
{
        struct pg_pool *pool = pool_of(db, mode);
        struct pg_conn *c;

        pthread_mutex_lock(&db->lock);
        c = pool->idle;
        if (c)
                pool->idle = c->next;
        pthread_mutex_unlock(&db->lock);
        if (c) {
                *out = c;
                return 0;
        }
        return conn_open(db, CONNECT_MS, out);
}

/* Gives the connection back, or ends it when it is of no use any more, and lets the next one in. */
static void conn_leave(struct ctx *ctx)
{
        struct pg_conn *c = pg_conn_of(ctx);
        struct pg_db *db = (struct pg_db *)c->base.db;
        struct pg_pool *pool = pool_of(db, c->base.mode);
        bool good = PQstatus(c->pg) == CONNECTION_OK && PQtransactionStatus(c->pg) == PQTRANS_IDLE && !c->unread;

        ctx->db = NULL;
        if (good) {
                pthread_mutex_lock(&db->lock);
                c->next = pool->idle;
                pool->idle = c;
                pthread_mutex_unlock(&db->lock);
        } else {
                conn_close(c);
        }
        gate_leave(&pool->gate);
}

static int pg_begin(struct db *base, struct ctx *ctx, enum db_mode mode)
{
        struct pg_db *db = (struct pg_db *)base;
        struct pg_pool *pool = pool_of(db, mode);
        struct pg_conn *c;
        int r;

        if (gate_enter(&pool->gate, DB_WAIT_MS))
                return fatal(EBUSY, "no connection for %s within %d s", mode == DB_READ ? "reading" : "writing",
                             DB_WAIT_MS / 1000);
        r = conn_take(db, mode, &c);
        if (r) {
                gate_leave(&pool->gate);
                return r;
        }
        c->base.mode = mode;
        c->begun = c->broken = c->again = false;
        ctx->db = &c->base;
        return 0;
}

/* "begin" leaves with the first statement: a transaction that asks nothing costs nothing. */
static const char *begin_text(enum db_mode mode)
{
        switch (mode) {
        case DB_READ:
                return "begin isolation level repeatable read read only";
        case DB_WRITE:
                return "begin isolation level serializable";
        case DB_QUEUE:
                return "begin isolation level read committed";
        }
        return "begin";
}

int db_pg_queue(struct pg_conn *c, const char *sql)
{
        if (c->broken)
                return c->again ? -EAGAIN : fatal(EIO, "%s: the transaction is broken", sql ? sql : "statement");
        if (!c->begun) {
                c->begun = true;
                if (!PQsendQueryParams(c->pg, begin_text(c->base.mode), 0, NULL, NULL, NULL, NULL, 1))
                        return fatal(EPIPE, "begin: %s", PQerrorMessage(c->pg));
                c->unread++;
        }
        if (!sql)
                return 0;
        if (!PQsendQueryParams(c->pg, sql, 0, NULL, NULL, NULL, NULL, 1))
                return fatal(EPIPE, "%s: %s", sql, PQerrorMessage(c->pg));
        c->unread++;
        return 0;
}

/* Before an end that is no commit: what failed of what was told does not matter any more, unless all must run again; that
 * stands in c->again. */
static void forget(struct pg_conn *c)
{
        PGresult *result = NULL;
        int r = c->told && PQstatus(c->pg) == CONNECTION_OK ? db_pg_sync(c, "what is undone", &result) : 0;

        (void)r;
        PQclear(result);
}

static void pg_rollback(struct ctx *ctx)
{
        struct pg_conn *c = pg_conn_of(ctx);
        PGresult *result = NULL;

        forget(c);
        if (c->begun && PQstatus(c->pg) == CONNECTION_OK) {
                c->broken = false; /* for this one statement */
                if (db_pg_queue(c, "rollback") || db_pg_sync(c, "rollback", &result))
                        log_event(LOG_WARN, "db.rollback", "what", "the connection is given up", NULL);
                PQclear(result);
        }
        conn_leave(ctx);
}

_Atomic unsigned db_pg_lose_commit[3];

static bool commit_is_lost(enum db_mode mode)
{
        unsigned left = atomic_load_explicit(&db_pg_lose_commit[mode], memory_order_relaxed);

        return left && atomic_fetch_sub(&db_pg_lose_commit[mode], 1) == 1;
}

static int commit(struct pg_conn *c)
{
        PGresult *result = NULL;
        int r;

        if (c->broken)
                return c->again ? -EAGAIN : fatal(EIO, "the database gave the transaction up");
        if (!c->begun)
                return 0;
        r = db_pg_queue(c, "commit");
        if (!r)
                r = db_pg_sync(c, "commit", &result);
        if (!r && strcmp(PQcmdStatus(result), "COMMIT") != 0)
                r = fatal(EIO, "the database answered the commit with %s", PQcmdStatus(result));
        PQclear(result);
        if (!r && commit_is_lost(c->base.mode)) {
                shutdown(PQsocket(c->pg), SHUT_RDWR);
                return -EPIPE;
        }
        return r > 0 ? status_fold(r) : r;
}

static int pg_commit(struct ctx *ctx)
{
        int r;

        if (ctx->db->mode != DB_READ)
                failpoint(FAIL_BEFORE_COMMIT);
        r = commit(pg_conn_of(ctx));
        if (ctx->db->mode != DB_READ)
                failpoint(FAIL_AFTER_COMMIT);
        if (r)
                pg_rollback(ctx);
        else
                conn_leave(ctx);
        return r;
}

/* A lock on a table is had before the transaction's snapshot is taken; an advisory lock would be had after. */
static int pg_turn(struct ctx *ctx, bool alone)
{
        return db_pg_queue(pg_conn_of(ctx), alone ? "lock table store_turn in exclusive mode"
                                                  : "lock table store_turn in row exclusive mode");
}

static int pg_save(struct ctx *ctx)
{
        return db_pg_queue(pg_conn_of(ctx), "savepoint step");
}

/* What the step told must have gone well while it can still be undone alone. */
static int pg_save_release(struct ctx *ctx)
{
        struct pg_conn *c = pg_conn_of(ctx);
        PGresult *result = NULL;
        int r = c->told ? db_pg_sync(c, "the step's last statements", &result) : 0;

        PQclear(result);
        return r ? status_fold(r) : db_pg_queue(c, "release step");
}

/* Not after -EAGAIN: then all of it must run again, and the commit says so. */
static void pg_save_rollback(struct ctx *ctx)
{
        struct pg_conn *c = pg_conn_of(ctx);
        PGresult *result = NULL;
        int r;

        forget(c);
        if (c->again)
                return;
        c->broken = false;
        r = db_pg_queue(c, "rollback to step");
        if (!r)
                r = db_pg_queue(c, "release step");
        if (!r)
                r = db_pg_sync(c, "rollback to savepoint", &result);
        PQclear(result);
        c->broken = r != 0;
}

/* Scripts have many statements, which the pipeline does not take. */
static int pg_script(struct ctx *ctx, const char *sql)
{
        struct pg_conn *c = pg_conn_of(ctx);
        PGresult *result = NULL;
        const char *state;
        int r = db_pg_queue(c, NULL);

        if (!r)
                r = db_pg_sync(c, "begin", &result);
        PQclear(result);
        if (r)
                return r > 0 ? status_fold(r) : r;
        PQexitPipelineMode(c->pg);
        result = PQexec(c->pg, sql);
        if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK) {
                state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
                c->broken = true;
                /* Another process makes the same things this very moment: look again what there is. */
                c->again = state && (text_eq(state, "42P07") || text_eq(state, "42710") || text_eq(state, "23505") ||
                                     text_eq(state, "40001") || text_eq(state, "40P01"));
                r = c->again ? -EAGAIN : fatal(EINVAL, "script: %s", PQresultErrorMessage(result));
        }
        PQclear(result);
        PQenterPipelineMode(c->pg);
        return r;
}

static int pg_checkpoint(struct db *db)
{
        (void)db;
        return 0;
}

const struct db_driver db_pg_driver = {
        .kind = DB_POSTGRES,
        .open = pg_open,
        .close = pg_close,
        .begin = pg_begin,
        .commit = pg_commit,
        .rollback = pg_rollback,
        .turn = pg_turn,
        .save = pg_save,
        .save_release = pg_save_release,
        .save_rollback = pg_save_rollback,
        .exec = db_pg_exec,
        .one = db_pg_one,
        .all = db_pg_all,
        .script = pg_script,
        .checkpoint = pg_checkpoint,
};
