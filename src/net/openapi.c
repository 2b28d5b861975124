/* The route tables as OpenAPI 3.1. */
#include "net/descs.h"
#include "net/internal.h"

#include <string.h>

static void quoted(struct text *t, const char *name, const char *value)
{
        json_quote(t, name);
        text_add(t, ":");
        json_quote(t, value ? value : "");
}

static const char *schema_type(const struct json_field *f)
{
        switch (f->type) {
        case JSON_T_INT: return "{\"type\":\"integer\"}";
        case JSON_T_BOOL: return "{\"type\":\"boolean\"}";
        case JSON_T_DBL: return "{\"type\":\"number\"}";
        case JSON_T_KEY: return "{\"type\":\"string\",\"pattern\":\"^[0-9]+$\"}";
        default: return "{\"type\":\"string\"}";
        }
}

static bool is_read(const struct route *r)
{
        return !strcmp(r->method, "GET") || !strcmp(r->method, "DELETE");
}

static void parameters(struct text *t, const struct route *r)
{
        const char *comma = "";

        text_add(t, "\"parameters\":[");
        for (size_t i = 0; r->in && i < r->in->n; i++) {
                const struct json_field *f = &r->in->fields[i];
                bool in_path = descs_in_path(r->path, f->name);

                if (!in_path && !is_read(r) && !(r->flags & ROUTE_UPLOAD))
                        continue;
                text_addf(t, "%s{", comma);
                quoted(t, "name", f->name);
                text_addf(t, ",\"in\":\"%s\",\"required\":%s,", in_path ? "path" : "query",
                          in_path || (f->flags & JSON_REQUIRED) ? "true" : "false");
                quoted(t, "description", f->doc);
                text_addf(t, ",\"schema\":%s}", schema_type(f));
                comma = ",";
        }
        text_add(t, "],");
}

static bool has_body(const struct route *r)
{
        if (is_read(r) || !r->in || (r->flags & ROUTE_UPLOAD))
                return false;
        for (size_t i = 0; i < r->in->n; i++)
                if (!descs_in_path(r->path, r->in->fields[i].name))
                        return true;
        return false;
}

/* The body of a request: the descriptor without what stands in the path. */
static void request_body_schema(struct text *t, const struct route *r)
{
        struct json_field fields[64];
        struct json_desc body = *r->in;
        size_t n = 0;

        for (size_t i = 0; i < r->in->n && n < countof(fields); i++)
                if (!descs_in_path(r->path, r->in->fields[i].name))
                        fields[n++] = r->in->fields[i];
        body.fields = fields;
        body.n = n;
        text_add(t, "\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":");
        json_schema(t, &body);
        text_add(t, "}}},");
}

static void responses(struct text *t, const struct route *r)
{
        int ok = r->ok ? r->ok : r->out || (r->flags & ROUTE_BYTES) ? 200 : 204;

        text_addf(t, "\"responses\":{\"%d\":{\"description\":\"done\"", ok);
        if (r->flags & ROUTE_BYTES)
                text_add(t, ",\"content\":{\"*/*\":{\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}}");
        else if (r->out)
                text_addf(t, ",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/%s\"}}}", r->out->name);
        text_add(t, "}");
        for (const struct problem *p = r->problems; p && p->status; p++) {
                bool seen = p->http == ok;

                for (const struct problem *q = r->problems; q < p; q++)
                        seen |= q->http == p->http;
                if (seen)
                        continue;
                text_addf(t, ",\"%d\":{", p->http);
                quoted(t, "description", p->en);
                text_add(t, ",\"content\":{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}");
        }
        text_add(t, ",\"default\":{\"description\":\"a problem\",\"content\":{\"application/problem+json\":{\"schema\":"
                    "{\"$ref\":\"#/components/schemas/Problem\"}}}}}");
}

static void operation(struct text *t, const struct domain *d, const struct route *r)
{
        char method[8];
        size_t n = 0;

        for (; r->method[n] && n < sizeof(method) - 1; n++)
                method[n] = (char)(r->method[n] | 0x20);
        method[n] = '\0';
        text_addf(t, "\"%s\":{\"tags\":[\"%s\"],", method, d->name);
        quoted(t, "summary", r->summary);
        text_add(t, ",");
        if (r->flags & ROUTE_PUBLIC)
                text_add(t, "\"security\":[],");
        if (r->permission) {
                quoted(t, "x-permission", r->permission);
                text_add(t, ",");
        }
        parameters(t, r);
        if (has_body(r))
                request_body_schema(t, r);
        responses(t, r);
        text_add(t, "}");
}

/* All methods of one path stand together; a path is printed where it comes first. */
static void paths(struct text *t, const struct registry *registry)
{
        const char *comma = "";

        for (size_t i = 0; i < registry->n; i++) {
                const struct domain *d = registry->domains[i];

                for (size_t j = 0; j < d->n_routes; j++) {
                        bool first = true, more = false;

                        for (size_t k = 0; k < j; k++)
                                first &= strcmp(d->routes[k].path, d->routes[j].path) != 0;
                        if (!first)
                                continue;
                        text_addf(t, "%s\n", comma);
                        comma = ",";
                        json_quote(t, d->routes[j].path);
                        text_add(t, ":{");
                        for (size_t k = j; k < d->n_routes; k++)
                                if (!strcmp(d->routes[k].path, d->routes[j].path)) {
                                        text_add(t, more ? "," : "");
                                        operation(t, d, &d->routes[k]);
                                        more = true;
                                }
                        text_add(t, "}");
                }
        }
}

char *route_openapi(struct arena *a, const struct registry *registry, const char *version)
{
        struct descs *d = arena_new(a, struct descs);
        struct text t;

        text_init(&t, a);
        descs_collect(registry, d);
        text_add(&t, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Zhanggui\",\"license\":{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"},");
        quoted(&t, "version", version);
        text_add(&t, "},\"security\":[{\"session\":[]}],\"paths\":{");
        paths(&t, registry);
        text_add(&t, "},\n\"components\":{\"securitySchemes\":{\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"zg_session\"}},"
                     "\"schemas\":{\n\"Problem\":");
        json_schema(&t, &problem_desc);
        for (size_t i = 0; i < d->n; i++) {
                text_addf(&t, ",\n\"%s\":", d->items[i]->name);
                json_schema(&t, d->items[i]);
        }
        text_add(&t, "}}}\n");
        return t.p;
}
