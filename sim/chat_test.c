#include "sim/chat.h"

#include "base/json.h"
#include "sim/world_test.h"

struct scene {
        struct person *person;
        struct kf_account *kf;
        struct session *session;
};

static struct scene begin(struct sim *sim)
{
        struct scene s = {world_person(sim, "甲"), sim->world.corp.kf[0], NULL};
        s.session = session_of(sim, s.person, s.kf);
        return s;
}

static void writes(struct sim *sim, struct scene *s)
{
        chat_say(sim, s->person, s->kf, "text", "{\"content\":\"在吗\"}", "在吗");
}

static void answers(struct sim *sim, struct scene *s)
{
        assert_int_equal(session_may_send(sim, s->session), 0);
        chat_deliver(sim, s->session, NULL, "text", "{\"content\":\"在\"}", "在", false);
}

/* wecom-kf.md 4: every pair of states, against the table written out. */
static void the_session_machine(void **state)
{
        static const int expected[5][5] = {
                {95016, 0, 0, 0, 95016},     {95016, 95016, 0, 0, 95016},         {95016, 95016, 95016, 0, 95016},
                {95016, 95016, 95016, 0, 0}, {95013, 95013, 95013, 95013, 95013},
        };
        struct sim *sim = *state;
        struct scene s = begin(sim);

        writes(sim, &s);
        for (int from = 0; from < 5; from++)
                for (int to = 0; to < 5; to++) {
                        s.session->state = from;
                        assert_int_equal(session_may_move(sim, s.session, to), expected[from][to]);
                }
        s.session->state = 1;
        turn(sim, "client_ends", "true");
        assert_int_equal(session_may_move(sim, s.session, 4), 0);
}

static void a_session_begins_and_ends_by_itself(void **state)
{
        struct sim *sim = *state;
        struct scene s = begin(sim);

        assert_int_equal(session_state(sim, s.session), 4);
        assert_int_equal(session_may_send(sim, s.session), 95018);
        writes(sim, &s);
        assert_int_equal(session_state(sim, s.session), 0);
        answers(sim, &s);
        assert_int_equal(session_state(sim, s.session), 1);
        pass(sim, REPLY_WINDOW_MS);
        assert_int_equal(session_state(sim, s.session), 1);
        assert_int_equal(session_may_send(sim, s.session), 0);
        pass(sim, 1);
        assert_int_equal(session_state(sim, s.session), 4);
        assert_int_equal(session_may_send(sim, s.session), 95002);
        writes(sim, &s);
        assert_int_equal(session_state(sim, s.session), 0);
}

static void five_messages_for_one_of_hers(void **state)
{
        struct sim *sim = *state;
        struct scene s = begin(sim);

        writes(sim, &s);
        for (int i = 0; i < 5; i++)
                answers(sim, &s);
        assert_int_equal(session_may_send(sim, s.session), 95001);
        writes(sim, &s);
        answers(sim, &s);
        assert_int_equal(sim->world.n_received, 6);
}

static void a_servicer_takes_the_mouth(void **state)
{
        struct sim *sim = *state;
        struct scene s = begin(sim);

        writes(sim, &s);
        chat_servicer_says(sim, s.session, "linxia", "您好");
        assert_int_equal(session_state(sim, s.session), 3);
        assert_int_equal(session_may_send(sim, s.session), 95018);
        chat_servicer_ends(sim, s.session, "linxia");
        assert_int_equal(session_state(sim, s.session), 4);
        /* customer, event (taken), servicer, event (ended): all in the log that sync_msg gives */
        assert_int_equal(s.kf->log.n, 4);
        assert_string_equal(json_get(&sim->arena, bytes_of_text(s.kf->log.v[1]->body), "change_type"), "1");
        assert_int_equal(s.kf->log.v[2]->author, BY_SERVICER);
        assert_string_equal(json_get(&sim->arena, bytes_of_text(s.kf->log.v[3]->body), "change_type"), "3");
        /* Speaking in an ended session opens it again, and that is told too. */
        chat_servicer_says(sim, s.session, "zhoumo", "还在");
        assert_int_equal(session_state(sim, s.session), 3);
        assert_string_equal(json_get(&sim->arena, bytes_of_text(s.kf->log.v[4]->body), "change_type"), "4");
}

static const char *welcome_of(struct sim *sim, const struct message *m)
{
        return json_get(&sim->arena, bytes_of_text(m->body), "welcome_code");
}

static void welcome_codes_live_twenty_seconds_and_once(void **state)
{
        struct sim *sim = *state;
        struct scene s = begin(sim);
        struct code *code;

        const char *text = welcome_of(sim, chat_enter(sim, s.person, s.kf, NULL, NULL, NULL));
        assert_non_null(text);
        assert_int_equal(code_use(sim, text, "image", &code), 40008);
        pass(sim, WELCOME_LIFE_MS);
        assert_int_equal(code_use(sim, text, "text", &code), 0);
        assert_int_equal(code_use(sim, text, "text", &code), 95007);
        text = welcome_of(sim, chat_enter(sim, s.person, s.kf, NULL, NULL, NULL));
        pass(sim, WELCOME_LIFE_MS + 1);
        assert_int_equal(code_use(sim, text, "text", &code), 95007);
        assert_int_equal(code_use(sim, "CODEmadeup", "text", &code), 95007);
        /* She wrote: no welcome for 48 hours. */
        writes(sim, &s);
        assert_null(welcome_of(sim, chat_enter(sim, s.person, s.kf, NULL, NULL, NULL)));
}

static void a_code_wants_its_state(void **state)
{
        struct sim *sim = *state;
        struct scene s = begin(sim);
        struct code *code;

        writes(sim, &s);
        const char *queue = session_move(sim, s.session, 2, NULL);
        assert_non_null(queue);
        session_move(sim, s.session, 3, "linxia");
        assert_int_equal(code_use(sim, queue, "text", &code), 95018);
        const char *goodbye = session_move(sim, s.session, 4, NULL);
        assert_int_equal(code_use(sim, goodbye, "msgmenu", &code), 0);
        assert_ptr_equal(code->session, s.session);
}

static void a_failing_message_comes_back_as_an_event(void **state)
{
        struct sim *sim = *state;
        struct scene s = begin(sim);

        writes(sim, &s);
        turn(sim, "fail_type", "10");
        struct message *m = chat_deliver(sim, s.session, "k1", "text", "{\"content\":\"在\"}", "在", false);
        assert_int_equal(sim->world.n_received, 0);
        assert_ptr_equal(chat_sent_before(sim, s.kf->open_kfid, "k1"), m);
        pass(sim, 1000);
        assert_int_equal(s.kf->log.n, 2);
        struct bytes body = bytes_of_text(s.kf->log.v[1]->body);
        assert_string_equal(json_get(&sim->arena, body, "event_type"), "msg_send_fail");
        assert_string_equal(json_get(&sim->arena, body, "fail_msgid"), "k1");
        assert_string_equal(json_get(&sim->arena, body, "fail_type"), "10");
}

static void in_shop_keys_are_per_shop(void **state)
{
        struct sim *sim = *state;
        struct person *p = world_person(sim, "乙");
        struct shop *shop = sim->world.shops[0];

        shop_say(sim, p, shop, "text", "{\"content\":\"在吗\"}", "在吗");
        struct message *m = shop_deliver(sim, p, shop, "r1", "text", "{\"content\":\"在\"}", "在");
        assert_ptr_equal(chat_sent_before(sim, shop->appid, "r1"), m);
        assert_null(chat_sent_before(sim, sim->world.shops[1]->appid, "r1"));
        assert_int_equal(p->shop_chat[0]->sent, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                world_unit(the_session_machine),
                world_unit(a_session_begins_and_ends_by_itself),
                world_unit(five_messages_for_one_of_hers),
                world_unit(a_servicer_takes_the_mouth),
                world_unit(welcome_codes_live_twenty_seconds_and_once),
                world_unit(a_code_wants_its_state),
                world_unit(a_failing_message_comes_back_as_an_event),
                world_unit(in_shop_keys_are_per_shop),
        };
        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
