#include "base/shared_test.h"

#include <stdint.h>

static void gives_zeroed_aligned_memory(void **state)
{
        struct arena a;

        (void)state;
        arena_init(&a, 0);
        for (size_t n = 0; n < 2000; n += 7) {
                unsigned char *p = arena_alloc(&a, n);
                assert_int_equal((uintptr_t)p % 16, 0);
                for (size_t i = 0; i < n; i++)
                        assert_int_equal(p[i], 0);
                memset(p, 0xff, n);
        }
        arena_clear(&a);
        unsigned char *again = arena_alloc(&a, 3000);
        for (size_t i = 0; i < 3000; i++)
                assert_int_equal(again[i], 0);
        arena_release(&a);
        arena_release(&a);
}

static void marks_what_is_over_its_limit(void **state)
{
        struct arena a;

        (void)state;
        arena_init(&a, 100);
        arena_alloc(&a, 100);
        assert_false(arena_over(&a));
        assert_non_null(arena_alloc(&a, 1));
        assert_true(arena_over(&a));
        arena_clear(&a);
        assert_false(arena_over(&a));
        arena_release(&a);
}

static void returns_to_a_mark(void **state)
{
        struct arena a;

        (void)state;
        arena_init(&a, 0);
        struct arena_mark empty = arena_mark(&a);
        char *kept = arena_strdup(&a, "kept");
        struct arena_mark m = arena_mark(&a);
        size_t used = a.used;
        char *after = arena_alloc(&a, 100);
        arena_alloc(&a, 1000000); /* a block of its own */
        arena_alloc(&a, 10);
        arena_reset(&a, m);
        assert_int_equal(a.used, used);
        assert_string_equal(kept, "kept");
        assert_ptr_equal(arena_alloc(&a, 100), after);
        arena_reset(&a, empty);
        assert_null(a.head);
        arena_release(&a);
}

static void grows_in_place_only_at_the_end(void **state)
{
        struct arena a;

        (void)state;
        arena_init(&a, 0);
        char *p = arena_memdup(&a, "0123456789", 10);
        char *longer = arena_grow(&a, p, 10, 200);
        assert_ptr_equal(longer, p);
        char *q = arena_memdup(&a, "abc", 4);
        char *moved = arena_grow(&a, longer, 200, 300);
        assert_ptr_not_equal(moved, longer);
        assert_memory_equal(moved, "0123456789", 10);
        assert_string_equal(q, "abc");
        char *huge = arena_grow(&a, moved, 300, 1 << 20); /* does not fit the block */
        assert_memory_equal(huge, "0123456789", 10);
        huge[(1 << 20) - 1] = 'x';
        arena_release(&a);
}

static void copies(void **state)
{
        struct arena a;

        (void)state;
        arena_init(&a, 0);
        assert_null(arena_strdup(&a, NULL));
        assert_null(arena_strndup(&a, NULL, 3));
        assert_null(arena_memdup(&a, NULL, 3));
        assert_string_equal(arena_strdup(&a, "掌柜"), "掌柜");
        assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
        assert_string_equal(arena_strndup(&a, "ab", 30), "ab");
        assert_string_equal(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
        assert_int_equal(strlen(arena_printf(&a, "%5000d", 1)), 5000);
        arena_release(&a);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(gives_zeroed_aligned_memory),
                cmocka_unit_test(marks_what_is_over_its_limit),
                cmocka_unit_test(returns_to_a_mark),
                cmocka_unit_test(grows_in_place_only_at_the_end),
                cmocka_unit_test(copies),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
