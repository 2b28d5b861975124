#include "sim/envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Vectors of the platform notes (wecom-callback.md 9, channels-callback.md 1), made outside this program. */
static struct arena arena;

static void key_of(struct envelope_key *key, const char *token, const char *aes, const char *id)
{
        assert_int_equal(envelope_key_init(key, token, aes, id), 0);
}

static void check(const struct envelope_key *key, const char *ts, const char *nonce, const char *message,
                  const char *encrypt, const char *signature)
{
        char got[SHA1_HEX];
        char *sealed = envelope_seal(&arena, key, (const uint8_t *)"0123456789abcdef", bytes_of_text(message));
        if (encrypt)
                assert_string_equal(sealed, encrypt);
        envelope_sign(&arena, key->token, ts, nonce, sealed, got);
        assert_string_equal(got, signature);
}

static void seals_as_wecom_does(void **state)
{
        struct envelope_key key;
        (void)state;
        key_of(&key, "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7");
        check(&key, "1700000000", "n0nce-A", "abcdefghijklmnopqrstuvwxyz",
              "sKqRbbiSUnDhFHOvPjtUMZGyoR1r/GzKAbbgquGlaOgIlt+xQAi/JKk90aBApUWQUg5O+k5ZufIRKoqgtkAVwJKF1H3y/"
              "sfk7izzwSIp1tYTy01NHOGT9sTJ2jdv5sCT",
              "0b7d23ab69baca712b52237c19ff1ffcbe80552f");
        check(&key, "1700000001", "n0nce-B", "你好，世界",
              "sKqRbbiSUnDhFHOvPjtUMcz5e5v/T1qahgU5bEXs6+b+WLmbSqsxxIWwQYiTSp1nlFtebetk/ZnmGvgg5Lxukg==",
              "792cca660952ec754a829821b6bfcf8849b70e80");
        check(&key, "1700000002", "n0nce-C", "",
              "sKqRbbiSUnDhFHOvPjtUMU5qwF3QTRQT35ZLQKNzkIFzNtEiqzhRA2bjiTq/aLNxdb+TySor6nIW5pigQ2NbKg==",
              "798a2903a49ea9f4b3261b9e51e6bc8c2c111751");
        check(&key, "1700000003", "n0nce-D", "xxxxxxxxxxxxxxxxxxxxxxxxx",
              "sKqRbbiSUnDhFHOvPjtUMTIgWxMfZaDiaj7KzsCGyXqqH9HC+RjyYtNk3PCh1eyjg4jSIJ9DqwBX6vUvZrmBVA==",
              "812e5e3e73974ec2c366baa91b63a1f294420f38");
        check(&key, "1700000004", "n0nce-E",
              "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName><CreateTime>1700000004</"
              "CreateTime><MsgType><![CDATA[event]]>"
              "</MsgType><Event><![CDATA[kf_msg_or_event]]></Event><Token><![CDATA[ENCtok1]]></"
              "Token><OpenKfId><![CDATA[wkA1]]></OpenKfId>"
              "</xml>",
              NULL, "64a9ebbc3899a2b2aee8db709a573baab1dffc61");
}

static void seals_as_a_shop_does(void **state)
{
        struct envelope_key key;
        (void)state;
        key_of(&key, "tok3n", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx0000000000000001");
        check(&key, "1700000001", "nonce42",
              "{\"ToUserName\":\"gh_shop0000001\",\"FromUserName\":\"oMadeUpOpenid\",\"CreateTime\":1700000000,"
              "\"MsgType\":\"event\","
              "\"Event\":\"channels_ec_order_pay\",\"order_info\":{\"order_id\":3700000000000000001,\"pay_time\":"
              "1700000000}}",
              "Q3stYC6hdFzMh9T8HCvyDD6yCco61d83JLWY5fxzv6ctG4s/"
              "0IEbNyCW6o1k1RSsGGwTniSqeiBmIhLmGHQddhT69Ccj0zCH5czsCoo3+SCzKexq/"
              "T0POPulPyEliJtvA46zDf85DrpNexYwPN6Nrt2fNOWHyqUYY5dE76xsM0Mn05NbwVocQguS4E1CU/"
              "YAnYF/"
              "moMdGHqKnM8qAL6D7d0PgOKPbOXnFBi7MmpxwvWiD8n9SrV4VhHeLKcw+DHNWyo9lXfMh854JZIiA8aVbrZmrQbguK8DuwXBK+"
              "9yngW6H/"
              "Bi5BzErduvqLPL5pM/AsWEBPAf0Xx244wZMdtH3A==",
              "18f642ea1ee4d1f7450219243065225de8988971");
}

static void signs_a_url_check(void **state)
{
        char got[SHA1_HEX];
        (void)state;
        envelope_sign(&arena, "AAAAA", "1714036504", "1514711492", NULL, got);
        assert_string_equal(got, "f464b24fc39322e44b38aa78f5edd27bd1441696");
}

static void refuses_keys_of_another_length(void **state)
{
        struct envelope_key key;
        (void)state;
        assert_int_equal(envelope_key_init(&key, "t", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2", "id"),
                         ENVELOPE_E_KEY);
        assert_int_equal(envelope_key_init(&key, "t", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2CC", "id"),
                         ENVELOPE_E_KEY);
        assert_int_equal(envelope_key_init(&key, "t", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2$", "id"),
                         ENVELOPE_E_KEY);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(seals_as_wecom_does),
                cmocka_unit_test(seals_as_a_shop_does),
                cmocka_unit_test(signs_a_url_check),
                cmocka_unit_test(refuses_keys_of_another_length),
        };
        if (crypt_init())
                return 1;
        arena_init(&arena, 0);
        int failed = cmocka_run_group_tests(tests, NULL, NULL);
        arena_release(&arena);
        return failed;
}
