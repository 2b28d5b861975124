/*
 * backfill: ninety days of orders and cases read from the simulator under its limits, the server killed five times on the way.
 * At the end the simulator is asked for every id of that time, and the database looked through: nothing missing, nothing
 * twice. The estimate is what GET /api/backfill said when a tenth was read, against what it then took.
 */
#include "bench/child.h"
#include "bench/report.h"
#include "bench/world.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/spawn.h"
#include "demo/load.h"
#include "net/transport.h"
#include "store/db.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define ORDERS 135000
#define ORDERS_EACH 5 /* of a person in ninety days: sim/population.c makes ten in 180 */
#define KILLS 5
#define DAY_S 86400
#define NEW_S 400     /* what changed so lately may not have been looked at */
#define MOST_S 7200
#define PAGE_ROWS 50000
#define SOURCES_MAX 64

struct ids {
        int64_t *v;
        size_t n, room;
};

struct run {
        struct bench *b;
        struct demo_world sim_world;
        struct world_session session;
        struct child server;
        pid_t sim;
        struct transport *transport;
        const char **settings;
        struct arena scratch; /* of one question */
        int64_t begun_us, first_thread_us, ended_us;
        int64_t kills, done, expected, left_ms;
        bool ready;
        int64_t tenth_us, tenth_left_ms, tenth_expected;
        struct ids truth[2], kept[2]; /* orders, cases */
        int64_t calls; /* of order/get and getaftersaleorder */
};

/* ---- asking ---- */

/* The answer's body in `scratch`, which begins anew; NULL when there was none. */
static const char *ask(struct run *t, const char *method, const char *base, const char *path, const char *body)
{
        const char *cookie[] = {"Cookie", NULL, NULL};
        struct http_response reply;
        struct ctx ctx;

        cookie[1] = arena_printf(&t->scratch, "zg_session=%s", t->session.cookie);
        ctx_init(&ctx, &t->scratch);
        if (transport_call(t->transport, &ctx,
                           &(struct http_request){.method = method, .url = arena_printf(&t->scratch, "%s%s", base, path),
                                                  .headers = cookie, .body = bytes_of_text(body), .reads_only = true},
                           &reply) ||
            reply.status != 200)
                return NULL;
        return arena_strndup(&t->scratch, reply.body.p, reply.body.n);
}

struct item {
        const char *what, *state;
        int64_t done, expected;
};
static const struct json_field item_fields[] = {
        JSON_STR(struct item, what, JSON_REQUIRED, 0, 0, ""), JSON_STR(struct item, state, JSON_REQUIRED, 0, 0, ""),
        JSON_INT(struct item, done, JSON_REQUIRED, 0, 0, ""), JSON_INT(struct item, expected, JSON_REQUIRED, 0, 0, ""),
};
static const struct json_desc item_desc = JSON_DESC("Item", struct item, item_fields);
struct progress {
        struct item *items;
        size_t n;
        int64_t done, expected, left_ms;
};
static const struct json_field progress_fields[] = {
        JSON_LIST(struct progress, items, n, JSON_REQUIRED, 0, &item_desc, ""), JSON_INT(struct progress, done, JSON_REQUIRED, 0, 0, ""),
        JSON_INT(struct progress, expected, JSON_REQUIRED, 0, 0, ""), JSON_INT(struct progress, left_ms, JSON_REQUIRED, 0, 0, ""),
};
static const struct json_desc progress_desc = JSON_DESC("Progress", struct progress, progress_fields);

static void look(struct run *t)
{
        struct progress p;
        const char *body;

        arena_clear(&t->scratch);
        body = ask(t, "GET", t->server.url, "/api/backfill", NULL);
        if (!body || json_read(&t->scratch, bytes_of_text(body), &progress_desc, JSON_LENIENT, &p, NULL))
                return;
        t->ready = p.n > 0;
        for (size_t i = 0; i < p.n; i++)
                t->ready &= text_eq(p.items[i].state, "ready");
        t->done = p.done;
        t->expected = p.expected;
        t->left_ms = p.left_ms;
}

/* ---- the play ---- */

static int open_sim(struct run *t, int64_t orders)
{
        char *argv[8], *line;
        const char *program;
        int out, n = 0, r = spawn_beside(t->b->arena, "zhanggui-sim", &program);

        argv[n++] = arena_strdup(t->b->arena, program ? program : "");
        argv[n++] = arena_strdup(t->b->arena, "--customers");
        argv[n++] = arena_printf(t->b->arena, "%lld", (long long)(orders / ORDERS_EACH));
        argv[n] = NULL;
        if (!r)
                r = spawn_program(argv, &out, &t->sim);
        if (!r)
                r = spawn_read_line(t->b->arena, out, 60000, &line);
        return r ? r : demo_world_read(t->b->arena, line, &t->sim_world);
}

static int start_server(struct run *t)
{
        return child_server(t->b, t->settings, &t->server);
}

static int first_thread(struct run *t)
{
        int64_t until = clock_mono_ms() + 60000;

        while (clock_mono_ms() < until) {
                arena_clear(&t->scratch);
                const char *list = ask(t, "GET", t->server.url, "/api/threads?limit=1", NULL), *id;

                id = list ? json_get(&t->scratch, bytes_of_text(list), "items.0.thread_id") : NULL;
                if (id && ask(t, "GET", t->server.url, arena_printf(&t->scratch, "/api/threads/%s/messages", id), NULL)) {
                        t->first_thread_us = clock_mono_us() - t->begun_us;
                        return 0;
                }
                poll(NULL, 0, 20);
        }
        return fatal(ETIMEDOUT, "no thread could be opened within a minute");
}

static int kill_and_start(struct run *t)
{
        t->kills++;
        say("%lld of %lld read: killed for the %lldth time", (long long)t->done, (long long)t->expected, (long long)t->kills);
        child_kill(&t->server);
        return start_server(t);
}

static int read_all(struct run *t)
{
        int64_t until = clock_mono_ms() + MOST_S * 1000, told = 0;
        int r = first_thread(t);

        while (!r && !(t->ready && t->done)) {
                if (clock_mono_ms() > until)
                        return fatal(ETIMEDOUT, "%lld of %lld read after %d s", (long long)t->done, (long long)t->expected, MOST_S);
                poll(NULL, 0, 200);
                look(t);
                if (!t->tenth_us && t->expected && t->done * 10 >= t->expected) {
                        t->tenth_us = clock_mono_us();
                        t->tenth_left_ms = t->left_ms;
                        t->tenth_expected = t->expected;
                        say("a tenth: %lld of %lld, %lld s left", (long long)t->done, (long long)t->expected,
                            (long long)t->left_ms / 1000);
                }
                if (t->kills < KILLS && t->tenth_us && t->done * (KILLS + 1) >= t->expected * (t->kills + 1))
                        r = kill_and_start(t);
                if (clock_mono_ms() - told > 30000) {
                        told = clock_mono_ms();
                        say("%lld of %lld, %lld s left", (long long)t->done, (long long)t->expected, (long long)t->left_ms / 1000);
                }
        }
        t->ended_us = clock_mono_us();
        return r;
}

/* ---- the truth ---- */

static void add(struct ids *ids, struct arena *a, int64_t id)
{
        if (ids->n == ids->room) {
                size_t room = ids->room ? ids->room * 2 : 4096;

                ids->v = arena_grow(a, ids->v, ids->room * sizeof(*ids->v), room * sizeof(*ids->v));
                ids->room = room;
        }
        ids->v[ids->n++] = id;
}

static int compare(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

        return (x > y) - (x < y);
}

/* Sorted; what stood twice is counted. */
static int64_t settle(struct ids *ids)
{
        size_t n = 0;
        int64_t twice = 0;

        if (ids->n)
                qsort(ids->v, ids->n, sizeof(*ids->v), compare);
        for (size_t i = 0; i < ids->n; i++) {
                if (n && ids->v[n - 1] == ids->v[i])
                        twice++;
                else
                        ids->v[n++] = ids->v[i];
        }
        ids->n = n;
        return twice;
}

static const char *token_of(struct run *t, const struct demo_app *shop)
{
        const char *body = ask(t, "POST", t->sim_world.weixin_base, "/cgi-bin/stable_token",
                               arena_printf(&t->scratch, "{\"grant_type\":\"client_credential\",\"appid\":\"%s\",\"secret\":\"%s\"}",
                                            shop->appid, shop->secret));

        return body ? json_get(t->b->arena, bytes_of_text(body), "access_token") : NULL;
}

/* All ids that a day's list tells. */
static int list_day(struct run *t, const char *token, bool cases, int64_t from, int64_t to)
{
        const char *key = "", *more = "true";

        while (text_eq(more, "true")) {
                char *next = arena_strdup(t->b->arena, key);

                arena_clear(&t->scratch);
                const char *path = arena_printf(&t->scratch, "/channels/ec/%s?access_token=%s",
                                                cases ? "aftersale/getaftersalelist" : "order/list/get", token);
                char *in = cases ? arena_printf(&t->scratch, "{\"begin_update_time\":%lld,\"end_update_time\":%lld,\"next_key\":\"%s\"}",
                                                (long long)from, (long long)to, next)
                                 : arena_printf(&t->scratch,
                                                "{\"update_time_range\":{\"start_time\":%lld,\"end_time\":%lld},\"page_size\":100,"
                                                "\"next_key\":\"%s\"}",
                                                (long long)from, (long long)to, next);
                const char *body = ask(t, "POST", t->sim_world.weixin_base, path, in);
                struct json_leaf *leaf;
                size_t n;
                int64_t id;

                if (!body || json_leaves(&t->scratch, bytes_of_text(body), &leaf, &n))
                        return fatal(EPROTO, "the simulator does not list: %s", body ? body : "no answer");
                key = "", more = "false";
                for (size_t i = 0; i < n; i++) {
                        if (strstr(leaf[i].path, "_id_list.") && !text_to_int(leaf[i].value, 1, INT64_MAX, &id))
                                add(&t->truth[cases], t->b->arena, id);
                        if (text_eq(leaf[i].path, "next_key"))
                                key = leaf[i].value;
                        if (text_eq(leaf[i].path, "has_more"))
                                more = leaf[i].value;
                        if (text_eq(leaf[i].path, "errcode") && !text_eq(leaf[i].value, "0"))
                                return fatal(EPROTO, "the simulator refuses: %s", body);
                }
        }
        return 0;
}

static int64_t calls_of(struct run *t, const char *token, const char *path)
{
        int64_t used = 0;
        const char *body;

        arena_clear(&t->scratch);
        body = ask(t, "POST", t->sim_world.weixin_base, arena_printf(&t->scratch, "/cgi-bin/openapi/quota/get?access_token=%s", token),
                   arena_printf(&t->scratch, "{\"cgi_path\":\"%s\"}", path));
        return body && !text_to_int(json_get(&t->scratch, bytes_of_text(body), "quota.used"), 0, INT64_MAX, &used) ? used : 0;
}

static int ask_truth(struct run *t, int64_t from_s)
{
        int64_t end_s = clock_wall_ms() / 1000 - NEW_S;
        int r = 0;

        for (size_t i = 0; i < t->sim_world.n_shops && !r; i++) {
                arena_clear(&t->scratch);
                const char *token = token_of(t, &t->sim_world.shops[i]);

                if (!token)
                        return fatal(EPROTO, "the simulator gives no token");
                for (int64_t day = from_s; day < end_s && !r; day += DAY_S) {
                        int64_t to = day + DAY_S - 1 < end_s ? day + DAY_S - 1 : end_s;

                        r = list_day(t, token, false, day, to);
                        if (!r)
                                r = list_day(t, token, true, day, to);
                }
                t->calls += calls_of(t, token, "/channels/ec/order/get");
                t->calls += calls_of(t, token, "/channels/ec/aftersale/getaftersaleorder");
        }
        return r;
}

/* ---- what is kept ---- */

struct id_row {
        const char *remote_id;
};
static const struct db_col id_cols[] = {DB_COL_T(struct id_row, remote_id)};
#define ID_ROW .row = id_cols, .n_row = countof(id_cols), .size = sizeof(struct id_row)
static const struct query kept_orders = {
        .name = "bench.kept_orders",
        .sql = "select remote_id from orders_order where merchant_id = $1 and order_id >= 0 order by order_id limit $2 offset $3",
        .args = "iii", ID_ROW,
};
static const struct query kept_cases = {
        .name = "bench.kept_cases",
        .sql = "select remote_id from aftersales_case where merchant_id = $1 and case_id >= 0 order by case_id limit $2 offset $3",
        .args = "iii", ID_ROW,
};

static int count_kept(struct ctx *ctx, void *arg)
{
        struct run *t = arg;

        for (int cases = 0; cases < 2; cases++) {
                struct id_row *rows;
                size_t n = PAGE_ROWS;
                int64_t id;

                for (int64_t at = 0; n == PAGE_ROWS; at += PAGE_ROWS) {
                        int r = db_all(ctx, cases ? &kept_cases : &kept_orders, &rows, &n, DB_I(t->session.merchant_id),
                                       DB_I(PAGE_ROWS), DB_I(at));
                        if (r)
                                return status_fold(r);
                        for (size_t i = 0; i < n; i++)
                                if (!text_to_int(rows[i].remote_id, 1, INT64_MAX, &id))
                                        add(&t->kept[cases], t->b->arena, id);
                }
        }
        return 0;
}

static int64_t missing(const struct ids *truth, const struct ids *kept)
{
        int64_t n = 0;
        size_t k = 0;

        for (size_t i = 0; i < truth->n; i++) {
                while (k < kept->n && kept->v[k] < truth->v[i])
                        k++;
                n += k == kept->n || kept->v[k] != truth->v[i];
        }
        return n;
}

static int judge(struct run *t)
{
        struct report *o = t->b->report;
        double seconds = (double)(t->ended_us - t->begun_us) / 1e6, took = (double)(t->ended_us - t->tenth_us) / 1e6;
        int64_t objects, lost, twice = 0;

        for (int i = 0; i < 2; i++) {
                settle(&t->truth[i]);
                twice += settle(&t->kept[i]);
        }
        objects = (int64_t)(t->kept[0].n + t->kept[1].n);
        lost = missing(&t->truth[0], &t->kept[0]) + missing(&t->truth[1], &t->kept[1]);
        report_int(o, "orders", (int64_t)t->kept[0].n);
        report_int(o, "cases", (int64_t)t->kept[1].n);
        report_int(o, "truth_orders", (int64_t)t->truth[0].n);
        report_int(o, "truth_cases", (int64_t)t->truth[1].n);
        report_number(o, "seconds", seconds, 1);
        report_number(o, "rate_per_s", (double)objects / seconds, 0);
        report_int(o, "kills", t->kills);
        report_int(o, "missing", lost);
        report_int(o, "doubled", twice);
        report_int(o, "calls_again", t->calls - objects);
        report_number(o, "estimate_s", (double)t->tenth_left_ms / 1000, 1);
        report_number(o, "estimate_took_s", took, 1);
        report_number(o, "estimate_error", took > 0 ? (double)t->tenth_left_ms / 1000 / took - 1 : 0, 3);
        report_int(o, "first_thread_ms", t->first_thread_us / 1000);
        return lost || twice ? fatal(EPROTO, "%lld missing, %lld twice", (long long)lost, (long long)twice) : 0;
}

static int run(struct bench *b)
{
        struct run t = {.b = b, .server = {.line = -1}};
        int64_t from_s = clock_wall_ms() / 1000 - 90 * DAY_S + NEW_S;
        int r = open_sim(&t, b->rows ? b->rows : ORDERS);

        arena_init(&t.scratch, 0);
        if (!r)
                r = transport_open(&t.transport, &(struct transport_options){.loopback_only = true});
        if (!r) {
                t.settings = child_settings(b, t.sim_world.wecom_base);
                for (size_t i = 0; t.settings[i]; i++)
                        if (text_eq(t.settings[i], "--weixin-base"))
                                t.settings[i + 1] = t.sim_world.weixin_base;
                r = world_of_sim(b, t.settings, &t.sim_world, &t.session);
        }
        t.begun_us = clock_mono_us();
        if (!r)
                r = start_server(&t);
        if (!r)
                r = read_all(&t);
        child_end(&t.server);
        if (!r)
                r = ask_truth(&t, from_s);
        spawn_end(t.sim);
        if (!r)
                r = world_ask(b, t.settings, count_kept, &t);
        if (!r)
                r = judge(&t);
        transport_close(t.transport);
        arena_release(&t.scratch);
        return r;
}

const struct workload workload_backfill = {"backfill", "ninety days of orders and cases, the server killed five times", run};
