/*
 * The SQLite driver: connections and transactions. Statements are in db_sqlite_run.c.
 *
 * One connection writes, behind a fair gate; up to options.readers read; one more checkpoints. All are opened when
 * first needed, and the reader that was used last is used next, so an idle server keeps one or two warm.
 *
 * Not mapped into memory (mmap_size 0): the process has a memory budget, and an I/O error inside a mapping is a signal
 * rather than a status.
 */
#include "store/db_sqlite.h"

#include "base/failpoint.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID 0x5a484747 /* "ZHGG", at byte 68 of the file: whose database it is */
#define WAL_RESTART_PAGES 60000
#define WAL_KEEP_BYTES (64 * 1024 * 1024)
#define BUSY_MS 10000 /* only another process can hold us up that long: a backup, the command line */

struct db {
        char *path;
        struct db_options options;
        struct gate writers, readers;
        struct db_conn *writer;
        pthread_mutex_t lock; /* of `idle` */
        struct db_conn *idle; /* readers, last used first */
        pthread_mutex_t checkpoint_lock;
        struct db_conn *checkpointer;
};

int db_sqlite_errno(int rc)
{
        switch (rc & 0xff) {
        case SQLITE_FULL:
                return ENOSPC;
        case SQLITE_NOMEM:
                return ENOMEM;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return EBUSY;
        case SQLITE_READONLY:
        case SQLITE_PERM:
                return EROFS;
        case SQLITE_CANTOPEN:
                return ENOENT;
        case SQLITE_TOOBIG:
                return E2BIG;
        case SQLITE_IOERR:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
                return EIO;
        default:
                return EINVAL;
        }
}

static int pragma(struct db_conn *c, const char *sql)
{
        int rc = sqlite3_exec(c->sqlite, sql, NULL, NULL, NULL);

        if (rc != SQLITE_OK)
                return fatal(db_sqlite_errno(rc), "%s: %s: %s", c->path, sql, sqlite3_errmsg(c->sqlite));
        return 0;
}

/* First column of the first row as a number. */
static int pragma_int(struct db_conn *c, const char *sql, int64_t *out)
{
        sqlite3_stmt *st = NULL;
        int rc = sqlite3_prepare_v2(c->sqlite, sql, -1, &st, NULL);

        if (rc == SQLITE_OK)
                rc = sqlite3_step(st);
        if (rc == SQLITE_ROW)
                *out = sqlite3_column_int64(st, 0);
        sqlite3_finalize(st);
        return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static void conn_close(struct db_conn *c)
{
        if (!c)
                return;
        db_stmts_drop(c);
        sqlite3_close(c->sqlite);
        free(c);
}

static int conn_setup(struct db *db, struct db_conn *c)
{
        char *sql;
        int r;

        sqlite3_db_config(c->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
        sqlite3_db_config(c->sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
        sqlite3_extended_result_codes(c->sqlite, 1);
        /* FULL: NORMAL may lose the last commits when the machine goes down, and each was answered for. */
        sql = sqlite3_mprintf("pragma synchronous = full; pragma foreign_keys = on; pragma wal_autocheckpoint = 0;"
                              "pragma mmap_size = 0; pragma journal_size_limit = %d; pragma cache_size = -%lld",
                              WAL_KEEP_BYTES, (long long)db->options.cache_kib);
        if (!sql)
                return fatal(ENOMEM, "%s: no memory", db->path);
        r = pragma(c, sql);
        sqlite3_free(sql);
        return r;
}

/* *fresh: there is nothing in it yet, not even our stamp. */
static int prove_ours(struct db_conn *c, bool *fresh)
{
        int64_t id = 0, tables = 0;
        int rc;

        if (sqlite3_db_readonly(c->sqlite, "main") == 1)
                return fatal(
                        EROFS,
                        "%s: the database can be read but not written; check owner and mode of the file and its folder",
                        c->path);
        rc = pragma_int(c, "pragma application_id", &id);
        if (rc == SQLITE_OK)
                rc = pragma_int(c, "select count(*) from sqlite_schema", &tables);
        if ((rc & 0xff) == SQLITE_NOTADB)
                return fatal(EINVAL, "%s: this file is not a database", c->path);
        if (rc != SQLITE_OK)
                return fatal(db_sqlite_errno(rc), "%s: cannot be read: %s", c->path, sqlite3_errmsg(c->sqlite));
        *fresh = id == 0 && tables == 0;
        if (id == APPLICATION_ID)
                return 0;
        if (id != 0 || tables > 0)
                return fatal(EINVAL, "%s: this database belongs to another program", c->path);
        return 0;
}

static int make_ours(struct db_conn *c, bool fresh)
{
        const char *mode = "";
        sqlite3_stmt *st = NULL;
        char sql[64];
        int r, rc;

        snprintf(sql, sizeof sql, "pragma application_id = %d", APPLICATION_ID);
        r = fresh ? pragma(c, sql) : 0;
        if (r)
                return r;
        rc = sqlite3_prepare_v2(c->sqlite, "pragma journal_mode = wal", -1, &st, NULL);
        if (rc == SQLITE_OK)
                rc = sqlite3_step(st);
        if (rc == SQLITE_ROW)
                mode = (const char *)sqlite3_column_text(st, 0);
        if (rc != SQLITE_ROW)
                r = fatal(db_sqlite_errno(rc), "%s: write-ahead log: %s", c->path, sqlite3_errmsg(c->sqlite));
        else if (!text_eq(mode, "wal"))
                r = fatal(ENOTSUP, "%s: this file system cannot hold a write-ahead log", c->path);
        sqlite3_finalize(st);
        return r;
}

/* `create`: also makes the file, and proves that it is ours before anything is written to it. */
static int conn_open(struct db *db, bool create, struct db_conn **out)
{
        int flags =
                SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (create ? SQLITE_OPEN_CREATE : 0);
        struct db_conn *c = calloc(1, sizeof *c);
        bool fresh = false;
        int r, rc;

        if (!c)
                return fatal(ENOMEM, "%s: no memory", db->path);
        c->db = db;
        c->path = db->path;
        rc = sqlite3_open_v2(db->path, &c->sqlite, flags, NULL);
        if (c->sqlite)
                sqlite3_busy_timeout(c->sqlite, BUSY_MS);
        if (rc != SQLITE_OK)
                r = fatal(db_sqlite_errno(rc), "%s: cannot be opened: %s (%s)", db->path, sqlite3_errstr(rc),
                          strerror(c->sqlite ? sqlite3_system_errno(c->sqlite) : ENOMEM));
        else
                r = create ? prove_ours(c, &fresh) : 0;
        if (!r && create)
                r = make_ours(c, fresh);
        if (!r)
                r = conn_setup(db, c);
        if (r) {
                conn_close(c);
                return r;
        }
        *out = c;
        return 0;
}

/* SQLite would open a database in a folder that cannot be written, and fail at the first transaction. */
static int folder_check(const char *path)
{
        const char *slash = strrchr(path, '/');
        char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
        int r = 0;

        if (!folder)
                return fatal(ENOMEM, "%s: no memory", path);
        if (access(folder, W_OK | X_OK) != 0) {
                int err = errno;

                r = fatal(err, "%s: the folder cannot be written: %s", folder, strerror(err));
        }
        free(folder);
        return r;
}

int db_open(struct db **out, const struct db_options *o)
{
        struct db *db;
        int r;

        if (text_empty(o->path) || strcmp(o->path, ":memory:") == 0)
                return fatal(EINVAL, "the database needs a file: several connections share it");
        if (o->readers < 1 || o->readers > 64)
                return fatal(EINVAL, "readers must be 1..64, not %u", o->readers);
        r = folder_check(o->path);
        if (r)
                return r;
        db = calloc(1, sizeof *db);
        if (!db || !(db->path = strdup(o->path))) {
                free(db);
                return fatal(ENOMEM, "%s: no memory", o->path);
        }
        db->options = *o;
        db->options.path = db->path;
        if (db->options.cache_kib <= 0)
                db->options.cache_kib = 2048;
        gate_init(&db->writers, 1);
        gate_init(&db->readers, o->readers);
        pthread_mutex_init(&db->lock, NULL);
        pthread_mutex_init(&db->checkpoint_lock, NULL);
        r = conn_open(db, true, &db->writer);
        if (r) {
                db_close(db);
                return r;
        }
        *out = db;
        return 0;
}

void db_close(struct db *db)
{
        struct db_conn *c;

        if (!db)
                return;
        while ((c = db->idle)) {
                db->idle = c->next;
                conn_close(c);
        }
        conn_close(db->checkpointer);
        conn_close(db->writer); /* the last one moves the log into the file */
        gate_destroy(&db->writers);
        gate_destroy(&db->readers);
        pthread_mutex_destroy(&db->lock);
        pthread_mutex_destroy(&db->checkpoint_lock);
        free(db->path);
        free(db);
}

static int reader_take(struct db *db, struct db_conn **out)
{
        struct db_conn *c;
        int r;

        pthread_mutex_lock(&db->lock);
        c = db->idle;
        if (c)
                db->idle = c->next;
        pthread_mutex_unlock(&db->lock);
        if (!c) {
                r = conn_open(db, false, &c);
                if (r)
                        return r;
                r = pragma(c, "pragma query_only = on");
                if (r) {
                        conn_close(c);
                        return r;
                }
        }
        *out = c;
        return 0;
}

/* Gives the connection back and lets the next one in. */
static void conn_leave(struct ctx *ctx)
{
        struct db_conn *c = ctx->db;
        struct db *db = c->db;

        ctx->db = NULL;
        if (c->mode == DB_WRITE) {
                gate_leave(&db->writers);
                return;
        }
        pthread_mutex_lock(&db->lock);
        c->next = db->idle;
        db->idle = c;
        pthread_mutex_unlock(&db->lock);
        gate_leave(&db->readers);
}

int db_begin(struct db *db, struct ctx *ctx, enum db_mode mode)
{
        static const struct query read = {.name = "db.begin_read", .sql = "begin"};
        static const struct query write = {.name = "db.begin_write", .sql = "begin immediate"};
        struct gate *gate = mode == DB_WRITE ? &db->writers : &db->readers;
        struct db_conn *c = db->writer;
        int r;

        if (ctx->db)
                return fatal(EINVAL, "a transaction is open already");
        if (gate_enter(gate, DB_WAIT_MS))
                return fatal(EBUSY, "no connection for %s within %d s", mode == DB_WRITE ? "writing" : "reading",
                             DB_WAIT_MS / 1000);
        if (mode == DB_READ) {
                r = reader_take(db, &c);
                if (r) {
                        gate_leave(gate);
                        return r;
                }
        }
        c->mode = mode;
        c->changed = 0;
        ctx->db = c;
        r = db_run_control(ctx, mode == DB_WRITE ? &write : &read);
        if (r)
                conn_leave(ctx);
        return r;
}

static int end(struct ctx *ctx, const struct query *q)
{
        /* A full disk or an I/O error ends a transaction by itself; there is nothing to end then. */
        return sqlite3_get_autocommit(ctx->db->sqlite) ? 0 : db_run_control(ctx, q);
}

static const struct query q_commit = {.name = "db.commit", .sql = "commit"};
static const struct query q_rollback = {.name = "db.rollback", .sql = "rollback"};

static int commit(struct ctx *ctx)
{
        int r;

        failpoint(FAIL_BEFORE_COMMIT);
        r = db_run_control(ctx, &q_commit);
        failpoint(FAIL_AFTER_COMMIT);
        return r;
}

int db_commit(struct ctx *ctx)
{
        int r;

        if (!ctx->db)
                return fatal(EINVAL, "commit without a transaction");
        if (arena_over(ctx->arena))
                r = fatal(ENOMEM, "over the memory limit of %zu bytes: not committed", ctx->arena->limit);
        else if (sqlite3_get_autocommit(ctx->db->sqlite))
                r = fatal(EIO, "the database gave the transaction up");
        else
                r = commit(ctx);
        if (r) {
                db_rollback(ctx);
                return r;
        }
        conn_leave(ctx);
        return 0;
}

void db_rollback(struct ctx *ctx)
{
        if (!ctx->db)
                return;
        if (end(ctx, &q_rollback))
                log_event(LOG_ERROR, "db.rollback", "path", ctx->db->path, NULL);
        ctx_after_clear(ctx);
        conn_leave(ctx);
}

int db_save(struct ctx *ctx)
{
        static const struct query q = {.name = "db.save", .sql = "savepoint step"};

        return db_exec_v(ctx, &q, NULL, 0);
}

int db_save_release(struct ctx *ctx)
{
        static const struct query q = {.name = "db.save_release", .sql = "release step"};

        return db_exec_v(ctx, &q, NULL, 0);
}

void db_save_rollback(struct ctx *ctx)
{
        static const struct query undo = {.name = "db.save_undo", .sql = "rollback to step"};
        static const struct query release = {.name = "db.save_end", .sql = "release step"};

        /* When this fails the transaction is gone, and every later statement and the commit say so. */
        if (end(ctx, &undo) || end(ctx, &release))
                log_event(LOG_ERROR, "db.save_rollback", "path", ctx->db->path, NULL);
}

int db_script(struct ctx *ctx, const char *sql, size_t n)
{
        char *text = arena_strndup(ctx->arena, sql, n);
        int rc;

        if (!ctx->db || ctx->db->mode != DB_WRITE)
                return fatal(EINVAL, "a script needs a WRITE transaction");
        rc = sqlite3_exec(ctx->db->sqlite, text, NULL, NULL, NULL);
        if (rc != SQLITE_OK)
                return fatal(db_sqlite_errno(rc), "script: %s", sqlite3_errmsg(ctx->db->sqlite));
        if (sqlite3_get_autocommit(ctx->db->sqlite))
                return fatal(EINVAL, "a script must not end the transaction");
        return 0;
}

/*
 * PASSIVE never waits and never makes anybody wait. It cannot shorten a log that some reader always looks at; so above
 * the limit, when nothing is left to move, RESTART makes the next writer begin at the front again. It is tried behind
 * the writers' gate, where it has at most a few pages to move, and gives up at once when an old reader is about.
 */
static int checkpoint(struct db *db)
{
        sqlite3 *s = db->checkpointer->sqlite;
        int log = 0, moved = 0, rc;

        rc = sqlite3_wal_checkpoint_v2(s, NULL, SQLITE_CHECKPOINT_PASSIVE, &log, &moved);
        if (rc == SQLITE_OK && log >= WAL_RESTART_PAGES && log - moved < WAL_RESTART_PAGES / 100 &&
            gate_enter(&db->writers, BUSY_MS) == 0) {
                rc = sqlite3_wal_checkpoint_v2(s, NULL, SQLITE_CHECKPOINT_RESTART, &log, &moved);
                gate_leave(&db->writers);
        }
        if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
                return fatal(db_sqlite_errno(rc), "%s: checkpoint: %s", db->path, sqlite3_errmsg(s));
        return 0;
}

int db_checkpoint(struct db *db)
{
        int r = 0;

        pthread_mutex_lock(&db->checkpoint_lock);
        if (!db->checkpointer) {
                r = conn_open(db, false, &db->checkpointer);
                if (!r)
                        sqlite3_busy_timeout(db->checkpointer->sqlite, 0);
        }
        if (!r)
                r = checkpoint(db);
        pthread_mutex_unlock(&db->checkpoint_lock);
        return r;
}
