/* HTTP of orders. */
#include "orders/api.h"
#include "orders/view.h"

#include "base/cursor.h"
#include "contacts/contacts.h"

#include <string.h>

#define OF_PERSON_MAX 50

struct list_out {
        struct orders_view *items;
        size_t n;
        const char *next;
};
static const struct json_field list_fields[] = {
        JSON_LIST(struct list_out, items, n, JSON_REQUIRED, 0, &orders_view_desc, "newest first"),
        JSON_STR(struct list_out, next, 0, 0, 0, "cursor of the next page; null: none"),
};
static const struct json_desc list_desc = JSON_DESC("Orders", struct list_out, list_fields);

/* ---- the list ---- */

struct list_in {
        const char *q, *cursor;
        int64_t status, account_id, limit;
};
static const struct json_field list_in_fields[] = {
        JSON_STR(struct list_in, q, 0, 0, 200, "number or its last 4 digits or more, waybill, part of a title (of the 20,000 that came last)"),
        JSON_INT(struct list_in, status, 0, 0, 1000, "the platform's number; 0 = any"),
        JSON_KEY(struct list_in, account_id, 0, "one shop"),
        JSON_STR(struct list_in, cursor, 0, 0, 64, "of the page before"),
        JSON_INT(struct list_in, limit, 0, 1, 100, "default 50"),
};
static const struct json_desc list_in = JSON_DESC("OrdersIn", struct list_in, list_in_fields);

enum { API_E_CURSOR = 100 }; /* beyond the statuses of the header */

static int get_orders(struct ctx *ctx, const void *in, void *out)
{
        const struct list_in *i = in;
        struct list_out *o = out;
        struct orders_order *rows;
        int64_t limit = i->limit ? i->limit : 50;
        struct orders_filter f = {.q = i->q, .status = i->status, .account_id = i->account_id, .limit = limit + 1};
        if (cursor_read(i->cursor, &f.before_at, &f.before_id))
                return API_E_CURSOR;
        int r = orders_search(ctx, &f, &rows, &o->n);
        if (r)
                return r;
        if (o->n > (size_t)limit) {
                o->n = (size_t)limit;
                const struct orders_order *last = &rows[o->n - 1];
                o->next = cursor_write(ctx->arena, last->created_at, last->order_id);
        }
        return orders_views(ctx, rows, o->n, exchange_english(ctx->http), &o->items);
}

/* ---- one order ---- */

static const struct json_field line_fields[] = {
        JSON_ID(struct orders_line, product_id, 0, "the platform's"),
        JSON_ID(struct orders_line, sku_id, 0, "the platform's"),
        JSON_STR(struct orders_line, title, 0, 0, 0, "as ordered"),
        JSON_STR(struct orders_line, sku_text, 0, 0, 0, "attributes in words"),
        JSON_STR(struct orders_line, image, 0, 0, 0, "address of a picture"),
        JSON_INT(struct orders_line, count, JSON_REQUIRED, 0, 0, "units"),
        JSON_INT(struct orders_line, sale_price, JSON_REQUIRED, 0, 0, "fen, of one"),
        JSON_INT(struct orders_line, real_price, JSON_REQUIRED, 0, 0, "fen, of the line"),
        JSON_INT(struct orders_line, delivery_deadline, JSON_REQUIRED, 0, 0, "ms; 0 = unknown"),
};
static const struct json_desc line_desc = JSON_DESC("OrderLine", struct orders_line, line_fields);

static const struct json_field parcel_fields[] = {
        JSON_STR(struct orders_parcel, delivery_name, 0, 0, 0, "carrier"),
        JSON_STR(struct orders_parcel, waybill_id, 0, 0, 0, "its number"),
        JSON_INT(struct orders_parcel, delivered_at, JSON_REQUIRED, 0, 0, "ms, handed to the carrier"),
};
static const struct json_desc parcel_desc = JSON_DESC("OrderParcel", struct orders_parcel, parcel_fields);

struct receiver_view {
        const char *name, *phone, *address;
};
static const struct json_field receiver_fields[] = {
        JSON_STR(struct receiver_view, name, 0, 0, 0, "masked"),
        JSON_STR(struct receiver_view, phone, 0, 0, 0, "masked"),
        JSON_STR(struct receiver_view, address, 0, 0, 0, "masked"),
};
static const struct json_desc receiver_desc = JSON_DESC("OrderReceiver", struct receiver_view, receiver_fields);

struct order_in {
        int64_t order_id;
};
static const struct json_field order_in_fields[] = {
        JSON_KEY(struct order_in, order_id, JSON_REQUIRED, "the order"),
};
static const struct json_desc order_in = JSON_DESC("OrderIn", struct order_in, order_in_fields);

struct detail {
        union {
                struct orders_view order;
                struct {
                        ORDERS_VIEW_MEMBERS
                };
        };
        struct orders_line *lines;
        size_t n_lines;
        struct orders_parcel *parcels;
        size_t n_parcels;
        const char *customer_notes, *merchant_notes;
        struct receiver_view receiver;
};
static const struct json_field detail_fields[] = {
        ORDERS_VIEW_FIELDS(struct detail),
        JSON_LIST(struct detail, lines, n_lines, JSON_REQUIRED, 0, &line_desc, "as ordered"),
        JSON_LIST(struct detail, parcels, n_parcels, JSON_REQUIRED, 0, &parcel_desc, "as shipped"),
        JSON_STR(struct detail, customer_notes, 0, 0, 0, "by the buyer"),
        JSON_STR(struct detail, merchant_notes, 0, 0, 0, "by the shop"),
        JSON_OBJ(struct detail, receiver, JSON_REQUIRED, &receiver_desc, "contact data, masked"),
};
static const struct json_desc detail_desc = JSON_DESC("OrderDetail", struct detail, detail_fields);

static int get_order(struct ctx *ctx, const void *in, void *out)
{
        int64_t id = ((const struct order_in *)in)->order_id;
        struct detail *d = out;
        struct orders_order o;
        struct orders_extra extra;
        int r = orders_get(ctx, id, &o);
        if (!r)
                r = orders_view_of(ctx, &o, NULL, exchange_english(ctx->http), &d->order);
        if (!r)
                r = orders_extra(ctx, id, &extra);
        if (!r)
                r = status_fold(db_all(ctx, &orders_q_lines, &d->lines, &d->n_lines, DB_I(ctx->merchant), DB_I(id)));
        if (!r)
                r = status_fold(
                        db_all(ctx, &orders_q_parcels, &d->parcels, &d->n_parcels, DB_I(ctx->merchant), DB_I(id)));
        if (r)
                return r;
        d->customer_notes = extra.customer_notes;
        d->merchant_notes = extra.merchant_notes;
        d->receiver = (struct receiver_view){extra.name, extra.phone, extra.address};
        return 0;
}

/* ---- a person's orders ---- */

struct person_in {
        int64_t person_id;
};
static const struct json_field person_in_fields[] = {
        JSON_KEY(struct person_in, person_id, JSON_REQUIRED, "the person"),
};
static const struct json_desc person_in = JSON_DESC("OrdersOfIn", struct person_in, person_in_fields);

static int get_of_person(struct ctx *ctx, const void *in, void *out)
{
        struct list_out *o = out;
        struct contacts_identity *identities;
        struct orders_order *rows;
        size_t n;
        int r = contacts_identities(ctx, ((const struct person_in *)in)->person_id, &identities, &n);
        if (r)
                return status_fold(r);
        int64_t *ids = arena_array(ctx->arena, int64_t, n);
        for (size_t i = 0; i < n; i++)
                ids[i] = identities[i].identity_id;
        r = orders_of_identities(ctx, ids, n, OF_PERSON_MAX, &rows, &o->n);
        return r ? r : orders_views(ctx, rows, o->n, exchange_english(ctx->http), &o->items);
}

static const struct problem problems[] = {
        {ORDERS_E_NONE, 404, "orders.none", "没有这个订单，请刷新后重试。", "No such order; reload the page."},
        {API_E_CURSOR, 400, "orders.cursor", "翻页位置无效，请从第一页重新查看。", "The cursor is broken; start over."},
        {0},
};

const struct route orders_routes[3] = {
        {"GET", "/api/orders", get_orders, .in = &list_in, .out = &list_desc, .permission = "orders.read",
         .problems = problems, .summary = "Orders, newest first, by number, tail, title or waybill"},
        {"GET", "/api/orders/{order_id}", get_order, .in = &order_in, .out = &detail_desc, .permission = "orders.read",
         .problems = problems, .summary = "An order with lines, parcels and notes"},
        {"GET", "/api/people/{person_id}/orders", get_of_person, .in = &person_in, .out = &list_desc,
         .permission = "orders.read", .summary = "A person's newest 50 orders in all shops"},
};
