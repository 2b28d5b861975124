/* Goods, addresses, coupons, links, pictures and the shop's chat over a socket. */
#include "sim/shop/api_test.h"

#define FACE(title, more)                                                                                              \
        "\"title\":\"" title "\",\"head_imgs\":[\"https://mmecimage.cn/p/a\",\"https://mmecimage.cn/p/b\",\"https://mmecimage.cn/p/c\"],"  \
        "\"cats_v2\":[{\"cat_id\":\"1421\"}],\"deliver_method\":0,\"express_info\":{\"template_id\":\"1\"}" more
#define SKUS(more) ",\"skus\":[{\"sale_price\":1999,\"stock_num\":5,\"sku_code\":\"A-1\",\"sku_attrs\":[{\"attr_key\":\"颜色\",\"attr_value\":\"月白\"}]" more "}]"
#define ID "\"product_id\":\"$NEW\""

static void products_are_reviewed(void **state)
{
        (void)state;
        RUN(NO(P "add", "{" FACE("短", SKUS("")) "}", 10020012),
            NO(P "add", "{\"title\":\"一件很好的衬衫\",\"head_imgs\":[\"https://mmecimage.cn/p/a\"],\"skus\":[{\"sale_price\":1}]}", 10020013),
            NO(P "add", "{\"title\":\"一件很好的衬衫\",\"head_imgs\":[\"https://a.cn/a\",\"b\",\"c\"],\"skus\":[{\"sale_price\":1}]}", 10020035),
            NO(P "add", "{" FACE("一件很好的衬衫", ",\"skus\":[]") "}", 40097),
            NO(P "add", "{" FACE("一件很好的衬衫", ",\"skus\":[{\"sale_price\":0}]") "}", 10020018),
            NO(P "add", "{" FACE("一件很好的衬衫", ",\"skus\":[{\"sale_price\":1,\"stock_num\":-1}]") "}", 10020017),
            NO(P "add", "{" FACE("一件很好的衬衫", ",\"skus\":[{\"sale_price\":\"1\"}]") "}", 47001),
            NO(P "add", "{" FACE("一件很好的衬衫", ",\"after_sale_info\":{\"after_sale_address_id\":\"$OFFICE\"}" SKUS("")) "}", 10020067));
        test_let("NEW", test_member(test_call("POST", P "add" T,
                                              "{" FACE("一件很好的衬衫", ",\"listing\":1,\"out_product_id\":\"OUT1\",\"timing_onsale_info\":{\"status\":1,\"task_id\":\"77\"}" SKUS("")) "}"),
                                    "data.product_id"));
        RUN(OK(P "get", "{" ID ",\"data_type\":3}", "edit_product.title=一件很好的衬衫 edit_product.edit_status=2 product.status=0 sale_limit_info.is_limited=false"),
            NO(P "get", "{" ID ",\"data_type\":4}", 40097), NO(P "get", "{\"product_id\":\"1\"}", 10020011),
            NO(P "listing", "{" ID "}", 10020020), NO(P "update", "{" ID "," FACE("改过的很好的衬衫", SKUS("")) "}", 10020021),
            NO(P "begintimingsale", "{" ID ",\"task_id\":\"77\"}", 10020020), NO(P "canceltimingsale", "{" ID ",\"task_id\":\"1\"}", 10020020),
            OK(P "audit/cancel", "{" ID "}", NULL), NO(P "audit/cancel", "{" ID "}", 10020022),
            OK(P "update", "{" ID "," FACE("改过的很好的衬衫", ",\"timing_onsale_info\":{\"status\":1,\"task_id\":\"77\"}" SKUS("")) "}", "data.product_id=$NEW data.update_time"),
            NO(P "update", "{\"product_id\":\"1\"," FACE("改过的很好的衬衫", SKUS("")) "}", 10020011));
        pass_ms("60000");
        RUN(OK(P "get", "{" ID "}", "product.title=改过的很好的衬衫 product.edit_status=4 product.skus.0.sale_price=1999 product.min_price=1999"),
            OK(P "canceltimingsale", "{" ID ",\"task_id\":\"77\"}", NULL), OK(P "begintimingsale", "{" ID ",\"task_id\":\"77\"}", NULL),
            OK(P "list/get", "{\"status\":5,\"page_size\":30}", "product_ids.0 next_key total_num=7"),
            NO(P "list/get", "{\"page_size\":31}", 40097), NO(P "listing", "{" ID "}", 10020020), OK(P "delisting", "{" ID "}", NULL),
            NO(P "delisting", "{" ID "}", 10020020), OK(P "listing", "{" ID "}", NULL));
        const struct shop *shop = test_sim.world.shops[0];
        test_let("NEWSKU", shop->products.v[shop->products.n - 1]->sku[0].id);
        RUN(OK(P "auditfree", "{" ID ",\"skus\":[{\"sku_id\":\"$NEWSKU\",\"sale_price\":1500,\"stock_num\":30}],\"after_sale_info\":{\"after_sale_address_id\":$ADDRESS}}", NULL),
            OK(P "get", "{" ID "}", "product.skus.0.sale_price=1500 product.after_sale_info.after_sale_address_id=$ADDRESS"),
            NO(P "auditfree", "{" ID ",\"skus\":[{\"sku_id\":\"1\",\"sale_price\":1500}]}", 10020028),
            NO(P "auditfree", "{" ID ",\"skus\":[{\"sku_id\":\"$NEWSKU\",\"sale_price\":0}]}", 10020018));
        deed("/sim/switch", "{\"name\":\"review_rejects\",\"value\":true}");
        RUN(OK(P "update", "{" ID "," FACE("又改过的很好的衬衫", SKUS("")) "}", NULL));
        pass_ms("60000");
        deed("/sim/switch", "{\"name\":\"review_rejects\",\"value\":false}");
        RUN(OK(P "get", "{" ID ",\"data_type\":2}", "edit_product.edit_status=3 audit_info.reason"), OK(P "delete", "{" ID "}", NULL),
            NO(P "delete", "{" ID "}", 10020011), OK(P "getauditquota", "{}", "audit_quota.quota"), NO(P "getauditquota", NULL, 47001),
            OK(P "auditstrategy/set", "{\"audit_auto\":false}", NULL), NO(P "auditstrategy/set", "{\"audit_auto\":1}", 47001),
            OK(P "auditstrategy/get", "{}", "audit_auto=false"), NO(P "auditstrategy/get", NULL, 47001),
            OK(P "categoryprecheck", "{\"cats_v2\":[{\"cat_id\":\"1421\"}]}", "pass=true"), NO(P "categoryprecheck", "{}", 10020008),
            OK(P "category/classify", "{\"title\":\"衬衫\"}", "cats_v2.0.cat_id"), NO(P "category/classify", "{}", 40097));
}

static void presale(void **state)
{
#define PRE(more) "{" FACE("预售的很好的衬衫", ",\"listing\":1" SKUS(",\"sku_deliver_info\":{\"stock_type\":1" more "}")) "}"
        (void)state;
        RUN(NO(P "add", PRE(",\"full_payment_presale_delivery_type\":0,\"full_payment_presale_delivery_time\":3"), 10020111),
            NO(P "add", PRE(",\"full_payment_presale_delivery_type\":1,\"full_payment_presale_delivery_time\":4"), 10020111),
            NO(P "add", PRE(",\"full_payment_presale_delivery_type\":1,\"full_payment_presale_delivery_time\":1,\"presale_begin_time\":1,\"presale_end_time\":2000000"), 10020111),
            NO(P "add", PRE(""), 10020111));
        deed("/sim/switch", "{\"name\":\"category_presale\",\"value\":false}");
        RUN(NO(P "add", PRE(",\"full_payment_presale_delivery_type\":0,\"full_payment_presale_delivery_time\":4"), 10020110));
        deed("/sim/switch", "{\"name\":\"category_presale\",\"value\":true}");
        test_let("NEW", test_member(test_call("POST", P "add" T, PRE(",\"full_payment_presale_delivery_type\":0,\"full_payment_presale_delivery_time\":4")), "data.product_id"));
        pass_ms("60000");
        test_let("PRODUCT", test_value("NEW", 3));
        test_let("ORDER", test_member(test_call("POST", "/sim/order", "{\"customer\":\"$PERSON\",\"appid\":\"$APPID\",\"product\":\"$NEW\",\"pay\":true}"), "order_id"));
        const struct order *order = order_now();
        assert_int_equal(order->line[0].deadline, order->paid / 1000 + 4 * 86400);
        RUN(OK(O "get", "{\"order_id\":\"$ORDER\"}",
               "order.order_detail.product_infos.0.sku_deliver_info.stock_type=1 order.order_detail.product_infos.0.sku_deliver_info.predict_delivery_time "
               "order.order_detail.delivery_info.predict_delivery_time"));
}

static void stock(void **state)
{
#define SKU_ID "\"product_id\":\"$PRODUCT\",\"sku_id\":\"$SKU\""
        (void)state;
        RUN(OK(P "stock/update", "{" SKU_ID ",\"diff_type\":3,\"num\":20}", NULL), OK(P "stock/get", "{" SKU_ID "}", "data.normal_stock_num=20 data.total_stock_num=20"),
            OK(P "stock/update", "{" SKU_ID ",\"diff_type\":1,\"num\":5}", NULL), OK(P "stock/update", "{" SKU_ID ",\"diff_type\":2,\"num\":24}", NULL),
            NO(P "stock/update", "{" SKU_ID ",\"diff_type\":2,\"num\":2}", 40097), NO(P "stock/update", "{" SKU_ID ",\"diff_type\":4,\"num\":2}", 40097),
            NO(P "stock/update", "{" SKU_ID ",\"diff_type\":1,\"num\":\"2\"}", 47001), NO(P "stock/get", "{\"product_id\":\"$PRODUCT\",\"sku_id\":\"1\"}", 10020028),
            NO(P "stock/get", "{\"product_id\":\"1\",\"sku_id\":\"1\"}", 10020011),
            OK(P "stock/batchget", "{\"product_id\":[\"$PRODUCT\",\"$PRODUCT2\"]}", "data.spu_stock_list.1.sku_stock.0.normal_stock_num"),
            NO(P "stock/batchget", "{\"product_id\":\"$PRODUCT\"}", 47001),
            OK(P "stock/getflow", "{" SKU_ID ",\"page_size\":10}", "data.stock_flow_info_list.0.ending_amount=20 has_more"),
            NO(P "stock/getflow", "{" SKU_ID ",\"page_size\":0}", 40097));
}

static void addresses(void **state)
{
#define ADDR(province, more) "{\"address_detail\":{\"name\":\"退货组\",\"address_info\":{\"user_name\":\"退货组\",\"province_name\":\"" province "\",\"city_name\":\"杭州市\",\"detail_info\":\"丰和路 1 号\",\"tel_number\":\"13800001111\"}" more "}}"
        (void)state;
        test_let("NEW", test_member(test_call("POST", M "address/add" T, ADDR("浙江省", ",\"recv_addr\":true,\"default_recv\":true")), "address_id"));
        RUN(NO(M "address/add", ADDR("台湾省", ""), 10021202), NO(M "address/add", ADDR("", ""), 40097), NO(M "address/add", ADDR("浙江省", ",\"default_recv\":true"), 40097),
            NO(M "address/add", ADDR("浙江省", ",\"recv_addr\":\"yes\""), 47001),
            OK(M "address/get", "{\"address_id\":$NEW}", "address_detail.default_recv=true address_detail.address_info.tel_number=13800001111"),
            OK(M "address/get", "{\"address_id\":\"$ADDRESS\"}", "address_detail.default_recv=false"), NO(M "address/get", "{\"address_id\":1}", 10025093),
            OK(M "address/list", "{\"offset\":0,\"limit\":10}", "address_id_list.3=$NEW"), NO(M "address/list", "{\"offset\":0,\"limit\":101}", 40097),
            OK(M "address/update", "{\"address_detail\":{\"address_id\":\"$NEW\",\"remark\":\"夜间\"}}", NULL),
            NO(M "address/update", "{\"address_detail\":{\"address_id\":\"1\"}}", 10025093), OK(M "address/delete", "{\"address_id\":\"$NEW\"}", NULL),
            NO(M "address/delete", "{\"address_id\":\"$NEW\"}", 10025093),
            OK(M "address/update", "{\"address_detail\":{\"address_id\":\"$ADDRESS\",\"default_recv\":true}}", NULL),
            OK(B "addresscode/get", "{}", "this_addr.level=0 next_level_addrs.0.code"), OK(B "addresscode/get", "{\"addr_code\":330100}", "this_addr.name=杭州市 next_level_addrs.0.level=3"),
            NO(B "addresscode/get", "{\"addr_code\":1}", 40097));
#define TEMPLATE(more) "{\"freight_template\":{\"name\":\"包邮\",\"valuation_type\":\"PIECE\",\"shipping_method\":\"FREE\"" more "}}"
        test_let("TEMPLATE", test_member(test_call("POST", M "addfreighttemplate" T, TEMPLATE(",\"send_time\":\"SendTime_TWENTYFOUR_HOUR\"")), "template_id"));
        RUN(NO(M "addfreighttemplate", TEMPLATE(",\"send_time\":\"SendTime_THREE_DAY\""), 40097), NO(M "addfreighttemplate", "{}", 40097),
            OK(M "getfreighttemplatelist", "{\"offset\":0,\"limit\":10}", "template_id_list.0=$TEMPLATE"), NO(M "getfreighttemplatelist", "{\"offset\":-1}", 40097),
            OK(M "getfreighttemplatedetail", "{\"template_id\":$TEMPLATE}", "freight_template.name=包邮 freight_template.template_id=$TEMPLATE"),
            NO(M "getfreighttemplatedetail", "{\"template_id\":1}", 40097),
            OK(M "updatefreighttemplate", TEMPLATE(",\"template_id\":$TEMPLATE,\"is_default\":true"), "template_id=$TEMPLATE"),
            NO(M "updatefreighttemplate", TEMPLATE(",\"template_id\":1"), 40097));
}

static void coupons(void **state)
{
#define COUPON(more) COUPON_OF("2") more
#define COUPON_OF(type) "\"type\":" type ",\"name\":\"满减\",\"discount_info\":{\"discount_fee\":500},\"receive_info\":{\"start_time\":1800000000,\"end_time\":1810000000,\"limit_num_one_person\":1,\"total_num\":10},\"valid_info\":{\"valid_type\":2,\"valid_day_num\":7}"
        (void)state;
        test_let("COUPON", test_member(test_call("POST", C "create" T, "{" COUPON("") "}"), "data.coupon_id"));
        RUN(NO(C "create", "{" COUPON_OF("9") "}", 40097), NO(C "create", "{\"type\":2}", 40097),
            OK(C "get", "{\"coupon_id\":\"$COUPON\"}", "coupon.coupon_id=$COUPON coupon.status=1 coupon.name=满减 coupon.stock_info.issued_num=10"),
            NO(C "get", "{\"coupon_id\":\"1\"}", 40097), OK(C "update", "{\"coupon_id\":\"$COUPON\"," COUPON("") "}", "data.coupon_id=$COUPON"),
            NO(C "update_status", "{\"coupon_id\":\"$COUPON\",\"status\":4}", 40097), OK(C "update_status", "{\"coupon_id\":\"$COUPON\",\"status\":2}", NULL),
            NO(C "update", "{\"coupon_id\":\"$COUPON\"," COUPON("") "}", 40097),
            OK(C "get_list", "{\"status\":2,\"page\":1,\"page_size\":10}", "coupons.0.coupon_id=$COUPON total_num=1"), NO(C "get_list", "{\"page\":0}", 40097));
        test_let("SECOND", test_member(test_call("POST", C "create" T, "{" COUPON("") "}"), "data.coupon_id"));
        RUN(OK(C "update_status", "{\"coupon_id\":\"$SECOND\",\"status\":2}", NULL));
        test_let("HERS", test_member(test_call("POST", "/sim/coupon/claim", "{\"customer\":\"$PERSON\",\"appid\":\"$APPID\",\"coupon_id\":\"$COUPON\"}"), "user_coupon_id"));
        assert_string_equal(test_member(test_call("POST", "/sim/coupon/claim", "{\"customer\":\"$PERSON\",\"appid\":\"$APPID\",\"coupon_id\":\"$COUPON\"}"), "ok"), "false");
        deed("/sim/coupon/use", "{\"appid\":\"$APPID\",\"user_coupon_id\":\"$HERS\"}");
        RUN(OK(C "get_user_coupon", "{\"openid\":\"$HER\",\"coupon_id\":\"$COUPON\",\"user_coupon_id\":\"$HERS\"}", "user_coupon.status=102"));
        deed("/sim/coupon/use", "{\"appid\":\"$APPID\",\"user_coupon_id\":\"$HERS\",\"back\":true}");
        pass_ms("604800000");
        RUN(OK(C "get_user_coupon_list", "{\"openid\":\"$HER\",\"page\":1,\"page_size\":10}", "user_coupon_list.0.status=101 total_num=1"),
            NO(C "get_user_coupon", "{\"openid\":\"x\",\"user_coupon_id\":\"$HERS\"}", 40097), NO(C "get_user_coupon_list", "{\"openid\":\"$HER\",\"page\":0}", 40097),
            OK(C "update_status", "{\"coupon_id\":\"$COUPON\",\"status\":4}", NULL), OK(C "update_status", "{\"coupon_id\":\"$COUPON\",\"status\":5}", NULL),
            NO(C "update_status", "{\"coupon_id\":\"$COUPON\",\"status\":5}", 40097));
        pass_ms("10000000000"); /* nobody claims the second one any more: it expires */
}

static void links_sales_gifts(void **state)
{
        (void)state;
        const char *ids = test_call("POST", "/channels/ec/wecom/get_wecom_id" T, "{\"corp_id\":\"$CORP\",\"user_id\":\"$STAFF\"}");
        test_let("WCORP", test_member(ids, "data.wecom_corp_id"));
        test_let("WUSER", test_member(ids, "data.wecom_user_id"));
#define GW "/channels/ec/wecom/get_wecom_id"
#define BOTH ",\"wecom_corp_id\":\"$WCORP\",\"wecom_user_id\":\"$WUSER\"}"
#define HALF ",\"wecom_corp_id\":\"$WCORP\"}"
#define PID "{\"product_id\":\"$PRODUCT\""
        RUN(NO(GW, "{\"corp_id\":\"x\"}", 914910001), NO(GW, "{\"corp_id\":\"wwother\"}", 914911001), NO(GW, "{\"corp_id\":\"$CORP\",\"user_id\":\"x\"}", 914911002),
            OK(P "h5url/get", PID BOTH, "product_h5url"), NO(P "h5url/get", PID HALF, 10020050), OK(P "taglink/get", PID "}", "product_taglink"),
            NO(P "taglink/get", "{\"product_id\":\"1\"}", 10020051), OK(P "qrcode/get", PID "}", "product_qrcode"), NO(P "qrcode/get", "{\"product_id\":\"1\"}", 10020051),
            OK(P "scheme/get", PID "}", "scheme"), NO(P "scheme/get", "{\"product_id\":\"1\"}", 10020051),
            OK(B "shop/h5url/get", "{\"wecom_corp_id\":\"$WCORP\",\"wecom_user_id\":\"$WUSER\"}", "shop_h5url"), NO(B "shop/h5url/get", "{\"wecom_corp_id\":\"a\"}", 10020050),
            OK(B "shop/taglink/get", "{}", "shop_taglink"), NO(B "shop/taglink/get", "{\"wecom_user_id\":\"a\"}", 10020050),
            OK(B "shop/qrcode/get", "{\"qrcode_type\":1}", "shop_qrcode"), NO(B "shop/qrcode/get", "{\"qrcode_type\":4}", 40097));
#define SALE(begin, end) PID ",\"start_time\":" begin ",\"end_time\":" end ",\"limited_discount_skus\":[{\"sku_id\":\"$SKU\",\"sale_price\":100}]}"
#define L P "limiteddiscounttask/"
        test_let("TASK", test_member(test_call("POST", L "add" T, SALE("1800000000", "1900000000")), "task_id"));
        RUN(NO(L "add", SALE("2", "1"), 40097), OK(L "list/get", "{\"page_size\":10}", "limited_discount_tasks.0.task_id=$TASK limited_discount_tasks.0.status=1"),
            NO(L "list/get", "{\"page_size\":51}", 40097), NO(L "delete", "{\"task_id\":\"$TASK\"}", 40097), OK(L "stop", "{\"task_id\":\"$TASK\"}", NULL),
            NO(L "stop", "{\"task_id\":\"$TASK\"}", 40097), OK(L "delete", "{\"task_id\":\"$TASK\"}", NULL), NO(L "delete", "{\"task_id\":\"1\"}", 40097));
#define GIFT P "gift/"
        test_let("GIFT", test_member(test_call("POST", GIFT "add" T, "{\"title\":\"小样\",\"skus\":[{\"stock_num\":3}]}"), "data.product_id"));
        RUN(NO(GIFT "add", "{}", 40097), OK(GIFT "get", "{\"product_id\":\"$GIFT\"}", "product.title=小样 product.stock_num=3"), NO(GIFT "get", "{\"product_id\":\"1\"}", 10020011),
            OK(GIFT "update", "{\"product_id\":\"$GIFT\",\"title\":\"大样\"}", NULL), NO(GIFT "update", "{\"product_id\":\"1\",\"title\":\"a\"}", 10020011),
            OK(GIFT "list/get", "{\"page_size\":10}", "product_ids.0=$GIFT"), NO(GIFT "list/get", "{\"page_size\":31}", 40097), OK(GIFT "onsale/set", "{\"product_id\":\"$GIFT\"}", NULL),
            NO(GIFT "onsale/set", "{\"product_id\":\"1\"}", 10020011), OK(GIFT "stock/update", "{\"product_id\":\"$GIFT\",\"diff_type\":1,\"num\":2}", NULL),
            NO(GIFT "stock/update", "{\"product_id\":\"$GIFT\",\"diff_type\":2,\"num\":9}", 40097));
}

static void pictures_and_categories(void **state)
{
        static const struct call_row rows[] = {
                {"GET", "/channels/ec/category/all" T, NULL, 0, "cats_v2.0.cat_and_qua.2.cat.cat_id=1466"},
                {"POST", "/channels/ec/category/all" T, "{}", 43001, NULL},
                {"GET", "/channels/ec/category/list/get" T "&f_cat_id=1421", NULL, 0, "list.0.cat_id=1443"},
                {"POST", "/channels/ec/category/list/get" T, "{}", 43001, NULL},
                {"GET", B "media/get" T "&media_id=x", NULL, 40007, NULL},
                {"GET", B "media/get" T, NULL, 40097, NULL},
                {"POST", B "img/upload" T, "{}", 47001, NULL},
                {"POST", "/shop/ec/basics/img/upload" T, "{}", 47001, NULL},
        };
        (void)state;
        test_rows(rows, countof(rows));
        const char *up = test_upload(B "img/upload" T, "a.png", "image/png", bytes_of_text("picture"));
        test_let("MEDIA", test_member(up, "pic_file.media_id"));
        assert_string_equal(test_call("GET", B "media/get" T "&media_id=$MEDIA", NULL), "picture");
        up = test_upload("/shop/ec/basics/img/upload" T "&upload_type=0&resp_type=1", "a.png", "image/png", bytes_of_text("picture"));
        assert_non_null(strstr(test_member(up, "pic_file.img_url"), "mmecimage.cn/p/"));
}

static const char *upload_for_chat(void)
{
        const struct http_part parts[] = {
                {.name = "open_id", .data = bytes_of_text(test_fill("$HER"))},
                {.name = "media", .filename = "a.png", .mime = "image/png", .data = bytes_of_text("png")},
        };
        struct http_response res = {0};
        struct ctx ctx;

        ctx_init(&ctx, &test_arena);
        struct http_request req = {
                .method = "POST",
                .url = arena_printf(&test_arena, "%s%s", server_url(test_sim.server), test_fill("/channels/ec/commkf/cosupload" T)),
                .headers = (const char *const[]){"Host", "api.weixin.qq.com", NULL},
                .parts = parts,
                .n_parts = countof(parts),
        };
        assert_int_equal(transport_call(test_transport, &ctx, &req, &res), 0);
        return arena_strndup(&test_arena, res.body.p, res.body.n);
}

static void in_the_shops_chat(void **state)
{
#define K "/channels/ec/commkf/"
#define SAY(to) "{\"open_id\":\"" to "\",\"msg_type\":\"text\",\"text\":{\"content\":\"您好\"}}"
        (void)state;
        RUN(NO(K "sendmsg", SAY("oNobody"), 10190006));
        deed("/sim/shop/say", "{\"customer\":\"$PERSON\",\"appid\":\"$APPID\",\"text\":\"在吗\"}");
        for (int i = 0; i < 5; i++)
                RUN(OK(K "sendmsg", SAY("$HER"), "msg_id"));
        RUN(NO(K "sendmsg", SAY("$HER"), 10190008), NO(K "sendmsg", "{\"open_id\":\"$HER\",\"msg_type\":\"poem\"}", 10190001));
        deed("/sim/shop/say", "{\"customer\":\"$PERSON\",\"appid\":\"$APPID\",\"text\":\"还在吗\"}");
        RUN(OK(K "sendmsg", "{\"request_id\":\"k1\",\"open_id\":\"$HER\",\"msg_type\":\"product_share\",\"product_share\":{\"product_id\":\"$PRODUCT\"}}", "msg_id"));
        const char *again = test_call("POST", K "sendmsg" T, "{\"request_id\":\"k1\",\"open_id\":\"$HER\",\"msg_type\":\"product_share\",\"product_share\":{\"product_id\":\"$PRODUCT\"}}");
        assert_string_equal(test_member(again, "errcode"), "0");
        const char *url = test_member(upload_for_chat(), "cos_url");
        test_let("COS", url);
        RUN(OK(K "sendmsg", "{\"open_id\":\"$HER\",\"msg_type\":\"image\",\"image\":{\"cos_url\":\"$COS\"}}", "msg_id"));
        pass_ms("172800001");
        RUN(NO(K "sendmsg", SAY("$HER"), 10190009), NO(K "cosupload", "{}", 10190001));
        deed("/sim/shop", "{\"appid\":\"$APPID\",\"kf_api_mode\":\"false\"}");
        RUN(NO(K "sendmsg", SAY("$HER"), 10190003));
        deed("/sim/shop", "{\"appid\":\"$APPID\",\"kf_api_mode\":\"true\",\"nickname\":\"云溪新店\",\"state\":\"closing\"}");
        static const struct call_row info[] = {{"GET", B "info/get" T, NULL, 0, "info.nickname=云溪新店 info.status=closing"}};
        test_rows(info, countof(info));
        deed("/sim/shop", "{\"appid\":\"$APPID\",\"state\":\"close_finished\"}");
        deed("/sim/shop", "{\"appid\":\"$APPID\",\"state\":\"open_finished\"}");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                unit(products_are_reviewed), unit(presale), unit(stock), unit(addresses), unit(coupons), unit(links_sales_gifts),
                unit(pictures_and_categories), unit(in_the_shops_chat),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
