/* HTTP of catalogue. */
#include "catalogue/api.h"
#include "catalogue/rows.h"

#include "base/cursor.h"

enum { API_E_CURSOR = 100 };

/* The platform's numbers in words. */
static const struct {
        int64_t status;
        const char *zh, *en;
} words[] = {
        {-1, "只在订单中见过", "known from orders only"}, {0, "未上架", "not on sale yet"},
        {5, "在售", "on sale"},                           {6, "回收站", "in the bin"},
        {9, "已删除", "deleted"},                         {11, "已下架", "taken down"},
        {13, "违规下架", "taken down: violation"},        {14, "保证金不足下架", "taken down: deposit too low"},
        {15, "品牌到期下架", "taken down: brand expired"}, {20, "已封禁", "banned"},
};

static const char *status_text(int64_t status, bool english)
{
        for (size_t i = 0; i < countof(words); i++)
                if (words[i].status == status)
                        return english ? words[i].en : words[i].zh;
        return english ? "other" : "其他";
}

#define VIEW_MEMBERS                                                                                                   \
        int64_t account_id;                                                                                            \
        const char *product_id, *title, *image;                                                                        \
        int64_t price, orders, status;                                                                                 \
        const char *status_text;                                                                                       \
        int64_t edit_status, stock;                                                                                    \
        bool presale, own_address;                                                                                     \
        const char *return_address, *brand_id, *category;                                                              \
        int64_t edited_at, read_at

struct view {
        VIEW_MEMBERS;
};
#define VIEW_FIELDS(S)                                                                                                 \
        JSON_KEY(S, account_id, JSON_REQUIRED, "the shop"), JSON_ID(S, product_id, JSON_REQUIRED, "the platform's"),   \
                JSON_STR(S, title, JSON_REQUIRED, 0, 0, "title"), JSON_STR(S, image, 0, 0, 0, "address of a picture"), \
                JSON_INT(S, price, JSON_REQUIRED, 0, 0, "fen, the lowest of its skus"),                                \
                JSON_INT(S, orders, JSON_REQUIRED, 0, 0, "in how many orders"),                                        \
                JSON_INT(S, status, JSON_REQUIRED, 0, 0, "the platform's; -1 = only orders told of it"),               \
                JSON_STR(S, status_text, JSON_REQUIRED, 0, 0, "the same in words"),                                    \
                JSON_INT(S, edit_status, JSON_REQUIRED, 0, 0, "2 in review, 3 rejected, ..."),                         \
                JSON_INT(S, stock, JSON_REQUIRED, 0, 0, "units of all skus"),                                          \
                JSON_BOOL(S, presale, JSON_REQUIRED, "a sku is sold in advance"),                                      \
                JSON_BOOL(S, own_address, JSON_REQUIRED, "the return address is its own, not the shop's default"),     \
                JSON_STR(S, return_address, 0, 0, 0, "null: it has none, and returns cannot be agreed to as usual"),   \
                JSON_STR(S, brand_id, 0, 0, 0, "the platform's"), JSON_STR(S, category, 0, 0, 0, "ids, top to leaf"),  \
                JSON_INT(S, edited_at, JSON_REQUIRED, 0, 0, "ms"),                                                     \
                JSON_INT(S, read_at, JSON_REQUIRED, 0, 0, "ms; 0 = never: title and price are an order's")

static const struct json_field view_fields[] = {VIEW_FIELDS(struct view)};
static const struct json_desc view_desc = JSON_DESC("Product", struct view, view_fields);

/* Its own address when the shop still lists it, else the shop's default. */
static int address_of(struct ctx *ctx, const struct catalogue_product *p, struct view *v)
{
        struct catalogue_address *all;
        size_t n;
        int r = catalogue_addresses(ctx, p->account_id, &all, &n);

        for (size_t i = 0; i < n && !r; i++) {
                if (p->address_id && text_eq(p->address_id, all[i].address_id)) {
                        v->return_address = all[i].text;
                        v->own_address = true;
                        break;
                }
                if (all[i].is_default)
                        v->return_address = all[i].text;
        }
        return r;
}

static int view_of(struct ctx *ctx, const struct catalogue_product *p, struct view *v)
{
        *v = (struct view){
                .account_id = p->account_id,
                .product_id = p->product_id,
                .title = p->title,
                .image = p->image,
                .price = p->price,
                .orders = p->orders,
                .status = p->status,
                .status_text = status_text(p->status, exchange_english(ctx->http)),
                .edit_status = p->edit_status,
                .stock = p->stock,
                .presale = p->presale,
                .brand_id = p->brand_id,
                .category = p->category,
                .edited_at = p->edited_at,
                .read_at = p->read_at,
        };
        return address_of(ctx, p, v);
}

/* ---- the list ---- */

struct list_in {
        const char *q, *cursor;
        int64_t account_id, status, limit;
};
static const struct json_field list_in_fields[] = {
        JSON_STR(struct list_in, q, 0, 0, 200, "part of a title, or a product's id"),
        JSON_KEY(struct list_in, account_id, 0, "one shop"),
        JSON_INT(struct list_in, status, 0, -1, 1000, "the platform's number; 0 = any"),
        JSON_STR(struct list_in, cursor, 0, 0, 64, "of the page before"),
        JSON_INT(struct list_in, limit, 0, 1, 100, "default 50"),
};
static const struct json_desc list_in = JSON_DESC("ProductsIn", struct list_in, list_in_fields);

struct list_out {
        struct view *items;
        size_t n;
        const char *next;
};
static const struct json_field list_fields[] = {
        JSON_LIST(struct list_out, items, n, JSON_REQUIRED, 0, &view_desc, "newest first"),
        JSON_STR(struct list_out, next, 0, 0, 0, "cursor of the next page; null: none"),
};
static const struct json_desc list_desc = JSON_DESC("Products", struct list_out, list_fields);

static int get_products(struct ctx *ctx, const void *in, void *out)
{
        const struct list_in *i = in;
        struct list_out *o = out;
        struct catalogue_product *rows;
        int64_t limit = i->limit ? i->limit : 50;
        struct catalogue_filter f = {
                .q = i->q, .account_id = i->account_id, .status = i->status ? i->status : -1, .limit = limit + 1};
        int r = 0;

        if (cursor_read(i->cursor, &f.before_number, &f.before_account))
                return API_E_CURSOR;
        r = catalogue_list(ctx, &f, &rows, &o->n);
        if (r)
                return r;
        if (o->n > (size_t)limit) {
                o->n = (size_t)limit;
                o->next = cursor_write(ctx->arena, rows[o->n - 1].number, rows[o->n - 1].account_id);
        }
        o->items = arena_array(ctx->arena, struct view, o->n);
        for (size_t k = 0; k < o->n && !r; k++)
                r = view_of(ctx, &rows[k], &o->items[k]);
        return r;
}

/* ---- one product ---- */

static const struct json_field sku_fields[] = {
        JSON_ID(struct catalogue_sku, sku_id, JSON_REQUIRED, "the platform's"),
        JSON_STR(struct catalogue_sku, sku_text, 0, 0, 0, "attributes in words"),
        JSON_STR(struct catalogue_sku, sku_code, 0, 0, 0, "the merchant's code"),
        JSON_STR(struct catalogue_sku, image, 0, 0, 0, "address of a picture"),
        JSON_INT(struct catalogue_sku, price, JSON_REQUIRED, 0, 0, "fen"),
        JSON_INT(struct catalogue_sku, stock, JSON_REQUIRED, 0, 0, "units"),
        JSON_INT(struct catalogue_sku, presale, JSON_REQUIRED, 0, 0, "1: sold in advance"),
        JSON_INT(struct catalogue_sku, presale_after_end, JSON_REQUIRED, 0, 0, "ships n days after 0 payment, 1 the presale's end"),
        JSON_INT(struct catalogue_sku, presale_days, JSON_REQUIRED, 0, 0, "n"),
        JSON_INT(struct catalogue_sku, presale_ends_at, JSON_REQUIRED, 0, 0, "ms; 0 = no end"),
};
static const struct json_desc sku_desc = JSON_DESC("ProductSku", struct catalogue_sku, sku_fields);

struct detail {
        union {
                struct view product;
                struct {
                        VIEW_MEMBERS;
                };
        };
        struct catalogue_sku *skus;
        size_t n_skus;
};
static const struct json_field detail_fields[] = {
        VIEW_FIELDS(struct detail),
        JSON_LIST(struct detail, skus, n_skus, JSON_REQUIRED, 0, &sku_desc, "what can be bought of it"),
};
static const struct json_desc detail_desc = JSON_DESC("ProductDetail", struct detail, detail_fields);

struct one_in {
        const char *product_id;
};
static const struct json_field one_in_fields[] = {
        JSON_ID(struct one_in, product_id, JSON_REQUIRED, "the platform's"),
};
static const struct json_desc one_in = JSON_DESC("ProductIn", struct one_in, one_in_fields);

static int get_product(struct ctx *ctx, const void *in, void *out)
{
        struct detail *d = out;
        struct catalogue_product p;
        int r = catalogue_product_any(ctx, ((const struct one_in *)in)->product_id, &p);

        if (!r)
                r = view_of(ctx, &p, &d->product);
        return r ? r : catalogue_skus(ctx, &p, &d->skus, &d->n_skus);
}

static const struct problem problems[] = {
        {CATALOGUE_E_NONE, 404, "catalogue.none", "没有这个商品，请刷新后重试。", "No such product; reload the page."},
        {API_E_CURSOR, 400, "catalogue.cursor", "翻页位置无效，请从第一页重新查看。", "The cursor is broken; start over."},
        {0},
};

const struct route catalogue_routes[2] = {
        {"GET", "/api/products", get_products, .in = &list_in, .out = &list_desc, .permission = "catalogue.read",
         .problems = problems, .summary = "Products, newest first, by part of the title or by id"},
        {"GET", "/api/products/{product_id}", get_product, .in = &one_in, .out = &detail_desc, .permission = "catalogue.read",
         .problems = problems, .summary = "A product with its skus, stock and presale"},
};
