/*
 * neighbours: two hundred merchants with fifteen shops each on one server; how much longer do the others wait while one of them
 * has a live broadcast of 5,000 orders and 2,000 chats? After three rounds of the live comes one without, so that both see the same
 * machine; a figure is the median of its rounds. Everything that the others do goes on all the time, at the same rates and by
 * chance: were their gaps even, they would never meet one another, and whatever else happens would count for more than it does.
 */
#include "bench/crowd.h"
#include "bench/load.h"
#include "bench/peer.h"
#include "bench/street.h"

#include "base/clock.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUSES 200
#define SHOPS 15
#define LOUD 0 /* the merchant with the live */
#define LIVE_ORDERS 5000
#define LIVE_CHATS 2000
#define LIVE_S 600
#define ROUND_S 5 /* short: what else the machine does falls into some of them, and the median passes over those */
#define ROUNDS_MAX 128
#define TURN 4 /* of so many rounds the first is without the live */
#define PEOPLE 1000000 /* room in the numbers of an account's customers */
#define WAIT_MS 30000
#define WARM_RATE 300.0
#define RING 4096
#define DOERS 5 /* the loud one's are the last two */

/* What the others do, a second. */
#define MESSAGES 60.0
#define ORDERS 40.0
#define REPLIES 30.0
#define LOOKS 60.0
static const char usual[] = "MOMOM";    /* 60 messages to 40 orders */
static const char live[] = "OOMOOMO";   /* 5,000 orders to 2,000 chats */

enum { MESSAGE, ORDER, REPLY, LOOK, KINDS };
static const char *const names[KINDS] = {"message", "order", "reply", "look"};

struct trip { /* of a message or an order to the console, of a reply to the platform */
        _Atomic int64_t begun_us;
        bool loud, arrived;
};

struct trips {
        struct trip *all;
        size_t room;
        _Atomic size_t begun, arrived;
};

/* Conversations that wait for an answer. */
struct ring {
        struct {
                size_t who;
                int64_t thread;
        } at[RING];
        size_t head, tail;
};

struct neighbours {
        struct bench *b;
        struct street street;
        struct peer *peer;
        struct child server;
        struct crowd *crowd;
        const char *host;
        struct trips trips[LOOK];
        _Atomic uint64_t notices;
        pthread_mutex_t lock; /* of all below */
        struct ring waiting[2]; /* the others', the loud one's */
        int64_t *last_thread;   /* of each merchant; 0 = none yet */
        size_t *said;           /* messages to each account so far; of the callbacks' threads, which do not share one */
        struct hist others[KINDS], loud[KINDS]; /* of this round */
        uint64_t refused;
};

/* ---- what arrives ---- */

static void arrive(struct neighbours *n, int kind, int64_t number)
{
        struct trips *t = &n->trips[kind];
        struct trip *trip = number >= 0 && (size_t)number < t->room ? &t->all[number] : NULL;
        int64_t now = clock_mono_us(), begun = trip ? atomic_load(&trip->begun_us) : 0;

        if (!begun)
                return;
        pthread_mutex_lock(&n->lock);
        if (!trip->arrived) {
                trip->arrived = true;
                hist_add(trip->loud ? &n->loud[kind] : &n->others[kind], now - begun);
                atomic_fetch_add(&t->arrived, 1);
        }
        pthread_mutex_unlock(&n->lock);
}

static int64_t number_between(const char *text, char mark)
{
        for (const char *at = text; (at = strchr(at, mark)); at++) {
                char *end;
                long long number = strtoll(at + 1, &end, 10);

                if (end > at + 1 && *end == mark)
                        return number;
        }
        return -1;
}

static void waits(struct neighbours *n, size_t who, const char *line)
{
        static const char parent[] = "\"parent\":\"";
        const char *at = strstr(line, parent);
        struct ring *ring = &n->waiting[who == LOUD];
        int64_t thread = at ? strtoll(at + sizeof(parent) - 1, NULL, 10) : 0;

        if (!thread)
                return;
        pthread_mutex_lock(&n->lock);
        n->last_thread[who] = thread;
        if (ring->head - ring->tail < RING) {
                ring->at[ring->head % RING].who = who;
                ring->at[ring->head++ % RING].thread = thread;
        }
        pthread_mutex_unlock(&n->lock);
}

static void hear(void *arg, size_t who, const char *line)
{
        struct neighbours *n = arg;
        int64_t number;

        if (!text_starts(line, "data: "))
                return;
        arrive(n, ORDER, street_order_number(line));
        number = number_between(line, '#');
        if (number < 0)
                return;
        arrive(n, MESSAGE, number);
        if (text_starts(line, "data: {\"kind\":\"message\"") && strstr(line, "\"direction\":\"in\""))
                waits(n, who, line);
}

/* On the peer's thread. */
static void sent(void *arg, const char *text)
{
        arrive(arg, REPLY, number_between(text, '*'));
}

/* ---- what begins ---- */

static size_t begin(struct neighbours *n, int kind, bool loud)
{
        struct trips *t = &n->trips[kind];
        size_t number = atomic_fetch_add(&t->begun, 1);

        if (number >= t->room)
                abort(); /* the rates and the time say how many there can be */
        t->all[number].loud = loud;
        atomic_store(&t->all[number].begun_us, clock_mono_us());
        return number;
}

/* One of those who act at the same time, each with a thread of its own, by chance: people do not take turns. */
struct doer {
        struct neighbours *n;
        const char *pattern; /* of callbacks; NULL = replies, "" = look-ups, "*" = one of every shop and account */
        bool loud;
        double rate;
        unsigned chance;
        int64_t us;
        size_t count, most; /* of its own; 0 = as many as the time takes */
        struct arena scratch;
        struct load_result result;
        pthread_t thread;
        int status;
};

/* The others in an order that looks like none. */
static size_t whose(const struct doer *a, size_t i, size_t of)
{
        const struct neighbours *n = a->n;
        size_t each = of / n->street.n;

        return a->loud ? LOUD * each + i * 7919 % each : each + i * 7919 % (of - each);
}

static struct bytes message(struct doer *a, size_t kf)
{
        struct neighbours *n = a->n;
        size_t number = begin(n, MESSAGE, a->loud), nth = n->said[kf]++;

        /* A chat of the live is somebody new. The others' customers write twice: in every round half of the messages are of new
         * ones, with or without the live. */
        peer_say(n->peer, kf, kf * PEOPLE + (a->loud ? PEOPLE / 2 + nth : nth / 2), arena_printf(&a->scratch, "在吗，这件还有货吗 #%zu#", number));
        return world_notice(&a->scratch, &n->street.world, atomic_fetch_add(&n->notices, 1), kf, n->host, clock_wall_ms() / 1000);
}

static struct bytes order(struct doer *a, size_t shop)
{
        struct neighbours *n = a->n;
        const struct world_corp *of = &n->street.shops[shop];
        size_t number = begin(n, ORDER, a->loud);

        return world_order(&a->scratch, &of->key, of->path, street_order(&a->scratch, shop, number), atomic_fetch_add(&n->notices, 1),
                           n->host, clock_wall_ms() / 1000);
}

static struct bytes look(struct doer *a, size_t who)
{
        struct neighbours *n = a->n;
        const char *path = "/api/threads?view=open&limit=50";
        size_t turn = a->count++ % 3;
        int64_t thread;

        pthread_mutex_lock(&n->lock);
        thread = n->last_thread[who];
        pthread_mutex_unlock(&n->lock);
        if (turn == 1)
                path = "/api/orders?limit=50";
        if (turn == 2 && thread)
                path = arena_printf(&a->scratch, "/api/threads/%lld/messages", (long long)thread);
        return bytes_of_text(arena_printf(&a->scratch, "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: zg_session=%s\r\n\r\n", path, n->host,
                                          n->street.owners[who].cookie));
}

/* To who waits longest; while nobody does, the agent looks. */
static struct bytes reply(struct doer *a, size_t i)
{
        struct neighbours *n = a->n;
        struct ring *ring = &n->waiting[a->loud];
        const char *body;
        size_t number, who = 0;
        int64_t thread = 0;

        pthread_mutex_lock(&n->lock);
        if (ring->tail != ring->head) {
                who = ring->at[ring->tail % RING].who;
                thread = ring->at[ring->tail++ % RING].thread;
        }
        pthread_mutex_unlock(&n->lock);
        if (!thread)
                return look(a, whose(a, i, n->street.n));
        number = begin(n, REPLY, a->loud);
        body = arena_printf(&a->scratch, "{\"client_id\":\"bench-%zu\",\"text\":\"有的，今天拍明天发 *%zu*\"}", number, number);
        return bytes_of_text(arena_printf(&a->scratch,
                                          "POST /api/threads/%lld/messages HTTP/1.1\r\nHost: %s\r\nCookie: zg_session=%s\r\nX-CSRF-Token: %s\r\n"
                                          "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                                          (long long)thread, n->host, n->street.owners[who].cookie, n->street.owners[who].csrf,
                                          strlen(body), body));
}

static struct bytes next(void *arg, size_t i)
{
        struct doer *a = arg;
        const struct street *s = &a->n->street;
        size_t shops = s->n * s->per_house;

        arena_clear(&a->scratch);
        if (!a->pattern)
                return reply(a, i);
        if (!*a->pattern)
                return look(a, whose(a, i, s->n));
        if (*a->pattern == '*')
                return i < s->n ? message(a, i) : order(a, i - s->n);
        return a->pattern[i % strlen(a->pattern)] == 'M' ? message(a, whose(a, i, s->n)) : order(a, whose(a, i, shops));
}

static void *act_main(void *arg)
{
        struct doer *a = arg;
        struct load load = {.port = a->n->server.port, .connections = 16, .n = a->most ? a->most : SIZE_MAX, .make = next, .arg = a,
                            .rate = a->rate, .chance = a->chance, .us = a->us};
        struct arena arena;

        arena_init(&arena, 0);
        arena_init(&a->scratch, 0);
        a->status = load_run(&arena, &load, &a->result);
        arena_release(&a->scratch);
        arena_release(&arena);
        return NULL;
}

static bool all_arrived(const struct neighbours *n)
{
        for (int i = 0; i < LOOK; i++)
                if (atomic_load(&n->trips[i].arrived) < atomic_load(&n->trips[i].begun))
                        return false;
        return true;
}

/* Together; back when everything they began has arrived. */
static int act(struct neighbours *n, struct doer *doers, size_t count)
{
        int64_t until;
        int r = 0;

        for (size_t i = 0; i < count; i++)
                if (pthread_create(&doers[i].thread, NULL, act_main, &doers[i]))
                        return fatal(EAGAIN, "cannot start a thread");
        for (size_t i = 0; i < count; i++) {
                pthread_join(doers[i].thread, NULL);
                r = r ? r : doers[i].status;
                n->refused += doers[i].result.refused + doers[i].result.broken;
        }
        for (until = clock_mono_ms() + WAIT_MS; !r && !all_arrived(n) && clock_mono_ms() < until;)
                poll(NULL, 0, 10);
        if (!r && !all_arrived(n))
                r = fatal(ETIMEDOUT,
                          "%zu of %zu messages, %zu of %zu orders, %zu of %zu replies arrived; %llu refused, %zu streams lost",
                          n->trips[MESSAGE].arrived, n->trips[MESSAGE].begun, n->trips[ORDER].arrived, n->trips[ORDER].begun,
                          n->trips[REPLY].arrived, n->trips[REPLY].begun, (unsigned long long)n->refused, crowd_lost(n->crowd));
        return r;
}

/* ---- rounds ---- */

struct found { /* of the rounds of one phase */
        double p50[KINDS][ROUNDS_MAX], p99[KINDS][ROUNDS_MAX], cpu[ROUNDS_MAX];
        uint64_t samples[KINDS];
        size_t n;
};

/* The others act at the same moments in the nth round without the live and in the nth with it. */
static int run_round(struct neighbours *n, int64_t us, bool with_live, double speed, struct found *f)
{
        unsigned chance = DOERS * (unsigned)f->n + 1;
        struct doer doers[DOERS] = {
                {.n = n, .pattern = usual, .rate = MESSAGES + ORDERS},
                {.n = n, .pattern = NULL, .rate = REPLIES},
                {.n = n, .pattern = "", .rate = LOOKS},
                {.n = n, .pattern = live, .loud = true, .rate = speed * (LIVE_ORDERS + LIVE_CHATS)},
                {.n = n, .pattern = NULL, .loud = true, .rate = speed * LIVE_CHATS},
        };
        int64_t cpu = child_cpu_us(&n->server), begun = clock_mono_us();
        int r;

        for (unsigned i = 0; i < DOERS; i++) {
                doers[i].us = us;
                doers[i].chance = chance + i;
        }
        memset(n->others, 0, sizeof(n->others));
        r = act(n, doers, with_live ? DOERS : DOERS - 2);
        if (r)
                return r;
        n->others[LOOK] = doers[2].result.latency;
        for (int k = 0; k < KINDS; k++) {
                f->p50[k][f->n] = hist_ms(&n->others[k], 0.5);
                f->p99[k][f->n] = hist_ms(&n->others[k], 0.99);
                f->samples[k] += n->others[k].n;
        }
        f->cpu[f->n++] = (double)(child_cpu_us(&n->server) - cpu) / (double)(clock_mono_us() - begun);
        say("%s: p99 %.1f message, %.1f order, %.1f reply, %.1f look-up (ms)", with_live ? "live " : "quiet",
            hist_ms(&n->others[MESSAGE], 0.99), hist_ms(&n->others[ORDER], 0.99), hist_ms(&n->others[REPLY], 0.99),
            hist_ms(&n->others[LOOK], 0.99));
        return 0;
}

static void tell(struct neighbours *n, struct found *quiet, struct found *with_live)
{
        struct report *o = n->b->report;
        struct arena *a = n->b->arena;
        double worst = 0;

        for (int k = 0; k < KINDS; k++) {
                double before = median(quiet->p99[k], quiet->n), now = median(with_live->p99[k], with_live->n);
                double moved = before > 0 ? (now / before - 1) * 100 : 0;

                worst = k == 0 || moved > worst ? moved : worst;
                report_number(o, arena_printf(a, "%s_p50_ms", names[k]), median(quiet->p50[k], quiet->n), 2);
                report_number(o, arena_printf(a, "%s_live_p50_ms", names[k]), median(with_live->p50[k], with_live->n), 2);
                report_number(o, arena_printf(a, "%s_p99_ms", names[k]), before, 2);
                report_number(o, arena_printf(a, "%s_live_p99_ms", names[k]), now, 2);
                report_number(o, arena_printf(a, "%s_moved_pct", names[k]), moved, 1);
                report_int(o, arena_printf(a, "%s_samples", names[k]), (int64_t)(quiet->samples[k] + with_live->samples[k]));
        }
        report_number(o, "moved_pct", worst, 1);
        report_number(o, "cpu_share", median(quiet->cpu, quiet->n), 3);
        report_number(o, "cpu_share_live", median(with_live->cpu, with_live->n), 3);
        report_hist(o, "loud_message", &n->loud[MESSAGE]);
        report_hist(o, "loud_order", &n->loud[ORDER]);
        report_hist(o, "loud_reply", &n->loud[REPLY]);
        report_int(o, "live_orders", (int64_t)n->loud[ORDER].n);
        report_int(o, "live_chats", (int64_t)n->loud[MESSAGE].n);
        report_int(o, "refused", (int64_t)n->refused);
}

static int measure(struct neighbours *n, int64_t seconds)
{
        size_t rounds = seconds >= TURN * ROUND_S ? (size_t)(seconds + ROUND_S / 2) / ROUND_S : TURN - 1;
        struct found found[2] = {0};
        struct doer warm = {.n = n, .pattern = "*", .rate = WARM_RATE, .us = INT64_MAX,
                             .most = n->street.n * (1 + n->street.per_house)};
        int r = act(n, &warm, 1); /* every account has its token, every shop its first order */

        rounds = rounds > ROUNDS_MAX ? ROUNDS_MAX : rounds;
        memset(n->loud, 0, sizeof(n->loud));
        report_int(n->b->report, "live_seconds", seconds);
        report_int(n->b->report, "rounds", (int64_t)rounds);
        for (size_t i = 0; !r && found[true].n < rounds; i++) {
                bool with_live = i % TURN;

                r = run_round(n, seconds * 1000000 / (int64_t)rounds, with_live, 1 / (double)seconds, &found[with_live]);
        }
        if (!r)
                tell(n, &found[false], &found[true]);
        return r;
}

static int prepare(struct neighbours *n, int64_t seconds)
{
        struct arena *a = n->b->arena;
        size_t first = n->street.n * (1 + n->street.per_house), room[LOOK];

        room[MESSAGE] = first + (size_t)seconds * 2 * (size_t)MESSAGES + LIVE_CHATS;
        room[ORDER] = first + (size_t)seconds * 2 * (size_t)ORDERS + LIVE_ORDERS;
        room[REPLY] = (size_t)seconds * 2 * (size_t)REPLIES + LIVE_CHATS;
        for (int k = 0; k < LOOK; k++) {
                n->trips[k].room = room[k] + 1000;
                n->trips[k].all = arena_array(a, struct trip, n->trips[k].room);
        }
        n->last_thread = arena_array(a, int64_t, n->street.n);
        n->said = arena_array(a, size_t, n->street.n);
        n->host = arena_printf(a, "127.0.0.1:%u", n->server.port);
        pthread_mutex_init(&n->lock, NULL);
        return crowd_open(n->b, &n->server, n->street.owners, n->street.n, "inbox,orders", hear, n, &n->crowd);
}

static int run(struct bench *b)
{
        struct neighbours *n = arena_new(b->arena, struct neighbours);
        size_t houses = b->rows >= 2 ? (size_t)b->rows : HOUSES;
        int64_t seconds = b->seconds ? b->seconds : LIVE_S;
        const char **settings;
        int r = peer_start(b->arena, &(struct peer_options){.accounts = houses, .per_corp = 1, .sent = sent, .arg = n}, &n->peer);

        n->b = b;
        if (r)
                return r;
        settings = child_settings(b, peer_url(n->peer));
        report_int(b->report, "merchants", (int64_t)houses);
        report_int(b->report, "shops", (int64_t)houses * SHOPS);
        report_number(b->report, "messages_per_s", MESSAGES, 0);
        report_number(b->report, "orders_per_s", ORDERS, 0);
        report_number(b->report, "replies_per_s", REPLIES, 0);
        report_number(b->report, "looks_per_s", LOOKS, 0);
        r = street_make(b, settings, houses, SHOPS, &n->street);
        if (!r)
                r = child_server(b, settings, &n->server);
        if (!r)
                r = prepare(n, seconds);
        if (!r)
                r = measure(n, seconds);
        child_end(&n->server);
        crowd_close(n->crowd);
        peer_stop(n->peer);
        return r;
}

const struct workload workload_neighbours = {"neighbours", "200 merchants: how the others fare while one has a live broadcast", run};
