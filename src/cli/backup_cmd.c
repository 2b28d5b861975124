/* backup, verify, restore. */
#include "cli/commands.h"

#include "app/app.h"
#include "base/clock.h"
#include "base/crypt.h"
#include "store/backup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The last word on how it went, for the person at the terminal. */
static int tell(struct arena *a, int r, const char *done, const char *file, const char *data, const struct backup_info *info)
{
        switch (r) {
        case 0:
                printf("%s %s: made %s by zhanggui %s, %lld tables, %lld rows, %lld callbacks, %.1f MB\n", done, file,
                       clock_text(a, info->made_at), info->version, (long long)info->tables, (long long)info->rows,
                       (long long)info->callbacks, (double)info->bytes / 1e6);
                return 0;
        case BACKUP_E_THERE:
                fprintf(stderr, "zhanggui: %s is there already and is not overwritten; choose another name, or move it away\n",
                        data ? data : file);
                return 1;
        case BACKUP_E_NO_DATA:
                fprintf(stderr, "zhanggui: there is no database in %s; name the data folder with --data\n", data);
                return 1;
        case BACKUP_E_BAD:
                fprintf(stderr, "zhanggui: %s is no complete backup (the line above says why); nothing was changed\n", file);
                return 1;
        default:
                fprintf(stderr, "zhanggui: it failed (the line above says why); nothing was changed\n");
                return 1;
        }
}

static const char *file_of(const char *command, int argc, char **argv)
{
        if (argc == 1)
                return argv[0];
        fprintf(stderr, "zhanggui %s: the name of one FILE is needed; see zhanggui %s --help\n", command, command);
        return NULL;
}

static bool on_sqlite(const char *command, const struct conf *conf)
{
        if (text_eq(conf->db, "sqlite"))
                return true;
        fprintf(stderr, "zhanggui %s: on PostgreSQL use pg_dump and pg_restore, and keep the file \"keys\" of the data folder with"
                        " the dump; docs/operate.md says how\n", command);
        return false;
}

int cmd_backup(int argc, char **argv)
{
        struct backup_info info;
        struct arena a;
        struct conf conf;
        const char *file;
        int r = 2;

        arena_init(&a, 0);
        if (conf_read(&a, &argc, argv, &conf) && (file = file_of("backup", argc, argv)) && on_sqlite("backup", &conf)) {
                r = backup_make(&a, conf.data, file, &info);
                r = tell(&a, r, "kept", file, r == BACKUP_E_NO_DATA ? conf.data : NULL, &info);
        }
        arena_release(&a);
        return r;
}

int cmd_restore(int argc, char **argv)
{
        struct backup_info info;
        struct arena a;
        struct conf conf;
        const char *file;
        int r = 2;

        arena_init(&a, 0);
        if (conf_read(&a, &argc, argv, &conf) && (file = file_of("restore", argc, argv)) && on_sqlite("restore", &conf)) {
                umask(077);
                r = backup_restore(&a, file, conf.data, &info);
                r = tell(&a, r, "restored", file, r == BACKUP_E_THERE ? conf.data : NULL, &info);
        }
        arena_release(&a);
        return r;
}

/* ---- verify ---- */

/* One object of each kind, of the first merchant that has one. */
static int probe_merchants(struct ctx *ctx, const struct probe *probe)
{
        int64_t *merchants;
        bool found = false;
        size_t n;
        int r = shops_merchants(ctx, &merchants, &n);

        for (size_t i = 0; !r && !found && i < n; i++) {
                ctx->merchant = merchants[i];
                r = probe->read(ctx, &found);
        }
        if (!r)
                printf("%s: %s\n", probe->what, found ? "read back" : "there is none");
        return r;
}

static int probe_all(struct ctx *ctx, void *arg)
{
        int r = 0;

        (void)arg;
        for (size_t i = 0; !r && i < app_registry.n; i++)
                if (app_registry.domains[i]->probe)
                        r = probe_merchants(ctx, app_registry.domains[i]->probe);
        return r;
}

static int read_back(struct arena *a, const char *file)
{
        struct db_options options = {.url = arena_printf(a, "sqlite:%s", file), .readers = 1, .look = true};
        struct seal_keys keys;
        struct db *db = NULL;
        const char *path;
        struct ctx ctx;
        int r = backup_keys(a, file, &path);

        if (!r)
                r = seal_load(&keys, path);
        if (!r)
                r = db_open(&db, &options);
        if (!r) {
                ctx_init(&ctx, a);
                ctx.registry = &app_registry;
                ctx.keys = &keys;
                r = db_run(db, &ctx, DB_READ, probe_all, NULL);
        }
        db_close(db);
        return r ? BACKUP_E_BAD : 0;
}

int cmd_verify(int argc, char **argv)
{
        struct backup_info info;
        const char *file = file_of("verify", argc, argv);
        struct arena a;
        int r;

        if (!file)
                return 2;
        arena_init(&a, 0);
        r = crypt_init();
        if (!r)
                r = backup_check(&a, file, &info);
        if (!r)
                r = read_back(&a, file);
        r = tell(&a, r, "whole:", file, NULL, &info);
        arena_release(&a);
        return r;
}
