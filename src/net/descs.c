#include "net/descs.h"

#include <string.h>

static void add(struct descs *d, const struct json_desc *desc, bool replied)
{
        for (size_t i = 0; i < d->n; i++)
                if (d->items[i] == desc) {
                        if (d->replied[i] || !replied)
                                return;
                        d->replied[i] = true;
                        goto parts;
                }
        if (d->n == DESCS_MAX)
                return;
        d->items[d->n] = desc;
        d->replied[d->n++] = replied;
parts:
        for (size_t i = 0; i < desc->n; i++)
                if (desc->fields[i].sub)
                        add(d, desc->fields[i].sub, replied);
}

void descs_collect(const struct registry *registry, struct descs *d)
{
        d->n = 0;
        for (size_t i = 0; i < registry->n; i++)
                for (size_t j = 0; j < registry->domains[i]->n_routes; j++) {
                        const struct route *r = &registry->domains[i]->routes[j];

                        if (r->in)
                                add(d, r->in, false);
                        if (r->out)
                                add(d, r->out, true);
                }
}

bool descs_in_path(const char *path, const char *name)
{
        size_t n = strlen(name);

        for (const char *s = strchr(path, '{'); s; s = strchr(s + 1, '{'))
                if (!strncmp(s + 1, name, n) && s[n + 1] == '}')
                        return true;
        return false;
}
