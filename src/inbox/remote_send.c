/*
 * Sending. One job per thread takes the oldest message that is not through, so nothing overtakes; the key that goes
 * with it is our message id, so that the platform refuses what it already has (KEYED). Whatever happens between the
 * request and our writing down the answer, the same message leaves again with the same key.
 */
#include "inbox/remote.h"
#include "platform/kf.h"
#include "platform/shopkf.h"

#include "store/blob.h"

struct metric inbox_metric_sent = METRIC_COUNTER("zhanggui_inbox_sent_total", "replies taken by the platform");
struct metric inbox_metric_failed = METRIC_COUNTER("zhanggui_inbox_failed_total", "replies refused by the platform");

struct sending {
        struct message_row message;
        struct thread_row thread;
        struct shops_account account;
        bool kf, repeat;
        const char *mime;
        struct bytes image;
        /* what came of it */
        int status;     /* WX_E_* */
        bool uploading; /* the status is the upload's: the message itself never left */
        struct wx_fault fault;
        const char *remote_id;
};

static int load(struct ctx *ctx, const struct job *job, struct sending *s)
{
        int64_t id;

        if (text_to_int(job->key, 1, INT64_MAX, &id) != 0)
                return fatal(EINVAL, "send job with a key that is no thread");
        int r = inbox_thread_row(ctx, id, &s->thread);
        if (r)
                return r == INBOX_E_NONE ? JOB_DONE : r;
        r = db_one(ctx, &q_message_head, &s->message, DB_I(ctx->merchant), DB_I(id));
        if (r)
                return r == DB_E_NONE ? JOB_DONE : status_fold(r);
        r = shops_account_get(ctx, s->thread.account_id, &s->account);
        return r == SHOPS_E_NONE ? JOB_DONE : status_fold(r);
}

int inbox_send_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct sending *s = arena_new(ctx->arena, struct sending);
        struct message_row *m = &s->message;

        *state = s;
        int r = load(ctx, job, s);
        if (r)
                return r;
        /* It waits for a person, and so does what stands behind it. One that is still queued lost its tries to processes
         * that died: nobody was asked about it, and it goes on under its key. */
        if (m->tries >= INBOX_SEND_TRIES && text_eq(m->state, "unconfirmed"))
                return JOB_DONE;
        s->kf = text_eq(s->thread.channel, "kf");
        if (m->blob_id) {
                r = blob_get(ctx, m->blob_id, &s->mime, &s->image);
                if (r == BLOB_E_NONE)
                        return inbox_message_move(ctx, m, "failed", "image") < 0 ? -EIO : JOB_RETRY;
                if (r)
                        return status_fold(r);
        }
        /* Counted before it leaves: a process that dies now knows afterwards that the message may have arrived. */
        s->repeat = m->tries > 0;
        m->tries++;
        return status_fold(db_exec(ctx, &q_message_update, DB_I(ctx->merchant), DB_I(m->message_id), DB_T(m->state),
                                   DB_T(m->state_code), DB_I(m->spent), DB_T(m->remote_id), DB_I(m->tries)));
}

static const char *one_field(struct arena *a, const char *name, const char *value)
{
        struct text t;

        text_init(&t, a);
        text_addf(&t, "{\"%s\":", name);
        json_quote(&t, value);
        text_add(&t, "}");
        return t.p;
}

static int send_kf(struct ctx *ctx, struct sending *s)
{
        const struct message_row *m = &s->message;
        const char *body = m->body;

        if (m->blob_id) {
                const char *media_id;
                int r = kf_media_upload(ctx, s->account.parent_id, "image", "picture", s->mime, s->image, &media_id,
                                        &s->fault);
                if (r) {
                        s->uploading = true;
                        return r;
                }
                body = one_field(ctx->arena, "media_id", media_id);
        }
        return kf_send_msg(ctx, s->account.parent_id,
                           &(struct kf_out){.touser = s->thread.remote_id,
                                            .open_kfid = s->account.remote_id,
                                            .msgid = inbox_send_key(ctx->arena, m->message_id),
                                            .msgtype = m->kind,
                                            .body = body,
                                            .repeat = s->repeat},
                           &s->remote_id, &s->fault);
}

static int send_shop(struct ctx *ctx, struct sending *s)
{
        const struct message_row *m = &s->message;
        const char *body = m->body;

        if (m->blob_id) {
                const char *url;
                int r = shopkf_upload(ctx, s->account.account_id, s->thread.remote_id, "image", "picture", s->mime,
                                      s->image, &url, &s->fault);
                if (r) {
                        s->uploading = true;
                        return r;
                }
                body = one_field(ctx->arena, "cos_url", url);
        }
        return shopkf_send(ctx, s->account.account_id,
                           &(struct shopkf_out){.openid = s->thread.remote_id,
                                                .request_id = inbox_send_key(ctx->arena, m->message_id),
                                                .msg_type = m->kind,
                                                .body = body,
                                                .repeat = s->repeat},
                           &s->remote_id, &s->fault);
}

int inbox_send_call(struct ctx *ctx, struct job *job, void *state)
{
        struct sending *s = state;

        (void)job;
        s->status = s->kf ? send_kf(ctx, s) : send_shop(ctx, s);
        return s->status < 0 ? s->status : 0;
}

/* What a status means for the message. A repeat that could not leave says nothing about the try before it. */
enum send_outcome inbox_send_outcome(int status, bool uploading, bool repeat)
{
        switch (status) {
        case 0:
                return SEND_DONE;
        case WX_E_BUSY:
                return SEND_LATER;
        case WX_E_UNKNOWN:
        case WX_E_REPLY:
                return uploading ? SEND_LATER : SEND_UNKNOWN;
        case WX_E_REFUSED:
                return uploading && repeat ? SEND_UNKNOWN : SEND_FAILED;
        default: /* READ_ONLY, CONFIG, NO_ACCOUNT, NO_TOKEN */
                return repeat ? SEND_UNKNOWN : SEND_FAILED;
        }
}

static const char *why(struct ctx *ctx, const struct sending *s)
{
        if (s->status == WX_E_READ_ONLY)
                return "read_only";
        if (s->status == WX_E_UNKNOWN || s->status == WX_E_REPLY)
                return "unknown";
        if (s->fault.errcode == 0)
                return "config";
        return arena_printf(ctx->arena, "%s.%lld", s->kf ? "kf" : "shop", (long long)s->fault.errcode);
}

/* Refused because of the session's state: where is it now? */
static int ask_owner(struct ctx *ctx, const struct sending *s)
{
        if (!s->kf || (s->fault.errcode != 95018 && s->fault.errcode != 95013))
                return 0;
        return status_fold(
                job_enqueue(ctx, &(struct job_new){
                                         .kind = JOB_CLAIM,
                                         .key = arena_printf(ctx->arena, "%lld", (long long)s->thread.thread_id),
                                         .account_id = s->account.parent_id,
                                 }));
}

/* The next one of this thread, if there is one. */
static int go_on(struct ctx *ctx, const struct sending *s)
{
        struct message_row next;

        int r = db_one(ctx, &q_message_head, &next, DB_I(ctx->merchant), DB_I(s->thread.thread_id));
        if (r)
                return r == DB_E_NONE ? 0 : status_fold(r);
        return next.message_id == s->message.message_id ? 0 : inbox_send_enqueue(ctx, &s->thread);
}

int inbox_send_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct sending *s = state;
        struct message_row now, *m = &now; /* not s->message: a transaction that loses to others settles once more */
        int64_t tries = s->message.tries;

        if (outcome < 0 || outcome == JOB_RETRY)
                return JOB_RETRY;
        /* As it is now: its failure may have been reported before its sending was written down. */
        int r = db_one(ctx, &q_message, m, DB_I(ctx->merchant), DB_I(s->message.message_id));
        if (r)
                return r == DB_E_NONE ? 0 : status_fold(r);
        switch (inbox_send_outcome(s->status, s->uploading, s->repeat)) {
        case SEND_DONE:
                metric_add(&inbox_metric_sent, 1);
                if (!text_empty(s->remote_id))
                        m->remote_id = s->remote_id;
                r = inbox_message_move(ctx, m, "sent", NULL);
                break;
        case SEND_FAILED:
                metric_add(&inbox_metric_failed, 1);
                r = inbox_message_move(ctx, m, "failed", why(ctx, s));
                if (r == 0)
                        r = ask_owner(ctx, s);
                break;
        case SEND_LATER:
                /* Nothing left: this try does not count, unless an earlier one may have arrived. */
                if (!s->repeat)
                        m->tries--;
                r = db_exec(ctx, &q_message_update, DB_I(ctx->merchant), DB_I(m->message_id), DB_T(m->state),
                            DB_T(m->state_code), DB_I(m->spent), DB_T(m->remote_id), DB_I(m->tries));
                job->retry_in_ms = s->fault.retry_after_ms ? s->fault.retry_after_ms : inbox_pause(job->tries + 1);
                return r ? status_fold(r) : JOB_RETRY;
        case SEND_UNKNOWN:
                r = inbox_message_move(ctx, m, "unconfirmed", why(ctx, s));
                if (r || tries >= INBOX_SEND_TRIES)
                        return r;
                job->retry_in_ms = inbox_pause(tries);
                return JOB_RETRY;
        }
        return r ? r : go_on(ctx, s);
}
