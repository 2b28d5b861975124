/*
 * Migrations: each domain's schema.sql is commented DDL, cut by lines "-- migration N: what it does", N counting up
 * from 1. Applied ones are rows of store_migration(domain, version, applied_at); a newer one than the program knows is
 * refused. All of it happens in one WRITE transaction.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/domain.h"
#include "store/db.h"

enum { MIGRATE_E_NEWER = 1 }; /* the data was written by a newer program; nothing changed */

/* Whether migrate_run() would change data that is there already: a backup comes first. `ctx` inside a WRITE transaction. */
int migrate_pending(struct ctx *, bool *pending) MUST;

int migrate_run(struct ctx *) MUST; /* ctx inside a WRITE transaction; ctx->registry says which domains */

#endif
