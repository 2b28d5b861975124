#include "platform/look.h"

#include "platform/wx_impl.h"

#define DOCTOR "when the doctor looks"

const struct wx_api wx_api_look_weixin = {
        .name = "look.weixin", .kind = "shop", .method = "GET", .path = "/cgi-bin/get_api_domain_ip", .out = &wx_nothing,
        .settle = WX_READS, .why = "while an official account is connected and " DOCTOR, .source = WEIXIN_DOC("oplatform/openApi/"),
};

int look_weixin(struct ctx *ctx, int64_t account_id, struct wx_fault *fault)
{
        struct wx_nothing nothing;

        return wx_call(ctx, &wx_api_look_weixin, account_id, NULL, &nothing, fault);
}

/* ---- balance: told at the top or one level down, according to the age of the page ---- */

static const struct json_field balance_fields[] = {
        JSON_INT(struct look_balance, available_amount, 0, 0, 0, "fen"),
        JSON_INT(struct look_balance, pending_amount, 0, 0, 0, "fen"),
};
static const struct json_desc balance_desc = JSON_DESC("ShopBalance", struct look_balance, balance_fields);
struct balance_out {
        struct look_balance top;
        const struct look_balance *balance_info;
};
static const struct json_field balance_out_fields[] = {
        {.name = "available_amount", .type = JSON_T_INT, .at = offsetof(struct balance_out, top.available_amount), .doc = "fen"},
        {.name = "pending_amount", .type = JSON_T_INT, .at = offsetof(struct balance_out, top.pending_amount), .doc = "fen"},
        JSON_PTR(struct balance_out, balance_info, 0, &balance_desc, "the same, below"),
};
static const struct json_desc balance_out_desc = JSON_DESC("ShopBalanceGet", struct balance_out, balance_out_fields);

const struct wx_api wx_api_look_balance = {
        .name = "look.balance", .kind = "shop", .method = "POST", .path = "/channels/ec/funds/getbalance", .out = &balance_out_desc,
        .settle = WX_READS, .why = DOCTOR, .source = WEIXIN_DOC("channels/API/funds/getbalance.html"),
};

int look_balance(struct ctx *ctx, int64_t account_id, struct look_balance *out, struct wx_fault *fault)
{
        struct balance_out reply;
        int r = wx_call(ctx, &wx_api_look_balance, account_id, NULL, &reply, fault);

        if (!r)
                *out = reply.balance_info ? *reply.balance_info : reply.top;
        return r;
}

/* ---- WeCom: servicers ---- */

static const struct json_field servicer_fields[] = {
        JSON_STR(struct look_servicer, userid, 0, 0, 0, "a member"),
        JSON_INT(struct look_servicer, status, 0, 0, 0, "0 serves, 1 stopped"),
        JSON_INT(struct look_servicer, department_id, 0, 0, 0, "or a department"),
};
static const struct json_desc servicer_desc = JSON_DESC("KfServicer", struct look_servicer, servicer_fields);
struct servicers_out {
        const struct look_servicer *servicer_list;
        size_t n;
};
static const struct json_field servicers_fields[] = {
        JSON_LIST(struct servicers_out, servicer_list, n, 0, 0, &servicer_desc, "who serves"),
};
static const struct json_desc servicers_desc = JSON_DESC("KfServicers", struct servicers_out, servicers_fields);

const struct wx_api wx_api_look_servicers = {
        .name = "look.servicers", .kind = "wecom", .method = "GET", .path = "/cgi-bin/kf/servicer/list", .out = &servicers_desc,
        .settle = WX_READS, .why = DOCTOR, .source = WECOM_DOC("94645"),
};

int look_servicers(struct ctx *ctx, int64_t account_id, const char *open_kfid, const struct look_servicer **out, size_t *n,
                   struct wx_fault *fault)
{
        const char *const query[] = {"open_kfid", open_kfid, NULL};
        struct servicers_out reply;
        int r = wx_ask(ctx, &wx_api_look_servicers, account_id, query, &reply, fault);

        *out = reply.servicer_list;
        *n = r ? 0 : reply.n;
        return r;
}

/* ---- products ---- */

struct products_in {
        int64_t status, page_size;
};
static const struct json_field products_in_fields[] = {
        JSON_INT(struct products_in, status, JSON_REQUIRED, 0, 0, "5 = on sale"),
        JSON_INT(struct products_in, page_size, JSON_REQUIRED, 0, 0, "at most 30"),
};
static const struct json_desc products_in_desc = JSON_DESC("LookProductsIn", struct products_in, products_in_fields);
struct products_out {
        const char *const *product_ids;
        size_t n;
};
static const struct json_field products_fields[] = {JSON_STRS(struct products_out, product_ids, n, 0, 0, "ids")};
static const struct json_desc products_desc = JSON_DESC("LookProducts", struct products_out, products_fields);

const struct wx_api wx_api_look_products = {
        .name = "look.products", .kind = "shop", .method = "POST", .path = "/channels/ec/product/list/get", .in = &products_in_desc,
        .out = &products_desc, .settle = WX_READS, .why = DOCTOR, .source = WEIXIN_DOC("channels/API/product/list_get.html"),
};

int look_products(struct ctx *ctx, int64_t account_id, const char *const **ids, size_t *n, struct wx_fault *fault)
{
        const struct products_in in = {.status = 5, .page_size = 30};
        struct products_out reply;
        int r = wx_call(ctx, &wx_api_look_products, account_id, &in, &reply, fault);

        *ids = reply.product_ids;
        *n = r ? 0 : reply.n;
        return r;
}

struct product_in {
        const char *product_id;
        int64_t data_type;
};
static const struct json_field product_in_fields[] = {
        JSON_STR(struct product_in, product_id, JSON_REQUIRED, 0, 0, "which"),
        JSON_INT(struct product_in, data_type, JSON_REQUIRED, 0, 0, "1 = as it is on sale"),
};
static const struct json_desc product_in_desc = JSON_DESC("LookProductIn", struct product_in, product_in_fields);
struct product_after {
        const char *after_sale_address_id;
};
static const struct json_field after_fields[] = {JSON_ID(struct product_after, after_sale_address_id, 0, "where returns of it go")};
static const struct json_desc after_desc = JSON_DESC("LookProductAfter", struct product_after, after_fields);
struct product {
        const char *title;
        struct product_after after_sale_info;
};
static const struct json_field product_fields[] = {
        JSON_STR(struct product, title, 0, 0, 0, "its name"),
        JSON_OBJ(struct product, after_sale_info, 0, &after_desc, "after-sales"),
};
static const struct json_desc product_desc = JSON_DESC("LookProduct", struct product, product_fields);
struct product_out {
        const struct product *product;
};
static const struct json_field product_out_fields[] = {JSON_PTR(struct product_out, product, 0, &product_desc, "the product")};
static const struct json_desc product_out_desc = JSON_DESC("LookProductGet", struct product_out, product_out_fields);

const struct wx_api wx_api_look_product = {
        .name = "look.product", .kind = "shop", .method = "POST", .path = "/channels/ec/product/get", .in = &product_in_desc,
        .out = &product_out_desc, .settle = WX_READS, .why = DOCTOR ": has it a return address?",
        .source = WEIXIN_DOC("channels/API/product/get.html"),
};

int look_product(struct ctx *ctx, int64_t account_id, const char *product_id, const char **title, bool *has_address,
                 struct wx_fault *fault)
{
        const struct product_in in = {product_id, 1};
        struct product_out reply;
        int r = wx_call(ctx, &wx_api_look_product, account_id, &in, &reply, fault);

        *title = !r && reply.product ? reply.product->title : NULL;
        *has_address = r || !reply.product ||
                       (!text_empty(reply.product->after_sale_info.after_sale_address_id) &&
                        !text_eq(reply.product->after_sale_info.after_sale_address_id, "0"));
        return r;
}

/* ---- followers ---- */

struct follower_ids {
        const char *const *openid;
        size_t n;
};
static const struct json_field follower_ids_fields[] = {JSON_STRS(struct follower_ids, openid, n, 0, 0, "ids")};
static const struct json_desc follower_ids_desc = JSON_DESC("MpOpenids", struct follower_ids, follower_ids_fields);
struct followers_out {
        struct follower_ids data;
};
static const struct json_field followers_fields[] = {JSON_OBJ(struct followers_out, data, 0, &follower_ids_desc, "one page")};
static const struct json_desc followers_desc = JSON_DESC("MpFollowers", struct followers_out, followers_fields);
struct follower_out {
        const char *unionid;
};
static const struct json_field follower_fields[] = {JSON_STR(struct follower_out, unionid, 0, 0, 0, "when bound")};
static const struct json_desc follower_desc = JSON_DESC("MpFollower", struct follower_out, follower_fields);

const struct wx_api wx_api_look_follower = {
        .name = "look.follower", .kind = "mp", .method = "GET", .path = "/cgi-bin/user/info", .out = &follower_desc,
        .settle = WX_READS, .why = DOCTOR ": does a follower have a unionid?",
        .source = WEIXIN_DOC("offiaccount/User_Management/Get_users_basic_information_UnionID.html"),
};
const struct wx_api wx_api_look_followers = {
        .name = "look.followers", .kind = "mp", .method = "GET", .path = "/cgi-bin/user/get", .out = &followers_desc,
        .settle = WX_READS, .why = DOCTOR, .source = WEIXIN_DOC("offiaccount/User_Management/Getting_a_User_List.html"),
};

int look_follower(struct ctx *ctx, int64_t account_id, const char **openid, const char **unionid, struct wx_fault *fault)
{
        struct followers_out page;
        struct follower_out one;
        int r = wx_call(ctx, &wx_api_look_followers, account_id, NULL, &page, fault);

        *openid = !r && page.data.n ? page.data.openid[0] : NULL;
        *unionid = NULL;
        if (r || !*openid)
                return r;
        const char *const query[] = {"openid", *openid, NULL};
        r = wx_ask(ctx, &wx_api_look_follower, account_id, query, &one, fault);
        *unionid = r ? NULL : one.unionid;
        return r;
}
