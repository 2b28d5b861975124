/* Messages: moving and showing. */
#include "inbox/parts.h"

static const struct json_field message_fields[] = {
        JSON_KEY(struct inbox_message, message_id, JSON_REQUIRED, "the message"),
        JSON_KEY(struct inbox_message, thread_id, JSON_REQUIRED, "its thread"),
        JSON_STR(struct inbox_message, direction, JSON_REQUIRED, 0, 0, "in, out, event"),
        JSON_STR(struct inbox_message, kind, JSON_REQUIRED, 0, 0, "the platform's msgtype, or unknown"),
        JSON_STR(struct inbox_message, text, JSON_REQUIRED, 0, 0, "readable text of any kind"),
        JSON_RAW(struct inbox_message, body, 0, "the kind's fields as the platform sent them"),
        JSON_STR(struct inbox_message, state, JSON_REQUIRED, 0, 0,
                 "in: received, recalled; out: queued, sent, undelivered, failed, unconfirmed"),
        JSON_STR(struct inbox_message, state_note, 0, 0, 0, "why not delivered or failed"),
        JSON_STR(struct inbox_message, author, 0, 0, 0, "who wrote it"),
        JSON_KEY(struct inbox_message, author_id, 0, "staff id"),
        JSON_INT(struct inbox_message, automatic, 0, 0, 1, "1: not written by a person"),
        JSON_INT(struct inbox_message, sent_at, 0, 0, 0, "ms; the platform's second for incoming"),
        JSON_STR(struct inbox_message, client_id, 0, 0, 0, "the console's own id of an outgoing one"),
        JSON_KEY(struct inbox_message, blob_id, 0, "picture, voice, file"),
};
const struct json_desc inbox_message_json = JSON_DESC("Message", struct inbox_message, message_fields);

static void message_fill(struct ctx *ctx, const struct message_row *m, const char *her_name, bool english,
                         struct inbox_message *out)
{
        *out = (struct inbox_message){
                .message_id = m->message_id,
                .thread_id = m->thread_id,
                .direction = m->direction,
                .kind = m->kind,
                .text = m->text,
                .body = m->body,
                .state = m->state,
                .state_note = inbox_note(ctx->arena, m->state_code, english),
                .author = m->author || !text_eq(m->direction, "in") ? m->author : her_name,
                .author_id = m->author_id,
                .automatic = m->automatic,
                .sent_at = m->sent_at,
                .client_id = m->client_id,
                .blob_id = m->blob_id,
        };
}

int inbox_message_get(struct ctx *ctx, int64_t message_id, struct inbox_message *out)
{
        struct thread_row t = {0};
        struct message_row m;

        int r = db_one(ctx, &q_message, &m, DB_I(ctx->merchant), DB_I(message_id));
        if (r)
                return r == DB_E_NONE ? INBOX_E_NONE : status_fold(r);
        if (m.thread_id) {
                r = inbox_thread_row(ctx, m.thread_id, &t);
                if (r)
                        return r;
        }
        message_fill(ctx, &m, t.name, false, out);
        return 0;
}

int inbox_messages(struct ctx *ctx, int64_t thread_id, int64_t before, int64_t limit, bool english,
                   struct inbox_message **out, size_t *n, bool *more)
{
        struct thread_row t;
        struct message_row *rows, edge = {.place = INT64_MAX};

        int r = inbox_thread_row(ctx, thread_id, &t);
        if (r)
                return r;
        if (before) {
                r = db_one(ctx, &q_message, &edge, DB_I(ctx->merchant), DB_I(before));
                if (r == DB_E_NONE || (r == 0 && edge.thread_id != thread_id))
                        return INBOX_E_NONE;
                if (r)
                        return status_fold(r);
        }
        if (limit < 1 || limit > 100)
                limit = limit > 100 ? 100 : 50;
        r = db_all(ctx, &q_messages_before, &rows, n, DB_I(ctx->merchant), DB_I(thread_id), DB_I(edge.place),
                   DB_I(limit + 1));
        if (r)
                return status_fold(r);
        *more = *n > (size_t)limit;
        if (*more)
                *n = (size_t)limit;
        *out = arena_array(ctx->arena, struct inbox_message, *n);
        for (size_t i = 0; i < *n; i++)
                message_fill(ctx, &rows[*n - 1 - i], t.name, english, &(*out)[i]);
        return 0;
}

void inbox_message_tell(struct ctx *ctx, const struct message_row *m, const struct thread_row *t)
{
        struct inbox_message shown;

        message_fill(ctx, m, t->name, false, &shown);
        ctx_notice(ctx, "inbox", "message", m->message_id, t->thread_id, json_write(ctx->arena, &inbox_message_json, &shown));
}

int inbox_message_notice(struct ctx *ctx, int64_t message_id)
{
        struct inbox_message m;

        int r = inbox_message_get(ctx, message_id, &m);
        if (r)
                return r;
        if (m.thread_id)
                ctx_notice(ctx, "inbox", "message", message_id, m.thread_id,
                           json_write(ctx->arena, &inbox_message_json, &m));
        return 0;
}

/* Where a message stands in the budget follows from its state alone, so both are written together. */
static int64_t spent_in(const struct message_row *m, const char *state, struct thread_row *t, int64_t now)
{
        if (m->spent == 0 || text_eq(state, "failed"))
                return 0;
        if (m->spent != SPENT_OPEN || text_eq(state, "unconfirmed"))
                return m->spent;
        /* Now it is known that the platform took it: after everything this thread has seen. The later of both clocks,
         * so that a clock of ours that is behind does not hand out a sixth reply. */
        int64_t second = t->last_place >> 24;
        return inbox_place(t, now / 1000 > second ? now / 1000 : second);
}

int inbox_message_move(struct ctx *ctx, struct message_row *m, const char *state, const char *code)
{
        struct thread_row t;

        if (!inbox_message_may(m->state, state))
                return 0;
        int r = inbox_thread_row(ctx, m->thread_id, &t);
        if (r)
                return r;
        m->spent = spent_in(m, state, &t, ctx->now);
        m->state = state;
        m->state_code = code;
        r = db_exec(ctx, &q_message_update, DB_I(ctx->merchant), DB_I(m->message_id), DB_T(m->state),
                    DB_T(m->state_code), DB_I(m->spent), DB_T(m->remote_id), DB_I(m->tries));
        if (r)
                return status_fold(r);
        r = inbox_thread_settle(ctx, &t);
        if (r)
                return r;
        inbox_message_tell(ctx, m, &t);
        return inbox_thread_notice(ctx, m->thread_id);
}

int inbox_waiting_merchants(struct ctx *ctx, const int64_t *merchants, size_t n, struct inbox_waiting_sum **out)
{
        return status_fold(db_each(ctx, &q_waiting_merchants, out, merchants, n));
}

int inbox_waiting_accounts(struct ctx *ctx, struct inbox_waiting_sum **out, size_t *n)
{
        return status_fold(db_all(ctx, &q_waiting_accounts, out, n, DB_I(ctx->merchant)));
}

int inbox_count_received(struct ctx *ctx, int64_t *n)
{
        int r = db_one(ctx, &q_messages_received, n, DB_I(ctx->merchant));

        return r ? status_fold(r) : 0;
}
