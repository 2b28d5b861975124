/* Between the files of the database driver; nobody else includes it. */
#ifndef STORE_DB_IMPL_H
#define STORE_DB_IMPL_H

#include "store/db.h"

#define DB_ARGS_MAX 64
#define DB_ROWS_MAX 100000
#define DB_WAIT_MS 30000

struct sqlite3;

/* Number and kinds of the arguments against the query's letters; -EINVAL and a log line when they differ. */
int db_args_check(const struct query *, const struct db_value *, size_t n) MUST;

/* A list argument as a JSON array, in the arena. */
const char *db_list_json(struct arena *, const struct db_value *);

/* The query's text with every "(:list $n)" turned into a subselect over a JSON array. From malloc; NULL = no memory. */
char *db_sql_expand(const char *sql);

/* The connection of the open transaction; for the type check of tests. */
struct sqlite3 *db_handle(struct ctx *);

#endif
