/* Shop: coupons (微信小店 优惠券). */
#include "sim/shop/coupon.h"

#include "sim/shop/request.h"
#include "sim/sim.h"

enum { INITIAL = 1, ACTIVE = 2, VOID = 4, DELETED = 5 };

static int find(struct request *rq, struct coupon **c)
{
        *c = coupon_find(rq->shop, rq_str(rq, "coupon_id"));
        return *c ? 0 : refuse(rq, 40097, "没有这个优惠券（微信小店 优惠券）");
}

static int check(struct request *rq)
{
        int64_t type = rq_int(rq, "type", 0), kind = type % 100, off = rq_int(rq, "discount_info.discount_num", 0);
        int64_t fee = rq_int(rq, "discount_info.discount_fee", 0), valid = rq_int(rq, "valid_info.valid_type", 0);

        if (kind < 1 || kind > 4 || (type > 4 && type < 101) || type > 104)
                return refuse(rq, 40097, "type 应为 1..4 或 101..104（微信小店 优惠券·创建）");
        if ((kind == 1 || kind == 3) && (off < 1000 || off > 10000))
                return refuse(rq, 40097, "discount_num 应为 1000..10000（微信小店 优惠券·创建）");
        if ((kind == 2 || kind == 4) && fee < 1)
                return refuse(rq, 40097, "discount_fee 应大于 0（分）（微信小店 优惠券·创建）");
        if (rq_int(rq, "receive_info.total_num", 0) < 1 || rq_int(rq, "receive_info.limit_num_one_person", 0) < 1)
                return refuse(rq, 40097, "receive_info 的数量应大于 0（微信小店 优惠券·创建）");
        if (rq_int(rq, "receive_info.end_time", 0) <= rq_int(rq, "receive_info.start_time", 0))
                return refuse(rq, 40097, "receive_info 的起止时间不对（微信小店 优惠券·创建）");
        if (valid != 1 && valid != 2)
                return refuse(rq, 40097, "valid_type 应为 1 或 2（微信小店 优惠券·创建）");
        if (valid == 2 && rq_int(rq, "valid_info.valid_day_num", 0) < 1)
                return refuse(rq, 40097, "valid_day_num 应大于 0（微信小店 优惠券·创建）");
        return 0;
}

static void take(struct request *rq, struct coupon *c)
{
        c->json = rq_keep(rq, "");
        c->total = rq_int(rq, "receive_info.total_num", 0);
        c->per_person = rq_int(rq, "receive_info.limit_num_one_person", 0);
        c->from = rq_int(rq, "receive_info.start_time", 0);
        c->until = rq_int(rq, "receive_info.end_time", 0);
        c->updated = sim_now(rq->sim);
}

static void write_id(struct request *rq, const struct coupon *c)
{
        out_obj(&rq->out, "data");
        out_str(&rq->out, "coupon_id", c->id);
        out_end(&rq->out);
}

static void ends(struct sim *sim, void *arg)
{
        struct coupon *c = arg;
        if (c->status != ACTIVE || c->until > sim_now_s(sim))
                return;
        for (size_t i = 0; i < sim->world.n_shops; i++)
                if (coupon_find(sim->world.shops[i], c->id) == c)
                        coupon_tell(sim, sim->world.shops[i], c, "channels_ec_coupon_expire", "expire_time");
}

static int create(struct request *rq)
{
        int r = check(rq);

        if (r)
                return r;
        struct coupon *c = arena_new(&rq->sim->arena, struct coupon);
        c->id = world_id(rq->sim, "10", ++rq->sim->world.n_tasks, 13);
        c->status = INITIAL;
        c->created = sim_now(rq->sim);
        take(rq, c);
        vec_push(&rq->sim->arena, &rq->shop->coupons, c);
        timer_at(rq->sim, c->until * 1000, ends, c);
        coupon_tell(rq->sim, rq->shop, c, "channels_ec_coupon_create", "create_time");
        write_id(rq, c);
        return 0;
}

static int update(struct request *rq)
{
        struct coupon *c;
        int r = find(rq, &c);

        r = r ? r : check(rq);
        if (!r && c->status != INITIAL)
                r = refuse(rq, 40097, "只有未生效的优惠券可以修改（微信小店 优惠券·更新）");
        if (r)
                return r;
        take(rq, c);
        timer_at(rq->sim, c->until * 1000, ends, c);
        coupon_tell(rq->sim, rq->shop, c, "channels_ec_coupon_info_change", "update_time");
        write_id(rq, c);
        return 0;
}

static int update_status(struct request *rq)
{
        int64_t status = rq_int(rq, "status", 0);
        struct coupon *c;
        int r = find(rq, &c);

        if (r)
                return r;
        bool may = (c->status == INITIAL && (status == ACTIVE || status == DELETED)) ||
                   (c->status == ACTIVE && status == VOID) || (c->status == VOID && status == DELETED);
        if (!may)
                return refuse(rq, 40097, "状态 %d 不能变为 %lld（微信小店 优惠券·更新状态）", c->status, (long long)status);
        c->status = (int)status;
        if (status == VOID)
                coupon_tell(rq->sim, rq->shop, c, "channels_ec_coupon_invalid", "invalid_time");
        else if (status == DELETED)
                coupon_tell(rq->sim, rq->shop, c, "channels_ec_coupon_delete", "delete_time");
        return 0;
}

static int get(struct request *rq)
{
        static const char *const given[] = {"type", "discount_info", "ext_info", "promote_info", "receive_info", "valid_info"};
        struct out *out = &rq->out;
        struct coupon *c;
        int r = find(rq, &c);

        if (r)
                return r;
        out_obj(out, "coupon");
        out_str(out, "coupon_id", c->id);
        out_str(out, "name", json_get(rq->arena, bytes_of_text(c->json), "name"));
        for (size_t i = 0; i < countof(given); i++) {
                const char *value = json_get(rq->arena, bytes_of_text(c->json), given[i]);
                if (value)
                        out_raw(out, given[i], value);
        }
        out_int(out, "status", c->status);
        out_int(out, "create_time", c->created / 1000);
        out_int(out, "update_time", c->updated / 1000);
        out_obj(out, "stock_info");
        out_int(out, "issued_num", c->total);
        out_int(out, "receive_num", c->issued);
        out_int(out, "used_num", c->used);
        out_end(out);
        out_end(out);
        return 0;
}

static int get_list(struct request *rq)
{
        int64_t status = rq_int(rq, "status", 0), page = rq_int(rq, "page", 1), size = rq_int(rq, "page_size", 10), n = 0;

        if (page < 1 || size < 1 || size > 200)
                return refuse(rq, 40097, "page ≥ 1，page_size 1..200（微信小店 优惠券·列表）");
        out_list(&rq->out, "coupons");
        for (size_t i = 0; i < rq->shop->coupons.n; i++) {
                const struct coupon *c = rq->shop->coupons.v[i];
                if (status ? c->status != status : c->status == DELETED)
                        continue;
                if (n >= (page - 1) * size && n < page * size) {
                        out_obj(&rq->out, NULL);
                        out_str(&rq->out, "coupon_id", c->id);
                        out_end(&rq->out);
                }
                n++;
        }
        out_end(&rq->out);
        out_int(&rq->out, "total_num", n);
        return 0;
}

/* ---- what people hold ---- */

static void write_hers(struct request *rq, const char *key, const struct user_coupon *u)
{
        out_obj(&rq->out, key);
        out_str(&rq->out, "openid", u->person->openid[rq->shop->place]);
        out_str(&rq->out, "coupon_id", u->coupon->id);
        out_str(&rq->out, "user_coupon_id", u->id);
        out_int(&rq->out, "status", u->status);
        out_int(&rq->out, "create_time", u->received / 1000);
        out_int(&rq->out, "start_time", u->received / 1000);
        out_int(&rq->out, "end_time", u->until);
        out_obj(&rq->out, "ext_info");
        out_int(&rq->out, "use_time", u->used / 1000);
        out_end(&rq->out);
        out_end(&rq->out);
}

static int get_user_coupon(struct request *rq)
{
        const struct user_coupon *u = coupon_of(rq->shop, rq_str(rq, "user_coupon_id"));

        if (!u || !text_eq(u->person->openid[rq->shop->place], rq_str(rq, "openid")))
                return refuse(rq, 40097, "这个用户没有这张券（微信小店 优惠券·用户券）");
        write_hers(rq, "user_coupon", u);
        return 0;
}

static int get_user_coupon_list(struct request *rq)
{
        const char *openid = rq_str(rq, "openid"), *id = rq_str(rq, "coupon_id");
        int64_t page = rq_int(rq, "page", 1), size = rq_int(rq, "page_size", 10), n = 0;

        if (page < 1 || size < 1 || size > 200)
                return refuse(rq, 40097, "page ≥ 1，page_size 1..200（微信小店 优惠券·用户券）");
        out_list(&rq->out, "user_coupon_list");
        for (size_t i = 0; i < rq->shop->user_coupons.n; i++) {
                const struct user_coupon *u = rq->shop->user_coupons.v[i];
                if (!text_eq(u->person->openid[rq->shop->place], openid) || (id && !text_eq(u->coupon->id, id)))
                        continue;
                if (n >= (page - 1) * size && n < page * size)
                        write_hers(rq, NULL, u);
                n++;
        }
        out_end(&rq->out);
        out_int(&rq->out, "total_num", n);
        return 0;
}

#define COUPON                                                                                                         \
        "type:n! name:s! discount_info:o! discount_info.discount_num:n discount_info.discount_fee:n receive_info:o! " \
        "receive_info.total_num:n receive_info.limit_num_one_person:n valid_info:o! valid_info.valid_type:n"

static const struct endpoint endpoints[] = {
        {"/channels/ec/coupon/create", "POST", FAMILY_WEIXIN, 600, 0, create, COUPON},
        {"/channels/ec/coupon/get", "POST", FAMILY_WEIXIN, 600, 0, get, "coupon_id:d!"},
        {"/channels/ec/coupon/get_list", "POST", FAMILY_WEIXIN, 600, 0, get_list, "status:n page:n page_size:n"},
        {"/channels/ec/coupon/get_user_coupon", "POST", FAMILY_WEIXIN, 600, 0, get_user_coupon,
         "openid:s! coupon_id:d user_coupon_id:d!"},
        {"/channels/ec/coupon/get_user_coupon_list", "POST", FAMILY_WEIXIN, 600, 0, get_user_coupon_list,
         "openid:s! coupon_id:d page:n page_size:n"},
        {"/channels/ec/coupon/update", "POST", FAMILY_WEIXIN, 600, 0, update, "coupon_id:d! " COUPON},
        {"/channels/ec/coupon/update_status", "POST", FAMILY_WEIXIN, 600, 0, update_status, "coupon_id:d! status:n!"},
};

static const char *const events[] = {
        "channels_ec_coupon_create", "channels_ec_coupon_delete",      "channels_ec_coupon_expire",
        "channels_ec_coupon_info_change", "channels_ec_coupon_invalid", "channels_ec_coupon_receive",
        "channels_ec_user_coupon_expire", "channels_ec_user_coupon_unuse", "channels_ec_user_coupon_use", NULL,
};

const struct product_table shop_coupon = {"shop_coupon", endpoints, countof(endpoints), events};
