#include "edge/public.h"

#include "base/failpoint.h"
#include "edge/edge.h"
#include "edge/others.h"

#include <string.h>
#include <unistd.h>

static void reply(struct raw *raw, int status, const char *mime, const char *text)
{
        raw_reply(raw, status, mime, bytes_of_text(text), NULL);
}

void public_health(void *arg, struct raw *raw)
{
        (void)arg;
        reply(raw, 200, "text/plain", "ok\n");
}

void public_ready(void *arg, struct raw *raw)
{
        struct app *app = arg;

        reply(raw, app->ready ? 200 : 503, "text/plain", app->ready ? "ready\n" : "starting\n");
}

/* What the queues hold, beside the counters that the folders declare. */
static void print_queues(struct app *app, struct text *t)
{
        struct ledger_stats s = {0};

        if (app->ledger)
                ledger_stats(app->ledger, &s);
        text_addf(t, "# TYPE zhanggui_ledger_waiting gauge\nzhanggui_ledger_waiting %lld\n", (long long)s.waiting);
        text_addf(t, "# TYPE zhanggui_consoles gauge\nzhanggui_consoles %zu\n", edge_consoles(app));
}

void public_metrics(void *arg, struct raw *raw)
{
        struct app *app = arg;
        const struct registry *registry = app->proto.registry;
        struct metric *const *platform;
        struct text t;
        size_t n;

        text_init(&t, raw_arena(raw));
        for (size_t i = 0; i < registry->n; i++)
                metric_print(&t, registry->domains[i]->metrics, registry->domains[i]->n_metrics);
        platform = wx_metrics(&n);
        metric_print(&t, platform, n);
        print_queues(app, &t);
        reply(raw, 200, "text/plain; version=0.0.4", t.p);
}

void public_openapi(void *arg, struct raw *raw)
{
        const struct app *app = arg;

        reply(raw, 200, "application/json", route_openapi(raw_arena(raw), app->proto.registry, ZHANGGUI_VERSION));
}

static void dev_clock(struct app *app, struct raw *raw)
{
        int64_t ms;

        if (!text_to_int(raw_param(raw, "push_ms"), INT64_MIN / 4, INT64_MAX / 4, &ms))
                clock_push(&app->clock, ms);
        else if (!text_to_int(raw_param(raw, "set_ms"), 0, INT64_MAX / 4, &ms))
                clock_set(&app->clock, ms);
        else {
                reply(raw, 400, "text/plain", "push_ms or set_ms: a number of milliseconds\n");
                return;
        }
        job_runner_wake(app->runner);
        reply(raw, 200, "application/json", arena_printf(raw_arena(raw), "{\"now\":%lld}", (long long)clock_now(&app->clock)));
}

static void dev_failpoint(struct raw *raw)
{
        const char *at = raw_param(raw, "at");

        if (!at || failpoint_arm(at))
                reply(raw, 400, "text/plain", "at: NAME or NAME:nth of a failpoint, or none\n");
        else
                reply(raw, 200, "application/json", arena_printf(raw_arena(raw), "{\"pid\":%d}", (int)getpid()));
}

/* A notice for the consoles of a merchant, as if a transaction had left it: to measure the way to them alone. */
static void dev_notice(struct app *app, struct raw *raw)
{
        struct notice notice = {.topic = "inbox", .kind = "message"};
        struct bytes body = raw_body(raw);

        if (text_to_int(raw_param(raw, "merchant"), 1, INT64_MAX, &notice.merchant) || !body.n) {
                reply(raw, 400, "text/plain", "merchant: its id; the body: a JSON object\n");
                return;
        }
        notice.body = arena_strndup(raw_arena(raw), body.p, body.n);
        pthread_rwlock_rdlock(&app->server_lock);
        if (app->server)
                push_publish(app->server, &notice);
        pthread_rwlock_unlock(&app->server_lock);
        others_tell(app, &notice);
        reply(raw, 200, "application/json", "{\"ok\":true}");
}

void public_dev(void *arg, struct raw *raw)
{
        struct app *app = arg;

        if (!strcmp(raw_path(raw), "/dev/clock") && !strcmp(raw_method(raw), "POST"))
                dev_clock(app, raw);
        else if (!strcmp(raw_path(raw), "/dev/failpoint") && !strcmp(raw_method(raw), "POST"))
                dev_failpoint(raw);
        else if (!strcmp(raw_path(raw), "/dev/notice") && !strcmp(raw_method(raw), "POST"))
                dev_notice(app, raw);
        else if (!strcmp(raw_path(raw), "/dev/idle"))
                reply(raw, 200, "application/json",
                      ledger_idle(app->ledger) && job_runner_idle(app->runner) ? "{\"idle\":true}" : "{\"idle\":false}");
        else
                reply(raw, 404, "text/plain", "not found\n");
}
