/* Orders as people see them. */
#include "orders/view.h"

#include <string.h>

static const struct json_field view_fields[] = {ORDERS_VIEW_FIELDS(struct orders_view)};
const struct json_desc orders_view_desc = JSON_DESC("Order", struct orders_view, view_fields);

int orders_view_of(struct ctx *ctx, const struct orders_order *o, const char *account_name, bool english,
                   struct orders_view *v)
{
        if (!account_name) {
                struct shops_account account;
                int r = shops_account_get(ctx, o->account_id, &account);
                if (r)
                        return status_fold(r);
                account_name = account.name;
        }
        *v = (struct orders_view){
                .order_id = o->order_id,
                .account_id = o->account_id,
                .identity_id = o->identity_id,
                .status = o->status,
                .amount = o->amount,
                .created_at = o->created_at,
                .paid_at = o->paid_at,
                .updated_at = o->updated_at,
                .ship_deadline = o->ship_deadline,
                .units = o->units,
                .open_aftersales = o->open_aftersales,
                .account_name = account_name,
                .remote_id = o->remote_id,
                .status_text = orders_status_text(o->status, english),
                .title = o->title,
                .image = o->image,
                .delivery_name = o->delivery_name,
                .waybill_id = o->waybill_id,
                .receiver_masked = o->receiver_masked,
        };
        return 0;
}

int orders_views(struct ctx *ctx, const struct orders_order *orders, size_t n, bool english, struct orders_view **out)
{
        struct shops_account *accounts;
        size_t n_accounts;
        int r = status_fold(shops_account_list(ctx, &accounts, &n_accounts));
        *out = arena_array(ctx->arena, struct orders_view, n);
        for (size_t i = 0; i < n && !r; i++) {
                const char *name = NULL;
                for (size_t a = 0; a < n_accounts && !name; a++)
                        if (accounts[a].account_id == orders[i].account_id)
                                name = accounts[a].name;
                r = orders_view_of(ctx, &orders[i], name, english, &(*out)[i]);
        }
        return r;
}

int orders_tell(struct ctx *ctx, int64_t order_id)
{
        struct orders_order o;
        struct orders_view v;
        int r = orders_get(ctx, order_id, &o);
        if (!r)
                r = orders_view_of(ctx, &o, NULL, false, &v);
        if (!r)
                ctx_notice(ctx, "orders", "order", order_id, 0, json_write(ctx->arena, &orders_view_desc, &v));
        return r;
}

/* ---- contact data, masked ---- */

char *orders_mask_name(struct arena *a, const char *name)
{
        if (text_empty(name) || strchr(name, '*'))
                return arena_strdup(a, name);
        size_t first = 1;
        while (((unsigned char)name[first] & 0xC0) == 0x80)
                first++;
        return arena_printf(a, "%.*s**", (int)first, name);
}

struct receiver {
        const char *user_name, *tel_number, *province_name, *city_name, *county_name, *detail_info;
};
static const struct json_field receiver_fields[] = {
        JSON_STR(struct receiver, user_name, 0, 0, 0, ""),     JSON_ID(struct receiver, tel_number, 0, ""),
        JSON_STR(struct receiver, province_name, 0, 0, 0, ""), JSON_STR(struct receiver, city_name, 0, 0, 0, ""),
        JSON_STR(struct receiver, county_name, 0, 0, 0, ""),   JSON_STR(struct receiver, detail_info, 0, 0, 0, ""),
};
static const struct json_desc receiver_desc = JSON_DESC("Receiver", struct receiver, receiver_fields);

/* Down to the county; the rest only as the platform masked it. */
static char *mask_address(struct arena *a, const struct receiver *r)
{
        const char *rest = text_empty(r->detail_info) ? "" : strchr(r->detail_info, '*') ? r->detail_info : "***";
        return arena_printf(a, "%s%s%s%s", r->province_name ? r->province_name : "", r->city_name ? r->city_name : "",
                            r->county_name ? r->county_name : "", rest);
}

int orders_extra(struct ctx *ctx, int64_t order_id, struct orders_extra *out)
{
        struct bytes object;
        struct receiver recv;
        *out = (struct orders_extra){0};
        int r = orders_object(ctx, order_id, &object);
        if (r) /* its buyer was erased: what is left of it is in the tables */
                return r == ORDERS_E_NONE ? 0 : r;
        out->customer_notes = json_get(ctx->arena, object, "order_detail.ext_info.customer_notes");
        out->merchant_notes = json_get(ctx->arena, object, "order_detail.ext_info.merchant_notes");
        const char *block = json_get(ctx->arena, object, "order_detail.delivery_info.address_info");
        if (!block || json_read(ctx->arena, bytes_of_text(block), &receiver_desc, JSON_LENIENT, &recv, NULL))
                return 0; /* virtual goods have no receiver */
        out->name = orders_mask_name(ctx->arena, recv.user_name);
        out->phone = text_mask_phone(ctx->arena, recv.tel_number);
        out->address = mask_address(ctx->arena, &recv);
        return 0;
}
