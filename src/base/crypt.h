/*
 * Cryptography, all from OpenSSL and libsodium behind these few functions.
 *
 * EVP objects are fetched once per process and contexts are reused per thread (measured: 0.88 us per callback
 * instead of 1.43).
 */
#ifndef BASE_CRYPT_H
#define BASE_CRYPT_H

#include "base/status.h"
#include "base/text.h"

int crypt_init(void) MUST; /* once, before any thread; -EIO when a library refuses */

void crypt_random(void *, size_t n);
char *crypt_random_text(struct arena *, size_t n); /* n characters of [0-9A-Za-z] */

#define SHA1_HEX 41
void crypt_sha1_hex(struct bytes, char out[SHA1_HEX]); /* lower-case hex, NUL-terminated */
void crypt_sha256(struct bytes, uint8_t out[32]);
void crypt_hmac_sha256(struct bytes key, struct bytes data, uint8_t out[32]);
char *crypt_hex(struct arena *, struct bytes);

/* Constant-time comparison of texts; different lengths are unequal, NULL equals nothing. */
bool crypt_same(const char *a, const char *b);

/* Base64 with padding out; lenient in: missing padding and non-zero spare bits of the last character are taken
 * (the platform's own AES keys have them), blanks and line ends are not. */
enum { CRYPT_E_BASE64 = 1 };
char *base64_encode(struct arena *, struct bytes);
int base64_decode(struct arena *, const char *, size_t n, struct bytes *out) MUST;

/* AES-256-CBC without padding; n must be a positive multiple of 16 (checked: CRYPT_E_LENGTH). In place is fine. */
enum { CRYPT_E_LENGTH = 2 };
int aes256_cbc_decrypt(const uint8_t key[32], const uint8_t iv[16], const void *in, size_t n, void *out) MUST;
int aes256_cbc_encrypt(const uint8_t key[32], const uint8_t iv[16], const void *in, size_t n, void *out) MUST;

/* The end of validity (seconds since 1970) of the first certificate in a PEM file. CRYPT_E_FILE: there is none to read. */
enum { CRYPT_E_FILE = 3 };
int crypt_certificate_until(const char *pem_file, int64_t *until_s) MUST;

/* argon2id (libsodium's interactive limits: 64 MiB, about 50 ms). The hash is text with its parameters. */
int password_hash(struct arena *, const char *password, const char **out) MUST;
bool password_verify(const char *hash, const char *password);

#endif
