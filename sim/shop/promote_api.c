/* Shop: links and codes, limited-time sales, free gifts (微信小店 商品推广、限时抢购、赠品). */
#include "sim/shop/product.h"
#include "sim/sim.h"

#include <string.h>

/* ---- links: with both ids of a WeCom member, whoever buys by it is counted as hers ---- */

static int check_member(struct request *rq)
{
        const char *corp = rq_str(rq, "wecom_corp_id"), *user = rq_str(rq, "wecom_user_id");

        if (!corp && !user)
                return 0;
        return corp && user && text_starts(corp, "wp") && text_starts(user, "wo")
                       ? 0
                       : refuse(rq, 10020050, "wecom_corp_id、wecom_user_id 应由 get_wecom_id 给出，成对（微信小店 商品推广）");
}

static int link(struct request *rq, const char *member, const char *before, const char *after)
{
        const struct product *p = product_find(rq->shop, rq_str(rq, "product_id"));
        const char *user = rq_str(rq, "wecom_user_id");
        int r = check_member(rq);

        if (!r && !p)
                r = refuse(rq, 10020051, "没有这个商品（微信小店 商品推广）");
        if (!r)
                out_str(&rq->out, member, arena_printf(rq->arena, "%s%s%s%s", before, p->id, user ? user : "", after));
        return r;
}

static int product_h5url(struct request *rq)
{
        return link(rq, "product_h5url", "https://channels.weixin.qq.com/shop/a/", "");
}

static int product_taglink(struct request *rq)
{
        return link(rq, "product_taglink", "#微信小店://", "/sim");
}

static int product_qrcode(struct request *rq)
{
        return link(rq, "product_qrcode", "https://store.mp.video.tencent-cloud.com/sim/", ".png");
}

static int product_scheme(struct request *rq)
{
        return link(rq, "scheme", "weixin://dl/business/?t=", "");
}

static int shop_link(struct request *rq, const char *member, const char *before, const char *after)
{
        const char *user = rq_str(rq, "wecom_user_id");
        int r = check_member(rq);

        if (!r)
                out_str(&rq->out, member, arena_printf(rq->arena, "%s%s%s%s", before, rq->shop->origin_id, user ? user : "", after));
        return r;
}

static int shop_h5url(struct request *rq)
{
        return shop_link(rq, "shop_h5url", "https://channels.weixin.qq.com/shop/b/", "");
}

static int shop_taglink(struct request *rq)
{
        return shop_link(rq, "shop_taglink", "#微信小店://", "/shop");
}

static int shop_qrcode(struct request *rq)
{
        int64_t type = rq_int(rq, "qrcode_type", 1);
        return type < 1 || type > 3 ? refuse(rq, 40097, "qrcode_type 应为 1、2 或 3（微信小店 店铺二维码）")
                                    : shop_link(rq, "shop_qrcode", "https://store.mp.video.tencent-cloud.com/sim/", ".png");
}

static int get_wecom_id(struct request *rq)
{
        const struct corp *corp = &rq->sim->world.corp;
        const char *corp_id = rq_str(rq, "corp_id"), *user = rq_str(rq, "user_id");
        bool known = !user;

        if (!text_starts(corp_id, "ww"))
                return refuse(rq, 914910001, "corp_id 不对（微信小店 企业微信关联）");
        if (!text_eq(corp_id, corp->corp_id))
                return refuse(rq, 914911001, "这个企业没有关联店铺（微信小店 企业微信关联）");
        for (size_t i = 0; i < corp->staff.n; i++)
                known |= text_eq(corp->staff.v[i]->userid, user);
        if (!known)
                return refuse(rq, 914911002, "没有这个成员（微信小店 企业微信关联）");
        out_obj(&rq->out, "data");
        out_str(&rq->out, "wecom_corp_id", arena_printf(rq->arena, "wp%s", corp_id + 2));
        out_str(&rq->out, "wecom_user_id", user ? arena_printf(rq->arena, "wo%s", user) : "");
        out_end(&rq->out);
        return 0;
}

/* ---- limited-time sales ---- */

static int find_sale(struct request *rq, struct limited_sale **sale)
{
        for (size_t i = 0; i < rq->shop->sales.n; i++)
                if (text_eq(rq->shop->sales.v[i]->id, rq_str(rq, "task_id")) && !rq->shop->sales.v[i]->gone) {
                        *sale = rq->shop->sales.v[i];
                        return 0;
                }
        return refuse(rq, 40097, "没有这个限时抢购任务（微信小店 限时抢购）");
}

static int sale_add(struct request *rq)
{
        const struct product *p = product_find(rq->shop, rq_str(rq, "product_id"));
        int64_t begin = rq_int(rq, "start_time", 0), end = rq_int(rq, "end_time", 0);

        if (!p)
                return refuse(rq, 10020011, "没有这个商品（微信小店 限时抢购）");
        if (end <= begin || end <= sim_now_s(rq->sim))
                return refuse(rq, 40097, "start_time、end_time 不对（微信小店 限时抢购）");
        for (size_t i = 0; i < rq_list(rq, "limited_discount_skus"); i++)
                if (!product_sku(p, rq_str(rq, arena_printf(rq->arena, "limited_discount_skus.%zu.sku_id", i))))
                        return refuse(rq, 10020028, "limited_discount_skus.%zu 不是这个商品的（微信小店 限时抢购）", i);
        struct limited_sale *sale = arena_new(&rq->sim->arena, struct limited_sale);
        *sale = (struct limited_sale){
                .id = arena_printf(&rq->sim->arena, "8%08llu", (unsigned long long)++rq->sim->world.n_tasks),
                .product_id = p->id,
                .json = rq_keep(rq, "limited_discount_skus"),
                .begin = begin,
                .end = end,
                .created = sim_now(rq->sim),
        };
        vec_push(&rq->sim->arena, &rq->shop->sales, sale);
        out_str(&rq->out, "task_id", sale->id);
        return 0;
}

static int sale_status(struct request *rq, const struct limited_sale *sale)
{
        int64_t now = sim_now_s(rq->sim);
        return sale->stopped ? 4 : now < sale->begin ? 0 : now < sale->end ? 1 : 2;
}

static int sale_list(struct request *rq)
{
        struct out *out = &rq->out;
        size_t at, n;
        int r = rq_page(rq, "limited/list", 10, 50, &at, &n);

        if (r)
                return r;
        out_list(out, "limited_discount_tasks");
        for (; n && at < rq->shop->sales.n; at++) {
                const struct limited_sale *sale = rq->shop->sales.v[at];
                if (sale->gone || rq_int(rq, "status", sale_status(rq, sale)) != sale_status(rq, sale))
                        continue;
                out_obj(out, NULL);
                out_str(out, "task_id", sale->id);
                out_str(out, "product_id", sale->product_id);
                out_int(out, "status", sale_status(rq, sale));
                out_int(out, "create_time", sale->created / 1000);
                out_int(out, "start_time", sale->begin);
                out_int(out, "end_time", sale->end);
                out_raw(out, "limited_discount_skus", sale->json);
                out_end(out);
                n--;
        }
        out_end(out);
        out_int(out, "total_num", (int64_t)rq->shop->sales.n);
        rq_write_page(rq, "limited/list", at, at < rq->shop->sales.n);
        return 0;
}

static int sale_stop(struct request *rq)
{
        struct limited_sale *sale;
        int r = find_sale(rq, &sale);

        if (!r && sale_status(rq, sale) > 1)
                r = refuse(rq, 40097, "任务已结束（微信小店 限时抢购）");
        if (!r)
                sale->stopped = true;
        return r;
}

static int sale_delete(struct request *rq)
{
        struct limited_sale *sale;
        int r = find_sale(rq, &sale);

        if (!r && sale_status(rq, sale) == 1)
                r = refuse(rq, 40097, "进行中的任务要先停止（微信小店 限时抢购）");
        if (!r)
                sale->gone = true;
        return r;
}

/* ---- free gifts ---- */

static int find_gift(struct request *rq, struct gift **gift)
{
        for (size_t i = 0; i < rq->shop->gifts.n; i++)
                if (text_eq(rq->shop->gifts.v[i]->id, rq_str(rq, "product_id"))) {
                        *gift = rq->shop->gifts.v[i];
                        return 0;
                }
        return refuse(rq, 10020011, "没有这个赠品（微信小店 赠品）");
}

static int gift_add(struct request *rq)
{
        struct gift *gift = arena_new(&rq->sim->arena, struct gift);

        gift->id = arena_printf(&rq->sim->arena, "102%08llu", (unsigned long long)++rq->sim->world.n_tasks);
        gift->json = rq_keep(rq, "");
        gift->stock = rq_int(rq, "skus.0.stock_num", 0);
        vec_push(&rq->sim->arena, &rq->shop->gifts, gift);
        out_obj(&rq->out, "data");
        out_str(&rq->out, "product_id", gift->id);
        out_int(&rq->out, "create_time", sim_now_s(rq->sim));
        out_end(&rq->out);
        return 0;
}

static int gift_update(struct request *rq)
{
        struct gift *gift;
        int r = find_gift(rq, &gift);

        if (!r)
                gift->json = rq_keep(rq, "");
        return r;
}

static int gift_get(struct request *rq)
{
        struct gift *gift;
        int r = find_gift(rq, &gift);

        if (r)
                return r;
        out_obj(&rq->out, "product");
        out_str(&rq->out, "product_id", gift->id);
        out_str(&rq->out, "title", json_get(rq->arena, bytes_of_text(gift->json), "title"));
        out_int(&rq->out, "status", gift->on_sale ? PRODUCT_ON_SALE : PRODUCT_NEW);
        out_int(&rq->out, "stock_num", gift->stock);
        out_end(&rq->out);
        return 0;
}

static int gift_list(struct request *rq)
{
        size_t at, n;
        int r = rq_page(rq, "gift/list", 10, 30, &at, &n);

        if (r)
                return r;
        out_list(&rq->out, "product_ids");
        for (; n && at < rq->shop->gifts.n; at++, n--)
                out_str(&rq->out, NULL, rq->shop->gifts.v[at]->id);
        out_end(&rq->out);
        out_int(&rq->out, "total_num", (int64_t)rq->shop->gifts.n);
        rq_write_page(rq, "gift/list", at, at < rq->shop->gifts.n);
        return 0;
}

static int gift_onsale(struct request *rq)
{
        struct gift *gift;
        int r = find_gift(rq, &gift);

        if (!r)
                gift->on_sale = true;
        return r;
}

static int gift_stock(struct request *rq)
{
        int64_t type = rq_int(rq, "diff_type", 0), num = rq_int(rq, "num", 0);
        struct gift *gift;
        int r = find_gift(rq, &gift);

        if (r)
                return r;
        int64_t now = type == 1 ? gift->stock + num : type == 2 ? gift->stock - num : type == 3 ? num : -1;
        if (now < 0)
                return refuse(rq, 40097, "diff_type 应为 1、2 或 3，库存不为负（微信小店 赠品）");
        gift->stock = now;
        return 0;
}

#define ID "product_id:d!"
#define MEMBER " wecom_corp_id:s wecom_user_id:s"

static const struct endpoint endpoints[] = {
        {"/channels/ec/basics/shop/h5url/get", "POST", FAMILY_WEIXIN, 600, 0, shop_h5url, "wecom_corp_id:s wecom_user_id:s"},
        {"/channels/ec/basics/shop/qrcode/get", "POST", FAMILY_WEIXIN, 600, 0, shop_qrcode,
         "qrcode_type:n wecom_corp_id:s wecom_user_id:s"},
        {"/channels/ec/basics/shop/taglink/get", "POST", FAMILY_WEIXIN, 600, 0, shop_taglink,
         "wecom_corp_id:s wecom_user_id:s"},
        {"/channels/ec/product/gift/add", "POST", FAMILY_WEIXIN, 600, 0, gift_add, "title:s! skus:l"},
        {"/channels/ec/product/gift/get", "POST", FAMILY_WEIXIN, 600, 0, gift_get, ID},
        {"/channels/ec/product/gift/list/get", "POST", FAMILY_WEIXIN, 600, 0, gift_list, "page_size:n next_key:s"},
        {"/channels/ec/product/gift/onsale/set", "POST", FAMILY_WEIXIN, 600, 0, gift_onsale, ID},
        {"/channels/ec/product/gift/stock/update", "POST", FAMILY_WEIXIN, 600, 0, gift_stock, ID " diff_type:n! num:n!"},
        {"/channels/ec/product/gift/update", "POST", FAMILY_WEIXIN, 600, 0, gift_update, ID " title:s!"},
        {"/channels/ec/product/h5url/get", "POST", FAMILY_WEIXIN, 600, 0, product_h5url, ID MEMBER},
        {"/channels/ec/product/limiteddiscounttask/add", "POST", FAMILY_WEIXIN, 600, 0, sale_add,
         ID " start_time:n! end_time:n! limited_discount_skus:l!"},
        {"/channels/ec/product/limiteddiscounttask/delete", "POST", FAMILY_WEIXIN, 600, 0, sale_delete, "task_id:d!"},
        {"/channels/ec/product/limiteddiscounttask/list/get", "POST", FAMILY_WEIXIN, 600, 0, sale_list,
         "status:n page_size:n next_key:s"},
        {"/channels/ec/product/limiteddiscounttask/stop", "POST", FAMILY_WEIXIN, 600, 0, sale_stop, "task_id:d!"},
        {"/channels/ec/product/qrcode/get", "POST", FAMILY_WEIXIN, 600, 0, product_qrcode, ID MEMBER},
        {"/channels/ec/product/scheme/get", "POST", FAMILY_WEIXIN, 600, 0, product_scheme, ID MEMBER},
        {"/channels/ec/product/taglink/get", "POST", FAMILY_WEIXIN, 600, 0, product_taglink, ID MEMBER},
        {"/channels/ec/wecom/get_wecom_id", "POST", FAMILY_WEIXIN, 600, 0, get_wecom_id, "corp_id:s! user_id:s"},
};

const struct product_table shop_promote = {"shop_promote", endpoints, countof(endpoints), NULL};
