#include "base/zip.h"

#include <endian.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define ZIP_LEVEL 3

/* What a thread keeps from call to call: contexts, and the dictionary digested for its last use. */
struct contexts {
        ZSTD_CCtx *close;
        ZSTD_DCtx *open;
        const struct zip_dict *dict;
        ZSTD_CDict *close_dict;
        ZSTD_DDict *open_dict;
};

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static void contexts_drop(void *p)
{
        struct contexts *c = p;

        ZSTD_freeCCtx(c->close);
        ZSTD_freeDCtx(c->open);
        ZSTD_freeCDict(c->close_dict);
        ZSTD_freeDDict(c->open_dict);
        free(c);
}

static void make_key(void)
{
        pthread_key_create(&key, contexts_drop);
}

/* zstd fails in here only without memory, which ends the process as in an arena. */
static void __attribute__((noreturn)) zip_die(const char *why)
{
        int r = fatal(ENOMEM, "zstd: %s", why);

        (void)r;
        abort();
}

static struct contexts *contexts(const struct zip_dict *dict)
{
        struct contexts *c;

        pthread_once(&key_once, make_key);
        c = pthread_getspecific(key);
        if (!c) {
                c = calloc(1, sizeof(*c));
                if (!c || pthread_setspecific(key, c))
                        zip_die("no memory");
                c->close = ZSTD_createCCtx();
                c->open = ZSTD_createDCtx();
        }
        if (dict && c->dict != dict) {
                ZSTD_freeCDict(c->close_dict);
                ZSTD_freeDDict(c->open_dict);
                c->close_dict = ZSTD_createCDict(dict->text, strlen(dict->text), ZIP_LEVEL);
                c->open_dict = ZSTD_createDDict(dict->text, strlen(dict->text));
                c->dict = dict;
        }
        if (!c->close || !c->open || (dict && (!c->close_dict || !c->open_dict)))
                zip_die("no memory");
        return c;
}

struct bytes zip_close(struct arena *a, struct bytes plain)
{
        size_t cap = ZSTD_compressBound(plain.n);
        void *out = arena_alloc(a, cap);

        size_t n = ZSTD_compressCCtx(contexts(NULL)->close, out, cap, plain.p, plain.n, ZIP_LEVEL);
        if (ZSTD_isError(n))
                zip_die(ZSTD_getErrorName(n));
        return bytes_of(out, n);
}

struct bytes zip_close_with(struct arena *a, const struct zip_dict *dict, struct bytes plain)
{
        size_t cap = ZSTD_compressBound(plain.n), n;
        struct contexts *c = contexts(dict);
        uint8_t *out = arena_alloc(a, cap + 1);

        out[0] = dict->number;
        n = ZSTD_compress_usingCDict(c->close, out + 1, cap, plain.p, plain.n, c->close_dict);
        if (ZSTD_isError(n))
                zip_die(ZSTD_getErrorName(n));
        return bytes_of(out, n + 1);
}

static int open_frame(struct arena *a, const struct zip_dict *dict, struct bytes zipped, size_t max, struct bytes *plain)
{
        unsigned long long n = ZSTD_getFrameContentSize(zipped.p, zipped.n);
        struct contexts *c = contexts(dict);
        uint32_t magic = 0;

        /* A skippable frame has a size too, 0, and another first word. */
        if (zipped.n > sizeof(magic))
                memcpy(&magic, zipped.p, sizeof(magic));
        if (le32toh(magic) != ZSTD_MAGICNUMBER || n == ZSTD_CONTENTSIZE_UNKNOWN || n == ZSTD_CONTENTSIZE_ERROR ||
            n > max || ZSTD_findFrameCompressedSize(zipped.p, zipped.n) != zipped.n)
                return ZIP_E_BROKEN;
        char *out = arena_alloc(a, (size_t)n + 1); /* a NUL behind: most kept objects are texts */
        size_t got = dict ? ZSTD_decompress_usingDDict(c->open, out, (size_t)n, zipped.p, zipped.n, c->open_dict)
                          : ZSTD_decompressDCtx(c->open, out, (size_t)n, zipped.p, zipped.n);
        if (got != n)
                return ZIP_E_BROKEN;
        *plain = bytes_of(out, (size_t)n);
        return 0;
}

int zip_open(struct arena *a, struct bytes zipped, size_t max, struct bytes *plain)
{
        return open_frame(a, NULL, zipped, max, plain);
}

int zip_open_with(struct arena *a, const struct zip_dict *dict, struct bytes zipped, size_t max, struct bytes *plain)
{
        if (zipped.n && *(const uint8_t *)zipped.p == dict->number)
                return open_frame(a, dict, bytes_of((const uint8_t *)zipped.p + 1, zipped.n - 1), max, plain);
        return open_frame(a, NULL, zipped, max, plain);
}
