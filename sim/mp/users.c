/* Followers, their tags, the blacklist (公众号 用户管理). */
#include "sim/gate.h"
#include "sim/mp/mp.h"
#include "sim/sim.h"

#include <string.h>

#define PAGE 10000
#define BATCH_MAX 100
#define TAGGING_MAX 50
#define BLACK_MAX 20
#define TAGS_MAX 100
#define TAG_BYTES 30
#define TAG_CROWD 100000
#define REMARK_MAX 30
#define RESERVED_TAGS 2

static struct mp_fan *fan_of(struct request *rq, const char *openid)
{
        return mp_fan_by_openid(rq->sim, rq->mp, openid);
}

/* ---- users ---- */

static void write_info(struct request *rq, struct mp_fan *fan)
{
        struct out *out = &rq->out;

        out_int(out, "subscribe", fan->follows);
        out_str(out, "openid", fan->openid);
        if (!fan->follows)
                return;
        out_int(out, "subscribe_time", fan->since / 1000);
        if (switch_on(rq->sim, SW_BOUND))
                out_str(out, "unionid", fan->person->unionid);
        out_str(out, "remark", fan->remark);
        out_int(out, "groupid", fan->n_tags ? fan->tag[0] : 0);
        out_list(out, "tagid_list");
        for (size_t i = 0; i < fan->n_tags; i++)
                out_int(out, NULL, fan->tag[i]);
        out_end(out);
        out_str(out, "subscribe_scene", fan->scene);
        out_int(out, "qr_scene", fan->qr_scene);
        out_str(out, "qr_scene_str", fan->qr_scene_str);
}

static int user_info(struct request *rq)
{
        struct mp_fan *fan = fan_of(rq, raw_param(rq->raw, "openid"));

        if (!fan)
                return refuse(rq, 40003, "openid 不属于这个公众号");
        write_info(rq, fan);
        return 0;
}

static int user_batchget(struct request *rq)
{
        size_t n = rq_list(rq, "user_list");

        if (!n)
                return refuse(rq, 40031, "user_list 为空");
        if (n > BATCH_MAX)
                return refuse(rq, 40032, "一次至多 %d 个", BATCH_MAX);
        for (size_t i = 0; i < n; i++)
                if (!fan_of(rq, rq_str(rq, arena_printf(rq->arena, "user_list.%zu.openid", i))))
                        return refuse(rq, 40003, "user_list[%zu].openid 不属于这个公众号", i);
        out_list(&rq->out, "user_info_list");
        for (size_t i = 0; i < n; i++) {
                out_obj(&rq->out, NULL);
                write_info(rq, fan_of(rq, rq_str(rq, arena_printf(rq->arena, "user_list.%zu.openid", i))));
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static bool is_follower(const struct mp_fan *fan, int64_t arg)
{
        (void)arg;
        return fan->follows;
}

static bool has_tag(const struct mp_fan *fan, int64_t tag)
{
        for (size_t i = 0; i < fan->n_tags; i++)
                if (fan->follows && fan->tag[i] == tag)
                        return true;
        return false;
}

static bool is_black(const struct mp_fan *fan, int64_t arg)
{
        (void)arg;
        return fan->blocked;
}

/* Members "total"?, "count", "data"?, "next_openid": at most a page of those who fit, after `since`. */
static int write_page(struct request *rq, bool (*fits)(const struct mp_fan *, int64_t), int64_t arg, const char *since,
                      bool total)
{
        struct mp *mp = rq->mp;
        size_t n = 0, all = 0;
        bool begun = text_empty(since);
        const char *last = "";

        if (!begun && !fan_of(rq, since))
                return refuse(rq, 40003, "起点 openid 不属于这个公众号");
        VEC(const char *) page = {0};
        for (size_t i = 0; i < mp->fans.n; i++) {
                struct mp_fan *fan = mp->fans.v[i];
                if (fits(fan, arg)) {
                        all++;
                        if (begun && n < PAGE) {
                                vec_push(rq->arena, &page, fan->openid);
                                last = fan->openid;
                                n++;
                        }
                }
                if (text_eq(fan->openid, since))
                        begun = true;
        }
        if (total)
                out_int(&rq->out, "total", (int64_t)all);
        out_int(&rq->out, "count", (int64_t)n);
        if (n) {
                out_obj(&rq->out, "data");
                out_list(&rq->out, "openid");
                for (size_t i = 0; i < n; i++)
                        out_str(&rq->out, NULL, page.v[i]);
                out_end(&rq->out);
                out_end(&rq->out);
        }
        out_str(&rq->out, "next_openid", last);
        return 0;
}

static int user_get(struct request *rq)
{
        return write_page(rq, is_follower, 0, raw_param(rq->raw, "next_openid"), true);
}

static int update_remark(struct request *rq)
{
        struct mp_fan *fan = fan_of(rq, rq_str(rq, "openid"));
        const char *remark = rq_str(rq, "remark");

        if (!fan || !fan->follows)
                return refuse(rq, fan ? 43004 : 40003, "openid 不是关注者");
        if (!remark)
                return refuse(rq, 47001, "缺 remark");
        if (utf8_length(remark) > REMARK_MAX)
                return refuse(rq, 45002, "remark 超过 %d 字", REMARK_MAX);
        fan->remark = arena_strdup(&rq->sim->arena, remark);
        return 0;
}

/* ---- tags ---- */

static struct mp_tag *tag_of(struct mp *mp, int64_t id)
{
        for (size_t i = 0; i < mp->tags.n; i++)
                if (mp->tags.v[i]->id == id && !mp->tags.v[i]->deleted)
                        return mp->tags.v[i];
        return NULL;
}

static size_t crowd(struct mp *mp, int64_t id)
{
        size_t n = 0;
        for (size_t i = 0; i < mp->fans.n; i++)
                n += has_tag(mp->fans.v[i], id);
        return n;
}

static int check_name(struct request *rq, const char *name, const struct mp_tag *self)
{
        if (text_empty(name))
                return refuse(rq, 47001, "缺 tag.name");
        if (strlen(name) > TAG_BYTES)
                return refuse(rq, 45158, "标签名超过 %d 字节", TAG_BYTES);
        for (size_t i = 0; i < rq->mp->tags.n; i++) {
                const struct mp_tag *tag = rq->mp->tags.v[i];
                if (tag != self && !tag->deleted && text_eq(tag->name, name))
                        return refuse(rq, 45157, "已有同名标签");
        }
        return 0;
}

static int tag_create(struct request *rq)
{
        struct mp *mp = rq->mp;
        size_t n = 0;
        int r = check_name(rq, rq_str(rq, "tag.name"), NULL);

        for (size_t i = 0; i < mp->tags.n; i++)
                n += !mp->tags.v[i]->deleted;
        if (!r && n >= TAGS_MAX)
                r = refuse(rq, 45056, "标签至多 %d 个", TAGS_MAX);
        if (r)
                return r;
        struct mp_tag *tag = arena_new(&rq->sim->arena, struct mp_tag);
        *tag = (struct mp_tag){100 + (int64_t)mp->tags.n, arena_strdup(&rq->sim->arena, rq_str(rq, "tag.name")), false};
        vec_push(&rq->sim->arena, &mp->tags, tag);
        out_obj(&rq->out, "tag");
        out_int(&rq->out, "id", tag->id);
        out_str(&rq->out, "name", tag->name);
        out_end(&rq->out);
        return 0;
}

static int tag_get(struct request *rq)
{
        struct mp *mp = rq->mp;

        out_list(&rq->out, "tags");
        for (size_t i = 0; i < mp->tags.n; i++) {
                if (mp->tags.v[i]->deleted)
                        continue;
                out_obj(&rq->out, NULL);
                out_int(&rq->out, "id", mp->tags.v[i]->id);
                out_str(&rq->out, "name", mp->tags.v[i]->name);
                out_int(&rq->out, "count", (int64_t)crowd(mp, mp->tags.v[i]->id));
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static int find_tag(struct request *rq, const char *path, struct mp_tag **tag)
{
        int64_t id = rq_int(rq, path, -1);

        *tag = tag_of(rq->mp, id);
        if (id >= 0 && id <= RESERVED_TAGS)
                return refuse(rq, 45058, "0、1、2 是系统保留的标签");
        return *tag ? 0 : refuse(rq, 45159, "没有这个标签");
}

static int tag_update(struct request *rq)
{
        struct mp_tag *tag;
        int r = find_tag(rq, "tag.id", &tag);

        r = r ? r : check_name(rq, rq_str(rq, "tag.name"), tag);
        if (!r)
                tag->name = arena_strdup(&rq->sim->arena, rq_str(rq, "tag.name"));
        return r;
}

static int tag_delete(struct request *rq)
{
        struct mp *mp = rq->mp;
        struct mp_tag *tag;
        int r = find_tag(rq, "tag.id", &tag);

        if (r)
                return r;
        if (crowd(mp, tag->id) > TAG_CROWD)
                return refuse(rq, 45057, "标签下的人超过 %d，不能直接删除", TAG_CROWD);
        tag->deleted = true;
        for (size_t i = 0; i < mp->fans.n; i++) {
                struct mp_fan *fan = mp->fans.v[i];
                for (size_t k = 0; k < fan->n_tags; k++)
                        if (fan->tag[k] == tag->id)
                                fan->tag[k--] = fan->tag[--fan->n_tags];
        }
        return 0;
}

/* The openids of "openid_list", all of this account. */
static int read_openids(struct request *rq, size_t most, size_t *n)
{
        *n = rq_list(rq, "openid_list");
        if (!*n)
                return refuse(rq, 40031, "openid_list 为空");
        if (*n > most)
                return refuse(rq, 40032, "一次至多 %zu 个", most);
        for (size_t i = 0; i < *n; i++)
                if (!fan_of(rq, rq_str(rq, arena_printf(rq->arena, "openid_list.%zu", i))))
                        return refuse(rq, 40003, "openid_list[%zu] 不属于这个公众号", i);
        return 0;
}

static struct mp_fan *listed(struct request *rq, size_t i)
{
        return fan_of(rq, rq_str(rq, arena_printf(rq->arena, "openid_list.%zu", i)));
}

static int batch_tagging(struct request *rq)
{
        struct mp_tag *tag;
        size_t n;
        int r = find_tag(rq, "tagid", &tag);

        r = r ? r : read_openids(rq, TAGGING_MAX, &n);
        for (size_t i = 0; !r && i < n; i++)
                if (listed(rq, i)->n_tags == countof(listed(rq, i)->tag) && !has_tag(listed(rq, i), tag->id))
                        r = refuse(rq, 45059, "一个人至多 20 个标签");
        for (size_t i = 0; !r && i < n; i++) {
                struct mp_fan *fan = listed(rq, i);
                if (!has_tag(fan, tag->id))
                        fan->tag[fan->n_tags++] = tag->id;
        }
        return r;
}

static int batch_untagging(struct request *rq)
{
        struct mp_tag *tag;
        size_t n;
        int r = find_tag(rq, "tagid", &tag);

        r = r ? r : read_openids(rq, TAGGING_MAX, &n);
        for (size_t i = 0; !r && i < n; i++) {
                struct mp_fan *fan = listed(rq, i);
                for (size_t k = 0; k < fan->n_tags; k++)
                        if (fan->tag[k] == tag->id)
                                fan->tag[k--] = fan->tag[--fan->n_tags];
        }
        return r;
}

static int tag_idlist(struct request *rq)
{
        struct mp_fan *fan = fan_of(rq, rq_str(rq, "openid"));

        if (!fan)
                return refuse(rq, 40003, "openid 不属于这个公众号");
        out_list(&rq->out, "tagid_list");
        for (size_t i = 0; i < fan->n_tags; i++)
                out_int(&rq->out, NULL, fan->tag[i]);
        out_end(&rq->out);
        return 0;
}

static int tag_users(struct request *rq)
{
        struct mp_tag *tag;
        int r = find_tag(rq, "tagid", &tag);
        return r ? r : write_page(rq, has_tag, tag->id, rq_str(rq, "next_openid"), false);
}

/* ---- blacklist ---- */

static int blacklist(struct request *rq)
{
        return write_page(rq, is_black, 0, rq_str(rq, "begin_openid"), true);
}

static int set_black(struct request *rq, bool black)
{
        size_t n;
        int r = read_openids(rq, BLACK_MAX, &n);

        for (size_t i = 0; !r && i < n; i++)
                listed(rq, i)->blocked = black;
        return r;
}

static int batch_black(struct request *rq)
{
        return set_black(rq, true);
}

static int batch_unblack(struct request *rq)
{
        return set_black(rq, false);
}

#define OFFICIAL ENDPOINT_OFFICIAL
static const struct endpoint endpoints[] = {
        {"/cgi-bin/tags/create", "POST", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, tag_create,
         "tag:o! tag.name:s!"},
        {"/cgi-bin/tags/delete", "POST", FAMILY_WEIXIN, 0, OFFICIAL, tag_delete,
         "tag:o! tag.id:n!"},
        {"/cgi-bin/tags/get", "GET", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, tag_get},
        {"/cgi-bin/tags/getidlist", "POST", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, tag_idlist,
         "openid:s!"},
        {"/cgi-bin/tags/members/batchblacklist", "POST", FAMILY_WEIXIN, 0, OFFICIAL, batch_black,
         "openid_list:l openid_list[]:s"},
        {"/cgi-bin/tags/members/batchtagging", "POST", FAMILY_WEIXIN, 0, OFFICIAL, batch_tagging,
         "openid_list:l openid_list[]:s tagid:n!"},
        {"/cgi-bin/tags/members/batchunblacklist", "POST", FAMILY_WEIXIN, 0, OFFICIAL, batch_unblack,
         "openid_list:l openid_list[]:s"},
        {"/cgi-bin/tags/members/batchuntagging", "POST", FAMILY_WEIXIN, 0, OFFICIAL, batch_untagging,
         "openid_list:l openid_list[]:s tagid:n!"},
        {"/cgi-bin/tags/members/getblacklist", "POST", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, blacklist,
         "begin_openid:s"},
        {"/cgi-bin/tags/update", "POST", FAMILY_WEIXIN, 0, OFFICIAL, tag_update,
         "tag:o! tag.id:n! tag.name:s!"},
        {"/cgi-bin/user/get", "GET", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, user_get},
        {"/cgi-bin/user/info", "GET", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, user_info},
        {"/cgi-bin/user/info/batchget", "POST", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, user_batchget,
         "user_list:l user_list[].openid:s user_list[].lang:s"},
        {"/cgi-bin/user/info/updateremark", "POST", FAMILY_WEIXIN, 0, OFFICIAL, update_remark,
         "openid:s! remark:s!"},
        {"/cgi-bin/user/tag/get", "POST", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE | ENDPOINT_EITHER, tag_users,
         "tagid:n next_openid:s"},
};

static const char *const events[] = {
        "subscribe",     "unsubscribe",   "SCAN",        "CLICK",           "VIEW",            "LOCATION",
        "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select",
        "view_miniprogram", "user_enter_tempsession", NULL,
};

const struct product_table mp_users = {"mp_users", endpoints, countof(endpoints), events};
