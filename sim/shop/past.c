#include "sim/shop/past.h"

#include "sim/hours.h"
#include "sim/shop/trade.h"
#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAST_DAYS 180
#define PAST_COUNT INT64_C(50000000000) /* the eleven last digits of an id begin here; new orders count from 1 */
#define PAST_SHOP INT64_C(1000000000)
#define CASES_IN_1000 272
#define UNPAID_MS (1800 * INT64_C(1000))

static uint64_t chance(const struct shop *shop, size_t place)
{
        struct rng rng = {shop->past.seed + place * UINT64_C(0x9e3779b97f4a7c15)};
        return rng_next(&rng);
}

static int64_t created(const struct shop *shop, size_t place)
{
        const struct past *past = &shop->past;
        int64_t even = (int64_t)place * (past->span / 1000) / (int64_t)past->n * 1000;
        return past->begin + even / DAY_MS * DAY_MS + hours_moment(even % DAY_MS);
}

size_t past_from(const struct shop *shop, int64_t ms)
{
        size_t lo = 0, hi = shop->past.n;
        while (lo < hi) {
                size_t mid = lo + (hi - lo) / 2;
                if (created(shop, mid) < ms)
                        lo = mid + 1;
                else
                        hi = mid;
        }
        return lo;
}

bool past_touched(const struct shop *shop, size_t place)
{
        return shop->past.touched[place / 8] >> place % 8 & 1;
}

/* What has happened by now. */
static void settle_status(struct sim *sim, struct past_order *o)
{
        int64_t now = sim_now(sim);

        o->status = "10";
        o->updated = o->created;
        if (!o->paid) {
                if (o->created + UNPAID_MS <= now) {
                        o->status = "250";
                        o->updated = o->created + UNPAID_MS;
                }
                return;
        }
        const struct {
                int64_t at;
                const char *status;
        } steps[] = {{o->paid, "20"}, {o->shipped, "30"}, {o->confirmed, "100"}};
        for (size_t i = 0; i < countof(steps) && steps[i].at <= now; i++) {
                o->status = steps[i].status;
                o->updated = steps[i].at;
        }
}

/* Luck of the lines, and how many there are. */
static uint64_t lines_luck(const struct shop *shop, uint64_t luck, size_t *n)
{
        luck = luck >> 20 ^ luck << 13;
        *n = luck % 10 < 7 ? 1 : luck % 10 < 9 ? 2 : 3;
        if (*n > shop->past.n_goods)
                *n = shop->past.n_goods;
        return luck;
}

bool past_may_fit(struct sim *sim, const struct shop *shop, size_t place, const struct past_wish *wish)
{
        uint64_t luck = chance(shop, place);
        const struct person *p = sim->world.people.v[luck % shop->past.people];
        size_t n;

        if (wish->openid && !text_eq(wish->openid, p->openid[shop->place]))
                return false;
        if (wish->last4 && memcmp(wish->last4, p->phone + strlen(p->phone) - 4, 4) != 0)
                return false;
        if (wish->name && !text_eq(wish->name, p->name))
                return false;
        if (!wish->good)
                return true;
        luck = lines_luck(shop, luck, &n);
        for (size_t i = 0; i < n; i++)
                if (wish->good[(luck / 16 + i) % shop->past.n_goods])
                        return true;
        return false;
}

void past_look(struct sim *sim, const struct shop *shop, size_t place, struct past_order *o)
{
        uint64_t luck = chance(shop, place);

        *o = (struct past_order){.place = place, .created = created(shop, place), .chance = luck};
        o->person = sim->world.people.v[luck % shop->past.people];
        luck = lines_luck(shop, luck, &o->n_lines);
        for (size_t i = 0; i < o->n_lines; i++) {
                /* Neighbouring products, so that no two lines are the same. */
                const struct past_good *good = &shop->past.good[(luck / 16 + i) % shop->past.n_goods];
                o->line[i].product = good->product;
                o->line[i].sku = &good->sku[(luck / 1024 >> i) % good->n_sku];
                o->line[i].count = 1 + (luck / 4096 + i) % 5 / 4;
        }
        if (luck / 8192 % 100 < 94)
                o->paid = o->created + 10000 + (int64_t)(luck / 65536 % 600) * 1000;
        o->shipped = o->paid + 4 * HOUR_MS + (int64_t)(luck / 131072 % (36 * 3600)) * 1000;
        o->confirmed = o->shipped + 3 * DAY_MS + (int64_t)(luck / 262144 % (7 * 86400)) * 1000;
        settle_status(sim, o);
}

/*
 * About every fourth order of the past had an after-sale, and all of them are over without a trace on the order: the buyer
 * thought better of it, or was paid a difference of price.
 */
static bool plan_case(const struct past_order *o, struct past_case *out)
{
        *out = (struct past_case){.paid = o->chance / 524288 % 2 == 0};
        if (!o->paid || o->chance / 1048576 % 1000 >= CASES_IN_1000)
                return false;
        out->created = o->shipped + DAY_MS + (int64_t)(o->chance / 2097152 % (2 * 86400)) * 1000;
        out->ended = out->created + HOUR_MS + (int64_t)(o->chance / 4194304 % 86400) * 1000;
        return true;
}

/* ---- moments: seconds since the past's beginning, and the place below ---- */

static void add_time(const struct past *past, struct past_times *t, int64_t ms, size_t place)
{
        t->v[t->n++] = (uint64_t)((ms - past->begin) / 1000) << 32 | place;
}

static int by_number(const void *a, const void *b)
{
        uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
        return (x > y) - (x < y);
}

static void take_times(struct sim *sim, struct shop *shop)
{
        struct past *past = &shop->past;
        struct past_times *all[] = {&past->changes, &past->cases_opened, &past->cases_ended};

        past->changes.v = arena_array(&sim->arena, uint64_t, 4 * past->n);
        past->cases_opened.v = arena_array(&sim->arena, uint64_t, past->n);
        past->cases_ended.v = arena_array(&sim->arena, uint64_t, past->n);
        for (size_t place = 0; place < past->n; place++) {
                struct past_order o;
                struct past_case c;
                past_look(sim, shop, place, &o);
                add_time(past, &past->changes, o.created, place);
                if (o.paid) {
                        add_time(past, &past->changes, o.paid, place);
                        add_time(past, &past->changes, o.shipped, place);
                        add_time(past, &past->changes, o.confirmed, place);
                } else {
                        add_time(past, &past->changes, o.created + UNPAID_MS, place);
                }
                if (plan_case(&o, &c)) {
                        add_time(past, &past->cases_opened, c.created, place);
                        add_time(past, &past->cases_ended, c.ended, place);
                }
        }
        for (size_t i = 0; i < countof(all); i++)
                qsort(all[i]->v, all[i]->n, sizeof(*all[i]->v), by_number);
}

size_t past_times_from(const struct shop *shop, const struct past_times *t, int64_t ms)
{
        int64_t s = (ms - shop->past.begin) / 1000;
        uint64_t least = s < 0 || ms < shop->past.begin ? 0 : (uint64_t)s << 32;
        size_t lo = 0, hi = t->n;

        while (lo < hi) {
                size_t mid = lo + (hi - lo) / 2;
                if (t->v[mid] < least)
                        lo = mid + 1;
                else
                        hi = mid;
        }
        return lo;
}

size_t past_time_place(const struct past_times *t, size_t index)
{
        return (size_t)(t->v[index] & UINT32_MAX);
}

bool past_time_is(const struct shop *shop, const struct past_times *t, size_t index, int64_t ms)
{
        return (ms - shop->past.begin) / 1000 == (int64_t)(t->v[index] >> 32);
}

void past_begin(struct sim *sim, struct shop *shop, size_t orders)
{
        int64_t end = hours_midnight(sim_now(sim));

        if (!orders || !sim->world.people.n || !shop->products.n)
                return;
        struct past_good *good = arena_array(&sim->arena, struct past_good, shop->products.n);
        for (size_t i = 0; i < shop->products.n; i++)
                good[i] = (struct past_good){shop->products.v[i], shop->products.v[i]->sku, shop->products.v[i]->n_sku};
        shop->past = (struct past){
                .seed = rng_next(&sim->rng),
                .n = orders,
                .people = (unsigned)sim->world.people.n,
                .good = good,
                .n_goods = shop->products.n,
                .begin = end - PAST_DAYS * DAY_MS,
                .span = PAST_DAYS * DAY_MS,
                .touched = arena_alloc(&sim->arena, orders / 8 + 1),
        };
        take_times(sim, shop);
}

static unsigned id_chance(const struct shop *shop, size_t place)
{
        return (unsigned)(chance(shop, place) >> 40) % 1000000;
}

const char *past_id(struct arena *arena, const struct shop *shop, size_t place)
{
        return arena_printf(arena, "37%06u%011lld", id_chance(shop, place),
                            (long long)(PAST_COUNT + shop->place * PAST_SHOP + (int64_t)place));
}

const char *past_case_id(struct arena *arena, const struct shop *shop, size_t place)
{
        return arena_printf(arena, "20%06u%011lld", id_chance(shop, place),
                            (long long)(PAST_COUNT + shop->place * PAST_SHOP + (int64_t)place));
}

static struct shop *find(struct sim *sim, const char *prefix, const char *id, size_t *place)
{
        int64_t count;

        if (!id || strlen(id) != 19 || !text_starts(id, prefix) || text_to_int(id + 8, PAST_COUNT, INT64_MAX, &count))
                return NULL;
        count -= PAST_COUNT;
        if (count / PAST_SHOP >= (int64_t)sim->world.n_shops)
                return NULL;
        struct shop *shop = sim->world.shops[count / PAST_SHOP];
        *place = (size_t)(count % PAST_SHOP);
        char luck[7];
        if (*place >= shop->past.n)
                return NULL;
        snprintf(luck, sizeof(luck), "%06u", id_chance(shop, *place));
        return strncmp(luck, id + 2, 6) == 0 ? shop : NULL;
}

bool past_case_look(struct sim *sim, const struct shop *shop, size_t place, struct past_case *out)
{
        struct past_order o;

        past_look(sim, shop, place, &o);
        return plan_case(&o, out) && out->ended <= sim_now(sim);
}

static void add_case(struct sim *sim, struct arena *arena, struct order *order, size_t place)
{
        struct line *line = &order->line[0];
        struct after_sale *c;
        struct past_case past;

        if (!past_case_look(sim, order->shop, place, &past))
                return;
        c = arena_new(arena, struct after_sale);
        *c = (struct after_sale){
                .id = past_case_id(arena, order->shop, place),
                .order = order,
                .type = "REFUND",
                .sub_type = past.paid ? "REFUND_PRICE_DIFF" : "DEFAULT",
                .status = past.paid ? "MERCHANT_REFUND_SUCCESS" : "USER_CANCELD",
                .created = past.created,
                .updated = past.ended,
                .completed = past.ended,
                .count = line->count,
                .amount = past.paid ? line->real_price / 10 : line->real_price,
                .reason = case_reasons[place % case_n_reasons].code,
                .reason_text = case_reasons[place % case_n_reasons].text,
                .desc = "",
                .received = true,
        };
        line->applications++;
        vec_push(arena, &order->cases, c);
}

static void add_parcel(struct arena *arena, struct order *order, const struct past_order *o)
{
        struct parcel *parcel = arena_new(arena, struct parcel);

        *parcel = (struct parcel){
                .waybill = arena_printf(arena, "SF1%012llu", (unsigned long long)(o->chance % 1000000000000)),
                .delivery_id = "SF",
                .delivery_name = "顺丰速运",
                .deliver_type = 1,
                .at = o->shipped,
        };
        for (size_t i = 0; i < order->n_lines; i++)
                parcel->count[i] = order->line[i].shipped = order->line[i].count;
        order->parcel[order->n_parcels++] = parcel;
        order->shipped = o->shipped;
}

struct order *past_make(struct sim *sim, struct arena *arena, struct shop *shop, size_t place)
{
        struct order *order = arena_new(arena, struct order);
        int64_t now = sim_now(sim);
        struct past_order o;

        past_look(sim, shop, place, &o);
        *order = (struct order){
                .id = past_id(arena, shop, place),
                .shop = shop,
                .person = o.person,
                .status = o.status,
                .created = o.created,
                .updated = o.updated,
                .paid = o.paid <= now ? o.paid : 0,
                .confirmed = o.paid && o.confirmed <= now ? o.confirmed : 0,
                .n_lines = o.n_lines,
                .customer_notes = "",
                .merchant_notes = "",
                .scene = 1 + (int)(o.chance % 6),
                .decoded_day = -1,
        };
        for (size_t i = 0; i < o.n_lines; i++) {
                int64_t price = o.line[i].sku->price * o.line[i].count;
                order->line[i] = (struct line){
                        .product = o.line[i].product,
                        .sku = o.line[i].sku,
                        .count = o.line[i].count,
                        .real_price = price,
                        .deadline = o.paid ? (o.paid + 2 * DAY_MS) / 1000 : 0,
                };
                order->total += price;
        }
        if (o.paid && o.shipped <= now)
                add_parcel(arena, order, &o);
        add_case(sim, arena, order, place);
        return order;
}

struct order *order_look(struct sim *sim, struct arena *arena, const char *id)
{
        struct order *order = map_get(&sim->world.orders, id);
        size_t place;
        struct shop *shop = order ? NULL : find(sim, "37", id, &place);

        return shop ? past_make(sim, arena, shop, place) : order;
}

struct order *order_touch(struct sim *sim, const char *id)
{
        struct order *order = map_get(&sim->world.orders, id);
        size_t place;
        struct shop *shop = order ? NULL : find(sim, "37", id, &place);

        if (!shop)
                return order;
        order = past_make(sim, &sim->arena, shop, place);
        shop->past.touched[place / 8] |= (uint8_t)(1u << place % 8);
        map_put(&sim->world.orders, &sim->arena, order->id, order);
        vec_push(&sim->arena, &order->person->orders, order);
        for (size_t i = 0; i < order->cases.n; i++) {
                map_put(&sim->world.cases, &sim->arena, order->cases.v[i]->id, order->cases.v[i]);
                vec_push(&sim->arena, &order->shop->cases, order->cases.v[i]);
        }
        order_resume(sim, order);
        return order;
}

struct after_sale *case_look(struct sim *sim, struct arena *arena, const char *id)
{
        struct after_sale *c = text_empty(id) ? NULL : map_get(&sim->world.cases, id);
        size_t place;
        struct shop *shop = c ? NULL : find(sim, "20", id, &place);

        if (!shop || past_touched(shop, place))
                return c;
        struct order *order = past_make(sim, arena, shop, place);
        return order->cases.n ? order->cases.v[0] : NULL;
}

struct after_sale *case_touch(struct sim *sim, struct arena *arena, const char *id)
{
        struct after_sale *c = case_look(sim, arena, id);

        if (!c || map_get(&sim->world.cases, id))
                return c;
        order_touch(sim, c->order->id);
        return map_get(&sim->world.cases, id);
}
