#include "net/match.h"
#include "net/query.h"

#include "base/domain.h"

#include <string.h>

struct span {
        const char *p;
        size_t n;
};

struct fit {
        struct span names[MATCH_PARAMS], values[MATCH_PARAMS];
        size_t n;
        unsigned equal; /* segments that are the same in both */
};

/* Does `path` fit `pattern`? */
static bool fits(const char *pattern, const char *path, struct fit *f)
{
        f->n = 0;
        f->equal = 0;
        while (*pattern && *path) {
                const char *pe = strchrnul(pattern + 1, '/'), *se = strchrnul(path + 1, '/');
                size_t pn = (size_t)(pe - pattern), sn = (size_t)(se - path);

                if (pattern[1] == '{') {
                        if (sn < 2 || f->n == MATCH_PARAMS)
                                return false;
                        f->names[f->n] = (struct span){pattern + 2, pn - 3};
                        f->values[f->n++] = (struct span){path + 1, sn - 1};
                } else if (pn != sn || memcmp(pattern, path, pn)) {
                        return false;
                } else {
                        f->equal++;
                }
                pattern = pe;
                path = se;
        }
        return !*pattern && !*path;
}

static void take(struct arena *a, const struct route *r, const struct fit *f, struct match *out)
{
        *out = (struct match){.route = r, .n = f->n};
        for (size_t i = 0; i < f->n; i++) {
                out->names[i] = arena_strndup(a, f->names[i].p, f->names[i].n);
                /* The whole path was decoded before, so a part of it can be. */
                if (path_decode(a, f->values[i].p, f->values[i].n, &out->values[i]))
                        out->values[i] = "";
        }
}

void match_route(struct arena *a, const struct registry *registry, bool demo, const char *method, const char *path,
                 struct match *out)
{
        const struct route *best = NULL;
        const char *allow = NULL;
        struct fit fit, best_fit;

        for (size_t i = 0; i < registry->n; i++)
                for (size_t j = 0; j < registry->domains[i]->n_routes; j++) {
                        const struct route *r = &registry->domains[i]->routes[j];

                        if (((r->flags & ROUTE_DEMO) && !demo) || !fits(r->path, path, &fit))
                                continue;
                        if (strcmp(r->method, method)) {
                                allow = allow ? arena_printf(a, "%s, %s", allow, r->method) : r->method;
                        } else if (!best || fit.equal > best_fit.equal) {
                                best = r;
                                best_fit = fit;
                        }
                }
        if (best)
                take(a, best, &best_fit, out);
        else
                *out = (struct match){.allow = allow};
}
