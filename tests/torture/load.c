/* What makes things happen: a crowd that talks, buyers who repent, an agent who answers and agrees. */
#include "base/json.h"
#include "torture/torture.h"

#include <stdlib.h>
#include <string.h>

#define SPEAKS_EVERY 3   /* seconds, each of the crowd: in-shop messages carry no order finer than one */
#define IN_SHOP 20       /* of a hundred people */
#define OPEN_MAX 6000    /* unsettled pushes above which the crowd waits */
#define CROWD_MS 50
#define BUYER_MS 250
#define AGENT_MS 100
#define REPLIES_PER_ROUND 6
#define TRIES_MAX 200

/* ---- the crowd ---- */

static int64_t people(const struct load *l)
{
        return l->cast->o->rate * SPEAKS_EVERY;
}

static void speak(struct client *client, const struct load *l, int64_t n, int64_t *said)
{
        char url[256], body[256];
        const char *reply;
        struct arena arena;
        int64_t got;

        snprintf(url, sizeof url, "%s/sim/chatter", l->cast->world.url);
        snprintf(body, sizeof body, "{\"messages\":%lld,\"people\":%lld,\"in_shop\":%d,\"open\":%d}", (long long)n,
                 (long long)people(l), IN_SHOP, OPEN_MAX);
        if (client_call(client, "POST", url, body, &reply) != 200)
                give_up("the crowd cannot speak: %s", reply);
        arena_init(&arena, 0);
        if (!text_to_int(json_get(&arena, bytes_of_text(reply), "said"), 0, INT64_MAX, &got))
                *said += got;
        arena_release(&arena);
}

static void *crowd_main(void *arg)
{
        struct load *l = arg;
        struct client *client = client_open();
        int64_t begun = clock_mono_ms(), due, said = 0, skipped = 0;

        while (!l->stopping) {
                due = (clock_mono_ms() - begun) * l->cast->o->rate / 1000 - said - skipped;
                if (due > l->cast->o->rate) { /* held back longer than a second: what was not said is not said later */
                        skipped += due - l->cast->o->rate;
                        due = l->cast->o->rate;
                }
                if (due > 0)
                        speak(client, l, due > 10000 ? 10000 : due, &said);
                l->said = said;
                pause_ms(CROWD_MS);
        }
        client_close(client);
        return NULL;
}

/* ---- buyers ---- */

/* A value of the JSON answer to a POST at the simulator; NULL when it refused. Lives until the arena is cleared. */
static const char *ask_sim(struct client *client, const struct load *l, struct arena *arena, const char *path,
                           const char *body, const char *value)
{
        const char *reply, *url = arena_printf(arena, "%s%s", l->cast->world.url, path);

        if (client_call(client, "POST", url, body, &reply) != 200)
                return NULL;
        return json_get(arena, bytes_of_text(reply), value);
}

static const char *somebody(struct client *client, const struct load *l, struct arena *arena, unsigned *seed)
{
        const char *reply, *url = arena_printf(arena, "%s/sim/customers?limit=1&since=%lld", l->cast->world.url,
                                               (long long)(rand_r(seed) % people(l)));

        if (client_call(client, "GET", url, NULL, &reply) != 200)
                return NULL;
        return json_get(arena, bytes_of_text(reply), "items.0.external_userid");
}

static void buy_and_repent(struct client *client, struct load *l, struct arena *arena, unsigned *seed)
{
        const char *who = somebody(client, l, arena, seed), *order, *id;

        if (!who)
                return;
        order = ask_sim(client, l, arena, "/sim/order", arena_printf(arena, "{\"customer\":\"%s\",\"pay\":true}", who),
                        "order_id");
        if (!order)
                return;
        l->orders++;
        id = ask_sim(client, l, arena, "/sim/aftersale",
                     arena_printf(arena, "{\"order_id\":\"%s\",\"type\":\"%s\"}", order,
                                  l->orders % 2 ? "REFUND" : "RETURN"),
                     "after_sale_order_id");
        l->cases += id != NULL;
}

static void *buyers_main(void *arg)
{
        struct load *l = arg;
        struct client *client = client_open();
        unsigned seed = (unsigned)l->cast->o->seed;
        struct arena arena;
        const char *id;

        arena_init(&arena, 0);
        while (!l->stopping) {
                pause_ms(BUYER_MS);
                buy_and_repent(client, l, &arena, &seed);
                /* Sent back at once: from now on an agreement that is repeated blindly would pay. */
                while ((id = truth_next_return(l->truth)))
                        ask_sim(client, l, &arena, arena_printf(&arena, "/sim/aftersale/%s/return", id), "{}", "status");
                arena_clear(&arena);
        }
        arena_release(&arena);
        client_close(client);
        return NULL;
}

/* ---- the agent ---- */

struct agent {
        struct load *load;
        struct client *client;
        struct arena arena;
        int64_t answers;
};

/* Until the server has said yes or no: a person presses the button again, and it is the same button. */
static int press(struct agent *a, const char *method, const char *path, const char *body, const char **reply)
{
        const struct cast *c = a->load->cast;
        const char *url = arena_printf(&a->arena, "%s%s", c->url, path);
        int status = 0;

        for (int i = 0; i < TRIES_MAX; i++) {
                status = client_call(a->client, method, url, body, reply);
                if (status == 401 || status == 403) {
                        if (client_login(a->client, c->url, DEMO_USER, c->password))
                                pause_ms(100);
                        continue;
                }
                if (status && status < 500)
                        break;
                pause_ms(20);
        }
        return status;
}

struct item {
        const char *thread_id, *case_id, *remote_id, *status;
        int64_t version;
        bool can_approve, needs_address;
};
static const struct json_field item_fields[] = {
        JSON_ID(struct item, thread_id, 0, ""),       JSON_ID(struct item, case_id, 0, ""),
        JSON_ID(struct item, remote_id, 0, ""),       JSON_STR(struct item, status, 0, 0, 0, ""),
        JSON_INT(struct item, version, 0, 0, 0, ""),  JSON_BOOL(struct item, can_approve, 0, ""),
        JSON_BOOL(struct item, needs_address, 0, ""),
};
static const struct json_desc item_desc = JSON_DESC("Item", struct item, item_fields);
struct items {
        struct item *v;
        size_t n;
};
static const struct json_field items_fields[] = {
        {.name = "items", .type = JSON_T_LIST, .flags = JSON_REQUIRED, .at = offsetof(struct items, v),
         .at_count = offsetof(struct items, n), .sub = &item_desc, .doc = ""},
};
static const struct json_desc items_desc = JSON_DESC("Items", struct items, items_fields);

static bool list(struct agent *a, const char *path, struct items *items)
{
        const char *reply;

        return press(a, "GET", path, NULL, &reply) == 200 &&
               !json_read(&a->arena, bytes_of_text(reply), &items_desc, JSON_LENIENT, items, NULL);
}

static void answer(struct agent *a)
{
        const char *reply, *text, *path, *body;
        struct items threads;
        int status;

        if (!list(a, "/api/threads?view=waiting&limit=20", &threads))
                return;
        for (size_t i = 0; i < threads.n && i < REPLIES_PER_ROUND; i++) {
                text = keep(arena_printf(&a->arena, "答%lld", (long long)++a->answers));
                path = arena_printf(&a->arena, "/api/threads/%s/messages", threads.v[i].thread_id);
                body = arena_printf(&a->arena, "{\"client_id\":\"torture-%lld\",\"text\":\"%s\"}", (long long)a->answers,
                                    text);
                status = press(a, "POST", path, body, &reply);
                if (status == 200 || status == 201)
                        words_add(&a->load->replies, text);
                else if (status != 409)
                        fprintf(progress, "a reply was refused: %d %.200s\n", status, reply);
        }
}

static void agree(struct agent *a)
{
        const char *reply, *path, *address = NULL;
        struct items cases;

        if (!list(a, "/api/cases?state=waiting&limit=20", &cases))
                return;
        for (size_t i = 0; i < cases.n; i++) {
                const struct item *c = &cases.v[i];

                /* What came back is left alone: whatever agrees to it was not this agent. */
                if (!c->can_approve || !text_eq(c->status, "MERCHANT_PROCESSING"))
                        continue;
                path = arena_printf(&a->arena, "/api/cases/%s/options", c->case_id);
                if (c->needs_address && press(a, "GET", path, NULL, &reply) == 200)
                        address = json_get(&a->arena, bytes_of_text(reply), "addresses.0.address_id");
                path = arena_printf(&a->arena, "/api/cases/%s/approve", c->case_id);
                if (press(a, "POST", path,
                          c->needs_address && address
                                  ? arena_printf(&a->arena, "{\"version\":%lld,\"address_id\":\"%s\"}",
                                                 (long long)c->version, address)
                                  : arena_printf(&a->arena, "{\"version\":%lld}", (long long)c->version),
                          &reply) == 200)
                        words_add(&a->load->approved, keep(c->remote_id));
        }
}

static void *agent_main(void *arg)
{
        struct load *l = arg;
        struct agent a = {.load = l, .client = client_open()};

        arena_init(&a.arena, 0);
        while (!l->stopping) {
                answer(&a);
                agree(&a);
                arena_clear(&a.arena);
                pause_ms(AGENT_MS);
        }
        arena_release(&a.arena);
        client_close(a.client);
        return NULL;
}

/* ---- beginning and end ---- */

void load_start(struct load *l, struct cast *c, struct truth *t)
{
        struct client *client = client_open();
        int64_t said = 0;

        *l = (struct load){.cast = c, .truth = t, .began = clock_mono_ms()};
        speak(client, l, 1, &said); /* the people are there before anybody buys */
        client_close(client);
        if (pthread_create(&l->crowd, NULL, crowd_main, l) || pthread_create(&l->buyers, NULL, buyers_main, l) ||
            pthread_create(&l->agent, NULL, agent_main, l))
                give_up("no thread");
}

void load_stop(struct load *l)
{
        l->stopping = true;
        l->ended = clock_mono_ms();
        pthread_join(l->crowd, NULL);
        pthread_join(l->buyers, NULL);
        pthread_join(l->agent, NULL);
}

static bool quiet(struct client *client, const struct load *l)
{
        const struct cast *c = l->cast;
        struct arena arena;
        const char *reply, *open;
        bool yes;

        arena_init(&arena, 0);
        yes = client_call(client, "GET", arena_printf(&arena, "%s/sim/state", c->world.url), NULL, &reply) == 200;
        open = yes ? json_get(&arena, bytes_of_text(reply), "pushes.open") : NULL;
        yes = text_eq(open, "0") &&
              client_call(client, "GET", arena_printf(&arena, "%s/dev/idle", c->url), NULL, &reply) == 200 &&
              strstr(reply, "true") &&
              /* What waits for its next try is not at rest: a minute's budget, a back-off. */
              rows_number(c, "select count(*) from store_job where state < 3 and (state > 0 or tries > 0)") == 0 &&
              rows_number(c, "select count(*) from store_job_ask") == 0;
        arena_release(&arena);
        return yes;
}

bool load_drain(struct load *l, int64_t ms)
{
        struct client *client = client_open();
        int64_t until = clock_mono_ms() + ms, look = 0, newest = 0, last = 0;
        int calm = 0;

        /* Last words at every account: a notice that the platform gave up on is made good by the next. */
        speak(client, l, 200, &last);
        while (calm < 10 && clock_mono_ms() < until) {
                int64_t now = clock_mono_ms(), seen = newest;

                if (now >= look) { /* a backlog that is worked off is not stuck */
                        seen = rows_number(l->cast, "select coalesce(max(message_id), 0) from inbox_message where merchant_id ="
                                                    " (select min(merchant_id) from shops_merchant)");
                        look = now + 1000;
                }
                if (seen != newest)
                        until = now + ms;
                newest = seen;
                pause_ms(100);
                calm = quiet(client, l) ? calm + 1 : 0;
        }
        client_close(client);
        return calm == 10;
}
