/* WeCom: customers and the welcome (wecom-contact.md 1, 3). */
#include "sim/cursor.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <string.h>

#define WELCOME_BYTES 4000
#define ATTACHMENTS_MAX 9

static int follow_users(struct request *rq)
{
        struct corp *corp = &rq->sim->world.corp;

        out_list(&rq->out, "follow_user");
        for (size_t i = 0; i < corp->staff.n; i++) {
                const struct staff *s = corp->staff.v[i];
                if (s->may_serve && !s->outside && s->state != 5)
                        out_str(&rq->out, NULL, s->userid);
        }
        out_end(&rq->out);
        return 0;
}

static int list(struct request *rq)
{
        struct staff *s;
        size_t n = 0;
        int r = wecom_follower(rq, raw_param(rq->raw, "userid"), &s);

        for (size_t i = 0; !r && i < s->contacts.n; i++)
                n += contact_works(s->contacts.v[i]);
        if (!r && !n && switch_on(rq->sim, SW_LIST_EMPTY))
                r = refuse(rq, (int)switch_on(rq->sim, SW_LIST_EMPTY), "成员没有客户（wecom-contact §1，开关 list_empty）");
        if (r)
                return r;
        out_list(&rq->out, "external_userid");
        for (size_t i = 0; i < s->contacts.n; i++)
                if (contact_works(s->contacts.v[i]))
                        out_str(&rq->out, NULL, s->contacts.v[i]->person->external_userid);
        out_end(&rq->out);
        return 0;
}

/* ---- one customer ---- */

static void write_person(struct request *rq, const char *member, const struct person *p)
{
        out_obj(&rq->out, member);
        out_str(&rq->out, "external_userid", p->external_userid);
        out_str(&rq->out, "name", p->nickname);
        out_str(&rq->out, "avatar", arena_printf(rq->arena, "https://wx.qlogo.cn/sim/%u/0", p->place));
        out_int(&rq->out, "type", p->employer ? 2 : 1);
        out_int(&rq->out, "gender", 0);
        if (switch_on(rq->sim, SW_BOUND))
                out_str(&rq->out, "unionid", p->unionid);
        if (p->employer) {
                out_str(&rq->out, "position", p->position);
                out_str(&rq->out, "corp_name", p->employer);
                out_str(&rq->out, "corp_full_name", p->employer);
                out_raw(&rq->out, "external_profile",
                        "{\"external_attr\":[{\"type\":0,\"name\":\"部门\",\"text\":{\"value\":\"采购\"}},"
                        "{\"type\":1,\"name\":\"网站\",\"web\":{\"url\":\"https://example.test\",\"title\":\"主页\"}},"
                        "{\"type\":2,\"name\":\"程序\",\"miniprogram\":{\"appid\":\"wx00\",\"pagepath\":\"/index\",\"title\":\"目录\"}}]}");
        }
        out_end(&rq->out);
}

static void write_mobiles(struct request *rq, const struct contact *c)
{
        out_list(&rq->out, "remark_mobiles");
        for (size_t i = 0; i < c->mobiles.n; i++)
                out_str(&rq->out, NULL, c->mobiles.v[i]);
        out_end(&rq->out);
}

/* A follower of get, with tags by name; or of the batch, with their ids. */
static void write_follow(struct request *rq, const struct contact *c, bool batch)
{
        struct out *out = &rq->out;

        out_str(out, "userid", c->staff->userid);
        out_str(out, "remark", c->remark);
        out_str(out, "description", c->description);
        out_int(out, "createtime", c->since / 1000);
        out_list(out, batch ? "tag_id" : "tags");
        for (size_t i = 0; i < c->tags.n; i++) {
                const struct tag *tag = c->tags.v[i];
                if (batch) {
                        out_str(out, NULL, tag->id);
                        continue;
                }
                out_obj(out, NULL);
                out_str(out, "group_name", tag->group->name);
                out_str(out, "tag_name", tag->name);
                out_str(out, "tag_id", tag->id);
                out_int(out, "type", 1);
                out_end(out);
        }
        out_end(out);
        if (!text_empty(c->company))
                out_str(out, "remark_corp_name", c->company);
        write_mobiles(rq, c);
        out_int(out, "add_way", c->add_way);
        out_str(out, "oper_userid", c->oper);
        out_opt(out, "state", c->state);
        if (c->add_way == 10) {
                out_obj(out, "wechat_channels");
                out_str(out, "nickname", c->channel ? c->channel : "");
                out_int(out, "source", c->channel_source);
                out_end(out);
        }
}

static int get(struct request *rq)
{
        struct person *p;
        size_t n = 0;
        int r = wecom_customer(rq, raw_param(rq->raw, "external_userid"), &p);

        for (size_t i = 0; !r && i < p->contacts.n; i++)
                n += contact_works(p->contacts.v[i]) && !p->contacts.v[i]->staff->outside;
        if (!r && !n)
                r = refuse(rq, 84061, "没有成员与她互为好友：未加、未确认或已删除（wecom-contact，README 6）");
        if (r)
                return r;
        write_person(rq, "external_contact", p);
        out_list(&rq->out, "follow_user");
        for (size_t i = 0; i < p->contacts.n; i++) {
                const struct contact *c = p->contacts.v[i];
                if (!contact_works(c) || c->staff->outside)
                        continue;
                out_obj(&rq->out, NULL);
                write_follow(rq, c, false);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        out_str(&rq->out, "next_cursor", ""); /* no customer has over 500 followers here */
        return 0;
}

static int batch(struct request *rq)
{
        size_t n = rq_list(rq, "userid_list"), place = 0, written = 0;
        struct staff_list staff = {0};
        struct page page;
        int r = page_begin(rq, "externalcontact/batch", 50, 100, &page);

        if (!r && (!n || n > CONTACT_LIST_MAX))
                r = refuse(rq, 40058, "userid_list 1..%d 个", CONTACT_LIST_MAX);
        for (size_t i = 0; !r && i < n; i++) {
                struct staff *s;
                r = wecom_follower(rq, rq_str(rq, arena_printf(rq->arena, "userid_list.%zu", i)), &s);
                if (!r)
                        vec_push(rq->arena, &staff, s);
        }
        if (r)
                return r;
        out_list(&rq->out, "external_contact_list");
        for (size_t i = 0; i < staff.n; i++)
                for (size_t k = 0; k < staff.v[i]->contacts.n; k++) {
                        const struct contact *c = staff.v[i]->contacts.v[k];
                        if (!contact_works(c) || place++ < page.at || written == page.limit)
                                continue;
                        written++;
                        out_obj(&rq->out, NULL);
                        write_person(rq, "external_contact", c->person);
                        out_obj(&rq->out, "follow_info");
                        write_follow(rq, c, true);
                        out_end(&rq->out);
                        out_end(&rq->out);
                }
        out_end(&rq->out);
        page.at += written;
        page_end(rq, &page, place);
        return 0;
}

/* ---- remarks ---- */

static int check_length(struct request *rq, const char *field, size_t most)
{
        const char *value = rq_str(rq, field);
        return value && utf8_length(value) > most ? refuse(rq, 40058, "%s 至多 %zu 字（wecom-contact §1）", field, most) : 0;
}

static int remark(struct request *rq)
{
        struct arena *keep = &rq->sim->arena;
        size_t mobiles = rq_list(rq, "remark_mobiles");
        bool other = rq_has(rq, "remark") || rq_has(rq, "description") || rq_has(rq, "remark_company") ||
                     rq_has(rq, "remark_pic_mediaid");
        struct contact *c;
        int r = contact_named(rq, rq_str(rq, "userid"), rq_str(rq, "external_userid"), &c);

        if (!r && !other && !mobiles)
                r = refuse(rq, 40058, "至少填一项备注（wecom-contact §1）");
        r = r ? r : check_length(rq, "remark", 20);
        r = r ? r : check_length(rq, "description", 150);
        r = r ? r : check_length(rq, "remark_company", 20);
        r = r ? r : rq_has(rq, "remark_pic_mediaid") ? media_check(rq, "remark_pic_mediaid") : 0;
        if (r)
                return r;
        if (rq_has(rq, "remark"))
                c->remark = arena_strdup(keep, rq_str(rq, "remark"));
        if (rq_has(rq, "description"))
                c->description = arena_strdup(keep, rq_str(rq, "description"));
        if (rq_has(rq, "remark_company"))
                c->company = arena_strdup(keep, rq_str(rq, "remark_company"));
        if (mobiles)
                c->mobiles.n = 0;
        for (size_t i = 0; i < mobiles; i++) {
                const char *mobile = rq_str(rq, arena_printf(rq->arena, "remark_mobiles.%zu", i));
                if (!text_empty(mobile))
                        vec_push(keep, &c->mobiles, arena_strdup(keep, mobile));
        }
        /* Changed numbers alone are told to nobody. */
        if (other)
                contact_edited(rq->sim, c);
        return 0;
}

/* ---- other names of a customer ---- */

static void write_served(struct request *rq, const struct person *p, bool is_customer)
{
        out_bool(&rq->out, "is_customer", is_customer);
        out_str(&rq->out, "tmp_openid", cursor_key_make(rq->sim, rq->arena, "tmp_openid", (size_t)p->place));
        if (is_customer)
                out_str(&rq->out, "external_userid", p->external_userid);
        else
                out_str(&rq->out, "name", mask_name(rq->arena, p->nickname));
}

static void write_group_members(struct request *rq, struct page *page, size_t *place, size_t *written)
{
        struct wecom *w = wecom_of(rq->sim);

        for (size_t i = 0; i < w->groups.n; i++)
                for (size_t k = 0; k < w->groups.v[i]->members.n; k++) {
                        const struct member *m = &w->groups.v[i]->members.v[k];
                        bool known = false;
                        if (!m->person || (*place)++ < page->at || *written == page->limit)
                                continue;
                        ++*written;
                        for (size_t j = 0; j < m->person->contacts.n; j++)
                                known |= contact_works(m->person->contacts.v[j]);
                        out_obj(&rq->out, NULL);
                        write_served(rq, m->person, known);
                        out_str(&rq->out, "chat_id", w->groups.v[i]->id);
                        out_str(&rq->out, "chat_name", w->groups.v[i]->name);
                        out_int(&rq->out, "add_time", m->joined / 1000);
                        out_end(&rq->out);
                }
}

static int contact_list(struct request *rq)
{
        struct corp *corp = &rq->sim->world.corp;
        size_t place = 0, written = 0;
        struct page page;
        int r = page_begin(rq, "externalcontact/contact_list", 1000, 1000, &page);

        if (r)
                return r;
        out_list(&rq->out, "info_list");
        for (size_t i = 0; i < corp->staff.n; i++)
                for (size_t k = 0; k < corp->staff.v[i]->contacts.n; k++) {
                        const struct contact *c = corp->staff.v[i]->contacts.v[k];
                        if (c->staff->outside || place++ < page.at || written == page.limit)
                                continue;
                        written++;
                        out_obj(&rq->out, NULL);
                        write_served(rq, c->person, contact_works(c));
                        out_str(&rq->out, "follow_userid", c->staff->userid);
                        out_int(&rq->out, "add_time", c->since / 1000);
                        out_end(&rq->out);
                }
        write_group_members(rq, &page, &place, &written);
        out_end(&rq->out);
        page.at += written;
        page_end(rq, &page, place);
        return 0;
}

static int convert_openid(struct request *rq)
{
        struct person *p;
        int r = wecom_customer(rq, rq_str(rq, "external_userid"), &p);
        if (!r)
                out_str(&rq->out, "openid", p->openid[0]);
        return r;
}

static int unionid(struct request *rq)
{
        const struct person *p = map_get(&wecom_of(rq->sim)->by_unionid, rq_str(rq, "unionid"));

        if (!switch_on(rq->sim, SW_BOUND))
                return refuse(rq, 41057, "未绑定开发者账号（开关 bound）");
        if (!p)
                return refuse(rq, 84061, "没有这个 unionid 的客户");
        out_str(&rq->out, "external_userid", p->external_userid);
        return 0;
}

/* ---- the welcome ---- */

static int check_attachment(struct request *rq, const char *path)
{
        const char *type = rq_str(rq, arena_printf(rq->arena, "%s.msgtype", path));
        const char *body = arena_printf(rq->arena, "%s.%s", path, type ? type : "");
#define FIELD(name) arena_printf(rq->arena, "%s." name, body)

        if (text_eq(type, "image") && rq_has(rq, FIELD("pic_url")) && !rq_has(rq, FIELD("media_id")))
                return text_starts(rq_str(rq, FIELD("pic_url")), "https://wework.qpic.cn/")
                               ? 0
                               : refuse(rq, 40058, "pic_url 只能来自 media/uploadimg（wecom-contact §3）");
        if (text_eq(type, "image") || text_eq(type, "video") || text_eq(type, "file"))
                return media_check(rq, FIELD("media_id"));
        if (text_eq(type, "link")) {
                const char *title = rq_str(rq, FIELD("title"));
                if (text_empty(title) || text_empty(rq_str(rq, FIELD("url"))))
                        return refuse(rq, 40063, "%s 要 title 和 url", body);
                return strlen(title) > 128 ? refuse(rq, 45002, "%s.title 超过 128 字节", body) : 0;
        }
        if (text_eq(type, "miniprogram")) {
                const char *title = rq_str(rq, FIELD("title"));
                if (text_empty(title) || text_empty(rq_str(rq, FIELD("appid"))) || text_empty(rq_str(rq, FIELD("page"))))
                        return refuse(rq, 40063, "%s 要 title、appid 和 page", body);
                return strlen(title) > 64 ? refuse(rq, 45002, "%s.title 超过 64 字节", body)
                                          : media_check(rq, FIELD("pic_media_id"));
        }
#undef FIELD
        return refuse(rq, 41065, "附件类型 %s", type ? type : "(缺)");
}

int attachments_check(struct request *rq, const char *list_path)
{
        size_t n = rq_list(rq, list_path);
        int r = n > ATTACHMENTS_MAX ? refuse(rq, 41064, "附件至多 %d 个", ATTACHMENTS_MAX) : 0;

        for (size_t i = 0; !r && i < n; i++)
                r = check_attachment(rq, arena_printf(rq->arena, "%s.%zu", list_path, i));
        return r;
}

static int send_welcome(struct request *rq)
{
        struct sim *sim = rq->sim;
        const char *text = rq_str(rq, "text.content"), *code = rq_str(rq, "welcome_code");
        struct welcome *welcome = map_get(&wecom_of(sim)->welcomes, code);

        if (text_empty(code))
                return refuse(rq, 41049, "缺 welcome_code");
        if (text_empty(text) && !rq_list(rq, "attachments"))
                return refuse(rq, 40058, "text 与 attachments 不能都空（wecom-contact §3）");
        if (text && strlen(text) > WELCOME_BYTES)
                return refuse(rq, 45002, "text.content 超过 %d 字节", WELCOME_BYTES);
        int r = attachments_check(rq, "attachments");
        if (r)
                return r;
        if (!welcome || welcome->until <= sim_now(sim))
                return refuse(rq, 41050, "welcome_code 不存在，或已过 20 秒（wecom-contact §3）");
        if (welcome->used)
                return refuse(rq, 41051, "welcome_code 只能用一次，先调用者得（wecom-contact §3）");
        if (switch_on(sim, SW_CONSENT_MISSING))
                return refuse(rq, 41053, "客户未同意会话存档（开关 consent_missing）");
        welcome->used = true;
        ledger_add(sim, "welcome", welcome->contact->staff->userid, welcome->contact->person->external_userid, "%s",
                   text ? text : "");
        return 0;
}

#define PAIR "userid:s external_userid:s"
static const struct endpoint endpoints[] = {
        {"/cgi-bin/externalcontact/batch/get_by_user", "POST", FAMILY_WECOM, BASE_RATE, 0, batch, "userid_list:l userid_list[]:s cursor:s limit:n"},
        {"/cgi-bin/externalcontact/contact_list", "POST", FAMILY_WECOM, BASE_RATE, 0, contact_list, "cursor:s limit:n"},
        {"/cgi-bin/externalcontact/convert_to_openid", "POST", FAMILY_WECOM, BASE_RATE, 0, convert_openid, "external_userid:s"},
        {"/cgi-bin/externalcontact/get", "GET", FAMILY_WECOM, BASE_RATE, 0, get},
        {"/cgi-bin/externalcontact/get_follow_user_list", "GET", FAMILY_WECOM, BASE_RATE, 0, follow_users},
        {"/cgi-bin/externalcontact/list", "GET", FAMILY_WECOM, BASE_RATE, 0, list},
        {"/cgi-bin/externalcontact/remark", "POST", FAMILY_WECOM, BASE_RATE, 0, remark,
         PAIR " remark:s description:s remark_company:s remark_mobiles:l remark_mobiles[]:s remark_pic_mediaid:s"},
        {"/cgi-bin/externalcontact/send_welcome_msg", "POST", FAMILY_WECOM, BASE_RATE, 0, send_welcome,
         "welcome_code:s text.content:s attachments:l"},
        {"/cgi-bin/externalcontact/unionid_to_external_userid", "POST", FAMILY_WECOM, BASE_RATE, 0, unionid, "unionid:s! openid:s"},
};

static const char *const events[] = {
        "change_external_contact/add_external_contact", "change_external_contact/add_half_external_contact",
        "change_external_contact/del_external_contact", "change_external_contact/del_follow_user",
        "change_external_contact/edit_external_contact", "change_external_contact/msg_audit_approved",
        "change_external_contact/transfer_fail", NULL,
};

const struct product_table wecom_contact = {"wecom_contact", endpoints, countof(endpoints), events};
