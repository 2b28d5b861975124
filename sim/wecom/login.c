/*
 * Login of staff: OAuth in the client, the desktop's pages, and who it was (wecom-auth.md 4, 5).
 *
 * Nobody holds the phone here: the pages send the browser back at once, as the member (or customer) named by the query
 * parameter sim_user, or as the first member. A person's browser at a desk (it accepts text/html) that names nobody is shown
 * whose phone could scan.
 */
#include "sim/html.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <string.h>

#define STATE_MAX 128
#define TICKET_LIFE_MS (1800 * INT64_C(1000))

const char *login_code_give(struct sim *sim, const struct login_code *like)
{
        struct login_code *grant = arena_new(&sim->arena, struct login_code);
        const char *code = wecom_text(sim, "", 43);

        *grant = *like;
        grant->until = sim_now(sim) + CODE_LIFE_MS;
        map_put(&wecom_of(sim)->grants, &sim->arena, code, grant);
        return code;
}

static bool asks_a_person(struct request *rq)
{
        const char *accept = raw_header(rq->raw, "Accept");

        return accept && strstr(accept, "text/html") && !raw_param(rq->raw, "sim_user");
}

/* In place of the QR code: the members, each a link to this very page in his name; and the way back without a code. */
static int show_phones(struct request *rq, const char *to, const char *state)
{
        struct corp *corp = &rq->sim->world.corp;
        struct html h;

        html_init(&h, rq->sim, rq->raw);
        html_begin(&h, corp->name, 0, "phones");
        html_raw(&h, "<main><h1>");
        html_say(&h, "企业微信扫码登录", "Sign in with WeCom");
        html_raw(&h, "</h1><p>");
        html_say(&h, "模拟平台：没有手机来扫码，由谁确认登录？", "The simulator has no phone to scan with: who confirms?");
        html_raw(&h, "</p><ul>");
        for (size_t i = 0; i < corp->staff.n; i++) {
                const struct staff *s = corp->staff.v[i];
                const struct department *d = department_find(rq->sim, s->department);

                if (s->state != 1)
                        continue;
                html_add(&h, "<li><a data-user=\"%s\" href=\"?%s&sim_user=%s\">%s · %s</a></li>", s->userid, raw_query(rq->raw),
                         url_encode(rq->arena, s->userid), s->name, d ? d->name : "");
        }
        html_add(&h, "</ul><p><a data-user=\"\" href=\"%s%sstate=%s\">", to, strchr(to, '?') ? "&" : "?",
                 url_encode(rq->arena, state ? state : ""));
        html_say(&h, "取消", "Cancel");
        html_raw(&h, "</a></p></main></body></html>");
        rq->bytes = bytes_of(h.t.p, h.t.n);
        rq->mime = "text/html; charset=utf-8";
        return 0;
}

static int send_back(struct request *rq, struct wecom_app *app, bool private_info, bool desk)
{
        struct sim *sim = rq->sim;
        const char *to = raw_param(rq->raw, "redirect_uri"), *state = raw_param(rq->raw, "state");
        const char *who = raw_param(rq->raw, "sim_user");
        struct login_code grant = {
                .app = app,
                .staff = who ? staff_find(sim, who) : sim->world.corp.staff.v[0],
                .person = map_get(&sim->world.by_external, who),
                .private_info = private_info,
        };

        if (text_empty(to) || !(text_starts(to, "http://") || text_starts(to, "https://")))
                return refuse(rq, 50001, "redirect_uri 不是网址，或域名不可信");
        if (!console_returns_to(sim, to))
                return refuse(rq, 50001, "redirect_uri 的域名不是应用的可信域名（wecom-auth §3）");
        if (state && strlen(state) > STATE_MAX)
                return refuse(rq, 84025, "state 超过 %d 字节", STATE_MAX);
        if (desk && asks_a_person(rq))
                return show_phones(rq, to, state);
        if (!grant.staff && !grant.person)
                return refuse(rq, 60111, "sim_user 既不是成员也不是客户");
        const char *code = login_code_give(sim, &grant);
        rq->location = arena_printf(rq->arena, "%s%ccode=%s&state=%s", to, strchr(to, '?') ? '&' : '?', code,
                                    url_encode(rq->arena, state ? state : ""));
        return 0;
}

/* open.weixin.qq.com serves official accounts too: called when the appid is the corp's. */
int wecom_authorize(struct request *rq)
{
        const char *scope = raw_param(rq->raw, "scope"), *agent = raw_param(rq->raw, "agentid");
        bool private_info = text_eq(scope, "snsapi_privateinfo");
        struct wecom_app *app = agent ? app_by_agent(rq->sim, agent) : wecom_of(rq->sim)->apps.v[0];

        if (!text_eq(raw_param(rq->raw, "response_type"), "code"))
                return refuse(rq, 40058, "response_type 应为 code");
        if (!private_info && !text_eq(scope, "snsapi_base"))
                return refuse(rq, 10005, "scope 应为 snsapi_base 或 snsapi_privateinfo");
        if (!app || (private_info && !agent))
                return refuse(rq, 40056, "没有这个 agentid；snsapi_privateinfo 必须带它");
        return send_back(rq, app, private_info, false);
}

static int desktop(struct request *rq)
{
        struct wecom_app *app = app_by_agent(rq->sim, raw_param(rq->raw, "agentid"));

        if (!text_eq(raw_param(rq->raw, "appid"), rq->sim->world.corp.corp_id))
                return refuse(rq, 40013, "appid 应为企业的 corpid");
        if (!app || app->sync)
                return refuse(rq, 40056, "没有这个 agentid");
        return send_back(rq, app, false, true);
}

static int sso_login(struct request *rq)
{
        if (!text_eq(raw_param(rq->raw, "login_type"), "CorpApp"))
                return refuse(rq, 40058, "自建应用的 login_type 为 CorpApp（wecom-auth §5）");
        return desktop(rq);
}

/* ---- who it was ---- */

static void write_ticket(struct request *rq, struct login_code *code)
{
        struct sim *sim = rq->sim;
        struct login_code *grant = arena_new(&sim->arena, struct login_code);
        const char *ticket = wecom_text(sim, "", 64);

        *grant = (struct login_code){.app = code->app, .staff = code->staff, .until = sim_now(sim) + TICKET_LIFE_MS};
        map_put(&wecom_of(sim)->user_tickets, &sim->arena, ticket, grant);
        out_str(&rq->out, "user_ticket", ticket);
        out_int(&rq->out, "expires_in", TICKET_LIFE_MS / 1000);
}

/* A customer whose follower is in the range. */
static bool is_followed(const struct person *p)
{
        for (size_t i = 0; i < p->contacts.n; i++)
                if (contact_works(p->contacts.v[i]) && !p->contacts.v[i]->staff->outside)
                        return true;
        return false;
}

static int user_info(struct request *rq, bool old)
{
        const char *code = raw_param(rq->raw, "code");
        struct login_code *grant = map_get(&wecom_of(rq->sim)->grants, code);

        if (text_empty(code))
                return refuse(rq, 40063, "缺 code");
        if (!grant || grant->app != rq->app)
                return refuse(rq, 40029, "code 不存在，或不是这个应用的");
        if (grant->used)
                return refuse(rq, 42022, "code 只能用一次（wecom-auth §4）");
        if (grant->until <= sim_now(rq->sim))
                return refuse(rq, 42003, "code 已过 5 分钟（wecom-auth §4）");
        grant->used = true;
        if (grant->staff) {
                out_str(&rq->out, old ? "UserId" : "userid", grant->staff->userid);
                if (grant->private_info && !grant->staff->outside)
                        write_ticket(rq, grant);
                return 0;
        }
        out_str(&rq->out, old ? "OpenId" : "openid", grant->person->openid[0]);
        if (is_followed(grant->person))
                out_str(&rq->out, "external_userid", grant->person->external_userid);
        return 0;
}

static int get_user_info(struct request *rq)
{
        return user_info(rq, false);
}

/* The path before 2022 spells its members with capitals. */
static int old_user_info(struct request *rq)
{
        return user_info(rq, true);
}

static int get_user_detail(struct request *rq)
{
        struct login_code *grant = map_get(&wecom_of(rq->sim)->user_tickets, rq_str(rq, "user_ticket"));

        if (!grant || grant->app != rq->app)
                return refuse(rq, 84015, "user_ticket 不存在，或不是这个应用的");
        if (grant->until <= sim_now(rq->sim))
                return refuse(rq, 84014, "user_ticket 已过 1800 秒");
        const struct staff *s = grant->staff;
        out_str(&rq->out, "userid", s->userid);
        out_str(&rq->out, "gender", "0");
        out_str(&rq->out, "avatar", arena_printf(rq->arena, "https://wework.qpic.cn/sim/%s/0", s->userid));
        out_str(&rq->out, "qr_code", arena_printf(rq->arena, "https://open.work.weixin.qq.com/wwopen/userQRCode?vcode=%s", s->userid));
        out_str(&rq->out, "mobile", s->mobile);
        out_str(&rq->out, "email", s->email);
        out_str(&rq->out, "biz_mail", s->email);
        out_str(&rq->out, "address", "");
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/auth/getuserdetail", "POST", FAMILY_WECOM, BASE_RATE, 0, get_user_detail, "user_ticket:s!"},
        {"/cgi-bin/auth/getuserinfo", "GET", FAMILY_WECOM, BASE_RATE, 0, get_user_info},
        {"/cgi-bin/user/getuserinfo", "GET", FAMILY_WECOM, BASE_RATE, ENDPOINT_EITHER, old_user_info},
        {"/wwlogin/sso/login", "GET", FAMILY_LOGIN_WORK, 0, ENDPOINT_NO_TOKEN | ENDPOINT_BYTES, sso_login},
        {"/wwopen/sso/qrConnect", "GET", FAMILY_OPEN_WORK, 0, ENDPOINT_NO_TOKEN | ENDPOINT_BYTES, desktop},
};

const struct product_table wecom_login = {"wecom_login", endpoints, countof(endpoints), NULL};
