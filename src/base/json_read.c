/* JSON -> struct. */
#include "base/json_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum how { HOW_STRICT, HOW_LENIENT, HOW_REPLY };

struct reader {
        struct arena *arena;
        enum how how;
        struct json_fault *fault;
};

/* Where we are: a chain on the stack, written out only when there is a fault to tell. */
struct spot {
        const struct spot *up;
        const char *name; /* of a field; NULL for an element of a list */
        size_t index;
};

static void spot_write(struct text *t, const struct spot *s)
{
        if (!s)
                return;
        spot_write(t, s->up);
        if (!s->name)
                text_addf(t, "[%zu]", s->index);
        else
                text_addf(t, "%s%s", t->n ? "." : "", s->name);
}

static int refuse(struct reader *r, const struct spot *s, struct json_why why)
{
        struct text path;

        if (!r->fault)
                return JSON_E_FIELD;
        text_init(&path, r->arena);
        spot_write(&path, s);
        return json_refuse(r->fault, JSON_E_FIELD, path.p, why.en, why.zh);
}

static int read_object(struct reader *, const struct spot *, const struct json_desc *, json_t *, void *out) MUST;

/* The take_ functions answer whether the value has the type, or in lenient reading can be taken for it. */

static bool take_text(struct reader *r, const json_t *v, bool id, const char **out)
{
        if (json_is_string(v))
                *out = json_tree_string(r->arena, v);
        else if (json_is_integer(v) && (r->how == HOW_LENIENT || (id && r->how == HOW_STRICT)))
                *out = json_tree_number(r->arena, v);
        else if (json_is_real(v) && !id && r->how == HOW_LENIENT)
                *out = json_tree_number(r->arena, v);
        else
                return false;
        return true;
}

static bool take_key(struct reader *r, const json_t *v, int64_t *out)
{
        if (json_is_string(v))
                return text_to_int(json_string_value(v), 1, INT64_MAX, out) == 0;
        if (r->how != HOW_LENIENT || !json_is_integer(v) || json_integer_value(v) <= 0)
                return false;
        *out = json_integer_value(v);
        return true;
}

static bool take_double(struct reader *r, const json_t *v, double *out)
{
        if (json_is_number(v)) {
                *out = json_number_value(v);
                return true;
        }
        if (r->how != HOW_LENIENT || !json_is_string(v) || !json_string_length(v))
                return false;
        char *end;
        double d = strtod(json_string_value(v), &end);
        if (*end || !isfinite(d))
                return false;
        *out = d;
        return true;
}

static bool take_int(struct reader *r, const json_t *v, int64_t *out)
{
        if (json_is_integer(v)) {
                *out = json_integer_value(v);
                return true;
        }
        if (r->how != HOW_LENIENT)
                return false;
        if (json_is_string(v))
                return text_to_int(json_string_value(v), INT64_MIN, INT64_MAX, out) == 0;
        /* 5.0 is 5; beyond 2^53 a double no longer says which number it is. */
        double d = json_is_real(v) ? json_real_value(v) : 0.5;
        if (!(d >= -9007199254740992.0 && d <= 9007199254740992.0) || (double)(int64_t)d != d)
                return false;
        *out = (int64_t)d;
        return true;
}

static bool take_bool(struct reader *r, const json_t *v, bool *out)
{
        if (json_is_boolean(v)) {
                *out = json_is_true(v);
                return true;
        }
        if (r->how != HOW_LENIENT || !json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > 1)
                return false;
        *out = json_integer_value(v) == 1;
        return true;
}

static bool take_scalar(struct reader *r, const struct json_field *f, json_t *v, void *out)
{
        struct text raw;

        switch (f->type) {
        case JSON_T_STR:
        case JSON_T_ID:
                return take_text(r, v, f->type == JSON_T_ID, json_member(out, f, const char *));
        case JSON_T_KEY:
                return take_key(r, v, json_member(out, f, int64_t));
        case JSON_T_INT:
                return take_int(r, v, json_member(out, f, int64_t));
        case JSON_T_BOOL:
                return take_bool(r, v, json_member(out, f, bool));
        case JSON_T_DBL:
                return take_double(r, v, json_member(out, f, double));
        case JSON_T_RAW:
                text_init(&raw, r->arena);
                json_tree_write(&raw, v);
                *json_member(out, f, const char *) = raw.p;
                return true;
        default:
                return false;
        }
}

/* A list longer than its field allows is refused before anything is made of it. */
static int check_length(struct reader *r, const struct spot *s, const struct json_field *f, void *out, size_t n)
{
        struct json_why why;

        *json_count(out, f) = n;
        return r->how == HOW_LENIENT || json_rule(r->arena, f, out, &why) ? 0 : refuse(r, s, why);
}

static int read_list(struct reader *r, const struct spot *s, const struct json_field *f, json_t *v, void *out)
{
        size_t n = json_array_size(v), kept = 0;
        int status = check_length(r, s, f, out, n);

        if (status)
                return status;
        char *list = arena_alloc_array(r->arena, f->sub->size, n);
        for (size_t i = 0; i < n; i++) {
                struct spot here = {.up = s, .index = i};
                json_t *e = json_array_get(v, i);
                if (json_is_object(e))
                        status = read_object(r, &here, f->sub, e, list + kept++ * f->sub->size);
                else if (r->how != HOW_LENIENT)
                        status = refuse(r, &here, (struct json_why){"must be an object", "必须是对象"});
                if (status)
                        return status;
        }
        *json_member(out, f, char *) = list;
        *json_count(out, f) = kept;
        return 0;
}

static int read_texts(struct reader *r, const struct spot *s, const struct json_field *f, json_t *v, void *out)
{
        size_t n = json_array_size(v), kept = 0;
        int status = check_length(r, s, f, out, n);

        if (status)
                return status;
        const char **list = arena_array(r->arena, const char *, n);
        for (size_t i = 0; i < n; i++) {
                struct spot here = {.up = s, .index = i};
                if (take_text(r, json_array_get(v, i), true, &list[kept]))
                        kept++;
                else if (r->how != HOW_LENIENT)
                        return refuse(r, &here, (struct json_why){"must be a string", "必须是文字"});
        }
        *json_member(out, f, const char **) = list;
        *json_count(out, f) = kept;
        return 0;
}

static bool may_be_null(const struct json_field *f)
{
        return f->type == JSON_T_STR || f->type == JSON_T_ID || f->type == JSON_T_KEY || f->type == JSON_T_RAW ||
               f->type == JSON_T_PTR;
}

/* Absent, null or (lenient) of a type that says nothing. The member stays zero. */
static int read_nothing(struct reader *r, const struct spot *s, const struct json_field *f, const json_t *v)
{
        if (f->flags & JSON_REQUIRED)
                return refuse(r, s, (struct json_why){"is required", "必填"});
        if (r->how != HOW_REPLY)
                return 0;
        /* What json_write() makes: without OMIT a field is always there, and only some types can be null. */
        if (!v)
                return f->flags & JSON_OMIT ? 0 : refuse(r, s, (struct json_why){"is missing", "缺少"});
        return may_be_null(f) ? 0 : refuse(r, s, json_why_type(f));
}

static int read_field(struct reader *r, const struct spot *up, const struct json_field *f, json_t *v, void *out)
{
        struct spot here = {.up = up, .name = f->name};
        struct json_why why;

        /* A RAW field keeps a null that is there only as absence: NULL is written as null again. */
        if (!v || json_is_null(v))
                return read_nothing(r, &here, f, v);
        if (f->type == JSON_T_OBJ && json_is_object(v))
                return read_object(r, &here, f->sub, v, json_member(out, f, char));
        if (f->type == JSON_T_PTR && json_is_object(v)) {
                void *sub = arena_alloc(r->arena, f->sub->size);
                *json_member(out, f, void *) = sub;
                return read_object(r, &here, f->sub, v, sub);
        }
        if (f->type == JSON_T_LIST && json_is_array(v))
                return read_list(r, &here, f, v, out);
        if (f->type == JSON_T_STRS && json_is_array(v))
                return read_texts(r, &here, f, v, out);
        if (!take_scalar(r, f, v, out))
                return r->how == HOW_LENIENT ? read_nothing(r, &here, f, v) : refuse(r, &here, json_why_type(f));
        return r->how == HOW_LENIENT || json_rule(r->arena, f, out, &why) ? 0 : refuse(r, &here, why);
}

static int refuse_unknown(struct reader *r, const struct spot *s, const struct json_desc *d, json_t *object)
{
        const char *key;
        json_t *v;

        json_object_foreach(object, key, v)
        {
                bool known = false;
                for (size_t i = 0; i < d->n && !known; i++)
                        known = strcmp(d->fields[i].name, key) == 0;
                if (!known) {
                        struct spot here = {.up = s, .name = key};
                        return refuse(r, &here, (struct json_why){"is not a field here", "没有这个字段"});
                }
        }
        return 0;
}

static int read_object(struct reader *r, const struct spot *s, const struct json_desc *d, json_t *object, void *out)
{
        size_t known = 0;

        for (size_t i = 0; i < d->n; i++) {
                json_t *v = json_object_get(object, d->fields[i].name);
                int status = read_field(r, s, &d->fields[i], v, out);
                if (status)
                        return status;
                known += v != NULL;
        }
        return r->how != HOW_LENIENT && known < json_object_size(object) ? refuse_unknown(r, s, d, object) : 0;
}

static int read_root(struct arena *a, json_t *root, const struct json_desc *d, enum how how, void *out, struct json_fault *fault)
{
        struct reader r = {.arena = a, .how = how, .fault = fault};

        memset(out, 0, d->size);
        if (!json_is_object(root))
                return refuse(&r, NULL, (struct json_why){"must be an object", "必须是对象"});
        return read_object(&r, NULL, d, root, out);
}

static int read_text(struct arena *a, struct bytes text, const struct json_desc *d, enum how how, void *out,
                     struct json_fault *fault)
{
        json_t *root;
        int status;

        memset(out, 0, d->size);
        status = json_tree_load(a, text, how == HOW_LENIENT, &root, fault);
        if (status)
                return status;
        status = read_root(a, root, d, how, out, fault);
        json_decref(root);
        return status;
}

int json_read(struct arena *a, struct bytes text, const struct json_desc *d, enum json_mode mode, void *out,
              struct json_fault *fault)
{
        return read_text(a, text, d, mode == JSON_LENIENT ? HOW_LENIENT : HOW_STRICT, out, fault);
}

int json_fits(struct arena *a, struct bytes text, const struct json_desc *d, struct json_fault *fault)
{
        return read_text(a, text, d, HOW_REPLY, arena_alloc(a, d->size), fault);
}

struct json_doc {
        struct arena *arena;
        json_t *root;
};

int json_open(struct arena *a, struct bytes text, struct json_doc **doc)
{
        *doc = arena_new(a, struct json_doc);
        (*doc)->arena = a;
        return json_tree_load(a, text, true, &(*doc)->root, NULL);
}

int json_take(const struct json_doc *doc, const struct json_desc *d, void *out)
{
        return read_root(doc->arena, doc->root, d, HOW_LENIENT, out, NULL);
}

void json_close(struct json_doc *doc)
{
        json_decref(doc->root); /* harmless on NULL */
        doc->root = NULL;
}

static bool param_value(struct arena *a, const struct json_field *f, const char *value, void *out)
{
        char *end;

        switch (f->type) {
        case JSON_T_STR:
        case JSON_T_ID:
                *json_member(out, f, const char *) = arena_strdup(a, value);
                return true;
        case JSON_T_KEY:
                return text_to_int(value, 1, INT64_MAX, json_member(out, f, int64_t)) == 0;
        case JSON_T_INT:
                return text_to_int(value, INT64_MIN, INT64_MAX, json_member(out, f, int64_t)) == 0;
        case JSON_T_BOOL:
                *json_member(out, f, bool) = text_eq(value, "true") || text_eq(value, "1");
                return *json_member(out, f, bool) || text_eq(value, "false") || text_eq(value, "0");
        case JSON_T_DBL:
                *json_member(out, f, double) = strtod(value, &end);
                return !*end && isfinite(*json_member(out, f, double));
        case JSON_T_STRS: {
                const char ***list = json_member(out, f, const char **);
                size_t *n = json_count(out, f);
                const char **longer = arena_array(a, const char *, *n + 1);
                if (*n)
                        memcpy(longer, *list, *n * sizeof(*longer));
                longer[(*n)++] = arena_strdup(a, value);
                *list = longer;
                return true;
        }
        default:
                return false;
        }
}

int json_read_param(struct arena *a, const struct json_desc *d, const char *name, const char *value, void *out,
                    struct json_fault *fault)
{
        struct reader r = {.arena = a, .fault = fault};
        struct spot here = {.name = name};
        struct json_why why;

        for (size_t i = 0; i < d->n; i++) {
                const struct json_field *f = &d->fields[i];
                if (strcmp(f->name, name) != 0)
                        continue;
                if (!*value)
                        return 0;
                if (!param_value(a, f, value, out))
                        return refuse(&r, &here, json_why_type(f));
                return json_rule(a, f, out, &why) ? 0 : refuse(&r, &here, why);
        }
        return refuse(&r, &here, (struct json_why){"is not a parameter here", "没有这个参数"});
}
