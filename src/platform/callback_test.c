#include "base/crypt.h"
#include "base/json.h"
#include "base/shared_test.h"
#include "platform/callback.h"
#include "platform/decode.h"
#include "platform/shopkf.h"
#include "platform/vectors_test.h"

#define SAMPLE_TOKEN "QDG6eK"
#define SAMPLE_KEY "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
#define SAMPLE_CORP "wx5823bf96d3bd56c7"
#define SHOP_KEY "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

static struct arena arena;

static int setup(void **state)
{
        (void)state;
        arena_init(&arena, 0);
        return crypt_init();
}

static int teardown(void **state)
{
        (void)state;
        arena_release(&arena);
        return 0;
}

/* One callback with its credentials; opened as an envelope of the kind's form. */
struct vector {
        enum wx_kind kind;
        const char *token, *key, *receive_id, *timestamp, *nonce, *signature, *encrypt;
};

static int open_vector(const struct vector *v, struct bytes *plain)
{
        struct wx_cb_key key = {.kind = v->kind, .token = v->token, .receive_id = v->receive_id};
        struct wx_cb_query q = {.msg_signature = v->signature, .timestamp = v->timestamp, .nonce = v->nonce};
        struct text body;
        int r = wx_aes_key(v->key, key.aes_key);

        if (r)
                return r;
        text_init(&body, &arena);
        if (v->kind == WX_SHOP) {
                text_add(&body, "{\"ToUserName\":\"gh_x\",\"Encrypt\":");
                json_quote(&body, v->encrypt);
                text_add(&body, "}");
        } else {
                text_addf(&body, "<xml><Encrypt><![CDATA[%s]]></Encrypt><AgentID></AgentID></xml>", v->encrypt);
        }
        return wx_cb_open(&arena, &key, &q, bytes_of(body.p, body.n), plain);
}

static const struct vector sample_b = {WX_WECOM,     SAMPLE_TOKEN, SAMPLE_KEY,
                                       SAMPLE_CORP,  "1409659813", "1372623149",
                                       "477715d11cdb4164915debcba66cb864d751f3e6", VECTOR_B};

static void assert_plain(const struct vector *v, const char *want)
{
        struct bytes plain;

        assert_int_equal(open_vector(v, &plain), 0);
        assert_int_equal(plain.n, strlen(want));
        assert_memory_equal(plain.p, want, plain.n);
}

static void opens_printed_vectors(void **state)
{
        static const struct vector made[] = {
                {WX_WECOM, SAMPLE_TOKEN, SAMPLE_KEY, SAMPLE_CORP, "1700000000", "n0nce-A",
                 "0b7d23ab69baca712b52237c19ff1ffcbe80552f", VECTOR_PAD32},
                {WX_WECOM, SAMPLE_TOKEN, SAMPLE_KEY, SAMPLE_CORP, "1700000001", "n0nce-B",
                 "792cca660952ec754a829821b6bfcf8849b70e80", VECTOR_UTF8},
                {WX_WECOM, SAMPLE_TOKEN, SAMPLE_KEY, SAMPLE_CORP, "1700000002", "n0nce-C",
                 "798a2903a49ea9f4b3261b9e51e6bc8c2c111751", VECTOR_EMPTY},
                {WX_WECOM, SAMPLE_TOKEN, SAMPLE_KEY, SAMPLE_CORP, "1700000003", "n0nce-D",
                 "812e5e3e73974ec2c366baa91b63a1f294420f38", VECTOR_PAD1},
        };
        static const char *const want[] = {"abcdefghijklmnopqrstuvwxyz", "你好，世界", "", "xxxxxxxxxxxxxxxxxxxxxxxxx"};
        const struct vector d = {WX_WECOM, "kz7Yx62CH8SaLN", "cD0d7jx4tYvVtzqrmh3Dm3QFCXe6f8SlHoMtMh3qQEP",
                                 "ww6a112864f8022910", "1583995625", "1584392382",
                                 "f265ae551b1932727204c3d707628d01376a6940", VECTOR_D};

        (void)state;
        for (size_t i = 0; i < countof(made); i++)
                assert_plain(&made[i], want[i]);
        assert_plain(&sample_b, "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n"
                                "<FromUserName><![CDATA[mycreate]]></FromUserName>\n"
                                "<CreateTime>1409659813</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n"
                                "<Content><![CDATA[hello]]></Content>\n<MsgId>4561255354251345929</MsgId>\n"
                                "<AgentID>218</AgentID>\n</xml>");
        assert_plain(&d, "<xml><ToUserName><![CDATA[ww6a112864f8022910]]></ToUserName><FromUserName><![CDATA[foobar]]>"
                         "</FromUserName><CreateTime>1583995625</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>"
                         "<![CDATA[x123]]></Content><MsgId>2018405441</MsgId><AgentID>1000002</AgentID></xml>");
}

static void reads_events(void **state)
{
        const struct vector kf = {WX_WECOM, SAMPLE_TOKEN, SAMPLE_KEY, SAMPLE_CORP, "1700000004", "n0nce-E",
                                  "64a9ebbc3899a2b2aee8db709a573baab1dffc61", VECTOR_KF};
        const struct vector shop = {WX_SHOP, "tok3n", SHOP_KEY, "wx0000000000000001", "1700000001", "nonce42",
                                    "18f642ea1ee4d1f7450219243065225de8988971", VECTOR_SHOP};
        struct wx_event event;
        struct bytes plain;

        (void)state;
        assert_int_equal(open_vector(&kf, &plain), 0);
        assert_int_equal(wx_event_read(&arena, WX_WECOM, plain, &event), 0);
        assert_string_equal(event.type, "kf_msg_or_event");
        assert_string_equal(event.to, SAMPLE_CORP);
        assert_null(event.from);
        assert_null(event.change);
        assert_int_equal(event.create_time, 1700000004);
        assert_string_equal(wx_event_get(&event, "Token"), "ENCtok1");
        assert_string_equal(wx_event_get(&event, "OpenKfId"), "wkA1");

        assert_int_equal(open_vector(&shop, &plain), 0);
        assert_int_equal(wx_event_read(&arena, WX_SHOP, plain, &event), 0);
        assert_string_equal(event.type, "channels_ec_order_pay");
        assert_string_equal(event.from, "oMadeUpOpenid");
        /* 19 digits, a bare number: every digit must be there. */
        assert_string_equal(wx_event_get(&event, "order_info.order_id"), "3700000000000000001");
        assert_null(wx_event_get(&event, "order_info.absent"));
}

static void checks_urls(void **state)
{
        struct wx_cb_key key = {.kind = WX_WECOM, .token = SAMPLE_TOKEN, .receive_id = SAMPLE_CORP};
        struct wx_cb_key shop = {.kind = WX_SHOP, .token = "AAAAA", .receive_id = "wx0000000000000001"};
        struct wx_cb_query q;
        const char *answer;

        (void)state;
        assert_int_equal(wx_aes_key(SAMPLE_KEY, key.aes_key), 0);
        assert_int_equal(wx_cb_query_read(&arena,
                                          "msg_signature=5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3&timestamp=1409659589&"
                                          "nonce=263014780&echostr=P9nAzCzyDtyTWESHep1vC5X9xho%2FqYX3Zpb4yKa9SKld1DsH3Iyt3tP3"
                                          "zNdtp%2B4RPcs8TgAE7OaBO%2BFZXvnaqQ%3D%3D",
                                          &q),
                         0);
        assert_int_equal(wx_cb_check_url(&arena, &key, &q, &answer), 0);
        assert_string_equal(answer, "1616140317555161061");

        /* C: from the platform's own tool; then one digit changed. The plus of echostr survives unescaped. */
        key = (struct wx_cb_key){.token = "kjr2TKI8umCBfVF3wAHk8JiPwma5VBme", .receive_id = "ww6a112864f8022910"};
        assert_int_equal(wx_aes_key("4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws", key.aes_key), 0);
        q = (struct wx_cb_query){.msg_signature = "1ba3cb09c0d2c2b3ed6900d37f91a6efae6cb011", .timestamp = "1583940690",
                                 .nonce = "VHh7ymSeb0jc4lSb",
                                 .echostr = "6KmUQuPVu7UhjyVqRdbo5SfcRqaHvbUlKSHFvBV2ZuR6TIlKsygcfeSd1GDplg1C5KSKr6UPHCaC/"
                                            "nIX3ZNt9w=="};
        assert_int_equal(wx_cb_check_url(&arena, &key, &q, &answer), 0);
        assert_string_equal(answer, "94966531020182955848408");
        q.msg_signature = "1ba3cb09c0d2c2b3ed6900d37f91a6efae6cb010";
        assert_int_equal(wx_cb_check_url(&arena, &key, &q, &answer), WX_CB_E_SIGNATURE);
        q.msg_signature = NULL;
        assert_int_equal(wx_cb_check_url(&arena, &key, &q, &answer), WX_CB_E_QUERY);

        assert_int_equal(wx_cb_query_read(&arena,
                                          "signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=a+b&timestamp=1714036504&"
                                          "nonce=1514711492",
                                          &q),
                         0);
        assert_int_equal(wx_cb_check_url(&arena, &shop, &q, &answer), 0);
        assert_string_equal(answer, "a+b");
        q.nonce = "1514711493";
        assert_int_equal(wx_cb_check_url(&arena, &shop, &q, &answer), WX_CB_E_SIGNATURE);
}

static void refuses_queries(void **state)
{
        static const char *const bad[] = {"nonce=%4", "nonce=%zz", "nonce=%00", "nonce=1&nonce=2", "timestamp", "nonce=%ff"};
        struct wx_cb_query q;

        (void)state;
        for (size_t i = 0; i < countof(bad); i++)
                assert_int_equal(wx_cb_query_read(&arena, bad[i], &q), WX_CB_E_QUERY);
        assert_int_equal(wx_cb_query_read(&arena, NULL, &q), WX_CB_E_QUERY);
        assert_int_equal(wx_cb_query_read(&arena, "", &q), 0);
        assert_int_equal(wx_cb_query_read(&arena, "&&openid=x&openid=y&other", &q), 0);
        assert_null(q.nonce);
}

/* What must not pass. */
static void refuses_negatives(void **state)
{
        struct vector v = sample_b;
        struct bytes plain;
        uint8_t key[32];

        (void)state;
        v.token = "QDG6eL";
        assert_int_equal(open_vector(&v, &plain), WX_CB_E_SIGNATURE);
        v = sample_b, v.timestamp = sample_b.nonce, v.nonce = sample_b.timestamp;
        /* The signature sorts: swapped values sign the same. What counts is that each was covered. */
        assert_int_equal(open_vector(&v, &plain), 0);
        v.nonce = "1409659814";
        assert_int_equal(open_vector(&v, &plain), WX_CB_E_SIGNATURE);
        v = sample_b, v.receive_id = "ww0000000000000000";
        assert_int_equal(open_vector(&v, &plain), WX_CB_E_RECEIVE_ID);
        v.receive_id = "";
        assert_int_equal(open_vector(&v, &plain), WX_CB_E_RECEIVE_ID);
        v.receive_id = "wx5823bf96d3bd56c";
        assert_int_equal(open_vector(&v, &plain), WX_CB_E_RECEIVE_ID);
        v = sample_b, v.signature = "";
        assert_int_equal(open_vector(&v, &plain), WX_CB_E_QUERY);
        v = sample_b, v.key = SHOP_KEY;
        assert_int_equal(open_vector(&v, &plain), WX_CB_E_PADDING);

        assert_int_equal(wx_aes_key("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2", key), WX_CB_E_AES_KEY);
        assert_int_equal(wx_aes_key(SAMPLE_KEY "A", key), WX_CB_E_AES_KEY);
        assert_int_equal(wx_aes_key("$WmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", key), WX_CB_E_AES_KEY);
        assert_int_equal(wx_aes_key(NULL, key), WX_CB_E_AES_KEY);
        assert_int_equal(wx_aes_key(SAMPLE_KEY, key), 0);
}

static int open_body(enum wx_kind kind, bool plain_allowed, const struct wx_cb_query *q, const char *body,
                     struct bytes *plain)
{
        struct wx_cb_key key = {.kind = kind, .token = "AAAAA", .receive_id = "wx1", .plain_allowed = plain_allowed};

        assert_int_equal(wx_aes_key(SHOP_KEY, key.aes_key), 0);
        return wx_cb_open(&arena, &key, q, bytes_of_text(body), plain);
}

static void refuses_envelopes(void **state)
{
        const struct wx_cb_query q = {.signature = "f464b24fc39322e44b38aa78f5edd27bd1441696", .timestamp = "1714036504",
                                      .nonce = "1514711492", .msg_signature = "f464b24fc39322e44b38aa78f5edd27bd1441696"};
        struct bytes plain;

        (void)state;
        assert_int_equal(open_body(WX_WECOM, false, &q, "", &plain), WX_CB_E_ENVELOPE);
        assert_int_equal(open_body(WX_WECOM, false, &q, "<xml><Encrypt>x</xml>", &plain), WX_CB_E_ENVELOPE);
        assert_int_equal(open_body(WX_WECOM, false, &q, "<xml><Other>x</Other></xml>", &plain), WX_CB_E_ENVELOPE);
        assert_int_equal(open_body(WX_SHOP, false, &q, "{\"Encrypt\":", &plain), WX_CB_E_ENVELOPE);
        assert_int_equal(open_body(WX_SHOP, false, &q, "{\"Encrypt\":{\"a\":1}}", &plain), WX_CB_E_ENVELOPE);
        assert_int_equal(open_body(WX_WECOM, false, &q, "<!DOCTYPE x [<!ENTITY e \"x\">]><xml><Encrypt>&e;</Encrypt></xml>",
                                   &plain),
                         WX_CB_E_DOCTYPE);
        /* Plain mode is the official account's alone, and only where it is allowed. */
        assert_int_equal(open_body(WX_MP, true, &q, "<xml><Content>hi</Content></xml>", &plain), 0);
        assert_int_equal(plain.n, strlen("<xml><Content>hi</Content></xml>"));
        assert_int_equal(open_body(WX_MP, false, &q, "<xml><Content>hi</Content></xml>", &plain), WX_CB_E_ENVELOPE);
        assert_int_equal(open_body(WX_SHOP, true, &q, "<xml><Content>hi</Content></xml>", &plain), WX_CB_E_ENVELOPE);
        struct wx_cb_query unsigned_q = q;
        unsigned_q.signature = "f464b24fc39322e44b38aa78f5edd27bd1441697";
        assert_int_equal(open_body(WX_MP, true, &unsigned_q, "<xml><Content>hi</Content></xml>", &plain),
                         WX_CB_E_SIGNATURE);
}

static int read_event(enum wx_kind kind, const char *text, struct wx_event *event)
{
        return wx_event_read(&arena, kind, bytes_of_text(text), event);
}

static void reads_odd_events(void **state)
{
        struct wx_event event;
        struct shopkf_in in;

        (void)state;
        assert_int_equal(read_event(WX_WECOM, "<xml><MsgType>text</MsgType><Content>你好</Content></xml>", &event), 0);
        assert_string_equal(event.type, "text");
        assert_int_equal(event.create_time, 0);
        assert_int_equal(read_event(WX_WECOM, "<xml/>", &event), 0);
        assert_string_equal(event.type, "");
        assert_int_equal(read_event(WX_WECOM, "<xml><MsgType>event</MsgType><Event>change_external_contact</Event>"
                                              "<ChangeType>add_external_contact</ChangeType></xml>",
                                    &event),
                         0);
        assert_string_equal(event.change, "add_external_contact");
        assert_int_equal(read_event(WX_SHOP, "{\"Event\":\"x\",\"CreateTime\":\"1700000000\"}", &event), 0);
        assert_int_equal(event.create_time, 1700000000);
        assert_int_equal(read_event(WX_SHOP, "{\"Event\":\"x\",\"CreateTime\":\"soon\"}", &event), 0);
        assert_int_equal(event.create_time, 0);
        assert_int_equal(read_event(WX_SHOP, "nonsense", &event), WX_CB_E_ENVELOPE);
        assert_int_equal(wx_event_read(&arena, WX_SHOP, bytes_of("{\"a\":\"\xff\"}", 9), &event), WX_CB_E_TEXT);

        assert_int_equal(read_event(WX_SHOP, "{\"Event\":\"commkf_send_msg_to_kf\",\"FromUserName\":\"oX\",\"CreateTime\":7,"
                                             "\"msg_id\":3895464567618158592,\"msg_type\":\"order_share\","
                                             "\"order_share\":{\"order_id\":3700000000000000001}}",
                                    &event),
                         0);
        assert_int_equal(shopkf_read(&arena, &event, &in), 0);
        assert_string_equal(in.openid, "oX");
        assert_string_equal(in.msg_id, "3895464567618158592");
        assert_string_equal(in.body, "{\"order_id\":3700000000000000001}");
        assert_int_equal(read_event(WX_SHOP, "{\"Event\":\"commkf_send_msg_to_kf\",\"FromUserName\":\"oX\"}", &event), 0);
        assert_int_equal(shopkf_read(&arena, &event, &in), SHOPKF_E_EVENT);
}

/* Pushes through a third-party platform: the object became lines of text. */
static void mends_flattened(void **state)
{
        struct wx_event event;

        (void)state;
        assert_int_equal(read_event(WX_SHOP, "{\"Event\":\"channels_ec_aftersale_update\",\"CreateTime\":\"1\","
                                             "\"finder_shop_aftersale_status_update\":\"USER_WAIT_RETURN\\n400001\\n\\n37001\\n\"}",
                                    &event),
                         0);
        assert_string_equal(wx_event_get(&event, "finder_shop_aftersale_status_update.status"), "USER_WAIT_RETURN");
        assert_string_equal(wx_event_get(&event, "finder_shop_aftersale_status_update.after_sale_order_id"), "400001");
        assert_string_equal(wx_event_get(&event, "finder_shop_aftersale_status_update.order_id"), "37001");
        assert_int_equal(read_event(WX_SHOP, "{\"Event\":\"channels_ec_order_pay\",\"order_info\":\"pay_time: 5\\r\\n order_id: "
                                             "37002 \"}",
                                    &event),
                         0);
        assert_string_equal(wx_event_get(&event, "order_info.order_id"), "37002");
        assert_string_equal(wx_event_get(&event, "order_info.pay_time"), "5");
        /* Only where the quirk was seen. */
        assert_int_equal(read_event(WX_MP, "<xml><order_info>37003</order_info></xml>", &event), 0);
        assert_null(wx_event_get(&event, "order_info.order_id"));
}

static void decodes_what_operators_paste(void **state)
{
        struct wx_decode in = {.kind = "wecom", .token = SAMPLE_TOKEN, .aes_key = SAMPLE_KEY, .receive_id = SAMPLE_CORP,
                               .signature = sample_b.signature, .timestamp = sample_b.timestamp, .nonce = sample_b.nonce,
                               .body = bytes_of_text("\n  " VECTOR_B "\r\n")};
        struct bytes plain;

        (void)state;
        assert_int_equal(wx_decode(&arena, &in, &plain), 0);
        assert_int_equal(plain.n, 284);
        in.body = bytes_of_text(" <xml><Encrypt><![CDATA[" VECTOR_B "]]></Encrypt></xml>");
        assert_int_equal(wx_decode(&arena, &in, &plain), 0);
        in.signature = NULL, in.token = NULL, in.receive_id = NULL;
        in.body = bytes_of_text("{\"Encrypt\":\"" VECTOR_PAD1 "\"}");
        assert_int_equal(wx_decode(&arena, &in, &plain), 0);
        assert_int_equal(plain.n, 25);
        in.receive_id = "wwother";
        assert_int_equal(wx_decode(&arena, &in, &plain), WX_CB_E_RECEIVE_ID);
        in.signature = "00";
        assert_int_equal(wx_decode(&arena, &in, &plain), WX_CB_E_QUERY);
        in.token = "t", in.receive_id = NULL;
        assert_int_equal(wx_decode(&arena, &in, &plain), WX_CB_E_SIGNATURE);
        in.signature = NULL, in.body = bytes_of_text("a b");
        assert_int_equal(wx_decode(&arena, &in, &plain), WX_CB_E_BASE64);
        in.body = bytes_of_text("QUJD");
        assert_int_equal(wx_decode(&arena, &in, &plain), WX_CB_E_LENGTH);
        in.body = BYTES_NONE;
        assert_int_equal(wx_decode(&arena, &in, &plain), WX_CB_E_ENVELOPE);
        in.kind = "qq";
        assert_int_equal(wx_decode(&arena, &in, &plain), WX_CB_E_KIND);
        for (int r = -1; r <= WX_CB_E_LAST; r++) {
                assert_true(strlen(wx_cb_sentence(r)) > 3 && !strchr(wx_cb_sentence(r), '\n'));
                assert_true(strlen(wx_cb_reason(r)) > 1);
        }
}

/* ---- vectors of the shared folder ---- */

struct shared_vector {
        const char *id, *name, *token, *timestamp, *nonce, *msg_signature, *encoding_aes_key, *encrypt, *receiveid,
                *expected_receiveid, *plaintext_sha256;
        int64_t plaintext_bytes;
};
static const struct json_field shared_fields[] = {
        JSON_STR(struct shared_vector, id, 0, 0, 0, ""), JSON_STR(struct shared_vector, name, 0, 0, 0, ""),
        JSON_STR(struct shared_vector, token, 0, 0, 0, ""), JSON_STR(struct shared_vector, timestamp, 0, 0, 0, ""),
        JSON_STR(struct shared_vector, nonce, 0, 0, 0, ""), JSON_STR(struct shared_vector, msg_signature, 0, 0, 0, ""),
        JSON_STR(struct shared_vector, encoding_aes_key, 0, 0, 0, ""), JSON_STR(struct shared_vector, encrypt, 0, 0, 0, ""),
        JSON_STR(struct shared_vector, receiveid, 0, 0, 0, ""),
        JSON_STR(struct shared_vector, expected_receiveid, 0, 0, 0, ""),
        JSON_STR(struct shared_vector, plaintext_sha256, 0, 0, 0, ""),
        JSON_INT(struct shared_vector, plaintext_bytes, 0, 0, 0, ""),
};
static const struct json_desc shared_desc = JSON_DESC("Vector", struct shared_vector, shared_fields);
struct shared_file {
        const struct shared_vector *accept, *reject;
        size_t n_accept, n_reject;
};
static const struct json_field file_fields[] = {
        JSON_LIST(struct shared_file, accept, n_accept, 0, 0, &shared_desc, ""),
        JSON_LIST(struct shared_file, reject, n_reject, 0, 0, &shared_desc, ""),
};
static const struct json_desc file_desc = JSON_DESC("VectorFile", struct shared_file, file_fields);

static struct vector vector_of(const struct shared_vector *s, enum wx_kind kind, const char *receive_id)
{
        return (struct vector){kind, s->token, s->encoding_aes_key, receive_id, s->timestamp, s->nonce, s->msg_signature,
                               s->encrypt};
}

static void accept_all(const struct shared_vector *list, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                uint8_t digest[32];
                struct bytes plain;

                for (enum wx_kind kind = WX_WECOM; kind <= WX_MP; kind++) {
                        struct vector v = vector_of(&list[i], kind, list[i].receiveid);
                        struct wx_cb_key key = {.kind = kind, .receive_id = v.receive_id};
                        int r;

                        if (v.signature) {
                                r = open_vector(&v, &plain);
                        } else { /* published without its signature */
                                assert_int_equal(wx_aes_key(v.key, key.aes_key), 0);
                                r = wx_cb_decrypt(&arena, &key, v.encrypt, &plain);
                        }
                        if (r)
                                print_error("%s %s: %s\n", list[i].id ? list[i].id : "", list[i].name ? list[i].name : "",
                                            wx_cb_reason(r));
                        assert_int_equal(r, 0);
                        assert_int_equal(plain.n, list[i].plaintext_bytes);
                        crypt_sha256(plain, digest);
                        assert_string_equal(crypt_hex(&arena, bytes_of(digest, 32)), list[i].plaintext_sha256);
                }
        }
}

static void decides_shared_vectors(void **state)
{
        char *published = shared_text(&arena, "crypto/callback_vectors.json");
        char *derived = shared_text(&arena, "crypto/callback_derived.json");
        struct shared_file file;

        (void)state;
        if (!published || !derived)
                skip();
        published = arena_printf(&arena, "{\"accept\":%s}", published);
        assert_int_equal(json_read(&arena, bytes_of_text(published), &file_desc, JSON_LENIENT, &file, NULL), 0);
        assert_int_equal(file.n_accept, 25);
        accept_all(file.accept, file.n_accept);

        assert_int_equal(json_read(&arena, bytes_of_text(derived), &file_desc, JSON_LENIENT, &file, NULL), 0);
        assert_int_equal(file.n_accept, 36);
        assert_int_equal(file.n_reject, 22);
        accept_all(file.accept, file.n_accept);
        for (size_t i = 0; i < file.n_reject; i++) {
                struct vector v = vector_of(&file.reject[i], WX_WECOM, file.reject[i].expected_receiveid);
                struct bytes plain;

                if (open_vector(&v, &plain) <= 0)
                        fail_msg("%s was not refused", file.reject[i].name);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(opens_printed_vectors), cmocka_unit_test(reads_events),
                cmocka_unit_test(checks_urls),           cmocka_unit_test(refuses_queries),
                cmocka_unit_test(refuses_negatives),     cmocka_unit_test(refuses_envelopes),
                cmocka_unit_test(reads_odd_events),      cmocka_unit_test(mends_flattened),
                cmocka_unit_test(decodes_what_operators_paste), cmocka_unit_test(decides_shared_vectors),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
