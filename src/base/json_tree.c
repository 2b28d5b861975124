/* Text -> the library's tree, and back. */
#include "base/json_tree.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int json_refuse(struct json_fault *fault, int status, const char *path, const char *why, const char *why_zh)
{
        if (fault)
                *fault = (struct json_fault){.path = path, .why = why, .why_zh = why_zh};
        return status;
}

/*
 * The library recurses while it parses and knows only a limit of its own (2,048 levels, too deep for the small stacks
 * of our job threads), and its tree takes many times the text. So depth and number of values are bounded before it
 * sees the text. Counting is exact for JSON; what is not JSON is refused anyway.
 */
static bool within_limits(const char *s, size_t n)
{
        size_t depth = 0, values = 1;
        bool quoted = false;

        for (size_t i = 0; i < n; i++) {
                char c = s[i];
                if (quoted) {
                        if (c == '\\')
                                i++;
                        else if (c == '"')
                                quoted = false;
                } else if (c == '"') {
                        quoted = true;
                } else if (c == '[' || c == '{') {
                        values++;
                        if (++depth > JSON_DEPTH_MAX)
                                return false;
                } else if (c == ']' || c == '}') {
                        if (depth)
                                depth--;
                } else if (c == ',') {
                        values++;
                }
        }
        return values <= JSON_VALUES_MAX;
}

static int refuse_syntax(struct arena *a, const json_error_t *e, struct json_fault *fault)
{
        const char *en = "not JSON", *zh = "不是合法的 JSON";

        switch (json_error_code(e)) {
        case json_error_duplicate_key:
                en = "a key appears twice";
                zh = "同一个键出现了两次";
                break;
        case json_error_invalid_utf8:
                en = "not UTF-8";
                zh = "不是合法的 UTF-8";
                break;
        case json_error_null_character:
                en = "a NUL character in a string";
                zh = "文字里有空字符";
                break;
        case json_error_numeric_overflow:
                en = "a number beyond 64 bits";
                zh = "数字超出 64 位";
                break;
        default:
                break;
        }
        if (!fault)
                return JSON_E_SYNTAX;
        return json_refuse(fault, JSON_E_SYNTAX, "", arena_printf(a, "%s (line %d, column %d)", en, e->line, e->column),
                           arena_printf(a, "%s（第 %d 行第 %d 列）", zh, e->line, e->column));
}

/* The UTF-16 unit of a \uXXXX at `s` with `n` bytes left, or -1. */
static int escaped_unit(const char *s, size_t n)
{
        char hex[5] = {0};

        if (n < 6 || s[0] != '\\' || s[1] != 'u' || memchr(s + 2, '\0', 4))
                return -1;
        memcpy(hex, s + 2, 4);
        return strspn(hex, "0123456789abcdefABCDEF") == 4 ? (int)strtol(hex, NULL, 16) : -1;
}

/* Copies one escape of a string, half a surrogate pair as U+FFFD; returns its length in the source. */
static size_t mend_escape(struct text *t, const char *s, size_t n)
{
        int unit = escaped_unit(s, n), next = unit < 0 ? -1 : escaped_unit(s + 6, n - 6);
        bool high = unit >= 0xd800 && unit < 0xdc00, pair = high && next >= 0xdc00 && next < 0xe000;
        size_t step = pair ? 12 : unit >= 0 ? 6 : n > 1 ? 2 : 1;

        if (unit >= 0xd800 && unit < 0xe000 && !pair)
                text_add(t, "\xef\xbf\xbd");
        else
                text_add_n(t, s, step);
        return step;
}

/* Copies a number, one that may be beyond 64 bits as a string; returns its length. */
static size_t mend_number(struct text *t, const char *s)
{
        size_t n = strspn(s, "0123456789+-.eE"), sign = *s == '-', digits = strspn(s + sign, "0123456789");
        bool quote = digits + sign == n && digits >= 19 && s[sign] != '0';

        text_add(t, quote ? "\"" : "");
        text_add_n(t, s, n);
        text_add(t, quote ? "\"" : "");
        return n;
}

/*
 * A name cut in the middle of an emoji leaves half a surrogate pair or half a character, and the platform passes it on;
 * a size or id may be an unsigned 64-bit number. One of these must not make a page of messages unreadable for ever. It
 * is done only after the library refused the text, and then the library decides again.
 */
static struct bytes mend_text(struct arena *a, struct bytes text)
{
        const char *s = utf8_scrub(a, text.p, text.n);
        size_t n = strlen(s);
        bool quoted = false;
        struct text t;

        text_init(&t, a);
        for (size_t i = 0; i < n;) {
                if (quoted && s[i] == '\\') {
                        i += mend_escape(&t, s + i, n - i);
                } else if (!quoted && (s[i] == '-' || (s[i] >= '0' && s[i] <= '9'))) {
                        i += mend_number(&t, s + i);
                } else {
                        quoted ^= s[i] == '"';
                        text_add_n(&t, quoted && (unsigned char)s[i] < 0x20 ? " " : s + i, 1);
                        i++;
                }
        }
        return bytes_of(t.p, t.n);
}

int json_tree_load(struct arena *a, struct bytes text, bool mend, json_t **out, struct json_fault *fault)
{
        size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | (mend ? JSON_ALLOW_NUL : 0);
        json_error_t error;

        if (text.n > JSON_TEXT_MAX || !within_limits(text.p, text.n))
                return json_refuse(fault, JSON_E_SYNTAX, "", "too large or too deep", "内容太大或嵌套太深");
        /* A raw NUL is not JSON anywhere, but the library skips one behind a number. */
        bool nul = text.n && memchr(text.p, '\0', text.n);
        if (nul && !mend)
                return json_refuse(fault, JSON_E_SYNTAX, "", "not JSON: a NUL byte", "不是合法的 JSON：有空字节");
        *out = nul ? NULL : json_loadb(text.n ? text.p : "", text.n, flags, &error);
        if (!*out && mend) {
                struct bytes mended = mend_text(a, text);
                *out = json_loadb(mended.p, mended.n, flags, &error);
        }
        return *out ? 0 : refuse_syntax(a, &error, fault);
}

const char *json_tree_string(struct arena *a, const json_t *v)
{
        size_t n = json_string_length(v);
        const char *s = json_string_value(v);

        return memchr(s, '\0', n) ? utf8_scrub(a, s, n) : arena_strndup(a, s, n);
}

/* Shortest of 15 to 17 digits that reads back the same; ".0" keeps a real a real. */
static void print_double(char *buf, size_t n, double d)
{
        for (int digits = 15; digits <= 17; digits++) {
                snprintf(buf, n, "%.*g", digits, d);
                if (strtod(buf, NULL) == d)
                        break;
        }
        if (!strpbrk(buf, ".e"))
                memcpy(buf + strlen(buf), ".0", 3);
}

void json_write_double(struct text *t, double d)
{
        char buf[40];

        if (!isfinite(d)) {
                text_add(t, "null");
                return;
        }
        print_double(buf, sizeof(buf), d);
        text_add(t, buf);
}

const char *json_tree_number(struct arena *a, const json_t *v)
{
        char buf[40];

        if (json_is_integer(v))
                return arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
        print_double(buf, sizeof(buf), json_real_value(v));
        return arena_strdup(a, buf);
}

/* Not json_dumps(): it prints 19.9 as 19.899999999999999, and the text would be copied once more. */
void json_tree_write(struct text *t, json_t *v)
{
        switch (json_typeof(v)) {
        case JSON_OBJECT: {
                const char *key, *comma = "";
                json_t *sub;
                text_add(t, "{");
                json_object_foreach(v, key, sub)
                {
                        text_add(t, comma);
                        json_quote(t, key);
                        text_add(t, ":");
                        json_tree_write(t, sub);
                        comma = ",";
                }
                text_add(t, "}");
                break;
        }
        case JSON_ARRAY:
                text_add(t, "[");
                for (size_t i = 0; i < json_array_size(v); i++) {
                        if (i)
                                text_add(t, ",");
                        json_tree_write(t, json_array_get(v, i));
                }
                text_add(t, "]");
                break;
        case JSON_STRING:
                json_quote(t, json_tree_string(t->arena, v));
                break;
        case JSON_INTEGER:
                text_addf(t, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
                break;
        case JSON_REAL:
                json_write_double(t, json_real_value(v));
                break;
        case JSON_TRUE:
                text_add(t, "true");
                break;
        case JSON_FALSE:
                text_add(t, "false");
                break;
        case JSON_NULL:
                text_add(t, "null");
                break;
        }
}
