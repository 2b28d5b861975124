/*
 * Sealing at rest: XChaCha20-Poly1305 with the key's id in front and "merchant|table|id" as associated data, so a
 * sealed value moved to another row does not open. Keys live in the data folder's key file (mode 0600), newest last;
 * older ones stay to open what they sealed.
 *
 * A phone number is found again by its HMAC token, never by its text.
 */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include "base/status.h"
#include "base/text.h"

#define SEAL_KEYS_MAX 16

struct seal_keys {
        uint8_t key[SEAL_KEYS_MAX][32];
        uint8_t token_key[32];
        unsigned n; /* keys in use; the last one seals */
};

/* Reads the key file, or makes one with a fresh key when it does not exist. -errno when it cannot be read, is
 * readable by others, or is not a key file. */
int seal_load(struct seal_keys *, const char *path) MUST;

enum { SEAL_E_BROKEN = 1 }; /* tampered, moved to another row, or sealed with an unknown key */

struct bytes seal_close(struct arena *, const struct seal_keys *, struct bytes plain, const char *where);
int seal_open(struct arena *, const struct seal_keys *, struct bytes sealed, const char *where,
              struct bytes *plain) MUST;

/* "merchant|table|id" in the arena. */
char *seal_where(struct arena *, int64_t merchant, const char *table, int64_t id);

/* Token by which a sealed text is found: hex HMAC-SHA256 over merchant and text. */
char *seal_token(struct arena *, const struct seal_keys *, int64_t merchant, const char *text);

#endif
