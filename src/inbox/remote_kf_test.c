/*
 * Pulling: against a platform with a list of messages that is handed out by cursor, and a process that dies between the
 * call and its settlement. Every message once, in order; what polling alone found is counted.
 */
#include "inbox/testing.h"
#include "store/ledger.h"

#include "inbox/remote.h"
#include "platform/callback.h"
#include "platform/kf.h"

#define T0 1750000000LL

static struct test_inbox t;

/* ---- the platform ---- */

static struct {
        struct kf_msg msgs[600];
        size_t n, page;
        int calls, with_token;
        bool refuse_cursor;
        const char *seen_token;
} platform;

int kf_sync_msg(struct ctx *ctx, int64_t account_id, const char *open_kfid, const char *cursor, const char *token,
                int64_t limit, struct kf_page *page, struct wx_fault *fault)
{
        int64_t from = 0;

        db_assert_none(ctx);
        assert_int_equal(account_id, t.kf.parent_id);
        assert_string_equal(open_kfid, "wk1");
        assert_true(limit >= 1 && limit <= 1000);
        platform.calls++;
        platform.with_token += token != NULL;
        platform.seen_token = token;
        *fault = (struct wx_fault){.errmsg = ""};
        *page = (struct kf_page){0};
        if (platform.refuse_cursor && !text_empty(cursor)) {
                fault->errcode = 50100;
                return WX_E_REFUSED;
        }
        if (!text_empty(cursor))
                assert_int_equal(text_to_int(cursor, 0, 600, &from), 0);
        size_t n = platform.n - (size_t)from;
        if (n > platform.page)
                n = platform.page;
        page->msgs = platform.msgs + from;
        page->n = n;
        page->next_cursor = arena_printf(ctx->arena, "%d", (int)from + (int)n);
        page->has_more = (size_t)from + n < platform.n;
        return 0;
}

static void sends(const char *msgid, const char *who, int64_t second, const char *text)
{
        platform.msgs[platform.n++] = (struct kf_msg){
                .msgid = arena_strdup(t.ctx->arena, msgid),
                .open_kfid = "wk1",
                .external_userid = arena_strdup(t.ctx->arena, who),
                .send_time = second,
                .origin = KF_ORIGIN_CUSTOMER,
                .msgtype = "text",
                .body = arena_printf(t.ctx->arena, "{\"content\":\"%s\"}", text),
        };
}

/* ---- the jobs ---- */

static int open_inbox(void **state)
{
        *state = &t;
        test_inbox_open(&t);
        memset(&platform, 0, sizeof(platform));
        platform.page = 100;
        return 0;
}

static int close_inbox(void **state)
{
        (void)state;
        test_shop_close(&t.shop);
        return 0;
}

/* One run; true when there is more to pull: the job asked for itself. */
static bool pull(bool dies)
{
        static const struct query asked = {
                .name = "test.asked", .sql = "delete from store_job where kind = $1", .args = "t"};
        struct job job = {.kind = JOB_PULL, .key = arena_printf(t.ctx->arena, "%lld", (long long)t.kf.account_id)};
        void *job_state;
        bool asks;

        test_shop_begin(&t.shop);
        assert_int_equal(inbox_pull_prepare(t.ctx, &job, &job_state), 0);
        test_shop_commit(&t.shop);
        int outcome = inbox_pull_call(t.ctx, &job, job_state);
        assert_int_equal(outcome, 0);
        test_shop_begin(&t.shop);
        assert_int_equal(job_take_asks(t.ctx, &asks), 0);
        assert_int_equal(db_exec(t.ctx, &asked, DB_T(JOB_PULL)), 0);
        assert_int_equal(inbox_pull_settle(t.ctx, &job, job_state, outcome), 0);
        assert_int_equal(job_take_asks(t.ctx, &asks), 0);
        assert_int_equal(db_exec(t.ctx, &asked, DB_T(JOB_PULL)), 0);
        bool more = db_changed(t.ctx) > 0;
        if (!dies) {
                test_shop_commit(&t.shop);
                return more;
        }
        db_rollback(t.ctx);
        ctx_after_clear(t.ctx);
        return true;
}

static void callback(const char *token)
{
        const struct json_leaf leaves[] = {{"OpenKfId", "wk1"}, {"Token", token}};
        struct wx_event ev = {.kind = WX_WECOM,
                              .type = "kf_msg_or_event",
                              .leaves = leaves,
                              .n = countof(leaves),
                              .account_id = t.shop.wecom,
                              .received_at = clock_now(&t.shop.store.clock)};

        test_shop_begin(&t.shop);
        assert_int_equal(inbox_hear_kf(t.ctx, &ev), 0);
        assert_true(t.ctx->after.jobs);
        test_shop_commit(&t.shop);
}

static int64_t found(void)
{
        struct shops_account a;

        test_shop_begin(&t.shop);
        assert_int_equal(shops_account_get(t.ctx, t.kf.account_id, &a), 0);
        test_shop_commit(&t.shop);
        return a.found_by_polling;
}

static int64_t count_messages(const char *who, const char **texts)
{
        struct inbox_message *list;
        struct text out;
        struct thread_row th;
        int64_t identity, total = 0, before = 0;
        size_t n;
        bool more = true;
        const char *all = "";

        test_shop_begin(&t.shop);
        assert_int_equal(contacts_ensure(t.ctx, "kf", t.kf.parent_id, who, NULL, NULL, NULL, &identity), 0);
        assert_int_equal(db_one(t.ctx, &q_thread_of, &th, DB_I(t.ctx->merchant), DB_I(t.kf.account_id), DB_I(identity)),
                         0);
        while (more) {
                assert_int_equal(inbox_messages(t.ctx, th.thread_id, before, 100, false, &list, &n, &more), 0);
                text_init(&out, t.ctx->arena);
                for (size_t i = 0; i < n; i++)
                        text_addf(&out, "%s,", list[i].text);
                text_add(&out, all);
                all = out.p;
                total += (int64_t)n;
                before = list[0].message_id;
        }
        test_shop_commit(&t.shop);
        *texts = all;
        return total;
}

static void every_message_once_in_order(void **state)
{
        uint64_t seed = 7;
        char name[24], text[24];
        struct text want;
        const char *got;

        (void)state;
        text_init(&want, t.ctx->arena);
        for (int i = 0; i < 300; i++) {
                snprintf(name, sizeof(name), "m%d", i);
                snprintf(text, sizeof(text), "t%d", i);
                sends(name, "wm1", T0 + i / 40, text); /* forty in a second: cut by pages */
                text_addf(&want, "%s,", text);
        }
        platform.page = 17;
        while (pull(test_random(&seed, 3) == 0))
                ;
        assert_int_equal(count_messages("wm1", &got), 300);
        assert_string_equal(got, want.p);
        assert_int_equal(found(), 0); /* the first reading finds history */
}

static void a_refused_cursor_begins_again(void **state)
{
        const char *got;

        (void)state;
        sends("m1", "wm1", T0, "a");
        assert_false(pull(false));
        sends("m2", "wm1", T0 + 1, "b");
        platform.refuse_cursor = true;
        assert_true(pull(false));
        platform.refuse_cursor = false;
        assert_false(pull(false));
        assert_int_equal(count_messages("wm1", &got), 2);
        assert_string_equal(got, "a,b,");
}

static void the_token_is_used_while_it_lives(void **state)
{
        (void)state;
        sends("m1", "wm1", T0, "a");
        (void)pull(false);
        assert_null(platform.seen_token);
        callback("TOKEN1");
        callback("TOKEN2");
        (void)pull(false);
        assert_string_equal(platform.seen_token, "TOKEN2");
        clock_push(&t.shop.store.clock, 601000);
        (void)pull(false);
        assert_null(platform.seen_token);
}

static void what_polling_alone_found_is_counted(void **state)
{
        (void)state;
        sends("m0", "wm1", T0 - 100, "history");
        (void)pull(false);
        callback("T");
        sends("m1", "wm1", T0, "told");
        (void)pull(false);
        assert_int_equal(found(), 0);
        clock_push(&t.shop.store.clock, 20000);
        sends("m2", "wm1", T0 + 10, "never told");
        (void)pull(false);
        assert_int_equal(found(), 1);
        sends("m3", "wm1", T0 + 19, "just now: its callback may be on its way");
        (void)pull(false);
        assert_int_equal(found(), 1);
        sends("m4", "wm1", T0 + 11, "told late");
        callback("T");
        (void)pull(false);
        assert_int_equal(found(), 1);
}

static void an_account_nobody_connected(void **state)
{
        struct shops_account account;
        struct ledger_note_row *notes;
        size_t n;
        const struct json_leaf leaves[] = {{"OpenKfId", "wk9"}, {"Token", "T"}};
        struct wx_event ev = {
                .kind = WX_WECOM, .leaves = leaves, .n = 2, .account_id = t.shop.wecom, .received_at = T0 * 1000};

        (void)state;
        test_shop_begin(&t.shop);
        assert_int_equal(inbox_hear_kf(t.ctx, &ev), 0);
        assert_false(t.ctx->after.jobs);
        assert_int_equal(shops_account_by_remote(t.ctx, "kf", "wk9", &account), SHOPS_E_NONE);
        assert_int_equal(ledger_notes(t.ctx, &notes, &n), 0);
        assert_int_equal(n, 1);
        assert_string_equal(notes[0].reason, "kf_not_connected");
        test_shop_commit(&t.shop);
}

static void the_poller_asks_again_in_a_minute(void **state)
{
        struct job job = {.kind = JOB_POLL, .key = arena_printf(t.ctx->arena, "%lld", (long long)t.kf.account_id)};
        struct job_count *counts;
        void *job_state;
        size_t n;

        bool more;

        (void)state;
        test_shop_begin(&t.shop);
        assert_int_equal(inbox_start(t.ctx, &t.kf), 0);
        assert_int_equal(inbox_start(t.ctx, &t.kf), 0);
        assert_int_equal(inbox_start(t.ctx, &t.store), 0);
        assert_int_equal(job_take_asks(t.ctx, &more), 0);
        assert_int_equal(job_counts(t.ctx, &counts, &n), 0);
        assert_int_equal(n, 1);
        assert_string_equal(counts[0].kind, JOB_POLL);
        assert_int_equal(counts[0].waiting, 1);
        assert_int_equal(inbox_poll_prepare(t.ctx, &job, &job_state), JOB_DONE);
        assert_int_equal(job_take_asks(t.ctx, &more), 0);
        assert_int_equal(job_counts(t.ctx, &counts, &n), 0);
        assert_int_equal(n, 2);
        test_shop_commit(&t.shop);
}

#define WITH_INBOX(fn) cmocka_unit_test_setup_teardown(fn, open_inbox, close_inbox)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_INBOX(every_message_once_in_order),      WITH_INBOX(a_refused_cursor_begins_again),
                WITH_INBOX(the_token_is_used_while_it_lives), WITH_INBOX(what_polling_alone_found_is_counted),
                WITH_INBOX(an_account_nobody_connected),      WITH_INBOX(the_poller_asks_again_in_a_minute),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
