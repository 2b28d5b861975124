/* Do the route tables make sense? Asked at every start, so a mistake does not wait for its request. */
#include "net/descs.h"

#include "base/log.h"

#include <string.h>

static int complain(const struct route *r, const char *why)
{
        log_event(LOG_ERROR, "route.bad", "method", r->method, "path", r->path, "why", why, NULL);
        return -EINVAL;
}

static bool permission_known(const struct registry *registry, const char *name)
{
        for (size_t i = 0; i < registry->n; i++)
                for (size_t j = 0; j < registry->domains[i]->n_permissions; j++)
                        if (!strcmp(registry->domains[i]->permissions[j].name, name))
                                return true;
        return false;
}

static int check_params(const struct route *r)
{
        for (const char *s = strchr(r->path, '{'); s; s = strchr(s + 1, '{')) {
                bool found = false;

                for (size_t i = 0; r->in && i < r->in->n; i++)
                        found |= !strncmp(s + 1, r->in->fields[i].name, strlen(r->in->fields[i].name)) &&
                                 s[1 + strlen(r->in->fields[i].name)] == '}';
                if (!found)
                        return complain(r, "a path parameter is not in the input descriptor");
        }
        return 0;
}

static int check_row(const struct registry *registry, const struct route *r)
{
        if (strncmp(r->path, "/api/", 5))
                return complain(r, "routes begin with /api/");
        if (r->permission && !permission_known(registry, r->permission))
                return complain(r, "the permission is not declared");
        if ((r->flags & ROUTE_PUBLIC) && r->permission)
                return complain(r, "a public route asks for a permission");
        if (r->settle && !(r->flags & ROUTE_REMOTE))
                return complain(r, "only a remote route has something to settle");
        if (text_empty(r->summary))
                return complain(r, "the summary is missing");
        return check_params(r);
}

/* In the documents a descriptor is its name. */
static int check_names(const struct registry *registry)
{
        struct arena a;
        int r = 0;

        arena_init(&a, 0);
        struct descs *d = arena_new(&a, struct descs);
        descs_collect(registry, d);
        for (size_t i = 0; i < d->n; i++)
                for (size_t j = 0; j < i; j++)
                        if (!strcmp(d->items[i]->name, d->items[j]->name)) {
                                log_event(LOG_ERROR, "route.bad", "descriptor", d->items[i]->name, "why", "two have this name", NULL);
                                r = -EINVAL;
                        }
        if (d->n == DESCS_MAX) {
                log_event(LOG_ERROR, "route.bad", "why", "too many descriptors for the documents", NULL);
                r = -EINVAL;
        }
        arena_release(&a);
        return r;
}

int route_check(const struct registry *registry)
{
        int r = check_names(registry);

        for (size_t i = 0; i < registry->n; i++)
                for (size_t j = 0; j < registry->domains[i]->n_routes; j++) {
                        const struct route *a = &registry->domains[i]->routes[j];

                        if (check_row(registry, a))
                                r = -EINVAL;
                        for (size_t k = i; k < registry->n; k++)
                                for (size_t l = k == i ? j + 1 : 0; l < registry->domains[k]->n_routes; l++) {
                                        const struct route *b = &registry->domains[k]->routes[l];

                                        if (!strcmp(a->method, b->method) && !strcmp(a->path, b->path))
                                                r = complain(b, "declared twice");
                                }
                }
        return r;
}
