/* The evening itself: buyers write, each push comes twice, the plug is pulled in the middle, the merchant's people answer. */
#include "demo/rehearse.h"

#include "base/clock.h"
#include "net/transport.h"
#include "system/demo_state.h"

#include <poll.h>
#include <string.h>

#define WAIT_MS 20000
#define REPLIES 5 /* that the platform takes after a message of hers */

static const struct json_field person_fields[] = {
        JSON_STR(struct rehearse_person, login, JSON_REQUIRED, 0, 0, ""),
        JSON_STR(struct rehearse_person, name, JSON_REQUIRED, 0, 0, ""),
        JSON_STR(struct rehearse_person, role, JSON_REQUIRED, 0, 0, ""),
};
static const struct json_desc person_desc = JSON_DESC("RehearsePerson", struct rehearse_person, person_fields);
static const struct json_field cast_fields[] = {
        JSON_KEY(struct rehearse_cast, account_id, 0, ""),
        JSON_KEY(struct rehearse_cast, merchant_id, 0, ""),
        JSON_STR(struct rehearse_cast, merchant, 0, 0, 0, ""),
        JSON_STR(struct rehearse_cast, shop, 0, 0, 0, ""),
        JSON_LIST(struct rehearse_cast, people, n, 0, 0, &person_desc, ""),
};
const struct json_desc rehearse_cast_desc = JSON_DESC("RehearseCast", struct rehearse_cast, cast_fields);

static const struct json_field share_fields[] = {
        JSON_STR(struct rehearse_share, name, JSON_REQUIRED, 0, 0, "a person of the merchant"),
        JSON_INT(struct rehearse_share, answered, JSON_REQUIRED, 0, 0, "consults"),
};
static const struct json_desc share_desc = JSON_DESC("RehearseShare", struct rehearse_share, share_fields);
static const struct json_field refusal_fields[] = {
        JSON_STR(struct rehearse_refusal, code, 0, 0, 0, "the rule"),
        JSON_STR(struct rehearse_refusal, text, 0, 0, 0, "as the person reads it"),
};
static const struct json_desc refusal_desc = JSON_DESC("RehearseRefusal", struct rehearse_refusal, refusal_fields);
static const struct json_field report_fields[] = {
        JSON_BOOL(struct rehearse_report, ok, JSON_REQUIRED, "each consult came once and was answered once"),
        JSON_INT(struct rehearse_report, consults, JSON_REQUIRED, 0, 0, "how many buyers wrote"),
        JSON_INT(struct rehearse_report, arrived, JSON_REQUIRED, 0, 0, "how many stood on the desk"),
        JSON_INT(struct rehearse_report, answered, JSON_REQUIRED, 0, 0, "how many were answered by the merchant's people"),
        JSON_INT(struct rehearse_report, received, JSON_REQUIRED, 0, 0, "how many buyers got their answer"),
        JSON_INT(struct rehearse_report, twice, JSON_REQUIRED, 0, 0, "how many got it twice"),
        JSON_INT(struct rehearse_report, back_after_ms, JSON_REQUIRED, 0, 0, "from the power cut to all being there"),
        JSON_INT(struct rehearse_report, first_reply_ms, JSON_REQUIRED, 0, 0, "from the first reply to the last one's arrival"),
        JSON_INT(struct rehearse_report, took_ms, JSON_REQUIRED, 0, 0, "the whole evening"),
        JSON_STR(struct rehearse_report, why, 0, 0, 0, "what broke"),
        JSON_LIST(struct rehearse_report, people, n_people, JSON_REQUIRED, 0, &share_desc, "who answered how many"),
        JSON_LIST(struct rehearse_report, refused, n_refused, JSON_REQUIRED, 0, &refusal_desc, "what the platform would not take, and why"),
};
const struct json_desc rehearse_report_desc = JSON_DESC("RehearseReport", struct rehearse_report, report_fields);

struct play {
        struct arena *arena;
        struct transport *transport;
        struct ctx ctx;
        const char *console, *sim, *password, *csrf;
        const char **buyers; /* external_userid of each */
        int64_t n;
        struct rehearse_report *report;
};

/* 0, or positive: it cannot be played on, and the report says why. */
static int broke(struct play *p, const char *why)
{
        p->report->why = why;
        return 1;
}

static int call(struct play *p, const char *base, const char *method, const char *path, const char *body, struct http_response *reply)
{
        const char *const headers[] = {"X-CSRF-Token", p->csrf ? p->csrf : "", "Accept-Language", "zh-CN", NULL};
        const struct http_request request = {.method = method, .url = arena_printf(p->arena, "%s%s", base, path), .headers = headers,
                                             .body = bytes_of_text(body)};
        int r = transport_call(p->transport, &p->ctx, &request, reply);

        return r > 0 ? broke(p, arena_printf(p->arena, "%s %s: %s", method, path, reply->why ? reply->why : "no answer")) : r;
}

static int sign_in(struct play *p, const char *login)
{
        struct http_response reply;
        int r = call(p, p->console, "POST", "/api/login",
                     arena_printf(p->arena, "{\"login\":\"%s\",\"password\":\"%s\"}", login, p->password), &reply);

        if (r)
                return r;
        p->csrf = json_get(p->arena, reply.body, "csrf");
        return p->csrf ? 0 : broke(p, arena_printf(p->arena, "%s cannot sign in: HTTP %d", login, reply.status));
}

static int set_switch(struct play *p, const char *name, const char *value)
{
        struct http_response reply;

        return call(p, p->sim, "POST", "/sim/switch", arena_printf(p->arena, "{\"name\":\"%s\",\"value\":%s}", name, value), &reply);
}

/* ---- buyers ---- */

static int make_buyers(struct play *p)
{
        struct http_response reply;

        p->buyers = arena_array(p->arena, const char *, (size_t)p->n);
        for (int64_t i = 0; i < p->n; i++) {
                int r = call(p, p->sim, "POST", "/sim/customers", arena_printf(p->arena, "{\"name\":\"彩排买家%lld\"}", (long long)i + 1), &reply);

                if (r)
                        return r;
                p->buyers[i] = json_get(p->arena, reply.body, "items.0.external_userid");
                if (!p->buyers[i])
                        return broke(p, "the simulator makes no buyer");
        }
        return 0;
}

static int say(struct play *p, const char *appid, int64_t buyer, const char *text)
{
        struct http_response reply;
        int r = call(p, p->sim, "POST", "/sim/shop/say",
                     arena_printf(p->arena, "{\"customer\":\"%s\",\"appid\":\"%s\",\"msg_type\":\"text\",\"text\":\"%s\"}", p->buyers[buyer],
                                  appid, text),
                     &reply);

        return r ? r : reply.status == 200 ? 0 : broke(p, "the simulator lets nobody write in the shop");
}

/* ---- the desk ---- */

struct thread_seen {
        const char *thread_id, *name;
};
struct threads_seen {
        struct thread_seen *items;
        size_t n;
};
static const struct json_field thread_fields[] = {
        JSON_ID(struct thread_seen, thread_id, 0, ""),
        JSON_STR(struct thread_seen, name, 0, 0, 0, ""),
};
static const struct json_desc thread_desc = JSON_DESC("RehearseThread", struct thread_seen, thread_fields);
static const struct json_field threads_fields[] = {JSON_LIST(struct threads_seen, items, n, 0, 0, &thread_desc, "")};
static const struct json_desc threads_desc = JSON_DESC("RehearseThreads", struct threads_seen, threads_fields);

static int waiting(struct play *p, struct threads_seen *seen)
{
        struct http_response reply;
        int r = call(p, p->console, "GET", "/api/threads?view=waiting&limit=100", NULL, &reply);

        if (!r && (reply.status != 200 || json_read(p->arena, reply.body, &threads_desc, JSON_LENIENT, seen, NULL)))
                r = broke(p, arena_printf(p->arena, "the list of those who wait: HTTP %d", reply.status));
        return r;
}

/* Until `n` wait; what had come by then is in *seen. While the plug is out nobody answers: that is waited for, too. */
static int wait_for(struct play *p, size_t n, struct threads_seen *seen)
{
        int64_t until = clock_mono_ms() + WAIT_MS;
        int r;

        do {
                *seen = (struct threads_seen){0};
                r = waiting(p, seen);
                if (r < 0 || (!r && seen->n >= n))
                        break;
                poll(NULL, 0, 50);
        } while (clock_mono_ms() < until);
        if (seen->n >= n)
                p->report->why = NULL;
        return r < 0 ? r : 0;
}

static int reply_to(struct play *p, const char *thread_id, const char *client_id, const char *text, struct http_response *reply)
{
        return call(p, p->console, "POST", arena_printf(p->arena, "/api/threads/%s/messages", thread_id),
                    arena_printf(p->arena, "{\"client_id\":\"%s\",\"kind\":\"text\",\"text\":\"%s\"}", client_id, text), reply);
}

/* Each of the merchant's people who may answer takes his share, in turn. */
static int answer_all(struct play *p, const struct rehearse_cast *cast, const struct threads_seen *seen)
{
        struct http_response reply;
        size_t hands = 0;

        p->report->people = arena_array(p->arena, struct rehearse_share, cast->n);
        for (size_t k = 0; k < cast->n; k++)
                if (!text_eq(cast->people[k].role, "reader") && !text_eq(cast->people[k].role, "warehouse"))
                        p->report->people[hands++] = (struct rehearse_share){cast->people[k].name, 0};
        p->report->n_people = hands;
        for (size_t k = 0, at = 0; k < cast->n; k++) {
                if (text_eq(cast->people[k].role, "reader") || text_eq(cast->people[k].role, "warehouse"))
                        continue;
                int r = sign_in(p, cast->people[k].login);
                for (size_t i = at; !r && i < seen->n; i += hands) {
                        r = reply_to(p, seen->items[i].thread_id, arena_printf(p->arena, "rehearsal-%zu", i), "您好，在的，马上为您查一下。", &reply);
                        if (!r && reply.status != 201)
                                r = broke(p, arena_printf(p->arena, "%s 的回复没有被接受：%s", cast->people[k].name, json_get(p->arena, reply.body, "detail")));
                        p->report->answered += !r;
                        p->report->people[at].answered += !r;
                }
                if (r)
                        return r;
                at++;
        }
        return 0;
}

/* What reached the buyers: each answer once. */
static int count_received(struct play *p)
{
        int64_t until = clock_mono_ms() + WAIT_MS;
        struct http_response reply;

        do {
                p->report->received = p->report->twice = 0;
                for (int64_t i = 0; i < p->n; i++) {
                        int r = call(p, p->sim, "GET", arena_printf(p->arena, "/sim/received?customer=%s", p->buyers[i]), NULL, &reply);

                        if (r)
                                return r;
                        p->report->received += json_get(p->arena, reply.body, "items.0.msgid") != NULL;
                        p->report->twice += json_get(p->arena, reply.body, "items.1.msgid") != NULL;
                }
                if (p->report->received == p->n)
                        return 0;
                poll(NULL, 0, 50);
        } while (clock_mono_ms() < until);
        return broke(p, "有回复没有送到买家那里");
}

/* One buyer is answered until the rule stops it: what the person would be told. */
static int overdo(struct play *p, const char *thread_id)
{
        struct http_response reply;

        p->report->refused = arena_array(p->arena, struct rehearse_refusal, 1);
        for (int i = 1; i <= REPLIES; i++) {
                int r = reply_to(p, thread_id, arena_printf(p->arena, "too-many-%d", i), "补充一句。", &reply);

                if (r)
                        return r;
                if (reply.status != 201) {
                        p->report->refused[p->report->n_refused++] = (struct rehearse_refusal){json_get(p->arena, reply.body, "code"),
                                                                                               json_get(p->arena, reply.body, "detail")};
                        return i == REPLIES ? 0 : broke(p, "回复在五条之前就被拒绝了");
                }
        }
        return broke(p, "第六条回复没有被挡下");
}

static int evening(struct play *p, const struct rehearse_cast *cast, const char *appid)
{
        struct http_response reply;
        struct threads_seen seen;
        int64_t cut = 0;
        int r = sign_in(p, "demo");

        if (!r)
                r = set_switch(p, "duplicate", "true");
        if (!r)
                r = make_buyers(p);
        for (int64_t i = 0; !r && i < p->n; i++) {
                if (i == p->n / 2) {
                        r = call(p, p->console, "POST", "/api/demo/plug", NULL, &reply);
                        poll(NULL, 0, DEMO_PLUG_GRACE_MS + 20); /* who comes now finds it dark */
                        cut = clock_mono_ms();
                }
                r = r ? r : say(p, appid, i, i % 3 ? "在吗？这件什么时候发货" : "我要退货，尺码不合适");
        }
        if (!r)
                r = wait_for(p, (size_t)p->n, &seen);
        if (r)
                return r;
        p->report->back_after_ms = clock_mono_ms() - cut;
        p->report->arrived = (int64_t)seen.n;
        if (seen.n != (size_t)p->n)
                return p->report->why ? 1 : broke(p, "有咨询没有到达客服台");
        int64_t began = clock_mono_ms();
        r = answer_all(p, cast, &seen);
        if (!r)
                r = count_received(p);
        p->report->first_reply_ms = clock_mono_ms() - began;
        return r ? r : overdo(p, seen.items[0].thread_id);
}

int rehearse_play(struct arena *a, const char *ready, const struct rehearse_cast *cast, int64_t consults, struct rehearse_report *report)
{
        struct bytes line = bytes_of_text(ready);
        struct play p = {.arena = a, .console = json_get(a, line, "console"), .sim = json_get(a, line, "simulator"),
                         .password = json_get(a, line, "password"), .n = consults, .report = report};
        struct http_response reply;
        const char *appid = NULL;
        int64_t began = clock_mono_ms();
        int r;

        *report = (struct rehearse_report){.consults = consults};
        if (!p.console || !p.sim || !p.password)
                return fatal(EPROTO, "the demo's ready line is not understood");
        ctx_init(&p.ctx, a);
        r = transport_open(&p.transport, &(struct transport_options){.loopback_only = true, .cookies = true});
        if (!r)
                r = call(&p, p.sim, "GET", "/sim/ready", NULL, &reply);
        if (!r)
                appid = json_get(a, reply.body, "shops.0.appid");
        if (!r)
                r = appid ? evening(&p, cast, appid) : broke(&p, "the simulator has no shop");
        transport_close(p.transport);
        report->took_ms = clock_mono_ms() - began;
        report->ok = !r && !report->twice;
        return r < 0 ? r : 0;
}
