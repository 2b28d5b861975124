/*
 * welcome: a wave of orders and chats while every call but reading messages and greeting hangs until it is too late. The code
 * to greet with lives 20 s: how long after she came does the greeting leave, and does a dead code ever leave?
 */
#include "bench/child.h"
#include "bench/load.h"
#include "bench/peer.h"
#include "bench/world.h"

#include "base/clock.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PER_CORP 5
#define CODE_MS 20000
/* 5,000 orders and 2,000 chats in ten minutes: five orders to two who enter and, a little later, write. */
#define RATE 15.0
static const char pattern[] = "OEOTOEOTO";
#define CYCLE (sizeof(pattern) - 1)

struct chat {
        _Atomic int64_t entered_us, greeted_us;
        _Atomic int times;
};

struct welcome {
        struct bench *b;
        struct world world;
        struct peer *peer;
        struct child server;
        struct arena scratch;
        const char *host;
        struct chat *chats;
        size_t room, entered, wrote, orders;
};

/* On the peer's thread. */
static void welcomed(void *arg, const char *code)
{
        struct welcome *w = arg;
        int64_t n;

        if (!text_starts(code, "WC") || text_to_int(code + 2, 0, (int64_t)w->room - 1, &n))
                return;
        if (atomic_fetch_add(&w->chats[n].times, 1) == 0)
                atomic_store(&w->chats[n].greeted_us, clock_mono_us());
}

static struct bytes notice(struct welcome *w, size_t serial, size_t kf)
{
        return world_notice(&w->scratch, &w->world, serial, kf, w->host, clock_wall_ms() / 1000);
}

static struct bytes next(void *arg, size_t i)
{
        struct welcome *w = arg;
        char text[64];
        size_t kf;

        arena_clear(&w->scratch);
        switch (pattern[i % CYCLE]) {
        case 'E':
                kf = w->entered % PER_CORP;
                snprintf(text, sizeof(text), "WC%zu", w->entered);
                atomic_store(&w->chats[w->entered].entered_us, clock_mono_us());
                peer_enter(w->peer, kf, w->entered++, text);
                return notice(w, i, kf);
        case 'T':
                kf = w->wrote % PER_CORP;
                snprintf(text, sizeof(text), "在吗，直播间那件还有吗 #%zu#", w->wrote);
                peer_say(w->peer, kf, w->wrote++, text);
                return notice(w, i, kf);
        default:
                w->orders++;
                return world_order(&w->scratch, &w->world.corps[1].key, w->world.corps[1].path, arena_printf(&w->scratch, "3799999%012zu", i), i,
                                   w->host, clock_wall_ms() / 1000);
        }
}

static void tell(struct welcome *w)
{
        struct report *o = w->b->report;
        int64_t expired = 0, twice = 0, never = 0;
        struct hist latency = {0};

        for (size_t i = 0; i < w->entered; i++) {
                int64_t us = atomic_load(&w->chats[i].greeted_us) - atomic_load(&w->chats[i].entered_us);

                if (!atomic_load(&w->chats[i].times)) {
                        never++;
                        continue;
                }
                twice += atomic_load(&w->chats[i].times) > 1;
                expired += us > CODE_MS * 1000;
                hist_add(&latency, us);
        }
        report_int(o, "orders", (int64_t)w->orders);
        report_int(o, "chats", (int64_t)w->entered);
        report_int(o, "greeted", (int64_t)latency.n);
        report_int(o, "never_greeted", never);
        report_int(o, "greeted_twice", twice);
        report_int(o, "expired_sent", expired);
        report_hist(o, "welcome", &latency);
}

static int measure(struct welcome *w)
{
        int64_t seconds = w->b->seconds ? w->b->seconds : 120, until;
        struct load load = {.port = w->server.port, .connections = 16, .n = SIZE_MAX, .make = next, .arg = w, .rate = RATE,
                            .us = seconds * 1000000};
        struct load_result told;
        struct peer_stats stats;
        bool waiting = true;
        int r;

        arena_init(&w->scratch, 0);
        w->host = arena_printf(w->b->arena, "127.0.0.1:%u", w->server.port);
        r = load_run(w->b->arena, &load, &told);
        for (until = clock_mono_ms() + CODE_MS; !r && waiting && clock_mono_ms() < until; poll(NULL, 0, 50)) {
                waiting = false;
                for (size_t i = 0; i < w->entered; i++)
                        waiting = waiting || !atomic_load(&w->chats[i].times);
        }
        arena_release(&w->scratch);
        if (r)
                return r;
        report_int(w->b->report, "notices_refused", (int64_t)(told.refused + told.broken));
        tell(w);
        peer_stats(w->peer, &stats);
        report_int(w->b->report, "calls", stats.calls);
        return 0;
}

static int run(struct bench *b)
{
        struct welcome w = {.b = b, .room = (size_t)(b->seconds ? b->seconds : 120) * 4 + 100};
        const char **settings;
        int r = peer_start(b->arena,
                           &(struct peer_options){.accounts = PER_CORP, .per_corp = PER_CORP, .others_hang = true,
                                                  .welcomed = welcomed, .arg = &w},
                           &w.peer);

        if (r)
                return r;
        w.chats = arena_array(b->arena, struct chat, w.room);
        settings = child_settings(b, peer_url(w.peer));
        r = world_make(b, settings, 1, PER_CORP, "您好，欢迎来到直播间，请问有什么可以帮您？", &w.world);
        if (!r)
                r = child_server(b, settings, &w.server);
        if (!r)
                r = measure(&w);
        child_end(&w.server);
        peer_stop(w.peer);
        return r;
}

const struct workload workload_welcome = {"welcome", "the 20-second welcome codes of a wave while the other calls hang", run};
