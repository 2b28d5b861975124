/* SIGKILL, at random and at named places, under load. */
#include "base/failpoint.h"
#include "base/json.h"
#include "torture/torture.h"

#include <stdlib.h>
#include <string.h>

#define HIT_MS 15000
#define HIT_FIRST_MS 3000
#define ARM_TRIES 4

struct killer {
        struct cast *cast;
        struct client *client;
        unsigned seed;
};

static int64_t dice(struct killer *k, int64_t from, int64_t to)
{
        return from + rand_r(&k->seed) % (to - from + 1);
}

/* Which process took it; 0 = none. */
static pid_t arm(struct killer *k, const char *at)
{
        char url[256];
        const char *reply;
        struct arena arena;
        int64_t pid = 0;

        snprintf(url, sizeof url, "%s/dev/failpoint?at=%s", k->cast->url, at);
        if (client_call(k->client, "POST", url, NULL, &reply) != 200)
                return 0;
        arena_init(&arena, 0);
        if (text_to_int(json_get(&arena, bytes_of_text(reply), "pid"), 1, INT32_MAX, &pid))
                pid = 0;
        arena_release(&arena);
        return (pid_t)pid;
}

/* The platform keeps its connections, so one of several servers may have all of them: then the others must die for the armed
 * one to be asked. */
static size_t kill_others(struct cast *c, pid_t armed)
{
        size_t n = 0;

        for (int64_t i = 0; i < c->o->processes; i++)
                if (c->server[i].pid != armed) {
                        cast_kill(c, (unsigned)i, "random");
                        n++;
                }
        return n;
}

/* How many passes at most until the n-th: some places are passed once a second, some a hundred times. */
static int64_t passes(enum failpoint place)
{
        return place == FAIL_DURING_CHECKPOINT ? 1 : place == FAIL_DURING_CURSOR_SAVE ? 8 : 30;
}

static bool kill_at(struct killer *k, enum failpoint place)
{
        struct cast *c = k->cast;
        size_t before = c->n_deaths;
        char at[64];
        bool dead = false;
        pid_t armed;

        for (int i = 0; i < ARM_TRIES && !dead; i++) {
                snprintf(at, sizeof at, "%s:%lld", failpoint_name(place), (long long)dice(k, 1, passes(place)));
                cast_expect(c, failpoint_name(place));
                armed = arm(k, at);
                dead = cast_wait_deaths(c, before + 1, !armed ? 50 : c->o->processes > 1 ? HIT_FIRST_MS : HIT_MS);
                if (!dead && armed && c->o->processes > 1) {
                        before += kill_others(c, armed);
                        dead = cast_wait_deaths(c, before + 1, HIT_MS);
                }
                cast_expect(c, NULL);
        }
        return dead;
}

static enum failpoint place_of(const char *name)
{
        for (int i = FAIL_NONE + 1; i < FAIL_N; i++)
                if (!strcmp(name, failpoint_name((enum failpoint)i)))
                        return (enum failpoint)i;
        return FAIL_NONE;
}

/* What the i-th kill is: a place, or FAIL_NONE for a moment like any other. */
static enum failpoint plan(const struct options *o, int64_t i)
{
        if (!strcmp(o->failpoint, "all"))
                return (enum failpoint)(1 + i % (FAIL_N - 1));
        if (!strcmp(o->failpoint, "mixed"))
                return i % 2 ? (enum failpoint)(1 + i / 2 % (FAIL_N - 1)) : FAIL_NONE;
        return place_of(o->failpoint);
}

void play_kills(struct load *l)
{
        struct cast *c = l->cast;
        struct killer k = {.cast = c, .client = client_open(), .seed = (unsigned)c->o->seed * 7 + 1};
        int64_t n = c->o->kills * (!strcmp(c->o->failpoint, "all") ? FAIL_N - 1 : 1);
        enum failpoint place;
        size_t before;

        for (int64_t i = 0; i < n; i++) {
                if (!cast_wait_ready(c, 30000))
                        give_up("the server does not come back; see %s/log", c->dir);
                pause_ms(dice(&k, 50, 900));
                before = c->n_deaths;
                place = plan(c->o, i);
                if (place == FAIL_NONE) {
                        cast_kill(c, (unsigned)dice(&k, 0, c->o->processes - 1), "random");
                        cast_wait_deaths(c, before + 1, HIT_MS);
                } else if (!kill_at(&k, place)) {
                        give_up("the server never came by at %s", failpoint_name(place));
                }
                if ((i + 1) % 10 == 0 || i + 1 == n)
                        fprintf(progress, "  %lld of %lld kills\n", (long long)(i + 1), (long long)n);
        }
        if (n == 0)
                pause_ms(c->o->seconds * 1000);
        client_close(k.client);
}
