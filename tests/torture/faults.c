/* The platform, the clock and PostgreSQL misbehave under load; afterwards everything must have come right by itself. */
#include "torture/torture.h"

#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static void tell_sim(struct client *client, const struct cast *c, const char *path, const char *body)
{
        char url[256];
        const char *reply;

        snprintf(url, sizeof url, "%s%s", c->world.url, path);
        if (client_call(client, "POST", url, body, &reply) != 200)
                give_up("the simulator refuses %s: %s", body, reply);
}

static void set(struct client *client, const struct cast *c, const char *name, const char *value)
{
        char body[256];

        snprintf(body, sizeof body, "{\"name\":\"%s\",\"value\":\"%s\"}", name, value);
        tell_sim(client, c, "/sim/switch", body);
}

/* ---- each way in which a call can go wrong, for every call ---- */

void play_faults(struct load *l)
{
        static const char *const ways[] = {"hang", "vanish", "error", "garbage", "drip"};
        struct client *client = client_open();
        struct cast *c = l->cast;
        int64_t ms = c->o->seconds * 1000;

        set(client, c, "broken_percent", "40");
        for (size_t i = 0; i < countof(ways); i++) {
                fprintf(progress, "  calls: %s\n", ways[i]);
                set(client, c, "broken_how", ways[i]);
                set(client, c, "broken", "all");
                pause_ms(ms);
                set(client, c, "broken", "");
                pause_ms(500);
        }
        fprintf(progress, "  calls: connection closed after the effect\n");
        set(client, c, "lose_answer", "/cgi-bin/kf/send_msg");
        pause_ms(ms / 2);
        set(client, c, "lose_answer", "/channels/ec/aftersale/acceptapply");
        pause_ms(ms / 2);
        set(client, c, "lose_answer", "");
        fprintf(progress, "  tokens: expired, revoked\n");
        for (int i = 0; i < 4; i++) {
                tell_sim(client, c, "/sim/tokens", i % 2 ? "{\"how\":\"revoke\"}" : "{\"how\":\"expire\"}");
                pause_ms(ms / 4);
        }
        fprintf(progress, "  pushes: twice, out of order, late, wrongly signed\n");
        set(client, c, "duplicate", "true");
        set(client, c, "bad_signature", "5");
        pause_ms(ms);
        set(client, c, "duplicate", "false");
        set(client, c, "bad_signature", "0");
        /* Last: afterwards the server waits for its next minute. */
        fprintf(progress, "  calls: rate limit\n");
        set(client, c, "rate_limit", "all");
        pause_ms(ms);
        set(client, c, "rate_limit", "");
        client_close(client);
}

/* ---- the clock ---- */

static void push_clock(struct client *client, const struct cast *c, const char *what, int64_t ms)
{
        char url[256];

        fprintf(progress, "  clock: %s\n", what);
        snprintf(url, sizeof url, "%s/dev/clock?push_ms=%lld", c->url, (long long)ms);
        while (client_call(client, "POST", url, NULL, NULL) != 200)
                pause_ms(50);
}

void play_clock(struct load *l)
{
        static const struct {
                const char *what;
                int64_t ms;
        } jumps[] = {
                {"an hour forward", 3600 * 1000},      {"two hours back", -7200 * 1000},
                {"an hour forward, as it was", 3600 * 1000}, {"a day and a bit forward", 90000 * 1000},
                {"back again", -90000 * 1000},
        };
        struct client *client = client_open();

        for (size_t i = 0; i < countof(jumps); i++) {
                push_clock(client, l->cast, jumps[i].what, jumps[i].ms);
                pause_ms(l->cast->o->seconds * 1000);
        }
        client_close(client);
}

/* ---- PostgreSQL ---- */

void play_restart(struct load *l)
{
        const struct options *o = l->cast->o;
        char *argv[] = {strdup("sh"), strdup("-c"), o->restart ? strdup(o->restart) : NULL, NULL};
        pid_t pid;
        int status;

        if (!o->restart)
                give_up("mode restart needs --db postgres");
        for (int i = 0; i < 3; i++) {
                pause_ms(o->seconds * 1000);
                fprintf(progress, "  PostgreSQL: restarted\n");
                if (posix_spawnp(&pid, "sh", NULL, NULL, argv, environ) || waitpid(pid, &status, 0) != pid || status)
                        give_up("PostgreSQL does not restart: %s", o->restart);
        }
        pause_ms(o->seconds * 1000);
}
