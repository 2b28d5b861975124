/* The directory (wecom-misc.md 1). */
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#define MEMBERS_MAX 10000

static bool visible(const struct request *rq, const struct staff *s)
{
        return s->state != 5 && (rq->app->sync || !s->outside);
}

/* A member as the contact-sync secret may read it only when it is old; as others may. */
static void write_user(struct request *rq, const struct staff *s)
{
        struct out *out = &rq->out;

        out_str(out, "userid", s->userid);
        out_str(out, "name", s->name);
        out_list(out, "department");
        out_int(out, NULL, s->department);
        out_end(out);
        out_list(out, "order");
        out_int(out, NULL, 0);
        out_end(out);
        out_str(out, "position", s->position);
        out_list(out, "is_leader_in_dept");
        out_int(out, NULL, s->leads);
        out_end(out);
        out_list(out, "direct_leader");
        out_end(out);
        out_int(out, "main_department", s->department);
        out_int(out, "status", s->state);
        out_str(out, "alias", s->alias);
        out_str(out, "telephone", "");
        out_str(out, "english_name", "");
        out_int(out, "enable", s->state != 2);
        out_int(out, "isleader", s->leads);
        out_int(out, "hide_mobile", 0);
        out_obj(out, "extattr");
        out_list(out, "attrs");
        out_end(out);
        out_end(out);
        out_str(out, "external_position", s->position);
        out_obj(out, "external_profile");
        out_str(out, "external_corp_name", rq->sim->world.corp.name);
        out_list(out, "external_attr");
        out_end(out);
        out_end(out);
}

static int no_details(struct request *rq)
{
        return rq->app->sync ? refuse(rq, 48009, "通讯录同步的新 IP 只能读 id（wecom-misc §1）") : 0;
}

static int user_get(struct request *rq)
{
        struct staff *s;
        int r = no_details(rq);

        r = r ? r : wecom_member(rq, raw_param(rq->raw, "userid"), &s);
        if (!r)
                write_user(rq, s);
        return r;
}

static int find_department(struct request *rq, const char *name, bool needed, int64_t *id)
{
        const char *text = raw_param(rq->raw, name);

        *id = 0;
        if (text_empty(text))
                return needed ? refuse(rq, 40063, "缺 %s", name) : 0;
        if (text_to_int(text, 0, INT64_MAX, id) || (*id && !department_find(rq->sim, *id)))
                return refuse(rq, *id ? 60003 : 60123, "没有部门 %s", text);
        return 0;
}

static int list_users(struct request *rq, bool full)
{
        struct corp *corp = &rq->sim->world.corp;
        bool deep = text_eq(raw_param(rq->raw, "fetch_child"), "1");
        int64_t id;
        int r = full ? no_details(rq) : 0;

        r = r ? r : find_department(rq, "department_id", true, &id);
        if (r)
                return r;
        out_list(&rq->out, "userlist");
        for (size_t i = 0; i < corp->staff.n; i++) {
                const struct staff *s = corp->staff.v[i];
                if (!visible(rq, s) || !(deep ? department_within(rq->sim, s->department, id) : s->department == id))
                        continue;
                out_obj(&rq->out, NULL);
                if (full) {
                        write_user(rq, s);
                } else {
                        out_str(&rq->out, "userid", s->userid);
                        out_str(&rq->out, "name", s->name);
                        out_list(&rq->out, "department");
                        out_int(&rq->out, NULL, s->department);
                        out_end(&rq->out);
                }
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static int user_list(struct request *rq)
{
        return list_users(rq, true);
}

static int user_simplelist(struct request *rq)
{
        return list_users(rq, false);
}

static int user_list_id(struct request *rq)
{
        struct corp *corp = &rq->sim->world.corp;
        struct page page;
        int r = page_begin(rq, "user/list_id", MEMBERS_MAX, MEMBERS_MAX, &page);

        if (r)
                return r;
        out_list(&rq->out, "dept_user");
        for (size_t n = 0; page.at < corp->staff.n && n < page.limit; page.at++) {
                const struct staff *s = corp->staff.v[page.at];
                if (s->state == 5)
                        continue;
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "userid", s->userid);
                out_int(&rq->out, "department", s->department);
                out_end(&rq->out);
                n++;
        }
        out_end(&rq->out);
        page_end(rq, &page, corp->staff.n);
        return 0;
}

static int by_contact(struct request *rq, bool email, const char *value)
{
        struct corp *corp = &rq->sim->world.corp;

        for (size_t i = 0; i < corp->staff.n; i++) {
                const struct staff *s = corp->staff.v[i];
                if (visible(rq, s) && text_eq(email ? s->email : s->mobile, value)) {
                        out_str(&rq->out, "userid", s->userid);
                        return 0;
                }
        }
        return refuse(rq, 46004, "可见范围里没有这个%s的成员", email ? "邮箱" : "手机号");
}

static int user_by_mobile(struct request *rq)
{
        return by_contact(rq, false, rq_str(rq, "mobile"));
}

static int user_by_email(struct request *rq)
{
        int64_t type = rq_int(rq, "email_type", 1);
        return type == 1 || type == 2 ? by_contact(rq, true, rq_str(rq, "email"))
                                      : refuse(rq, 40058, "email_type 应为 1（企业邮箱）或 2（个人邮箱）");
}

static int user_openid(struct request *rq)
{
        struct staff *s;
        int r = wecom_member(rq, rq_str(rq, "userid"), &s);

        if (!r && s->state != 1)
                r = refuse(rq, 43004, "成员未绑定微信");
        if (!r)
                out_str(&rq->out, "openid", s->openid);
        return r;
}

/* ---- departments ---- */

static void write_department(struct request *rq, const struct department *d, bool full)
{
        struct corp *corp = &rq->sim->world.corp;

        out_int(&rq->out, "id", d->id);
        if (full) {
                out_str(&rq->out, "name", d->name);
                out_str(&rq->out, "name_en", d->name_en);
                out_list(&rq->out, "department_leader");
                for (size_t i = 0; i < corp->staff.n; i++)
                        if (corp->staff.v[i]->leads && corp->staff.v[i]->department == d->id)
                                out_str(&rq->out, NULL, corp->staff.v[i]->userid);
                out_end(&rq->out);
        }
        out_int(&rq->out, "parentid", d->parent);
        out_int(&rq->out, "order", d->order);
}

static int list_departments(struct request *rq, const char *member, bool full)
{
        struct wecom *w = wecom_of(rq->sim);
        int64_t id;
        int r = find_department(rq, "id", false, &id);

        if (r)
                return r;
        out_list(&rq->out, member);
        for (size_t i = 0; i < w->departments.n; i++) {
                if (id && !department_within(rq->sim, w->departments.v[i]->id, id))
                        continue;
                out_obj(&rq->out, NULL);
                write_department(rq, w->departments.v[i], full);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static int department_list(struct request *rq)
{
        return list_departments(rq, "department", true);
}

static int department_simplelist(struct request *rq)
{
        return list_departments(rq, "department_id", false);
}

static int department_get(struct request *rq)
{
        int64_t id;
        int r = find_department(rq, "id", true, &id);

        if (!r && !id)
                r = refuse(rq, 60123, "部门 id 应为正数");
        if (r)
                return r;
        out_obj(&rq->out, "department");
        write_department(rq, department_find(rq->sim, id), true);
        out_end(&rq->out);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/department/get", "GET", FAMILY_WECOM, BASE_RATE, 0, department_get},
        {"/cgi-bin/department/list", "GET", FAMILY_WECOM, BASE_RATE, 0, department_list},
        {"/cgi-bin/department/simplelist", "GET", FAMILY_WECOM, BASE_RATE, 0, department_simplelist},
        {"/cgi-bin/user/convert_to_openid", "POST", FAMILY_WECOM, BASE_RATE, 0, user_openid, "userid:s!"},
        {"/cgi-bin/user/get", "GET", FAMILY_WECOM, BASE_RATE, 0, user_get},
        {"/cgi-bin/user/get_userid_by_email", "POST", FAMILY_WECOM, BASE_RATE, 0, user_by_email, "email:s! email_type:n"},
        {"/cgi-bin/user/getuserid", "POST", FAMILY_WECOM, BASE_RATE, 0, user_by_mobile, "mobile:s!"},
        {"/cgi-bin/user/list", "GET", FAMILY_WECOM, BASE_RATE, 0, user_list},
        {"/cgi-bin/user/list_id", "POST", FAMILY_WECOM, BASE_RATE, 0, user_list_id, "cursor:s limit:n"},
        {"/cgi-bin/user/simplelist", "GET", FAMILY_WECOM, BASE_RATE, 0, user_simplelist},
};

static const char *const events[] = {
        "change_contact/create_party", "change_contact/create_user", "change_contact/delete_party",
        "change_contact/delete_user",  "change_contact/update_party", "change_contact/update_tag",
        "change_contact/update_user",  NULL,
};

const struct product_table wecom_directory = {"wecom_directory", endpoints, countof(endpoints), events};
