/* Channels shop: orders. */
#include "platform/shop_impl.h"

static const struct json_field attr_fields[] = {
        JSON_STR(struct shop_sku_attr, attr_key, 0, 0, 0, "name"),
        JSON_STR(struct shop_sku_attr, attr_value, 0, 0, 0, "value"),
};
static const struct json_desc attr_desc = JSON_DESC("ShopSkuAttr", struct shop_sku_attr, attr_fields);

static const struct json_field sku_deliver_fields[] = {
        JSON_INT(struct shop_sku_deliver, stock_type, 0, 0, 0, "0 in stock, 1 full-payment presale"),
        JSON_INT(struct shop_sku_deliver, predict_delivery_time, 0, 0, 0, "seconds"),
        JSON_INT(struct shop_sku_deliver, full_payment_presale_delivery_type, 0, 0, 0,
                 "0 days after payment, 1 days after the presale"),
};
static const struct json_desc sku_deliver_desc = JSON_DESC("ShopSkuDeliver", struct shop_sku_deliver, sku_deliver_fields);

static const struct json_field line_fields[] = {
        JSON_ID(struct shop_line, product_id, 0, "product"),
        JSON_ID(struct shop_line, sku_id, 0, "sku"),
        JSON_ID(struct shop_line, sku_code, 0, "merchant's code"),
        JSON_ID(struct shop_line, out_product_id, 0, "merchant's id"),
        JSON_ID(struct shop_line, out_sku_id, 0, "merchant's id"),
        JSON_STR(struct shop_line, title, 0, 0, 0, "as bought"),
        JSON_STR(struct shop_line, thumb_img, 0, 0, 0, "picture URL"),
        JSON_LIST(struct shop_line, sku_attrs, n_sku_attrs, 0, 0, &attr_desc, "spec"),
        JSON_INT(struct shop_line, sku_cnt, 0, 0, 0, "units"),
        JSON_INT(struct shop_line, sale_price, 0, 0, 0, "fen, of one, before discounts"),
        JSON_INT(struct shop_line, real_price, 0, 0, 0, "fen, paid for the line"),
        JSON_INT(struct shop_line, on_aftersale_sku_cnt, 0, 0, 0, "units in after-sales"),
        JSON_INT(struct shop_line, finish_aftersale_sku_cnt, 0, 0, 0, "units through after-sales"),
        JSON_INT(struct shop_line, delivery_deadline, 0, 0, 0, "seconds: latest ship time"),
        JSON_BOOL(struct shop_line, is_free_gift, 0, "a gift line"),
        JSON_OBJ(struct shop_line, sku_deliver_info, 0, &sku_deliver_desc, "presale"),
};
static const struct json_desc line_desc = JSON_DESC("ShopLine", struct shop_line, line_fields);

static const struct json_field pay_fields[] = {
        JSON_INT(struct shop_pay, payment_method, 0, 0, 0, "1 WeChat Pay, 2 pay later, 3 lottery, 4 points"),
        JSON_INT(struct shop_pay, pay_time, 0, 0, 0, "seconds"),
        JSON_ID(struct shop_pay, transaction_id, 0, "of WeChat Pay"),
};
static const struct json_desc pay_desc = JSON_DESC("ShopPay", struct shop_pay, pay_fields);

static const struct json_field price_fields[] = {
        JSON_INT(struct shop_price, product_price, 0, 0, 0, "fen"),
        JSON_INT(struct shop_price, freight, 0, 0, 0, "fen"),
        JSON_INT(struct shop_price, order_price, 0, 0, 0, "fen: what the buyer pays"),
        JSON_INT(struct shop_price, discounted_price, 0, 0, 0, "fen"),
};
static const struct json_desc price_desc = JSON_DESC("ShopPrice", struct shop_price, price_fields);

static const struct json_field receiver_fields[] = {
        JSON_STR(struct shop_receiver, user_name, 0, 0, 0, "masked"),
        JSON_ID(struct shop_receiver, tel_number, 0, "masked"),
        JSON_ID(struct shop_receiver, virtual_order_tel_number, 0, "virtual number"),
        JSON_STR(struct shop_receiver, province_name, 0, 0, 0, "province"),
        JSON_STR(struct shop_receiver, city_name, 0, 0, 0, "city"),
        JSON_STR(struct shop_receiver, county_name, 0, 0, 0, "county"),
        JSON_STR(struct shop_receiver, detail_info, 0, 0, 0, "street, masked"),
        JSON_STR(struct shop_receiver, house_number, 0, 0, 0, "house, masked"),
        JSON_STR(struct shop_receiver, hash_code, 0, 0, 0, "equal for equal addresses"),
};
const struct json_desc shop_receiver_desc = JSON_DESC("ShopReceiver", struct shop_receiver, receiver_fields);

static const struct json_field parcel_line_fields[] = {
        JSON_ID(struct shop_parcel_line, product_id, 0, "product"),
        JSON_ID(struct shop_parcel_line, sku_id, 0, "sku"),
        JSON_INT(struct shop_parcel_line, product_cnt, 0, 0, 0, "units"),
};
static const struct json_desc parcel_line_desc = JSON_DESC("ShopParcelLine", struct shop_parcel_line, parcel_line_fields);
static const struct json_field parcel_fields[] = {
        JSON_ID(struct shop_parcel, waybill_id, 0, "waybill"),
        JSON_ID(struct shop_parcel, delivery_id, 0, "carrier's id"),
        JSON_STR(struct shop_parcel, delivery_name, 0, 0, 0, "carrier"),
        JSON_INT(struct shop_parcel, delivery_time, 0, 0, 0, "seconds"),
        JSON_INT(struct shop_parcel, deliver_type, 0, 0, 0, "1 express, 3 virtual"),
        JSON_LIST(struct shop_parcel, product_infos, n_product_infos, 0, 0, &parcel_line_desc, "what is in it"),
};
static const struct json_desc parcel_desc = JSON_DESC("ShopParcel", struct shop_parcel, parcel_fields);

static const struct json_field delivery_fields[] = {
        JSON_INT(struct shop_delivery, deliver_method, 0, 0, 0, "0 express, 1 and 3 virtual"),
        JSON_INT(struct shop_delivery, ship_done_time, 0, 0, 0, "seconds: all shipped"),
        JSON_INT(struct shop_delivery, predict_delivery_time, 0, 0, 0, "seconds"),
        JSON_INT(struct shop_delivery, delivery_time_type, 0, 0, 0, "1 normal, 2 agreed, 3 reported delay"),
        JSON_OBJ(struct shop_delivery, address_info, 0, &shop_receiver_desc, "receiver"),
        JSON_PTR(struct shop_delivery, address_under_review, 0, &shop_receiver_desc, "a change that waits"),
        JSON_INT(struct shop_delivery, address_apply_time, 0, 0, 0, "seconds: when she asked"),
        JSON_LIST(struct shop_delivery, delivery_product_info, n_parcels, 0, 0, &parcel_desc, "parcels"),
};
static const struct json_desc delivery_desc = JSON_DESC("ShopDelivery", struct shop_delivery, delivery_fields);

static const struct json_field ext_fields[] = {
        JSON_STR(struct shop_ext, customer_notes, 0, 0, 0, "buyer's note"),
        JSON_STR(struct shop_ext, merchant_notes, 0, 0, 0, "merchant's note"),
        JSON_STR(struct shop_ext, finder_id, 0, 0, 0, "视频号"),
        JSON_STR(struct shop_ext, live_id, 0, 0, 0, "live broadcast"),
        JSON_INT(struct shop_ext, confirm_receipt_time, 0, 0, 0, "seconds"),
        JSON_INT(struct shop_ext, order_scene, 0, 0, 0, "1 other, 2 live, 3 video, 4 share, 5 window, 6 article"),
};
static const struct json_desc ext_desc = JSON_DESC("ShopExt", struct shop_ext, ext_fields);

static const struct json_field detail_fields[] = {
        JSON_LIST(struct shop_order_detail, product_infos, n_lines, 0, 0, &line_desc, "lines"),
        JSON_OBJ(struct shop_order_detail, pay_info, 0, &pay_desc, "payment"),
        JSON_OBJ(struct shop_order_detail, price_info, 0, &price_desc, "money"),
        JSON_OBJ(struct shop_order_detail, delivery_info, 0, &delivery_desc, "shipping"),
        JSON_OBJ(struct shop_order_detail, ext_info, 0, &ext_desc, "notes and origin"),
};
static const struct json_desc detail_desc = JSON_DESC("ShopOrderDetail", struct shop_order_detail, detail_fields);

static const struct json_field case_fields[] = {
        JSON_ID(struct shop_order_case, aftersale_order_id, 0, "after-sale"),
};
static const struct json_desc case_desc = JSON_DESC("ShopOrderCase", struct shop_order_case, case_fields);
static const struct json_field cases_fields[] = {
        JSON_LIST(struct shop_order_cases, aftersale_order_list, n_cases, 0, 0, &case_desc, "after-sales"),
        JSON_INT(struct shop_order_cases, on_aftersale_order_cnt, 0, 0, 0, "open ones"),
};
static const struct json_desc cases_desc = JSON_DESC("ShopOrderCases", struct shop_order_cases, cases_fields);

static const struct json_field order_fields[] = {
        JSON_ID(struct shop_order, order_id, JSON_REQUIRED, "order"),
        JSON_ID(struct shop_order, openid, 0, "buyer"),
        JSON_ID(struct shop_order, unionid, 0, "buyer, when the shop is bound"),
        JSON_INT(struct shop_order, status, 0, 0, 0, "10 12 13 20 21 30 100 190 200 250"),
        JSON_INT(struct shop_order, create_time, 0, 0, 0, "seconds"),
        JSON_INT(struct shop_order, update_time, 0, 0, 0, "seconds"),
        JSON_BOOL(struct shop_order, is_present, 0, "gift"),
        JSON_OBJ(struct shop_order, order_detail, 0, &detail_desc, "what was bought"),
        JSON_OBJ(struct shop_order, aftersale_detail, 0, &cases_desc, "after-sales"),
};
static const struct json_desc order_desc = JSON_DESC("ShopOrder", struct shop_order, order_fields);

int shop_order_read(struct arena *arena, struct bytes raw, struct shop_order *out)
{
        int r = json_read(arena, raw, &order_desc, JSON_LENIENT, out, NULL);

        if (r)
                return r < 0 ? r : SHOP_E_OBJECT;
        return text_empty(out->order_id) ? SHOP_E_OBJECT : 0;
}

/* ---- pages of ids ---- */

static const struct json_field order_ids_fields[] = {
        JSON_STRS(struct shop_ids_wire, order_id_list, n_order_id_list, 0, 0, "ids"),
        JSON_STRS(struct shop_ids_wire, orders, n_orders, 0, 0, "ids, as search names them in its sample"),
        JSON_BOOL(struct shop_ids_wire, has_more, 0, "another page follows"),
        JSON_STR(struct shop_ids_wire, next_key, 0, 0, 0, "for the next page"),
};
const struct json_desc shop_order_ids_desc = JSON_DESC("ShopOrderIds", struct shop_ids_wire, order_ids_fields);
static const struct json_field case_ids_fields[] = {
        JSON_STRS(struct shop_ids_wire, after_sale_order_id_list, n_after_sale, 0, 0, "ids"),
        JSON_BOOL(struct shop_ids_wire, has_more, 0, "another page follows"),
        JSON_STR(struct shop_ids_wire, next_key, 0, 0, 0, "for the next page"),
};
const struct json_desc shop_case_ids_desc = JSON_DESC("ShopCaseIds", struct shop_ids_wire, case_ids_fields);

void shop_ids_take(const struct shop_ids_wire *wire, struct shop_ids *out)
{
        *out = (struct shop_ids){wire->order_id_list, wire->n_order_id_list, wire->has_more, wire->next_key};
        if (wire->n_orders) {
                out->ids = wire->orders;
                out->n = wire->n_orders;
        }
        if (wire->n_after_sale) {
                out->ids = wire->after_sale_order_id_list;
                out->n = wire->n_after_sale;
        }
        if (text_empty(out->next_key)) { /* "more" without a key would be the first page again, for ever */
                out->next_key = NULL;
                out->has_more = false;
        }
}

static const struct json_field range_fields[] = {
        JSON_INT(struct shop_range, start_time, JSON_REQUIRED, 0, 0, "seconds"),
        JSON_INT(struct shop_range, end_time, JSON_REQUIRED, 0, 0, "seconds"),
};
static const struct json_desc range_desc = JSON_DESC("ShopRange", struct shop_range, range_fields);

struct list_in {
        const struct shop_range *create_time_range, *update_time_range;
        int64_t status, page_size;
        const char *openid, *next_key;
};
static const struct json_field list_in_fields[] = {
        JSON_PTR(struct list_in, create_time_range, JSON_OMIT, &range_desc, "at most 7 days"),
        JSON_PTR(struct list_in, update_time_range, JSON_OMIT, &range_desc, "at most 7 days"),
        JSON_INT(struct list_in, status, JSON_OMIT, 0, 0, "0 = any"),
        JSON_STR(struct list_in, openid, JSON_OMIT, 0, 0, "buyer"),
        JSON_INT(struct list_in, page_size, JSON_REQUIRED, 1, 100, "most ids"),
        JSON_STR(struct list_in, next_key, JSON_OMIT, 0, 0, "of the page before"),
};
static const struct json_desc list_in_desc = JSON_DESC("ShopOrderListIn", struct list_in, list_in_fields);

const struct wx_api wx_api_shop_order_list = {
        .name = "shop.order_list", .kind = "shop", .method = "POST", .path = "/channels/ec/order/list/get",
        .in = &list_in_desc, .out = &shop_order_ids_desc, .settle = WX_READS,
        .why = "finds orders whose notice was lost", .source = WEIXIN_DOC("channels/API/order/list_get.html"),
};

static int64_t page_size(int64_t asked)
{
        return asked > 0 && asked < 100 ? asked : 100;
}

int shop_order_list(struct ctx *ctx, int64_t account_id, const struct shop_order_query *q, struct shop_ids *out,
                    struct wx_fault *fault)
{
        struct shop_range create = {q->create_from, q->create_to}, update = {q->update_from, q->update_to};
        struct list_in in = {
                .create_time_range = q->create_to ? &create : NULL,
                .update_time_range = q->update_to ? &update : NULL,
                .status = q->status,
                .openid = q->openid,
                .page_size = page_size(q->page_size),
                .next_key = q->next_key,
        };
        struct shop_ids_wire wire;
        int r;

        if ((!q->create_to && !q->update_to) || (q->create_to && create.end_time - create.start_time > SHOP_ORDER_RANGE_MAX_S) ||
            (q->update_to && update.end_time - update.start_time > SHOP_ORDER_RANGE_MAX_S))
                return fatal(EINVAL, "orders asked for without a range, or over 7 days");
        r = wx_call(ctx, &wx_api_shop_order_list, account_id, &in, &wire, fault);
        if (!r)
                shop_ids_take(&wire, out);
        return r;
}

struct condition {
        const char *order_id, *title, *sku_code, *user_name, *tel_number_last4, *merchant_notes, *customer_notes;
};
static const struct json_field condition_fields[] = {
        JSON_STR(struct condition, order_id, JSON_OMIT, 0, 0, "order"),
        JSON_STR(struct condition, title, JSON_OMIT, 0, 0, "product title"),
        JSON_STR(struct condition, sku_code, JSON_OMIT, 0, 0, "merchant's code"),
        JSON_STR(struct condition, user_name, JSON_OMIT, 0, 0, "receiver"),
        JSON_STR(struct condition, tel_number_last4, JSON_OMIT, 0, 0, "last four digits"),
        JSON_STR(struct condition, merchant_notes, JSON_OMIT, 0, 0, "note"),
        JSON_STR(struct condition, customer_notes, JSON_OMIT, 0, 0, "note"),
};
static const struct json_desc condition_desc = JSON_DESC("ShopSearchCondition", struct condition, condition_fields);
struct search_in {
        struct condition search_condition;
        const char *on_aftersale_order_exist; /* raw number: 0 is a question of its own here, so absent must stay absent */
        int64_t status, page_size;
        const char *next_key;
};
static const struct json_field search_in_fields[] = {
        JSON_OBJ(struct search_in, search_condition, JSON_REQUIRED, &condition_desc, "at least one member"),
        JSON_RAW(struct search_in, on_aftersale_order_exist, JSON_OMIT, "0 none in after-sales, 1 at least one"),
        JSON_INT(struct search_in, status, JSON_OMIT, 0, 0, "0 = any"),
        JSON_INT(struct search_in, page_size, JSON_REQUIRED, 1, 100, "most ids"),
        JSON_STR(struct search_in, next_key, JSON_OMIT, 0, 0, "of the page before"),
};
static const struct json_desc search_in_desc = JSON_DESC("ShopOrderSearchIn", struct search_in, search_in_fields);

const struct wx_api wx_api_shop_order_search = {
        .name = "shop.order_search", .kind = "shop", .method = "POST", .path = "/channels/ec/order/search",
        .in = &search_in_desc, .out = &shop_order_ids_desc, .settle = WX_READS,
        .why = "an order that we have not seen", .source = WEIXIN_DOC("channels/API/order/search.html"),
};

int shop_order_search(struct ctx *ctx, int64_t account_id, const struct shop_order_search *q, struct shop_ids *out,
                      struct wx_fault *fault)
{
        struct search_in in = {
                .search_condition = {q->order_id, q->title, q->sku_code, q->user_name, q->tel_number_last4,
                                     q->merchant_notes, q->customer_notes},
                .on_aftersale_order_exist = q->aftersale == 1 ? "0" : q->aftersale == 2 ? "1" : NULL,
                .status = q->status,
                .page_size = page_size(q->page_size),
                .next_key = q->next_key,
        };
        struct shop_ids_wire wire;
        int r = wx_call(ctx, &wx_api_shop_order_search, account_id, &in, &wire, fault);

        if (!r)
                shop_ids_take(&wire, out);
        return r;
}

/* ---- one order ---- */

struct get_in {
        const char *order_id;
};
static const struct json_field get_in_fields[] = {
        JSON_STR(struct get_in, order_id, JSON_REQUIRED, 0, 0, "order"),
};
static const struct json_desc get_in_desc = JSON_DESC("ShopOrderGetIn", struct get_in, get_in_fields);
struct get_out {
        const char *order;
};
static const struct json_field get_out_fields[] = {
        JSON_RAW(struct get_out, order, JSON_REQUIRED, "the object, kept whole"),
};
static const struct json_desc get_out_desc = JSON_DESC("ShopOrderGet", struct get_out, get_out_fields);

const struct wx_api wx_api_shop_order_get = {
        .name = "shop.order_get", .kind = "shop", .method = "POST", .path = "/channels/ec/order/get", .in = &get_in_desc,
        .out = &get_out_desc, .settle = WX_READS, .why = "after each notice about an order", .source = WEIXIN_DOC("channels/API/order/get.html"),
};

int shop_order_get(struct ctx *ctx, int64_t account_id, const char *order_id, struct shop_order *out, struct bytes *raw,
                   struct wx_fault *fault)
{
        struct get_in in = {order_id};
        struct get_out reply;
        int r = wx_call(ctx, &wx_api_shop_order_get, account_id, &in, &reply, fault);

        if (r)
                return r;
        *raw = bytes_of_text(reply.order);
        r = shop_order_read(ctx->arena, *raw, out);
        return r < 0 ? r : r ? WX_E_REPLY : 0;
}
