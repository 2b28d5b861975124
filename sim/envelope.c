#include "sim/envelope.h"

#include <stdlib.h>
#include <string.h>

#define PAD_BLOCK 32

int envelope_key_init(struct envelope_key *key, const char *token, const char *encoding_aes_key, const char *receive_id)
{
        struct arena arena;
        struct bytes raw;

        if (!encoding_aes_key || strlen(encoding_aes_key) != 43)
                return ENVELOPE_E_KEY;
        arena_init(&arena, 0);
        int r = base64_decode(&arena, encoding_aes_key, 43, &raw);
        if (!r && raw.n == sizeof(key->aes))
                memcpy(key->aes, raw.p, raw.n);
        else
                r = ENVELOPE_E_KEY;
        arena_release(&arena);
        key->token = token;
        key->receive_id = receive_id;
        return r;
}

char *envelope_seal(struct arena *arena, const struct envelope_key *key, const uint8_t random[16], struct bytes message)
{
        size_t id = strlen(key->receive_id), plain = 16 + 4 + message.n + id;
        size_t pad = PAD_BLOCK - plain % PAD_BLOCK;
        uint8_t *buf = arena_alloc(arena, plain + pad), *at = buf;

        memcpy(at, random, 16);
        at += 16;
        for (int shift = 24; shift >= 0; shift -= 8)
                *at++ = (uint8_t)(message.n >> shift);
        if (message.n)
                memcpy(at, message.p, message.n);
        at += message.n;
        memcpy(at, key->receive_id, id);
        memset(at + id, (int)pad, pad);
        /* The length is a multiple of 32 by construction, the one thing the cipher could refuse. */
        if (aes256_cbc_encrypt(key->aes, key->aes, buf, plain + pad, buf))
                abort();
        return base64_encode(arena, bytes_of(buf, plain + pad));
}

int envelope_open(struct arena *arena, const struct envelope_key *key, const char *cipher, struct bytes *message)
{
        struct bytes raw;
        uint8_t *buf;
        size_t id = strlen(key->receive_id), length = 0;

        if (base64_decode(arena, cipher, strlen(cipher), &raw) || raw.n < PAD_BLOCK || raw.n % 16)
                return ENVELOPE_E_CIPHER;
        buf = arena_alloc(arena, raw.n);
        if (aes256_cbc_decrypt(key->aes, key->aes, raw.p, raw.n, buf))
                return ENVELOPE_E_CIPHER;
        size_t pad = buf[raw.n - 1];
        if (pad < 1 || pad > PAD_BLOCK || pad > raw.n - 20)
                return ENVELOPE_E_CIPHER;
        for (int i = 16; i < 20; i++)
                length = length << 8 | buf[i];
        if (length > raw.n - 20 - pad || raw.n - 20 - pad - length != id || memcmp(buf + 20 + length, key->receive_id, id))
                return ENVELOPE_E_CIPHER;
        *message = bytes_of(buf + 20, length);
        return 0;
}

static int by_bytes(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void envelope_sign(struct arena *arena, const char *token, const char *timestamp, const char *nonce,
                   const char *encrypt, char out[SHA1_HEX])
{
        const char *part[4] = {token, timestamp, nonce, encrypt};
        size_t n = encrypt ? 4 : 3;
        struct text joined;

        qsort(part, n, sizeof(*part), by_bytes);
        text_init(&joined, arena);
        for (size_t i = 0; i < n; i++)
                text_add(&joined, part[i]);
        crypt_sha1_hex(bytes_of(joined.p, joined.n), out);
}
