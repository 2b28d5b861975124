/*
 * Eight agents at once: five answers leave and no more, and the thread is one agent's. The same race in the weaker isolation
 * that PostgreSQL has by default is the test's own control: there it must go wrong, or the test proves nothing.
 */
#include "inbox/testing.h"

#include "base/crypt.h"

#include <pthread.h>

#define T0 1750000000LL

enum { AGENTS = 8, ROUNDS = 12 };

static struct test_inbox t;

struct agent {
        pthread_t thread;
        pthread_barrier_t *start;
        struct arena arena;
        struct ctx ctx;
        enum db_mode mode;
        int64_t thread_id;
        char client_id[16];
        int result;
};

static int answer(struct ctx *ctx, void *arg)
{
        const struct agent *a = arg;
        int64_t id;

        return inbox_reply(ctx, &(struct inbox_reply){.thread_id = a->thread_id, .client_id = a->client_id, .kind = "text", .text = "在的"},
                           &id);
}

static void *run(void *arg)
{
        struct agent *a = arg;

        pthread_barrier_wait(a->start);
        a->result = db_run(t.shop.store.db, &a->ctx, a->mode, answer, a);
        return NULL;
}

/* How many of eight replies were taken; `round` makes client ids and customers new. */
static int race(enum db_mode mode, int round)
{
        static struct agent agents[AGENTS];
        struct arena *arena = t.ctx->arena;
        pthread_barrier_t start;
        struct incoming m;
        int64_t thread_id;
        int taken = 0;

        test_shop_begin(&t.shop);
        m = test_says(arena, arena_printf(arena, "m%d", round), arena_printf(arena, "wm%d", round), T0, "在吗");
        thread_id = test_receive(&t, &t.kf, &m);
        test_shop_commit(&t.shop);
        pthread_barrier_init(&start, NULL, AGENTS);
        for (int i = 0; i < AGENTS; i++) {
                struct agent *a = &agents[i];

                *a = (struct agent){.start = &start, .mode = mode, .thread_id = thread_id};
                arena_init(&a->arena, 0);
                store_ctx(&a->ctx, t.ctx, &a->arena, t.ctx->merchant, t.ctx->now);
                a->ctx.actor = (struct actor){ACTOR_STAFF, 100 + i, "staff", ROLE_AGENT};
                snprintf(a->client_id, sizeof a->client_id, "r%d-%d", round, i);
                assert_int_equal(pthread_create(&a->thread, NULL, run, a), 0);
        }
        for (int i = 0; i < AGENTS; i++) {
                pthread_join(agents[i].thread, NULL);
                taken += agents[i].result == 0;
                assert_true(agents[i].result == 0 || agents[i].result == INBOX_E_BUDGET || agents[i].result == -EBUSY ||
                            agents[i].result == -EAGAIN);
                arena_release(&agents[i].arena);
        }
        pthread_barrier_destroy(&start);
        return taken;
}

static void of_eight_answers_five_leave(void **state)
{
        (void)state;
        for (int round = 0; round < ROUNDS; round++)
                assert_int_equal(race(DB_WRITE, round), INBOX_REPLIES);
}

static void the_weaker_isolation_shows_the_race(void **state)
{
        int worst = 0;

        (void)state;
        if (db_kind(t.shop.store.db) != DB_POSTGRES)
                skip(); /* SQLite has one writer, whatever it is called */
        for (int round = 100; round < 100 + 10 * ROUNDS && worst <= INBOX_REPLIES; round++) {
                int taken = race(DB_QUEUE, round);

                worst = taken > worst ? taken : worst;
        }
        assert_true(worst > INBOX_REPLIES);
}

static int open_inbox(void **state)
{
        *state = &t;
        test_inbox_open(&t);
        return 0;
}

static int close_inbox(void **state)
{
        (void)state;
        test_shop_close(&t.shop);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(of_eight_answers_five_leave, open_inbox, close_inbox),
                cmocka_unit_test_setup_teardown(the_weaker_isolation_shows_the_race, open_inbox, close_inbox),
        };

        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
