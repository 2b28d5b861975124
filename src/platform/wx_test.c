/* One call: tokens, budgets, outcomes. */
#include "platform/fake_test.h"
#include "platform/kf.h"
#include "platform/shop.h"

#define STATE "/kf/service_state/get"
#define SEND "/kf/send_msg"
#define STATE_OK SAYS(STATE, "{\"errcode\":0,\"errmsg\":\"ok\",\"service_state\":1}")
#define SEND_OK SAYS(SEND, "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":\"m1\"}")

static struct wx_fault fault;

static int get_state(void)
{
        struct ctx ctx;
        struct kf_state out;

        fake_ctx(&ctx, &fake_arena);
        return kf_service_state_get(&ctx, 1, "wk1", "wm1", &out, &fault);
}

static int send_text(bool repeat)
{
        const struct kf_out out = {.touser = "wm1", .open_kfid = "wk1", .msgid = "m1", .repeat = repeat};
        struct ctx ctx;
        const char *msgid;

        fake_ctx(&ctx, &fake_arena);
        return kf_send_text(&ctx, 1, &out, "您好 \"x\"", &msgid, &fault);
}

static void fetches_and_keeps_a_token(void **state)
{
        BEGIN(TOKEN_WECOM("T/1"), TOKEN_WECOM("T/2"), STATE_OK);
        (void)state;
        assert_int_equal(get_state(), 0);
        assert_int_equal(fault.errcode, 0);
        assert_string_equal(fake.seen[0].url, "https://wecom.test/cgi-bin/gettoken?corpid=id%20of%20it&corpsecret=s3cret");
        assert_string_equal(fake.seen[0].method, "GET");
        assert_string_equal(fake.seen[1].url, "https://wecom.test/cgi-bin/kf/service_state/get?access_token=T%2F1");
        assert_string_equal(fake.seen[1].body, "{\"open_kfid\":\"wk1\",\"external_userid\":\"wm1\"}");
        assert_true(fake.seen[0].reads_only && fake.seen[1].reads_only);
        assert_string_equal(fake_vault.token, "T/1");
        /* Renewed when five minutes are left, not before. */
        assert_int_equal(fake_vault.expires_at, 1700000000000 + 6900 * 1000);
        clock_push(&fake_clock, 6899 * 1000);
        assert_int_equal(get_state(), 0);
        assert_int_equal(fake_count("gettoken"), 1);
        clock_push(&fake_clock, 1000);
        assert_int_equal(get_state(), 0);
        assert_int_equal(fake_count("gettoken"), 2);
        assert_non_null(strstr(fake.seen[fake.n - 1].url, "T%2F2"));
}

static void takes_a_token_from_the_vault(void **state)
{
        BEGIN(TOKEN_WECOM("T2"), STATE_OK);
        (void)state;
        assert_int_equal(fake_token_save(NULL, 7, 1, "kept", 1700000060000), 0);
        assert_int_equal(get_state(), 0);
        assert_int_equal(fake_count("gettoken"), 0);
        assert_non_null(strstr(fake.seen[0].url, "access_token=kept"));
        clock_push(&fake_clock, 60000);
        assert_int_equal(get_state(), 0);
        assert_int_equal(fake_count("gettoken"), 1);
}

static void *one_caller(void *arg)
{
        struct arena arena;
        struct ctx ctx;
        struct kf_state out;
        struct wx_fault f;

        arena_init(&arena, 0);
        fake_ctx(&ctx, &arena);
        *(int *)arg = kf_service_state_get(&ctx, 1, "wk1", "wm1", &out, &f);
        arena_release(&arena);
        return NULL;
}

static void call_from_eight(int want)
{
        pthread_t threads[8];
        int results[8];

        for (size_t i = 0; i < 8; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, one_caller, &results[i]), 0);
        for (size_t i = 0; i < 8; i++) {
                assert_int_equal(pthread_join(threads[i], NULL), 0);
                assert_int_equal(results[i], want);
        }
}

static void fetches_once_for_eight_threads(void **state)
{
        BEGIN(TOKEN_WECOM("T1"), STATE_OK);
        (void)state;
        fake.slow_us = 50000;
        call_from_eight(0);
        assert_int_equal(fake_count("gettoken"), 1);
        assert_int_equal(fake_count(STATE), 8);
        assert_int_equal(fake_vault.saves, 1);
}

/* Eight threads hold the same dead token: it is replaced once. */
static void refreshes_once_for_eight_threads(void **state)
{
        BEGIN(TOKEN_WECOM("T1"), TOKEN_WECOM("T2"), SAYS("access_token=T1", "{\"errcode\":42001,\"errmsg\":\"expired\"}"),
              SAYS("access_token=T2", "{\"errcode\":0,\"service_state\":1}"));
        (void)state;
        fake.slow_us = 50000;
        call_from_eight(0);
        assert_int_equal(fake_count("gettoken"), 2);
        assert_int_equal(fake_count("access_token=T1"), 8);
        assert_int_equal(fake_count("access_token=T2"), 8);
}

static void refreshes_once_per_call(void **state)
{
        BEGIN(TOKEN_WECOM("T1"), TOKEN_WECOM("T2"), TOKEN_WECOM("T3"), SAYS(STATE, "{\"errcode\":40014,\"errmsg\":\"invalid T1\"}"));
        (void)state;
        assert_int_equal(get_state(), WX_E_CONFIG);
        assert_int_equal(fault.errcode, 40014);
        assert_int_equal(fake_count("gettoken"), 2);
        assert_int_equal(fake_count(STATE), 2);
}

static void a_refused_token_is_not_loaded_again(void **state)
{
        BEGIN(TOKEN_WECOM("T2"), SAYS("access_token=kept", "{\"errcode\":40001,\"errmsg\":\"no\"}"), STATE_OK);
        (void)state;
        assert_int_equal(fake_token_save(NULL, 7, 1, "kept", 1700000600000), 0);
        assert_int_equal(get_state(), 0);
        assert_int_equal(fake_count("gettoken"), 1);
        assert_string_equal(fake_vault.token, "T2");
        assert_int_equal(fake_vault.leases, 0); /* given back */
}

/* Another process fetches it: ours waits and takes what that one brings. */
static void waits_for_another_process(void **state)
{
        BEGIN(SAYS("access_token=OTHER", "{\"errcode\":0,\"errmsg\":\"ok\",\"service_state\":1}"));
        (void)state;
        fake_vault.busy_looks = 2;
        fake_vault.brought = "OTHER";
        assert_int_equal(get_state(), 0);
        assert_int_equal(fake_count("gettoken"), 0);
        assert_int_equal(fake_vault.leases, 0);
        fake_vault.brought = NULL;
}

/* The shop's host insists on the token that it refuses: only force ends it, and only once a minute. */
static void forces_a_stable_token(void **state)
{
        BEGIN(TOKEN_STABLE("S1"), TOKEN_STABLE("S1"), TOKEN_STABLE("S2"), SAYS("access_token=S1", "{\"errcode\":40001,\"errmsg\":\"x\"}"),
              SAYS("/order/get", "{\"errcode\":0,\"errmsg\":\"ok\",\"order\":{\"order_id\":3700000000000000001}}"));
        struct ctx ctx;
        struct shop_order order;
        struct bytes raw;

        (void)state;
        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(shop_order_get(&ctx, 2, "3700000000000000001", &order, &raw, &fault), 0);
        assert_string_equal(order.order_id, "3700000000000000001");
        assert_int_equal(fake_count("stable_token"), 3);
        assert_non_null(strstr(fake.seen[2].body, "\"force_refresh\":false"));
        assert_non_null(strstr(fake.seen[3].body, "\"force_refresh\":true"));
        assert_string_equal(fake.seen[0].method, "POST");
}

static void stops_showing_a_bad_secret(void **state)
{
        BEGIN(SAYS("gettoken", "{\"errcode\":40001,\"errmsg\":\"invalid credential\"}"), TOKEN_WECOM("T1"), STATE_OK);
        (void)state;
        assert_int_equal(get_state(), WX_E_CONFIG);
        assert_int_equal(fault.errcode, 40001);
        assert_int_equal(get_state(), WX_E_CONFIG);
        assert_int_equal(fault.errcode, 40001);
        assert_int_equal(fake_count("gettoken"), 1);
        /* New credentials are tried at once. */
        fake_vault.secret = "another";
        assert_int_equal(get_state(), 0);
        assert_int_equal(fake_count("gettoken"), 2);
}

static void tries_a_bad_secret_again_later(void **state)
{
        BEGIN(SAYS("gettoken", "{\"errcode\":60020,\"errmsg\":\"not allow to access from your ip\"}"), TOKEN_WECOM("T1"), STATE_OK);
        (void)state;
        assert_int_equal(get_state(), WX_E_CONFIG);
        clock_push(&fake_clock, 5 * 60 * 1000);
        assert_int_equal(get_state(), 0);
}

static void lives_on_while_renewing_fails(void **state)
{
        BEGIN(TOKEN_WECOM("T1"), {.path = "gettoken", .fails = TRANSPORT_E_CONNECT}, STATE_OK);
        (void)state;
        assert_int_equal(get_state(), 0);
        clock_push(&fake_clock, 7000 * 1000);
        assert_int_equal(get_state(), 0);
        assert_int_equal(fake_count("gettoken"), 2);
        clock_push(&fake_clock, 200 * 1000); /* now it is dead */
        assert_int_equal(get_state(), WX_E_BUSY);
}

static void read_only_lets_nothing_out(void **state)
{
        BEGIN(TOKEN_STABLE("S1"), SAYS("/getaftersaleorder", "{\"errcode\":0,\"after_sale_order\":{\"after_sale_order_id\":\"9\"}}"));
        struct ctx ctx;
        struct shop_aftersale one;
        struct bytes raw;

        (void)state;
        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(shop_aftersale_accept(&ctx, 3, "9", SHOP_ACCEPT_REFUND, NULL, &fault), WX_E_READ_ONLY);
        assert_int_equal(fake.n, 0);
        assert_int_equal(shop_aftersale_get(&ctx, 3, "9", &one, &raw, &fault), 0);
}

static void pauses_after_45009(void **state)
{
        BEGIN(TOKEN_WECOM("T1"), SAYS(STATE, "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}"), SEND_OK);
        struct wx_budget *budgets;
        size_t n;

        (void)state;
        assert_int_equal(get_state(), WX_E_BUSY);
        assert_int_equal(fault.retry_after_ms, 60000);
        for (size_t i = 0; i < 20; i++) {
                assert_int_equal(get_state(), WX_E_BUSY);
                assert_int_equal(fault.errcode, 45009);
        }
        assert_int_equal(fake_count(STATE), 1); /* no storm */
        assert_int_equal(send_text(false), 0);  /* other calls go on */
        wx_budget_list(fake_wx, &fake_arena, 7, &budgets, &n);
        assert_int_equal(n, 1);
        assert_string_equal(budgets[0].api, "kf.service_state_get");
        assert_int_equal(budgets[0].left_ms, 60000);
        wx_budget_list(fake_wx, &fake_arena, 8, &budgets, &n);
        assert_int_equal(n, 0);
        clock_push(&fake_clock, 60000);
        assert_int_equal(get_state(), WX_E_BUSY);
        assert_int_equal(fault.retry_after_ms, 600000);
        clock_push(&fake_clock, 600000);
        script[1].body = "{\"errcode\":0,\"service_state\":1}";
        assert_int_equal(get_state(), 0);
        script[1].body = "{\"errcode\":45033,\"errmsg\":\"too many\"}";
        assert_int_equal(get_state(), WX_E_BUSY);
        assert_in_range(fault.retry_after_ms, 2000, 3000);
        clock_push(&fake_clock, -3600 * 1000); /* the clock set back makes no pause longer */
        assert_int_equal(get_state(), WX_E_BUSY);
        assert_in_range(fault.retry_after_ms, 1, 3000);
}

static struct wx_pause_word told[4];
static size_t n_told;

static void on_paused(void *arg, const struct wx_pause_word *word)
{
        (void)arg;
        assert_true(n_told < countof(told));
        told[n_told++] = *word;
}

/* What one process was refused the other does not ask; and what got through in one is asked again in the other. */
static void a_pause_is_known_to_other_processes(void **state)
{
        n_told = 0;
        fake_paused = on_paused;
        BEGIN(TOKEN_WECOM("T1"), SAYS(STATE, "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}"), SEND_OK);
        struct wx_budget *budgets;
        struct wx_pause_word broken;
        size_t n;

        (void)state;
        assert_int_equal(get_state(), WX_E_BUSY);
        assert_int_equal(get_state(), WX_E_BUSY);
        assert_int_equal(n_told, 1);
        assert_int_equal(told[0].merchant_id, 7);
        assert_int_equal(told[0].account_id, 1);
        assert_string_equal(told[0].api, "kf.service_state_get");
        assert_int_equal(told[0].errcode, 45009);
        assert_int_equal(told[0].left_ms, 60000);
        clock_push(&fake_clock, 60000);
        script[1].body = "{\"errcode\":0,\"service_state\":1}";
        assert_int_equal(get_state(), 0);
        assert_int_equal(get_state(), 0);
        assert_int_equal(n_told, 2);
        assert_int_equal(told[1].left_ms, 0);

        fake_paused = NULL;
        fake_begin(script, countof(script)); /* the other process */
        wx_budget_hear(fake_wx, &told[0]);
        assert_int_equal(get_state(), WX_E_BUSY);
        assert_int_equal(fault.errcode, 45009);
        assert_int_equal(fault.retry_after_ms, 60000);
        assert_int_equal(fake_count(STATE), 0);
        assert_int_equal(send_text(false), 0);
        wx_budget_list(fake_wx, &fake_arena, 7, &budgets, &n);
        assert_int_equal(n, 1);
        assert_int_equal(budgets[0].refusals, 1);
        wx_budget_hear(fake_wx, &told[1]);
        assert_int_equal(get_state(), 0);

        broken = told[0];
        broken.left_ms = 3600001; /* longer than such a pause ever is */
        wx_budget_hear(fake_wx, &broken);
        broken.left_ms = 60000;
        broken.api = "kf.of_tomorrow";
        wx_budget_hear(fake_wx, &broken);
        assert_int_equal(get_state(), 0);
}

/* What a call answers for what comes back: once for a call that reads, once for one that writes. */
static void tells_outcomes_apart(void **state)
{
        static const struct {
                struct fake_step step;
                int reads, writes;
        } rows[] = {
                {{.fails = TRANSPORT_E_CONNECT}, WX_E_BUSY, WX_E_BUSY},
                {{.fails = TRANSPORT_E_UNKNOWN}, WX_E_BUSY, WX_E_UNKNOWN},
                {{.fails = TRANSPORT_E_REPLY}, WX_E_REPLY, WX_E_UNKNOWN},
                {{.status = 502, .body = "<html>"}, WX_E_BUSY, WX_E_UNKNOWN},
                {{.status = 500, .body = "{\"errcode\":95001,\"errmsg\":\"x\"}"}, WX_E_BUSY, WX_E_UNKNOWN},
                {{.status = 404, .body = "gone"}, WX_E_REPLY, WX_E_UNKNOWN},
                {{.status = 412, .body = "{\"errcode\":95001,\"errmsg\":\"x\"}"}, WX_E_REFUSED, WX_E_REFUSED},
                {{.body = "{\"errcode\":0,"}, WX_E_REPLY, WX_E_UNKNOWN},
                {{.body = "[]"}, WX_E_REPLY, WX_E_UNKNOWN},
                {{.body = "{}"}, WX_E_REPLY, WX_E_UNKNOWN},
                {{.body = ""}, WX_E_REPLY, WX_E_UNKNOWN},
                {{.body = "{\"errcode\":-1,\"errmsg\":\"system busy\"}"}, WX_E_BUSY, WX_E_BUSY},
                {{.body = "{\"errcode\":\"45033\"}"}, WX_E_BUSY, WX_E_BUSY},
                {{.body = "{\"errcode\":95001,\"errmsg\":\"x\"}"}, WX_E_REFUSED, WX_E_REFUSED},
                {{.body = "{\"errcode\":95018,\"errmsg\":\"x\"}"}, WX_E_REFUSED, WX_E_REFUSED},
                {{.body = "{\"errcode\":60020,\"errmsg\":\"x\"}"}, WX_E_CONFIG, WX_E_CONFIG},
                {{.body = "{\"errcode\":48007,\"errmsg\":\"x\"}"}, WX_E_CONFIG, WX_E_CONFIG},
                {{.body = "{\"errcode\":999123,\"errmsg\":\"x\"}"}, WX_E_REFUSED, WX_E_REFUSED},
        };

        (void)state;
        for (size_t i = 0; i < countof(rows); i++) {
                struct fake_step read = rows[i].step, write = rows[i].step;

                read.path = STATE, write.path = SEND;
                BEGIN(TOKEN_WECOM("T1"), read, write);
                int reads = get_state();
                int writes = send_text(false);
                if (reads != rows[i].reads || writes != rows[i].writes)
                        print_error("row %zu\n", i);
                assert_int_equal(reads, rows[i].reads);
                assert_int_equal(writes, rows[i].writes);
                assert_non_null(fault.errmsg);
        }
}

static void settles_a_repeat(void **state)
{
        static const struct {
                const char *body;
                int first, repeat;
        } rows[] = {
                {"{\"errcode\":40058,\"errmsg\":\"msgid repeated\"}", WX_E_REFUSED, 0},
                {"{\"errcode\":777123,\"errmsg\":\"?\"}", WX_E_REFUSED, 0},
                {"{\"errcode\":95001,\"errmsg\":\"x\"}", WX_E_REFUSED, WX_E_UNKNOWN},
                {"{\"errcode\":95018,\"errmsg\":\"x\"}", WX_E_REFUSED, WX_E_UNKNOWN},
                {"{\"errcode\":40096,\"errmsg\":\"x\"}", WX_E_REFUSED, WX_E_REFUSED},
                {"{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":\"m1\"}", 0, 0},
        };

        (void)state;
        for (size_t i = 0; i < countof(rows); i++) {
                BEGIN(TOKEN_WECOM("T1"), SAYS(SEND, rows[i].body));
                assert_int_equal(send_text(false), rows[i].first);
                assert_int_equal(send_text(true), rows[i].repeat);
        }
}

static void scrubs_what_the_platform_says(void **state)
{
        BEGIN(TOKEN_WECOM("TOKEN1"), SAYS(STATE, "{\"errcode\":40096,\"errmsg\":\"bad TOKEN1 and s3cret\\nline two\"}"));
        (void)state;
        assert_int_equal(get_state(), WX_E_REFUSED);
        assert_string_equal(fault.errmsg, "bad ****** and ****** line two");
}

static void knows_its_accounts(void **state)
{
        BEGIN(STATE_OK);
        struct ctx ctx;
        struct kf_state out;

        (void)state;
        fake_ctx(&ctx, &fake_arena);
        assert_int_equal(kf_service_state_get(&ctx, 99, "wk1", "wm1", &out, &fault), WX_E_NO_ACCOUNT);
        assert_true(kf_service_state_get(&ctx, 2, "wk1", "wm1", &out, &fault) < 0);
        assert_int_equal(fake.n, 0);
}

static void tables_are_sorted(void **state)
{
        const struct wx_error_row *rows;
        const struct wx_api *const *apis;
        size_t n;

        (void)state;
        for (int pass = 0; pass < 2; pass++) {
                const char *kind = pass ? "shop" : "wecom";

                rows = wx_error_table(kind, &n);
                assert_true(n > 50);
                for (size_t i = 0; i < n; i++) {
                        assert_true(!i || rows[i - 1].code < rows[i].code);
                        assert_ptr_equal(wx_error(kind, rows[i].code), &rows[i]);
                        assert_non_null(strchr("RTWNAO", rows[i].class_));
                        assert_true(rows[i].zh[0] && rows[i].en[0]);
                }
                assert_null(wx_error(kind, 0));
                assert_null(wx_error(kind, 123456789));
        }
        assert_int_equal(wx_error("wecom", 95001)->class_, 'W');
        assert_int_equal(wx_error("shop", 10190009)->class_, 'W');
        assert_int_equal(wx_error("mp", 40001)->class_, 'T');
        apis = wx_apis(&n);
        for (size_t i = 0; i < n; i++) {
                assert_true(!i || strcmp(apis[i - 1]->name, apis[i]->name) < 0);
                assert_true(apis[i]->path[0] == '/' && apis[i]->why && apis[i]->source);
                assert_string_not_equal(wx_settle_name(apis[i]->settle), "?");
                /* Nothing changes anything at the platform without saying how it is made certain. */
                assert_int_equal(apis[i]->settle != WX_READS, apis[i]->key && apis[i]->left);
        }
        assert_true(n >= 24);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(fetches_and_keeps_a_token),
                cmocka_unit_test(takes_a_token_from_the_vault),
                cmocka_unit_test(fetches_once_for_eight_threads),
                cmocka_unit_test(refreshes_once_for_eight_threads),
                cmocka_unit_test(refreshes_once_per_call),
                cmocka_unit_test(a_refused_token_is_not_loaded_again),
                cmocka_unit_test(waits_for_another_process),
                cmocka_unit_test(forces_a_stable_token),
                cmocka_unit_test(stops_showing_a_bad_secret),
                cmocka_unit_test(tries_a_bad_secret_again_later),
                cmocka_unit_test(lives_on_while_renewing_fails),
                cmocka_unit_test(read_only_lets_nothing_out),
                cmocka_unit_test(pauses_after_45009),
                cmocka_unit_test(a_pause_is_known_to_other_processes),
                cmocka_unit_test(tells_outcomes_apart),
                cmocka_unit_test(settles_a_repeat),
                cmocka_unit_test(scrubs_what_the_platform_says),
                cmocka_unit_test(knows_its_accounts),
                cmocka_unit_test(tables_are_sorted),
        };

        return cmocka_run_group_tests(tests, fake_setup, fake_teardown);
}
