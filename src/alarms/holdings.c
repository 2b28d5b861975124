#include "store/holding.h"

#include "alarms/rows.h"

static const struct holding tables[] = {
        {"alarms_rule", "提醒规则", "rules of alarms"},
        {"alarms_recipient", "提醒接收人", "who is told of alarms"},
        {"alarms_told", "已提醒的事项", "alarms that were told"},
        {"alarms_alarm", "提醒事项", "alarms"},
        {"alarms_message", "提醒消息", "alarm messages"},
};
const struct holder alarms_holds = {tables, countof(tables), NULL};
