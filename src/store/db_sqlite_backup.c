/* Backups, as backup.h promises them. Statements here are few and run once: no named queries, no connections of the pool. */
#include "store/backup.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "store/db_sqlite.h"
#include "store/ledger_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT "1"
#define KEYS_MAX 65536
#define BUSY_MS 30000

static const char ddl[] =
        "create table backup_info (name text primary key, value text not null);"
        "create table backup_count (name text primary key, n bigint not null);"
        "create table backup_file (name text primary key, content bytea not null);"
        "create table backup_ledger (day bigint not null, seq bigint not null, stream bigint not null, received_at bigint not null,"
        " merchant_id bigint not null, account_id bigint not null, kind text not null, query text, body bytea,"
        " primary key (day, seq));";

static int failed(sqlite3 *db, const char *what)
{
        int rc = sqlite3_extended_errcode(db);

        return fatal(db_sqlite_errno(rc), "backup: %s: %s", what, sqlite3_errmsg(db));
}

static int run(sqlite3 *db, const char *sql)
{
        return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(db, sql);
}

/* One statement with up to two arguments, the first a number when `text` is NULL; its first column, when it has one. */
static int ask(sqlite3 *db, const char *sql, const char *text, int64_t number, int64_t *out)
{
        sqlite3_stmt *st = NULL;
        int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);

        if (rc == SQLITE_OK && sqlite3_bind_parameter_count(st) > 0)
                rc = text ? sqlite3_bind_text(st, 1, text, -1, SQLITE_STATIC) : sqlite3_bind_int64(st, 1, number);
        if (rc == SQLITE_OK && sqlite3_bind_parameter_count(st) > 1)
                rc = sqlite3_bind_int64(st, 2, number);
        if (rc == SQLITE_OK)
                rc = sqlite3_step(st);
        if (rc == SQLITE_ROW && out)
                *out = sqlite3_column_int64(st, 0);
        sqlite3_finalize(st);
        return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : failed(db, sql);
}

static int open_file(const char *file, int flags, sqlite3 **db)
{
        int rc = sqlite3_open_v2(file, db, flags, NULL);

        if (rc == SQLITE_OK) {
                sqlite3_busy_timeout(*db, BUSY_MS);
                return 0;
        }
        sqlite3_close(*db);
        *db = NULL;
        return fatal(db_sqlite_errno(rc), "%s: cannot be opened: %s", file, sqlite3_errstr(rc));
}

/* Names of the first column, in the arena. */
static int names(sqlite3 *db, struct arena *a, const char *sql, const char ***out, size_t *n)
{
        sqlite3_stmt *st = NULL;
        int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
        size_t cap = 64;

        *out = arena_array(a, const char *, cap);
        *n = 0;
        while (rc == SQLITE_OK || rc == SQLITE_ROW) {
                rc = sqlite3_step(st);
                if (rc != SQLITE_ROW)
                        break;
                if (*n == cap) {
                        *out = arena_grow(a, *out, cap * sizeof **out, 2 * cap * sizeof **out);
                        cap *= 2;
                }
                (*out)[(*n)++] = arena_strdup(a, (const char *)sqlite3_column_text(st, 0));
        }
        sqlite3_finalize(st);
        return rc == SQLITE_DONE ? 0 : failed(db, sql);
}

#define TABLES "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name"

/* ---- making ---- */

static int count_tables(sqlite3 *db, struct arena *a, struct backup_info *info)
{
        const char **tables;
        size_t n;
        int r = names(db, a, TABLES, &tables, &n);

        for (size_t i = 0; !r && i < n; i++) {
                int64_t rows = 0;

                if (text_starts(tables[i], "backup_"))
                        continue;
                r = ask(db, arena_printf(a, "select count(*) from \"%s\"", tables[i]), NULL, 0, &rows);
                if (!r)
                        r = ask(db, "insert into backup_count (name, n) values (?1, ?2)", tables[i], rows, NULL);
                info->tables++;
                info->rows += rows;
        }
        return r;
}

static bool is_day(const char *name, int64_t *day)
{
        static const char head[] = "ledger-", tail[] = ".db";
        char digits[9] = "";

        if (strlen(name) != strlen("ledger-yyyymmdd.db") || !text_starts(name, head) || strcmp(name + 15, tail) != 0)
                return false;
        memcpy(digits, name + strlen(head), 8);
        return text_to_int(digits, 19700101, 99991231, day) == 0;
}

static int add_day(sqlite3 *db, const char *path, int64_t day)
{
        int r = ask(db, "attach ?1 as day", path, 0, NULL);

        if (!r)
                r = ask(db, "insert into backup_ledger select ?1, seq, stream, received_at, merchant_id, account_id, kind, query, body"
                            " from day.ledger_entry", NULL, day, NULL);
        return r ? r : run(db, "detach day");
}

static int add_ledger(sqlite3 *db, struct arena *a, const char *data, struct backup_info *info)
{
        DIR *dir = opendir(data);
        struct dirent *e;
        int64_t day;
        int r = 0;

        if (!dir)
                return fatal(errno, "%s: cannot be read", data);
        while (!r && (e = readdir(dir)))
                if (is_day(e->d_name, &day))
                        r = add_day(db, arena_printf(a, "%s/%s", data, e->d_name), day);
        closedir(dir);
        return r ? r : ask(db, "select count(*) from backup_ledger", NULL, 0, &info->callbacks);
}

static int add_keys(sqlite3 *db, const char *path)
{
        static char content[KEYS_MAX];
        sqlite3_stmt *st = NULL;
        int fd = open(path, O_RDONLY | O_CLOEXEC), rc;
        ssize_t n = fd < 0 ? -1 : read(fd, content, sizeof content);

        if (fd >= 0)
                close(fd);
        if (n < 0)
                return fatal(errno, "%s: the sealing keys cannot be read", path);
        rc = sqlite3_prepare_v2(db, "insert into backup_file (name, content) values ('keys', ?1)", -1, &st, NULL);
        if (rc == SQLITE_OK)
                rc = sqlite3_bind_blob(st, 1, content, (int)n, SQLITE_STATIC);
        if (rc == SQLITE_OK)
                rc = sqlite3_step(st);
        sqlite3_finalize(st);
        explicit_bzero(content, sizeof content);
        return rc == SQLITE_DONE ? 0 : failed(db, "keys");
}

/* Everything that follows the copy of the main database. */
static int complete(sqlite3 *db, struct arena *a, const char *data, struct backup_info *info)
{
        int r = run(db, ddl);

        info->made_at = clock_wall_ms();
        info->version = ZHANGGUI_VERSION;
        if (!r)
                r = count_tables(db, a, info);
        if (!r)
                r = add_ledger(db, a, data, info);
        if (!r)
                r = add_keys(db, arena_printf(a, "%s/keys", data));
        if (!r)
                r = run(db, arena_printf(a, "insert into backup_info values ('format', '" FORMAT "'), ('version', '%s'),"
                                            " ('made_at', '%lld')", info->version, (long long)info->made_at));
        return r;
}

static int sync_file(const char *path)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC), r = fd < 0 || fsync(fd) ? fatal(errno, "%s: cannot be put on disk", path) : 0;

        if (fd >= 0)
                close(fd);
        return r;
}

static int size_of(const char *file, struct backup_info *info)
{
        struct stat st;

        if (stat(file, &st))
                return fatal(errno, "%s", file);
        info->bytes = st.st_size;
        return 0;
}

static int make_part(struct arena *a, const char *data, const char *part, struct backup_info *info)
{
        sqlite3 *db = NULL;
        int r = open_file(arena_printf(a, "%s/zhanggui.db", data), SQLITE_OPEN_READWRITE, &db);

        if (!r)
                r = ask(db, "vacuum into ?1", part, 0, NULL);
        sqlite3_close(db);
        db = NULL;
        if (!r && chmod(part, 0600))
                r = fatal(errno, "%s", part);
        if (!r)
                r = open_file(part, SQLITE_OPEN_READWRITE, &db);
        if (!r)
                r = complete(db, a, data, info);
        sqlite3_close(db);
        return r ? r : sync_file(part);
}

int backup_make(struct arena *a, const char *data, const char *file, struct backup_info *info)
{
        const char *part = arena_printf(a, "%s.part", file);
        int r;

        *info = (struct backup_info){0};
        if (access(arena_printf(a, "%s/zhanggui.db", data), F_OK))
                return BACKUP_E_NO_DATA;
        if (!access(file, F_OK))
                return BACKUP_E_THERE;
        unlink(part); /* of a try that was killed */
        r = make_part(a, data, part, info);
        if (!r && rename(part, file))
                r = fatal(errno, "%s", file);
        if (r) {
                unlink(part);
                return r;
        }
        return size_of(file, info);
}

/* ---- checking ---- */

static int bad(const char *file, const char *why)
{
        log_event(LOG_ERROR, "backup.bad", "file", file, "why", why, NULL);
        return BACKUP_E_BAD;
}

static int check_counts(sqlite3 *db, struct arena *a, const char *file, struct backup_info *info)
{
        const char **tables;
        size_t n;
        int r = names(db, a, "select name from backup_count order by name", &tables, &n);

        for (size_t i = 0; !r && i < n; i++) {
                int64_t rows = -1, then = 0;

                r = ask(db, "select n from backup_count where name = ?1", tables[i], 0, &then);
                if (!r)
                        r = ask(db, arena_printf(a, "select count(*) from \"%s\"", tables[i]), NULL, 0, &rows);
                if (!r && rows != then)
                        return bad(file, arena_printf(a, "%s: %lld rows, %lld when it was made", tables[i], (long long)rows,
                                                      (long long)then));
                info->tables++;
                info->rows += rows;
        }
        return r;
}

static int check_all(sqlite3 *db, struct arena *a, const char *file, struct backup_info *info)
{
        const char **said;
        size_t n;
        int r;

        if (names(db, a, "select value from backup_info where name = 'version'", &said, &n) || n != 1)
                return bad(file, "this is no backup of zhanggui");
        info->version = said[0];
        r = ask(db, "select cast(value as integer) from backup_info where name = 'made_at'", NULL, 0, &info->made_at);
        if (!r)
                r = names(db, a, "pragma integrity_check(1)", &said, &n);
        if (!r && (n != 1 || !text_eq(said[0], "ok")))
                return bad(file, n ? said[0] : "the integrity check says nothing");
        if (!r)
                r = check_counts(db, a, file, info);
        return r ? r : ask(db, "select count(*) from backup_ledger", NULL, 0, &info->callbacks);
}

int backup_check(struct arena *a, const char *file, struct backup_info *info)
{
        sqlite3 *db = NULL;
        int r;

        *info = (struct backup_info){0};
        if (access(file, R_OK))
                return bad(file, strerror(errno));
        r = open_file(file, SQLITE_OPEN_READONLY, &db);
        if (!r)
                r = check_all(db, a, file, info);
        sqlite3_close(db);
        if (r < 0)
                return bad(file, "it cannot be read to its end");
        return r ? r : size_of(file, info);
}

int backup_keys(struct arena *a, const char *file, const char **path)
{
        sqlite3_stmt *st = NULL;
        sqlite3 *db = NULL;
        int fd = memfd_create("keys", MFD_CLOEXEC), r = open_file(file, SQLITE_OPEN_READONLY, &db);

        if (!r && sqlite3_prepare_v2(db, "select content from backup_file where name = 'keys'", -1, &st, NULL) == SQLITE_OK &&
            sqlite3_step(st) == SQLITE_ROW && fd >= 0 && !fchmod(fd, 0600) &&
            write(fd, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0)) == sqlite3_column_bytes(st, 0))
                *path = arena_printf(a, "/proc/self/fd/%d", fd); /* never on a disk; goes with the process */
        else
                r = bad(file, "its keys cannot be read");
        sqlite3_finalize(st);
        sqlite3_close(db);
        return r;
}

/* ---- restoring ---- */

static int copy_file(const char *from, const char *to)
{
        static char buffer[1 << 16]; /* of the one command that restores */
        int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        ssize_t n = 1;
        int r = 0;

        while (in >= 0 && out >= 0 && n > 0) {
                n = read(in, buffer, sizeof buffer);
                if (n > 0 && write(out, buffer, (size_t)n) != n)
                        n = -1;
        }
        if (in < 0 || out < 0 || n < 0)
                r = fatal(errno, "%s cannot be copied to %s", from, to);
        if (in >= 0)
                close(in);
        if (out >= 0)
                close(out);
        return r;
}

static int restore_day(sqlite3 *db, struct arena *a, const char *data, const char *day)
{
        const char *path = arena_printf(a, "%s/ledger-%s.db", data, day);
        int r = ask(db, "attach ?1 as day", path, 0, NULL);

        if (!r)
                r = run(db, arena_printf(a, "pragma day.application_id = %d", DB_SQLITE_ID));
        if (!r)
                r = run(db, "create table day.ledger_entry (" LEDGER_DAY_COLUMNS ")");
        if (!r)
                r = run(db, arena_printf(a, "insert into day.ledger_entry (seq, stream, received_at, merchant_id, account_id, kind,"
                                            " query, body) select seq, stream, received_at, merchant_id, account_id, kind, query, body"
                                            " from backup_ledger where day = %s order by seq", day));
        if (!r)
                r = run(db, "detach day");
        return r ? r : sync_file(path);
}

static int restore_keys(struct arena *a, const char *file, const char *to)
{
        const char *path;
        int r = backup_keys(a, file, &path);

        return r ? r : copy_file(path, to);
}

static int take_apart(sqlite3 *db, struct arena *a, const char *data)
{
        const char **days;
        size_t n;
        int r = names(db, a, "select distinct cast(day as text) from backup_ledger order by day", &days, &n);

        for (size_t i = 0; !r && i < n; i++)
                r = restore_day(db, a, data, days[i]);
        return r ? r : run(db, "drop table backup_ledger; drop table backup_file; drop table backup_count; drop table backup_info;"
                               " vacuum");
}

static bool is_empty(const char *data)
{
        DIR *dir = opendir(data);
        const struct dirent *e;
        bool empty = true;

        while (dir && (e = readdir(dir)))
                empty = empty && e->d_name[0] == '.';
        if (dir)
                closedir(dir);
        return empty;
}

int backup_restore(struct arena *a, const char *file, const char *data, struct backup_info *info)
{
        const char *whole = arena_printf(a, "%s/zhanggui.db", data), *part = arena_printf(a, "%s.part", whole);
        const char *keys = arena_printf(a, "%s/keys", data);
        sqlite3 *db = NULL;
        int r;

        if (!is_empty(data))
                return BACKUP_E_THERE;
        r = backup_check(a, file, info);
        if (r)
                return r;
        if (mkdir(data, 0700) && errno != EEXIST)
                return fatal(errno, "cannot make the folder %s", data);
        r = copy_file(file, part);
        if (!r)
                r = restore_keys(a, file, keys);
        if (!r)
                r = open_file(part, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db); /* CREATE: days of the ledger are made */
        if (!r)
                r = take_apart(db, a, data);
        sqlite3_close(db);
        if (!r)
                r = sync_file(part);
        if (!r && rename(part, whole))
                r = fatal(errno, "%s", whole);
        if (!r)
                return sync_file(data);
        unlink(part); /* the next try finds the folder as this one did, but for days of the ledger */
        unlink(keys);
        return r;
}
