/*
 * Backups of a SQLite installation: one file with everything that cannot be made again. It is itself a SQLite database: the
 * main database as of one moment, the intake ledger (taken after it, so that nothing acknowledged is missing), and the
 * sealing keys, without which nothing sealed opens. So it is as secret as the data folder, and is made for the owner
 * alone (mode 0600). The search index is not in it: it is filled again at the next start.
 *
 * A server may run meanwhile; readers and writers go on. On PostgreSQL backups are the database's own matter.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct backup_info {
        int64_t made_at;        /* wall clock, ms */
        int64_t tables, rows;   /* of the main database */
        int64_t callbacks;      /* ledger entries */
        int64_t bytes;          /* size of the file */
        const char *version;    /* of the program that made it */
};

enum {
        BACKUP_E_THERE = 1,   /* the file, or data in the folder, is there already: nothing is overwritten */
        BACKUP_E_NO_DATA = 2, /* the folder holds no data of ours */
        BACKUP_E_BAD = 3,     /* not a backup, or damaged; the reason is logged */
};

/* Makes `file` of the data folder; it appears under its name when it is complete and on disk. Negative: full disk, ... */
int backup_make(struct arena *, const char *data, const char *file, struct backup_info *) MUST;

/* Reads all of it: SQLite's own integrity check, and the rows of every table as counted when it was made. */
int backup_check(struct arena *, const char *file, struct backup_info *) MUST;

/* Checks it, then makes a data folder of it, which must be empty or missing. What fails leaves no database behind. */
int backup_restore(struct arena *, const char *file, const char *data, struct backup_info *) MUST;

/* The key file that is in it, for reading sealed values back. BACKUP_E_BAD. */
int backup_keys(struct arena *, const char *file, const char **path) MUST;

#endif
