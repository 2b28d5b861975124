/* WeCom: sessions, customers, and the way from 微信客服 to a friend (wecom-kf.md 4, 8, 9). */
#include "sim/sim.h"
#include "sim/wecom/kf.h"

/* ---- session state ---- */

int kf_session(struct request *rq, struct session **s)
{
        struct kf_account *kf;
        struct person *person = map_get(&rq->sim->world.by_external, rq_str(rq, "external_userid"));
        int r = kf_named(rq, rq_str(rq, "open_kfid"), &kf);

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
        int r = kf_session(rq, &s);

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
        int64_t to = rq_int(rq, "service_state", -1);
        struct staff *servicer = NULL;
        struct session *s;
        int r = kf_session(rq, &s);

        if (r)
                return r;
        if (!switch_on(rq->sim, SW_KF_API))
                return refuse(rq, 95017, "API 开关已关（开关 kf_api）");
        r = to < 0 || to > 4 ? 95016 : session_may_move(rq->sim, s, (int)to);
        if (r == 95013)
                return refuse(rq, r, "会话已结束或未开始（微信客服 §4）");
        if (r)
                return refuse(rq, r, "不允许 %d → %lld（微信客服 §4）", session_state(rq->sim, s), (long long)to);
        if (to == 3) {
                servicer = staff_find(rq->sim, rq_str(rq, "servicer_userid"));
                if (!servicer || servicer->state != 1 || !kf_serves(rq->sim, s->kf, servicer))
                        return refuse(rq, 95014, "不是这个账号的接待人员，或未激活（微信客服 §4）");
                if (servicer->status)
                        return refuse(rq, 95019, "接待人员已停止接待（微信客服 §4）");
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
        for (const struct session *s = p->sessions; s; s = s->next)
                if (s->entered + REPLY_WINDOW_MS > sim_now(rq->sim) && (!last || s->entered > last->entered))
                        last = s;
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

/* ---- upgrade service ---- */

/* What the console would say: department 2, everybody who may have customers, and every group. */
static bool in_range(const struct staff *s)
{
        return s->may_serve && !s->outside && s->state == 1;
}

static int upgrade_config(struct request *rq)
{
        struct corp *corp = &rq->sim->world.corp;
        struct wecom *w = corp->wecom;

        out_obj(&rq->out, "member_range");
        out_list(&rq->out, "userid_list");
        for (size_t i = 0; i < corp->staff.n; i++)
                if (in_range(corp->staff.v[i]))
                        out_str(&rq->out, NULL, corp->staff.v[i]->userid);
        out_end(&rq->out);
        out_list(&rq->out, "department_id_list");
        out_int(&rq->out, NULL, 2);
        out_end(&rq->out);
        out_end(&rq->out);
        out_obj(&rq->out, "groupchat_range");
        out_list(&rq->out, "chat_id_list");
        for (size_t i = 0; i < w->groups.n; i++)
                if (!w->groups.v[i]->dismissed)
                        out_str(&rq->out, NULL, w->groups.v[i]->id);
        out_end(&rq->out);
        out_end(&rq->out);
        return 0;
}

static int upgrade_service(struct request *rq)
{
        int64_t type = rq_int(rq, "type", 0);
        struct session *s;
        int r = kf_session(rq, &s);

        if (r)
                return r;
        if (s->last_customer + REPLY_WINDOW_MS < sim_now(rq->sim))
                return refuse(rq, 95031, "客户 48 小时内没有咨询过（errors.md）");
        if (switch_on(rq->sim, SW_UPGRADE_EXCLUSIVE))
                return refuse(rq, 95015, "后台已配置专属服务（微信客服 §9，开关 upgrade_exclusive）");
        if (type == 1) {
                struct staff *staff = staff_find(rq->sim, rq_str(rq, "member.userid"));
                if (!staff || !in_range(staff))
                        return refuse(rq, 95021, "member.userid 不在升级服务的范围里（微信客服 §9）");
                s->upgrade = staff->userid;
        } else if (type == 2) {
                struct group *group = group_find(rq->sim, rq_str(rq, "groupchat.chat_id"));
                if (!group || group->dismissed)
                        return refuse(rq, 95021, "groupchat.chat_id 不在升级服务的范围里（微信客服 §9）");
                s->upgrade = group->id;
        } else {
                return refuse(rq, 40058, "type 应为 1（专员）或 2（客户群）");
        }
        /* Nothing reaches the customer: a hint for the servicer in the WeCom client. */
        ledger_add(rq->sim, "upgrade_hint", s->kf->open_kfid, s->person->external_userid, "%s", s->upgrade);
        return 0;
}

static int cancel_upgrade(struct request *rq)
{
        struct session *s;
        int r = kf_session(rq, &s);

        if (!r)
                s->upgrade = NULL;
        return r;
}

#define WHO "open_kfid:s external_userid:s"
static const struct endpoint endpoints[] = {
        {"/cgi-bin/kf/customer/batchget", "POST", FAMILY_WECOM, 6000, 0, customer_batchget, "external_userid_list:l external_userid_list[]:s need_enter_session_context:n"},
        {"/cgi-bin/kf/customer/cancel_upgrade_service", "POST", FAMILY_WECOM, BASE_RATE, 0, cancel_upgrade, WHO},
        {"/cgi-bin/kf/customer/get_upgrade_service_config", "GET", FAMILY_WECOM, BASE_RATE, 0, upgrade_config},
        {"/cgi-bin/kf/customer/upgrade_service", "POST", FAMILY_WECOM, BASE_RATE, 0, upgrade_service,
         WHO " type:n! member.userid:s member.wording:s groupchat.chat_id:s groupchat.wording:s"},
        {"/cgi-bin/kf/service_state/get", "POST", FAMILY_WECOM, 6000, 0, service_state_get, WHO},
        {"/cgi-bin/kf/service_state/trans", "POST", FAMILY_WECOM, 6000, 0, service_state_trans, WHO " service_state:n servicer_userid:s"},
};

const struct product_table wecom_kf_session = {"wecom_kf_session", endpoints, countof(endpoints), NULL};
