/* Messages found by their words: what is looked at, in what order, and where a question ends. */
#include "inbox/testing.h"

#include "store/job_impl.h"
#include "store/search.h"

#define T0 1750000000LL

static struct test_inbox t;
static struct search *search;

static int open_inbox(void **state)
{
        *state = &t;
        test_inbox_open(&t);
        test_store_need(search_open(&search, t.shop.store.db, arena_printf(t.ctx->arena, "%s/search.db", t.shop.store.dir)) == 0,
                        "search");
        t.ctx->search = search;
        test_shop_begin(&t.shop);
        return 0;
}

static int close_inbox(void **state)
{
        (void)state;
        test_shop_commit(&t.shop);
        search_close(search);
        test_shop_close(&t.shop);
        return 0;
}

static int64_t says(unsigned number, const char *who, const char *text)
{
        struct incoming m = test_says(t.ctx->arena, arena_printf(t.ctx->arena, "m%u", number), who, T0 + number, text);

        return test_receive(&t, &t.kf, &m);
}

/* Everything so far, by the job's own steps. */
static void index_all(void)
{
        struct job job = {.kind = SEARCH_JOB, .key = "message"};
        void *batch;

        while (!search_index_prepare(t.ctx, &job, &batch)) {
                test_shop_commit(&t.shop);
                assert_int_equal(search_index_call(t.ctx, &job, batch), 0);
                test_shop_begin(&t.shop);
                assert_int_equal(search_index_settle(t.ctx, &job, batch, 0), 0);
        }
}

static size_t ask(const char *q, const char *cursor, int64_t limit, struct inbox_hit **hits, const char **next)
{
        size_t n;

        assert_int_equal(inbox_search(t.ctx, &(struct inbox_find){.q = q, .cursor = cursor, .limit = limit}, hits, &n, next), 0);
        return n;
}

static void her_words_and_ours_are_found_newest_first(void **state)
{
        struct inbox_hit *hits;
        const char *next;
        int64_t id, thread;

        (void)state;
        thread = says(1, "wm1", "杯子碎了，想退款");
        says(2, "wm2", "什么时候发货");
        assert_int_equal(inbox_reply(t.ctx, &(struct inbox_reply){.thread_id = thread, .client_id = "c1", .kind = "text",
                                                                  .text = "退款马上办"}, &id), 0);
        index_all();
        assert_int_equal(ask("退款", NULL, 0, &hits, &next), 2);
        assert_null(next);
        assert_string_equal(hits[0].text, "退款马上办");
        assert_string_equal(hits[0].author, "林小满");
        assert_string_equal(hits[1].text, "杯子碎了，想退款");
        assert_int_equal(hits[1].thread_id, thread);
        assert_int_equal(ask("退款 杯子", NULL, 0, &hits, &next), 1);
        assert_int_equal(ask("发票", NULL, 0, &hits, &next), 0);
        assert_int_equal(ask("？！", NULL, 0, &hits, &next), 0);
}

static void pages_join_without_gap_or_repeat(void **state)
{
        struct inbox_hit *hits;
        const char *next = NULL;
        unsigned got = 0;
        int64_t last = INT64_MAX;

        (void)state;
        for (unsigned i = 0; i < 450; i++)
                says(i, "wm1", i % 3 ? "发货了吗" : "退款退款");
        index_all();
        do {
                size_t n = ask("退款", next, 7, &hits, &next);

                for (size_t i = 0; i < n; i++, got++) {
                        assert_true(hits[i].message_id < last);
                        last = hits[i].message_id;
                }
        } while (next);
        assert_int_equal(got, 150);
}

/* "款退" has the grams of "款退" only where they stand together: the index says perhaps 2,400 times, the texts never. */
static void a_question_that_matches_nothing_ends(void **state)
{
        struct inbox_hit *hits;
        const char *next;

        (void)state;
        for (unsigned i = 0; i < 2400; i++)
                says(i, "wm1", "退了款，款了退，了退了");
        index_all();
        assert_int_equal(ask("款了退了", NULL, 20, &hits, &next), 0);
        assert_non_null(next);
        assert_int_equal(ask("款了退了", next, 20, &hits, &next), 0);
        assert_null(next);
}

static void a_foreign_cursor_is_refused(void **state)
{
        struct inbox_hit *hits;
        const char *next;
        size_t n;

        (void)state;
        assert_int_equal(inbox_search(t.ctx, &(struct inbox_find){.q = "退款", .cursor = "x"}, &hits, &n, &next), INBOX_E_CURSOR);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_inbox, close_inbox)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(her_words_and_ours_are_found_newest_first),
                TEST(pages_join_without_gap_or_repeat),
                TEST(a_question_that_matches_nothing_ends),
                TEST(a_foreign_cursor_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
