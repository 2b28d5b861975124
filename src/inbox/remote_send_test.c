/*
 * Sending exactly once and in order, against a platform that loses answers and a process that dies at any point. The
 * test plays the job runner: prepare and settle in transactions of their own, the call between them without one.
 */
#include "inbox/testing.h"

#include "inbox/remote.h"
#include "platform/kf.h"
#include "platform/shopkf.h"
#include "store/blob.h"

#define T0 1750000000LL

static struct test_inbox t;

/* ---- the platform ---- */

enum mood { WELL, ANSWER_LOST, REQUEST_LOST, BUSY, REFUSING };

static struct {
        uint64_t seed;
        char keys[200][40];
        char texts[200][40];
        int n;
        enum mood mood; /* of the next call */
        int errcode;
        int uploads;
        bool surprised; /* a known key came without the word that it is a repeat */
} platform;

static int deliver(const char *key, const char *body, bool repeat, struct wx_fault *fault)
{
        *fault = (struct wx_fault){.errmsg = ""};
        if (platform.mood == BUSY)
                return WX_E_BUSY;
        if (platform.mood == REQUEST_LOST)
                return WX_E_UNKNOWN;
        for (int i = 0; i < platform.n; i++) {
                if (text_eq(platform.keys[i], key)) {
                        platform.surprised = platform.surprised || !repeat;
                        return repeat ? 0 : WX_E_REFUSED;
                }
        }
        if (platform.mood == REFUSING) {
                fault->errcode = platform.errcode;
                return WX_E_REFUSED;
        }
        snprintf(platform.keys[platform.n], sizeof(platform.keys[0]), "%s", key);
        snprintf(platform.texts[platform.n++], sizeof(platform.texts[0]), "%s", body);
        return platform.mood == ANSWER_LOST ? WX_E_UNKNOWN : 0;
}

int kf_send_msg(struct ctx *ctx, int64_t account_id, const struct kf_out *out, const char **msgid,
                struct wx_fault *fault)
{
        db_assert_none(ctx);
        assert_int_equal(account_id, t.kf.parent_id);
        assert_string_equal(out->open_kfid, "wk1");
        assert_string_equal(out->touser, "wm1");
        *msgid = out->msgid;
        return deliver(out->msgid, out->body, out->repeat, fault);
}

int kf_media_upload(struct ctx *ctx, int64_t account_id, const char *type, const char *filename, const char *mime,
                    struct bytes data, const char **media_id, struct wx_fault *fault)
{
        (void)ctx;
        (void)account_id;
        (void)filename;
        assert_string_equal(type, "image");
        assert_string_equal(mime, "image/png");
        assert_int_equal(data.n, 4);
        platform.uploads++;
        *fault = (struct wx_fault){.errmsg = ""};
        *media_id = "MEDIA";
        return platform.mood == BUSY ? WX_E_UNKNOWN : 0;
}

int shopkf_send(struct ctx *ctx, int64_t account_id, const struct shopkf_out *out, const char **msg_id,
                struct wx_fault *fault)
{
        db_assert_none(ctx);
        assert_int_equal(account_id, t.store.account_id);
        assert_string_equal(out->openid, "oBuyer1");
        *msg_id = "3895464567618158592";
        return deliver(out->request_id, out->body, out->repeat, fault);
}

int shopkf_upload(struct ctx *ctx, int64_t account_id, const char *openid, const char *msg_type, const char *filename,
                  const char *mime, struct bytes data, const char **cos_url, struct wx_fault *fault)
{
        (void)ctx;
        (void)account_id;
        (void)openid;
        (void)msg_type;
        (void)filename;
        (void)mime;
        (void)data;
        platform.uploads++;
        *fault = (struct wx_fault){.errmsg = ""};
        *cos_url = "https://cos/1";
        return 0;
}

/* ---- the job ---- */

static int open_inbox(void **state)
{
        *state = &t;
        test_inbox_open(&t);
        memset(&platform, 0, sizeof(platform));
        return 0;
}

static int close_inbox(void **state)
{
        (void)state;
        test_shop_close(&t.shop);
        return 0;
}

static int64_t open_thread(const struct shops_account *account, const char *who)
{
        struct incoming m = test_says(t.ctx->arena, "m1", who, T0, "在吗");
        test_shop_begin(&t.shop);
        int64_t id = test_receive(&t, account, &m);
        test_shop_commit(&t.shop);
        return id;
}

static int64_t reply(int64_t thread_id, const char *client_id, const char *text, int64_t blob_id)
{
        struct inbox_reply r = {.thread_id = thread_id,
                                .client_id = client_id,
                                .kind = blob_id ? "image" : "text",
                                .text = text,
                                .blob_id = blob_id};
        int64_t id;

        test_shop_begin(&t.shop);
        assert_int_equal(inbox_reply(t.ctx, &r, &id), 0);
        test_shop_commit(&t.shop);
        return id;
}

enum fate { LIVES, DIES_BEFORE_CALL, DIES_AFTER_CALL };

/* One run of the thread's job. 0: ended, JOB_RETRY: wants to run again; dying leaves it as it was claimed. */
static int run_job(int64_t thread_id, enum fate fate)
{
        struct job job = {.kind = JOB_SEND, .key = arena_printf(t.ctx->arena, "%lld", (long long)thread_id)};
        void *job_state;

        test_shop_begin(&t.shop);
        int r = inbox_send_prepare(t.ctx, &job, &job_state);
        assert_true(r >= 0);
        test_shop_commit(&t.shop);
        if (r)
                return r == JOB_RETRY ? JOB_RETRY : 0;
        if (fate == DIES_BEFORE_CALL)
                return JOB_RETRY;
        int outcome = inbox_send_call(t.ctx, &job, job_state);
        if (fate == DIES_AFTER_CALL)
                return JOB_RETRY;
        test_shop_begin(&t.shop);
        t.ctx->after.jobs = false;
        r = inbox_send_settle(t.ctx, &job, job_state, outcome);
        assert_true(r >= 0);
        bool again = t.ctx->after.jobs;
        test_shop_commit(&t.shop);
        if (r == JOB_RETRY)
                assert_true(job.retry_in_ms > 0);
        return r == JOB_RETRY || again ? JOB_RETRY : 0;
}

static struct inbox_message message(int64_t id)
{
        struct inbox_message m;
        test_shop_begin(&t.shop);
        assert_int_equal(inbox_message_get(t.ctx, id, &m), 0);
        test_shop_commit(&t.shop);
        return m;
}

static void whatever_happens_each_once_in_order(void **state)
{
        (void)state;
        int64_t thread_id = open_thread(&t.kf, "wm1"), ids[5];
        for (uint64_t round = 1; round <= 40; round++) {
                char text[24];
                int first = platform.n, steps = 0;
                platform.seed = round * 104729;
                for (int k = 0; k < 5; k++) {
                        snprintf(text, sizeof(text), "r%d-%d", (int)round, k);
                        ids[k] = reply(thread_id, text, text, 0);
                        assert_int_equal(reply(thread_id, text, text, 0), ids[k]); /* every one is posted twice */
                }
                while (run_job(thread_id, steps < 40 ? (enum fate)test_random(&platform.seed, 3) : LIVES) ==
                       JOB_RETRY) {
                        platform.mood = steps < 40 ? (enum mood)test_random(&platform.seed, 4) : WELL;
                        if (++steps > 400)
                                break;
                        /* ten unknown tries make a message wait for a person: here the misfortune ends before */
                        struct message_row head;
                        test_shop_begin(&t.shop);
                        if (db_one(t.ctx, &q_message_head, &head, DB_I(t.ctx->merchant), DB_I(thread_id)) == 0 &&
                            head.tries > 6) {
                                platform.mood = WELL;
                                steps = 40;
                        }
                        test_shop_commit(&t.shop);
                }
                assert_false(platform.surprised);
                assert_int_equal(platform.n, first + 5);
                for (int k = 0; k < 5; k++) {
                        snprintf(text, sizeof(text), "{\"content\":\"r%d-%d\"}", (int)round, k);
                        assert_string_equal(platform.texts[first + k], text);
                        assert_string_equal(message(ids[k]).state, "sent");
                }
                char hers[24];
                snprintf(hers, sizeof(hers), "h%d", (int)round);
                struct incoming m = test_says(t.ctx->arena, hers, "wm1", T0 + (int64_t)round, "嗯");
                test_shop_begin(&t.shop);
                test_receive(&t, &t.kf, &m);
                test_shop_commit(&t.shop);
                platform.mood = WELL;
        }
}

static void refusals_say_why(void **state)
{
        static const struct {
                int errcode;
                const char *note;
        } cases[] = {
                {95001, "5 条回复已用完"}, {95002, "48 小时"},  {95018, "企业微信"},
                {40096, "不认识"},         {99999, "kf.99999"},
        };

        (void)state;
        int64_t thread_id = open_thread(&t.kf, "wm1");
        for (size_t i = 0; i < countof(cases); i++) {
                char client[16];
                snprintf(client, sizeof(client), "c%zu", i);
                int64_t id = reply(thread_id, client, "a", 0);
                platform.mood = REFUSING;
                platform.errcode = cases[i].errcode;
                (void)run_job(thread_id, LIVES);
                assert_string_equal(message(id).state, "failed");
                assert_non_null(strstr(message(id).state_note, cases[i].note));
        }
        assert_int_equal(platform.n, 0);
}

static void what_stays_unknown_waits_for_a_person(void **state)
{
        (void)state;
        int64_t thread_id = open_thread(&t.kf, "wm1");
        int64_t a = reply(thread_id, "c1", "a", 0), b = reply(thread_id, "c2", "b", 0);
        int runs = 1;
        platform.mood = REQUEST_LOST;
        while (run_job(thread_id, LIVES) == JOB_RETRY)
                runs++;
        assert_int_equal(runs, INBOX_SEND_TRIES);
        assert_string_equal(message(a).state, "unconfirmed");
        assert_non_null(strstr(message(a).state_note, "不会重复"));
        platform.mood = WELL;
        assert_int_equal(run_job(thread_id, LIVES), 0);
        assert_int_equal(platform.n, 0); /* the one behind it does not overtake */
        test_shop_begin(&t.shop);
        assert_int_equal(inbox_settle(t.ctx, a, false), 0);
        assert_true(t.ctx->after.jobs);
        test_shop_commit(&t.shop);
        assert_int_equal(run_job(thread_id, LIVES), 0);
        assert_string_equal(message(b).state, "sent");
        assert_int_equal(platform.n, 1);
}

static void dying_costs_no_message(void **state)
{
        (void)state;
        int64_t thread_id = open_thread(&t.kf, "wm1"), id = reply(thread_id, "c1", "a", 0);
        for (int i = 0; i < 2 * INBOX_SEND_TRIES; i++)
                assert_int_equal(run_job(thread_id, i % 2 ? DIES_BEFORE_CALL : DIES_AFTER_CALL), JOB_RETRY);
        assert_int_equal(run_job(thread_id, LIVES), 0);
        assert_string_equal(message(id).state, "sent");
        assert_int_equal(platform.n, 1);
        assert_false(platform.surprised);
}

static void being_busy_costs_no_try(void **state)
{
        (void)state;
        int64_t thread_id = open_thread(&t.kf, "wm1"), id = reply(thread_id, "c1", "a", 0);
        platform.mood = BUSY;
        for (int i = 0; i < 3 * INBOX_SEND_TRIES; i++)
                assert_int_equal(run_job(thread_id, LIVES), JOB_RETRY);
        assert_string_equal(message(id).state, "queued");
        platform.mood = WELL;
        assert_int_equal(run_job(thread_id, LIVES), 0);
        assert_string_equal(message(id).state, "sent");
        assert_false(platform.surprised);
}

static void pictures_are_put_there_first(void **state)
{
        int64_t picture;

        (void)state;
        test_shop_begin(&t.shop);
        assert_int_equal(blob_put(t.ctx, "image/png", bytes_of("\x89PNG", 4), &picture), 0);
        test_shop_commit(&t.shop);
        int64_t thread_id = open_thread(&t.kf, "wm1"), id = reply(thread_id, "c1", NULL, picture);
        platform.mood = BUSY; /* the upload's answer is lost */
        assert_int_equal(run_job(thread_id, LIVES), JOB_RETRY);
        assert_string_equal(message(id).state, "queued");
        platform.mood = WELL;
        assert_int_equal(run_job(thread_id, LIVES), 0);
        assert_string_equal(platform.texts[0], "{\"media_id\":\"MEDIA\"}");
        assert_int_equal(platform.uploads, 2);
}

static void in_the_shop_as_well(void **state)
{
        struct message_row row;

        (void)state;
        int64_t thread_id = open_thread(&t.store, "oBuyer1"), id = reply(thread_id, "c1", "在的", 0);
        platform.mood = ANSWER_LOST;
        assert_int_equal(run_job(thread_id, LIVES), JOB_RETRY);
        assert_string_equal(message(id).state, "unconfirmed");
        platform.mood = WELL;
        assert_int_equal(run_job(thread_id, LIVES), 0);
        assert_string_equal(message(id).state, "sent");
        assert_int_equal(platform.n, 1);
        test_shop_begin(&t.shop);
        assert_int_equal(db_one(t.ctx, &q_message, &row, DB_I(t.ctx->merchant), DB_I(id)), 0);
        assert_string_equal(row.remote_id, "3895464567618158592");
        test_shop_commit(&t.shop);
}

/* Its failure is pulled before the answer to the call is written down. */
static void the_failure_overtakes_the_answer(void **state)
{
        (void)state;
        int64_t thread_id = open_thread(&t.kf, "wm1"), id = reply(thread_id, "c1", "a", 0);
        assert_int_equal(run_job(thread_id, DIES_AFTER_CALL), JOB_RETRY);
        struct incoming fail = test_event(
                t.ctx->arena, "e1", "wm1", T0 + 1,
                arena_printf(t.ctx->arena, "{\"event_type\":\"msg_send_fail\",\"fail_msgid\":\"%s\",\"fail_type\":10}",
                             platform.keys[0]));
        test_shop_begin(&t.shop);
        test_receive(&t, &t.kf, &fail);
        test_shop_commit(&t.shop);
        assert_int_equal(run_job(thread_id, LIVES), 0);
        assert_string_equal(message(id).state, "undelivered");
        assert_string_equal(message(id).state_note, "顾客拒收消息");
}

static void outcomes(void **state)
{
        (void)state;
        assert_int_equal(inbox_send_outcome(0, false, true), SEND_DONE);
        assert_int_equal(inbox_send_outcome(WX_E_BUSY, false, false), SEND_LATER);
        assert_int_equal(inbox_send_outcome(WX_E_UNKNOWN, false, false), SEND_UNKNOWN);
        assert_int_equal(inbox_send_outcome(WX_E_REPLY, false, false), SEND_UNKNOWN);
        assert_int_equal(inbox_send_outcome(WX_E_UNKNOWN, true, false), SEND_LATER);
        assert_int_equal(inbox_send_outcome(WX_E_REFUSED, false, true), SEND_FAILED);
        assert_int_equal(inbox_send_outcome(WX_E_REFUSED, true, false), SEND_FAILED);
        assert_int_equal(inbox_send_outcome(WX_E_REFUSED, true, true), SEND_UNKNOWN);
        assert_int_equal(inbox_send_outcome(WX_E_READ_ONLY, false, false), SEND_FAILED);
        assert_int_equal(inbox_send_outcome(WX_E_READ_ONLY, false, true), SEND_UNKNOWN);
        assert_int_equal(inbox_send_outcome(WX_E_CONFIG, false, false), SEND_FAILED);
}

#define WITH_INBOX(fn) cmocka_unit_test_setup_teardown(fn, open_inbox, close_inbox)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_INBOX(whatever_happens_each_once_in_order),   WITH_INBOX(refusals_say_why),
                WITH_INBOX(what_stays_unknown_waits_for_a_person), WITH_INBOX(being_busy_costs_no_try),
                WITH_INBOX(dying_costs_no_message),
                WITH_INBOX(pictures_are_put_there_first),          WITH_INBOX(in_the_shop_as_well),
                WITH_INBOX(the_failure_overtakes_the_answer),      cmocka_unit_test(outcomes),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
