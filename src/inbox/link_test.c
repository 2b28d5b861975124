/* Whose order is it: evidence makes one person of two identities, and nothing else ever does. */
#include "inbox/testing.h"

#define T0 1750000000LL

static struct test_inbox t;

static int open_inbox(void **state)
{
        *state = &t;
        test_inbox_open(&t);
        test_shop_begin(&t.shop);
        test_n_orders = 0;
        test_refreshed = 0;
        return 0;
}

static int close_inbox(void **state)
{
        (void)state;
        test_shop_commit(&t.shop);
        test_shop_close(&t.shop);
        return 0;
}

static int64_t buyer(const char *openid)
{
        int64_t id;
        assert_int_equal(contacts_ensure(t.ctx, "shop", t.store.account_id, openid, NULL, NULL, NULL, &id), 0);
        return id;
}

static int64_t visitor(const char *external_userid)
{
        int64_t id;
        assert_int_equal(contacts_ensure(t.ctx, "kf", t.kf.parent_id, external_userid, NULL, NULL, NULL, &id), 0);
        return id;
}

static int64_t person(int64_t identity_id)
{
        struct contacts_identity i;
        assert_int_equal(contacts_identity_get(t.ctx, identity_id, &i), 0);
        return i.person_id;
}

static const char *order(int64_t identity_id)
{
        struct orders_order *o = &test_orders[test_n_orders++];
        *o = (struct orders_order){.order_id = 100 + (int64_t)test_n_orders,
                                   .account_id = t.store.account_id,
                                   .identity_id = identity_id,
                                   .remote_id = arena_printf(t.ctx->arena, "37051150584712%05d", (int)test_n_orders)};
        return o->remote_id;
}

static void order_came(const char *number)
{
        assert_int_equal(inbox_on_order(t.ctx, &(struct orders_changed){.remote_id = number}), 0);
}

static int64_t says(const char *msgid, const char *who, const char *text)
{
        struct incoming m = test_says(t.ctx->arena, msgid, who, T0, text);
        return test_receive(&t, &t.kf, &m);
}

static void card(const char *msgid, const char *who, const char *number)
{
        struct incoming m;
        inbox_put_in_words(t.ctx->arena,
                           &(struct said){.remote_id = msgid,
                                          .customer = who,
                                          .kind = "channels_shop_order",
                                          .body = arena_printf(t.ctx->arena, "{\"order_id\":\"%s\"}", number),
                                          .second = T0},
                           &m);
        test_receive(&t, &t.kf, &m);
}

static void a_card_and_a_number_are_evidence(void **state)
{
        struct contacts_link *links;
        size_t n;

        (void)state;
        const char *first = order(buyer("o1")), *second = order(buyer("o2"));
        card("m1", "wm1", first);
        assert_int_equal(person(visitor("wm1")), person(buyer("o1")));
        says("m2", "wm2", arena_printf(t.ctx->arena, "我的单号%s，什么时候发货", second));
        assert_int_equal(person(visitor("wm2")), person(buyer("o2")));
        assert_true(person(visitor("wm1")) != person(visitor("wm2")));
        assert_int_equal(contacts_links(t.ctx, person(visitor("wm2")), &links, &n), 0);
        assert_int_equal(n, 1);
        assert_string_equal(links[0].evidence, "order_number");
        assert_non_null(strstr(links[0].detail, second));
        assert_int_equal(test_refreshed, 0);
}

static void an_order_that_comes_later(void **state)
{
        (void)state;
        says("m1", "wm1", "3705115058471200001");
        assert_int_equal(test_refreshed, 1); /* one shop was asked */
        const char *number = order(buyer("o1"));
        assert_string_equal(number, "3705115058471200001");
        assert_true(person(visitor("wm1")) != person(buyer("o1")));
        order_came(number);
        assert_int_equal(person(visitor("wm1")), person(buyer("o1")));
        order_came(number);
}

static void two_buyers_prove_nothing(void **state)
{
        (void)state;
        const char *a = order(buyer("o1")), *b = order(buyer("o2"));
        says("m1", "wm1", arena_printf(t.ctx->arena, "%s 和 %s", a, b));
        assert_true(person(visitor("wm1")) != person(buyer("o1")));
        assert_true(person(visitor("wm1")) != person(buyer("o2")));
        /* Also when the second one comes later: the first alone was not enough. */
        says("m2", "wm2", arena_printf(t.ctx->arena, "%s 3705115058471200003", a));
        assert_true(person(visitor("wm2")) != person(buyer("o1")));
        order_came(order(buyer("o2")));
        assert_true(person(visitor("wm2")) != person(buyer("o1")));
        assert_true(person(visitor("wm2")) != person(buyer("o2")));
        /* Two orders of one buyer do. */
        says("m3", "wm3", arena_printf(t.ctx->arena, "%s %s", b, test_orders[2].remote_id));
        assert_int_equal(person(visitor("wm3")), person(buyer("o2")));
}

static void what_was_undone_stays_undone(void **state)
{
        struct contacts_link *links;
        size_t n;

        (void)state;
        const char *number = order(buyer("o1"));
        card("m1", "wm1", number);
        assert_int_equal(contacts_links(t.ctx, person(visitor("wm1")), &links, &n), 0);
        assert_int_equal(contacts_link_undo(t.ctx, links[0].link_id), 0);
        card("m2", "wm1", number);
        assert_true(person(visitor("wm1")) != person(buyer("o1")));
}

static void an_agent_may_say_so(void **state)
{
        (void)state;
        order(buyer("o1"));
        order(0);
        int64_t id = says("m1", "wm1", "在吗");
        assert_int_equal(inbox_link_order(t.ctx, id, test_orders[0].order_id), 0);
        assert_int_equal(person(visitor("wm1")), person(buyer("o1")));
        assert_int_equal(inbox_link_order(t.ctx, id, test_orders[0].order_id), 0);
        assert_int_equal(inbox_link_order(t.ctx, id, test_orders[1].order_id), INBOX_E_NO_IDENTITY);
        assert_int_equal(inbox_link_order(t.ctx, id, 424242), INBOX_E_NONE);
        assert_int_equal(inbox_link_order(t.ctx, 424242, test_orders[0].order_id), INBOX_E_NONE);
}

/*
 * A small town: everybody writes about orders of his own, known or not yet, about numbers that are none, and forwards
 * messages that name a friend's order beside his own. Nobody may ever become somebody else.
 */
#define TOWN 24
static void nobody_becomes_somebody_else(void **state)
{
        static const char *numbers[2 * TOWN];
        int64_t visitors[TOWN], buyers[TOWN], writes[TOWN], buys[TOWN];
        bool must[TOWN] = {0}, came[2 * TOWN] = {0};
        uint64_t seed = 42;
        char name[24];

        (void)state;
        for (int i = 0; i < TOWN; i++) {
                snprintf(name, sizeof(name), "wm%d", i);
                visitors[i] = visitor(name);
                snprintf(name, sizeof(name), "o%d", i);
                buyers[i] = buyer(name);
        }
        for (int i = 0; i < 2 * TOWN; i++) /* order i belongs to i % TOWN; known to us only when it came */
                numbers[i] = arena_printf(t.ctx->arena, "3799000000000%06d", i);
        for (int step = 0; step < 900; step++) {
                int who = (int)test_random(&seed, TOWN), friend = (int)test_random(&seed, TOWN);
                int mine = who + TOWN * (int)test_random(&seed, 2), his = friend + TOWN * (int)test_random(&seed, 2);
                char id[24];
                snprintf(id, sizeof(id), "s%d", step);
                snprintf(name, sizeof(name), "wm%d", who);
                int what = (int)test_random(&seed, 6);
                if (what < 2 && who % 3 == 0)
                        what = 2; /* these only ever forward: nothing else stands against a wrong guess about them */
                switch (what) {
                case 0:
                        card(id, name, numbers[mine]);
                        must[who] = must[who] || came[mine];
                        break;
                case 1:
                        says(id, name, arena_printf(t.ctx->arena, "单号:%s", numbers[mine]));
                        must[who] = must[who] || came[mine];
                        break;
                case 2:
                        says(id, name, arena_printf(t.ctx->arena, "%s,朋友的%s", numbers[mine], numbers[his]));
                        break;
                case 3:
                        says(id, name, arena_printf(t.ctx->arena, "快递 %d%015d 电话 13812345678", 1 + who % 9, step));
                        break;
                default: /* an order reaches us */
                        mine = (int)test_random(&seed, 2 * TOWN);
                        if (!came[mine]) {
                                came[mine] = true;
                                test_orders[test_n_orders++] = (struct orders_order){.order_id = mine + 1,
                                                                                     .identity_id = buyers[mine % TOWN],
                                                                                     .remote_id = numbers[mine]};
                        }
                        order_came(numbers[mine]);
                }
                for (int i = 0; i < TOWN; i++) {
                        writes[i] = person(visitors[i]);
                        buys[i] = person(buyers[i]);
                }
                for (int a = 0; a < TOWN; a++)
                        for (int b = 0; b < TOWN; b++)
                                assert_true(a == b || writes[a] != buys[b]);
        }
        int tied = 0;
        for (int i = 0; i < TOWN; i++) {
                tied += person(visitors[i]) == person(buyers[i]);
                if (must[i])
                        assert_int_equal(person(visitors[i]), person(buyers[i]));
        }
        assert_true(tied > TOWN / 2);
}

#define WITH_INBOX(fn) cmocka_unit_test_setup_teardown(fn, open_inbox, close_inbox)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_INBOX(a_card_and_a_number_are_evidence),
                WITH_INBOX(an_order_that_comes_later),
                WITH_INBOX(two_buyers_prove_nothing),
                WITH_INBOX(what_was_undone_stays_undone),
                WITH_INBOX(an_agent_may_say_so),
                WITH_INBOX(nobody_becomes_somebody_else),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
