#include "groups/rows.h"

#include "backfill/backfill.h"
#include "contacts/contacts.h"
#include "platform/callback.h"
#include "platform/group.h"
#include "shops/testing.h"
#include "store/check_types.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct domain *const domains[] = {&store_domain, &shops_domain, &backfill_domain, &contacts_domain, &groups_domain};
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

static void keep(const char *json)
{
        struct group_chat group;

        assert_int_equal(group_read(ctx->arena, bytes_of_text(json), &group), 0);
        assert_int_equal(groups_keep(ctx, t.wecom, &group), 0);
}

#define MEMBER(id, type) "{\"userid\":\"" id "\",\"type\":" #type ",\"join_time\":1700000000,\"join_scene\":3,\"name\":\"n\"}"
#define GROUP(id, name, at, members) "{\"chat_id\":\"" id "\",\"name\":\"" name "\",\"owner\":\"linxia\",\"create_time\":" #at ",\"member_list\":[" members "]}"

static size_t groups_of(const char *external_userid)
{
        struct groups_group *list;
        int64_t identity_id;
        size_t n;

        assert_int_equal(contacts_ensure(ctx, "kf", t.wecom, external_userid, NULL, NULL, NULL, &identity_id), 0);
        assert_int_equal(groups_of_identity(ctx, identity_id, &list, &n), 0);
        return n;
}

static void a_reading_is_the_whole_truth(void **state)
{
        struct groups_group g;

        (void)state;
        keep(GROUP("wr1", "老客户 VIP 群", 1700000000, MEMBER("linxia", 1) "," MEMBER("wm1", 2) "," MEMBER("wm2", 2)));
        assert_int_equal(groups_get(ctx, t.wecom, "wr1", &g), 0);
        assert_string_equal(g.owner, "linxia");
        assert_int_equal(g.members, 3);
        assert_int_equal(g.customers, 2);
        assert_int_equal(g.created_at, 1700000000000LL);
        assert_int_equal(groups_of("wm1"), 1);
        assert_int_equal(groups_of("wm2"), 1);
        test_shop_commit(&t);
        clock_push(&t.store.clock, 1000);
        test_shop_begin(&t);
        keep(GROUP("wr1", "老客户 VIP 群", 1700000000, MEMBER("linxia", 1) "," MEMBER("wm2", 2)));
        assert_int_equal(groups_of("wm1"), 0);
        assert_int_equal(groups_of("wm2"), 1);
        assert_int_equal(groups_dismiss(ctx, t.wecom, "wr1"), 0);
        assert_int_equal(groups_of("wm2"), 0);
        assert_int_equal(groups_get(ctx, t.wecom, "wr1", &g), 0);
        assert_true(g.dismissed_at > 0);
        assert_int_equal(groups_get(ctx, t.kf, "wr1", &g), GROUPS_E_NONE);
}

static void listed_newest_first_and_found_by_name(void **state)
{
        struct groups_group *list;
        size_t n;

        (void)state;
        keep(GROUP("wr1", "老客户 VIP 群", 1700000000, MEMBER("wm1", 2)));
        keep(GROUP("wr2", "直播 100% 福利群", 1700000100, MEMBER("wm1", 2)));
        keep(GROUP("wr3", "", 1700000100, MEMBER("wm1", 2)));
        struct groups_filter f = {.limit = 2};
        assert_int_equal(groups_list(ctx, &f, &list, &n), 0);
        assert_int_equal(n, 2);
        assert_string_equal(list[0].chat_id, "wr3");
        assert_string_equal(list[1].chat_id, "wr2");
        f.before_at = list[1].created_at;
        f.before_chat = list[1].chat_id;
        assert_int_equal(groups_list(ctx, &f, &list, &n), 0);
        assert_int_equal(n, 1);
        assert_string_equal(list[0].chat_id, "wr1");
        const struct {
                const char *q;
                size_t n;
        } found[] = {{"vip", 1}, {"福利", 1}, {"100%", 1}, {"1%0", 0}, {"群", 2}, {"_", 0}};
        for (size_t i = 0; i < countof(found); i++) {
                f = (struct groups_filter){.q = found[i].q, .limit = 10};
                assert_int_equal(groups_list(ctx, &f, &list, &n), 0);
                assert_int_equal(n, found[i].n);
        }
}

static void what_is_no_group_is_refused(void **state)
{
        struct group_chat group;

        (void)state;
        assert_int_equal(group_read(ctx->arena, bytes_of_text("{}"), &group), GROUP_E_OBJECT);
        assert_int_equal(group_read(ctx->arena, bytes_of_text("[1"), &group), GROUP_E_OBJECT);
        keep(GROUP("wr9", "只有员工", 1700000000, MEMBER("linxia", 1) ",{\"type\":2}"));
        struct groups_group g;
        assert_int_equal(groups_get(ctx, t.wecom, "wr9", &g), 0);
        assert_int_equal(g.members, 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, open_shop, close_shop)
                T(a_reading_is_the_whole_truth),
                T(listed_newest_first_and_found_by_name),
                T(what_is_no_group_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
