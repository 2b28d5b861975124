/* Single values and all leaves of a text without a descriptor. */
#include "base/json_tree.h"

#include <stdlib.h>
#include <string.h>

#define JSON_PATH_MAX 1024 /* bytes: each leaf carries its whole path */

static json_t *step(const json_t *v, const char *name, size_t n)
{
        if (json_is_object(v))
                return json_object_getn(v, name, n);
        if (!json_is_array(v) || n == 0 || n > 9 || strspn(name, "0123456789") < n)
                return NULL;
        return json_array_get(v, strtoul(name, NULL, 10));
}

/* NULL for null. */
static const char *value_text(struct arena *a, json_t *v)
{
        struct text t;

        switch (json_typeof(v)) {
        case JSON_NULL:
                return NULL;
        case JSON_STRING:
                return json_tree_string(a, v);
        case JSON_INTEGER:
        case JSON_REAL:
                return json_tree_number(a, v);
        default:
                text_init(&t, a);
                json_tree_write(&t, v);
                return t.p;
        }
}

const char *json_get(struct arena *a, struct bytes text, const char *path)
{
        const char *found = NULL;
        json_t *root;

        if (json_tree_load(a, text, true, &root, NULL))
                return NULL;
        json_t *v = root;
        while (v && *path) {
                size_t n = strcspn(path, ".");
                v = step(v, path, n);
                path += n;
                path += *path == '.';
        }
        if (v)
                found = value_text(a, v);
        json_decref(root);
        return found;
}

static bool is_leaf(const json_t *v)
{
        return !json_is_object(v) && !json_is_array(v);
}

static size_t count_leaves(json_t *v)
{
        const char *key;
        json_t *sub;
        size_t n = 0;

        if (is_leaf(v))
                return !json_is_null(v);
        json_object_foreach(v, key, sub)
        {
                n += count_leaves(sub);
        }
        for (size_t i = 0; i < json_array_size(v); i++)
                n += count_leaves(json_array_get(v, i));
        return n;
}

struct collector {
        struct arena *arena;
        struct text path;
        struct json_leaf *leaves;
        size_t n;
};

static int collect(struct collector *, json_t *) MUST;

static int collect_under(struct collector *c, const char *name, json_t *v)
{
        size_t was = c->path.n;

        text_add(&c->path, was ? "." : "");
        text_add(&c->path, name);
        int r = c->path.n > JSON_PATH_MAX ? JSON_E_SYNTAX : collect(c, v);
        c->path.n = was;
        c->path.p[was] = '\0';
        return r;
}

static int collect(struct collector *c, json_t *v)
{
        const char *key;
        json_t *sub;
        int r = 0;

        if (json_is_null(v))
                return 0;
        if (is_leaf(v)) {
                c->leaves[c->n++] = (struct json_leaf){
                        .path = arena_strndup(c->arena, c->path.p, c->path.n),
                        .value = value_text(c->arena, v),
                        .kind = json_is_string(v)    ? 's'
                                : json_is_integer(v) ? 'n'
                                : json_is_real(v)    ? 'f'
                                                     : 'b',
                };
                return 0;
        }
        if (json_is_object(v)) {
                json_object_foreach(v, key, sub)
                {
                        r = collect_under(c, key, sub);
                        if (r)
                                return r;
                }
        }
        for (size_t i = 0; i < json_array_size(v) && !r; i++) {
                char name[24];
                snprintf(name, sizeof(name), "%zu", i);
                r = collect_under(c, name, json_array_get(v, i));
        }
        return r;
}

int json_leaves(struct arena *a, struct bytes text, struct json_leaf **out, size_t *n)
{
        json_t *root;

        int r = json_tree_load(a, text, true, &root, NULL);
        if (r)
                return r;
        struct collector c = {.arena = a, .leaves = arena_array(a, struct json_leaf, count_leaves(root))};
        text_init(&c.path, a);
        r = collect(&c, root);
        json_decref(root);
        *out = c.leaves;
        *n = c.n;
        return r;
}
