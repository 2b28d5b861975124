#include "base/clock.h"
#include "base/ctx.h"
#include "base/shared_test.h"

#include "base/id.h"

#include <pthread.h>

#define PER_THREAD 20000
#define THREADS 4

static void ids_grow_and_tell_their_time(void **state)
{
        struct id_source s;
        int64_t last = 0, before = clock_wall_ms();

        (void)state;
        id_init(&s, 1023);
        for (int i = 0; i < 10000; i++) {
                int64_t id = id_new(&s);
                assert_true(id > last);
                assert_int_equal((id >> 12) & 1023, 1023);
                last = id;
        }
        assert_true(id_ms(last) >= before && id_ms(last) <= clock_wall_ms() + 10);
}

static void ids_grow_when_the_clock_steps_back(void **state)
{
        struct id_source s;

        (void)state;
        id_init(&s, 3);
        uint64_t ahead = (uint64_t)(clock_wall_ms() - INT64_C(1704067200000) + 60000) << 12 | 4094;
        atomic_store(&s.last, ahead); /* as if ids had been made a minute from now */
        int64_t a = id_new(&s), b = id_new(&s), c = id_new(&s);
        assert_true(a < b && b < c);
        assert_int_equal(a & 4095, 4095);
        assert_int_equal(b & 4095, 0); /* a full count runs into the next ms */
        assert_int_equal(id_ms(b), id_ms(a) + 1);
}

static void slots_never_meet(void **state)
{
        struct id_source s[2];

        (void)state;
        id_init(&s[0], 1);
        id_init(&s[1], 2);
        atomic_store(&s[0].last, UINT64_C(1) << 40);
        atomic_store(&s[1].last, UINT64_C(1) << 40);
        for (int i = 0; i < 1000; i++)
                assert_int_not_equal(id_new(&s[0]), id_new(&s[1]));
}

struct maker {
        struct id_source *source;
        int64_t ids[PER_THREAD];
};

static void *make(void *p)
{
        struct maker *m = p;

        for (int i = 0; i < PER_THREAD; i++)
                m->ids[i] = id_new(m->source);
        return NULL;
}

static int by_value(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

        return (x > y) - (x < y);
}

static void threads_get_different_ids(void **state)
{
        static struct maker makers[THREADS];
        static int64_t all[THREADS * PER_THREAD];
        pthread_t threads[THREADS];
        struct id_source s;

        (void)state;
        id_init(&s, 0);
        for (int i = 0; i < THREADS; i++) {
                makers[i].source = &s;
                assert_int_equal(pthread_create(&threads[i], NULL, make, &makers[i]), 0);
        }
        for (int i = 0; i < THREADS; i++) {
                pthread_join(threads[i], NULL);
                memcpy(all + i * PER_THREAD, makers[i].ids, sizeof(makers[i].ids));
        }
        qsort(all, THREADS * PER_THREAD, sizeof(all[0]), by_value);
        for (int i = 1; i < THREADS * PER_THREAD; i++)
                assert_int_not_equal(all[i], all[i - 1]);
}

static void clocks(void **state)
{
        struct clock c;

        (void)state;
        clock_init(&c, true, 1000);
        assert_int_equal(clock_now(&c), 1000);
        clock_push(&c, 500);
        assert_int_equal(clock_now(&c), 1500);
        clock_set(&c, 42);
        assert_int_equal(clock_now(&c), 42);
        clock_init(&c, false, 1000);
        assert_true(llabs((long long)(clock_now(&c) - clock_wall_ms())) < 1000);
        clock_push(&c, 3600000);
        assert_true(llabs((long long)(clock_now(&c) - clock_wall_ms() - 3600000)) < 1000);
        clock_set(&c, 5000000);
        assert_true(clock_now(&c) >= 5000000 && clock_now(&c) < 5001000);
        int64_t us = clock_mono_us();
        assert_true(clock_mono_us() >= us && clock_mono_ms() >= us / 1000);
}

static void notices_keep_their_order(void **state)
{
        struct arena a;
        struct ctx ctx;

        (void)state;
        arena_init(&a, 0);
        ctx_init(&ctx, &a);
        ctx.merchant = 7;
        assert_string_equal(ctx.actor.name, "");
        assert_null(ctx.after.first);
        ctx_notice(&ctx, "inbox", "message", 1, 2, "{}");
        ctx_notice(&ctx, "orders", "order", 3, 0, NULL);
        assert_int_equal(ctx.after.first->id, 1);
        assert_int_equal(ctx.after.first->merchant, 7);
        assert_string_equal(ctx.after.first->next->topic, "orders");
        assert_null(ctx.after.first->next->next);
        ctx.after.jobs = true;
        ctx_after_clear(&ctx);
        assert_null(ctx.after.first);
        assert_false(ctx.after.jobs);
        ctx_notice(&ctx, "inbox", "message", 9, 2, NULL);
        assert_int_equal(ctx.after.first->id, 9);
        arena_release(&a);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ids_grow_and_tell_their_time),
                cmocka_unit_test(ids_grow_when_the_clock_steps_back),
                cmocka_unit_test(slots_never_meet),
                cmocka_unit_test(threads_get_different_ids),
                cmocka_unit_test(clocks),
                cmocka_unit_test(notices_keep_their_order),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
