/*
 * For tests only: a store in a folder of its own, migrated for the given domains.
 *
 *     static struct test_store t;
 *     test_store_open(&t, domains, countof(domains));   // t.ctx is ready; begin with db_begin(t.db, &t.ctx, DB_WRITE)
 *     ...
 *     test_store_close(&t);                             // the folder is gone
 *
 * With ZHANGGUI_TEST_DB=postgresql://... in the environment the store is a schema of its own in that database.
 */
#ifndef STORE_TESTING_H
#define STORE_TESTING_H

#include "base/clock.h"
#include "base/domain.h"
#include "store/db.h"
#include "store/migrate.h"
#include "store/store.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct test_store {
        char dir[64];
        char path[80];
        char url[512]; /* of the store: the file, or the database with the schema */
        const char *server; /* ZHANGGUI_TEST_DB, or NULL: SQLite */
        char schema[32];
        struct arena arena;
        struct id_source ids;
        struct clock clock;
        struct registry registry;
        struct db *db;
        struct ctx ctx;
};

/* Ends the test program: a fixture that does not stand is no test result. */
static inline void test_store_need(bool ok, const char *what)
{
        if (ok)
                return;
        fprintf(stderr, "test store: %s\n", what);
        abort();
}

static inline void test_store_reopen(struct test_store *t)
{
        struct db_options options = {.url = t->url, .readers = 4, .cache_kib = 512};

        test_store_need(db_open(&t->db, &options) == 0, "open");
}

/* One statement of administration at the test server. */
static inline void test_store_admin(struct test_store *t, const char *verb, const char *end)
{
        struct db_options options = {.url = t->server, .readers = 1, .writers = 1};
        char sql[96];
        struct ctx ctx;
        struct db *db;

        snprintf(sql, sizeof sql, "%s schema %s%s", verb, t->schema, end);
        ctx_init(&ctx, &t->arena);
        test_store_need(db_open(&db, &options) == 0, "test server");
        test_store_need(db_begin(db, &ctx, DB_WRITE) == 0 && db_script(&ctx, sql, strlen(sql)) == 0 && db_commit(&ctx) == 0, sql);
        db_close(db);
}

static inline void test_store_place(struct test_store *t)
{
        t->server = getenv("ZHANGGUI_TEST_DB");
        if (!t->server || !*t->server) {
                t->server = NULL;
                snprintf(t->url, sizeof t->url, "sqlite:%s", t->path);
                return;
        }
        snprintf(t->schema, sizeof t->schema, "t%d_%.6s", (int)getpid(), t->dir + strlen(t->dir) - 6);
        for (char *p = t->schema; *p; p++)
                *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 'a' - 'A') : *p;
        test_store_admin(t, "create", "");
        snprintf(t->url, sizeof t->url, "%s?options=-csearch_path%%3D%s", t->server, t->schema);
}

/* As test_store_open(), but with no table in it. */
static inline void test_store_open_bare(struct test_store *t, const struct domain *const *domains, size_t n)
{
        const char *tmp = getenv("TMPDIR");

        *t = (struct test_store){.registry = {domains, n}};
        snprintf(t->dir, sizeof t->dir, "%.40s/zhanggui-XXXXXX", tmp ? tmp : "/tmp");
        test_store_need(mkdtemp(t->dir) != NULL, "folder");
        snprintf(t->path, sizeof t->path, "%s/main.db", t->dir);
        arena_init(&t->arena, 0);
        id_init(&t->ids, 1);
        clock_init(&t->clock, true, 1750000000000);
        ctx_init(&t->ctx, &t->arena);
        t->ctx.merchant = 1;
        t->ctx.actor = (struct actor){.kind = ACTOR_SYSTEM, .name = "test"};
        t->ctx.now = clock_now(&t->clock);
        t->ctx.ids = &t->ids;
        t->ctx.registry = &t->registry;
        test_store_place(t);
        test_store_reopen(t);
}

static inline void test_store_open(struct test_store *t, const struct domain *const *domains, size_t n)
{
        test_store_open_bare(t, domains, n);
        test_store_need(db_begin(t->db, &t->ctx, DB_WRITE) == 0, "begin");
        test_store_need(migrate_run(&t->ctx) == 0, "migrate");
        test_store_need(db_commit(&t->ctx) == 0, "commit");
}

static inline void test_store_close(struct test_store *t)
{
        char path[512];
        struct dirent *e;
        DIR *d;

        db_close(t->db);
        if (t->server)
                test_store_admin(t, "drop", " cascade");
        arena_release(&t->arena);
        d = opendir(t->dir);
        while (d && (e = readdir(d))) {
                snprintf(path, sizeof path, "%s/%s", t->dir, e->d_name);
                unlink(path);
        }
        if (d)
                closedir(d);
        rmdir(t->dir);
}

#endif
