#include "base/seal.h"
#include "base/crypt.h"

#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEAL_NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define SEAL_TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SEAL_FRONT (1 + SEAL_NONCE) /* key id, nonce */
#define SEAL_FILE_MAX 8192          /* bytes: sixteen keys and room for comments */

static int write_all(int fd, const char *s, size_t n)
{
        while (n) {
                ssize_t w = write(fd, s, n);
                if (w < 0 && errno == EINTR)
                        continue;
                if (w < 0)
                        return -errno;
                s += w;
                n -= (size_t)w;
        }
        return 0;
}

/* Makes a new name in a folder last. */
static int sync_folder(const char *path)
{
        char copy[PATH_MAX];

        snprintf(copy, sizeof(copy), "%s", path);
        int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        int r = fsync(fd) ? -errno : 0;
        close(fd);
        return r;
}

static int write_new(int fd)
{
        uint8_t raw[2][32];
        char hex[2][65], text[512];

        crypt_random(raw, sizeof(raw));
        sodium_bin2hex(hex[0], sizeof(hex[0]), raw[0], 32);
        sodium_bin2hex(hex[1], sizeof(hex[1]), raw[1], 32);
        int n = snprintf(
                text, sizeof(text),
                "# Zhanggui's keys. Without this file nothing that is sealed opens again: keep a copy elsewhere.\n"
                "# The last key seals; the others open what they sealed. Never change the order.\n"
                "token %s\nkey %s\n",
                hex[0], hex[1]);
        int r = write_all(fd, text, (size_t)n);
        if (!r && fsync(fd))
                r = -errno;
        sodium_memzero(raw, sizeof(raw));
        sodium_memzero(hex, sizeof(hex));
        sodium_memzero(text, sizeof(text));
        return r;
}

/*
 * The file appears under its name only when it is whole and on disk, and link() never replaces one that is there: a
 * half-written key file, or two programs that each made one, would lose what was sealed in between.
 */
static int make_file(const char *path)
{
        char temp[PATH_MAX];

        if (snprintf(temp, sizeof(temp), "%s.XXXXXX", path) >= (int)sizeof(temp))
                return fatal(ENAMETOOLONG, "key file %s", path);
        int fd = mkostemp(temp, O_CLOEXEC); /* O_EXCL, mode 0600 */
        if (fd < 0)
                return fatal(errno, "cannot make key file %s", temp);
        int r = write_new(fd);
        close(fd);
        if (!r && link(temp, path) && errno != EEXIST)
                r = -errno;
        unlink(temp);
        if (!r)
                r = sync_folder(path);
        return r ? fatal(-r, "cannot make key file %s", path) : 0;
}

static bool parse_hex(const char *s, uint8_t out[32])
{
        size_t n;

        return strlen(s) == 64 && sodium_hex2bin(out, 32, s, 64, NULL, &n, NULL) == 0 && n == 32;
}

static int parse(struct seal_keys *k, char *text, const char *path)
{
        bool token = false;
        char *rest = text;

        for (char *line; (line = strsep(&rest, "\n"));) {
                bool ok = *line == '#' || *line == '\0';
                if (text_starts(line, "token ") && !token)
                        ok = token = parse_hex(line + 6, k->token_key);
                else if (text_starts(line, "key ") && k->n < SEAL_KEYS_MAX)
                        ok = parse_hex(line + 4, k->key[k->n++]);
                if (!ok)
                        return fatal(EINVAL, "%s is not a key file", path);
        }
        return token && k->n ? 0 : fatal(EINVAL, "%s holds no key", path);
}

static int read_file(int fd, struct seal_keys *k, const char *path)
{
        char text[SEAL_FILE_MAX];
        struct stat st;
        size_t n = 0;
        ssize_t got;

        if (fstat(fd, &st))
                return fatal(errno, "key file %s", path);
        if (!S_ISREG(st.st_mode) || st.st_mode & 077)
                return fatal(EACCES, "key file %s may be read by others than its owner (must have mode 0600)", path);
        while (n < sizeof(text) - 1 && (got = read(fd, text + n, sizeof(text) - 1 - n)) != 0) {
                if (got < 0)
                        return fatal(errno, "key file %s", path);
                n += (size_t)got;
        }
        text[n] = '\0';
        int r = n == sizeof(text) - 1 || strlen(text) != n ? fatal(EINVAL, "%s is not a key file", path)
                                                           : parse(k, text, path);
        sodium_memzero(text, sizeof(text));
        return r;
}

int seal_load(struct seal_keys *k, const char *path)
{
        memset(k, 0, sizeof(*k));
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 && errno == ENOENT) {
                int r = make_file(path);
                if (r)
                        return r;
                fd = open(path, O_RDONLY | O_CLOEXEC);
        }
        if (fd < 0)
                return fatal(errno, "key file %s", path);
        int r = read_file(fd, k, path);
        close(fd);
        if (r)
                sodium_memzero(k, sizeof(*k));
        return r;
}

struct bytes seal_close(struct arena *a, const struct seal_keys *k, struct bytes plain, const char *where)
{
        size_t n = SEAL_FRONT + plain.n + SEAL_TAG;
        uint8_t *out = arena_alloc(a, n);

        out[0] = (uint8_t)(k->n - 1);
        crypt_random(out + 1, SEAL_NONCE);
        crypto_aead_xchacha20poly1305_ietf_encrypt(out + SEAL_FRONT, NULL, plain.p, plain.n, (const uint8_t *)where,
                                                   strlen(where), NULL, out + 1, k->key[k->n - 1]);
        return bytes_of(out, n);
}

int seal_open(struct arena *a, const struct seal_keys *k, struct bytes sealed, const char *where, struct bytes *plain)
{
        const uint8_t *in = sealed.p;

        if (sealed.n < SEAL_FRONT + SEAL_TAG || in[0] >= k->n)
                return SEAL_E_BROKEN;
        size_t n = sealed.n - SEAL_FRONT - SEAL_TAG;
        uint8_t *out = arena_alloc(a, n + 1); /* a NUL behind: most sealed values are texts */
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + SEAL_FRONT, sealed.n - SEAL_FRONT,
                                                       (const uint8_t *)where, strlen(where), in + 1, k->key[in[0]]))
                return SEAL_E_BROKEN;
        *plain = bytes_of(out, n);
        return 0;
}

char *seal_where(struct arena *a, int64_t merchant, const char *table, int64_t id)
{
        return arena_printf(a, "%" PRId64 "|%s|%" PRId64, merchant, table, id);
}

char *seal_token(struct arena *a, const struct seal_keys *k, int64_t merchant, const char *text)
{
        uint8_t mac[32];

        crypt_hmac_sha256(bytes_of(k->token_key, sizeof(k->token_key)),
                          bytes_of_text(arena_printf(a, "%" PRId64 "|%s", merchant, text)), mac);
        return crypt_hex(a, bytes_of(mac, sizeof(mac)));
}
