/*
 * Error codes of the notes whose condition the other tests do not bring about: limits that take many calls, states of a corp
 * and its people, conditions (condition.h). tests/fidelity.sh finds out whether any is left.
 */
#include "sim/condition.h"
#include "sim/mp/mp.h"
#include "sim/wecom/setup_test.h"

#define SHOPTOKEN "?access_token=$SHOP"
#define MP "?access_token=$MP"
#define MOVE "\"handover_userid\":\"linxia\",\"takeover_userid\":\"zhoumo\",\"external_userid\":[\"$HER\"]"

static void row(const char *method, const char *path, const char *body, int errcode, const char *answer)
{
        test_rows(&(struct call_row){method, path, body, errcode, answer}, 1);
}

/* {"NAME":[item, ...]...: `n` times. */
static const char *many(const char *before, const char *item, size_t n, const char *between, const char *after)
{
        struct text t;

        text_init(&t, &test_arena);
        text_add(&t, before);
        for (size_t i = 0; i < n; i++)
                text_addf(&t, "%s%s", i ? between : "", strcmp(item, "#") ? item : arena_printf(&test_arena, "{\"name\":\"t%zu\"}", i));
        text_add(&t, after);
        return t.p;
}

/* ---- conditions: every row of the table ---- */

/* A call that is complete, so that only the condition refuses it; the longest path that fits a row is taken. */
static const struct call_row samples[] = {
        {"GET", W "/getcallbackip" T, NULL, 0, "/"},
        {"GET", W "/gettoken?corpid=$CORP&corpsecret=$S", NULL, 0, "/cgi-bin/gettoken"},
        {"POST", X "/edit_corp_tag" T, "{\"id\":\"x\",\"name\":\"y\"}", 0, "/cgi-bin/externalcontact/edit_corp_tag"},
        {"POST", X "/transfer_customer" T, "{" MOVE "}", 0, "/cgi-bin/externalcontact/transfer_customer"},
        {"POST", X "/send_welcome_msg" T, "{\"welcome_code\":\"x\",\"text\":{\"content\":\"x\"}}", 0, "/cgi-bin/externalcontact/send_welcome_msg"},
        {"POST", X "/opengid_to_chatid" T, "{\"opengid\":\"x\"}", 0, "/cgi-bin/externalcontact/opengid_to_chatid"},
        {"POST", X "/groupchat/transfer" T, "{\"chat_id_list\":[\"x\"],\"new_owner\":\"zhoumo\"}", 0, "/cgi-bin/externalcontact/groupchat/"},
        {"GET", X "/get_follow_user_list" T, NULL, 0, "/cgi-bin/externalcontact"},
        {"GET", W "/user/list" T "&department_id=2", NULL, 0, "/cgi-bin/user/list"},
        {"GET", W "/auth/getuserinfo" T "&code=x", NULL, 0, "/cgi-bin/auth/"},
        {"POST", W "/message/send" T, "{\"touser\":\"linxia\",\"msgtype\":\"text\",\"agentid\":1000002,\"text\":{\"content\":\"x\"}}", 0, "/cgi-bin/message/send"},
        {"POST", W "/kf/account/add" T, "{\"name\":\"x\",\"media_id\":\"$MEDIA\"}", 0, "/cgi-bin/kf/account/add"},
        {"POST", W "/kf/sync_msg" T, "{\"open_kfid\":\"$KF\"}", 0, "/cgi-bin/kf/sync_msg"},
        {"POST", W "/kf/account/list" T, "{}", 0, "/cgi-bin/kf/"},
        {"GET", "/sns/jscode2session?appid=$PROGRAM&secret=$PSECRET&js_code=x&grant_type=authorization_code", NULL, 0, "/sns/jscode2session"},
        {"POST", "/channels/ec/aftersale/acceptapply" SHOPTOKEN, "{\"after_sale_order_id\":\"1\"}", 0, "/channels/ec/aftersale/"},
        {"POST", "/channels/ec/aftersale/acceptapply" SHOPTOKEN, "{\"after_sale_order_id\":\"1\"}", 0, "/channels/ec/aftersale/acceptapply"},
        {"POST", "/channels/ec/aftersale/merchantupdateaftersale" SHOPTOKEN,
         "{\"after_sale_order_id\":\"1\",\"type\":1,\"amount\":1,\"merchant_update_desc\":\"x\",\"update_reason_type\":1,\"merchant_update_type\":1}", 0,
         "/channels/ec/aftersale/merchantupdateaftersale"},
        {"POST", "/channels/ec/commkf/sendmsg" SHOPTOKEN, "{\"open_id\":\"x\",\"msg_type\":\"text\",\"text\":{\"content\":\"x\"}}", 0, "/channels/ec/commkf/"},
};

static int code_of(const struct call_row *call)
{
        const char *code = test_member(test_call(call->method, call->path, call->body), "errcode");
        return code ? (int)strtol(code, NULL, 10) : 0;
}

static void each_condition_refuses(void **state)
{
        (void)state;
        for (size_t i = 0; i < n_conditions; i++) {
                const struct condition_row *c = &conditions[i];
                const struct call_row *call = NULL;
                for (size_t k = 0; k < countof(samples); k++)
                        if (!strcmp(samples[k].answer, c->path) || (!call && !strcmp(c->path, "/cgi-bin/") && !k))
                                call = &samples[k];
                if (!call)
                        fail_msg("no call for %s", c->path);
                test_let("CODE", arena_printf(&test_arena, "%d", c->code));
                row("PUT", "/sim/conditions/$CODE", "{\"on\":true}", 0, "ok=true");
                assert_int_equal(code_of(call), c->code);
                row("PUT", "/sim/conditions/$CODE", "{\"on\":false}", 0, "ok=true");
                assert_int_not_equal(code_of(call), c->code);
        }
        row("PUT", "/sim/conditions/1", "{\"on\":true}", 0, "ok=false");
        row("GET", "/sim/conditions", NULL, 0, "conditions.0.errcode=-1 conditions.0.on=false");
}

/* ---- limits ---- */

static void lists_have_limits(void **state)
{
        (void)state;
        row("POST", W "/kf/servicer/add" T, many("{\"open_kfid\":\"$KF\",\"userid_list\":[", "\"linxia\"", 101, ",", "]}"), 40032, NULL);
        row("POST", X "/add_contact_way" T, many("{\"type\":2,\"scene\":2,\"user\":[", "\"linxia\"", 101, ",", "]}"), 41041, NULL);
        row("POST", X "/groupchat/list" T, many("{\"limit\":1,\"owner_filter\":{\"userid_list\":[", "\"linxia\"", 101, ",", "]}}"), 81014, NULL);
        row("POST", X "/add_corp_tag" T, many("{\"group_name\":\"g\",\"tag\":[", "#", TAGS_MAX + 1, ",", "]}"), 40126, NULL);
        static const struct {
                const char *field;
                size_t n;
                int errcode;
        } to[] = {{"touser", 1001, 82001}, {"toparty", 101, 82002}, {"totag", 101, 82003}};
        for (size_t i = 0; i < countof(to); i++)
                row("POST", W "/message/send" T,
                    many(arena_printf(&test_arena, "{\"msgtype\":\"text\",\"agentid\":1000002,\"text\":{\"content\":\"x\"},\"%s\":\"", to[i].field),
                         "1", to[i].n, "|", "\"}"),
                    to[i].errcode, NULL);
        row("POST", W "/kf/account/list" T, many("{\"a\":\"", "0123456789abcdef", 70000, "", "\"}"), 40206, NULL);
}

static void a_corp_has_limits(void **state)
{
        (void)state;
        set("ways_max", "0");
        row("POST", X "/add_contact_way" T, "{\"type\":1,\"scene\":2,\"user\":[\"linxia\"]}", 41045, NULL);
        set("ways_max", "500000");
        set("kf_accounts_max", "2");
        row("POST", W "/kf/account/add" T, "{\"name\":\"x\",\"media_id\":\"$MEDIA\"}", 95005, NULL);
        set("kf_accounts_max", "5000");
        for (size_t i = 0; i < 1000; i++)
                vec_push(&test_sim.arena, &wecom_of(&test_sim)->all_links, arena_new(&test_sim.arena, struct link));
        row("POST", X "/customer_acquisition/create_link" T, "{\"link_name\":\"x\",\"range\":{\"user_list\":[\"linxia\"]}}", 41095, NULL);
        wecom_of(&test_sim)->all_links.n = 0;
        size_t staff = test_sim.world.corp.staff.n;
        for (size_t i = 0; i < 1001; i++)
                staff_add(&test_sim, arena_printf(&test_arena, "more%zu", i), "多", 3);
        row("POST", X "/groupchat/list" T, "{\"limit\":1}", 81017, NULL);
        test_sim.world.corp.staff.n = staff;
}

/* ---- arguments and states ---- */

static void odd_arguments(void **state)
{
        static const struct call_row rows[] = {
                {"POST", X "/add_contact_way" T, "{\"type\":1,\"scene\":1,\"style\":9,\"user\":[\"linxia\"]}", 41038, NULL},
                {"POST", X "/add_contact_way" T, "{\"type\":1,\"scene\":2,\"user\":[\"linxia\"],\"remark\":\"三十一个字三十一个字三十一个字三十一个字三十一个字三十一个字啊\"}", 41043, NULL},
                {"POST", X "/unionid_to_external_userid" T, "{\"unionid\":\"x\"}", 41057, NULL},
                {"POST", W "/kf/send_msg" T, "{\"touser\":\"$HER\",\"open_kfid\":\"$KF\",\"msgtype\":\"location\",\"location\":{\"latitude\":1,\"longitude\":2,\"location_type\":\"near\"}}", 95022, NULL},
                {"POST", "/channels/ec/order/search" SHOPTOKEN, "{\"search_condition\":{\"tel_number_last4\":\"12\"},\"page_size\":1}", 6060456, NULL},
                {"GET", "/channels/ec/category/list/get" SHOPTOKEN "&f_cat_id=shirts", NULL, 40097, NULL},
                {"POST", "/channels/ec/order/deliverycompanylist/get" SHOPTOKEN, "{\"ewaybill_only\":\"yes\"}", 47001, NULL},
                {"POST", W "/user/list_id?access_token=$SYNC", "{\"cursor\":\"x\"}", 50100, NULL},
        };

        (void)state;
        set("bound", "false");
        test_rows(rows, countof(rows));
        set("escapes_refused", "true");
        row("POST", W "/kf/account/list" T, "{\"name\":\"\\u4f60\"}", 40033, NULL);
        set("escapes_refused", "false");
        deed("/sim/say", "{\"customer\":\"$HER\",\"open_kfid\":\"$KF\",\"text\":\"在吗\"}");
        pass_ms("176400000");
        row("POST", W "/kf/customer/upgrade_service" T, "{\"open_kfid\":\"$KF\",\"external_userid\":\"$HER\",\"type\":1,\"member\":{\"userid\":\"linxia\"}}", 95031, NULL);
}

static void hand_on(const char *from, const char *to, const char *item)
{
        test_let("FROM", from);
        test_let("TO", to);
        row("POST", X "/transfer_customer" T, "{\"handover_userid\":\"$FROM\",\"takeover_userid\":\"$TO\",\"external_userid\":[\"$HER\"]}", 0, item);
        pass_ms("86400001");
}

static void customers_and_groups_move_seldom(void **state)
{
        (void)state;
        deed("/sim/wecom/add", "{\"customer\":\"$HER\",\"userid\":\"linxia\"}");
        set("contacts_max", "0");
        hand_on("linxia", "zhoumo", "customer.0.errcode=40099");
        set("contacts_max", "20000");
        hand_on("linxia", "zhoumo", "customer.0.errcode=0");
        hand_on("zhoumo", "linxia", "customer.0.errcode=0");
        hand_on("linxia", "zhoumo", "customer.0.errcode=40128");

        deed("/sim/wecom/staff", "{\"userid\":\"parting\",\"name\":\"离\"}");
        test_let("CHAT", test_member(deed("/sim/wecom/group", "{\"userid\":\"parting\",\"name\":\"群\"}"), "chat_id"));
        deed("/sim/wecom/staff/leave", "{\"userid\":\"parting\"}");
        row("POST", X "/groupchat/onjob_transfer" T, "{\"chat_id_list\":[\"$CHAT\"],\"new_owner\":\"zhoumo\"}", 0, "failed_chat_list.0.errcode=90502");
}

/* ---- an official account ---- */

static void agents_and_tags(void **state)
{
        struct mp *mp = test_sim.world.mps.of[0];
        struct mp_fan *fan = mp_fan(&test_sim, mp, test_sim.world.people.v[0]);

        (void)state;
        test_let("FAN", fan->openid);
        fan->follows = true;
        mp->agents.v[1]->online = true;
        test_let("A", mp->agents.v[0]->account);
        test_let("B", mp->agents.v[1]->account);
        row("POST", "/customservice/kfsession/create" MP, "{\"kf_account\":\"$A\",\"openid\":\"$FAN\"}", 0, NULL);
        row("POST", "/customservice/kfsession/create" MP, "{\"kf_account\":\"$B\",\"openid\":\"$FAN\"}", 65414, NULL);
        row("POST", "/cgi-bin/message/custom/send" MP, "{\"touser\":\"$FAN\",\"msgtype\":\"text\",\"text\":{\"content\":\"x\"},\"customservice\":{\"kf_account\":\"$B\"}}", 61458, NULL);
        for (int i = 0; i < 100; i++) {
                test_let("NAME", arena_printf(&test_arena, "t%d", i));
                row("POST", "/cgi-bin/tags/create" MP, "{\"tag\":{\"name\":\"$NAME\"}}", 0, "tag.id");
        }
        row("POST", "/cgi-bin/tags/create" MP, "{\"tag\":{\"name\":\"one more\"}}", 45056, NULL);
        for (int i = 0; i <= 20; i++) {
                test_let("ID", arena_printf(&test_arena, "%lld", (long long)mp->tags.v[i]->id));
                row("POST", "/cgi-bin/tags/members/batchtagging" MP, "{\"tagid\":$ID,\"openid_list\":[\"$FAN\"]}", i < 20 ? 0 : 45059, NULL);
        }
        size_t fans = mp->fans.n;
        while (mp->fans.n <= fans + 100000)
                vec_push(&test_sim.arena, &mp->fans, fan);
        test_let("ID", arena_printf(&test_arena, "%lld", (long long)fan->tag[0]));
        row("POST", "/cgi-bin/tags/delete" MP, "{\"tag\":{\"id\":$ID}}", 45057, NULL);
        mp->fans.n = fans;
}

static void a_user_logs_in_too_often(void **state)
{
        struct mp *program = test_sim.world.mps.of[1];
        struct mp_fan *fan = mp_fan(&test_sim, program, test_sim.world.people.v[0]);

        (void)state;
        for (int i = 0; i <= 100; i++)
                row("GET", arena_printf(&test_arena, "/sns/jscode2session?appid=$PROGRAM&secret=$PSECRET&grant_type=authorization_code&js_code=%s",
                                        mp_code_give(&test_sim, fan, "login")),
                    NULL, i < 100 ? 0 : 45011, NULL);
}

/* Media that are too large arrive as a text. */
static void large_media_are_told(void **state)
{
        const struct person *p = test_sim.world.people.v[1];

        (void)state;
        deed("/sim/say", "{\"customer\":\"$HIM\",\"open_kfid\":\"$KF\",\"msgtype\":\"image\",\"bytes\":2097153}");
        assert_string_equal(p->chat.v[p->chat.n - 1]->type, "text");
        deed("/sim/say", "{\"customer\":\"$HIM\",\"open_kfid\":\"$KF\",\"msgtype\":\"image\",\"bytes\":2097152}");
        assert_string_equal(p->chat.v[p->chat.n - 1]->type, "image");
}

static int begin(void **state)
{
        struct world *w = &test_sim.world;
        int r = start(state);

        if (r)
                return r;
        test_let("SHOP", token_give(&test_sim, w->shops[0], true, false)->text);
        test_let("MP", token_give_mp(&test_sim, w->mps.of[0], true, false)->text);
        test_let("PROGRAM", w->mps.of[1]->appid);
        test_let("PSECRET", w->mps.of[1]->secret);
        test_let("S", w->corp.secret);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_condition_refuses), cmocka_unit_test(lists_have_limits),
                cmocka_unit_test(a_corp_has_limits),      cmocka_unit_test(agents_and_tags),
                cmocka_unit_test(odd_arguments),          cmocka_unit_test(customers_and_groups_move_seldom),
                cmocka_unit_test(a_user_logs_in_too_often), cmocka_unit_test(large_media_are_told),
        };
        return cmocka_run_group_tests(tests, begin, stop);
}
