/* After-sales, disputes and guarantees over a socket: the whole machine, each call right and wrong. */
#include "sim/shop/api_test.h"

#define CASE "{\"after_sale_order_id\":\"$CASE\"}"
#define ACCEPT(more) "{\"after_sale_order_id\":\"$CASE\"" more "}"

static void shipped_case(const char *type)
{
        new_order(",\"pay\":true");
        deed("/sim/order/$ORDER/ship", "{}");
        new_case(type);
}

static const char *status_now(void)
{
        const struct after_sale *c = map_get(&test_sim.world.cases, test_fill("$CASE"));
        return c->status;
}

static void cases_are_read(void **state)
{
        (void)state;
        shipped_case("RETURN");
        test_let("NOW", arena_printf(&test_arena, "%lld", (long long)sim_now_s(&test_sim)));
        RUN(OK(A "getaftersaleorder", CASE,
               "after_sale_order.status=MERCHANT_PROCESSING after_sale_order.type=RETURN after_sale_order.product_info.count=2 "
               "after_sale_order.refund_info.amount after_sale_order.deadline after_sale_order.openid=$HER"),
            NO(A "getaftersaleorder", "{}", 10020000), NO(A "getaftersaleorder", "{\"after_sale_order_id\":\"1\"}", 10021050),
            OK(A "getaftersalelist", "{\"begin_update_time\":$NOW,\"end_update_time\":$NOW}", "after_sale_order_id_list.0=$CASE has_more=false next_key"),
            NO(A "getaftersalelist", "{\"begin_update_time\":1,\"end_update_time\":86402}", 40097),
            NO(A "getaftersalelist", "{\"begin_update_time\":1}", 40097), NO(A "getaftersalelist", "{}", 40097),
            NO(A "getaftersalelist", "{\"begin_update_time\":\"1\",\"end_update_time\":2}", 47001),
            OK(A "reason/get", "{}", "reason_list.0.reason reason_list.0.reason_text"), NO(A "reason/get", NULL, 47001),
            OK(A "rejectreason/get", "{}", "reason_list.0.reject_reason_type reason_list.0.reject_scene"),
            NO(A "rejectreason/get", NULL, 47001),
            OK(A "applyvirtualtelnum", CASE, "virtual_tel_number virtual_tel_expire_time"),
            NO(A "applyvirtualtelnum", "{\"after_sale_order_id\":\"1\"}", 10021050),
            OK(A "getexchangeableskulist", CASE, "sku_id_list.0"),
            NO(A "getexchangeableskulist", "{\"after_sale_order_id\":\"1\"}", 10021050));
        test_let("SHOP2", test_sim.world.shops[1]->appid);
        test_let("SECRET2", test_sim.world.shops[1]->secret);
        test_let("TOKEN", test_member(test_call("GET", "/cgi-bin/token?grant_type=client_credential&appid=$SHOP2&secret=$SECRET2", NULL),
                                      "access_token"));
        RUN(NO(A "getaftersaleorder", CASE, 10021043), NO(O "get", "{\"order_id\":\"$ORDER\"}", 100002));
}

static void a_return_goes_its_way(void **state)
{
        (void)state;
        shipped_case("RETURN");
        RUN(NO(A "acceptapply", ACCEPT(""), 10021058), NO(A "acceptapply", ACCEPT(",\"address_id\":\"1\""), 10021059),
            NO(A "acceptapply", ACCEPT(",\"address_id\":\"$OFFICE\""), 10021059),
            NO(A "acceptapply", ACCEPT(",\"address_id\":\"$ADDRESS\",\"accept_type\":2"), 10021041),
            OK(A "acceptapply", ACCEPT(",\"address_id\":$ADDRESS,\"accept_type\":1"), NULL),
            NO(A "acceptapply", ACCEPT(""), 10020001));
        deed("/sim/aftersale/$CASE/return", "{\"waybill\":\"SF77\"}");
        RUN(OK(A "getaftersaleorder", CASE, "after_sale_order.return_info.waybill_id=SF77 after_sale_order.status=MERCHANT_WAIT_RECEIPT"),
            OK(A "acceptapply", ACCEPT(",\"accept_type\":2"), NULL));
        pass_ms("2000");
        assert_string_equal(status_now(), "MERCHANT_RETURN_SUCCESS");
}

static void a_refusal_may_become_a_dispute(void **state)
{
        (void)state;
        shipped_case("REFUND");
        deed("/sim/switch", "{\"name\":\"negotiate_first\",\"value\":true}");
        RUN(NO(A "rejectapply", ACCEPT(",\"reject_reason_type\":1"), 10021068), NO(A "rejectapply", ACCEPT(",\"reject_reason_type\":999"), 40097));
        deed("/sim/switch", "{\"name\":\"negotiate_first\",\"value\":false}");
        RUN(OK(A "rejectapply", ACCEPT(",\"reject_reason_type\":1"), NULL), NO(A "rejectapply", ACCEPT(",\"reject_reason_type\":1"), 10020001),
            OK(A "getaftersaleorder", CASE, "after_sale_order.status=MERCHANT_REJECT_REFUND after_sale_order.merchant_upload_info.reject_reason"));
        test_let("DISPUTE", test_member(test_call("POST", "/sim/aftersale/$CASE/complain", "{}"), "complaint_id"));
#define PROOF(text) "{\"complaint_id\":\"$DISPUTE\",\"content\":\"" text "\",\"media_id_list\":[\"$PICTURE\"]}"
        RUN(OK(A "getcomplaintorder", "{\"complaint_id\":\"$DISPUTE\"}",
               "order_id=$ORDER after_sale_order_id=$CASE status=100 history.0.item_type=10 history.1.complaint_type=700"),
            NO(A "getcomplaintorder", "{\"complaint_id\":\"1\"}", 40097),
            NO(A "rejectapply", ACCEPT(",\"reject_reason_type\":1"), 10021051),
            NO(A "merchantupdateaftersale", ACCEPT(",\"type\":1"), 10021051),
            OK(A "addcomplaintmaterial", PROOF("说明"), NULL), OK(A "addcomplaintproof", PROOF("证明"), NULL),
            NO(A "addcomplaintmaterial", "{\"complaint_id\":\"$DISPUTE\",\"content\":\"a\",\"media_id_list\":[\"x\"]}", 40097),
            NO(A "addcomplaintproof", "{\"complaint_id\":\"$DISPUTE\"}", 40097), OK(A "syncworkorder", "{\"complaint_id\":\"$DISPUTE\"}", NULL),
            NO(A "syncworkorder", "{}", 40097), OK(A "getcomplaintorder", "{\"complaint_id\":\"$DISPUTE\"}", "history.0.item_type=8 history.1.item_type=3"));
        char *longest = arena_alloc(&test_arena, 502);
        memset(longest, 'a', 501);
        test_let("LONG", longest);
        RUN(NO(A "addcomplaintmaterial", PROOF("$LONG"), 40097));
        ((struct complaint *)map_get(&test_sim.world.complaints, test_fill("$DISPUTE")))->media = 20;
        RUN(NO(A "addcomplaintproof", PROOF("a"), 40097));
        pass_ms("864000000"); /* while the platform looks at it no time runs */
        assert_string_equal(status_now(), "MERCHANT_REJECT_REFUND");
        deed("/sim/aftersale/$CASE/rule", "{\"liable\":31}");
        pass_ms("2000");
        RUN(OK(A "getaftersaleorder", CASE, "after_sale_order.status=MERCHANT_REFUND_SUCCESS after_sale_order.refund_info.refund_reason=5"),
            NO(A "addcomplaintproof", PROOF("a"), 40097));
        shipped_case("RETURN");
        RUN(OK(A "rejectapply", ACCEPT(",\"reject_reason_type\":11"), NULL));
        deed("/sim/aftersale/$CASE/complain", "{}");
        deed("/sim/aftersale/$CASE/rule", "{\"liable\":30}");
        assert_string_equal(status_now(), "MERCHANT_FAIL");
}

static void negotiating(void **state)
{
#define PLAN(reason, kind, type, more) ACCEPT(",\"update_reason_type\":" reason ",\"merchant_update_type\":" kind ",\"type\":" type ",\"merchant_update_desc\":\"商量\"" more)
#define IMAGE ",\"media_ids\":[\"$PICTURE\"]"
        (void)state;
        shipped_case("REFUND");
        RUN(NO(A "merchantupdateaftersale", PLAN("8", "3", "1", IMAGE), 9700224), NO(A "merchantupdateaftersale", PLAN("10", "1", "1", IMAGE), 9700224),
            NO(A "merchantupdateaftersale", PLAN("10", "3", "1", ",\"amount\":100"), 9700224),
            NO(A "merchantupdateaftersale", PLAN("10", "3", "1", ",\"amount\":100,\"media_ids\":[\"x\"]"), 9700224),
            NO(A "merchantupdateaftersale", PLAN("10", "3", "1", IMAGE ",\"amount\":99999999"), 9700224),
            NO(A "merchantupdateaftersale", PLAN("66", "2", "1", IMAGE), 9700224),
            OK(A "merchantupdateaftersale", PLAN("10", "3", "1", IMAGE ",\"amount\":100"), NULL),
            OK(A "getaftersaleorder", CASE,
               "after_sale_order.status=USER_WAIT_CONFIRM_UPDATE after_sale_order.merchant_update_detail.new_after_sale_amount=100"),
            NO(A "merchantupdateaftersale", PLAN("10", "3", "1", IMAGE ",\"amount\":100"), 10020001));
        deed("/sim/aftersale/$CASE/answer", "{\"yes\":false}");
        RUN(OK(A "merchantupdateaftersale", PLAN("10", "3", "1", IMAGE ",\"amount\":100"), NULL));
        deed("/sim/aftersale/$CASE/answer", "{\"yes\":true}");
        pass_ms("2000");
        RUN(OK(A "getaftersaleorder", CASE, "after_sale_order.status=MERCHANT_REFUND_SUCCESS after_sale_order.refund_info.amount=100"));
        shipped_case("RETURN");
        RUN(OK(A "merchantupdateaftersale", PLAN("56", "1", "2", ""), NULL));
        deed("/sim/aftersale/$CASE/answer", "{\"yes\":true}");
        assert_string_equal(status_now(), "USER_CANCELD");
        new_case("RETURN");
        RUN(OK(A "merchantupdateaftersale", PLAN("53", "2", "2", ""), NULL));
        pass_ms("172800000"); /* she does not answer */
        assert_string_equal(status_now(), "MERCHANT_PROCESSING");
        RUN(OK(A "merchantupdateaftersale", PLAN("64", "3", "1", ",\"amount\":200"), NULL));
        deed("/sim/aftersale/$CASE/answer", "{\"yes\":true}");
        assert_string_equal(status_now(), "PLATFORM_REFUNDING");
}

static void exchanges(void **state)
{
#define SHIP ACCEPT(",\"delivery_id\":\"SF\",\"waybill_id\":\"SF900\"")
        (void)state;
        shipped_case("EXCHANGE");
        RUN(NO(A "acceptexchangereship", SHIP, 10020001), NO(A "rejectexchangereship", ACCEPT(",\"reject_reason_type\":31"), 10020001),
            NO(A "handlefastexchangereceipt", ACCEPT(",\"act\":1"), 10020001), NO(A "merchantreship", SHIP, 10020001),
            NO(A "merchantupdatereshipexpress", SHIP, 10020001), OK(A "acceptapply", ACCEPT(",\"address_id\":\"$ADDRESS\""), NULL));
        deed("/sim/aftersale/$CASE/return", "{}");
        RUN(NO(A "acceptexchangereship", ACCEPT(",\"delivery_id\":\"X\",\"waybill_id\":\"1\""), 109002), OK(A "acceptexchangereship", SHIP, NULL),
            OK(A "merchantupdatereshipexpress", ACCEPT(",\"delivery_id\":\"ZTO\",\"waybill_id\":\"78000\""), NULL),
            OK(A "getaftersaleorder", CASE, "after_sale_order.status=USER_WAIT_RECEIPT after_sale_order.exchange_delivery_info.waybill_id=78000 after_sale_order.exchange_product_info.product_cnt=2"));
        deed("/sim/aftersale/$CASE/receive", "{}");
        assert_string_equal(status_now(), "MERCHANT_EXCHANGE_SUCCESS");
        shipped_case("EXCHANGE");
        RUN(OK(A "acceptapply", ACCEPT(",\"address_id\":\"$ADDRESS\""), NULL));
        deed("/sim/aftersale/$CASE/return", "{}");
        RUN(NO(A "rejectexchangereship", ACCEPT(",\"reject_reason_type\":1"), 40097),
            OK(A "rejectexchangereship", ACCEPT(",\"reject_reason_type\":31,\"reject_certificates\":[\"$PICTURE\"]"), NULL));
        assert_string_equal(status_now(), "MERCHANT_REJECT_RESHIP");
        shipped_case("EXCHANGE");
        RUN(OK(A "acceptapply", ACCEPT(",\"address_id\":\"$ADDRESS\""), NULL));
        deed("/sim/aftersale/$CASE/return", "{}");
        RUN(NO(A "handlefastexchangereceipt", ACCEPT(",\"act\":3"), 40097), NO(A "handlefastexchangereceipt", ACCEPT(",\"act\":2,\"reject_reason_type\":1"), 40097),
            OK(A "handlefastexchangereceipt", ACCEPT(",\"act\":1"), NULL));
        pass_ms("864000000");
        assert_string_equal(status_now(), "MERCHANT_EXCHANGE_SUCCESS");
        shipped_case("RESHIP");
        RUN(OK(A "merchantreship", SHIP, NULL), NO(A "merchantreship", SHIP, 10020001));
}

static void applications_for_the_buyer(void **state)
{
#define APPLY(id, more) "{\"request_id\":\"" id "\",\"order_id\":\"$ORDER\",\"product_id\":\"$PRODUCT\",\"sku_id\":\"$SKU\",\"reason\":\"双方协商一致退款\"" more "}"
        (void)state;
        new_order(",\"pay\":true");
        RUN(NO(A "genaftersaleorder", APPLY("r1", ",\"count\":1,\"type\":\"GIVE\""), 40097),
            NO(A "genaftersaleorder", APPLY("r1", ",\"count\":3,\"amount\":1,\"type\":\"REFUND\""), 10021062),
            NO(A "genaftersaleorder", APPLY("r1", ",\"count\":1,\"amount\":0,\"type\":\"REFUND\""), 10021060),
            NO(A "genaftersaleorder", APPLY("r1", ",\"count\":1,\"amount\":1,\"type\":\"RETURN\""), 10021058),
            NO(A "genaftersaleorder", APPLY("r1", ",\"count\":1,\"amount\":1,\"type\":\"RETURN\",\"address_id\":\"$OFFICE\""), 10021059),
            NO(A "genaftersaleorder", "{\"request_id\":\"r\",\"order_id\":\"$ORDER\",\"product_id\":\"1\",\"sku_id\":\"1\",\"reason\":\"a\",\"count\":1,\"type\":\"REFUND\"}", 10020028));
        test_let("CASE", test_member(test_call("POST", A "genaftersaleorder" T, APPLY("r1", ",\"count\":2,\"amount\":100,\"type\":\"REFUND\"")),
                                     "after_sale_order_id"));
        RUN(OK(A "genaftersaleorder", APPLY("r1", ",\"count\":2,\"amount\":100,\"type\":\"REFUND\""), "after_sale_order_id=$CASE aftersale_id=$CASE"),
            NO(A "genaftersaleorder", APPLY("r2", ",\"count\":2,\"amount\":100,\"type\":\"REFUND\""), 10021065),
            OK(A "getaftersaleorder", CASE, "after_sale_order.status=USER_WAIT_HANDLE_MERCHANT_AFTER_SALE"));
        deed("/sim/aftersale/$CASE/answer", "{\"yes\":false}");
        assert_string_equal(status_now(), "USER_CANCELD");
        RUN(NO(A "refundpricediff", APPLY("r3", ""), 10021060));
        test_let("CASE", test_member(test_call("POST", A "refundpricediff" T, APPLY("r3", ",\"amount\":500")), "aftersale_id"));
        deed("/sim/aftersale/$CASE/answer", "{\"yes\":true}");
        pass_ms("2000");
        RUN(OK(A "getaftersaleorder", CASE, "after_sale_order.status=MERCHANT_REFUND_SUCCESS after_sale_order.sub_type=REFUND_PRICE_DIFF"),
            OK(O "get", "{\"order_id\":\"$ORDER\"}", "order.status=20"));
}

static void money_that_does_not_leave(void **state)
{
        (void)state;
        shipped_case("REFUND");
        deed("/sim/switch", "{\"name\":\"balance_short\",\"value\":true}");
        RUN(NO(A "acceptapply", ACCEPT(""), 10021046), NO(A "uploadrefundcertificate", ACCEPT(",\"refund_certificates\":[\"$PICTURE\"]"), 10020001));
        pass_ms("172802000");
        assert_string_equal(status_now(), "MERCHANT_OVERDUE_REFUND");
        deed("/sim/switch", "{\"name\":\"balance_short\",\"value\":false}");
        RUN(OK(A "getaftersaleorder", CASE, "after_sale_order.need_offline_refund=true after_sale_order.refund_resp.code=NOT_ENOUGH after_sale_order.refund_info.refund_reason=9"),
            NO(A "uploadrefundcertificate", ACCEPT(",\"refund_certificates\":[\"x\"]"), 40097),
            OK(A "uploadrefundcertificate", ACCEPT(",\"refund_certificates\":[\"$PICTURE\"],\"desc\":\"已转账\""), NULL));
        assert_string_equal(status_now(), "MERCHANT_REFUND_SUCCESS");
        shipped_case("REFUND");
        deed("/sim/switch", "{\"name\":\"refund_fails\",\"value\":true}");
        RUN(OK(A "acceptapply", ACCEPT(""), NULL));
        pass_ms("2000");
        assert_string_equal(status_now(), "PLATFORM_REFUND_FAIL");
        deed("/sim/switch", "{\"name\":\"refund_fails\",\"value\":false}");
        deed("/sim/aftersale/$CASE/payout_failed", "{}");
        assert_string_equal(status_now(), "MERCHANT_REFUND_RETRY_FAIL");
        /* Two refunds of one order within a minute. */
        new_order(",\"pay\":true");
        new_case("REFUND");
        RUN(OK(A "acceptapply", ACCEPT(""), NULL));
        const char *second = test_call("POST", "/sim/aftersale", "{\"order_id\":\"$ORDER\",\"line\":1,\"type\":\"REFUND\"}");
        test_let("CASE", test_member(second, "after_sale_order_id"));
        RUN(NO(A "acceptapply", ACCEPT(""), 10021044));
}

static void what_the_platform_does_by_itself(void **state)
{
        (void)state;
        deed("/sim/switch", "{\"name\":\"unshipped_agrees_s\",\"value\":60}");
        new_order(",\"pay\":true");
        new_case("REFUND");
        pass_ms("62000");
        RUN(OK(A "getaftersaleorder", CASE, "after_sale_order.status=MERCHANT_REFUND_SUCCESS after_sale_order.refund_info.refund_reason=4"));
        deed("/sim/switch", "{\"name\":\"unshipped_agrees_s\",\"value\":-1}");
        deed("/sim/switch", "{\"name\":\"intercepts\",\"value\":true}");
        new_order(",\"pay\":true");
        deed("/sim/order/$ORDER/ship", "{}");
        test_let("CASE", test_member(test_call("POST", "/sim/aftersale", "{\"order_id\":\"$ORDER\",\"type\":\"REFUND\",\"received\":false}"),
                                     "after_sale_order_id"));
        assert_string_equal(status_now(), "WAIT_PACKAGE_INTERCEPT");
        deed("/sim/aftersale/$CASE/intercepted", "{\"yes\":false}");
        assert_string_equal(status_now(), "MERCHANT_PROCESSING");
        deed("/sim/switch", "{\"name\":\"intercepts\",\"value\":false}");
        /* Late: the product's own address, then the default. */
        shipped_case("RETURN");
        pass_ms("172800000");
        struct after_sale *c = map_get(&test_sim.world.cases, test_fill("$CASE"));
        assert_string_equal(c->address->id, test_fill("$ADDRESS"));
        const char *other = test_call("POST", "/sim/aftersale", "{\"order_id\":\"$ORDER\",\"line\":1,\"type\":\"RETURN\"}");
        test_let("CASE", test_member(other, "after_sale_order_id"));
        pass_ms("172800000");
        c = map_get(&test_sim.world.cases, test_fill("$CASE"));
        assert_string_equal(c->address->id, test_sim.world.shops[0]->addresses.v[1]->id);
}

static void guarantees(void **state)
{
#define G "{\"guarantee_order_id\":\"$GUARANTEE\"}"
        (void)state;
        new_order(",\"pay\":true");
        deed("/sim/order/$ORDER/ship", "{}");
        for (int i = 0; i < 3; i++) {
                test_let("GUARANTEE", test_member(test_call("POST", "/sim/order/$ORDER/guarantee", "{}"), "guarantee_order_id"));
                if (i == 0)
                        RUN(OK(A "searchguaranteeorder", "{\"begin_time\":1800000000,\"end_time\":1900000000,\"order_id_list\":[\"$ORDER\"]}",
                               "guarantee_order_list.0.guarantee_order_id=$GUARANTEE total_num=1"),
                            NO(A "searchguaranteeorder", "{\"begin_time\":2,\"end_time\":1}", 40097),
                            OK(A "getguaranteeorder", G, "guarantee_order.status=STATUS_WAIT_MERCHANT guarantee_order.order_id=$ORDER"),
                            NO(A "getguaranteeorder", "{\"guarantee_order_id\":1}", 40097),
                            OK(A "merchantproofguarantee", "{\"guarantee_order_id\":$GUARANTEE,\"content\":\"并无损坏\",\"pic_list\":[\"id1\"]}", NULL),
                            NO(A "merchantproofguarantee", "{\"guarantee_order_id\":1,\"content\":\"a\"}", 40097),
                            OK(A "merchantacceptguarantee", G, NULL), NO(A "merchantacceptguarantee", G, 10020001));
                else if (i == 1)
                        RUN(OK(A "merchantrefuseguarantee", "{\"guarantee_order_id\":\"$GUARANTEE\",\"reason\":\"不同意\",\"pic_list\":[]}", NULL),
                            NO(A "merchantrefuseguarantee", "{\"guarantee_order_id\":\"$GUARANTEE\"}", 40097));
                else
                        RUN(NO(A "merchantmodifyguarantee", "{\"guarantee_order_id\":\"$GUARANTEE\",\"bad_level\":101}", 40097),
                            OK(A "merchantmodifyguarantee", "{\"guarantee_order_id\":\"$GUARANTEE\",\"bad_level\":50,\"merchant_remark\":\"一半\"}", NULL),
                            OK(A "getguaranteeorder", G, "guarantee_order.status=STATUS_WAIT_USER guarantee_order.bad_level=50"));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                unit(cases_are_read), unit(a_return_goes_its_way),      unit(a_refusal_may_become_a_dispute), unit(negotiating),
                unit(exchanges),      unit(applications_for_the_buyer), unit(money_that_does_not_leave),
                unit(what_the_platform_does_by_itself), unit(guarantees),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
