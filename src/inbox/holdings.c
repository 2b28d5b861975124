/* What she said and was told goes; blobs that only her messages show go with them. */
#include "store/holding.h"

#include "base/clock.h"
#include "inbox/parts.h"
#include "inbox/rows.h"

#define HER_THREADS "(select t.thread_id from inbox_thread t where t.merchant_id = $1 and t.identity_id in (:list $2))"

static const struct holding tables[] = {
        {"store_blob", "她的图片、语音与文件", "her pictures, voices and files", .hidden = "hash", .shared = true,
         .hers = "blob_id in (select m.blob_id from inbox_message m where m.merchant_id = $1 and m.blob_id > 0 and m.thread_id in " HER_THREADS
                 ") and blob_id not in (select m.blob_id from inbox_message m where m.merchant_id = $1 and m.blob_id > 0"
                 " and m.thread_id not in " HER_THREADS ")"},
        {"inbox_claim", "顾客报出的订单号", "order numbers she sent",
         .hers = "message_id in (select m.message_id from inbox_message m where m.merchant_id = $1 and m.thread_id in " HER_THREADS ")"},
        {"inbox_nameless", "等待查询昵称的顾客", "customers whose name is still to be asked for",
         .hers = "remote_id in (select i.remote_id from contacts_identity i where i.merchant_id = $1 and i.identity_id in (:list $2))"},
        /* Also events that concern no thread and name her. */
        {"inbox_message", "消息", "messages", .searched = &inbox_searches[0],
         .hers = "thread_id in " HER_THREADS " or (thread_id = 0 and exists (select 1 from contacts_identity i where i.merchant_id = $1"
                 " and i.identity_id in (:list $2) and inbox_message.body like '%' || i.remote_id || '%'))"},
        {"inbox_thread", "会话", "threads", .hers = "identity_id in (:list $2)"},
        {"inbox_account", "客服账号的进度与设置", "how far 客服 accounts are read, and their greeting"},
        {"inbox_announced", "客服账号最近的回调", "the newest callbacks of 客服 accounts", .hidden = "token"},
};

struct line {
        int64_t sent_at, blob_id;
        const char *direction, *author, *text, *channel;
};

static int story(struct ctx *ctx, const int64_t *identities, size_t n, struct text *out)
{
        static const struct db_col cols[] = {DB_COL_I(struct line, sent_at),   DB_COL_I(struct line, blob_id),
                                             DB_COL_T(struct line, direction), DB_COL_T(struct line, author),
                                             DB_COL_T(struct line, text),      DB_COL_T(struct line, channel)};
        static const struct query lines = {
                .name = "inbox.story",
                .sql = "select m.sent_at, m.blob_id, m.direction, m.author, m.text, t.channel from inbox_thread t, inbox_message m"
                       " where t.merchant_id = $1 and t.identity_id in (:list $2) and m.merchant_id = $1 and m.thread_id = t.thread_id"
                       " order by m.sent_at, m.message_id",
                .args = "iI", .row = cols, .n_row = countof(cols), .size = sizeof(struct line),
        };
        struct line *rows;
        size_t count;
        int r = status_fold(db_all(ctx, &lines, &rows, &count, DB_I(ctx->merchant), DB_LIST_I(identities, n)));

        for (size_t i = 0; !r && i < count; i++) {
                const struct line *l = &rows[i];
                bool hers = text_eq(l->direction, "in");

                text_addf(out, "%s  %s  %s%s%s", clock_text(ctx->arena, l->sent_at), text_eq(l->channel, "kf") ? "微信客服" : "店铺客服",
                          hers ? "她" : l->author ? l->author : "·", hers || l->author ? "：" : " ", l->text);
                if (l->blob_id)
                        text_addf(out, " [files/store_blob-%lld]", (long long)l->blob_id);
                text_add(out, "\r\n");
        }
        return r;
}

const struct holder inbox_holds = {tables, countof(tables), story};
