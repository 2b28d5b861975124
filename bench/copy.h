/*
 * Rows by COPY: how a mass of them comes into PostgreSQL, for which a statement each takes hours. The statements are the
 * product's own inserts, read for where their values go, so that nothing is said twice of what a table looks like.
 */
#ifndef BENCH_COPY_H
#define BENCH_COPY_H

#include "store/db.h"

struct copy;

/* A connection of its own, in the arena's lifetime. */
int copy_open(struct arena *, const char *url, struct copy **) MUST;
void copy_close(struct copy *); /* NULL is nothing */

/*
 * Keeps a row until copy_commit(). `insert` is "insert into TABLE (COLUMNS) values ($1, $2, ...)": each value a parameter, which
 * may stand in several places; what comes behind the values ("on conflict ...") does not count, so the rows must be new.
 * Columns are bigint, text and bytea.
 */
int copy_row(struct copy *, const struct query *insert, const struct db_value *, size_t n) MUST;

/* All kept rows in one transaction, table by table, in the order in which they first had one. */
int copy_commit(struct copy *) MUST;

/* After the last: statistics are made anew, without which a full table looks like an empty one (PostgreSQL's manual, "Populating
 * a Database"), and *bytes is what the database takes on disk. */
int copy_end(struct copy *, int64_t *bytes) MUST;

#endif
