/* Channels shop: return addresses and basics. */
#include "platform/shop_impl.h"

enum { ADDRESS_PAGE = 50, ADDRESSES_MAX = 1000 };

struct addresses_in {
        int64_t offset, limit;
};
static const struct json_field addresses_in_fields[] = {
        JSON_INT(struct addresses_in, offset, JSON_REQUIRED, 0, 0, "from"),
        JSON_INT(struct addresses_in, limit, JSON_REQUIRED, 1, ADDRESS_PAGE, "most"),
};
static const struct json_desc addresses_in_desc = JSON_DESC("ShopAddressesIn", struct addresses_in, addresses_in_fields);
struct addresses_out {
        const char *const *address_id_list;
        size_t n;
};
static const struct json_field addresses_fields[] = {
        JSON_STRS(struct addresses_out, address_id_list, n, 0, 0, "ids"),
};
static const struct json_desc addresses_desc = JSON_DESC("ShopAddresses", struct addresses_out, addresses_fields);

const struct wx_api wx_api_shop_address_list = {
        .name = "shop.address_list", .kind = "shop", .method = "POST", .path = "/channels/ec/merchant/address/list",
        .in = &addresses_in_desc, .out = &addresses_desc, .settle = WX_READS,
        .why = "once a day, for the addresses that returns may go to", .source = WEIXIN_DOC("channels/API/merchant/address/list.html"),
};

int shop_address_list(struct ctx *ctx, int64_t account_id, const char *const **out, size_t *n, struct wx_fault *fault)
{
        const char **all = arena_array(ctx->arena, const char *, 0);
        size_t have = 0;

        for (int64_t offset = 0; offset < ADDRESSES_MAX; offset += ADDRESS_PAGE) {
                struct addresses_in in = {offset, ADDRESS_PAGE};
                struct addresses_out page;
                int r = wx_call(ctx, &wx_api_shop_address_list, account_id, &in, &page, fault);

                if (r)
                        return r;
                all = arena_grow(ctx->arena, all, have * sizeof(*all), (have + page.n) * sizeof(*all));
                for (size_t i = 0; i < page.n; i++)
                        all[have++] = page.address_id_list[i];
                if (page.n < ADDRESS_PAGE)
                        break;
        }
        *out = all;
        *n = have;
        return 0;
}

static const struct json_field address_fields[] = {
        JSON_ID(struct shop_address, address_id, 0, "address"),
        JSON_STR(struct shop_address, name, 0, 0, 0, "contact"),
        JSON_ID(struct shop_address, landline, 0, "phone"),
        JSON_STR(struct shop_address, remark, 0, 0, 0, "note"),
        JSON_OBJ(struct shop_address, address_info, 0, &shop_receiver_desc, "where"),
        JSON_BOOL(struct shop_address, send_addr, 0, "ships from here"),
        JSON_BOOL(struct shop_address, default_send, 0, "by default"),
        JSON_BOOL(struct shop_address, recv_addr, 0, "returns come here"),
        JSON_BOOL(struct shop_address, default_recv, 0, "by default"),
        JSON_INT(struct shop_address, create_time, 0, 0, 0, "seconds"),
        JSON_INT(struct shop_address, update_time, 0, 0, 0, "seconds"),
};
static const struct json_desc address_desc = JSON_DESC("ShopAddress", struct shop_address, address_fields);

struct address_in {
        const char *address_id;
};
static const struct json_field address_in_fields[] = {
        JSON_STR(struct address_in, address_id, JSON_REQUIRED, 0, 0, "address"),
};
static const struct json_desc address_in_desc = JSON_DESC("ShopAddressIn", struct address_in, address_in_fields);
struct address_out {
        const struct shop_address *address_detail;
};
static const struct json_field address_out_fields[] = {
        JSON_PTR(struct address_out, address_detail, JSON_REQUIRED, &address_desc, "the address"),
};
static const struct json_desc address_out_desc = JSON_DESC("ShopAddressGet", struct address_out, address_out_fields);

const struct wx_api wx_api_shop_address_get = {
        .name = "shop.address_get", .kind = "shop", .method = "POST", .path = "/channels/ec/merchant/address/get",
        .in = &address_in_desc, .out = &address_out_desc, .settle = WX_READS,
        .why = "once a day, for each address", .source = WEIXIN_DOC("channels/API/merchant/address/get.html"),
};

int shop_address_get(struct ctx *ctx, int64_t account_id, const char *address_id, struct shop_address *out,
                     struct wx_fault *fault)
{
        struct address_in in = {address_id};
        struct address_out reply;
        int r = wx_call(ctx, &wx_api_shop_address_get, account_id, &in, &reply, fault);

        if (r)
                return r;
        *out = *reply.address_detail;
        if (text_empty(out->address_id))
                out->address_id = arena_strdup(ctx->arena, address_id);
        return 0;
}

char *shop_address_line(struct arena *arena, const struct shop_receiver *where)
{
        const char *const parts[] = {where->province_name, where->city_name, where->county_name, where->detail_info,
                                     where->house_number};
        struct text line;

        text_init(&line, arena);
        for (size_t i = 0; i < countof(parts); i++)
                if (!text_empty(parts[i]))
                        text_addf(&line, "%s%s", line.n ? " " : "", parts[i]);
        return line.p;
}

static const struct json_field info_fields[] = {
        JSON_STR(struct shop_info, nickname, 0, 0, 0, "name"),
        JSON_STR(struct shop_info, headimg_url, 0, 0, 0, "picture URL"),
        JSON_STR(struct shop_info, subject_type, 0, 0, 0, "whose it is"),
        JSON_STR(struct shop_info, status, 0, 0, 0, "opening, open_finished, closing, close_finished"),
        JSON_ID(struct shop_info, username, 0, "gh_..."),
};
static const struct json_desc info_desc = JSON_DESC("ShopInfo", struct shop_info, info_fields);
struct info_out {
        const struct shop_info *info;
};
static const struct json_field info_out_fields[] = {
        JSON_PTR(struct info_out, info, JSON_REQUIRED, &info_desc, "the shop"),
};
static const struct json_desc info_out_desc = JSON_DESC("ShopInfoGet", struct info_out, info_out_fields);

const struct wx_api wx_api_shop_info = {
        .name = "shop.info", .kind = "shop", .method = "GET", .path = "/channels/ec/basics/info/get", .out = &info_out_desc,
        .settle = WX_READS, .why = "when a shop is connected", .source = WEIXIN_DOC("channels/API/basics/getbasicinfo.html"),
};

int shop_info(struct ctx *ctx, int64_t account_id, struct shop_info *out, struct wx_fault *fault)
{
        struct info_out reply;
        int r = wx_call(ctx, &wx_api_shop_info, account_id, NULL, &reply, fault);

        if (!r)
                *out = *reply.info;
        return r;
}
