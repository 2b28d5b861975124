/* An after-sale object of the platform, read into what we keep. */
#include "aftersales/keep.h"

#include "platform/shop.h"

static int64_t ms(int64_t seconds)
{
        return seconds > 0 ? seconds * 1000 : 0;
}

int aftersales_update_seen(struct ctx *ctx, int64_t account_id, struct bytes object, int64_t *case_id, bool *changed)
{
        struct shop_aftersale s;
        if (shop_aftersale_read(ctx->arena, object, &s) || text_empty(s.after_sale_order_id) || text_empty(s.status))
                return AFTERSALES_E_BAD;
        struct aftersales_kept k = {
                .c =
                        {
                                .account_id = account_id,
                                .remote_id = s.after_sale_order_id,
                                .order_remote_id = s.order_id ? s.order_id : "",
                                .type = s.type ? s.type : "",
                                .status = s.status,
                                .amount = s.refund_info.amount,
                                .reason = s.reason,
                                .reason_text = s.reason_text,
                                .deadline = ms(shop_deadline(s.deadline, ctx->now / 1000)),
                                .created_at = ms(s.create_time),
                                .updated_at = ms(s.update_time),
                        },
                .openid = s.openid,
                .unionid = s.unionid,
                .product_id = s.product_info.product_id,
                .object = object,
        };
        int r = aftersales_keep(ctx, &k, changed);
        *case_id = k.c.case_id;
        return r;
}

int aftersales_update(struct ctx *ctx, int64_t account_id, struct bytes object, int64_t *case_id)
{
        bool changed;
        return aftersales_update_seen(ctx, account_id, object, case_id, &changed);
}
