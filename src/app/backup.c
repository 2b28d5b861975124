#include "app/backup.h"

#include "base/log.h"
#include "store/backup.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Removes all but the newest `keep` of the daily ones; their names sort by day. */
static void prune(struct arena *a, const char *folder, int64_t keep)
{
        struct dirent **found;
        int n = scandir(folder, &found, NULL, alphasort), daily = 0;

        for (int i = n - 1; i >= 0; i--) {
                if (text_starts(found[i]->d_name, "daily-") && ++daily > keep)
                        unlink(arena_printf(a, "%s/%s", folder, found[i]->d_name));
                free(found[i]);
        }
        if (n >= 0)
                free(found);
}

int backup_own(struct app *app, const char *name)
{
        const char *folder;
        struct backup_info info;
        struct arena a;
        int r;

        arena_init(&a, 0);
        folder = arena_printf(&a, "%s/backups", app->conf->data);
        if (mkdir(folder, 0700) && errno != EEXIST)
                r = fatal(errno, "cannot make the folder %s", folder);
        else
                r = backup_make(&a, app->conf->data, arena_printf(&a, "%s/%s", folder, name), &info);
        if (!r) {
                log_event(LOG_INFO, "backup.made", "file", name, "rows", log_int(info.rows), "bytes", log_int(info.bytes), NULL);
                prune(&a, folder, app->conf->backup_days);
        }
        arena_release(&a);
        return r == BACKUP_E_THERE ? 0 : r > 0 ? status_fold(r) : r;
}

char *backup_day(struct arena *a, const char *kind, int64_t ms)
{
        time_t s = (time_t)(ms / 1000);
        struct tm tm;
        char day[16];

        localtime_r(&s, &tm);
        strftime(day, sizeof day, "%Y%m%d", &tm);
        return arena_printf(a, "%s-%s.db", kind, day);
}
