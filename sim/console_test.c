/* A fresh account is connected click by click, and each fault makes the platform answer as it does in that state. */
#include "sim/call_test.h"
#include "sim/mp/mp.h"
#include "sim/pool.h"
#include "sim/push.h"
#include "sim/shop/trade.h"
#include "sim/wecom/wecom.h"

#include <stdatomic.h>

#define OUR_TOKEN "ourOwnToken"
#define OUR_KEY "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
#define T "?access_token=$TOKEN"
#define S "?access_token=$SHOP"

/* The server that is being connected: it knows its own token and key, and nothing of the simulator's. */
static struct server *ours;
static atomic_uint heard, unread; /* callbacks that it could open, and that it could not */

static bool opens(struct arena *a, struct raw *raw, const char *id, const char *encrypt, struct bytes *plain)
{
        struct envelope_key key;
        char expect[SHA1_HEX];

        if (!encrypt || envelope_key_init(&key, OUR_TOKEN, OUR_KEY, id))
                return false;
        envelope_sign(a, OUR_TOKEN, raw_param(raw, "timestamp"), raw_param(raw, "nonce"), encrypt, expect);
        return text_eq(expect, raw_param(raw, "msg_signature")) && !envelope_open(a, &key, encrypt, plain);
}

static const char *encrypted(struct arena *a, bool xml, struct bytes body)
{
        const char *text = arena_strndup(a, body.p, body.n), *from = strstr(text, "<Encrypt><![CDATA[");
        if (!xml)
                return json_get(a, body, "Encrypt");
        return from ? arena_strndup(a, from + 18, strcspn(from + 18, "]")) : NULL;
}

static void on_request(void *arg, struct raw *raw)
{
        struct arena *a = raw_arena(raw);
        bool xml = text_starts(raw_path(raw), "/wecom");
        const char *id = xml ? test_sim.world.corp.corp_id : test_sim.world.shops[0]->appid;
        struct bytes plain = BYTES_NONE;

        (void)arg;
        if (text_starts(raw_path(raw), "/WW_verify_")) {
                raw_reply(raw, 200, "text/plain", bytes_of_text(test_sim.console.verify), NULL);
        } else if (text_starts(raw_path(raw), "/wrong")) {
                raw_reply(raw, 200, "text/html", bytes_of_text("<h1>Welcome</h1>"), NULL);
        } else if (text_eq(raw_method(raw), "GET") && xml) {
                bool fits = opens(a, raw, id, raw_param(raw, "echostr"), &plain);
                raw_reply(raw, fits ? 200 : 403, "text/plain", plain, NULL);
        } else if (text_eq(raw_method(raw), "GET")) {
                char expect[SHA1_HEX];
                envelope_sign(a, OUR_TOKEN, raw_param(raw, "timestamp"), raw_param(raw, "nonce"), NULL, expect);
                bool fits = text_eq(expect, raw_param(raw, "signature"));
                raw_reply(raw, fits ? 200 : 403, "text/plain", bytes_of_text(fits ? raw_param(raw, "echostr") : ""), NULL);
        } else {
                bool fits = opens(a, raw, id, encrypted(a, xml, raw_body(raw)), &plain);
                atomic_fetch_add(fits ? &heard : &unread, 1);
                raw_reply(raw, 200, "text/plain", bytes_of_text("success"), NULL);
        }
}

/* ---- helpers ---- */

static void row(const char *method, const char *path, const char *body, int errcode, const char *answer)
{
        test_rows(&(struct call_row){method, path, body, errcode, answer}, 1);
}

static void click(const char *path, const char *body)
{
        row("POST", path, body, 0, "ok=true");
}

/* Tokens anew: what a fault or a click did to the old ones is past. */
static void take(void)
{
        test_let("CORP", test_sim.world.corp.corp_id);
        test_let("SECRET", test_sim.world.corp.secret);
        test_let("APPID", test_sim.world.shops[0]->appid);
        test_let("APPSECRET", test_sim.world.shops[0]->secret);
        test_let("TOKEN", test_member(test_call("GET", "/wecom/cgi-bin/gettoken?corpid=$CORP&corpsecret=$SECRET", NULL), "access_token"));
        test_let("SHOP", token_give(&test_sim, test_sim.world.shops[0], true, false)->text);
        test_let("KF", test_sim.world.corp.kf[0]->open_kfid);
        test_let("OURS", server_url(ours));
}

static void fault(const char *name, bool on)
{
        test_let("FAULT", name);
        row("PUT", "/sim/faults/$FAULT", on ? "{\"on\":true}" : "{\"on\":false}", 0, "ok=true");
        for (size_t i = 0; i < FAULT_N; i++)
                if (!strcmp(faults[i].name, name))
                        assert_int_equal(fault_is(&test_sim, (enum fault_id)i), on);
}

/* ---- connecting ---- */

#define CALLBACK "\"token\":\"" OUR_TOKEN "\",\"aes_key\":\"" OUR_KEY "\"}"

static void nothing_is_connected_at_first(void **state)
{
        (void)state;
        take();
        row("POST", "/wecom/cgi-bin/kf/account/list" T, "{}", 60020, NULL);
        assert_non_null(strstr(test_call("POST", "/wecom/cgi-bin/kf/account/list" T, "{}"), "from ip: 127.0.0.1,"));
        row("GET", "/cgi-bin/token?grant_type=client_credential&appid=$APPID&secret=$APPSECRET", NULL, 40164, NULL);
        assert_non_null(strstr(test_call("GET", "/channels/ec/basics/info/get" S, NULL), "invalid ip 127.0.0.1 "));
        assert_null(test_sim.world.corp.target.url);
}

static void a_url_is_checked_before_it_is_kept(void **state)
{
        (void)state;
        take();
        row("POST", "/sim/console/wecom/trusted-ip", "{\"ips\":[\"127.0.0.1\"]}", 43012, "ok=false");
        row("POST", "/sim/console/wecom/callback", "{\"url\":\"$OURS/wrong\"," CALLBACK, 40057, "ok=false");
        row("POST", "/sim/console/wecom/callback", "{\"url\":\"$OURS/wecom\",\"token\":\"another\",\"aes_key\":\"" OUR_KEY "\"}", 40057, NULL);
        row("POST", "/sim/console/wecom/callback", "{\"url\":\"$OURS/wecom\",\"token\":\"t t\",\"aes_key\":\"" OUR_KEY "\"}", 40058, NULL);
        row("POST", "/sim/console/wecom/callback", "{\"url\":\"$OURS/wecom\",\"token\":\"" OUR_TOKEN "\",\"aes_key\":\"short\"}", 40058, NULL);
        assert_null(test_sim.world.corp.target.url);
        click("/sim/console/wecom/callback", "{\"url\":\"$OURS/wecom\"," CALLBACK);
        click("/sim/console/shop/callback", "{\"url\":\"$OURS/shop\"," CALLBACK);
        row("POST", "/sim/console/shop/callback", "{\"url\":\"$OURS/wrong\"," CALLBACK, 40057, NULL);
        row("POST", "/sim/console/mp/callback", "{\"url\":\"$OURS/mp\",\"mode\":\"secret\"," CALLBACK, 40058, NULL);
        click("/sim/console/mp/callback", "{\"url\":\"$OURS/mp\",\"mode\":\"compatible\"," CALLBACK);
        assert_int_equal(test_sim.world.mps.of[0]->mode, MP_COMPATIBLE);
        assert_non_null(strstr(test_sim.world.shops[0]->target.url, "/shop"));
}

static void who_is_listed_is_trusted(void **state)
{
        (void)state;
        take();
        click("/sim/console/wecom/trusted-ip", "{\"ips\":[\"203.0.113.7\"]}");
        row("POST", "/wecom/cgi-bin/kf/account/list" T, "{}", 60020, NULL);
        row("POST", "/sim/console/wecom/trusted-ip", "{\"ips\":[\"here\"]}", 85007, NULL);
        click("/sim/console/wecom/trusted-ip", "{\"ips\":[\"203.0.113.7\",\"127.0.0.1\"]}");
        row("POST", "/wecom/cgi-bin/kf/account/list" T, "{}", 0, "account_list.0.manage_privilege=false");
        click("/sim/console/shop/ip", "{\"ips\":[\"127.0.0.1\"]}");
        row("GET", "/cgi-bin/token?grant_type=client_credential&appid=$APPID&secret=$APPSECRET", NULL, 0, "access_token");
        click("/sim/console/mp/ip", "{\"ips\":[\"127.0.0.1\"]}");
}

/* 302 when the page sends the browser back; otherwise it says 50001. */
static int authorize(const char *back)
{
        const char *path = arena_printf(&test_arena, "/connect/oauth2/authorize?appid=$CORP&response_type=code&scope=snsapi_base&redirect_uri=%s", back);
        struct http_response res = test_http("GET", path, NULL, "open.weixin.qq.com");

        if (res.status == 200)
                assert_string_equal(json_get(&test_arena, res.body, "errcode"), "50001");
        return res.status;
}

static void the_domain_is_proven_by_its_file(void **state)
{
        (void)state;
        test_let("HOST", strstr(server_url(ours), "//") + 2);
        test_let("BACK", url_encode(&test_arena, arena_printf(&test_arena, "http://%s/in", test_value("HOST", 4))));
        assert_int_equal(authorize("$BACK"), 200);
        row("GET", "/sim/console/wecom/domain", NULL, 0, "file content");
        row("POST", "/sim/console/wecom/domain", "{\"domain\":\"http://x/\"}", 40058, NULL);
        row("POST", "/sim/console/wecom/domain", "{\"domain\":\"127.0.0.1:9\"}", 85005, NULL);
        click("/sim/console/wecom/domain", "{\"domain\":\"$HOST\"}");
        assert_int_equal(authorize("$BACK"), 302);
        assert_int_equal(authorize("https%3A%2F%2Fevil.test%2F"), 200);
}

static void accounts_are_given_to_the_api(void **state)
{
        (void)state;
        take();
        row("GET", "/wecom/cgi-bin/kf/servicer/list" T "&open_kfid=$KF", NULL, 48007, NULL);
        row("POST", "/sim/console/kf/api", "{\"open_kfid\":\"wkx\",\"on\":true}", 95004, NULL);
        click("/sim/console/kf/api", "{\"open_kfid\":\"$KF\",\"on\":true}");
        click("/sim/console/kf/servicers", "{\"open_kfid\":\"$KF\",\"userids\":[\"linxia\",\"tangtang\"]}");
        row("POST", "/sim/console/kf/servicers", "{\"open_kfid\":\"$KF\",\"userids\":[\"nobody\"]}", 60111, NULL);
        row("GET", "/wecom/cgi-bin/kf/servicer/list" T "&open_kfid=$KF", NULL, 0, "servicer_list.1.userid=tangtang");
        click("/sim/console/wecom/visible", "{\"userids\":[\"linxia\"]}");
        row("GET", "/wecom/cgi-bin/user/get" T "&userid=tangtang", NULL, 60011, NULL);
        click("/sim/console/wecom/visible", "{\"userids\":[\"linxia\",\"zhoumo\",\"hejian\",\"tangtang\"]}");
        row("POST", "/cgi-bin/openapi/quota/get" S, "{\"cgi_path\":\"/channels/ec/commkf/sendmsg\"}", 76022, NULL);
        click("/sim/console/shop/kf-api", "{\"on\":true}");
        row("POST", "/cgi-bin/openapi/quota/get" S, "{\"cgi_path\":\"/channels/ec/commkf/sendmsg\"}", 0, "quota.remain");
        click("/sim/console/open/bind", "{\"shop\":true,\"mp\":true,\"wecom\":true}");
        assert_false(fault_is(&test_sim, FAULT_NOT_BOUND));
}

/* A connected account: each kind of event is pushed, and the server can read it. */
static void something_happens(void **state)
{
        static const char *const kinds[] = {"wecom", "kf", "shop", "shopkf"};

        (void)state;
        for (size_t i = 0; i < countof(kinds); i++) {
                unsigned before = atomic_load(&heard);
                test_let("KIND", kinds[i]);
                click("/sim/console/say", "{\"kind\":\"$KIND\"}");
                if (atomic_load(&heard) <= before)
                        fail_msg("%s: nothing was heard", kinds[i]);
        }
        click("/sim/console/say", "{\"kind\":\"mp\"}");
        assert_true(test_sim.world.mps.of[0]->fans.n > 0);
        row("POST", "/sim/console/say", "{\"kind\":\"x\"}", 0, "ok=false");
        assert_int_equal(atomic_load(&unread), 1); /* the follower's: its receiver is the official account */
}

/* ---- faults ---- */

static void a_connected_account_has_none(void **state)
{
        (void)state;
        test_let("KFB", test_sim.world.corp.kf[1]->open_kfid);
        click("/sim/console/kf/api", "{\"open_kfid\":\"$KFB\",\"on\":true}");
        for (size_t i = 1; i < test_sim.world.n_shops; i++)
                test_sim.world.shops[i]->kf_api_mode = true;
        for (size_t i = 0; i < FAULT_N; i++)
                if (fault_is(&test_sim, (enum fault_id)i))
                        fail_msg("%s", faults[i].name);
        row("GET", "/sim/faults", NULL, 0, "faults.20.name=weixin-ip faults.20.on=false");
        row("PUT", "/sim/faults/no-such", "{\"on\":true}", 0, "ok=false");
        row("PUT", "/sim/faults/wecom-ip", "{\"on\":\"perhaps\"}", 0, "ok=false");
}

static void faults_of_calls(void **state)
{
        static const struct {
                const char *fault, *method, *path, *body;
                int errcode, well; /* with the fault, and without */
        } rows[] = {
                {"wecom-secret", "GET", "/wecom/cgi-bin/gettoken?corpid=$CORP&corpsecret=$SECRET", NULL, 40001, 0},
                {"wecom-secret", "POST", "/wecom/cgi-bin/kf/account/list" T, "{}", 40014, 0},
                {"shop-secret", "GET", "/cgi-bin/token?grant_type=client_credential&appid=$APPID&secret=$APPSECRET", NULL, 40125, 0},
                {"shop-secret", "GET", "/channels/ec/basics/info/get" S, NULL, 40001, 0},
                {"wecom-ip", "POST", "/wecom/cgi-bin/kf/account/list" T, "{}", 60020, 0},
                {"weixin-ip", "GET", "/cgi-bin/token?grant_type=client_credential&appid=$APPID&secret=$APPSECRET", NULL, 40164, 0},
                {"weixin-ip", "GET", "/channels/ec/basics/info/get" S, NULL, 40164, 0},
                {"kf-api-off", "GET", "/wecom/cgi-bin/kf/servicer/list" T "&open_kfid=$KF", NULL, 48007, 0},
                {"visible-range", "GET", "/wecom/cgi-bin/user/get" T "&userid=linxia", NULL, 60011, 0},
                {"half-token", "POST", "/wecom/cgi-bin/kf/account/list" T, "{}", 50003, 0},
                {"rate-budget", "POST", "/channels/ec/order/list/get" S, "{\"page_size\":1}", 45009, 40097},
                {"shop-closed", "POST", "/channels/ec/order/list/get" S, "{\"page_size\":1}", 10080001, 40097},
                {"decode-quota", "POST", "/channels/ec/order/sensitiveinfo/decode" S, "{\"order_id\":\"$ORDER\"}", 10020124, 0},
                {"no-return-address", "POST", "/channels/ec/order/delivery/send" S, "$SHIP", 606003, 109000},
                {"shopkf-off", "POST", "/channels/ec/commkf/sendmsg" S,
                 "{\"open_id\":\"nobody\",\"msg_type\":\"text\",\"text\":{\"content\":\"x\"}}", 10190003, 10190006},
        };

        (void)state;
        take();
        struct shop *shop = test_sim.world.shops[0];
        struct order *order = order_place(&test_sim, shop, world_person(&test_sim, NULL), shop->products.v[0], shop->products.v[0]->sku, 1, "");
        assert_int_equal(order_pay(&test_sim, order), 0);
        test_let("ORDER", order->id);
        test_let("SHIP", arena_printf(&test_arena, "{\"order_id\":\"%s\",\"delivery_list\":[]}", order->id));
        for (size_t i = 0; i < countof(rows); i++) {
                fault(rows[i].fault, true);
                row(rows[i].method, rows[i].path, rows[i].body, rows[i].errcode, NULL);
                fault(rows[i].fault, false);
                take();
                row(rows[i].method, rows[i].path, rows[i].body, rows[i].well, NULL);
        }
}

/* States that an answer shows rather than an errcode. */
static void faults_that_answers_show(void **state)
{
        static const struct {
                const char *fault, *method, *path, *body, *with, *without;
        } rows[] = {
                {"rate-budget", "POST", "/cgi-bin/openapi/quota/get" S, "{\"cgi_path\":\"/channels/ec/order/list/get\"}",
                 "quota.remain=0", "quota.daily_limit=1000000"},
                {"decode-quota", "POST", "/cgi-bin/openapi/quota/get" S,
                 "{\"cgi_path\":\"/channels/ec/order/sensitiveinfo/decode\"}", "quota.remain=0", "quota.daily_limit=10000"},
                {"balance-low", "POST", "/channels/ec/funds/getbalance" S, "{}", "balance_info.available_amount=5000",
                 "balance_info.available_amount=8646400"},
                {"shop-closed", "GET", "/channels/ec/basics/info/get" S, NULL, "info.status=close_finished",
                 "info.status=open_finished"},
                {"product-no-address", "GET", "/sim/faults", NULL, "faults.11.on=true", "faults.11.on=false"},
                {"kf-api-off", "POST", "/wecom/cgi-bin/kf/account/list" T, "{}", "account_list.0.manage_privilege=false",
                 "account_list.0.manage_privilege=true"},
        };

        (void)state;
        take();
        for (size_t i = 0; i < countof(rows); i++) {
                fault(rows[i].fault, true);
                row(rows[i].method, rows[i].path, rows[i].body, 0, rows[i].with);
                fault(rows[i].fault, false);
                row(rows[i].method, rows[i].path, rows[i].body, 0, rows[i].without);
        }
        fault("kf-no-servicers", true);
        assert_null(test_member(test_call("GET", "/wecom/cgi-bin/kf/servicer/list" T "&open_kfid=$KF", NULL), "servicer_list.0.userid"));
        fault("kf-no-servicers", false);
        row("GET", "/wecom/cgi-bin/kf/servicer/list" T "&open_kfid=$KF", NULL, 0, "servicer_list.2.userid");
        fault("not-bound", true);
        assert_null(test_member(test_call("POST", "/channels/ec/order/get" S, "{\"order_id\":\"$ORDER\"}"), "order.unionid"));
        fault("not-bound", false);
        row("POST", "/channels/ec/order/get" S, "{\"order_id\":\"$ORDER\"}", 0, "order.unionid");
        fault("mp-secret", true);
        fault("mp-secret", false);
}

static int64_t date_of_answer(void)
{
        return test_http("GET", "/wecom/cgi-bin/getcallbackip" T, NULL, NULL).date_s;
}

static void faults_of_callbacks(void **state)
{
        static const char *const keys[] = {"aes-swapped", "token-swapped"};

        (void)state;
        take();
        for (size_t i = 0; i < countof(keys); i++) {
                unsigned bad = atomic_load(&unread), good = atomic_load(&heard);
                fault(keys[i], true);
                click("/sim/console/say", "{\"kind\":\"kf\"}");
                assert_true(atomic_load(&unread) > bad);
                assert_int_equal(atomic_load(&heard), good);
                fault(keys[i], false);
        }
        unsigned all = atomic_load(&unread) + atomic_load(&heard);
        fault("callbacks-silent", true);
        click("/sim/console/say", "{\"kind\":\"kf\"}");
        assert_int_equal(atomic_load(&unread) + atomic_load(&heard), all);
        fault("callbacks-silent", false);
        assert_true(date_of_answer() - clock_wall_ms() / 1000 < 60);
        fault("clock-off", true);
        assert_true(date_of_answer() - clock_wall_ms() / 1000 > FAULT_CLOCK_S - 60);
        assert_int_equal(push_now_s(&test_sim), sim_now_s(&test_sim) + FAULT_CLOCK_S);
        fault("clock-off", false);
        /* Typed anew at the console, a swapped key is right again. */
        fault("aes-swapped", true);
        click("/sim/console/wecom/callback", "{\"url\":\"$OURS/wecom\"," CALLBACK);
        assert_false(fault_is(&test_sim, FAULT_AES_SWAPPED));
}

static int start(void **state)
{
        static const struct raw_row all[] = {{"/", 0, on_request, NULL}};
        int r = crypt_init();

        (void)state;
        r = r ? r : test_start("empty");
        r = r ? r : pool_open(&test_sim.pool, 2, false);
        if (!r)
                console_fresh(&test_sim);
        return r ? r
                 : server_start(&ours, &(struct server_options){
                                               .listen = "127.0.0.1:0", .listen_fd = -1, .raw = all, .n_raw = countof(all)});
}

static int stop(void **state)
{
        (void)state;
        pool_stop(test_sim.pool);
        server_stop(ours);
        struct pool *pool = test_sim.pool;
        test_stop();
        pool_close(pool);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nothing_is_connected_at_first),
                cmocka_unit_test(a_url_is_checked_before_it_is_kept),
                cmocka_unit_test(who_is_listed_is_trusted),
                cmocka_unit_test(the_domain_is_proven_by_its_file),
                cmocka_unit_test(accounts_are_given_to_the_api),
                cmocka_unit_test(something_happens),
                cmocka_unit_test(a_connected_account_has_none),
                cmocka_unit_test(faults_of_calls),
                cmocka_unit_test(faults_that_answers_show),
                cmocka_unit_test(faults_of_callbacks),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
