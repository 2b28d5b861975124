/* Backups that the server makes by itself, below DATA/backups; those by hand are commands (cli/backup_cmd.c). */
#ifndef APP_BACKUP_H
#define APP_BACKUP_H

#include "app/app.h"

/* Makes DATA/backups/`name`, unless it is there, and removes daily ones beyond the setting backup-days. SQLite only. */
int backup_own(struct app *, const char *name) MUST;

/* "daily-20261123.db" of the local day at `ms`. */
char *backup_day(struct arena *, const char *kind, int64_t ms);

#endif
