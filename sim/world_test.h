/* A small world for the tests: no socket, the clock in the test's hand. */
#ifndef SIM_WORLD_TEST_H
#define SIM_WORLD_TEST_H

#include "sim/sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEST_START_MS INT64_C(1800000000000)

static inline int world_setup(void **state)
{
        static struct sim sim;
        *state = &sim;
        return sim_init(&sim,
                        &(struct sim_options){
                                .seed = 7, .manual_clock = true, .start_ms = TEST_START_MS, .population = "empty", .record = getenv("SIM_RECORD")});
}

static inline int world_teardown(void **state)
{
        sim_release(*state);
        return 0;
}

static inline void pass(struct sim *sim, int64_t ms)
{
        timers_push_to(sim, sim_now(sim) + ms);
}

static inline void turn(struct sim *sim, const char *name, const char *value)
{
        assert_int_equal(switch_set(sim, name, value), 0);
}

#define world_unit(fn) cmocka_unit_test_setup_teardown(fn, world_setup, world_teardown)

#endif
