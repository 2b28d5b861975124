/* The budget and the assignment as pure functions. */
#include "inbox/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define HOUR 3600000LL

static struct inbox_budget budget(int64_t her_last, int64_t used, int64_t automatic, int64_t now, const char *owner)
{
        struct inbox_budget b;

        inbox_budget_of(
                &(struct budget_facts){.her_last = her_last, .used = used, .auto_used = automatic, .owner = owner}, now,
                &b);
        return b;
}

static void counts_down(void **state)
{
        (void)state;
        for (int64_t used = 0; used <= 6; used++) {
                struct inbox_budget b = budget(1000, used, 0, 2000, "desk");
                assert_int_equal(b.replies_left, used < 5 ? 5 - used : 0);
                assert_int_equal(b.auto_left, used <= 3 ? 2 : used == 4 ? 1 : 0);
                assert_int_equal(b.refused, used < 5 ? 0 : INBOX_E_BUDGET);
        }
}

static void automatic_ones_use_two(void **state)
{
        (void)state;
        assert_int_equal(budget(1000, 1, 1, 2000, "desk").auto_left, 1);
        assert_int_equal(budget(1000, 2, 2, 2000, "desk").auto_left, 0);
        assert_int_equal(budget(1000, 2, 2, 2000, "desk").replies_left, 3);
}

static void the_window_is_48_hours(void **state)
{
        (void)state;
        assert_int_equal(budget(1000, 0, 0, 1000 + 48 * HOUR - 1, "desk").refused, 0);
        struct inbox_budget b = budget(1000, 0, 0, 1000 + 48 * HOUR, "desk");
        assert_int_equal(b.refused, INBOX_E_WINDOW_CLOSED);
        assert_int_equal(b.replies_left, 0);
        assert_int_equal(b.window_until, 1000 + 48 * HOUR);
        assert_int_equal(budget(0, 0, 0, 1000, "desk").refused, INBOX_E_WINDOW_CLOSED);
        assert_int_equal(budget(0, 0, 0, 1000, "desk").window_until, 0);
}

static void only_the_desk_speaks(void **state)
{
        struct inbox_budget b;

        (void)state;
        assert_int_equal(budget(1000, 0, 0, 2000, "wecom").refused, INBOX_E_OWNER);
        assert_int_equal(budget(1000, 0, 0, 2000, "ended").refused, INBOX_E_OWNER);
        inbox_budget_of(&(struct budget_facts){.her_last = 1000, .owner = "desk", .read_only = true}, 2000, &b);
        assert_int_equal(b.refused, INBOX_E_READ_ONLY);
        assert_string_equal(inbox_refusal(INBOX_E_OWNER), "owner");
        assert_null(inbox_refusal(0));
        assert_non_null(inbox_refusal_text("budget", true));
        assert_null(inbox_refusal_text(NULL, false));
}

static void sessions_begin(void **state)
{
        (void)state;
        assert_true(inbox_session_begins("desk", 0, 1000));
        assert_false(inbox_session_begins("desk", 1000, 2000));
        assert_true(inbox_session_begins("desk", 1000, 1000 + 48 * HOUR));
        assert_true(inbox_session_begins("ended", 1000, 2000));
        assert_false(inbox_session_begins("wecom", 1000, 2000));
        assert_true(inbox_session_begins("wecom", 1000, 1000 + 48 * HOUR));
}

static void sticks_to_who_knows_her(void **state)
{
        (void)state;
        struct assign_facts f = {.assigned_to = 7, .assigned_active = true, .last_agent = 8, .last_active = true};
        assert_int_equal(inbox_assign_to(&f), 7);
        f.reopened = true;
        assert_int_equal(inbox_assign_to(&f), 7);
        f.assigned_active = false; /* he left */
        assert_int_equal(inbox_assign_to(&f), 8);
        f.reopened = false;
        assert_int_equal(inbox_assign_to(&f), 0);
        f = (struct assign_facts){.last_agent = 8, .last_active = false, .reopened = true};
        assert_int_equal(inbox_assign_to(&f), 0);
}

static void states_are_consistent(void **state)
{
        (void)state;
        assert_int_equal(state_check(&inbox_message_states), 0);
        assert_true(inbox_message_may("unconfirmed", "sent"));
        assert_false(inbox_message_may("failed", "sent"));
        assert_false(inbox_message_may("undelivered", "sent"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(counts_down),
                cmocka_unit_test(automatic_ones_use_two),
                cmocka_unit_test(the_window_is_48_hours),
                cmocka_unit_test(only_the_desk_speaks),
                cmocka_unit_test(sessions_begin),
                cmocka_unit_test(sticks_to_who_knows_her),
                cmocka_unit_test(states_are_consistent),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
