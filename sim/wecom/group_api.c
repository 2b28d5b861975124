/* WeCom: customers' groups and the ways into them (wecom-contact.md 1, 6). */
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#define OWNERS_MAX 100
#define CHATS_MAX 5
#define RANGE_LARGE 1000

/* ---- groups ---- */

/* 0 all, 1 the owner left and nobody inherited, 2 being inherited, 3 inherited. */
static int status_of(const struct group *g)
{
        return g->owner->state == 5 ? 1 : g->inherited ? 3 : 0;
}

static bool owned(const struct request *rq, const struct group *g, size_t owners)
{
        for (size_t i = 0; i < owners; i++)
                if (staff_find(rq->sim, rq_str(rq, arena_printf(rq->arena, "owner_filter.userid_list.%zu", i))) == g->owner)
                        return true;
        return !owners;
}

static int list(struct request *rq)
{
        struct wecom *w = wecom_of(rq->sim);
        int64_t status = rq_int(rq, "status_filter", 0);
        size_t owners = rq_list(rq, "owner_filter.userid_list");
        struct page page;
        int r = page_begin(rq, "externalcontact/groupchat/list", 1000, 1000, &page);

        if (!r && !rq_int(rq, "limit", 0))
                r = refuse(rq, 40058, "limit 必填，1..1000（wecom-contact §6）");
        if (!r && (status < 0 || status > 3))
                r = refuse(rq, 40058, "status_filter 应为 0..3");
        if (!r && owners > OWNERS_MAX)
                r = refuse(rq, 81014, "userid_list 至多 %d 个", OWNERS_MAX);
        if (!r && !owners && rq->sim->world.corp.staff.n > RANGE_LARGE)
                r = refuse(rq, 81017, "可见范围超过 %d 人，必须带 owner_filter（wecom-contact §6）", RANGE_LARGE);
        for (size_t i = 0; !r && i < owners; i++) {
                struct staff *s = staff_find(rq->sim, rq_str(rq, arena_printf(rq->arena, "owner_filter.userid_list.%zu", i)));
                if (!s)
                        r = refuse(rq, 60111, "没有 userid_list[%zu]", i);
        }
        if (r)
                return r;
        out_list(&rq->out, "group_chat_list");
        for (size_t n = 0; page.at < w->groups.n && n < page.limit; page.at++) {
                const struct group *g = w->groups.v[page.at];
                if (g->dismissed || (status && status != status_of(g)) || !owned(rq, g, owners))
                        continue;
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "chat_id", g->id);
                out_int(&rq->out, "status", status_of(g));
                out_end(&rq->out);
                n++;
        }
        out_end(&rq->out);
        page_end(rq, &page, w->groups.n);
        return 0;
}

static void write_member(struct request *rq, const struct member *m, bool name)
{
        struct out *out = &rq->out;

        out_obj(out, NULL);
        out_str(out, "userid", m->staff ? m->staff->userid : m->person->external_userid);
        out_int(out, "type", m->staff ? 1 : 2);
        if (m->person && switch_on(rq->sim, SW_BOUND))
                out_str(out, "unionid", m->person->unionid);
        out_int(out, "join_time", m->joined / 1000);
        out_int(out, "join_scene", m->scene);
        if (m->by) {
                out_obj(out, "invitor");
                out_str(out, "userid", m->by->userid);
                out_end(out);
        }
        out_str(out, "group_nickname", "");
        out_opt(out, "state", m->state);
        if (name)
                out_str(out, "name", m->staff ? m->staff->name : m->person->nickname);
        out_end(out);
}

static int get(struct request *rq)
{
        struct group *g = group_find(rq->sim, rq_str(rq, "chat_id"));
        bool name = rq_bool(rq, "need_name", false);

        if (!g)
                return refuse(rq, 40050, "没有这个 chat_id");
        if (g->dismissed)
                return refuse(rq, 49008, "群已解散");
        out_obj(&rq->out, "group_chat");
        out_str(&rq->out, "chat_id", g->id);
        out_str(&rq->out, "name", g->name);
        out_str(&rq->out, "owner", g->owner->userid);
        out_int(&rq->out, "create_time", g->created / 1000);
        out_str(&rq->out, "notice", g->notice);
        out_list(&rq->out, "member_list");
        for (size_t i = 0; i < g->members.n; i++)
                write_member(rq, &g->members.v[i], name);
        out_end(&rq->out);
        out_list(&rq->out, "admin_list");
        if (g->admin) {
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "userid", g->admin->userid);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        out_str(&rq->out, "member_version", group_version(rq->arena, g));
        out_end(&rq->out);
        return 0;
}

static int opengid(struct request *rq)
{
        struct wecom *w = wecom_of(rq->sim);
        const char *id = rq_str(rq, "opengid");

        for (size_t i = 0; i < w->groups.n; i++)
                if (text_eq(w->groups.v[i]->opengid, id)) {
                        out_str(&rq->out, "chat_id", w->groups.v[i]->id);
                        return 0;
                }
        return refuse(rq, 90511, "opengid 不对，或群主不在可见范围");
}

/* ---- ways in ---- */

static int read_way(struct request *rq, struct way *way)
{
        struct arena *keep = &rq->sim->arena;
        const char *state = rq_str(rq, "state"), *remark = rq_str(rq, "remark"), *base = rq_str(rq, "room_base_name");
        size_t n = rq_list(rq, "chat_id_list");

        if (way->scene != 1 && way->scene != 2)
                return refuse(rq, 41037, "scene 应为 1（小程序）或 2（二维码）");
        if (!n)
                return refuse(rq, 40063, "缺 chat_id_list");
        if (n > CHATS_MAX)
                return refuse(rq, 41091, "chat_id_list 至多 %d 个（wecom-contact §6）", CHATS_MAX);
        if (state && utf8_length(state) > 30)
                return refuse(rq, 41042, "state 至多 30 字");
        if (base && utf8_length(base) > 40)
                return refuse(rq, 40058, "room_base_name 至多 40 字");
        for (size_t i = 0; i < n; i++) {
                struct group *g = group_find(rq->sim, rq_str(rq, arena_printf(rq->arena, "chat_id_list.%zu", i)));
                if (!g)
                        return refuse(rq, 40050, "没有 chat_id_list[%zu]", i);
                if (g->dismissed)
                        return refuse(rq, 49008, "chat_id_list[%zu] 已解散", i);
                vec_push(keep, &way->groups, g);
        }
        /* Too long a remark is cut: 30 characters, which are at most 120 bytes. */
        way->remark = remark ? arena_strdup(keep, utf8_length(remark) > 30 ? utf8_cut(rq->arena, remark, 90) : remark) : "";
        way->state = state ? arena_strdup(keep, state) : "";
        way->base_name = base ? arena_strdup(keep, base) : "";
        way->base_id = rq_int(rq, "room_base_id", 0);
        way->auto_create = rq_int(rq, "auto_create_room", 1) != 0;
        way->mark_source = rq_bool(rq, "mark_source", true);
        return 0;
}

static int add_way(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct wecom *w = wecom_of(sim);
        struct way made = {.group = true, .scene = (int)rq_int(rq, "scene", 0), .created = sim_now(sim)};
        int r = read_way(rq, &made);

        if (!r && w->all_ways.n >= (size_t)switch_on(rq->sim, SW_WAYS_MAX))
                r = refuse(rq, 41045, "联系我与入群方式至多 %lld 个", (long long)switch_on(rq->sim, SW_WAYS_MAX));
        if (r)
                return r;
        struct way *way = arena_new(&sim->arena, struct way);
        *way = made;
        way->id = wecom_text(sim, "", 32);
        map_put(&w->ways, &sim->arena, way->id, way);
        vec_push(&sim->arena, &w->all_ways, way);
        out_str(&rq->out, "config_id", way->id);
        return 0;
}

static int named(struct request *rq, struct way **way)
{
        *way = map_get(&wecom_of(rq->sim)->ways, rq_str(rq, "config_id"));
        return *way && (*way)->group && !(*way)->deleted ? 0 : refuse(rq, 41044, "入群方式不存在或已删除");
}

static int get_way(struct request *rq)
{
        struct out *out = &rq->out;
        struct way *way;
        int r = named(rq, &way);

        if (r)
                return r;
        out_obj(out, "join_way");
        out_str(out, "config_id", way->id);
        out_int(out, "scene", way->scene);
        out_str(out, "remark", way->remark);
        out_int(out, "auto_create_room", way->auto_create);
        out_str(out, "room_base_name", way->base_name);
        out_int(out, "room_base_id", way->base_id);
        out_list(out, "chat_id_list");
        for (size_t i = 0; i < way->groups.n; i++)
                out_str(out, NULL, way->groups.v[i]->id);
        out_end(out);
        if (way->scene == 2)
                out_str(out, "qr_code", arena_printf(rq->arena, "https://wework.qpic.cn/wwpic/sim/%s/0", way->id));
        out_str(out, "state", way->state);
        out_bool(out, "mark_source", way->mark_source);
        out_end(out);
        return 0;
}

/* Overwrites all of it. */
static int update_way(struct request *rq)
{
        struct way *way, changed = {.group = true};
        int r = named(rq, &way);

        if (r)
                return r;
        changed.id = way->id;
        changed.created = way->created;
        changed.scene = (int)rq_int(rq, "scene", way->scene);
        r = read_way(rq, &changed);
        if (!r)
                *way = changed;
        return r;
}

static int del_way(struct request *rq)
{
        struct way *way;
        int r = named(rq, &way);

        if (!r)
                way->deleted = true;
        return r;
}

#define FIELDS "scene:n remark:s auto_create_room:n room_base_name:s room_base_id:n chat_id_list:l chat_id_list[]:s state:s mark_source:b"
#define PATH "/cgi-bin/externalcontact"
static const struct endpoint endpoints[] = {
        {PATH "/groupchat/add_join_way", "POST", FAMILY_WECOM, BASE_RATE, 0, add_way, FIELDS},
        {PATH "/groupchat/del_join_way", "POST", FAMILY_WECOM, BASE_RATE, 0, del_way, "config_id:s!"},
        {PATH "/groupchat/get", "POST", FAMILY_WECOM, BASE_RATE, 0, get, "chat_id:s! need_name:n"},
        {PATH "/groupchat/get_join_way", "POST", FAMILY_WECOM, BASE_RATE, 0, get_way, "config_id:s!"},
        {PATH "/groupchat/list", "POST", FAMILY_WECOM, BASE_RATE, 0, list, "status_filter:n owner_filter.userid_list:l owner_filter.userid_list[]:s cursor:s limit:n"},
        {PATH "/groupchat/update_join_way", "POST", FAMILY_WECOM, BASE_RATE, 0, update_way, "config_id:s! " FIELDS},
        {PATH "/opengid_to_chatid", "POST", FAMILY_WECOM, BASE_RATE, 0, opengid, "opengid:s!"},
};

static const char *const events[] = {"change_external_chat/create", "change_external_chat/dismiss",
                                     "change_external_chat/update", NULL};

const struct product_table wecom_group = {"wecom_group", endpoints, countof(endpoints), events};
