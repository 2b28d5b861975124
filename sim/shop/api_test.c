/* Orders and contacts over a socket: each call with arguments that are right and wrong, each code by its condition. */
#include "sim/shop/api_test.h"

/* ---- what the gate refuses ---- */

static void the_gate(void **state)
{
        static const struct call_row rows[] = {
                {"GET", O "get" T, NULL, 43002, NULL},
                {"POST", B "info/get" T, "{}", 43001, NULL},
                {"POST", O "get", "{\"order_id\":\"1\"}", 41001, NULL},
                {"POST", O "get?access_token=x", "{\"order_id\":\"1\"}", 40014, NULL},
                {"POST", O "get" T, NULL, 47001, NULL},
                {"POST", O "get" T, "[", 47001, NULL},
                {"POST", O "get" T, "{\"order_id\":true}", 47001, NULL},
                {"POST", O "get" T, "{\"order_id\":{\"a\":1}}", 47001, NULL},
                {"POST", O "get" T, "{}", 40097, NULL},
                {"POST", O "list/get" T, "{\"page_size\":\"10\"}", 47001, NULL},
                {"POST", O "nosuch" T, "{}", 48001, NULL},
        };
        (void)state;
        test_rows(rows, countof(rows));
        deed("/sim/switch", "{\"name\":\"shop_closing\",\"value\":1}");
        RUN(NO(O "get", "{\"order_id\":\"1\"}", 10080000));
        deed("/sim/switch", "{\"name\":\"shop_closing\",\"value\":2}");
        RUN(NO(O "get", "{\"order_id\":\"1\"}", 10080001));
        deed("/sim/switch", "{\"name\":\"shop_closing\",\"value\":0}");
        /* The log says which rule it was. */
        const char *log = test_call("GET", "/sim/log?limit=1000", NULL);
        assert_non_null(strstr(log, "order_id 应为文本或数字"));
        assert_non_null(strstr(log, "shop_closing"));
        char *big = arena_alloc(&test_arena, 1200000);
        memset(big, ' ', 1200000 - 1);
        assert_string_equal(test_member(test_call("POST", O "get" T, big), "errcode"), "45002");
}

static void tokens(void **state)
{
#define STABLE(more) "{\"grant_type\":\"client_credential\",\"appid\":\"$APPID\",\"secret\":\"$SECRET\"" more "}"
        (void)state;
        test_let("OLD", test_value("TOKEN", 5));
        token();
        static const struct call_row both[] = {
                {"GET", B "info/get?access_token=$OLD", NULL, 0, "info.nickname info.status=open_finished"},
                {"GET", B "info/get" T, NULL, 0, "info.username"},
        };
        test_rows(both, countof(both)); /* the old one lives five minutes more */
        test_let("MS", "300000");
        test_call("POST", "/sim/clock", "{\"push_ms\":$MS}");
        static const struct call_row ended[] = {{"GET", B "info/get?access_token=$OLD", NULL, 42001, NULL}};
        test_rows(ended, countof(ended));
        test_let("STABLE", test_member(test_call("POST", "/cgi-bin/stable_token", STABLE("")), "access_token"));
        const char *again = test_member(test_call("POST", "/cgi-bin/stable_token", STABLE("")), "access_token");
        assert_string_equal(again, test_value("STABLE", 6));
        const char *forced = test_member(test_call("POST", "/cgi-bin/stable_token", STABLE(",\"force_refresh\":true")), "access_token");
        assert_string_not_equal(forced, again);
        static const struct call_row gone[] = {
                {"GET", B "info/get?access_token=$STABLE", NULL, 40001, NULL},
                {"POST", "/cgi-bin/stable_token", STABLE(",\"force_refresh\":true"), 45011, NULL},
        };
        test_rows(gone, countof(gone));
}

/* ---- orders ---- */

static void orders_are_read(void **state)
{
        (void)state;
        new_order(",\"pay\":true,\"notes\":\"包好一点\"");
        RUN(OK(O "get", "{\"order_id\":\"$ORDER\"}",
               "order.status=20 order.order_id=$ORDER order.order_detail.product_infos.1.sku_cnt=1 "
               "order.order_detail.price_info.freight=800 order.order_detail.delivery_info.address_info.user_name=王** "
               "order.order_detail.ext_info.customer_notes=包好一点 order.openid=$HER"),
            NO(O "get", "{\"order_id\":\"3700000000000000000\"}", 100002),
            OK(O "list/get", "{\"create_time_range\":{\"start_time\":1800000000,\"end_time\":1800600000},\"page_size\":1}",
               "order_id_list.0 next_key has_more"),
            OK(O "list/get",
               "{\"update_time_range\":{\"start_time\":1800000000,\"end_time\":1800600000},\"page_size\":100,\"openid\":\"$HER\"}",
               "order_id_list.0 has_more=false"),
            NO(O "list/get", "{\"create_time_range\":{\"start_time\":1800000000,\"end_time\":1800604801},\"page_size\":1}", 40097),
            NO(O "list/get", "{\"page_size\":1}", 40097),
            NO(O "list/get", "{\"create_time_range\":{\"start_time\":1,\"end_time\":2},\"page_size\":101}", 40097),
            NO(O "list/get", "{\"create_time_range\":{\"start_time\":1,\"end_time\":2},\"page_size\":1,\"next_key\":\"x\"}", 40097),
            OK(O "search", "{\"search_condition\":{\"user_name\":\"王小满\",\"customer_notes\":\"包好\"},\"page_size\":10}",
               "order_id_list.0=$ORDER has_more=false"),
            OK(O "search", "{\"search_condition\":{\"order_id\":\"$ORDER\"},\"on_aftersale_order_exist\":0,\"page_size\":10}",
               "order_id_list.0=$ORDER"),
            NO(O "search", "{\"page_size\":10}", 40097));
        /* The sample calls the list otherwise than the table of the same page. */
        deed("/sim/switch", "{\"name\":\"search_orders\",\"value\":true}");
        RUN(OK(O "search", "{\"search_condition\":{\"order_id\":\"$ORDER\"},\"page_size\":10}", "orders.0=$ORDER"));
        deed("/sim/switch", "{\"name\":\"search_orders\",\"value\":false}");
}

static void prices_and_notes(void **state)
{
        (void)state;
        new_order("");
#define PRICE(p) "{\"order_id\":\"$ORDER\",\"change_order_infos\":[{\"product_id\":\"$PRODUCT\",\"sku_id\":\"$SKU\",\"change_price\":" p "}]}"
        RUN(OK(O "price/update", PRICE("50000"), NULL),
            OK(O "get", "{\"order_id\":\"$ORDER\"}",
               "order.order_detail.product_infos.0.real_price=50000 order.order_detail.product_infos.0.is_change_price=true"),
            NO(O "price/update", PRICE("50001"), 108021), NO(O "price/update", PRICE("\"1\""), 47001),
            NO(O "price/update",
               "{\"order_id\":\"$ORDER\",\"change_order_infos\":[{\"product_id\":\"1\",\"sku_id\":\"1\",\"change_price\":1}]}", 108023),
            NO(O "price/update", "{\"order_id\":\"$ORDER\",\"change_express\":true,\"express_fee\":801}", 6060481),
            OK(O "price/update", "{\"order_id\":\"$ORDER\",\"change_express\":true,\"express_fee\":0}", NULL),
            OK(O "merchantnotes/update", "{\"order_id\":\"$ORDER\",\"merchant_notes\":\"赠品\"}", NULL),
            NO(O "merchantnotes/update", "{\"order_id\":\"$ORDER\"}", 40097));
        order_now()->price_changes = 50;
        RUN(NO(O "price/update", PRICE("100"), 108022));
        deed("/sim/order/$ORDER/pay", "{}");
        RUN(NO(O "price/update", PRICE("100"), 101100));
        deed("/sim/switch", "{\"name\":\"order_pause_ms\",\"value\":1000}");
        RUN(NO(O "merchantnotes/update", "{\"order_id\":\"$ORDER\",\"merchant_notes\":\"a\"}", 100003));
        deed("/sim/switch", "{\"name\":\"order_pause_ms\",\"value\":0}");
}

static void addresses_and_skus_are_asked_for(void **state)
{
#define TO "\"user_address\":{\"user_name\":\"林一\",\"tel_number\":\"10012345678\",\"province_name\":\"浙江省\",\"city_name\":\"杭州市\",\"detail_info\":\"文三路 1 号\"}"
        (void)state;
        new_order(",\"pay\":true");
        RUN(NO(O "addressmodify/accept", "{\"order_id\":\"$ORDER\"}", 101100),
            NO(O "addressmodify/reject", "{\"order_id\":\"$ORDER\"}", 101100),
            NO(O "preshipmentchangesku/approve", "{\"order_id\":\"$ORDER\"}", 10020277),
            NO(O "preshipmentchangesku/reject", "{\"order_id\":\"$ORDER\"}", 10020277),
            NO(O "preshipmentchangesku/get", "{\"page\":0}", 40097));
        deed("/sim/order/$ORDER/ask_address", "{\"detail\":\"新地址 2 号\"}");
        RUN(OK(O "get", "{\"order_id\":\"$ORDER\"}", "order.order_detail.delivery_info.address_under_review.hash_code"),
            OK(O "search", "{\"search_condition\":{\"address_under_review\":true},\"page_size\":10}", "order_id_list.0=$ORDER"));
        RUN(OK(O "addressmodify/accept", "{\"order_id\":\"$ORDER\"}", NULL));
        assert_string_equal(order_now()->to->detail, "新地址 2 号");
        deed("/sim/order/$ORDER/ask_address", "{\"detail\":\"再改\"}");
        RUN(OK(O "addressmodify/reject", "{\"order_id\":\"$ORDER\"}", NULL));
        deed("/sim/order/$ORDER/ask_sku", "{\"line\":0,\"sku\":\"$SKU2\"}");
        RUN(OK(O "preshipmentchangesku/get", "{\"page\":1,\"page_size\":10}", "order_ids.0=$ORDER"),
            OK(O "preshipmentchangesku/approve", "{\"order_id\":\"$ORDER\"}", NULL),
            OK(O "get", "{\"order_id\":\"$ORDER\"}", "order.order_detail.product_infos.0.sku_id=$SKU2"));
        deed("/sim/order/$ORDER/ask_sku", "{\"line\":0,\"sku\":\"$SKU\"}");
        RUN(OK(O "preshipmentchangesku/reject", "{\"order_id\":\"$ORDER\"}", NULL));
        RUN(OK(O "address/update", "{\"order_id\":\"$ORDER\"," TO "}", NULL),
            NO(O "address/update", "{\"order_id\":\"$ORDER\"," TO "}", 6060451),
            NO(O "address/update", "{\"order_id\":\"$ORDER\",\"user_address\":{\"user_name\":\"\"}}", 606002));
        deed("/sim/order/$ORDER/answer", "{\"yes\":true}");
        RUN(OK(O "sensitiveinfo/decode", "{\"order_id\":\"$ORDER\"}", "address_info.user_name=林一 virtual_number_info.extension"));
        order_now()->offers = 5;
        RUN(NO(O "address/update", "{\"order_id\":\"$ORDER\"," TO "}", 606001));
        deed("/sim/order/$ORDER/ship", "{}");
        RUN(NO(O "address/update", "{\"order_id\":\"$ORDER\"," TO "}", 606000));
}

static void shipping(void **state)
{
#define ITEM(sku, n) "{\"product_id\":\"$PRODUCT\",\"sku_id\":\"" sku "\",\"product_cnt\":" n "}"
#define PARCEL(company, waybill, item) "{\"order_id\":\"$ORDER\",\"delivery_list\":[{\"deliver_type\":1,\"delivery_id\":\"" company "\",\"waybill_id\":\"" waybill "\",\"product_infos\":[" item "]}]}"
        struct shop *shop = test_sim.world.shops[0];
        (void)state;
        new_order("");
        RUN(NO(O "delivery/send", PARCEL("SF", "SF1001", ITEM("$SKU", "1")), 101100));
        deed("/sim/order/$ORDER/pay", "{}");
        RUN(OK(O "deliverycompanylist/new/get", "{\"ewaybill_only\":false}", "company_list.0.delivery_id=SF company_list.0.delivery_name"),
            OK(O "deliverycompanylist/get", "{}", "company_list.9.delivery_id=OTHER"),
            NO(O "deliverycompanylist/new/get", "{\"ewaybill_only\":1}", 47001),
            NO(O "deliverycompanylist/get", NULL, 47001),
            NO(O "delivery/send", PARCEL("SF", "SF1001", ""), 109000),
            NO(O "delivery/send", "{\"order_id\":\"$ORDER\"}", 109000),
            NO(O "delivery/send", PARCEL("SF", "SF1001", ITEM("1", "1")), 109001),
            NO(O "delivery/send", PARCEL("NOBODY", "SF1001", ITEM("$SKU", "1")), 109002),
            NO(O "delivery/send", PARCEL("SF", "YT1001", ITEM("$SKU", "1")), 6060479),
            NO(O "delivery/send", PARCEL("SF", "SF1001", ITEM("$SKU", "3")), 109205),
            NO(O "delivery/send", "{\"order_id\":\"$ORDER\",\"delivery_list\":[{\"deliver_type\":3,\"product_infos\":[" ITEM("$SKU", "1") "]}]}", 606031),
            NO(O "delivery/compensation", "{\"order_id\":\"$ORDER\",\"reason\":1}", 101100),
            NO(O "deliveryinfo/update", PARCEL("SF", "SF1001", ITEM("$SKU", "1")), 101100));
        deed("/sim/order/$ORDER/ask_address", "{}");
        RUN(NO(O "delivery/send", PARCEL("SF", "SF1001", ITEM("$SKU", "1")), 10020115));
        RUN(OK(O "addressmodify/reject", "{\"order_id\":\"$ORDER\"}", NULL));
        deed("/sim/order/$ORDER/ask_sku", "{\"line\":0,\"sku\":\"$SKU2\"}");
        RUN(NO(O "delivery/send", PARCEL("SF", "SF1001", ITEM("$SKU", "1")), 10020276));
        RUN(OK(O "preshipmentchangesku/reject", "{\"order_id\":\"$ORDER\"}", NULL));
        shop->addresses.v[0]->default_recv = false;
        RUN(NO(O "delivery/send", PARCEL("SF", "SF1001", ITEM("$SKU", "1")), 606003));
        shop->addresses.v[0]->default_recv = true;
        new_case("REFUND");
        RUN(NO(O "delivery/send", PARCEL("SF", "SF1001", ITEM("$SKU", "1")), 108009));
        deed("/sim/aftersale/$CASE/cancel", "{}");
        RUN(OK(O "delivery/send", PARCEL("SF", "SF1001", ITEM("$SKU", "1")), NULL),
            OK(O "get", "{\"order_id\":\"$ORDER\"}", "order.status=21 order.order_detail.delivery_info.delivery_product_info.0.waybill_id=SF1001"),
            NO(O "deliveryinfo/update", PARCEL("SF", "SF1002", ITEM("$SKU", "2")), 109205),
            OK(O "deliveryinfo/update", PARCEL("SF", "SF1002", ITEM("$SKU", "1")), NULL),
            OK(O "deliveryinfo/update",
               "{\"order_id\":\"$ORDER\",\"change_infos\":[{\"old\":{\"delivery_id\":\"SF\",\"waybill_id\":\"SF1002\"},\"new\":{\"delivery_id\":\"ZTO\",\"waybill_id\":\"7700100\",\"product_infos\":[" ITEM("$SKU", "1") "]}}]}", NULL),
            NO(O "deliveryinfo/update",
               "{\"order_id\":\"$ORDER\",\"change_infos\":[{\"old\":{\"delivery_id\":\"SF\",\"waybill_id\":\"SF1002\"},\"new\":{}}]}", 109001),
            OK(O "delivery/send", PARCEL("YTO", "YT2001", ITEM("$SKU", "1") ",{\"product_id\":\"$PRODUCT2\",\"sku_id\":\"$OTHERSKU\",\"product_cnt\":1}"), NULL),
            OK(O "get", "{\"order_id\":\"$ORDER\"}", "order.status=30"),
            OK(O "delivery/compensation",
               "{\"order_id\":\"$ORDER\",\"reason\":1,\"delivery_list\":[{\"deliver_type\":1,\"delivery_id\":\"SF\",\"waybill_id\":\"SF3001\",\"product_infos\":[" ITEM("$SKU", "1") "]}]}", NULL));
        deed("/sim/order/$ORDER/confirm", "{}");
        pass_ms("604800000");
        assert_true(order_now()->settled > 0);
}

static void contacts(void **state)
{
        (void)state;
        new_order(",\"pay\":true");
        RUN(NO(O "sensitiveinfo/decode", "{\"order_id\":\"1\"}", 10020123),
            OK(O "sensitiveinfo/decode", "{\"order_id\":\"$ORDER\"}", "address_info.user_name=王小满 virtual_number_info.virtual_number"));
        deed("/sim/switch", "{\"name\":\"decode_quota\",\"value\":1}");
        RUN(OK(O "sensitiveinfo/decode", "{\"order_id\":\"$ORDER\"}", "address_info.tel_number")); /* again: free */
        new_order(",\"pay\":true");
        RUN(NO(O "sensitiveinfo/decode", "{\"order_id\":\"$ORDER\"}", 10020124));
        deed("/sim/switch", "{\"name\":\"decode_quota\",\"value\":10000}");
        RUN(OK(O "virtualtelnumber/get", "{\"order_id\":\"$ORDER\"}", "virtual_tel_number virtual_tel_expire_time get_virtual_tel_cnt=0"),
            NO(O "virtualtelnumber/get", "{\"order_id\":\"1\"}", 100002),
            NO(O "virtualnumber/delay", "{\"order_id\":\"$ORDER\",\"has_delay_times\":0}", 10020501),
            OK(O "realnumber/apply", "{\"order_id\":\"$ORDER\",\"apply_type\":1,\"apply_reason\":\"联系不上\",\"pic_media_ids\":[]}", "task_id"),
            NO(O "realnumber/apply", "{\"order_id\":\"$ORDER\"}", 10020198),
            OK(O "realnumberviewaudit/get", "{\"order_id\":\"$ORDER\"}", "audit_state=1 apply_reason=联系不上 task_id apply_time"),
            NO(O "realnumberviewaudit/get", "{\"task_id\":999999}", 10020248));
        pass_ms("3600000");
        RUN(OK(O "realnumberviewaudit/get", "{\"order_id\":\"$ORDER\"}", "audit_state=3"));
        pass_ms("2074000000"); /* 24 days */
        RUN(NO(O "virtualnumber/delay", "{\"order_id\":\"$ORDER\",\"has_delay_times\":2}", 10020506),
            OK(O "virtualnumber/delay", "{\"order_id\":\"$ORDER\",\"has_delay_times\":0}", "expiration available_extend_num=2"));
        for (int i = 2; i >= 0; i--)
                test_call("POST", O "virtualnumber/applyagain" T, "{\"order_id\":\"$ORDER\"}");
        RUN(NO(O "virtualnumber/applyagain", "{\"order_id\":\"$ORDER\"}", 10020502));
        new_order("");
        RUN(OK(O "virtualnumber/applyagain", "{\"order_id\":\"$ORDER\"}", "virtual_number extension apply_quota=2"));
        order_now()->number_delayed = 3;
        order_now()->number_until = sim_now_s(&test_sim) + 100;
        RUN(NO(O "virtualnumber/delay", "{\"order_id\":\"$ORDER\",\"has_delay_times\":3}", 10020503));
        RUN(NO(M "privatenumber/sendverifycode", "{\"phone_number\":\"1\"}", 40097),
            OK(M "privatenumber/sendverifycode", "{\"phone_number\":\"13800001111\"}", NULL),
            NO(M "privatenumber/addphone", "{\"phone_number\":\"13800001111\",\"verify_code\":\"x\"}", 40097));
        test_let("CODE", test_sim.world.shops[0]->verify_code);
        RUN(OK(M "privatenumber/addphone", "{\"phone_number\":\"13800001111\",\"verify_code\":\"$CODE\"}", NULL),
            OK(M "privatenumber/getphone", "{}", "phone_number_list.0=13800001111"), NO(M "privatenumber/getphone", NULL, 47001));
}

static void gifts_and_groups(void **state)
{
        (void)state;
        new_order(",\"present\":true,\"pay\":true");
        RUN(OK(O "get", "{\"order_id\":\"$ORDER\"}", "order.status=12 order.is_present=true order.present_order_id_str=$PRESENT"),
            OK(O "presentnote/add", "{\"present_order_id\":\"$PRESENT\",\"notes\":\"生日快乐\"}", NULL),
            NO(O "presentnote/add", "{\"present_order_id\":\"1\",\"notes\":\"a\"}", 100002),
            OK(O "presentsuborder/get", "{\"present_order_id\":\"$PRESENT\"}", "order_ids.0=$ORDER"),
            NO(O "presentsuborder/get", "{\"present_order_id\":\"1\"}", 100002));
        deed("/sim/order/$ORDER/gather", "{}");
        new_case("REFUND");
        RUN(OK(A "getpresentaftersaleorder", "{\"after_sale_order_id\":\"$CASE\"}",
               "after_sale_order.present_order_id=$PRESENT after_sale_order.order_info_list.0.product_info_list.0.refund_info.amount"));
        test_let("NOW", arena_printf(&test_arena, "%lld", (long long)sim_now_s(&test_sim)));
        RUN(OK(A "getpresentaftersalelist", "{\"begin_create_time\":$NOW,\"end_create_time\":$NOW}", "after_sale_order_id_list.0=$CASE"),
            NO(A "getpresentaftersalelist", "{}", 40097));
        new_order(",\"group\":true,\"pay\":true");
        RUN(OK(O "get", "{\"order_id\":\"$ORDER\"}", "order.status=13"));
        deed("/sim/order/$ORDER/gather", "{}");
        deed("/sim/order/$ORDER/urge", "{}");
        deed("/sim/order/$ORDER/oversold", "{}");
        RUN(OK(O "get", "{\"order_id\":\"$ORDER\"}", "order.status=190"));
        new_order(",\"pay\":true,\"wecom_user\":\"$STAFF\"");
        RUN(OK(O "get", "{\"order_id\":\"$ORDER\"}", "order.order_detail.source_infos.0.content_id=$STAFF order.order_detail.source_infos.0.account_type=4"));
        new_case("REFUND");
        RUN(NO(A "getpresentaftersaleorder", "{\"after_sale_order_id\":\"$CASE\"}", 10021050));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                unit(the_gate),        unit(tokens),   unit(orders_are_read), unit(prices_and_notes), unit(addresses_and_skus_are_asked_for),
                unit(shipping),        unit(contacts), unit(gifts_and_groups),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
