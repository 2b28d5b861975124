/*
 * callbacks: how many callbacks a second are on disk and answered, beside nginx answering the same requests from memory and
 * SQLite or PostgreSQL taking the same bytes with nothing in front of it. Rounds of the three take turns, so that whatever
 * else the machine does hits all of them; the ratio is of the same round, and the medians of five are what is told. The
 * server is left to apply what it took before the others have their turn.
 */
#include "bench/child.h"
#include "bench/inserts.h"
#include "bench/load.h"
#include "bench/peer.h"
#include "bench/world.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define ROUNDS 5
#define CONNECTIONS 128
#define ACCOUNTS 100
#define NGINX_US 1500000
#define RAW_US 1000000
#define IDLE_MS 120000

struct callbacks {
        struct bench *b;
        struct world world;
        struct peer *peer;
        struct child server, nginx;
        struct bytes *requests;
        uint8_t *ok; /* answered with 200, per request */
        size_t n, used;
        int64_t round_us;
        double rate[ROUNDS], nginx_rate[ROUNDS], nginx_cpu[ROUNDS], raw_rate[ROUNDS], ratio[ROUNDS], raw_ratio[ROUNDS], cpu[ROUNDS], p50[ROUNDS],
                p99[ROUNDS], applied_rate[ROUNDS], cpu_all[ROUNDS];
        uint64_t answered, refused, broken;
        double slowest_ms;
};

static void prepare(struct callbacks *c)
{
        int64_t now_s = clock_wall_ms() / 1000, begun = clock_mono_ms();
        const char *host = arena_printf(c->b->arena, "127.0.0.1:%u", c->server.port);
        size_t bytes = 0;

        c->n = c->b->rows ? (size_t)c->b->rows : bench_on_sqlite(c->b) ? 400000 : 30000;
        c->requests = arena_array(c->b->arena, struct bytes, c->n);
        c->ok = arena_alloc(c->b->arena, c->n);
        for (size_t i = 0; i < c->n; i++) {
                c->requests[i] = world_notice(c->b->arena, &c->world, i, i % ACCOUNTS, host, now_s);
                bytes += c->requests[i].n;
        }
        say("%zu callbacks sealed in %lld ms, %zu bytes each with their headers", c->n, (long long)(clock_mono_ms() - begun),
            bytes / c->n);
        report_int(c->b->report, "callbacks", (int64_t)c->n);
        report_int(c->b->report, "request_bytes", (int64_t)(bytes / c->n));
        report_int(c->b->report, "body_bytes", (int64_t)strlen(strstr(c->requests[0].p, "\r\n\r\n") + 4));
        report_int(c->b->report, "connections", CONNECTIONS);
}

static int server_round(struct callbacks *c, int i)
{
        struct load load = {.port = c->server.port, .connections = CONNECTIONS, .requests = c->requests + c->used,
                            .n = c->n / ROUNDS, .us = c->round_us};
        int64_t cpu = child_cpu_us(&c->server), begun = clock_mono_us();
        struct load_result result;
        int r = load_run(c->b->arena, &load, &result);

        if (r)
                return r;
        if (!result.answered)
                return fatal(EPROTO, "the server answered none of %zu callbacks", load.n);
        c->cpu[i] = (double)(child_cpu_us(&c->server) - cpu) / (double)result.answered;
        memcpy(c->ok + c->used, result.ok, load.n);
        c->used += load.n;
        c->rate[i] = (double)result.answered / result.seconds;
        c->p50[i] = hist_ms(&result.latency, 0.5);
        c->p99[i] = hist_ms(&result.latency, 0.99);
        if ((double)result.latency.max_us / 1000 > c->slowest_ms)
                c->slowest_ms = (double)result.latency.max_us / 1000;
        c->answered += result.answered;
        c->refused += result.refused;
        c->broken += result.broken;
        if (!child_wait_idle(&c->server, IDLE_MS))
                return fatal(ETIMEDOUT, "the server has not applied what it took after %d s", IDLE_MS / 1000);
        c->applied_rate[i] = (double)result.answered * 1e6 / (double)(clock_mono_us() - begun);
        c->cpu_all[i] = (double)(child_cpu_us(&c->server) - cpu) / (double)result.answered;
        return 0;
}

static int nginx_round(struct callbacks *c, int i)
{
        struct load load = {.port = c->nginx.port, .connections = CONNECTIONS, .requests = c->requests, .n = c->n, .again = true,
                            .us = NGINX_US};
        int64_t cpu = child_cpu_us(&c->nginx);
        struct load_result result;
        int r = load_run(c->b->arena, &load, &result);

        if (r)
                return r;
        if (!result.answered || result.refused || result.broken)
                return fatal(EPROTO, "nginx answered %llu, refused %llu, broke %llu", (unsigned long long)result.answered,
                             (unsigned long long)result.refused, (unsigned long long)result.broken);
        c->nginx_rate[i] = (double)result.answered / result.seconds;
        c->nginx_cpu[i] = (double)(child_cpu_us(&c->nginx) - cpu) / (double)result.answered;
        return 0;
}

static int rounds(struct callbacks *c)
{
        int r = 0;

        for (int i = 0; !r && i < ROUNDS; i++) {
                r = nginx_round(c, i);
                if (!r)
                        r = inserts_raw(c->b, RAW_US, &c->raw_rate[i]);
                if (!r)
                        r = server_round(c, i);
                if (r)
                        return r;
                c->ratio[i] = c->rate[i] / c->nginx_rate[i];
                c->raw_ratio[i] = c->rate[i] / c->raw_rate[i];
                say("round %d: %.0f callbacks/s, nginx %.0f (%.3f of it), raw inserts %.0f, p99 %.1f ms, %.1f us of CPU each (nginx %.1f)", i + 1,
                    c->rate[i], c->nginx_rate[i], c->ratio[i], c->raw_rate[i], c->p99[i], c->cpu[i], c->nginx_cpu[i]);
        }
        return r;
}

/* Each answered callback is in the ledger, and none twice. Looked up in the files themselves, after the server has gone. */
static int check(struct callbacks *c)
{
        uint64_t lost = 0;
        uint32_t *times = arena_array(c->b->arena, uint32_t, c->n);
        uint64_t rows = 0, doubled = 0;
        int r = inserts_found(c->b, times, c->n, &rows);

        if (r)
                return r;
        for (size_t i = 0; i < c->n; i++) {
                lost += c->ok[i] && !times[i];
                doubled += times[i] > 1;
        }
        report_int(c->b->report, "stored", (int64_t)rows);
        report_int(c->b->report, "lost", (int64_t)lost);
        report_int(c->b->report, "doubled", (int64_t)doubled);
        return lost ? fatal(EPROTO, "%llu answered callbacks are not in the ledger", (unsigned long long)lost) : 0;
}

static void tell(struct callbacks *c)
{
        struct report *o = c->b->report;

        report_number(o, "callbacks_per_s", median(c->rate, ROUNDS), 0);
        report_number(o, "nginx_per_s", median(c->nginx_rate, ROUNDS), 0);
        report_number(o, "nginx_cpu_us", median(c->nginx_cpu, ROUNDS), 1);
        report_number(o, "ratio_nginx", median(c->ratio, ROUNDS), 3);
        report_number(o, "raw_inserts_per_s", median(c->raw_rate, ROUNDS), 0);
        report_number(o, "ratio_raw", median(c->raw_ratio, ROUNDS), 3);
        report_number(o, "p50_ms", median(c->p50, ROUNDS), 2);
        report_number(o, "p99_ms", median(c->p99, ROUNDS), 2);
        report_number(o, "max_ms", c->slowest_ms, 2);
        report_number(o, "cpu_us", median(c->cpu, ROUNDS), 1);
        report_number(o, "applied_per_s", median(c->applied_rate, ROUNDS), 0);
        report_number(o, "cpu_applied_us", median(c->cpu_all, ROUNDS), 1);
        report_int(o, "answered", (int64_t)c->answered);
        report_int(o, "refused", (int64_t)c->refused);
        report_int(o, "broken", (int64_t)c->broken);
}

static int run(struct bench *b)
{
        struct callbacks c = {.b = b, .round_us = (b->seconds ? b->seconds : 20) * 1000000 / ROUNDS};
        const char **settings;
        int r = peer_start(b->arena, &(struct peer_options){.accounts = ACCOUNTS, .per_corp = ACCOUNTS}, &c.peer);

        if (r)
                return r;
        settings = child_settings(b, peer_url(c.peer));
        r = world_make(b, settings, 1, ACCOUNTS, NULL, &c.world);
        if (!r)
                r = child_nginx(b, &c.nginx);
        if (!r)
                r = child_server(b, settings, &c.server);
        if (!r)
                prepare(&c);
        if (!r && !child_wait_idle(&c.server, IDLE_MS))
                r = fatal(ETIMEDOUT, "the server does not come to rest");
        if (!r)
                r = rounds(&c);
        child_end(&c.nginx);
        child_end(&c.server);
        peer_stop(c.peer);
        if (r)
                return r;
        tell(&c);
        return check(&c);
}

const struct workload workload_callbacks = {"callbacks", "durable callbacks per second, beside nginx and raw inserts", run};
