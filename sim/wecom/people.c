/* The corp's applications, departments and staff, and what a token or a member may do (wecom-auth.md 1, 2). */
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <string.h>
#include <strings.h>

#define SIDE_SEED UINT64_C(0x5745434f4d) /* "WECOM" */

struct wecom *wecom_of(struct sim *sim)
{
        return sim->world.corp.wecom;
}

char *wecom_text(struct sim *sim, const char *prefix, size_t n)
{
        return rng_text(&wecom_of(sim)->rng, &sim->arena, prefix, n);
}

/* ---- the beginning ---- */

static void add_app(struct sim *sim, const struct wecom_app *like)
{
        struct wecom_app *app = arena_new(&sim->arena, struct wecom_app);
        *app = *like;
        if (!app->secret)
                app->secret = wecom_text(sim, "", 43);
        vec_push(&sim->arena, &wecom_of(sim)->apps, app);
}

static void add_department(struct sim *sim, int64_t id, int64_t parent, const char *name, const char *name_en)
{
        struct department *d = arena_new(&sim->arena, struct department);
        *d = (struct department){id, parent, 100000 - id, name, name_en};
        vec_push(&sim->arena, &wecom_of(sim)->departments, d);
}

struct staff *staff_add(struct sim *sim, const char *userid, const char *name, int64_t department)
{
        struct wecom *w = wecom_of(sim);
        struct staff *s = arena_new(&sim->arena, struct staff);

        *s = (struct staff){
                .userid = arena_strdup(&sim->arena, userid),
                .name = arena_strdup(&sim->arena, name),
                .alias = "",
                .position = "客服",
                .mobile = rng_digits(&w->rng, &sim->arena, "100", 8),
                .email = arena_printf(&sim->arena, "%s@yunxi.test", userid),
                .openid = wecom_text(sim, "o", 27),
                .department = department,
                .state = 1,
                .may_serve = true,
        };
        vec_push(&sim->arena, &sim->world.corp.staff, s);
        return s;
}

int wecom_init(struct sim *sim)
{
        struct corp *corp = &sim->world.corp;
        struct wecom *w = corp->wecom = arena_new(&sim->arena, struct wecom);

        *w = (struct wecom){.rng = {sim->rng.state ^ SIDE_SEED}};
        add_app(sim, &(struct wecom_app){.agent_id = corp->agent_id, .secret = corp->secret, .name = "掌柜",
                                         .kf = true, .contacts = true});
        add_app(sim, &(struct wecom_app){.agent_id = "1000003", .name = "内部通知"});
        add_app(sim, &(struct wecom_app){.agent_id = "0", .name = "通讯录同步", .sync = true});
        add_department(sim, 1, 0, corp->name, "Yunxi");
        add_department(sim, 2, 1, "客服部", "Service");
        add_department(sim, 3, 1, "销售部", "Sales");
        add_department(sim, 4, 3, "仓储部", "Warehouse");
        staff_add(sim, "linxia", "林夏", 2)->leads = true;
        staff_add(sim, "zhoumo", "周末", 2);
        staff_add(sim, "hejian", "何间", 3)->status = 1;
        for (size_t i = 0; i < corp->n_kf; i++)
                for (size_t k = 0; k < corp->staff.n; k++)
                        vec_push(&sim->arena, &corp->kf[i]->servicers, ((struct servicer){corp->staff.v[k], 0}));
        staff_add(sim, "laowu", "老吴", 4)->outside = true;
        staff_add(sim, "tangtang", "唐糖", 3)->may_serve = false;
        staff_add(sim, "xiaobai", "小白", 2)->state = 4;
        struct knowledge *first = arena_new(&sim->arena, struct knowledge);
        *first = (struct knowledge){.id = wecom_text(sim, "kg", 20), .name = "默认分组", .first = true};
        vec_push(&sim->arena, &w->knowledge, first);
        return 0;
}

void wecom_release(struct sim *sim)
{
        struct wecom *w = wecom_of(sim);
        struct map *maps[] = {&w->grants, &w->user_tickets, &w->welcomes, &w->ways, &w->links,
                              &w->chat_keys, &w->messages, &w->cards, &w->by_unionid, &w->quotas, &w->repeats};
        for (size_t i = 0; i < countof(maps); i++)
                map_release(maps[i]);
}

/* ---- looking up ---- */

struct staff *staff_find(struct sim *sim, const char *userid)
{
        struct corp *corp = &sim->world.corp;
        for (size_t i = 0; userid && i < corp->staff.n; i++)
                if (!strcasecmp(corp->staff.v[i]->userid, userid))
                        return corp->staff.v[i];
        return NULL;
}

struct department *department_find(struct sim *sim, int64_t id)
{
        struct wecom *w = wecom_of(sim);
        for (size_t i = 0; i < w->departments.n; i++)
                if (w->departments.v[i]->id == id)
                        return w->departments.v[i];
        return NULL;
}

bool department_within(struct sim *sim, int64_t id, int64_t ancestor)
{
        for (const struct department *d = department_find(sim, id); d; d = department_find(sim, d->parent))
                if (d->id == ancestor)
                        return true;
        return false;
}

struct wecom_app *app_by_agent(struct sim *sim, const char *agent_id)
{
        struct wecom *w = wecom_of(sim);
        for (size_t i = 0; i < w->apps.n; i++)
                if (text_eq(w->apps.v[i]->agent_id, agent_id))
                        return w->apps.v[i];
        return NULL;
}

/* ---- what is allowed ---- */

int wecom_check(struct request *rq, const char *path)
{
        const struct wecom_app *app = rq->app;

        if (rq->sim->faults.on[FAULT_HALF_TOKEN])
                return refuse(rq, 50003, "应用已停用，token 还没有过期（errors.md）");
        if (!switch_on(rq->sim, SW_IP_TRUSTED) || !console_trusts(rq->sim, LIST_WECOM, raw_peer(rq->raw)))
                return refuse(rq, 60020, "调用方 IP 不在应用的企业可信 IP 里（wecom-auth §2，开关 ip_trusted）");
        if (text_starts(path, "/cgi-bin/kf/") && !app->kf)
                return refuse(rq, 48002, "应用不在“微信客服 → 可调用接口的应用”里（wecom-kf）");
        if (text_starts(path, "/cgi-bin/externalcontact/") && !app->contacts)
                return refuse(rq, 48002, "应用不在“客户联系 → 可调用接口的应用”里（wecom-contact）");
        if (text_eq(path, "/cgi-bin/user/list_id") && !app->sync)
                return refuse(rq, 48002, "只有通讯录同步的 secret 能读（wecom-misc §1）");
        if (app->sync && (text_starts(path, "/cgi-bin/message/") || text_starts(path, "/cgi-bin/auth/")))
                return refuse(rq, 48002, "通讯录同步的 secret 不是应用（wecom-auth §1）");
        return 0;
}

int wecom_member(struct request *rq, const char *userid, struct staff **staff)
{
        static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@-";

        if (text_empty(userid) || strlen(userid) > 64 || strspn(userid, allowed) != strlen(userid))
                return refuse(rq, 40003, "userid 应为 1..64 个 [A-Za-z0-9_.@-]（wecom-misc §1）");
        *staff = staff_find(rq->sim, userid);
        if (!*staff || (*staff)->state == 5)
                return refuse(rq, 60111, "没有成员 %s，或已离职", userid);
        return (*staff)->outside ? refuse(rq, 60011, "成员 %s 不在应用的可见范围里", userid) : 0;
}

int wecom_follower(struct request *rq, const char *userid, struct staff **staff)
{
        int r = wecom_member(rq, userid, staff);
        return r || (*staff)->may_serve ? r : refuse(rq, 84074, "成员 %s 没有客户联系权限", userid);
}

int wecom_customer(struct request *rq, const char *external_userid, struct person **person)
{
        if (text_empty(external_userid))
                return refuse(rq, 40063, "缺 external_userid");
        *person = map_get(&rq->sim->world.by_external, external_userid);
        return *person ? 0 : refuse(rq, 40096, "external_userid 不是这个企业的客户");
}

int wecom_members(struct request *rq, const char *list, size_t most, struct staff_list *out)
{
        size_t n = rq_list(rq, list);

        if (n > most)
                return refuse(rq, 41041, "%s 至多 %zu 人", list, most);
        for (size_t i = 0; i < n; i++) {
                struct staff *staff;
                int r = wecom_follower(rq, rq_str(rq, arena_printf(rq->arena, "%s.%zu", list, i)), &staff);
                if (!r && staff->state != 1)
                        r = refuse(rq, 41054, "成员 %s 未激活", staff->userid);
                if (r)
                        return r;
                vec_push(&rq->sim->arena, out, staff);
        }
        return 0;
}
