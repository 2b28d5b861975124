/*
 * latency: from a customer's sending a message to its standing in the console's event stream, with the platform's limits of
 * calls kept: at 1,500 messages a second over 100 accounts of 20 corps, then a live of one account.
 */
#include "bench/ear.h"

#include "base/clock.h"

#define CORPS 20
#define PER_CORP 5
#define RATE 1500
#define LIVE_RATE (2000.0 / 600) /* chats a second of one account's live */
#define WARM_US 5000000 /* each customer has written once: what is measured is a day going on, not its first minute */
#define WAIT_MS 30000

struct latency {
        struct bench *b;
        struct world world;
        struct peer *peer;
        struct child server;
        struct feed feed;
        struct ear ear;
};

static int part(struct latency *l, const char *name, double rate, int64_t us)
{
        struct report *o = l->b->report;
        size_t before = atomic_load(&l->feed.said), said;
        struct load_result notices;
        struct hist heard;
        int r = feed_run(&l->feed, l->b->arena, rate, us, &notices);

        if (r)
                return r;
        said = atomic_load(&l->feed.said);
        if (!ear_wait(&l->ear, said, WAIT_MS))
                return fatal(ETIMEDOUT, "%zu messages said, %llu heard", said, (unsigned long long)atomic_load(&l->ear.count));
        ear_take(&l->ear, &heard);
        report_int(o, arena_printf(l->b->arena, "%s_messages", name), (int64_t)(said - before));
        report_number(o, arena_printf(l->b->arena, "%s_per_s", name), (double)(said - before) / notices.seconds, 1);
        report_hist(o, arena_printf(l->b->arena, "%s", name), &heard);
        say("%s: %zu messages, p50 %.1f ms, p99 %.1f ms", name, said - before, hist_ms(&heard, 0.5), hist_ms(&heard, 0.99));
        return 0;
}

static int measure(struct latency *l)
{
        int64_t us = (l->b->seconds ? l->b->seconds : 40) * 1000000;
        struct peer_stats stats;
        int r = part(l, "warm", RATE, WARM_US);

        if (!r)
                r = part(l, "many", RATE, us);

        l->feed.n_kf = 1;
        if (!r)
                r = part(l, "live", LIVE_RATE, us);
        peer_stats(l->peer, &stats);
        report_int(l->b->report, "calls", stats.calls);
        report_int(l->b->report, "pulls", stats.pulls);
        report_int(l->b->report, "over_limit", stats.over_limit);
        return r;
}

static int run(struct bench *b)
{
        size_t customers = b->rows ? (size_t)b->rows : 6000;
        struct latency l = {.b = b};
        const char **settings;
        int r = peer_start(b->arena, &(struct peer_options){.accounts = CORPS * PER_CORP, .per_corp = PER_CORP, .limits = true}, &l.peer);

        if (r)
                return r;
        settings = child_settings(b, peer_url(l.peer));
        r = world_make(b, settings, CORPS, PER_CORP, NULL, &l.world);
        if (!r)
                r = child_server(b, settings, &l.server);
        if (!r) {
                feed_init(&l.feed, b->arena, &l.world, l.peer, &l.server, (customers + l.world.n_kf - 1) / l.world.n_kf);
                l.feed.room = (size_t)((b->seconds ? b->seconds : 40) * (RATE + 100) + WARM_US / 1000000 * RATE + 1000);
                l.feed.said_us = arena_array(b->arena, _Atomic int64_t, l.feed.room);
                r = ear_open(b, &l.ear, &l.feed, &l.server, l.world.session.cookie);
                if (!r) {
                        r = measure(&l);
                        ear_close(&l.ear);
                }
                feed_release(&l.feed);
        }
        child_end(&l.server);
        peer_stop(l.peer);
        return r;
}

const struct workload workload_latency = {"latency", "from a customer's message to the console, with the platform's limits on", run};
