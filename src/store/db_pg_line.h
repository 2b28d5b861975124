/*
 * A line of one's own to PostgreSQL: one connection, held for the life of the process, outside the pools. For what
 * belongs to a session: advisory locks, and word between processes (LISTEN, NOTIFY). Not through a pooler that lends
 * connections per transaction.
 *
 * Locks and words are those of the schema that the database's URL works in. One thread at a time uses a line.
 */
#ifndef STORE_DB_PG_LINE_H
#define STORE_DB_PG_LINE_H

#include "store/db.h"

#define DB_LINE_MAX 7900 /* bytes of one word; PostgreSQL takes less than 8000 */

struct db_line;

/* `quiet`: a failure is expected and not logged. -ECONNREFUSED: not reached. */
int db_line_open(struct db_line **, struct db *, bool quiet) MUST;
void db_line_close(struct db_line *); /* harmless on NULL */

/* 0 = the lock of that number is ours now (once more, when it was: unlock as often); DB_LINE_E_TAKEN; negative. */
enum { DB_LINE_E_TAKEN = 1 };
int db_line_lock(struct db_line *, unsigned number) MUST;
int db_line_unlock(struct db_line *, unsigned number) MUST;

int db_line_say(struct db_line *, const char *text) MUST; /* to all lines, this one included */

/* Waits for words until `wake` (a descriptor) is readable or the time is over; hands in those that came. -EPIPE: broken. */
int db_line_hear(struct db_line *, int wake, int64_t ms, void (*heard)(void *arg, const char *text), void *arg) MUST;

#endif
