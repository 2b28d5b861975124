/* Everything the platform sends has words; real samples when they are there. */
#include "inbox/parts.h"

#include "base/crypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct arena arena;

static struct incoming words(const char *kind, const char *body, enum said_by by)
{
        struct incoming m;

        inbox_put_in_words(
                &arena,
                &(struct said){.remote_id = "m1", .customer = "wm1", .kind = kind, .body = body, .second = 5, .by = by},
                &m);
        assert_non_null(m.text);
        assert_non_null(m.body);
        assert_non_null(m.kind);
        return m;
}

static void every_kind_has_words(void **state)
{
        static const struct {
                const char *kind, *body, *text;
        } cases[] = {
                {"text", "{\"content\":\"在吗\"}", "在吗"},
                {"image", "{\"media_id\":\"x\"}", "[图片]"},
                {"voice", "{\"media_id\":\"x\"}", "[语音]"},
                {"video", "{\"media_id\":\"x\"}", "[视频]"},
                {"file", "{\"media_id\":\"x\"}", "[文件]"},
                {"location", "{\"latitude\":23.1,\"longitude\":113.3,\"name\":\"广州塔\",\"address\":\"阅江西路\"}",
                 "[位置] 广州塔 阅江西路"},
                {"link", "{\"title\":\"尺码表\",\"url\":\"https://a\"}", "[链接] 尺码表"},
                {"business_card", "{\"userid\":\"u\"}", "[名片]"},
                {"miniprogram", "{\"title\":\"小程序\",\"appid\":\"a\"}", "[小程序] 小程序"},
                {"msgmenu",
                 "{\"head_content\":\"请选择\",\"list\":[{\"type\":\"click\",\"click\":{\"id\":\"1\",\"content\":"
                 "\"查物流\"}},"
                 "{\"type\":\"view\",\"view\":{\"url\":\"u\",\"content\":\"退换\"}}],\"tail_content\":\"谢谢\"}",
                 "请选择\n· 查物流\n· 退换\n谢谢"},
                {"channels_shop_product",
                 "{\"product_id\":\"1\",\"title\":\"棉麻裙\",\"sales_price\":12900,\"shop_nickname\":\"清禾\"}",
                 "[商品] 棉麻裙 ¥129.00（清禾）"},
                {"channels_shop_product", "{\"product_id\":\"1\",\"title\":\"棉麻裙\",\"sales_price\":\"5\"}",
                 "[商品] 棉麻裙 ¥0.05"},
                {"channels_shop_order",
                 "{\"order_id\":3705115058471208928,\"product_titles\":\"棉麻裙\",\"price_wording\":\"¥129\",\"state\":"
                 "\"待发货\"}",
                 "[订单] 3705115058471208928 棉麻裙 ¥129 待发货"},
                {"merged_msg",
                 "{\"title\":\"群聊\",\"item\":[{\"send_time\":1,\"msgtype\":\"text\",\"sender_name\":\"甲\",\"msg_"
                 "content\":"
                 "\"{\\\"msgtype\\\":\\\"text\\\",\\\"text\\\":{\\\"content\\\":\\\"好\\\"}}\"},{\"msgtype\":\"image\","
                 "\"sender_name\":\"乙\"}]}",
                 "[聊天记录] 群聊\n甲：好\n乙：[image]"},
                {"channels", "{\"sub_type\":2,\"nickname\":\"清禾\"}", "[视频号直播] 清禾"},
                {"channels", "{\"sub_type\":9,\"nickname\":\"清禾\"}", "[视频号] 清禾"},
                {"meeting", "{}", "[会议]"},
                {"schedule", "{}", "[日程]"},
                {"note", "{}", "[笔记]"},
                {"order_share", "{\"order_id\":\"3705115058471208928\"}", "[订单] 3705115058471208928"},
                {"product_share", "{\"product_id\":10000}", "[商品] 10000"},
        };

        (void)state;
        for (size_t i = 0; i < countof(cases); i++) {
                struct incoming m = words(cases[i].kind, cases[i].body, SAID_BY_HER);
                assert_string_equal(m.text, cases[i].text);
                assert_string_equal(m.kind, cases[i].kind);
                assert_string_equal(m.direction, "in");
        }
        assert_string_equal(words("image", "{\"media_id\":\"x\"}", SAID_BY_HER).media_id, "x");
}

static void what_is_unknown_is_kept(void **state)
{
        (void)state;
        struct incoming m = words("hologram", "{\"a\":{\"b\":[1,2]}}", SAID_BY_HER);
        assert_string_equal(m.kind, "unknown");
        assert_string_equal(m.text, "[暂不认识的消息：hologram]");
        assert_string_equal(m.body, "{\"msgtype\":\"hologram\",\"body\":{\"a\":{\"b\":[1,2]}}}");
        m = words("", "", SAID_BY_HER);
        assert_string_equal(m.kind, "unknown");
        m = words("event", "{\"event_type\":\"dancing\",\"x\":1}", SAID_BY_SYSTEM);
        assert_string_equal(m.kind, "unknown");
        assert_string_equal(m.direction, "event");
        assert_non_null(strstr(m.body, "\"x\":1"));
        m = words("text", "[1]", SAID_BY_HER);
        assert_string_equal(m.kind, "unknown");
}

static void nonsense_seconds_are_none(void **state)
{
        static const int64_t nonsense[] = {-1, INT64_MIN, INT64_MAX, SECOND_MAX + 1};
        struct incoming m;

        (void)state;
        for (size_t i = 0; i < countof(nonsense); i++) {
                inbox_put_in_words(&arena, &(struct said){.kind = "text", .second = nonsense[i]}, &m);
                assert_int_equal(m.second, 0);
        }
}

static void without_an_id_the_text_stands_for_it(void **state)
{
        struct incoming a, b, c;

        (void)state;
        inbox_put_in_words(&arena, &(struct said){.customer = "w", .kind = "text", .body = "{}", .second = 1}, &a);
        inbox_put_in_words(&arena, &(struct said){.customer = "w", .kind = "text", .body = "{}", .second = 1}, &b);
        inbox_put_in_words(&arena, &(struct said){.customer = "w", .kind = "text", .body = "{}", .second = 2}, &c);
        assert_string_equal(a.remote_id, b.remote_id);
        assert_string_not_equal(a.remote_id, c.remote_id);
}

static void events_say_what_happened(void **state)
{
        (void)state;
        struct incoming m =
                words("event",
                      "{\"event_type\":\"enter_session\",\"welcome_code\":\"WC\",\"wechat_channels\":{\"nickname\":"
                      "\"清禾\",\"scene\":\"2\"}}",
                      SAID_BY_SYSTEM);
        assert_string_equal(m.text, "顾客从视频号直播间商品列表进入会话（清禾）");
        assert_string_equal(m.welcome_code, "WC");
        m = words("event", "{\"event_type\":\"enter_session\"}", SAID_BY_SYSTEM);
        assert_string_equal(m.text, "顾客进入会话");
        assert_null(m.welcome_code);
        m = words("event", "{\"event_type\":\"msg_send_fail\",\"fail_msgid\":\"k1\",\"fail_type\":10}", SAID_BY_SYSTEM);
        assert_string_equal(m.about, "k1");
        assert_string_equal(m.about_state, "undelivered");
        assert_string_equal(inbox_note(&arena, m.about_code, false), "顾客拒收消息");
        assert_string_equal(inbox_note(&arena, m.about_code, true), "the customer rejects messages");
        m = words("event", "{\"event_type\":\"user_recall_msg\",\"recall_msgid\":\"k2\"}", SAID_BY_SYSTEM);
        assert_string_equal(m.about_state, "recalled");
        static const char *const owners[] = {NULL, "wecom", "wecom", "ended", "wecom", NULL};
        for (int i = 0; i < 6; i++) {
                m = words("event",
                          arena_printf(&arena, "{\"event_type\":\"session_status_change\",\"change_type\":%d}", i),
                          SAID_BY_SYSTEM);
                assert_true(text_eq(m.owner, owners[i]));
        }
        for (int i = 0; i <= 12; i++) {
                const char *code = arena_printf(&arena, "fail.%d", i);
                if (i != 3)
                        assert_null(strstr(inbox_note(&arena, code, true), code));
        }
        assert_non_null(strstr(inbox_note(&arena, "kf.12345", false), "kf.12345"));
}

static void what_others_typed_is_not_hers(void **state)
{
        (void)state;
        struct incoming m = words("text", "{\"content\":\"3705115058471208928\"}", SAID_BY_SERVICER);
        assert_string_equal(m.direction, "out");
        assert_string_equal(m.owner, "wecom");
        assert_null(m.words);
        m = words("text", "{\"content\":\"3705115058471208928\"}", SAID_BY_HER);
        assert_non_null(m.words);
        m = words("channels_shop_order", "{\"order_id\":\"3705115058471208928\"}", SAID_BY_HER);
        assert_string_equal(m.card, "3705115058471208928");
        assert_null(m.words);
        m = words("merged_msg", "{\"title\":\"3705115058471208928\"}", SAID_BY_HER);
        assert_null(m.words);
}

static void order_numbers_are_whole_runs(void **state)
{
        const char *out[5];

        (void)state;
        assert_int_equal(inbox_order_numbers(&arena, "订单3705115058471208928，谢谢", out, 5), 1);
        assert_string_equal(out[0], "3705115058471208928");
        assert_int_equal(inbox_order_numbers(&arena, "13812345678 123456789012345", out, 5), 0);
        assert_int_equal(inbox_order_numbers(&arena, "370511505847120892812", out, 5), 0);
        assert_int_equal(inbox_order_numbers(&arena, "1234567890123456 1234567890123456 6543210987654321", out, 5), 2);
        assert_int_equal(inbox_order_numbers(&arena, NULL, out, 5), 0);
        assert_int_equal(inbox_order_numbers(&arena, "1234567890123451 1234567890123452 1234567890123453", out, 2), 3);
}

/* Whatever kinds the samples hold, they have words and none is lost. */
static void real_samples(void **state)
{
        const char *shared = getenv("ZHANGGUI_SHARED");
        char path[512];
        static char buffer[65536];

        (void)state;
        snprintf(path, sizeof(path),
                 "%s/data/api_samples/skit-wechat/Work/model/CgibinKf/CgibinKfSyncMessageResponse.json",
                 shared ? shared : "../shared");
        FILE *f = fopen(path, "rb");
        if (!f)
                skip();
        size_t n = fread(buffer, 1, sizeof(buffer), f);
        fclose(f);
        struct bytes text = bytes_of(buffer, n);
        unsigned seen = 0, known = 0;
        for (;; seen++) {
                const char *kind = json_get(&arena, text, arena_printf(&arena, "msg_list.%u.msgtype", seen));
                if (!kind)
                        break;
                struct incoming m =
                        words(kind, json_get(&arena, text, arena_printf(&arena, "msg_list.%u.%s", seen, kind)),
                              text_eq(kind, "event") ? SAID_BY_SYSTEM : SAID_BY_HER);
                known += !text_eq(m.kind, "unknown");
        }
        assert_true(seen >= 7);
        assert_int_equal(known, seen - 1); /* the first one's type is the placeholder MSG_TYPE */
}

static int open_arena(void **state)
{
        (void)state;
        arena_init(&arena, 0);
        return crypt_init();
}

static int close_arena(void **state)
{
        (void)state;
        arena_release(&arena);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_kind_has_words),         cmocka_unit_test(what_is_unknown_is_kept),
                cmocka_unit_test(nonsense_seconds_are_none),    cmocka_unit_test(without_an_id_the_text_stands_for_it),
                cmocka_unit_test(events_say_what_happened),     cmocka_unit_test(what_others_typed_is_not_hers),
                cmocka_unit_test(order_numbers_are_whole_runs), cmocka_unit_test(real_samples),
        };
        return cmocka_run_group_tests(tests, open_arena, close_arena);
}
