/*
 * Text and bytes.
 *
 * Text is `const char *`, NUL-terminated, valid UTF-8 once it passed a border. Bytes are struct bytes.
 * struct text grows in an arena for building longer texts.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct bytes {
        const void *p;
        size_t n; /* bytes */
};

#define BYTES_NONE ((struct bytes){NULL, 0})
static inline struct bytes bytes_of(const void *p, size_t n)
{
        return (struct bytes){p, n};
}
struct bytes bytes_of_text(const char *); /* without the NUL; NULL gives none */

/* A text under construction. Set up with text_init(); `p` is NUL-terminated after every call. */
struct text {
        struct arena *arena;
        char *p;
        size_t n, cap;
};

void text_init(struct text *, struct arena *);
void text_add(struct text *, const char *);
void text_add_n(struct text *, const char *, size_t n);
void text_addf(struct text *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

bool text_eq(const char *a, const char *b); /* NULL equals only NULL */
bool text_empty(const char *);              /* NULL or "" */
bool text_starts(const char *s, const char *prefix);
char *text_fold(struct arena *, const char *); /* Latin letters A-Z to lower case; the rest as it is */
/* "%part%" for `like ... escape '\\'`, with the pattern's own characters made plain. NULL gives NULL. */
char *text_like(struct arena *, const char *part);

/*
 * UTF-8. Valid means: shortest form, no surrogates, at most U+10FFFF (Unicode 15, table 3-7).
 * utf8_scrub() copies `n` bytes and replaces each maximal invalid part by U+FFFD; NUL counts as invalid.
 */
bool utf8_valid(const void *, size_t n);
char *utf8_scrub(struct arena *, const void *, size_t n);
/* Length of the first character of `n` > 0 bytes, or of its maximal invalid part; *valid tells which. */
size_t utf8_next(const void *, size_t n, bool *valid);
size_t utf8_length(const char *);                                /* code points of valid text */
char *utf8_cut(struct arena *, const char *, size_t max_bytes);  /* longest whole-character prefix */

/* Whole decimal number within [min, max]; anything else (sign without digits, blanks, overflow) is TEXT_E_NUMBER. */
enum { TEXT_E_NUMBER = 1 };
int text_to_int(const char *, int64_t min, int64_t max, int64_t *out) MUST;

/* "13812345678" -> "138****5678": the only form of a phone number that may be shown or logged. */
char *text_mask_phone(struct arena *, const char *);

/* Percent-encodes everything but unreserved characters (RFC 3986); decodes with '+' as blank (forms). */
char *url_encode(struct arena *, const char *);
enum { URL_E_BAD = 1 }; /* a broken %XX, a NUL, or invalid UTF-8 */
int url_decode(struct arena *, const char *, size_t n, char **out) MUST;

#endif
