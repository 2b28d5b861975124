/* Texts to grams and questions to terms: pure. */
#include "store/search.h"

#include <string.h>

enum class { NONE, SCRIPT, LATIN, DIGIT };

/* Characters per gram: two Chinese characters are a word; letters and digits need more to say as much. */
static const size_t widths[] = {[SCRIPT] = 2, [LATIN] = 3, [DIGIT] = 4};

struct run {
        enum class class;
        size_t at, n; /* in characters of the folded text */
};

struct letters {
        const char *text; /* folded */
        uint32_t *starts; /* n + 1 byte offsets */
        uint32_t n;
};

static uint32_t code_point(const unsigned char *p, size_t n)
{
        switch (n) {
        case 1:
                return p[0];
        case 2:
                return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
        case 3:
                return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
        default:
                return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
        }
}

/* Lower case, and full-width forms (U+FF01..U+FF5E, the ideographic space) as their ASCII ones. */
static char *fold(struct arena *a, const char *text, size_t max)
{
        size_t n = strlen(text), out = 0, step;
        bool valid;
        uint32_t c;
        char *to;

        if (n > max) {
                text = utf8_cut(a, text, max);
                n = strlen(text);
        }
        to = arena_alloc(a, n + 1);
        for (size_t i = 0; i < n; i += step) {
                step = utf8_next(text + i, n - i, &valid);
                c = valid ? code_point((const unsigned char *)text + i, step) : ' ';
                if (c >= 0xff01 && c <= 0xff5e)
                        c -= 0xfee0;
                else if (c == 0x3000)
                        c = ' ';
                if (c >= 'A' && c <= 'Z')
                        c += 'a' - 'A';
                if (c < 0x80) {
                        to[out++] = (char)c;
                } else {
                        memcpy(to + out, text + i, step);
                        out += step;
                }
        }
        to[out] = '\0';
        return to;
}

static enum class class_of(uint32_t c)
{
        if (c < 0x80)
                return c >= '0' && c <= '9' ? DIGIT : c >= 'a' && c <= 'z' ? LATIN : NONE;
        /* Latin-1 signs, general punctuation and symbols, CJK punctuation, what is left of full-width forms. */
        if (c <= 0xbf || (c >= 0x2000 && c <= 0x2bff) || (c >= 0x3000 && c <= 0x303f) || (c >= 0xff00 && c <= 0xff20) ||
            c == 0xfffd)
                return NONE;
        return SCRIPT;
}

static struct letters spell(struct arena *a, const char *folded)
{
        size_t n = strlen(folded), i = 0;
        struct letters l = {.text = folded, .starts = arena_array(a, uint32_t, n + 1)};
        bool valid;

        while (i < n) {
                l.starts[l.n++] = (uint32_t)i;
                i += utf8_next(folded + i, n - i, &valid);
        }
        l.starts[l.n] = (uint32_t)n;
        return l;
}

static enum class class_at(const struct letters *l, size_t i)
{
        return class_of(code_point((const unsigned char *)l->text + l->starts[i], l->starts[i + 1] - l->starts[i]));
}

/* The next run of one class from character `from` on; false: none. */
static bool next_run(const struct letters *l, size_t from, struct run *run)
{
        while (from < l->n && class_at(l, from) == NONE)
                from++;
        if (from == l->n)
                return false;
        *run = (struct run){.class = class_at(l, from), .at = from, .n = 1};
        while (run->at + run->n < l->n && class_at(l, run->at + run->n) == run->class)
                run->n++;
        return true;
}

static size_t least(size_t a, size_t b)
{
        return a < b ? a : b;
}

char *search_grams(struct arena *a, const char *text)
{
        struct letters l = spell(a, fold(a, text, SEARCH_TEXT_MAX));
        struct text out;
        struct run run = {0};

        text_init(&out, a);
        text_add(&out, "");
        for (size_t from = 0; next_run(&l, from, &run); from = run.at + run.n) {
                for (size_t i = run.at; i < run.at + run.n; i++) {
                        size_t end = least(i + widths[run.class], run.at + run.n);

                        if (out.n)
                                text_add_n(&out, " ", 1);
                        text_add_n(&out, l.text + l.starts[i], l.starts[end] - l.starts[i]);
                }
        }
        return out.p;
}

size_t search_terms(struct arena *a, const char *query, struct search_term **terms)
{
        struct letters l = spell(a, fold(a, query, SEARCH_QUERY_MAX));
        struct run run = {0};
        size_t n = 0;

        *terms = arena_array(a, struct search_term, l.n + 1);
        for (size_t from = 0; next_run(&l, from, &run); from = run.at + run.n) {
                size_t width = least(widths[run.class], run.n);

                for (size_t i = run.at; i + width <= run.at + run.n; i++) {
                        size_t bytes = l.starts[i + width] - l.starts[i];
                        char *gram = arena_alloc(a, bytes + 1);

                        memcpy(gram, l.text + l.starts[i], bytes);
                        gram[bytes] = '\0';
                        (*terms)[n++] = (struct search_term){.gram = gram, .prefix = width < widths[run.class]};
                }
        }
        return n;
}

bool search_matches(struct arena *a, const char *text, const char *query)
{
        char *words = fold(a, query, SEARCH_QUERY_MAX), *rest, *word;
        const char *folded = fold(a, text, SEARCH_TEXT_MAX);

        for (word = strtok_r(words, " \t\r\n", &rest); word; word = strtok_r(NULL, " \t\r\n", &rest))
                if (!strstr(folded, word))
                        return false;
        return true;
}
