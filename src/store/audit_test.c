/* The small ones: audit, blobs, and the check of types over the store's own tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/crypt.h"
#include "store/audit.h"
#include "store/blob.h"
#include "store/check_types.h"
#include "store/job.h"
#include "store/ledger.h"
#include "store/testing.h"

static const struct domain *const domains[] = {&store_domain};
static struct test_store t;

static int setup(void **state)
{
        (void)state;
        test_store_open(&t, domains, countof(domains));
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        db_rollback(&t.ctx);
        test_store_close(&t);
        return 0;
}

static void audit_is_read_page_by_page_newest_first(void **state)
{
        struct audit_row *rows;
        int64_t i, before = 0;
        size_t n;

        (void)state;
        t.ctx.actor = (struct actor){.kind = ACTOR_STAFF, .id = 77, .name = "小王"};
        for (i = 1; i <= 5; i++)
                assert_int_equal(audit(&t.ctx, "case.approve", "case", i, i == 5 ? "{\"a\":1}" : NULL), 0);
        t.ctx.merchant = 2;
        assert_int_equal(audit(&t.ctx, "case.approve", "case", 6, NULL), 0);
        t.ctx.merchant = 1;
        for (i = 5; i > 0; i -= (int64_t)n) {
                assert_int_equal(audit_list(&t.ctx, before, 2, &rows, &n), 0);
                assert_int_equal(n, i > 1 ? 2 : 1);
                assert_int_equal(rows[0].object_id, i);
                assert_string_equal(rows[0].actor, "小王");
                assert_int_equal(rows[0].actor_id, 77);
                assert_int_equal(rows[0].at, t.ctx.now);
                if (i == 5)
                        assert_string_equal(rows[0].detail, "{\"a\":1}");
                before = rows[n - 1].audit_id;
        }
        assert_int_equal(audit_list(&t.ctx, before, 2, &rows, &n), 0);
        assert_int_equal(n, 0);
}

static void the_same_bytes_are_kept_once_per_merchant(void **state)
{
        struct bytes picture = bytes_of("\x89PNG\0\1", 6), got;
        int64_t first, again, other;
        const char *mime;

        (void)state;
        assert_int_equal(blob_put(&t.ctx, "image/png", picture, &first), 0);
        assert_int_equal(blob_put(&t.ctx, "image/png", picture, &again), 0);
        assert_int_equal(first, again);
        assert_int_equal(blob_put(&t.ctx, "image/png", bytes_of("y", 1), &other), 0);
        assert_int_not_equal(first, other);
        assert_int_equal(blob_get(&t.ctx, first, &mime, &got), 0);
        assert_string_equal(mime, "image/png");
        assert_int_equal(got.n, 6);
        assert_memory_equal(got.p, picture.p, 6);
        t.ctx.merchant = 2;
        assert_int_equal(blob_get(&t.ctx, first, &mime, &got), BLOB_E_NONE);
        assert_int_equal(blob_put(&t.ctx, "image/png", picture, &other), 0);
        assert_int_not_equal(first, other);
        t.ctx.merchant = 1;
        assert_int_equal(blob_put(&t.ctx, "image/png", BYTES_NONE, &other), BLOB_E_SIZE);
        assert_int_equal(blob_put(&t.ctx, "image/png", bytes_of("x", BLOB_MAX + 1), &other), BLOB_E_SIZE);
}

static void values_of_a_wrong_type_are_found(void **state)
{
        static const char *const spoil[] = {
                "update store_blob set content = 'text instead of bytes'",
                "update store_audit set object_id = 'seven'",
                "update store_audit set detail = x'00'",
        };
        int64_t id;
        size_t i;

        (void)state;
        if (db_kind(t.db) != DB_SQLITE)
                skip(); /* the other one refuses them itself */
        assert_int_equal(blob_put(&t.ctx, "a/b", bytes_of("x", 1), &id), 0);
        assert_int_equal(audit(&t.ctx, "a.b", "c", 1, NULL), 0);
        assert_int_equal(job_enqueue(&t.ctx, &(struct job_new){.kind = "later", .key = "k"}), 0);
        assert_int_equal(ledger_note(&t.ctx, 1, "x", 1), 0);
        assert_int_equal(db_check_types(&t.ctx), 0);
        for (i = 0; i < countof(spoil); i++) {
                assert_int_equal(db_script(&t.ctx, spoil[i], strlen(spoil[i])), 0);
                assert_int_equal(db_check_types(&t.ctx), (int)i + 1);
        }
        assert_int_equal(db_script(&t.ctx, "create table odd (x varchar(3))", 31), 0);
        assert_int_equal(db_check_types(&t.ctx), (int)i + 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(audit_is_read_page_by_page_newest_first, setup, teardown),
                cmocka_unit_test_setup_teardown(the_same_bytes_are_kept_once_per_merchant, setup, teardown),
                cmocka_unit_test_setup_teardown(values_of_a_wrong_type_are_found, setup, teardown),
        };

        if (crypt_init() != 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
