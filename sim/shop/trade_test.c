#include "sim/shop/trade.h"

#include "sim/world_test.h"

static struct order *place(struct sim *sim)
{
        struct shop *shop = sim->world.shops[0];
        const struct product *product = shop->products.v[0];
        return order_place(sim, shop, world_person(sim, "丙"), product, &product->sku[0], 2, "");
}

static struct order *paid(struct sim *sim)
{
        struct order *order = place(sim);
        assert_int_equal(order_pay(sim, order), 0);
        return order;
}

static const char *return_address(struct sim *sim)
{
        return sim->world.shops[0]->addresses.v[0]->id;
}

static void the_tables_are_sound(void **state)
{
        (void)state;
        assert_int_equal(state_check(&order_states), 0);
        assert_int_equal(state_check(&case_states), 0);
}

static void an_order_is_paid_shipped_confirmed(void **state)
{
        struct sim *sim = *state;
        struct order *order = place(sim);

        assert_int_equal(strlen(order->id), 19);
        assert_int_equal(order_ship(sim, order), TRADE_E_STATE);
        assert_int_equal(order_pay(sim, order), 0);
        assert_int_equal(order_pay(sim, order), TRADE_E_STATE);
        assert_int_equal(order->line[0].deadline, sim_now_s(sim) + 48 * 3600);
        assert_int_equal(order_ship(sim, order), 0);
        assert_string_equal(order->status, "30");
        assert_int_equal(order->n_parcels, 1);
        pass(sim, 10 * DAY_MS - 1);
        assert_string_equal(order->status, "30");
        pass(sim, 1);
        assert_string_equal(order->status, "100");
        assert_int_equal(order_confirm(sim, order, false), TRADE_E_STATE);
}

static void an_unpaid_order_ends(void **state)
{
        struct sim *sim = *state;
        struct order *order = place(sim);

        pass(sim, 1800 * 1000);
        assert_string_equal(order->status, "250");
        assert_int_equal(order_pay(sim, order), TRADE_E_STATE);
}

static void a_refund_empties_the_order(void **state)
{
        struct sim *sim = *state;
        struct order *order = paid(sim);
        const char *rule;
        struct after_sale *c = case_open(sim, order, 0, "REFUND", "不想要了", false);

        assert_int_equal(c->amount, order->total);
        assert_int_equal(order->line[0].on_case, 2);
        assert_int_equal(order_ship(sim, order), TRADE_E_STATE);
        assert_null(case_open(sim, order, 0, "REFUND", "不想要了", false));
        assert_int_equal(case_accept(sim, c, NULL, 0, &rule), 0);
        assert_string_equal(c->status, "PLATFORM_REFUNDING");
        assert_int_equal(case_accept(sim, c, NULL, 0, &rule), 10020001);
        pass(sim, 2000);
        assert_string_equal(c->status, "MERCHANT_REFUND_SUCCESS");
        assert_string_equal(order->status, "200");
        assert_int_equal(order->line[0].on_case, 0);
        assert_int_equal(order->line[0].finished, 2);
        assert_int_equal(c->refund_reason, 3);
}

static void a_return_needs_a_return_address(void **state)
{
        struct sim *sim = *state;
        struct order *order = paid(sim);
        const char *rule;

        assert_int_equal(order_ship(sim, order), 0);
        struct after_sale *c = case_open(sim, order, 0, "RETURN", "尺码不合适", true);
        assert_int_equal(case_accept(sim, c, NULL, 1, &rule), 10021058);
        assert_int_equal(case_accept(sim, c, "12345", 1, &rule), 10021059);
        assert_int_equal(case_accept(sim, c, sim->world.shops[0]->addresses.v[2]->id, 1, &rule), 10021059);
        assert_int_equal(case_accept(sim, c, return_address(sim), 2, &rule), 10021041);
        assert_int_equal(case_accept(sim, c, return_address(sim), 1, &rule), 0);
        assert_string_equal(c->status, "USER_WAIT_RETURN");
        assert_int_equal(case_accept(sim, c, NULL, 2, &rule), 10020001);
        assert_int_equal(case_return(sim, c, "SF1000"), 0);
        assert_int_equal(case_accept(sim, c, NULL, 1, &rule), 10021041);
        assert_int_equal(case_accept(sim, c, NULL, 2, &rule), 0);
        pass(sim, 2000);
        assert_string_equal(c->status, "MERCHANT_RETURN_SUCCESS");
}

static void the_platform_agrees_when_the_merchant_is_late(void **state)
{
        struct sim *sim = *state;
        struct order *first = paid(sim), *second = paid(sim);
        struct after_sale *refund = case_open(sim, first, 0, "REFUND", "不想要了", false);

        assert_int_equal(order_ship(sim, second), 0);
        struct after_sale *back = case_open(sim, second, 0, "RETURN", "质量问题", true);
        assert_int_equal(refund->deadline, sim_now(sim) + 48 * HOUR_MS);
        pass(sim, 48 * HOUR_MS);
        assert_string_equal(refund->status, "PLATFORM_REFUNDING");
        assert_int_equal(refund->refund_reason, 9);
        assert_string_equal(back->status, "USER_WAIT_RETURN");
        assert_true(back->address->default_recv);
        pass(sim, 7 * DAY_MS);
        assert_string_equal(back->status, "RETURN_CLOSED");
        pass(sim, 7 * DAY_MS);
        assert_string_equal(back->status, "USER_CANCELD");
}

static void receipt_not_confirmed_pays_too(void **state)
{
        struct sim *sim = *state;
        struct order *order = paid(sim);
        const char *rule;

        assert_int_equal(order_ship(sim, order), 0);
        struct after_sale *c = case_open(sim, order, 0, "RETURN", "质量问题", true);
        assert_int_equal(case_accept(sim, c, return_address(sim), 1, &rule), 0);
        assert_int_equal(case_return(sim, c, "SF1000"), 0);
        pass(sim, 10 * DAY_MS + 2000);
        assert_string_equal(c->status, "MERCHANT_RETURN_SUCCESS");
        assert_int_equal(c->refund_reason, 11);
}

static void refusing_and_the_switches(void **state)
{
        struct sim *sim = *state;
        struct after_sale *c = case_open(sim, paid(sim), 0, "REFUND", "不想要了", false);
        const char *rule;

        turn(sim, "negotiate_first", "true");
        assert_int_equal(case_reject(sim, c, "已发货", &rule), 10021068);
        turn(sim, "negotiate_first", "false");
        turn(sim, "balance_short", "true");
        assert_int_equal(case_accept(sim, c, NULL, 0, &rule), 10021046);
        /* Nobody decided in time either: the refund fails and must be paid outside. */
        pass(sim, 48 * HOUR_MS + 2000);
        assert_string_equal(c->status, "MERCHANT_OVERDUE_REFUND");
        turn(sim, "balance_short", "false");
        c = case_open(sim, paid(sim), 0, "REFUND", "不想要了", false);
        assert_int_equal(case_reject(sim, c, "已发货", &rule), 0);
        assert_string_equal(c->status, "MERCHANT_REJECT_REFUND");
        assert_int_equal(case_reject(sim, c, "已发货", &rule), 10020001);
        /* Refused is not running: she may apply again. */
        assert_non_null(case_open(sim, c->order, 0, "REFUND", "不想要了", false));
}

static void one_refund_a_minute_on_one_order(void **state)
{
        struct sim *sim = *state;
        struct order *order = paid(sim);
        const char *rule;

        order->line[1] = order->line[0];
        order->n_lines = 2;
        struct after_sale *a = case_open(sim, order, 0, "REFUND", "不想要了", false);
        struct after_sale *b = case_open(sim, order, 1, "REFUND", "不想要了", false);
        assert_int_equal(case_accept(sim, a, NULL, 0, &rule), 0);
        assert_int_equal(case_accept(sim, b, NULL, 0, &rule), 10021044);
        pass(sim, 62000);
        assert_int_equal(case_accept(sim, b, NULL, 0, &rule), 0);
        pass(sim, 2000);
        assert_string_equal(order->status, "200");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                world_unit(the_tables_are_sound),
                world_unit(an_order_is_paid_shipped_confirmed),
                world_unit(an_unpaid_order_ends),
                world_unit(a_refund_empties_the_order),
                world_unit(a_return_needs_a_return_address),
                world_unit(the_platform_agrees_when_the_merchant_is_late),
                world_unit(receipt_not_confirmed_pays_too),
                world_unit(refusing_and_the_switches),
                world_unit(one_refund_a_minute_on_one_order),
        };
        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
