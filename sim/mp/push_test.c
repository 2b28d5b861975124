/* Pushes of an official account over real sockets: three modes, passive replies, three tries five seconds apart. */
#include "base/xml.h"
#include "sim/call_test.h"
#include "sim/mp/mp.h"
#include "sim/pool.h"

#include <pthread.h>
#include <time.h>

static struct {
        pthread_mutex_t lock;
        pthread_cond_t more;
        struct arena arena;
        unsigned n;
        const char *body, *signature, *timestamp, *nonce, *msg_signature;
        const char *answer; /* to the next pushes; NULL = "success" */
        int status;
} heard = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER, .status = 200};

static struct server *receiver;
static struct mp *mp;

static const char *keep(const char *text)
{
        return text ? arena_strdup(&heard.arena, text) : NULL;
}

static void on_push(void *arg, struct raw *raw)
{
        struct bytes body = raw_body(raw);
        const char *answer = "success";

        (void)arg;
        pthread_mutex_lock(&heard.lock);
        if (text_eq(raw_method(raw), "GET")) {
                answer = raw_param(raw, "echostr");
        } else {
                heard.n++;
                heard.body = arena_strndup(&heard.arena, body.p, body.n);
                heard.signature = keep(raw_param(raw, "signature"));
                heard.timestamp = keep(raw_param(raw, "timestamp"));
                heard.nonce = keep(raw_param(raw, "nonce"));
                heard.msg_signature = keep(raw_param(raw, "msg_signature"));
                answer = heard.answer ? heard.answer : answer;
        }
        raw_reply(raw, heard.status, "text/xml", bytes_of_text(answer), NULL);
        pthread_cond_broadcast(&heard.more);
        pthread_mutex_unlock(&heard.lock);
}

static void wait_heard(unsigned n)
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
}

/* Until the simulator's ledger has a row of this kind; its detail. */
static const char *wait_ledger(const char *what, const char *within)
{
        for (int i = 0; i < 200; i++) {
                const char *rows = test_call("GET", arena_printf(&test_arena, "/sim/ledger?what=%s&limit=1000", what), NULL);
                if (strstr(rows, within))
                        return rows;
                nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
        }
        fail_msg("no %s with \"%s\" in the ledger", what, within);
        return "";
}

static const char *xml(const char *text, const char *path)
{
        struct json_leaf *leaf;
        size_t n;

        assert_int_equal(xml_leaves(&test_arena, bytes_of_text(text), &leaf, &n), 0);
        for (size_t i = 0; i < n; i++)
                if (text_eq(leaf[i].path, path))
                        return leaf[i].value;
        return NULL;
}

static void check_signature(const char *encrypt, const char *given)
{
        char expected[SHA1_HEX];
        envelope_sign(&test_arena, mp->target.key.token, heard.timestamp, heard.nonce, encrypt, expected);
        assert_string_equal(expected, given);
}

static const char *opened(const char *encrypt)
{
        struct bytes message;
        assert_int_equal(envelope_open(&test_arena, &mp->target.key, encrypt, &message), 0);
        return arena_strndup(&test_arena, message.p, message.n);
}

static void say(const char *mode, const char *text)
{
        test_call("POST", "/sim/mp/set", arena_printf(&test_arena, "{\"appid\":\"$MP\",\"mode\":\"%s\"}", mode));
        test_call("POST", "/sim/mp/say", arena_printf(&test_arena, "{\"customer\":\"$PERSON\",\"text\":\"%s\"}", text));
}

static void three_modes(void **state)
{
        (void)state;
        say("plain", "一");
        wait_heard(1);
        check_signature(NULL, heard.signature);
        assert_null(heard.msg_signature);
        assert_string_equal(xml(heard.body, "Content"), "一");
        assert_null(xml(heard.body, "Encrypt"));
        say("compatible", "二");
        wait_heard(2);
        assert_string_equal(xml(heard.body, "Content"), "二");
        check_signature(xml(heard.body, "Encrypt"), heard.msg_signature);
        assert_string_equal(xml(opened(xml(heard.body, "Encrypt")), "Content"), "二");
        say("secure", "三");
        wait_heard(3);
        assert_null(xml(heard.body, "Content"));
        assert_string_equal(xml(heard.body, "ToUserName"), mp->origin_id);
        check_signature(xml(heard.body, "Encrypt"), heard.msg_signature);
        assert_string_equal(xml(opened(xml(heard.body, "Encrypt")), "Content"), "三");
        assert_non_null(xml(opened(xml(heard.body, "Encrypt")), "MsgId"));
}

static const char *passive(const char *to, const char *content)
{
        return arena_printf(&test_arena,
                            "<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"
                            "<CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content></xml>",
                            to, mp->origin_id, content);
}

static void a_passive_reply_reaches_her(void **state)
{
        static const uint8_t random[16] = "0123456789abcdef";
        char signature[SHA1_HEX];

        (void)state;
        heard.answer = passive(test_fill("$HER"), "被动回复明文");
        say("plain", "四");
        wait_heard(4);
        wait_ledger("received", "被动回复明文");
        const char *sealed = envelope_seal(&test_arena, &mp->target.key, random,
                                           bytes_of_text(passive(test_fill("$HER"), "被动回复密文")));
        envelope_sign(&test_arena, mp->target.key.token, "1", "n", sealed, signature);
        heard.answer = arena_printf(&test_arena,
                                    "<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature>"
                                    "<TimeStamp>1</TimeStamp><Nonce><![CDATA[n]]></Nonce></xml>",
                                    sealed, signature);
        say("secure", "五");
        wait_heard(5);
        wait_ledger("received", "被动回复密文");
        heard.answer = NULL;
}

static void three_tries_and_no_more(void **state)
{
        (void)state;
        heard.status = 500;
        say("plain", "六");
        wait_heard(6);
        wait_ledger("nack", "try 1: HTTP 500");
        test_call("POST", "/sim/clock", "{\"push_ms\":5000}");
        wait_heard(7);
        wait_ledger("nack", "try 2: HTTP 500");
        test_call("POST", "/sim/clock", "{\"push_ms\":5000}");
        wait_heard(8);
        wait_ledger("gave_up", "after 3 tries");
        test_call("POST", "/sim/clock", "{\"push_ms\":3600000}");
        wait_heard(8);
        heard.status = 200;
        /* A plain passive reply is refused in security mode, and so is one to somebody else. */
        heard.answer = passive(test_fill("$HER"), "x");
        say("secure", "七");
        wait_heard(9);
        wait_ledger("nack", "must be encrypted");
        heard.answer = passive("oNobody", "x");
        say("plain", "八");
        wait_heard(10);
        wait_ledger("nack", "turned round");
        heard.answer = NULL;
}

static int start(void **state)
{
        static const struct raw_row rows[] = {{"/", 0, on_push, NULL}};
        int r = crypt_init();

        (void)state;
        arena_init(&heard.arena, 0);
        r = r ? r : test_start("empty");
        r = r ? r : pool_open(&test_sim.pool, 2, false);
        r = r ? r
              : server_start(&receiver, &(struct server_options){
                                                .listen = "127.0.0.1:0", .listen_fd = -1, .raw = rows, .n_raw = 1});
        if (r)
                return r;
        mp = test_sim.world.mps.of[0];
        test_let("MP", mp->appid);
        test_let("URL", server_url(receiver));
        test_let("PERSON", test_member(test_call("POST", "/sim/customers", "{\"name\":\"甲\"}"), "items.0.external_userid"));
        test_let("HER", test_member(test_call("POST", "/sim/mp/follow", "{\"customer\":\"$PERSON\"}"), "openid"));
        const char *set = test_call("POST", "/sim/callback", "{\"kind\":\"mp\",\"id\":\"$MP\",\"url\":\"$URL/callback\"}");
        return text_eq(test_member(set, "ok"), "true") ? 0 : 1;
}

static int stop(void **state)
{
        (void)state;
        pool_stop(test_sim.pool);
        server_stop(receiver);
        server_stop(test_sim.server);
        pool_close(test_sim.pool);
        transport_close(test_transport);
        sim_release(&test_sim);
        arena_release(&test_arena);
        arena_release(&heard.arena);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(three_modes),
                cmocka_unit_test(a_passive_reply_reaches_her),
                cmocka_unit_test(three_tries_and_no_more),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
