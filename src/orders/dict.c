#include "orders/keep.h"

/*
 * What the platform's order objects have in common: names in their usual order, with the values most orders have. Written
 * from the documented fields; never changed, because kept objects cannot be opened without it (base/zip.h).
 */
const struct zip_dict orders_dict = {
        .number = 1,
        .text =
                "{\"order_id\":\"37\",\"status\":100,\"create_time\":17,\"update_time\":17,\"order_detail\":{\"product_infos\":[{"
                "\"product_id\":\"100000\",\"sku_id\":\"30000\",\"thumb_img\":\"https://mmecimage.cn/p/\",\"sku_cnt\":1,"
                "\"sale_price\":,\"title\":\"\",\"on_aftersale_sku_cnt\":0,\"finish_aftersale_sku_cnt\":0,\"sku_code\":\"\","
                "\"market_price\":,\"sku_attrs\":[{\"attr_key\":\"颜色\",\"attr_value\":\"\"},{\"attr_key\":\"规格\","
                "\"attr_value\":\"\"},{\"attr_key\":\"尺码\",\"attr_value\":\"\"}],\"real_price\":,\"out_product_id\":\"\","
                "\"out_sku_id\":\"\",\"is_discounted\":false,\"estimate_price\":,\"is_change_price\":false,\"change_price\":0,"
                "\"out_warehouse_id\":\"\",\"sku_deliver_info\":{\"stock_type\":0,\"predict_delivery_time\":\"\","
                "\"full_payment_presale_delivery_type\":0},\"extra_service\":{\"seven_day_return\":1,\"freight_insurance\":1},"
                "\"use_deduction\":false,\"deduction_price\":0,\"order_product_coupon_info_list\":[],\"delivery_deadline\":17,"
                "\"merchant_discounted_price\":0,\"finder_discounted_price\":0,\"is_free_gift\":false,"
                "\"vip_discounted_price\":0,\"product_unique_id\":\"\",\"change_sku_info\":{\"preshipment_change_sku_state\":0,"
                "\"old_sku_id\":\"\",\"new_sku_id\":\"\",\"ddl_time_stamp\":0},\"bulkbuy_discounted_price\":0,"
                "\"cash_coupon_discounted_price\":0,\"limited_discount_discounted_price\":0,"
                "\"platform_activity_merchant_discounted_price\":0,\"national_subsidy_discounted_price\":0,"
                "\"national_subsidy_merchant_discounted_price\":0}],\"pay_info\":{\"payment_method\":1,\"prepay_id\":\"\","
                "\"prepay_time\":17,\"pay_time\":17,\"transaction_id\":\"42000\"},\"price_info\":{\"product_price\":,"
                "\"order_price\":,\"freight\":0,\"discounted_price\":0,\"is_discounted\":false,\"original_order_price\":,"
                "\"estimate_product_price\":,\"change_down_price\":0,\"change_freight\":0,\"is_change_freight\":false,"
                "\"use_deduction\":false,\"deduction_price\":0,\"merchant_receieve_price\":,\"merchant_discounted_price\":0,"
                "\"finder_discounted_price\":0,\"vip_discounted_price\":0,\"bulkbuy_discounted_price\":0,"
                "\"cash_coupon_discounted_price\":0,\"limited_discount_discounted_price\":0,"
                "\"platform_activity_merchant_discounted_price\":0,\"national_subsidy_discounted_price\":0,"
                "\"national_subsidy_merchant_discounted_price\":0},\"delivery_info\":{\"address_info\":{\"user_name\":\"**\","
                "\"postal_code\":\"\",\"province_name\":\"广东省\",\"city_name\":\"广州市\",\"county_name\":\"区\","
                "\"detail_info\":\"****\",\"national_code\":\"\",\"tel_number\":\"1****\",\"house_number\":\"\","
                "\"virtual_order_tel_number\":\"\",\"tel_number_ext_info\":{\"real_tel_number\":\"1****\","
                "\"virtual_tel_number\":\"\",\"virtual_tel_expire_time\":17,\"get_virtual_tel_cnt\":0,\"has_delay_times\":0},"
                "\"use_tel_number\":1,\"hash_code\":\"\"},\"delivery_product_info\":[{\"waybill_id\":\"YT\",\"delivery_id\":"
                "\"YTO\",\"product_infos\":[{\"product_id\":\"100000\",\"sku_id\":\"30000\",\"product_cnt\":1}],"
                "\"delivery_name\":\"圆通速递\",\"delivery_name\":\"中通快递\",\"delivery_id\":\"ZTO\",\"delivery_name\":"
                "\"顺丰速运\",\"delivery_id\":\"SF\",\"delivery_time\":17,\"deliver_type\":1,\"delivery_address\":{}}],"
                "\"ship_done_time\":17,\"deliver_method\":0,\"address_under_review\":{},\"address_apply_time\":0,"
                "\"ewaybill_order_code\":\"\",\"predict_delivery_time\":17,\"delivery_time_type\":1,"
                "\"quality_inspect_type\":0,\"dropship_flag\":0,\"recharge_info\":{}},\"coupon_info\":{\"user_coupon_id\":\"\"},"
                "\"ext_info\":{\"customer_notes\":\"\",\"merchant_notes\":\"\",\"confirm_receipt_time\":17,\"finder_id\":\"\","
                "\"live_id\":\"\",\"order_scene\":5,\"vip_order_session_id\":\"\",\"commission_handling_progress\":1},"
                "\"commission_infos\":[],\"sharer_info\":{\"sharer_openid\":\"\",\"sharer_unionid\":\"\",\"sharer_type\":0,"
                "\"share_scene\":0,\"handling_progress\":0},\"settle_info\":{\"predict_commission_fee\":,\"commission_fee\":0,"
                "\"settle_time\":0},\"sku_sharer_infos\":[],\"agent_info\":{\"agent_finder_id\":\"\"},\"source_infos\":[],"
                "\"refund_info\":{\"refund_freight\":0},\"greeting_card_info\":{},\"custom_info\":{}},\"aftersale_detail\":{"
                "\"aftersale_order_list\":[],\"on_aftersale_order_cnt\":0},\"openid\":\"o\",\"unionid\":\"o\","
                "\"is_present\":false,\"order_present_info\":{},\"is_flash_sale_order\":false}",
};
