/* Answering: what may be said, once per client id, and the budget against a naive model. */
#include "inbox/testing.h"

#include "store/blob.h"

#define T0 1750000000LL

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

static int64_t says(const char *msgid, int64_t second)
{
        struct incoming m = test_says(t.ctx->arena, msgid, "wm1", second, "在吗");
        return test_receive(&t, &t.kf, &m);
}

static int reply(int64_t thread_id, const char *client_id, const char *text, int64_t *id)
{
        return inbox_reply(
                t.ctx,
                &(struct inbox_reply){.thread_id = thread_id, .client_id = client_id, .kind = "text", .text = text},
                id);
}

static struct inbox_thread thread(int64_t id)
{
        struct inbox_thread out;
        assert_int_equal(inbox_thread_get(t.ctx, id, &out), 0);
        return out;
}

static void move(int64_t message_id, const char *state, const char *code)
{
        struct message_row m;
        assert_int_equal(db_one(t.ctx, &q_message, &m, DB_I(t.ctx->merchant), DB_I(message_id)), 0);
        assert_int_equal(inbox_message_move(t.ctx, &m, state, code), 0);
}

static const char *state_of(int64_t message_id)
{
        struct inbox_message m;
        assert_int_equal(inbox_message_get(t.ctx, message_id, &m), 0);
        return m.state;
}

static void the_same_client_id_is_the_same_message(void **state)
{
        int64_t a, b, other;

        (void)state;
        int64_t id = says("m1", T0);
        assert_int_equal(reply(id, "c1", "在的", &a), 0);
        for (int i = 0; i < 3; i++) {
                assert_int_equal(reply(id, "c1", "在的", &b), 0);
                assert_int_equal(a, b);
        }
        assert_int_equal(thread(id).replies_left, 4);
        assert_int_equal(reply(id, "c1", "不在", &b), INBOX_E_REUSED);
        struct incoming m = test_says(t.ctx->arena, "m2", "wm2", T0, "b");
        other = test_receive(&t, &t.kf, &m);
        assert_int_equal(reply(other, "c1", "在的", &b), INBOX_E_REUSED);
        /* Also when nothing may be said any more: the message is there. */
        t.ctx->now += INBOX_WINDOW_MS;
        assert_int_equal(reply(id, "c1", "在的", &b), 0);
        assert_int_equal(a, b);
        assert_int_equal(reply(id, "c2", "在的", &b), INBOX_E_WINDOW_CLOSED);
}

static void answering_takes_the_thread(void **state)
{
        struct inbox_message m;
        int64_t id, message;

        (void)state;
        id = says("m1", T0);
        assert_int_equal(reply(id, "c1", "在的", &message), 0);
        struct inbox_thread th = thread(id);
        assert_int_equal(th.assigned_to, t.agent);
        assert_int_equal(th.waiting_since, 0);
        assert_int_equal(th.unread, 0);
        assert_string_equal(th.last_text, "在的");
        assert_int_equal(inbox_message_get(t.ctx, message, &m), 0);
        assert_string_equal(m.state, "queued");
        assert_string_equal(m.author, "林小满");
        assert_string_equal(m.client_id, "c1");
        assert_string_equal(m.body, "{\"content\":\"在的\"}");
}

static void what_cannot_be_said(void **state)
{
        char longer[INBOX_TEXT_MAX + 2];
        int64_t id = says("m1", T0), message;

        (void)state;
        memset(longer, 'x', sizeof(longer) - 1);
        longer[sizeof(longer) - 1] = 0;
        assert_int_equal(reply(id, "c1", longer, &message), INBOX_E_TOO_LONG);
        longer[INBOX_TEXT_MAX] = 0;
        assert_int_equal(reply(id, "c1", longer, &message), 0);
        assert_int_equal(reply(id, "c2", "", &message), INBOX_E_KIND);
        assert_int_equal(reply(424242, "c3", "a", &message), INBOX_E_NONE);
        assert_int_equal(shops_set_read_only(t.ctx, t.kf.parent_id, true), 0);
        assert_int_equal(reply(id, "c4", "a", &message), INBOX_E_READ_ONLY);
        assert_int_equal(thread(id).replies_left, 4);
        assert_string_equal(thread(id).refused, "read_only");
}

static void pictures(void **state)
{
        int64_t id = says("m1", T0), picture, page, message;
        struct inbox_message m;

        (void)state;
        assert_int_equal(blob_put(t.ctx, "image/png", bytes_of("\x89PNG", 4), &picture), 0);
        assert_int_equal(blob_put(t.ctx, "text/html", bytes_of("<b>", 3), &page), 0);
        struct inbox_reply r = {.thread_id = id, .client_id = "c1", .kind = "image", .blob_id = picture};
        assert_int_equal(inbox_reply(t.ctx, &r, &message), 0);
        assert_int_equal(inbox_message_get(t.ctx, message, &m), 0);
        assert_int_equal(m.blob_id, picture);
        r = (struct inbox_reply){.thread_id = id, .client_id = "c2", .kind = "image", .blob_id = page};
        assert_int_equal(inbox_reply(t.ctx, &r, &message), INBOX_E_KIND);
        r.blob_id = 424242;
        assert_int_equal(inbox_reply(t.ctx, &r, &message), INBOX_E_NONE);
}

static void automatic_ones_are_two_and_answer_nobody(void **state)
{
        int64_t id = says("m1", T0), message;

        (void)state;
        t.ctx->actor = (struct actor){.kind = ACTOR_SYSTEM, .name = "system"};
        struct inbox_reply r = {.thread_id = id, .client_id = "a1", .kind = "text", .text = "稍等", .automatic = true};
        assert_int_equal(inbox_reply(t.ctx, &r, &message), 0);
        r.client_id = "a2";
        assert_int_equal(inbox_reply(t.ctx, &r, &message), 0);
        r.client_id = "a3";
        assert_int_equal(inbox_reply(t.ctx, &r, &message), INBOX_E_BUDGET);
        struct inbox_thread th = thread(id);
        assert_int_equal(th.waiting_since, T0 * 1000); /* still waits for a person */
        assert_int_equal(th.assigned_to, 0);
        assert_int_equal(th.replies_left, 3);
        assert_int_equal(th.auto_left, 0);
}

static void asking_for_the_card_is_a_reply(void **state)
{
        int64_t id = says("m1", T0), a, b;

        (void)state;
        assert_int_equal(inbox_ask_card(t.ctx, id, "c1", &a), 0);
        assert_int_equal(inbox_ask_card(t.ctx, id, "c1", &b), 0);
        assert_int_equal(a, b);
        assert_int_equal(thread(id).replies_left, 4);
}

static void greetings_are_kept(void **state)
{
        const char *text;

        (void)state;
        assert_int_equal(inbox_welcome(t.ctx, t.kf.account_id, &text), 0);
        assert_null(text);
        assert_int_equal(inbox_set_welcome(t.ctx, t.kf.account_id, "欢迎光临"), 0);
        assert_int_equal(inbox_welcome(t.ctx, t.kf.account_id, &text), 0);
        assert_string_equal(text, "欢迎光临");
        assert_int_equal(inbox_set_welcome(t.ctx, t.kf.account_id, ""), 0);
        assert_int_equal(inbox_welcome(t.ctx, t.kf.account_id, &text), 0);
        assert_null(text);
        assert_int_equal(inbox_set_welcome(t.ctx, t.store.account_id, "a"), INBOX_E_NONE);
        assert_int_equal(inbox_welcome(t.ctx, 424242, &text), INBOX_E_NONE);
}

static void what_became_of_it(void **state)
{
        int64_t id = says("m1", T0), a, b, c;

        (void)state;
        assert_int_equal(reply(id, "c1", "a", &a), 0);
        move(a, "failed", "kf.95018");
        assert_int_equal(thread(id).replies_left, 5);          /* refused: it cost nothing */
        assert_int_equal(thread(id).waiting_since, T0 * 1000); /* and she still waits */
        move(a, "sent", NULL);
        assert_string_equal(state_of(a), "failed");

        assert_int_equal(reply(id, "c2", "b", &b), 0);
        move(b, "sent", NULL);
        assert_int_equal(thread(id).replies_left, 4);
        assert_int_equal(thread(id).waiting_since, 0);
        struct incoming fail = test_event(
                t.ctx->arena, "e1", "wm1", T0 + 2,
                arena_printf(t.ctx->arena, "{\"event_type\":\"msg_send_fail\",\"fail_msgid\":\"%s\",\"fail_type\":10}",
                             inbox_send_key(t.ctx->arena, b)));
        test_receive(&t, &t.kf, &fail);
        assert_string_equal(state_of(b), "undelivered");
        assert_int_equal(thread(id).replies_left, 4); /* the platform took it: spent */
        assert_int_equal(thread(id).waiting_since, T0 * 1000);

        assert_int_equal(reply(id, "c3", "c", &c), 0);
        assert_int_equal(inbox_settle(t.ctx, c, true), INBOX_E_STATE);
        move(c, "unconfirmed", NULL);
        assert_int_equal(thread(id).replies_left, 3); /* it may have arrived */
        assert_int_equal(inbox_settle(t.ctx, c, true), 0);
        assert_string_equal(state_of(c), "sent");
        assert_int_equal(inbox_settle(t.ctx, c, false), INBOX_E_STATE);
}

static void keys_are_short_and_unlike(void **state)
{
        (void)state;
        assert_string_equal(inbox_send_key(t.ctx->arena, 0), "0");
        assert_string_equal(inbox_send_key(t.ctx->arena, 35), "z");
        assert_string_equal(inbox_send_key(t.ctx->arena, 36), "10");
        assert_string_equal(inbox_send_key(t.ctx->arena, INT64_MAX), "1y2p0ij32e8e7");
        for (int64_t tries = 1; tries < 20; tries++) {
                assert_true(inbox_pause(tries) >= 1000 && inbox_pause(tries) <= 60000);
                assert_true(inbox_pause(tries + 1) >= inbox_pause(tries));
        }
}

/*
 * The budget against a list of what happened, in order: since her last message, how many replies are on their way, or
 * were taken by the platform after it.
 */
struct model_reply {
        int64_t id;
        bool automatic, open; /* not yet known whether the platform took it */
        int spent_after;      /* how many messages of hers there were when it was taken; -1 = never */
};

static struct model {
        struct model_reply replies[400];
        int n, hers;
        int64_t her_last;
} model;

static struct inbox_budget model_budget(int64_t now)
{
        struct inbox_budget b = {.window_until = model.hers ? model.her_last + INBOX_WINDOW_MS : 0};
        int used = 0, automatic = 0;

        for (int i = 0; i < model.n; i++) {
                const struct model_reply *r = &model.replies[i];
                if (r->open || r->spent_after == model.hers) {
                        used++;
                        automatic += r->automatic;
                }
        }
        if (model.hers && now < b.window_until) {
                b.replies_left = used < 5 ? 5 - used : 0;
                b.auto_left = automatic < 2 ? 2 - automatic : 0;
                if (b.auto_left > b.replies_left)
                        b.auto_left = b.replies_left;
                b.refused = b.replies_left ? 0 : INBOX_E_BUDGET;
        } else {
                b.refused = INBOX_E_WINDOW_CLOSED;
        }
        return b;
}

static void model_step(int64_t thread_id, uint64_t *seed, int step)
{
        char name[24];

        switch (test_random(seed, 6)) {
        case 0: /* she writes */
                if (test_random(seed, 2))
                        return;
                snprintf(name, sizeof(name), "h%d", step);
                says(name, t.ctx->now / 1000);
                model.hers++;
                model.her_last = t.ctx->now / 1000 * 1000;
                return;
        case 1: /* time goes by: not at all, a little, or days */
                t.ctx->now += (int64_t[]){0, 700, 3000, 3600000, 86400000}[test_random(seed, 5)];
                return;
        case 2: /* the oldest on its way is settled */
                for (int i = 0; i < model.n; i++) {
                        struct model_reply *r = &model.replies[i];
                        if (!r->open)
                                continue;
                        bool taken = test_random(seed, 4) > 0;
                        move(r->id, taken ? "sent" : "failed", NULL);
                        r->open = false;
                        r->spent_after = taken ? model.hers : -1;
                        return;
                }
                return;
        default: { /* somebody answers */
                struct inbox_budget want = model_budget(t.ctx->now);
                bool automatic = test_random(seed, 3) == 0;
                int64_t id;
                snprintf(name, sizeof(name), "c%d", step);
                int r = inbox_reply(t.ctx,
                                    &(struct inbox_reply){.thread_id = thread_id,
                                                          .client_id = name,
                                                          .kind = "text",
                                                          .text = "x",
                                                          .automatic = automatic},
                                    &id);
                assert_int_equal(r, want.refused ? want.refused : automatic && !want.auto_left ? INBOX_E_BUDGET : 0);
                if (r == 0)
                        model.replies[model.n++] = (struct model_reply){.id = id, .automatic = automatic, .open = true};
        }
        }
}

static void budget_like_a_naive_model(void **state)
{
        (void)state;
        for (uint64_t round = 1; round <= 6; round++) {
                uint64_t seed = round * 7919;
                char who[16];
                model = (struct model){0};
                snprintf(who, sizeof(who), "first%d", (int)round);
                t.ctx->now += INBOX_WINDOW_MS; /* the round before is over */
                int64_t id = says(who, t.ctx->now / 1000);
                model.hers = 1;
                model.her_last = t.ctx->now / 1000 * 1000;
                for (int step = 0; step < 250; step++) {
                        struct inbox_budget got, want;
                        model_step(id, &seed, (int)round * 1000 + step);
                        want = model_budget(t.ctx->now);
                        assert_int_equal(inbox_budget(t.ctx, id, &got), 0);
                        assert_int_equal(got.replies_left, want.replies_left);
                        assert_int_equal(got.auto_left, want.auto_left);
                        assert_int_equal(got.refused, want.refused);
                        assert_int_equal(got.window_until, want.window_until);
                }
                for (int i = 0; i < model.n; i++) /* nothing on its way into the next round */
                        if (model.replies[i].open)
                                move(model.replies[i].id, "failed", NULL);
        }
}

#define WITH_INBOX(fn) cmocka_unit_test_setup_teardown(fn, open_inbox, close_inbox)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_INBOX(the_same_client_id_is_the_same_message),
                WITH_INBOX(answering_takes_the_thread),
                WITH_INBOX(what_cannot_be_said),
                WITH_INBOX(pictures),
                WITH_INBOX(automatic_ones_are_two_and_answer_nobody),
                WITH_INBOX(asking_for_the_card_is_a_reply),
                WITH_INBOX(greetings_are_kept),
                WITH_INBOX(what_became_of_it),
                WITH_INBOX(keys_are_short_and_unlike),
                WITH_INBOX(budget_like_a_naive_model),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
