/* An order stays for the books, without who bought it: its sums, lines and parcels. */
#include "store/holding.h"

#include "orders/orders.h"
#include "orders/rows.h"

#define HER_ORDERS "order_id in (select o.order_id from orders_order o where o.merchant_id = $1 and o.identity_id in (:list $2))"

static const struct holding tables[] = {
        {"orders_line", "订单商品", "lines of orders", .hers = HER_ORDERS, .end = HOLDING_KEPT},
        {"orders_parcel", "包裹", "parcels", .hers = HER_ORDERS, .end = HOLDING_BLANKED, .blank = "waybill_id = null, waybill_folded = null"},
        {"orders_object", "订单全文（平台原文）", "orders as the platform told them", .hers = HER_ORDERS, .opened = "object",
         .open = orders_object},
        {"orders_asked", "等待读取的订单", "orders that are still to be fetched"},
        {"orders_order", "订单", "orders", .hers = "identity_id in (:list $2)", .end = HOLDING_BLANKED,
         .blank = "identity_id = 0, receiver_masked = null, waybill_id = null"},
};
const struct holder orders_holds = {tables, countof(tables), NULL};
