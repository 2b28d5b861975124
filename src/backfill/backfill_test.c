/* Stretches, lanes and pace, played with a platform of the test's own. */
#include "backfill/parts.h"

#include "platform/wx.h"
#include "shops/testing.h"
#include "store/check_types.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAY_S 86400LL
#define PAGE 7

/* The play: thing i is updated at `at[i]`, and was fetched and kept so many times. */
#define THINGS_MAX 400
static struct {
        int64_t at[THINGS_MAX];
        int fetched[THINGS_MAX], kept[THINGS_MAX];
        int order[THINGS_MAX * 2], n_kept;
        int n, fail_at; /* the fetch of this thing gets no answer, once; -1 = none */
        int touch;      /* while it is fetched it changes again, once; -1 = none */
        int64_t now_s;
        int64_t first_asked_s;
        bool all_fresh;
} play;

static int list(struct ctx *ctx, int64_t account_id, const struct backfill_ask *ask, struct backfill_page *page,
                struct wx_fault *fault)
{
        const char **ids = arena_array(ctx->arena, const char *, PAGE);
        int64_t from = 0;

        (void)account_id;
        *fault = (struct wx_fault){0};
        if (!play.first_asked_s || ask->begin_s < play.first_asked_s)
                play.first_asked_s = ask->begin_s;
        if (ask->next_key && text_to_int(ask->next_key, 0, THINGS_MAX, &from))
                return WX_E_REFUSED;
        *page = (struct backfill_page){.ids = ids};
        for (int i = (int)from; i < play.n && !page->next_key; i++) {
                if (play.at[i] < ask->begin_s || play.at[i] > ask->end_s)
                        continue;
                if (page->n == PAGE)
                        page->next_key = arena_printf(ctx->arena, "%d", i);
                else
                        ids[page->n++] = arena_printf(ctx->arena, "%d", i);
        }
        return 0;
}

static int get(struct ctx *ctx, int64_t account_id, const char *remote_id, struct bytes *object, struct wx_fault *fault)
{
        int i = (int)strtol(remote_id, NULL, 10);

        (void)account_id;
        *fault = (struct wx_fault){0};
        if (play.fail_at == i) {
                play.fail_at = -1;
                fault->errmsg = "no answer";
                return WX_E_BUSY;
        }
        play.fetched[i]++;
        *object = bytes_of_text(arena_printf(ctx->arena, "%lld", (long long)play.at[i]));
        if (play.touch == i) {
                play.touch = -1;
                play.at[i] = play.now_s;
        }
        return 0;
}

static int keep(struct ctx *ctx, int64_t account_id, const char *remote_id, struct bytes object)
{
        int i = (int)strtol(remote_id, NULL, 10);

        (void)ctx, (void)account_id, (void)object;
        play.kept[i]++;
        play.order[play.n_kept++] = i;
        return 0;
}

/* Whatever was kept once is fresh. */
static int fresh(struct ctx *ctx, int64_t account_id, const char *remote_id, int64_t since, bool *yes)
{
        (void)ctx, (void)account_id, (void)since;
        *yes = play.all_fresh && play.kept[strtol(remote_id, NULL, 10)];
        return 0;
}

static const struct backfill_source sources[] = {
        {.what = "things", .account = "shop", .every_ms = BACKFILL_EVERY_MS, .by_time = true, .list = list, .get = get, .keep = keep,
         .fresh = fresh},
};
static const struct domain things = {.name = "things", .sources = sources, .n_sources = countof(sources)};
static const struct domain *const domains[] = {&store_domain, &shops_domain, &backfill_domain, &things};

static struct test_shop t;
static struct ctx *ctx;

static int open_shop(void **state)
{
        (void)state;
        memset(&play, 0, sizeof(play));
        play.fail_at = play.touch = -1;
        test_shop_open(&t, domains, countof(domains));
        ctx = &t.store.ctx;
        play.now_s = clock_now(&t.store.clock) / 1000;
        return 0;
}

static int close_shop(void **state)
{
        (void)state;
        test_shop_begin(&t);
        int wrong = db_check_types(ctx);
        test_shop_commit(&t);
        test_shop_close(&t);
        return wrong;
}

static void begin(void)
{
        struct shops_account shop;

        test_shop_begin(&t);
        assert_int_equal(shops_account_get(ctx, t.wecom, &shop), 0);
        assert_int_equal(backfill_start(ctx, &shop), 0);
        assert_false(test_job_waits(&t, "backfill.list", NULL)); /* nothing of a corp is read here */
        assert_int_equal(shops_account_get(ctx, t.shop, &shop), 0);
        assert_int_equal(backfill_start(ctx, &shop), 0);
        assert_int_equal(backfill_start(ctx, &shop), 0);
        test_shop_commit(&t);
}

static struct backfill_reader reader(void)
{
        struct backfill_reader r;

        test_shop_begin(&t);
        assert_int_equal(backfill_reader_get(ctx, t.shop, "things", &r), 0);
        r.pause = r.pause ? "paused" : NULL;
        test_shop_commit(&t);
        return r;
}

static bool waits_now(const char *kind)
{
        struct job job;

        test_shop_begin(&t);
        bool yes = test_job_waits(&t, kind, &job) && job.run_at <= clock_now(&t.store.clock);
        test_shop_commit(&t);
        return yes;
}

static void run_all(void)
{
        for (int i = 0; waits_now("backfill.list"); i++) {
                assert_true(i < 1000);
                assert_true(test_job_run(&t, "backfill.list", NULL, NULL) >= 0);
        }
        for (int i = 0; waits_now("backfill.read"); i++) {
                assert_true(i < 1000);
                assert_true(test_job_run(&t, "backfill.read", NULL, NULL) >= 0);
        }
}

static void ninety_days_are_read_once_and_the_newest_first(void **state)
{
        (void)state;
        play.n = 300;
        for (int i = 0; i < play.n; i++)
                play.at[i] = play.now_s - 100 - (int64_t)i * 90 * DAY_S / 320;
        begin();
        for (int i = 0; i < 4; i++) { /* where no limit is told the pace is a careful one */
                run_all();
                clock_push(&t.store.clock, 5000);
        }
        struct backfill_reader r = reader();
        assert_int_equal(r.found, 300);
        assert_int_equal(r.done, 300);
        assert_int_equal(r.listed_s, r.span_s);
        assert_int_equal(r.span_s, 90 * DAY_S);
        assert_true(r.done_at > 0);
        assert_true(play.first_asked_s <= play.now_s - 90 * DAY_S);
        for (int i = 0; i < play.n; i++) {
                assert_int_equal(play.fetched[i], 1);
                assert_int_equal(play.kept[i], 1);
        }
        /* By the day: within one the ids decide. */
        for (int i = 1; i < play.n_kept; i++)
                assert_true(play.at[play.order[i]] < play.at[play.order[i - 1]] + DAY_S);
        assert_true(waits_now("backfill.list") == false);
}

static void who_was_killed_goes_on_and_doubles_nothing(void **state)
{
        (void)state;
        struct job job;
        void *prepared = NULL;
        play.n = 60;
        for (int i = 0; i < play.n; i++)
                play.at[i] = play.now_s - 1000 - i * 3600;
        begin();
        for (int i = 0; i < 200 && waits_now("backfill.list"); i++)
                assert_true(test_job_run(&t, "backfill.list", NULL, NULL) >= 0);
        /* Prepared, fetched, and killed before the settlement. */
        test_shop_begin(&t);
        assert_true(test_job_waits(&t, "backfill.read", &job));
        assert_int_equal(backfill_read_prepare(ctx, &job, &prepared), 0);
        test_shop_commit(&t);
        assert_int_equal(backfill_read_call(ctx, &job, prepared), 0);
        assert_int_equal(play.n_kept, 0);
        run_all();
        int twice = 0;
        for (int i = 0; i < play.n; i++) {
                assert_int_equal(play.kept[i], 1);
                twice += play.fetched[i] == 2;
        }
        assert_int_equal(twice, 16); /* what was under way, and no more */
        assert_int_equal(reader().done, 60);
        assert_int_equal(reader().found, 60);
}

static void no_answer_is_a_pause_and_loses_nothing(void **state)
{
        (void)state;
        play.n = 30;
        play.fail_at = 5;
        for (int i = 0; i < play.n; i++)
                play.at[i] = play.now_s - 1000 - i;
        begin();
        run_all();
        struct backfill_reader r = reader();
        assert_non_null(r.pause);
        assert_true(r.pause_until > clock_now(&t.store.clock));
        assert_true(r.done < 30);
        clock_push(&t.store.clock, 20 * 1000);
        run_all();
        r = reader();
        assert_null(r.pause);
        assert_int_equal(r.done, 30);
        for (int i = 0; i < play.n; i++)
                assert_int_equal(play.kept[i], 1);
}

/* It changed after we had fetched it, and a list said so before we had kept it. */
static void what_changes_meanwhile_is_read_again(void **state)
{
        (void)state;
        struct job job;
        void *prepared = NULL;
        play.n = 1;
        play.at[0] = play.now_s - 1000;
        begin();
        for (int i = 0; i < 200 && waits_now("backfill.list"); i++)
                assert_true(test_job_run(&t, "backfill.list", NULL, NULL) >= 0);
        test_shop_begin(&t);
        assert_true(test_job_waits(&t, "backfill.read", &job));
        assert_int_equal(backfill_read_prepare(ctx, &job, &prepared), 0);
        test_shop_commit(&t);
        play.touch = 0;
        play.now_s += 200;
        assert_int_equal(backfill_read_call(ctx, &job, prepared), 0);
        clock_push(&t.store.clock, 400 * 1000);
        for (int i = 0; i < 200 && waits_now("backfill.list"); i++)
                assert_true(test_job_run(&t, "backfill.list", NULL, NULL) >= 0);
        test_shop_begin(&t);
        assert_int_equal(backfill_read_settle(ctx, &job, prepared, 0), 0);
        test_shop_commit(&t);
        assert_int_equal(play.kept[0], 1);
        run_all();
        assert_int_equal(play.kept[0], 2);
}

/* Whatever the pauses, each update is found: no moment falls between two stretches. */
static void a_night_off_is_a_stretch_like_any_other(void **state)
{
        (void)state;
        begin();
        run_all();
        for (int i = 0; i < 60; i++) {
                int64_t away_s = (i % 7) * (i % 5) * 3600 + 200;
                int64_t now = clock_now(&t.store.clock) / 1000;
                play.at[play.n++] = now - 30; /* too new for the last look */
                play.at[play.n++] = now + away_s / 2;
                clock_push(&t.store.clock, away_s * 1000);
                run_all();
        }
        clock_push(&t.store.clock, 400 * 1000);
        run_all();
        for (int i = 0; i < play.n; i++)
                assert_true(play.kept[i] >= 1);
}

static void the_last_days_can_be_read_again(void **state)
{
        (void)state;
        play.n = 10;
        for (int i = 0; i < play.n; i++)
                play.at[i] = play.now_s - 1000 - i * DAY_S;
        begin();
        run_all();
        play.all_fresh = true;
        test_shop_begin(&t);
        assert_int_equal(backfill_again(ctx, t.shop, "things", 3), 0);
        assert_int_equal(backfill_again(ctx, t.shop, "nothing", 3), BACKFILL_E_NONE);
        assert_int_equal(backfill_again(ctx, t.wecom, "things", 3), BACKFILL_E_NONE);
        test_shop_commit(&t);
        assert_true(reader().done_at < reader().began_at || waits_now("backfill.list"));
        run_all();
        for (int i = 0; i < play.n; i++)
                assert_int_equal(play.kept[i], i < 3 ? 2 : 1);
}

/* Named elsewhere: once among the others, and none the less once when a list names it as well. */
static void what_is_wanted_waits_its_turn(void **state)
{
        (void)state;
        play.n = 3;
        for (int i = 0; i < play.n; i++)
                play.at[i] = play.now_s - 1000 - i * DAY_S;
        begin();
        test_shop_begin(&t);
        assert_int_equal(backfill_want(ctx, t.shop, "things", "2", play.at[2]), 0);
        assert_int_equal(backfill_want(ctx, t.shop, "things", "2", play.at[2]), 0);
        assert_int_equal(backfill_want(ctx, t.shop, "others", "2", play.at[2]), BACKFILL_E_NONE);
        test_shop_commit(&t);
        assert_int_equal(reader().found, 1);
        run_all();
        assert_int_equal(reader().found, 3);
        for (int i = 0; i < play.n; i++)
                assert_int_equal(play.kept[i], 1);
        test_shop_begin(&t);
        assert_int_equal(backfill_want(ctx, t.shop, "things", "1", play.at[1]), 0);
        test_shop_commit(&t);
        assert_int_equal(reader().done_at >= reader().began_at, 0);
        run_all();
        assert_int_equal(play.kept[1], 2);
        assert_true(reader().done_at >= reader().began_at);
        /* Once more: as many as the catching up before it found. */
        test_shop_begin(&t);
        assert_int_equal(backfill_want(ctx, t.shop, "things", "1", play.at[1] + 1), 0);
        test_shop_commit(&t);
        run_all();
        assert_int_equal(play.kept[1], 3);
}

/* ---- pace ---- */

#define NOON 1763870400000LL /* 2025-11-23 12:00 in China */
#define HOUR_MS 3600000LL

static void the_quota_keeps_a_reserve(void **state)
{
        (void)state;
        struct backfill_reader r = {.quota_limit = 1000, .quota_left = 210, .quota_at = NOON};
        const char *why;
        int64_t until;

        assert_int_equal(backfill_allow(&r, NOON, 16, &until, &why), 10);
        assert_null(why);
        backfill_spend(&r, NOON, 10);
        assert_int_equal(backfill_allow(&r, NOON, 16, &until, &why), 0);
        assert_string_equal(why, "quota");
        assert_int_equal(until, NOON + 12 * HOUR_MS + 60000);
        assert_int_equal(backfill_allow(&r, until, 16, &until, &why), 16); /* another day */
        r = (struct backfill_reader){.minute_max = 1200};
        backfill_spend(&r, NOON, 75);
        assert_int_equal(backfill_allow(&r, NOON + 1, 16, &until, &why), 5);
        backfill_spend(&r, NOON + 1, 5);
        assert_int_equal(backfill_allow(&r, NOON + 2, 16, &until, &why), 0);
        assert_string_equal(why, "rate");
        assert_int_equal(until, NOON + 5000);
        assert_int_equal(backfill_allow(&r, until, 16, &until, &why), 16);
}

static void the_time_left_counts_nights(void **state)
{
        (void)state;
        struct backfill_reader r = {.quota_limit = 1000, .quota_left = 1000, .quota_at = NOON};

        assert_int_equal(backfill_left_ms(&r, NOON, 800, 0.01), 80000);
        assert_int_equal(backfill_left_ms(&r, NOON, 0, 0.01), 0);
        assert_int_equal(backfill_left_ms(&r, NOON, 800, 0), -1);
        assert_int_equal(backfill_left_ms(&r, NOON, 900, 0.01), 12 * HOUR_MS + 60000 + 10000);
        assert_int_equal(backfill_left_ms(&r, NOON, 1700, 0.01), 36 * HOUR_MS + 60000 + 10000);
        r = (struct backfill_reader){.found = 100, .span_s = 90, .listed_s = 45};
        assert_int_equal(backfill_expected(&r), 200);
        for (int i = 0; i < 100; i++)
                backfill_note(&r, NOON + i * 100, 16);
        assert_int_equal(r.done, 1600);
        backfill_note(&r, NOON + HOUR_MS, 16); /* the hour between was no work */
        assert_true(r.rate_ms < 20000);
        assert_int_equal(r.rate_n * 100 / r.rate_ms, 16);
}

/* What a play of it takes: what is to be had of the machine is shared out anew whenever one ends. */
static double played_ms(const struct backfill_pace *given, size_t n, double machine, double *paces)
{
        double left[8], pace[8], ms = 0;
        size_t reading = 0;

        for (size_t i = 0; i < n; i++)
                left[i] = (double)given[i].left;
        for (bool first = true;; first = false) {
                double free = machine, soonest = 0;
                size_t unfilled = 0;

                for (size_t i = reading = 0; i < n; i++) {
                        pace[i] = 0;
                        reading += left[i] > 1e-6;
                }
                if (!reading)
                        return ms;
                for (unfilled = reading; unfilled && free > 1e-9;) {
                        double each = free / (double)unfilled;

                        for (size_t i = unfilled = 0; i < n; i++) {
                                double more = given[i].most - pace[i] < each ? given[i].most - pace[i] : each;

                                if (left[i] <= 1e-6)
                                        continue;
                                pace[i] += more;
                                free -= more;
                                unfilled += given[i].most - pace[i] > 1e-9;
                        }
                }
                for (size_t i = 0; i < n; i++) {
                        if (first)
                                paces[i] = pace[i];
                        if (left[i] > 1e-6 && (soonest <= 0 || left[i] / pace[i] < soonest))
                                soonest = left[i] / pace[i];
                }
                for (size_t i = 0; i < n; i++)
                        left[i] -= pace[i] * soonest;
                ms += soonest;
        }
}

static void the_time_left_of_all_is_that_of_a_play(void **state)
{
        struct backfill_reader reader = {0};
        unsigned short dice[3] = {1, 2, 3};
        int near = 0, plays = 2000;

        (void)state;
        for (int k = 0; k < plays; k++) {
                struct backfill_pace p[5];
                size_t n = 1 + (size_t)nrand48(dice) % 5;
                double paces[8], took, ratio;

                for (size_t i = 0; i < n; i++)
                        p[i] = (struct backfill_pace){.reader = &reader, .left = 1000 + nrand48(dice) % 1000000,
                                                      .most = 0.05 + 0.3 * erand48(dice)};
                took = played_ms(p, n, 0.1 + erand48(dice), paces);
                for (size_t i = 0; i < n; i++)
                        p[i].per_ms = paces[i];
                ratio = (double)backfill_left_of_all(p, n, NOON) / took;
                assert_true(ratio > 0.7 && ratio < 1.001);
                near += ratio > 0.8;
        }
        assert_true(near > plays * 99 / 100);
        assert_int_equal(backfill_left_of_all(NULL, 0, NOON), 0);
        assert_int_equal(backfill_left_of_all(&(struct backfill_pace){.reader = &reader, .unknown = true}, 1, NOON), -1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(ninety_days_are_read_once_and_the_newest_first, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(who_was_killed_goes_on_and_doubles_nothing, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(no_answer_is_a_pause_and_loses_nothing, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(what_changes_meanwhile_is_read_again, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(a_night_off_is_a_stretch_like_any_other, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(the_last_days_can_be_read_again, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(what_is_wanted_waits_its_turn, open_shop, close_shop),
                cmocka_unit_test(the_quota_keeps_a_reserve),
                cmocka_unit_test(the_time_left_counts_nights),
                cmocka_unit_test(the_time_left_of_all_is_that_of_a_play),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
