/* WeCom: sending in 微信客服, every type with its limits (wecom-kf.md 6, 7). */
#include "sim/sim.h"
#include "sim/wecom/kf.h"

#include <string.h>

struct outgoing {
        struct kf_account *kf;
        struct session *session;
        const char *msgid, *type, *body, *text;
};

/* A text of `least`..`most` bytes. */
static int check_text(struct request *rq, const char *path, size_t least, size_t most)
{
        const char *value = rq_str(rq, path);
        size_t n = value ? strlen(value) : 0;

        if (n < least)
                return refuse(rq, 40063, "缺 %s", path);
        return n > most ? refuse(rq, 45002, "%s 超过 %zu 字节（微信客服 §6）", path, most) : 0;
}

/* ---- bodies ---- */

static int check_menu_item(struct request *rq, size_t i)
{
        const char *item = arena_printf(rq->arena, "msgmenu.list.%zu", i);
        const char *type = rq_str(rq, arena_printf(rq->arena, "%s.type", item));
        const struct {
                const char *type, *field;
                size_t least, most;
        } rows[] = {{"click", "id", 0, 128},      {"click", "content", 1, 128},    {"view", "url", 1, 2048},
                    {"view", "content", 1, 1024}, {"miniprogram", "appid", 1, 32}, {"miniprogram", "pagepath", 1, 1024},
                    {"miniprogram", "content", 1, 1024}, {"text", "content", 1, 256}};
        bool known = false;

        for (size_t k = 0; k < countof(rows); k++) {
                if (!text_eq(rows[k].type, type))
                        continue;
                known = true;
                int r = check_text(rq, arena_printf(rq->arena, "%s.%s.%s", item, type, rows[k].field), rows[k].least,
                                   rows[k].most);
                if (r)
                        return r;
        }
        return known ? 0 : refuse(rq, 95009, "菜单项类型 %s（微信客服 §6）", type ? type : "(缺)");
}

static int check_menu(struct request *rq, struct outgoing *m)
{
        size_t n = rq_list(rq, "msgmenu.list");
        int r = check_text(rq, "msgmenu.head_content", 0, 1024);

        m->text = rq_str(rq, "msgmenu.head_content");
        r = r ? r : check_text(rq, "msgmenu.tail_content", 0, 1024);
        if (!r && n > 10)
                r = refuse(rq, 95008, "菜单最多 10 项（微信客服 §6）");
        for (size_t i = 0; !r && i < n; i++)
                r = check_menu_item(rq, i);
        return r;
}

static int check_words(struct request *rq, struct outgoing *m)
{
        m->text = rq_str(rq, "text.content");
        return text_empty(m->text) ? refuse(rq, 44004, "text.content 为空") : check_text(rq, "text.content", 1, 2048);
}

static int check_media(struct request *rq, struct outgoing *m)
{
        return media_check(rq, arena_printf(rq->arena, "%s.media_id", m->type));
}

static int check_link(struct request *rq, struct outgoing *m)
{
        const char *url = rq_str(rq, "link.url");
        int r = check_text(rq, "link.url", 1, 2048);

        m->text = rq_str(rq, "link.title");
        r = r ? r : check_text(rq, "link.title", 1, SIZE_MAX);
        if (!r && !strstr(url, "://"))
                r = refuse(rq, 40058, "link.url 要带 http(s)://（微信客服 §6）");
        return r ? r : media_check(rq, "link.thumb_media_id");
}

static int check_program(struct request *rq, struct outgoing *m)
{
        int r = check_text(rq, "miniprogram.appid", 1, 64);

        m->text = rq_str(rq, "miniprogram.title");
        r = r ? r : check_text(rq, "miniprogram.pagepath", 1, 1024);
        r = r ? r : check_text(rq, "miniprogram.title", 0, 64);
        return r ? r : media_check(rq, "miniprogram.thumb_media_id");
}

static int check_location(struct request *rq, struct outgoing *m)
{
        const char *type = rq_str(rq, "location.location_type");

        m->text = rq_str(rq, "location.name");
        if (type && strspn(type, "0123456789") != strlen(type))
                return refuse(rq, 95022, "location_type 不是数字（errors.md）");
        return rq_has(rq, "location.latitude") && rq_has(rq, "location.longitude")
                       ? 0
                       : refuse(rq, 40063, "location 要 latitude 和 longitude");
}

static int check_card(struct request *rq, struct outgoing *m)
{
        struct staff *s;
        m->text = rq_str(rq, "business_card.userid");
        return wecom_member(rq, m->text, &s);
}

/* One of this application's acquisition links; a channel may be appended. */
static int check_ca_link(struct request *rq, struct outgoing *m)
{
        struct wecom *w = wecom_of(rq->sim);

        m->text = rq_str(rq, "ca_link.link_url");
        for (size_t i = 0; i < w->all_links.n; i++) {
                const struct link *link = w->all_links.v[i];
                size_t n = strlen(link->url);
                if (!link->deleted && link->app == rq->app && text_starts(m->text ? m->text : "", link->url) &&
                    (!m->text[n] || m->text[n] == '?'))
                        return 0;
        }
        return refuse(rq, text_empty(m->text) ? 40063 : 40058, "link_url 应为本应用创建的获客链接（微信客服 §6）");
}

/* Does the body fit its type? Fills what is kept and shown of it. */
static int check_content(struct request *rq, struct outgoing *m)
{
        static const struct {
                const char *type;
                int (*check)(struct request *, struct outgoing *);
        } types[] = {{"business_card", check_card}, {"ca_link", check_ca_link}, {"file", check_media},
                     {"image", check_media},        {"link", check_link},       {"location", check_location},
                     {"miniprogram", check_program}, {"msgmenu", check_menu},   {"text", check_words},
                     {"video", check_media},        {"voice", check_media}};
        int (*check)(struct request *, struct outgoing *) = NULL;

        for (size_t i = 0; i < countof(types); i++)
                if (text_eq(types[i].type, m->type))
                        check = types[i].check;
        if (!check)
                return refuse(rq, 40008, "不支持的 msgtype %s（微信客服 §6）", m->type);
        if (text_eq(switch_text(rq->sim, SW_FORBIDDEN_TYPE), m->type))
                return refuse(rq, 95030, "客服组件不许发 %s（开关 forbidden_type）", m->type);
        if (!rq_has(rq, m->type))
                return refuse(rq, 40063, "缺 %s", m->type);
        int r = check(rq, m);
        if (r)
                return r;
        if (text_empty(m->text))
                m->text = arena_printf(rq->arena, "[%s]", m->type);
        m->body = json_get(rq->arena, raw_body(rq->raw), m->type);
        return 0;
}

static int check_msgid(struct request *rq, struct outgoing *m)
{
        static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
        m->msgid = rq_str(rq, "msgid");
        if (text_empty(m->msgid)) {
                m->msgid = NULL;
                return 0;
        }
        if (strlen(m->msgid) > 32 || strspn(m->msgid, allowed) != strlen(m->msgid))
                return refuse(rq, 40058, "msgid 最长 32 字节，只许 [0-9a-zA-Z_-]");
        return 0;
}

/* A msgid used before: never delivered twice. What the platform then answers is unconfirmed, hence the switch. */
static int repeated(struct request *rq, const char *msgid)
{
        rq->sim->world.n_repeats++;
        ledger_add(rq->sim, "repeated", "", msgid, "%s", rq->endpoint->path);
        out_str(&rq->out, "msgid", msgid);
        int code = (int)switch_on(rq->sim, SW_REPEAT_CODE);
        return code ? refuse(rq, code, "msgid 已用过，不会再发一次") : 0;
}

/* A corp that is not certified may talk with so many customers a day. */
static int check_customers(struct request *rq, struct session *s)
{
        struct wecom *w = wecom_of(rq->sim);
        int64_t day = sim_now(rq->sim) / DAY_MS;

        if (switch_on(rq->sim, SW_CERTIFIED) || s->served_day == day)
                return 0;
        if (w->served_day != day)
                w->served_day = day, w->served = 0;
        if (w->served >= switch_on(rq->sim, SW_CUSTOMERS_A_DAY))
                return refuse(rq, 95003, "未认证企业每天只能服务这么多客户（开关 customers_a_day）");
        w->served++;
        s->served_day = day;
        return 0;
}

static int send_msg(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct outgoing m = {.type = rq_str(rq, "msgtype")};
        struct person *person = map_get(&sim->world.by_external, rq_str(rq, "touser"));
        int r = kf_named(rq, rq_str(rq, "open_kfid"), &m.kf);

        if (r)
                return r;
        if (!person)
                return refuse(rq, 40096, "touser 不是这个企业的客户");
        if (text_empty(m.type))
                return refuse(rq, 40063, "缺 msgtype");
        r = check_msgid(rq, &m);
        r = r ? r : check_content(rq, &m);
        if (r)
                return r;
        if (m.msgid && chat_sent_before(sim, m.kf->open_kfid, m.msgid))
                return repeated(rq, m.msgid);
        m.session = session_of(sim, person, m.kf);
        r = session_may_send(sim, m.session);
        if (r == 95001)
                return refuse(rq, r, "客户上次发言后已发 %d 条（微信客服 §0）", REPLY_BUDGET);
        if (r == 95002)
                return refuse(rq, r, "客户上次发言已过 48 小时（微信客服 §0）");
        if (r)
                return refuse(rq, r, "会话在状态 %d，API 只能在 0 和 1 发送（微信客服 §4）", session_state(sim, m.session));
        r = check_customers(rq, m.session);
        if (r)
                return r;
        out_str(&rq->out, "msgid", chat_deliver(sim, m.session, m.msgid, m.type, m.body, m.text, false)->msgid);
        return 0;
}

static int send_msg_on_event(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct outgoing m = {.type = rq_str(rq, "msgtype")};
        struct code *code;

        if (text_empty(rq_str(rq, "code")) || text_empty(m.type))
                return refuse(rq, 40063, "缺 code 或 msgtype");
        int r = check_msgid(rq, &m);
        r = r ? r : check_content(rq, &m);
        if (r)
                return r;
        r = code_use(sim, rq_str(rq, "code"), m.type, &code);
        if (r)
                return refuse(rq, r == 95007 ? (int)switch_on(sim, SW_CODE_ERRCODE) : r,
                              r == 95007 ? "code 不存在、用过或已过期（欢迎语与结束语 20 秒，其余 48 小时）"
                              : r == 95018 ? "会话已不在这个 code 要求的状态"
                                           : "这个 code 不能发这种消息");
        if (code->state < 0)
                code->session->welcomed = sim_now(sim);
        out_str(&rq->out, "msgid", chat_deliver(sim, code->session, m.msgid, m.type, m.body, m.text, true)->msgid);
        return 0;
}

#define MESSAGE "msgid:s msgtype:s text.content:s "
static const struct endpoint endpoints[] = {
        {"/cgi-bin/kf/send_msg", "POST", FAMILY_WECOM, 20000, 0, send_msg, MESSAGE "touser:s open_kfid:s"},
        {"/cgi-bin/kf/send_msg_on_event", "POST", FAMILY_WECOM, 20000, 0, send_msg_on_event, MESSAGE "code:s"},
};

const struct product_table wecom_kf_send = {"wecom_kf_send", endpoints, countof(endpoints), NULL};
