/* The products: what leaves and what is read, against the script and against published samples. */
#include "platform/fake_test.h"
#include "platform/callback.h"
#include "platform/kf.h"
#include "platform/shop.h"
#include "platform/shopkf.h"

static struct wx_fault fault;
static struct ctx ctx;

static const char *sample(const char *name)
{
        return shared_text(&fake_arena, arena_printf(&fake_arena, "api_samples/skit-wechat/%s", name));
}

static void pulls_every_kind(void **state)
{
        BEGIN(TOKEN_WECOM("T"),
              SAYS("sync_msg",
                   "{\"errcode\":0,\"errmsg\":\"ok\",\"next_cursor\":\"c2\",\"has_more\":1,\"msg_list\":["
                   "{\"msgid\":\"a\",\"open_kfid\":\"wk1\",\"external_userid\":\"wm1\",\"send_time\":1700000000,\"origin\":3,"
                   "\"msgtype\":\"text\",\"text\":{\"content\":\"你好\",\"menu_id\":\"1\"}},"
                   "{\"msgid\":1234567890123456789,\"send_time\":\"1700000001\",\"origin\":4,\"msgtype\":\"event\",\"event\":{"
                   "\"event_type\":\"enter_session\",\"open_kfid\":\"wk1\",\"external_userid\":\"wm2\",\"scene\":\"a\","
                   "\"welcome_code\":\"W\",\"wechat_channels\":{\"shop_nickname\":\"店\",\"scene\":\"5\"}}},"
                   "{\"msgid\":\"c\",\"msgtype\":\"event\",\"event\":{\"event_type\":\"msg_send_fail\",\"fail_msgid\":\"m9\","
                   "\"fail_type\":6}},"
                   "{\"msgid\":\"d\",\"msgtype\":\"hologram\",\"hologram\":{\"x\":[1,2]}},"
                   "{\"msgid\":\"e\",\"msgtype\":\"image\"}]}"),
              SAYS("sync_msg", "{\"errcode\":0,\"errmsg\":\"ok\",\"next_cursor\":\"\",\"has_more\":0}"));
        struct kf_page page;

        (void)state;
        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(kf_sync_msg(&ctx, 1, "wk1", "", "TOK", 200, &page, &fault), 0);
        assert_string_equal(fake.seen[1].body, "{\"token\":\"TOK\",\"open_kfid\":\"wk1\",\"limit\":200}");
        assert_string_equal(page.next_cursor, "c2");
        assert_true(page.has_more);
        assert_int_equal(page.n, 5);
        assert_string_equal(page.msgs[0].body, "{\"content\":\"你好\",\"menu_id\":\"1\"}");
        assert_null(page.msgs[0].event);
        assert_string_equal(page.msgs[1].msgid, "1234567890123456789");
        assert_int_equal(page.msgs[1].send_time, 1700000001);
        assert_string_equal(page.msgs[1].external_userid, "wm2");
        assert_string_equal(page.msgs[1].event->welcome_code, "W");
        assert_string_equal(page.msgs[1].event->channels_shop_nickname, "店");
        assert_int_equal(page.msgs[1].event->channels_scene, 5);
        assert_string_equal(page.msgs[2].event->fail_msgid, "m9");
        assert_int_equal(page.msgs[2].event->fail_type, 6);
        assert_string_equal(page.msgs[3].body, "{\"x\":[1,2]}");
        assert_string_equal(page.msgs[4].body, "{}");
        assert_int_equal(kf_sync_msg(&ctx, 1, "wk1", "c2", NULL, 0, &page, &fault), 0);
        assert_string_equal(fake.seen[2].body, "{\"cursor\":\"c2\",\"open_kfid\":\"wk1\",\"limit\":1000}");
        assert_null(page.next_cursor);
        assert_false(page.has_more);
        assert_int_equal(page.n, 0);
}

static void leaves_a_dead_token_away(void **state)
{
        BEGIN(TOKEN_WECOM("T"), SAYS("sync_msg", "{\"errcode\":95007,\"errmsg\":\"invalid msg token\"}"),
              SAYS("sync_msg", "{\"errcode\":0,\"errmsg\":\"ok\",\"next_cursor\":\"c\",\"has_more\":0,\"msg_list\":[]}"));
        struct kf_page page;

        (void)state;
        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(kf_sync_msg(&ctx, 1, "wk1", "c1", "OLD", 0, &page, &fault), 0);
        assert_null(strstr(fake.seen[2].body, "token"));
        assert_string_equal(page.next_cursor, "c");
}

static void sends_by_its_names(void **state)
{
        BEGIN(TOKEN_WECOM("T"), SAYS("send_msg_on_event", "{\"errcode\":95007,\"errmsg\":\"x\"}"),
              SAYS("/kf/send_msg?", "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":\"k1\"}"), TOKEN_STABLE("S"),
              SAYS("commkf/sendmsg", "{\"errcode\":0,\"errmsg\":\"ok\",\"msg_id\":3895464567618158592}"));
        const struct kf_out out = {.touser = "wm1", .open_kfid = "wk1", .msgid = "k1"};
        struct kf_on_event on = {.code = "W", .msgid = "k2", .msgtype = "text", .body = "{\"content\":\"hi\"}"};
        const struct shopkf_out in_shop = {.openid = "o1", .request_id = "r1"};
        const char *id;

        (void)state;
        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(kf_send_text(&ctx, 1, &out, "5\" & 你", &id, &fault), 0);
        assert_string_equal(id, "k1");
        assert_string_equal(fake.seen[1].body, "{\"touser\":\"wm1\",\"open_kfid\":\"wk1\",\"msgid\":\"k1\",\"msgtype\":\"text\","
                                               "\"text\":{\"content\":\"5\\\" & 你\"}}");
        assert_false(fake.seen[1].reads_only);
        assert_int_equal(kf_send_msg_on_event(&ctx, 1, &on, &id, &fault), WX_E_REFUSED);
        on.repeat = true;
        assert_int_equal(kf_send_msg_on_event(&ctx, 1, &on, &id, &fault), 0);
        assert_string_equal(id, "k2");
        struct kf_out odd = out;
        odd.msgtype = "telepathy", odd.body = "{}";
        assert_true(kf_send_msg(&ctx, 1, &odd, &id, &fault) < 0);

        assert_int_equal(shopkf_send_text(&ctx, 2, &in_shop, "好的", &id, &fault), 0);
        assert_string_equal(id, "3895464567618158592");
        assert_string_equal(fake.seen[fake.n - 1].body,
                            "{\"request_id\":\"r1\",\"open_id\":\"o1\",\"msg_type\":\"text\",\"text\":{\"content\":\"好的\"}}");
}

static void moves_sessions(void **state)
{
        BEGIN(TOKEN_WECOM("T"), SAYS("trans", "{\"errcode\":0,\"errmsg\":\"ok\",\"msg_code\":\"MC\"}"),
              SAYS("trans", "{\"errcode\":95013,\"errmsg\":\"ended\"}"));
        const char *code;

        (void)state;
        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(kf_service_state_trans(&ctx, 1, "wk1", "wm1", KF_STATE_SERVICER, "li", &code, &fault), 0);
        assert_string_equal(code, "MC");
        assert_non_null(strstr(fake.seen[1].body, "\"service_state\":3,\"servicer_userid\":\"li\""));
        assert_int_equal(kf_service_state_trans(&ctx, 1, "wk1", "wm1", KF_STATE_ENDED, NULL, &code, &fault), 0);
        assert_null(code);
        assert_int_equal(kf_service_state_trans(&ctx, 1, "wk1", "wm1", KF_STATE_BOT, NULL, &code, &fault), WX_E_REFUSED);
}

static void carries_media(void **state)
{
        BEGIN(TOKEN_WECOM("T"), {.path = "media/get", .mime = "image/jpeg", .body = "\xff\xd8\xff"},
              {.path = "media/get", .mime = "text/plain", .body = "a note of hers, not JSON"},
              SAYS("media/get", "{\"errcode\":40007,\"errmsg\":\"invalid media_id\"}"),
              SAYS("media/upload", "{\"errcode\":0,\"errmsg\":\"ok\",\"type\":\"image\",\"media_id\":\"M1\",\"created_at\":\"1\"}"));
        struct bytes data;
        const char *mime, *id;

        (void)state;
        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(kf_media_get(&ctx, 1, "m+/=", &mime, &data, &fault), 0);
        assert_non_null(strstr(fake.seen[1].url, "&media_id=m%2B%2F%3D"));
        assert_string_equal(mime, "image/jpeg");
        assert_int_equal(data.n, 3);
        assert_int_equal(kf_media_get(&ctx, 1, "m", &mime, &data, &fault), 0);
        assert_int_equal(kf_media_get(&ctx, 1, "m", &mime, &data, &fault), WX_E_REFUSED);
        assert_int_equal(kf_media_upload(&ctx, 1, "image", "a.jpg", "image/jpeg", bytes_of("xyz", 3), &id, &fault), 0);
        assert_string_equal(id, "M1");
        assert_int_equal(fake.seen[fake.n - 1].n_parts, 1);
        assert_false(fake.seen[fake.n - 1].reads_only);
}

static void reads_pages_of_ids(void **state)
{
        BEGIN(TOKEN_STABLE("S"),
              SAYS("order/list/get", "{\"errcode\":0,\"order_id_list\":[3704612354559743232,\"3704849110714209536\"],"
                                     "\"next_key\":\"K\",\"has_more\":true}"),
              SAYS("order/search", "{\"errcode\":0,\"orders\":[\"1\",\"2\"],\"has_more\":true}"),
              SAYS("getaftersalelist", "{\"errcode\":0,\"after_sale_order_id_list\":[4000001],\"has_more\":false,\"next_key\":\"\"}"));
        const struct shop_order_query q = {.update_from = 100, .update_to = 200, .next_key = "P"};
        const struct shop_order_search search = {.order_id = "1", .aftersale = 1};
        const struct shop_aftersale_query cases = {.update_from = 100, .update_to = 200};
        struct shop_order_query wide = {.update_from = 1, .update_to = 2 + SHOP_ORDER_RANGE_MAX_S};
        struct shop_ids ids;

        (void)state;
        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(shop_order_list(&ctx, 2, &q, &ids, &fault), 0);
        assert_string_equal(fake.seen[1].url, "https://weixin.test/channels/ec/order/list/get?access_token=S");
        assert_string_equal(fake.seen[1].body,
                            "{\"update_time_range\":{\"start_time\":100,\"end_time\":200},\"page_size\":100,\"next_key\":\"P\"}");
        assert_int_equal(ids.n, 2);
        assert_string_equal(ids.ids[0], "3704612354559743232");
        assert_string_equal(ids.ids[1], "3704849110714209536");
        assert_true(ids.has_more);
        assert_string_equal(ids.next_key, "K");
        assert_int_equal(shop_order_search(&ctx, 2, &search, &ids, &fault), 0);
        assert_string_equal(fake.seen[2].body,
                            "{\"search_condition\":{\"order_id\":\"1\"},\"on_aftersale_order_exist\":0,\"page_size\":100}");
        assert_int_equal(ids.n, 2);
        assert_false(ids.has_more); /* "more" without a key would never end */
        assert_int_equal(shop_aftersale_list(&ctx, 2, &cases, &ids, &fault), 0);
        assert_string_equal(fake.seen[3].body, "{\"begin_update_time\":100,\"end_update_time\":200}");
        assert_string_equal(ids.ids[0], "4000001");
        assert_true(shop_order_list(&ctx, 2, &wide, &ids, &fault) < 0);
        assert_int_equal(fake.n, 4);
}

static void reads_a_case(void **state)
{
        static const char object[] =
                "{\"after_sale_order_id\":4000000001596225,\"order_id\":\"3302853640130003968\",\"type\":\"RETURN\","
                "\"status\":\"USER_CANCELLED\",\"openid\":\"oX\",\"deadline\":3600,\"reason\":10000000,"
                "\"reason_text\":\"不想要了\",\"refund_info\":{\"amount\":\"990\",\"refund_reason\":9},"
                "\"details\":{\"receive_product\":true,\"media_id_list\":[\"a\",\"b\"]},"
                "\"return_info\":{\"waybill_id\":75001,\"delivery_name\":\"中通\"},\"complaint_id\":0}";
        struct shop_aftersale one;

        (void)state;
        assert_int_equal(shop_aftersale_read(&fake_arena, bytes_of_text(object), &one), 0);
        assert_string_equal(one.after_sale_order_id, "4000000001596225");
        assert_string_equal(one.status, "USER_CANCELD");
        assert_string_equal(one.reason, "10000000");
        assert_int_equal(one.refund_info.amount, 990);
        assert_true(one.details.receive_product);
        assert_int_equal(one.details.n_media, 2);
        assert_string_equal(one.return_info.waybill_id, "75001");
        assert_null(one.complaint_id);
        assert_int_equal(shop_deadline(one.deadline, 1700000000), 1700003600);
        assert_int_equal(shop_deadline(1700009999, 1700000000), 1700009999);
        assert_int_equal(shop_deadline(0, 1700000000), 0);
        assert_int_equal(shop_aftersale_read(&fake_arena, bytes_of_text("{\"status\":\"x\"}"), &one), SHOP_E_OBJECT);
        assert_int_equal(shop_aftersale_read(&fake_arena, bytes_of_text("nothing"), &one), SHOP_E_OBJECT);
}

static void decides_cases(void **state)
{
        BEGIN(TOKEN_STABLE("S"), SAYS("acceptapply", "{\"errcode\":0,\"errmsg\":\"ok\"}"),
              SAYS("acceptapply", "{\"errcode\":10021058,\"errmsg\":\"address_id\"}"),
              SAYS("rejectapply", "{\"errcode\":10021068,\"errmsg\":\"x\"}"),
              SAYS("rejectreason", "{\"errcode\":0,\"reject_reason_list\":[{\"reject_reason_type\":4,\"reject_scene\":1,"
                                   "\"reject_reason_type_text\":\"已发货\",\"reject_reason\":\"商品已发出\"}]}"));
        const struct shop_reject_reason *reasons;
        size_t n;

        (void)state;
        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(shop_aftersale_accept(&ctx, 2, "4", SHOP_ACCEPT_RETURN, "77", &fault), 0);
        assert_string_equal(fake.seen[1].body, "{\"after_sale_order_id\":\"4\",\"address_id\":\"77\",\"accept_type\":1}");
        assert_int_equal(shop_aftersale_accept(&ctx, 2, "4", SHOP_ACCEPT_RETURN, NULL, &fault), WX_E_REFUSED);
        assert_int_equal(fault.errcode, 10021058);
        assert_int_equal(shop_aftersale_reject(&ctx, 2, "4", 6, "协商", &fault), WX_E_REFUSED);
        assert_string_equal(fake.seen[3].body,
                            "{\"after_sale_order_id\":\"4\",\"reject_reason_type\":6,\"reject_reason\":\"协商\"}");
        assert_int_equal(shop_aftersale_reject_reasons(&ctx, 2, &reasons, &n, &fault), 0);
        assert_string_equal(fake.seen[4].body, "{}");
        assert_int_equal(n, 1);
        assert_int_equal(reasons[0].reject_reason_type, 4);
        assert_string_equal(reasons[0].reject_reason, "商品已发出");
}

static void reads_addresses(void **state)
{
        BEGIN(TOKEN_STABLE("S"), SAYS("address/list", "{\"errcode\":0,\"address_id_list\":[11,\"12\"]}"),
              SAYS("address/get", "{\"errcode\":0,\"address_detail\":{\"address_id\":11,\"name\":\"仓\",\"recv_addr\":true,"
                                  "\"default_recv\":true,\"address_info\":{\"province_name\":\"广东省\",\"city_name\":\"广州市\","
                                  "\"detail_info\":\"大塘 1 号\",\"tel_number\":\"13800000000\"}}}"),
              SAYS("basics/info", "{\"errcode\":0,\"info\":{\"nickname\":\"小店\",\"username\":\"gh_1\"}}"));
        struct shop_address address;
        struct shop_info info;
        const char *const *ids;
        size_t n;

        (void)state;
        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(shop_address_list(&ctx, 2, &ids, &n, &fault), 0);
        assert_int_equal(n, 2);
        assert_string_equal(ids[0], "11");
        assert_int_equal(shop_address_get(&ctx, 2, ids[0], &address, &fault), 0);
        assert_true(address.recv_addr && address.default_recv && !address.send_addr);
        assert_string_equal(shop_address_line(&fake_arena, &address.address_info), "广东省 广州市 大塘 1 号");
        assert_int_equal(shop_info(&ctx, 2, &info, &fault), 0);
        assert_string_equal(info.nickname, "小店");
        assert_string_equal(fake.seen[fake.n - 1].method, "GET");
}

/* ---- published samples ---- */

static void reads_kf_samples(void **state)
{
        const char *page_text = sample("Work/model/CgibinKf/CgibinKfSyncMessageResponse.json");
        const char *accounts = sample("Work/model/CgibinKf/Account/CgibinKfAccountListResponse.json");
        const char *customers = sample("Work/model/CgibinKf/Customer/CgibinKfCustomerBatchGetResponse.json");
        const char *session = sample("Work/model/CgibinKf/ServiceState/CgibinKfServiceStateGetResponse.json");
        const char *sent = sample("Work/model/CgibinKf/CgibinKfSendMessageResponse.json");

        (void)state;
        if (!page_text || !accounts || !customers || !session || !sent)
                skip();
        BEGIN(TOKEN_WECOM("T"), SAYS("sync_msg", page_text), SAYS("account/list", accounts), SAYS("batchget", customers),
              SAYS("service_state/get", session), SAYS("send_msg", sent));
        const struct kf_out out = {.touser = "wm1", .open_kfid = "wk1", .msgid = "k1"};
        const struct kf_account *account;
        const struct kf_customer *customer;
        struct kf_page page;
        struct kf_state kf_state;
        const char *who = "zhangsan", *id;
        size_t n;

        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(kf_sync_msg(&ctx, 1, "wk1", NULL, NULL, 0, &page, &fault), 0);
        assert_string_equal(page.next_cursor, "4gw7MepFLfgF2VC5npN");
        assert_int_equal(page.n, 7);
        assert_string_equal(page.msgs[0].msgid, "from_msgid_4622416642169452483");
        assert_int_equal(page.msgs[0].send_time, 1615478585);
        assert_string_equal(page.msgs[0].body, "{}");
        assert_string_equal(page.msgs[1].event->event_type, "user_recall_msg");
        assert_string_equal(page.msgs[1].event->recall_msgid, "RECALL_MSGID");
        assert_string_equal(page.msgs[1].external_userid, "wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw");
        assert_string_equal(page.msgs[2].event->servicer_userid, "SERVICER_USERID");
        assert_string_equal(json_get(&fake_arena, bytes_of_text(page.msgs[4].body), "order_id"), "ORDER_ID");
        assert_string_equal(json_get(&fake_arena, bytes_of_text(page.msgs[6].body), "item.0.sender_name"), "发送者");
        assert_int_equal(kf_account_list(&ctx, 1, &account, &n, &fault), 0);
        assert_int_equal(n, 1);
        assert_string_equal(account[0].open_kfid, "wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q");
        assert_int_equal(kf_customer_batchget(&ctx, 1, &who, 1, true, &customer, &n, &fault), 0);
        assert_int_equal(n, 1);
        assert_string_equal(customer[0].nickname, "张三");
        assert_string_equal(customer[0].unionid, "oxasdaosaosdasdasdasd");
        assert_string_equal(customer[0].scene_param, "abc");
        assert_string_equal(customer[0].channels_nickname, "进入会话的视频号名称");
        assert_int_equal(kf_service_state_get(&ctx, 1, "wk1", "wm1", &kf_state, &fault), 0);
        assert_int_equal(kf_state.service_state, KF_STATE_SERVICER);
        assert_string_equal(kf_state.servicer_userid, "zhangsan");
        assert_int_equal(kf_send_text(&ctx, 1, &out, "x", &id, &fault), 0);
        assert_string_equal(id, "MSG_ID");
}

static void reads_shop_samples(void **state)
{
        const char *order_text = sample("Api/model/Channels/ECOrder/ChannelsECOrderGetResponse.json");
        const char *list = sample("Api/model/Channels/ECOrder/ChannelsECOrderListGetResponse.json");
        const char *found = sample("Api/model/Channels/ECOrder/ChannelsECOrderSearchResponse.json");
        const char *sent = sample("Api/model/Channels/ECCommonKf/ChannelsECCommonKfSendMessageResponse.json");

        (void)state;
        if (!order_text || !list || !found || !sent)
                skip();
        BEGIN(TOKEN_STABLE("S"), SAYS("order/get", order_text), SAYS("order/list/get", list), SAYS("order/search", found),
              SAYS("commkf/sendmsg", sent));
        const struct shop_order_query q = {.create_from = 1, .create_to = 2};
        const struct shop_order_search search = {.title = "标题关键字"};
        const struct shopkf_out out = {.openid = "o1", .request_id = "r1"};
        struct shop_order o;
        struct shop_ids ids;
        struct bytes raw;
        const char *id;

        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(shop_order_get(&ctx, 2, "37423523451235145", &o, &raw, &fault), 0);
        assert_string_equal(o.order_id, "37423523451235145");
        assert_string_equal(o.openid, "OPENID");
        assert_int_equal(o.status, SHOP_ORDER_PAID);
        assert_int_equal(o.order_detail.n_lines, 1);
        const struct shop_line *line = &o.order_detail.product_infos[0];
        assert_string_equal(line->product_id, "234245");
        assert_string_equal(line->title, "健身环");
        assert_int_equal(line->sku_cnt, 10);
        assert_int_equal(line->n_sku_attrs, 7);
        assert_string_equal(line->sku_attrs[1].attr_value, "玻璃");
        assert_int_equal(o.order_detail.pay_info.pay_time, 1658509200);
        assert_int_equal(o.order_detail.price_info.order_price, 10500);
        assert_string_equal(o.order_detail.delivery_info.address_info.user_name, "陈先生");
        assert_null(o.order_detail.delivery_info.address_under_review);
        assert_int_equal(o.order_detail.delivery_info.n_parcels, 1);
        assert_string_equal(o.order_detail.delivery_info.delivery_product_info[0].waybill_id, "134654612313");
        assert_string_equal(o.order_detail.ext_info.merchant_notes, "库存不足，取消");
        assert_string_equal(o.aftersale_detail.aftersale_order_list[0].aftersale_order_id, "1234");
        assert_int_equal(o.aftersale_detail.on_aftersale_order_cnt, 1);
        /* The raw object holds what the struct does not. */
        assert_string_equal(json_get(&fake_arena, raw, "order_detail.sharer_info.sharer_openid"), "SHAREROPENID");
        assert_int_equal(shop_order_list(&ctx, 2, &q, &ids, &fault), 0);
        assert_string_equal(ids.ids[1], "3704849110714209536");
        assert_true(ids.has_more);
        assert_int_equal(shop_order_search(&ctx, 2, &search, &ids, &fault), 0);
        assert_string_equal(ids.ids[0], "3715847042071365120");
        assert_int_equal(shopkf_send_text(&ctx, 2, &out, "x", &id, &fault), 0);
        assert_string_equal(id, "3895464567618158592");
}

static void reads_event_samples(void **state)
{
        static const struct {
                enum wx_kind kind;
                const char *file, *type, *path, *value;
        } rows[] = {
                {WX_WECOM, "Work/event/KfMessage/KfMessageEvent.xml", "kf_msg_or_event", "OpenKfId", "wkxxxxxxx"},
                {WX_WECOM, "Work/event/KfMessage/KfAccountAuthChangeEvent.xml", "kf_account_auth_change", "AuthDelOpenKfId",
                 "wkxxxx2"},
                {WX_SHOP, "Api/event/Channels/EC/ChannelsECAftersaleUpdateEvent.json", "channels_ec_aftersale_update",
                 "finder_shop_aftersale_status_update.after_sale_order_id", "1234567"},
                {WX_SHOP, "Api/event/Channels/EC/ChannelsECOrderDeliverEvent.json", "channels_ec_order_deliver",
                 "order_info.order_id", "3705115058471208928"},
                {WX_SHOP, "Api/event/Channels/EC/ChannelsECCompliantUpdateEvent.json", "channels_ec_complaint_update",
                 "finder_shop_complaint.complaint_id", "1234567"},
                {WX_SHOP, "Api/event/Channels/EC/ChannelsECGuaranteeUpdateEvent.json", "channels_ec_guarantee_update",
                 "finder_shop_guarantee_status_update.status", "STATUS_PAY_SUCC"},
                {WX_SHOP, "Api/event/Channels/EC/ChannelsECPresentAftersaleUpdateEvent.json",
                 "channels_ec_present_aftersale_update", "finder_shop_present_aftersale_status_update.status",
                 "PLATFORM_REFUNDING"},
                {WX_SHOP, "Api/event/Channels/EC/ChannelsECProductSPUListingEvent.json", "product_spu_listing",
                 "ProductSpuListing.product_id", "12345678"},
                {WX_SHOP, "Api/event/Channels/EC/ChannelsECVipUserAutoAddEvent.json", "channels_ec_vip_user_auto_add",
                 "info.identity", "V1"},
                {WX_MP, "Api/event/Merchant/MerchantOrderEvent.xml", "merchant_order", "OrderStatus", "2"},
        };

        (void)state;
        for (size_t i = 0; i < countof(rows); i++) {
                const char *text = sample(rows[i].file);
                struct wx_event event;

                if (!text)
                        skip();
                assert_int_equal(wx_event_read(&fake_arena, rows[i].kind, bytes_of_text(text), &event), 0);
                assert_string_equal(event.type, rows[i].type);
                assert_string_equal(wx_event_get(&event, rows[i].path), rows[i].value);
                assert_true(event.create_time > 1000000000);
        }
}

/* Every field that we send must be one that the sample request has. */
static void sends_only_known_fields(void **state)
{
        static const struct {
                const char *api, *file;
        } rows[] = {
                {"kf.account_list", "Work/model/CgibinKf/Account/CgibinKfAccountListRequest.json"},
                {"kf.customer_batchget", "Work/model/CgibinKf/Customer/CgibinKfCustomerBatchGetRequest.json"},
                {"kf.send_msg", "Work/model/CgibinKf/CgibinKfSendMessageRequest.json"},
                {"kf.send_msg_on_event", "Work/model/CgibinKf/CgibinKfSendMessageOnEventRequest.json"},
                {"kf.service_state_get", "Work/model/CgibinKf/ServiceState/CgibinKfServiceStateGetRequest.json"},
                {"kf.sync_msg", "Work/model/CgibinKf/CgibinKfSyncMessageRequest.json"},
                {"shop.aftersale_accept", "Api/model/Channels/ECAftersale/ChannelsECAftersaleAcceptApplyRequest.json"},
                {"shop.order_get", "Api/model/Channels/ECOrder/ChannelsECOrderGetRequest.json"},
        };
        const struct wx_api *const *apis;
        size_t n, checked = 0;

        (void)state;
        apis = wx_apis(&n);
        for (size_t i = 0; i < countof(rows); i++) {
                const char *text = sample(rows[i].file);

                if (!text)
                        skip();
                for (size_t k = 0; k < n; k++) {
                        if (strcmp(apis[k]->name, rows[i].api))
                                continue;
                        for (size_t f = 0; f < apis[k]->in->n; f++) {
                                const char *name = apis[k]->in->fields[f].name;

                                /* accept_type: documented on the page of acceptapply, not in the sample. */
                                if (!json_get(&fake_arena, bytes_of_text(text), name))
                                        assert_string_equal(name, "accept_type");
                                checked++;
                        }
                }
        }
        assert_true(checked > 25);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pulls_every_kind),    cmocka_unit_test(leaves_a_dead_token_away),
                cmocka_unit_test(sends_by_its_names),  cmocka_unit_test(moves_sessions),
                cmocka_unit_test(carries_media),       cmocka_unit_test(reads_pages_of_ids),
                cmocka_unit_test(reads_a_case),        cmocka_unit_test(decides_cases),
                cmocka_unit_test(reads_addresses),     cmocka_unit_test(reads_kf_samples),
                cmocka_unit_test(reads_shop_samples),  cmocka_unit_test(reads_event_samples),
                cmocka_unit_test(sends_only_known_fields),
        };

        return cmocka_run_group_tests(tests, fake_setup, fake_teardown);
}
