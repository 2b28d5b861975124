#include "bench/set.h"

#include "bench/child.h"
#include "backfill/rows.h"
#include "shops/shops.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder(struct bench *b)
{
        const char *dir = getenv("ZHANGGUI_BENCH_DATA");

        return bench_on_sqlite(b) ? (text_empty(dir) ? "/var/tmp/zhanggui-bench" : dir) : arena_printf(b->arena, "%s/data", b->dir);
}

static const char *marker(struct bench *b)
{
        return arena_printf(b->arena, "%s/bench-rows", folder(b));
}

/* Only what a server leaves in its folder: it is ours, or we would not have found the marker. */
static void empty_folder(const char *path)
{
        DIR *dir = opendir(path);
        struct dirent *e;

        while (dir && (e = readdir(dir)))
                if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
                        unlinkat(dirfd(dir), e->d_name, 0);
        if (dir)
                closedir(dir);
}

static int64_t bytes_of_file(struct bench *b, const char *name)
{
        struct stat st;

        return stat(arena_printf(b->arena, "%s/%s", folder(b), name), &st) ? 0 : (int64_t)st.st_size;
}

static const char **settings_of(struct bench *b)
{
        const char **words = child_settings(b, "http://127.0.0.1:1");

        for (size_t i = 0; words[i]; i++)
                if (!strcmp(words[i], "--data"))
                        words[i + 1] = folder(b);
        return words;
}

static int64_t marked_rows(struct bench *b)
{
        FILE *f = fopen(marker(b), "r");
        long long rows = 0;

        if (f && fscanf(f, "%lld", &rows) != 1)
                rows = 0;
        if (f)
                fclose(f);
        return rows;
}

static int mark(struct bench *b, int64_t rows)
{
        FILE *f = fopen(marker(b), "w");

        if (!f)
                return fatal(errno, "cannot write %s", marker(b));
        fprintf(f, "%lld\n", (long long)rows);
        fclose(f);
        return 0;
}

struct reading {
        struct volume *v;
        struct arena *keep;
};

static int read_shops(struct ctx *ctx, void *arg)
{
        const struct reading *reading = arg;
        struct volume *v = reading->v;
        struct shops_callback *rows;
        size_t n;
        int64_t number;
        int r = shops_callbacks(ctx, &rows, &n);

        for (size_t i = 0; !r && i < n; i++) {
                struct volume_shop *s;

                if (!text_starts(rows[i].receive_id, "wxvolume") || text_to_int(rows[i].receive_id + 8, 0, (int64_t)v->n_shops - 1, &number))
                        return fatal(EPROTO, "an account that is not of the set: %s", rows[i].receive_id);
                s = &v->shops[number];
                s->merchant_id = rows[i].merchant_id;
                s->account_id = rows[i].account_id;
                s->path = arena_printf(reading->keep, "/callback/%s/%s", rows[i].kind, rows[i].callback_key);
        }
        return r;
}

/* The orders of the set are the shops' history: a server that begins on it has read up to now, and goes on from there. Else it
 * would list ninety days of three thousand shops beside what is measured. */
static int history_is_read(struct ctx *ctx, void *arg)
{
        static const struct query q = {.name = "bench.history_read", .sql = "update backfill_reader set head_s = $1", .args = "i"};
        static const struct query none = {.name = "bench.no_stretch", .sql = "delete from backfill_stretch where begin_s < $1", .args = "i"};
        static const char *const what[] = {"orders", "aftersales"};
        const struct volume *v = arg;
        int r = 0;

        for (size_t i = 0; !r && i < countof(what) * v->n_shops; i++)
                r = db_exec(ctx, &backfill_q_reader_add, DB_I(v->shops[i / countof(what)].merchant_id), DB_I(v->shops[i / countof(what)].account_id),
                            DB_T(what[i % countof(what)]), DB_I(ctx->now));
        if (!r)
                r = db_exec(ctx, &q, DB_I(ctx->now / 1000));
        if (!r)
                r = db_exec(ctx, &none, DB_I(ctx->now / 1000));
        return status_fold(r);
}

static int read_set(struct bench *b, struct set *set)
{
        int r;

        set->bytes = set->volume.bytes;
        if (bench_on_sqlite(b))
                set->bytes = bytes_of_file(b, "zhanggui.db") + bytes_of_file(b, "zhanggui.db-wal");
        r = world_ask(b, set->settings, read_shops, &(struct reading){&set->volume, b->arena});
        return r ? r : world_write(b, set->settings, history_is_read, &set->volume);
}

int set_make(struct bench *b, int64_t rows, struct set *set, double *seconds)
{
        struct stat st;
        int r;

        *set = (struct set){.rows = rows, .settings = settings_of(b)};
        if (!stat(folder(b), &st) && !marked_rows(b))
                if (rmdir(folder(b)))
                        return fatal(EEXIST, "%s is there and not ours; remove it, or name another folder with ZHANGGUI_BENCH_DATA",
                                     folder(b));
        if (marked_rows(b))
                empty_folder(folder(b));
        r = mkdir(folder(b), 0700) && errno != EEXIST ? fatal(errno, "cannot make %s", folder(b)) : mark(b, 1);
        say("loading %lld orders of %d shops into %s", (long long)rows, SET_SHOPS, folder(b));
        if (!r)
                r = volume_load(b, set->settings, rows, SET_SHOPS, &set->volume, seconds);
        if (!r)
                r = mark(b, rows);
        return r ? r : read_set(b, set);
}

int set_open(struct bench *b, int64_t rows, struct set *set)
{
        double seconds;

        if (!bench_on_sqlite(b) || marked_rows(b) != rows)
                return set_make(b, rows, set, &seconds);
        *set = (struct set){.rows = rows, .settings = settings_of(b)};
        set->volume = (struct volume){.n_shops = SET_SHOPS, .shops = arena_array(b->arena, struct volume_shop, SET_SHOPS)};
        for (size_t i = 0; i < SET_SHOPS; i++)
                volume_share(rows, SET_SHOPS, i, &set->volume.shops[i]);
        return read_set(b, set);
}
