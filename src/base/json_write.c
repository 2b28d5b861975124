/* Struct -> JSON. */
#include "base/json_tree.h"

#include <inttypes.h>
#include <string.h>

void json_quote(struct text *t, const char *s)
{
        size_t n = strlen(s), kept = 0; /* kept: start of the part that is copied as it is */

        text_add_n(t, "\"", 1);
        for (size_t i = 0; i < n;) {
                unsigned char c = (unsigned char)s[i];
                bool valid = true;
                size_t step = c < 0x80 ? 1 : utf8_next(s + i, n - i, &valid);
                if (valid && c >= 0x20 && c != '"' && c != '\\') {
                        i += step;
                        continue;
                }
                text_add_n(t, s + kept, i - kept);
                if (!valid)
                        text_add(t, "\xef\xbf\xbd");
                else if (c == '"' || c == '\\')
                        text_addf(t, "\\%c", c);
                else if (c == '\n')
                        text_add(t, "\\n");
                else if (c == '\t')
                        text_add(t, "\\t");
                else
                        text_addf(t, "\\u%04x", c);
                i += step;
                kept = i;
        }
        text_add_n(t, s + kept, n - kept);
        text_add_n(t, "\"", 1);
}

static bool all_zero(const void *p, size_t n)
{
        const unsigned char *s = p;

        for (size_t i = 0; i < n; i++)
                if (s[i])
                        return false;
        return true;
}

static bool is_nothing(const struct json_field *f, const void *in)
{
        switch (f->type) {
        case JSON_T_KEY:
        case JSON_T_INT:
                return *json_member_in(in, f, int64_t) == 0;
        case JSON_T_BOOL:
                return !*json_member_in(in, f, bool);
        case JSON_T_DBL:
                return *json_member_in(in, f, double) == 0;
        case JSON_T_OBJ:
                return all_zero(json_member_in(in, f, char), f->sub->size);
        case JSON_T_LIST:
        case JSON_T_STRS:
                return json_count_in(in, f) == 0;
        case JSON_T_STR:
        case JSON_T_ID:
        case JSON_T_RAW:
                return text_empty(*json_member_in(in, f, char *));
        case JSON_T_PTR:
                return !*json_member_in(in, f, void *);
        }
        return false;
}

static void write_object(struct text *, const struct json_desc *, const void *in);

static void write_or_null(struct text *t, const char *s)
{
        if (s)
                json_quote(t, s);
        else
                text_add(t, "null");
}

static void write_list(struct text *t, const struct json_field *f, const void *in)
{
        size_t n = json_count_in(in, f);

        text_add(t, "[");
        for (size_t i = 0; i < n; i++) {
                if (i)
                        text_add(t, ",");
                if (f->type == JSON_T_LIST)
                        write_object(t, f->sub, *json_member_in(in, f, char *) + i * f->sub->size);
                else
                        write_or_null(t, (*json_member_in(in, f, char **))[i]);
        }
        text_add(t, "]");
}

static void write_value(struct text *t, const struct json_field *f, const void *in)
{
        switch (f->type) {
        case JSON_T_STR:
        case JSON_T_ID:
                write_or_null(t, *json_member_in(in, f, char *));
                break;
        case JSON_T_KEY:
                if (*json_member_in(in, f, int64_t))
                        text_addf(t, "\"%" PRId64 "\"", *json_member_in(in, f, int64_t));
                else
                        text_add(t, "null");
                break;
        case JSON_T_INT:
                text_addf(t, "%" PRId64, *json_member_in(in, f, int64_t));
                break;
        case JSON_T_BOOL:
                text_add(t, *json_member_in(in, f, bool) ? "true" : "false");
                break;
        case JSON_T_DBL:
                json_write_double(t, *json_member_in(in, f, double));
                break;
        case JSON_T_RAW: {
                const char *raw = *json_member_in(in, f, char *);
                text_add(t, text_empty(raw) ? "null" : raw);
                break;
        }
        case JSON_T_OBJ:
                write_object(t, f->sub, json_member_in(in, f, char));
                break;
        case JSON_T_PTR:
                if (*json_member_in(in, f, void *))
                        write_object(t, f->sub, *json_member_in(in, f, void *));
                else
                        text_add(t, "null");
                break;
        case JSON_T_LIST:
        case JSON_T_STRS:
                write_list(t, f, in);
                break;
        }
}

static void write_object(struct text *t, const struct json_desc *d, const void *in)
{
        const char *comma = "\""; /* and the name's first quote */

        text_add(t, "{");
        for (size_t i = 0; i < d->n; i++) {
                const struct json_field *f = &d->fields[i];
                if ((f->flags & (JSON_OMIT | JSON_REQUIRED)) == JSON_OMIT && is_nothing(f, in))
                        continue;
                text_add(t, comma);
                text_add(t, f->name);
                text_add_n(t, "\":", 2);
                write_value(t, f, in);
                comma = ",\"";
        }
        text_add(t, "}");
}

char *json_write(struct arena *a, const struct json_desc *d, const void *in)
{
        struct text t;

        text_init(&t, a);
        write_object(&t, d, in);
        return t.p;
}
