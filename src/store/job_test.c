#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/event.h"
#include "store/testing.h"

#include "base/crypt.h"

#include <signal.h>
#include <pthread.h>
#include <sys/wait.h>

/*
 * The remote world of these tests. A call looks its key up in `script`: each character is what one call of that key
 * answers: . done, r retry, u unknown, x refused, f fatal; behind its end: done. Settlements are written down.
 */
static struct {
        pthread_mutex_t lock;
        pthread_cond_t moved;
        char script[16];
        size_t at;
        char log[512]; /* "k1:0 k2:3 ": key and outcome of each settlement */
        int calls, inside, inside_max;
        bool hold;        /* calls wait until it is false */
        char order[4096]; /* account of each call, in order, as one letter */
        int prepared;
        int prepare_answer, settle_answer;
        int64_t retry_in;
} world = {.lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER};

static struct test_store t;
static struct job_runner *runner;

static int prepare(struct ctx *ctx, struct job *job, void **state)
{
        static const struct query q = {
                .name = "test.trace", .sql = "insert into trace (key, step) values ($1, 'prepare')", .args = "t"};
        int r = db_exec(ctx, &q, DB_T(job->key));

        pthread_mutex_lock(&world.lock);
        world.prepared++;
        *state = arena_strdup(ctx->arena, job->key);
        if (!r)
                r = world.prepare_answer;
        pthread_mutex_unlock(&world.lock);
        return r;
}

static int call(struct ctx *ctx, struct job *job, void *state)
{
        char answer;

        assert_null(ctx->db);
        assert_string_equal(state, job->key);
        pthread_mutex_lock(&world.lock);
        if (world.calls < (int)sizeof world.order - 1)
                world.order[world.calls] = (char)('a' + job->account_id % 26);
        world.calls++;
        world.inside++;
        if (world.inside > world.inside_max)
                world.inside_max = world.inside;
        pthread_cond_broadcast(&world.moved);
        while (world.hold)
                pthread_cond_wait(&world.moved, &world.lock);
        world.inside--;
        answer = world.script[world.at];
        if (answer)
                world.at++;
        job->retry_in_ms = world.retry_in;
        pthread_mutex_unlock(&world.lock);
        switch (answer) {
        case 'r':
                job->error = "try later";
                return JOB_RETRY;
        case 'u':
                return JOB_UNKNOWN;
        case 'x':
                return JOB_REFUSED;
        case 'f':
                return -EIO;
        default:
                return 0;
        }
}

static int settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        size_t n;
        int r;

        (void)state;
        assert_non_null(ctx->db);
        pthread_mutex_lock(&world.lock);
        n = strlen(world.log);
        snprintf(world.log + n, sizeof world.log - n, "%s:%d ", job->key, outcome);
        r = outcome == JOB_RETRY ? JOB_RETRY : world.settle_answer;
        pthread_mutex_unlock(&world.lock);
        return r;
}

static int local(struct ctx *ctx, struct job *job, void **state)
{
        return prepare(ctx, job, state);
}

static const struct job_kind kinds[] = {
        {.name = "test.call",
         .class_ = JOB_NORMAL,
         .max_tries = 3,
         .backoff_ms = 1000,
         .prepare = prepare,
         .call = call,
         .settle = settle},
        {.name = "test.one", .class_ = JOB_NORMAL, .per_account = 1, .prepare = prepare, .call = call},
        {.name = "test.urgent", .class_ = JOB_URGENT, .prepare = prepare, .call = call},
        {.name = "test.bulk", .class_ = JOB_BULK, .prepare = prepare, .call = call},
        {.name = "test.local", .max_tries = 2, .prepare = local},
};

/* Events: one heard at once, one later. */
struct news {
        int64_t id;
        const char *word;
};
static const struct json_field news_fields[] = {
        JSON_KEY(struct news, id, JSON_REQUIRED, "what"),
        JSON_STR(struct news, word, 0, 0, 100, "how"),
};
static const struct json_desc news_desc = JSON_DESC("News", struct news, news_fields);
static const struct event news = {.name = "test.news", .payload = &news_desc};
static int core_answer;

static int on_news_core(struct ctx *ctx, const void *payload)
{
        (void)ctx;
        return ((const struct news *)payload)->id == 7 ? core_answer : 0;
}

static int on_news_later(struct ctx *ctx, const void *payload)
{
        const struct news *n = payload;
        static const struct query q = {
                .name = "test.heard", .sql = "insert into trace (key, step) values ($1, 'heard')", .args = "t"};

        return n->id == 7 && ctx->merchant == 1 && ctx->actor.kind == ACTOR_SYSTEM ? db_exec(ctx, &q, DB_T(n->word))
                                                                                   : -EINVAL;
}

static const struct listener listeners[] = {
        {.event = &news, .core = true, .fn = on_news_core, .name = "test.on_news_core"},
        {.event = &news, .fn = on_news_later, .name = "test.on_news_later"},
};
static const char ddl[] = "-- migration 1: what the steps did\ncreate table trace (key text, step text);\n";
static const size_t ddl_n = sizeof ddl - 1;
static const struct schema ddl_schema = {ddl, &ddl_n};
static const struct domain test_domain = {.name = "test",
                                          .schema = &ddl_schema,
                                          .jobs = kinds,
                                          .n_jobs = countof(kinds),
                                          .listeners = listeners,
                                          .n_listeners = countof(listeners)};
static const struct domain *const domains[] = {&store_domain, &test_domain};

static int setup(void **state)
{
        (void)state;
        test_store_open(&t, domains, countof(domains));
        memset(world.script, 0, sizeof world.script);
        memset(world.log, 0, sizeof world.log);
        memset(world.order, 0, sizeof world.order);
        world.at = 0;
        world.calls = world.inside = world.inside_max = world.prepared = world.prepare_answer = world.settle_answer = 0;
        world.retry_in = 0;
        world.hold = false;
        core_answer = 0;
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        assert_true(job_runner_stop(runner));
        runner = NULL;
        test_store_close(&t);
        return 0;
}

static void committed(void *arg, struct ctx *ctx)
{
        (void)arg;
        (void)ctx;
}

static void start(unsigned threads, unsigned urgent)
{
        const struct job_runner_options o = {.db = t.db,
                                             .proto = {.ids = &t.ids, .registry = &t.registry},
                                             .clock = &t.clock,
                                             .threads = threads,
                                             .urgent_threads = urgent,
                                             .committed = committed};

        assert_int_equal(job_runner_start(&runner, &o), 0);
}

static void wait_idle(void)
{
        int i;

        for (i = 0; i < 20000 && !job_runner_idle(runner); i++)
                usleep(500);
        assert_true(i < 20000);
}

static void wait_inside(int n)
{
        pthread_mutex_lock(&world.lock);
        while (world.inside < n)
                pthread_cond_wait(&world.moved, &world.lock);
        pthread_mutex_unlock(&world.lock);
}

static void release(void)
{
        pthread_mutex_lock(&world.lock);
        world.hold = false;
        pthread_cond_broadcast(&world.moved);
        pthread_mutex_unlock(&world.lock);
}

static void push(int64_t ms)
{
        clock_push(&t.clock, ms);
        job_runner_wake(runner);
}

static void begin(void)
{
        t.ctx.now = clock_now(&t.clock);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_QUEUE), 0); /* no edge runs it again: it must not be one that may lose */
}

static void commit(void)
{
        assert_int_equal(db_commit(&t.ctx), 0);
        if (runner)
                job_runner_wake(runner);
}

static void enqueue(const char *kind, const char *key, int64_t account, int64_t run_at, int64_t deadline)
{
        begin();
        assert_int_equal(job_enqueue(&t.ctx, &(struct job_new){.kind = kind,
                                                               .key = key,
                                                               .account_id = account,
                                                               .payload = "{}",
                                                               .run_at = run_at,
                                                               .deadline = deadline}),
                         0);
        assert_true(t.ctx.after.jobs);
        commit();
}

static struct job_count counts(void)
{
        struct job_count sum = {0}, *rows;
        size_t n, i;
        bool more;

        begin();
        assert_int_equal(job_take_asks(&t.ctx, &more), 0);
        assert_int_equal(job_counts(&t.ctx, &rows, &n), 0);
        commit();
        for (i = 0; i < n; i++) {
                sum.waiting += rows[i].waiting;
                sum.running += rows[i].running;
                sum.dead += rows[i].dead;
        }
        return sum;
}

static void assert_counts(int64_t waiting, int64_t running, int64_t dead)
{
        struct job_count c = counts();

        assert_int_equal(c.waiting, waiting);
        assert_int_equal(c.running, running);
        assert_int_equal(c.dead, dead);
}

static int64_t traces(const char *step)
{
        struct number {
                int64_t n;
        } got;
        static const struct db_col cols[] = {DB_COL_I(struct number, n)};
        static const struct query q = {.name = "test.traces",
                                       .sql = "select count(*) as n from trace where step = $1",
                                       .args = "t",
                                       .row = cols,
                                       .n_row = 1,
                                       .size = sizeof got};

        begin();
        assert_int_equal(db_one(&t.ctx, &q, &got, DB_T(step)), 0);
        commit();
        return got.n;
}

static void the_same_thing_is_one_row(void **state)
{
        (void)state;
        enqueue("test.call", "k", 1, 0, 0);
        enqueue("test.call", "k", 1, 0, 0);
        enqueue("test.call", "other", 1, 0, 0);
        t.ctx.merchant = 2; /* another merchant's key of the same text is another thing */
        enqueue("test.call", "k", 1, 0, 0);
        t.ctx.merchant = 0;
        assert_counts(3, 0, 0);
        t.ctx.merchant = 1;
        start(2, 0);
        wait_idle();
        assert_int_equal(world.calls, 3);
        assert_counts(0, 0, 0);
}

static void the_earlier_time_wins(void **state)
{
        const int64_t now = clock_now(&t.clock);

        (void)state;
        start(2, 0);
        enqueue("test.call", "k", 1, now + 60000, 0);
        enqueue("test.call", "k", 1, now + 90000, 0);
        wait_idle();
        assert_int_equal(world.calls, 0);
        enqueue("test.call", "k", 1, now + 10000, 0);
        push(9999);
        wait_idle();
        assert_int_equal(world.calls, 0);
        push(1);
        wait_idle();
        assert_int_equal(world.calls, 1);
        push(100000);
        wait_idle();
        assert_int_equal(world.calls, 1);
}

static void asked_for_while_it_runs_it_runs_once_more(void **state)
{
        (void)state;
        world.hold = true;
        start(4, 0);
        enqueue("test.call", "k", 1, 0, 0);
        wait_inside(1);
        enqueue("test.call", "k", 1, 0, 0);
        enqueue("test.call", "k", 1, 0, 0);
        assert_counts(0, 1, 0);
        release();
        wait_idle();
        assert_int_equal(world.calls, 2);
        assert_counts(0, 0, 0);
}

static void retries_back_off_and_die(void **state)
{
        struct job *dead;
        size_t n;

        (void)state;
        snprintf(world.script, sizeof world.script, "rfr");
        start(2, 0);
        enqueue("test.call", "k", 1, 0, 0);
        wait_idle();
        assert_int_equal(world.calls, 1);
        enqueue("test.call", "k", 1, 0, 0); /* asking again does not cut the back-off short */
        wait_idle();
        push(700);
        wait_idle();
        assert_int_equal(world.calls, 1);
        push(600); /* 1 s and a quarter at most */
        wait_idle();
        assert_int_equal(world.calls, 2);
        push(1400);
        wait_idle();
        assert_int_equal(world.calls, 2);
        push(1200); /* doubled */
        wait_idle();
        assert_int_equal(world.calls, 3);
        assert_string_equal(world.log, "k:2 k:2 k:2 ");
        assert_counts(0, 0, 1);

        begin();
        assert_int_equal(job_list_dead(&t.ctx, &dead, &n), 0);
        assert_int_equal(n, 1);
        assert_string_equal(dead[0].error, "try later");
        assert_int_equal(dead[0].tries, 3);
        t.ctx.merchant = 2;
        assert_int_equal(job_retry(&t.ctx, dead[0].job_id), JOB_E_NONE);
        t.ctx.merchant = 1;
        assert_int_equal(job_retry(&t.ctx, dead[0].job_id), 0);
        commit();
        wait_idle();
        assert_int_equal(world.calls, 4);
        assert_counts(0, 0, 0);
        begin();
        assert_int_equal(job_retry(&t.ctx, dead[0].job_id), JOB_E_NONE);
        assert_int_equal(job_drop(&t.ctx, dead[0].job_id), JOB_E_NONE);
        commit();
}

static void a_step_may_say_when(void **state)
{
        (void)state;
        snprintf(world.script, sizeof world.script, "r");
        world.retry_in = 30000;
        start(2, 0);
        enqueue("test.call", "k", 1, 0, 0);
        wait_idle();
        push(29999);
        wait_idle();
        assert_int_equal(world.calls, 1);
        push(1);
        wait_idle();
        assert_int_equal(world.calls, 2);
        enqueue("test.call", "later", 1, clock_now(&t.clock) + 30000, 0);
        wait_idle();
        push(-3600000); /* a clock that is set back makes nobody wait for an hour more */
        for (int s = 0; s < 90 && world.calls == 2; s++) {
                usleep(10000);
                push(1000);
        }
        assert_int_equal(world.calls, 3);
}

static void every_outcome_reaches_settle(void **state)
{
        (void)state;
        snprintf(world.script, sizeof world.script, ".ux");
        start(1, 0);
        enqueue("test.call", "a", 1, 0, 0);
        wait_idle();
        enqueue("test.call", "b", 1, 0, 0);
        wait_idle();
        enqueue("test.call", "c", 1, 0, 0);
        wait_idle();
        assert_string_equal(world.log, "a:0 b:3 c:4 ");
        assert_counts(0, 0, 0);
}

static void a_fatal_settle_runs_the_job_again(void **state)
{
        (void)state;
        world.settle_answer = -EIO;
        start(1, 0);
        enqueue("test.call", "a", 1, 0, 0);
        wait_idle();
        assert_counts(1, 0, 0);
        world.settle_answer = 0;
        push(1300);
        wait_idle();
        assert_counts(0, 0, 0);
        assert_int_equal(world.calls, 2);
}

static void past_its_deadline_it_is_not_called(void **state)
{
        const int64_t now = clock_now(&t.clock);

        (void)state;
        snprintf(world.script, sizeof world.script, "r");
        start(1, 0);
        enqueue("test.call", "late", 1, now + 1000, now + 1000);
        push(1000);
        wait_idle();
        assert_int_equal(world.calls, 0);
        assert_string_equal(world.log, "late:5 ");
        assert_counts(0, 0, 0);

        /* In back-off: it expires at the deadline, not when the back-off ends. */
        world.retry_in = 60000;
        enqueue("test.call", "soon", 1, 0, clock_now(&t.clock) + 500);
        wait_idle();
        assert_int_equal(world.calls, 1);
        push(500);
        wait_idle();
        assert_int_equal(world.calls, 1);
        assert_string_equal(world.log, "late:5 soon:2 soon:5 ");
        assert_counts(0, 0, 0);
}

static void prepare_may_end_it_or_fail_alone(void **state)
{
        (void)state;
        world.prepare_answer = JOB_DONE;
        start(1, 0);
        enqueue("test.call", "a", 1, 0, 0);
        wait_idle();
        assert_int_equal(world.calls, 0);
        assert_counts(0, 0, 0);
        assert_int_equal(traces("prepare"), 1);

        world.prepare_answer = -EIO; /* what it wrote is undone, the job is put off */
        enqueue("test.local", "b", 1, 0, 0);
        wait_idle();
        assert_int_equal(traces("prepare"), 1);
        assert_counts(1, 0, 0);
        push(1300);
        wait_idle();
        assert_counts(0, 0, 1);
        assert_int_equal(world.prepared, 3);
}

static void one_at_a_time_for_an_account(void **state)
{
        char key[8];
        int i;

        (void)state;
        for (i = 0; i < 12; i++) {
                snprintf(key, sizeof key, "k%d", i);
                enqueue("test.one", key, i % 3, 0, 0);
        }
        world.hold = true;
        start(8, 0);
        wait_inside(3);
        usleep(20000);
        assert_counts(9, 3, 0);
        release();
        wait_idle();
        assert_int_equal(world.calls, 12);
        assert_true(world.inside_max <= 3);
        assert_counts(0, 0, 0);
}

static void a_long_lane_starves_nobody(void **state)
{
        char key[16];
        int i, last = -1;

        (void)state;
        begin();
        for (i = 0; i < 400; i++) {
                snprintf(key, sizeof key, "long%d", i);
                assert_int_equal(
                        job_enqueue(&t.ctx, &(struct job_new){.kind = "test.call", .key = key, .account_id = 1}), 0);
        }
        for (i = 0; i < 5; i++) {
                snprintf(key, sizeof key, "short%d", i);
                assert_int_equal(
                        job_enqueue(&t.ctx, &(struct job_new){.kind = "test.call", .key = key, .account_id = 2}), 0);
        }
        commit();
        start(2, 0);
        wait_idle();
        assert_int_equal(world.calls, 405);
        for (i = 0; i < 405; i++)
                if (world.order[i] == 'c')
                        last = i;
        assert_true(last >= 4 && last < 20);
}

static void urgent_work_has_workers_of_its_own(void **state)
{
        char key[16];
        int i;

        (void)state;
        world.hold = true;
        start(5, 1);
        for (i = 0; i < 8; i++) {
                snprintf(key, sizeof key, "bulk%d", i);
                enqueue("test.bulk", key, i, 0, 0);
        }
        wait_inside(2); /* half of the four */
        usleep(20000);
        assert_counts(6, 2, 0);
        for (i = 0; i < 8; i++) {
                snprintf(key, sizeof key, "normal%d", i);
                enqueue("test.call", key, i, 0, 0);
        }
        wait_inside(4);
        usleep(20000);
        assert_counts(12, 4, 0);
        enqueue("test.urgent", "u", 9, 0, 0);
        wait_inside(5);
        enqueue("test.local", "l", 9, 0, 0); /* needs no worker */
        for (i = 0; i < 30000 && traces("prepare") < 6; i++)
                usleep(1000);
        assert_int_equal(traces("prepare"), 6);
        release();
        wait_idle();
        assert_int_equal(world.calls, 17);
        assert_counts(0, 0, 0);
}

/* A process dies in the middle of a call: the next one finds the claim and frees it. */
static void the_claims_of_the_dead_are_freed(void **state)
{
        int status, go[2];
        char byte;
        pid_t child;

        (void)state;
        enqueue("test.call", "k", 1, 0, 0);
        db_close(t.db);
        assert_int_equal(pipe(go), 0);
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                world.hold = true;
                test_store_reopen(&t);
                start(2, 0);
                wait_inside(1);
                if (write(go[1], "x", 1) != 1)
                        _exit(1);
                for (;;)
                        pause();
        }
        assert_int_equal(read(go[0], &byte, 1), 1);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        close(go[0]);
        close(go[1]);
        test_store_reopen(&t);
        assert_counts(0, 1, 0);
        start(2, 0);
        wait_idle();
        assert_int_equal(world.calls, 1);
        assert_counts(0, 0, 0);
}

static void *release_soon(void *arg)
{
        usleep(30000);
        release();
        return arg;
}

/* A stop waits for the calls that are out and writes down what they brought back; the rest runs at the next start. */
static void a_stop_loses_no_outcome(void **state)
{
        pthread_t releaser;
        char key[8];
        int i;

        (void)state;
        world.hold = true;
        start(3, 0);
        for (i = 0; i < 5; i++) {
                snprintf(key, sizeof key, "k%d", i);
                enqueue("test.call", key, i, 0, 0);
        }
        wait_inside(3);
        assert_int_equal(pthread_create(&releaser, NULL, release_soon, NULL), 0);
        assert_true(job_runner_stop(runner));
        runner = NULL;
        assert_int_equal(pthread_join(releaser, NULL), 0);
        assert_int_equal(world.calls, 3);
        assert_counts(2, 0, 0);
        start(3, 0);
        wait_idle();
        assert_int_equal(world.calls, 5);
        assert_counts(0, 0, 0);
}

static void events_are_heard_now_and_later(void **state)
{
        const struct news n = {.id = 7, .word = "说"};

        (void)state;
        begin();
        core_answer = 3;
        assert_int_equal(event_raise(&t.ctx, &news, &n), 3); /* the veto as it is */
        db_rollback(&t.ctx);
        core_answer = 0;
        begin();
        assert_int_equal(event_raise(&t.ctx, &news, &n), 0);
        assert_int_equal(event_raise(&t.ctx, &news, &n), 0);
        commit();
        assert_counts(2, 0, 0);
        start(1, 0);
        wait_idle();
        assert_int_equal(traces("heard"), 2);
        assert_counts(0, 0, 0);
}

/*
 * Any order of asking, time passing and answers: nothing is lost, nothing runs twice at once, and once all is quiet
 * every key that was asked for has been called since it was asked for last.
 */
static struct {
        pthread_mutex_t lock;
        int64_t asked[8], served[8], running[8];
        bool broken;
} model = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int model_prepare(struct ctx *ctx, struct job *job, void **state)
{
        int k = job->key[0] - '0';
        int64_t *seen = arena_new(ctx->arena, int64_t);

        pthread_mutex_lock(&model.lock);
        *seen = model.asked[k];
        pthread_mutex_unlock(&model.lock);
        *state = seen;
        return 0;
}

static int model_call(struct ctx *ctx, struct job *job, void *state)
{
        int k = job->key[0] - '0';
        uint32_t dice;
        int r;

        (void)ctx;
        pthread_mutex_lock(&model.lock);
        model.broken |= model.running[k]++ > 0;
        pthread_mutex_unlock(&model.lock);
        crypt_random(&dice, sizeof dice);
        usleep(dice % 300);
        r = dice / 300 % 4 == 0 ? JOB_RETRY : 0;
        pthread_mutex_lock(&model.lock);
        model.running[k]--;
        if (r == 0)
                model.served[k] = *(int64_t *)state;
        pthread_mutex_unlock(&model.lock);
        return r;
}

static void whatever_the_order_nothing_is_lost(void **state)
{
        static const struct job_kind kind = {
                .name = "model", .class_ = JOB_NORMAL, .backoff_ms = 50, .prepare = model_prepare, .call = model_call};
        static const struct domain model_domain = {.name = "model", .jobs = &kind, .n_jobs = 1};
        static const struct domain *const both[] = {&store_domain, &test_domain, &model_domain};
        uint32_t dice;
        int i, k;

        (void)state;
        t.registry = (struct registry){both, countof(both)};
        start(6, 1);
        for (i = 0; i < 400; i++) {
                crypt_random(&dice, sizeof dice);
                k = (int)(dice % 8);
                if (dice / 8 % 4 == 0)
                        push(dice / 32 % 100);
                begin();
                pthread_mutex_lock(&model.lock);
                model.asked[k]++;
                pthread_mutex_unlock(&model.lock);
                assert_int_equal(
                        job_enqueue(&t.ctx, &(struct job_new){.kind = "model",
                                                              .key = (char[]){(char)('0' + k), 0},
                                                              .account_id = k % 3,
                                                              .run_at = clock_now(&t.clock) + dice / 4096 % 50}),
                        0);
                commit();
        }
        for (i = 0; i < 1000 && counts().waiting + counts().running > 0; i++) {
                push(60000);
                wait_idle();
        }
        assert_counts(0, 0, 0);
        assert_false(model.broken);
        for (k = 0; k < 8; k++)
                assert_int_equal(model.served[k], model.asked[k]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(the_same_thing_is_one_row, setup, teardown),
                cmocka_unit_test_setup_teardown(the_earlier_time_wins, setup, teardown),
                cmocka_unit_test_setup_teardown(asked_for_while_it_runs_it_runs_once_more, setup, teardown),
                cmocka_unit_test_setup_teardown(retries_back_off_and_die, setup, teardown),
                cmocka_unit_test_setup_teardown(a_step_may_say_when, setup, teardown),
                cmocka_unit_test_setup_teardown(every_outcome_reaches_settle, setup, teardown),
                cmocka_unit_test_setup_teardown(a_fatal_settle_runs_the_job_again, setup, teardown),
                cmocka_unit_test_setup_teardown(past_its_deadline_it_is_not_called, setup, teardown),
                cmocka_unit_test_setup_teardown(prepare_may_end_it_or_fail_alone, setup, teardown),
                cmocka_unit_test_setup_teardown(one_at_a_time_for_an_account, setup, teardown),
                cmocka_unit_test_setup_teardown(a_long_lane_starves_nobody, setup, teardown),
                cmocka_unit_test_setup_teardown(urgent_work_has_workers_of_its_own, setup, teardown),
                cmocka_unit_test_setup_teardown(the_claims_of_the_dead_are_freed, setup, teardown),
                cmocka_unit_test_setup_teardown(a_stop_loses_no_outcome, setup, teardown),
                cmocka_unit_test_setup_teardown(events_are_heard_now_and_later, setup, teardown),
                cmocka_unit_test_setup_teardown(whatever_the_order_nothing_is_lost, setup, teardown),
        };

        if (crypt_init() != 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
