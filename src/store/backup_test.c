/* Backups: whole, refused when damaged, and the way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/crypt.h"
#include "base/seal.h"
#include "store/audit.h"
#include "store/backup.h"
#include "store/ledger.h"
#include "store/testing.h"

#include <fcntl.h>
#include <sys/stat.h>

static const struct domain *const domains[] = {&store_domain};
static struct test_store t;
static struct seal_keys keys;
static char data[128], copy[128], back[128];

static int apply(void *arg, struct ctx *ctx, const struct ledger_entry *e)
{
        (void)arg;
        (void)e;
        return audit(ctx, "test.applied", "entry", 1, NULL);
}

static void done(void *arg, int status)
{
        (void)arg;
        assert_int_equal(status, 0);
}

/* A data folder as a server leaves it: 100 rows, 7 callbacks in a day file, keys. */
static void fill(void)
{
        struct ledger_entry e = {.merchant_id = 1, .account_id = 2, .kind = "wecom", .query = "q", .body = bytes_of("body", 4)};
        struct ledger *ledger;

        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        for (int i = 0; i < 100; i++)
                assert_int_equal(audit(&t.ctx, "test.act", "thing", i, NULL), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        assert_int_equal(ledger_open(&ledger, &(struct ledger_options){.dir = data, .db = t.db, .proto = t.ctx, .clock = &t.clock,
                                                                      .max_waiting = 100, .apply = apply}), 0);
        for (int i = 0; i < 7; i++)
                assert_int_equal(ledger_append(ledger, &e, done, NULL), 0);
        while (!ledger_idle(ledger))
                usleep(1000);
        ledger_close(ledger);
}

static int setup(void **state)
{
        (void)state;
        unsetenv("ZHANGGUI_TEST_DB"); /* backups are SQLite's */
        test_store_open(&t, domains, countof(domains));
        db_close(t.db);
        snprintf(data, sizeof data, "%s/data", t.dir);
        snprintf(copy, sizeof copy, "%s/copy.db", t.dir);
        snprintf(back, sizeof back, "%s/back", t.dir);
        assert_int_equal(mkdir(data, 0700), 0);
        assert_int_equal(rename(t.path, arena_printf(&t.arena, "%s/zhanggui.db", data)), 0);
        snprintf(t.url, sizeof t.url, "sqlite:%s/zhanggui.db", data);
        assert_int_equal(seal_load(&keys, arena_printf(&t.arena, "%s/keys", data)), 0);
        t.ctx.keys = &keys;
        test_store_reopen(&t);
        fill();
        return 0;
}

static void clear(const char *folder)
{
        DIR *d = opendir(folder);
        const struct dirent *e;

        while (d && (e = readdir(d)))
                unlink(arena_printf(&t.arena, "%s/%s", folder, e->d_name));
        if (d)
                closedir(d);
        rmdir(folder);
}

static int teardown(void **state)
{
        (void)state;
        clear(data);
        clear(back);
        test_store_close(&t);
        return 0;
}

static void a_backup_of_a_living_store_comes_back_whole(void **state)
{
        struct backup_info info, checked;
        struct audit_row *rows;
        struct stat st;
        size_t n;

        (void)state;
        /* Somebody reads and somebody writes meanwhile. */
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(audit(&t.ctx, "test.late", "thing", 1, NULL), 0);
        assert_int_equal(backup_make(&t.arena, data, copy, &info), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        assert_int_equal(stat(copy, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        assert_int_equal(info.callbacks, 7);
        assert_int_equal(backup_check(&t.arena, copy, &checked), 0);
        assert_int_equal(checked.rows, info.rows);
        assert_int_equal(checked.tables, info.tables);
        assert_int_equal(checked.made_at, info.made_at);

        assert_int_equal(backup_restore(&t.arena, copy, back, &checked), 0);
        db_close(t.db);
        snprintf(t.url, sizeof t.url, "sqlite:%s/zhanggui.db", back);
        test_store_reopen(&t);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        assert_int_equal(audit_list(&t.ctx, 0, 100, &rows, &n), 0);
        assert_int_equal(n, 100);
        assert_string_not_equal(rows[0].act, "test.late");
        db_rollback(&t.ctx);
        assert_int_equal(seal_load(&keys, arena_printf(&t.arena, "%s/keys", back)), 0);
        assert_int_equal(backup_make(&t.arena, back, arena_printf(&t.arena, "%s/again.db", t.dir), &checked), 0);
        assert_int_equal(checked.callbacks, 7);
        assert_int_equal(checked.rows, info.rows);
}

static void nothing_is_overwritten(void **state)
{
        struct backup_info info;

        (void)state;
        assert_int_equal(backup_make(&t.arena, data, copy, &info), 0);
        assert_int_equal(backup_make(&t.arena, data, copy, &info), BACKUP_E_THERE);
        assert_int_equal(backup_restore(&t.arena, copy, data, &info), BACKUP_E_THERE);
        assert_int_equal(backup_make(&t.arena, t.dir, arena_printf(&t.arena, "%s.2", copy), &info), BACKUP_E_NO_DATA);
}

/* A byte changed anywhere in a table's pages, a row taken out, the end cut off, another file: none passes for a backup. */
static void a_damaged_backup_is_refused_and_restores_nothing(void **state)
{
        struct backup_info info;
        struct stat st;
        struct ctx ctx;
        struct db *db;

        (void)state;
        assert_int_equal(backup_check(&t.arena, arena_printf(&t.arena, "%s/none.db", t.dir), &info), BACKUP_E_BAD);
        assert_int_equal(backup_check(&t.arena, arena_printf(&t.arena, "%s/keys", data), &info), BACKUP_E_BAD);
        assert_int_equal(backup_make(&t.arena, data, copy, &info), 0);
        ctx_init(&ctx, &t.arena);
        assert_int_equal(db_open(&db, &(struct db_options){.url = arena_printf(&t.arena, "sqlite:%s", copy), .readers = 1}), 0);
        assert_int_equal(db_begin(db, &ctx, DB_WRITE), 0);
        assert_int_equal(db_script(&ctx, "delete from store_audit where object_id = 50", 44), 0);
        assert_int_equal(db_commit(&ctx), 0);
        db_close(db);
        assert_int_equal(backup_check(&t.arena, copy, &info), BACKUP_E_BAD);
        assert_int_equal(backup_restore(&t.arena, copy, back, &info), BACKUP_E_BAD);
        assert_int_not_equal(access(arena_printf(&t.arena, "%s/zhanggui.db", back), F_OK), 0);
        assert_int_equal(unlink(copy), 0);
        assert_int_equal(backup_make(&t.arena, data, copy, &info), 0);
        assert_int_equal(stat(copy, &st), 0);
        assert_int_equal(truncate(copy, st.st_size / 2), 0);
        assert_int_equal(backup_check(&t.arena, copy, &info), BACKUP_E_BAD);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_backup_of_a_living_store_comes_back_whole),
                TEST(nothing_is_overwritten),
                TEST(a_damaged_backup_is_refused_and_restores_nothing),
        };

        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
