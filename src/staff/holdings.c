#include "store/holding.h"

#include "staff/rows.h"

static const struct holding tables[] = {
        {"staff_link", "登录的人与企业微信成员的对应", "which member of WeCom is which person"},
        {"staff_member", "企业微信通讯录", "the directory of WeCom"},
        {"staff_corp", "企业微信登录的设置", "how signing in by WeCom is set"},
        {"staff_session", "登录会话", "sessions", .hidden = "*"},
        {"staff_visit", "服务方代操作", "what the host did for the merchant"},
        {"staff_person", "登录的人", "the people who log in", .hidden = "password"},
        {"staff_sign_in", .exempt = "browsers on their way to the platform and back, for minutes; before anybody signed in"},
        {"staff_try", .exempt = "failed tries of the last minutes; a try may name nobody"},
};
const struct holder staff_holds = {tables, countof(tables), NULL};
