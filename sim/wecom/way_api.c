/* WeCom: contact ways, 联系我 (wecom-contact.md 2). */
#include "base/json.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <string.h>

#define USERS_MAX 100
#define TEMPS_A_DAY 100000
#define TEMP_MAX_S (14 * 86400)
#define TEMP_S (7 * 86400)
#define CHAT_S 86400
#define LISTED_DAYS 90

/* ---- what the request says ---- */

static int check_conclusions(struct request *rq)
{
        const char *text = rq_str(rq, "conclusions.text.content");

        if (text && strlen(text) > 4000)
                return refuse(rq, 45002, "conclusions.text.content 超过 4000 字节");
        if (rq_has(rq, "conclusions.image.media_id"))
                return media_check(rq, "conclusions.image.media_id");
        if (rq_has(rq, "conclusions.link") &&
            (text_empty(rq_str(rq, "conclusions.link.title")) || text_empty(rq_str(rq, "conclusions.link.url"))))
                return refuse(rq, 40063, "conclusions.link 要 title 和 url");
        return rq_has(rq, "conclusions.miniprogram") ? media_check(rq, "conclusions.miniprogram.pic_media_id") : 0;
}

/* Members that may change afterwards: into a copy, so that a refusal changes nothing. */
static int read_way(struct request *rq, struct way *way)
{
        struct arena *keep = &rq->sim->arena;
        const char *remark = rq_str(rq, "remark"), *state = rq_str(rq, "state");
        int64_t temp = rq_int(rq, "expires_in", way->expires_in), chat = rq_int(rq, "chat_expires_in", way->chat_expires_in);
        int r = 0;

        if (remark && utf8_length(remark) > 30)
                r = refuse(rq, 41043, "remark 至多 30 字（wecom-contact §2）");
        if (!r && state && utf8_length(state) > 30)
                r = refuse(rq, 41042, "state 至多 30 字（wecom-contact §2）");
        if (!r && way->temp && (temp < 1 || temp > TEMP_MAX_S || chat < 1 || chat > TEMP_MAX_S))
                r = refuse(rq, 40058, "expires_in、chat_expires_in 至多 14 天");
        if (!r && rq_has(rq, "conclusions"))
                r = way->temp ? check_conclusions(rq) : refuse(rq, 40058, "conclusions 只用于临时会话（wecom-contact §2）");
        if (!r && rq_has(rq, "unionid") && !way->temp)
                r = refuse(rq, 40058, "unionid 只用于临时会话（wecom-contact §2）");
        if (r)
                return r;
        if (rq_has(rq, "user")) {
                struct staff_list users = {0};
                r = wecom_members(rq, "user", USERS_MAX, &users);
                if (r)
                        return r;
                way->users.v = users.v, way->users.n = users.n, way->users.cap = users.cap;
        }
        if (rq_has(rq, "party")) {
                way->parties.v = NULL, way->parties.n = way->parties.cap = 0;
                for (size_t i = 0, n = rq_list(rq, "party"); i < n; i++) {
                        int64_t id = rq_int(rq, arena_printf(rq->arena, "party.%zu", i), 0);
                        if (!department_find(rq->sim, id))
                                return refuse(rq, 60003, "没有部门 %lld", (long long)id);
                        vec_push(keep, &way->parties, id);
                }
        }
        way->remark = remark ? arena_strdup(keep, remark) : way->remark;
        way->state = state ? arena_strdup(keep, state) : way->state;
        way->unionid = rq_has(rq, "unionid") ? arena_strdup(keep, rq_str(rq, "unionid")) : way->unionid;
        way->skip_verify = rq_bool(rq, "skip_verify", way->skip_verify);
        way->style = (int)rq_int(rq, "style", way->style);
        way->expires_in = temp;
        way->chat_expires_in = chat;
        if (rq_has(rq, "conclusions"))
                way->conclusions = arena_strdup(keep, json_get(rq->arena, raw_body(rq->raw), "conclusions"));
        return 0;
}

static int check_users(struct request *rq, const struct way *way)
{
        if (way->type == 1 && (way->users.n != 1 || way->parties.n))
                return refuse(rq, 41040, "单人方式恰好 1 个 user、没有 party（wecom-contact §2）");
        return way->users.n || way->parties.n ? 0 : refuse(rq, 41040, "user 与 party 不能都空");
}

static const char *qr_code(struct arena *arena, const struct way *way)
{
        return arena_printf(arena, "https://wework.qpic.cn/wwpic/sim/%s/0", way->id);
}

static int add(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct wecom *w = wecom_of(sim);
        struct way made = {
                .type = (int)rq_int(rq, "type", 0),
                .scene = (int)rq_int(rq, "scene", 0),
                .temp = rq_bool(rq, "is_temp", false),
                .exclusive = rq_bool(rq, "is_exclusive", false),
                .mark_source = rq_bool(rq, "mark_source", true),
                .skip_verify = true,
                .created = sim_now(sim),
                .expires_in = TEMP_S,
                .chat_expires_in = CHAT_S,
                .remark = "",
                .state = "",
        };
        size_t n = 0, temps = 0;

        if (made.type != 1 && made.type != 2)
                return refuse(rq, 41035, "type 应为 1（单人）或 2（多人）");
        if (made.scene != 1 && made.scene != 2)
                return refuse(rq, 41037, "scene 应为 1（小程序）或 2（二维码）");
        if (rq_int(rq, "style", 0) < 0 || rq_int(rq, "style", 0) > 3)
                return refuse(rq, 41038, "style 应为 1..3（wecom-contact §2）");
        if (made.temp && made.type != 1)
                return refuse(rq, 40058, "临时会话只能是单人（wecom-contact §2）");
        int r = read_way(rq, &made);
        r = r ? r : check_users(rq, &made);
        for (size_t i = 0; i < w->all_ways.n; i++) {
                const struct way *way = w->all_ways.v[i];
                n += !way->temp && !way->deleted;
                temps += way->temp && way->created / DAY_MS == made.created / DAY_MS;
        }
        if (!r && (made.temp ? temps >= TEMPS_A_DAY : n >= (size_t)switch_on(rq->sim, SW_WAYS_MAX)))
                r = refuse(rq, 41045, "联系我与入群方式至多 %lld 个，临时每天 %d 个", (long long)switch_on(rq->sim, SW_WAYS_MAX), TEMPS_A_DAY);
        if (r)
                return r;
        struct way *way = arena_new(&sim->arena, struct way);
        *way = made;
        way->id = wecom_text(sim, "", 32);
        map_put(&w->ways, &sim->arena, way->id, way);
        vec_push(&sim->arena, &w->all_ways, way);
        out_str(&rq->out, "config_id", way->id);
        if (way->scene == 2)
                out_str(&rq->out, "qr_code", qr_code(rq->arena, way));
        return 0;
}

/* ---- the ways there are ---- */

static int named(struct request *rq, struct way **way)
{
        const char *id = rq_str(rq, "config_id");

        if (text_empty(id))
                return refuse(rq, 41039, "缺 config_id");
        *way = map_get(&wecom_of(rq->sim)->ways, id);
        return *way && !(*way)->group && !(*way)->deleted ? 0 : refuse(rq, 41044, "联系方式不存在或已删除");
}

static int get(struct request *rq)
{
        struct out *out = &rq->out;
        struct way *way;
        int r = named(rq, &way);

        if (r)
                return r;
        out_obj(out, "contact_way");
        out_str(out, "config_id", way->id);
        out_int(out, "type", way->type);
        out_int(out, "scene", way->scene);
        out_int(out, "style", way->style);
        out_str(out, "remark", way->remark);
        out_bool(out, "skip_verify", way->skip_verify);
        out_str(out, "state", way->state);
        out_opt(out, "qr_code", way->scene == 2 ? qr_code(rq->arena, way) : NULL);
        out_list(out, "user");
        for (size_t i = 0; i < way->users.n; i++)
                out_str(out, NULL, way->users.v[i]->userid);
        out_end(out);
        out_list(out, "party");
        for (size_t i = 0; i < way->parties.n; i++)
                out_int(out, NULL, way->parties.v[i]);
        out_end(out);
        out_bool(out, "is_temp", way->temp);
        out_bool(out, "is_exclusive", way->exclusive);
        out_bool(out, "mark_source", way->mark_source);
        if (way->temp) {
                out_int(out, "expires_in", way->expires_in);
                out_int(out, "chat_expires_in", way->chat_expires_in);
                out_opt(out, "unionid", way->unionid);
                if (way->conclusions)
                        out_raw(out, "conclusions", way->conclusions);
        }
        out_end(out);
        return 0;
}

static int list(struct request *rq)
{
        struct wecom *w = wecom_of(rq->sim);
        int64_t now = sim_now_s(rq->sim), from = rq_int(rq, "start_time", now - LISTED_DAYS * 86400), to = rq_int(rq, "end_time", now);
        struct page page;
        int r = page_begin(rq, "externalcontact/list_contact_way", 100, 1000, &page);

        if (!r && from > to)
                r = refuse(rq, 40058, "start_time 晚于 end_time");
        if (r)
                return r;
        out_list(&rq->out, "contact_way");
        for (size_t n = 0; page.at < w->all_ways.n && n < page.limit; page.at++) {
                const struct way *way = w->all_ways.v[page.at];
                if (way->group || way->temp || way->deleted || way->created / 1000 < from || way->created / 1000 > to)
                        continue;
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "config_id", way->id);
                out_end(&rq->out);
                n++;
        }
        out_end(&rq->out);
        page_end(rq, &page, w->all_ways.n);
        return 0;
}

static int update(struct request *rq)
{
        struct way *way, changed;
        int r = named(rq, &way);

        if (!r && ((rq_has(rq, "type") && rq_int(rq, "type", 0) != way->type) ||
                   (rq_has(rq, "scene") && rq_int(rq, "scene", 0) != way->scene)))
                r = refuse(rq, 41035, "type 与 scene 不能改（wecom-contact §2）");
        if (!r && way->temp && way->created + way->expires_in * 1000 < sim_now(rq->sim))
                r = refuse(rq, 41044, "临时二维码已过期，不能改");
        if (r)
                return r;
        changed = *way;
        r = read_way(rq, &changed);
        r = r ? r : check_users(rq, &changed);
        if (!r)
                *way = changed;
        return r;
}

static int del(struct request *rq)
{
        struct way *way;
        int r = named(rq, &way);

        if (!r)
                way->deleted = true;
        return r;
}

static int close_temp_chat(struct request *rq)
{
        struct contact *c;
        int r = contact_named(rq, rq_str(rq, "userid"), rq_str(rq, "external_userid"), &c);

        if (!r)
                ledger_add(rq->sim, "temp_closed", c->staff->userid, c->person->external_userid, "%s", "");
        return r;
}

#define FIELDS "remark:s skip_verify:b state:s style:n user:l user[]:s party:l party[]:n expires_in:n chat_expires_in:n unionid:s conclusions:o"
static const struct endpoint endpoints[] = {
        {"/cgi-bin/externalcontact/add_contact_way", "POST", FAMILY_WECOM, BASE_RATE, 0, add,
         "type:n scene:n is_temp:b is_exclusive:b mark_source:b " FIELDS},
        {"/cgi-bin/externalcontact/close_temp_chat", "POST", FAMILY_WECOM, BASE_RATE, 0, close_temp_chat, "userid:s external_userid:s"},
        {"/cgi-bin/externalcontact/del_contact_way", "POST", FAMILY_WECOM, BASE_RATE, 0, del, "config_id:s"},
        {"/cgi-bin/externalcontact/get_contact_way", "POST", FAMILY_WECOM, BASE_RATE, 0, get, "config_id:s"},
        {"/cgi-bin/externalcontact/list_contact_way", "POST", FAMILY_WECOM, BASE_RATE, 0, list, "start_time:n end_time:n cursor:s limit:n"},
        {"/cgi-bin/externalcontact/update_contact_way", "POST", FAMILY_WECOM, BASE_RATE, 0, update, "config_id:s " FIELDS},
};

const struct product_table wecom_way = {"wecom_way", endpoints, countof(endpoints), NULL};
