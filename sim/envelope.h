/*
 * Signing and encrypting what the platform pushes, written from the platform's documents and sharing no line with the
 * server's own reader: a misreading would have to be made twice to go unnoticed.
 *
 *   plain     16 random bytes | length, 4 bytes big-endian | message | receive id
 *   padded    PKCS#7 with block size 32: one to thirty-two bytes
 *   cipher    AES-256-CBC, first 16 bytes of the key as IV, Base64
 *   signed    lower-case hex SHA-1 over the byte-wise sorted parts, joined
 */
#ifndef SIM_ENVELOPE_H
#define SIM_ENVELOPE_H

#include "base/crypt.h"

struct envelope_key {
        const char *token;
        uint8_t aes[32];
        const char *receive_id; /* corp id or appid */
};

enum { ENVELOPE_E_KEY = 1 }; /* not an EncodingAESKey: 43 characters of Base64 */

int envelope_key_init(struct envelope_key *, const char *token, const char *encoding_aes_key,
                      const char *receive_id) MUST;

/* The ciphertext as Base64; `random` makes equal messages differ (a test gives a fixed one). */
char *envelope_seal(struct arena *, const struct envelope_key *, const uint8_t random[16], struct bytes message);

/* The other direction, for passive replies. */
enum { ENVELOPE_E_CIPHER = 2 }; /* not ours, or damaged */
int envelope_open(struct arena *, const struct envelope_key *, const char *cipher, struct bytes *message) MUST;

/* signature over token, timestamp, nonce and, unless NULL, the ciphertext */
void envelope_sign(struct arena *, const char *token, const char *timestamp, const char *nonce, const char *encrypt,
                   char out[SHA1_HEX]);

#endif
