#include "base/zip.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define ZIP_LEVEL 3

struct bytes zip_close(struct arena *a, struct bytes plain)
{
        size_t cap = ZSTD_compressBound(plain.n);
        void *out = arena_alloc(a, cap);

        size_t n = ZSTD_compress(out, cap, plain.p, plain.n, ZIP_LEVEL);
        if (ZSTD_isError(n)) {
                /* Into a buffer of its bound it fails only without memory, which ends the process as in an arena. */
                int r = fatal(ENOMEM, "zstd: %s", ZSTD_getErrorName(n));
                (void)r;
                abort();
        }
        return bytes_of(out, n);
}

int zip_open(struct arena *a, struct bytes zipped, size_t max, struct bytes *plain)
{
        unsigned long long n = ZSTD_getFrameContentSize(zipped.p, zipped.n);
        uint32_t magic = 0;

        /* A skippable frame has a size too, 0, and another first word. */
        if (zipped.n > sizeof(magic))
                memcpy(&magic, zipped.p, sizeof(magic));
        if (le32toh(magic) != ZSTD_MAGICNUMBER || n == ZSTD_CONTENTSIZE_UNKNOWN || n == ZSTD_CONTENTSIZE_ERROR ||
            n > max || ZSTD_findFrameCompressedSize(zipped.p, zipped.n) != zipped.n)
                return ZIP_E_BROKEN;
        char *out = arena_alloc(a, (size_t)n + 1); /* a NUL behind: most kept objects are texts */
        if (ZSTD_decompress(out, (size_t)n, zipped.p, zipped.n) != n)
                return ZIP_E_BROKEN;
        *plain = bytes_of(out, (size_t)n);
        return 0;
}
