#include "sim/shop/product.h"

#include "sim/push.h"
#include "sim/sim.h"

#include <string.h>

#define SKUS_MAX 500
#define SKUS_AT_ONCE 25
#define TITLE_MIN 5
#define TITLE_MAX 60
#define CODE_MAX 100
#define PICTURES_MIN 3
#define PICTURES_MAX 9
#define PRESALE_AHEAD_S INT64_C(2592000)
#define PRESALE_LONG_S INT64_C(1296000)
#define SKUS_WRITTEN_MS 1000
enum { EDIT_UPLOADING = 7 };

struct product *product_find(const struct shop *shop, const char *id)
{
        for (size_t i = 0; i < shop->products.n; i++)
                if (text_eq(shop->products.v[i]->id, id) && shop->products.v[i]->status != PRODUCT_DELETED)
                        return shop->products.v[i];
        return NULL;
}

struct sku *product_sku(const struct product *p, const char *id)
{
        for (size_t i = 0; i < p->n_sku; i++)
                if (text_eq(p->sku[i].id, id))
                        return &p->sku[i];
        return NULL;
}

/* ---- reading ---- */

int presale_read(struct request *rq, const char *at, struct presale *p)
{
        int64_t now = sim_now_s(rq->sim), type;
        bool has = rq_has(rq, arena_printf(rq->arena, "%s.stock_type", at));

        if (!has)
                return 0;
        type = rq_int(rq, arena_printf(rq->arena, "%s.stock_type", at), 0);
        *p = (struct presale){.on = type == 1};
        if (type != 0 && type != 1)
                return refuse(rq, 10020111, "stock_type 应为 0 或 1（微信小店 商品·预售）");
        if (!p->on)
                return 0;
        if (!switch_on(rq->sim, SW_CATEGORY_PRESALE))
                return refuse(rq, 10020110, "开关 category_presale：类目不支持全款预售（微信小店 商品·预售）");
        p->delivery_type = (int)rq_int(rq, arena_printf(rq->arena, "%s.full_payment_presale_delivery_type", at), -1);
        p->days = (int)rq_int(rq, arena_printf(rq->arena, "%s.full_payment_presale_delivery_time", at), 0);
        p->begin = rq_int(rq, arena_printf(rq->arena, "%s.presale_begin_time", at), 0);
        p->end = rq_int(rq, arena_printf(rq->arena, "%s.presale_end_time", at), 0);
        p->spot_after_end = rq_bool(rq, arena_printf(rq->arena, "%s.spot_after_presale_end", at), false);
        switch (p->delivery_type) {
        case 0:
                return p->days >= 4 && p->days <= 15 ? 0 : refuse(rq, 10020111,
                                                                   "付款后发货的天数应为 4..15（微信小店 商品·预售）");
        case 1:
                if (p->days < 1 || p->days > 3)
                        return refuse(rq, 10020111, "预售结束后发货的天数应为 1..3（微信小店 商品·预售）");
                if (p->end <= p->begin || p->end - now > PRESALE_AHEAD_S || p->end - p->begin > PRESALE_LONG_S)
                        return refuse(rq, 10020111, "预售最迟 30 天内结束，最长 15 天（微信小店 商品·预售）");
                return 0;
        default:
                return refuse(rq, 10020111, "full_payment_presale_delivery_type 应为 0 或 1（微信小店 商品·预售）");
        }
}

static int check_images(struct request *rq)
{
        size_t n = rq_list(rq, "head_imgs");

        if (n < PICTURES_MIN || n > PICTURES_MAX)
                return refuse(rq, 10020013, "head_imgs 应为 %d..%d 张（微信小店 商品·添加）", PICTURES_MIN, PICTURES_MAX);
        for (size_t i = 0; i < rq->n_leaves; i++) {
                const struct json_leaf *leaf = &rq->leaf[i];
                if ((text_starts(leaf->path, "head_imgs.") || text_starts(leaf->path, "desc_info.imgs.")) &&
                    !strstr(leaf->value, "mmecimage.cn/p/"))
                        return refuse(rq, 10020035, "%s 要先上传，域名应为 mmecimage.cn/p/（微信小店 商品·添加）", leaf->path);
        }
        return 0;
}

static const char *attr(struct request *rq, const char *at, int place)
{
        return rq_keep(rq, arena_printf(rq->arena, "%s.sku_attrs.%d.attr_value", at, place));
}

static int read_sku(struct request *rq, const struct product *before, size_t i, const struct presale *spu, struct sku *sku)
{
        const char *at = arena_printf(rq->arena, "skus.%zu", i);
        const char *id = rq_str(rq, arena_printf(rq->arena, "%s.sku_id", at));
        struct sku *old = before && id ? product_sku(before, id) : NULL;

        if (id && before && !old)
                return refuse(rq, 10020028, "%s.sku_id 不是这个商品的（微信小店 商品·更新）", at);
        if (old)
                *sku = *old;
        else
                sku->id = arena_printf(&rq->sim->arena, "301%09llu", (unsigned long long)++rq->sim->world.n_tasks);
        sku->code = rq_keep(rq, arena_printf(rq->arena, "%s.sku_code", at));
        sku->out_id = rq_keep(rq, arena_printf(rq->arena, "%s.out_sku_id", at));
        sku->color = attr(rq, at, 0);
        sku->size = attr(rq, at, 1);
        sku->price = rq_int(rq, arena_printf(rq->arena, "%s.sale_price", at), -1);
        sku->stock = rq_int(rq, arena_printf(rq->arena, "%s.stock_num", at), old ? old->stock : 0);
        if (sku->price < 1)
                return refuse(rq, 10020018, "%s.sale_price 应大于 0（分）（微信小店 商品·添加）", at);
        if (sku->stock < 0)
                return refuse(rq, 10020017, "%s.stock_num 不能为负（微信小店 商品·添加）", at);
        if (sku->code && utf8_length(sku->code) > CODE_MAX)
                return refuse(rq, 10020017, "%s.sku_code 最长 %d（微信小店 商品·添加）", at, CODE_MAX);
        if (spu) {
                sku->presale = *spu;
                return 0;
        }
        return presale_read(rq, arena_printf(rq->arena, "%s.sku_deliver_info", at), &sku->presale);
}

static int read_skus(struct request *rq, const struct product *before, struct product_face *face)
{
        bool whole = rq_bool(rq, "spu_deliver_info.is_spu_range", false);
        struct presale spu = {0};
        int r = whole ? presale_read(rq, "spu_deliver_info.sku_deliver_info", &spu) : 0;

        face->n_sku = rq_list(rq, "skus");
        if (!r && (!face->n_sku || face->n_sku > SKUS_MAX))
                r = refuse(rq, 10020017, "skus 应为 1..%d 个（微信小店 商品·添加）", SKUS_MAX);
        if (r)
                return r;
        face->sku = arena_array(&rq->sim->arena, struct sku, face->n_sku);
        for (size_t i = 0; i < face->n_sku && !r; i++)
                r = read_sku(rq, before, i, whole ? &spu : NULL, &face->sku[i]);
        return r;
}

int product_read(struct request *rq, const struct product *before, struct product_face *face)
{
        const char *title = rq_str(rq, "title"), *address = rq_str(rq, "after_sale_info.after_sale_address_id");
        int64_t deliver = rq_int(rq, "deliver_method", 0);
        int r;

        *face = (struct product_face){0};
        if (!title || utf8_length(title) < TITLE_MIN || utf8_length(title) > TITLE_MAX)
                return refuse(rq, 10020012, "title 应为 %d..%d 字（微信小店 商品·添加）", TITLE_MIN, TITLE_MAX);
        if (rq_str(rq, "short_title") && utf8_length(rq_str(rq, "short_title")) > 20)
                return refuse(rq, 10020012, "short_title 最长 20 字（微信小店 商品·添加）");
        r = check_images(rq);
        if (r)
                return r;
        if (!rq_list(rq, "cats_v2") && !rq_list(rq, "cats"))
                return refuse(rq, 10020008, "缺 cats_v2（微信小店 商品·添加）");
        if (deliver != 0 && deliver != 1 && deliver != 3)
                return refuse(rq, 10020008, "deliver_method 应为 0、1 或 3（微信小店 商品·添加）");
        if (!deliver && text_empty(rq_str(rq, "express_info.template_id")))
                return refuse(rq, 10020008, "快递商品必须带 express_info.template_id（微信小店 商品·添加）");
        const struct address *back = address ? shop_address(rq->shop, address) : NULL;
        if (address && (!back || !back->recv))
                return refuse(rq, 10020067, "after_sale_address_id 不是退货地址（微信小店 商品·添加）");
        r = read_skus(rq, before, face);
        if (r)
                return r;
        face->title = arena_strdup(&rq->sim->arena, title);
        face->address_id = back ? back->id : NULL;
        face->json = arena_strndup(&rq->sim->arena, (const char *)raw_body(rq->raw).p, raw_body(rq->raw).n);
        return 0;
}

/* ---- review and sale ---- */

static void tell(struct sim *sim, struct shop *shop, const struct product *p, const char *event, const char *key, int status,
                 const char *reason, const char *more)
{
        const char *q = push_id_as_number(sim, shop) ? "" : "\"";
        struct arena arena;
        struct text t;

        arena_init(&arena, 0);
        text_init(&t, &arena);
        text_addf(&t, "\"%s\":{\"product_id\":%s%s%s,\"status\":%d", key, q, p->id, q, status);
        if (reason) {
                text_add(&t, ",\"reason\":");
                json_quote(&t, reason);
        }
        text_addf(&t, "%s}", more);
        shop_tell(sim, shop, event, p->id, t.p);
        arena_release(&arena);
}

void product_tell_update(struct sim *sim, struct shop *shop, const struct product *p)
{
        tell(sim, shop, p, "product_spu_update", "ProductSpuUpdate", p->status, NULL, "");
}

void product_list(struct sim *sim, struct shop *shop, struct product *p, enum product_status status)
{
        p->status = status;
        ledger_add(sim, "product", shop->appid, p->id, "status %d", status);
        tell(sim, shop, p, "product_spu_listing", "ProductSpuListing", status, "", "");
}

struct review {
        struct shop *shop;
        struct product *p;
        unsigned turn;
};

static void reviewed(struct sim *sim, void *arg)
{
        struct review *review = arg;
        struct product *p = review->p;

        if (p->reviews != review->turn || p->edit != EDIT_REVIEW)
                return; /* withdrawn, or begun anew */
        if (switch_on(sim, SW_REVIEW_REJECTS)) {
                p->edit = EDIT_REJECTED;
                p->rejected = "商品信息不符合规范";
                tell(sim, review->shop, p, "product_spu_audit", "ProductSpuAudit", 2, p->rejected, ",\"audit_info\":\"{}\"");
                return;
        }
        p->edit = EDIT_APPROVED;
        p->title = p->draft.title;
        p->sku = p->draft.sku;
        p->n_sku = p->draft.n_sku;
        p->address_id = p->draft.address_id;
        p->json = p->draft.json;
        ledger_add(sim, "product", review->shop->appid, p->id, "approved");
        tell(sim, review->shop, p, "product_spu_audit", "ProductSpuAudit", 3, "", ",\"audit_info\":\"{}\"");
        if (p->list_after)
                product_list(sim, review->shop, p, PRODUCT_ON_SALE);
}

static void written(struct sim *sim, void *arg)
{
        struct review *review = arg;
        if (review->p->reviews == review->turn)
                review->p->edit = EDIT_REVIEW;
        timer_after(sim, switch_on(sim, SW_REVIEW_MS), reviewed, review);
}

void product_review(struct sim *sim, struct shop *shop, struct product *p)
{
        struct review *review = arena_new(&sim->arena, struct review);

        *review = (struct review){shop, p, ++p->reviews};
        p->edited = sim_now(sim);
        p->edit = p->draft.n_sku > SKUS_AT_ONCE ? EDIT_UPLOADING : EDIT_REVIEW;
        if (p->edit == EDIT_REVIEW)
                timer_after(sim, switch_on(sim, SW_REVIEW_MS), reviewed, review);
        else
                timer_after(sim, SKUS_WRITTEN_MS, written, review);
}

/* ---- the object ---- */

static void write_sku(struct out *out, const struct sku *sku)
{
        out_obj(out, NULL);
        out_str(out, "sku_id", sku->id);
        out_str(out, "out_sku_id", sku->out_id);
        out_str(out, "thumb_img", "");
        out_int(out, "sale_price", sku->price);
        out_int(out, "market_price", sku->price * 12 / 10);
        out_int(out, "stock_num", sku->stock);
        out_str(out, "sku_code", sku->code);
        out_str(out, "bar_code", "");
        out_int(out, "status", 5);
        out_list(out, "sku_attrs");
        for (int i = 0; i < 2; i++) {
                const char *value = i ? sku->size : sku->color;
                if (text_empty(value))
                        continue;
                out_obj(out, NULL);
                out_str(out, "attr_key", i ? "规格" : "颜色");
                out_str(out, "attr_value", value);
                out_end(out);
        }
        out_end(out);
        out_obj(out, "sku_deliver_info");
        out_int(out, "stock_type", sku->presale.on);
        if (sku->presale.on) {
                out_int(out, "full_payment_presale_delivery_type", sku->presale.delivery_type);
                out_int(out, "full_payment_presale_delivery_time", sku->presale.days);
                out_int(out, "presale_begin_time", sku->presale.begin);
                out_int(out, "presale_end_time", sku->presale.end);
                out_bool(out, "spot_after_presale_end", sku->presale.spot_after_end);
        }
        out_end(out);
        out_end(out);
}

/* A member as the merchant gave it, or what a product of the seed has. */
static void write_given(struct request *rq, const char *json, const char *name, const char *otherwise)
{
        const char *given = json ? json_get(rq->arena, bytes_of_text(json), name) : NULL;
        bool structured = *otherwise == '[' || *otherwise == '{';

        if (structured)
                out_raw(&rq->out, name, given ? given : otherwise);
        else
                out_str(&rq->out, name, given ? given : otherwise);
}

void product_write(struct request *rq, const char *key, const struct product *p, bool draft)
{
        const char *json = draft ? p->draft.json : p->json;
        const char *title = draft ? p->draft.title : p->title, *back = draft ? p->draft.address_id : p->address_id;
        const struct sku *sku = draft ? p->draft.sku : p->sku;
        size_t n = draft ? p->draft.n_sku : p->n_sku;
        const char *picture = arena_printf(rq->arena, "https://mmecimage.cn/p/sim/%s", p->id);
        struct out *out = &rq->out;
        int64_t least = n ? sku[0].price : 0;

        out_obj(out, key);
        out_str(out, "product_id", p->id);
        out_str(out, "out_product_id", p->out_id);
        out_str(out, "title", title);
        write_given(rq, json, "short_title", "");
        out_str(out, "sub_title", "");
        write_given(rq, json, "head_imgs", arena_printf(rq->arena, "[\"%s\",\"%s-2\",\"%s-3\"]", picture, picture, picture));
        write_given(rq, json, "desc_info", "{\"imgs\":[],\"desc\":\"\"}");
        out_int(out, "deliver_method", 0);
        write_given(rq, json, "express_info", "{\"template_id\":\"0\",\"weight\":500}");
        write_given(rq, json, "extra_service", "{\"seven_day_return\":1,\"freight_insurance\":1}");
        write_given(rq, json, "attrs", "[]");
        write_given(rq, json, "cats", "[]");
        write_given(rq, json, "cats_v2", "[{\"cat_id\":\"1421\"},{\"cat_id\":\"1443\"},{\"cat_id\":\"1466\"}]");
        write_given(rq, json, "spu_code", "");
        write_given(rq, json, "brand_id", "2100000000");
        out_int(out, "status", p->status);
        out_int(out, "edit_status", p->edit);
        out_int(out, "product_type", 1);
        out_int(out, "edit_time", p->edited / 1000);
        out_list(out, "skus");
        for (size_t i = 0; i < n; i++) {
                write_sku(out, &sku[i]);
                least = sku[i].price < least ? sku[i].price : least;
        }
        out_end(out);
        out_int(out, "min_price", least);
        out_int(out, "total_sold_num", p->sold);
        out_obj(out, "after_sale_info");
        if (back)
                out_id(out, "after_sale_address_id", back, true);
        out_end(out);
        out_end(out);
}
