#include "base/crypt.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/params.h>
#include <limits.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Fetched once; immutable afterwards. */
static struct {
        EVP_MD *sha1, *sha256;
        EVP_CIPHER *aes;
        EVP_MAC *hmac;
} algorithms;

#define RANDOM_POOL 480 /* bytes: twenty nonces of a seal with one system call */

/* What a thread keeps for itself and reuses from call to call. */
struct contexts {
        EVP_MD_CTX *md;
        EVP_CIPHER_CTX *cipher;
        EVP_MAC_CTX *mac;
        uint8_t random[RANDOM_POOL]; /* drawn and not yet given out: the last `random_n` bytes */
        size_t random_n;
};

static pthread_once_t init_once = PTHREAD_ONCE_INIT;
static pthread_key_t contexts_key;
static bool ready;

static void contexts_drop(void *p)
{
        struct contexts *c = p;

        EVP_MD_CTX_free(c->md);
        EVP_CIPHER_CTX_free(c->cipher);
        EVP_MAC_CTX_free(c->mac);
        explicit_bzero(c->random, sizeof(c->random));
        free(c);
}

static void init(void)
{
        algorithms.sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
        algorithms.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
        algorithms.aes = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
        algorithms.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
        ready = sodium_init() >= 0 && algorithms.sha1 && algorithms.sha256 && algorithms.aes && algorithms.hmac &&
                pthread_key_create(&contexts_key, contexts_drop) == 0;
}

int crypt_init(void)
{
        pthread_once(&init_once, init);
        return ready ? 0 : fatal(EIO, "OpenSSL or libsodium lacks an algorithm");
}

/* A digest that fails has no answer a caller could use: what would be compared or stored is not there. */
static void __attribute__((noreturn)) crypt_die(const char *what)
{
        int r = fatal(EIO, "cryptography failed: %s", what);

        (void)r;
        abort();
}

static struct contexts *contexts(void)
{
        if (!ready)
                crypt_die("crypt_init() was not called");
        struct contexts *c = pthread_getspecific(contexts_key);
        if (c)
                return c;
        c = calloc(1, sizeof(*c));
        if (!c)
                crypt_die("no memory");
        c->md = EVP_MD_CTX_new();
        c->cipher = EVP_CIPHER_CTX_new();
        c->mac = EVP_MAC_CTX_new(algorithms.hmac);
        if (!c->md || !c->cipher || !c->mac || pthread_setspecific(contexts_key, c))
                crypt_die("no memory");
        return c;
}

void crypt_random(void *p, size_t n)
{
        struct contexts *c = contexts();

        if (n > sizeof(c->random) / 4) {
                randombytes_buf(p, n);
                return;
        }
        if (c->random_n < n) {
                randombytes_buf(c->random, sizeof(c->random));
                c->random_n = sizeof(c->random);
        }
        c->random_n -= n;
        memcpy(p, c->random + c->random_n, n);
        explicit_bzero(c->random + c->random_n, n); /* given out once and kept nowhere */
}

char *crypt_random_text(struct arena *a, size_t n)
{
        static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        char *out = arena_alloc(a, n + 1);

        if (!ready)
                crypt_die("crypt_init() was not called");
        for (size_t i = 0; i < n; i++)
                out[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
        return out;
}

static void digest(EVP_MD *md, struct bytes in, unsigned char *out)
{
        EVP_MD_CTX *c = contexts()->md;

        if (!EVP_DigestInit_ex2(c, md, NULL) || !EVP_DigestUpdate(c, in.p, in.n) || !EVP_DigestFinal_ex(c, out, NULL))
                crypt_die("digest");
}

void crypt_sha1_hex(struct bytes in, char out[SHA1_HEX])
{
        unsigned char raw[20];

        digest(algorithms.sha1, in, raw);
        sodium_bin2hex(out, SHA1_HEX, raw, sizeof(raw));
}

void crypt_sha256(struct bytes in, uint8_t out[32])
{
        digest(algorithms.sha256, in, out);
}

void crypt_hmac_sha256(struct bytes key, struct bytes data, uint8_t out[32])
{
        static char sha256[] = "SHA256"; /* the parameter wants it writable, nobody writes */
        const OSSL_PARAM params[] = {OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256, 6), OSSL_PARAM_END};
        EVP_MAC_CTX *c = contexts()->mac;

        /* A NULL key would mean "the one before". */
        if (!EVP_MAC_init(c, key.n ? key.p : (const void *)"", key.n, params) || !EVP_MAC_update(c, data.p, data.n) ||
            !EVP_MAC_final(c, out, NULL, 32))
                crypt_die("hmac");
}

char *crypt_hex(struct arena *a, struct bytes in)
{
        char *out = arena_alloc(a, in.n * 2 + 1);

        return sodium_bin2hex(out, in.n * 2 + 1, in.p, in.n);
}

bool crypt_same(const char *a, const char *b)
{
        size_t n = a ? strlen(a) : 0;

        return a && b && n == strlen(b) && CRYPTO_memcmp(a, b, n) == 0;
}

char *base64_encode(struct arena *a, struct bytes in)
{
        size_t n = sodium_base64_ENCODED_LEN(in.n, sodium_base64_VARIANT_ORIGINAL);

        return sodium_bin2base64(arena_alloc(a, n), n, in.p, in.n, sodium_base64_VARIANT_ORIGINAL);
}

/* What a letter may be; ASCII only, whatever the locale. */
static const bool base64_letter[256] = {
        ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['0' ... '9'] = true, ['+'] = true, ['/'] = true,
};

/*
 * libsodium refuses spare bits, OpenSSL takes them but also blanks at both ends. So: the alphabet is checked here, the
 * padding is made anew, and OpenSSL decodes.
 */
int base64_decode(struct arena *a, const char *s, size_t n, struct bytes *out)
{
        size_t pad = 0;

        while (pad < 2 && pad < n && s[n - 1 - pad] == '=')
                pad++;
        if (pad && n % 4)
                return CRYPT_E_BASE64;
        n -= pad;
        if (n % 4 == 1 || n > INT_MAX - 4)
                return CRYPT_E_BASE64;
        for (size_t i = 0; i < n; i++)
                if (!base64_letter[(unsigned char)s[i]])
                        return CRYPT_E_BASE64;
        pad = (4 - n % 4) % 4;
        char *whole = arena_alloc(a, n + 4);
        unsigned char *raw = arena_alloc(a, (n + pad) / 4 * 3 + 1);
        if (n)
                memcpy(whole, s, n);
        memcpy(whole + n, "==", pad);
        int got = EVP_DecodeBlock(raw, (unsigned char *)whole, (int)(n + pad));
        if (got < (int)pad)
                return CRYPT_E_BASE64;
        *out = bytes_of(raw, (size_t)got - pad);
        return 0;
}

static int aes(int encrypt, const uint8_t *key, const uint8_t *iv, const void *in, size_t n, void *out)
{
        int got = 0, last = 0;

        if (n == 0 || n % 16 || n > INT_MAX - 16)
                return CRYPT_E_LENGTH;
        EVP_CIPHER_CTX *c = contexts()->cipher;
        if (!EVP_CipherInit_ex2(c, algorithms.aes, key, iv, encrypt, NULL) || !EVP_CIPHER_CTX_set_padding(c, 0) ||
            !EVP_CipherUpdate(c, out, &got, in, (int)n) || !EVP_CipherFinal_ex(c, (unsigned char *)out + got, &last) ||
            (size_t)(got + last) != n)
                return fatal(EIO, "AES failed");
        return 0;
}

int aes256_cbc_decrypt(const uint8_t key[32], const uint8_t iv[16], const void *in, size_t n, void *out)
{
        return aes(0, key, iv, in, n, out);
}

int aes256_cbc_encrypt(const uint8_t key[32], const uint8_t iv[16], const void *in, size_t n, void *out)
{
        return aes(1, key, iv, in, n, out);
}

int password_hash(struct arena *a, const char *password, const char **out)
{
        char *hash = arena_alloc(a, crypto_pwhash_STRBYTES);

        if (crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE))
                return fatal(ENOMEM, "no memory to hash a password");
        *out = hash;
        return 0;
}

bool password_verify(const char *hash, const char *password)
{
        return hash && crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

int crypt_certificate_until(const char *pem_file, int64_t *until_s)
{
        BIO *file = BIO_new_file(pem_file, "r");
        X509 *cert = file ? PEM_read_bio_X509(file, NULL, NULL, NULL) : NULL;
        struct tm tm;
        bool good = cert && ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm);

        X509_free(cert);
        BIO_free(file);
        ERR_clear_error();
        if (!good)
                return CRYPT_E_FILE;
        *until_s = timegm(&tm);
        return 0;
}
