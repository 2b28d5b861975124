#include "catalogue/rows.h"

const struct query catalogue_q_product_see = {
        .name = "catalogue.product_see",
        .sql = "insert into catalogue_product (merchant_id, account_id, product_id, title, title_folded, image, price,"
               " seen_at, orders) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
               " on conflict (merchant_id, account_id, product_id) do update set title = excluded.title,"
               " title_folded = excluded.title_folded, image = coalesce(excluded.image, catalogue_product.image),"
               " price = excluded.price, seen_at = excluded.seen_at,"
               " orders = catalogue_product.orders + excluded.orders",
        .args = "iittttiii",
};

const struct query catalogue_q_sku_see = {
        .name = "catalogue.sku_see",
        .sql = "insert into catalogue_sku (merchant_id, account_id, product_id, sku_id, sku_text, sku_code, image,"
               " price, seen_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
               " on conflict (merchant_id, account_id, product_id, sku_id) do update set sku_text = excluded.sku_text,"
               " sku_code = excluded.sku_code, image = excluded.image, price = excluded.price,"
               " seen_at = excluded.seen_at",
        .args = "iitttttii",
};

static const struct db_col product_cols[] = {
        DB_COL_T(struct catalogue_product, product_id), DB_COL_T(struct catalogue_product, title),
        DB_COL_T(struct catalogue_product, image),      DB_COL_I(struct catalogue_product, price),
        DB_COL_I(struct catalogue_product, seen_at),    DB_COL_I(struct catalogue_product, orders),
};

const struct query catalogue_q_product_get = {
        .name = "catalogue.product_get",
        .sql = "select product_id, title, image, price, seen_at, orders from catalogue_product"
               " where merchant_id = $1 and account_id = $2 and product_id = $3",
        .args = "iit",
        .row = product_cols,
        .n_row = countof(product_cols),
        .size = sizeof(struct catalogue_product),
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
