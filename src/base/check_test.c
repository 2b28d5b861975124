#include "base/check.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void a_check_is_of_its_kinds(void **state)
{
        const struct check both = {.kinds = "wecom shop"}, one = {.kinds = "shop"}, none = {0};

        (void)state;
        assert_true(check_is_of(&both, "wecom"));
        assert_true(check_is_of(&both, "shop"));
        assert_false(check_is_of(&both, "sho"));
        assert_false(check_is_of(&both, "hop"));
        assert_false(check_is_of(&one, "shopkf"));
        assert_false(check_is_of(&both, NULL));
        assert_true(check_is_of(&none, NULL));
        assert_false(check_is_of(&none, "shop"));
}

static void facts_are_one_object(void **state)
{
        struct check_result res = {0};
        struct arena arena;
        struct ctx ctx;

        (void)state;
        arena_init(&arena, 0);
        ctx_init(&ctx, &arena);
        assert_int_equal(check_say(&res, CHECK_WARN, "甲", "a", NULL, NULL), 0);
        assert_string_equal(check_level_name(res.level), "warn");
        assert_null(res.facts);
        check_fact(&ctx, &res, "ip", "1.2.3.4");
        assert_string_equal(res.facts, "{\"ip\":\"1.2.3.4\"}");
        check_fact(&ctx, &res, "who", "\"小\"");
        assert_string_equal(res.facts, "{\"ip\":\"1.2.3.4\",\"who\":\"\\\"小\\\"\"}");
        check_fact(&ctx, &res, "none", NULL);
        assert_string_equal(res.facts, "{\"ip\":\"1.2.3.4\",\"who\":\"\\\"小\\\"\",\"none\":\"\"}");
        arena_release(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_check_is_of_its_kinds),
                cmocka_unit_test(facts_are_one_object),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
