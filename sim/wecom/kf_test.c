/* 微信客服 over a socket: each call with arguments that are right and wrong. */
#include "sim/chat.h"
#include "sim/wecom/setup_test.h"

static void says(void)
{
        const char *said = test_call("POST", "/sim/say", "{\"customer\":\"$HER\",\"open_kfid\":\"$KF\",\"text\":\"在吗\"}");
        assert_string_equal(test_member(said, "ok"), "true");
}

static void accounts(void **state)
{
        static const struct call_row rows[] = {
                {"POST", W "/kf/account/list" T, "{\"offset\":0,\"limit\":1}", 0, "account_list.0.open_kfid=$KF account_list.0.manage_privilege=true account_list.0.avatar"},
                {"POST", W "/kf/account/list" T, "{\"limit\":101}", 40058, NULL},
                {"POST", W "/kf/account/list" T, "{\"limit\":\"a\"}", 40058, NULL},
                {"POST", W "/kf/account/list?access_token=$NOTICE", "{}", 48002, NULL},
                {"POST", W "/kf/account/list", "{}", 41001, NULL},
                {"POST", W "/kf/account/list?access_token=x", "{}", 40014, NULL},
                {"POST", W "/kf/account/add" T, "{\"name\":\"十七个字十七个字十七个字十七个字啊\",\"media_id\":\"$MEDIA\"}", 95006, NULL},
                {"POST", W "/kf/account/add" T, "{\"name\":\"新\",\"media_id\":\"x\"}", 40007, NULL},
                {"POST", W "/kf/account/update" T, "{\"open_kfid\":\"$NEW\",\"name\":\"改名\"}", 0, NULL},
                {"POST", W "/kf/account/update" T, "{\"open_kfid\":\"$NEW\",\"name\":\"\"}", 95006, NULL},
                {"POST", W "/kf/account/update" T, "{\"open_kfid\":\"x\"}", 95000, NULL},
                {"POST", W "/kf/add_contact_way" T, "{\"open_kfid\":\"$NEW\",\"scene\":\"live_1\"}", 0, "url"},
                {"POST", W "/kf/add_contact_way" T, "{\"open_kfid\":\"$NEW\",\"scene\":\"a b\"}", 40058, NULL},
                {"GET", W "/kf/get_corp_qualification" T, NULL, 0, "wechat_channels_binding=true"},
                {"POST", W "/kf/get_corp_qualification" T, "{}", 43001, NULL},
                {"POST", W "/kf/servicer/add" T, "{\"open_kfid\":\"$NEW\",\"userid_list\":[\"linxia\",\"laowu\",\"xiaobai\"],\"department_id_list\":[2,99]}", 0,
                 "result_list.0.errmsg=success result_list.1.errcode=60011 result_list.2.errcode=95014 result_list.3.errcode=0 result_list.4.errcode=60003"},
                {"POST", W "/kf/servicer/add" T, "{\"open_kfid\":\"$NEW\",\"userid_list\":[\"linxia\"]}", 0, "result_list.0.errmsg=ignored"},
                {"POST", W "/kf/servicer/add" T, "{\"open_kfid\":\"$NEW\"}", 40063, NULL},
                {"GET", W "/kf/servicer/list" T "&open_kfid=$NEW", NULL, 0, "servicer_list.0.userid=linxia servicer_list.0.status=0 servicer_list.1.department_id=2"},
                {"GET", W "/kf/servicer/list" T "&open_kfid=wkno", NULL, 95004, NULL},
                {"POST", W "/kf/servicer/del" T, "{\"open_kfid\":\"$NEW\",\"userid_list\":[\"linxia\"],\"department_id_list\":[2]}", 0, "result_list.0.errmsg=success result_list.1.errmsg=success"},
                {"POST", W "/kf/servicer/del" T, "{\"open_kfid\":\"$NEW\",\"userid_list\":\"linxia\"}", 40058, NULL},
                {"POST", W "/kf/account/del" T, "{\"open_kfid\":\"$NEW\"}", 0, NULL},
                {"POST", W "/kf/account/del" T, "{\"open_kfid\":\"$NEW\"}", 95004, NULL},
                {"POST", W "/kf/account/del" T, "{}", 40058, NULL},
                {"GET", W "/kf/account/del" T, NULL, 43002, NULL},
                {"POST", W "/kf/account/del" T, "not json", 40035, NULL},
        };
        (void)state;
        test_let("OTHERKF", test_sim.world.corp.kf[1]->open_kfid);
        test_let("NEW", test_member(test_call("POST", W "/kf/account/add" T, "{\"name\":\"新\",\"media_id\":\"$MEDIA\"}"), "open_kfid"));
        test_rows(rows, countof(rows));
        set("certified", "false");
        for (int i = 0; i < 8; i++)
                test_call("POST", W "/kf/account/add" T, "{\"name\":\"新\",\"media_id\":\"$MEDIA\"}");
        const struct call_row full = {"POST", W "/kf/account/add" T, "{\"name\":\"新\",\"media_id\":\"$MEDIA\"}", 95027, NULL};
        test_rows(&full, 1);
        set("certified", "true");
        set("ip_trusted", "false");
        const struct call_row outside = {"POST", W "/kf/account/list" T, "{}", 60020, NULL};
        test_rows(&outside, 1);
        set("ip_trusted", "true");
        test_call("POST", "/sim/wecom/manage", "{\"open_kfid\":\"$OTHERKF\",\"on\":0}");
        const struct call_row away = {"POST", W "/kf/sync_msg" T, "{\"open_kfid\":\"$OTHERKF\"}", 48007, NULL};
        test_rows(&away, 1);
        deed("/sim/wecom/manage", "{\"open_kfid\":\"$OTHERKF\"}");
        told("kf_account_auth_change");
}

#define TO "\"touser\":\"$HER\",\"open_kfid\":\"$KF\","
static void every_type(void **state)
{
        static const struct call_row good[] = {
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"text\",\"text\":{\"content\":\"在\"}}", 0, "msgid"},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"image\",\"image\":{\"media_id\":\"$MEDIA\"}}", 0, "msgid"},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"voice\",\"voice\":{\"media_id\":\"$MEDIA\"}}", 0, "msgid"},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"video\",\"video\":{\"media_id\":\"$MEDIA\"}}", 0, "msgid"},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"file\",\"file\":{\"media_id\":\"$MEDIA\"}}", 0, "msgid"},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"text\",\"text\":{\"content\":\"六\"}}", 95001, NULL},
        };
        static const struct call_row more[] = {
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"link\",\"link\":{\"title\":\"标题\",\"url\":\"https://a\",\"thumb_media_id\":\"$MEDIA\"}}", 0, "msgid"},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"miniprogram\",\"miniprogram\":{\"appid\":\"wx1\",\"title\":\"程序\",\"thumb_media_id\":\"$MEDIA\",\"pagepath\":\"p.html\"}}", 0, "msgid"},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"msgmenu\",\"msgmenu\":{\"head_content\":\"满意吗\",\"list\":[{\"type\":\"click\",\"click\":{\"id\":\"1\",\"content\":\"是\"}},{\"type\":\"text\",\"text\":{\"content\":\"说\\n明\",\"no_newline\":1}}]}}", 0, "msgid"},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"location\",\"location\":{\"latitude\":1.5,\"longitude\":2.5}}", 0, "msgid"},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgid\":\"key-1\",\"msgtype\":\"business_card\",\"business_card\":{\"userid\":\"linxia\"}}", 0, "msgid=key-1"},
        };
        static const struct call_row bad[] = {
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgid\":\"key-1\",\"msgtype\":\"text\",\"text\":{\"content\":\"又\"}}", 40058, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgid\":\"k 1\",\"msgtype\":\"text\",\"text\":{\"content\":\"又\"}}", 40058, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"text\",\"text\":{\"content\":\"\"}}", 44004, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"text\",\"text\":{\"content\":5}}", 40058, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"text\",\"text\":{\"content\":\"$LONG\"}}", 45002, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"text\"}", 40063, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"image\",\"image\":{\"media_id\":\"x\"}}", 40007, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"link\",\"link\":{\"title\":\"标题\",\"url\":\"a\",\"thumb_media_id\":\"$MEDIA\"}}", 40058, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"msgmenu\",\"msgmenu\":{\"list\":[{},{},{},{},{},{},{},{},{},{},{}]}}", 40063, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"msgmenu\",\"msgmenu\":{\"list\":[{\"type\":\"jump\"}]}}", 95009, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"msgmenu\",\"msgmenu\":{\"list\":[$ELEVEN]}}", 95008, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"location\",\"location\":{\"latitude\":1.5}}", 40063, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"business_card\",\"business_card\":{\"userid\":\"nobody\"}}", 60111, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"ca_link\",\"ca_link\":{\"link_url\":\"https://work.weixin.qq.com/ca/x\"}}", 40058, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"sticker\",\"sticker\":{\"a\":1}}", 40008, NULL},
                {"POST", W "/kf/send_msg" T, "{\"touser\":\"wmno\",\"open_kfid\":\"$KF\",\"msgtype\":\"text\",\"text\":{\"content\":\"在\"}}", 40096, NULL},
                {"POST", W "/kf/send_msg" T, "{\"touser\":\"$HER\",\"open_kfid\":\"wkno\",\"msgtype\":\"text\",\"text\":{\"content\":\"在\"}}", 95004, NULL},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"ca_link\",\"ca_link\":{\"link_url\":\"$LINKURL?customer_channel=kf\"}}", 95001, NULL},
        };
        char text[2050];

        (void)state;
        memset(text, 'a', sizeof(text) - 1);
        text[sizeof(text) - 1] = 0;
        test_let("LONG", text);
        test_let("ELEVEN", "{\"type\":1},{\"type\":1},{\"type\":1},{\"type\":1},{\"type\":1},{\"type\":1},{\"type\":1},{\"type\":1},{\"type\":1},{\"type\":1},{\"type\":1}");
        test_let("LINKURL", test_member(test_call("POST", W "/externalcontact/customer_acquisition/create_link" T,
                                                  "{\"link_name\":\"客服转好友\",\"range\":{\"user_list\":[\"linxia\"]}}"),
                                        "link.url"));
        says();
        test_rows(good, countof(good));
        says();
        test_rows(more, countof(more));
        test_rows(bad, countof(bad));
        says();
        set("forbidden_type", "text");
        const struct call_row forbidden = {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"text\",\"text\":{\"content\":\"在\"}}", 95030, NULL};
        test_rows(&forbidden, 1);
        set("forbidden_type", "");
        set("certified", "false");
        set("customers_a_day", "0");
        const struct call_row crowd = {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"text\",\"text\":{\"content\":\"在\"}}", 95003, NULL};
        test_rows(&crowd, 1);
        set("certified", "true");
        pass_ms("172800001");
        const struct call_row late = {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"text\",\"text\":{\"content\":\"在\"}}", 95002, NULL};
        test_rows(&late, 1);
}

#define WHO "\"open_kfid\":\"$KF\",\"external_userid\":\"$HER\""
static void sessions(void **state)
{
        static const struct call_row rows[] = {
                {"POST", W "/kf/service_state/get" T, "{" WHO "}", 0, "service_state=0"},
                {"POST", W "/kf/service_state/get" T, "{\"open_kfid\":\"$KF\",\"external_userid\":\"wmno\"}", 40096, NULL},
                {"POST", W "/kf/service_state/trans" T, "{" WHO ",\"service_state\":4}", 95016, NULL},
                {"POST", W "/kf/service_state/trans" T, "{" WHO ",\"service_state\":\"1\"}", 40058, NULL},
                {"POST", W "/kf/service_state/trans" T, "{" WHO ",\"service_state\":1}", 0, NULL},
                {"POST", W "/kf/service_state/trans" T, "{" WHO ",\"service_state\":3,\"servicer_userid\":\"laowu\"}", 95014, NULL},
                {"POST", W "/kf/service_state/trans" T, "{" WHO ",\"service_state\":3,\"servicer_userid\":\"hejian\"}", 95019, NULL},
                {"POST", W "/kf/service_state/trans" T, "{" WHO ",\"service_state\":3,\"servicer_userid\":\"linxia\"}", 0, "msg_code"},
                {"POST", W "/kf/service_state/get" T, "{" WHO "}", 0, "service_state=3 servicer_userid=linxia"},
                {"POST", W "/kf/send_msg" T, "{" TO "\"msgtype\":\"text\",\"text\":{\"content\":\"在\"}}", 95018, NULL},
                {"POST", W "/kf/customer/upgrade_service" T, "{" WHO ",\"type\":1,\"member\":{\"userid\":\"linxia\",\"wording\":\"加我\"}}", 0, NULL},
                {"POST", W "/kf/customer/upgrade_service" T, "{" WHO ",\"type\":1,\"member\":{\"userid\":\"tangtang\"}}", 95021, NULL},
                {"POST", W "/kf/customer/upgrade_service" T, "{" WHO ",\"type\":2,\"groupchat\":{\"chat_id\":\"wrno\"}}", 95021, NULL},
                {"POST", W "/kf/customer/upgrade_service" T, "{" WHO "}", 40058, NULL},
                {"POST", W "/kf/customer/cancel_upgrade_service" T, "{" WHO "}", 0, NULL},
                {"POST", W "/kf/customer/cancel_upgrade_service" T, "{\"open_kfid\":\"x\"}", 95000, NULL},
                {"GET", W "/kf/customer/get_upgrade_service_config" T, NULL, 0, "member_range.userid_list.0=linxia member_range.department_id_list.0 groupchat_range.chat_id_list.0"},
                {"POST", W "/kf/customer/get_upgrade_service_config" T, "{}", 43001, NULL},
                {"POST", W "/kf/customer/batchget" T, "{\"external_userid_list\":[\"$HER\",\"no\"],\"need_enter_session_context\":1}", 0, "customer_list.0.external_userid=$HER invalid_external_userid.0=no"},
                {"POST", W "/kf/customer/batchget" T, "{\"external_userid_list\":[]}", 40058, NULL},
        };
        (void)state;
        says();
        deed("/sim/wecom/group", "{\"userid\":\"linxia\",\"name\":\"老客群\"}");
        test_rows(rows, countof(rows));
        struct session *s = session_find(map_get(&test_sim.world.by_external, test_fill("$HER")), test_sim.world.corp.kf[0]);
        const char *log = test_call("GET", "/sim/log?limit=10000", NULL);
        assert_non_null(strstr(log, "95018: 会话在状态 3"));
        assert_non_null(strstr(log, "微信客服 §4"));
        chat_servicer_ends(&test_sim, s, "linxia");
        set("kf_api", "false");
        set("upgrade_exclusive", "true");
        static const struct call_row ended[] = {
                {"POST", W "/kf/service_state/trans" T, "{" WHO ",\"service_state\":1}", 95017, NULL},
                {"POST", W "/kf/customer/upgrade_service" T, "{" WHO ",\"type\":1,\"member\":{\"userid\":\"linxia\"}}", 95015, NULL},
        };
        test_rows(ended, countof(ended));
        set("kf_api", "true");
        set("upgrade_exclusive", "false");
        const struct call_row over = {"POST", W "/kf/service_state/trans" T, "{" WHO ",\"service_state\":1}", 95013, NULL};
        test_rows(&over, 1);
}

static void codes_and_events(void **state)
{
        static const struct call_row use[] = {
                {"POST", W "/kf/send_msg_on_event" T, "{\"code\":\"$CODE\",\"msgtype\":\"image\",\"image\":{\"media_id\":\"$MEDIA\"}}", 40008, NULL},
                {"POST", W "/kf/send_msg_on_event" T, "{\"code\":\"$CODE\",\"msgtype\":\"text\",\"text\":{\"content\":\"欢迎\"}}", 0, "msgid"},
                {"POST", W "/kf/send_msg_on_event" T, "{\"code\":\"$CODE\",\"msgtype\":\"text\",\"text\":{\"content\":\"欢迎\"}}", 95007, NULL},
                {"POST", W "/kf/send_msg_on_event" T, "{\"msgtype\":\"text\",\"text\":{\"content\":\"欢迎\"}}", 40063, NULL},
        };
        static const struct call_row pulls[] = {
                {"POST", W "/kf/sync_msg" T, "{\"open_kfid\":\"$KF\",\"limit\":1}", 0, "next_cursor has_more=1 msg_list.0.msgtype"},
                {"POST", W "/kf/sync_msg" T, "{\"open_kfid\":\"$KF\",\"limit\":1001}", 40058, NULL},
                {"POST", W "/kf/sync_msg" T, "{\"open_kfid\":\"$KF\",\"cursor\":\"made up\"}", 50100, NULL},
                {"POST", W "/kf/sync_msg" T, "{\"open_kfid\":\"$KF\",\"token\":\"made up\"}", 95007, NULL},
                {"POST", W "/kf/sync_msg" T, "{}", 40063, NULL},
        };
        static const char *const deeds[][2] = {
                {"/sim/wecom/servicer", "{\"open_kfid\":\"$KF\",\"userid\":\"linxia\",\"status\":1}"},
                {"/sim/wecom/recall", "{\"open_kfid\":\"$KF\",\"customer\":\"$HER\",\"msgid\":\"m1\"}"},
                {"/sim/wecom/recall", "{\"open_kfid\":\"$KF\",\"customer\":\"$HER\",\"msgid\":\"m1\",\"userid\":\"linxia\"}"},
                {"/sim/wecom/reject", "{\"open_kfid\":\"$KF\",\"customer\":\"$HER\",\"userid\":\"linxia\",\"on\":1}"},
        };
        static const char *const types[] = {
                "\"msgtype\":\"channels_shop_product\",\"body\":{\"product_id\":\"1\",\"head_img\":\"u\",\"title\":\"t\",\"sales_price\":100,\"shop_nickname\":\"s\",\"shop_head_img\":\"h\"}",
                "\"msgtype\":\"channels_shop_order\",\"body\":{\"order_id\":\"1\",\"product_titles\":\"t\",\"price_wording\":\"p\",\"state\":\"待发货\",\"image_url\":\"u\",\"shop_nickname\":\"s\"}",
                "\"msgtype\":\"channels\",\"body\":{\"sub_type\":1,\"nickname\":\"n\",\"title\":\"t\"}",
                "\"msgtype\":\"merged_msg\",\"body\":{\"title\":\"记录\",\"item\":[{\"send_time\":1,\"msgtype\":\"text\",\"sender_name\":\"a\",\"msg_content\":\"{}\"}]}",
        };
        static const char *const members[] = {"\"event_type\":\"servicer_status_change\"", "\"status\":2", "\"event_type\":\"user_recall_msg\"",
                                              "\"event_type\":\"servicer_recall_msg\"", "\"reject_switch\":1"};
        (void)state;
        pass_ms("259200000");
        test_call("POST", "/sim/enter", "{\"customer\":\"$HER\",\"open_kfid\":\"$KF\",\"scene\":\"s1\",\"wechat_channels\":{\"scene\":4,\"shop_nickname\":\"店\"}}");
        const struct kf_account *kf = test_sim.world.corp.kf[0];
        test_let("CODE", test_member(kf->log.v[kf->log.n - 1]->body, "welcome_code"));
        test_rows(use, countof(use));
        /* Welcomed: no second code within 48 hours. */
        test_call("POST", "/sim/enter", "{\"customer\":\"$HER\",\"open_kfid\":\"$KF\"}");
        assert_null(test_member(kf->log.v[kf->log.n - 1]->body, "welcome_code"));
        for (size_t i = 0; i < countof(types); i++) {
                test_let("SAID", types[i]);
                deed("/sim/say", "{\"customer\":\"$HER\",\"open_kfid\":\"$KF\",$SAID}");
        }
        deed("/sim/servicer", "{\"customer\":\"$HER\",\"open_kfid\":\"$KF\",\"text\":\"我来\"}");
        set("bound", "true");
        const struct call_row context = {"POST", W "/kf/customer/batchget" T, "{\"external_userid_list\":[\"$HER\"],\"need_enter_session_context\":1}", 0,
                                         "customer_list.0.unionid customer_list.0.enter_session_context.scene=s1 customer_list.0.enter_session_context.scene_param=p1 customer_list.0.enter_session_context.wechat_channels.nickname"};
        test_call("POST", "/sim/enter", "{\"customer\":\"$HER\",\"open_kfid\":\"$KF\",\"scene\":\"s1\",\"scene_param\":\"p1\",\"wechat_channels\":{\"scene\":2,\"nickname\":\"云溪\"}}");
        test_rows(&context, 1);
        for (size_t i = 0; i < countof(deeds); i++)
                assert_string_equal(test_member(test_call("POST", deeds[i][0], deeds[i][1]), "ok"), "true");
        test_rows(pulls, countof(pulls));
        const char *all = test_call("POST", W "/kf/sync_msg" T, "{\"open_kfid\":\"$KF\"}");
        for (size_t i = 0; i < countof(members); i++)
                assert_non_null(strstr(all, members[i]));
}

static void knowledge(void **state)
{
#define QA "\"question\":{\"text\":{\"content\":\"$Q\"}},\"similar_questions\":{\"items\":[{\"text\":{\"content\":\"近似\"}}]}," \
           "\"answers\":[{\"text\":{\"content\":\"答\"},\"attachments\":[{\"msgtype\":\"image\",\"image\":{\"media_id\":\"$MEDIA\"}}," \
           "{\"msgtype\":\"link\",\"link\":{\"title\":\"t\",\"pic_url\":\"https://p\",\"desc\":\"d\",\"url\":\"https://a\"}}," \
           "{\"msgtype\":\"video\",\"video\":{\"media_id\":\"$MEDIA\"}}," \
           "{\"msgtype\":\"miniprogram\",\"miniprogram\":{\"title\":\"t\",\"appid\":\"wx1\",\"pagepath\":\"p\"}}]}]"
        static const struct call_row rows[] = {
                {"POST", W "/kf/knowledge/add_group" T, "{\"name\":\"售后\"}", 40058, NULL},
                {"POST", W "/kf/knowledge/add_group" T, "{\"name\":\"十三个字十三个字十三个字啊\"}", 40058, NULL},
                {"POST", W "/kf/knowledge/mod_group" T, "{\"group_id\":\"$GROUP\",\"name\":\"售前\"}", 0, NULL},
                {"POST", W "/kf/knowledge/mod_group" T, "{\"group_id\":\"no\",\"name\":\"售前\"}", 40058, NULL},
                {"POST", W "/kf/knowledge/list_group" T, "{\"limit\":1}", 0, "group_list.0.is_default=1 has_more=1 next_cursor"},
                {"POST", W "/kf/knowledge/list_group" T, "{\"limit\":1001}", 40058, NULL},
                {"POST", W "/kf/knowledge/list_intent" T, "{\"intent_id\":\"$INTENT\"}", 0, "intent_list.0.answers.0.attachments.0.image.name intent_list.0.answers.0.attachments.1.link.title"},
                {"POST", W "/kf/knowledge/mod_intent" T, "{\"intent_id\":\"$INTENT\",\"answers\":[{\"text\":{\"content\":\"新答\"}}]}", 0, NULL},
                {"POST", W "/kf/knowledge/mod_intent" T, "{\"intent_id\":\"$INTENT\",\"answers\":[]}", 0, NULL},
                {"POST", W "/kf/knowledge/mod_intent" T, "{\"intent_id\":\"no\"}", 40058, NULL},
                {"POST", W "/kf/knowledge/add_intent" T, "{\"group_id\":\"$GROUP\"," QA "}", 40058, NULL},
                {"POST", W "/kf/knowledge/add_intent" T, "{\"group_id\":\"$GROUP\"}", 40063, NULL},
                {"POST", W "/kf/knowledge/list_intent" T, "{\"group_id\":\"$GROUP\"}", 0, "intent_list.0.intent_id=$INTENT intent_list.0.answers.0.text.content=新答 intent_list.0.similar_questions.items.0.text.content has_more=0"},
                {"POST", W "/kf/knowledge/list_intent" T, "{\"cursor\":\"x\"}", 50100, NULL},
                {"POST", W "/kf/knowledge/del_intent" T, "{\"intent_id\":\"$INTENT\"}", 0, NULL},
                {"POST", W "/kf/knowledge/del_intent" T, "{\"intent_id\":\"$INTENT\"}", 40058, NULL},
                {"POST", W "/kf/knowledge/del_group" T, "{\"group_id\":\"$GROUP\"}", 0, NULL},
                {"POST", W "/kf/knowledge/del_group" T, "{\"group_id\":\"$GROUP\"}", 40058, NULL},
        };
        (void)state;
        test_let("Q", "怎么退货");
        test_let("GROUP", test_member(test_call("POST", W "/kf/knowledge/add_group" T, "{\"name\":\"售后\"}"), "group_id"));
        test_let("INTENT", test_member(test_call("POST", W "/kf/knowledge/add_intent" T, "{\"group_id\":\"$GROUP\"," QA "}"), "intent_id"));
        test_rows(rows, countof(rows));
}

static void figures(void **state)
{
        static const struct call_row rows[] = {
                {"POST", W "/kf/get_corp_statistic" T, "{\"open_kfid\":\"$KF\",\"start_time\":$FROM,\"end_time\":$TO}", 0, "statistic_list.0.stat_time statistic_list.1.statistic.session_cnt=1 statistic_list.1.statistic.customer_msg_cnt=2"},
                {"POST", W "/kf/get_corp_statistic" T, "{\"open_kfid\":\"$KF\",\"start_time\":$TO,\"end_time\":$FROM}", 40058, NULL},
                {"POST", W "/kf/get_corp_statistic" T, "{\"open_kfid\":\"$KF\",\"start_time\":$FROM,\"end_time\":$NOW}", 40058, NULL},
                {"POST", W "/kf/get_servicer_statistic" T, "{\"open_kfid\":\"$KF\",\"start_time\":$FROM,\"end_time\":$TO}", 0, "statistic_list.1.statistic.reply_rate statistic_list.1.statistic.satisfaction_investgate_cnt=0"},
                {"POST", W "/kf/get_servicer_statistic" T, "{\"open_kfid\":\"$KF\",\"start_time\":$FROM,\"end_time\":$TO,\"servicer_userid\":\"nobody\"}", 60111, NULL},
        };
        (void)state;
        pass_ms("259200000");
        int64_t now = sim_now_s(&test_sim);
        says();
        says();
        pass_ms("129600000");
        test_let("FROM", arena_printf(&test_arena, "%lld", (long long)now - 86400));
        test_let("TO", arena_printf(&test_arena, "%lld", (long long)now));
        test_let("NOW", arena_printf(&test_arena, "%lld", (long long)sim_now_s(&test_sim)));
        test_rows(rows, countof(rows));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(accounts),  cmocka_unit_test(every_type), cmocka_unit_test(sessions),
                cmocka_unit_test(codes_and_events), cmocka_unit_test(knowledge),  cmocka_unit_test(figures),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
