#include "platform/wx_impl.h"

/* By name. */
static const struct wx_api *const all[] = {
        &wx_api_contact_batch, &wx_api_contact_follow_users, &wx_api_corp_send, &wx_api_group_get, &wx_api_group_list, &wx_api_kf_account_list, &wx_api_kf_customer_batchget, &wx_api_kf_media_get, &wx_api_kf_media_upload,
        &wx_api_kf_send_msg, &wx_api_kf_send_msg_on_event, &wx_api_kf_service_state_get,
        &wx_api_kf_service_state_trans, &wx_api_kf_sync_msg, &wx_api_look_balance,
        &wx_api_look_follower, &wx_api_look_followers, &wx_api_look_servicers,
        &wx_api_look_weixin, &wx_api_member_departments, &wx_api_member_get, &wx_api_member_list, &wx_api_member_of_code, &wx_api_quota, &wx_api_shop_address_get,
        &wx_api_shop_address_list, &wx_api_shop_aftersale_accept, &wx_api_shop_aftersale_get,
        &wx_api_shop_aftersale_list, &wx_api_shop_aftersale_reject, &wx_api_shop_aftersale_reject_reasons,
        &wx_api_shop_info, &wx_api_shop_order_get, &wx_api_shop_order_list, &wx_api_shop_order_search,
        &wx_api_shop_product_get, &wx_api_shop_product_list,
        &wx_api_shopkf_send, &wx_api_shopkf_upload, &wx_api_token_stable, &wx_api_token_wecom,
};

const struct json_desc wx_nothing = {.name = "WxNothing", .size = sizeof(struct wx_nothing)};

const struct wx_api *const *wx_apis(size_t *n)
{
        *n = countof(all);
        return all;
}
