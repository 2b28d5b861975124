/* 客户联系 over a socket: each call with arguments that are right and wrong, and what is told of it. */
#include "sim/wecom/setup_test.h"

#define PAIR "\"userid\":\"linxia\",\"external_userid\":\"$HER\""

static void half_contacts_answer_84061(void **state)
{
        static const struct call_row half[] = {
                {"GET", X "/get" T "&external_userid=$HER", NULL, 84061, NULL},
                {"GET", X "/list" T "&userid=linxia", NULL, 84061, NULL},
                {"POST", X "/remark" T, "{" PAIR ",\"remark\":\"老客\"}", 84061, NULL},
                {"POST", X "/mark_tag" T, "{" PAIR ",\"add_tag\":[\"x\"]}", 84061, NULL},
                {"POST", X "/unionid_to_external_userid" T, "{\"unionid\":\"o6_no\"}", 84061, NULL},
        };
        static const struct call_row friends[] = {
                {"GET", X "/get" T "&external_userid=$HER", NULL, 0, "external_contact.external_userid=$HER external_contact.type=1 external_contact.unionid=$UNION follow_user.0.userid=linxia follow_user.0.state=live1 follow_user.0.add_way=1 follow_user.0.createtime"},
                {"GET", X "/list" T "&userid=linxia", NULL, 0, "external_userid.0=$HER"},
                {"GET", X "/list" T "&userid=zhoumo", NULL, 84061, NULL},
                {"GET", X "/list" T "&userid=tangtang", NULL, 84074, NULL},
                {"GET", X "/list" T "&userid=laowu", NULL, 60011, NULL},
                {"GET", X "/get" T "&external_userid=no", NULL, 40096, NULL},
                {"GET", X "/get" T, NULL, 40063, NULL},
                {"GET", X "/get?access_token=$NOTICE&external_userid=$HER", NULL, 48002, NULL},
                {"GET", X "/get_follow_user_list" T, NULL, 0, "follow_user.0=linxia"},
                {"POST", X "/get_follow_user_list" T, "{}", 43001, NULL},
                {"POST", X "/batch/get_by_user" T, "{\"userid_list\":[\"linxia\",\"zhoumo\"]}", 0, "external_contact_list.0.external_contact.name external_contact_list.0.follow_info.userid=linxia next_cursor"},
                {"POST", X "/batch/get_by_user" T, "{\"userid_list\":[]}", 40058, NULL},
                {"POST", X "/batch/get_by_user" T, "{\"userid_list\":[\"linxia\"],\"limit\":101}", 40058, NULL},
                {"POST", X "/remark" T, "{" PAIR ",\"remark\":\"老客\",\"remark_mobiles\":[\"13800000001\"]}", 0, NULL},
                {"POST", X "/remark" T, "{" PAIR "}", 40058, NULL},
                {"POST", X "/remark" T, "{" PAIR ",\"remark\":\"二十一个字二十一个字二十一个字二十一个字啊\"}", 40058, NULL},
                {"POST", X "/remark" T, "{" PAIR ",\"remark\":5}", 40058, NULL},
                {"GET", X "/get" T "&external_userid=$HER", NULL, 0, "follow_user.0.remark=老客 follow_user.0.remark_mobiles.0=13800000001"},
                {"POST", X "/contact_list" T, "{}", 0, "info_list.0.is_customer=true info_list.0.external_userid=$HER info_list.0.tmp_openid"},
                {"POST", X "/contact_list" T, "{\"cursor\":\"x\"}", 50100, NULL},
                {"POST", X "/convert_to_openid" T, "{\"external_userid\":\"$HER\"}", 0, "openid"},
                {"POST", X "/convert_to_openid" T, "{\"external_userid\":\"no\"}", 40096, NULL},
                {"POST", X "/unionid_to_external_userid" T, "{\"unionid\":\"$UNION\"}", 0, "external_userid=$HER"},
                {"POST", X "/unionid_to_external_userid" T, "{}", 40058, NULL},
        };
        (void)state;
        set("bound", "true");
        deed("/sim/wecom/add", "{\"customer\":\"$HER\",\"userid\":\"linxia\",\"half\":1,\"state\":\"live1\"}");
        told("change_external_contact/add_half_external_contact");
        test_rows(half, countof(half));
        deed("/sim/wecom/confirm", "{\"customer\":\"$HER\",\"userid\":\"linxia\"}");
        told("change_external_contact/add_external_contact");
        test_rows(friends, countof(friends));
        told("change_external_contact/edit_external_contact");
        deed("/sim/wecom/agree", "{\"customer\":\"$HER\",\"userid\":\"linxia\"}");
        told("change_external_contact/msg_audit_approved");
        set("list_empty", "0");
        const struct call_row empty = {"GET", X "/list" T "&userid=zhoumo", NULL, 0, "errmsg=ok"};
        test_rows(&empty, 1);
}

static void staff_confirm_late_or_never(void **state)
{
        const struct call_row pending = {"GET", X "/get" T "&external_userid=$HIM", NULL, 84061, NULL};
        const struct call_row there = {"GET", X "/get" T "&external_userid=$HIM", NULL, 0, "follow_user.0.add_way=10 follow_user.0.wechat_channels.nickname=云溪 follow_user.0.wechat_channels.source=2"};

        (void)state;
        set("half_contacts", "100");
        set("confirm_ms", "60000");
        deed("/sim/wecom/add", "{\"customer\":\"$HIM\",\"userid\":\"linxia\",\"add_way\":10,\"channel\":\"云溪\",\"channel_source\":2,\"employer\":\"外企\",\"position\":\"经理\"}");
        pass_ms("59999");
        test_rows(&pending, 1);
        pass_ms("1");
        test_rows(&there, 1);
        test_let("TAG", test_member(test_call("POST", X "/add_corp_tag" T, "{\"group_name\":\"来源\",\"tag\":[{\"name\":\"直播间\"}]}"), "tag_group.tag.0.id"));
        static const struct call_row more[] = {
                {"POST", X "/mark_tag" T, "{\"userid\":\"linxia\",\"external_userid\":\"$HIM\",\"add_tag\":[\"$TAG\"]}", 0, NULL},
                {"POST", X "/remark" T, "{\"userid\":\"linxia\",\"external_userid\":\"$HIM\",\"remark_company\":\"公司\",\"remark_mobiles\":[\"13800000001\"]}", 0, NULL},
                {"POST", X "/batch/get_by_user" T, "{\"userid_list\":[\"linxia\"]}", 0, "external_contact_list.1.external_contact.type=2 external_contact_list.1.external_contact.corp_name=外企 external_contact_list.1.follow_info.tag_id.0=$TAG external_contact_list.1.follow_info.wechat_channels.source=2"},
                {"GET", X "/get" T "&external_userid=$HIM", NULL, 0, "external_contact.external_profile.external_attr.0.type=0 follow_user.0.remark_corp_name=公司"},
                {"POST", X "/del_corp_tag" T, "{\"tag_id\":[\"$TAG\"]}", 0, NULL},
        };
        test_rows(more, countof(more));
        /* She deletes him: one-way, and the APIs work on. He deletes her: gone. */
        deed("/sim/wecom/leave", "{\"customer\":\"$HIM\",\"userid\":\"linxia\"}");
        told("change_external_contact/del_follow_user");
        test_rows(&there, 1);
        deed("/sim/wecom/drop", "{\"customer\":\"$HIM\",\"userid\":\"linxia\"}");
        told("change_external_contact/del_external_contact");
        test_rows(&pending, 1);
        set("confirm_ms", "-1");
        deed("/sim/wecom/add", "{\"customer\":\"$HIM\",\"userid\":\"zhoumo\"}");
        pass_ms("864000000");
        test_rows(&pending, 1);
        set("half_contacts", "0");
}

static void welcome(void **state)
{
        static const struct call_row rows[] = {
                {"POST", X "/send_welcome_msg" T, "{\"text\":{\"content\":\"欢迎\"}}", 41049, NULL},
                {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"$WELCOME\"}", 40058, NULL},
                {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"$WELCOME\",\"attachments\":[{\"msgtype\":\"voice\"}]}", 41065, NULL},
                {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"$WELCOME\",\"attachments\":[{\"msgtype\":\"image\",\"image\":{\"media_id\":\"x\"}}]}", 40007, NULL},
                {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"$WELCOME\",\"attachments\":[{\"msgtype\":\"image\",\"image\":{\"pic_url\":\"https://elsewhere/a.png\"}}]}", 40058, NULL},
                {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"$WELCOME\",\"attachments\":[{\"msgtype\":\"link\",\"link\":{\"title\":\"t\"}}]}", 40063, NULL},
                {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"$WELCOME\",\"attachments\":[{},{},{},{},{},{},{},{},{},{}]}", 40058, NULL},
                {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"$WELCOME\",\"attachments\":[$TEN]}", 41064, NULL},
                {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"x\",\"text\":{\"content\":\"欢迎\"}}", 41050, NULL},
                {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"$WELCOME\",\"text\":{\"content\":\"欢迎\"},\"attachments\":[{\"msgtype\":\"image\",\"image\":{\"media_id\":\"$MEDIA\"}},{\"msgtype\":\"link\",\"link\":{\"title\":\"t\",\"url\":\"https://a\"}}]}", 0, NULL},
                {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"$WELCOME\",\"text\":{\"content\":\"欢迎\"}}", 41051, NULL},
        };
        const struct call_row late = {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"$WELCOME\",\"text\":{\"content\":\"欢迎\"}}", 41050, NULL};
        const struct call_row consent = {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"$WELCOME\",\"text\":{\"content\":\"欢迎\"}}", 41053, NULL};

        (void)state;
        test_let("TEN", "{\"a\":1},{\"a\":1},{\"a\":1},{\"a\":1},{\"a\":1},{\"a\":1},{\"a\":1},{\"a\":1},{\"a\":1},{\"a\":1}");
        test_let("WELCOME", test_member(deed("/sim/wecom/add", "{\"customer\":\"$HER\",\"userid\":\"zhoumo\"}"), "welcome_code"));
        test_rows(rows, countof(rows));
        test_let("WELCOME", test_member(deed("/sim/wecom/add", "{\"customer\":\"$HER\",\"userid\":\"hejian\"}"), "welcome_code"));
        set("consent_missing", "true");
        test_rows(&consent, 1);
        set("consent_missing", "false");
        pass_ms("20000");
        test_rows(&late, 1);
}

static void ways(void **state)
{
        static const struct call_row rows[] = {
                {"POST", X "/add_contact_way" T, "{\"type\":1,\"scene\":2,\"user\":[\"linxia\",\"zhoumo\"]}", 41040, NULL},
                {"POST", X "/add_contact_way" T, "{\"type\":3,\"scene\":2,\"user\":[\"linxia\"]}", 41035, NULL},
                {"POST", X "/add_contact_way" T, "{\"type\":1,\"scene\":3,\"user\":[\"linxia\"]}", 41037, NULL},
                {"POST", X "/add_contact_way" T, "{\"type\":1,\"scene\":2,\"user\":[\"xiaobai\"]}", 41054, NULL},
                {"POST", X "/add_contact_way" T, "{\"type\":1,\"scene\":2,\"user\":\"linxia\"}", 40058, NULL},
                {"POST", X "/add_contact_way" T, "{\"type\":1,\"scene\":2,\"user\":[\"linxia\"],\"conclusions\":{\"text\":{\"content\":\"再见\"}}}", 40058, NULL},
                {"POST", X "/get_contact_way" T, "{\"config_id\":\"$WAY\"}", 0, "contact_way.config_id=$WAY contact_way.type=2 contact_way.user.1=zhoumo contact_way.state=live2 contact_way.skip_verify=true contact_way.qr_code contact_way.is_temp=false"},
                {"POST", X "/get_contact_way" T, "{}", 41039, NULL},
                {"POST", X "/get_contact_way" T, "{\"config_id\":\"no\"}", 41044, NULL},
                {"POST", X "/list_contact_way" T, "{}", 0, "contact_way.0.config_id=$WAY"},
                {"POST", X "/list_contact_way" T, "{\"limit\":1001}", 40058, NULL},
                {"POST", X "/update_contact_way" T, "{\"config_id\":\"$WAY\",\"state\":\"live3\",\"user\":[\"zhoumo\"]}", 0, NULL},
                {"POST", X "/update_contact_way" T, "{\"config_id\":\"$WAY\",\"type\":1}", 41035, NULL},
                {"POST", X "/update_contact_way" T, "{\"config_id\":\"$WAY\",\"state\":\"三十一个字三十一个字三十一个字三十一个字三十一个字三十一个字啊\"}", 41042, NULL},
                {"POST", X "/get_contact_way" T, "{\"config_id\":\"$WAY\"}", 0, "contact_way.state=live3 contact_way.user.0=zhoumo"},
                {"POST", X "/close_temp_chat" T, "{" PAIR "}", 0, NULL},
                {"POST", X "/close_temp_chat" T, "{\"userid\":\"linxia\",\"external_userid\":\"$NEW\"}", 84061, NULL},
        };
        static const struct call_row after[] = {
                {"GET", X "/get" T "&external_userid=$NEW", NULL, 0, "follow_user.0.userid=zhoumo follow_user.0.state=live3"},
                {"POST", X "/del_contact_way" T, "{\"config_id\":\"$WAY\"}", 0, NULL},
                {"POST", X "/del_contact_way" T, "{\"config_id\":\"$WAY\"}", 41044, NULL},
        };
        (void)state;
        test_let("NEW", world_person(&test_sim, "丙")->external_userid);
        test_let("WAY", test_member(test_call("POST", X "/add_contact_way" T, "{\"type\":2,\"scene\":2,\"user\":[\"linxia\",\"zhoumo\"],\"party\":[2],\"state\":\"live2\",\"remark\":\"直播\"}"), "config_id"));
        const char *temp = test_call("POST", X "/add_contact_way" T, "{\"type\":1,\"scene\":2,\"is_temp\":true,\"user\":[\"linxia\"],\"expires_in\":60,\"conclusions\":{\"text\":{\"content\":\"再见\"},\"image\":{\"media_id\":\"$MEDIA\"}}}");
        test_let("TEMP", test_member(temp, "config_id"));
        test_rows(rows, countof(rows));
        deed("/sim/wecom/add", "{\"customer\":\"$NEW\",\"config_id\":\"$WAY\"}");
        test_rows(after, countof(after));
        pass_ms("60001");
        const struct call_row expired = {"POST", X "/update_contact_way" T, "{\"config_id\":\"$TEMP\",\"remark\":\"x\"}", 41044, NULL};
        test_rows(&expired, 1);
}

static void tags(void **state)
{
        static const struct call_row rows[] = {
                {"POST", X "/add_corp_tag" T, "{\"group_name\":\"级别\",\"tag\":[{\"name\":\"金\"}]}", 40071, NULL},
                {"POST", X "/add_corp_tag" T, "{\"group_name\":\"级别\",\"tag\":[]}", 40058, NULL},
                {"POST", X "/add_corp_tag" T, "{\"group_id\":\"no\",\"tag\":[{\"name\":\"铜\"}]}", 40068, NULL},
                {"POST", X "/add_corp_tag" T, "{\"group_name\":\"级别\",\"tag\":[{\"name\":\"\"}]}", 40072, NULL},
                {"POST", X "/get_corp_tag_list" T, "{}", 0, "tag_group.0.group_name=级别 tag_group.0.create_time tag_group.0.tag.0.id=$GOLD tag_group.0.tag.1.order=2"},
                {"POST", X "/get_corp_tag_list" T, "{\"tag_id\":[\"no\"]}", 40068, NULL},
                {"POST", X "/edit_corp_tag" T, "{\"id\":\"$SILVER\",\"name\":\"金\"}", 40071, NULL},
                {"POST", X "/edit_corp_tag" T, "{\"id\":\"no\",\"name\":\"银\"}", 40068, NULL},
                {"POST", X "/edit_corp_tag" T, "{\"id\":\"$SILVER\",\"order\":-1}", 40058, NULL},
                {"POST", X "/mark_tag" T, "{" PAIR ",\"add_tag\":[\"$GOLD\",\"$SILVER\"]}", 0, NULL},
                {"POST", X "/mark_tag" T, "{" PAIR "}", 40058, NULL},
                {"POST", X "/mark_tag" T, "{" PAIR ",\"add_tag\":[\"no\"]}", 40068, NULL},
                {"GET", X "/get" T "&external_userid=$HER", NULL, 0, "follow_user.0.tags.0.tag_id=$GOLD follow_user.0.tags.0.group_name=级别 follow_user.0.tags.0.type=1"},
                {"POST", X "/mark_tag" T, "{" PAIR ",\"remove_tag\":[\"$GOLD\"]}", 0, NULL},
                {"GET", X "/get" T "&external_userid=$HER", NULL, 0, "follow_user.0.tags.0.tag_id=$SILVER"},
        };
        const struct call_row edit = {"POST", X "/edit_corp_tag" T, "{\"id\":\"$SILVER\",\"name\":\"白银\"}", 0, NULL};
        const struct call_row shuffle = {"POST", X "/edit_corp_tag" T, "{\"id\":\"$SILVER\",\"order\":9}", 0, NULL};
        const struct call_row del = {"POST", X "/del_corp_tag" T, "{\"tag_id\":[\"$GOLD\"]}", 0, NULL};
        const struct call_row last = {"POST", X "/del_corp_tag" T, "{\"tag_id\":[\"$SILVER\"]}", 0, NULL};
        const struct call_row gone = {"POST", X "/del_corp_tag" T, "{\"group_id\":[\"$TAGS\"]}", 40068, NULL};
        const struct call_row foreign = {"POST", X "/del_corp_tag" T, "{\"tag_id\":[\"$GOLD\"]}", 81011, NULL};

        (void)state;
        const char *made = test_call("POST", X "/add_corp_tag" T, "{\"group_name\":\"级别\",\"tag\":[{\"name\":\"金\",\"order\":1},{\"name\":\"银\",\"order\":2},{\"name\":\"金\"}]}");
        told("change_external_tag/create");
        assert_null(test_member(made, "tag_group.tag.2.id"));
        test_let("TAGS", test_member(made, "tag_group.group_id"));
        test_let("GOLD", test_member(made, "tag_group.tag.0.id"));
        test_let("SILVER", test_member(made, "tag_group.tag.1.id"));
        test_rows(rows, countof(rows));
        test_rows(&edit, 1);
        told("change_external_tag/update");
        test_rows(&shuffle, 1);
        told("change_external_tag/shuffle");
        const struct wecom *w = wecom_of(&test_sim);
        struct tag *gold = w->tag_groups.v[w->tag_groups.n - 1]->tags.v[0];
        gold->app = w->apps.v[1];
        test_rows(&foreign, 1);
        gold->app = w->apps.v[0];
        test_rows(&del, 1);
        test_rows(&last, 1);
        told("change_external_tag/delete");
        test_rows(&gone, 1);
}

#define A X "/customer_acquisition"
static void links(void **state)
{
        static const struct call_row rows[] = {
                {"POST", A "/create_link" T, "{\"link_name\":\"直播\",\"range\":{\"user_list\":[\"nobody\"]}}", 60111, NULL},
                {"POST", A "/create_link" T, "{\"link_name\":\"直播\"}", 40058, NULL},
                {"POST", A "/get" T, "{\"link_id\":\"$LINK\"}", 0, "link.link_name=直播 link.skip_verify=true range.user_list.0=linxia"},
                {"POST", A "/get" T, "{\"link_id\":\"no\"}", 40058, NULL},
                {"POST", A "/update_link" T, "{\"link_id\":\"$LINK\",\"link_name\":\"夜播\",\"priority_option\":{\"priority_type\":2,\"priority_userid_list\":[\"linxia\"]}}", 0, NULL},
                {"POST", A "/update_link" T, "{\"link_id\":\"$LINK\",\"link_name\":\"\"}", 40058, NULL},
                {"POST", A "/get" T, "{\"link_id\":\"$LINK\"}", 0, "link.link_name=夜播 priority_option.priority_type=2 priority_option.priority_userid_list.0=linxia"},
                {"POST", A "/list_link" T, "{}", 0, "link_id_list.0=$LINK next_cursor"},
                {"POST", A "/list_link" T, "{\"limit\":101}", 40058, NULL},
                {"POST", A "/customer" T, "{\"link_id\":\"$LINK\"}", 0, "customer_list.0.external_userid=$FAN customer_list.0.chat_status=1 customer_list.0.state=CHANNEL_A"},
                {"POST", A "/customer" T, "{\"link_id\":\"no\"}", 40058, NULL},
                {"POST", A "/statistic" T, "{\"link_id\":\"$LINK\",\"start_time\":$NOW,\"end_time\":$NOW}", 0, "click_link_customer_cnt=1 new_customer_cnt=1"},
                {"POST", A "/statistic" T, "{\"link_id\":\"$LINK\",\"start_time\":1,\"end_time\":$NOW}", 40058, NULL},
                {"POST", A "/get_chat_info" T, "{\"chat_key\":\"$KEY\"}", 0, "userid=linxia external_userid=$FAN chat_info.recv_msg_cnt=3 chat_info.state=CHANNEL_A"},
                {"POST", A "/get_chat_info" T, "{\"chat_key\":\"no\"}", 40058, NULL},
                {"GET", X "/customer_acquisition_quota" T, NULL, 0, "total balance=999 quota_list.0.balance"},
                {"POST", X "/customer_acquisition_quota" T, "{}", 43001, NULL},
        };
        static const char *const console[] = {"balance_increased", "link_unavailable", "open_profile", "quota_expire_soon", "delete_link"};
        (void)state;
        set("acquisition_balance", "1000");
        test_let("FAN", world_person(&test_sim, "丁")->external_userid);
        test_let("LINK", test_member(test_call("POST", A "/create_link" T, "{\"link_name\":\"直播\",\"range\":{\"user_list\":[\"linxia\"],\"department_list\":[2]}}"), "link.link_id"));
        test_let("NOW", arena_printf(&test_arena, "%lld", (long long)sim_now_s(&test_sim)));
        deed("/sim/wecom/add", "{\"customer\":\"$FAN\",\"link_id\":\"$LINK\",\"customer_channel\":\"CHANNEL_A\"}");
        told("change_external_contact/add_external_contact");
        deed("/sim/wecom/hear", "{\"customer\":\"$FAN\",\"userid\":\"linxia\"}");
        told("customer_acquisition/customer_start_chat");
        deed("/sim/wecom/hear", "{\"customer\":\"$FAN\",\"userid\":\"linxia\"}");
        test_let("KEY", test_member(deed("/sim/wecom/hear", "{\"customer\":\"$FAN\",\"userid\":\"linxia\"}"), "chat_key"));
        told("customer_acquisition/message_from_customer");
        test_rows(rows, countof(rows));
        deed("/sim/wecom/leave", "{\"customer\":\"$FAN\",\"userid\":\"linxia\"}");
        told("customer_acquisition/del_follow_user");
        /* The quota runs low, and out: told before the friend is. */
        set("acquisition_balance", "101");
        test_let("OTHER", world_person(&test_sim, "庚")->external_userid);
        deed("/sim/wecom/add", "{\"customer\":\"$OTHER\",\"link_id\":\"$LINK\"}");
        assert_non_null(strstr(test_call("GET", "/sim/ledger?what=event&limit=10000", NULL), "customer_acquisition/balance_low"));
        set("acquisition_balance", "1");
        test_let("OTHER", world_person(&test_sim, "辛")->external_userid);
        deed("/sim/wecom/add", "{\"customer\":\"$OTHER\",\"link_id\":\"$LINK\"}");
        assert_non_null(strstr(test_call("GET", "/sim/ledger?what=event&limit=10000", NULL), "customer_acquisition/balance_exhausted"));
        assert_string_equal(test_member(test_call("POST", "/sim/wecom/add", "{\"customer\":\"$HIM\",\"link_id\":\"$LINK\"}"), "ok"), "false");
        for (size_t i = 0; i < countof(console); i++) {
                test_let("EVENT", console[i]);
                deed("/sim/wecom/link", "{\"link_id\":\"$LINK\",\"event\":\"$EVENT\"}");
                told(arena_printf(&test_arena, "customer_acquisition/%s", console[i]));
        }
        test_let("LINK", test_member(test_call("POST", A "/create_link" T, "{\"link_name\":\"直播\",\"range\":{\"user_list\":[\"linxia\"]}}"), "link.link_id"));
        static const struct call_row del[] = {
                {"POST", A "/delete_link" T, "{\"link_id\":\"$LINK\"}", 0, NULL},
                {"POST", A "/delete_link" T, "{\"link_id\":\"$LINK\"}", 40058, NULL},
        };
        test_rows(del, countof(del));
        pass_ms("1800001");
        const struct call_row old = {"POST", A "/get_chat_info" T, "{\"chat_key\":\"$KEY\"}", 40058, NULL};
        test_rows(&old, 1);
}

static void groups(void **state)
{
        static const struct call_row rows[] = {
                {"POST", X "/groupchat/list" T, "{\"limit\":10,\"owner_filter\":{\"userid_list\":[\"linxia\"]}}", 0, "group_chat_list.0.chat_id=$CHAT group_chat_list.0.status=0"},
                {"POST", X "/groupchat/list" T, "{}", 40058, NULL},
                {"POST", X "/groupchat/list" T, "{\"limit\":10,\"status_filter\":4}", 40058, NULL},
                {"POST", X "/groupchat/get" T, "{\"chat_id\":\"$CHAT\",\"need_name\":1}", 0, "group_chat.owner=linxia group_chat.member_list.0.type=1 group_chat.member_list.1.userid=$HER group_chat.member_list.1.join_scene=3 group_chat.member_list.1.state=g1 group_chat.member_list.1.name group_chat.member_version"},
                {"POST", X "/groupchat/get" T, "{\"chat_id\":\"$CHAT\"}", 0, "group_chat.admin_list.0.userid=zhoumo"},
                {"POST", X "/groupchat/get" T, "{\"chat_id\":\"no\"}", 40050, NULL},
                {"POST", X "/contact_list" T, "{}", 0, "info_list.0.follow_userid info_list.1.name"},
                {"POST", X "/opengid_to_chatid" T, "{\"opengid\":\"$OPENGID\"}", 0, "chat_id=$CHAT"},
                {"POST", X "/opengid_to_chatid" T, "{\"opengid\":\"no\"}", 90511, NULL},
                {"POST", X "/groupchat/add_join_way" T, "{\"scene\":2,\"chat_id_list\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]}", 41091, NULL},
                {"POST", X "/groupchat/add_join_way" T, "{\"scene\":2}", 40063, NULL},
                {"POST", X "/groupchat/get_join_way" T, "{\"config_id\":\"$JOIN\"}", 0, "join_way.config_id=$JOIN join_way.scene=2 join_way.chat_id_list.0=$CHAT join_way.qr_code join_way.auto_create_room=1 join_way.state=g1"},
                {"POST", X "/groupchat/get_join_way" T, "{\"config_id\":\"no\"}", 41044, NULL},
                {"POST", X "/groupchat/update_join_way" T, "{\"config_id\":\"$JOIN\",\"scene\":2,\"chat_id_list\":[\"$CHAT\"],\"remark\":\"新\",\"auto_create_room\":0}", 0, NULL},
                {"POST", X "/groupchat/update_join_way" T, "{\"config_id\":\"$JOIN\",\"scene\":2}", 40063, NULL},
                {"POST", X "/groupchat/del_join_way" T, "{\"config_id\":\"$JOIN\"}", 0, NULL},
                {"POST", X "/groupchat/del_join_way" T, "{\"config_id\":\"$JOIN\"}", 41044, NULL},
                {"POST", X "/groupchat/onjob_transfer" T, "{\"chat_id_list\":[\"$CHAT\",\"no\"],\"new_owner\":\"zhoumo\"}", 0, "failed_chat_list.0.chat_id=no failed_chat_list.0.errcode=90501"},
                {"POST", X "/groupchat/onjob_transfer" T, "{\"chat_id_list\":[\"$CHAT\"],\"new_owner\":\"zhoumo\"}", 0, "failed_chat_list.0.errcode=90504"},
                {"POST", X "/groupchat/onjob_transfer" T, "{\"chat_id_list\":[],\"new_owner\":\"zhoumo\"}", 40058, NULL},
                {"POST", X "/groupchat/transfer" T, "{\"chat_id_list\":[\"$CHAT\"],\"new_owner\":\"linxia\"}", 0, "failed_chat_list.0.errcode=90500"},
                {"POST", X "/groupchat/transfer" T, "{\"chat_id_list\":[\"$CHAT\"],\"new_owner\":\"nobody\"}", 60111, NULL},
        };
        (void)state;
        test_let("OUTSIDER", world_person(&test_sim, "己")->external_userid);
        const char *made = deed("/sim/wecom/group", "{\"userid\":\"linxia\",\"name\":\"老客群\"}");
        told("change_external_chat/create");
        test_let("CHAT", test_member(made, "chat_id"));
        test_let("OPENGID", test_member(made, "opengid"));
        test_let("JOIN", test_member(test_call("POST", X "/groupchat/add_join_way" T, "{\"scene\":2,\"chat_id_list\":[\"$CHAT\"],\"state\":\"g1\"}"), "config_id"));
        deed("/sim/wecom/group/change", "{\"chat_id\":\"$CHAT\",\"admin\":\"zhoumo\"}");
        deed("/sim/wecom/group/join", "{\"customer\":\"$OUTSIDER\",\"chat_id\":\"$CHAT\"}");
        deed("/sim/wecom/group/quit", "{\"customer\":\"$OUTSIDER\",\"chat_id\":\"$CHAT\",\"removed\":1}");
        deed("/sim/wecom/group/join", "{\"customer\":\"$HER\",\"config_id\":\"$JOIN\"}");
        told("change_external_chat/update");
        test_rows(rows, countof(rows));
        const char *before = group_version(&test_arena, group_find(&test_sim, test_fill("$CHAT")));
        deed("/sim/wecom/group/quit", "{\"customer\":\"$HER\",\"chat_id\":\"$CHAT\"}");
        assert_string_not_equal(before, group_version(&test_arena, group_find(&test_sim, test_fill("$CHAT"))));
        deed("/sim/wecom/group/change", "{\"chat_id\":\"$CHAT\",\"name\":\"新群\",\"notice\":\"告示\"}");
        deed("/sim/wecom/group/change", "{\"chat_id\":\"$CHAT\",\"dismiss\":1}");
        told("change_external_chat/dismiss");
        const struct call_row gone = {"POST", X "/groupchat/get" T, "{\"chat_id\":\"$CHAT\"}", 49008, NULL};
        test_rows(&gone, 1);
}

#define MOVE "\"handover_userid\":\"linxia\",\"takeover_userid\":\"zhoumo\""
static void transfers(void **state)
{
        static const struct call_row ask[] = {
                {"POST", X "/transfer_customer" T, "{" MOVE ",\"external_userid\":[\"$MOVED\",\"no\"]}", 0, "customer.0.errcode=0 customer.1.errcode=40096"},
                {"POST", X "/transfer_customer" T, "{" MOVE ",\"external_userid\":[\"$MOVED\"]}", 0, "customer.0.errcode=40100"},
                {"POST", X "/transfer_customer" T, "{" MOVE ",\"external_userid\":[]}", 40058, NULL},
                {"POST", X "/transfer_customer" T, "{\"handover_userid\":\"linxia\",\"takeover_userid\":\"linxia\",\"external_userid\":[\"$MOVED\"]}", 40130, NULL},
                {"POST", X "/transfer_result" T, "{" MOVE "}", 0, "customer.0.external_userid=$MOVED customer.0.status=2"},
                {"POST", X "/transfer_result" T, "{\"handover_userid\":\"nobody\",\"takeover_userid\":\"zhoumo\"}", 60111, NULL},
        };
        static const struct call_row done[] = {
                {"POST", X "/transfer_result" T, "{" MOVE "}", 0, "customer.0.status=1"},
                {"GET", X "/get" T "&external_userid=$MOVED", NULL, 0, "follow_user.0.userid=zhoumo follow_user.0.add_way=202"},
                {"POST", X "/transfer_customer" T, "{" MOVE ",\"external_userid\":[\"$MOVED\"]}", 0, "customer.0.errcode=40131"},
        };
        static const struct call_row left[] = {
                {"POST", X "/resigned/transfer_customer" T, "{\"handover_userid\":\"linxia\",\"takeover_userid\":\"zhoumo\",\"external_userid\":[\"$MOVED\"]}", 40097, NULL},
                {"POST", X "/get_unassigned_list" T, "{}", 0, "info.0.handover_userid=parting info.0.external_userid=$MOVED info.0.dimission_time is_last=true"},
                {"POST", X "/get_unassigned_list" T, "{\"page_size\":1001}", 40058, NULL},
                {"POST", X "/resigned/transfer_customer" T, "{\"handover_userid\":\"parting\",\"takeover_userid\":\"zhoumo\",\"external_userid\":[\"$MOVED\"]}", 0, "customer.0.errcode=0"},
                {"POST", X "/resigned/transfer_customer" T, "{\"handover_userid\":\"parting\",\"takeover_userid\":\"zhoumo\",\"external_userid\":[\"$MOVED\"]}", 0, "customer.0.errcode=40129"},
                {"POST", X "/resigned/transfer_result" T, "{\"handover_userid\":\"parting\",\"takeover_userid\":\"zhoumo\"}", 0, "customer.0.status=2"},
                {"POST", X "/resigned/transfer_result" T, "{\"handover_userid\":\"linxia\",\"takeover_userid\":\"zhoumo\"}", 40097, NULL},
        };
        (void)state;
        test_let("MOVED", world_person(&test_sim, "戊")->external_userid);
        deed("/sim/wecom/add", "{\"customer\":\"$MOVED\",\"userid\":\"linxia\"}");
        test_rows(ask, countof(ask));
        pass_ms("86400000");
        told("change_external_contact/add_external_contact");
        test_rows(done, countof(done));
        /* Refused: told, and nothing has changed. */
        deed("/sim/wecom/staff", "{\"userid\":\"parting\",\"name\":\"别离\"}");
        deed("/sim/wecom/add", "{\"customer\":\"$MOVED\",\"userid\":\"parting\"}");
        test_call("POST", X "/transfer_customer" T, "{\"handover_userid\":\"parting\",\"takeover_userid\":\"hejian\",\"external_userid\":[\"$MOVED\"]}");
        deed("/sim/wecom/refuse", "{\"customer\":\"$MOVED\"}");
        told("change_external_contact/transfer_fail");
        const struct call_row refused = {"POST", X "/transfer_result" T, "{\"handover_userid\":\"parting\",\"takeover_userid\":\"hejian\"}", 0, "customer.0.status=3"};
        test_rows(&refused, 1);
        deed("/sim/wecom/staff/leave", "{\"userid\":\"parting\"}");
        test_rows(left, countof(left));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(half_contacts_answer_84061), cmocka_unit_test(staff_confirm_late_or_never), cmocka_unit_test(welcome),
                cmocka_unit_test(ways), cmocka_unit_test(tags), cmocka_unit_test(links), cmocka_unit_test(groups),
                cmocka_unit_test(transfers),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
