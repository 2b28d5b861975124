/* Official accounts and mini programs over a socket: each call with arguments that are right and wrong. */
#include "sim/mp/mp.h"

#include "sim/call_test.h"
#include "sim/picture.h"

static void take_tokens(void)
{
        test_let("TOKEN", test_member(test_call("GET", "/cgi-bin/token?grant_type=client_credential&appid=$MP&secret=$MPSECRET",
                                                NULL),
                                      "access_token"));
        test_let("PTOKEN", test_member(test_call("GET", "/cgi-bin/token?grant_type=client_credential&appid=$PROGRAM&secret=$PROGRAMSECRET",
                                                 NULL),
                                       "access_token"));
}

/* Time passes, perhaps more than a token's life. */
static void pass_ms(const char *ms)
{
        test_let("MS", ms);
        test_call("POST", "/sim/clock", "{\"push_ms\":$MS}");
        take_tokens();
}

/* A follower, her openid in $HER; a stranger in $OTHER; a mini program's user in $USER. */
static int start(void **state)
{
        struct mps *mps;
        int r = crypt_init();

        (void)state;
        r = r ? r : test_start("empty");
        if (r)
                return r;
        mps = &test_sim.world.mps;
        test_let("MP", mps->of[0]->appid);
        test_let("MPSECRET", mps->of[0]->secret);
        test_let("PROGRAM", mps->of[1]->appid);
        test_let("PROGRAMSECRET", mps->of[1]->secret);
        test_let("SHOP", test_sim.world.shops[0]->appid);
        test_let("AGENT", mps->of[0]->agents.v[0]->account);
        test_let("AWAY", mps->of[0]->agents.v[1]->account);
        take_tokens();
        const char *people = test_call("POST", "/sim/customers", "{\"name\":\"甲\"}");
        test_let("PERSON", test_member(people, "items.0.external_userid"));
        test_let("PERSON2", test_member(test_call("POST", "/sim/customers", "{\"name\":\"乙\"}"), "items.0.external_userid"));
        test_let("HER", test_member(test_call("POST", "/sim/mp/follow", "{\"customer\":\"$PERSON\"}"), "openid"));
        test_let("OTHER", test_member(test_call("POST", "/sim/mp/code", "{\"customer\":\"$PERSON2\"}"), "openid"));
        test_let("USER", test_member(test_call("POST", "/sim/mp/say", "{\"appid\":\"$PROGRAM\",\"customer\":\"$PERSON\",\"text\":\"在吗\"}"),
                                     "openid"));
        return 0;
}

static int stop(void **state)
{
        (void)state;
        test_stop();
        return 0;
}

static void tokens(void **state)
{
        static const struct call_row rows[] = {
                {"GET", "/cgi-bin/token?grant_type=x&appid=$MP&secret=$MPSECRET", NULL, 40002, NULL},
                {"GET", "/cgi-bin/token?grant_type=client_credential&appid=wx0&secret=$MPSECRET", NULL, 40013, NULL},
                {"GET", "/cgi-bin/token?grant_type=client_credential&appid=$MP&secret=short", NULL, 40125, NULL},
                {"GET", "/cgi-bin/token?grant_type=client_credential&appid=$MP&secret=$PROGRAMSECRET", NULL, 40001, NULL},
                {"POST", "/cgi-bin/token", "{}", 43001, NULL},
                {"POST", "/cgi-bin/stable_token",
                 "{\"grant_type\":\"client_credential\",\"appid\":\"$MP\",\"secret\":\"$MPSECRET\"}", 0, "access_token expires_in=7200"},
                {"GET", "/cgi-bin/user/get", NULL, 41001, NULL},
                {"GET", "/cgi-bin/user/get?access_token=x", NULL, 40014, NULL},
                {"GET", "/cgi-bin/user/get?access_token=$PTOKEN", NULL, 48001, NULL},
                {"GET", "/cgi-bin/no/such/call?access_token=$TOKEN", NULL, 48001, NULL},
                {"POST", "/channels/ec/order/get?access_token=$TOKEN", "{}", 48001, NULL},
                {"GET", "/cgi-bin/getcallbackip?access_token=$TOKEN", NULL, 0, "ip_list.0"},
                {"GET", "/cgi-bin/get_api_domain_ip?access_token=$TOKEN", NULL, 0, "ip_list.0"},
        };
        (void)state;
        test_rows(rows, countof(rows));
}

static void customer_messages(void **state)
{
#define SEND "/cgi-bin/message/custom/send?access_token=$TOKEN"
#define TEXT "{\"touser\":\"$HER\",\"msgtype\":\"text\",\"text\":{\"content\":\"您好\"}}"
        static const struct call_row before[] = {
                {"POST", SEND, "{\"touser\":\"oNobody\",\"msgtype\":\"text\",\"text\":{\"content\":\"您好\"}}", 40003, NULL},
                {"POST", SEND, "{\"touser\":\"$OTHER\",\"msgtype\":\"text\",\"text\":{\"content\":\"您好\"}}", 43004, NULL},
                {"POST", SEND, "{\"touser\":\"$HER\",\"msgtype\":\"link\",\"link\":{}}", 40008, NULL},
                {"POST", SEND, "{\"touser\":\"$HER\",\"msgtype\":\"text\",\"text\":{\"content\":\"\"}}", 44004, NULL},
                {"POST", SEND, "{\"touser\":\"$HER\",\"msgtype\":\"image\",\"image\":{\"media_id\":\"x\"}}", 40007, NULL},
                {"POST", SEND, "{\"touser\":\"$HER\",\"msgtype\":\"news\",\"news\":{\"articles\":[{\"title\":\"a\"},{\"title\":\"b\"}]}}", 45008, NULL},
                {"POST", SEND, "not json", 47001, NULL},
                {"POST", SEND, NULL, 44002, NULL},
                {"GET", SEND, NULL, 43002, NULL},
        };
        static const struct call_row five[] = {
                {"POST", SEND, TEXT, 0, NULL}, {"POST", SEND, TEXT, 0, NULL}, {"POST", SEND, TEXT, 0, NULL},
                {"POST", SEND, TEXT, 0, NULL}, {"POST", SEND, TEXT, 0, NULL}, {"POST", SEND, TEXT, 45047, NULL},
        };
        static const struct call_row over[] = {{"POST", SEND, TEXT, 45015, NULL}};
        static const struct call_row menu[] = {
                {"POST", SEND, TEXT, 0, NULL}, {"POST", SEND, TEXT, 0, NULL}, {"POST", SEND, TEXT, 0, NULL},
                {"POST", SEND, TEXT, 45047, NULL},
        };

        (void)state;
        pass_ms("120000"); /* the minute after following is over */
        test_rows(before, countof(before));
        test_rows(over, countof(over));
        test_call("POST", "/sim/mp/say", "{\"customer\":\"$PERSON\",\"text\":\"在吗\"}");
        test_rows(five, countof(five));
        test_call("POST", "/sim/mp/say", "{\"customer\":\"$PERSON\",\"text\":\"还在吗\"}");
        test_rows(five, countof(five));
        pass_ms("172800000");
        test_rows(over, countof(over));
        test_call("POST", "/sim/mp/event", "{\"customer\":\"$PERSON\",\"event\":\"CLICK\",\"body\":{\"EventKey\":\"k\"}}");
        test_rows(menu, countof(menu));
        pass_ms("60000");
        test_rows(over, countof(over));
        test_call("POST", "/sim/mp/paid", "{\"customer\":\"$PERSON\"}");
        for (int i = 0; i < 4; i++)
                test_rows(menu, 3);
}

static void typing(void **state)
{
#define TYPING "/cgi-bin/message/custom/typing?access_token=$TOKEN"
        static const struct call_row rows[] = {
                {"POST", TYPING, "{\"touser\":\"$OTHER\",\"command\":\"Typing\"}", 45080, NULL},
                {"POST", TYPING, "{\"touser\":\"$HER\",\"command\":\"Sing\"}", 45072, NULL},
                {"POST", TYPING, "{\"touser\":\"$HER\",\"command\":\"Typing\"}", 0, NULL},
                {"POST", TYPING, "{\"touser\":\"$HER\",\"command\":\"Typing\"}", 45081, NULL},
                {"POST", TYPING, "{\"touser\":\"$HER\",\"command\":\"CancelTyping\"}", 0, NULL},
                {"POST", TYPING, "{\"touser\":\"oNobody\",\"command\":\"Typing\"}", 40003, NULL},
        };
        (void)state;
        test_call("POST", "/sim/mp/say", "{\"customer\":\"$PERSON\",\"text\":\"在吗\"}");
        test_rows(rows, countof(rows));
}

static void programs_messages(void **state)
{
#define PSEND "/cgi-bin/message/custom/send?access_token=$PTOKEN"
#define PTEXT "{\"touser\":\"$USER\",\"msgtype\":\"text\",\"text\":{\"content\":\"您好\"}}"
        static const struct call_row five[] = {
                {"POST", PSEND, "{\"touser\":\"$USER\",\"msgtype\":\"voice\",\"voice\":{\"media_id\":\"x\"}}", 40008, NULL},
                {"POST", PSEND, "{\"touser\":\"$HER\",\"msgtype\":\"text\",\"text\":{\"content\":\"您好\"}}", 40003, NULL},
                {"POST", PSEND, "{\"touser\":\"$USER\",\"msgtype\":\"link\",\"link\":{\"title\":\"t\",\"url\":\"u\",\"thumb_url\":\"u\",\"description\":\"d\"}}", 0, NULL},
                {"POST", PSEND, PTEXT, 0, NULL}, {"POST", PSEND, PTEXT, 0, NULL}, {"POST", PSEND, PTEXT, 0, NULL},
                {"POST", PSEND, PTEXT, 0, NULL}, {"POST", PSEND, PTEXT, 45047, NULL},
        };
        static const struct call_row two[] = {
                {"POST", PSEND, PTEXT, 0, NULL}, {"POST", PSEND, PTEXT, 0, NULL}, {"POST", PSEND, PTEXT, 45047, NULL},
        };
        (void)state;
        test_call("POST", "/sim/mp/say", "{\"appid\":\"$PROGRAM\",\"customer\":\"$PERSON\",\"text\":\"在吗\"}");
        test_rows(five, countof(five));
        pass_ms("172800000");
        test_call("POST", "/sim/mp/event", "{\"customer\":\"$PERSON\",\"event\":\"user_enter_tempsession\",\"body\":{\"SessionFrom\":\"a\"}}");
        test_rows(two, countof(two));
}

static void users_and_tags(void **state)
{
#define T "?access_token=$TOKEN"
        static const struct call_row users[] = {
                {"GET", "/cgi-bin/user/info" T "&openid=$HER&lang=zh_CN", NULL, 0, "subscribe=1 openid=$HER subscribe_scene tagid_list"},
                {"GET", "/cgi-bin/user/info" T "&openid=$OTHER", NULL, 0, "subscribe=0"},
                {"GET", "/cgi-bin/user/info" T "&openid=x", NULL, 40003, NULL},
                {"GET", "/cgi-bin/user/get" T, NULL, 0, "total=1 count=1 data.openid.0=$HER next_openid=$HER"},
                {"GET", "/cgi-bin/user/get" T "&next_openid=$HER", NULL, 0, "count=0"},
                {"GET", "/cgi-bin/user/get" T "&next_openid=x", NULL, 40003, NULL},
                {"POST", "/cgi-bin/user/info/batchget" T, "{\"user_list\":[{\"openid\":\"$HER\",\"lang\":\"zh_CN\"}]}", 0, "user_info_list.0.openid=$HER"},
                {"POST", "/cgi-bin/user/info/batchget" T, "{\"user_list\":[]}", 40031, NULL},
                {"POST", "/cgi-bin/user/info/updateremark" T, "{\"openid\":\"$HER\",\"remark\":\"老客\"}", 0, NULL},
                {"POST", "/cgi-bin/user/info/updateremark" T, "{\"openid\":\"$HER\",\"remark\":\"1234567890123456789012345678901\"}", 45002, NULL},
                {"GET", "/cgi-bin/user/info" T "&openid=$HER", NULL, 0, "remark=老客"},
        };
        static const struct call_row tags[] = {
                {"POST", "/cgi-bin/tags/create" T, "{\"tag\":{\"name\":\"会员\"}}", 45157, NULL},
                {"POST", "/cgi-bin/tags/create" T, "{\"tag\":{\"name\":\"一二三四五六七八九十十一\"}}", 45158, NULL},
                {"POST", "/cgi-bin/tags/update" T, "{\"tag\":{\"id\":1,\"name\":\"x\"}}", 45058, NULL},
                {"POST", "/cgi-bin/tags/update" T, "{\"tag\":{\"id\":9999,\"name\":\"x\"}}", 45159, NULL},
                {"POST", "/cgi-bin/tags/update" T, "{\"tag\":{\"id\":$TAG,\"name\":\"老会员\"}}", 0, NULL},
                {"POST", "/cgi-bin/tags/members/batchtagging" T, "{\"openid_list\":[\"$HER\"],\"tagid\":$TAG}", 0, NULL},
                {"POST", "/cgi-bin/tags/members/batchtagging" T, "{\"openid_list\":[\"x\"],\"tagid\":$TAG}", 40003, NULL},
                {"POST", "/cgi-bin/tags/members/batchtagging" T, "{\"openid_list\":[],\"tagid\":$TAG}", 40031, NULL},
                {"GET", "/cgi-bin/tags/get" T, NULL, 0, "tags.0.id=$TAG tags.0.count=1"},
                {"POST", "/cgi-bin/tags/getidlist" T, "{\"openid\":\"$HER\"}", 0, "tagid_list.0=$TAG"},
                {"POST", "/cgi-bin/tags/getidlist" T, "{\"openid\":\"x\"}", 40003, NULL},
                {"POST", "/cgi-bin/user/tag/get" T, "{\"tagid\":$TAG,\"next_openid\":\"\"}", 0, "count=1 data.openid.0=$HER"},
                {"POST", "/cgi-bin/user/tag/get" T, "{\"tagid\":9999}", 45159, NULL},
                {"POST", "/cgi-bin/tags/members/batchuntagging" T, "{\"openid_list\":[\"$HER\"],\"tagid\":$TAG}", 0, NULL},
                {"POST", "/cgi-bin/tags/members/batchuntagging" T, "{\"openid_list\":[\"x\"],\"tagid\":$TAG}", 40003, NULL},
                {"POST", "/cgi-bin/tags/delete" T, "{\"tag\":{\"id\":$TAG}}", 0, NULL},
                {"POST", "/cgi-bin/tags/delete" T, "{\"tag\":{\"id\":$TAG}}", 45159, NULL},
                {"POST", "/cgi-bin/tags/members/batchblacklist" T, "{\"openid_list\":[\"$HER\"]}", 0, NULL},
                {"POST", "/cgi-bin/tags/members/batchblacklist" T, "{\"openid_list\":[\"x\"]}", 40003, NULL},
                {"POST", "/cgi-bin/tags/members/getblacklist" T, "{\"begin_openid\":\"\"}", 0, "count=1 data.openid.0=$HER"},
                {"POST", "/cgi-bin/tags/members/getblacklist" T, "{\"begin_openid\":\"x\"}", 40003, NULL},
                {"POST", "/cgi-bin/tags/members/batchunblacklist" T, "{\"openid_list\":[\"$HER\"]}", 0, NULL},
                {"POST", "/cgi-bin/tags/members/batchunblacklist" T, "{\"openid_list\":[]}", 40031, NULL},
        };
        (void)state;
        test_rows(users, countof(users));
        assert_int_equal(switch_set(&test_sim, "bound", "true"), 0);
        const struct call_row bound = {"POST", "/cgi-bin/user/info/batchget" T, "{\"user_list\":[{\"openid\":\"$HER\"}]}", 0, "user_info_list.0.unionid"};
        test_rows(&bound, 1);
        test_let("TAG", test_member(test_call("POST", "/cgi-bin/tags/create" T, "{\"tag\":{\"name\":\"会员\"}}"), "tag.id"));
        test_rows(tags, countof(tags));
}

static void parametric_codes(void **state)
{
#define QR "/cgi-bin/qrcode/create" T
        static const struct call_row rows[] = {
                {"POST", QR, "{\"action_name\":\"QR_SCENE\",\"action_info\":{\"scene\":{\"scene_id\":0}}}", 40097, NULL},
                {"POST", QR, "{\"action_name\":\"QR_LIMIT_SCENE\",\"action_info\":{\"scene\":{\"scene_id\":100001}}}", 40097, NULL},
                {"POST", QR, "{\"action_name\":\"QR_STR_SCENE\",\"action_info\":{\"scene\":{\"scene_str\":\"\"}}}", 40097, NULL},
                {"POST", QR, "{\"action_name\":\"QR\",\"action_info\":{\"scene\":{\"scene_id\":1}}}", 40097, NULL},
                {"POST", QR, "{\"expire_seconds\":2592001,\"action_name\":\"QR_SCENE\",\"action_info\":{\"scene\":{\"scene_id\":1}}}", 40097, NULL},
                {"POST", QR, "{\"action_name\":\"QR_LIMIT_STR_SCENE\",\"action_info\":{\"scene\":{\"scene_str\":\"门店\"}}}", 0, "ticket url"},
        };
        (void)state;
        test_rows(rows, countof(rows));
        const char *made = test_call("POST", QR, "{\"expire_seconds\":600,\"action_name\":\"QR_STR_SCENE\",\"action_info\":{\"scene\":{\"scene_str\":\"live7\"}}}");
        test_let("TICKET", test_member(made, "ticket"));
        struct http_response picture = test_http("GET", "/cgi-bin/showqrcode?ticket=$TICKET", NULL, "mp.weixin.qq.com");
        assert_string_equal(picture.mime, "image/png");
        test_let("NEW", test_member(test_call("POST", "/sim/customers", "{\"name\":\"丙\"}"), "items.0.external_userid"));
        test_let("NEWID", test_member(test_call("POST", "/sim/mp/scan", "{\"customer\":\"$NEW\",\"ticket\":\"$TICKET\"}"), "openid"));
        assert_string_equal(test_member(test_call("GET", "/cgi-bin/user/info" T "&openid=$NEWID", NULL), "qr_scene_str"), "live7");
        pass_ms("600000");
        assert_string_equal(test_member(test_call("POST", "/sim/mp/scan", "{\"customer\":\"$NEW\",\"ticket\":\"$TICKET\"}"), "ok"), "false");
        test_call("POST", "/sim/mp/unfollow", "{\"customer\":\"$NEW\"}");
}

static void oauth(void **state)
{
        static const struct call_row rows[] = {
                {"GET", "/sns/oauth2/access_token?appid=$MP&secret=$MPSECRET&code=$CODE&grant_type=authorization_code", NULL, 40163, NULL},
                {"GET", "/sns/oauth2/access_token?appid=$MP&secret=$MPSECRET&code=x&grant_type=authorization_code", NULL, 40029, NULL},
                {"GET", "/sns/oauth2/access_token?appid=$MP&secret=x&code=x&grant_type=authorization_code", NULL, 40125, NULL},
                {"GET", "/sns/userinfo?access_token=$BROWSER&openid=$HER&lang=zh_CN", NULL, 0, "openid=$HER nickname=甲 sex=0 privilege"},
                {"GET", "/sns/userinfo?access_token=$BROWSER&openid=$OTHER", NULL, 40003, NULL},
                {"GET", "/sns/userinfo?access_token=x&openid=$HER", NULL, 40001, NULL},
                {"GET", "/sns/auth?access_token=$BROWSER&openid=$HER", NULL, 0, NULL},
                {"GET", "/sns/auth?access_token=$BROWSER&openid=x", NULL, 40003, NULL},
                {"GET", "/sns/oauth2/refresh_token?appid=$MP&grant_type=refresh_token&refresh_token=$REFRESH", NULL, 0, "access_token openid=$HER"},
                {"GET", "/sns/oauth2/refresh_token?appid=$MP&grant_type=refresh_token&refresh_token=x", NULL, 40030, NULL},
                {"GET", "/connect/oauth2/authorize?appid=$MP&redirect_uri=nowhere&response_type=code&scope=snsapi_base", NULL, 10003, NULL},
                {"GET", "/connect/oauth2/authorize?appid=$MP&redirect_uri=http%3A%2F%2Fa&response_type=code&scope=all", NULL, 10005, NULL},
        };
        static const struct call_row late[] = {
                {"GET", "/sns/oauth2/access_token?appid=$MP&secret=$MPSECRET&code=$LATE&grant_type=authorization_code", NULL, 40029, NULL},
                {"GET", "/sns/userinfo?access_token=$BASE&openid=$HER", NULL, 48001, NULL},
        };
        (void)state;
        test_let("CODE", test_member(test_call("POST", "/sim/mp/code", "{\"customer\":\"$PERSON\",\"scope\":\"snsapi_userinfo\"}"), "code"));
        const char *given = test_call("GET", "/sns/oauth2/access_token?appid=$MP&secret=$MPSECRET&code=$CODE&grant_type=authorization_code", NULL);
        test_let("BROWSER", test_member(given, "access_token"));
        test_let("REFRESH", test_member(given, "refresh_token"));
        for (size_t i = 0; i < countof(rows); i++) {
                /* The consent page lives on another host. */
                if (!strncmp(rows[i].path, "/connect", 8)) {
                        struct http_response res = test_http("GET", rows[i].path, NULL, "open.weixin.qq.com");
                        const char *body = arena_strndup(&test_arena, res.body.p, res.body.n);
                        assert_int_equal(strtol(test_member(body, "errcode"), NULL, 10), rows[i].errcode);
                } else {
                        test_rows(&rows[i], 1);
                }
        }
        struct http_response sent = test_http("GET", "/connect/oauth2/authorize?appid=$MP&redirect_uri=http%3A%2F%2Fa.test%2F&response_type=code&scope=snsapi_base&state=s&sim_customer=$HER",
                                              NULL, "open.weixin.qq.com");
        assert_int_equal(sent.status, 302);
        test_let("BASE", test_member(test_call("GET", arena_printf(&test_arena, "/sns/oauth2/access_token?appid=$MP&secret=$MPSECRET&code=%s&grant_type=authorization_code",
                                                                   test_member(test_call("POST", "/sim/mp/code", "{\"customer\":\"$PERSON\"}"), "code")), NULL),
                                     "access_token"));
        test_let("LATE", test_member(test_call("POST", "/sim/mp/code", "{\"customer\":\"$PERSON\"}"), "code"));
        pass_ms("300000");
        test_rows(late, countof(late));
}

static void login(void **state)
{
        static const struct call_row rows[] = {
                {"GET", "/sns/jscode2session?appid=$PROGRAM&secret=$PROGRAMSECRET&js_code=x&grant_type=authorization_code", NULL, 40029, NULL},
                {"GET", "/sns/jscode2session?appid=$MP&secret=$MPSECRET&js_code=x&grant_type=authorization_code", NULL, 40013, NULL},
                {"GET", "/sns/jscode2session?appid=$PROGRAM&secret=$PROGRAMSECRET&js_code=$JS&grant_type=authorization_code", NULL, 40163, NULL},
                {"GET", "/wxa/checksession?access_token=$PTOKEN&openid=$USER&signature=$SIGN&sig_method=hmac_sha256", NULL, 0, NULL},
                {"GET", "/wxa/checksession?access_token=$PTOKEN&openid=$USER&signature=00&sig_method=hmac_sha256", NULL, 87009, NULL},
                {"POST", "/wxa/resetusersessionkey?access_token=$PTOKEN", "{\"openid\":\"$USER\",\"signature\":\"$SIGN\",\"sig_method\":\"hmac_sha256\"}", 0, "session_key openid=$USER"},
                {"POST", "/wxa/resetusersessionkey?access_token=$PTOKEN", "{\"openid\":\"$USER\",\"signature\":\"$SIGN\",\"sig_method\":\"hmac_sha256\"}", 87009, NULL},
        };
        uint8_t mac[32];
        (void)state;
        test_let("JS", test_member(test_call("POST", "/sim/mp/code", "{\"customer\":\"$PERSON\",\"scope\":\"login\"}"), "code"));
        const char *session = test_call("GET", "/sns/jscode2session?appid=$PROGRAM&secret=$PROGRAMSECRET&js_code=$JS&grant_type=authorization_code", NULL);
        assert_string_equal(test_member(session, "openid"), test_fill("$USER"));
        crypt_hmac_sha256(bytes_of_text(test_member(session, "session_key")), bytes_of("", 0), mac);
        test_let("SIGN", crypt_hex(&test_arena, bytes_of(mac, sizeof(mac))));
        test_rows(rows, countof(rows));
}

static void agents(void **state)
{
        static const struct call_row rows[] = {
                {"GET", "/cgi-bin/customservice/getkflist" T, NULL, 0, "kf_list.0.kf_account=$AGENT"},
                {"GET", "/cgi-bin/customservice/getonlinekflist" T, NULL, 0, "kf_online_list.0.kf_account=$AGENT kf_online_list.0.accepted_case=0"},
                {"GET", "/customservice/getkflist" T, NULL, 0, "kf_list.0.kf_account=$AGENT"},
                {"GET", "/customservice/getkflist", NULL, 41001, NULL},
                {"GET", "/customservice/getonlinekflist" T, NULL, 0, "kf_online_list.0.kf_account=$AGENT"},
                {"GET", "/customservice/getonlinekflist", NULL, 41001, NULL},
                {"POST", "/customservice/kfaccount/add" T, "{\"kf_account\":\"new@x\",\"nickname\":\"新人\"}", 0, NULL},
                {"POST", "/customservice/kfaccount/add" T, "{\"kf_account\":\"new@x\",\"nickname\":\"新人\"}", 65406, NULL},
                {"POST", "/customservice/kfaccount/add" T, "{\"kf_account\":\"new\",\"nickname\":\"新人\"}", 65404, NULL},
                {"POST", "/customservice/kfaccount/add" T, "{\"kf_account\":\"b@x\",\"nickname\":\"\"}", 65403, NULL},
                {"POST", "/customservice/kfaccount/update" T, "{\"kf_account\":\"new@x\",\"nickname\":\"老人\"}", 0, NULL},
                {"POST", "/customservice/kfaccount/update" T, "{\"kf_account\":\"no@x\",\"nickname\":\"老人\"}", 65401, NULL},
                {"POST", "/customservice/kfaccount/inviteworker" T, "{\"kf_account\":\"new@x\",\"invite_wx\":\"wx1\"}", 0, NULL},
                {"POST", "/customservice/kfaccount/inviteworker" T, "{\"kf_account\":\"$AGENT\",\"invite_wx\":\"wx1\"}", 65408, NULL},
                {"POST", "/customservice/kfaccount/uploadheadimg" T "&kf_account=new@x", "x", 44001, NULL},
                {"GET", "/customservice/kfaccount/del" T "&kf_account=new@x", NULL, 0, NULL},
                {"GET", "/customservice/kfaccount/del" T "&kf_account=new@x", NULL, 65401, NULL},
                {"POST", "/customservice/kfsession/create" T, "{\"kf_account\":\"$AWAY\",\"openid\":\"$HER\"}", 65415, NULL},
                {"POST", "/customservice/kfsession/create" T, "{\"kf_account\":\"$AGENT\",\"openid\":\"$HER\"}", 0, NULL},
                {"POST", "/customservice/kfsession/create" T, "{\"kf_account\":\"no@x\",\"openid\":\"$HER\"}", 65401, NULL},
                {"GET", "/customservice/kfsession/getsession" T "&openid=$HER", NULL, 0, "kf_account=$AGENT createtime"},
                {"GET", "/customservice/kfsession/getsession" T "&openid=x", NULL, 40003, NULL},
                {"GET", "/customservice/kfsession/getsessionlist" T "&kf_account=$AGENT", NULL, 0, "sessionlist.0.openid=$HER"},
                {"GET", "/customservice/kfsession/getsessionlist" T "&kf_account=x", NULL, 65401, NULL},
                {"GET", "/customservice/kfsession/getwaitcase" T, NULL, 0, "count waitcaselist"},
                {"POST", "/customservice/kfsession/close" T, "{\"kf_account\":\"$AWAY\",\"openid\":\"$HER\"}", 65413, NULL},
                {"POST", "/customservice/kfsession/close" T, "{\"kf_account\":\"$AGENT\",\"openid\":\"$HER\"}", 0, NULL},
                {"POST", "/customservice/msgrecord/getmsglist" T, "{\"starttime\":1800000000,\"endtime\":1800086400,\"msgid\":1,\"number\":100}", 0, "recordlist number msgid"},
                {"POST", "/customservice/msgrecord/getmsglist" T, "{\"starttime\":1800000000,\"endtime\":1800086401,\"msgid\":1,\"number\":100}", 65416, NULL},
                {"POST", "/customservice/msgrecord/getmsglist" T, "{\"starttime\":1800000000,\"endtime\":1800086400,\"msgid\":1,\"number\":10001}", 65418, NULL},
        };
        (void)state;
        test_rows(rows, countof(rows));
}

static void tickets_media_quotas(void **state)
{
        static const struct call_row rows[] = {
                {"GET", "/cgi-bin/ticket/getticket" T "&type=jsapi", NULL, 0, "ticket expires_in=7200"},
                {"GET", "/cgi-bin/ticket/getticket" T "&type=x", NULL, 40097, NULL},
                {"GET", "/cgi-bin/media/get" T "&media_id=x", NULL, 40007, NULL},
                {"POST", "/cgi-bin/media/upload" T "&type=x", "x", 40004, NULL},
                {"POST", "/cgi-bin/media/upload" T "&type=image", "x", 41005, NULL},
                {"POST", "/cgi-bin/media/uploadimg" T, "x", 41005, NULL},
                {"POST", "/cgi-bin/openapi/quota/get" T, "{\"cgi_path\":\"/cgi-bin/user/get\"}", 0, "quota.daily_limit quota.used quota.remain"},
                {"POST", "/cgi-bin/openapi/quota/get" T, "{\"cgi_path\":\"/no\"}", 76021, NULL},
                {"POST", "/cgi-bin/openapi/quota/clear" T, "{\"cgi_path\":\"/cgi-bin/user/get\"}", 0, NULL},
                {"POST", "/cgi-bin/openapi/quota/clear" T, "{\"cgi_path\":\"/no\"}", 76021, NULL},
                {"POST", "/cgi-bin/openapi/quota/get" T, "{\"cgi_path\":\"/cgi-bin/user/get\"}", 0, "quota.used=0"},
                {"POST", "/cgi-bin/clear_quota" T, "{\"appid\":\"$MP\"}", 0, NULL},
                {"POST", "/cgi-bin/clear_quota" T, "{\"appid\":\"$PROGRAM\"}", 40013, NULL},
                {"POST", "/cgi-bin/clear_quota/v2", "{\"appid\":\"$MP\",\"appsecret\":\"$MPSECRET\"}", 0, NULL},
                {"POST", "/cgi-bin/clear_quota/v2", "{\"appid\":\"$MP\",\"appsecret\":\"x\"}", 40125, NULL},
                {"POST", "/cgi-bin/callback/check" T, "{\"action\":\"all\",\"check_operator\":\"DEFAULT\"}", 0, "dns.0.ip ping.0.time"},
                {"POST", "/cgi-bin/callback/check" T, "{\"action\":\"x\",\"check_operator\":\"DEFAULT\"}", 40201, NULL},
                {"POST", "/cgi-bin/openapi/rid/get" T, "{\"rid\":\"x-y\"}", 76001, NULL},
        };
        (void)state;
        test_rows(rows, countof(rows));
        const char *refused = test_call("GET", "/cgi-bin/user/info" T "&openid=x", NULL);
        test_let("RID", strstr(test_member(refused, "errmsg"), "rid: ") + 5);
        const struct call_row found = {"POST", "/cgi-bin/openapi/rid/get" T, "{\"rid\":\"$RID\"}", 0, "request.request_url=/cgi-bin/user/info"};
        test_rows(&found, 1);
        for (int i = 0; i < 7; i++)
                test_call("POST", "/cgi-bin/clear_quota" T, "{\"appid\":\"$MP\"}");
        const struct call_row tired = {"POST", "/cgi-bin/clear_quota" T, "{\"appid\":\"$MP\"}", 48006, NULL};
        test_rows(&tired, 1);
}

static void wrong_types_and_tokens(void **state)
{
        static const struct call_row rows[] = {
                {"POST", SEND, "{\"touser\":1,\"msgtype\":\"text\",\"text\":{\"content\":\"x\"}}", 47001, NULL},
                {"POST", SEND, "{\"touser\":\"$HER\",\"msgtype\":\"text\",\"text\":\"x\"}", 47001, NULL},
                {"POST", SEND, "{\"touser\":\"$HER\"}", 40097, NULL},
                {"POST", "/cgi-bin/tags/create" T, "{\"tag\":{\"name\":5}}", 47001, NULL},
                {"POST", "/cgi-bin/tags/members/batchtagging" T, "{\"openid_list\":\"$HER\",\"tagid\":100}", 47001, NULL},
                {"POST", QR, "{\"action_name\":\"QR_SCENE\",\"action_info\":{\"scene\":{\"scene_id\":\"7\"}}}", 47001, NULL},
                {"GET", "/cgi-bin/customservice/getkflist", NULL, 41001, NULL},
                {"GET", "/cgi-bin/customservice/getonlinekflist", NULL, 41001, NULL},
                {"GET", "/customservice/kfsession/getwaitcase", NULL, 41001, NULL},
                {"GET", "/cgi-bin/get_api_domain_ip", NULL, 41001, NULL},
                {"GET", "/cgi-bin/getcallbackip", NULL, 41001, NULL},
                {"GET", "/cgi-bin/tags/get", NULL, 41001, NULL},
                {"POST", "/cgi-bin/stable_token", "{\"grant_type\":\"x\"}", 40002, NULL},
        };
        (void)state;
        test_rows(rows, countof(rows));
        test_http("GET", "/cgi-bin/showqrcode?ticket=x", NULL, "mp.weixin.qq.com");
}

static void media(void **state)
{
        (void)state;
        struct bytes png = picture_png(&test_arena, 3);
        test_let("MEDIA", test_member(test_upload("/cgi-bin/media/upload" T "&type=image", "a.png", "image/png", png), "media_id"));
        assert_non_null(test_member(test_upload("/cgi-bin/media/upload" T "&type=thumb", "a.png", "image/png", png), "thumb_media_id"));
        struct http_response got = test_http("GET", "/cgi-bin/media/get" T "&media_id=$MEDIA", NULL, NULL);
        assert_int_equal(got.body.n, png.n);
        assert_memory_equal(got.body.p, png.p, png.n);
        assert_non_null(test_member(test_upload("/cgi-bin/media/uploadimg" T, "a.png", "image/png", png), "url"));
        const char *head = test_upload("/customservice/kfaccount/uploadheadimg" T "&kf_account=$AGENT", "a.png", "image/png", png);
        assert_string_equal(test_member(head, "errcode"), "0");
        /* 64 KiB and no more for a thumb. */
        struct bytes big = bytes_of(arena_alloc(&test_arena, 70000), 70000);
        const char *refused = test_upload("/cgi-bin/media/upload" T "&type=thumb", "a.png", "image/png", big);
        assert_string_equal(test_member(refused, "errcode"), "45001");
}

/* Every event of the list once, and each message type a phone can send. */
static void events(void **state)
{
        static const char *const deeds[] = {
                "{\"event\":\"VIEW\",\"body\":{\"EventKey\":\"https://a.test\"}}",
                "{\"event\":\"LOCATION\",\"body\":{\"Latitude\":\"23.1\",\"Longitude\":\"113.3\",\"Precision\":\"119.4\"}}",
                "{\"event\":\"scancode_push\",\"body\":{\"EventKey\":\"6\",\"ScanCodeInfo\":{\"ScanType\":\"qrcode\",\"ScanResult\":\"1\"}}}",
                "{\"event\":\"scancode_waitmsg\",\"body\":{\"EventKey\":\"6\",\"ScanCodeInfo\":{\"ScanType\":\"qrcode\",\"ScanResult\":\"1\"}}}",
                "{\"event\":\"pic_sysphoto\",\"body\":{\"EventKey\":\"6\",\"SendPicsInfo\":{\"Count\":1}}}",
                "{\"event\":\"pic_photo_or_album\",\"body\":{\"EventKey\":\"6\",\"SendPicsInfo\":{\"Count\":1}}}",
                "{\"event\":\"pic_weixin\",\"body\":{\"EventKey\":\"6\",\"SendPicsInfo\":{\"Count\":1}}}",
                "{\"event\":\"location_select\",\"body\":{\"EventKey\":\"6\",\"SendLocationInfo\":{\"Location_X\":\"23\",\"Location_Y\":\"113\",\"Scale\":\"15\",\"Label\":\"广州\",\"Poiname\":\"\"}}}",
                "{\"event\":\"view_miniprogram\",\"body\":{\"EventKey\":\"pages/index\",\"MenuId\":\"MENUID\"}}",
        };
        (void)state;
        for (size_t i = 0; i < countof(deeds); i++) {
                const char *body = arena_printf(&test_arena, "{\"customer\":\"$PERSON\",%s", deeds[i] + 1);
                assert_string_equal(test_member(test_call("POST", "/sim/mp/event", body), "ok"), "true");
        }
        assert_string_equal(test_member(test_call("POST", "/sim/mp/event", "{\"customer\":\"$PERSON\",\"event\":\"no_such\"}"), "ok"), "false");
        const char *code = test_call("POST", QR, "{\"action_name\":\"QR_SCENE\",\"action_info\":{\"scene\":{\"scene_id\":7}}}");
        test_let("SEVEN", test_member(code, "ticket"));
        assert_string_equal(test_member(test_call("POST", "/sim/mp/scan", "{\"customer\":\"$PERSON\",\"ticket\":\"$SEVEN\"}"), "ok"), "true");
        /* Agents: one takes her, another takes over. */
        test_call("POST", "/sim/mp/set", "{\"appid\":\"$MP\",\"kf_account\":\"$AWAY\",\"online\":\"true\"}");
        test_call("POST", "/customservice/kfsession/create" T, "{\"kf_account\":\"$AGENT\",\"openid\":\"$HER\"}");
        struct mps *mps = &test_sim.world.mps;
        struct mp_fan *her = mp_fan_by_openid(&test_sim, mps->of[0], test_fill("$HER"));
        mp_serve(&test_sim, her, mps->of[0]->agents.v[1]);
        test_call("POST", "/customservice/kfsession/close" T, "{\"kf_account\":\"$AWAY\",\"openid\":\"$HER\"}");
        her->waits_since = sim_now(&test_sim);
        const char *waiting = test_call("GET", "/customservice/kfsession/getwaitcase" T, NULL);
        assert_string_equal(test_member(waiting, "waitcaselist.0.openid"), test_fill("$HER"));
        test_call("POST", "/sim/mp/set", "{\"appid\":\"$PROGRAM\",\"format\":\"json\"}");
        test_call("POST", "/sim/mp/event", "{\"customer\":\"$PERSON\",\"event\":\"user_enter_tempsession\",\"body\":{\"SessionFrom\":\"a\"}}");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(tokens),           cmocka_unit_test(customer_messages), cmocka_unit_test(typing),
                cmocka_unit_test(programs_messages), cmocka_unit_test(users_and_tags),    cmocka_unit_test(parametric_codes),
                cmocka_unit_test(oauth),            cmocka_unit_test(login),             cmocka_unit_test(agents),
                cmocka_unit_test(tickets_media_quotas), cmocka_unit_test(wrong_types_and_tokens), cmocka_unit_test(media),
                cmocka_unit_test(events),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
