/*
 * sidebar: a person's orders beside her chat, in a large installation into which orders keep arriving by the full path (notice,
 * fetch, keep). Look-ups go over HTTP, so a number holds session, query and encoding; first over all shops, then in the one
 * with the most orders. On SQLite also: how many pages a look-up reads with nothing in memory.
 */
#include "bench/child.h"
#include "bench/load.h"
#include "bench/peer.h"
#include "bench/set.h"

#include "base/clock.h"
#include "orders/rows.h"

#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

#define SHOPS 200        /* that are looked into, besides the large one */
#define PER_SHOP 20      /* persons of each */
#define LARGE 2000       /* persons of the large one */
#define LOOKUPS 200.0    /* a second */
#define ARRIVALS 700.0   /* orders a second */
#define COLD 500         /* look-ups whose pages are counted */
#define FIRST_MS 120000  /* a server that starts asks each shop for its addresses, reasons and products */

struct person {
        int64_t merchant_id, identity_id, person_id;
        size_t session;
};

struct sidebar {
        struct bench *b;
        struct set set;
        struct peer *peer;
        struct child server;
        struct envelope_key key;
        struct person *people; /* the large shop's first */
        size_t n, n_large, first, room;
        struct world_session sessions[SHOPS + 1];
        struct arena looking, arriving; /* each thread's own */
        const char *host;
        int64_t arrive_us;
        struct load_result arrived;
        int arrive_status;
};

static size_t shop_of(const struct sidebar *s, size_t k)
{
        return k ? 1 + (k - 1) * ((s->set.volume.n_shops - 1) / SHOPS) : 0;
}

/* Some of the merchant's people, from all over its years. */
static int choose(struct sidebar *s, struct ctx *ctx, size_t session, size_t want)
{
        static const struct db_col cols[] = {DB_COL_I(struct person, merchant_id), DB_COL_I(struct person, identity_id),
                                             DB_COL_I(struct person, person_id)};
        static const struct query ends = {
                .name = "bench.ends",
                .sql = "select merchant_id, min(identity_id) as identity_id, max(identity_id) as person_id from contacts_identity"
                       " where merchant_id = $1 group by merchant_id",
                .args = "i", .row = cols, .n_row = countof(cols), .size = sizeof(struct person),
        };
        static const struct query one = {
                .name = "bench.one",
                .sql = "select merchant_id, identity_id, person_id from contacts_identity where merchant_id = $1 and identity_id >= $2"
                       " order by identity_id limit 1",
                .args = "ii", .row = cols, .n_row = countof(cols), .size = sizeof(struct person),
        };
        int64_t merchant = s->set.volume.shops[shop_of(s, session)].merchant_id;
        struct person end;
        int r = db_one(ctx, &ends, &end, DB_I(merchant));

        for (size_t i = 0; !r && i < want; i++) {
                struct person *p = &s->people[s->n];

                r = db_one(ctx, &one, p, DB_I(merchant),
                           DB_I(end.identity_id + (int64_t)((double)(end.person_id - end.identity_id) * (double)i / (double)want)));
                p->session = session;
                s->n++;
        }
        return status_fold(r);
}

static int choose_all(struct ctx *ctx, void *arg)
{
        struct sidebar *s = arg;
        int r = 0;

        s->n = 0;
        for (size_t k = 0; !r && k <= SHOPS; k++)
                r = choose(s, ctx, k, k ? PER_SHOP : LARGE);
        s->n_large = LARGE;
        return r;
}

static struct bytes look_up(void *arg, size_t i)
{
        struct sidebar *s = arg;
        const struct person *p = &s->people[s->first + i * 7919 % s->room];

        arena_clear(&s->looking);
        return bytes_of_text(arena_printf(&s->looking, "GET /api/people/%lld/orders HTTP/1.1\r\nHost: %s\r\nCookie: zg_session=%s\r\n\r\n",
                                          (long long)p->person_id, s->host, s->sessions[p->session].cookie));
}

static struct bytes arrive(void *arg, size_t i)
{
        struct sidebar *s = arg;
        size_t shop = i * 7919 % s->set.volume.n_shops;
        struct envelope_key key = s->key;
        const char *id;

        arena_clear(&s->arriving);
        key.receive_id = volume_appid(&s->arriving, shop);
        id = arena_printf(&s->arriving, "37%05zu%012zu", shop, 900000000 + i);
        return world_order(&s->arriving, &key, s->set.volume.shops[shop].path, id, i, s->host, clock_wall_ms() / 1000);
}

static void *arrive_main(void *arg)
{
        struct sidebar *s = arg;
        struct load load = {.port = s->server.port, .connections = 32, .n = SIZE_MAX, .make = arrive, .arg = s, .rate = ARRIVALS,
                            .us = s->arrive_us};
        struct arena a;

        arena_init(&a, 0);
        s->arrive_status = load_run(&a, &load, &s->arrived);
        arena_release(&a);
        return NULL;
}

static int part(struct sidebar *s, const char *name, size_t first, size_t n, int64_t us)
{
        struct load load = {.port = s->server.port, .connections = 8, .n = SIZE_MAX, .make = look_up, .arg = s, .rate = LOOKUPS, .us = us};
        struct load_result seen;
        int r;

        s->first = first;
        s->room = n;
        r = load_run(s->b->arena, &load, &seen);
        if (r)
                return r;
        if (seen.refused || seen.broken)
                return fatal(EPROTO, "%llu look-ups refused, %llu broken", (unsigned long long)seen.refused, (unsigned long long)seen.broken);
        report_int(s->b->report, arena_printf(s->b->arena, "%s_lookups", name), (int64_t)seen.answered);
        report_hist(s->b->report, name, &seen.latency);
        report_hist(s->b->report, arena_printf(s->b->arena, "%s_server", name), &seen.served);
        return 0;
}

/* Pages that are read for the newest orders of a person when nothing is in memory. */
static int count_pages(struct sidebar *s, const char *name, size_t first, size_t n)
{
        const char *file = NULL, *sql = arena_printf(s->b->arena, "%.*s($2)%s", (int)(strstr(orders_q_of_identities.sql, "(:list") - orders_q_of_identities.sql),
                                                     orders_q_of_identities.sql, strchr(strstr(orders_q_of_identities.sql, "(:list"), ')') + 1);
        int pages = 0, high = 0, all = 0;
        sqlite3_stmt *st = NULL;
        sqlite3 *db = NULL;

        for (size_t i = 0; s->set.settings[i]; i++)
                if (!strcmp(s->set.settings[i], "--data"))
                        file = arena_printf(s->b->arena, "%s/zhanggui.db", s->set.settings[i + 1]);
        if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL) || sqlite3_prepare_v2(db, sql, -1, &st, NULL))
                return fatal(EIO, "%s: %s", file, sqlite3_errmsg(db));
        for (int i = 0; i < COLD; i++) {
                const struct person *p = &s->people[first + (size_t)i * 7919 % n];

                sqlite3_db_release_memory(db);
                sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_MISS, &pages, &high, 1);
                sqlite3_bind_int64(st, 1, p->merchant_id);
                sqlite3_bind_int64(st, 2, p->identity_id);
                sqlite3_bind_int64(st, 3, 50);
                while (sqlite3_step(st) == SQLITE_ROW)
                        ;
                sqlite3_reset(st);
                sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_MISS, &pages, &high, 0);
                all += pages;
        }
        sqlite3_finalize(st);
        sqlite3_close(db);
        report_number(s->b->report, name, (double)all / COLD, 2);
        return 0;
}

static int measure(struct sidebar *s)
{
        int64_t us = (s->b->seconds ? s->b->seconds : 60) * 500000;
        pthread_t arrivals;
        int r;

        s->host = arena_printf(s->b->arena, "127.0.0.1:%u", s->server.port);
        s->arrive_us = 2 * us;
        arena_init(&s->looking, 0);
        arena_init(&s->arriving, 0);
        if (pthread_create(&arrivals, NULL, arrive_main, s))
                return fatal(EAGAIN, "cannot start a thread");
        r = part(s, "lookup", s->n_large, s->n - s->n_large, us);
        if (!r)
                r = part(s, "large", 0, s->n_large, us);
        pthread_join(arrivals, NULL);
        r = r ? r : s->arrive_status;
        if (!r) {
                report_number(s->b->report, "arrivals_per_s", (double)s->arrived.answered / s->arrived.seconds, 0);
                report_int(s->b->report, "arrivals_refused", (int64_t)(s->arrived.refused + s->arrived.broken));
                report_int(s->b->report, "kept", child_metric(s->b->arena, &s->server, "zhanggui_orders_kept_total"));
        }
        arena_release(&s->looking);
        arena_release(&s->arriving);
        return r;
}

static int prepare(struct sidebar *s)
{
        size_t which[SHOPS + 1];
        int r = world_ask(s->b, s->set.settings, choose_all, s);

        for (size_t k = 0; k <= SHOPS; k++)
                which[k] = shop_of(s, k);
        if (!r)
                r = world_sign_in(s->b, s->set.settings, which, SHOPS + 1, s->sessions);
        if (!r && bench_on_sqlite(s->b))
                r = count_pages(s, "pages_each", s->n_large, s->n - s->n_large);
        if (!r && bench_on_sqlite(s->b))
                r = count_pages(s, "pages_large", 0, s->n_large);
        return r;
}

static int run(struct bench *b)
{
        struct sidebar s = {.b = b};
        int r = peer_start(b->arena, &(struct peer_options){.accounts = 1, .per_corp = 1}, &s.peer);

        if (!r)
                r = set_open(b, b->rows ? b->rows : SET_ROWS, &s.set);
        if (r)
                return r;
        if (envelope_key_init(&s.key, WORLD_TOKEN, WORLD_AES_KEY, ""))
                return fatal(EINVAL, "the bench's own key is broken");
        s.people = arena_array(b->arena, struct person, LARGE + SHOPS * PER_SHOP);
        report_int(b->report, "orders", s.set.rows);
        report_int(b->report, "large_shop", (int64_t)s.set.volume.shops[0].orders);
        r = prepare(&s);
        for (size_t i = 0; s.set.settings[i]; i++)
                if (!strcmp(s.set.settings[i], "--wecom-base") || !strcmp(s.set.settings[i], "--weixin-base"))
                        s.set.settings[i + 1] = peer_url(s.peer);
        if (!r)
                r = child_server(b, s.set.settings, &s.server);
        if (!r && !child_wait_idle(&s.server, FIRST_MS))
                say("the server is still busy with its start: the figures hold that too");
        if (!r)
                r = measure(&s);
        child_end(&s.server);
        peer_stop(s.peer);
        return r;
}

const struct workload workload_sidebar = {"sidebar", "a person's orders among millions, while orders arrive", run};
