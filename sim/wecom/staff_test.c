/* Applications, login, directory, media and messages over a socket: each call with arguments that are right and wrong. */
#include "sim/wecom/setup_test.h"

static void tokens_and_tickets(void **state)
{
        static const struct call_row rows[] = {
                {"GET", W "/gettoken?corpid=$CORP&corpsecret=$SECRET", NULL, 0, "access_token=$TOKEN expires_in"},
                {"GET", W "/gettoken?corpid=$CORP", NULL, 41004, NULL},
                {"GET", W "/gettoken?corpsecret=x", NULL, 41002, NULL},
                {"GET", W "/gettoken?corpid=ww1&corpsecret=x", NULL, 40013, NULL},
                {"GET", W "/gettoken?corpid=$CORP&corpsecret=x", NULL, 40001, NULL},
                {"GET", W "/get_jsapi_ticket" T, NULL, 0, "ticket expires_in=7200"},
                {"GET", W "/get_jsapi_ticket?access_token=x", NULL, 40014, NULL},
                {"GET", W "/ticket/get" T "&type=agent_config", NULL, 0, "ticket expires_in=7200"},
                {"GET", W "/ticket/get" T "&type=jsapi", NULL, 91040, NULL},
                {"GET", W "/getcallbackip" T, NULL, 0, "ip_list.0"},
                {"GET", W "/getcallbackip", NULL, 41001, NULL},
                {"GET", W "/get_api_domain_ip" T, NULL, 0, "ip_list.0"},
                {"POST", W "/get_api_domain_ip" T, "{}", 43001, NULL},
        };
        const struct call_row often = {"GET", W "/ticket/get" T "&type=agent_config", NULL, 45009, NULL};
        const struct call_row blocked = {"GET", W "/gettoken?corpid=$CORP&corpsecret=$SECRET", NULL, 45009, NULL};

        (void)state;
        test_let("SECRET", test_sim.world.corp.secret);
        test_rows(rows, countof(rows));
        for (int i = 0; i < 99; i++)
                test_call("GET", often.path, NULL);
        test_rows(&often, 1);
        set("secret_errors", "1");
        test_rows(&blocked, 1);
        set("secret_errors", "2000");
        test_call("POST", "/sim/tokens", "{\"how\":\"expire\"}");
        const struct call_row expired = {"GET", W "/getcallbackip" T, NULL, 42001, NULL};
        test_rows(&expired, 1);
        take_tokens();
}

/* The page sends the browser back. */
static void visit(const char *path, const char *host)
{
        assert_int_equal(test_http("GET", path, NULL, host).status, 302);
}

static const char *code_of(const char *who)
{
        test_let("WHO", test_fill(who));
        return test_member(deed("/sim/wecom/login", "{$WHO}"), "code");
}

static int page_code(const char *path, const char *host)
{
        struct http_response res = test_http("GET", path, NULL, host);
        const char *code = test_member(arena_strndup(&test_arena, res.body.p, res.body.n), "errcode");
        return (int)strtol(code ? code : "0", NULL, 10);
}

static void login(void **state)
{
#define BACK "redirect_uri=http%3A%2F%2Fa.test%2Fback&state=s1"
        static const struct call_row rows[] = {
                {"GET", W "/auth/getuserinfo" T "&code=$CODE", NULL, 0, "userid=zhoumo user_ticket expires_in"},
                {"GET", W "/auth/getuserinfo" T "&code=$CODE", NULL, 42022, NULL},
                {"GET", W "/auth/getuserinfo" T "&code=x", NULL, 40029, NULL},
                {"GET", W "/auth/getuserinfo" T, NULL, 40063, NULL},
                {"GET", W "/auth/getuserinfo?access_token=$NOTICE&code=$CODE", NULL, 40029, NULL},
                {"GET", W "/user/getuserinfo" T "&code=$DESKTOP", NULL, 0, "UserId=linxia"},
                {"GET", W "/user/getuserinfo" T "&code=x", NULL, 40029, NULL},
                {"GET", W "/auth/getuserinfo" T "&code=$STRANGER", NULL, 0, "openid"},
                {"POST", W "/auth/getuserdetail" T, "{\"user_ticket\":\"x\"}", 84015, NULL},
                {"POST", W "/auth/getuserdetail" T, "{}", 40058, NULL},
                {"POST", W "/auth/getuserdetail" T, "{\"user_ticket\":5}", 40058, NULL},
        };
        static const struct {
                const char *host, *path;
                int errcode;
        } pages[] = {
                {"open.weixin.qq.com", "/connect/oauth2/authorize?appid=$CORP&" BACK "&response_type=code&scope=all", 10005},
                {"open.weixin.qq.com", "/connect/oauth2/authorize?appid=$CORP&" BACK "&response_type=token&scope=snsapi_base", 40058},
                {"open.weixin.qq.com", "/connect/oauth2/authorize?appid=$CORP&" BACK "&response_type=code&scope=snsapi_privateinfo", 40056},
                {"open.weixin.qq.com", "/connect/oauth2/authorize?appid=$CORP&redirect_uri=a&response_type=code&scope=snsapi_base", 50001},
                {"login.work.weixin.qq.com", "/wwlogin/sso/login?login_type=ServiceApp&appid=$CORP&agentid=1000002&" BACK, 40058},
                {"login.work.weixin.qq.com", "/wwlogin/sso/login?login_type=CorpApp&appid=x&agentid=1000002&" BACK, 40013},
                {"open.work.weixin.qq.com", "/wwopen/sso/qrConnect?appid=$CORP&agentid=5&" BACK, 40056},
        };
        (void)state;
        for (size_t i = 0; i < countof(pages); i++)
                assert_int_equal(page_code(pages[i].path, pages[i].host), pages[i].errcode);
        visit("/connect/oauth2/authorize?appid=$CORP&" BACK "&response_type=code&scope=snsapi_base&sim_user=zhoumo", "open.weixin.qq.com");
        visit("/wwlogin/sso/login?login_type=CorpApp&appid=$CORP&agentid=1000002&" BACK, "login.work.weixin.qq.com");
        visit("/wwopen/sso/qrConnect?appid=$CORP&agentid=1000002&" BACK "&sim_user=$HER", "open.work.weixin.qq.com");
        test_let("CODE", code_of("\"userid\":\"zhoumo\",\"private\":1"));
        test_let("DESKTOP", code_of("\"userid\":\"linxia\""));
        test_let("STRANGER", code_of("\"customer\":\"$HER\""));
        test_let("LATE", code_of("\"userid\":\"linxia\""));
        const char *info = test_call("GET", rows[0].path, NULL);
        test_let("TICKET", test_member(info, "user_ticket"));
        const struct call_row detail = {"POST", W "/auth/getuserdetail" T, "{\"user_ticket\":\"$TICKET\"}", 0, "userid=zhoumo mobile email gender"};
        test_rows(&detail, 1);
        test_rows(rows + 1, countof(rows) - 1);
        pass_ms("1800000");
        static const struct call_row late[] = {
                {"GET", W "/auth/getuserinfo" T "&code=$LATE", NULL, 42003, NULL},
                {"POST", W "/auth/getuserdetail" T, "{\"user_ticket\":\"$TICKET\"}", 84014, NULL},
        };
        test_rows(late, countof(late));
}

static void directory(void **state)
{
        static const struct call_row rows[] = {
                {"GET", W "/user/get" T "&userid=LinXia", NULL, 0, "userid=linxia name=林夏 department.0=2 is_leader_in_dept.0=1 status=1 main_department=2 extattr external_profile.external_corp_name"},
                {"GET", W "/user/get" T "&userid=nobody", NULL, 60111, NULL},
                {"GET", W "/user/get" T "&userid=a%20b", NULL, 40003, NULL},
                {"GET", W "/user/get" T "&userid=laowu", NULL, 60011, NULL},
                {"GET", W "/user/get?access_token=$SYNC&userid=linxia", NULL, 48009, NULL},
                {"GET", W "/user/simplelist" T "&department_id=1&fetch_child=1", NULL, 0, "userlist.0.userid=linxia userlist.0.department.0=2"},
                {"GET", W "/user/simplelist" T "&department_id=77", NULL, 60003, NULL},
                {"GET", W "/user/list" T "&department_id=2", NULL, 0, "userlist.0.userid=linxia userlist.0.extattr"},
                {"GET", W "/user/list" T, NULL, 40063, NULL},
                {"POST", W "/user/list_id?access_token=$SYNC", "{\"limit\":2}", 0, "dept_user.1.userid=zhoumo dept_user.1.department=2 next_cursor"},
                {"POST", W "/user/list_id" T, "{}", 48002, NULL},
                {"POST", W "/user/getuserid" T, "{\"mobile\":\"$MOBILE\"}", 0, "userid=linxia"},
                {"POST", W "/user/getuserid" T, "{\"mobile\":\"1\"}", 46004, NULL},
                {"POST", W "/user/get_userid_by_email" T, "{\"email\":\"linxia@yunxi.test\",\"email_type\":1}", 0, "userid=linxia"},
                {"POST", W "/user/get_userid_by_email" T, "{\"email\":\"linxia@yunxi.test\",\"email_type\":3}", 40058, NULL},
                {"POST", W "/user/convert_to_openid" T, "{\"userid\":\"linxia\"}", 0, "openid"},
                {"POST", W "/user/convert_to_openid" T, "{\"userid\":\"xiaobai\"}", 43004, NULL},
                {"GET", W "/department/list" T, NULL, 0, "department.0.id=1 department.0.parentid=0 department.1.department_leader.0=linxia department.1.name_en"},
                {"GET", W "/department/list" T "&id=77", NULL, 60003, NULL},
                {"GET", W "/department/simplelist" T "&id=3", NULL, 0, "department_id.0.id=3 department_id.1.id=4"},
                {"GET", W "/department/simplelist" T "&id=x", NULL, 60123, NULL},
                {"GET", W "/department/get" T "&id=2", NULL, 0, "department.name=客服部"},
                {"GET", W "/department/get" T, NULL, 40063, NULL},
        };
        (void)state;
        test_let("MOBILE", test_sim.world.corp.staff.v[0]->mobile);
        test_rows(rows, countof(rows));
        deed("/sim/wecom/staff", "{\"userid\":\"newbie\",\"name\":\"新人\",\"department\":2}");
        told("change_contact/create_user");
        deed("/sim/wecom/staff", "{\"userid\":\"newbie\",\"name\":\"旧人\"}");
        told("change_contact/update_user");
        deed("/sim/wecom/staff/leave", "{\"userid\":\"newbie\"}");
        told("change_contact/delete_user");
        deed("/sim/wecom/department", "{\"id\":9,\"name\":\"售后部\",\"parent\":2}");
        told("change_contact/create_party");
        deed("/sim/wecom/department", "{\"id\":9,\"name\":\"售后组\",\"parent\":2}");
        told("change_contact/update_party");
        deed("/sim/wecom/department", "{\"id\":9,\"delete\":1}");
        told("change_contact/delete_party");
        deed("/sim/wecom/staff/tag", "{\"id\":\"1\",\"add\":\"linxia,zhoumo\",\"del\":\"hejian\",\"add_party\":\"2\",\"del_party\":\"3\"}");
        told("change_contact/update_tag");
        const struct call_row gone = {"GET", W "/user/get" T "&userid=newbie", NULL, 60111, NULL};
        test_rows(&gone, 1);
}

static const char *upload(const char *path, const char *type, const char *bytes)
{
        struct http_response res = {0};
        struct ctx ctx;

        ctx_init(&ctx, &test_arena);
        const char *body = arena_printf(&test_arena,
                                        "--b\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a\"\r\n"
                                        "Content-Type: %s\r\n\r\n%s\r\n--b--\r\n",
                                        type, bytes);
        struct http_request req = {
                .method = "POST",
                .url = arena_printf(&test_arena, "%s%s", server_url(test_sim.server), test_fill(path)),
                .mime = "multipart/form-data; boundary=b",
                .body = bytes_of_text(body),
        };
        assert_int_equal(transport_call(test_transport, &ctx, &req, &res), 0);
        return arena_strndup(&test_arena, res.body.p, res.body.n);
}

static void media(void **state)
{
        static const struct {
                const char *path, *mime, *bytes;
                const char *errcode;
        } files[] = {
                {W "/media/upload" T "&type=image", "image/png", "a picture", "0"},
                {W "/media/upload" T "&type=image", "image/png", "tiny", "40009"},
                {W "/media/uploadimg" T, "image/png", "a picture", "0"},
                {W "/media/uploadimg" T, "text/plain", "a picture", "40005"},
                {W "/media/upload_attachment" T "&media_type=video&attachment_type=1", "video/mp4", "a film", "0"},
                {W "/media/upload_attachment" T "&media_type=video&attachment_type=1", "video/avi", "a film", "41090"},
                {W "/media/upload_attachment" T "&media_type=video&attachment_type=2", "video/mp4", "a film", "41072"},
                {W "/media/upload_attachment" T "&media_type=image&attachment_type=2", "image/png", "tiny", "41080"},
        };
        static const struct call_row rows[] = {
                {"POST", W "/media/upload" T "&type=x", "x", 40004, NULL},
                {"POST", W "/media/upload" T "&type=image", "x", 44001, NULL},
                {"POST", W "/media/uploadimg" T, "x", 44001, NULL},
                {"POST", W "/media/upload_attachment" T "&media_type=image&attachment_type=3", "x", 41072, NULL},
                {"GET", W "/media/get" T "&media_id=x", NULL, 40007, NULL},
                {"GET", W "/media/get/jssdk" T "&media_id=$MEDIA", NULL, 40007, NULL},
        };
        (void)state;
        for (size_t i = 0; i < countof(files); i++)
                assert_string_equal(test_member(upload(files[i].path, files[i].mime, files[i].bytes), "errcode"), files[i].errcode);
        test_rows(rows, countof(rows));
        test_let("VOICE", media_keep(&test_sim, "audio/amr", bytes_of_text("speech"))->id);
        assert_string_equal(test_call("GET", W "/media/get/jssdk" T "&media_id=$VOICE", NULL), "speech");
        assert_string_equal(test_call("GET", W "/media/get" T "&media_id=$MEDIA", NULL), "picture");
        pass_ms("259200001");
        const struct call_row old = {"GET", W "/media/get" T "&media_id=$VOICE", NULL, 40007, NULL};
        test_rows(&old, 1);
}

static void messages(void **state)
{
#define ME "\"agentid\":1000002,\"touser\":\"linxia\","
        static const struct call_row rows[] = {
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"text\",\"text\":{\"content\":\"新订单\"}}", 0, "msgid invaliduser invalidparty invalidtag"},
                {"POST", W "/message/send" T, "{\"agentid\":1000002,\"touser\":\"linxia|Nobody\",\"toparty\":\"9\",\"msgtype\":\"text\",\"text\":{\"content\":\"新订单\"}}", 0, "invaliduser=nobody invalidparty=9"},
                {"POST", W "/message/send" T, "{\"agentid\":1000002,\"touser\":\"nobody\",\"msgtype\":\"text\",\"text\":{\"content\":\"新订单\"}}", 81013, NULL},
                {"POST", W "/message/send" T, "{\"agentid\":1000002,\"msgtype\":\"text\",\"text\":{\"content\":\"新订单\"}}", 81012, NULL},
                {"POST", W "/message/send" T, "{\"agentid\":1000003,\"touser\":\"linxia\",\"msgtype\":\"text\",\"text\":{\"content\":\"新订单\"}}", 301002, NULL},
                {"POST", W "/message/send" T, "{\"agentid\":7,\"touser\":\"linxia\",\"msgtype\":\"text\",\"text\":{\"content\":\"新订单\"}}", 40056, NULL},
                {"POST", W "/message/send?access_token=$SYNC", "{" ME "\"msgtype\":\"text\",\"text\":{\"content\":\"新订单\"}}", 48002, NULL},
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"text\",\"text\":{\"content\":\"\"}}", 44004, NULL},
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"text\"}", 40063, NULL},
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"wave\",\"wave\":{\"a\":1}}", 40008, NULL},
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"image\",\"image\":{\"media_id\":\"x\"}}", 40007, NULL},
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"textcard\",\"textcard\":{\"title\":\"t\",\"description\":\"d\",\"url\":\"https://a\"}}", 0, "msgid"},
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"textcard\",\"textcard\":{\"title\":\"t\"}}", 40063, NULL},
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"news\",\"news\":{\"articles\":[{\"title\":\"t\",\"url\":\"https://a\"}]}}", 0, "msgid"},
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"news\",\"news\":{\"articles\":[{},{},{},{},{},{},{},{},{}]}}", 40063, NULL},
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"markdown\",\"markdown\":{\"content\":\"**a**\"}}", 0, "msgid"},
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"miniprogram_notice\",\"miniprogram_notice\":{\"appid\":\"wx1\",\"title\":\"四个字吗\"}}", 0, "msgid"},
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"miniprogram_notice\",\"miniprogram_notice\":{\"appid\":\"wx1\",\"title\":\"短\"}}", 40058, NULL},
                {"POST", W "/message/send" T, "{" ME "\"msgtype\":\"template_card\",\"template_card\":{\"card_type\":\"button_interaction\"}}", 40063, NULL},
                {"POST", W "/message/recall" T, "{\"msgid\":\"x\"}", 40058, NULL},
                {"POST", W "/message/recall" T, "{}", 40058, NULL},
                {"POST", W "/message/update_template_card" T, "{\"agentid\":1000002,\"response_code\":\"x\",\"button\":{\"replace_name\":\"好\"}}", 60140, NULL},
                {"POST", W "/message/update_template_card" T, "{\"agentid\":1000002,\"response_code\":\"$CARD\"}", 40063, NULL},
                {"POST", W "/message/update_template_card" T, "{\"agentid\":1000002,\"response_code\":\"$CARD\",\"button\":{\"replace_name\":\"好\"}}", 0, NULL},
                {"POST", W "/message/update_template_card" T, "{\"agentid\":1000002,\"response_code\":\"$CARD\",\"button\":{\"replace_name\":\"好\"}}", 60140, NULL},
        };
        static const char *const app_events[] = {"subscribe", "unsubscribe", "enter_agent", "LOCATION", "click", "view",
                                                 "template_card_event"};
        (void)state;
        test_let("CARD", test_member(test_call("POST", W "/message/send" T, "{" ME "\"msgtype\":\"template_card\",\"template_card\":{\"card_type\":\"button_interaction\",\"task_id\":\"t1\"}}"),
                                     "response_code"));
        test_let("SENT", test_member(test_call("POST", W "/message/send" T, "{" ME "\"msgtype\":\"text\",\"text\":{\"content\":\"撤回\"}}"), "msgid"));
        test_rows(rows, countof(rows));
        const struct call_row recall = {"POST", W "/message/recall" T, "{\"msgid\":\"$SENT\"}", 0, NULL};
        test_rows(&recall, 1);
        /* More than thirty a minute: accepted, and silently gone. */
        for (int i = 0; i < 31; i++)
                test_rows(rows, 1);
        assert_non_null(strstr(test_call("GET", "/sim/ledger?what=app_silent", NULL), "30/min"));
        for (size_t i = 0; i < countof(app_events); i++) {
                test_let("EVENT", app_events[i]);
                deed("/sim/wecom/app", "{\"userid\":\"linxia\",\"event\":\"$EVENT\",\"key\":\"k\"}");
                told(app_events[i]);
        }
        pass_ms("86400001");
        const struct call_row late = {"POST", W "/message/recall" T, "{\"msgid\":\"$SENT\"}", 42052, NULL};
        test_rows(&late, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(tokens_and_tickets), cmocka_unit_test(login), cmocka_unit_test(directory),
                cmocka_unit_test(media),              cmocka_unit_test(messages),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
