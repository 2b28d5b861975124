/*
 * WeCom: mass messages to customers and their groups (企业群发, wecom-contact.md 7). Creating one sends nothing: each member
 * concerned gets a task and must confirm it in his client (POST /sim/wecom/mass). Nobody is called back; who wants to
 * know asks. A customer, or a group, takes as many a month as the month has days.
 */
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <string.h>
#include <time.h>

#define DISPATCH_MS 10000 /* until the tasks are there: 41063 before */
#define REMINDS_MAX 3     /* in 24 hours */
#define CUSTOMERS_MAX 10000
#define CHATS_MAX 2000
#define TEXT_BYTES 4000
#define SPAN_S (31 * 86400)

/* ---- whom ---- */

static bool has_tag(const struct contact *c, const char *id)
{
        for (size_t i = 0; i < c->tags.n; i++)
                if (text_eq(c->tags.v[i]->id, id))
                        return true;
        return false;
}

/* Any tag of each group of the filter. */
static bool passes_filter(struct request *rq, const struct contact *c)
{
        for (size_t g = 0; g < rq_list(rq, "tag_filter.group_list"); g++) {
                const char *list = arena_printf(rq->arena, "tag_filter.group_list.%zu.tag_list", g);
                bool any = false;

                for (size_t i = 0; !any && i < rq_list(rq, list); i++)
                        any = has_tag(c, rq_str(rq, arena_printf(rq->arena, "%s.%zu", list, i)));
                if (!any)
                        return false;
        }
        return true;
}

/* The member who takes it to her: the sender named, or the one she knows longest of late. */
static struct contact *way_to(const struct person *p, const struct staff *sender)
{
        struct contact *best = NULL;

        for (size_t i = 0; i < p->contacts.n; i++) {
                struct contact *c = p->contacts.v[i];
                if (contact_works(c) && (!sender || c->staff == sender) && (!best || c->since >= best->since))
                        best = c;
        }
        return best;
}

static void add_customer(struct request *rq, struct mass *m, struct contact *c)
{
        if (passes_filter(rq, c))
                vec_push(&rq->sim->arena, &m->targets,
                         ((struct mass_target){.staff = c->staff, .person = c->person, .id = c->person->external_userid}));
}

static void add_customers(struct request *rq, struct mass *m, struct staff *sender)
{
        size_t n = rq_list(rq, "external_userid");

        out_list(&rq->out, "fail_list");
        for (size_t i = 0; i < n; i++) {
                const char *id = rq_str(rq, arena_printf(rq->arena, "external_userid.%zu", i));
                struct person *p = map_get(&rq->sim->world.by_external, id);
                struct contact *c = p ? way_to(p, sender) : NULL;
                if (c)
                        add_customer(rq, m, c);
                else
                        out_str(&rq->out, NULL, id);
        }
        out_end(&rq->out);
        for (size_t i = 0; !n && i < sender->contacts.n; i++)
                if (contact_works(sender->contacts.v[i]))
                        add_customer(rq, m, sender->contacts.v[i]);
}

static void add_groups(struct request *rq, struct mass *m, struct staff *sender)
{
        const struct wecom *w = wecom_of(rq->sim);
        size_t n = rq_list(rq, "chat_id_list");

        out_list(&rq->out, "fail_list");
        out_end(&rq->out);
        for (size_t i = 0; i < w->groups.n; i++) {
                struct group *g = w->groups.v[i];
                bool named = !n;

                for (size_t k = 0; !named && k < n; k++)
                        named = text_eq(rq_str(rq, arena_printf(rq->arena, "chat_id_list.%zu", k)), g->id);
                if (named && g->owner == sender && !g->dismissed)
                        vec_push(&rq->sim->arena, &m->targets, ((struct mass_target){.staff = sender, .id = g->id}));
        }
}

/* ---- creating ---- */

static int check_new(struct request *rq, bool group, struct staff **sender)
{
        const char *text = rq_str(rq, "text.content"), *who = rq_str(rq, "sender");
        int r = attachments_check(rq, "attachments");

        if (r)
                return r;
        if (text_empty(text) && !rq_list(rq, "attachments"))
                return refuse(rq, 40058, "text 与 attachments 不能都空（wecom-contact §7）");
        if (text && strlen(text) > TEXT_BYTES)
                return refuse(rq, 45002, "text.content 超过 %d 字节（wecom-contact §7）", TEXT_BYTES);
        if (rq_list(rq, "external_userid") > CUSTOMERS_MAX || rq_list(rq, "chat_id_list") > CHATS_MAX)
                return refuse(rq, 40058, "客户至多 %d 个，群至多 %d 个（wecom-contact §7）", CUSTOMERS_MAX, CHATS_MAX);
        if (text_empty(who) && (group || !rq_list(rq, "external_userid")))
                return refuse(rq, 40058, "没有客户名单就要 sender，群发到群一定要 sender（wecom-contact §7）");
        return text_empty(who) ? 0 : wecom_follower(rq, who, sender);
}

static int add_msg_template(struct request *rq)
{
        const char *type = rq_str(rq, "chat_type"), *attachments = json_get(rq->arena, raw_body(rq->raw), "attachments");
        bool group = text_eq(type, "group");
        struct staff *sender = NULL;

        if (type && !group && !text_eq(type, "single"))
                return refuse(rq, 40058, "chat_type 应为 single 或 group（wecom-contact §7）");
        int r = check_new(rq, group, &sender);
        if (r)
                return r;
        struct mass *m = arena_new(&rq->sim->arena, struct mass);
        if (group)
                add_groups(rq, m, sender);
        else
                add_customers(rq, m, sender);
        if (!m->targets.n)
                return refuse(rq, 41048, "没有可以发送的客户或群（wecom-contact §7）");
        m->id = wecom_text(rq->sim, "msg", 29);
        m->created = sim_now(rq->sim);
        m->group = group;
        m->text = arena_strdup(&rq->sim->arena, rq_str(rq, "text.content"));
        m->attachments = arena_strdup(&rq->sim->arena, attachments);
        vec_push(&rq->sim->arena, &wecom_of(rq->sim)->mass, m);
        out_str(&rq->out, "msgid", m->id);
        ledger_add(rq->sim, "mass_task", "", m->id, "%zu to send", m->targets.n);
        return 0;
}

/* ---- the member's part ---- */

struct mass *mass_find(struct sim *sim, const char *id)
{
        struct wecom *w = wecom_of(sim);
        for (size_t i = 0; i < w->mass.n; i++)
                if (text_eq(w->mass.v[i]->id, id))
                        return w->mass.v[i];
        return NULL;
}

/* Year and month in China, and how many days it has. */
static int month_of(int64_t ms, int *days)
{
        time_t s = (time_t)(ms / 1000 + 8 * 3600);
        struct tm tm;

        gmtime_r(&s, &tm);
        int month = tm.tm_year * 12 + tm.tm_mon;
        tm.tm_mon++;
        tm.tm_mday = 0; /* the day before the next month's first */
        timegm(&tm);
        *days = tm.tm_mday;
        return month;
}

static int received_this_month(struct sim *sim, const char *id, int *days)
{
        const struct wecom *w = wecom_of(sim);
        int n = 0, ignored, month = month_of(sim_now(sim), days);

        for (size_t i = 0; i < w->mass.n; i++)
                for (size_t k = 0; k < w->mass.v[i]->targets.n; k++) {
                        const struct mass_target *t = &w->mass.v[i]->targets.v[k];
                        n += t->status == 1 && text_eq(t->id, id) && month_of(t->sent, &ignored) == month;
                }
        return n;
}

unsigned mass_send(struct sim *sim, struct mass *m, const struct staff *staff)
{
        unsigned sent = 0;

        for (size_t i = 0; i < m->targets.n && !m->cancelled; i++) {
                struct mass_target *t = &m->targets.v[i];
                int days;

                if (t->staff != staff || t->sent)
                        continue;
                const struct contact *c = t->person ? contact_find(t->person, t->staff) : NULL;
                t->sent = sim_now(sim);
                t->status = t->person && (!c || c->relation != CONTACT_FRIENDS)    ? 2
                            : received_this_month(sim, t->id, &days) >= days ? 3
                                                                             : 1;
                ledger_add(sim, t->status == 1 ? "mass" : "mass_lost", staff->userid, t->id, "%s %d", m->id, t->status);
                sent += t->status == 1;
        }
        return sent;
}

/* ---- asking ---- */

static int named(struct request *rq, struct mass **m)
{
        *m = mass_find(rq->sim, rq_str(rq, "msgid"));
        if (!*m)
                return refuse(rq, 40058, "没有这个 msgid（wecom-contact §7）");
        if ((*m)->created + DISPATCH_MS > sim_now(rq->sim))
                return refuse(rq, 41063, "任务还在派发，过一会儿再查（wecom-contact §7）");
        return 0;
}

static void write_content(struct request *rq, const struct mass *m)
{
        if (m->text) {
                out_obj(&rq->out, "text");
                out_str(&rq->out, "content", m->text);
                out_end(&rq->out);
        }
        out_raw(&rq->out, "attachments", m->attachments ? m->attachments : "[]");
}

static int get_list(struct request *rq)
{
        const struct wecom *w = wecom_of(rq->sim);
        int64_t from = rq_int(rq, "start_time", 0), to = rq_int(rq, "end_time", 0);
        const char *type = rq_str(rq, "chat_type");
        struct page page;
        int r = page_begin(rq, "mass", 50, 100, &page);

        if (r)
                return r;
        if (!text_eq(type, "single") && !text_eq(type, "group"))
                return refuse(rq, 40058, "chat_type 应为 single 或 group（wecom-contact §7）");
        if (to < from || to - from > SPAN_S)
                return refuse(rq, 40058, "start_time 到 end_time 至多一个月（wecom-contact §7）");
        out_list(&rq->out, "group_msg_list");
        for (size_t n = 0; page.at < w->mass.n && n < page.limit; page.at++) {
                const struct mass *m = w->mass.v[page.at];
                if (m->group != text_eq(type, "group") || m->created / 1000 < from || m->created / 1000 > to)
                        continue;
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "msgid", m->id);
                out_str(&rq->out, "create_time", arena_printf(rq->arena, "%lld", (long long)(m->created / 1000)));
                out_int(&rq->out, "create_type", 0);
                write_content(rq, m);
                out_end(&rq->out);
                n++;
        }
        out_end(&rq->out);
        page_end(rq, &page, w->mass.n);
        return 0;
}

static bool told_before(const struct mass *m, size_t at)
{
        for (size_t i = 0; i < at; i++)
                if (m->targets.v[i].staff == m->targets.v[at].staff)
                        return true;
        return false;
}

static int get_task(struct request *rq)
{
        struct mass *m;
        struct page page;
        int r = page_begin(rq, "mass_task", 500, 1000, &page);

        r = r ? r : named(rq, &m);
        if (r)
                return r;
        out_list(&rq->out, "task_list");
        for (size_t n = 0; page.at < m->targets.n && n < page.limit; page.at++) {
                const struct mass_target *t = &m->targets.v[page.at];
                if (told_before(m, page.at))
                        continue;
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "userid", t->staff->userid);
                out_int(&rq->out, "status", t->sent ? 2 : 0);
                if (t->sent)
                        out_int(&rq->out, "send_time", t->sent / 1000);
                out_end(&rq->out);
                n++;
        }
        out_end(&rq->out);
        page_end(rq, &page, m->targets.n);
        return 0;
}

static int get_result(struct request *rq)
{
        const char *who = rq_str(rq, "userid");
        struct mass *m;
        struct page page;
        int r = page_begin(rq, "mass_result", 500, 1000, &page);

        r = r ? r : named(rq, &m);
        if (r)
                return r;
        if (!staff_find(rq->sim, who))
                return refuse(rq, 40003, "userid 不存在");
        out_list(&rq->out, "send_list");
        for (size_t n = 0; page.at < m->targets.n && n < page.limit; page.at++) {
                const struct mass_target *t = &m->targets.v[page.at];
                if (!text_eq(t->staff->userid, who) || (m->group && !t->sent))
                        continue;
                out_obj(&rq->out, NULL);
                out_str(&rq->out, m->group ? "chat_id" : "external_userid", t->id);
                out_str(&rq->out, "userid", who);
                out_int(&rq->out, "status", t->status);
                if (t->sent)
                        out_int(&rq->out, "send_time", t->sent / 1000);
                out_end(&rq->out);
                n++;
        }
        out_end(&rq->out);
        page_end(rq, &page, m->targets.n);
        return 0;
}

static int remind(struct request *rq)
{
        struct mass *m;
        int r = named(rq, &m);

        if (r)
                return r;
        if (m->cancelled)
                return refuse(rq, 41093, "群发已取消（wecom-contact §7）");
        if (m->reminded_from + DAY_MS <= sim_now(rq->sim)) {
                m->reminded_from = sim_now(rq->sim);
                m->reminds = 0;
        }
        if (m->reminds >= REMINDS_MAX)
                return refuse(rq, 41094, "24 小时内至多提醒 %d 次（wecom-contact §7）", REMINDS_MAX);
        m->reminds++;
        return 0;
}

static int cancel(struct request *rq)
{
        struct mass *m;
        int r = named(rq, &m);

        if (!r && m->cancelled)
                return refuse(rq, 41093, "群发已取消（wecom-contact §7）");
        if (!r)
                m->cancelled = true;
        return r;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/externalcontact/add_msg_template", "POST", FAMILY_WECOM, BASE_RATE, 0, add_msg_template,
         "chat_type:s external_userid:l external_userid[]:s chat_id_list:l chat_id_list[]:s sender:s text.content:s attachments:l allow_select:b"},
        {"/cgi-bin/externalcontact/cancel_groupmsg_send", "POST", FAMILY_WECOM, BASE_RATE, 0, cancel, "msgid:s!"},
        {"/cgi-bin/externalcontact/get_groupmsg_list_v2", "POST", FAMILY_WECOM, BASE_RATE, 0, get_list,
         "chat_type:s! start_time:n! end_time:n! filter_type:n limit:n cursor:s"},
        {"/cgi-bin/externalcontact/get_groupmsg_send_result", "POST", FAMILY_WECOM, BASE_RATE, 0, get_result,
         "msgid:s! userid:s! limit:n cursor:s"},
        {"/cgi-bin/externalcontact/get_groupmsg_task", "POST", FAMILY_WECOM, BASE_RATE, 0, get_task, "msgid:s! limit:n cursor:s"},
        {"/cgi-bin/externalcontact/remind_groupmsg_send", "POST", FAMILY_WECOM, BASE_RATE, 0, remind, "msgid:s!"},
};

const struct product_table wecom_mass = {"wecom_mass", endpoints, countof(endpoints), NULL};
