/* build/gen DIR: writes everything that is generated from the tables: the console's types and the reference pages. */
#include "app/app.h"

#include "hosting/hosting.h"

#include <stdio.h>
#include <string.h>

static int write_file(struct arena *a, const char *dir, const char *name, const char *text)
{
        const char *path = arena_printf(a, "%s/%s", dir, name);
        FILE *f = fopen(path, "w");

        if (!f)
                return fatal(errno, "cannot write %s", path);
        fputs(text, f);
        fclose(f);
        return 0;
}

/* A Markdown table cell must not end the cell. */
static void cell(struct text *t, const char *s)
{
        text_add(t, "| ");
        for (; s && *s; s++) {
                if (*s == '|')
                        text_add(t, "\\");
                text_add_n(t, s, 1);
        }
        text_add(t, " ");
}

static void row(struct text *t, const char *a, const char *b, const char *c)
{
        cell(t, a);
        cell(t, b);
        cell(t, c);
        text_add(t, "|\n");
}

static char *settings_page(struct arena *a)
{
        struct text t;

        text_init(&t, a);
        text_add(&t, "# Settings\n\nGenerated from `src/edge/conf.c`. File `name = value`, environment `ZHANGGUI_NAME`, flag "
                     "`--name VALUE`; the later wins.\n\n| Name | Default | Meaning |\n|---|---|---|\n");
        for (size_t i = 0; i < conf_table.n; i++)
                row(&t, conf_table.rows[i].name, conf_table.rows[i].preset, conf_table.rows[i].doc);
        return t.p;
}

static char *routes_page(struct arena *a)
{
        struct text t;

        text_init(&t, a);
        text_add(&t, "# Routes\n\nGenerated from the domains' route tables; `zhanggui openapi` prints them with every field.\n");
        for (size_t i = 0; i < app_registry.n; i++) {
                const struct domain *d = app_registry.domains[i];

                if (d->n_routes)
                        text_addf(&t, "\n## %s\n\n| Route | Permission | Meaning |\n|---|---|---|\n", d->name);
                for (size_t j = 0; j < d->n_routes; j++) {
                        const struct route *r = &d->routes[j];

                        row(&t, arena_printf(a, "%s %s", r->method, r->path),
                            r->permission ? r->permission : r->flags & ROUTE_PUBLIC ? "public" : "signed in", r->summary);
                }
        }
        return t.p;
}

static char *events_page(struct arena *a)
{
        struct text t;

        text_init(&t, a);
        text_add(&t, "# Events and jobs\n\nGenerated from the domains' declarations.\n\n| Event | Heard by | Meaning |\n|---|---|---|\n");
        for (size_t i = 0; i < app_registry.n; i++)
                for (size_t j = 0; j < app_registry.domains[i]->n_events; j++) {
                        const struct event *e = app_registry.domains[i]->events[j];
                        struct text who;

                        text_init(&who, a);
                        for (size_t k = 0; k < app_registry.n; k++)
                                for (size_t l = 0; l < app_registry.domains[k]->n_listeners; l++)
                                        if (app_registry.domains[k]->listeners[l].event == e)
                                                text_addf(&who, "%s%s ", app_registry.domains[k]->listeners[l].name,
                                                          app_registry.domains[k]->listeners[l].core ? " (core)" : "");
                        row(&t, e->name, who.p, e->summary);
                }
        text_add(&t, "\n| Job | Class | Meaning |\n|---|---|---|\n");
        for (size_t i = 0; i < app_registry.n; i++)
                for (size_t j = 0; j < app_registry.domains[i]->n_jobs; j++) {
                        const struct job_kind *k = &app_registry.domains[i]->jobs[j];

                        row(&t, k->name, k->class_ == JOB_URGENT ? "urgent" : k->class_ == JOB_BULK ? "bulk" : "normal", k->summary);
                }
        return t.p;
}

static const char *settled_by(const struct wx_api *api)
{
        static const char *const words[] = {
                [WX_READS] = "reads only",      [WX_KEYED] = "same key again",     [WX_QUERY] = "query, then repeat",
                [WX_ONCE] = "code used once",   [WX_NEITHER] = "a person decides", [WX_REPEAT] = "repeat: nobody sees it",
        };

        return words[api->settle];
}

/* The calls that change something at the platform, and how each is made certain. */
static char *effects_page(struct arena *a)
{
        const struct wx_api *const *apis;
        struct text t;
        size_t n;

        text_init(&t, a);
        text_add(&t, "# Effects\n\nEvery call that changes something at the platform: what is on record before it leaves, how an unknown outcome is"
                     " settled, and what people see meanwhile. Generated from `src/platform`.\n\n"
                     "| Call | On record before it leaves | Unknown outcome is settled by | Until then |\n|---|---|---|---|\n");
        apis = wx_apis(&n);
        for (size_t i = 0; i < n; i++)
                if (apis[i]->settle != WX_READS)
                        text_addf(&t, "| %s %s | %s | %s | %s |\n", apis[i]->method, apis[i]->path, apis[i]->key, settled_by(apis[i]),
                                  apis[i]->left);
        return t.p;
}

static char *calls_page(struct arena *a)
{
        const struct wx_api *const *apis;
        struct text t;
        size_t n;

        text_init(&t, a);
        text_add(&t, "# Calls to the platform\n\nEvery platform API this program calls, when and why; generated from `src/platform`.\n\n"
                     "| Call | Unknown outcome is settled by | Why |\n|---|---|---|\n");
        apis = wx_apis(&n);
        for (size_t i = 0; i < n; i++)
                row(&t, arena_printf(a, "%s %s", apis[i]->method, apis[i]->path), settled_by(apis[i]), apis[i]->why);
        return t.p;
}

/* What a hosted merchant cannot have: in both languages, because people on both sides of the contract read it. */
static char *hosted_page(struct arena *a)
{
        const struct hosting_lack *lacks;
        struct text t;
        size_t n;

        text_init(&t, a);
        text_add(&t, "# What a hosted merchant cannot have\n\n托管的商家用不了的功能，原因，以及替代办法。Generated from `src/hosting/lacks.c`.\n");
        lacks = hosting_lacks(&n);
        for (size_t i = 0; i < n; i++)
                text_addf(&t, "\n## %s\n\n%s\n→ %s\n\n%s: %s\n→ %s\n\nSource: %s\n", lacks[i].zh, lacks[i].why_zh, lacks[i].instead_zh,
                          lacks[i].en, lacks[i].why_en, lacks[i].instead_en, lacks[i].source);
        return t.p;
}

static char *metrics_page(struct arena *a)
{
        struct metric *const *platform;
        struct text t;
        size_t n;

        text_init(&t, a);
        text_add(&t, "# Metrics\n\nGenerated; served at `/metrics` for Prometheus.\n\n| Name | Kind | Meaning |\n|---|---|---|\n");
        for (size_t i = 0; i < app_registry.n; i++)
                for (size_t j = 0; j < app_registry.domains[i]->n_metrics; j++) {
                        const struct metric *m = app_registry.domains[i]->metrics[j];

                        row(&t, m->name, m->gauge ? "gauge" : "counter", m->help);
                }
        platform = wx_metrics(&n);
        for (size_t i = 0; i < n; i++)
                row(&t, platform[i]->name, platform[i]->gauge ? "gauge" : "counter", platform[i]->help);
        return t.p;
}

/* A job that is given up is shown to people, in both languages. */
static int check_jobs(void)
{
        for (size_t i = 0; i < app_registry.n; i++)
                for (size_t j = 0; j < app_registry.domains[i]->n_jobs; j++) {
                        const struct job_kind *k = &app_registry.domains[i]->jobs[j];

                        if (!k->zh || !k->summary)
                                return fatal(EINVAL, "the job %s does not say what it does in Chinese and English", k->name);
                }
        return 0;
}

int main(int argc, char **argv)
{
        struct arena a;
        int r;

        if (argc != 2) {
                fprintf(stderr, "usage: gen DIR\n");
                return 2;
        }
        arena_init(&a, 0);
        r = route_check(&app_registry);
        if (!r)
                r = check_jobs();
        if (!r)
                r = write_file(&a, argv[1], "openapi.json", route_openapi(&a, &app_registry, ZHANGGUI_VERSION));
        if (!r)
                r = write_file(&a, argv[1], "generated.ts", route_typescript(&a, &app_registry));
        if (!r)
                r = write_file(&a, argv[1], "settings.md", settings_page(&a));
        if (!r)
                r = write_file(&a, argv[1], "routes.md", routes_page(&a));
        if (!r)
                r = write_file(&a, argv[1], "events.md", events_page(&a));
        if (!r)
                r = write_file(&a, argv[1], "effects.md", effects_page(&a));
        if (!r)
                r = write_file(&a, argv[1], "platform-calls.md", calls_page(&a));
        if (!r)
                r = write_file(&a, argv[1], "hosted.md", hosted_page(&a));
        if (!r)
                r = write_file(&a, argv[1], "metrics.md", metrics_page(&a));
        arena_release(&a);
        return r ? 1 : 0;
}
