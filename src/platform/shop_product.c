/* Channels shop: products as they are listed and read (微信小店 商品). */
#include "platform/shop_impl.h"

enum { PRODUCT_PAGE = 30 };

struct list_in {
        int64_t page_size;
        const char *next_key;
};
static const struct json_field list_in_fields[] = {
        JSON_INT(struct list_in, page_size, JSON_REQUIRED, 1, PRODUCT_PAGE, "most ids"),
        JSON_STR(struct list_in, next_key, JSON_OMIT, 0, 0, "of the page before"),
};
static const struct json_desc list_in_desc = JSON_DESC("ShopProductsIn", struct list_in, list_in_fields);
struct list_out {
        const char *const *product_ids;
        size_t n;
        const char *next_key;
};
static const struct json_field list_out_fields[] = {
        JSON_STRS(struct list_out, product_ids, n, 0, 0, "ids"),
        JSON_STR(struct list_out, next_key, 0, 0, 0, "for the next page"),
};
static const struct json_desc list_out_desc = JSON_DESC("ShopProducts", struct list_out, list_out_fields);

const struct wx_api wx_api_shop_product_list = {
        .name = "shop.product_list", .kind = "shop", .method = "POST", .path = "/channels/ec/product/list/get",
        .in = &list_in_desc, .out = &list_out_desc, .settle = WX_READS,
        .why = "four times a day, for the products of a shop", .source = WEIXIN_DOC("channels/API/product/list_get.html"),
};

int shop_product_list(struct ctx *ctx, int64_t account_id, const char *next_key, struct shop_ids *out, struct wx_fault *fault)
{
        struct list_in in = {PRODUCT_PAGE, next_key};
        struct list_out page;
        int r = wx_call(ctx, &wx_api_shop_product_list, account_id, &in, &page, fault);

        if (r)
                return r;
        *out = (struct shop_ids){.ids = page.product_ids, .n = page.n};
        /* There is no has_more: a page that is not full is the last. */
        out->has_more = page.n == PRODUCT_PAGE && !text_empty(page.next_key);
        out->next_key = out->has_more ? page.next_key : NULL;
        return 0;
}

/* ---- one product ---- */

static const struct json_field attr_fields[] = {
        JSON_STR(struct shop_sku_attr, attr_key, 0, 0, 0, "name"),
        JSON_STR(struct shop_sku_attr, attr_value, 0, 0, 0, "value"),
};
static const struct json_desc attr_desc = JSON_DESC("ShopProductAttr", struct shop_sku_attr, attr_fields);
static const struct json_field presale_fields[] = {
        JSON_INT(struct shop_presale, stock_type, 0, 0, 0, "1 = full-payment presale"),
        JSON_INT(struct shop_presale, full_payment_presale_delivery_type, 0, 0, 0, "0 days after payment, 1 after its end"),
        JSON_INT(struct shop_presale, full_payment_presale_delivery_time, 0, 0, 0, "days"),
        JSON_INT(struct shop_presale, presale_begin_time, 0, 0, 0, "seconds"),
        JSON_INT(struct shop_presale, presale_end_time, 0, 0, 0, "seconds"),
        JSON_BOOL(struct shop_presale, spot_after_presale_end, 0, "becomes normal stock"),
};
static const struct json_desc presale_desc = JSON_DESC("ShopPresale", struct shop_presale, presale_fields);
static const struct json_field sku_fields[] = {
        JSON_ID(struct shop_product_sku, sku_id, 0, "sku"),
        JSON_STR(struct shop_product_sku, sku_code, 0, 0, 0, "merchant's code"),
        JSON_STR(struct shop_product_sku, thumb_img, 0, 0, 0, "picture"),
        JSON_INT(struct shop_product_sku, sale_price, 0, 0, 0, "fen"),
        JSON_INT(struct shop_product_sku, stock_num, 0, 0, 0, "units"),
        JSON_LIST(struct shop_product_sku, sku_attrs, n_sku_attrs, 0, 0, &attr_desc, "specification"),
        JSON_OBJ(struct shop_product_sku, sku_deliver_info, 0, &presale_desc, "presale"),
};
static const struct json_desc sku_desc = JSON_DESC("ShopProductSku", struct shop_product_sku, sku_fields);
static const struct json_field cat_fields[] = {JSON_ID(struct shop_category, cat_id, 0, "category")};
static const struct json_desc cat_desc = JSON_DESC("ShopCategory", struct shop_category, cat_fields);
static const struct json_field back_fields[] = {JSON_ID(struct shop_after_sale_info, after_sale_address_id, 0, "address")};
static const struct json_desc back_desc = JSON_DESC("ShopProductBack", struct shop_after_sale_info, back_fields);
static const struct json_field range_fields[] = {
        JSON_BOOL(struct shop_spu_deliver, is_spu_range, 0, "the product's own holds for every sku"),
        JSON_OBJ(struct shop_spu_deliver, sku_deliver_info, 0, &presale_desc, "presale"),
};
static const struct json_desc range_desc = JSON_DESC("ShopSpuDeliver", struct shop_spu_deliver, range_fields);
static const struct json_field product_fields[] = {
        JSON_ID(struct shop_product, product_id, 0, "product"),
        JSON_STR(struct shop_product, title, 0, 0, 0, "title"),
        JSON_STRS(struct shop_product, head_imgs, n_head_imgs, 0, 0, "pictures"),
        JSON_INT(struct shop_product, status, 0, 0, 0, "5 on sale, 11 taken down, ..."),
        JSON_INT(struct shop_product, edit_status, 0, 0, 0, "2 in review, 3 rejected, ..."),
        JSON_ID(struct shop_product, brand_id, 0, "brand"),
        JSON_LIST(struct shop_product, cats_v2, n_cats_v2, 0, 0, &cat_desc, "path of categories"),
        JSON_LIST(struct shop_product, cats, n_cats, 0, 0, &cat_desc, "the older one"),
        JSON_INT(struct shop_product, min_price, 0, 0, 0, "fen"),
        JSON_INT(struct shop_product, edit_time, 0, 0, 0, "seconds"),
        JSON_LIST(struct shop_product, skus, n_skus, 0, 0, &sku_desc, "skus"),
        JSON_OBJ(struct shop_product, after_sale_info, 0, &back_desc, "where its returns go"),
        JSON_OBJ(struct shop_product, spu_deliver_info, 0, &range_desc, "presale of the whole product"),
};
static const struct json_desc product_desc = JSON_DESC("ShopProduct", struct shop_product, product_fields);

int shop_product_read(struct arena *arena, struct bytes raw, struct shop_product *out)
{
        return json_read(arena, raw, &product_desc, JSON_LENIENT, out, NULL) || text_empty(out->product_id) ? SHOP_E_OBJECT : 0;
}

struct get_in {
        const char *product_id;
        int64_t data_type;
};
static const struct json_field get_in_fields[] = {
        JSON_STR(struct get_in, product_id, JSON_REQUIRED, 0, 0, "product"),
        JSON_INT(struct get_in, data_type, JSON_REQUIRED, 1, 3, "1: as it is online"),
};
static const struct json_desc get_in_desc = JSON_DESC("ShopProductGetIn", struct get_in, get_in_fields);
struct get_out {
        const char *product;
};
static const struct json_field get_out_fields[] = {JSON_RAW(struct get_out, product, JSON_REQUIRED, "the object, kept whole")};
static const struct json_desc get_out_desc = JSON_DESC("ShopProductGet", struct get_out, get_out_fields);

const struct wx_api wx_api_shop_product_get = {
        .name = "shop.product_get", .kind = "shop", .method = "POST", .path = "/channels/ec/product/get", .in = &get_in_desc,
        .out = &get_out_desc, .settle = WX_READS, .why = "for each listed product, and after each notice about one",
        .source = WEIXIN_DOC("channels/API/product/get.html"),
};

int shop_product_get(struct ctx *ctx, int64_t account_id, const char *product_id, struct bytes *raw, struct wx_fault *fault)
{
        struct get_in in = {product_id, 1};
        struct get_out reply;
        int r = wx_call(ctx, &wx_api_shop_product_get, account_id, &in, &reply, fault);

        if (!r)
                *raw = bytes_of_text(reply.product);
        return r;
}
