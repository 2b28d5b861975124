/* Channels shop: after-sales. */
#include "platform/shop_impl.h"

static const struct json_field product_fields[] = {
        JSON_ID(struct shop_case_product, product_id, 0, "product"),
        JSON_ID(struct shop_case_product, sku_id, 0, "sku"),
        JSON_ID(struct shop_case_product, sku_code, 0, "merchant's code"),
        JSON_INT(struct shop_case_product, count, 0, 0, 0, "units"),
        JSON_BOOL(struct shop_case_product, fast_refund, 0, "paid out at once by the platform"),
};
static const struct json_desc product_desc = JSON_DESC("ShopCaseProduct", struct shop_case_product, product_fields);

static const struct json_field details_fields[] = {
        JSON_STR(struct shop_case_details, desc, 0, 0, 0, "her words"),
        JSON_BOOL(struct shop_case_details, receive_product, 0, "she says that the goods arrived"),
        JSON_INT(struct shop_case_details, cancel_time, 0, 0, 0, "seconds"),
        JSON_STRS(struct shop_case_details, media_id_list, n_media, 0, 0, "her pictures"),
};
static const struct json_desc details_desc = JSON_DESC("ShopCaseDetails", struct shop_case_details, details_fields);

static const struct json_field refund_fields[] = {
        JSON_INT(struct shop_case_refund, amount, 0, 0, 0, "fen"),
        JSON_INT(struct shop_case_refund, refund_reason, 0, 0, 0, "who started it: 3 by API, 4 8 9 11 a deadline was missed, ..."),
};
static const struct json_desc refund_desc = JSON_DESC("ShopCaseRefund", struct shop_case_refund, refund_fields);

static const struct json_field return_fields[] = {
        JSON_ID(struct shop_case_return, waybill_id, 0, "waybill"),
        JSON_ID(struct shop_case_return, delivery_id, 0, "carrier's id"),
        JSON_STR(struct shop_case_return, delivery_name, 0, 0, 0, "carrier"),
};
static const struct json_desc return_desc = JSON_DESC("ShopCaseReturn", struct shop_case_return, return_fields);

static const struct json_field merchant_fields[] = {
        JSON_STR(struct shop_case_merchant, reject_reason, 0, 0, 0, "what the merchant said"),
};
static const struct json_desc merchant_desc = JSON_DESC("ShopCaseMerchant", struct shop_case_merchant, merchant_fields);

static const struct json_field resp_fields[] = {
        JSON_ID(struct shop_case_resp, ret, 0, "result of the payment refund"),
        JSON_ID(struct shop_case_resp, code, 0, "its code"),
        JSON_STR(struct shop_case_resp, message, 0, 0, 0, "its text"),
};
static const struct json_desc resp_desc = JSON_DESC("ShopCaseResp", struct shop_case_resp, resp_fields);

static const struct json_field exchange_fields[] = {
        JSON_ID(struct shop_case_exchange, product_id, 0, "product"),
        JSON_ID(struct shop_case_exchange, old_sku_id, 0, "sku back"),
        JSON_ID(struct shop_case_exchange, new_sku_id, 0, "sku wanted"),
        JSON_INT(struct shop_case_exchange, product_cnt, 0, 0, 0, "units"),
};
static const struct json_desc exchange_desc = JSON_DESC("ShopCaseExchange", struct shop_case_exchange, exchange_fields);

static const struct json_field aftersale_fields[] = {
        JSON_ID(struct shop_aftersale, after_sale_order_id, JSON_REQUIRED, "after-sale"),
        JSON_ID(struct shop_aftersale, order_id, 0, "order"),
        JSON_STR(struct shop_aftersale, type, 0, 0, 0, "REFUND RETURN EXCHANGE RESHIP"),
        JSON_STR(struct shop_aftersale, sub_type, 0, 0, 0, "DEFAULT REFUND_PRICE_DIFF"),
        JSON_STR(struct shop_aftersale, status, 0, 0, 0, "MERCHANT_PROCESSING, USER_WAIT_RETURN, ..."),
        JSON_ID(struct shop_aftersale, openid, 0, "buyer"),
        JSON_ID(struct shop_aftersale, unionid, 0, "buyer, when the shop is bound"),
        JSON_ID(struct shop_aftersale, reason, 0, "word or number"),
        JSON_STR(struct shop_aftersale, reason_text, 0, 0, 0, "her reason"),
        JSON_INT(struct shop_aftersale, create_time, 0, 0, 0, "seconds"),
        JSON_INT(struct shop_aftersale, update_time, 0, 0, 0, "seconds"),
        JSON_INT(struct shop_aftersale, complete_time, 0, 0, 0, "seconds"),
        JSON_INT(struct shop_aftersale, deadline, 0, 0, 0, "seconds left, or a moment"),
        JSON_OBJ(struct shop_aftersale, product_info, 0, &product_desc, "what"),
        JSON_OBJ(struct shop_aftersale, details, 0, &details_desc, "why"),
        JSON_OBJ(struct shop_aftersale, refund_info, 0, &refund_desc, "money"),
        JSON_OBJ(struct shop_aftersale, return_info, 0, &return_desc, "parcel back"),
        JSON_OBJ(struct shop_aftersale, merchant_upload_info, 0, &merchant_desc, "what the merchant said"),
        JSON_OBJ(struct shop_aftersale, refund_resp, 0, &resp_desc, "result of the payment"),
        JSON_OBJ(struct shop_aftersale, exchange_product_info, 0, &exchange_desc, "what instead"),
        JSON_ID(struct shop_aftersale, complaint_id, 0, "dispute"),
        JSON_BOOL(struct shop_aftersale, need_offline_refund, 0, "must be paid outside"),
};
static const struct json_desc aftersale_desc = JSON_DESC("ShopAftersale", struct shop_aftersale, aftersale_fields);

int shop_aftersale_read(struct arena *arena, struct bytes raw, struct shop_aftersale *out)
{
        int r = json_read(arena, raw, &aftersale_desc, JSON_LENIENT, out, NULL);

        if (r)
                return r < 0 ? r : SHOP_E_OBJECT;
        if (text_empty(out->after_sale_order_id))
                return SHOP_E_OBJECT;
        /* The platform spells it with one L and no E. Should it ever be corrected, the state must not become unknown. */
        if (text_eq(out->status, "USER_CANCELLED") || text_eq(out->status, "USER_CANCELED"))
                out->status = "USER_CANCELD";
        if (text_eq(out->complaint_id, "0"))
                out->complaint_id = NULL;
        return 0;
}

int64_t shop_deadline(int64_t deadline, int64_t now_s)
{
        if (deadline <= 0)
                return 0;
        return deadline < 1000000000 ? now_s + deadline : deadline;
}

/* ---- reading ---- */

struct list_in {
        int64_t begin_create_time, end_create_time, begin_update_time, end_update_time;
        const char *next_key;
};
static const struct json_field list_in_fields[] = {
        JSON_INT(struct list_in, begin_create_time, JSON_OMIT, 0, 0, "a pair spans at most 24 hours"),
        JSON_INT(struct list_in, end_create_time, JSON_OMIT, 0, 0, "seconds"),
        JSON_INT(struct list_in, begin_update_time, JSON_OMIT, 0, 0, "seconds"),
        JSON_INT(struct list_in, end_update_time, JSON_OMIT, 0, 0, "seconds"),
        JSON_STR(struct list_in, next_key, JSON_OMIT, 0, 0, "of the page before"),
};
static const struct json_desc list_in_desc = JSON_DESC("ShopCaseListIn", struct list_in, list_in_fields);

const struct wx_api wx_api_shop_aftersale_list = {
        .name = "shop.aftersale_list", .kind = "shop", .method = "POST", .path = "/channels/ec/aftersale/getaftersalelist",
        .in = &list_in_desc, .out = &shop_case_ids_desc, .settle = WX_READS, .why = "finds cases whose notice was lost",
        .source = WEIXIN_DOC("channels/API/aftersale/getaftersalelist.html"),
};

int shop_aftersale_list(struct ctx *ctx, int64_t account_id, const struct shop_aftersale_query *q, struct shop_ids *out,
                        struct wx_fault *fault)
{
        struct list_in in = {q->create_from, q->create_to, q->update_from, q->update_to, q->next_key};
        struct shop_ids_wire wire;
        int r;

        if ((!q->create_to && !q->update_to) || (q->create_to && q->create_to - q->create_from > SHOP_CASE_RANGE_MAX_S) ||
            (q->update_to && q->update_to - q->update_from > SHOP_CASE_RANGE_MAX_S))
                return fatal(EINVAL, "cases asked for without a range, or over 24 hours");
        r = wx_call(ctx, &wx_api_shop_aftersale_list, account_id, &in, &wire, fault);
        if (!r)
                shop_ids_take(&wire, out);
        return r;
}

struct act_in { /* of all calls about one case */
        const char *after_sale_order_id, *address_id, *reject_reason;
        int64_t accept_type, reject_reason_type;
};
static const struct json_field get_in_fields[] = {
        JSON_STR(struct act_in, after_sale_order_id, JSON_REQUIRED, 0, 0, "after-sale"),
};
static const struct json_desc get_in_desc = JSON_DESC("ShopCaseGetIn", struct act_in, get_in_fields);
struct get_out {
        const char *after_sale_order;
};
static const struct json_field get_out_fields[] = {
        JSON_RAW(struct get_out, after_sale_order, JSON_REQUIRED, "the object, kept whole"),
};
static const struct json_desc get_out_desc = JSON_DESC("ShopCaseGet", struct get_out, get_out_fields);

const struct wx_api wx_api_shop_aftersale_get = {
        .name = "shop.aftersale_get", .kind = "shop", .method = "POST", .path = "/channels/ec/aftersale/getaftersaleorder",
        .in = &get_in_desc, .out = &get_out_desc, .settle = WX_READS,
        .why = "after each notice about a case, and to settle a decision", .source = WEIXIN_DOC("channels/API/aftersale/getaftersaleorder.html"),
};

int shop_aftersale_get(struct ctx *ctx, int64_t account_id, const char *after_sale_order_id, struct shop_aftersale *out,
                       struct bytes *raw, struct wx_fault *fault)
{
        struct act_in in = {.after_sale_order_id = after_sale_order_id};
        struct get_out reply;
        int r = wx_call(ctx, &wx_api_shop_aftersale_get, account_id, &in, &reply, fault);

        if (r)
                return r;
        *raw = bytes_of_text(reply.after_sale_order);
        r = shop_aftersale_read(ctx->arena, *raw, out);
        return r < 0 ? r : r ? WX_E_REPLY : 0;
}

/* ---- deciding ---- */

static const struct json_field accept_in_fields[] = {
        JSON_STR(struct act_in, after_sale_order_id, JSON_REQUIRED, 0, 0, "after-sale"),
        JSON_STR(struct act_in, address_id, JSON_OMIT, 0, 0, "where goods come back to; required for a return"),
        JSON_INT(struct act_in, accept_type, JSON_REQUIRED, 1, 2, "1 the return, 2 the refund"),
};
static const struct json_desc accept_in_desc = JSON_DESC("ShopCaseAcceptIn", struct act_in, accept_in_fields);

const struct wx_api wx_api_shop_aftersale_accept = {
        .name = "shop.aftersale_accept", .kind = "shop", .method = "POST", .path = "/channels/ec/aftersale/acceptapply",
        .in = &accept_in_desc, .out = &wx_nothing, .settle = WX_QUERY, .key = "case, decision's version and the status decided upon, in the case's row",
        .left = "the case says that the platform did not answer and is being asked; never sent again in another status",
        .why = "a person or a rule agrees",
        .source = WEIXIN_DOC("channels/API/aftersale/acceptapply.html"),
};

int shop_aftersale_accept(struct ctx *ctx, int64_t account_id, const char *after_sale_order_id, int accept_type,
                          const char *address_id, struct wx_fault *fault)
{
        struct act_in in = {.after_sale_order_id = after_sale_order_id, .address_id = address_id, .accept_type = accept_type};
        struct wx_nothing out;

        return wx_call(ctx, &wx_api_shop_aftersale_accept, account_id, &in, &out, fault);
}

static const struct json_field reject_in_fields[] = {
        JSON_STR(struct act_in, after_sale_order_id, JSON_REQUIRED, 0, 0, "after-sale"),
        JSON_INT(struct act_in, reject_reason_type, JSON_REQUIRED, 0, 0, "of the platform's list"),
        JSON_STR(struct act_in, reject_reason, JSON_OMIT, 0, 0, "in words"),
};
static const struct json_desc reject_in_desc = JSON_DESC("ShopCaseRejectIn", struct act_in, reject_in_fields);

const struct wx_api wx_api_shop_aftersale_reject = {
        .name = "shop.aftersale_reject", .kind = "shop", .method = "POST", .path = "/channels/ec/aftersale/rejectapply",
        .in = &reject_in_desc, .out = &wx_nothing, .settle = WX_QUERY, .key = "case, decision's version and the status decided upon, in the case's row",
        .left = "the case says that the platform did not answer and is being asked; never sent again in another status",
        .why = "a person refuses",
        .source = WEIXIN_DOC("channels/API/aftersale/rejectapply.html"),
};

int shop_aftersale_reject(struct ctx *ctx, int64_t account_id, const char *after_sale_order_id, int64_t reject_reason_type,
                          const char *text, struct wx_fault *fault)
{
        struct act_in in = {.after_sale_order_id = after_sale_order_id, .reject_reason_type = reject_reason_type,
                            .reject_reason = text};
        struct wx_nothing out;

        return wx_call(ctx, &wx_api_shop_aftersale_reject, account_id, &in, &out, fault);
}

static const struct json_field reason_fields[] = {
        JSON_INT(struct shop_reject_reason, reject_reason_type, JSON_REQUIRED, 0, 0, "its number"),
        JSON_INT(struct shop_reject_reason, reject_scene, 0, 0, 0, "1 refund, 4 return, 5 exchange, 6 shipment, 7 fast exchange"),
        JSON_STR(struct shop_reject_reason, reject_reason_type_text, 0, 0, 0, "its name"),
        JSON_STR(struct shop_reject_reason, reject_reason, 0, 0, 0, "default wording"),
};
static const struct json_desc reason_desc = JSON_DESC("ShopRejectReason", struct shop_reject_reason, reason_fields);
struct reasons_out {
        const struct shop_reject_reason *reason_list, *reject_reason_list;
        size_t n, n_older;
};
static const struct json_field reasons_fields[] = {
        JSON_LIST(struct reasons_out, reason_list, n, 0, 0, &reason_desc, "refusals"),
        JSON_LIST(struct reasons_out, reject_reason_list, n_older, 0, 0, &reason_desc, "refusals, on an older page"),
};
static const struct json_desc reasons_desc = JSON_DESC("ShopRejectReasons", struct reasons_out, reasons_fields);

const struct wx_api wx_api_shop_aftersale_reject_reasons = {
        .name = "shop.aftersale_reject_reasons", .kind = "shop", .method = "POST",
        .path = "/channels/ec/aftersale/rejectreason/get", .out = &reasons_desc, .settle = WX_READS,
        .why = "once a day, for the list of refusals", .source = WEIXIN_DOC("store/shop/API/channels-shop-aftersale/api_getaftersalerejectreason.html"),
};

int shop_aftersale_reject_reasons(struct ctx *ctx, int64_t account_id, const struct shop_reject_reason **out, size_t *n,
                                  struct wx_fault *fault)
{
        struct reasons_out reply;
        int r = wx_call(ctx, &wx_api_shop_aftersale_reject_reasons, account_id, NULL, &reply, fault);

        if (r)
                return r;
        *out = reply.n ? reply.reason_list : reply.reject_reason_list;
        *n = reply.n ? reply.n : reply.n_older;
        return 0;
}
