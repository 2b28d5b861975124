#include "alarms/decide.h"

#include "alarms/alarms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define MIN 60000LL

static enum alarms_word word(int64_t count, bool over, int64_t told_ago, int64_t told_count)
{
        const int64_t now = 1000 * MIN;

        return alarms_word(&(struct alarms_known){count, over, told_ago < 0 ? 0 : now - told_ago, told_count}, now);
}

static void words_of_one_alarm(void **state)
{
        (void)state;
        assert_int_equal(word(1, false, -1, 0), ALARMS_NEW);
        assert_int_equal(word(1, false, 0, 1), ALARMS_SILENT);
        assert_int_equal(word(1, false, 30 * MIN - 1, 1), ALARMS_SILENT);
        assert_int_equal(word(1, false, 30 * MIN, 1), ALARMS_STILL);
        assert_int_equal(word(2, false, 5 * MIN - 1, 1), ALARMS_SILENT);
        assert_int_equal(word(2, false, 5 * MIN, 1), ALARMS_MORE);
        assert_int_equal(word(3, false, 5 * MIN, 2), ALARMS_SILENT);
        assert_int_equal(word(1, true, 1, 1), ALARMS_OVER);
        assert_int_equal(word(1, true, -1, 0), ALARMS_SILENT); /* what he never knew of is not told as over */
}

static int64_t china(int64_t hour, int64_t minute)
{
        return 1795000000000LL / (24 * 60 * MIN) * (24 * 60 * MIN) + ((hour + 16) % 24) * 60 * MIN + minute * MIN;
}

static void quiet_hours(void **state)
{
        (void)state;
        assert_false(alarms_quiet(china(3, 0), 0, 0));
        assert_true(alarms_quiet(china(23, 0), 23 * 60, 8 * 60));
        assert_true(alarms_quiet(china(7, 59), 23 * 60, 8 * 60));
        assert_false(alarms_quiet(china(8, 0), 23 * 60, 8 * 60));
        assert_false(alarms_quiet(china(22, 59), 23 * 60, 8 * 60));
        assert_true(alarms_quiet(china(13, 0), 12 * 60, 14 * 60));
        assert_false(alarms_quiet(china(14, 0), 12 * 60, 14 * 60));
}

static void names_in_a_list(void **state)
{
        (void)state;
        assert_true(alarms_hears("", "waiting"));
        assert_true(alarms_hears("waiting disk", "disk"));
        assert_true(alarms_hears("waiting disk", "waiting"));
        assert_false(alarms_hears("waiting disk", "wait"));
        assert_false(alarms_hears("waiting disk", "disks"));
}

/* However the looks fall: never more in any minute or hour than is allowed. */
static void never_too_many(void **state)
{
        enum { SENT = 4000 };
        static int64_t sent[SENT];
        size_t n = 0;
        int64_t now = 0;

        (void)state;
        srand(7);
        while (now < 3 * 60 * MIN && n < SENT) {
                int64_t minute = 0, hour = 0;

                now += rand() % 4000;
                for (size_t i = 0; i < n; i++) {
                        minute += sent[i] > now - MIN;
                        hour += sent[i] > now - 60 * MIN;
                }
                if (!alarms_may_send(minute, hour))
                        continue;
                sent[n++] = now;
                assert_true(minute + 1 <= ALARMS_MINUTE_MAX && ALARMS_MINUTE_MAX < 30);
                assert_true(hour + 1 <= ALARMS_HOUR_MAX && ALARMS_HOUR_MAX < 1000);
        }
        assert_true(n >= 2 * ALARMS_HOUR_MAX); /* and what is allowed leaves */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(words_of_one_alarm),
                cmocka_unit_test(quiet_hours),
                cmocka_unit_test(names_in_a_list),
                cmocka_unit_test(never_too_many),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
