/* The states of a message and who may speak in a thread. */
#include "inbox/parts.h"

static const struct state_row message_rows[] = {
        {"received", false, "已收到", "received", "hers, or an event"},
        {"recalled", true, "顾客已撤回", "recalled by the customer", "its text is kept"},
        {"queued", false, "发送中", "sending", "recorded, not yet taken by the platform"},
        {"unconfirmed", false, "未确认", "unconfirmed",
         "the request left and no answer came; repeated with the same key"},
        {"sent", false, "已发送", "sent", "taken by the platform"},
        {"undelivered", true, "未送达", "not delivered", "taken, and later reported as not delivered"},
        {"failed", true, "发送失败", "failed", "refused; cost nothing"},
};

static const struct state_move message_moves[] = {
        {"received", "recalled", "the customer recalls it"},
        {"queued", "sent", "platform"},
        {"queued", "failed", "platform refuses"},
        {"queued", "unconfirmed", "no answer"},
        {"queued", "undelivered", "msg_send_fail came before the answer was recorded"},
        {"unconfirmed", "sent", "the repeat was taken, refused as a duplicate, or a person says so"},
        {"unconfirmed", "failed", "the repeat was refused"},
        {"unconfirmed", "undelivered", "msg_send_fail, or a person says so"},
        {"sent", "undelivered", "msg_send_fail"},
};

const struct state_table inbox_message_states = {
        .name = "inbox.message",
        .states = message_rows,
        .n_states = countof(message_rows),
        .moves = message_moves,
        .n_moves = countof(message_moves),
};

static const struct state_row owner_rows[] = {
        {"desk", false, "本工作台", "the desk", "微信客服 state 0 or 1; in-shop always"},
        {"wecom", false, "企业微信", "the WeCom client", "state 2 or 3"},
        {"ended", false, "会话已结束", "ended", "state 4, until she writes again"},
};

static const struct state_move owner_moves[] = {
        {"desk", "wecom", "a servicer takes it, or the session was there already"},
        {"desk", "ended", "the session ends"},
        {"wecom", "ended", "the session ends"},
        {"wecom", "desk", "reading the state shows 0 or 1"},
        {"ended", "desk", "she writes again"},
        {"ended", "wecom", "a servicer opens it again"},
};

const struct state_table inbox_thread_owners = {
        .name = "inbox.owner",
        .first = "desk",
        .states = owner_rows,
        .n_states = countof(owner_rows),
        .moves = owner_moves,
        .n_moves = countof(owner_moves),
};

bool inbox_message_may(const char *from, const char *to)
{
        return state_move(&inbox_message_states, from, to) == 0;
}
