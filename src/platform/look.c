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
