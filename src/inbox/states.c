/* The states of a message. Who may speak in a thread has no table: the platform decides, from any to any. */
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

bool inbox_message_may(const char *from, const char *to)
{
        return state_move(&inbox_message_states, from, to) == 0;
}
