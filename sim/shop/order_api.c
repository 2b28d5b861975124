/* Shop: order list, search and detail (微信小店 订单). */
#include "sim/cursor.h"
#include "sim/gate.h"
#include "sim/shop/order_write.h"
#include "sim/shop/past.h"
#include "sim/shop/trade.h"
#include "sim/sim.h"

#include <string.h>

#define RANGE_MAX_S (7 * 86400)
#define PAGE_MAX 100

struct range {
        bool given;
        int64_t from, to; /* s */
};

static int read_range(struct request *rq, const char *name, struct range *range)
{
        range->given = rq_has(rq, name);
        if (!range->given)
                return 0;
        range->from = rq_int(rq, arena_printf(rq->arena, "%s.start_time", name), -1);
        range->to = rq_int(rq, arena_printf(rq->arena, "%s.end_time", name), -1);
        if (range->from < 0 || range->to < range->from)
                return refuse(rq, 40097, "%s 的起止时间不对（微信小店 订单·获取订单列表）", name);
        if (range->to - range->from > RANGE_MAX_S)
                return refuse(rq, 40097, "%s 跨度最长 7 天（微信小店 订单·获取订单列表）", name);
        return 0;
}

static bool in_range(const struct range *range, int64_t ms)
{
        return !range->given || (ms / 1000 >= range->from && ms / 1000 <= range->to);
}

/* page_size and next_key, as list/get and search take them. */
static int read_page(struct request *rq, const char *list, size_t *at, size_t *page)
{
        int64_t n = rq_int(rq, "page_size", 0);
        const char *key = rq_str(rq, "next_key");

        if (n < 1 || n > PAGE_MAX)
                return refuse(rq, 40097, "page_size 应为 1..100（微信小店 订单·获取订单列表）");
        if (!text_empty(key) && cursor_key_read(rq->sim, rq->arena, list, key, at))
                return refuse(rq, 40097, "next_key 不是这个列表给出的");
        *page = (size_t)n;
        return 0;
}

/* What a question needs to know of an order, be it kept or derived. */
struct sight {
        const char *status, *name, *phone, *customer_notes, *merchant_notes;
        int64_t created, updated;
        const struct person *person;
        const struct product *product[LINES_MAX];
        const struct sku *sku[LINES_MAX];
        size_t n_lines;
        bool on_case, asked;
};

static void see_order(const struct order *o, struct sight *s)
{
        const struct receiver to = order_receiver(o);

        *s = (struct sight){o->status,  to.name,   to.phone, o->customer_notes, o->merchant_notes,
                            o->created, o->updated, o->person, .n_lines = o->n_lines, .asked = o->asked != NULL};
        for (size_t i = 0; i < o->n_lines; i++) {
                s->product[i] = o->line[i].product;
                s->sku[i] = o->line[i].sku;
        }
        for (size_t i = 0; i < o->cases.n; i++)
                s->on_case |= !state_row(&case_states, o->cases.v[i]->status)->terminal;
}

static void see_past(const struct past_order *o, struct sight *s)
{
        *s = (struct sight){o->status,  o->person->name, o->person->phone, "", "",
                            o->created, o->updated,      o->person,        .n_lines = o->n_lines};
        for (size_t i = 0; i < o->n_lines; i++) {
                s->product[i] = o->line[i].product;
                s->sku[i] = o->line[i].sku;
        }
}

struct wanted {
        struct range created, updated;
        const char *status, *openid;
        const char *title, *user_name, *last4, *sku_code, *customer_notes, *merchant_notes;
        int on_case, asked; /* -1 = whatever */
        struct past_wish wish; /* the same for orders of the past, which are looked through by the hundred thousand */
        bool no_past;          /* no untouched one can fit: nobody wrote notes there, nothing is open */
};

static void wish(struct request *rq, struct wanted *w)
{
        const struct past *past = &rq->shop->past;
        bool *good = NULL;

        w->no_past = w->customer_notes || w->merchant_notes || w->on_case == 1 || w->asked == 1;
        if (past->n && (w->title || w->sku_code)) {
                good = arena_array(rq->arena, bool, past->n_goods);
                bool any = false;
                for (size_t i = 0; i < past->n_goods; i++) {
                        bool code = !w->sku_code;
                        for (size_t k = 0; !code && k < past->good[i].n_sku; k++)
                                code = text_eq(w->sku_code, past->good[i].sku[k].code);
                        good[i] = code && (!w->title || strstr(past->good[i].product->title, w->title));
                        any = any || good[i];
                }
                w->no_past = w->no_past || !any;
        }
        w->wish = (struct past_wish){w->openid, w->last4, w->user_name, good};
}

static bool line_fits(const struct sight *s, const struct wanted *w)
{
        for (size_t i = 0; i < s->n_lines; i++)
                if ((!w->title || strstr(s->product[i]->title, w->title)) &&
                    (!w->sku_code || text_eq(w->sku_code, s->sku[i]->code)))
                        return true;
        return false;
}

static bool fits(const struct shop *shop, const struct sight *s, const struct wanted *w)
{
        return in_range(&w->created, s->created) && in_range(&w->updated, s->updated) &&
               (!w->status || text_eq(w->status, s->status)) &&
               (!w->openid || text_eq(w->openid, s->person->openid[shop->place])) &&
               (!w->user_name || text_eq(w->user_name, s->name)) &&
               (!w->last4 || (strlen(s->phone) >= 4 && text_eq(w->last4, s->phone + strlen(s->phone) - 4))) &&
               (!w->customer_notes || strstr(s->customer_notes, w->customer_notes)) &&
               (!w->merchant_notes || strstr(s->merchant_notes, w->merchant_notes)) &&
               (w->on_case < 0 || s->on_case == (w->on_case == 1)) && (w->asked < 0 || s->asked == (w->asked == 1)) &&
               line_fits(s, w);
}

/*
 * The orders of a shop as one row of places: first the past, then those kept; by time of creation, or by the log of changes
 * when the question is about changes. A place is what next_key carries, so a page begins where the last one ended.
 */
struct walk {
        struct request *rq;
        const struct wanted *w;
        bool by_change;
        size_t n;        /* places of the past: its orders, or their changes */
        size_t past_end; /* first place of the past that cannot fit any more */
        size_t at, end;
};

static size_t changes_from(const struct shop *shop, int64_t ms)
{
        size_t lo = 0, hi = shop->changes.n;
        while (lo < hi) {
                size_t mid = lo + (hi - lo) / 2;
                if (shop->changes.v[mid].at < ms)
                        lo = mid + 1;
                else
                        hi = mid;
        }
        return lo;
}

static size_t orders_from(const struct shop *shop, int64_t ms)
{
        size_t lo = 0, hi = shop->orders.n;
        while (lo < hi) {
                size_t mid = lo + (hi - lo) / 2;
                if (shop->orders.v[mid]->created < ms)
                        lo = mid + 1;
                else
                        hi = mid;
        }
        return lo;
}

static void walk_begin(struct walk *walk, struct request *rq, const struct wanted *w, size_t at)
{
        const struct shop *shop = rq->shop;
        const struct range *r = w->updated.given ? &w->updated : &w->created;
        const struct past_times *changes = &shop->past.changes;
        int64_t from = r->given ? r->from * 1000 : 0, to = (r->to + 1) * 1000;
        bool by_change = w->updated.given;
        size_t n = by_change ? changes->n : shop->past.n;

        *walk = (struct walk){.rq = rq, .w = w, .by_change = by_change, .n = n, .past_end = n, .at = at};
        if (r->given)
                walk->past_end = by_change ? past_times_from(shop, changes, to) : past_from(shop, to);
        walk->end = n + (by_change ? shop->changes.n : r->given ? orders_from(shop, to) : shop->orders.n);
        if (!at && n && r->given)
                walk->at = by_change ? past_times_from(shop, changes, from) : past_from(shop, from);
        /* Over the gap between the past that fits and what is kept. */
        size_t first = n + (!r->given ? 0 : by_change ? changes_from(shop, from) : orders_from(shop, from));
        if (walk->at >= walk->past_end && walk->at < first)
                walk->at = first;
}

/* The id at the place, when it fits; a place is looked at once. */
static const char *look_at(struct walk *walk, size_t at)
{
        struct shop *shop = walk->rq->shop;
        struct sim *sim = walk->rq->sim;
        struct past_order past;
        struct order *order = NULL;
        struct sight s;

        if (at < walk->n) {
                size_t place = walk->by_change ? past_time_place(&shop->past.changes, at) : at;
                bool touched = past_touched(shop, place);
                if (touched) {
                        order = order_look(sim, walk->rq->arena, past_id(walk->rq->arena, shop, place));
                        if (walk->by_change && order->logged)
                                return NULL; /* stands in the log of changes */
                        see_order(order, &s);
                } else if (walk->w->no_past || !past_may_fit(sim, shop, place, &walk->w->wish)) {
                        return NULL;
                } else {
                        past_look(sim, shop, place, &past);
                        see_past(&past, &s);
                }
                /* Of its changes the last one counts. */
                if ((walk->by_change && !past_time_is(shop, &shop->past.changes, at, s.updated)) || !fits(shop, &s, walk->w))
                        return NULL;
                return past_id(walk->rq->arena, shop, place);
        } else if (walk->by_change) {
                const struct order_change *change = &shop->changes.v[at - walk->n];
                if (change->at != change->order->logged)
                        return NULL; /* changed again later */
                order = change->order;
        } else {
                order = shop->orders.v[at - walk->n];
        }
        see_order(order, &s);
        return fits(shop, &s, walk->w) ? order->id : NULL;
}

/* The next id that fits, or NULL at the end. */
static const char *walk_next(struct walk *walk)
{
        while (walk->at < walk->end) {
                if (walk->at >= walk->past_end && walk->at < walk->n) {
                        walk_begin(walk, walk->rq, walk->w, walk->at);
                        continue;
                }
                const char *id = look_at(walk, walk->at++);
                if (id)
                        return id;
        }
        return NULL;
}

static void write_ids(struct request *rq, const char *list, const char *member, struct wanted *w, size_t at, size_t page)
{
        struct walk walk;
        const char *id = NULL;

        wish(rq, w);
        walk_begin(&walk, rq, w, at);
        out_list(&rq->out, member);
        while (page-- && (id = walk_next(&walk)))
                out_str(&rq->out, NULL, id);
        out_end(&rq->out);
        /* The next page begins at an order that exists, so that has_more never promises an empty one. */
        bool more = id && walk_next(&walk);
        out_str(&rq->out, "next_key", cursor_key_make(rq->sim, rq->arena, list, more ? walk.at - 1 : walk.end));
        out_bool(&rq->out, "has_more", more);
}

static int list_get(struct request *rq)
{
        struct wanted w = {.status = rq_str(rq, "status"), .openid = rq_str(rq, "openid"), .on_case = -1, .asked = -1};
        size_t at = 0, page;
        int r = read_range(rq, "create_time_range", &w.created);

        r = r ? r : read_range(rq, "update_time_range", &w.updated);
        if (!r && !w.created.given && !w.updated.given)
                r = refuse(rq, 40097, "create_time_range 与 update_time_range 至少给一个（微信小店 订单·获取订单列表）");
        const char *list = w.updated.given ? "order/list/changed" : "order/list/created";
        r = r ? r : read_page(rq, list, &at, &page);
        if (!r)
                write_ids(rq, list, "order_id_list", &w, at, page);
        return r;
}

static int search(struct request *rq)
{
        const char *tel = rq_str(rq, "search_condition.tel_number"), *id = rq_str(rq, "search_condition.order_id");
        const char *member = switch_on(rq->sim, SW_SEARCH_ORDERS) ? "orders" : "order_id_list";
        struct wanted w = {
                .title = rq_str(rq, "search_condition.title"),
                .user_name = rq_str(rq, "search_condition.user_name"),
                .last4 = rq_str(rq, "search_condition.tel_number_last4"),
                .sku_code = rq_str(rq, "search_condition.sku_code"),
                .customer_notes = rq_str(rq, "search_condition.customer_notes"),
                .merchant_notes = rq_str(rq, "search_condition.merchant_notes"),
                .status = rq_str(rq, "status"),
                .on_case = (int)rq_int(rq, "on_aftersale_order_exist", -1),
                .asked = rq_str(rq, "search_condition.address_under_review")
                                 ? rq_bool(rq, "search_condition.address_under_review", false)
                                 : -1,
        };
        size_t at = 0, page;

        if (!rq_has(rq, "search_condition"))
                return refuse(rq, 40097, "search_condition 至少给一项（微信小店 订单·搜索订单）");
        if (w.last4 && (strlen(w.last4) != 4 || strspn(w.last4, "0123456789") != 4))
                return refuse(rq, 6060456, "tel_number_last4 应为 4 位数字（微信小店 订单·搜索订单）");
        if (tel && !w.last4 && strlen(tel) >= 4)
                w.last4 = tel + strlen(tel) - 4; /* the whole number is deprecated: only its end is matched */
        int r = read_page(rq, "order/search", &at, &page);
        if (r)
                return r;
        if (!text_empty(id)) {
                struct order *o = order_look(rq->sim, rq->arena, id);
                struct sight s;
                out_list(&rq->out, member);
                if (o && o->shop == rq->shop) {
                        see_order(o, &s);
                        if (fits(rq->shop, &s, &w))
                                out_str(&rq->out, NULL, o->id);
                }
                out_end(&rq->out);
                out_str(&rq->out, "next_key", "");
                out_bool(&rq->out, "has_more", false);
                return 0;
        }
        write_ids(rq, "order/search", member, &w, at, page);
        return 0;
}

static int get(struct request *rq)
{
        struct order *o = order_look(rq->sim, rq->arena, rq_str(rq, "order_id"));

        if (!o || o->shop != rq->shop)
                return refuse(rq, 100002, "这个店没有这个订单（微信小店 订单·获取订单详情）");
        order_write(rq, o, switch_on(rq->sim, SW_MASKED) || rq_bool(rq, "encode_sensitive_info", false));
        return 0;
}

#define RANGES                                                                                                         \
        "create_time_range.start_time:n create_time_range.end_time:n update_time_range.start_time:n "                 \
        "update_time_range.end_time:n "
#define SEARCH                                                                                                         \
        "search_condition:o search_condition.title:s search_condition.sku_code:s search_condition.user_name:s "       \
        "search_condition.tel_number:s search_condition.tel_number_last4:s search_condition.order_id:d "              \
        "search_condition.merchant_notes:s search_condition.customer_notes:s "                                        \
        "search_condition.address_under_review:b "

static const struct endpoint endpoints[] = {
        {"/channels/ec/order/get", "POST", FAMILY_WEIXIN, 20000, 0, get, "order_id:d! encode_sensitive_info:b"},
        {"/channels/ec/order/list/get", "POST", FAMILY_WEIXIN, 3000, 0, list_get,
         RANGES "status:n openid:s page_size:n! next_key:s"},
        {"/channels/ec/order/search", "POST", FAMILY_WEIXIN, 3000, 0, search,
         SEARCH "on_aftersale_order_exist:n status:n page_size:n! next_key:s"},
};

static const char *const events[] = {
        "channels_ec_order_cancel",  "channels_ec_order_confirm", "channels_ec_order_deliver",
        "channels_ec_order_ext_info_update", "channels_ec_order_new", "channels_ec_order_pay",
        "channels_ec_order_settle",  "channels_ec_order_wait_shipping", NULL,
};

const struct product_table shop_order = {"shop_order", endpoints, countof(endpoints), events};
