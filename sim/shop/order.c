#include "sim/out.h"
#include "sim/push.h"
#include "sim/sim.h"
#include "sim/shop/past.h"
#include "sim/shop/stock.h"
#include "sim/shop/trade.h"

#include <stdio.h>

#define CONFIRM_AFTER_MS (10 * DAY_MS)
#define SETTLE_AFTER_MS (7 * DAY_MS)
#define SHIP_WITHIN_S (48 * 3600)

static const struct state_row rows[] = {
        {"10", false, "待付款", "unpaid", "placed"},
        {"12", false, "礼物待领取", "gift waits", "paid, not yet accepted"},
        {"13", false, "一起买待成团", "group waits", "paid, the group is incomplete"},
        {"20", false, "待发货", "to ship", "paid"},
        {"21", false, "部分发货", "partly shipped", "some units are shipped"},
        {"30", false, "待收货", "shipped", "everything left is shipped"},
        {"100", true, "已完成", "done", "confirmed by the buyer or by time"},
        {"190", true, "超卖取消", "oversold", "cancelled as oversold"},
        {"200", true, "已全部退款", "refunded", "every unit went through after-sales"},
        {"250", true, "已取消", "cancelled", "never paid"},
};

static const struct state_move moves[] = {
        {"10", "20", "buyer pays"},
        {"10", "12", "giver pays"},
        {"10", "13", "buyer pays in a group"},
        {"10", "250", "buyer cancels or payment times out"},
        {"12", "20", "gift accepted"},
        {"12", "250", "gift not accepted"},
        {"13", "20", "group complete"},
        {"13", "250", "group not complete"},
        {"20", "21", "merchant ships a part"},
        {"20", "30", "merchant ships"},
        {"21", "30", "merchant ships the rest"},
        {"20", "190", "oversold"},
        {"20", "200", "all units refunded"},
        {"21", "200", "all units refunded"},
        {"30", "100", "receipt confirmed"},
        {"30", "200", "all units refunded"},
};

const struct state_table order_states = {
        .name = "sim.order",
        .first = "10",
        .states = rows,
        .n_states = countof(rows),
        .moves = moves,
        .n_moves = countof(moves),
};

const struct carrier carriers[] = {
        {"SF", "顺丰速运", "SF"},   {"ZTO", "中通快递", "7"},  {"YTO", "圆通速递", "YT"}, {"STO", "申通快递", "77"},
        {"YUNDA", "韵达快递", "4"}, {"JTSD", "极兔速递", "JT"}, {"JD", "京东快递", "JD"},  {"EMS", "邮政EMS", ""},
        {"DBL", "德邦快递", "DP"},  {"OTHER", "其他", ""},
};
const size_t n_carriers = countof(carriers);

const struct carrier *carrier_find(const char *id)
{
        for (size_t i = 0; i < n_carriers; i++)
                if (text_eq(carriers[i].id, id))
                        return &carriers[i];
        return NULL;
}

void order_changed(struct sim *sim, struct order *order)
{
        order->updated = sim_now(sim);
        if (order->logged == order->updated)
                return;
        order->logged = order->updated;
        vec_push(&sim->arena, &order->shop->changes, ((struct order_change){order->updated, order}));
}

static int move(struct sim *sim, struct order *order, const char *to)
{
        if (state_move(&order_states, order->status, to))
                return TRADE_E_STATE;
        ledger_add(sim, "order", order->shop->appid, order->id, "%s -> %s", order->status, to);
        order->status = to;
        order_changed(sim, order);
        return 0;
}

/* An order's event; `more` are the members after order_id. */
static void tell(struct sim *sim, struct order *order, const char *event, const char *more)
{
        struct arena arena;
        const char *quote = push_id_as_number(sim, order->shop) ? "" : "\"";

        arena_init(&arena, 0);
        push_shop_event(sim, order->shop, order->person->openid[order->shop->place], event, order->id,
                        arena_printf(&arena, "\"order_info\":{\"order_id\":%s%s%s%s}", quote, order->id, quote, more));
        arena_release(&arena);
}

void order_tell_ext(struct sim *sim, struct order *order, int type)
{
        char more[24];
        snprintf(more, sizeof(more), ",\"type\":%d", type);
        tell(sim, order, "channels_ec_order_ext_info_update", more);
}

static void payment_times_out(struct sim *sim, void *arg)
{
        struct order *order = arg;
        if (!text_eq(order->status, "10") || move(sim, order, "250"))
                return; /* paid or cancelled meanwhile */
        stock_return(sim, order);
        tell(sim, order, "channels_ec_order_cancel", ",\"cancel_type\":2");
}

void order_price(struct order *order)
{
        order->total = order->freight;
        for (size_t i = 0; i < order->n_lines; i++)
                order->total += order->line[i].real_price;
}

struct order *order_place_lines(struct sim *sim, struct shop *shop, struct person *person, const struct order_wish *wish,
                                size_t n, enum order_kind kind, const char *customer_notes)
{
        struct order *order = arena_new(&sim->arena, struct order);
        int64_t now = sim_now(sim);

        *order = (struct order){
                .id = world_id(sim, "37", ++sim->world.n_orders, 17),
                .shop = shop,
                .person = person,
                .status = "10",
                .created = now,
                .n_lines = n < LINES_MAX ? n : LINES_MAX,
                .customer_notes = arena_strdup(&sim->arena, customer_notes ? customer_notes : ""),
                .merchant_notes = "",
                .scene = (int)rng_between(&sim->rng, 1, 6),
                .kind = kind,
                .decoded_day = -1,
        };
        if (kind == ORDER_PRESENT)
                order->present_id = world_id(sim, "42", sim->world.n_orders, 17);
        for (size_t i = 0; i < order->n_lines; i++)
                order->line[i] = (struct line){.product = wish[i].product,
                                               .sku = wish[i].sku,
                                               .count = wish[i].count,
                                               .real_price = wish[i].sku->price * wish[i].count};
        order_price(order);
        map_put(&sim->world.orders, &sim->arena, order->id, order);
        vec_push(&sim->arena, &shop->orders, order);
        vec_push(&sim->arena, &person->orders, order);
        order_changed(sim, order);
        ledger_add(sim, "order", shop->appid, order->id, "placed");
        tell(sim, order, "channels_ec_order_new", "");
        stock_take(sim, order);
        timer_after(sim, switch_on(sim, SW_UNPAID_TIMEOUT_S) * 1000, payment_times_out, order);
        return order;
}

struct order *order_place(struct sim *sim, struct shop *shop, struct person *person, const struct product *product,
                          struct sku *sku, int64_t count, const char *customer_notes)
{
        const struct order_wish wish = {product, sku, count};
        return order_place_lines(sim, shop, person, &wish, 1, ORDER_NORMAL, customer_notes);
}

/* What the buyer is promised: by the presale of the sku, else two days. */
static void promise(struct line *line, int64_t paid_s)
{
        const struct presale *presale = &line->sku->presale;

        line->deadline = paid_s + SHIP_WITHIN_S;
        if (presale->on)
                line->deadline = (presale->delivery_type ? presale->end : paid_s) + presale->days * INT64_C(86400);
        line->predict = line->deadline;
}

int order_pay(struct sim *sim, struct order *order)
{
        char more[48];
        int r = move(sim, order, order->kind == ORDER_GROUP ? "13" : order->kind == ORDER_PRESENT ? "12" : "20");

        if (r)
                return r;
        order->paid = order->updated;
        for (size_t i = 0; i < order->n_lines; i++)
                promise(&order->line[i], order->paid / 1000);
        snprintf(more, sizeof(more), ",\"pay_time\":%lld", (long long)(order->paid / 1000));
        tell(sim, order, "channels_ec_order_pay", more);
        return 0;
}

int order_gather(struct sim *sim, struct order *order)
{
        if (!text_eq(order->status, "12") && !text_eq(order->status, "13"))
                return TRADE_E_STATE;
        int r = move(sim, order, "20");
        if (!r)
                tell(sim, order, "channels_ec_order_wait_shipping", "");
        return r;
}

bool order_case_running(const struct order *order)
{
        for (size_t i = 0; i < order->cases.n; i++)
                if (case_running(order->cases.v[i]))
                        return true;
        return false;
}

static void confirms_by_time(struct sim *sim, void *arg)
{
        struct order *order = arg;
        if (order_case_running(order)) {
                timer_after(sim, DAY_MS, confirms_by_time, order);
                return;
        }
        /* Refunded or confirmed meanwhile: nothing to do. */
        if (order_confirm(sim, order, true))
                return;
}

int64_t line_left(const struct line *line)
{
        int64_t left = line->count - line->shipped - line->on_case - line->finished;
        return left > 0 ? left : 0;
}

/* Nothing left to ship? */
static bool all_shipped(const struct order *order)
{
        for (size_t i = 0; i < order->n_lines; i++)
                if (order->line[i].shipped + order->line[i].finished < order->line[i].count)
                        return false;
        return true;
}

static void is_shipped(struct sim *sim, struct order *order)
{
        order->shipped = order->updated;
        timer_after(sim, CONFIRM_AFTER_MS, confirms_by_time, order);
}

void order_send(struct sim *sim, struct order *order, const struct parcel *parcel)
{
        struct parcel *kept = arena_memdup(&sim->arena, parcel, sizeof(*parcel));

        kept->at = sim_now(sim);
        if (order->n_parcels < PARCELS_MAX)
                order->parcel[order->n_parcels++] = kept;
        order_changed(sim, order);
        if (parcel->compensation)
                return;
        for (size_t i = 0; i < order->n_lines; i++)
                order->line[i].shipped += parcel->count[i];
        bool all = all_shipped(order);
        const char *to = all ? "30" : "21";
        if (!text_eq(order->status, to) && move(sim, order, to))
                ledger_add(sim, "impossible", order->shop->appid, order->id, "shipped in %s", order->status);
        if (order->offered) {
                order->offered = NULL;
                order_tell_ext(sim, order, 20);
        }
        if (all)
                is_shipped(sim, order);
        tell(sim, order, "channels_ec_order_deliver", all ? ",\"finish_delivery\":1" : ",\"finish_delivery\":0");
}

int order_ship(struct sim *sim, struct order *order)
{
        const struct carrier *carrier = &carriers[rng_between(&sim->rng, 0, 2)];
        struct parcel parcel = {.delivery_id = carrier->id, .delivery_name = carrier->name, .deliver_type = 1};

        /* An unfinished after-sale blocks shipping (108009). */
        if (order_case_running(order) || (!text_eq(order->status, "20") && !text_eq(order->status, "21")))
                return TRADE_E_STATE;
        for (size_t i = 0; i < order->n_lines; i++)
                parcel.count[i] = line_left(&order->line[i]);
        parcel.waybill = rng_digits(&sim->rng, &sim->arena, carrier->prefix, 13);
        order_send(sim, order, &parcel);
        return 0;
}

static void settles(struct sim *sim, void *arg)
{
        struct order *order = arg;
        char more[48];

        order->settled = sim_now(sim);
        order_changed(sim, order);
        snprintf(more, sizeof(more), ",\"settle_time\":%lld", (long long)(order->settled / 1000));
        tell(sim, order, "channels_ec_order_settle", more);
}

int order_confirm(struct sim *sim, struct order *order, bool automatic)
{
        int r = move(sim, order, "100");
        if (r)
                return r;
        order->confirmed = order->updated;
        tell(sim, order, "channels_ec_order_confirm", automatic ? ",\"confirm_type\":2" : ",\"confirm_type\":1");
        timer_after(sim, SETTLE_AFTER_MS, settles, order);
        return 0;
}

int order_cancel(struct sim *sim, struct order *order)
{
        int r = move(sim, order, "250");
        if (r)
                return r;
        stock_return(sim, order);
        tell(sim, order, "channels_ec_order_cancel", ",\"cancel_type\":1");
        return 0;
}

int order_oversold(struct sim *sim, struct order *order)
{
        int r = move(sim, order, "190");
        if (!r)
                tell(sim, order, "channels_ec_order_cancel", ",\"cancel_type\":4");
        return r;
}

void order_refunded(struct sim *sim, struct order *order)
{
        int64_t left = 0;
        for (size_t i = 0; i < order->n_lines; i++)
                left += order->line[i].count - order->line[i].finished;
        order_changed(sim, order);
        order->refunded = order->updated;
        /* A finished order stays finished whatever is refunded later. */
        if (!left && !text_eq(order->status, "100") && !move(sim, order, "200"))
                tell(sim, order, "channels_ec_order_cancel", ",\"cancel_type\":3");
        else if (text_eq(order->status, "21") && all_shipped(order) && !move(sim, order, "30"))
                is_shipped(sim, order);
}

void order_resume(struct sim *sim, struct order *order)
{
        if (text_eq(order->status, "30"))
                timer_at(sim, order->shipped + CONFIRM_AFTER_MS, confirms_by_time, order);
        else if (text_eq(order->status, "10"))
                timer_at(sim, order->created + switch_on(sim, SW_UNPAID_TIMEOUT_S) * 1000, payment_times_out, order);
}

const char *order_card(struct arena *arena, const struct order *order)
{
        const struct product *product = order->line[0].product;
        struct out out;

        out_init(&out, arena);
        out_obj(&out, NULL);
        out_str(&out, "order_id", order->id);
        out_str(&out, "product_titles", product->title);
        out_str(&out, "price_wording",
                arena_printf(arena, "¥%lld.%02lld", (long long)(order->total / 100), (long long)(order->total % 100)));
        out_str(&out, "state", state_row(&order_states, order->status)->zh);
        out_str(&out, "image_url", arena_printf(arena, "https://mmecimage.cn/sim/%s", product->id));
        out_str(&out, "shop_nickname", order->shop->name);
        out_end(&out);
        return out.text.p;
}
