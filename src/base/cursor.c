#include "base/cursor.h"

#include "base/text.h"

#include <string.h>

char *cursor_write(struct arena *a, int64_t key, int64_t id)
{
        return arena_printf(a, "%lld.%lld", (long long)key, (long long)id);
}

int cursor_read(const char *cursor, int64_t *key, int64_t *id)
{
        const char *dot = cursor ? strchr(cursor, '.') : NULL;
        char first[24];
        int64_t k, i;

        if (text_empty(cursor))
                return 0;
        if (!dot || (size_t)(dot - cursor) >= sizeof(first))
                return CURSOR_E_BAD;
        memcpy(first, cursor, (size_t)(dot - cursor));
        first[dot - cursor] = '\0';
        if (text_to_int(first, 0, INT64_MAX, &k) || text_to_int(dot + 1, 0, INT64_MAX, &i))
                return CURSOR_E_BAD;
        *key = k;
        *id = i;
        return 0;
}
