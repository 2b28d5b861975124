#include "store/db_pg_line.h"

#include "base/log.h"
#include "store/db_pg.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct db_line {
        PGconn *pg;
};

static int broken(struct db_line *line, PGresult *result)
{
        int r = fatal(EPIPE, "line to the database: %s", PQerrorMessage(line->pg));

        PQclear(result);
        return r;
}

/* Commits of this session carry nothing but word: whoever loses the server loses the word, and is told so. */
static const char listen[] = "set synchronous_commit = off;"
                             "do $$ begin execute format('listen %I', 'zhanggui_' || current_schema()); end $$";

int db_line_open(struct db_line **out, struct db *db, bool quiet)
{
        struct db_line *line = calloc(1, sizeof *line);
        PGresult *result;
        bool good;

        if (!line)
                return fatal(ENOMEM, "no memory for a line to the database");
        line->pg = db_pg_connect(db);
        good = PQstatus(line->pg) == CONNECTION_OK;
        if (good) {
                result = PQexec(line->pg, listen);
                good = PQresultStatus(result) == PGRES_COMMAND_OK;
                PQclear(result);
        }
        if (!good) {
                if (!quiet)
                        (void)!fatal(ECONNREFUSED, "line to the database: %s", PQerrorMessage(line->pg));
                db_line_close(line);
                return -ECONNREFUSED;
        }
        *out = line;
        return 0;
}

void db_line_close(struct db_line *line)
{
        if (!line)
                return;
        PQfinish(line->pg);
        free(line);
}

static int ask(struct db_line *line, const char *sql, const char *arg, bool *yes)
{
        PGresult *result = PQexecParams(line->pg, sql, 1, NULL, &arg, NULL, NULL, 0);

        if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
                return broken(line, result);
        *yes = PQgetvalue(result, 0, 0)[0] == 't';
        PQclear(result);
        return 0;
}

int db_line_lock(struct db_line *line, unsigned number)
{
        char text[16];
        bool got;
        int r;

        snprintf(text, sizeof text, "%u", number);
        r = ask(line, "select pg_try_advisory_lock(hashtext(current_schema()), $1::int)", text, &got);
        return r ? r : got ? 0 : DB_LINE_E_TAKEN;
}

int db_line_unlock(struct db_line *line, unsigned number)
{
        char text[16];
        bool was;

        snprintf(text, sizeof text, "%u", number);
        return ask(line, "select pg_advisory_unlock(hashtext(current_schema()), $1::int)", text, &was);
}

int db_line_say(struct db_line *line, const char *text)
{
        bool none;

        return ask(line, "select pg_notify('zhanggui_' || current_schema(), $1)", text, &none);
}

int db_line_hear(struct db_line *line, int wake, int64_t ms, void (*heard)(void *arg, const char *text), void *arg)
{
        struct pollfd fds[] = {{.fd = PQsocket(line->pg), .events = POLLIN}, {.fd = wake, .events = POLLIN}};
        PGnotify *word = PQnotifies(line->pg); /* one that came with an answer */

        if (!word) {
                if (poll(fds, countof(fds), (int)ms) < 0 && errno != EINTR)
                        return fatal(errno, "poll: %s", strerror(errno));
                if (fds[0].revents && !PQconsumeInput(line->pg))
                        return broken(line, NULL);
                word = PQnotifies(line->pg);
        }
        for (; word; word = PQnotifies(line->pg)) {
                heard(arg, word->extra);
                PQfreemem(word);
        }
        return PQstatus(line->pg) == CONNECTION_OK ? 0 : broken(line, NULL);
}
