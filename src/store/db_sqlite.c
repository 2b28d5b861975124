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

#define PAGE_BYTES 8192 /* of a new file: with 15 million orders the trees are a level lower than with 4096 */
#define WAL_RESTART_PAGES 8000 /* a log this long begins again at the front... */
#define WAL_REST_PAGES 300      /* ... when no more than this is left to move, which takes a few ms */
#define WAL_KEEP_BYTES (64 * 1024 * 1024)
#define BUSY_MS 5000 /* only another process can hold us up that long: somebody's shell on the file */

struct sqlite_db {
        struct db base;
        char *path;
        int64_t cache_kib;
        bool look;
        struct gate writers, readers;
        struct sqlite_conn *writer;
        pthread_mutex_t lock; /* of `idle` */
        struct sqlite_conn *idle; /* readers, last used first */
        pthread_mutex_t checkpoint_lock;
        struct sqlite_conn *checkpointer;
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

static int pragma(struct sqlite_conn *c, const char *sql)
{
        int rc = sqlite3_exec(c->sqlite, sql, NULL, NULL, NULL);

        if (rc != SQLITE_OK)
                return fatal(db_sqlite_errno(rc), "%s: %s: %s", c->path, sql, sqlite3_errmsg(c->sqlite));
        return 0;
}

/* First column of the first row as a number. */
static int pragma_int(struct sqlite_conn *c, const char *sql, int64_t *out)
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

static void conn_close(struct sqlite_conn *c)
{
        if (!c)
                return;
        db_stmts_drop(&c->stmts);
        sqlite3_close(c->sqlite);
        free(c);
}

static int conn_setup(struct sqlite_db *db, struct sqlite_conn *c)
{
        char *sql;
        int r;

        sqlite3_db_config(c->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
        sqlite3_db_config(c->sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
        sqlite3_extended_result_codes(c->sqlite, 1);
        /* FULL: NORMAL may lose the last commits when the machine goes down, and each was answered for. */
        sql = sqlite3_mprintf("pragma synchronous = full; pragma foreign_keys = on; pragma wal_autocheckpoint = 0;"
                              "pragma mmap_size = 0; pragma journal_size_limit = %d; pragma cache_size = -%lld",
                              WAL_KEEP_BYTES, (long long)db->cache_kib);
        if (!sql)
                return fatal(ENOMEM, "%s: no memory", db->path);
        r = pragma(c, sql);
        sqlite3_free(sql);
        return r;
}

/* *fresh: there is nothing in it yet, not even our stamp. */
static int prove_ours(struct sqlite_conn *c, bool *fresh)
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
        if (id == DB_SQLITE_ID)
                return 0;
        if (id != 0 || tables > 0)
                return fatal(EINVAL, "%s: this database belongs to another program", c->path);
        return 0;
}

static int make_ours(struct sqlite_conn *c, bool fresh)
{
        const char *mode = "";
        sqlite3_stmt *st = NULL;
        char sql[96];
        int r, rc;

        snprintf(sql, sizeof sql, "pragma page_size = %d; pragma application_id = %d", PAGE_BYTES, DB_SQLITE_ID);
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

/* SQLite counts its bytes under one lock of the process, taken at every allocation; nobody here asks for the count. */
static void count_no_bytes(void)
{
        (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* too late only where a test opened a file of its own before */
}

/* `create`: also makes the file, and proves that it is ours before anything is written to it. */
static int conn_open(struct sqlite_db *db, bool create, struct sqlite_conn **out)
{
        int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (create ? SQLITE_OPEN_CREATE : 0) |
                    (db->look ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        struct sqlite_conn *c = calloc(1, sizeof *c);
        bool fresh = false;
        int r, rc;

        if (!c)
                return fatal(ENOMEM, "%s: no memory", db->path);
        pthread_once(&once, count_no_bytes);
        c->base.db = &db->base;
        c->stmts = (struct db_stmts){.drop = db_sqlite_stmt_drop, .conn = c};
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

static void sqlite_close(struct db *base)
{
        struct sqlite_db *db = (struct sqlite_db *)base;
        struct sqlite_conn *c;

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

static int sqlite_open(struct db **out, const struct db_options *o, const char *file)
{
        struct sqlite_db *db;
        int r;

        if (text_empty(file) || strcmp(file, ":memory:") == 0)
                return fatal(EINVAL, "the database needs a file: several connections share it");
        r = o->look ? 0 : folder_check(file);
        if (r)
                return r;
        db = calloc(1, sizeof *db);
        if (!db || !(db->path = strdup(file))) {
                free(db);
                return fatal(ENOMEM, "%s: no memory", file);
        }
        db->base.driver = &db_sqlite_driver;
        db->cache_kib = o->cache_kib;
        db->look = o->look;
        gate_init(&db->writers, 1);
        gate_init(&db->readers, o->readers);
        pthread_mutex_init(&db->lock, NULL);
        pthread_mutex_init(&db->checkpoint_lock, NULL);
        r = conn_open(db, !o->look, &db->writer);
        if (r) {
                sqlite_close(&db->base);
                return r;
        }
        *out = &db->base;
        return 0;
}

static int reader_take(struct sqlite_db *db, struct sqlite_conn **out)
{
        struct sqlite_conn *c;
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
        struct sqlite_conn *c = sqlite_conn_of(ctx);
        struct sqlite_db *db = (struct sqlite_db *)c->base.db;

        ctx->db = NULL;
        if (c->base.mode != DB_READ) {
                gate_leave(&db->writers);
                return;
        }
        pthread_mutex_lock(&db->lock);
        c->next = db->idle;
        db->idle = c;
        pthread_mutex_unlock(&db->lock);
        gate_leave(&db->readers);
}

static int sqlite_begin(struct db *base, struct ctx *ctx, enum db_mode mode)
{
        static const struct query read = {.name = "db.begin_read", .sql = "begin"};
        static const struct query write = {.name = "db.begin_write", .sql = "begin immediate"};
        struct sqlite_db *db = (struct sqlite_db *)base;
        struct gate *gate = mode == DB_READ ? &db->readers : &db->writers;
        struct sqlite_conn *c = db->writer;
        int r;

        if (gate_enter(gate, DB_WAIT_MS))
                return fatal(EBUSY, "no connection for %s within %d s", mode == DB_READ ? "reading" : "writing",
                             DB_WAIT_MS / 1000);
        if (mode == DB_READ) {
                r = reader_take(db, &c);
                if (r) {
                        gate_leave(gate);
                        return r;
                }
        }
        c->base.mode = mode;
        ctx->db = &c->base;
        r = db_sqlite_control(ctx, mode == DB_READ ? &read : &write);
        if (r)
                conn_leave(ctx);
        return r;
}

static bool is_over(const struct ctx *ctx)
{
        return sqlite3_get_autocommit(sqlite_conn_of(ctx)->sqlite);
}

static int end(struct ctx *ctx, const struct query *q)
{
        /* A full disk or an I/O error ends a transaction by itself; there is nothing to end then. */
        return is_over(ctx) ? 0 : db_sqlite_control(ctx, q);
}

static const struct query q_commit = {.name = "db.commit", .sql = "commit"};
static const struct query q_rollback = {.name = "db.rollback", .sql = "rollback"};

static void sqlite_rollback(struct ctx *ctx)
{
        if (end(ctx, &q_rollback))
                log_event(LOG_ERROR, "db.rollback", "path", sqlite_conn_of(ctx)->path, NULL);
        conn_leave(ctx);
}

static int sqlite_commit(struct ctx *ctx)
{
        int r;

        if (ctx->db->mode != DB_READ)
                failpoint(FAIL_BEFORE_COMMIT);
        r = is_over(ctx) ? fatal(EIO, "the database gave the transaction up") : db_sqlite_control(ctx, &q_commit);
        if (ctx->db->mode != DB_READ)
                failpoint(FAIL_AFTER_COMMIT);
        if (r)
                sqlite_rollback(ctx);
        else
                conn_leave(ctx);
        return r;
}

static int sqlite_save(struct ctx *ctx)
{
        static const struct query q = {.name = "db.save", .sql = "savepoint step"};

        return db_sqlite_exec(ctx, &q, NULL, 0);
}

static int sqlite_save_release(struct ctx *ctx)
{
        static const struct query q = {.name = "db.save_release", .sql = "release step"};

        return db_sqlite_exec(ctx, &q, NULL, 0);
}

static void sqlite_save_rollback(struct ctx *ctx)
{
        static const struct query undo = {.name = "db.save_undo", .sql = "rollback to step"};
        static const struct query release = {.name = "db.save_end", .sql = "release step"};

        /* When this fails the transaction is gone, and every later statement and the commit say so. */
        if (end(ctx, &undo) || end(ctx, &release))
                log_event(LOG_ERROR, "db.save_rollback", "path", sqlite_conn_of(ctx)->path, NULL);
}

static int sqlite_script(struct ctx *ctx, const char *sql)
{
        struct sqlite_conn *c = sqlite_conn_of(ctx);
        int rc = sqlite3_exec(c->sqlite, sql, NULL, NULL, NULL);

        if (rc != SQLITE_OK)
                return fatal(db_sqlite_errno(rc), "script: %s", sqlite3_errmsg(c->sqlite));
        if (is_over(ctx))
                return fatal(EINVAL, "a script must not end the transaction");
        return 0;
}

/*
 * PASSIVE never waits and never makes anybody wait. It cannot shorten a log that some reader always looks at; so above
 * the limit, when nothing is left to move, RESTART makes the next writer begin at the front again. It is tried behind
 * the writers' gate, where it has at most a few pages to move, and gives up at once when an old reader is about.
 */
static int checkpoint(struct sqlite_db *db)
{
        sqlite3 *s = db->checkpointer->sqlite;
        int log = 0, moved = 0, rc;

        rc = sqlite3_wal_checkpoint_v2(s, NULL, SQLITE_CHECKPOINT_PASSIVE, &log, &moved);
        if (rc == SQLITE_OK && log >= WAL_RESTART_PAGES && log - moved < WAL_REST_PAGES &&
            gate_enter(&db->writers, BUSY_MS) == 0) {
                rc = sqlite3_wal_checkpoint_v2(s, NULL, SQLITE_CHECKPOINT_RESTART, &log, &moved);
                gate_leave(&db->writers);
        }
        if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
                return fatal(db_sqlite_errno(rc), "%s: checkpoint: %s", db->path, sqlite3_errmsg(s));
        return 0;
}

static int sqlite_checkpoint(struct db *base)
{
        struct sqlite_db *db = (struct sqlite_db *)base;
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

const struct db_driver db_sqlite_driver = {
        .kind = DB_SQLITE,
        .open = sqlite_open,
        .close = sqlite_close,
        .begin = sqlite_begin,
        .commit = sqlite_commit,
        .rollback = sqlite_rollback,
        .save = sqlite_save,
        .save_release = sqlite_save_release,
        .save_rollback = sqlite_save_rollback,
        .exec = db_sqlite_exec,
        .one = db_sqlite_one,
        .all = db_sqlite_all,
        .script = sqlite_script,
        .checkpoint = sqlite_checkpoint,
};
