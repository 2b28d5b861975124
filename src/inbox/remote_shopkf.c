/* In-shop 客服: the push carries the message itself, so it is taken in right here, in the applier's transaction. */
#include "inbox/remote.h"
#include "platform/shopkf.h"

int inbox_hear_shopkf(struct ctx *ctx, const struct wx_event *ev)
{
        struct shops_account account;
        struct shopkf_in in = {0};
        struct incoming m;
        int64_t thread_id;

        int r = shops_account_get(ctx, ev->account_id, &account);
        if (r)
                return status_fold(r);
        r = shopkf_read(ctx->arena, ev, &in);
        struct said said = {.second = ev->create_time};
        if (r == 0) {
                /* Other events than a message are not all known: shown as what they are called. */
                bool message = text_empty(in.msg_event) || text_eq(in.msg_event, "EVENT_TYPE_SEND_MSG");
                said.remote_id = in.msg_id;
                said.customer = in.openid;
                said.kind = message ? in.msg_type : in.msg_event;
                said.body = in.body;
                said.second = in.create_time ? in.create_time : ev->create_time;
                said.by = message ? SAID_BY_HER : SAID_BY_SYSTEM;
        } else if (r == SHOPKF_E_EVENT) {
                said.kind = "commkf_send_msg_to_kf"; /* without sender or id: kept whole, belongs to nobody */
                said.body = arena_strndup(ctx->arena, ev->raw.p, ev->raw.n);
                said.by = SAID_BY_SYSTEM;
        } else {
                return status_fold(r);
        }
        inbox_put_in_words(ctx->arena, &said, &m);
        m.media_id = NULL; /* pictures come by address here */
        r = inbox_receive(ctx, &account, &m, &thread_id);
        if (!r && said.by == SAID_BY_HER)
                r = status_fold(shops_note_kf(ctx, account.account_id, false));
        if (r || !thread_id)
                return r;
        metric_add(&inbox_metric_received, 1);
        return inbox_thread_notice(ctx, thread_id);
}
