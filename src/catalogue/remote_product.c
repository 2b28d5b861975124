/*
 * Products as the shop tells them: its list four times a day, and each product again as soon as a notice says that it changed,
 * was reviewed or runs short. A notice is only a trigger.
 */
#include "catalogue/remote_shop.h"
#include "catalogue/rows.h"

#include "base/log.h"
#include "platform/callback.h"
#include "platform/shop.h"

#define LIST_EVERY_MS (6 * 3600 * 1000LL)
#define SKUS_MAX 500

int catalogue_refresh(struct ctx *ctx, int64_t account_id, const char *product_id)
{
        int r = backfill_want(ctx, account_id, "products", product_id, ctx->now / 1000);

        return r == BACKFILL_E_NONE ? 0 : r; /* not begun: the first list will name it */
}

int catalogue_on_event(struct ctx *ctx, const struct wx_event *event)
{
        static const char *const paths[] = {"ProductSpuAudit.product_id", "ProductSpuListing.product_id",
                                            "ProductSpuUpdate.product_id", "channels_ec_stock_no_enough.product_id"};

        for (size_t i = 0; i < countof(paths); i++) {
                const char *id = wx_event_get(event, paths[i]);

                if (!text_empty(id))
                        return catalogue_refresh(ctx, event->account_id, id);
        }
        log_event(LOG_WARN, "catalogue.event_without_id", "type", event->type, NULL);
        return 0; /* the next list will tell */
}

/* ---- list, get, keep ---- */

static int list(struct ctx *ctx, int64_t account_id, const struct backfill_ask *ask, struct backfill_page *page,
                struct wx_fault *fault)
{
        struct shop_ids ids;
        int r = shop_product_list(ctx, account_id, ask->next_key, &ids, fault);

        if (!r)
                *page = (struct backfill_page){ids.ids, ids.n, ids.next_key, NULL};
        return r;
}

static const char *joined(struct arena *a, const struct shop_category *cats, size_t n)
{
        struct text t;

        text_init(&t, a);
        for (size_t i = 0; i < n; i++)
                text_addf(&t, "%s%s", t.n ? "/" : "", cats[i].cat_id ? cats[i].cat_id : "");
        return t.n ? t.p : NULL;
}

static const char *attrs_text(struct arena *a, const struct shop_product_sku *sku)
{
        struct text t;

        text_init(&t, a);
        for (size_t i = 0; i < sku->n_sku_attrs; i++)
                if (!text_empty(sku->sku_attrs[i].attr_value))
                        text_addf(&t, "%s%s", t.n ? " / " : "", sku->sku_attrs[i].attr_value);
        return t.n ? utf8_cut(a, t.p, 400) : NULL;
}

static const struct shop_presale *presale_of(const struct shop_product *p, size_t i)
{
        return p->spu_deliver_info.is_spu_range ? &p->spu_deliver_info.sku_deliver_info : &p->skus[i].sku_deliver_info;
}

static int keep_skus(struct ctx *ctx, int64_t account_id, const struct shop_product *p, size_t n)
{
        int r = 0;

        for (size_t i = 0; i < n && !r; i++) {
                const struct shop_product_sku *sku = &p->skus[i];
                const struct shop_presale *presale = presale_of(p, i);

                if (text_empty(sku->sku_id))
                        continue;
                r = db_exec(ctx, &catalogue_q_sku_keep, DB_I(ctx->merchant), DB_I(account_id), DB_T(p->product_id),
                            DB_T(sku->sku_id), DB_T(attrs_text(ctx->arena, sku)), DB_T(sku->sku_code),
                            DB_T(text_empty(sku->thumb_img) ? NULL : sku->thumb_img), DB_I(sku->sale_price), DB_I(ctx->now),
                            DB_I(sku->stock_num), DB_I(presale->stock_type == 1),
                            DB_I(presale->full_payment_presale_delivery_type == 1),
                            DB_I(presale->full_payment_presale_delivery_time),
                            DB_I(presale->presale_end_time > 0 ? presale->presale_end_time * 1000 : 0));
        }
        if (!r)
                r = db_exec(ctx, &catalogue_q_sku_sweep, DB_I(ctx->merchant), DB_I(account_id), DB_T(p->product_id),
                            DB_I(ctx->now));
        return status_fold(r);
}

static int keep(struct ctx *ctx, int64_t account_id, const char *remote_id, struct bytes object)
{
        struct shop_product p;
        int64_t stock = 0, price = 0;
        bool presale = false;

        if (shop_product_read(ctx->arena, object, &p) || !text_eq(p.product_id, remote_id))
                return BACKFILL_E_BAD;
        size_t n = p.n_skus < SKUS_MAX ? p.n_skus : SKUS_MAX;
        for (size_t i = 0; i < n; i++) {
                stock += p.skus[i].stock_num;
                price = !price || p.skus[i].sale_price < price ? p.skus[i].sale_price : price;
                presale |= presale_of(&p, i)->stock_type == 1;
        }
        const char *title = p.title ? p.title : "", *back = p.after_sale_info.after_sale_address_id;
        int r = db_exec(ctx, &catalogue_q_product_keep, DB_I(ctx->merchant), DB_I(account_id), DB_T(p.product_id), DB_T(title),
                        DB_T(text_fold(ctx->arena, title)), DB_T(p.n_head_imgs ? p.head_imgs[0] : NULL), DB_I(price),
                        DB_I(ctx->now), DB_I(catalogue_number(p.product_id)), DB_I(p.status), DB_I(p.edit_status),
                        DB_T(text_empty(p.brand_id) ? NULL : p.brand_id),
                        DB_T(p.n_cats_v2 ? joined(ctx->arena, p.cats_v2, p.n_cats_v2) : joined(ctx->arena, p.cats, p.n_cats)),
                        DB_I(stock), DB_I(presale), DB_T(text_empty(back) || text_eq(back, "0") ? NULL : back),
                        DB_I(p.edit_time > 0 ? p.edit_time * 1000 : 0));
        return r ? status_fold(r) : keep_skus(ctx, account_id, &p, n);
}

const struct backfill_source catalogue_sources[1] = {
        {.what = "products", .account = "shop", .path = "/channels/ec/product/get", .every_ms = LIST_EVERY_MS,
         .list = list, .get = shop_product_get, .keep = keep},
};
