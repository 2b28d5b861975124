#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/gate.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

static struct gate gate;
static int order[8], n_order;

struct comer {
        int name;
        int64_t patience_ms;
        int status;
};

static void *come(void *arg)
{
        struct comer *c = arg;

        c->status = gate_enter(&gate, c->patience_ms);
        if (c->status == 0) {
                order[n_order++] = c->name; /* one inside at a time: the gate itself is the lock */
                gate_leave(&gate);
        }
        return NULL;
}

/* Starts a comer and waits until it stands in the queue. */
static void queue_up(pthread_t *thread, struct comer *c)
{
        struct gate_waiter **before;
        bool queued = false;

        pthread_mutex_lock(&gate.lock);
        before = gate.tail;
        pthread_mutex_unlock(&gate.lock);
        assert_int_equal(pthread_create(thread, NULL, come, c), 0);
        while (!queued) {
                usleep(100);
                pthread_mutex_lock(&gate.lock);
                queued = gate.tail != before;
                pthread_mutex_unlock(&gate.lock);
        }
}

static void who_comes_first_enters_first(void **state)
{
        struct comer comers[6];
        pthread_t threads[6];
        int i;

        (void)state;
        n_order = 0;
        gate_init(&gate, 1);
        assert_int_equal(gate_enter(&gate, 0), 0);
        for (i = 0; i < 6; i++) {
                comers[i] = (struct comer){.name = i, .patience_ms = 20000};
                queue_up(&threads[i], &comers[i]);
        }
        gate_leave(&gate);
        for (i = 0; i < 6; i++)
                assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(n_order, 6);
        for (i = 0; i < 6; i++)
                assert_int_equal(order[i], i);
        assert_int_equal(gate.free, 1);
        gate_destroy(&gate);
}

static void who_gives_up_holds_nobody_up(void **state)
{
        struct comer hasty = {.name = 1, .patience_ms = 30}, patient = {.name = 2, .patience_ms = 20000};
        pthread_t threads[2];
        int64_t from = clock_mono_ms();

        (void)state;
        n_order = 0;
        gate_init(&gate, 1);
        assert_int_equal(gate_enter(&gate, 0), 0);
        queue_up(&threads[0], &hasty);
        queue_up(&threads[1], &patient);
        assert_int_equal(pthread_join(threads[0], NULL), 0);
        assert_int_equal(hasty.status, GATE_E_TIME);
        assert_true(clock_mono_ms() - from >= 29);
        gate_leave(&gate);
        assert_int_equal(pthread_join(threads[1], NULL), 0);
        assert_int_equal(patient.status, 0);
        assert_int_equal(n_order, 1);
        assert_int_equal(gate_enter(&gate, 0), 0); /* and it is free again, once */
        assert_int_equal(gate_enter(&gate, 0), GATE_E_TIME);
        gate_destroy(&gate);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(who_comes_first_enters_first),
                cmocka_unit_test(who_gives_up_holds_nobody_up),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
