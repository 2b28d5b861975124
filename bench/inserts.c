#include "bench/inserts.h"

#include "bench/world.h"

#include "base/clock.h"

#include <dirent.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <string.h>

#define BODY 900 /* bytes: a callback's body, sealed */
#define QUERY "msg_signature=0123456789012345678901234567890123456789&timestamp=1700000000&nonce=0123456789"
#define PER_COMMIT 128

static int broken(sqlite3 *db, const char *what)
{
        int r = fatal(EIO, "%s: %s", what, sqlite3_errmsg(db));

        sqlite3_close(db);
        return r;
}

static int insert_batch(sqlite3 *db, sqlite3_stmt *s, const void *body)
{
        if (sqlite3_exec(db, "begin immediate", NULL, NULL, NULL))
                return -1;
        for (int i = 0; i < PER_COMMIT; i++) {
                sqlite3_bind_text(s, 1, QUERY, -1, SQLITE_STATIC);
                sqlite3_bind_blob(s, 2, body, BODY, SQLITE_STATIC);
                if (sqlite3_step(s) != SQLITE_DONE || sqlite3_reset(s))
                        return -1;
        }
        return sqlite3_exec(db, "commit", NULL, NULL, NULL) ? -1 : 0;
}

static int raw_sqlite(struct bench *b, int64_t us, double *per_s)
{
        static const char body[BODY] = "bench";
        int64_t begun, rows = 0, now;
        sqlite3_stmt *s;
        sqlite3 *db;
        int r;

        if (sqlite3_open(arena_printf(b->arena, "%s/raw.db", b->dir), &db) ||
            sqlite3_exec(db,
                         "pragma journal_mode=wal; pragma synchronous=full; create table if not exists raw (seq integer primary key,"
                         " stream bigint, received_at bigint, merchant_id bigint, account_id bigint, kind text, query text, body blob)",
                         NULL, NULL, NULL) ||
            sqlite3_prepare_v2(db, "insert into raw (stream, received_at, merchant_id, account_id, kind, query, body)"
                                   " values (1, 2, 3, 4, 'wecom', ?1, ?2)", -1, &s, NULL))
                return broken(db, "raw inserts");
        for (begun = now = clock_mono_us(); now - begun < us; now = clock_mono_us(), rows += PER_COMMIT) {
                r = insert_batch(db, s, body);
                if (r) {
                        sqlite3_finalize(s);
                        return broken(db, "raw inserts");
                }
        }
        *per_s = (double)rows * 1e6 / (double)(now - begun);
        sqlite3_finalize(s);
        sqlite3_close(db);
        return 0;
}

/* PER_COMMIT bodies as one array: the fastest way of Debian's PostgreSQL that can also say what is there already. */
static const char *bodies(struct arena *a)
{
        struct text t;

        text_init(&t, a);
        for (int i = 0; i < PER_COMMIT; i++) {
                text_add(&t, i ? ",\"\\\\x" : "{\"\\\\x");
                for (int k = 0; k < BODY; k++)
                        text_add(&t, "62");
                text_add(&t, "\"");
        }
        text_add(&t, "}");
        return t.p;
}

static int raw_postgres(struct bench *b, int64_t us, double *per_s)
{
        static const char table[] = "set client_min_messages = warning; create table if not exists bench_raw (seq bigserial primary key, stream bigint, received_at bigint,"
                                    " merchant_id bigint, account_id bigint, kind text, query text, body bytea)";
        static const char insert[] = "insert into bench_raw (stream, received_at, merchant_id, account_id, kind, query, body)"
                                     " select 1, 2, 3, 4, 'wecom', $1, x from unnest($2::bytea[]) x";
        const char *values[] = {QUERY, bodies(b->arena)};
        PGconn *c = PQconnectdb(b->db);
        int64_t begun, rows = 0, now;
        PGresult *res = PQexec(c, table);
        bool ok = PQresultStatus(res) == PGRES_COMMAND_OK;

        PQclear(res);
        for (begun = now = clock_mono_us(); ok && now - begun < us; now = clock_mono_us(), rows += PER_COMMIT) {
                res = PQexecParams(c, insert, 2, NULL, values, NULL, NULL, 0);
                ok = PQresultStatus(res) == PGRES_COMMAND_OK;
                PQclear(res);
        }
        *per_s = (double)rows * 1e6 / (double)(now - begun);
        int r = ok ? 0 : fatal(EIO, "raw inserts: %s", PQerrorMessage(c));
        PQfinish(c);
        return r;
}

int inserts_raw(struct bench *b, int64_t us, double *per_s)
{
        return bench_on_sqlite(b) ? raw_sqlite(b, us, per_s) : raw_postgres(b, us, per_s);
}

static int count_file(const char *path, uint32_t *times, size_t n, uint64_t *rows)
{
        sqlite3_stmt *s;
        sqlite3 *db;

        if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) ||
            sqlite3_prepare_v2(db, "select query from ledger_entry", -1, &s, NULL))
                return broken(db, path);
        while (sqlite3_step(s) == SQLITE_ROW) {
                int64_t serial = world_serial((const char *)sqlite3_column_text(s, 0));

                ++*rows;
                if (serial >= 0 && (size_t)serial < n)
                        times[serial]++;
        }
        if (sqlite3_finalize(s))
                return broken(db, path);
        sqlite3_close(db);
        return 0;
}

static int found_postgres(struct bench *b, uint32_t *times, size_t n, uint64_t *rows)
{
        PGconn *c = PQconnectdb(b->db);
        PGresult *res = PQexec(c, "select query from store_ledger");
        int r = PQresultStatus(res) == PGRES_TUPLES_OK ? 0 : fatal(EIO, "the ledger: %s", PQerrorMessage(c));

        for (int i = 0; !r && i < PQntuples(res); i++) {
                int64_t serial = world_serial(PQgetvalue(res, i, 0));

                ++*rows;
                if (serial >= 0 && (size_t)serial < n)
                        times[serial]++;
        }
        PQclear(res);
        PQfinish(c);
        return r;
}

static int found_sqlite(struct bench *b, uint32_t *times, size_t n, uint64_t *rows)
{
        const char *data = arena_printf(b->arena, "%s/data", b->dir);
        DIR *dir = opendir(data);
        struct dirent *e;
        int r = 0;

        if (!dir)
                return fatal(errno, "cannot read %s", data);
        while (!r && (e = readdir(dir)))
                if (text_starts(e->d_name, "ledger-") && !strcmp(e->d_name + strlen(e->d_name) - 3, ".db"))
                        r = count_file(arena_printf(b->arena, "%s/%s", data, e->d_name), times, n, rows);
        closedir(dir);
        return r;
}

int inserts_found(struct bench *b, uint32_t *times, size_t n, uint64_t *rows)
{
        return bench_on_sqlite(b) ? found_sqlite(b, times, n, rows) : found_postgres(b, times, n, rows);
}
