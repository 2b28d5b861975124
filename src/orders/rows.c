#include "orders/rows.h"

/* ---- keeping ---- */

static const struct db_col known_cols[] = {
        DB_COL_I(struct orders_known, order_id),   DB_COL_I(struct orders_known, status),
        DB_COL_I(struct orders_known, updated_at), DB_COL_I(struct orders_known, fetched_at),
        DB_COL_T(struct orders_known, digest),
};

const struct query orders_q_known = {
        .name = "orders.known",
        .sql = "select order_id, status, updated_at, fetched_at, digest from orders_order"
               " where merchant_id = $1 and account_id = $2 and remote_id = $3",
        .args = "iit",
        .row = known_cols,
        .n_row = countof(known_cols),
        .size = sizeof(struct orders_known),
};

const struct query orders_q_insert = {
        .name = "orders.insert",
        .sql = "insert into orders_order (merchant_id, order_id, account_id, remote_id, reversed, identity_id, status,"
               " amount, created_at, paid_at, updated_at, ship_deadline, title, image, units, delivery_name,"
               " waybill_id, receiver_masked, open_aftersales, digest, fetched_at) values ($1, $2, $3, $4, $5, $6, $7,"
               " $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        .args = "iiittiiiiiiittitttiti",
        .unread = true,
};

const struct query orders_q_update = {
        .name = "orders.update",
        .sql = "update orders_order set identity_id = $3, status = $4, amount = $5, created_at = $6, paid_at = $7,"
               " updated_at = $8, ship_deadline = $9, title = $10, image = $11, units = $12, delivery_name = $13,"
               " waybill_id = $14, receiver_masked = $15, open_aftersales = $16, digest = $17, fetched_at = $18"
               " where merchant_id = $1 and order_id = $2",
        .args = "iiiiiiiiittitttiti",
        .unread = true,
};

const struct query orders_q_line_insert = {
        .name = "orders.line_insert",
        .sql = "insert into orders_line (merchant_id, order_id, line_no, product_id, sku_id, title, sku_text, image,"
               " count, sale_price, real_price, delivery_deadline)"
               " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        .args = "iiitttttiiii",
        .unread = true,
};

const struct query orders_q_lines_drop = {
        .name = "orders.lines_drop",
        .sql = "delete from orders_line where merchant_id = $1 and order_id = $2",
        .args = "ii",
        .unread = true,
};

static const struct db_col line_cols[] = {
        DB_COL_T(struct orders_line, product_id), DB_COL_T(struct orders_line, sku_id),
        DB_COL_T(struct orders_line, title),      DB_COL_T(struct orders_line, sku_text),
        DB_COL_T(struct orders_line, image),      DB_COL_I(struct orders_line, count),
        DB_COL_I(struct orders_line, sale_price), DB_COL_I(struct orders_line, real_price),
        DB_COL_I(struct orders_line, delivery_deadline),
};

const struct query orders_q_lines = {
        .name = "orders.lines",
        .sql = "select product_id, sku_id, title, sku_text, image, count, sale_price, real_price, delivery_deadline"
               " from orders_line where merchant_id = $1 and order_id = $2 order by line_no",
        .args = "ii",
        .row = line_cols,
        .n_row = countof(line_cols),
        .size = sizeof(struct orders_line),
};

const struct query orders_q_parcel_insert = {
        .name = "orders.parcel_insert",
        .sql = "insert into orders_parcel (merchant_id, order_id, parcel_no, delivery_name, waybill_id, waybill_folded,"
               " delivered_at) values ($1, $2, $3, $4, $5, $6, $7)",
        .args = "iiittti",
        .unread = true,
};

const struct query orders_q_parcels_drop = {
        .name = "orders.parcels_drop",
        .sql = "delete from orders_parcel where merchant_id = $1 and order_id = $2",
        .args = "ii",
        .unread = true,
};

static const struct db_col parcel_cols[] = {
        DB_COL_T(struct orders_parcel, delivery_name),
        DB_COL_T(struct orders_parcel, waybill_id),
        DB_COL_I(struct orders_parcel, delivered_at),
};

const struct query orders_q_parcels = {
        .name = "orders.parcels",
        .sql = "select delivery_name, waybill_id, delivered_at from orders_parcel"
               " where merchant_id = $1 and order_id = $2 order by parcel_no",
        .args = "ii",
        .row = parcel_cols,
        .n_row = countof(parcel_cols),
        .size = sizeof(struct orders_parcel),
};

const struct query orders_q_object_save = {
        .name = "orders.object_save",
        .sql = "insert into orders_object (merchant_id, order_id, object) values ($1, $2, $3)"
               " on conflict (merchant_id, order_id) do update set object = excluded.object",
        .args = "iib",
        .unread = true,
};

static const struct db_col object_cols[] = {DB_COL_B(struct orders_object_row, object)};

const struct query orders_q_object_get = {
        .name = "orders.object_get",
        .sql = "select object from orders_object where merchant_id = $1 and order_id = $2",
        .args = "ii",
        .row = object_cols,
        .n_row = countof(object_cols),
        .size = sizeof(struct orders_object_row),
};

/* ---- reading ---- */

#define ORDER_COLUMNS                                                                                                  \
        "select o.order_id, o.account_id, o.remote_id, o.identity_id, o.status, o.amount, o.created_at, o.paid_at,"    \
        " o.updated_at, o.ship_deadline, o.title, o.image, o.units, o.delivery_name, o.waybill_id, o.receiver_masked," \
        " o.open_aftersales"
#define ORDER_SELECT ORDER_COLUMNS " from orders_order o"

static const struct db_col order_cols[] = {
        DB_COL_I(struct orders_order, order_id),       DB_COL_I(struct orders_order, account_id),
        DB_COL_T(struct orders_order, remote_id),      DB_COL_I(struct orders_order, identity_id),
        DB_COL_I(struct orders_order, status),         DB_COL_I(struct orders_order, amount),
        DB_COL_I(struct orders_order, created_at),     DB_COL_I(struct orders_order, paid_at),
        DB_COL_I(struct orders_order, updated_at),     DB_COL_I(struct orders_order, ship_deadline),
        DB_COL_T(struct orders_order, title),          DB_COL_T(struct orders_order, image),
        DB_COL_I(struct orders_order, units),          DB_COL_T(struct orders_order, delivery_name),
        DB_COL_T(struct orders_order, waybill_id),     DB_COL_T(struct orders_order, receiver_masked),
        DB_COL_I(struct orders_order, open_aftersales),
};
#define ORDER_ROW .row = order_cols, .n_row = countof(order_cols), .size = sizeof(struct orders_order)

const struct query orders_q_get = {
        .name = "orders.get",
        .sql = ORDER_SELECT " where o.merchant_id = $1 and o.order_id = $2",
        .args = "ii",
        ORDER_ROW,
};

const struct query orders_q_by_remote = {
        .name = "orders.by_remote",
        .sql = ORDER_SELECT " where o.merchant_id = $1 and o.account_id = $2 and o.remote_id = $3",
        .args = "iit",
        ORDER_ROW,
};

/* By the reversed number: the one index for whole numbers and tails. */
const struct query orders_q_find_number = {
        .name = "orders.find_number",
        .sql = ORDER_SELECT " where o.merchant_id = $1 and o.reversed = $2 order by +o.created_at desc limit 1",
        .args = "it",
        ORDER_ROW,
};

/* The plus keeps both databases from walking all of the merchant's orders in the order wanted until these are met. */
const struct query orders_q_of_identities = {
        .name = "orders.of_identities",
        .sql = ORDER_SELECT " where o.merchant_id = $1 and o.identity_id in (:list $2)"
               " order by +o.created_at desc, o.order_id desc limit $3",
        .args = "iIi",
        ORDER_ROW,
};

#define ORDER_PAGE                                                                                                     \
        " and ($2 = 0 or o.status = $2) and ($3 = 0 or o.account_id = $3)"                                             \
        " and (o.created_at < $4 or (o.created_at = $4 and o.order_id < $5))"
#define ORDER_NEWEST " order by o.created_at desc, o.order_id desc limit $6"

const struct query orders_q_list = {
        .name = "orders.list",
        .sql = ORDER_SELECT " where o.merchant_id = $1" ORDER_PAGE ORDER_NEWEST,
        .args = "iiiiii",
        ORDER_ROW,
};

/*
 * $7..$8: range of reversed numbers; $9: waybill, folded; $10: products whose title fits, among the $11 orders that came last:
 * a product may be in a million. What fits is gathered first ("cross join" is SQLite's word for that order), then sorted.
 */
const struct query orders_q_search = {
        .name = "orders.search",
        .sql = ORDER_COLUMNS
        " from (select n.order_id from orders_order n where n.merchant_id = $1 and n.reversed >= $7 and n.reversed <= $8"
        " union select p.order_id from orders_parcel p where p.merchant_id = $1 and p.waybill_folded = $9"
        " union select l.order_id from orders_line l where l.merchant_id = $1 and l.product_id in (:list $10)"
        " and l.order_id > coalesce((select x.order_id from orders_order x where x.merchant_id = $1"
        " order by x.order_id desc limit 1 offset $11), 0)) m"
        " cross join orders_order o where o.merchant_id = $1 and o.order_id = m.order_id" ORDER_PAGE ORDER_NEWEST,
        .args = "iiiiiitttTi",
        ORDER_ROW,
};

/* ---- asking ---- */

const struct query orders_q_ask = {
        .name = "orders.ask",
        .sql = "insert into orders_asked (merchant_id, account_id, remote_id, asked_at) values ($1, $2, $3, $4)"
               " on conflict (merchant_id, account_id, remote_id) do nothing",
        .args = "iiti",
        .unread = true,
};

static const struct db_col asked_cols[] = {DB_COL_I(struct orders_asked_row, asked_at)};

const struct query orders_q_asked = {
        .name = "orders.asked",
        .sql = "select asked_at from orders_asked where merchant_id = $1 and account_id = $2 and remote_id = $3",
        .args = "iit",
        .row = asked_cols,
        .n_row = countof(asked_cols),
        .size = sizeof(struct orders_asked_row),
};

const struct query orders_q_answered = {
        .name = "orders.answered",
        .sql = "delete from orders_asked where merchant_id = $1 and account_id = $2 and remote_id = $3",
        .args = "iit",
        .unread = true,
};
