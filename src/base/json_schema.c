/* Descriptor -> JSON Schema (draft 2020-12, as OpenAPI 3.1 wants it). */
#include "base/json.h"

#include <inttypes.h>

static void type_or_null(struct text *t, const struct json_field *f, const char *type)
{
        text_addf(t, f->flags & JSON_REQUIRED ? "\"type\":\"%s\"" : "\"type\":[\"%s\",\"null\"]", type);
}

static void text_limits(struct text *t, const struct json_field *f)
{
        if (f->choices) {
                text_add(t, ",\"enum\":[");
                for (size_t i = 0; f->choices[i]; i++) {
                        text_add(t, i ? "," : "");
                        json_quote(t, f->choices[i]);
                }
                text_add(t, f->flags & JSON_REQUIRED ? "]" : ",null]");
        } else if (f->max) {
                /* The schema counts characters, we count bytes: a character has one to four. */
                if (f->min)
                        text_addf(t, ",\"minLength\":%" PRId64, (f->min + 3) / 4);
                text_addf(t, ",\"maxLength\":%" PRId64 ",\"x-max-bytes\":%" PRId64, f->max, f->max);
        }
}

static void range(struct text *t, const struct json_field *f, const char *low, const char *high)
{
        if (f->max)
                text_addf(t, ",\"%s\":%" PRId64 ",\"%s\":%" PRId64, low, f->min, high, f->max);
}

static void reference(struct text *t, const struct json_desc *d)
{
        text_addf(t, "\"$ref\":\"#/components/schemas/%s\"", d->name);
}

static void property(struct text *t, const struct json_field *f)
{
        switch (f->type) {
        case JSON_T_STR:
        case JSON_T_ID:
                type_or_null(t, f, "string");
                text_limits(t, f);
                break;
        case JSON_T_KEY:
                type_or_null(t, f, "string");
                text_add(t, ",\"pattern\":\"^[0-9]{1,19}$\"");
                break;
        case JSON_T_INT:
                text_add(t, "\"type\":\"integer\",\"format\":\"int64\"");
                range(t, f, "minimum", "maximum");
                break;
        case JSON_T_BOOL:
                text_add(t, "\"type\":\"boolean\"");
                break;
        case JSON_T_DBL:
                text_add(t, "\"type\":\"number\"");
                range(t, f, "minimum", "maximum");
                break;
        case JSON_T_RAW:
                text_add(t, "\"x-any\":true");
                break;
        case JSON_T_OBJ:
                reference(t, f->sub);
                break;
        case JSON_T_PTR:
                text_add(t, f->flags & JSON_REQUIRED ? "" : "\"anyOf\":[{");
                reference(t, f->sub);
                text_add(t, f->flags & JSON_REQUIRED ? "" : "},{\"type\":\"null\"}]");
                break;
        case JSON_T_LIST:
                text_add(t, "\"type\":\"array\",\"items\":{");
                reference(t, f->sub);
                text_add(t, "}");
                range(t, f, "minItems", "maxItems");
                break;
        case JSON_T_STRS:
                text_add(t, "\"type\":\"array\",\"items\":{\"type\":\"string\"}");
                range(t, f, "minItems", "maxItems");
                break;
        }
        if (f->doc) {
                text_add(t, ",\"description\":");
                json_quote(t, f->doc);
        }
}

void json_schema(struct text *t, const struct json_desc *d)
{
        const char *comma = "";

        text_add(t, "{\"type\":\"object\",\"properties\":{");
        for (size_t i = 0; i < d->n; i++) {
                text_addf(t, "%s\"%s\":{", i ? "," : "", d->fields[i].name);
                property(t, &d->fields[i]);
                text_add(t, "}");
        }
        text_add(t, "},\"required\":[");
        for (size_t i = 0; i < d->n; i++) {
                if (!(d->fields[i].flags & JSON_REQUIRED))
                        continue;
                text_addf(t, "%s\"%s\"", comma, d->fields[i].name);
                comma = ",";
        }
        text_add(t, "],\"additionalProperties\":false}");
}
