/* WeCom: accounts of 微信客服, their servicers and their links (wecom-kf.md 2, 3). */
#include "sim/push.h"
#include "sim/sim.h"
#include "sim/wecom/kf.h"

#include <string.h>

#define ACCOUNTS_UNCERTIFIED 10
#define SERVICERS_MAX 2000
#define DEPARTMENTS_MAX 20
#define LIST_MAX 100

int kf_named(struct request *rq, const char *open_kfid, struct kf_account **kf)
{
        if (text_empty(open_kfid))
                return refuse(rq, 40063, "缺 open_kfid");
        if (!text_starts(open_kfid, "wk") || strlen(open_kfid) > 64)
                return refuse(rq, 95000, "open_kfid 应以 wk 开头");
        *kf = world_kf(rq->sim, open_kfid);
        if (!*kf || (*kf)->deleted)
                return refuse(rq, 95004, "没有这个客服账号");
        return (*kf)->managed ? 0 : refuse(rq, 48007, "客服账号未交给这个应用用 API 管理（微信客服 §0）");
}

void kf_manage(struct sim *sim, struct kf_account *kf, bool on)
{
        kf->managed = on;
        wecom_event(sim, "kf_account_auth_change", kf->open_kfid,
                    (const struct node[]){{on ? "AuthAddOpenKfId" : "AuthDelOpenKfId", kf->open_kfid}, {NULL, NULL}});
}

bool kf_serves(struct sim *sim, const struct kf_account *kf, const struct staff *s)
{
        for (size_t i = 0; i < kf->servicers.n; i++)
                if (kf->servicers.v[i].staff == s ||
                    (kf->servicers.v[i].department &&
                     department_within(sim, s->department, kf->servicers.v[i].department)))
                        return true;
        return false;
}

/* ---- accounts ---- */

static const char *avatar(struct arena *arena, const struct kf_account *kf)
{
        return arena_printf(arena, "https://wework.qpic.cn/sim/%s/0", kf->avatar ? kf->avatar : kf->open_kfid);
}

static int account_list(struct request *rq)
{
        struct corp *corp = &rq->sim->world.corp;
        int64_t offset = rq_int(rq, "offset", 0), limit = rq_int(rq, "limit", LIST_MAX), place = 0;

        if (offset < 0 || limit < 1 || limit > LIST_MAX)
                return refuse(rq, 40058, "offset ≥ 0，limit 1..100（微信客服 §2）");
        out_list(&rq->out, "account_list");
        for (size_t i = 0; i < corp->n_kf; i++) {
                const struct kf_account *kf = corp->kf[i];
                if (kf->deleted || place++ < offset || place > offset + limit)
                        continue;
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "open_kfid", kf->open_kfid);
                out_str(&rq->out, "name", kf->name);
                out_str(&rq->out, "avatar", avatar(rq->arena, kf));
                out_bool(&rq->out, "manage_privilege", kf->managed);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static int check_name(struct request *rq, const char *name)
{
        return text_empty(name) || utf8_length(name) > 16 ? refuse(rq, 95006, "name 应为 1..16 字（微信客服 §2）") : 0;
}

static int account_add(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct corp *corp = &sim->world.corp;
        size_t n = 0;
        int r = check_name(rq, rq_str(rq, "name"));

        for (size_t i = 0; i < corp->n_kf; i++)
                n += !corp->kf[i]->deleted;
        r = r ? r : media_check(rq, "media_id");
        if (!r && !switch_on(sim, SW_CERTIFIED) && n >= ACCOUNTS_UNCERTIFIED)
                r = refuse(rq, 95027, "未认证企业至多 %d 个客服账号", ACCOUNTS_UNCERTIFIED);
        if (!r && (int64_t)n >= switch_on(sim, SW_KF_ACCOUNTS_MAX))
                r = refuse(rq, 95005, "客服账号至多 %lld 个", (long long)switch_on(sim, SW_KF_ACCOUNTS_MAX));
        if (r)
                return r;
        struct kf_account *kf = world_add_kf(sim, wecom_text(sim, "wk", 30));
        kf->name = arena_strdup(&sim->arena, rq_str(rq, "name"));
        kf->avatar = arena_strdup(&sim->arena, rq_str(rq, "media_id"));
        kf->managed = true;
        out_str(&rq->out, "open_kfid", kf->open_kfid);
        return 0;
}

static int account_del(struct request *rq)
{
        struct kf_account *kf;
        int r = kf_named(rq, rq_str(rq, "open_kfid"), &kf);

        if (!r)
                kf->deleted = true;
        return r;
}

static int account_update(struct request *rq)
{
        struct arena *keep = &rq->sim->arena;
        const char *name = rq_str(rq, "name");
        struct kf_account *kf;
        int r = kf_named(rq, rq_str(rq, "open_kfid"), &kf);

        r = r ? r : name ? check_name(rq, name) : 0;
        r = r ? r : rq_has(rq, "media_id") ? media_check(rq, "media_id") : 0;
        if (r)
                return r;
        if (name)
                kf->name = arena_strdup(keep, name);
        if (rq_has(rq, "media_id"))
                kf->avatar = arena_strdup(keep, rq_str(rq, "media_id"));
        return 0;
}

static int add_contact_way(struct request *rq)
{
        static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
        const char *scene = rq_str(rq, "scene");
        struct kf_account *kf;
        int r = kf_named(rq, rq_str(rq, "open_kfid"), &kf);

        if (!r && scene && (strlen(scene) > 32 || strspn(scene, allowed) != strlen(scene)))
                r = refuse(rq, 40058, "scene 至多 32 字节 [0-9a-zA-Z_-]（微信客服 §2）");
        if (r)
                return r;
        out_str(&rq->out, "url",
                arena_printf(rq->arena, "https://work.weixin.qq.com/kf/kfc%s%s%s", kf->open_kfid + 2,
                             text_empty(scene) ? "" : "?enc_scene=ENC", text_empty(scene) ? "" : scene));
        return 0;
}

static int qualification(struct request *rq)
{
        out_bool(&rq->out, "wechat_channels_binding", true);
        return 0;
}

/* ---- servicers ---- */

static int servicer_list(struct request *rq)
{
        struct kf_account *kf;
        int r = kf_named(rq, raw_param(rq->raw, "open_kfid"), &kf);

        if (r)
                return r;
        out_list(&rq->out, "servicer_list");
        for (size_t i = 0; i < kf->servicers.n; i++) {
                const struct servicer *s = &kf->servicers.v[i];
                out_obj(&rq->out, NULL);
                if (s->department) {
                        out_int(&rq->out, "department_id", s->department);
                } else {
                        out_str(&rq->out, "userid", s->staff->userid);
                        out_int(&rq->out, "status", s->staff->status);
                        if (s->staff->status)
                                out_int(&rq->out, "stop_type", s->staff->stop_type);
                }
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static size_t servicer_place(const struct kf_account *kf, const struct servicer *s)
{
        size_t i = 0;
        while (i < kf->servicers.n &&
               (kf->servicers.v[i].staff != s->staff || kf->servicers.v[i].department != s->department))
                i++;
        return i;
}

static int over_limit(struct request *rq, const struct kf_account *kf, bool department)
{
        size_t n = 0;
        for (size_t i = 0; i < kf->servicers.n; i++)
                n += department == (kf->servicers.v[i].department != 0);
        return n < (department ? DEPARTMENTS_MAX : SERVICERS_MAX)
                       ? 0
                       : refuse(rq, 81014, "一个账号至多 %d 人、%d 个部门", SERVICERS_MAX, DEPARTMENTS_MAX);
}

/* Puts one in or out; the item's own errcode. */
static int change_one(struct request *rq, struct kf_account *kf, const struct servicer *s, bool add, const char **errmsg)
{
        size_t at = servicer_place(kf, s);
        bool there = at < kf->servicers.n;

        *errmsg = there == add ? "ignored" : "success";
        if (there == add)
                return 0;
        if (!add) {
                memmove(kf->servicers.v + at, kf->servicers.v + at + 1, (--kf->servicers.n - at) * sizeof(*s));
                return 0;
        }
        int r = over_limit(rq, kf, s->department != 0);
        if (!r)
                vec_push(&rq->sim->arena, &kf->servicers, *s);
        return r;
}

static void change_user(struct request *rq, struct kf_account *kf, const char *userid, bool add)
{
        struct servicer s = {0};
        const char *errmsg = "success";
        /* Whoever is to be put out may have left already. */
        s.staff = add ? NULL : staff_find(rq->sim, userid);
        int r = s.staff ? 0 : wecom_member(rq, userid, &s.staff);

        r = r ? r : add && s.staff->state != 1 ? 95014 : change_one(rq, kf, &s, add, &errmsg);
        out_obj(&rq->out, NULL);
        out_str(&rq->out, "userid", userid);
        out_int(&rq->out, "errcode", r);
        out_str(&rq->out, "errmsg", r ? errcode_text(r) : errmsg);
        out_end(&rq->out);
}

static void change_department(struct request *rq, struct kf_account *kf, int64_t id, bool add)
{
        struct servicer s = {NULL, id};
        const char *errmsg = "success";
        int r = department_find(rq->sim, id) ? change_one(rq, kf, &s, add, &errmsg) : 60003;

        out_obj(&rq->out, NULL);
        out_int(&rq->out, "department_id", id);
        out_int(&rq->out, "errcode", r);
        out_str(&rq->out, "errmsg", r ? errcode_text(r) : errmsg);
        out_end(&rq->out);
}

static int change(struct request *rq, bool add)
{
        size_t users = rq_list(rq, "userid_list"), departments = rq_list(rq, "department_id_list");
        struct kf_account *kf;
        int r = kf_named(rq, rq_str(rq, "open_kfid"), &kf);

        if (r)
                return r;
        if (!users && !departments)
                return refuse(rq, 40063, "userid_list 与 department_id_list 不能都空（微信客服 §3）");
        if (users > LIST_MAX || departments > LIST_MAX)
                return refuse(rq, 40032, "一次至多 %d 个", LIST_MAX);
        out_list(&rq->out, "result_list");
        for (size_t i = 0; i < users; i++)
                change_user(rq, kf, rq_str(rq, arena_printf(rq->arena, "userid_list.%zu", i)), add);
        for (size_t i = 0; i < departments; i++)
                change_department(rq, kf, rq_int(rq, arena_printf(rq->arena, "department_id_list.%zu", i), 0), add);
        out_end(&rq->out);
        rq->rule = NULL; /* of an item, not of the call */
        return 0;
}

static int servicer_add(struct request *rq)
{
        return change(rq, true);
}

static int servicer_del(struct request *rq)
{
        return change(rq, false);
}

#define LISTS "open_kfid:s! userid_list:l userid_list[]:s department_id_list:l department_id_list[]:n"
static const struct endpoint endpoints[] = {
        {"/cgi-bin/kf/account/add", "POST", FAMILY_WECOM, BASE_RATE, 0, account_add, "name:s! media_id:s!"},
        {"/cgi-bin/kf/account/del", "POST", FAMILY_WECOM, BASE_RATE, 0, account_del, "open_kfid:s!"},
        {"/cgi-bin/kf/account/list", "POST", FAMILY_WECOM, 600, ENDPOINT_EITHER, account_list, "offset:n limit:n"},
        {"/cgi-bin/kf/account/update", "POST", FAMILY_WECOM, BASE_RATE, 0, account_update, "open_kfid:s! name:s media_id:s"},
        {"/cgi-bin/kf/add_contact_way", "POST", FAMILY_WECOM, BASE_RATE, 0, add_contact_way, "open_kfid:s! scene:s"},
        {"/cgi-bin/kf/get_corp_qualification", "GET", FAMILY_WECOM, BASE_RATE, 0, qualification},
        {"/cgi-bin/kf/servicer/add", "POST", FAMILY_WECOM, BASE_RATE, 0, servicer_add, LISTS},
        {"/cgi-bin/kf/servicer/del", "POST", FAMILY_WECOM, BASE_RATE, 0, servicer_del, LISTS},
        {"/cgi-bin/kf/servicer/list", "GET", FAMILY_WECOM, 600, 0, servicer_list},
};

const struct product_table wecom_kf_account = {"wecom_kf_account", endpoints, countof(endpoints), NULL};
