#include "store/holding.h"

#include "golive/rows.h"

static const struct holding tables[] = {
        {"golive_shop", "店内客服上线进度", "how far going live with in-shop 客服 is"},
        {"golive_day", "后台显示的回复率", "reply rates as the shop's console shows them"},
};
const struct holder golive_holds = {tables, countof(tables), NULL};
