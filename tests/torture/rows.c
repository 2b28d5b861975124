/* Reading the database without the server: its files through SQLite, or PostgreSQL through libpq. */
#include "torture/torture.h"

#include "base/text.h"

#include <dirent.h>
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

void rows_each(const struct cast *c, const char *sql, row_fn *fn, void *arg)
{
        char file[4096];

        if (on_postgres(c))
                give_up("PostgreSQL is not read yet");
        snprintf(file, sizeof file, "%s/" MAIN_FILE, c->data);
        run_sqlite(file, sql, fn, arg);
}

void rows_each_ledger(const struct cast *c, const char *sql, row_fn *fn, void *arg)
{
        DIR *dir = on_postgres(c) ? NULL : opendir(c->data);
        struct dirent *e;
        char file[4096];

        if (!dir) {
                rows_each(c, sql, fn, arg);
                return;
        }
        while ((e = readdir(dir))) {
                size_t n = strlen(e->d_name);

                if (!text_starts(e->d_name, "ledger-") || n < 3 || strcmp(e->d_name + n - 3, ".db"))
                        continue;
                snprintf(file, sizeof file, "%s/%s", c->data, e->d_name);
                run_sqlite(file, sql, fn, arg);
        }
        closedir(dir);
}

void rows_change(const struct cast *c, const char *sql)
{
        rows_each(c, sql, NULL, NULL);
}

static int number(void *arg, int n, char **value, char **name)
{
        (void)name;
        if (n == 1 && value[0])
                *(int64_t *)arg = strtoll(value[0], NULL, 10);
        return 0;
}

int64_t rows_number(const struct cast *c, const char *sql)
{
        int64_t got = 0;

        rows_each(c, sql, number, &got);
        return got;
}
