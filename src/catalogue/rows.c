#include "catalogue/rows.h"

const struct query catalogue_q_product_see = {
        .name = "catalogue.product_see",
        .sql = "insert into catalogue_product (merchant_id, account_id, product_id, title, title_folded, image, price,"
               " seen_at, orders, number) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
               " on conflict (merchant_id, account_id, product_id) do update set"
               " title = case when catalogue_product.read_at > 0 then catalogue_product.title else excluded.title end,"
               " title_folded = case when catalogue_product.read_at > 0 then catalogue_product.title_folded"
               " else excluded.title_folded end, image = case when catalogue_product.read_at > 0 then"
               " coalesce(catalogue_product.image, excluded.image) else coalesce(excluded.image, catalogue_product.image) end,"
               " price = case when catalogue_product.read_at > 0 then catalogue_product.price else excluded.price end,"
               " seen_at = excluded.seen_at, number = excluded.number,"
               " orders = catalogue_product.orders + excluded.orders",
        .args = "iittttiiii",
        .unread = true,
};

const struct query catalogue_q_sku_see = {
        .name = "catalogue.sku_see",
        .sql = "insert into catalogue_sku (merchant_id, account_id, product_id, sku_id, sku_text, sku_code, image,"
               " price, seen_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
               " on conflict (merchant_id, account_id, product_id, sku_id) do update set sku_text = excluded.sku_text,"
               " sku_code = excluded.sku_code, image = excluded.image, price = excluded.price,"
               " seen_at = excluded.seen_at where catalogue_sku.read_at = 0",
        .args = "iitttttii",
        .unread = true,
};

/* ---- as the shop's own list tells ---- */

const struct query catalogue_q_product_keep = {
        .name = "catalogue.product_keep",
        .sql = "insert into catalogue_product (merchant_id, account_id, product_id, title, title_folded, image, price,"
               " seen_at, orders, number, status, edit_status, brand_id, category, stock, presale, address_id, edited_at,"
               " read_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12, $13, $14, $15, $16, $17, $8)"
               " on conflict (merchant_id, account_id, product_id) do update set title = excluded.title,"
               " title_folded = excluded.title_folded, image = coalesce(excluded.image, catalogue_product.image),"
               " price = excluded.price, number = excluded.number, status = excluded.status,"
               " edit_status = excluded.edit_status, brand_id = excluded.brand_id, category = excluded.category,"
               " stock = excluded.stock, presale = excluded.presale, address_id = excluded.address_id,"
               " edited_at = excluded.edited_at, read_at = excluded.read_at",
        .args = "iittttiiiiittiiti",
};

const struct query catalogue_q_sku_keep = {
        .name = "catalogue.sku_keep",
        .sql = "insert into catalogue_sku (merchant_id, account_id, product_id, sku_id, sku_text, sku_code, image, price,"
               " seen_at, stock, presale, presale_after_end, presale_days, presale_ends_at, read_at)"
               " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $9)"
               " on conflict (merchant_id, account_id, product_id, sku_id) do update set sku_text = excluded.sku_text,"
               " sku_code = excluded.sku_code, image = coalesce(excluded.image, catalogue_sku.image),"
               " price = excluded.price, stock = excluded.stock, presale = excluded.presale,"
               " presale_after_end = excluded.presale_after_end, presale_days = excluded.presale_days,"
               " presale_ends_at = excluded.presale_ends_at, read_at = excluded.read_at",
        .args = "iitttttiiiiiii",
};

const struct query catalogue_q_sku_sweep = {
        .name = "catalogue.sku_sweep",
        .sql = "delete from catalogue_sku where merchant_id = $1 and account_id = $2 and product_id = $3 and read_at < $4",
        .args = "iiti",
};

#define PRODUCT_SELECT                                                                                                 \
        "select account_id, product_id, title, image, price, seen_at, orders, number, status, edit_status, brand_id,"  \
        " category, stock, presale, address_id, edited_at, read_at from catalogue_product"

static const struct db_col product_cols[] = {
        DB_COL_I(struct catalogue_product, account_id),  DB_COL_T(struct catalogue_product, product_id),
        DB_COL_T(struct catalogue_product, title),       DB_COL_T(struct catalogue_product, image),
        DB_COL_I(struct catalogue_product, price),       DB_COL_I(struct catalogue_product, seen_at),
        DB_COL_I(struct catalogue_product, orders),      DB_COL_I(struct catalogue_product, number),
        DB_COL_I(struct catalogue_product, status),      DB_COL_I(struct catalogue_product, edit_status),
        DB_COL_T(struct catalogue_product, brand_id),    DB_COL_T(struct catalogue_product, category),
        DB_COL_I(struct catalogue_product, stock),       DB_COL_I(struct catalogue_product, presale),
        DB_COL_T(struct catalogue_product, address_id),  DB_COL_I(struct catalogue_product, edited_at),
        DB_COL_I(struct catalogue_product, read_at),
};
#define PRODUCT_ROW .row = product_cols, .n_row = countof(product_cols), .size = sizeof(struct catalogue_product)

const struct query catalogue_q_product_get = {
        .name = "catalogue.product_get",
        .sql = PRODUCT_SELECT " where merchant_id = $1 and account_id = $2 and product_id = $3",
        .args = "iit",
        PRODUCT_ROW,
};

/* In any shop: the platform's ids are its own, not the shop's. */
const struct query catalogue_q_product_any = {
        .name = "catalogue.product_any",
        .sql = PRODUCT_SELECT " where merchant_id = $1 and number = $2 and product_id = $3 limit 1",
        .args = "iit",
        PRODUCT_ROW,
};

/* A scan of one merchant's products, newest first. Pattern '%' = any title; account 0, status -1 = any. */
const struct query catalogue_q_product_list = {
        .name = "catalogue.product_list",
        .sql = PRODUCT_SELECT " where merchant_id = $1 and (number < $2 or (number = $2 and account_id < $3))"
                              " and title_folded like $4 escape '\\' and ($5 = 0 or account_id = $5)"
                              " and ($6 = -1 or status = $6) order by number desc, account_id desc limit $7",
        .args = "iiitiii",
        PRODUCT_ROW,
};

static const struct db_col sku_cols[] = {
        DB_COL_T(struct catalogue_sku, sku_id),            DB_COL_T(struct catalogue_sku, sku_text),
        DB_COL_T(struct catalogue_sku, sku_code),          DB_COL_T(struct catalogue_sku, image),
        DB_COL_I(struct catalogue_sku, price),             DB_COL_I(struct catalogue_sku, stock),
        DB_COL_I(struct catalogue_sku, presale),           DB_COL_I(struct catalogue_sku, presale_after_end),
        DB_COL_I(struct catalogue_sku, presale_days),      DB_COL_I(struct catalogue_sku, presale_ends_at),
};

const struct query catalogue_q_skus = {
        .name = "catalogue.skus",
        .sql = "select sku_id, sku_text, sku_code, image, price, stock, presale, presale_after_end, presale_days,"
               " presale_ends_at from catalogue_sku where merchant_id = $1 and account_id = $2 and product_id = $3"
               " and read_at >= $4 order by sku_id",
        .args = "iiti",
        .row = sku_cols,
        .n_row = countof(sku_cols),
        .size = sizeof(struct catalogue_sku),
};

static const struct db_col id_cols[] = {DB_COL_T(struct catalogue_id_row, id)};

/* A scan of one merchant's products: thousands, not millions. The pattern is folded like the column. */
const struct query catalogue_q_find = {
        .name = "catalogue.find",
        .sql = "select product_id as id from catalogue_product where merchant_id = $1"
               " and title_folded like $2 escape '\\' order by seen_at desc limit $3",
        .args = "iti",
        .row = id_cols,
        .n_row = countof(id_cols),
        .size = sizeof(struct catalogue_id_row),
};

static const struct db_col bare_cols[] = {DB_COL_T(struct catalogue_bare_row, title), DB_COL_I(struct catalogue_bare_row, n)};

/* On sale, without a return address of their own: the newest, and how many there are. Its index holds these alone, so a
 * shop in order costs one look however many products it has. */
#define BARE                                                                                                           \
        " from catalogue_product where merchant_id = $1 and account_id = $2 and status = 5 and address_id is null"     \
        " and read_at > 0 and read_at >= $3"
const struct query catalogue_q_bare = {
        .name = "catalogue.bare",
        .sql = "select title, (select count(*)" BARE ") as n" BARE " order by number desc limit 1",
        .args = "iii",
        .row = bare_cols,
        .n_row = countof(bare_cols),
        .size = sizeof(struct catalogue_bare_row),
};

/* Any product that was read since. */
const struct query catalogue_q_read = {
        .name = "catalogue.read",
        .sql = "select product_id as id from catalogue_product where merchant_id = $1 and account_id = $2 and read_at >= $3"
               " limit 1",
        .args = "iii",
        .row = id_cols,
        .n_row = countof(id_cols),
        .size = sizeof(struct catalogue_id_row),
};

/* ---- addresses ---- */

const struct query catalogue_q_address_save = {
        .name = "catalogue.address_save",
        .sql = "insert into catalogue_address (merchant_id, account_id, address_id, name, phone_masked, text,"
               " is_default, seen_at) values ($1, $2, $3, $4, $5, $6, $7, $8)"
               " on conflict (merchant_id, account_id, address_id) do update set name = excluded.name,"
               " phone_masked = excluded.phone_masked, text = excluded.text, is_default = excluded.is_default,"
               " seen_at = excluded.seen_at",
        .args = "iittttii",
};

const struct query catalogue_q_address_sweep = {
        .name = "catalogue.address_sweep",
        .sql = "delete from catalogue_address where merchant_id = $1 and account_id = $2 and seen_at < $3",
        .args = "iii",
};

#define ADDRESS_SELECT                                                                                                 \
        "select account_id, address_id, name, phone_masked, text, is_default, seen_at from catalogue_address"

static const struct db_col address_cols[] = {
        DB_COL_I(struct catalogue_address, account_id),   DB_COL_T(struct catalogue_address, address_id),
        DB_COL_T(struct catalogue_address, name),         DB_COL_T(struct catalogue_address, phone_masked),
        DB_COL_T(struct catalogue_address, text),         DB_COL_I(struct catalogue_address, is_default),
        DB_COL_I(struct catalogue_address, seen_at),
};
#define ADDRESS_ROW .row = address_cols, .n_row = countof(address_cols), .size = sizeof(struct catalogue_address)

const struct query catalogue_q_addresses = {
        .name = "catalogue.addresses",
        .sql = ADDRESS_SELECT " where merchant_id = $1 and account_id = $2 order by is_default desc, address_id",
        .args = "ii",
        ADDRESS_ROW,
};

const struct query catalogue_q_address_get = {
        .name = "catalogue.address_get",
        .sql = ADDRESS_SELECT " where merchant_id = $1 and account_id = $2 and address_id = $3",
        .args = "iit",
        ADDRESS_ROW,
};
