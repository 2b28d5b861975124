/* The play uses a part of what the fake platform offers. */
#pragma GCC diagnostic ignored "-Wunused-function"

#include "alarms/alarms.h"
#include "alarms/look.h"

#include "aftersales/aftersales.h"
#include "backfill/backfill.h"
#include "catalogue/catalogue.h"
#include "contacts/contacts.h"
#include "inbox/inbox.h"
#include "orders/orders.h"
#include "platform/fake_test.h"
#include "shops/testing.h"
#include "staff/directory.h"
#include "store/check.h"
#include "store/check_types.h"

#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

static const struct domain *const domains[] = {&store_domain,     &shops_domain,  &backfill_domain,   &staff_domain, &contacts_domain,
                                               &catalogue_domain, &orders_domain, &aftersales_domain, &inbox_domain, &alarms_domain};
static struct test_shop t;
static struct ctx *ctx;
static struct shops_vault vault;

static int open_shop(void **state)
{
        const struct staff_seen lin = {"LinXia", "林夏", "客服", STAFF_ACTIVE}, gone = {"OldWang", "老王", "", STAFF_LEFT};

        if (fake_setup(state))
                return -1;
        test_shop_open(&t, domains, countof(domains));
        ctx = &t.store.ctx;
        vault = (struct shops_vault){t.store.db, t.store.ctx};
        test_shop_begin(&t);
        assert_int_equal(staff_member_keep(ctx, t.wecom, &lin), 0);
        assert_int_equal(staff_member_keep(ctx, t.wecom, &gone), 0);
        assert_int_equal(shops_set_agent(ctx, t.wecom, "1000002"), 0);
        assert_int_equal(shops_set_read_only(ctx, t.wecom, false), 0);
        test_shop_commit(&t);
        return 0;
}

static int close_shop(void **state)
{
        test_shop_begin(&t);
        int wrong = db_check_types(ctx);
        test_shop_commit(&t);
        fake_teardown(state);
        test_shop_close(&t);
        return wrong;
}

static void play(struct fake_step *steps, size_t n)
{
        struct wx_options options = {.transport = &fake,
                                     .clock = &t.store.clock,
                                     .wecom_base = "https://wecom.test",
                                     .weixin_base = "https://weixin.test"};
        fake_begin(steps, n);
        wx_close(fake_wx);
        shops_vault_bind(&vault, &options.vault);
        assert_int_equal(wx_open(&fake_wx, &options), 0);
}

static void tell(const char *kinds, int64_t quiet_from, int64_t quiet_to)
{
        test_shop_begin(&t);
        assert_int_equal(alarms_set_recipient(ctx, &(struct alarms_recipient){.account_id = t.wecom, .userid = "linxia", .kinds = kinds,
                                                                              .quiet_from = quiet_from, .quiet_to = quiet_to}), 0);
        test_shop_commit(&t);
}

static void find(enum check_level level, const char *zh)
{
        const struct check_of of = {.merchant_id = ctx->merchant, .account_id = t.shop};
        bool changed;

        test_shop_begin(&t);
        assert_int_equal(check_keep(ctx, &of, "shops.balance", &(struct check_result){.level = level, .zh = zh, .en = "en"}, &changed), 0);
        test_shop_commit(&t);
}

static void look(void)
{
        assert_int_equal(test_job_run(&t, ALARMS_JOB_LOOK, NULL, NULL), JOB_DONE);
}

/* The latest message, in a state; NULL: there is none. */
static const struct alarms_message *latest(size_t *n)
{
        struct alarms_message *all;

        test_shop_begin(&t);
        assert_int_equal(alarms_messages(ctx, 200, &all, n), 0);
        test_shop_commit(&t);
        return *n ? &all[0] : NULL;
}

static size_t messages(void)
{
        size_t n;

        latest(&n);
        return n;
}

static void one_alarm_from_its_beginning_to_its_end(void **state)
{
        const struct alarms_message *m;
        size_t n;

        (void)state;
        tell("", 0, 0);
        find(CHECK_OK, "够用");
        look();
        assert_int_equal(messages(), 0);
        find(CHECK_WARN, "余额只剩 12 元");
        look();
        m = latest(&n);
        assert_int_equal(n, 1);
        assert_string_equal(m->userid, "LinXia");
        assert_non_null(strstr(m->text, "清禾旗舰店：余额只剩 12 元"));
        for (int i = 0; i < 8; i++) { /* two minutes of it: he knows */
                clock_push(&t.store.clock, 15 * SECOND);
                look();
        }
        assert_int_equal(messages(), 1);
        clock_push(&t.store.clock, 30 * MINUTE);
        look();
        m = latest(&n);
        assert_int_equal(n, 2);
        assert_non_null(strstr(m->text, "仍在持续"));
        find(CHECK_OK, "够用");
        look(); /* calm */
        clock_push(&t.store.clock, 30 * SECOND);
        find(CHECK_WARN, "余额只剩 11 元");
        look(); /* it flaps: still the same alarm */
        assert_int_equal(messages(), 2);
        find(CHECK_OK, "够用");
        look();
        clock_push(&t.store.clock, MINUTE);
        look();
        m = latest(&n);
        assert_int_equal(n, 3);
        assert_non_null(strstr(m->text, "已恢复"));
        look();
        clock_push(&t.store.clock, HOUR);
        look();
        assert_int_equal(messages(), 3);
}

static void not_in_quiet_hours_and_not_what_he_does_not_hear(void **state)
{
        int64_t day = 24 * HOUR, minute = (clock_now(&t.store.clock) + 8 * HOUR) % day / MINUTE;

        (void)state;
        find(CHECK_WARN, "余额只剩 12 元");
        tell("waiting disk", 0, 0);
        look();
        assert_int_equal(messages(), 0);
        tell("balance", minute, (minute + 60) % 1440);
        look();
        assert_int_equal(messages(), 0);
        clock_push(&t.store.clock, HOUR);
        look(); /* the quiet is over, the alarm is not */
        assert_int_equal(messages(), 1);
}

static void a_message_leaves(void **state)
{
        struct fake_step steps[] = {
                TOKEN_WECOM("T"),
                {.path = "message/send", .fails = TRANSPORT_E_UNKNOWN},
                SAYS("message/send", "{\"errcode\":0,\"errmsg\":\"ok\",\"invaliduser\":\"\",\"msgid\":\"m1\"}"),
        };
        struct job left;
        size_t n;

        (void)state;
        tell("", 0, 0);
        find(CHECK_WARN, "余额只剩 12 元");
        look();
        play(steps, countof(steps));
        assert_int_equal(test_job_run(&t, ALARMS_JOB_SEND, fake_wx, &left), JOB_RETRY);
        assert_string_equal(latest(&n)->state, "queued");
        assert_int_equal(test_job_run(&t, ALARMS_JOB_SEND, fake_wx, NULL), 0);
        assert_string_equal(latest(&n)->state, "sent");
        /* The repetition is the same to the byte: that is what the platform knows it by. */
        assert_string_equal(fake.seen[1].body, fake.seen[2].body);
        assert_non_null(strstr(fake.seen[2].body, "\"enable_duplicate_check\":1"));
        assert_non_null(strstr(fake.seen[2].body, "\"agentid\":1000002"));
}

static void who_is_not_reached_is_told_apart(void **state)
{
        struct fake_step steps[] = {
                TOKEN_WECOM("T"),
                SAYS("message/send", "{\"errcode\":0,\"errmsg\":\"ok\",\"invaliduser\":\"linxia\",\"msgid\":\"m1\"}"),
                SAYS("message/send", "{\"errcode\":81013,\"errmsg\":\"all invalid\"}"),
        };
        size_t n;
        int64_t id;

        (void)state;
        tell("", 0, 0);
        play(steps, countof(steps));
        for (int i = 0; i < 2; i++) {
                test_shop_begin(&t);
                assert_int_equal(alarms_test(ctx, t.wecom, "LinXia", &id), 0);
                test_shop_commit(&t);
                assert_int_equal(test_job_run(&t, ALARMS_JOB_SEND, fake_wx, NULL), 0);
                assert_string_equal(latest(&n)->state, "failed");
                assert_non_null(strstr(latest(&n)->why_zh, "可见范围"));
                clock_push(&t.store.clock, SECOND);
        }
}

static void a_read_only_corp_sends_nothing(void **state)
{
        int64_t id;
        size_t n;

        (void)state;
        tell("", 0, 0);
        test_shop_begin(&t);
        assert_int_equal(shops_set_read_only(ctx, t.wecom, true), 0);
        assert_int_equal(alarms_test(ctx, t.wecom, "LinXia", &id), ALARMS_E_READ_ONLY);
        test_shop_commit(&t);
        find(CHECK_WARN, "余额只剩 12 元");
        look();
        assert_int_equal(test_job_run(&t, ALARMS_JOB_SEND, NULL, NULL), JOB_DONE);
        assert_string_equal(latest(&n)->state, "failed");
        assert_non_null(strstr(latest(&n)->why_zh, "只读"));
}

static void wrong_people_and_wrong_numbers(void **state)
{
        struct alarms_recipient who = {.account_id = t.wecom, .userid = "OldWang", .kinds = ""};
        int64_t id;

        (void)state;
        test_shop_begin(&t);
        assert_int_equal(alarms_set_recipient(ctx, &who), ALARMS_E_MEMBER);
        who.userid = "nobody";
        assert_int_equal(alarms_set_recipient(ctx, &who), ALARMS_E_MEMBER);
        who.userid = "LinXia";
        who.kinds = "waiting birthdays";
        assert_int_equal(alarms_set_recipient(ctx, &who), ALARMS_E_NONE);
        assert_int_equal(alarms_test(ctx, t.wecom, "LinXia", &id), ALARMS_E_NONE);
        assert_int_equal(alarms_drop_recipient(ctx, t.wecom, "LinXia"), ALARMS_E_NONE);
        assert_int_equal(alarms_set_rule(ctx, "birthdays", true, 1), ALARMS_E_NONE);
        assert_int_equal(alarms_set_rule(ctx, "waiting", true, 29), ALARMS_E_THRESHOLD);
        assert_int_equal(alarms_set_rule(ctx, "disk", true, 1), ALARMS_E_THRESHOLD);
        assert_int_equal(alarms_set_rule(ctx, "waiting", true, 30), 0);
        test_shop_commit(&t);
}

static void so_many_in_a_minute_and_no_more(void **state)
{
        int64_t id;
        int r = 0;
        size_t n = 0;

        (void)state;
        tell("", 0, 0);
        test_shop_begin(&t);
        while (!(r = alarms_test(ctx, t.wecom, "LinXia", &id)) && n < 100)
                n++;
        assert_int_equal(r, ALARMS_E_BUSY);
        assert_int_equal(n, ALARMS_MINUTE_MAX);
        test_shop_commit(&t);
        find(CHECK_WARN, "余额只剩 12 元");
        look();
        assert_int_equal(messages(), ALARMS_MINUTE_MAX); /* held back, not forgotten */
        clock_push(&t.store.clock, MINUTE);
        look();
        assert_int_equal(messages(), ALARMS_MINUTE_MAX + 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, open_shop, close_shop)
                T(one_alarm_from_its_beginning_to_its_end),
                T(not_in_quiet_hours_and_not_what_he_does_not_hear),
                T(a_message_leaves),
                T(who_is_not_reached_is_told_apart),
                T(a_read_only_corp_sends_nothing),
                T(wrong_people_and_wrong_numbers),
                T(so_many_in_a_minute_and_no_more),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
