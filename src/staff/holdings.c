#include "store/holding.h"

#include "staff/rows.h"

static const struct holding tables[] = {
        {"staff_session", "登录会话", "sessions", .hidden = "*"},
        {"staff_person", "登录的人", "the people who log in", .hidden = "password"},
        {"staff_try", .exempt = "failed tries of the last minutes; a try may name nobody"},
};
const struct holder staff_holds = {tables, countof(tables), NULL};
