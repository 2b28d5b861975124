#include "net/query.h"

#include <string.h>
#include <strings.h>

int query_next(struct arena *a, const char **next, char **name, char **value)
{
        const char *s = *next, *end = strchrnul(s, '&'), *eq = memchr(s, '=', (size_t)(end - s));
        size_t n = (size_t)((eq ? eq : end) - s);

        *next = *end ? end + 1 : NULL;
        if (url_decode(a, s, n, name))
                return URL_E_BAD;
        if (!eq) {
                *value = arena_strdup(a, "");
                return 0;
        }
        return url_decode(a, eq + 1, (size_t)(end - eq - 1), value) ? URL_E_BAD : 0;
}

int path_decode(struct arena *a, const char *s, size_t n, const char **out)
{
        char *decoded;

        if (!memchr(s, '%', n)) {
                *out = arena_strndup(a, s, n);
                return utf8_valid(s, n) ? 0 : URL_E_BAD;
        }
        /* url_decode() knows forms, where '+' is a blank; in a path it is not. */
        char *plain = arena_alloc(a, n * 3 + 1);
        size_t at = 0;
        for (size_t i = 0; i < n; i++) {
                if (s[i] == '+') {
                        memcpy(plain + at, "%2B", 3);
                        at += 3;
                } else {
                        plain[at++] = s[i];
                }
        }
        if (url_decode(a, plain, at, &decoded))
                return URL_E_BAD;
        *out = decoded;
        return 0;
}

bool header_lists(const char *header, const char *token)
{
        size_t n = strlen(token);

        for (const char *p = header; p && *p;) {
                p += strspn(p, " \t,");
                size_t len = strcspn(p, " \t,;");
                const char *end = p + strcspn(p, ",");
                if (len == n && strncasecmp(p, token, n) == 0) {
                        const char *q = p + len;
                        q += strspn(q, " \t;");
                        /* "q=0", "q=0.0": refused by name. */
                        return !(strncasecmp(q, "q=0", 3) == 0 && strspn(q + 2, "0.") == strcspn(q + 2, " \t,;"));
                }
                p = end;
        }
        return false;
}
