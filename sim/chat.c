#include "sim/chat.h"

#include "base/json.h"
#include "sim/out.h"
#include "sim/push.h"
#include "sim/sim.h"

#include <string.h>

const char *text_body(struct arena *arena, const char *content)
{
        struct text t;
        text_init(&t, arena);
        text_add(&t, "{\"content\":");
        json_quote(&t, content);
        text_add(&t, "}");
        return t.p;
}

static struct message *add(struct sim *sim, struct person *person, enum author author, const char *type,
                           const char *body, const char *text)
{
        struct message *m = arena_new(&sim->arena, struct message);
        *m = (struct message){
                .person = person,
                .author = author,
                .at = sim_now(sim),
                .type = arena_strdup(&sim->arena, type),
                .body = arena_strdup(&sim->arena, body),
                .text = arena_strdup(&sim->arena, text),
                .fail_type = -1,
        };
        sim->world.n_messages++;
        return m;
}

/* ---- the session machine ---- */

struct session *session_find(const struct person *person, const struct kf_account *kf)
{
        struct session *s = person->sessions;
        while (s && s->kf != kf)
                s = s->next;
        return s;
}

struct session *session_of(struct sim *sim, struct person *person, struct kf_account *kf)
{
        struct session *s = session_find(person, kf);
        if (!s) {
                s = arena_new(&sim->arena, struct session);
                *s = (struct session){.kf = kf, .person = person, .state = 4, .next = person->sessions};
                person->sessions = s;
                vec_push(&sim->arena, &kf->sessions, s);
        }
        return s;
}

int session_state(struct sim *sim, const struct session *s)
{
        return s->last_customer + REPLY_WINDOW_MS < sim_now(sim) ? 4 : s->state;
}

int session_may_move(struct sim *sim, const struct session *s, int to)
{
        /* Row: from; bit: to. */
        static const unsigned allowed[] = {1 << 1 | 1 << 2 | 1 << 3, 1 << 2 | 1 << 3, 1 << 3, 1 << 3 | 1 << 4};
        int from = session_state(sim, s);

        if (from == 4)
                return 95013;
        if (to >= 0 && to <= 4 && allowed[from] & 1u << to)
                return 0;
        return to == 4 && switch_on(sim, SW_CLIENT_ENDS) ? 0 : 95016;
}

static const char *code_make(struct sim *sim, struct session *s, int state, int64_t life_ms, bool menu)
{
        struct code *code = arena_new(&sim->arena, struct code);
        *code = (struct code){
                .text = rng_text(&sim->rng, &sim->arena, "CODE", 28),
                .session = s,
                .state = state,
                .expires = sim_now(sim) + life_ms,
                .menu_allowed = menu,
        };
        map_put(&sim->world.codes, &sim->arena, code->text, code);
        return code->text;
}

const char *session_move(struct sim *sim, struct session *s, int to, const char *servicer)
{
        int from = session_state(sim, s);

        s->state = to;
        s->servicer = to == 3 ? servicer : NULL;
        ledger_add(sim, "session", s->kf->open_kfid, s->person->external_userid, "%d -> %d%s%s", from, to,
                   to == 3 ? " " : "", to == 3 ? servicer : "");
        if (from == to)
                return NULL;
        return to == 4   ? code_make(sim, s, 4, WELCOME_LIFE_MS, true)
               : to >= 2 ? code_make(sim, s, to, REPLY_WINDOW_MS, false)
                         : NULL;
}

int session_may_send(struct sim *sim, const struct session *s)
{
        if (s->last_customer && s->last_customer + REPLY_WINDOW_MS < sim_now(sim))
                return 95002;
        if (session_state(sim, s) > 1)
                return 95018;
        unsigned sent = s->sent;
        if (switch_on(sim, SW_BUDGET_SHARED)) {
                sent = 0;
                for (const struct session *other = s->person->sessions; other; other = other->next)
                        sent += other->sent;
        }
        return sent >= REPLY_BUDGET ? 95001 : 0;
}

int code_use(struct sim *sim, const char *text, const char *msgtype, struct code **out)
{
        struct code *code = map_get(&sim->world.codes, text);

        if (!code || code->used || code->expires < sim_now(sim))
                return 95007;
        if (code->state >= 0 && session_state(sim, code->session) != code->state)
                return 95018;
        if (!text_eq(msgtype, "text") && !(code->menu_allowed && text_eq(msgtype, "msgmenu")))
                return 40008;
        code->used = true;
        *out = code;
        return 0;
}

/* ---- 微信客服 ---- */

/* Hosting is by the API unless a switch says otherwise: then the platform's own rules put her elsewhere at once. */
static void session_begin(struct sim *sim, struct session *s)
{
        int state = (int)switch_on(sim, SW_SESSION_STARTS);
        session_move(sim, s, state, state == 3 ? sim->world.corp.staff.v[0]->userid : NULL);
}

/* Into the log that sync_msg gives, and a notice to the registered URL. */
static void log_and_notify(struct sim *sim, struct kf_account *kf, struct message *m)
{
        m->kf = kf;
        m->msgid = rng_text(&sim->rng, &sim->arena, "", 22);
        vec_push(&sim->arena, &kf->log, m);
        /* Who may not pull is not told either. */
        if (kf->managed)
                push_kf_notice(sim, kf);
}

struct message *chat_say(struct sim *sim, struct person *person, struct kf_account *kf, const char *type,
                         const char *body, const char *text)
{
        struct session *s = session_of(sim, person, kf);
        struct message *m = add(sim, person, BY_CUSTOMER, type, body, text);

        if (session_state(sim, s) == 4)
                session_begin(sim, s);
        s->last_customer = m->at;
        s->sent = 0;
        vec_push(&sim->arena, &person->chat, m);
        log_and_notify(sim, kf, m);
        ledger_add(sim, "said", kf->open_kfid, m->msgid, "%s %s", person->external_userid, type);
        return m;
}

struct message *chat_account_event(struct sim *sim, struct kf_account *kf, const char *type, const char *members)
{
        struct arena arena;
        arena_init(&arena, 0);
        char *body = arena_printf(&arena, "{\"event_type\":\"%s\",\"open_kfid\":\"%s\"%s}", type, kf->open_kfid, members);
        struct message *m = add(sim, NULL, BY_SYSTEM, "event", body, type);
        arena_release(&arena);
        log_and_notify(sim, kf, m);
        return m;
}

struct message *chat_event(struct sim *sim, struct session *s, const char *type, const char *members,
                             const char *text)
{
        struct arena arena;
        arena_init(&arena, 0);
        char *body = arena_printf(&arena, "{\"event_type\":\"%s\",\"open_kfid\":\"%s\",\"external_userid\":\"%s\"%s}",
                                  type, s->kf->open_kfid, s->person->external_userid, members);
        struct message *m = add(sim, s->person, BY_SYSTEM, "event", body, text);
        arena_release(&arena);
        log_and_notify(sim, s->kf, m);
        return m;
}

struct message *chat_enter(struct sim *sim, struct person *person, struct kf_account *kf, const char *scene,
                           const char *scene_param, const char *channels)
{
        struct session *s = session_of(sim, person, kf);
        struct arena arena;
        struct out out;
        int64_t now = sim_now(sim);

        arena_init(&arena, 0);
        out_init(&out, &arena);
        out.comma = true; /* members follow others */
        s->entered = now;
        s->scene = arena_strdup(&sim->arena, scene);
        s->scene_param = arena_strdup(&sim->arena, scene_param);
        s->channels = arena_strdup(&sim->arena, channels);
        out_opt(&out, "scene", s->scene);
        out_opt(&out, "scene_param", s->scene_param);
        /* A welcome only to who got none and wrote nothing within 48 h. */
        if (s->welcomed + REPLY_WINDOW_MS < now && s->last_customer + REPLY_WINDOW_MS < now)
                out_str(&out, "welcome_code", code_make(sim, s, -1, WELCOME_LIFE_MS, true));
        if (channels)
                out_raw(&out, "wechat_channels", channels);
        struct message *m = chat_event(sim, s, "enter_session", out.text.n ? out.text.p : "", "进入会话");
        arena_release(&arena);
        return m;
}

/* A servicer speaks: the session becomes his, and that is told unless it was. */
static void takes(struct sim *sim, struct session *s, const char *servicer)
{
        int from = session_state(sim, s), change = from == 4 ? 4 : from == 3 ? 2 : 1;
        const char *before = s->servicer, *code;
        struct arena arena;

        if (from == 3 && text_eq(before, servicer))
                return;
        arena_init(&arena, 0);
        code = session_move(sim, s, 3, servicer);
        const char *old = change == 1 || !before ? "" : arena_printf(&arena, ",\"old_servicer_userid\":\"%s\"", before);
        const char *with = change == 1 && code ? arena_printf(&arena, ",\"msg_code\":\"%s\"", code) : "";
        chat_event(sim, s, "session_status_change",
                   arena_printf(&arena, ",\"change_type\":%d%s,\"new_servicer_userid\":\"%s\"%s", change, old, servicer, with),
                   "会话接入");
        arena_release(&arena);
}

struct message *chat_servicer_says(struct sim *sim, struct session *s, const char *servicer, const char *text)
{
        struct message *m = add(sim, s->person, BY_SERVICER, "text", text_body(&sim->arena, text), text);
        m->servicer = servicer;
        takes(sim, s, servicer);
        vec_push(&sim->arena, &s->person->chat, m);
        log_and_notify(sim, s->kf, m);
        return m;
}

void chat_servicer_ends(struct sim *sim, struct session *s, const char *servicer)
{
        struct arena arena;
        const char *code = session_move(sim, s, 4, NULL);

        arena_init(&arena, 0);
        chat_event(sim, s, "session_status_change",
              arena_printf(&arena, ",\"change_type\":3,\"old_servicer_userid\":\"%s\",\"msg_code\":\"%s\"", servicer,
                           code ? code : ""),
              "会话结束");
        arena_release(&arena);
}

static char *sent_key(struct arena *arena, const char *account, const char *msgid)
{
        return arena_printf(arena, "%s|%s", account, msgid);
}

struct message *chat_sent_before(struct sim *sim, const char *account, const char *msgid)
{
        struct arena arena;
        arena_init(&arena, 0);
        struct message *m = map_get(&sim->world.sent, sent_key(&arena, account, msgid));
        arena_release(&arena);
        return m;
}

/* The customer has it on her phone. */
static void received(struct sim *sim, struct message *m, const char *account, const char *who)
{
        vec_push(&sim->arena, &m->person->chat, m);
        sim->world.n_received++;
        ledger_add(sim, "received", account, m->msgid, "%s %s %s", who, m->type, m->text);
}

/* The platform found out later that a message did not arrive. */
static void fail_late(struct sim *sim, void *arg)
{
        struct message *m = arg;
        struct arena arena;

        arena_init(&arena, 0);
        chat_event(sim, session_find(m->person, m->kf), "msg_send_fail",
              arena_printf(&arena, ",\"fail_msgid\":\"%s\",\"fail_type\":%d", m->msgid, m->fail_type), "消息发送失败");
        arena_release(&arena);
}

struct message *chat_deliver(struct sim *sim, struct session *s, const char *msgid, const char *type, const char *body,
                             const char *text, bool on_event)
{
        struct message *m = add(sim, s->person, BY_API, type, body, text);
        m->kf = s->kf;
        m->msgid = msgid ? arena_strdup(&sim->arena, msgid) : rng_text(&sim->rng, &sim->arena, "", 22);
        map_put(&sim->world.sent, &sim->arena, sent_key(&sim->arena, s->kf->open_kfid, m->msgid), m);
        if (!on_event || switch_on(sim, SW_EVENT_COUNTS))
                s->sent++;
        if (!on_event && s->state == 0 && switch_on(sim, SW_SEND_ASSIGNS))
                session_move(sim, s, 1, NULL);
        int64_t fail = switch_on(sim, SW_FAIL_TYPE);
        if (fail >= 0) {
                m->fail_type = (int)fail;
                ledger_add(sim, "undelivered", s->kf->open_kfid, m->msgid, "%s fail_type %lld",
                           s->person->external_userid, (long long)fail);
                timer_after(sim, 1000, fail_late, m);
                return m;
        }
        received(sim, m, s->kf->open_kfid, s->person->external_userid);
        return m;
}

/* ---- in-shop ---- */

struct message *shop_say(struct sim *sim, struct person *person, struct shop *shop, const char *type, const char *body,
                         const char *text)
{
        struct message *m = add(sim, person, BY_CUSTOMER, type, body, text);
        struct shop_chat *chat = person->shop_chat[shop->place];
        struct arena arena;
        struct out out;

        if (!chat)
                chat = person->shop_chat[shop->place] = arena_new(&sim->arena, struct shop_chat);
        chat->last_customer = m->at;
        chat->sent = 0;
        m->shop = shop;
        m->msgid = world_id(sim, "7", sim->world.n_messages, 18);
        vec_push(&sim->arena, &person->chat, m);
        sim->world.n_shop_heard += shop->kf_api_mode && shop->target.url;
        ledger_add(sim, "said", shop->appid, m->msgid, "%s %s%s", person->openid[shop->place], type,
                   !shop->kf_api_mode ? " (in the console)" : shop->target.url ? "" : " (no URL: lost)");
        /* API and console exclude each other: what the console answers is pushed to nobody. */
        if (!shop->kf_api_mode)
                return m;
        arena_init(&arena, 0);
        out_init(&out, &arena);
        out_id(&out, "msg_id", m->msgid, push_id_as_number(sim, shop));
        out_str(&out, "msg_type", type);
        out_str(&out, "msg_event", "EVENT_TYPE_SEND_MSG");
        out_raw(&out, type, body);
        push_shop_event(sim, shop, person->openid[shop->place], "commkf_send_msg_to_kf", m->msgid, out.text.p);
        arena_release(&arena);
        return m;
}

struct message *shop_deliver(struct sim *sim, struct person *person, struct shop *shop, const char *request_id,
                             const char *type, const char *body, const char *text)
{
        struct message *m = add(sim, person, BY_API, type, body, text);
        m->shop = shop;
        m->msgid = world_id(sim, "8", sim->world.n_messages, 18);
        if (request_id)
                map_put(&sim->world.sent, &sim->arena, sent_key(&sim->arena, shop->appid, request_id), m);
        person->shop_chat[shop->place]->sent++;
        received(sim, m, shop->appid, person->openid[shop->place]);
        return m;
}
