/* Reading the database without the server: its files through SQLite, or PostgreSQL through libpq. */
#include "torture/torture.h"

#include "base/text.h"

#include <dirent.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define MAIN_FILE "zhanggui.db"

static void run_sqlite(const char *file, const char *sql, row_fn *fn, void *arg)
{
        char *why = NULL;
        sqlite3 *db;

        if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
                give_up("%s: %s", file, sqlite3_errmsg(db));
        sqlite3_busy_timeout(db, 10000);
        if (sqlite3_exec(db, sql, fn, arg, &why) != SQLITE_OK)
                give_up("%s: %s: %s", file, sql, why ? why : "?");
        sqlite3_close(db);
}

static bool on_postgres(const struct cast *c)
{
        return text_starts(c->o->db, "postgres");
}

/* Row by row: there may be hundreds of thousands. */
static void run_postgres(const char *url, const char *sql, row_fn *fn, void *arg)
{
        PGconn *db = PQconnectdb(url);
        PGresult *res;

        if (PQstatus(db) != CONNECTION_OK)
                give_up("PostgreSQL: %s", PQerrorMessage(db));
        if (!PQsendQuery(db, sql) || !PQsetSingleRowMode(db))
                give_up("%s: %s", sql, PQerrorMessage(db));
        while ((res = PQgetResult(db))) {
                ExecStatusType status = PQresultStatus(res);
                int n = PQnfields(res);
                char *value[16];

                if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
                        give_up("%s: %s", sql, PQerrorMessage(db));
                for (int row = 0; fn && row < PQntuples(res); row++) {
                        for (int i = 0; i < n && i < (int)countof(value); i++)
                                value[i] = PQgetisnull(res, row, i) ? NULL : PQgetvalue(res, row, i);
                        if (fn(arg, n, value, NULL))
                                give_up("%s: not the rows that were asked for", sql);
                }
                PQclear(res);
        }
        PQfinish(db);
}

void rows_each(const struct cast *c, const char *sql, row_fn *fn, void *arg)
{
        char file[4096];

        if (on_postgres(c)) {
                run_postgres(c->o->db, sql, fn, arg);
                return;
        }
        snprintf(file, sizeof file, "%s/" MAIN_FILE, c->data[0]);
        run_sqlite(file, sql, fn, arg);
}

static int number(void *arg, int n, char **value, char **name)
{
        (void)name;
        if (n == 1 && value[0])
                *(int64_t *)arg = strtoll(value[0], NULL, 10);
        return 0;
}

static int greatest(void *arg, int n, char **value, char **name)
{
        int64_t before = *(int64_t *)arg, now = before;
        int r = number(&now, n, value, name);

        *(int64_t *)arg = now > before ? now : before;
        return r;
}

int64_t rows_number(const struct cast *c, const char *sql)
{
        int64_t got = 0;

        rows_each(c, sql, number, &got);
        return got;
}

static void each_day_file(const char *data, const char *sql, row_fn *fn, void *arg)
{
        DIR *dir = opendir(data);
        struct dirent *e;
        char file[4096];

        if (!dir)
                give_up("%s: %s", data, strerror(errno));
        while ((e = readdir(dir))) {
                size_t n = strlen(e->d_name);

                if (!text_starts(e->d_name, "ledger-") || n < 3 || strcmp(e->d_name + n - 3, ".db"))
                        continue;
                snprintf(file, sizeof file, "%s/%s", data, e->d_name);
                run_sqlite(file, sql, fn, arg);
        }
        closedir(dir);
}

void rows_each_ledger(const struct cast *c, const char *sql, row_fn *fn, void *arg)
{
        if (on_postgres(c))
                rows_each(c, sql, fn, arg);
        else
                each_day_file(c->data[0], sql, fn, arg);
}

const char *rows_ledger(const struct cast *c)
{
        return on_postgres(c) ? "store_ledger" : "ledger_entry";
}

int64_t rows_unapplied(const struct cast *c)
{
        int64_t newest = 0, applied;

        if (on_postgres(c))
                return rows_number(c, "select count(*) from store_ledger l join store_ledger_progress p"
                                      " on p.stream = l.stream where l.seq > p.seq");
        each_day_file(c->data[0], "select max(seq) from ledger_entry", greatest, &newest);
        applied = rows_number(c, "select max(seq) from store_ledger_progress");
        return newest > applied ? newest - applied : 0;
}

void rows_change(const struct cast *c, const char *sql)
{
        rows_each(c, sql, NULL, NULL);
}
