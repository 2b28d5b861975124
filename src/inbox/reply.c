/* Answering: what is recorded before anything leaves. Sending itself is remote_send.c. */
#include "inbox/parts.h"

#include "staff/staff.h"
#include "store/audit.h"
#include "store/blob.h"

#include <string.h>

char *inbox_send_key(struct arena *a, int64_t message_id)
{
        char digits[16];
        size_t n = sizeof(digits);

        digits[--n] = 0;
        for (uint64_t v = (uint64_t)message_id; v || n == sizeof(digits) - 1; v /= 36)
                digits[--n] = "0123456789abcdefghijklmnopqrstuvwxyz"[v % 36];
        return arena_strdup(a, digits + n);
}

/* One job per thread sends what waits there in order; asking again while it runs makes it run once more. */
int inbox_send_enqueue(struct ctx *ctx, const struct thread_row *t)
{
        struct shops_account account;

        int r = shops_account_get(ctx, t->account_id, &account);
        if (r)
                return status_fold(r);
        return status_fold(
                job_enqueue(ctx, &(struct job_new){
                                         .kind = JOB_SEND,
                                         .key = arena_printf(ctx->arena, "%lld", (long long)t->thread_id),
                                         .account_id = account.parent_id ? account.parent_id : account.account_id,
                                 }));
}

int64_t inbox_pause(int64_t tries)
{
        int64_t ms = 1000;

        while (--tries > 0 && ms < 60000)
                ms *= 2;
        return ms > 60000 ? 60000 : ms;
}

/* Is this client id known? Then it must be the same reply. */
static int is_repeat(struct ctx *ctx, const struct inbox_reply *reply, const char *text, int64_t *message_id)
{
        struct message_row known;

        int r = db_one(ctx, &q_message_client, &known, DB_I(ctx->merchant), DB_T(reply->client_id));
        if (r)
                return r == DB_E_NONE ? 0 : status_fold(r);
        if (known.thread_id != reply->thread_id || !text_eq(known.kind, reply->kind) || !text_eq(known.text, text) ||
            known.blob_id != reply->blob_id)
                return INBOX_E_REUSED;
        *message_id = known.message_id;
        return 0;
}

static int check_image(struct ctx *ctx, int64_t blob_id)
{
        const char *mime;
        struct bytes data;

        int r = blob_get(ctx, blob_id, &mime, &data);
        if (r == BLOB_E_NONE)
                return INBOX_E_NONE;
        if (r)
                return status_fold(r);
        if (!text_eq(mime, "image/jpeg") && !text_eq(mime, "image/png") && !text_eq(mime, "image/gif"))
                return INBOX_E_KIND;
        return data.n > INBOX_IMAGE_MAX ? INBOX_E_TOO_LONG : 0;
}

static int check_content(struct ctx *ctx, const struct inbox_reply *reply)
{
        if (text_eq(reply->kind, "image"))
                return check_image(ctx, reply->blob_id);
        if (!text_eq(reply->kind, "text") || text_empty(reply->text))
                return INBOX_E_KIND;
        return strlen(reply->text) > INBOX_TEXT_MAX ? INBOX_E_TOO_LONG : 0;
}

static int insert(struct ctx *ctx, const struct inbox_reply *reply, struct thread_row *t, const char *text, int64_t *id)
{
        struct text body;
        int64_t second = t->last_place >> 24; /* a reply stands below what was there when it was written */
        int64_t place = inbox_place(t, ctx->now / 1000 > second ? ctx->now / 1000 : second);

        text_init(&body, ctx->arena);
        if (text_eq(reply->kind, "text")) {
                text_add(&body, "{\"content\":");
                json_quote(&body, text);
                text_add(&body, "}");
        } else {
                text_add(&body, "{}");
        }
        *id = ctx_new_id(ctx);
        int r = db_exec(ctx, &q_message_insert, DB_I(ctx->merchant), DB_I(*id), DB_I(t->thread_id), DB_I(t->account_id),
                        DB_T(inbox_send_key(ctx->arena, *id)), DB_I(place), DB_I(t->arrivals), DB_I(SPENT_OPEN),
                        DB_T("out"), DB_T(reply->kind), DB_T(text), DB_T(body.p), DB_T("queued"),
                        DB_T(reply->automatic ? "system" : ctx->actor.name),
                        DB_I(ctx->actor.kind == ACTOR_STAFF ? ctx->actor.id : 0), DB_I(reply->automatic),
                        DB_I(ctx->now), DB_T(reply->client_id), DB_T(NULL), DB_T(NULL), DB_I(reply->blob_id));
        if (r)
                return status_fold(r);
        r = inbox_index(ctx, t->thread_id, *id, text);
        if (r)
                return r;
        t->last_place = place;
        t->last_at = ctx->now > t->last_at ? ctx->now : t->last_at;
        t->last_text = utf8_cut(ctx->arena, text, 160);
        return 0;
}

/* Who answers looks after her from now on. */
static void taken_by(struct ctx *ctx, struct thread_row *t, bool automatic)
{
        if (automatic || ctx->actor.kind != ACTOR_STAFF)
                return;
        t->unread = 0;
        t->last_agent = ctx->actor.id;
        if (!t->assigned_to)
                t->assigned_to = ctx->actor.id;
}

int inbox_reply(struct ctx *ctx, const struct inbox_reply *reply, int64_t *message_id)
{
        const char *text = text_eq(reply->kind, "image") ? "[图片]" : reply->text;
        struct inbox_budget budget;
        struct thread_row t;

        *message_id = 0;
        int r = inbox_thread_row(ctx, reply->thread_id, &t);
        if (r)
                return r;
        r = is_repeat(ctx, reply, text, message_id);
        if (r || *message_id)
                return r;
        r = check_content(ctx, reply);
        if (r)
                return r;
        r = inbox_budget_row(ctx, &t, &budget);
        if (r)
                return r;
        if (budget.refused)
                return budget.refused;
        if (reply->automatic && budget.auto_left == 0)
                return INBOX_E_BUDGET;

        r = insert(ctx, reply, &t, text, message_id);
        if (r)
                return r;
        taken_by(ctx, &t, reply->automatic);
        r = inbox_thread_settle(ctx, &t);
        if (r == 0)
                r = inbox_send_enqueue(ctx, &t);
        if (r)
                return r;
        r = audit(ctx, "inbox.reply", "message", *message_id, NULL);
        if (r)
                return status_fold(r);
        r = inbox_message_notice(ctx, *message_id);
        return r ? r : inbox_thread_notice(ctx, t.thread_id);
}

int inbox_ask_card(struct ctx *ctx, int64_t thread_id, const char *client_id, int64_t *message_id)
{
        return inbox_reply(
                ctx,
                &(struct inbox_reply){
                        .thread_id = thread_id, .client_id = client_id, .kind = "text", .text = inbox_ask_card_text},
                message_id);
}

int inbox_settle(struct ctx *ctx, int64_t message_id, bool sent)
{
        struct message_row m;
        struct thread_row t;

        int r = db_one(ctx, &q_message, &m, DB_I(ctx->merchant), DB_I(message_id));
        if (r)
                return r == DB_E_NONE ? INBOX_E_NONE : status_fold(r);
        if (!text_eq(m.state, "unconfirmed"))
                return INBOX_E_STATE;
        r = inbox_message_move(ctx, &m, sent ? "sent" : "undelivered", "person");
        if (r)
                return r;
        r = audit(ctx, "inbox.settle", "message", message_id, sent ? "{\"as\":\"sent\"}" : "{\"as\":\"undelivered\"}");
        if (r)
                return status_fold(r);
        r = inbox_thread_row(ctx, m.thread_id, &t);
        return r ? r : inbox_send_enqueue(ctx, &t); /* those behind it may go on */
}
