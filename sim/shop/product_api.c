/* Shop: products and their review (微信小店 商品). */
#include "sim/cursor.h"
#include "sim/shop/product.h"
#include "sim/shop/stock.h"
#include "sim/sim.h"

#include <string.h>

#define PAGE_MAX 30

static int find(struct request *rq, struct product **p)
{
        *p = product_find(rq->shop, rq_str(rq, "product_id"));
        return *p ? 0 : refuse(rq, 10020011, "没有这个商品（微信小店 商品）");
}

static void write_saved(struct request *rq, const struct product *p, const char *when)
{
        out_obj(&rq->out, "data");
        out_str(&rq->out, "product_id", p->id);
        out_str(&rq->out, "out_product_id", p->out_id);
        out_str(&rq->out, when, arena_printf(rq->arena, "%lld", (long long)sim_now_s(rq->sim)));
        out_end(&rq->out);
}

static int add(struct request *rq)
{
        struct product_face face;
        int r = product_read(rq, NULL, &face);

        if (r)
                return r;
        struct product *p = arena_new(&rq->sim->arena, struct product);
        *p = (struct product){
                .id = arena_printf(&rq->sim->arena, "101%08llu", (unsigned long long)++rq->sim->world.n_tasks),
                .title = face.title,
                .sku = face.sku,
                .n_sku = face.n_sku,
                .address_id = face.address_id,
                .out_id = rq_keep(rq, "out_product_id"),
                .draft = face,
                .list_after = rq_bool(rq, "listing", false),
                .created = sim_now(rq->sim),
        };
        vec_push(&rq->sim->arena, &rq->shop->products, p);
        product_review(rq->sim, rq->shop, p);
        write_saved(rq, p, "create_time");
        return 0;
}

static int update(struct request *rq)
{
        struct product_face face;
        struct product *p;
        int r = find(rq, &p);

        if (!r && p->edit == EDIT_REVIEW)
                r = refuse(rq, 10020021, "审核中的商品不能修改（微信小店 商品·更新）");
        r = r ? r : product_read(rq, p, &face);
        if (r)
                return r;
        p->draft = face;
        p->list_after = rq_bool(rq, "listing", false) || p->status == PRODUCT_ON_SALE;
        product_review(rq->sim, rq->shop, p);
        write_saved(rq, p, "update_time");
        return 0;
}

/* What needs no review: price, stock, code and the return address. All of it is looked at before any of it is done. */
static int auditfree(struct request *rq)
{
        const char *address = rq_str(rq, "after_sale_info.after_sale_address_id");
        const struct address *back = address ? shop_address(rq->shop, address) : NULL;
        struct product *p;
        int r = find(rq, &p);

        if (!r && address && (!back || !back->recv))
                r = refuse(rq, 10020067, "after_sale_address_id 不是退货地址（微信小店 商品·免审更新）");
        for (int round = 0; round < 2; round++) {
                for (size_t i = 0; !r && i < rq_list(rq, "skus"); i++) {
                        const char *at = arena_printf(rq->arena, "skus.%zu", i);
                        struct sku *sku = product_sku(p, rq_str(rq, arena_printf(rq->arena, "%s.sku_id", at)));
                        if (!sku)
                                return refuse(rq, 10020028, "%s.sku_id 不是这个商品的（微信小店 商品·免审更新）", at);
                        int64_t price = rq_int(rq, arena_printf(rq->arena, "%s.sale_price", at), sku->price);
                        int64_t stock = rq_int(rq, arena_printf(rq->arena, "%s.stock_num", at), sku->stock);
                        if (price < 1)
                                return refuse(rq, 10020018, "%s.sale_price 应大于 0（微信小店 商品·免审更新）", at);
                        if (!round)
                                continue;
                        sku->price = price;
                        if (stock != sku->stock)
                                stock_write(rq->sim, rq->shop, p, sku, STOCK_SET, stock);
                }
        }
        if (r)
                return r;
        if (back)
                p->address_id = back->id;
        p->edited = sim_now(rq->sim);
        product_tell_update(rq->sim, rq->shop, p);
        write_saved(rq, p, "update_time");
        return 0;
}

static int get(struct request *rq)
{
        int64_t type = rq_int(rq, "data_type", 1);
        struct product *p;
        int r = find(rq, &p);

        if (r)
                return r;
        if (type < 1 || type > 3)
                return refuse(rq, 40097, "data_type 应为 1、2 或 3（微信小店 商品·获取）");
        if (type != 2)
                product_write(rq, "product", p, false);
        if (type != 1 && p->draft.title)
                product_write(rq, "edit_product", p, true);
        out_obj(&rq->out, "sale_limit_info");
        out_bool(&rq->out, "is_limited", false);
        out_str(&rq->out, "title", "");
        out_str(&rq->out, "sub_title", "");
        out_end(&rq->out);
        if (p->edit == EDIT_REJECTED) {
                out_obj(&rq->out, "audit_info");
                out_str(&rq->out, "reason", p->rejected);
                out_end(&rq->out);
        }
        return 0;
}

static int list_get(struct request *rq)
{
        const char *status = rq_str(rq, "status");
        size_t at, n;
        int r = rq_page(rq, "product/list", 10, PAGE_MAX, &at, &n);
        int64_t total = 0;

        if (r)
                return r;
        out_list(&rq->out, "product_ids");
        for (size_t i = 0; i < rq->shop->products.n; i++) {
                const struct product *p = rq->shop->products.v[i];
                if (status ? !text_eq(status, arena_printf(rq->arena, "%d", p->status)) : p->status == PRODUCT_DELETED)
                        continue;
                total++;
                if (i < at || !n)
                        continue;
                out_str(&rq->out, NULL, p->id);
                n--;
                at = i + 1;
        }
        out_end(&rq->out);
        out_str(&rq->out, "next_key", cursor_key_make(rq->sim, rq->arena, "product/list", at));
        out_int(&rq->out, "total_num", total);
        return 0;
}

static int listing(struct request *rq)
{
        struct product *p;
        int r = find(rq, &p);

        if (r)
                return r;
        bool passed = p->edit == EDIT_APPROVED || p->json || p->status;
        if (p->status == PRODUCT_ON_SALE || !passed)
                return refuse(rq, 10020020, "商品已在售，或还没有通过审核（微信小店 商品·上架）");
        product_list(rq->sim, rq->shop, p, PRODUCT_ON_SALE);
        return 0;
}

static int delisting(struct request *rq)
{
        struct product *p;
        int r = find(rq, &p);

        if (r)
                return r;
        if (p->status != PRODUCT_ON_SALE)
                return refuse(rq, 10020020, "商品不在售（微信小店 商品·下架）");
        product_list(rq->sim, rq->shop, p, PRODUCT_OFF);
        return 0;
}

static int delete(struct request *rq)
{
        struct product *p;
        int r = find(rq, &p);

        if (r)
                return r;
        p->status = PRODUCT_DELETED;
        product_tell_update(rq->sim, rq->shop, p);
        return 0;
}

static int audit_cancel(struct request *rq)
{
        struct product *p;
        int r = find(rq, &p);

        if (r)
                return r;
        if (p->edit != EDIT_REVIEW)
                return refuse(rq, 10020022, "商品不在审核中（微信小店 商品·撤回审核）");
        p->edit = EDIT_EDITING;
        p->reviews++;
        return 0;
}

/* ---- a sale that begins by the clock ---- */

static int timed(struct request *rq, struct product **p)
{
        int r = find(rq, p);
        const char *json = r ? NULL : (*p)->draft.json;
        const char *task = json ? json_get(rq->arena, bytes_of_text(json), "timing_onsale_info.task_id") : NULL;

        if (!r && (!task || !text_eq(task, rq_str(rq, "task_id"))))
                return refuse(rq, 10020020, "商品没有这个定时开售任务（微信小店 商品·定时开售）");
        return r;
}

static int begintimingsale(struct request *rq)
{
        struct product *p;
        int r = timed(rq, &p);

        if (!r && p->edit != EDIT_APPROVED)
                r = refuse(rq, 10020020, "商品还没有通过审核（微信小店 商品·定时开售）");
        if (!r && p->status != PRODUCT_ON_SALE)
                product_list(rq->sim, rq->shop, p, PRODUCT_ON_SALE);
        return r;
}

static int canceltimingsale(struct request *rq)
{
        struct product *p;
        int r = timed(rq, &p);

        if (!r)
                p->list_after = false;
        return r;
}

/* ---- helpers of a review ---- */

static int getauditquota(struct request *rq)
{
        out_obj(&rq->out, "audit_quota");
        out_int(&rq->out, "quota", 500);
        out_int(&rq->out, "used", 0);
        out_end(&rq->out);
        return 0;
}

static int auditstrategy_get(struct request *rq)
{
        out_bool(&rq->out, "audit_auto", rq->shop->audit_auto);
        return 0;
}

static int auditstrategy_set(struct request *rq)
{
        rq->shop->audit_auto = rq_bool(rq, "audit_auto", true);
        return 0;
}

static int categoryprecheck(struct request *rq)
{
        if (!rq_list(rq, "cats_v2") && !rq_list(rq, "cats"))
                return refuse(rq, 10020008, "缺 cats_v2（微信小店 商品·类目预校验）");
        out_bool(&rq->out, "pass", true);
        return 0;
}

static int category_classify(struct request *rq)
{
        static const char *const cats[] = {"1421", "1443", "1466"};

        out_list(&rq->out, "cats_v2");
        for (size_t i = 0; i < countof(cats); i++) {
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "cat_id", cats[i]);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

#define FACE                                                                                                           \
        "title:s! short_title:s head_imgs:l! head_imgs[]:s desc_info:o cats:l cats_v2:l attrs:l deliver_method:n "    \
        "express_info:o skus:l! skus[].sku_id:d skus[].sale_price:n skus[].stock_num:n skus[].sku_code:s "            \
        "skus[].sku_attrs:l extra_service:o after_sale_info:o listing:d"
#define ID "product_id:d!"

static const struct endpoint endpoints[] = {
        {"/channels/ec/product/add", "POST", FAMILY_WEIXIN, 600, 0, add, FACE},
        {"/channels/ec/product/audit/cancel", "POST", FAMILY_WEIXIN, 600, 0, audit_cancel, ID},
        {"/channels/ec/product/auditfree", "POST", FAMILY_WEIXIN, 600, 0, auditfree,
         ID " skus:l skus[].sku_id:d skus[].sale_price:n skus[].stock_num:n after_sale_info:o express_info:o"},
        {"/channels/ec/product/auditstrategy/get", "POST", FAMILY_WEIXIN, 600, 0, auditstrategy_get, NULL},
        {"/channels/ec/product/auditstrategy/set", "POST", FAMILY_WEIXIN, 600, 0, auditstrategy_set, "audit_auto:b!"},
        {"/channels/ec/product/begintimingsale", "POST", FAMILY_WEIXIN, 600, 0, begintimingsale, ID " task_id:d!"},
        {"/channels/ec/product/canceltimingsale", "POST", FAMILY_WEIXIN, 600, 0, canceltimingsale, ID " task_id:d!"},
        {"/channels/ec/product/category/classify", "POST", FAMILY_WEIXIN, 600, 0, category_classify, "title:s!"},
        {"/channels/ec/product/categoryprecheck", "POST", FAMILY_WEIXIN, 600, 0, categoryprecheck, "cats:l cats_v2:l"},
        {"/channels/ec/product/delete", "POST", FAMILY_WEIXIN, 600, 0, delete, ID},
        {"/channels/ec/product/delisting", "POST", FAMILY_WEIXIN, 600, 0, delisting, ID},
        {"/channels/ec/product/get", "POST", FAMILY_WEIXIN, 3000, 0, get, ID " data_type:n"},
        {"/channels/ec/product/getauditquota", "POST", FAMILY_WEIXIN, 600, 0, getauditquota, NULL},
        {"/channels/ec/product/list/get", "POST", FAMILY_WEIXIN, 3000, 0, list_get, "status:n page_size:n! next_key:s"},
        {"/channels/ec/product/listing", "POST", FAMILY_WEIXIN, 600, 0, listing, ID},
        {"/channels/ec/product/update", "POST", FAMILY_WEIXIN, 600, 0, update, ID " " FACE},
};

static const char *const events[] = {
        "product_spu_audit", "product_spu_listing", "product_spu_update", NULL,
};

const struct product_table shop_product = {"shop_product", endpoints, countof(endpoints), events};
