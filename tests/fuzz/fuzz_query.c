/*
 * Query strings, paths and lists in headers. Beyond "does not crash": what comes out is valid UTF-8 without a NUL inside,
 * a text encoded anew decodes to itself, and a list names what it plainly contains.
 */
#include "net/query.h"

#include <stdlib.h>
#include <string.h>

static void check_text(struct arena *a, const char *s)
{
        char *again;

        if (!utf8_valid(s, strlen(s)))
                abort();
        const char *encoded = url_encode(a, s), *path;
        if (url_decode(a, encoded, strlen(encoded), &again) || strcmp(s, again))
                abort();
        if (path_decode(a, encoded, strlen(encoded), &path) || strcmp(s, path))
                abort();
}

static void check_list(struct arena *a, const char *list)
{
        size_t n = strcspn(list, " \t,;");

        if (n && !list[n] && !header_lists(list, list))
                abort();
        if (n && header_lists(arena_printf(a, "%.*s;q=0", (int)n, list), arena_strndup(a, list, n)))
                abort();
        (void)header_lists(list, "gzip");
}

int LLVMFuzzerTestOneInput(const unsigned char *p, size_t n);
int LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
        struct arena a;
        const char *path, *next;
        char *name, *value;

        if (n > 65536)
                return 0;
        arena_init(&a, 0);
        const char *text = arena_strndup(&a, (const char *)p, n);
        for (next = *text ? text : NULL; next;) {
                const char *before = next;
                if (!query_next(&a, &next, &name, &value)) {
                        check_text(&a, name);
                        check_text(&a, value);
                }
                if (next && next <= before)
                        abort();
        }
        if (!path_decode(&a, text, strlen(text), &path))
                check_text(&a, path);
        check_list(&a, text);
        arena_release(&a);
        return 0;
}
