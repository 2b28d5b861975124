/* Messages of an application to the staff (wecom-misc.md 3). */
#include "base/crypt.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <string.h>

#define PER_MINUTE 30
#define PER_HOUR 1000
#define RECALL_MS DAY_MS
#define RESPONSE_MS (3 * DAY_MS)
#define REPEAT_MAX_S (4 * 3600)

/* ---- content ---- */

static int check_articles(struct request *rq, const char *type)
{
        const char *list = arena_printf(rq->arena, "%s.articles", type);
        size_t n = rq_list(rq, list);

        if (!n || n > 8)
                return refuse(rq, n ? 45008 : 40063, "%s 应为 1..8 条", list);
        for (size_t i = 0; i < n; i++) {
                const char *title = rq_str(rq, arena_printf(rq->arena, "%s.%zu.title", list, i));
                if (text_empty(title))
                        return refuse(rq, 40063, "缺 %s[%zu].title", list, i);
                const char *content = rq_str(rq, arena_printf(rq->arena, "%s.%zu.content", list, i));
                if (content && strlen(content) > 666 * 1024)
                        return refuse(rq, 45002, "content 超过 666 KB");
                if (text_eq(type, "mpnews")) {
                        int r = media_check(rq, arena_printf(rq->arena, "%s.%zu.thumb_media_id", list, i));
                        if (r)
                                return r;
                }
        }
        return 0;
}

static int check_notice(struct request *rq)
{
        const char *title = rq_str(rq, "miniprogram_notice.title");

        if (text_empty(rq_str(rq, "miniprogram_notice.appid")) || text_empty(title))
                return refuse(rq, 40063, "miniprogram_notice 要 appid 和 title");
        if (utf8_length(title) < 4 || utf8_length(title) > 12)
                return refuse(rq, 40058, "title 应为 4..12 字");
        if (rq_list(rq, "miniprogram_notice.content_item") > 10)
                return refuse(rq, 40058, "content_item 至多 10 项");
        return text_eq(rq_str(rq, "touser"), "@all") ? refuse(rq, 40058, "小程序通知不能发给 @all") : 0;
}

static int check_card(struct request *rq)
{
        static const char *const kinds[] = {"text_notice", "news_notice", "button_interaction", "vote_interaction",
                                            "multiple_interaction"};
        const char *kind = rq_str(rq, "template_card.card_type");

        for (size_t i = 0; i < countof(kinds); i++)
                if (text_eq(kinds[i], kind))
                        return i >= 2 && text_empty(rq_str(rq, "template_card.task_id"))
                                       ? refuse(rq, 40063, "互动卡片要 task_id")
                                       : 0;
        return refuse(rq, 40058, "card_type %s", kind ? kind : "(缺)");
}

static int check_textcard(struct request *rq)
{
        const char *title = rq_str(rq, "textcard.title"), *text = rq_str(rq, "textcard.description");

        if (text_empty(title) || text_empty(text) || text_empty(rq_str(rq, "textcard.url")))
                return refuse(rq, 40063, "textcard 要 title、description 和 url");
        if (utf8_length(title) > 128 || utf8_length(text) > 512 || strlen(rq_str(rq, "textcard.url")) > 2048)
                return refuse(rq, 45002, "title 至多 128 字、description 512 字、url 2048 字节");
        return 0;
}

static int check_content(struct request *rq)
{
        const char *type = rq_str(rq, "msgtype");

        if (!rq_has(rq, type))
                return refuse(rq, 40063, "缺 %s", type);
        if (text_eq(type, "text") || text_eq(type, "markdown")) {
                const char *content = rq_str(rq, arena_printf(rq->arena, "%s.content", type));
                if (text_empty(content))
                        return refuse(rq, 44004, "%s.content 为空", type);
                /* Longer text is cut, longer markdown refused. */
                return *type == 'm' && strlen(content) > 2048 ? refuse(rq, 45002, "markdown 超过 2048 字节") : 0;
        }
        if (text_eq(type, "image") || text_eq(type, "voice") || text_eq(type, "file") || text_eq(type, "video"))
                return media_check(rq, arena_printf(rq->arena, "%s.media_id", type));
        if (text_eq(type, "textcard"))
                return check_textcard(rq);
        if (text_eq(type, "news") || text_eq(type, "mpnews"))
                return check_articles(rq, type);
        if (text_eq(type, "miniprogram_notice"))
                return check_notice(rq);
        if (text_eq(type, "template_card"))
                return check_card(rq);
        return refuse(rq, 40008, "不支持的 msgtype %s", type);
}

/* ---- receivers ---- */

struct receivers {
        struct staff_list ok;
        struct text bad_users, bad_parties, bad_tags;
        bool any;
};

static void note(struct text *list, const char *what)
{
        text_addf(list, "%s%s", list->n ? "|" : "", what);
}

static void take(struct request *rq, struct receivers *to, struct staff *s)
{
        for (size_t i = 0; i < to->ok.n; i++)
                if (to->ok.v[i] == s)
                        return;
        vec_push(rq->arena, &to->ok, s);
}

static void take_party(struct request *rq, struct receivers *to, const char *text)
{
        struct corp *corp = &rq->sim->world.corp;
        int64_t id;

        if (text_to_int(text, 1, INT64_MAX, &id) || !department_find(rq->sim, id)) {
                note(&to->bad_parties, text);
                return;
        }
        for (size_t i = 0; i < corp->staff.n; i++)
                if (!corp->staff.v[i]->outside && corp->staff.v[i]->state == 1 &&
                    department_within(rq->sim, corp->staff.v[i]->department, id))
                        take(rq, to, corp->staff.v[i]);
}

static void take_user(struct request *rq, struct receivers *to, const char *userid)
{
        struct staff *s = staff_find(rq->sim, userid);
        if (s && !s->outside && s->state == 1)
                take(rq, to, s);
        else
                note(&to->bad_users, text_fold(rq->arena, userid));
}

/* Each of a list "a|b|c" of the request. */
static int each(struct request *rq, struct receivers *to, const char *field, size_t most, int code,
                void (*fn)(struct request *, struct receivers *, const char *))
{
        char *rest = arena_strdup(rq->arena, rq_str(rq, field)), *part;
        size_t n = 0;

        while (rest && (part = strsep(&rest, "|"))) {
                if (!*part)
                        continue;
                if (++n > most)
                        return refuse(rq, code, "%s 至多 %zu 个", field, most);
                to->any = true;
                fn(rq, to, part);
        }
        return 0;
}

static void take_tag(struct request *rq, struct receivers *to, const char *tag)
{
        (void)rq;
        note(&to->bad_tags, tag); /* this corp's directory has no tags */
}

static int find_receivers(struct request *rq, struct receivers *to)
{
        int r = 0;

        text_init(&to->bad_users, rq->arena);
        text_init(&to->bad_parties, rq->arena);
        text_init(&to->bad_tags, rq->arena);
        if (text_eq(rq_str(rq, "touser"), "@all")) {
                to->any = true;
                take_party(rq, to, "1");
        } else {
                r = each(rq, to, "touser", 1000, 82001, take_user);
        }
        r = r ? r : each(rq, to, "toparty", 100, 82002, take_party);
        r = r ? r : each(rq, to, "totag", 100, 82003, take_tag);
        if (!r && !to->any)
                r = refuse(rq, 81012, "touser、toparty、totag 不能全空（wecom-misc §3）");
        if (!r && !to->ok.n)
                r = refuse(rq, 81013, "收件人全部无效（wecom-misc §3）");
        return r;
}

/* ---- sending ---- */

/* Whoever got 30 in a minute or 1000 in an hour of this application gets no more, and nobody says so. */
static bool fits_limits(struct sim *sim, struct wecom_app *app, struct staff *s)
{
        char key[128];
        struct quota {
                int64_t minute, hour;
                unsigned in_minute, in_hour;
        } *q;
        struct wecom *w = wecom_of(sim);
        int64_t now = sim_now(sim);

        snprintf(key, sizeof(key), "%s|%s", app->agent_id, s->userid);
        q = map_get(&w->quotas, key);
        if (!q) {
                q = arena_new(&sim->arena, struct quota);
                map_put(&w->quotas, &sim->arena, arena_strdup(&sim->arena, key), q);
        }
        if (q->minute != now / 60000)
                q->minute = now / 60000, q->in_minute = 0;
        if (q->hour != now / HOUR_MS)
                q->hour = now / HOUR_MS, q->in_hour = 0;
        if (q->in_minute >= PER_MINUTE || q->in_hour >= PER_HOUR)
                return false;
        q->in_minute++;
        q->in_hour++;
        return true;
}

/* The same content within the interval is not delivered again when the caller asked for that. */
static bool repeats(struct request *rq)
{
        struct wecom *w = wecom_of(rq->sim);
        char hex[SHA1_HEX];
        int64_t *last, now = sim_now(rq->sim);
        int64_t interval = rq_int(rq, "duplicate_check_interval", 1800) * 1000;

        if (!rq_bool(rq, "enable_duplicate_check", false))
                return false;
        crypt_sha1_hex(raw_body(rq->raw), hex);
        last = map_get(&w->repeats, hex);
        if (last && *last + interval > now)
                return true;
        if (!last) {
                last = arena_new(&rq->sim->arena, int64_t);
                map_put(&w->repeats, &rq->sim->arena, arena_strdup(&rq->sim->arena, hex), last);
        }
        *last = now;
        return false;
}

static void deliver(struct request *rq, struct receivers *to, const char *msgid)
{
        bool again = repeats(rq);

        for (size_t i = 0; i < to->ok.n; i++) {
                struct staff *s = to->ok.v[i];
                const char *why = again ? "same content" : fits_limits(rq->sim, rq->app, s) ? NULL : "30/min or 1000/h";
                ledger_add(rq->sim, why ? "app_silent" : "app_received", rq->app->agent_id, msgid, "%s %s%s%s",
                           s->userid, rq_str(rq, "msgtype"), why ? ": " : "", why ? why : "");
        }
}

static int message_send(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct wecom *w = wecom_of(sim);
        struct receivers to = {0};
        const char *agent = rq_str(rq, "agentid");

        if (!app_by_agent(sim, agent))
                return refuse(rq, 40056, "没有 agentid %s", agent);
        if (!text_eq(agent, rq->app->agent_id))
                return refuse(rq, 301002, "token 不是这个 agentid 的（wecom-misc §3）");
        if (rq_int(rq, "duplicate_check_interval", 1800) > REPEAT_MAX_S)
                return refuse(rq, 40058, "duplicate_check_interval 至多 4 小时");
        int r = check_content(rq);
        r = r ? r : find_receivers(rq, &to);
        if (r)
                return r;
        struct app_message *m = arena_new(&sim->arena, struct app_message);
        *m = (struct app_message){.app = rq->app, .at = sim_now(sim), .response_until = sim_now(sim) + RESPONSE_MS};
        const char *msgid = wecom_text(sim, "", 43);
        map_put(&w->messages, &sim->arena, msgid, m);
        deliver(rq, &to, msgid);
        out_str(&rq->out, "invaliduser", to.bad_users.p);
        out_str(&rq->out, "invalidparty", to.bad_parties.p);
        out_str(&rq->out, "invalidtag", to.bad_tags.p);
        out_str(&rq->out, "unlicenseduser", "");
        out_str(&rq->out, "msgid", msgid);
        if (text_eq(rq_str(rq, "msgtype"), "template_card")) {
                const char *code = wecom_text(sim, "", 40);
                map_put(&w->cards, &sim->arena, code, m);
                out_str(&rq->out, "response_code", code);
        }
        return 0;
}

static int message_recall(struct request *rq)
{
        struct app_message *m = map_get(&wecom_of(rq->sim)->messages, rq_str(rq, "msgid"));

        if (!m || m->app != rq->app)
                return refuse(rq, 40058, "没有这个应用发过的 msgid");
        if (m->at + RECALL_MS < sim_now(rq->sim))
                return refuse(rq, 42052, "只能撤回 24 小时内的消息（wecom-misc §3）");
        m->recalled = true;
        ledger_add(rq->sim, "app_recalled", rq->app->agent_id, rq_str(rq, "msgid"), "%s", "");
        return 0;
}

static int update_card(struct request *rq)
{
        struct app_message *m = map_get(&wecom_of(rq->sim)->cards, rq_str(rq, "response_code"));

        if (!text_eq(rq_str(rq, "agentid"), rq->app->agent_id))
                return refuse(rq, 301002, "token 不是这个 agentid 的");
        if (!m || m->app != rq->app || m->answered || m->response_until < sim_now(rq->sim))
                return refuse(rq, 60140, "response_code 不存在、用过或已过 72 小时（wecom-misc §3）");
        if (!rq_has(rq, "button.replace_name") && !rq_has(rq, "template_card"))
                return refuse(rq, 40063, "要 button.replace_name 或 template_card");
        m->answered = true;
        out_list(&rq->out, "invaliduser");
        for (size_t i = 0, n = rq_list(rq, "userids"); i < n; i++) {
                const char *userid = rq_str(rq, arena_printf(rq->arena, "userids.%zu", i));
                if (!staff_find(rq->sim, userid))
                        out_str(&rq->out, NULL, userid);
        }
        out_end(&rq->out);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/message/recall", "POST", FAMILY_WECOM, BASE_RATE, 0, message_recall, "msgid:s!"},
        {"/cgi-bin/message/send", "POST", FAMILY_WECOM, 0, 0, message_send,
         "msgtype:s! agentid:d! touser:s toparty:s totag:s safe:n enable_duplicate_check:n duplicate_check_interval:n"},
        {"/cgi-bin/message/update_template_card", "POST", FAMILY_WECOM, BASE_RATE, 0, update_card,
         "agentid:d! response_code:s! userids:l"},
};

static const char *const events[] = {"LOCATION", "click", "enter_agent", "subscribe", "template_card_event",
                                     "unsubscribe", "view", NULL};

const struct product_table wecom_message = {"wecom_message", endpoints, countof(endpoints), events};
