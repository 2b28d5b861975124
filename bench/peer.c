#include "bench/peer.h"

#include "bench/volume.h"

#include "base/clock.h"
#include "base/json.h"
#include "net/server.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_MAX 1000
#define HANG_MS 6000
#define TEXT_MAX_PAGE (512 << 10)

struct account { /* what was said, oldest first, each as the platform writes it */
        const char **items;
        size_t n, cap;
};

struct peer {
        struct peer_options o;
        struct arena *arena, said; /* `said` under the lock */
        struct server *server;
        pthread_mutex_t lock;
        struct account *accounts;
        struct peer_stats stats;
        /* the loop thread's own */
        int64_t minute;
        unsigned *calls; /* of this minute, per corp and endpoint */
};

struct said_text {
        const char *content;
};
static const struct json_field text_fields[] = {JSON_STR(struct said_text, content, 0, 0, 0, "")};
static const struct json_desc text_desc = JSON_DESC("AskText", struct said_text, text_fields);

struct ask {
        const char *open_kfid, *cursor, *token, *code, *order_id, *msgid;
        struct said_text text;
        int64_t limit;
};
static const struct json_field ask_fields[] = {
        JSON_STR(struct ask, open_kfid, 0, 0, 0, ""), JSON_STR(struct ask, cursor, 0, 0, 0, ""),
        JSON_STR(struct ask, token, 0, 0, 0, ""),     JSON_STR(struct ask, code, 0, 0, 0, ""),
        JSON_ID(struct ask, order_id, 0, ""),         JSON_INT(struct ask, limit, 0, 0, 0, ""),
        JSON_STR(struct ask, msgid, 0, 0, 0, ""),     JSON_OBJ(struct ask, text, 0, &text_desc, ""),
};
static const struct json_desc ask_desc = JSON_DESC("Ask", struct ask, ask_fields);

/* ---- endpoints: each answers the members of its reply, without braces ---- */

static const char *sync_msg(struct peer *p, struct arena *a, const struct ask *ask)
{
        int64_t kf = world_kf_number(ask->open_kfid), at = 0, limit = ask->limit;
        struct account *account;
        struct text t;
        size_t n;

        if (kf < 0 || (size_t)kf >= p->o.accounts ||
            (!text_empty(ask->cursor) && text_to_int(ask->cursor + 1, 0, INT64_MAX, &at)))
                return "\"errcode\":50100,\"errmsg\":\"cursor\"";
        limit = limit < 1 || limit > PAGE_MAX ? PAGE_MAX : limit;
        text_init(&t, a);
        text_add(&t, "\"errcode\":0,\"errmsg\":\"ok\",\"msg_list\":[");
        pthread_mutex_lock(&p->lock);
        account = &p->accounts[kf];
        for (n = 0; (size_t)at < account->n && n < (size_t)limit && t.n < TEXT_MAX_PAGE; n++, at++) {
                text_add(&t, n ? "," : "");
                text_add(&t, account->items[at]);
        }
        text_addf(&t, "],\"next_cursor\":\"c%lld\",\"has_more\":%d", (long long)at, (size_t)at < account->n);
        p->stats.pulls++;
        p->stats.empty_pulls += n == 0;
        p->stats.served += (int64_t)n;
        pthread_mutex_unlock(&p->lock);
        return t.p;
}

static const char *gettoken(struct peer *p, struct arena *a, const struct ask *ask)
{
        (void)p, (void)a, (void)ask;
        return "\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"bench-token\",\"expires_in\":7200";
}

static const char *state_get(struct peer *p, struct arena *a, const struct ask *ask)
{
        (void)p, (void)a, (void)ask;
        return "\"errcode\":0,\"errmsg\":\"ok\",\"service_state\":0";
}

static const char *ok(struct peer *p, struct arena *a, const struct ask *ask)
{
        (void)p, (void)a, (void)ask;
        return "\"errcode\":0,\"errmsg\":\"ok\"";
}

/* Nobody has a name here: what is measured is not the asking for names, but it is asked. */
static const char *batchget(struct peer *p, struct arena *a, const struct ask *ask)
{
        (void)p, (void)a, (void)ask;
        return "\"errcode\":0,\"errmsg\":\"ok\",\"customer_list\":[],\"invalid_external_userid\":[]";
}

static const char *welcome(struct peer *p, struct arena *a, const struct ask *ask)
{
        (void)a;
        if (p->o.welcomed)
                p->o.welcomed(p->o.arg, ask->code ? ask->code : "");
        return "\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":\"bench-welcome\"";
}

static const char *send_msg(struct peer *p, struct arena *a, const struct ask *ask)
{
        if (p->o.sent)
                p->o.sent(p->o.arg, ask->text.content ? ask->text.content : "");
        return arena_printf(a, "\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":\"%s\"", ask->msgid ? ask->msgid : "");
}

/* What the notice was about happened a moment ago. */
static const char *order_get(struct peer *p, struct arena *a, const struct ask *ask)
{
        struct volume_order o;
        struct text t;
        size_t shop, i;

        (void)p;
        if (!volume_number(ask->order_id, &shop, &i))
                return "\"errcode\":100002,\"errmsg\":\"order not exist\"";
        volume_order(a, shop, i, 10000, 0, &o);
        volume_order(a, shop, i, 10000, clock_wall_ms() / 1000 - 1 - o.updated_s, &o);
        text_init(&t, a);
        text_add(&t, "\"errcode\":0,\"errmsg\":\"ok\",\"order\":");
        text_add_n(&t, o.object.p, o.object.n);
        return t.p;
}

static const char *stable_token(struct peer *p, struct arena *a, const struct ask *ask)
{
        (void)p, (void)a, (void)ask;
        return "\"access_token\":\"bench-token\",\"expires_in\":7200";
}

static const char *nobody(struct peer *p, struct arena *a, const struct ask *ask)
{
        (void)p, (void)a, (void)ask;
        return "\"errcode\":0,\"errmsg\":\"ok\",\"follow_user\":[]";
}

static const char *no_orders(struct peer *p, struct arena *a, const struct ask *ask)
{
        (void)p, (void)a, (void)ask;
        return "\"errcode\":0,\"errmsg\":\"ok\",\"order_id_list\":[],\"after_sale_order_id_list\":[],\"product_ids\":[],\"has_more\":false,\"next_key\":\"\"";
}

/* Calls per minute and corp as the platform allows them, the simulator's figures. */
static const struct endpoint {
        const char *path;
        unsigned per_minute;
        bool urgent; /* answers at once also when the others hang */
        const char *(*fn)(struct peer *, struct arena *, const struct ask *);
} endpoints[] = {
        {"/cgi-bin/gettoken", 600, true, gettoken},
        {"/cgi-bin/externalcontact/get_follow_user_list", 600, false, nobody},
        {"/cgi-bin/kf/account/list", 600, false, ok},
        {"/cgi-bin/kf/customer/batchget", 6000, false, batchget},
        {"/cgi-bin/kf/send_msg", 20000, false, send_msg},
        {"/cgi-bin/kf/send_msg_on_event", 20000, true, welcome},
        {"/cgi-bin/kf/service_state/get", 6000, false, state_get},
        {"/cgi-bin/kf/service_state/trans", 6000, false, ok},
        {"/cgi-bin/kf/sync_msg", 20000, true, sync_msg},
        {"/cgi-bin/stable_token", 10000, true, stable_token},
        {"/channels/ec/aftersale/getaftersalelist", 10000, false, no_orders},
        {"/channels/ec/order/get", 100000, false, order_get},
        {"/channels/ec/order/list/get", 10000, false, no_orders},
        {"/channels/ec/product/list/get", 10000, false, no_orders},
};

/* ---- requests; loop thread ---- */

static bool over_limit(struct peer *p, const struct endpoint *e, const char *open_kfid)
{
        int64_t minute = clock_mono_ms() / 60000, kf = world_kf_number(open_kfid);
        size_t corp = kf < 0 ? 0 : (size_t)kf / p->o.per_corp, corps = p->o.accounts / p->o.per_corp;

        if (!p->o.limits)
                return false;
        if (minute != p->minute) {
                p->minute = minute;
                memset(p->calls, 0, corps * countof(endpoints) * sizeof(*p->calls));
        }
        return ++p->calls[corp * countof(endpoints) + (size_t)(e - endpoints)] > e->per_minute;
}

struct late {
        struct raw *raw;
        const char *body;
};

static void answer_late(void *arg)
{
        struct late *late = arg;

        raw_reply(late->raw, 200, "application/json", bytes_of_text(late->body), NULL);
}

static void handle(void *arg, struct raw *raw)
{
        struct arena *a = raw_arena(raw);
        const char *path = raw_path(raw), *members = "\"errcode\":40035,\"errmsg\":\"not played\"";
        const struct endpoint *e = NULL;
        struct peer *p = arg;
        struct ask ask = {0};
        const char *body;

        for (size_t i = 0; i < countof(endpoints); i++)
                if (!strcmp(path, endpoints[i].path))
                        e = &endpoints[i];
        if (raw_body(raw).n && json_read(a, raw_body(raw), &ask_desc, JSON_LENIENT, &ask, NULL))
                e = NULL;
        pthread_mutex_lock(&p->lock);
        p->stats.calls++;
        pthread_mutex_unlock(&p->lock);
        if (e && over_limit(p, e, ask.open_kfid)) {
                members = "\"errcode\":45009,\"errmsg\":\"api freq out of limit\"";
                pthread_mutex_lock(&p->lock);
                p->stats.over_limit++;
                pthread_mutex_unlock(&p->lock);
        } else if (e) {
                members = e->fn(p, a, &ask);
        }
        body = arena_printf(a, "{%s}", members);
        if (p->o.others_hang && !(e && e->urgent)) {
                struct late *late = arena_new(a, struct late);

                *late = (struct late){raw, body};
                server_later(p->server, HANG_MS, answer_late, late);
                return;
        }
        raw_reply(raw, 200, "application/json", bytes_of_text(body), NULL);
}

/* ---- what is said ---- */

static void add(struct peer *p, size_t kf, const char *item)
{
        struct account *account = &p->accounts[kf];

        if (account->n == account->cap) {
                size_t cap = account->cap ? account->cap * 2 : 64;
                const char **items = realloc(account->items, cap * sizeof(*items));

                if (!items)
                        abort(); /* no memory: see base/arena.h */
                account->items = items;
                account->cap = cap;
        }
        account->items[account->n++] = item;
}

void peer_say(struct peer *p, size_t kf, size_t customer, const char *text)
{
        pthread_mutex_lock(&p->lock);
        add(p, kf,
            arena_printf(&p->said,
                         "{\"msgid\":\"m%zu-%zu\",\"open_kfid\":\"wkbench%025zu\",\"external_userid\":\"wmbench%025zu\",\"send_time\":%lld,"
                         "\"origin\":3,\"msgtype\":\"text\",\"text\":{\"content\":\"%s\"}}",
                         kf, p->accounts[kf].n, kf, customer, (long long)(clock_wall_ms() / 1000), text));
        pthread_mutex_unlock(&p->lock);
}

void peer_enter(struct peer *p, size_t kf, size_t customer, const char *code)
{
        pthread_mutex_lock(&p->lock);
        add(p, kf,
            arena_printf(&p->said,
                         "{\"msgid\":\"e%zu-%zu\",\"send_time\":%lld,\"origin\":4,\"msgtype\":\"event\",\"event\":{\"event_type\":"
                         "\"enter_session\",\"open_kfid\":\"wkbench%025zu\",\"external_userid\":\"wmbench%025zu\",\"scene\":\"live\","
                         "\"welcome_code\":\"%s\"}}",
                         kf, p->accounts[kf].n, (long long)(clock_wall_ms() / 1000), kf, customer, code));
        pthread_mutex_unlock(&p->lock);
}

void peer_stats(struct peer *p, struct peer_stats *out)
{
        pthread_mutex_lock(&p->lock);
        *out = p->stats;
        pthread_mutex_unlock(&p->lock);
}

int peer_start(struct arena *a, const struct peer_options *o, struct peer **out)
{
        struct raw_row row = {.prefix = "/", .fn = handle};
        struct peer *p = arena_new(a, struct peer);

        p->o = *o;
        p->arena = a;
        p->accounts = arena_array(a, struct account, o->accounts);
        p->calls = arena_array(a, unsigned, o->accounts / o->per_corp * countof(endpoints));
        arena_init(&p->said, 0);
        pthread_mutex_init(&p->lock, NULL);
        row.arg = p;
        *out = p;
        return server_start(&p->server,
                            &(struct server_options){.listen = "127.0.0.1:0", .listen_fd = -1, .raw = &row, .n_raw = 1});
}

void peer_stop(struct peer *p)
{
        if (!p)
                return;
        if (p->server)
                server_stop(p->server);
        for (size_t i = 0; i < p->o.accounts; i++)
                free(p->accounts[i].items);
        arena_release(&p->said);
        pthread_mutex_destroy(&p->lock);
}

const char *peer_url(const struct peer *p)
{
        return server_url(p->server);
}
