#include "golive/rows.h"

#include "aftersales/aftersales.h"
#include "backfill/backfill.h"
#include "catalogue/catalogue.h"
#include "contacts/contacts.h"
#include "inbox/inbox.h"
#include "inbox/parts.h"
#include "orders/orders.h"
#include "shops/testing.h"
#include "staff/staff.h"
#include "store/check_types.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

static const struct domain *const domains[] = {&store_domain,  &shops_domain,      &backfill_domain, &staff_domain, &contacts_domain, &catalogue_domain,
                                               &orders_domain, &aftersales_domain, &inbox_domain,    &golive_domain};
static struct test_shop t;
static struct ctx *ctx;

static int open_shop(void **state)
{
        (void)state;
        test_shop_open(&t, domains, countof(domains));
        ctx = &t.store.ctx;
        test_shop_begin(&t);
        return 0;
}

static int close_shop(void **state)
{
        (void)state;
        int wrong = db_check_types(ctx);
        test_shop_commit(&t);
        test_shop_close(&t);
        return wrong;
}

static void later(int64_t ms)
{
        test_shop_commit(&t);
        clock_push(&t.store.clock, ms);
        test_shop_begin(&t);
}

static int accept_all(void)
{
        const char *keys[countof(golive_stops)];

        for (size_t i = 0; i < countof(golive_stops); i++)
                keys[i] = golive_stops[i].key;
        return golive_accept(ctx, t.shop, keys, countof(golive_stops));
}

static const char *state_now(void)
{
        struct golive_shop s;

        assert_int_equal(golive_get(ctx, t.shop, &s), 0);
        return s.state;
}

/* A buyer says something in the shop, or a person answers her; both `ms` from now. */
static int64_t say(const char *who, const char *msgid, bool agent)
{
        struct shops_account account;
        struct said said = {.remote_id = msgid, .customer = who, .kind = "text", .body = "{\"content\":\"在吗\"}", .second = ctx->now / 1000, .by = SAID_BY_HER};
        struct incoming m;
        int64_t thread_id, message_id;

        assert_int_equal(shops_account_get(ctx, t.shop, &account), 0);
        if (!agent) {
                inbox_put_in_words(ctx->arena, &said, &m);
                assert_int_equal(inbox_receive(ctx, &account, &m, &thread_id), 0);
                assert_int_equal(shops_note_kf(ctx, t.shop, false), 0);
                return thread_id;
        }
        static const struct query q_sent = {.name = "test.sent", .sql = "update inbox_message set state = 'sent', spent = place where merchant_id = $1 and message_id = $2", .args = "ii"};
        struct inbox_list list = {.view = "waiting", .limit = 100};
        struct inbox_thread *threads;
        const char *next;
        size_t n;

        assert_int_equal(inbox_thread_list(ctx, &list, &threads, &n, &next), 0);
        assert_int_equal(n, 1);
        assert_int_equal(inbox_reply(ctx, &(struct inbox_reply){.thread_id = threads[0].thread_id, .client_id = msgid, .kind = "text", .text = "在的"}, &message_id), 0);
        assert_int_equal(db_exec(ctx, &q_sent, DB_I(ctx->merchant), DB_I(message_id)), 0);
        return threads[0].thread_id;
}

static void each_step_in_its_turn(void **state)
{
        const char *some[] = {"desk"};

        (void)state;
        assert_string_equal(state_now(), "none");
        assert_int_equal(accept_all(), GOLIVE_E_ORDER);
        assert_int_equal(golive_switch(ctx, t.shop), GOLIVE_E_ORDER);
        assert_int_equal(golive_test(ctx, t.shop), GOLIVE_E_ORDER);
        assert_int_equal(golive_live(ctx, t.shop, 60), GOLIVE_E_ORDER);
        assert_int_equal(golive_back(ctx, t.shop, NULL), GOLIVE_E_ORDER);
        assert_int_equal(golive_rehearsed(ctx, t.kf, 10, true, "{}"), GOLIVE_E_NONE);
        assert_int_equal(golive_rehearsed(ctx, t.shop, 10, false, "{\"lost\":1}"), 0);
        assert_int_equal(accept_all(), GOLIVE_E_REHEARSAL);
        assert_int_equal(golive_rehearsed(ctx, t.shop, 10, true, "{}"), 0);
        assert_int_equal(golive_accept(ctx, t.shop, some, 1), GOLIVE_E_TICKS);
        assert_int_equal(accept_all(), 0);
        assert_int_equal(shops_merchant_terms(ctx, &(struct shops_terms){.hosted = 1}), 0);
        assert_int_equal(golive_switch(ctx, t.shop), GOLIVE_E_HOSTED);
        assert_int_equal(shops_merchant_terms(ctx, &(struct shops_terms){0}), 0);
        assert_int_equal(golive_switch(ctx, t.shop), GOLIVE_E_GRANT);
        assert_int_equal(shops_note_kf(ctx, t.shop, true), 0);
        assert_int_equal(golive_switch(ctx, t.shop), 0);
        struct shops_account account;
        assert_int_equal(shops_account_get(ctx, t.shop, &account), 0);
        assert_int_equal(account.read_only, 0);
        assert_int_equal(golive_test(ctx, t.shop), GOLIVE_E_CONSULT);
        later(SECOND);
        say("o1", "m1", false);
        assert_int_equal(golive_test(ctx, t.shop), GOLIVE_E_ANSWER);
        later(20 * SECOND);
        say("o1", "a1", true);
        assert_int_equal(golive_live(ctx, t.shop, 60), GOLIVE_E_ORDER);
        assert_int_equal(golive_test(ctx, t.shop), 0);
        assert_int_equal(golive_live(ctx, t.shop, 60), 0);
        assert_string_equal(state_now(), "live");
        assert_int_equal(golive_live(ctx, t.shop, 90), 0); /* other minutes */
        assert_int_equal(golive_back(ctx, t.shop, "试试"), 0);
        assert_int_equal(golive_switch(ctx, t.shop), GOLIVE_E_ORDER);
        assert_int_equal(accept_all(), GOLIVE_E_ORDER);
}

/* Whatever is tried in whatever order: live is reached only over all steps since the last way back. */
static void no_other_way(void **state)
{
        bool rehearsed = false, accepted = false, switched = false, tested = false;
        unsigned seed = 11;

        (void)state;
        assert_int_equal(shops_note_kf(ctx, t.shop, true), 0);
        for (int i = 0; i < 600; i++) {
                seed = seed * 1103515245 + 12345;
                switch (seed >> 16 & 7) {
                case 0:
                        assert_int_equal(golive_rehearsed(ctx, t.shop, 5, true, "{}"), 0);
                        if (!switched) {
                                rehearsed = true;
                                accepted = false;
                        }
                        break;
                case 1: accepted = (accept_all() == 0) || accepted; break;
                case 2: switched = (golive_switch(ctx, t.shop) == 0) || switched; break;
                case 3:
                        later(SECOND);
                        say("o1", arena_printf(ctx->arena, "m%d", i), false);
                        break;
                case 4:
                        later(SECOND);
                        say("o1", arena_printf(ctx->arena, "m%d", i), false);
                        later(SECOND);
                        if (switched)
                                say("o1", arena_printf(ctx->arena, "a%d", i), true);
                        break;
                case 5: tested = (golive_test(ctx, t.shop) == 0) || tested; break;
                case 6:
                        if (golive_live(ctx, t.shop, 60) == 0)
                                assert_true(rehearsed && accepted && switched && tested);
                        break;
                default:
                        if (seed >> 24 & 3)
                                break;
                        if (golive_back(ctx, t.shop, NULL) == 0)
                                rehearsed = accepted = switched = tested = false;
                }
                assert_true(!tested || switched);
                assert_true(!switched || accepted);
                assert_true(!accepted || rehearsed);
        }
}

static void live_at_once(void)
{
        assert_int_equal(golive_rehearsed(ctx, t.shop, 5, true, "{}"), 0);
        assert_int_equal(accept_all(), 0);
        assert_int_equal(shops_note_kf(ctx, t.shop, true), 0);
        assert_int_equal(golive_switch(ctx, t.shop), 0);
        later(SECOND);
        say("o0", "m0", false);
        later(SECOND);
        say("o0", "a0", true);
        assert_int_equal(golive_test(ctx, t.shop), 0);
        assert_int_equal(golive_live(ctx, t.shop, 60), 0);
}

/* To ten in the morning, China's. */
static void to_ten(void)
{
        int64_t of_day = (ctx->now + 8 * HOUR) % (24 * HOUR);

        later((24 * HOUR - of_day + 10 * HOUR) % (24 * HOUR) + MINUTE);
}

static void silence_calls(void **state)
{
        const struct check_of of = {.merchant_id = ctx->merchant, .account_id = t.shop, .kind = "shop"};
        struct check_result found = {0};

        (void)state;
        to_ten();
        live_at_once();
        assert_int_equal(golive_check_silent(ctx, &of, NULL, &found), 0);
        assert_int_equal(found.level, CHECK_OK);
        later(59 * MINUTE);
        assert_int_equal(golive_check_silent(ctx, &of, NULL, &found), 0);
        assert_int_equal(found.level, CHECK_OK);
        later(2 * MINUTE);
        assert_int_equal(golive_check_silent(ctx, &of, NULL, &found), 0);
        assert_int_equal(found.level, CHECK_FAIL);
        say("o9", "m9", false);
        assert_int_equal(golive_check_silent(ctx, &of, NULL, &found), 0);
        assert_int_equal(found.level, CHECK_OK);
}

static void our_figures_and_theirs(void **state)
{
        struct golive_day *days;
        size_t n;

        (void)state;
        to_ten();
        live_at_once();
        later(MINUTE);
        say("o1", "m1", false);
        later(MINUTE);
        say("o1", "m2", false); /* still the same round */
        later(2 * MINUTE);
        say("o1", "a1", true);  /* after three minutes: in time */
        later(MINUTE);
        say("o1", "m3", false);
        later(3 * MINUTE + SECOND);
        say("o1", "a2", true); /* a second too late */
        later(MINUTE);
        say("o2", "m4", false); /* never answered */
        assert_int_equal(golive_days(ctx, t.shop, &days, &n), 0);
        assert_int_equal(n, 1);
        assert_int_equal(days[0].rounds, 3);
        assert_int_equal(days[0].answered, 2);
        assert_int_equal(days[0].in_3min, 1);
        assert_int_equal(days[0].mean_s, (180 + 181) / 2);
        assert_int_equal(days[0].theirs, -1);
        assert_false(days[0].over);
        assert_int_equal(golive_theirs(ctx, t.shop, days[0].day, 9850), 0);
        assert_int_equal(golive_theirs(ctx, t.shop, days[0].day - 1, 9850), GOLIVE_E_BAD);
        assert_int_equal(golive_theirs(ctx, t.shop, days[0].day + 1, 9850), GOLIVE_E_BAD);
        later(24 * HOUR);
        assert_int_equal(golive_days(ctx, t.shop, &days, &n), 0);
        assert_int_equal(n, 2);
        assert_int_equal(days[0].theirs, 9850);
        assert_true(days[0].over);
        later(30 * 24 * HOUR);
        assert_int_equal(golive_days(ctx, t.shop, &days, &n), 0);
        assert_int_equal(n, 7);
}

static void days_of_china(void **state)
{
        (void)state;
        assert_int_equal(golive_day_of(1795363200000LL), 20261123); /* 2026-11-23 00:00 at UTC+8 */
        assert_int_equal(golive_day_of(1795363199999LL), 20261122);
        assert_int_equal(golive_day_begins(20261123), 1795363200000LL);
        assert_int_equal(golive_day_begins(20261131), -1);
        assert_int_equal(golive_day_begins(20260229), -1);
        assert_int_equal(golive_day_begins(7), -1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, open_shop, close_shop)
                T(each_step_in_its_turn), T(no_other_way), T(silence_calls), T(our_figures_and_theirs), T(days_of_china),
        };

        return state_check(&golive_states) || cmocka_run_group_tests(tests, NULL, NULL);
}
