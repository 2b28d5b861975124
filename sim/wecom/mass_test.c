/* 企业群发 over a socket: a task that members must confirm, a quota of the month, and nobody who calls back. */
#include "sim/wecom/setup_test.h"

#define NEW X "/add_msg_template" T
#define TEXT "\"text\":{\"content\":\"上新了\"}"

static void refused(void **state)
{
        static const struct call_row rows[] = {
                {"POST", NEW, "{\"external_userid\":[\"$HER\"]}", 40058, NULL},
                {"POST", NEW, "{" TEXT "}", 40058, NULL},
                {"POST", NEW, "{\"chat_type\":\"group\"," TEXT "}", 40058, NULL},
                {"POST", NEW, "{\"chat_type\":\"all\",\"sender\":\"linxia\"," TEXT "}", 40058, NULL},
                {"POST", NEW, "{\"external_userid\":[\"$HER\"]," TEXT "}", 41048, NULL},
                {"POST", NEW, "{\"chat_type\":\"group\",\"sender\":\"linxia\"," TEXT "}", 41048, NULL},
                {"POST", NEW, "{\"sender\":\"tangtang\"," TEXT "}", 84074, NULL},
                {"POST", NEW, "{\"external_userid\":\"$HER\"," TEXT "}", 40058, NULL},
                {"POST", X "/get_groupmsg_task" T, "{\"msgid\":\"no\"}", 40058, NULL},
                {"POST", X "/get_groupmsg_send_result" T, "{\"msgid\":\"no\",\"userid\":\"linxia\"}", 40058, NULL},
                {"POST", X "/remind_groupmsg_send" T, "{\"msgid\":\"no\"}", 40058, NULL},
                {"POST", X "/cancel_groupmsg_send" T, "{\"msgid\":\"no\"}", 40058, NULL},
                {"POST", X "/get_groupmsg_list_v2" T, "{\"chat_type\":\"single\",\"start_time\":1,\"end_time\":9000000}", 40058, NULL},
                {"POST", X "/get_groupmsg_list_v2" T, "{\"start_time\":1,\"end_time\":2}", 40058, NULL},
        };
        (void)state;
        test_rows(rows, countof(rows));
}

static void sends_nothing_until_confirmed(void **state)
{
        static const struct call_row soon = {"POST", X "/get_groupmsg_task" T, "{\"msgid\":\"$MSG\"}", 41063, NULL};
        static const struct call_row waiting[] = {
                {"POST", X "/get_groupmsg_task" T, "{\"msgid\":\"$MSG\"}", 0, "task_list.0.userid=linxia task_list.0.status=0 next_cursor"},
                {"POST", X "/get_groupmsg_send_result" T, "{\"msgid\":\"$MSG\",\"userid\":\"linxia\"}", 0, "send_list.0.external_userid=$HER send_list.0.status=0"},
                {"POST", X "/get_groupmsg_send_result" T, "{\"msgid\":\"$MSG\",\"userid\":\"nobody\"}", 40003, NULL},
                {"POST", X "/remind_groupmsg_send" T, "{\"msgid\":\"$MSG\"}", 0, NULL},
                {"POST", X "/remind_groupmsg_send" T, "{\"msgid\":\"$MSG\"}", 0, NULL},
                {"POST", X "/remind_groupmsg_send" T, "{\"msgid\":\"$MSG\"}", 0, NULL},
                {"POST", X "/remind_groupmsg_send" T, "{\"msgid\":\"$MSG\"}", 41094, NULL},
        };
        static const struct call_row sent[] = {
                {"POST", X "/get_groupmsg_task" T, "{\"msgid\":\"$MSG\"}", 0, "task_list.0.status=2 task_list.0.send_time"},
                {"POST", X "/get_groupmsg_send_result" T, "{\"msgid\":\"$MSG\",\"userid\":\"linxia\"}", 0, "send_list.0.status=1 send_list.0.send_time"},
                {"POST", X "/cancel_groupmsg_send" T, "{\"msgid\":\"$MSG\"}", 0, NULL},
                {"POST", X "/cancel_groupmsg_send" T, "{\"msgid\":\"$MSG\"}", 41093, NULL},
                {"POST", X "/remind_groupmsg_send" T, "{\"msgid\":\"$MSG\"}", 41093, NULL},
        };
        (void)state;
        deed("/sim/wecom/add", "{\"customer\":\"$HER\",\"userid\":\"linxia\"}");
        const char *made = test_call("POST", NEW, "{\"external_userid\":[\"$HER\",\"$HIM\"]," TEXT "}");
        test_let("MSG", test_member(made, "msgid"));
        test_let("FAILED", test_member(made, "fail_list.0"));
        assert_string_equal(test_value("FAILED", 6), test_value("HIM", 3));
        test_rows(&soon, 1);
        pass_ms("10000");
        test_rows(waiting, countof(waiting));
        assert_string_equal(test_member(deed("/sim/wecom/mass", "{\"msgid\":\"$MSG\",\"userid\":\"linxia\"}"), "sent"), "1");
        test_rows(sent, countof(sent));
        test_let("NOW", arena_printf(&test_arena, "%lld", (long long)sim_now_s(&test_sim)));
        const struct call_row listed = {"POST", X "/get_groupmsg_list_v2" T, "{\"chat_type\":\"single\",\"start_time\":1799999000,\"end_time\":$NOW}", 0,
                                        "group_msg_list.0.msgid=$MSG group_msg_list.0.create_type=0 group_msg_list.0.text.content=上新了"};
        test_rows(&listed, 1);
}

/* Once a day is the most that a month allows, and it is counted with those before. */
static void a_month_has_so_many_days(void **state)
{
        (void)state;
        for (int i = 0; i < 31; i++) {
                test_let("MSG", test_member(test_call("POST", NEW, "{\"sender\":\"linxia\"," TEXT "}"), "msgid"));
                const char *answer = deed("/sim/wecom/mass", "{\"msgid\":\"$MSG\",\"userid\":\"linxia\"}");
                /* One was sent in the test before; 2027-01 has 31 days. */
                assert_string_equal(test_member(answer, "sent"), i < 30 ? "1" : "0");
        }
        pass_ms("10000");
        const struct call_row over = {"POST", X "/get_groupmsg_send_result" T, "{\"msgid\":\"$MSG\",\"userid\":\"linxia\"}", 0, "send_list.0.status=3"};
        test_rows(&over, 1);
        pass_ms("2678400000");
        test_let("MSG", test_member(test_call("POST", NEW, "{\"sender\":\"linxia\"," TEXT "}"), "msgid"));
        assert_string_equal(test_member(deed("/sim/wecom/mass", "{\"msgid\":\"$MSG\",\"userid\":\"linxia\"}"), "sent"), "1");
        /* He deleted her before he confirmed: told as no friend. */
        test_let("MSG", test_member(test_call("POST", NEW, "{\"external_userid\":[\"$HER\"]," TEXT "}"), "msgid"));
        deed("/sim/wecom/drop", "{\"customer\":\"$HER\",\"userid\":\"linxia\"}");
        assert_string_equal(test_member(deed("/sim/wecom/mass", "{\"msgid\":\"$MSG\",\"userid\":\"linxia\"}"), "sent"), "0");
}

static void by_tags_and_to_groups(void **state)
{
        (void)state;
        deed("/sim/wecom/add", "{\"customer\":\"$HIM\",\"userid\":\"zhoumo\"}");
        test_let("TAG", test_member(test_call("POST", X "/add_corp_tag" T, "{\"group_name\":\"喜好\",\"tag\":[{\"name\":\"茶\"}]}"), "tag_group.tag.0.id"));
        const struct call_row nobody = {"POST", NEW, "{\"sender\":\"zhoumo\",\"tag_filter\":{\"group_list\":[{\"tag_list\":[\"$TAG\"]}]}," TEXT "}", 41048, NULL};
        test_rows(&nobody, 1);
        test_call("POST", X "/mark_tag" T, "{\"userid\":\"zhoumo\",\"external_userid\":\"$HIM\",\"add_tag\":[\"$TAG\"]}");
        const struct call_row one = {"POST", NEW, "{\"sender\":\"zhoumo\",\"tag_filter\":{\"group_list\":[{\"tag_list\":[\"$TAG\"]}]}," TEXT "}", 0, "msgid"};
        test_rows(&one, 1);
        test_let("CHAT", test_member(deed("/sim/wecom/group", "{\"userid\":\"zhoumo\",\"name\":\"茶友\"}"), "chat_id"));
        test_let("MSG", test_member(test_call("POST", NEW, "{\"chat_type\":\"group\",\"sender\":\"zhoumo\",\"chat_id_list\":[\"$CHAT\"]," TEXT "}"), "msgid"));
        pass_ms("10000");
        assert_string_equal(test_member(deed("/sim/wecom/mass", "{\"msgid\":\"$MSG\",\"userid\":\"zhoumo\"}"), "sent"), "1");
        const struct call_row sent = {"POST", X "/get_groupmsg_send_result" T, "{\"msgid\":\"$MSG\",\"userid\":\"zhoumo\"}", 0, "send_list.0.chat_id=$CHAT send_list.0.status=1"};
        test_rows(&sent, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(refused),
                cmocka_unit_test(sends_nothing_until_confirmed),
                cmocka_unit_test(a_month_has_so_many_days),
                cmocka_unit_test(by_tags_and_to_groups),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
