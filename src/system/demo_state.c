/* The server's half of the demo: asks the simulator what it counts and compares it with what is stored here. */
#include "system/demo_state.h"

#include "edge/edge.h"
#include "inbox/inbox.h"

#include <stdio.h>
#include <unistd.h>

static const struct json_field text_fields[] = {JSON_STR(struct demo_text, text, JSON_REQUIRED, 0, 0, "what happens now")};
const struct json_desc demo_text_desc = JSON_DESC("DemoText", struct demo_text, text_fields);

static const struct json_field live_fields[] = {
        JSON_BOOL(struct demo_live, running, JSON_REQUIRED, "is it going on?"),
        JSON_INT(struct demo_live, orders, JSON_REQUIRED, 0, 0, "orders placed so far"),
        JSON_INT(struct demo_live, chats, JSON_REQUIRED, 0, 0, "chats begun so far"),
};
static const struct json_desc live_desc = JSON_DESC("DemoLive", struct demo_live, live_fields);
static const struct json_field plug_fields[] = {
        JSON_INT(struct demo_plug, at, JSON_REQUIRED, 0, 0, "when the server was killed, ms"),
        JSON_INT(struct demo_plug, back_after_ms, JSON_REQUIRED, 0, 0, "until it answered again, ms"),
        JSON_INT(struct demo_plug, acked, JSON_REQUIRED, 0, 0, "callbacks that the platform counts as delivered"),
        JSON_INT(struct demo_plug, stored, JSON_REQUIRED, 0, 0, "callbacks in the intake ledger"),
        JSON_INT(struct demo_plug, lost, JSON_REQUIRED, 0, 0, "customers' messages that are not on the desk"),
        JSON_INT(struct demo_plug, found, JSON_REQUIRED, 0, 0, "messages and orders that polling found"),
};
static const struct json_desc plug_desc = JSON_DESC("DemoPlug", struct demo_plug, plug_fields);
static const struct json_field state_fields[] = {
        JSON_PTR(struct demo_state, live, 0, &live_desc, "the live broadcast, if one was started"),
        JSON_PTR(struct demo_state, plug, 0, &plug_desc, "the last pulling of the plug"),
        JSON_STR(struct demo_state, simulator_url, JSON_REQUIRED, 0, 0, "the simulator's page"),
};
const struct json_desc demo_state_desc = JSON_DESC("DemoState", struct demo_state, state_fields);

static int ask(struct ctx *ctx, const char *method, const char *path, const char *body, struct bytes *reply)
{
        struct http_response response;
        int r = transport_call(ctx->app->transport, ctx,
                               &(struct http_request){.method = method,
                                                      .url = arena_printf(ctx->arena, "%s%s", ctx->app->conf->simulator, path),
                                                      .body = bytes_of_text(body),
                                                      .timeout_ms = 5000},
                               &response);

        if (r < 0)
                return r;
        if (r || response.status != 200)
                return DEMO_E_SIMULATOR;
        *reply = response.body;
        return 0;
}

static int64_t number(struct ctx *ctx, struct bytes json, const char *path)
{
        int64_t n;

        return text_to_int(json_get(ctx->arena, json, path), INT64_MIN, INT64_MAX, &n) ? 0 : n;
}

int demo_live(struct ctx *ctx, struct demo_text *out)
{
        struct bytes reply;
        int r = ask(ctx, "POST", "/sim/live", "{\"orders\":5000,\"chats\":2000,\"seconds\":600,\"duplicate\":true}", &reply);

        out->text = exchange_english(ctx->http) ? "5,000 orders and 2,000 chats within ten minutes, every callback twice"
                                                : "十分钟内 5,000 单、2,000 个会话，每条回调都推送两次";
        return r;
}

struct stored {
        int64_t callbacks, messages, found;
};

static int count_stored(struct ctx *ctx, void *arg)
{
        struct stored *s = arg;
        struct shops_account *accounts;
        size_t n;
        int r = shops_account_list(ctx, &accounts, &n);

        if (r)
                return r;
        for (size_t i = 0; i < n; i++)
                s->found += accounts[i].found_by_polling;
        return inbox_count_received(ctx, &s->messages);
}

static int read_plug_file(struct ctx *ctx, struct bytes *json)
{
        char buf[256];
        FILE *f = fopen(arena_printf(ctx->arena, "%s/%s", ctx->app->conf->data, DEMO_PLUG_FILE), "r");
        size_t n = f ? fread(buf, 1, sizeof(buf), f) : 0;

        if (f)
                fclose(f);
        *json = bytes_of(arena_memdup(ctx->arena, buf, n), n);
        return n ? 0 : DEMO_E_SIMULATOR;
}

static int plug_report(struct ctx *ctx, struct demo_plug *plug)
{
        struct stored stored = {0};
        struct bytes file, sim;
        int64_t written;
        int r = read_plug_file(ctx, &file);

        if (!r)
                r = ask(ctx, "GET", "/sim/state", NULL, &sim);
        if (!r)
                r = ledger_count(ctx->app->ledger, ctx->merchant, &stored.callbacks);
        if (!r)
                r = edge_transact(ctx->app, ctx->arena, ctx->merchant, DB_READ, count_stored, &stored);
        if (r)
                return r;
        written = number(ctx, sim, "counts.heard");
        *plug = (struct demo_plug){.at = number(ctx, file, "at"),
                                   .back_after_ms = number(ctx, file, "back_after_ms"),
                                   .acked = number(ctx, sim, "pushes.acked"),
                                   .stored = stored.callbacks,
                                   .lost = written > stored.messages ? written - stored.messages : 0,
                                   .found = stored.found};
        return 0;
}

int demo_state(struct ctx *ctx, struct demo_state *out)
{
        struct bytes live;
        int r = ask(ctx, "GET", "/sim/live", NULL, &live);

        if (r)
                return r;
        out->simulator_url = ctx->app->conf->simulator;
        if (number(ctx, live, "orders") || number(ctx, live, "chats")) {
                out->live = arena_new(ctx->arena, struct demo_live);
                *out->live = (struct demo_live){.running = text_eq(json_get(ctx->arena, live, "running"), "true"),
                                                .orders = number(ctx, live, "orders"),
                                                .chats = number(ctx, live, "chats")};
        }
        out->plug = arena_new(ctx->arena, struct demo_plug);
        if (plug_report(ctx, out->plug))
                out->plug = NULL;
        return 0;
}

int demo_plug(struct ctx *ctx)
{
        if (write((int)ctx->app->conf->control_fd, "K", 1) != 1)
                return fatal(errno, "the demo's parent process is gone");
        return 0;
}
