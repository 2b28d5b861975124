/* Private to platform: opening a ciphertext without deciding whom it must be meant for. */
#ifndef PLATFORM_CALLBACK_IMPL_H
#define PLATFORM_CALLBACK_IMPL_H

#include "platform/callback.h"

/* What lies in an Encrypt text. Both point into one decrypted buffer of the arena. */
struct cb_sealed {
        struct bytes message, receive_id;
};
int cb_unseal(struct arena *, const uint8_t aes_key[32], const char *encrypt, size_t n, struct cb_sealed *) MUST;

/* sha1 over the sorted texts against `given`, in constant time; NULL texts (but a NULL encrypt) refuse. */
int cb_check_signature(struct arena *, const char *token, const char *timestamp, const char *nonce,
                       const char *encrypt, const char *given) MUST;

/* The Encrypt text of an XML or JSON envelope; NULL in *encrypt when the envelope has none. */
int cb_envelope(struct arena *, struct bytes body, const char **encrypt) MUST;

/* Leaves of a text that is JSON when it begins with a brace, else XML. */
int cb_leaves(struct arena *, struct bytes text, struct json_leaf **, size_t *n) MUST;
const char *cb_leaf(const struct json_leaf *, size_t n, const char *path);

#endif
