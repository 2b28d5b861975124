/* The people of a day, of many seeds: how they spread over the hours, how many ask, who is confirmed. */
#include "sim/world_test.h"

#include "sim/day.h"
#include "sim/hours.h"
#include "sim/shop/trade.h"
#include "sim/wecom/wecom.h"

#define ORDERS 1500
#define SEEDS 40

static const char *name_of(const struct sim *sim)
{
        return sim->world.shops[0]->name;
}

static void play(struct sim *sim, uint64_t seed)
{
        assert_int_equal(sim_init(sim, &(struct sim_options){.seed = seed,
                                                             .manual_clock = true,
                                                             .start_ms = TEST_START_MS,
                                                             .population = "empty"}), 0);
        assert_int_equal(day_start(sim, day_shop(sim, name_of(sim)), ORDERS, 1), 0);
        assert_int_equal(day_start(sim, sim->world.shops[0], ORDERS, 1), DAY_E_RUNNING);
        timers_push_to(sim, TEST_START_MS + 2 * DAY_MS);
        assert_false(day_running(sim));
}

/* What the world itself says, not the day's own counts. */
struct count {
        unsigned orders, evening, night, paid, asked, cases, friends, waiting;
};

static struct count count(struct sim *sim)
{
        struct count n = {0};
        const struct shop *shop = sim->world.shops[0];

        for (size_t i = 0; i < shop->orders.n; i++) {
                const struct order *o = shop->orders.v[i];
                if (o->created < TEST_START_MS)
                        continue;
                n.orders++;
                n.evening += hours_of(o->created) >= 18 && hours_of(o->created) < 22;
                n.night += hours_of(o->created) >= 1 && hours_of(o->created) < 6;
                n.paid += o->paid != 0;
                n.cases += o->cases.n != 0;
        }
        for (size_t i = 0; i < sim->world.people.n; i++) {
                const struct person *p = sim->world.people.v[i];
                for (size_t k = 0; k < p->chat.n; k++)
                        n.asked += p->chat.v[k]->author == BY_CUSTOMER && p->chat.v[k]->at >= TEST_START_MS;
                for (size_t k = 0; k < p->contacts.n; k++) {
                        n.friends++;
                        n.waiting += p->contacts.v[k]->relation == CONTACT_HALF;
                }
        }
        return n;
}

#define PERCENT_BETWEEN(part, whole, lo, hi) \
        assert_true((part) * 100 >= (lo) * (whole) && (part) * 100 <= (hi) * (whole))

static void a_day_is_a_day_whatever_the_seed(void **state)
{
        static struct sim sim;

        (void)state;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                play(&sim, seed);
                const struct count n = count(&sim);
                assert_int_equal(n.orders, ORDERS);
                assert_int_equal(n.asked, sim.day.asks);
                PERCENT_BETWEEN(n.evening, n.orders, 38, 40);
                PERCENT_BETWEEN(n.night, n.orders, 2, 5);
                PERCENT_BETWEEN(n.asked, n.orders, 24, 25);
                PERCENT_BETWEEN(n.paid, n.orders, 92, 99);
                PERCENT_BETWEEN(n.cases, n.orders, 3, 12);
                PERCENT_BETWEEN(n.friends, n.orders, 2, 10);
                /* Some of the staff never confirm. */
                assert_in_range(n.waiting, 1, n.friends / 3);
                assert_true(sim.day.confirmed > 0 && sim.day.half == sim.day.confirmed + n.waiting);
                assert_true(sim.day.moves > 0 && sim.day.shipped > n.paid / 2);
                sim_release(&sim);
        }
}

static void one_seed_one_day(void **state)
{
        static struct sim a, b;

        (void)state;
        play(&a, 3);
        play(&b, 3);
        assert_int_equal(a.ledger.next, b.ledger.next);
        for (uint64_t seq = ring_first(&a.ledger); seq < a.ledger.next; seq++) {
                const struct ledger_row *x = ring_row(&a.ledger, seq), *y = ring_row(&b.ledger, seq);
                assert_int_equal(x->at, y->at);
                assert_string_equal(x->what, y->what);
                assert_string_equal(x->id, y->id);
                assert_string_equal(x->detail, y->detail);
        }
        sim_release(&a);
        sim_release(&b);
}

static void hours_add_up(void **state)
{
        (void)state;
        assert_int_equal(hours_moment(0), 0);
        assert_in_range(hours_moment(DAY_MS - 1), 23 * HOUR_MS, DAY_MS - 1);
        for (int64_t part = 0, last = 0; part < DAY_MS; part += 60000) {
                assert_true(hours_moment(part) >= last);
                last = hours_moment(part);
        }
        /* 1800000000 is 2027-01-15 16:00 in China. */
        assert_int_equal(hours_of(TEST_START_MS), 16);
        assert_int_equal(hours_midnight(TEST_START_MS), TEST_START_MS - 16 * HOUR_MS);
}

static void what_is_no_day(void **state)
{
        static struct sim sim;

        (void)state;
        assert_int_equal(sim_init(&sim, &(struct sim_options){.seed = 1, .manual_clock = true, .population = "empty", .day = "nowhere"}), SIM_E_DAY);
        assert_null(day_shop(&sim, "3"));
        assert_ptr_equal(day_shop(&sim, "2"), sim.world.shops[1]);
        assert_int_equal(day_start(&sim, sim.world.shops[0], 0, 1), DAY_E_SIZE);
        assert_int_equal(day_start(&sim, sim.world.shops[0], 10, 0), DAY_E_SIZE);
        sim_release(&sim);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_day_is_a_day_whatever_the_seed),
                cmocka_unit_test(one_seed_one_day),
                cmocka_unit_test(hours_add_up),
                cmocka_unit_test(what_is_no_day),
        };
        int r = crypt_init();
        return r ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
