/* The derived past: the same from the same seed, found by time and by id, changed only when touched; and one story per seed. */
#include "sim/shop/past.h"

#include "sim/out.h"
#include "sim/shop/api_test.h"

#define PAST 5000

static int past_start(void **state)
{
        int r = start(state);
        if (!r)
                past_begin(&test_sim, test_sim.world.shops[0], PAST);
        return r;
}

static void places_ids_and_time_agree(void **state)
{
        struct shop *shop = test_sim.world.shops[0];
        struct past_order a, b;
        int64_t before = 0;

        (void)state;
        for (size_t i = 0; i < PAST; i += 7) {
                past_look(&test_sim, shop, i, &a);
                past_look(&test_sim, shop, i, &b);
                assert_memory_equal(&a, &b, sizeof(a));
                assert_true(a.created >= before);
                before = a.created;
                assert_true(past_from(shop, a.created) <= i && past_from(shop, a.created + 1) > i);
                const char *id = past_id(&test_arena, shop, i);
                assert_int_equal(strlen(id), 19);
                struct order *order = order_look(&test_sim, &test_arena, id);
                assert_non_null(order);
                assert_string_equal(order->id, id);
                assert_int_equal(order->created, a.created);
                assert_int_equal(order->n_lines, a.n_lines);
        }
        assert_null(map_get(&test_sim.world.orders, past_id(&test_arena, shop, 7))); /* looking keeps nothing */
        char *wrong = arena_strdup(&test_arena, past_id(&test_arena, shop, 7));
        wrong[3] = wrong[3] == '0' ? '1' : '0';
        assert_null(order_look(&test_sim, &test_arena, wrong));
}

/* Every order of the past comes once, whatever the windows, and a touched one stands where it changed. */
static size_t listed(const char *what, int64_t from, int64_t to, const char *seen_id, bool *seen)
{
        const char *key = "";
        size_t n = 0;

        for (;;) {
                const char *body = arena_printf(&test_arena,
                                                "{\"%s\":{\"start_time\":%lld,\"end_time\":%lld},\"page_size\":100,\"next_key\":\"%s\"}", what,
                                                (long long)from, (long long)to, key);
                const char *page = test_call("POST", O "list/get" T, body), *id;
                for (size_t i = 0; (id = test_member(page, arena_printf(&test_arena, "order_id_list.%zu", i))); i++, n++)
                        *seen |= seen_id && text_eq(id, seen_id);
                if (!text_eq(test_member(page, "has_more"), "true"))
                        return n;
                key = test_member(page, "next_key");
        }
}

static void lists_walk_through_the_past(void **state)
{
        struct shop *shop = test_sim.world.shops[0];
        int64_t from = shop->past.begin / 1000, end = sim_now_s(&test_sim);
        size_t all = 0;
        bool seen = false;

        (void)state;
        for (int64_t at = from; at <= end; at += 7 * 86400 + 1)
                all += listed("create_time_range", at, at + 7 * 86400, NULL, &seen);
        assert_int_equal(all, PAST + shop->orders.n);
        const char *id = past_id(&test_arena, shop, 100);
        struct past_order old;
        past_look(&test_sim, shop, 100, &old);
        int64_t then = old.updated / 1000;
        test_let("ORDER", id);
        size_t before = listed("update_time_range", then - 3600, then + 3600, id, &seen);
        assert_true(seen);
        RUN(OK(O "merchantnotes/update", "{\"order_id\":\"$ORDER\",\"merchant_notes\":\"老客\"}", NULL),
            OK(O "get", "{\"order_id\":\"$ORDER\"}", "order.order_detail.ext_info.merchant_notes=老客"),
            OK(O "search", "{\"search_condition\":{\"merchant_notes\":\"老客\"},\"page_size\":10}", "order_id_list.0=$ORDER has_more=false"));
        seen = false;
        assert_int_equal(listed("update_time_range", then - 3600, then + 3600, id, &seen), before - 1);
        assert_false(seen);
        size_t now = listed("update_time_range", end, end, id, &seen);
        assert_true(now > 0);
        assert_true(seen);
        seen = false;
        listed("create_time_range", from, from + 7 * 86400, id, &seen);
        assert_true(seen);
}

/* Every case of the past comes once in the days of its update, reads as it was listed, and stays itself when touched. */
static void cases_of_the_past_are_listed_by_day(void **state)
{
        struct shop *shop = test_sim.world.shops[0];
        int64_t end = sim_now_s(&test_sim);
        size_t all = 0, expected = 0;
        struct past_case past;
        const char *id = NULL;

        (void)state;
        for (size_t i = 0; i < PAST; i++)
                expected += !past_touched(shop, i) && past_case_look(&test_sim, shop, i, &past);
        assert_true(expected > PAST / 5 && expected < PAST / 3);
        for (int64_t at = shop->past.begin / 1000; at <= end; at += 86401) {
                const char *key = "", *page;
                do {
                        page = test_call("POST", A "getaftersalelist" T,
                                         arena_printf(&test_arena, "{\"begin_update_time\":%lld,\"end_update_time\":%lld,\"next_key\":\"%s\"}",
                                                      (long long)at, (long long)at + 86400, key));
                        const char *one;
                        for (size_t i = 0; (one = test_member(page, arena_printf(&test_arena, "after_sale_order_id_list.%zu", i))); i++, all++)
                                id = one;
                        key = test_member(page, "next_key");
                } while (text_eq(test_member(page, "has_more"), "true"));
        }
        assert_int_equal(all, expected + shop->cases.n);
        size_t place = 0;
        while (!past_case_look(&test_sim, shop, place, &past))
                place++;
        id = past_case_id(&test_arena, shop, place);
        test_let("CASE", id);
        test_let("ORDER", past_id(&test_arena, shop, place));
        RUN(OK(A "getaftersaleorder", "{\"after_sale_order_id\":\"$CASE\"}", "after_sale_order.order_id=$ORDER"),
            OK(O "get", "{\"order_id\":\"$ORDER\"}",
               "order.aftersale_detail.aftersale_order_list.0.aftersale_order_id=$CASE order.aftersale_detail.on_aftersale_order_cnt=0"));
        assert_null(map_get(&test_sim.world.cases, id));
        struct after_sale *c = case_touch(&test_sim, &test_arena, id);
        assert_ptr_equal(c, map_get(&test_sim.world.cases, id));
        assert_int_equal(c->updated, past.ended);
        RUN(OK(A "getaftersaleorder", "{\"after_sale_order_id\":\"$CASE\"}", "after_sale_order.order_id=$ORDER"));
}

static const char *story(uint64_t seed)
{
        struct sim sim = {0};
        struct out out;

        assert_int_equal(sim_init(&sim, &(struct sim_options){.seed = seed, .manual_clock = true, .start_ms = TEST_START_MS,
                                                              .customers = 30, .population = "demo"}),
                         0);
        timers_push_to(&sim, TEST_START_MS + 3 * DAY_MS);
        out_init(&out, &test_arena);
        out_obj(&out, NULL);
        ledger_write(&sim, &out, 0, 100000, NULL);
        out_end(&out);
        sim_release(&sim);
        return out.text.p;
}

static void one_seed_tells_one_story(void **state)
{
        const char *first = story(5);
        (void)state;
        assert_true(strlen(first) > 10000);
        assert_string_equal(first, story(5));
        assert_string_not_equal(first, story(6));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                unit(places_ids_and_time_agree), unit(lists_walk_through_the_past), unit(cases_of_the_past_are_listed_by_day), unit(one_seed_tells_one_story),
        };
        return cmocka_run_group_tests(tests, past_start, stop);
}
