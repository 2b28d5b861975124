/* Taking messages in: once, in order, into the right thread. */
#include "inbox/testing.h"

#define T0 1750000000LL /* the test clock's second */

static struct test_inbox t;

static int open_inbox(void **state)
{
        *state = &t;
        test_inbox_open(&t);
        test_shop_begin(&t.shop);
        return 0;
}

static int close_inbox(void **state)
{
        (void)state;
        test_shop_commit(&t.shop);
        test_shop_close(&t.shop);
        return 0;
}

static int64_t says(const char *msgid, const char *who, int64_t second, const char *text)
{
        struct incoming m = test_says(t.ctx->arena, msgid, who, second, text);
        return test_receive(&t, &t.kf, &m);
}

static int64_t happens(const char *msgid, const char *who, int64_t second, const char *body)
{
        struct incoming m = test_event(t.ctx->arena, msgid, who, second, body);
        return test_receive(&t, &t.kf, &m);
}

static struct inbox_thread thread(int64_t id)
{
        struct inbox_thread out;
        assert_int_equal(inbox_thread_get(t.ctx, id, &out), 0);
        return out;
}

/* The thread's texts, one letter each. */
static const char *texts(int64_t thread_id)
{
        struct inbox_message *list;
        struct text out;
        size_t n;
        bool more;

        text_init(&out, t.ctx->arena);
        assert_int_equal(inbox_messages(t.ctx, thread_id, 0, 100, false, &list, &n, &more), 0);
        for (size_t i = 0; i < n; i++)
                text_add(&out, list[i].text);
        return out.p ? out.p : "";
}

static struct inbox_message newest(int64_t thread_id)
{
        struct inbox_message *list;
        size_t n;
        bool more;

        assert_int_equal(inbox_messages(t.ctx, thread_id, 0, 1, false, &list, &n, &more), 0);
        assert_int_equal(n, 1);
        return list[0];
}

static void a_first_message_opens_a_thread(void **state)
{
        (void)state;
        int64_t id = says("m1", "wm1", T0 - 5, "在吗");
        struct inbox_thread th = thread(id);
        assert_string_equal(th.status, "open");
        assert_string_equal(th.channel, "kf");
        assert_string_equal(th.owner, "desk");
        assert_string_equal(th.last_text, "在吗");
        assert_string_equal(th.name, "微信顾客 wm1");
        assert_int_equal(th.waiting_since, (T0 - 5) * 1000);
        assert_int_equal(th.unread, 1);
        assert_int_equal(th.replies_left, 5);
        assert_int_equal(th.auto_left, 2);
        assert_null(th.refused);
        assert_int_equal(th.window_until, (T0 - 5) * 1000 + INBOX_WINDOW_MS);
        assert_true(t.ctx->after.jobs);
}

static void a_repeated_message_is_known(void **state)
{
        (void)state;
        int64_t id = says("m1", "wm1", T0, "a");
        assert_int_equal(says("m1", "wm1", T0, "a"), 0);
        assert_int_equal(says("m1", "wm1", T0, "changed"), 0);
        assert_string_equal(texts(id), "a");
        assert_int_equal(thread(id).unread, 1);
}

/* Overlapping pages, repeated and shuffled in blocks, against the list that they were cut from. */
static void pages_may_overlap(void **state)
{
        uint64_t seed = 20261122;
        char want[200] = "", name[8];
        int64_t id = 0;

        (void)state;
        for (int k = 0; k < 26; k++)
                snprintf(want + k, 2, "%c", 'a' + k);
        for (int from = 0; from < 26;) {
                int n = 1 + (int)test_random(&seed, 8), back = (int)test_random(&seed, 4);
                int start = from > back ? from - back : 0;
                for (int twice = 0; twice < 2; twice++) {
                        for (int k = start; k < from + n && k < 26; k++) {
                                snprintf(name, sizeof(name), "p%d", k);
                                int64_t got = says(name, "wm1", T0 + k / 5,
                                                   (char[]){(char)('a' + k), 0}); /* 5 in one second */
                                assert_int_equal(got != 0, k >= from && !twice);
                                if (got)
                                        id = got;
                        }
                }
                from += n;
        }
        assert_string_equal(texts(id), want);
        assert_int_equal(thread(id).unread, 26);
}

static void a_late_page_is_sorted_in(void **state)
{
        (void)state;
        int64_t id = says("m3", "wm1", T0 + 30, "c");
        says("m1", "wm1", T0 + 10, "a");
        says("m2", "wm1", T0 + 20, "b");
        says("m4", "wm1", T0 + 30, "d"); /* same second: as it came */
        assert_string_equal(texts(id), "abcd");
        assert_string_equal(thread(id).last_text, "d");
        assert_int_equal(thread(id).waiting_since, (T0 + 10) * 1000);
}

static void paging_goes_back(void **state)
{
        struct inbox_message *list;
        size_t n;
        bool more;
        int64_t id = 0, before = 0;
        char name[8];
        struct text all;

        (void)state;
        for (int k = 0; k < 7; k++) {
                snprintf(name, sizeof(name), "m%d", k);
                id = says(name, "wm1", T0 + k, (char[]){(char)('a' + k), 0});
        }
        text_init(&all, t.ctx->arena);
        do {
                assert_int_equal(inbox_messages(t.ctx, id, before, 3, false, &list, &n, &more), 0);
                for (size_t i = 0; i < n; i++)
                        text_add(&all, list[i].text);
                before = list[0].message_id;
        } while (more);
        assert_string_equal(all.p, "efgbcda");
        assert_int_equal(inbox_messages(t.ctx, id, 999, 3, false, &list, &n, &more), INBOX_E_NONE);
        assert_int_equal(inbox_messages(t.ctx, 999, 0, 3, false, &list, &n, &more), INBOX_E_NONE);
}

static void recalled_before_or_after(void **state)
{
        (void)state;
        int64_t id = says("m1", "wm1", T0, "a");
        happens("e1", "wm1", T0 + 1, "{\"event_type\":\"user_recall_msg\",\"recall_msgid\":\"m1\"}");
        struct message_row m;
        assert_int_equal(db_one(t.ctx, &q_message_remote, &m, DB_I(t.ctx->merchant), DB_I(t.kf.account_id), DB_T("m1")),
                         0);
        assert_string_equal(m.state, "recalled");
        assert_string_equal(m.text, "a");
        assert_int_equal(thread(id).waiting_since, 0);
        happens("e2", "wm1", T0 + 3, "{\"event_type\":\"user_recall_msg\",\"recall_msgid\":\"m2\"}");
        says("m2", "wm1", T0 + 2, "b");
        assert_int_equal(db_one(t.ctx, &q_message_remote, &m, DB_I(t.ctx->merchant), DB_I(t.kf.account_id), DB_T("m2")),
                         0);
        assert_string_equal(m.state, "recalled");
}

static void the_session_goes_to_wecom_and_back(void **state)
{
        (void)state;
        int64_t id = says("m1", "wm1", T0, "a");
        happens("e1", "wm1", T0 + 1,
                "{\"event_type\":\"session_status_change\",\"change_type\":1,\"new_servicer_userid\":\"li\"}");
        assert_string_equal(thread(id).owner, "wecom");
        assert_string_equal(thread(id).refused, "owner");
        assert_int_equal(thread(id).waiting_since, 0);
        says("m2", "wm1", T0 + 2, "b");
        assert_string_equal(thread(id).owner, "wecom");
        happens("e2", "wm1", T0 + 3, "{\"event_type\":\"session_status_change\",\"change_type\":3}");
        assert_string_equal(thread(id).owner, "ended");
        assert_string_equal(thread(id).refused, "owner");
        says("m3", "wm1", T0 + 4, "c");
        assert_string_equal(thread(id).owner, "desk");
        assert_null(thread(id).refused);
}

static void typed_in_the_wecom_client(void **state)
{
        struct incoming m;

        (void)state;
        int64_t id = says("m1", "wm1", T0, "a");
        inbox_put_in_words(t.ctx->arena,
                           &(struct said){.remote_id = "s1",
                                          .customer = "wm1",
                                          .kind = "text",
                                          .body = "{\"content\":\"b\"}",
                                          .servicer = "li",
                                          .second = T0 + 1,
                                          .by = SAID_BY_SERVICER},
                           &m);
        assert_int_equal(test_receive(&t, &t.kf, &m), id);
        struct inbox_message last = newest(id);
        assert_string_equal(last.direction, "out");
        assert_string_equal(last.author, "li");
        assert_string_equal(last.state, "sent");
        assert_string_equal(thread(id).owner, "wecom");
        assert_int_equal(thread(id).replies_left, 5); /* the client's messages cost the interface nothing */
}

static void an_event_for_nobody_is_kept(void **state)
{
        struct message_row m;

        (void)state;
        assert_int_equal(
                happens("e9", NULL, T0, "{\"event_type\":\"servicer_status_change\",\"servicer_userid\":\"li\"}"), 0);
        assert_int_equal(db_one(t.ctx, &q_message_remote, &m, DB_I(t.ctx->merchant), DB_I(t.kf.account_id), DB_T("e9")),
                         0);
        assert_int_equal(m.thread_id, 0);
        assert_int_equal(happens("e10", NULL, T0, "{\"event_type\":\"never_seen\",\"x\":{\"y\":1}}"), 0);
        assert_int_equal(
                db_one(t.ctx, &q_message_remote, &m, DB_I(t.ctx->merchant), DB_I(t.kf.account_id), DB_T("e10")), 0);
        assert_string_equal(m.kind, "unknown");
        assert_non_null(strstr(m.body, "\"y\":1"));
}

static void entering_is_not_writing(void **state)
{
        (void)state;
        int64_t id = happens("e1", "wm1", T0, "{\"event_type\":\"enter_session\"}");
        assert_string_equal(thread(id).status, "closed");
        assert_int_equal(thread(id).window_until, 0);
        assert_string_equal(thread(id).refused, "window_closed");
        assert_int_equal(says("m1", "wm1", T0 + 1, "a"), id);
        assert_string_equal(thread(id).status, "open");
}

static void closing_and_coming_back(void **state)
{
        (void)state;
        int64_t id = says("m1", "wm1", T0, "a");
        assert_int_equal(inbox_assign(t.ctx, id, t.agent), 0);
        assert_string_equal(thread(id).assigned_name, "林小满");
        assert_int_equal(inbox_close(t.ctx, id), 0);
        assert_int_equal(thread(id).waiting_since, 0);
        assert_int_equal(thread(id).unread, 0);
        assert_int_equal(inbox_assign(t.ctx, id, 0), 0);
        assert_int_equal(says("m2", "wm1", T0 + 60, "b"), id);
        assert_string_equal(thread(id).status, "open");
        assert_int_equal(thread(id).waiting_since, (T0 + 60) * 1000);
        assert_int_equal(thread(id).assigned_to, t.agent); /* to who knows her */
        assert_int_equal(inbox_assign(t.ctx, id, 424242), INBOX_E_NONE);
        assert_int_equal(inbox_close(t.ctx, 424242), INBOX_E_NONE);
}

static void who_is_gone_leaves_his_threads_to_the_queue(void **state)
{
        (void)state;
        int64_t open = says("m1", "wm1", T0, "a"), closed = says("m2", "wm2", T0, "b"), nobodys = says("m3", "wm3", T0, "c");
        assert_int_equal(inbox_assign(t.ctx, open, t.agent), 0);
        assert_int_equal(inbox_assign(t.ctx, closed, t.agent), 0);
        assert_int_equal(inbox_close(t.ctx, closed), 0);
        assert_int_equal(inbox_on_disabled(t.ctx, &(struct staff_event){.staff_id = t.agent}), 0);
        assert_int_equal(thread(open).assigned_to, 0);
        assert_true(thread(open).waiting_since > 0);
        assert_int_equal(thread(closed).assigned_to, t.agent); /* as it was */
        assert_int_equal(thread(nobodys).assigned_to, 0);
}

static void one_thread_per_account(void **state)
{
        struct incoming m;

        (void)state;
        int64_t kf = says("m1", "wm1", T0, "a");
        inbox_put_in_words(t.ctx->arena,
                           &(struct said){.remote_id = "9001",
                                          .customer = "oBuyer1",
                                          .kind = "order_share",
                                          .body = "{\"order_id\":\"3705115058471208928\"}",
                                          .second = T0},
                           &m);
        int64_t shop = test_receive(&t, &t.store, &m);
        assert_true(shop && shop != kf);
        assert_string_equal(thread(shop).channel, "shop");
        assert_string_equal(thread(shop).last_text, "[订单] 3705115058471208928");
        assert_int_equal(test_refreshed, 0); /* the buyer herself: nothing to find out */
        assert_true(says("m2", "wm2", T0, "b") != kf);
}

static void lists_page_by_key(void **state)
{
        struct inbox_list list = {.view = "waiting", .limit = 4};
        struct inbox_thread *items;
        int64_t last = 0, seen = 0;
        const char *next = NULL;
        char name[8];
        size_t n;

        (void)state;
        for (int k = 0; k < 10; k++) {
                snprintf(name, sizeof(name), "w%d", k);
                says(name, name, T0 + (k * 7) % 10 / 2, "a"); /* pairs wait since the same second */
        }
        do {
                list.cursor = next;
                assert_int_equal(inbox_thread_list(t.ctx, &list, &items, &n, &next), 0);
                for (size_t i = 0; i < n; i++, seen++) {
                        assert_true(items[i].waiting_since >= last);
                        last = items[i].waiting_since;
                }
        } while (next);
        assert_int_equal(seen, 10);
        list = (struct inbox_list){.view = "open", .limit = 100};
        assert_int_equal(inbox_thread_list(t.ctx, &list, &items, &n, &next), 0);
        assert_int_equal(n, 10);
        for (size_t i = 1; i < n; i++)
                assert_true(items[i].last_at <= items[i - 1].last_at);
        list.view = "mine";
        assert_int_equal(inbox_assign(t.ctx, items[3].thread_id, t.agent), 0);
        assert_int_equal(inbox_thread_list(t.ctx, &list, &items, &n, &next), 0);
        assert_int_equal(n, 1);
        list.view = "closed";
        assert_int_equal(inbox_thread_list(t.ctx, &list, &items, &n, &next), 0);
        assert_int_equal(n, 0);
        list.cursor = "x.y";
        assert_int_equal(inbox_thread_list(t.ctx, &list, &items, &n, &next), INBOX_E_CURSOR);
}

static void names_are_searched_folded(void **state)
{
        struct inbox_list list = {.view = "open", .limit = 10, .q = "LI%"};
        struct inbox_thread *items;
        const char *next;
        int64_t identity;
        size_t n;

        (void)state;
        assert_int_equal(contacts_ensure(t.ctx, "kf", t.kf.parent_id, "wm1", NULL, "小Li%妈妈", NULL, &identity), 0);
        assert_int_equal(contacts_ensure(t.ctx, "kf", t.kf.parent_id, "wm2", NULL, "小Lin", NULL, &identity), 0);
        int64_t id = says("m1", "wm1", T0, "a");
        says("m2", "wm2", T0, "a");
        assert_int_equal(inbox_thread_list(t.ctx, &list, &items, &n, &next), 0);
        assert_int_equal(n, 1);
        assert_int_equal(items[0].thread_id, id);
        assert_string_equal(items[0].name, "小Li%妈妈");
        assert_string_equal(newest(id).author, "小Li%妈妈");
        list.q = "小li";
        assert_int_equal(inbox_thread_list(t.ctx, &list, &items, &n, &next), 0);
        assert_int_equal(n, 2);
}

static void another_merchant_sees_nothing(void **state)
{
        struct inbox_thread out;

        (void)state;
        int64_t id = says("m1", "wm1", T0, "a"), ours = t.ctx->merchant;
        t.ctx->merchant = ours + 1;
        assert_int_equal(inbox_thread_get(t.ctx, id, &out), INBOX_E_NONE);
        t.ctx->merchant = ours;
}

#define WITH_INBOX(fn) cmocka_unit_test_setup_teardown(fn, open_inbox, close_inbox)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_INBOX(a_first_message_opens_a_thread),
                WITH_INBOX(a_repeated_message_is_known),
                WITH_INBOX(pages_may_overlap),
                WITH_INBOX(a_late_page_is_sorted_in),
                WITH_INBOX(paging_goes_back),
                WITH_INBOX(recalled_before_or_after),
                WITH_INBOX(the_session_goes_to_wecom_and_back),
                WITH_INBOX(typed_in_the_wecom_client),
                WITH_INBOX(an_event_for_nobody_is_kept),
                WITH_INBOX(entering_is_not_writing),
                WITH_INBOX(who_is_gone_leaves_his_threads_to_the_queue),
                WITH_INBOX(closing_and_coming_back),
                WITH_INBOX(one_thread_per_account),
                WITH_INBOX(lists_page_by_key),
                WITH_INBOX(names_are_searched_folded),
                WITH_INBOX(another_merchant_sees_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
