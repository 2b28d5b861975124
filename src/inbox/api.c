/* HTTP of inbox: /api/threads, /api/messages, /api/blobs. Decode, verb, encode. */
#include "inbox/api.h"

#include "base/crypt.h"
#include "contacts/contacts.h"
#include "inbox/parts.h"
#include "store/blob.h"

#include <string.h>

static const struct problem problems[] = {
        {INBOX_E_NONE, 404, "inbox.none", "没有找到，请刷新后重试。", "Not found; reload the page."},
        {INBOX_E_WINDOW_CLOSED, 409, "inbox.window_closed", WINDOW_ZH, WINDOW_EN},
        {INBOX_E_BUDGET, 409, "inbox.budget", BUDGET_ZH, BUDGET_EN},
        {INBOX_E_OWNER, 409, "inbox.owner", OWNER_ZH, OWNER_EN},
        {INBOX_E_READ_ONLY, 409, "inbox.read_only", READ_ONLY_ZH, READ_ONLY_EN},
        {INBOX_E_REUSED, 422, "inbox.reused", "这个编号已用于另一条消息，请刷新后重新发送。",
         "This client id was used for another message; reload and send again."},
        {INBOX_E_TOO_LONG, 422, "inbox.too_long",
         "太长了：文字最多 2048 字节（约 680 个汉字），图片最多 2 MB。请分成几条。",
         "Too long: text up to 2048 bytes, pictures up to 2 MB. Split it."},
        {INBOX_E_NO_IDENTITY, 422, "inbox.no_buyer", "这个订单还不知道买家是谁，稍后再试。",
         "This order's buyer is not known yet; try again later."},
        {INBOX_E_STATE, 409, "inbox.state", "这条消息已经有结果了，请刷新。",
         "This message has been settled already; reload."},
        {INBOX_E_KIND, 422, "inbox.kind", "不能发送这种内容：文字不能为空，图片须为 JPEG、PNG 或 GIF。",
         "This cannot be sent: text must not be empty, pictures are JPEG, PNG or GIF."},
        {INBOX_E_CURSOR, 400, "inbox.cursor", "列表位置无效，请刷新。", "Not a cursor of this list; reload."},
        {0},
};

/* The language of a person's own request; what is pushed to all consoles is Chinese. */
static void speak_thread(struct ctx *ctx, struct inbox_thread *t)
{
        if (t->refused && ctx->http && exchange_english(ctx->http))
                t->refused_text = inbox_refusal_text(t->refused, true);
}

struct thread_in {
        int64_t thread_id;
        const char *client_id, *kind, *text;
        int64_t blob_id, staff_id, order_id, before, limit;
};
static const struct json_field thread_in_fields[] = {
        JSON_KEY(struct thread_in, thread_id, JSON_REQUIRED, "the thread"),
};
static const struct json_desc thread_in = JSON_DESC("ThreadIn", struct thread_in, thread_in_fields);

/* ---- threads ---- */

static const char *const views[] = {"waiting", "mine", "open", "closed", NULL};
static const struct json_field list_in_fields[] = {
        JSON_CHOICE(struct inbox_list, view, 0, views,
                    "waiting (default): longest waiting first; mine, open, closed: newest first"),
        JSON_STR(struct inbox_list, q, 0, 0, 64, "part of the customer's name"),
        JSON_STR(struct inbox_list, cursor, 0, 0, 64, "next of the page before"),
        JSON_INT(struct inbox_list, limit, 0, 1, 100, "default 50"),
};
static const struct json_desc list_in = JSON_DESC("ThreadListIn", struct inbox_list, list_in_fields);

struct list_out {
        struct inbox_thread *items;
        size_t n;
        const char *next;
};
static const struct json_field list_out_fields[] = {
        JSON_LIST(struct list_out, items, n, JSON_REQUIRED, 0, &inbox_thread_json, "threads"),
        JSON_STR(struct list_out, next, 0, 0, 0, "cursor of the next page"),
};
static const struct json_desc list_out = JSON_DESC("ThreadList", struct list_out, list_out_fields);

static int list_threads(struct ctx *ctx, const void *in, void *out)
{
        struct inbox_list list = *(const struct inbox_list *)in;
        struct list_out *o = out;

        if (!list.view)
                list.view = "waiting";
        int r = inbox_thread_list(ctx, &list, &o->items, &o->n, &o->next);
        for (size_t i = 0; r == 0 && i < o->n; i++)
                speak_thread(ctx, &o->items[i]);
        return r;
}

static int get_thread(struct ctx *ctx, const void *in, void *out)
{
        int r = inbox_thread_get(ctx, ((const struct thread_in *)in)->thread_id, out);
        if (r == 0)
                speak_thread(ctx, out);
        return r;
}

static int post_read(struct ctx *ctx, const void *in, void *out)
{
        (void)out;
        return inbox_mark_read(ctx, ((const struct thread_in *)in)->thread_id);
}

static const struct json_field assign_in_fields[] = {
        JSON_KEY(struct thread_in, thread_id, JSON_REQUIRED, "the thread"),
        JSON_KEY(struct thread_in, staff_id, 0, "to whom; null = nobody"),
};
static const struct json_desc assign_in = JSON_DESC("AssignIn", struct thread_in, assign_in_fields);

static int post_assign(struct ctx *ctx, const void *in, void *out)
{
        const struct thread_in *i = in;
        int r = inbox_assign(ctx, i->thread_id, i->staff_id);
        return r ? r : get_thread(ctx, in, out);
}

static int post_close(struct ctx *ctx, const void *in, void *out)
{
        int r = inbox_close(ctx, ((const struct thread_in *)in)->thread_id);
        return r ? r : get_thread(ctx, in, out);
}

static const struct json_field link_in_fields[] = {
        JSON_KEY(struct thread_in, thread_id, JSON_REQUIRED, "the thread"),
        JSON_KEY(struct thread_in, order_id, JSON_REQUIRED, "the order she bought"),
};
static const struct json_desc link_in = JSON_DESC("ThreadLinkIn", struct thread_in, link_in_fields);

static int post_link(struct ctx *ctx, const void *in, void *out)
{
        const struct thread_in *i = in;
        struct inbox_thread t;

        int r = inbox_link_order(ctx, i->thread_id, i->order_id);
        if (r == 0)
                r = inbox_thread_get(ctx, i->thread_id, &t);
        if (r)
                return r;
        r = contacts_person_view(ctx, t.person_id, out);
        return r ? status_fold(r) : 0;
}

/* ---- messages ---- */

static const struct json_field messages_in_fields[] = {
        JSON_KEY(struct thread_in, thread_id, JSON_REQUIRED, "the thread"),
        JSON_KEY(struct thread_in, before, 0, "message id: those before it"),
        JSON_INT(struct thread_in, limit, 0, 1, 100, "default 50"),
};
static const struct json_desc messages_in = JSON_DESC("MessageListIn", struct thread_in, messages_in_fields);

struct messages_out {
        struct inbox_message *items;
        size_t n;
        bool more;
};
static const struct json_field messages_out_fields[] = {
        JSON_LIST(struct messages_out, items, n, JSON_REQUIRED, 0, &inbox_message_json, "messages, oldest first"),
        {.name = "more", .type = JSON_T_BOOL, .at = offsetof(struct messages_out, more), .doc = "there are older ones"},
};
static const struct json_desc messages_out = JSON_DESC("MessageList", struct messages_out, messages_out_fields);

static int list_messages(struct ctx *ctx, const void *in, void *out)
{
        const struct thread_in *i = in;
        struct messages_out *o = out;
        bool english = ctx->http && exchange_english(ctx->http);

        return inbox_messages(ctx, i->thread_id, i->before, i->limit ? i->limit : 50, english, &o->items, &o->n,
                              &o->more);
}

static const char *const kinds[] = {"text", "image", NULL};
static const struct json_field reply_in_fields[] = {
        JSON_KEY(struct thread_in, thread_id, JSON_REQUIRED, "the thread"),
        JSON_STR(struct thread_in, client_id, JSON_REQUIRED, 1, 64,
                 "made by the console; the same one again is the same message"),
        JSON_CHOICE(struct thread_in, kind, 0, kinds, "default text"),
        JSON_STR(struct thread_in, text, 0, 0, 16384, "of text: at most 2048 bytes"),
        JSON_KEY(struct thread_in, blob_id, 0, "of image: see POST /api/blobs"),
};
static const struct json_desc reply_in = JSON_DESC("ReplyIn", struct thread_in, reply_in_fields);

static int post_message(struct ctx *ctx, const void *in, void *out)
{
        const struct thread_in *i = in;
        int64_t id;

        int r = inbox_reply(ctx,
                            &(struct inbox_reply){.thread_id = i->thread_id,
                                                  .client_id = i->client_id,
                                                  .kind = i->kind ? i->kind : "text",
                                                  .text = i->text,
                                                  .blob_id = i->blob_id},
                            &id);
        return r ? r : inbox_message_get(ctx, id, out);
}

static const struct json_field ask_in_fields[] = {
        JSON_KEY(struct thread_in, thread_id, JSON_REQUIRED, "the thread"),
        JSON_STR(struct thread_in, client_id, JSON_REQUIRED, 1, 64, "made by the console"),
};
static const struct json_desc ask_in = JSON_DESC("AskCardIn", struct thread_in, ask_in_fields);

static int post_ask_card(struct ctx *ctx, const void *in, void *out)
{
        const struct thread_in *i = in;
        int64_t id;

        int r = inbox_ask_card(ctx, i->thread_id, i->client_id, &id);
        return r ? r : inbox_message_get(ctx, id, out);
}

static const struct json_field find_in_fields[] = {
        JSON_STR(struct inbox_find, q, JSON_REQUIRED, 1, 128, "words, separated by blanks"),
        JSON_STR(struct inbox_find, cursor, 0, 0, 64, "next of the page before"),
        JSON_INT(struct inbox_find, limit, 0, 1, 100, "default 20"),
};
static const struct json_desc find_in = JSON_DESC("MessageFindIn", struct inbox_find, find_in_fields);

static const struct json_field hit_fields[] = {
        JSON_KEY(struct inbox_hit, message_id, JSON_REQUIRED, "the message"),
        JSON_KEY(struct inbox_hit, thread_id, JSON_REQUIRED, "its thread"),
        JSON_STR(struct inbox_hit, channel, JSON_REQUIRED, 0, 0, "kf, shop"),
        JSON_STR(struct inbox_hit, name, JSON_REQUIRED, 0, 0, "the customer's name; empty while it is not known"),
        JSON_STR(struct inbox_hit, direction, JSON_REQUIRED, 0, 0, "in, out"),
        JSON_STR(struct inbox_hit, author, 0, 0, 0, "who wrote it; null = the customer"),
        JSON_STR(struct inbox_hit, text, JSON_REQUIRED, 0, 0, "what was written"),
        JSON_INT(struct inbox_hit, sent_at, JSON_REQUIRED, 0, 0, "ms"),
};
static const struct json_desc hit_json = JSON_DESC("MessageHit", struct inbox_hit, hit_fields);

struct find_out {
        struct inbox_hit *items;
        size_t n;
        const char *next;
};
static const struct json_field find_out_fields[] = {
        JSON_LIST(struct find_out, items, n, JSON_REQUIRED, 0, &hit_json, "messages, last taken in first"),
        JSON_STR(struct find_out, next, 0, 0, 0, "cursor of the next page"),
};
static const struct json_desc find_out = JSON_DESC("MessageHits", struct find_out, find_out_fields);

static int find_messages(struct ctx *ctx, const void *in, void *out)
{
        struct find_out *o = out;

        return inbox_search(ctx, in, &o->items, &o->n, &o->next);
}

struct settle_in {
        int64_t message_id;
        const char *as;
};
static const char *const outcomes[] = {"sent", "undelivered", NULL};
static const struct json_field settle_in_fields[] = {
        JSON_KEY(struct settle_in, message_id, JSON_REQUIRED, "an unconfirmed message"),
        JSON_CHOICE(struct settle_in, as, JSON_REQUIRED, outcomes, "what a person found out"),
};
static const struct json_desc settle_in = JSON_DESC("SettleIn", struct settle_in, settle_in_fields);

static int post_settle(struct ctx *ctx, const void *in, void *out)
{
        const struct settle_in *i = in;
        int r = inbox_settle(ctx, i->message_id, text_eq(i->as, "sent"));
        return r ? r : inbox_message_get(ctx, i->message_id, out);
}

/* ---- the greeting ---- */

struct welcome {
        int64_t account_id;
        const char *text;
};
static const struct json_field welcome_in_fields[] = {
        JSON_KEY(struct welcome, account_id, JSON_REQUIRED, "a 微信客服 account"),
};
static const struct json_desc welcome_in = JSON_DESC("WelcomeIn", struct welcome, welcome_in_fields);

static const struct json_field welcome_fields[] = {
        JSON_KEY(struct welcome, account_id, JSON_REQUIRED, "a 微信客服 account"),
        JSON_STR(struct welcome, text, 0, 0, 16384, "what a new customer is greeted with; null or empty = nothing"),
};
static const struct json_desc welcome_json = JSON_DESC("Welcome", struct welcome, welcome_fields);

static int get_welcome(struct ctx *ctx, const void *in, void *out)
{
        struct welcome *o = out;

        o->account_id = ((const struct welcome *)in)->account_id;
        return inbox_welcome(ctx, o->account_id, &o->text);
}

static int put_welcome(struct ctx *ctx, const void *in, void *out)
{
        const struct welcome *i = in;
        int r = inbox_set_welcome(ctx, i->account_id, i->text);
        return r ? r : get_welcome(ctx, in, out);
}

/* ---- blobs ---- */

struct blob_in {
        int64_t blob_id;
        const char *mime, *data;
};
static const struct json_field blob_in_fields[] = {
        JSON_KEY(struct blob_in, blob_id, JSON_REQUIRED, "the blob"),
};
static const struct json_desc blob_in = JSON_DESC("BlobIn", struct blob_in, blob_in_fields);

/* Shown by a browser under our own address: only what cannot run there goes out under its own type. */
static const char *safe_mime(const char *mime)
{
        static const char *const safe[] = {"image/jpeg", "image/png",  "image/gif", "image/webp",
                                           "audio/amr",  "audio/mpeg", "video/mp4"};

        for (size_t i = 0; i < countof(safe); i++)
                if (text_eq(safe[i], mime))
                        return mime;
        return "application/octet-stream";
}

static int get_blob(struct ctx *ctx, const void *in, void *out)
{
        const char *mime;
        struct bytes data;

        (void)out;
        int r = blob_get(ctx, ((const struct blob_in *)in)->blob_id, &mime, &data);
        if (r)
                return r == BLOB_E_NONE ? INBOX_E_NONE : status_fold(r);
        exchange_set_header(ctx->http, "X-Content-Type-Options", "nosniff");
        exchange_set_header(ctx->http, "Cache-Control", "private, max-age=86400");
        exchange_bytes(ctx->http, safe_mime(mime), data);
        return 0;
}

static const char *const pictures[] = {"image/jpeg", "image/png", "image/gif", NULL};
static const struct json_field upload_in_fields[] = {
        JSON_CHOICE(struct blob_in, mime, JSON_REQUIRED, pictures, "type of the picture"),
        JSON_STR(struct blob_in, data, JSON_REQUIRED, 4, 2800000, "the picture in base64; at most 2 MiB of picture"),
};
static const struct json_desc upload_in = JSON_DESC("BlobUpload", struct blob_in, upload_in_fields);

static const struct json_field upload_out_fields[] = {
        JSON_KEY(struct blob_in, blob_id, JSON_REQUIRED, "for POST .../messages"),
};
static const struct json_desc upload_out = JSON_DESC("Blob", struct blob_in, upload_out_fields);

static int post_blob(struct ctx *ctx, const void *in, void *out)
{
        const struct blob_in *i = in;
        struct bytes data;

        int r = base64_decode(ctx->arena, i->data, strlen(i->data), &data);
        if (r)
                return r == CRYPT_E_BASE64 ? INBOX_E_KIND : status_fold(r);
        if (data.n > INBOX_IMAGE_MAX)
                return INBOX_E_TOO_LONG;
        r = blob_put(ctx, i->mime, data, &((struct blob_in *)out)->blob_id);
        return r == BLOB_E_SIZE ? INBOX_E_TOO_LONG : status_fold(r);
}

const struct route inbox_routes[INBOX_ROUTES] = {
        {"GET", "/api/accounts/{account_id}/welcome", get_welcome, .in = &welcome_in, .out = &welcome_json,
         .permission = "inbox.read", .problems = problems, .summary = "What a new customer is greeted with"},
        {"PUT", "/api/accounts/{account_id}/welcome", put_welcome, .in = &welcome_json, .out = &welcome_json,
         .permission = "inbox.settings", .flags = ROUTE_WRITE, .problems = problems,
         .summary = "Change what a new customer is greeted with"},
        {"GET", "/api/blobs/{blob_id}", get_blob, .in = &blob_in, .permission = "inbox.read", .flags = ROUTE_BYTES,
         .problems = problems, .summary = "A picture, voice or file of a message"},
        {"POST", "/api/blobs", post_blob, .in = &upload_in, .out = &upload_out, .permission = "inbox.reply",
         .flags = ROUTE_WRITE, .ok = 201, .problems = problems, .summary = "Upload a picture to send"},
        {"GET", "/api/messages", find_messages, .in = &find_in, .out = &find_out, .permission = "inbox.read",
         .problems = problems, .summary = "Messages that contain every word, last taken in first"},
        {"POST", "/api/messages/{message_id}/settle", post_settle, .in = &settle_in, .out = &inbox_message_json,
         .permission = "inbox.reply", .flags = ROUTE_WRITE, .problems = problems,
         .summary = "A person decides about an unconfirmed message"},
        {"GET", "/api/threads", list_threads, .in = &list_in, .out = &list_out, .permission = "inbox.read",
         .problems = problems, .summary = "Threads of a view"},
        {"GET", "/api/threads/{thread_id}", get_thread, .in = &thread_in, .out = &inbox_thread_json,
         .permission = "inbox.read", .problems = problems, .summary = "One thread"},
        {"POST", "/api/threads/{thread_id}/ask-card", post_ask_card, .in = &ask_in, .out = &inbox_message_json,
         .permission = "inbox.reply", .flags = ROUTE_WRITE, .ok = 201, .problems = problems,
         .summary = "Ask her for her order card; counts as a reply"},
        {"POST", "/api/threads/{thread_id}/assign", post_assign, .in = &assign_in, .out = &inbox_thread_json,
         .permission = "inbox.reply", .flags = ROUTE_WRITE, .problems = problems,
         .summary = "Give a thread to somebody"},
        {"POST", "/api/threads/{thread_id}/close", post_close, .in = &thread_in, .out = &inbox_thread_json,
         .permission = "inbox.reply", .flags = ROUTE_WRITE, .problems = problems,
         .summary = "Close a thread until she writes again"},
        {"POST", "/api/threads/{thread_id}/links", post_link, .in = &link_in, .out = &contacts_person_json,
         .permission = "contacts.edit", .flags = ROUTE_WRITE, .problems = problems,
         .summary = "Say that this customer bought that order"},
        {"GET", "/api/threads/{thread_id}/messages", list_messages, .in = &messages_in, .out = &messages_out,
         .permission = "inbox.read", .problems = problems, .summary = "Messages of a thread, newest page first"},
        {"POST", "/api/threads/{thread_id}/messages", post_message, .in = &reply_in, .out = &inbox_message_json,
         .permission = "inbox.reply", .flags = ROUTE_WRITE, .ok = 201, .problems = problems, .summary = "Answer"},
        {"POST", "/api/threads/{thread_id}/read", post_read, .in = &thread_in, .permission = "inbox.reply",
         .flags = ROUTE_WRITE, .ok = 204, .problems = problems, .summary = "Her messages were looked at"},
};
