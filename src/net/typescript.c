/* The route tables as TypeScript: one interface per descriptor, and a map from "METHOD path" to what goes in and out. */
#include "net/descs.h"

#include <string.h>

static void type_of(struct text *t, const struct json_field *f)
{
        switch (f->type) {
        case JSON_T_INT:
        case JSON_T_DBL:
                text_add(t, "number");
                break;
        case JSON_T_BOOL:
                text_add(t, "boolean");
                break;
        case JSON_T_RAW:
                text_add(t, "Json");
                break;
        case JSON_T_OBJ:
        case JSON_T_PTR:
                text_add(t, f->sub->name);
                break;
        case JSON_T_LIST:
                text_addf(t, "%s[]", f->sub->name);
                break;
        case JSON_T_STRS:
                text_add(t, "string[]");
                break;
        default:
                for (const char *const *c = f->choices; c && *c; c++)
                        text_addf(t, "%s'%s'", c == f->choices ? "" : " | ", *c);
                if (!f->choices)
                        text_add(t, "string");
        }
}

static bool nullable(const struct json_field *f)
{
        return !(f->flags & JSON_REQUIRED) && (f->type == JSON_T_STR || f->type == JSON_T_ID || f->type == JSON_T_KEY ||
                                               f->type == JSON_T_RAW || f->type == JSON_T_PTR);
}

static void interface(struct text *t, const struct json_desc *d, bool replied)
{
        text_addf(t, "\nexport interface %s {\n", d->name);
        for (size_t i = 0; i < d->n; i++) {
                const struct json_field *f = &d->fields[i];
                bool optional = replied ? f->flags & JSON_OMIT : !(f->flags & JSON_REQUIRED);

                if (f->doc && *f->doc)
                        text_addf(t, "        /** %s */\n", f->doc);
                text_addf(t, "        %s%s: ", f->name, optional ? "?" : "");
                type_of(t, f);
                text_add(t, nullable(f) ? " | null;\n" : ";\n");
        }
        text_add(t, "}\n");
}

char *route_typescript(struct arena *a, const struct registry *registry)
{
        struct descs *d = arena_new(a, struct descs);
        struct text t;

        text_init(&t, a);
        descs_collect(registry, d);
        text_add(&t, "// Generated from the server's route tables by tools/gen-docs.sh. Do not edit.\n\n"
                     "export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };\n");
        for (size_t i = 0; i < d->n; i++)
                interface(&t, d->items[i], d->replied[i]);
        text_add(&t, "\n/** What each route takes (path, query and body together) and gives. */\nexport interface Routes {\n");
        for (size_t i = 0; i < registry->n; i++)
                for (size_t j = 0; j < registry->domains[i]->n_routes; j++) {
                        const struct route *r = &registry->domains[i]->routes[j];

                        text_addf(&t, "        '%s %s': { in: %s; out: %s };\n", r->method, r->path, r->in ? r->in->name : "null",
                                  r->out ? r->out->name : "void");
                }
        text_add(&t, "}\n");
        return t.p;
}
