/* For tests, after a scenario: does every value of every table have the type its column declares? */
#ifndef STORE_CHECK_TYPES_H
#define STORE_CHECK_TYPES_H

#include "store/db.h"

/* Inside any transaction. Number of columns with a value of a wrong type, each logged; negative = fatal. SQLite stores
 * any value anywhere, PostgreSQL would have refused the statement. */
int db_check_types(struct ctx *) MUST;

#endif
