#include "net/match.h"

#include "base/domain.h"

#include <string.h>

/* Does `path` fit `pattern`? Collects parameters; *statics counts the segments that are equal. */
static bool fits(struct arena *a, const char *pattern, const char *path, struct match *m, unsigned *statics)
{
        *statics = 0;
        m->n = 0;
        while (*pattern && *path) {
                const char *pe = strchrnul(pattern + 1, '/'), *se = strchrnul(path + 1, '/');
                size_t pn = (size_t)(pe - pattern), sn = (size_t)(se - path);

                if (pattern[1] == '{') {
                        if (sn < 2 || m->n == MATCH_PARAMS)
                                return false;
                        m->names[m->n] = arena_strndup(a, pattern + 2, pn - 3);
                        m->values[m->n++] = arena_strndup(a, path + 1, sn - 1);
                } else if (pn != sn || memcmp(pattern, path, pn)) {
                        return false;
                } else {
                        (*statics)++;
                }
                pattern = pe;
                path = se;
        }
        return !*pattern && !*path;
}

void match_route(struct arena *a, const struct registry *registry, bool demo, const char *method, const char *path, struct match *out)
{
        unsigned best = 0, statics;
        struct match m;

        *out = (struct match){0};
        for (size_t i = 0; i < registry->n; i++)
                for (size_t j = 0; j < registry->domains[i]->n_routes; j++) {
                        const struct route *r = &registry->domains[i]->routes[j];

                        if ((r->flags & ROUTE_DEMO) && !demo)
                                continue;
                        if (!fits(a, r->path, path, &m, &statics) || statics + 1 < best)
                                continue;
                        if (strcmp(r->method, method)) {
                                out->path_known = true;
                                continue;
                        }
                        best = statics + 1;
                        m.route = r;
                        m.path_known = true;
                        *out = m;
                }
}
