/* An order object of the platform, read into what we keep. */
#include "orders/view.h"

#include "platform/shop.h"

#define LINES_MAX 500
#define PARCELS_MAX 200

static int64_t ms(int64_t seconds)
{
        return seconds > 0 ? seconds * 1000 : 0;
}

static const char *attrs_text(struct arena *a, const struct shop_line *l)
{
        struct text t;
        if (!l->n_sku_attrs)
                return NULL;
        text_init(&t, a);
        for (size_t i = 0; i < l->n_sku_attrs; i++) {
                const char *value = l->sku_attrs[i].attr_value;
                if (text_empty(value))
                        continue;
                if (t.n)
                        text_add(&t, " / ");
                text_add(&t, value);
        }
        return t.n ? utf8_cut(a, t.p, 400) : NULL;
}

static void read_lines(struct arena *a, const struct shop_order_detail *d, struct orders_kept *k)
{
        struct orders_line *lines = arena_array(a, struct orders_line, d->n_lines);
        struct catalogue_seen *seen = arena_array(a, struct catalogue_seen, d->n_lines);
        k->lines = lines;
        k->seen = seen;
        k->n_lines = d->n_lines < LINES_MAX ? d->n_lines : LINES_MAX;
        for (size_t i = 0; i < k->n_lines; i++) {
                const struct shop_line *l = &d->product_infos[i];
                lines[i] = (struct orders_line){
                        .product_id = l->product_id,
                        .sku_id = l->sku_id,
                        .title = l->title,
                        .sku_text = attrs_text(a, l),
                        .image = l->thumb_img,
                        .count = l->sku_cnt,
                        .sale_price = l->sale_price,
                        .real_price = l->real_price,
                        .delivery_deadline = ms(l->delivery_deadline),
                };
                seen[i] = (struct catalogue_seen){
                        .product_id = l->product_id,
                        .sku_id = l->sku_id,
                        .title = l->title,
                        .sku_text = lines[i].sku_text,
                        .sku_code = l->sku_code,
                        .image = l->thumb_img,
                        .price = l->sale_price,
                };
                k->row.units += l->sku_cnt;
                int64_t deadline = lines[i].delivery_deadline;
                if (deadline && (!k->row.ship_deadline || deadline < k->row.ship_deadline))
                        k->row.ship_deadline = deadline;
        }
        if (k->n_lines) {
                k->row.title = lines[0].title;
                k->row.image = lines[0].image;
        }
}

static void read_parcels(struct arena *a, const struct shop_delivery *d, struct orders_kept *k)
{
        struct orders_parcel *parcels = arena_array(a, struct orders_parcel, d->n_parcels);
        k->parcels = parcels;
        k->n_parcels = d->n_parcels < PARCELS_MAX ? d->n_parcels : PARCELS_MAX;
        for (size_t i = 0; i < k->n_parcels; i++) {
                const struct shop_parcel *p = &d->delivery_product_info[i];
                parcels[i] = (struct orders_parcel){
                        /* Older objects name the carrier by its code alone. */
                        .delivery_name = text_empty(p->delivery_name) ? p->delivery_id : p->delivery_name,
                        .waybill_id = p->waybill_id,
                        .delivered_at = ms(p->delivery_time),
                };
        }
        if (k->n_parcels) {
                k->row.delivery_name = parcels[0].delivery_name;
                k->row.waybill_id = parcels[0].waybill_id;
        }
}

int orders_update_seen(struct ctx *ctx, int64_t account_id, struct bytes object, int64_t *order_id, bool *changed)
{
        struct shop_order o;
        if (shop_order_read(ctx->arena, object, &o) || text_empty(o.order_id))
                return ORDERS_E_BAD;
        struct orders_kept k = {
                .row =
                        {
                                .account_id = account_id,
                                .remote_id = o.order_id,
                                .status = o.status,
                                .amount = o.order_detail.price_info.order_price,
                                .created_at = ms(o.create_time),
                                .paid_at = ms(o.order_detail.pay_info.pay_time),
                                .updated_at = ms(o.update_time),
                                .receiver_masked = orders_mask_name(
                                        ctx->arena, o.order_detail.delivery_info.address_info.user_name),
                                .open_aftersales = o.aftersale_detail.on_aftersale_order_cnt,
                        },
                .openid = o.openid,
                .unionid = o.unionid,
                .object = object,
        };
        read_lines(ctx->arena, &o.order_detail, &k);
        read_parcels(ctx->arena, &o.order_detail.delivery_info, &k);
        int r = orders_keep(ctx, &k, changed);
        *order_id = k.row.order_id;
        return r;
}

int orders_update(struct ctx *ctx, int64_t account_id, struct bytes object, int64_t *order_id)
{
        bool changed;
        return orders_update_seen(ctx, account_id, object, order_id, &changed);
}
