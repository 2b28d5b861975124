/* The contract, watched while any test runs: which routes were exercised, which replies do not fit their descriptor. */
#include "net/internal.h"

#include <stdlib.h>
#include <string.h>

struct watch {
        pthread_mutex_t lock;
        FILE *f;
};

int watch_open(struct server *s)
{
        struct watch *w;

        if (text_empty(s->o.contract_log))
                return 0;
        w = calloc(1, sizeof(*w));
        if (!w)
                return fatal(ENOMEM, "no memory for the contract log");
        pthread_mutex_init(&w->lock, NULL);
        s->watch = w;
        w->f = fopen(s->o.contract_log, "a");
        return w->f ? 0 : fatal(errno, "cannot write the contract log %s", s->o.contract_log);
}

void watch_reply(struct server *s, const struct route *route, int status, const char *body)
{
        struct json_fault fault = {0};
        struct arena a;
        int misfit = 0;

        if (!s->watch || !s->watch->f)
                return;
        arena_init(&a, 0);
        if (status < 300 && route->out)
                misfit = json_fits(&a, bytes_of_text(body), route->out, &fault);
        pthread_mutex_lock(&s->watch->lock);
        fprintf(s->watch->f, "%s %s %d\n", route->method, route->path, status);
        if (misfit)
                fprintf(s->watch->f, "MISFIT %s %s %s: %s\n", route->method, route->path, fault.path ? fault.path : "",
                        fault.why ? fault.why : "");
        fflush(s->watch->f);
        pthread_mutex_unlock(&s->watch->lock);
        arena_release(&a);
}

void watch_free(struct server *s)
{
        if (!s->watch)
                return;
        if (s->watch->f)
                fclose(s->watch->f);
        pthread_mutex_destroy(&s->watch->lock);
        free(s->watch);
}
