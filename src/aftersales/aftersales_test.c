/* The play uses a part of what the fake platform offers. */
#pragma GCC diagnostic ignored "-Wunused-function"

#include "aftersales/find.h"
#include "aftersales/keep.h"
#include "catalogue/catalogue.h"
#include "contacts/contacts.h"
#include "orders/orders.h"
#include "platform/callback.h"
#include "platform/fake_test.h"
#include "backfill/backfill.h"
#include "shops/testing.h"
#include "staff/staff.h"
#include "store/check_types.h"

/* ---- a listener above ---- */

static int heard;
static struct aftersales_changed last;

static int on_changed(struct ctx *c, const void *payload)
{
        (void)c;
        last = *(const struct aftersales_changed *)payload;
        heard++;
        return 0;
}
static const struct listener listeners[] = {{&aftersales_event_changed, true, on_changed, "test.on_changed"}};
static const struct domain ear = {.name = "ear", .listeners = listeners, .n_listeners = countof(listeners)};
static const struct domain *const domains[] = {&store_domain,     &shops_domain,  &backfill_domain, &staff_domain,      &contacts_domain,
                                               &catalogue_domain, &orders_domain, &aftersales_domain, &ear};
static struct test_shop t;
static struct ctx *ctx;
static struct shops_vault vault;

static int open_shop(void **state)
{
        if (fake_setup(state))
                return -1;
        test_shop_open(&t, domains, countof(domains));
        ctx = &t.store.ctx;
        vault = (struct shops_vault){t.store.db, t.store.ctx};
        heard = 0;
        return 0;
}

static int close_shop(void **state)
{
        if (!ctx->db)
                test_shop_begin(&t);
        int wrong = db_check_types(ctx);
        test_shop_commit(&t);
        fake_teardown(state);
        test_shop_close(&t);
        return wrong;
}

static void play(struct fake_step *steps, size_t n)
{
        struct wx_options options = {.transport = &fake,
                                     .clock = &t.store.clock,
                                     .wecom_base = "https://wecom.test",
                                     .weixin_base = "https://weixin.test"};
        fake_begin(steps, n);
        wx_close(fake_wx);
        shops_vault_bind(&vault, &options.vault);
        assert_int_equal(wx_open(&fake_wx, &options), 0);
}

/* ---- objects of our own making ---- */

static const char *object(const char *type, const char *status, long long updated_s)
{
        return arena_printf(&t.store.arena,
                            "{\"after_sale_order_id\":\"2001\",\"order_id\":3705115058471208928,\"type\":\"%s\","
                            "\"status\":\"%s\",\"openid\":\"oBUYER\",\"create_time\":1749990000,\"update_time\":%lld,"
                            "\"deadline\":7200,\"reason\":\"10000000\",\"reason_text\":\"不想要了\",\"product_info\":"
                            "{\"product_id\":901,\"sku_id\":77,\"count\":1},\"refund_info\":{\"amount\":19900}}",
                            type, status, updated_s);
}

static const char *answer(const char *type, const char *status, long long updated_s)
{
        return arena_printf(&t.store.arena, "{\"errcode\":0,\"after_sale_order\":%s}", object(type, status, updated_s));
}

static int64_t told(const char *type, const char *status, long long updated_s)
{
        int64_t id;
        assert_int_equal(aftersales_update(ctx, t.shop, bytes_of_text(object(type, status, updated_s)), &id), 0);
        return id;
}

static struct aftersales_case get(int64_t id)
{
        struct aftersales_case c;
        assert_int_equal(aftersales_get(ctx, id, &c), 0);
        return c;
}

static struct aftersales_case get_now(int64_t id)
{
        test_shop_begin(&t);
        struct aftersales_case c = get(id);
        test_shop_commit(&t);
        return c;
}

/* Jobs that a decision enqueues and that these tests do not play. */
static int run(const char *kind, struct job *job)
{
        return test_job_run(&t, kind, fake_wx, job);
}

/* ---- what the platform tells ---- */

static void a_case_is_kept(void **state)
{
        (void)state;
        struct aftersales_moved *moves;
        struct job job;
        size_t n;
        int64_t again;
        bool changed;
        test_shop_begin(&t);
        int64_t id = told("REFUND", "MERCHANT_PROCESSING", 100);
        struct aftersales_case c = get(id);
        assert_string_equal(c.order_remote_id, "3705115058471208928");
        assert_int_equal(c.amount, 19900);
        assert_int_equal(c.deadline, ctx->now + 7200 * 1000); /* time left, as some objects tell it */
        assert_string_equal(c.decision, "none");
        assert_int_equal(c.version, 1);
        assert_true(c.identity_id != 0);
        assert_int_equal(c.order_id, 0);
        assert_true(test_job_waits(&t, "orders.fetch", &job)); /* its order is asked for */
        assert_int_equal(heard, 1);
        assert_string_equal(last.old_status, "");

        /* Time left shrinks with every reading: that alone is no change. */
        ctx->now += 5000;
        assert_int_equal(aftersales_update_seen(ctx, t.shop,
                                                bytes_of_text(object("REFUND", "MERCHANT_PROCESSING", 100)), &again,
                                                &changed),
                         0);
        assert_false(changed);
        assert_int_equal(again, id);
        assert_int_equal(get(id).version, 1);

        assert_int_equal(aftersales_update(ctx, t.shop, bytes_of_text(object("REFUND", "USER_CANCELD", 99)), &again),
                         AFTERSALES_E_OLDER);
        told("REFUND", "PLATFORM_REFUNDING", 101);
        told("REFUND", "MERCHANT_PROCESSING", 102); /* no rule expects this */
        assert_int_equal(heard, 3);
        assert_int_equal(aftersales_moves(ctx, id, &moves, &n), 0);
        assert_int_equal(n, 3);
        assert_string_equal(moves[0].from, "");
        assert_string_equal(moves[0].cause, "platform");
        assert_string_equal(moves[1].cause, "merchant accepts");
        assert_string_equal(moves[2].cause, "platform (unexpected)");
        assert_string_equal(moves[2].to, "MERCHANT_PROCESSING");
        assert_int_equal(aftersales_update(ctx, t.shop, bytes_of_text("{}"), &again), AFTERSALES_E_BAD);
        int64_t ours = ctx->merchant;
        ctx->merchant = ours + 1;
        assert_int_equal(aftersales_get(ctx, id, &c), AFTERSALES_E_NONE);
        ctx->merchant = ours;
}

static void the_order_may_come_later(void **state)
{
        (void)state;
        int64_t order_id;
        test_shop_begin(&t);
        int64_t id = told("REFUND", "MERCHANT_PROCESSING", 100);
        assert_int_equal(
                orders_update(ctx, t.shop,
                              bytes_of_text("{\"order_id\":3705115058471208928,\"status\":20,\"update_time\":1,"
                                            "\"openid\":\"oBUYER\",\"order_detail\":{\"product_infos\":[{"
                                            "\"product_id\":901,\"title\":\"旗袍\"}]}}"),
                              &order_id),
                0);
        assert_int_equal(get(id).order_id, order_id);
        told("REFUND", "PLATFORM_REFUNDING", 101);
        assert_int_equal(get(id).order_id, order_id);
        assert_string_equal(get(id).product_title, "旗袍");
}

static void lists_and_pages(void **state)
{
        (void)state;
        struct aftersales_case *rows;
        size_t n;
        test_shop_begin(&t);
        /* Deadlines 3, none, 1, 2 hours; the fifth does not wait for the merchant, the sixth is over. */
        const char *deadlines[] = {"1760003000", "0", "1760001000", "1760002000", "1760000000", "1760000000"};
        const char *status[] = {"MERCHANT_PROCESSING",     "MERCHANT_PROCESSING", "MERCHANT_WAIT_RECEIPT",
                                "MERCHANT_OVERDUE_REFUND", "USER_WAIT_RETURN",    "USER_CANCELD"};
        for (int i = 0; i < 6; i++) {
                int64_t id;
                const char *o = arena_printf(&t.store.arena,
                                             "{\"after_sale_order_id\":\"30%d\",\"order_id\":\"1\",\"type\":\"RETURN\","
                                             "\"status\":\"%s\",\"deadline\":%s,\"create_time\":%d,\"update_time\":1}",
                                             i, status[i], deadlines[i], 1000 + i / 2);
                assert_int_equal(aftersales_update(ctx, t.shop, bytes_of_text(o), &id), 0);
        }
        const struct {
                const char *state;
                const char *ids[6];
                size_t n;
        } expected[] = {{"waiting", {"302", "303", "300", "301"}, 4},
                        {"open", {"304", "303", "302", "301", "300"}, 5},
                        {"all", {"305", "304", "303", "302", "301", "300"}, 6}};
        for (size_t e = 0; e < countof(expected); e++) {
                struct aftersales_filter f = {.state = expected[e].state, .limit = 1};
                for (size_t i = 0; i < expected[e].n; i++) {
                        assert_int_equal(aftersales_list(ctx, &f, &rows, &n), 0);
                        assert_int_equal(n, 1);
                        assert_string_equal(rows[0].remote_id, expected[e].ids[i]);
                        f.at = e ? rows[0].created_at : aftersales_due(&rows[0]);
                        f.id = rows[0].case_id;
                }
                assert_int_equal(aftersales_list(ctx, &f, &rows, &n), 0);
                assert_int_equal(n, 0);
        }
}

static void samples_of_the_platform(void **state)
{
        (void)state;
        static const char path[] = "api_samples/skit-wechat/Api/model/Channels/ECAftersale/Present/"
                                   "ChannelsECAftersaleGetPresentAftersaleOrderResponse.json";
        static const char notice[] =
                "api_samples/skit-wechat/Api/event/Channels/EC/ChannelsECAftersaleUpdateEvent.json";
        const char *text = shared_text(&t.store.arena, path), *pushed = shared_text(&t.store.arena, notice);
        struct wx_event event;
        struct job job;
        int64_t id;
        if (!text || !pushed)
                skip();
        test_shop_begin(&t);
        const char *object_text = json_get(&t.store.arena, bytes_of_text(text), "after_sale_order");
        assert_int_equal(aftersales_update(ctx, t.shop, bytes_of_text(object_text), &id), 0);
        struct aftersales_case c = get(id);
        assert_string_equal(c.status, "MERCHANT_REFUND_SUCCESS");
        assert_int_equal(c.amount, 100);
        assert_int_equal(c.updated_at, 1612754444000);

        assert_int_equal(wx_event_read(&t.store.arena, WX_SHOP, bytes_of_text(pushed), &event), 0);
        event.account_id = t.shop;
        assert_string_equal(event.type, aftersales_domain.remote_events[0].type);
        assert_int_equal(aftersales_domain.remote_events[0].fn(ctx, &event), 0);
        assert_true(test_job_waits(&t, "aftersales.fetch", &job));
        assert_non_null(strstr(job.payload, "1234567"));
        assert_true(test_job_waits(&t, "orders.fetch", &job));
        assert_non_null(strstr(job.payload, "12345"));
}

/* ---- pure ---- */

static void the_table_is_whole(void **state)
{
        (void)state;
        assert_int_equal(state_check(&aftersales_states), 0);
        assert_int_equal(aftersales_states.n_states, 22); /* channels-aftersale.md 4 */
        for (size_t i = 0; i < aftersales_states.n_states; i++) {
                const struct state_row *s = &aftersales_states.states[i];
                size_t out = 0, in = 0;
                for (size_t m = 0; m < aftersales_states.n_moves; m++) {
                        out += text_eq(aftersales_states.moves[m].from, s->name);
                        in += text_eq(aftersales_states.moves[m].to, s->name);
                }
                assert_true(s->terminal ? !out && in : out > 0);
                assert_false(aftersales_over(s->name) && aftersales_merchant_acts(s->name));
                assert_false(aftersales_is_effect(AFTERSALES_ACCEPT, s->name, s->name));
        }
        /* Everything the table says a merchant's act leads to counts as its effect, and nothing a buyer does. */
        for (size_t m = 0; m < aftersales_states.n_moves; m++) {
                const struct state_move *v = &aftersales_states.moves[m];
                if (text_eq(v->cause, "merchant accepts"))
                        assert_true(aftersales_is_effect(AFTERSALES_ACCEPT, v->from, v->to));
                if (text_eq(v->cause, "merchant refuses"))
                        assert_true(aftersales_is_effect(AFTERSALES_REJECT, v->from, v->to));
                if (text_eq(v->to, "USER_CANCELD"))
                        assert_false(aftersales_is_effect(AFTERSALES_ACCEPT, v->from, v->to));
        }
}

static void what_may_be_done(void **state)
{
        (void)state;
        static const struct {
                const char *type, *status, *decision;
                bool can, address;
                int accept_type;
        } table[] = {
                {"REFUND", "MERCHANT_PROCESSING", "none", true, false, 2},
                {"RETURN", "MERCHANT_PROCESSING", "none", true, true, 1},
                {"EXCHANGE", "MERCHANT_PROCESSING", "refused", true, true, 1},
                {"RETURN", "MERCHANT_WAIT_RECEIPT", "none", true, false, 2},
                {"EXCHANGE", "MERCHANT_WAIT_RECEIPT", "none", false, false, 2},
                {"RESHIP", "MERCHANT_PROCESSING", "none", false, false, 2},
                {"REFUND", "MERCHANT_PROCESSING", "approving", false, false, 2},
                {"REFUND", "MERCHANT_PROCESSING", "unknown", false, false, 2},
                {"REFUND", "PLATFORM_REFUNDING", "none", false, false, 2},
                {"REFUND", "SOMETHING_NEW", "none", false, false, 2},
        };
        for (size_t i = 0; i < countof(table); i++) {
                struct aftersales_case c = {
                        .type = table[i].type, .status = table[i].status, .decision = table[i].decision};
                assert_int_equal(aftersales_can_decide(&c), table[i].can);
                assert_int_equal(aftersales_needs_address(&c), table[i].address);
                assert_int_equal(aftersales_accept_type(&c), table[i].accept_type);
        }
}

/* ---- deciding ---- */

struct racer {
        struct ctx ctx;
        struct arena arena;
        int64_t case_id;
        int result;
};

static int approve(struct ctx *c, void *arg)
{
        return aftersales_approve(c, ((struct racer *)arg)->case_id, 1, NULL);
}

static void *race(void *arg)
{
        struct racer *r = arg;
        r->result = db_run(t.store.db, &r->ctx, DB_WRITE, approve, r);
        return NULL;
}

static void of_eight_one_wins(void **state)
{
        (void)state;
        enum { N = 8 };
        static struct racer racers[N];
        pthread_t threads[N];
        test_shop_begin(&t);
        int64_t id = told("REFUND", "MERCHANT_PROCESSING", 100);
        test_shop_commit(&t);
        for (int i = 0; i < N; i++) {
                racers[i].ctx = t.store.ctx;
                arena_init(&racers[i].arena, 0);
                ctx_init(&racers[i].ctx, &racers[i].arena);
                racers[i].ctx.merchant = ctx->merchant;
                racers[i].ctx.ids = ctx->ids;
                racers[i].ctx.registry = ctx->registry;
                racers[i].ctx.keys = ctx->keys;
                racers[i].ctx.now = ctx->now;
                racers[i].ctx.actor = (struct actor){ACTOR_STAFF, i + 1, "staff", ROLE_AGENT};
                racers[i].case_id = id;
                assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
        }
        int won = 0, stale = 0;
        for (int i = 0; i < N; i++) {
                pthread_join(threads[i], NULL);
                won += racers[i].result == 0;
                stale += racers[i].result == AFTERSALES_E_STALE;
                arena_release(&racers[i].arena);
        }
        assert_int_equal(won, 1);
        assert_int_equal(stale, N - 1);
        test_shop_begin(&t);
        struct aftersales_case c = get(id);
        assert_string_equal(c.decision, "approving");
        assert_int_equal(c.version, 2);
        assert_int_equal(racers[c.decided_by - 1].result, 0);
        test_shop_commit(&t);
        struct fake_step steps[] = {TOKEN_STABLE("T"), SAYS("acceptapply", "{\"errcode\":0}")};
        play(steps, countof(steps));
        assert_int_equal(run("aftersales.accept", NULL), 0);
        assert_int_equal(run("aftersales.accept", NULL), -1); /* one decision, one job, one request */
        assert_int_equal(fake_count("acceptapply"), 1);
}

static const struct query q_address = {
        .name = "test.address",
        .sql = "insert into catalogue_address (merchant_id, account_id, address_id, name, phone_masked, text, "
               "is_default,"
               " seen_at) values ($1, $2, $3, '仓', '', '杭州', 1, 1)",
        .args = "iit",
};
static const struct query q_reason = {
        .name = "test.reason",
        .sql = "insert into aftersales_reason (merchant_id, account_id, scene, reason_type, text, wording, seen_at)"
               " values ($1, $2, $3, $4, '已发货', '商品已经发出', 1)",
        .args = "iiii",
};

static void what_a_decision_must_name(void **state)
{
        (void)state;
        test_shop_begin(&t);
        assert_int_equal(db_exec(ctx, &q_address, DB_I(ctx->merchant), DB_I(t.shop), DB_T("11")), 0);
        assert_int_equal(db_exec(ctx, &q_address, DB_I(ctx->merchant), DB_I(t.kf), DB_T("12")), 0);
        assert_int_equal(db_exec(ctx, &q_reason, DB_I(ctx->merchant), DB_I(t.shop), DB_I(4), DB_I(9)), 0);
        assert_int_equal(db_exec(ctx, &q_reason, DB_I(ctx->merchant), DB_I(t.shop), DB_I(1), DB_I(8)), 0);
        int64_t id = told("RETURN", "MERCHANT_PROCESSING", 100);
        assert_int_equal(aftersales_approve(ctx, id, 1, NULL), AFTERSALES_E_ADDRESS);
        assert_int_equal(aftersales_approve(ctx, id, 1, ""), AFTERSALES_E_ADDRESS);
        assert_int_equal(aftersales_approve(ctx, id, 1, "12"), AFTERSALES_E_ADDRESS); /* another account's */
        assert_int_equal(aftersales_approve(ctx, id, 2, "11"), AFTERSALES_E_STALE);
        assert_int_equal(aftersales_approve(ctx, 5, 1, "11"), AFTERSALES_E_NONE);
        assert_int_equal(aftersales_reject(ctx, id, 1, 8, NULL), AFTERSALES_E_REASON); /* of refunds */
        assert_int_equal(shops_set_read_only(ctx, t.shop, true), 0);
        assert_int_equal(aftersales_approve(ctx, id, 1, "11"), AFTERSALES_E_READ_ONLY);
        assert_int_equal(shops_set_read_only(ctx, t.shop, false), 0);
        assert_int_equal(aftersales_approve(ctx, id, 1, "11"), 0);
        assert_int_equal(aftersales_reject(ctx, id, 2, 9, NULL), AFTERSALES_E_STATE); /* one is on its way */
        struct job job;
        assert_true(test_job_waits(&t, "aftersales.accept", &job));
        assert_non_null(strstr(job.payload, "\"accept_type\":1"));
        assert_non_null(strstr(job.payload, "\"address_id\":\"11\""));
        struct aftersales_moved *moves;
        size_t n;
        assert_int_equal(aftersales_moves(ctx, id, &moves, &n), 0);
        assert_int_equal(n, 2);
        assert_string_equal(moves[1].from, moves[1].to);
        assert_string_equal(moves[1].cause, "approving");
}

/* ---- effects ---- */

static int64_t approved_refund(void)
{
        test_shop_begin(&t);
        int64_t id = told("REFUND", "MERCHANT_PROCESSING", 100);
        assert_int_equal(aftersales_approve(ctx, id, 1, NULL), 0);
        test_shop_commit(&t);
        return id;
}

static void a_refund_is_paid_once(void **state)
{
        (void)state;
        struct fake_step steps[] = {TOKEN_STABLE("T"), SAYS("acceptapply", "{\"errcode\":0}"),
                                    SAYS("getaftersaleorder", answer("REFUND", "PLATFORM_REFUNDING", 101))};
        int64_t id = approved_refund();
        play(steps, countof(steps));
        assert_int_equal(run("aftersales.accept", NULL), 0);
        assert_non_null(strstr(fake.seen[fake.n - 1].body, "\"accept_type\":2"));
        assert_string_equal(get_now(id).decision, "approved");
        assert_int_equal(run("aftersales.fetch", NULL), 0); /* the truth is fetched without waiting for a notice */
        struct aftersales_case c = get_now(id);
        assert_string_equal(c.status, "PLATFORM_REFUNDING");
        assert_string_equal(c.decision, "approved");
}

/* A return is decided twice: when it is applied for, and when the goods are back. */
static void a_return_is_decided_twice(void **state)
{
        (void)state;
        struct fake_step steps[] = {TOKEN_STABLE("T"), SAYS("acceptapply", "{\"errcode\":0}")};
        test_shop_begin(&t);
        assert_int_equal(db_exec(ctx, &q_address, DB_I(ctx->merchant), DB_I(t.shop), DB_T("11")), 0);
        int64_t id = told("RETURN", "MERCHANT_PROCESSING", 100);
        assert_int_equal(aftersales_approve(ctx, id, 1, "11"), 0);
        test_shop_commit(&t);
        play(steps, countof(steps));
        assert_int_equal(run("aftersales.accept", NULL), 0);
        assert_non_null(strstr(fake.seen[fake.n - 1].body, "\"accept_type\":1"));
        assert_non_null(strstr(fake.seen[fake.n - 1].body, "11"));
        test_shop_begin(&t);
        told("RETURN", "USER_WAIT_RETURN", 101);
        assert_string_equal(get(id).decision, "approved");
        told("RETURN", "MERCHANT_WAIT_RECEIPT", 102);
        struct aftersales_case c = get(id);
        assert_string_equal(c.decision, "none"); /* his turn again */
        assert_true(aftersales_can_decide(&c));
        assert_int_equal(aftersales_approve(ctx, id, c.version, NULL), 0);
        test_shop_commit(&t);
        assert_int_equal(run("aftersales.accept", NULL), 0);
        assert_non_null(strstr(fake.seen[fake.n - 1].body, "\"accept_type\":2"));
}

/* The answer to our agreement comes when she has sent the goods back already: his turn again, and the agreement is told. */
static void she_is_quicker_than_the_answer(void **state)
{
        (void)state;
        struct aftersales_moved *moves;
        size_t n;
        test_shop_begin(&t);
        assert_int_equal(db_exec(ctx, &q_address, DB_I(ctx->merchant), DB_I(t.shop), DB_T("11")), 0);
        int64_t id = told("RETURN", "MERCHANT_PROCESSING", 100);
        assert_int_equal(aftersales_approve(ctx, id, 1, "11"), 0);
        told("RETURN", "MERCHANT_WAIT_RECEIPT", 101);
        test_shop_commit(&t);
        assert_int_equal(run("aftersales.accept", NULL), JOB_DONE);
        test_shop_begin(&t);
        assert_string_equal(get(id).decision, "none");
        assert_int_equal(aftersales_moves(ctx, id, &moves, &n), 0);
        assert_string_equal(moves[n - 1].cause, "approved");
        test_shop_commit(&t);
}

static void no_is_told_with_what_to_do(void **state)
{
        (void)state;
        static const struct {
                const char *reply, *word;
        } refusals[] = {
                {"{\"errcode\":10021046,\"errmsg\":\"balance\"}", "余额不足"},
                {"{\"errcode\":10021058,\"errmsg\":\"address\"}", "退货地址"},
                {"{\"errcode\":10021068,\"errmsg\":\"negotiate\"}", "先与买家协商"},
                {"{\"errcode\":10029999,\"errmsg\":\"strange\"}", "10029999"},
        };
        int64_t id = 0;
        for (size_t i = 0; i < countof(refusals); i++) {
                struct fake_step steps[] = {TOKEN_STABLE("T"), SAYS("acceptapply", refusals[i].reply),
                                            SAYS("getaftersaleorder", answer("REFUND", "MERCHANT_PROCESSING", 100))};
                play(steps, countof(steps));
                test_shop_begin(&t);
                if (!id)
                        id = told("REFUND", "MERCHANT_PROCESSING", 100);
                assert_int_equal(aftersales_approve(ctx, id, get(id).version, NULL), 0); /* may be decided again */
                test_shop_commit(&t);
                assert_int_equal(run("aftersales.accept", NULL), 0);
                struct aftersales_case c = get_now(id);
                assert_string_equal(c.decision, "refused");
                assert_non_null(strstr(c.decision_note, refusals[i].word));
                assert_true(aftersales_waits(&c));
        }
}

static void a_minute_between_refunds(void **state)
{
        (void)state;
        struct job job;
        struct fake_step steps[] = {
                TOKEN_STABLE("T"),
                SAYS("acceptapply", "{\"errcode\":10021044,\"errmsg\":\"busy\"}"),
                SAYS("acceptapply", "{\"errcode\":0}"),
                SAYS("getaftersaleorder", answer("REFUND", "MERCHANT_PROCESSING", 100)),
        };
        int64_t id = approved_refund();
        play(steps, countof(steps));
        assert_int_equal(run("aftersales.accept", &job), JOB_RETRY);
        assert_true(job.retry_in_ms > 60000 || job.retry_in_ms == 0);
        assert_string_equal(get_now(id).decision, "approving");
        assert_int_equal(run("aftersales.accept", &job), 0);
        assert_string_equal(get_now(id).decision, "approved");
}

/* The answer was lost. Reading shows that nothing happened: only then is the request repeated. */
static void lost_and_not_done_is_repeated(void **state)
{
        (void)state;
        struct job job;
        struct fake_step steps[] = {
                TOKEN_STABLE("T"),
                {.path = "acceptapply", .fails = TRANSPORT_E_UNKNOWN},
                SAYS("getaftersaleorder", answer("REFUND", "MERCHANT_PROCESSING", 100)),
                SAYS("acceptapply", "{\"errcode\":0}"),
        };
        int64_t id = approved_refund();
        play(steps, countof(steps));
        assert_int_equal(run("aftersales.accept", &job), JOB_RETRY);
        struct aftersales_case c = get_now(id);
        assert_string_equal(c.decision, "unknown");
        assert_false(aftersales_can_decide(&c)); /* nobody decides over an unknown outcome */
        assert_int_equal(run("aftersales.accept", &job), 0);
        assert_string_equal(get_now(id).decision, "approved");
        assert_int_equal(fake_count("acceptapply"), 2);
}

static void lost_and_done_is_not_repeated(void **state)
{
        (void)state;
        struct fake_step steps[] = {
                TOKEN_STABLE("T"),
                {.path = "acceptapply", .fails = TRANSPORT_E_UNKNOWN},
                SAYS("getaftersaleorder", answer("REFUND", "MERCHANT_REFUND_SUCCESS", 105)),
        };
        int64_t id = approved_refund();
        play(steps, countof(steps));
        assert_int_equal(run("aftersales.accept", NULL), JOB_RETRY);
        assert_int_equal(run("aftersales.accept", NULL), 0);
        struct aftersales_case c = get_now(id);
        assert_string_equal(c.decision, "approved");
        assert_string_equal(c.status, "MERCHANT_REFUND_SUCCESS"); /* what was read on the way is kept */
        assert_int_equal(fake_count("acceptapply"), 1);
}

/* The process died between request and answer: the job runs anew, and asks before it does anything. */
static void after_a_crash_it_asks_first(void **state)
{
        (void)state;
        const struct job_kind *kind = test_job_kind(ctx->registry, "aftersales.accept");
        struct fake_step steps[] = {TOKEN_STABLE("T"),
                                    SAYS("getaftersaleorder", answer("REFUND", "PLATFORM_REFUNDING", 105))};
        struct job job;
        void *left_behind;
        int64_t id = approved_refund();
        test_shop_begin(&t);
        assert_true(test_job_waits(&t, "aftersales.accept", &job));
        assert_int_equal(kind->prepare(ctx, &job, &left_behind), 0); /* ... and then the lights went out */
        test_shop_commit(&t);
        play(steps, countof(steps));
        assert_int_equal(run("aftersales.accept", NULL), 0);
        assert_int_equal(fake_count("acceptapply"), 0);
        assert_string_equal(get_now(id).decision, "approved");
}

/* She cancelled before the request left: the decision is void, and nobody says that it was carried out. */
static void overtaken_by_the_buyer(void **state)
{
        (void)state;
        struct fake_step steps[] = {TOKEN_STABLE("T")};
        int64_t id = approved_refund();
        test_shop_begin(&t);
        told("REFUND", "USER_CANCELD", 101);
        test_shop_commit(&t);
        play(steps, countof(steps));
        assert_int_equal(run("aftersales.accept", NULL), JOB_DONE);
        assert_int_equal(fake.n, 0);
        struct aftersales_case c = get_now(id);
        assert_string_equal(c.decision, "none");
        assert_non_null(c.decision_note);
}

static void refusing(void **state)
{
        (void)state;
        struct fake_step steps[] = {TOKEN_STABLE("T"), SAYS("rejectapply", "{\"errcode\":0}")};
        test_shop_begin(&t);
        assert_int_equal(db_exec(ctx, &q_reason, DB_I(ctx->merchant), DB_I(t.shop), DB_I(1), DB_I(8)), 0);
        int64_t id = told("REFUND", "MERCHANT_PROCESSING", 100);
        assert_int_equal(aftersales_reject(ctx, id, 1, 8, NULL), 0);
        test_shop_commit(&t);
        play(steps, countof(steps));
        assert_int_equal(run("aftersales.reject", NULL), 0);
        assert_non_null(strstr(fake.seen[fake.n - 1].body, "\"reject_reason_type\":8"));
        assert_non_null(strstr(fake.seen[fake.n - 1].body, "商品已经发出"));
        assert_string_equal(get_now(id).decision, "rejected");
}

static void reasons_are_read_daily(void **state)
{
        (void)state;
        struct fake_step steps[] = {
                TOKEN_STABLE("T"),
                SAYS("rejectreason/get",
                     "{\"errcode\":0,\"reason_list\":[{\"reject_reason_type\":1,\"reject_reason_type_text\":\"已发货\","
                     "\"reject_reason\":\"包裹在路上\",\"reject_scene\":1},{\"reject_reason_type\":7,"
                     "\"reject_reason_type_text\":\"影响二次销售\",\"reject_reason\":\"\",\"reject_scene\":4}]}"),
        };
        struct shops_account shop;
        struct aftersales_reason *reasons;
        struct job job;
        size_t n;
        play(steps, countof(steps));
        test_shop_begin(&t);
        assert_int_equal(db_exec(ctx, &q_reason, DB_I(ctx->merchant), DB_I(t.shop), DB_I(1), DB_I(99)), 0);
        assert_int_equal(shops_account_get(ctx, t.shop, &shop), 0);
        assert_int_equal(aftersales_start(ctx, &shop), 0);
        test_shop_commit(&t);
        assert_int_equal(run("aftersales.reasons", NULL), 0);
        test_shop_begin(&t);
        assert_int_equal(aftersales_reasons(ctx, t.shop, 1, &reasons, &n), 0);
        assert_int_equal(n, 1); /* what the platform no longer lists is gone */
        assert_string_equal(reasons[0].wording, "包裹在路上");
        assert_int_equal(aftersales_reasons(ctx, t.shop, 4, &reasons, &n), 0);
        assert_int_equal(n, 1);
        assert_string_equal(reasons[0].wording, "影响二次销售"); /* without wording the reason's name serves */
        assert_true(test_job_waits(&t, "aftersales.reasons", &job));
        assert_int_equal(job.run_at, ctx->now + 24 * 3600 * 1000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_case_is_kept, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(the_order_may_come_later, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(lists_and_pages, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(samples_of_the_platform, open_shop, close_shop),
                cmocka_unit_test(the_table_is_whole),
                cmocka_unit_test(what_may_be_done),
                cmocka_unit_test_setup_teardown(of_eight_one_wins, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(what_a_decision_must_name, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(a_refund_is_paid_once, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(a_return_is_decided_twice, open_shop, close_shop),
cmocka_unit_test_setup_teardown(she_is_quicker_than_the_answer, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(no_is_told_with_what_to_do, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(a_minute_between_refunds, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(lost_and_not_done_is_repeated, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(lost_and_done_is_not_repeated, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(after_a_crash_it_asks_first, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(overtaken_by_the_buyer, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(refusing, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(reasons_are_read_daily, open_shop, close_shop),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
