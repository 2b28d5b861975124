/* WeCom: 微信客服 (wecom-kf.md). */
#include "sim/chat.h"
#include "sim/cursor.h"
#include "sim/gate.h"
#include "sim/sim.h"

#include <string.h>

/* ---- accounts, servicers ---- */

static int account_list(struct request *rq)
{
        struct corp *corp = &rq->sim->world.corp;
        int64_t offset = rq_int(rq, "offset", 0), limit = rq_int(rq, "limit", 100);

        if (offset < 0 || limit < 1 || limit > 100)
                return refuse(rq, 40058, "offset ≥ 0，limit 1..100（wecom-kf 2）");
        out_list(&rq->out, "account_list");
        for (size_t i = (size_t)offset; i < corp->n_kf && i < (size_t)(offset + limit); i++) {
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "open_kfid", corp->kf[i]->open_kfid);
                out_str(&rq->out, "name", corp->kf[i]->name);
                out_str(&rq->out, "avatar",
                        arena_printf(rq->arena, "https://wework.qpic.cn/sim/%s/0", corp->kf[i]->open_kfid));
                out_bool(&rq->out, "manage_privilege", corp->kf[i]->managed);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

/* The account that the request names, or an errcode. */
static int find_kf(struct request *rq, const char *open_kfid, struct kf_account **kf)
{
        if (text_empty(open_kfid))
                return refuse(rq, 40063, "缺 open_kfid");
        if (!text_starts(open_kfid, "wk"))
                return refuse(rq, 95000, "open_kfid 应以 wk 开头");
        *kf = world_kf(rq->sim, open_kfid);
        if (!*kf)
                return refuse(rq, 95004, "没有这个客服账号");
        return (*kf)->managed ? 0 : refuse(rq, 48007, "客服账号未交给这个应用用 API 管理");
}

static int servicer_list(struct request *rq)
{
        struct corp *corp = &rq->sim->world.corp;
        struct kf_account *kf;
        int r = find_kf(rq, raw_param(rq->raw, "open_kfid"), &kf);

        if (r)
                return r;
        out_list(&rq->out, "servicer_list");
        for (size_t i = 0; i < corp->servicers.n; i++) {
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "userid", corp->servicers.v[i]->userid);
                out_int(&rq->out, "status", corp->servicers.v[i]->status);
                if (corp->servicers.v[i]->status)
                        out_int(&rq->out, "stop_type", 0);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

/* ---- sync_msg ---- */

#define KEPT_MS (3 * DAY_MS)

static void write_message(struct request *rq, const struct message *m)
{
        out_obj(&rq->out, NULL);
        out_str(&rq->out, "msgid", m->msgid);
        /* An event carries these two inside. */
        if (m->author != BY_SYSTEM) {
                out_str(&rq->out, "open_kfid", m->kf->open_kfid);
                out_str(&rq->out, "external_userid", m->person->external_userid);
        }
        out_int(&rq->out, "send_time", m->at / 1000);
        out_int(&rq->out, "origin", m->author);
        if (m->author == BY_SERVICER)
                out_str(&rq->out, "servicer_userid", m->servicer);
        out_str(&rq->out, "msgtype", m->type);
        out_raw(&rq->out, m->type, m->body);
        out_end(&rq->out);
}

/* Without a token of a notice the platform is strict about how often it is asked. */
static int check_notice_token(struct request *rq, struct kf_account *kf)
{
        const char *token = rq_str(rq, "token");
        int64_t minute = sim_now(rq->sim) / 60000;

        if (!text_empty(token)) {
                int r = cursor_push_token_check(rq->sim, rq->arena, kf, token);
                return r ? refuse(rq, 95007, r == CURSOR_E_EXPIRED ? "token 已过 10 分钟" : "token 不是这个账号的") : 0;
        }
        if (kf->tokenless_minute != minute) {
                kf->tokenless_minute = minute;
                kf->tokenless = 0;
        }
        if (++kf->tokenless > switch_on(rq->sim, SW_TOKENLESS_PER_MINUTE))
                return refuse(rq, 45009, "不带 token 的拉取有严格频率限制（开关 tokenless_per_minute）");
        return 0;
}

static int sync_msg(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct kf_account *kf;
        int64_t limit = rq_int(rq, "limit", 1000), most = switch_on(sim, SW_PAGE_MAX);
        const char *cursor = rq_str(rq, "cursor");
        size_t at = 0;
        int r = find_kf(rq, rq_str(rq, "open_kfid"), &kf);

        r = r ? r : check_notice_token(rq, kf);
        if (r)
                return r;
        if (limit < 0 || limit > 1000)
                return refuse(rq, 40058, "limit 最大 1000");
        if (!text_empty(cursor) && (cursor_read(sim, rq->arena, kf, cursor, &at) || at > kf->log.n))
                return refuse(rq, 50100, "cursor 不是这个账号给出的");
        while (at < kf->log.n && kf->log.v[at]->at + KEPT_MS < sim_now(sim))
                at++; /* older than three days: gone */
        size_t page = (size_t)(limit == 0 || limit > most ? most : limit);
        if (switch_on(sim, SW_EMPTY_PAGES) && kf->pages++ % 2 == 0)
                page = 0;
        out_list(&rq->out, "msg_list");
        for (; page && at < kf->log.n; page--, at++)
                write_message(rq, kf->log.v[at]);
        out_end(&rq->out);
        out_str(&rq->out, "next_cursor", cursor_make(sim, rq->arena, kf, at));
        out_int(&rq->out, "has_more", at < kf->log.n);
        return 0;
}

/* ---- sending ---- */

struct outgoing {
        struct kf_account *kf;
        struct session *session;
        const char *msgid, *type, *body, *text;
};

static int too_long(struct request *rq, const char *path, size_t most)
{
        const char *value = rq_str(rq, path);
        return value && strlen(value) > most ? refuse(rq, 45002, "%s 超过 %zu 字节", path, most) : 0;
}

static int check_media(struct request *rq, const char *path)
{
        const char *id = rq_str(rq, path);
        struct media *media = map_get(&rq->sim->world.media, id);
        if (!media || media->created + KEPT_MS < sim_now(rq->sim))
                return refuse(rq, 40007, "%s 不存在或已过 3 天", path);
        return 0;
}

static int check_menu(struct request *rq)
{
        size_t n = rq_list(rq, "msgmenu.list");
        int r = too_long(rq, "msgmenu.head_content", 1024);

        r = r ? r : too_long(rq, "msgmenu.tail_content", 1024);
        if (!r && n > 10)
                r = refuse(rq, 95008, "菜单最多 10 项");
        for (size_t i = 0; !r && i < n; i++) {
                const char *type = rq_str(rq, arena_printf(rq->arena, "msgmenu.list.%zu.type", i));
                if (!text_eq(type, "click") && !text_eq(type, "view") && !text_eq(type, "miniprogram") &&
                    !text_eq(type, "text"))
                        return refuse(rq, 95009, "菜单项类型 %s", type ? type : "(缺)");
                const char *content = arena_printf(rq->arena, "msgmenu.list.%zu.%s.content", i, type);
                r = text_empty(rq_str(rq, content)) ? refuse(rq, 44004, "%s 为空", content)
                                                    : too_long(rq, content,
                                                               text_eq(type, "click")  ? 128
                                                               : text_eq(type, "text") ? 256
                                                                                       : 1024);
        }
        return r;
}

/* Does the body fit its type (wecom-kf 6)? Fills what is kept and shown of it. */
static int check_content(struct request *rq, struct outgoing *m)
{
        const char *type = m->type;
        int r = 0;

        if (!rq_has(rq, type))
                return refuse(rq, 40063, "缺 %s", type);
        m->text = arena_printf(rq->arena, "[%s]", type);
        if (text_eq(type, "text")) {
                m->text = rq_str(rq, "text.content");
                r = text_empty(m->text) ? refuse(rq, 44004, "text.content 为空") : too_long(rq, "text.content", 2048);
        } else if (text_eq(type, "image") || text_eq(type, "voice") || text_eq(type, "video") ||
                   text_eq(type, "file")) {
                r = check_media(rq, arena_printf(rq->arena, "%s.media_id", type));
        } else if (text_eq(type, "link")) {
                m->text = rq_str(rq, "link.title");
                r = text_empty(m->text) || text_empty(rq_str(rq, "link.url"))
                            ? refuse(rq, 40063, "link 要 title 和 url")
                            : too_long(rq, "link.url", 2048);
                r = r ? r : check_media(rq, "link.thumb_media_id");
        } else if (text_eq(type, "miniprogram")) {
                m->text = rq_str(rq, "miniprogram.title");
                r = text_empty(rq_str(rq, "miniprogram.appid")) || text_empty(rq_str(rq, "miniprogram.pagepath"))
                            ? refuse(rq, 40063, "miniprogram 要 appid 和 pagepath")
                            : too_long(rq, "miniprogram.title", 64);
                r = r ? r : check_media(rq, "miniprogram.thumb_media_id");
        } else if (text_eq(type, "msgmenu")) {
                m->text = rq_str(rq, "msgmenu.head_content");
                r = check_menu(rq);
        } else if (text_eq(type, "location")) {
                m->text = rq_str(rq, "location.name");
                r = rq_has(rq, "location.latitude") && rq_has(rq, "location.longitude")
                            ? 0
                            : refuse(rq, 40063, "location 要经纬度");
        } else if (text_eq(type, "ca_link")) {
                m->text = rq_str(rq, "ca_link.link_url");
                r = text_empty(m->text) ? refuse(rq, 40063, "ca_link 要 link_url") : 0;
        } else {
                r = refuse(rq, 40008, "不支持的 msgtype %s", type);
        }
        m->text = m->text ? m->text : "";
        m->body = json_get(rq->arena, raw_body(rq->raw), type);
        return r;
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

static int send_msg(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct outgoing m = {.type = rq_str(rq, "msgtype")};
        struct person *person = map_get(&sim->world.by_external, rq_str(rq, "touser"));
        int r = find_kf(rq, rq_str(rq, "open_kfid"), &m.kf);

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
                return refuse(rq, r, "客户上次发言后已发 %d 条（wecom-kf 0.2）", REPLY_BUDGET);
        if (r == 95002)
                return refuse(rq, r, "客户上次发言已过 48 小时");
        if (r)
                return refuse(rq, r, "会话状态 %d 不能用 API 发送，只有 0 和 1 可以", session_state(sim, m.session));
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
                return refuse(rq, r,
                              r == 95007 ? "code 不存在、用过或已过期（欢迎语与结束语 20 秒，其余 48 小时）"
                              : r == 95018 ? "会话已不在这个 code 要求的状态"
                                           : "这个 code 不能发这种消息");
        out_str(&rq->out, "msgid", chat_deliver(sim, code->session, m.msgid, m.type, m.body, m.text, true)->msgid);
        return 0;
}

/* ---- session state ---- */

static int find_session(struct request *rq, struct session **s)
{
        struct kf_account *kf;
        struct person *person = map_get(&rq->sim->world.by_external, rq_str(rq, "external_userid"));
        int r = find_kf(rq, rq_str(rq, "open_kfid"), &kf);

        if (r)
                return r;
        if (!person)
                return refuse(rq, 40096, "external_userid 不是这个企业的客户");
        *s = session_of(rq->sim, person, kf);
        return 0;
}

static int service_state_get(struct request *rq)
{
        struct session *s;
        int r = find_session(rq, &s);

        if (r)
                return r;
        int state = session_state(rq->sim, s);
        out_int(&rq->out, "service_state", state);
        if (state == 3)
                out_str(&rq->out, "servicer_userid", s->servicer);
        return 0;
}

static int service_state_trans(struct request *rq)
{
        struct corp *corp = &rq->sim->world.corp;
        int64_t to = rq_int(rq, "service_state", -1);
        struct servicer *servicer = NULL;
        struct session *s;
        int r = find_session(rq, &s);

        if (r)
                return r;
        r = to < 0 || to > 4 ? 95016 : session_may_move(rq->sim, s, (int)to);
        if (r == 95013)
                return refuse(rq, r, "会话已结束或未开始");
        if (r)
                return refuse(rq, r, "不允许 %d → %lld（wecom-kf 4）", session_state(rq->sim, s), (long long)to);
        if (to == 3) {
                const char *userid = rq_str(rq, "servicer_userid");
                for (size_t i = 0; i < corp->servicers.n; i++)
                        if (text_eq(corp->servicers.v[i]->userid, userid))
                                servicer = corp->servicers.v[i];
                if (!servicer)
                        return refuse(rq, 95014, "不是接待人员");
                if (servicer->status)
                        return refuse(rq, 95019, "接待人员已停止接待");
        }
        const char *code = session_move(rq->sim, s, (int)to, servicer ? servicer->userid : NULL);
        out_opt(&rq->out, "msg_code", code);
        return 0;
}

/* ---- customers ---- */

static void write_customer(struct request *rq, struct person *p, bool context)
{
        out_obj(&rq->out, NULL);
        out_str(&rq->out, "external_userid", p->external_userid);
        out_str(&rq->out, "nickname", p->nickname);
        out_str(&rq->out, "avatar", arena_printf(rq->arena, "https://wx.qlogo.cn/sim/%u/0", p->place));
        out_int(&rq->out, "gender", 0);
        if (switch_on(rq->sim, SW_BOUND))
                out_str(&rq->out, "unionid", p->unionid);
        const struct session *last = NULL;
        for (size_t i = 0; i < KF_MAX; i++)
                if (p->session[i] && p->session[i]->entered + REPLY_WINDOW_MS > sim_now(rq->sim) &&
                    (!last || p->session[i]->entered > last->entered))
                        last = p->session[i];
        if (context && last) {
                out_obj(&rq->out, "enter_session_context");
                out_opt(&rq->out, "scene", last->scene);
                out_opt(&rq->out, "scene_param", last->scene_param);
                if (last->channels)
                        out_raw(&rq->out, "wechat_channels", last->channels);
                out_end(&rq->out);
        }
        out_end(&rq->out);
}

static int customer_batchget(struct request *rq)
{
        size_t n = rq_list(rq, "external_userid_list");
        bool context = rq_bool(rq, "need_enter_session_context", false);
        VEC(const char *) unknown = {0};

        if (!n || n > 100)
                return refuse(rq, 40058, "external_userid_list 1..100 个");
        out_list(&rq->out, "customer_list");
        for (size_t i = 0; i < n; i++) {
                const char *id = rq_str(rq, arena_printf(rq->arena, "external_userid_list.%zu", i));
                struct person *p = map_get(&rq->sim->world.by_external, id);
                if (p)
                        write_customer(rq, p, context);
                else
                        vec_push(rq->arena, &unknown, id);
        }
        out_end(&rq->out);
        out_list(&rq->out, "invalid_external_userid");
        for (size_t i = 0; i < unknown.n; i++)
                out_str(&rq->out, NULL, unknown.v[i]);
        out_end(&rq->out);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/kf/account/list", "POST", FAMILY_WECOM, 600, ENDPOINT_EITHER, account_list},
        {"/cgi-bin/kf/customer/batchget", "POST", FAMILY_WECOM, 6000, 0, customer_batchget},
        {"/cgi-bin/kf/send_msg", "POST", FAMILY_WECOM, 20000, 0, send_msg},
        {"/cgi-bin/kf/send_msg_on_event", "POST", FAMILY_WECOM, 20000, 0, send_msg_on_event},
        {"/cgi-bin/kf/service_state/get", "POST", FAMILY_WECOM, 6000, 0, service_state_get},
        {"/cgi-bin/kf/service_state/trans", "POST", FAMILY_WECOM, 6000, 0, service_state_trans},
        {"/cgi-bin/kf/servicer/list", "GET", FAMILY_WECOM, 600, 0, servicer_list},
        {"/cgi-bin/kf/sync_msg", "POST", FAMILY_WECOM, 20000, 0, sync_msg},
};

static const char *const events[] = {
        "kf_msg_or_event", "sync_msg/enter_session", "sync_msg/msg_send_fail", "sync_msg/session_status_change", NULL,
};

const struct product_table wecom_kf = {"wecom_kf", endpoints, countof(endpoints), events};
