/* The rules a descriptor lays on a value, and what is said when one is broken. */
#include "base/json_tree.h"

#include <inttypes.h>
#include <string.h>

struct json_why json_why_type(const struct json_field *f)
{
        static const struct json_why words[] = {
                [JSON_T_STR] = {"must be a string", "必须是文字"},
                [JSON_T_ID] = {"must be an id: a string or a whole number", "必须是编号（文字或整数）"},
                [JSON_T_KEY] = {"must be an id: a string of digits", "必须是编号（由数字组成的文字）"},
                [JSON_T_INT] = {"must be a whole number", "必须是整数"},
                [JSON_T_BOOL] = {"must be true or false", "必须是 true 或 false"},
                [JSON_T_DBL] = {"must be a number", "必须是数字"},
                [JSON_T_RAW] = {"must be a JSON value", "必须是 JSON 值"},
                [JSON_T_OBJ] = {"must be an object", "必须是对象"},
                [JSON_T_PTR] = {"must be an object", "必须是对象"},
                [JSON_T_LIST] = {"must be a list of objects", "必须是对象列表"},
                [JSON_T_STRS] = {"must be a list of strings", "必须是文字列表"},
        };
        return words[f->type];
}

static bool bad_choice(struct arena *a, const struct json_field *f, struct json_why *why)
{
        struct text en, zh;

        text_init(&en, a);
        text_init(&zh, a);
        for (size_t i = 0; f->choices[i]; i++) {
                text_addf(&en, "%s%s", i ? ", " : "must be one of ", f->choices[i]);
                text_addf(&zh, "%s%s", i ? "、" : "只能是 ", f->choices[i]);
        }
        text_add(&zh, " 之一");
        *why = (struct json_why){en.p, zh.p};
        return false;
}

static bool bad_range(struct arena *a, const struct json_field *f, const char *unit, const char *unit_zh,
                      struct json_why *why)
{
        why->en = arena_printf(a, "must be %" PRId64 "..%" PRId64 "%s", f->min, f->max, unit);
        why->zh = arena_printf(a, "必须在 %" PRId64 " 到 %" PRId64 "%s之间", f->min, f->max, unit_zh);
        return false;
}

static bool text_rule(struct arena *a, const struct json_field *f, const char *s, struct json_why *why)
{
        if (!s)
                return true;
        if (f->choices) {
                for (size_t i = 0; f->choices[i]; i++)
                        if (strcmp(f->choices[i], s) == 0)
                                return true;
                return bad_choice(a, f, why);
        }
        int64_t n = (int64_t)strlen(s);
        return !f->max || (n >= f->min && n <= f->max) || bad_range(a, f, " bytes", " 字节", why);
}

bool json_rule(struct arena *a, const struct json_field *f, const void *base, struct json_why *why)
{
        switch (f->type) {
        case JSON_T_STR:
        case JSON_T_ID:
                return text_rule(a, f, *json_member_in(base, f, char *), why);
        case JSON_T_INT: {
                int64_t v = *json_member_in(base, f, int64_t);
                return !f->max || (v >= f->min && v <= f->max) || bad_range(a, f, "", " ", why);
        }
        case JSON_T_DBL: {
                double v = *json_member_in(base, f, double);
                return !f->max || (v >= (double)f->min && v <= (double)f->max) || bad_range(a, f, "", " ", why);
        }
        case JSON_T_LIST:
        case JSON_T_STRS: {
                int64_t n = (int64_t)json_count_in(base, f);
                return !f->max || (n >= f->min && n <= f->max) || bad_range(a, f, " elements", " 项", why);
        }
        default:
                return true;
        }
}

/* A path of a nested fault: "list[2]" + "count". */
static int refuse_at(struct arena *a, struct json_fault *fault, const char *path, struct json_why why)
{
        return json_refuse(fault, JSON_E_FIELD, arena_strdup(a, path), why.en, why.zh);
}

static bool is_absent(const struct json_field *f, const void *base)
{
        switch (f->type) {
        case JSON_T_KEY:
                return *json_member_in(base, f, int64_t) == 0;
        case JSON_T_STR:
        case JSON_T_ID:
        case JSON_T_RAW:
        case JSON_T_PTR:
        case JSON_T_LIST:
        case JSON_T_STRS:
                return !*json_member_in(base, f, void *);
        default:
                return false;
        }
}

static int check_under(struct arena *, const char *up, const struct json_desc *, const void *,
                       struct json_fault *) MUST;

static int check_field(struct arena *a, const char *path, const struct json_field *f, const void *base,
                       struct json_fault *fault)
{
        struct json_why why;

        if (is_absent(f, base))
                return f->flags & JSON_REQUIRED ? refuse_at(a, fault, path, (struct json_why){"is required", "必填"})
                                                : 0;
        /* In a struct an optional number that was not given is 0, which need not lie in its range. */
        if (f->type == JSON_T_INT && !(f->flags & JSON_REQUIRED) && *json_member_in(base, f, int64_t) == 0)
                return 0;
        if (!json_rule(a, f, base, &why))
                return refuse_at(a, fault, path, why);
        if (f->type == JSON_T_OBJ)
                return check_under(a, arena_printf(a, "%s.", path), f->sub, json_member_in(base, f, char), fault);
        if (f->type == JSON_T_PTR)
                return check_under(a, arena_printf(a, "%s.", path), f->sub, *json_member_in(base, f, void *), fault);
        if (f->type == JSON_T_LIST) {
                const char *list = *json_member_in(base, f, char *);
                for (size_t i = 0; i < json_count_in(base, f); i++) {
                        int r = check_under(a, arena_printf(a, "%s[%zu].", path, i), f->sub, list + i * f->sub->size,
                                            fault);
                        if (r)
                                return r;
                }
        }
        return 0;
}

static int check_under(struct arena *a, const char *up, const struct json_desc *d, const void *in,
                       struct json_fault *fault)
{
        for (size_t i = 0; i < d->n; i++) {
                int r = check_field(a, arena_printf(a, "%s%s", up, d->fields[i].name), &d->fields[i], in, fault);
                if (r)
                        return r;
        }
        return 0;
}

int json_check(struct arena *a, const struct json_desc *d, const void *in, struct json_fault *fault)
{
        return check_under(a, "", d, in, fault);
}
