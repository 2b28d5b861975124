/* Over real sockets: a URL is checked, customers write, pushes arrive and open, the API is called, she receives once.
 */
#include "base/json.h"
#include "base/xml.h"
#include "net/transport.h"
#include "sim/admin.h"
#include "sim/pool.h"
#include "sim/world_test.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define HEARD_MAX 64

/* The server of this test: it checks, decrypts and remembers what is pushed to it. */
static struct {
        pthread_mutex_t lock;
        pthread_cond_t more;
        struct arena arena;
        const char *plain[HEARD_MAX];
        unsigned n, bad, refuse; /* refuse: answer 503 to so many more */
} heard = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};

static struct sim sim;
static struct server *receiver;
static struct transport *transport;
static struct arena arena;

/* Written again from the documents, as a receiver would: the opposite direction of sim/envelope.c. NULL = not for us.
 */
static const char *open_envelope(struct arena *a, const struct envelope_key *key, const char *encrypt)
{
        struct bytes sealed;

        if (!encrypt || base64_decode(a, encrypt, strlen(encrypt), &sealed) || !sealed.n || sealed.n % 32)
                return NULL;
        uint8_t *plain = arena_alloc(a, sealed.n);
        if (aes256_cbc_decrypt(key->aes, key->aes, sealed.p, sealed.n, plain))
                return NULL;
        size_t n = (size_t)plain[16] << 24 | (size_t)plain[17] << 16 | (size_t)plain[18] << 8 | plain[19];
        size_t end = sealed.n - plain[sealed.n - 1], id = strlen(key->receive_id);
        if (20 + n + id != end || memcmp(plain + 20 + n, key->receive_id, id))
                return NULL;
        return arena_strndup(a, (char *)plain + 20, n);
}

static const char *encrypted_of(struct arena *a, bool wecom, struct bytes body)
{
        struct json_leaf *leaf;
        size_t n;

        if (!wecom)
                return json_get(a, body, "Encrypt");
        if (xml_leaves(a, body, &leaf, &n))
                return NULL;
        for (size_t i = 0; i < n; i++)
                if (text_eq(leaf[i].path, "Encrypt"))
                        return leaf[i].value;
        return NULL;
}

static void on_callback(void *arg, struct raw *raw)
{
        bool wecom = text_starts(raw_path(raw), "/callback/wecom");
        const struct envelope_key *key = wecom ? &sim.world.corp.target.key : &sim.world.shops[0]->target.key;
        struct arena *a = raw_arena(raw);
        bool check = text_eq(raw_method(raw), "GET");
        const char *encrypt = check ? raw_param(raw, "echostr") : encrypted_of(a, wecom, raw_body(raw));
        bool sealed = wecom || !check;
        char expected[SHA1_HEX];
        const char *answer = "success";
        int status = 200;

        (void)arg;
        if (!text_starts(raw_path(raw), "/callback/")) {
                raw_reply(raw, 200, "text/plain", bytes_of_text("success"), NULL);
                return;
        }
        envelope_sign(a, key->token, raw_param(raw, "timestamp"), raw_param(raw, "nonce"), sealed ? encrypt : NULL,
                      expected);
        const char *signature = raw_param(raw, sealed ? "msg_signature" : "signature");
        const char *plain = sealed ? open_envelope(a, key, encrypt) : encrypt;
        pthread_mutex_lock(&heard.lock);
        if (!signature || !crypt_same(expected, signature) || !plain) {
                heard.bad++;
                status = 403;
        } else if (check) {
                answer = plain;
        } else if (heard.refuse) {
                heard.refuse--;
                status = 503;
        } else if (heard.n < HEARD_MAX) {
                heard.plain[heard.n++] = arena_strdup(&heard.arena, plain);
        }
        pthread_cond_broadcast(&heard.more);
        pthread_mutex_unlock(&heard.lock);
        raw_reply(raw, status, "text/plain", bytes_of_text(answer), NULL);
}

/* Waits until `n` pushes were heard in all; the last one's text. */
static const char *wait_heard(unsigned n)
{
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 20;
        pthread_mutex_lock(&heard.lock);
        while (heard.n < n && !pthread_cond_timedwait(&heard.more, &heard.lock, &until))
                ;
        unsigned got = heard.n;
        pthread_mutex_unlock(&heard.lock);
        assert_int_equal(got, n);
        return heard.plain[n - 1];
}

static int call(const char *method, const char *path, const char *body, const char **answer)
{
        struct ctx ctx;
        struct http_response res;
        ctx_init(&ctx, &arena);
        struct http_request req = {
                .method = method,
                .url = arena_printf(&arena, "%s%s", server_url(sim.server), path),
                .body = bytes_of_text(body),
        };
        int r = transport_call(transport, &ctx, &req, &res);
        *answer = r ? "" : arena_strndup(&arena, res.body.p ? res.body.p : "", res.body.n);
        return r;
}

static const char *post(const char *path, const char *body)
{
        const char *answer;
        assert_int_equal(call("POST", path, body, &answer), 0);
        return answer;
}

static const char *get(const char *path)
{
        const char *answer;
        assert_int_equal(call("GET", path, NULL, &answer), 0);
        return answer;
}

static const char *member(const char *json, const char *path)
{
        return json_get(&arena, bytes_of_text(json), path);
}

static const char *corp_token(void)
{
        return member(get(arena_printf(&arena, "/wecom/cgi-bin/gettoken?corpid=%s&corpsecret=%s",
                                       sim.world.corp.corp_id, sim.world.corp.secret)),
                      "access_token");
}

static const char *api(const char *path, const char *token, const char *body)
{
        return post(arena_printf(&arena, "%s?access_token=%s", path, token), body);
}

static void a_url_is_checked_before_it_is_kept(void **state)
{
        struct corp *corp = &sim.world.corp;
        (void)state;
        const char *base = server_url(receiver);
        /* Answers "success" without decrypting: not an echo. */
        const char *no =
                post("/sim/callback", arena_printf(&arena, "{\"kind\":\"wecom\",\"id\":\"%s\",\"url\":\"%s/other\"}",
                                                   corp->corp_id, base));
        assert_string_equal(member(no, "ok"), "false");
        assert_null(corp->target.url);
        const char *yes = post("/sim/callback",
                               arena_printf(&arena, "{\"kind\":\"wecom\",\"id\":\"%s\",\"url\":\"%s/callback/wecom\"}",
                                            corp->corp_id, base));
        assert_string_equal(yes, "{\"ok\":true}");
        yes = post("/sim/callback",
                   arena_printf(&arena, "{\"kind\":\"shop\",\"id\":\"%s\",\"url\":\"%s/callback/shop\"}",
                                sim.world.shops[0]->appid, base));
        assert_string_equal(yes, "{\"ok\":true}");
}

static const char *customer;

static const char *say(const char *text)
{
        return post("/sim/say", arena_printf(&arena, "{\"customer\":\"%s\",\"open_kfid\":\"%s\",\"text\":\"%s\"}",
                                             customer, sim.world.corp.kf[0]->open_kfid, text));
}

static size_t received(void)
{
        const char *list = get(arena_printf(&arena, "/sim/received?customer=%s", customer));
        size_t n = 0;
        while (member(list, arena_printf(&arena, "items.%zu.msgid", n)))
                n++;
        return n;
}

static const char *leaf_of(const char *xml, const char *name)
{
        struct json_leaf *leaf;
        size_t n;
        assert_int_equal(xml_leaves(&arena, bytes_of_text(xml), &leaf, &n), 0);
        for (size_t i = 0; i < n; i++)
                if (text_eq(leaf[i].path, name))
                        return leaf[i].value;
        fail_msg("no %s in %s", name, xml);
        return NULL;
}

static void she_writes_and_is_answered_once(void **state)
{
        const char *kf = sim.world.corp.kf[0]->open_kfid, *token = corp_token();
        (void)state;

        customer = member(post("/sim/customers", "{\"name\":\"王小满\"}"), "items.0.external_userid");
        say("在吗");
        const char *notice = wait_heard(1);
        assert_string_equal(leaf_of(notice, "Event"), "kf_msg_or_event");
        assert_string_equal(leaf_of(notice, "OpenKfId"), kf);
        const char *page =
                api("/wecom/cgi-bin/kf/sync_msg", token,
                    arena_printf(&arena, "{\"open_kfid\":\"%s\",\"token\":\"%s\"}", kf, leaf_of(notice, "Token")));
        assert_string_equal(member(page, "errcode"), "0");
        assert_string_equal(member(page, "msg_list.0.text.content"), "在吗");
        assert_string_equal(member(page, "has_more"), "0");
        const char *next = member(page, "next_cursor");
        page = api("/wecom/cgi-bin/kf/sync_msg", token,
                   arena_printf(&arena, "{\"open_kfid\":\"%s\",\"cursor\":\"%s\"}", kf, next));
        assert_null(member(page, "msg_list.0"));
        page = api("/wecom/cgi-bin/kf/sync_msg", token,
                   arena_printf(&arena, "{\"open_kfid\":\"%s\",\"token\":\"ENCwrong\"}", kf));
        assert_string_equal(member(page, "errcode"), "95007");

        const char *message = arena_printf(&arena,
                                           "{\"touser\":\"%s\",\"open_kfid\":\"%s\",\"msgid\":\"m1\",\"msgtype\":"
                                           "\"text\",\"text\":{\"content\":\"在的\"}}",
                                           customer, kf);
        assert_string_equal(member(api("/wecom/cgi-bin/kf/send_msg", token, message), "msgid"), "m1");
        assert_int_equal(received(), 1);
        assert_string_equal(member(api("/wecom/cgi-bin/kf/send_msg", token, message), "errcode"), "40058");
        assert_int_equal(received(), 1);
        for (int i = 0; i < 4; i++)
                assert_string_equal(member(api("/wecom/cgi-bin/kf/send_msg", token,
                                               arena_printf(&arena,
                                                            "{\"touser\":\"%s\",\"open_kfid\":\"%s\",\"msgtype\":"
                                                            "\"text\",\"text\":{\"content\":\"好\"}}",
                                                            customer, kf)),
                                           "errcode"),
                                    "0");
        assert_string_equal(member(api("/wecom/cgi-bin/kf/send_msg", token,
                                       arena_printf(&arena,
                                                    "{\"touser\":\"%s\",\"open_kfid\":\"%s\",\"msgtype\":\"text\","
                                                    "\"text\":{\"content\":\"好\"}}",
                                                    customer, kf)),
                                   "errcode"),
                            "95001");
        assert_int_equal(received(), 5);
}

static void a_lost_answer_may_be_asked_again(void **state)
{
        const char *kf = sim.world.corp.kf[0]->open_kfid, *token = corp_token(), *answer;
        const char *message = arena_printf(&arena,
                                           "{\"touser\":\"%s\",\"open_kfid\":\"%s\",\"msgid\":\"m2\",\"msgtype\":"
                                           "\"text\",\"text\":{\"content\":\"稍等\"}}",
                                           customer, kf);
        (void)state;

        say("还在吗");
        wait_heard(2);
        size_t before = received();
        post("/sim/switch", "{\"name\":\"lose_answer\",\"value\":\"/cgi-bin/kf/send_msg\"}");
        assert_int_equal(call("POST", arena_printf(&arena, "/wecom/cgi-bin/kf/send_msg?access_token=%s", token),
                              message, &answer),
                         TRANSPORT_E_UNKNOWN);
        post("/sim/switch", "{\"name\":\"lose_answer\",\"value\":\"\"}");
        assert_string_equal(member(api("/wecom/cgi-bin/kf/send_msg", token, message), "errcode"), "40058");
        assert_int_equal(received(), before + 1);
}

static void pushes_are_tried_again_and_doubled(void **state)
{
        (void)state;
        post("/sim/switch", "{\"name\":\"wecom_retry_ms\",\"value\":\"20\"}");
        pthread_mutex_lock(&heard.lock);
        heard.refuse = 2;
        pthread_mutex_unlock(&heard.lock);
        say("三试");
        wait_heard(3);
        post("/sim/switch", "{\"name\":\"duplicate\",\"value\":\"true\"}");
        say("两遍");
        wait_heard(5);
        post("/sim/switch", "{\"name\":\"duplicate\",\"value\":\"false\"}");
        assert_int_equal(heard.bad, 0);
}

static void an_order_is_pushed_and_read(void **state)
{
        struct shop *shop = sim.world.shops[0];
        (void)state;

        const char *order = member(post("/sim/order", arena_printf(&arena, "{\"customer\":\"%s\",\"appid\":\"%s\"}",
                                                                   customer, shop->appid)),
                                   "order_id");
        const char *event = wait_heard(6);
        assert_string_equal(member(event, "Event"), "channels_ec_order_new");
        assert_string_equal(member(event, "order_info.order_id"), order);
        post(arena_printf(&arena, "/sim/order/%s/pay", order), "{}");
        assert_string_equal(member(wait_heard(7), "Event"), "channels_ec_order_pay");
        const char *token =
                member(get(arena_printf(&arena, "/weixin/cgi-bin/token?grant_type=client_credential&appid=%s&secret=%s",
                                        shop->appid, shop->secret)),
                       "access_token");
        const char *detail =
                api("/weixin/channels/ec/order/get", token, arena_printf(&arena, "{\"order_id\":\"%s\"}", order));
        assert_string_equal(member(detail, "order.status"), "20");
        assert_string_equal(member(detail, "order.order_detail.delivery_info.address_info.user_name"), "王**");
        assert_null(member(detail, "order.unionid"));
        assert_string_equal(member(api("/weixin/channels/ec/order/get", token, "{\"order_id\":\"1\"}"), "errcode"),
                            "100002");
        assert_string_equal(member(api("/weixin/channels/ec/order/get", "wrong", "{}"), "errcode"), "40014");
        assert_string_equal(member(api("/weixin/channels/ec/order/get", token, "no json"), "errcode"), "47001");
        assert_string_equal(
                member(get(arena_printf(&arena, "/weixin/channels/ec/order/get?access_token=%s", token)), "errcode"),
                "43002");
        const char *span = api("/weixin/channels/ec/order/list/get", token,
                               "{\"page_size\":10,\"create_time_range\":{\"start_time\":1,\"end_time\":604802}}");
        assert_string_equal(member(span, "errcode"), "40097");
}

static void in_shop_chat_is_pushed_and_answered_once(void **state)
{
        struct shop *shop = sim.world.shops[0];
        const char *token =
                member(get(arena_printf(&arena, "/weixin/cgi-bin/token?grant_type=client_credential&appid=%s&secret=%s",
                                        shop->appid, shop->secret)),
                       "access_token");
        (void)state;

        post("/sim/shop/say", arena_printf(&arena, "{\"customer\":\"%s\",\"appid\":\"%s\",\"text\":\"店里有人吗\"}",
                                           customer, shop->appid));
        const char *event = wait_heard(8);
        assert_string_equal(member(event, "Event"), "commkf_send_msg_to_kf");
        assert_string_equal(member(event, "text.content"), "店里有人吗");
        const char *message = arena_printf(
                &arena,
                "{\"request_id\":\"q1\",\"open_id\":\"%s\",\"msg_type\":\"text\",\"text\":{\"content\":\"有\"}}",
                member(event, "FromUserName"));
        size_t before = received();
        const char *first = member(api("/weixin/channels/ec/commkf/sendmsg", token, message), "msg_id");
        assert_string_equal(member(api("/weixin/channels/ec/commkf/sendmsg", token, message), "msg_id"), first);
        assert_int_equal(received(), before + 1);
}

static int start(void **state)
{
        const struct raw_row sim_rows[] = {{"/", 0, sim_handle, &sim}}, rows[] = {{"/", 0, on_callback, NULL}};
        (void)state;
        arena_init(&arena, 0);
        arena_init(&heard.arena, 0);
        int r = sim_init(&sim, &(struct sim_options){.seed = 3, .population = "empty", .record = getenv("SIM_RECORD")});
        r = r ? r : pool_open(&sim.pool, 2, false);
        r = r ? r
              : server_start(&sim.server,
                             &(struct server_options){
                                     .listen = "127.0.0.1:0", .listen_fd = -1, .raw = sim_rows, .n_raw = 1});
        r = r ? r
              : server_start(&receiver, &(struct server_options){
                                                .listen = "127.0.0.1:0", .listen_fd = -1, .raw = rows, .n_raw = 1});
        return r ? r : transport_open(&transport, &(struct transport_options){.loopback_only = true});
}

static int stop(void **state)
{
        (void)state;
        pool_stop(sim.pool);
        server_stop(sim.server);
        server_stop(receiver);
        pool_close(sim.pool);
        transport_close(transport);
        sim_release(&sim);
        arena_release(&arena);
        arena_release(&heard.arena);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_url_is_checked_before_it_is_kept),
                cmocka_unit_test(she_writes_and_is_answered_once),
                cmocka_unit_test(a_lost_answer_may_be_asked_again),
                cmocka_unit_test(pushes_are_tried_again_and_doubled),
                cmocka_unit_test(an_order_is_pushed_and_read),
                cmocka_unit_test(in_shop_chat_is_pushed_and_answered_once),
        };
        return crypt_init() ? 1 : cmocka_run_group_tests(tests, start, stop);
}
