#include "store/holding.h"

#include "backfill/rows.h"

static const struct holding tables[] = {
        {"backfill_todo", "等待读取的对象", "objects that a list named and that are not fetched yet"},
        {"backfill_stretch", "未读完的时段", "stretches of time not read to the end"},
        {"backfill_reader", "历史读取进度", "how far the history is read"},
};
const struct holder backfill_holds = {tables, countof(tables), NULL};
