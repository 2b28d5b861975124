#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define TEXT_FIRST 128 /* bytes a new text can hold before it grows */

struct bytes bytes_of_text(const char *s)
{
        return s ? bytes_of(s, strlen(s)) : BYTES_NONE;
}

void text_init(struct text *t, struct arena *a)
{
        *t = (struct text){.arena = a, .p = arena_alloc(a, TEXT_FIRST), .cap = TEXT_FIRST};
}

/* Makes room for `more` bytes and the NUL. */
static void text_room(struct text *t, size_t more)
{
        size_t wants = t->n + more + 1;

        if (wants <= t->cap)
                return;
        if (wants < t->cap * 2)
                wants = t->cap * 2;
        t->p = arena_grow(t->arena, t->p, t->cap, wants);
        t->cap = wants;
}

void text_add_n(struct text *t, const char *s, size_t n)
{
        text_room(t, n);
        if (n)
                memcpy(t->p + t->n, s, n);
        t->n += n;
        t->p[t->n] = '\0';
}

void text_add(struct text *t, const char *s)
{
        text_add_n(t, s, strlen(s));
}

void text_addf(struct text *t, const char *fmt, ...)
{
        va_list args;

        va_start(args, fmt);
        int n = vsnprintf(t->p + t->n, t->cap - t->n, fmt, args);
        va_end(args);
        if (n < 0) {
                t->p[t->n] = '\0';
                return;
        }
        if ((size_t)n >= t->cap - t->n) {
                text_room(t, (size_t)n);
                va_start(args, fmt);
                vsnprintf(t->p + t->n, t->cap - t->n, fmt, args);
                va_end(args);
        }
        t->n += (size_t)n;
}

bool text_eq(const char *a, const char *b)
{
        return a && b ? strcmp(a, b) == 0 : a == b;
}

bool text_empty(const char *s)
{
        return !s || !*s;
}

bool text_starts(const char *s, const char *prefix)
{
        return s && strncmp(s, prefix, strlen(prefix)) == 0;
}

char *text_fold(struct arena *a, const char *s)
{
        char *out = arena_strdup(a, s);
        for (char *p = out; p && *p; p++)
                if (*p >= 'A' && *p <= 'Z')
                        *p += 'a' - 'A';
        return out;
}

char *text_like(struct arena *a, const char *part)
{
        struct text t;
        if (!part)
                return NULL;
        text_init(&t, a);
        text_add(&t, "%");
        for (const char *p = part; *p; p++) {
                if (*p == '%' || *p == '_' || *p == '\\')
                        text_add(&t, "\\");
                text_add_n(&t, p, 1);
        }
        text_add(&t, "%");
        return t.p;
}

/*
 * Unicode 15, table 3-7. The lead byte tells the length and the range of the second byte (that range alone keeps out
 * overlong forms, surrogates and what lies above U+10FFFF); all later bytes are 80..BF.
 */
size_t utf8_next(const void *p, size_t n, bool *valid)
{
        const uint8_t *s = p;
        uint8_t lo = 0x80, hi = 0xbf;
        size_t want;

        *valid = true;
        if (s[0] < 0x80)
                return 1;
        if (s[0] >= 0xc2 && s[0] <= 0xdf) {
                want = 2;
        } else if (s[0] >= 0xe0 && s[0] <= 0xef) {
                want = 3;
                lo = s[0] == 0xe0 ? 0xa0 : lo;
                hi = s[0] == 0xed ? 0x9f : hi;
        } else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
                want = 4;
                lo = s[0] == 0xf0 ? 0x90 : lo;
                hi = s[0] == 0xf4 ? 0x8f : hi;
        } else {
                *valid = false;
                return 1;
        }
        for (size_t i = 1; i < want; i++) {
                if (i >= n || s[i] < lo || s[i] > hi) {
                        *valid = false;
                        return i;
                }
                lo = 0x80;
                hi = 0xbf;
        }
        return want;
}

bool utf8_valid(const void *p, size_t n)
{
        const uint8_t *s = p;
        bool valid;

        for (size_t i = 0; i < n;) {
                if (s[i] < 0x80) {
                        i++;
                        continue;
                }
                i += utf8_next(s + i, n - i, &valid);
                if (!valid)
                        return false;
        }
        return true;
}

char *utf8_scrub(struct arena *a, const void *p, size_t n)
{
        const char *s = p;
        struct text t;
        size_t kept = 0; /* start of the part that is copied as it is */

        text_init(&t, a);
        for (size_t i = 0; i < n;) {
                bool valid;
                size_t step = utf8_next(s + i, n - i, &valid);
                if (!valid || s[i] == '\0') {
                        text_add_n(&t, s + kept, i - kept);
                        text_add(&t, "\xef\xbf\xbd");
                        kept = i + step;
                }
                i += step;
        }
        text_add_n(&t, n ? s + kept : "", n - kept);
        return t.p;
}

size_t utf8_length(const char *s)
{
        size_t n = 0;

        for (; *s; s++)
                n += ((unsigned char)*s & 0xc0) != 0x80;
        return n;
}

char *utf8_cut(struct arena *a, const char *s, size_t max_bytes)
{
        size_t n = strnlen(s, max_bytes);

        /* If what follows is a continuation byte, the cut is inside a character. */
        if (s[n] != '\0')
                while (n && ((unsigned char)s[n] & 0xc0) == 0x80)
                        n--;
        return arena_strndup(a, s, n);
}

int text_to_int(const char *s, int64_t min, int64_t max, int64_t *out)
{
        bool minus = s && *s == '-';
        int64_t v = 0;

        if (minus)
                s++;
        if (text_empty(s))
                return TEXT_E_NUMBER;
        for (; *s; s++) {
                if (*s < '0' || *s > '9')
                        return TEXT_E_NUMBER;
                int digit = minus ? -(*s - '0') : *s - '0';
                if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v))
                        return TEXT_E_NUMBER;
        }
        if (v < min || v > max)
                return TEXT_E_NUMBER;
        *out = v;
        return 0;
}

/*
 * Blanks, dashes and a leading +86 do not count, so that no way of writing a number shows more of it. At most the first
 * three and the last four digits remain; of what is too short to be a number of a phone, nothing.
 */
char *text_mask_phone(struct arena *a, const char *s)
{
        if (!s)
                return NULL;
        char *d = arena_alloc(a, strlen(s) + 1);
        size_t n = 0;
        for (const char *p = s; *p; p++)
                if ((*p >= '0' && *p <= '9') || *p == '*')
                        d[n++] = *p;
        if (n == 13 && text_starts(d, "86"))
                d += 2, n -= 2;
        if (n < 7)
                return arena_strdup(a, "****");
        if (n < 11)
                return arena_printf(a, "****%s", d + n - 3);
        return arena_printf(a, "%.3s****%s", d, d + n - 4);
}

char *url_encode(struct arena *a, const char *s)
{
        static const char hex[] = "0123456789ABCDEF";
        size_t n = strlen(s), at = 0;
        char *out = arena_alloc(a, n * 3 + 1);

        for (; *s; s++) {
                unsigned char c = (unsigned char)*s;
                if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("-._~", c)) {
                        out[at++] = *s;
                } else {
                        out[at++] = '%';
                        out[at++] = hex[c >> 4];
                        out[at++] = hex[c & 15];
                }
        }
        return out;
}

static int hex_value(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        c |= 0x20;
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int url_decode(struct arena *a, const char *s, size_t n, char **out)
{
        char *d = arena_alloc(a, n + 1);
        size_t at = 0;

        for (size_t i = 0; i < n; i++) {
                char c = s[i];
                if (c == '+') {
                        c = ' ';
                } else if (c == '%') {
                        int hi = n - i > 2 ? hex_value(s[i + 1]) : -1, lo = n - i > 2 ? hex_value(s[i + 2]) : -1;
                        if (hi < 0 || lo < 0)
                                return URL_E_BAD;
                        c = (char)(hi * 16 + lo);
                        i += 2;
                }
                if (c == '\0')
                        return URL_E_BAD;
                d[at++] = c;
        }
        if (!utf8_valid(d, at))
                return URL_E_BAD;
        *out = d;
        return 0;
}
