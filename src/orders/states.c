/* Order statuses of the platform (channels-order.md 2.4). The truth is remote: an unexpected move is written and
 * counted. */
#include "orders/keep.h"

#include "base/metric.h"
#include "base/state.h"

#include <stdio.h>

static const struct state_row rows[] = {
        {"10", false, "待付款", "waiting for payment", "placed, unpaid"},
        {"12", false, "礼物待收下", "gift waiting to be accepted", "a gift nobody took yet"},
        {"13", false, "拼单中", "group purchase running", "waits for others to join"},
        {"20", false, "待发货", "waiting for shipment", "paid; presale too"},
        {"21", false, "部分发货", "partly shipped", "some units are on their way"},
        {"30", false, "待收货", "shipped", "all units are on their way"},
        {"100", true, "已完成", "completed", "received; after-sales may still come"},
        {"190", true, "商品超卖已取消", "cancelled, oversold", "cancelled by the merchant"},
        {"200", true, "全部售后已取消", "cancelled after after-sales", "every unit was refunded"},
        {"250", true, "未付款已取消", "cancelled unpaid", "by the buyer or by time"},
};

static const struct state_move moves[] = {
        {"10", "12", "buyer pays a gift"},
        {"10", "13", "buyer joins a group"},
        {"10", "20", "buyer pays"},
        {"10", "250", "buyer cancels, or time runs out"},
        {"12", "20", "receiver accepts"},
        {"12", "200", "nobody accepts"},
        {"13", "20", "group complete"},
        {"13", "200", "group fails"},
        {"20", "21", "merchant ships a part"},
        {"20", "30", "merchant ships"},
        {"20", "190", "merchant oversold"},
        {"20", "200", "all units refunded"},
        {"21", "30", "merchant ships the rest"},
        {"21", "200", "all units refunded"},
        {"30", "100", "buyer confirms, or time does"},
        {"30", "200", "all units refunded"},
};

const struct state_table orders_states = {
        .name = "orders.order",
        .states = rows,
        .n_states = countof(rows),
        .moves = moves,
        .n_moves = countof(moves),
};

struct metric orders_metric_kept = METRIC_COUNTER("zhanggui_orders_kept_total", "order objects written");
struct metric orders_metric_unexpected =
        METRIC_COUNTER("zhanggui_orders_unexpected_moves_total", "status moves of orders that no rule expects");

const char *orders_status_text(int64_t status, bool english)
{
        char name[24];
        snprintf(name, sizeof(name), "%lld", (long long)status);
        const struct state_row *row = state_row(&orders_states, name);
        if (!row)
                return english ? "unknown status" : "未知状态";
        return english ? row->en : row->zh;
}
