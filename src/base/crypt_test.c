#include "base/crypt.h"
#include "base/json.h"
#include "base/shared_test.h"
#include "base/zip.h"

#include <pthread.h>

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

static const char *hex(const void *p, size_t n)
{
        return crypt_hex(&arena, bytes_of(p, n));
}

static void digests(void **state)
{
        char sha1[SHA1_HEX];
        uint8_t raw[32];

        (void)state;
        /* FIPS 180-4 */
        crypt_sha1_hex(bytes_of_text("abc"), sha1);
        assert_string_equal(sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
        crypt_sha1_hex(BYTES_NONE, sha1);
        assert_string_equal(sha1, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        crypt_sha256(bytes_of_text("abc"), raw);
        assert_string_equal(hex(raw, 32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        /* RFC 4231, cases 1, 2 and 6 */
        uint8_t key[131];
        memset(key, 0x0b, 20);
        crypt_hmac_sha256(bytes_of(key, 20), bytes_of_text("Hi There"), raw);
        assert_string_equal(hex(raw, 32), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        crypt_hmac_sha256(bytes_of_text("Jefe"), bytes_of_text("what do ya want for nothing?"), raw);
        assert_string_equal(hex(raw, 32), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        memset(key, 0xaa, sizeof(key));
        crypt_hmac_sha256(bytes_of(key, sizeof(key)),
                          bytes_of_text("Test Using Larger Than Block-Size Key - Hash Key First"), raw);
        assert_string_equal(hex(raw, 32), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
        /* An empty key is empty, not the key before. */
        crypt_hmac_sha256(BYTES_NONE, BYTES_NONE, raw);
        assert_string_equal(hex(raw, 32), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void encodes_base64(void **state)
{
        static const char *const rows[][2] = {{"", ""},
                                              {"f", "Zg=="},
                                              {"fo", "Zm8="},
                                              {"foo", "Zm9v"},
                                              {"foob", "Zm9vYg=="},
                                              {"fooba", "Zm9vYmE="},
                                              {"foobar", "Zm9vYmFy"}};
        struct bytes out;

        (void)state;
        for (size_t i = 0; i < countof(rows); i++) { /* RFC 4648 */
                assert_string_equal(base64_encode(&arena, bytes_of_text(rows[i][0])), rows[i][1]);
                size_t bare = strcspn(rows[i][1], "=");
                assert_int_equal(base64_decode(&arena, rows[i][1], strlen(rows[i][1]), &out), 0);
                assert_int_equal(out.n, strlen(rows[i][0]));
                assert_memory_equal(out.p, rows[i][0], out.n);
                assert_int_equal(base64_decode(&arena, rows[i][1], bare, &out), 0); /* without padding */
                assert_int_equal(out.n, strlen(rows[i][0]));
                assert_memory_equal(out.p, rows[i][0], out.n);
        }
        /* Spare bits: a key of 43 characters whose last one says more than 256 bits. */
        assert_int_equal(base64_decode(&arena, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", 43, &out), 0);
        assert_int_equal(out.n, 32);
        static const char *const bad[] = {"Z",        "Zg=",         "Z===",   "====", "=",    "Zg=Z",
                                          " Zm9v",    "Zm9v ",       "Zm9v\n", "Zm-v", "Zm_v", "Zm9vZ",
                                          "Zg==Zg==", "Z\xc3\xa9==", "-m9v",   "Zm9-"};
        for (size_t i = 0; i < countof(bad); i++)
                if (base64_decode(&arena, bad[i], strlen(bad[i]), &out) != CRYPT_E_BASE64)
                        fail_msg("\"%s\" must be refused", bad[i]);
        assert_int_equal(base64_decode(&arena, "Zm\0v", 4, &out), CRYPT_E_BASE64);
        for (size_t n = 0; n < 300; n++) {
                uint8_t raw[300];
                crypt_random(raw, n);
                char *text = base64_encode(&arena, bytes_of(raw, n));
                assert_int_equal(base64_decode(&arena, text, strlen(text), &out), 0);
                assert_int_equal(out.n, n);
                assert_memory_equal(out.p, raw, n);
        }
}

static void ciphers(void **state)
{
        /* NIST SP 800-38A, F.2.5: CBC-AES256 */
        static const uint8_t key[32] = {0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae,
                                        0xf0, 0x85, 0x7d, 0x77, 0x81, 0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61,
                                        0x08, 0xd7, 0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14, 0xdf, 0xf4};
        static const uint8_t iv[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
        static const uint8_t plain[32] = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e,
                                          0x11, 0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03,
                                          0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51};
        uint8_t out[32];

        (void)state;
        assert_int_equal(aes256_cbc_encrypt(key, iv, plain, 32, out), 0);
        assert_string_equal(hex(out, 32), "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d");
        assert_int_equal(aes256_cbc_decrypt(key, iv, out, 32, out), 0); /* in place */
        assert_memory_equal(out, plain, 32);
        assert_int_equal(aes256_cbc_decrypt(key, iv, out, 0, out), CRYPT_E_LENGTH);
        assert_int_equal(aes256_cbc_decrypt(key, iv, out, 17, out), CRYPT_E_LENGTH);
        assert_int_equal(aes256_cbc_encrypt(key, iv, out, 15, out), CRYPT_E_LENGTH);
}

/* The published sample of the platform's documents: signature and body of a callback. */
static void agrees_with_the_platforms_sample(void **state)
{
        static const char encrypt[] = "Q3stYC6hdFzMh9T8HCvyDD6yCco61d83JLWY5fxzv6ctG4s/"
                                      "0IEbNyCW6o1k1RSsGGwTniSqeiBmIhLmGHQddhT69Ccj0zCH5czsCoo3+SCzKexq"
                                      "/T0POPulPyEliJtvA46zDf85DrpNexYwPN6Nrt2fNOWHyqUYY5dE76xsM0Mn05NbwVocQguS4E1CU/"
                                      "YAnYF/moMdGHqKnM8qAL6D7d0Pg";
        struct bytes key;

        (void)state;
        assert_int_equal(base64_decode(&arena, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", 43, &key), 0);
        /* Two whole blocks of it are enough here: 16 random bytes, the length, the beginning of the message. */
        struct bytes body;
        assert_int_equal(base64_decode(&arena, encrypt, 64, &body), 0);
        uint8_t plain[48];
        assert_int_equal(aes256_cbc_decrypt(key.p, key.p, body.p, 48, plain), 0);
        assert_memory_equal(plain, "0123456789abcdef", 16);
        assert_memory_equal(plain + 20, "{\"ToUserName\":\"gh_shop000000", 28);
}

static void compares_and_makes_texts(void **state)
{
        char seen[256] = {0};

        (void)state;
        assert_true(crypt_same("", "") && crypt_same("abc", "abc"));
        assert_false(crypt_same("abc", "abd") || crypt_same("abc", "ab") || crypt_same("", "a"));
        assert_false(crypt_same(NULL, "") || crypt_same("", NULL) || crypt_same(NULL, NULL));
        char *text = crypt_random_text(&arena, 20000);
        assert_int_equal(strlen(text), 20000);
        for (char *p = text; *p; p++)
                seen[(unsigned char)*p] = 1;
        int kinds = 0;
        for (int c = 0; c < 256; c++)
                kinds += seen[c];
        assert_int_equal(kinds, 62);
        assert_int_equal(strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"), 20000);
        assert_string_not_equal(crypt_random_text(&arena, 22), crypt_random_text(&arena, 22));
        assert_string_equal(crypt_hex(&arena, bytes_of("\x00\xff\x10", 3)), "00ff10");
}

static void keeps_passwords(void **state)
{
        const char *hash, *again;

        (void)state;
        assert_int_equal(password_hash(&arena, "掌柜的密码", &hash), 0);
        assert_true(text_starts(hash, "$argon2id$"));
        assert_true(password_verify(hash, "掌柜的密码"));
        assert_false(password_verify(hash, "掌柜的密碼"));
        assert_false(password_verify(hash, ""));
        assert_false(password_verify("", "x"));
        assert_false(password_verify("not a hash", "x"));
        assert_false(password_verify(NULL, "x"));
        assert_int_equal(password_hash(&arena, "掌柜的密码", &again), 0);
        assert_string_not_equal(hash, again);
}

static void *digest_in_thread(void *ok)
{
        *(bool *)ok = true;
        for (int i = 0; i < 1000; i++) {
                char sha1[SHA1_HEX];
                crypt_sha1_hex(bytes_of_text("abc"), sha1);
                if (strcmp(sha1, "a9993e364706816aba3e25717850c26c9cd0d89d") != 0)
                        *(bool *)ok = false;
        }
        return NULL;
}

static void each_thread_has_its_contexts(void **state)
{
        pthread_t threads[4];
        bool ok[4];

        (void)state;
        for (size_t i = 0; i < 4; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, digest_in_thread, &ok[i]), 0);
        for (size_t i = 0; i < 4; i++) {
                pthread_join(threads[i], NULL);
                assert_true(ok[i]);
        }
}

static void zips(void **state)
{
        struct text t;
        struct bytes back;

        (void)state;
        text_init(&t, &arena);
        for (int i = 0; i < 5000; i++)
                text_addf(&t, "{\"order_id\":%d}", i);
        struct bytes z = zip_close(&arena, bytes_of(t.p, t.n));
        assert_true(z.n < t.n / 4);
        assert_int_equal(zip_open(&arena, z, t.n, &back), 0);
        assert_int_equal(back.n, t.n);
        assert_string_equal(back.p, t.p); /* a NUL stands behind */
        assert_int_equal(zip_open(&arena, z, t.n - 1, &back), ZIP_E_BROKEN);
        assert_int_equal(zip_open(&arena, bytes_of(z.p, z.n - 1), t.n, &back), ZIP_E_BROKEN);
        assert_int_equal(zip_open(&arena, BYTES_NONE, 100, &back), ZIP_E_BROKEN);
        assert_int_equal(zip_open(&arena, bytes_of_text("not compressed at all"), 100, &back), ZIP_E_BROKEN);
        assert_int_equal(zip_open(&arena, bytes_of("\x50\x2a\x4d\x18\x01\x00\x00\x00x", 9), 100, &back), ZIP_E_BROKEN);
        char *twice = arena_alloc(&arena, z.n * 2);
        memcpy(twice, z.p, z.n);
        memcpy(twice + z.n, z.p, z.n);
        assert_int_equal(zip_open(&arena, bytes_of(twice, z.n * 2), t.n * 2, &back), ZIP_E_BROKEN);
        static const struct zip_dict dict = {.number = 1, .text = "{\"order_id\":\"\",\"status\":100,\"merchant_discounted_price\":0}"};
        static const char like[] = "{\"order_id\":\"37\",\"status\":100,\"merchant_discounted_price\":0}";
        struct bytes with = zip_close_with(&arena, &dict, bytes_of_text(like)), without = zip_close(&arena, bytes_of_text(like));
        assert_true(with.n < without.n);
        assert_int_equal(zip_open_with(&arena, &dict, with, sizeof(like), &back), 0);
        assert_string_equal(back.p, like);
        assert_int_equal(zip_open_with(&arena, &dict, without, sizeof(like), &back), 0); /* kept before there was one */
        assert_string_equal(back.p, like);
        assert_int_equal(zip_open(&arena, with, sizeof(like), &back), ZIP_E_BROKEN);
        assert_int_equal(zip_open_with(&arena, &dict, bytes_of(with.p, with.n - 1), sizeof(like), &back), ZIP_E_BROKEN);

        z = zip_close(&arena, BYTES_NONE);
        assert_int_equal(zip_open(&arena, z, 0, &back), 0);
        assert_int_equal(back.n, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(digests),
                cmocka_unit_test(encodes_base64),
                cmocka_unit_test(ciphers),
                cmocka_unit_test(agrees_with_the_platforms_sample),
                cmocka_unit_test(compares_and_makes_texts),
                cmocka_unit_test(keeps_passwords),
                cmocka_unit_test(each_thread_has_its_contexts),
                cmocka_unit_test(zips),
        };
        return cmocka_run_group_tests(tests, setup, teardown);
}
