/* Shop: carriers and shipping (微信小店 订单·发货). */
#include "sim/shop/request.h"
#include "sim/shop/trade.h"
#include "sim/sim.h"

#include <ctype.h>
#include <string.h>

#define WAYBILL_MIN 4
#define WAYBILL_MAX 64

static int companylist(struct request *rq)
{
        out_list(&rq->out, "company_list");
        for (size_t i = 0; i < n_carriers; i++) {
                /* Electronic waybills are printed for the carriers whose numbers the platform knows. */
                if (rq_bool(rq, "ewaybill_only", false) && !*carriers[i].prefix)
                        continue;
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "delivery_id", carriers[i].id);
                out_str(&rq->out, "delivery_name", carriers[i].name);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

/* ---- parcels of a body ---- */

/* Letters and digits; where it begins with letters, with those of the carrier. */
static bool waybill_fits(const struct carrier *carrier, const char *waybill)
{
        size_t n = strlen(waybill);

        if (n < WAYBILL_MIN || n > WAYBILL_MAX)
                return false;
        for (size_t i = 0; i < n; i++)
                if (!isalnum((unsigned char)waybill[i]) && waybill[i] != '-')
                        return false;
        return !isalpha((unsigned char)waybill[0]) || !isalpha((unsigned char)*carrier->prefix) ||
               text_starts(waybill, carrier->prefix);
}

static int read_goods(struct request *rq, const struct order *order, const char *at, struct parcel *parcel)
{
        const char *goods = arena_printf(rq->arena, "%s.product_infos", at);
        size_t n = rq_list(rq, goods);

        if (!n)
                return refuse(rq, 109000, "%s 缺 product_infos（微信小店 订单·发货）", at);
        for (size_t i = 0; i < n; i++) {
                const char *one = arena_printf(rq->arena, "%s.%zu", goods, i);
                int64_t count = rq_int(rq, arena_printf(rq->arena, "%s.product_cnt", one), 0);
                size_t line = rq_line(rq, order, one);
                if (line == order->n_lines || count < 1)
                        return refuse(rq, 109001, "%s 不是这个订单的商品，或数量不对（微信小店 订单·发货）", one);
                parcel->count[line] += count;
        }
        return 0;
}

static int read_parcel(struct request *rq, const struct order *order, const char *at, struct parcel *parcel)
{
        const char *company = rq_str(rq, arena_printf(rq->arena, "%s.delivery_id", at));
        const char *waybill = rq_str(rq, arena_printf(rq->arena, "%s.waybill_id", at));
        const struct carrier *carrier = carrier_find(company);

        *parcel = (struct parcel){
                .deliver_type = (int)rq_int(rq, arena_printf(rq->arena, "%s.deliver_type", at), 1),
                .delivery_id = "",
                .delivery_name = "",
                .waybill = "",
        };
        if (parcel->deliver_type == 3)
                return refuse(rq, 606031, "快递商品不能按虚拟发货（微信小店 订单·发货）");
        if (parcel->deliver_type != 1)
                return refuse(rq, 109000, "%s.deliver_type 应为 1 或 3（微信小店 订单·发货）", at);
        if (!carrier || text_empty(waybill))
                return refuse(rq, 109002, "%s 的快递公司或运单号不对（微信小店 订单·发货）", at);
        if (!waybill_fits(carrier, waybill))
                return refuse(rq, 6060479, "运单号不符合%s的格式（微信小店 订单·发货）", carrier->name);
        parcel->delivery_id = carrier->id;
        parcel->delivery_name = carrier->name;
        parcel->waybill = arena_strdup(&rq->sim->arena, waybill);
        return read_goods(rq, order, at, parcel);
}

static int read_parcels(struct request *rq, const struct order *order, struct parcel list[PARCELS_MAX], size_t *n)
{
        int r = 0;

        *n = rq_list(rq, "delivery_list");
        if (!*n || *n > PARCELS_MAX)
                return refuse(rq, 109000, "delivery_list 为空或过长（微信小店 订单·发货）");
        for (size_t i = 0; i < *n && !r; i++)
                r = read_parcel(rq, order, arena_printf(rq->arena, "delivery_list.%zu", i), &list[i]);
        return r;
}

static int64_t in_parcels(const struct parcel *list, size_t n, size_t line)
{
        int64_t sum = 0;
        for (size_t i = 0; i < n; i++)
                sum += list[i].count[line];
        return sum;
}

/* ---- sending ---- */

static bool returns_go_somewhere(const struct shop *shop)
{
        for (size_t i = 0; i < shop->addresses.n; i++)
                if (shop->addresses.v[i]->default_recv && !shop->addresses.v[i]->gone)
                        return true;
        return false;
}

static int check_shippable(struct request *rq, const struct order *order)
{
        if (!text_eq(order->status, "20") && !text_eq(order->status, "21"))
                return refuse(rq, 101100, "状态 %s 不能发货（微信小店 订单·状态枚举）", order->status);
        if (order_case_running(order))
                return refuse(rq, 108009, "有未完结的售后，不能发货（微信小店 订单·发货）");
        if (!returns_go_somewhere(rq->shop))
                return refuse(rq, 606003, "店铺没有默认退货地址（微信小店 订单·发货）");
        if (order->asked)
                return refuse(rq, 10020115, "买家改地址的申请未处理（微信小店 订单·发货）");
        if (order_sku_waits(order))
                return refuse(rq, 10020276, "买家换款的申请未处理（微信小店 订单·发货）");
        return 0;
}

static int send(struct request *rq)
{
        struct parcel list[PARCELS_MAX];
        struct order *order;
        size_t n;
        int r = rq_order_to_change(rq, 101100, &order);

        r = r ? r : check_shippable(rq, order);
        r = r ? r : read_parcels(rq, order, list, &n);
        if (r)
                return r;
        if (order->n_parcels + n > PARCELS_MAX)
                return refuse(rq, 109000, "一个订单最多 %d 个包裹", PARCELS_MAX);
        for (size_t i = 0; i < order->n_lines; i++)
                if (in_parcels(list, n, i) > line_left(&order->line[i]))
                        return refuse(rq, 109205, "sku %s 的发货数量超过未发数量（微信小店 订单·发货）",
                                      order->line[i].sku->id);
        for (size_t i = 0; i < n; i++)
                order_send(rq->sim, order, &list[i]);
        return 0;
}

static int compensation(struct request *rq)
{
        struct parcel list[PARCELS_MAX];
        int64_t reason = rq_int(rq, "reason", 0);
        struct order *order;
        size_t n;
        int r = rq_order_to_change(rq, 101100, &order);

        if (!r && !order->n_parcels)
                r = refuse(rq, 101100, "还没有发货，不能补发（微信小店 订单·补发）");
        r = r ? r : read_parcels(rq, order, list, &n);
        if (r)
                return r;
        if (order->n_parcels + n > PARCELS_MAX)
                return refuse(rq, 109000, "一个订单最多 %d 个包裹", PARCELS_MAX);
        for (size_t i = 0; i < order->n_lines; i++)
                if (in_parcels(list, n, i) > order->line[i].count)
                        return refuse(rq, 109205, "补发数量超过购买数量（微信小店 订单·补发）");
        for (size_t i = 0; i < n; i++) {
                list[i].compensation = (int)reason;
                order_send(rq->sim, order, &list[i]);
        }
        return 0;
}

/* ---- correcting ---- */

static struct parcel *find_parcel(struct order *order, const char *company, const char *waybill)
{
        for (size_t i = 0; i < order->n_parcels; i++)
                if (text_eq(order->parcel[i]->waybill, waybill) && text_eq(order->parcel[i]->delivery_id, company))
                        return order->parcel[i];
        return NULL;
}

static int correct_one(struct request *rq, struct order *order, const char *at, bool do_it)
{
        struct parcel now, *old = find_parcel(order, rq_str(rq, arena_printf(rq->arena, "%s.old.delivery_id", at)),
                                              rq_str(rq, arena_printf(rq->arena, "%s.old.waybill_id", at)));
        if (!old)
                return refuse(rq, 109001, "%s.old 不是这个订单的包裹（微信小店 订单·修改物流）", at);
        int r = read_parcel(rq, order, arena_printf(rq->arena, "%s.new", at), &now);
        if (r)
                return r;
        if (memcmp(now.count, old->count, sizeof(now.count)) != 0)
                return refuse(rq, 109205, "%s 前后的商品不一致（微信小店 订单·修改物流）", at);
        if (do_it) {
                now.at = old->at;
                *old = now;
        }
        return 0;
}

/* The whole list anew: the same goods in other parcels. */
static int correct_all(struct request *rq, struct order *order)
{
        struct parcel list[PARCELS_MAX];
        size_t n;
        int r = read_parcels(rq, order, list, &n);

        for (size_t i = 0; !r && i < order->n_lines; i++)
                if (in_parcels(list, n, i) != order->line[i].shipped)
                        r = refuse(rq, 109205, "包裹里的商品与已发货的不一致（微信小店 订单·修改物流）");
        if (r)
                return r;
        int64_t at = order->parcel[0]->at;
        order->n_parcels = 0;
        for (size_t i = 0; i < n; i++) {
                list[i].at = at;
                order->parcel[order->n_parcels++] = arena_memdup(&rq->sim->arena, &list[i], sizeof(list[i]));
        }
        return 0;
}

static int deliveryinfo_update(struct request *rq)
{
        size_t n = rq_list(rq, "change_infos");
        struct order *order;
        int r = rq_order_to_change(rq, 101100, &order);

        if (!r && !order->n_parcels)
                r = refuse(rq, 101100, "还没有发货（微信小店 订单·修改物流）");
        if (!r && n) {
                for (int round = 0; round < 2; round++)
                        for (size_t i = 0; i < n && !r; i++)
                                r = correct_one(rq, order, arena_printf(rq->arena, "change_infos.%zu", i), round);
        } else if (!r) {
                r = correct_all(rq, order);
        }
        if (!r)
                order_changed(rq->sim, order);
        return r;
}

#define PARCELS                                                                                                        \
        "order_id:d! delivery_list:l delivery_list[].delivery_id:s delivery_list[].waybill_id:s "                     \
        "delivery_list[].deliver_type:n delivery_list[].product_infos:l delivery_list[].product_infos[].product_id:d " \
        "delivery_list[].product_infos[].sku_id:d delivery_list[].product_infos[].product_cnt:n"

static const struct endpoint endpoints[] = {
        {"/channels/ec/order/delivery/compensation", "POST", FAMILY_WEIXIN, 3000, 0, compensation, PARCELS " reason:n!"},
        {"/channels/ec/order/delivery/send", "POST", FAMILY_WEIXIN, 3000, 0, send, PARCELS},
        {"/channels/ec/order/deliverycompanylist/get", "POST", FAMILY_WEIXIN, 600, 0, companylist, "ewaybill_only:b"},
        {"/channels/ec/order/deliverycompanylist/new/get", "POST", FAMILY_WEIXIN, 600, 0, companylist, "ewaybill_only:b"},
        {"/channels/ec/order/deliveryinfo/update", "POST", FAMILY_WEIXIN, 3000, 0, deliveryinfo_update,
         PARCELS " change_infos:l"},
};

const struct product_table shop_order_ship = {"shop_order_ship", endpoints, countof(endpoints), NULL};
