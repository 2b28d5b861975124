#include "store/holding.h"

#include "catalogue/rows.h"

static const struct holding tables[] = {
        {"catalogue_product", "商品", "products"},
        {"catalogue_sku", "商品规格", "skus"},
        {"catalogue_address", "退货地址", "return addresses"},
};
const struct holder catalogue_holds = {tables, countof(tables), NULL};
