#include "golive/rows.h"

static const struct state_row states[] = {
        {"none", false, "未开始", "not begun", "the shop's own console answers"},
        {"rehearsed", false, "已彩排", "rehearsed", "a rehearsal passed with the merchant's own people and settings"},
        {"accepted", false, "已知晓停用项", "accepted", "a person ticked each function that stops"},
        {"switched", false, "已切换", "switched", "the platform sends consults here, and we may answer"},
        {"tested", false, "已试答", "tested", "a consult came in and a person's answer was taken by the platform"},
        {"live", false, "已上线", "live", "silence raises an alarm, and the figures are compared for seven days"},
        {"back", false, "已切回", "back", "given back to the shop's console"},
};

static const struct state_move moves[] = {
        {"none", "rehearsed", "a rehearsal passed"},
        {"back", "rehearsed", "a rehearsal passed"},
        {"accepted", "rehearsed", "another rehearsal passed"},
        {"rehearsed", "accepted", "every point ticked"},
        {"accepted", "switched", "granted by the platform, and a person says so"},
        {"switched", "tested", "a consult was answered"},
        {"tested", "live", "a person says so"},
        {"rehearsed", "back", "a person says so"},
        {"accepted", "back", "a person says so"},
        {"switched", "back", "a person says so"},
        {"tested", "back", "a person says so"},
        {"live", "back", "a person says so"},
};

const struct state_table golive_states = {"golive.shop", "none", states, countof(states), moves, countof(moves)};
