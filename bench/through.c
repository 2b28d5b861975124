/*
 * through: customers' messages from the platform's notice to the thread, search index included. One minute at a steady rate;
 * then, for a curve, steps upwards until the backlog grows. What is offered and what came through are counted apart.
 */
#include "bench/feed.h"

#include "base/clock.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>

#define CORPS 20
#define PER_CORP 5
#define RATE 2500
#define STEP_US 8000000
#define SAMPLE_MS 250
#define SAMPLES_MAX 20000
#define DRAIN_MS 60000

struct sample {
        int64_t us, said, received, indexed;
};

struct through {
        struct bench *b;
        struct world world;
        struct peer *peer;
        struct child server;
        struct feed feed;
        pthread_t sampler;
        _Atomic bool ending;
        struct sample *samples;
        _Atomic size_t n;
};

static void look(struct through *t, struct arena *a, struct sample *s)
{
        arena_clear(a);
        s->said = (int64_t)atomic_load(&t->feed.said);
        s->received = child_metric(a, &t->server, "zhanggui_inbox_received_total");
        s->indexed = child_metric(a, &t->server, "zhanggui_search_indexed_total");
        s->us = clock_mono_us();
}

static void *sample_main(void *arg)
{
        struct through *t = arg;
        struct arena a;

        arena_init(&a, 0);
        while (!atomic_load(&t->ending) && t->n < SAMPLES_MAX) {
                look(t, &a, &t->samples[t->n]);
                t->n++;
                poll(NULL, 0, SAMPLE_MS);
        }
        arena_release(&a);
        return NULL;
}

/* Messages said and not yet in thread and index, on average over samples from..to. */
static double backlog(const struct through *t, size_t from, size_t to)
{
        double sum = 0;

        for (size_t i = from; i < to; i++)
                sum += (double)(t->samples[i].said - t->samples[i].indexed);
        return to > from ? sum / (double)(to - from) : 0;
}

struct step {
        double rate, through, growth; /* messages a second: offered, in thread and index, of the backlog */
        double backlog, drain_s;
        struct load_result notices;
        double cpu_us;
};

/* Until everything said is in thread and index. */
static int drain(struct through *t, double *seconds)
{
        int64_t begun = clock_mono_us(), until = clock_mono_ms() + DRAIN_MS;
        struct sample s = {0};
        struct arena a;

        arena_init(&a, 0);
        do {
                look(t, &a, &s);
                if (s.indexed < s.said)
                        poll(NULL, 0, 20);
        } while (s.indexed < s.said && clock_mono_ms() < until);
        arena_release(&a);
        *seconds = (double)(clock_mono_us() - begun) / 1e6;
        return s.indexed >= s.said ? 0
                                   : fatal(ETIMEDOUT, "%lld messages said, %lld received, %lld indexed after %d s", (long long)s.said,
                                           (long long)s.received, (long long)s.indexed, DRAIN_MS / 1000);
}

static int run_step(struct through *t, double rate, int64_t us, struct step *s)
{
        int64_t cpu = child_cpu_us(&t->server);
        size_t from = t->n, to, quarter;
        int r;

        *s = (struct step){.rate = rate};
        r = feed_run(&t->feed, t->b->arena, rate, us, &s->notices);
        to = t->n;
        if (r)
                return r;
        if (to < from + 8)
                return fatal(EPROTO, "the server was too busy to tell its numbers: %zu samples", to - from);
        quarter = (to - from) / 4;
        s->backlog = backlog(t, to - quarter, to);
        s->growth = (s->backlog - backlog(t, from + quarter, from + 2 * quarter)) /
                    ((double)(t->samples[to - 1].us - t->samples[from].us) / 2e6);
        s->through = (double)(t->samples[to - 1].indexed - t->samples[from].indexed) * 1e6 /
                     (double)(t->samples[to - 1].us - t->samples[from].us);
        r = drain(t, &s->drain_s);
        s->cpu_us = (double)(child_cpu_us(&t->server) - cpu) / ((double)s->notices.answered);
        say("%.0f messages/s offered, %.0f through, backlog %.0f growing by %.0f/s, drained in %.2f s, %.0f us of CPU each", rate,
            s->through, s->backlog, s->growth, s->drain_s, s->cpu_us);
        return r;
}

/* Flat: what is left behind grows by less than a fiftieth of what comes. */
static bool flat(const struct step *s)
{
        return s->growth < s->rate / 50;
}

static int curve(struct through *t)
{
        static const double rates[] = {1000, 3500, 4500, 6000, 8000, 10000};
        bool go = true;
        int r = 0;

        for (size_t i = 0; !r && go && i < countof(rates); i++) {
                struct step s;

                r = run_step(t, rates[i], STEP_US, &s);
                if (!r)
                        report_point(t->b->report, "curve", s.rate, (double)(int64_t)s.through);
                go = flat(&s);
        }
        return r;
}

static int measure(struct through *t)
{
        struct report *o = t->b->report;
        struct step s;
        int r = run_step(t, RATE, (t->b->seconds ? t->b->seconds : 60) * 1000000, &s);

        if (r)
                return r;
        report_number(o, "offered_per_s", s.rate, 0);
        report_number(o, "through_per_s", s.through, 0);
        report_number(o, "backlog", s.backlog, 0);
        report_number(o, "backlog_growth_per_s", s.growth, 1);
        report_int(o, "flat", flat(&s));
        report_number(o, "drain_s", s.drain_s, 2);
        report_number(o, "cpu_us", s.cpu_us, 0);
        report_hist(o, "ack", &s.notices.latency);
        report_point(o, "curve", s.rate, (double)(int64_t)s.through);
        return flat(&s) ? curve(t) : 0;
}

static int check(struct through *t, const char *const *settings)
{
        int64_t said = (int64_t)atomic_load(&t->feed.said), stored;
        int r = feed_stored(t->b, settings, &stored);

        if (r)
                return r;
        report_int(t->b->report, "said", said);
        report_int(t->b->report, "stored", stored);
        return stored == said ? 0 : fatal(EPROTO, "%lld messages said, %lld stored", (long long)said, (long long)stored);
}

static int run(struct bench *b)
{
        size_t customers = b->rows ? (size_t)b->rows : 20000;
        struct through t = {.b = b};
        const char **settings;
        int r = peer_start(b->arena, &(struct peer_options){.accounts = CORPS * PER_CORP, .per_corp = PER_CORP}, &t.peer);

        if (r)
                return r;
        settings = child_settings(b, peer_url(t.peer));
        r = world_make(b, settings, CORPS, PER_CORP, NULL, &t.world);
        if (!r)
                r = child_server(b, settings, &t.server);
        if (!r) {
                t.samples = arena_array(b->arena, struct sample, SAMPLES_MAX);
                feed_init(&t.feed, b->arena, &t.world, t.peer, &t.server, (customers + t.world.n_kf - 1) / t.world.n_kf);
                report_int(b->report, "accounts", (int64_t)t.world.n_kf);
                report_int(b->report, "customers", (int64_t)(t.feed.customers * t.world.n_kf));
                if (pthread_create(&t.sampler, NULL, sample_main, &t))
                        return fatal(EAGAIN, "cannot start the sampling thread");
                r = measure(&t);
                atomic_store(&t.ending, true);
                pthread_join(t.sampler, NULL);
                feed_release(&t.feed);
        }
        child_end(&t.server);
        peer_stop(t.peer);
        return r ? r : check(&t, settings);
}

const struct workload workload_through = {"through", "customers' messages per second into thread and search index", run};
