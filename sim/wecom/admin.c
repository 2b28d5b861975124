/* The admin API's deeds of WeCom: staff, friends, groups, transfers, the console; see docs/simulator.md. */
#include "sim/admin_call.h"
#include "sim/chat.h"
#include "sim/sim.h"
#include "sim/wecom/kf.h"

#include <string.h>

/* ---- the directory ---- */

static void tell_user(struct sim *sim, const char *name, const struct staff *s, const char *fresh)
{
        struct arena arena;

        arena_init(&arena, 0);
        wecom_event(sim, name, s->userid,
                    (const struct node[]){{"UserID", s->userid},
                                          {"NewUserID", fresh},
                                          {"Name", s->name},
                                          {"Department", arena_printf(&arena, "%lld", (long long)s->department)},
                                          {"MainDepartment", arena_printf(&arena, "%lld", (long long)s->department)},
                                          {"Position", s->position},
                                          {"Status", arena_printf(&arena, "%d", s->state)},
                                          {"Alias", s->alias},
                                          {NULL, NULL}});
        arena_release(&arena);
}

static const char *staff(struct admin_call *c)
{
        const char *userid = admin_arg(c, "userid"), *name = admin_arg(c, "name");
        int64_t department = admin_number(c, "department", 0);
        struct staff *s = staff_find(c->sim, userid);
        bool fresh = !s;

        if (text_empty(userid) || (fresh && text_empty(name)))
                return "userid and name are needed";
        if (department && !department_find(c->sim, department))
                return "no such department";
        if (fresh)
                s = staff_add(c->sim, userid, name, department ? department : 2);
        s->name = text_empty(name) ? s->name : arena_strdup(&c->sim->arena, name);
        s->department = department ? department : s->department;
        s->state = (int)admin_number(c, "status", s->state);
        s->outside = admin_number(c, "outside", s->outside) != 0;
        s->may_serve = admin_number(c, "may_serve", s->may_serve) != 0;
        tell_user(c->sim, fresh ? "change_contact/create_user" : "change_contact/update_user", s, NULL);
        return NULL;
}

static const char *leave(struct admin_call *c)
{
        struct staff *s = staff_find(c->sim, admin_arg(c, "userid"));

        if (!s || s->state == 5)
                return "no such member";
        staff_leave(c->sim, s);
        return NULL;
}

static const char *department(struct admin_call *c)
{
        struct wecom *w = wecom_of(c->sim);
        int64_t id = admin_number(c, "id", 0), parent = admin_number(c, "parent", 1);
        struct department *d = department_find(c->sim, id);
        const char *name = admin_arg(c, "name"), *event = d ? "change_contact/update_party" : "change_contact/create_party";
        bool away = admin_number(c, "delete", 0) != 0;

        if (id < 1 || (away && (!d || id == 1)) || (!away && (text_empty(name) || !department_find(c->sim, parent))))
                return "id, name and parent of a department; or id and delete";
        if (away) {
                event = "change_contact/delete_party";
                for (size_t i = 0; i < w->departments.n; i++)
                        if (w->departments.v[i] == d)
                                w->departments.v[i] = w->departments.v[--w->departments.n];
        } else {
                if (!d) {
                        d = arena_new(&c->sim->arena, struct department);
                        *d = (struct department){.id = id, .order = 100000 - id, .name_en = ""};
                        vec_push(&c->sim->arena, &w->departments, d);
                }
                d->parent = parent;
                d->name = arena_strdup(&c->sim->arena, name);
        }
        wecom_event(c->sim, event, arena_printf(c->arena, "%lld", (long long)id),
                    (const struct node[]){{"Id", arena_printf(c->arena, "%lld", (long long)id)},
                                          {"Name", away ? NULL : d->name},
                                          {"Order", away ? NULL : arena_printf(c->arena, "%lld", (long long)d->order)},
                                          {"ParentId", away ? NULL : arena_printf(c->arena, "%lld", (long long)parent)},
                                          {NULL, NULL}});
        return NULL;
}

/* Tags of the directory: who is in one, told and not kept (no API of the fixed list reads them). */
static const char *member_tag(struct admin_call *c)
{
        if (text_empty(admin_arg(c, "id")))
                return "id of a tag";
        wecom_event(c->sim, "change_contact/update_tag", admin_arg(c, "id"),
                    (const struct node[]){{"TagId", admin_arg(c, "id")},
                                          {"AddUserItems", admin_arg(c, "add")},
                                          {"DelUserItems", admin_arg(c, "del")},
                                          {"AddPartyItems", admin_arg(c, "add_party")},
                                          {"DelPartyItems", admin_arg(c, "del_party")},
                                          {NULL, NULL}});
        return NULL;
}

/* ---- mass messages ---- */

static const char *confirm_mass(struct admin_call *c)
{
        struct mass *m = mass_find(c->sim, admin_arg(c, "msgid"));
        const struct staff *s = staff_find(c->sim, admin_arg(c, "userid"));

        if (!m || !s)
                return "no such msgid or member";
        out_int(&c->out, "sent", mass_send(c->sim, m, s));
        return NULL;
}

/* ---- friends ---- */

static const char *pair(struct admin_call *c, struct person **p, struct staff **s)
{
        const char *userid = admin_arg(c, "userid");

        *p = admin_customer(c);
        *s = userid ? staff_find(c->sim, userid) : c->sim->world.corp.staff.v[0];
        return !*p ? "no such customer" : !*s || (*s)->state == 5 ? "no such member" : NULL;
}

/* Through a contact way or an acquisition link: whom the platform chooses, and what it remembers. */
static const char *read_source(struct admin_call *c, struct source *from, struct staff **s)
{
        struct wecom *w = wecom_of(c->sim);
        const struct way *way = map_get(&w->ways, admin_arg(c, "config_id"));
        struct link *link = map_get(&w->links, admin_arg(c, "link_id"));
        const char *named = admin_arg(c, "userid");

        *from = (struct source){
                .add_way = (int)admin_number(c, "add_way", 1),
                .state = admin_arg(c, "state"),
                .channel = admin_arg(c, "channel"),
                .channel_source = (int)admin_number(c, "channel_source", 1),
                .half = admin_number(c, "half", 0) != 0,
        };
        if (admin_arg(c, "config_id")) {
                if (!way || way->deleted || way->group)
                        return "no such config_id";
                if (way->temp && way->created + way->expires_in * 1000 < sim_now(c->sim))
                        return "the temporary code has expired";
                from->state = way->state;
                if (!named && way->users.n)
                        *s = way->users.v[rng_between(&w->rng, 0, (int64_t)way->users.n - 1)];
        }
        if (admin_arg(c, "link_id")) {
                if (!link || link->deleted)
                        return "no such link_id";
                link->clicks++;
                if (!switch_on(c->sim, SW_ACQUISITION_BALANCE))
                        return "the acquisition quota is used up";
                from->link = link;
                from->add_way = 16;
                from->state = admin_arg(c, "customer_channel") ? utf8_cut(c->arena, admin_arg(c, "customer_channel"), 64) : "";
                if (!named && link->users.n)
                        *s = link->users.v[rng_between(&w->rng, 0, (int64_t)link->users.n - 1)];
        }
        return NULL;
}

static const char *add(struct admin_call *c)
{
        struct person *p;
        struct staff *s;
        struct source from;
        const char *why = pair(c, &p, &s);

        why = why ? why : read_source(c, &from, &s);
        if (!why && !s->may_serve)
                why = "this member may not have customers";
        if (why)
                return why;
        if (admin_arg(c, "employer")) {
                p->employer = arena_strdup(&c->sim->arena, admin_arg(c, "employer"));
                p->position = admin_arg(c, "position") ? arena_strdup(&c->sim->arena, admin_arg(c, "position")) : "";
        }
        const struct contact *contact = contact_add(c->sim, p, s, &from);
        out_str(&c->out, "userid", s->userid);
        out_str(&c->out, "external_userid", p->external_userid);
        out_bool(&c->out, "half", contact->relation == CONTACT_HALF);
        out_opt(&c->out, "welcome_code", contact->welcome);
        return NULL;
}

static const char *friends(struct admin_call *c, struct contact **contact)
{
        struct person *p;
        struct staff *s;
        const char *why = pair(c, &p, &s);

        *contact = why ? NULL : contact_find(p, s);
        return why ? why : *contact ? NULL : "they are no contacts";
}

static const char *confirm(struct admin_call *c)
{
        struct contact *contact;
        const char *why = friends(c, &contact);

        if (!why)
                contact_confirm(c->sim, contact);
        return why;
}

static const char *drop(struct admin_call *c)
{
        struct contact *contact;
        const char *why = friends(c, &contact);

        if (!why)
                contact_drop(c->sim, contact, false);
        return why;
}

static const char *quit(struct admin_call *c)
{
        struct contact *contact;
        const char *why = friends(c, &contact);

        if (!why)
                contact_leave(c->sim, contact);
        return why;
}

static const char *hear(struct admin_call *c)
{
        struct contact *contact;
        const char *why = friends(c, &contact);

        if (why)
                return why;
        contact_hear(c->sim, contact);
        out_opt(&c->out, "chat_key", contact->chat_key);
        return NULL;
}

static const char *agree(struct admin_call *c)
{
        struct contact *contact;
        const char *why = friends(c, &contact);

        if (!why)
                contact_agree(c->sim, contact);
        return why;
}

static const char *refuse_transfer(struct admin_call *c)
{
        struct wecom *w = wecom_of(c->sim);
        const struct person *p = admin_customer(c);
        const char *reason = admin_arg(c, "reason") ? admin_arg(c, "reason") : "customer_refused";

        for (size_t i = w->transfers.n; i--;)
                if (w->transfers.v[i]->person == p && w->transfers.v[i]->status == 2) {
                        transfer_refuse(c->sim, w->transfers.v[i], reason);
                        return NULL;
                }
        return "no transfer of hers is waiting";
}

/* ---- groups ---- */

static const char *make_group(struct admin_call *c)
{
        struct staff *s = staff_find(c->sim, admin_arg(c, "userid"));

        if (!s || text_empty(admin_arg(c, "name")))
                return "userid of the owner and name are needed";
        const struct group *g = group_make(c->sim, s, admin_arg(c, "name"));
        out_str(&c->out, "chat_id", g->id);
        out_str(&c->out, "opengid", g->opengid);
        return NULL;
}

static const char *join(struct admin_call *c)
{
        const struct way *way = map_get(&wecom_of(c->sim)->ways, admin_arg(c, "config_id"));
        struct group *g = way && way->group && way->groups.n ? way->groups.v[0] : group_find(c->sim, admin_arg(c, "chat_id"));
        struct member m = {.person = admin_customer(c), .scene = way ? 3 : 1, .state = way ? way->state : NULL};

        m.staff = m.person ? NULL : staff_find(c->sim, admin_arg(c, "userid"));
        if (!g || g->dismissed || (!m.person && !m.staff))
                return "no such group, or neither customer nor userid";
        m.by = way ? NULL : g->owner;
        group_join(c->sim, g, &m);
        return NULL;
}

static const char *quit_group(struct admin_call *c)
{
        struct group *g = group_find(c->sim, admin_arg(c, "chat_id"));
        const struct person *p = admin_customer(c);
        const char *id = p ? p->external_userid : admin_arg(c, "userid");

        if (!g || !id)
                return "no such group, or neither customer nor userid";
        group_quit(c->sim, g, id, admin_number(c, "removed", 0) != 0);
        return NULL;
}

static const char *change_group(struct admin_call *c)
{
        struct group *g = group_find(c->sim, admin_arg(c, "chat_id"));
        struct staff *owner = staff_find(c->sim, admin_arg(c, "owner"));

        if (!g)
                return "no such group";
        if (admin_arg(c, "name")) {
                g->name = arena_strdup(&c->sim->arena, admin_arg(c, "name"));
                group_change(c->sim, g, "change_name");
        }
        if (admin_arg(c, "notice")) {
                g->notice = arena_strdup(&c->sim->arena, admin_arg(c, "notice"));
                group_change(c->sim, g, "change_notice");
        }
        if (owner) {
                g->owner = owner;
                group_change(c->sim, g, "change_owner");
        }
        if (admin_arg(c, "admin"))
                g->admin = staff_find(c->sim, admin_arg(c, "admin"));
        if (admin_number(c, "dismiss", 0))
                group_dismiss(c->sim, g);
        return NULL;
}

/* ---- 微信客服 in the WeCom client, and applications ---- */

static struct kf_account *kf_of(const struct admin_call *c)
{
        return admin_arg(c, "open_kfid") ? world_kf(c->sim, admin_arg(c, "open_kfid")) : c->sim->world.corp.kf[0];
}

static const char *servicer_status(struct admin_call *c)
{
        struct staff *s = staff_find(c->sim, admin_arg(c, "userid"));
        struct kf_account *kf = kf_of(c);

        if (!s || !kf)
                return "no such member or account";
        s->status = (int)admin_number(c, "status", 0) != 0;
        s->stop_type = (int)admin_number(c, "stop_type", 0) != 0;
        chat_account_event(c->sim, kf, "servicer_status_change",
                           arena_printf(c->arena, ",\"servicer_userid\":\"%s\",\"status\":%d,\"stop_type\":%d", s->userid,
                                        s->status + 1, s->stop_type));
        return NULL;
}

/* A message of hers (or of a servicer) is taken back; or a servicer refuses her messages. */
static const char *recall(struct admin_call *c)
{
        struct kf_account *kf = kf_of(c);
        struct person *p = admin_customer(c);
        const char *by = admin_arg(c, "userid"), *msgid = admin_arg(c, "msgid");

        if (!p || !kf || !session_find(p, kf) || text_empty(msgid))
                return "customer with a session, and msgid";
        chat_event(c->sim, session_find(p, kf), by ? "servicer_recall_msg" : "user_recall_msg",
                   arena_printf(c->arena, ",\"recall_msgid\":\"%s\"%s%s%s", msgid, by ? ",\"servicer_userid\":\"" : "",
                                by ? by : "", by ? "\"" : ""),
                   "撤回消息");
        return NULL;
}

static const char *reject(struct admin_call *c)
{
        struct kf_account *kf = kf_of(c);
        struct person *p = admin_customer(c);
        const struct staff *s = staff_find(c->sim, admin_arg(c, "userid"));

        if (!p || !kf || !session_find(p, kf) || !s)
                return "customer with a session, and userid";
        chat_event(c->sim, session_find(p, kf), "reject_customer_msg_switch_change",
                   arena_printf(c->arena, ",\"servicer_userid\":\"%s\",\"reject_switch\":%d", s->userid,
                                admin_number(c, "on", 1) != 0),
                   "拒收客户消息");
        return NULL;
}

static const char *manage(struct admin_call *c)
{
        struct kf_account *kf = kf_of(c);

        if (!kf)
                return "no such open_kfid";
        kf_manage(c->sim, kf, admin_number(c, "on", 1) != 0);
        return NULL;
}

/* What a member does in an application: subscribe, unsubscribe, enter_agent, LOCATION, click, view, template_card_event. */
static const char *app_event(struct admin_call *c)
{
        static const char *const known[] = {"subscribe", "unsubscribe", "enter_agent", "LOCATION", "click", "view",
                                            "template_card_event"};
        struct staff *s = staff_find(c->sim, admin_arg(c, "userid"));
        const char *agent = admin_arg(c, "agentid"), *event = NULL;
        struct wecom_app *app = agent ? app_by_agent(c->sim, agent) : wecom_of(c->sim)->apps.v[0];

        for (size_t i = 0; i < countof(known); i++)
                if (text_eq(known[i], admin_arg(c, "event")))
                        event = known[i];
        if (!s || !app || !event)
                return "userid, event (subscribe unsubscribe enter_agent LOCATION click view template_card_event), agentid";
        wecom_app_event(c->sim, app, event, s->userid,
                        (const struct node[]){{"EventKey", admin_arg(c, "key") ? admin_arg(c, "key") : ""},
                                              {"TaskId", admin_arg(c, "task_id")},
                                              {"CardType", admin_arg(c, "card_type")},
                                              {"ResponseCode", admin_arg(c, "response_code")},
                                              {"Latitude", admin_arg(c, "latitude")},
                                              {"Longitude", admin_arg(c, "longitude")},
                                              {NULL, NULL}});
        return NULL;
}

/* Of a link, by the console or by her: balance_increased, delete_link, link_unavailable, open_profile, ... */
static const char *link_event(struct admin_call *c)
{
        static const char *const known[] = {
                "customer_acquisition/balance_increased", "customer_acquisition/delete_link",
                "customer_acquisition/link_unavailable", "customer_acquisition/open_profile",
                "customer_acquisition/quota_expire_soon",
        };
        struct link *link = map_get(&wecom_of(c->sim)->links, admin_arg(c, "link_id"));
        const char *wanted = admin_arg(c, "event") ? admin_arg(c, "event") : "", *event = NULL;

        for (size_t i = 0; i < countof(known); i++)
                if (text_eq(strchr(known[i], '/') + 1, wanted))
                        event = known[i];
        if (!event || (!link && (strstr(event, "link") || strstr(event, "profile"))))
                return "event (balance_increased delete_link link_unavailable open_profile quota_expire_soon), and link_id";
        if (link && strstr(event, "delete"))
                link->deleted = true;
        if (strstr(event, "increased"))
                c->sim->sw[SW_ACQUISITION_BALANCE].n += admin_number(c, "by", 1000);
        bool expires = strstr(event, "expire") != NULL;
        wecom_event(c->sim, event, link ? link->id : "",
                    (const struct node[]){{"LinkId", link ? link->id : NULL},
                                          {"State", admin_arg(c, "state")},
                                          {"ExpireTime", expires ? arena_printf(c->arena, "%lld", (long long)sim_now_s(c->sim) + 86400) : NULL},
                                          {"ExpireQuotaNum", expires ? "10" : NULL},
                                          {NULL, NULL}});
        return NULL;
}

/* The code that she, or a member, brings back from a login page. */
static const char *login(struct admin_call *c)
{
        const char *agent = admin_arg(c, "agentid");
        struct login_code code = {
                .app = agent ? app_by_agent(c->sim, agent) : wecom_of(c->sim)->apps.v[0],
                .staff = staff_find(c->sim, admin_arg(c, "userid")),
                .person = admin_customer(c),
                .private_info = admin_number(c, "private", 0) != 0,
        };

        if (!code.app || (!code.staff && !code.person))
                return "no such agentid, or neither userid nor customer";
        out_str(&c->out, "code", login_code_give(c->sim, &code));
        return NULL;
}

/* ---- looking ---- */

static const char *look(struct admin_call *c)
{
        struct wecom *w = wecom_of(c->sim);
        struct corp *corp = &c->sim->world.corp;

        out_list(&c->out, "apps");
        for (size_t i = 0; i < w->apps.n; i++) {
                const struct wecom_app *app = w->apps.v[i];
                out_obj(&c->out, NULL);
                out_str(&c->out, "agent_id", app->agent_id);
                out_str(&c->out, "name", app->name);
                out_str(&c->out, "secret", app->secret);
                out_bool(&c->out, "kf", app->kf);
                out_bool(&c->out, "contacts", app->contacts);
                out_bool(&c->out, "sync", app->sync);
                out_end(&c->out);
        }
        out_end(&c->out);
        out_list(&c->out, "staff");
        for (size_t i = 0; i < corp->staff.n; i++) {
                const struct staff *s = corp->staff.v[i];
                out_obj(&c->out, NULL);
                out_str(&c->out, "userid", s->userid);
                out_str(&c->out, "name", s->name);
                out_int(&c->out, "department", s->department);
                out_int(&c->out, "status", s->state);
                out_bool(&c->out, "outside", s->outside);
                out_bool(&c->out, "may_serve", s->may_serve);
                out_int(&c->out, "contacts", (int64_t)s->contacts.n);
                out_end(&c->out);
        }
        out_end(&c->out);
        return NULL;
}

static const struct admin_row looks[] = {{"GET", "/sim/wecom", look}};
static const struct admin_row acts[] = {
        {"POST", "/sim/wecom/add", add},
        {"POST", "/sim/wecom/agree", agree},
        {"POST", "/sim/wecom/app", app_event},
        {"POST", "/sim/wecom/confirm", confirm},
        {"POST", "/sim/wecom/department", department},
        {"POST", "/sim/wecom/drop", drop},
        {"POST", "/sim/wecom/group", make_group},
        {"POST", "/sim/wecom/group/change", change_group},
        {"POST", "/sim/wecom/group/join", join},
        {"POST", "/sim/wecom/group/quit", quit_group},
        {"POST", "/sim/wecom/hear", hear},
        {"POST", "/sim/wecom/leave", quit},
        {"POST", "/sim/wecom/link", link_event},
        {"POST", "/sim/wecom/login", login},
        {"POST", "/sim/wecom/manage", manage},
        {"POST", "/sim/wecom/mass", confirm_mass},
        {"POST", "/sim/wecom/recall", recall},
        {"POST", "/sim/wecom/refuse", refuse_transfer},
        {"POST", "/sim/wecom/reject", reject},
        {"POST", "/sim/wecom/servicer", servicer_status},
        {"POST", "/sim/wecom/staff", staff},
        {"POST", "/sim/wecom/staff/leave", leave},
        {"POST", "/sim/wecom/staff/tag", member_tag},
};

const struct admin_table admin_wecom_look = {looks, countof(looks)}, admin_wecom_act = {acts, countof(acts)};
