/* WeCom: acquisition links, 获客助手 (wecom-contact.md 11). */
#include "base/json.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#define RANGE_MAX 500
#define LINKS_MAX 1000
#define SPAN_S (30 * 86400)
#define BACK_S (180 * INT64_C(86400))

static int named(struct request *rq, struct link **link)
{
        *link = map_get(&wecom_of(rq->sim)->links, rq_str(rq, "link_id"));
        return *link && !(*link)->deleted && (*link)->app == rq->app ? 0 : refuse(rq, 40058, "没有本应用创建的这个 link_id");
}

/* Into a copy, so that a refusal changes nothing. */
static int read_link(struct request *rq, struct link *link)
{
        struct arena *keep = &rq->sim->arena;
        const char *name = rq_str(rq, "link_name");
        size_t users = rq_list(rq, "range.user_list"), parties = rq_list(rq, "range.department_list");
        struct staff_list staff = {0};

        if (name && (text_empty(name) || utf8_length(name) > 30))
                return refuse(rq, 40058, "link_name 应为 1..30 字");
        if (users + parties > RANGE_MAX)
                return refuse(rq, 81014, "范围至多 %d 个（wecom-contact §11）", RANGE_MAX);
        int r = wecom_members(rq, "range.user_list", RANGE_MAX, &staff);
        if (r)
                return r;
        for (size_t i = 0; i < parties; i++)
                if (!department_find(rq->sim, rq_int(rq, arena_printf(rq->arena, "range.department_list.%zu", i), 0)))
                        return refuse(rq, 60003, "没有 department_list[%zu]", i);
        if (users + parties) {
                link->users.v = staff.v, link->users.n = staff.n, link->users.cap = staff.cap;
                link->parties.v = NULL, link->parties.n = link->parties.cap = 0;
                for (size_t i = 0; i < parties; i++)
                        vec_push(keep, &link->parties, rq_int(rq, arena_printf(rq->arena, "range.department_list.%zu", i), 0));
        }
        link->name = name ? arena_strdup(keep, name) : link->name;
        link->skip_verify = rq_bool(rq, "skip_verify", link->skip_verify);
        link->mark_source = rq_bool(rq, "mark_source", link->mark_source);
        if (rq_has(rq, "priority_option")) {
                const char *list = json_get(rq->arena, raw_body(rq->raw), "priority_option.priority_userid_list");
                link->priority_type = rq_int(rq, "priority_option.priority_type", 0);
                link->priority_users = arena_strdup(keep, list ? list : "[]");
        }
        return 0;
}

static int create(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct wecom *w = wecom_of(sim);
        struct link made = {.app = rq->app, .created = sim_now(sim), .skip_verify = true, .mark_source = true};
        size_t n = 0;
        int r = rq_list(rq, "range.user_list") || rq_list(rq, "range.department_list") ? 0 : refuse(rq, 40063, "range 不能为空");

        r = r ? r : read_link(rq, &made);
        for (size_t i = 0; i < w->all_links.n; i++)
                n += !w->all_links.v[i]->deleted;
        if (!r && n >= LINKS_MAX)
                r = refuse(rq, 41095, "获客链接太多");
        if (r)
                return r;
        struct link *link = arena_new(&sim->arena, struct link);
        *link = made;
        link->id = wecom_text(sim, "caw", 20);
        link->url = arena_printf(&sim->arena, "https://work.weixin.qq.com/ca/%s", link->id);
        map_put(&w->links, &sim->arena, link->id, link);
        vec_push(&sim->arena, &w->all_links, link);
        out_obj(&rq->out, "link");
        out_str(&rq->out, "link_id", link->id);
        out_str(&rq->out, "link_name", link->name);
        out_str(&rq->out, "url", link->url);
        out_int(&rq->out, "create_time", link->created / 1000);
        out_end(&rq->out);
        return 0;
}

static int update(struct request *rq)
{
        struct link *link, changed;
        int r = named(rq, &link);

        if (r)
                return r;
        changed = *link;
        r = read_link(rq, &changed);
        if (!r)
                *link = changed;
        return r;
}

static int del(struct request *rq)
{
        struct link *link;
        int r = named(rq, &link);

        if (!r)
                link->deleted = true; /* done by API: no delete_link event */
        return r;
}

static int get(struct request *rq)
{
        struct out *out = &rq->out;
        struct link *link;
        int r = named(rq, &link);

        if (r)
                return r;
        out_obj(out, "link");
        out_str(out, "link_name", link->name);
        out_str(out, "url", link->url);
        out_int(out, "create_time", link->created / 1000);
        out_bool(out, "skip_verify", link->skip_verify);
        out_bool(out, "mark_source", link->mark_source);
        out_end(out);
        out_obj(out, "range");
        out_list(out, "user_list");
        for (size_t i = 0; i < link->users.n; i++)
                out_str(out, NULL, link->users.v[i]->userid);
        out_end(out);
        out_list(out, "department_list");
        for (size_t i = 0; i < link->parties.n; i++)
                out_int(out, NULL, link->parties.v[i]);
        out_end(out);
        out_end(out);
        if (link->priority_users) {
                out_obj(out, "priority_option");
                out_int(out, "priority_type", link->priority_type);
                out_raw(out, "priority_userid_list", link->priority_users);
                out_end(out);
        }
        return 0;
}

static int list(struct request *rq)
{
        struct wecom *w = wecom_of(rq->sim);
        struct page page;
        int r = page_begin(rq, "customer_acquisition/list_link", 100, 100, &page);

        if (r)
                return r;
        out_list(&rq->out, "link_id_list");
        for (size_t n = 0; page.at < w->all_links.n && n < page.limit; page.at++) {
                const struct link *link = w->all_links.v[page.at];
                if (link->deleted || link->app != rq->app)
                        continue;
                out_str(&rq->out, NULL, link->id);
                n++;
        }
        out_end(&rq->out);
        page_end(rq, &page, w->all_links.n);
        return 0;
}

static int customers(struct request *rq)
{
        struct link *link;
        struct page page;
        int r = named(rq, &link);

        r = r ? r : page_begin(rq, link->id, 1000, 1000, &page);
        if (r)
                return r;
        out_list(&rq->out, "customer_list");
        for (size_t n = 0; page.at < link->contacts.n && n < page.limit; n++, page.at++) {
                const struct contact *c = link->contacts.v[page.at];
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "external_userid", c->person->external_userid);
                out_str(&rq->out, "userid", c->staff->userid);
                out_int(&rq->out, "chat_status", c->heard > 0);
                out_str(&rq->out, "state", c->state);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        page_end(rq, &page, link->contacts.n);
        return 0;
}

static int statistic(struct request *rq)
{
        int64_t from = rq_int(rq, "start_time", 0), to = rq_int(rq, "end_time", 0), now = sim_now_s(rq->sim);
        struct link *link;
        int64_t fresh = 0;
        int r = named(rq, &link);

        if (!r && (from > to || to - from > SPAN_S || from < now - BACK_S))
                r = refuse(rq, 40058, "跨度至多 30 天，只能查 180 天内（wecom-contact §11）");
        if (r)
                return r;
        for (size_t i = 0; i < link->contacts.n; i++) {
                int64_t at = link->contacts.v[i]->since / 1000;
                fresh += at >= from && at < to + 86400;
        }
        out_int(&rq->out, "click_link_customer_cnt", (int64_t)link->clicks);
        out_int(&rq->out, "new_customer_cnt", fresh);
        return 0;
}

static int chat_info(struct request *rq)
{
        const struct chat_key *key = map_get(&wecom_of(rq->sim)->chat_keys, rq_str(rq, "chat_key"));

        if (!key || key->until <= sim_now(rq->sim) || key->contact->link->app != rq->app)
                return refuse(rq, 40058, "chat_key 不存在，或已过 30 分钟（wecom-contact §11）");
        out_str(&rq->out, "userid", key->contact->staff->userid);
        out_str(&rq->out, "external_userid", key->contact->person->external_userid);
        out_obj(&rq->out, "chat_info");
        out_int(&rq->out, "recv_msg_cnt", key->contact->heard);
        out_str(&rq->out, "link_id", key->contact->link->id);
        out_str(&rq->out, "state", key->contact->state);
        out_end(&rq->out);
        return 0;
}

static int quota(struct request *rq)
{
        int64_t balance = switch_on(rq->sim, SW_ACQUISITION_BALANCE);

        out_int(&rq->out, "total", 1000);
        out_int(&rq->out, "balance", balance);
        out_list(&rq->out, "quota_list");
        out_obj(&rq->out, NULL);
        out_int(&rq->out, "expire_date", sim_now_s(rq->sim) / 86400 * 86400 + 180 * 86400);
        out_int(&rq->out, "balance", balance);
        out_end(&rq->out);
        out_end(&rq->out);
        return 0;
}

#define RANGE "range.user_list:l range.user_list[]:s range.department_list:l range.department_list[]:n skip_verify:b mark_source:b priority_option.priority_type:n " \
              "priority_option.priority_userid_list:l priority_option.priority_userid_list[]:s"
#define PATH "/cgi-bin/externalcontact/customer_acquisition"
static const struct endpoint endpoints[] = {
        {PATH "/create_link", "POST", FAMILY_WECOM, BASE_RATE, 0, create, "link_name:s! range:o! " RANGE},
        {PATH "/customer", "POST", FAMILY_WECOM, BASE_RATE, 0, customers, "link_id:s! limit:n cursor:s"},
        {PATH "/delete_link", "POST", FAMILY_WECOM, BASE_RATE, 0, del, "link_id:s!"},
        {PATH "/get", "POST", FAMILY_WECOM, BASE_RATE, 0, get, "link_id:s!"},
        {PATH "/get_chat_info", "POST", FAMILY_WECOM, BASE_RATE, 0, chat_info, "chat_key:s!"},
        {PATH "/list_link", "POST", FAMILY_WECOM, BASE_RATE, 0, list, "limit:n cursor:s"},
        {PATH "/statistic", "POST", FAMILY_WECOM, BASE_RATE, 0, statistic, "link_id:s! start_time:n! end_time:n!"},
        {PATH "/update_link", "POST", FAMILY_WECOM, BASE_RATE, 0, update, "link_id:s! link_name:s " RANGE},
        {PATH "_quota", "GET", FAMILY_WECOM, BASE_RATE, 0, quota},
};

static const char *const events[] = {
        "customer_acquisition/balance_exhausted", "customer_acquisition/balance_increased", "customer_acquisition/balance_low",
        "customer_acquisition/customer_start_chat", "customer_acquisition/del_follow_user", "customer_acquisition/delete_link",
        "customer_acquisition/friend_request", "customer_acquisition/link_unavailable",
        "customer_acquisition/message_from_customer", "customer_acquisition/open_profile",
        "customer_acquisition/quota_expire_soon", NULL,
};

const struct product_table wecom_acquisition = {"wecom_acquisition", endpoints, countof(endpoints), events};
