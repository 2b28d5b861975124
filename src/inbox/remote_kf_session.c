/* 微信客服 around the messages: names, pictures, whose session it is, the greeting. */
#include "inbox/remote.h"
#include "platform/kf.h"

#include "contacts/contacts.h"
#include "store/blob.h"

/* ---- names ---- */

struct names {
        struct shops_account corp;
        struct text_row *ids;
        size_t n;
        const struct kf_customer *found;
        size_t n_found;
};

int inbox_names_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct names *s = arena_new(ctx->arena, struct names);

        *state = s;
        int r = inbox_job_account(ctx, job, &s->corp);
        if (r)
                return r;
        r = db_all(ctx, &q_nameless_list, &s->ids, &s->n, DB_I(ctx->merchant), DB_I(s->corp.account_id),
                   DB_I(KF_BATCH_MAX));
        if (r)
                return status_fold(r);
        return s->n ? 0 : JOB_DONE;
}

int inbox_names_call(struct ctx *ctx, struct job *job, void *state)
{
        struct names *s = state;
        const char **ids = arena_array(ctx->arena, const char *, s->n);
        struct wx_fault fault;

        for (size_t i = 0; i < s->n; i++)
                ids[i] = s->ids[i].text;
        int r = kf_customer_batchget(ctx, s->corp.account_id, ids, s->n, false, &s->found, &s->n_found, &fault);
        return shops_read_outcome(job, r, &fault);
}

static int name_one(struct ctx *ctx, const struct shops_account *corp, const struct kf_customer *c)
{
        struct thread_row *threads;
        int64_t identity_id;
        size_t n;

        int r = contacts_ensure(ctx, "kf", corp->account_id, c->external_userid, c->unionid, c->nickname, c->avatar,
                                &identity_id);
        if (r)
                return r == CONTACTS_E_BAD_ID ? 0 : status_fold(r);
        if (!text_empty(c->nickname)) {
                r = db_exec(ctx, &q_thread_named, DB_I(ctx->merchant), DB_I(identity_id), DB_T(c->nickname),
                            DB_T(inbox_fold(ctx->arena, c->nickname)));
                if (r)
                        return status_fold(r);
        }
        r = db_all(ctx, &q_threads_of_identity, &threads, &n, DB_I(ctx->merchant), DB_I(identity_id));
        for (size_t i = 0; r == 0 && i < n; i++)
                r = inbox_thread_notice(ctx, threads[i].thread_id);
        return status_fold(r);
}

static const struct kf_customer *found_of(const struct names *s, const char *external_userid)
{
        for (size_t i = 0; i < s->n_found; i++)
                if (text_eq(s->found[i].external_userid, external_userid))
                        return &s->found[i];
        return NULL;
}

int inbox_names_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        const struct names *s = state;
        const struct kf_customer *c;
        int r;

        if (outcome == JOB_RETRY || outcome == JOB_UNKNOWN)
                return JOB_RETRY;
        /* Those that the platform does not know go as well: asking again would not help. Whose question is gone was erased while
         * it was asked: the answer must not bring her back. */
        for (size_t i = 0; i < s->n; i++) {
                r = status_fold(db_exec(ctx, &q_nameless_drop, DB_I(ctx->merchant), DB_I(s->corp.account_id), DB_T(s->ids[i].text)));
                c = !r && db_changed(ctx) && outcome == 0 ? found_of(s, s->ids[i].text) : NULL;
                if (!r && c)
                        r = name_one(ctx, &s->corp, c);
                if (r)
                        return r;
        }
        if (s->n < KF_BATCH_MAX)
                return 0;
        return status_fold(job_enqueue(
                ctx, &(struct job_new){.kind = JOB_NAMES, .key = job->key, .account_id = s->corp.account_id}));
}

/* ---- pictures, voices, files ---- */

struct media {
        struct message_row message;
        struct shops_account account;
        const char *mime;
        struct bytes data;
};

int inbox_media_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct media *s = arena_new(ctx->arena, struct media);
        int64_t id;

        *state = s;
        if (text_to_int(job->key, 1, INT64_MAX, &id) != 0)
                return fatal(EINVAL, "media job with a key that is no message");
        int r = db_one(ctx, &q_message, &s->message, DB_I(ctx->merchant), DB_I(id));
        if (r)
                return r == DB_E_NONE ? JOB_DONE : status_fold(r);
        if (s->message.blob_id || text_empty(s->message.media_id))
                return JOB_DONE;
        r = shops_account_get(ctx, s->message.account_id, &s->account);
        return r == SHOPS_E_NONE ? JOB_DONE : status_fold(r);
}

int inbox_media_call(struct ctx *ctx, struct job *job, void *state)
{
        struct media *s = state;
        struct wx_fault fault;

        int r = kf_media_get(ctx, s->account.parent_id, s->message.media_id, &s->mime, &s->data, &fault);
        return shops_read_outcome(job, r, &fault);
}

int inbox_media_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        const struct media *s = state;
        int64_t blob_id;

        (void)job;
        if (outcome)
                return outcome == JOB_REFUSED ? 0 : JOB_RETRY;
        int r = blob_put(ctx, s->mime ? s->mime : "application/octet-stream", s->data, &blob_id);
        if (r)
                return r == BLOB_E_SIZE ? 0 : status_fold(r);
        r = db_exec(ctx, &q_message_blob, DB_I(ctx->merchant), DB_I(s->message.message_id), DB_I(blob_id));
        return r ? status_fold(r) : inbox_message_notice(ctx, s->message.message_id);
}

/* ---- whose session it is ---- */

struct claim {
        struct thread_row thread;
        struct shops_account account;
        int64_t state;
};

static int thread_of_job(struct ctx *ctx, const struct job *job, struct thread_row *t, struct shops_account *account)
{
        int64_t id;

        if (text_to_int(job->key, 1, INT64_MAX, &id) != 0)
                return fatal(EINVAL, "job %s with a key that is no thread", job->kind);
        int r = inbox_thread_row(ctx, id, t);
        if (r)
                return r == INBOX_E_NONE ? JOB_DONE : r;
        r = shops_account_get(ctx, t->account_id, account);
        return r == SHOPS_E_NONE ? JOB_DONE : status_fold(r);
}

int inbox_claim_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct claim *s = arena_new(ctx->arena, struct claim);

        *state = s;
        return thread_of_job(ctx, job, &s->thread, &s->account);
}

int inbox_claim_call(struct ctx *ctx, struct job *job, void *state)
{
        struct claim *s = state;
        struct kf_state now = {0};
        struct wx_fault fault;
        const char *code;

        int r = kf_service_state_get(ctx, s->account.parent_id, s->account.remote_id, s->thread.remote_id, &now,
                                     &fault);
        if (r)
                return shops_read_outcome(job, r, &fault);
        s->state = now.service_state;
        if (s->state != KF_STATE_NEW)
                return 0;
        r = kf_service_state_trans(ctx, s->account.parent_id, s->account.remote_id, s->thread.remote_id, KF_STATE_BOT,
                                   NULL, &code, &fault);
        switch (r) {
        case 0:
                s->state = KF_STATE_BOT;
                return 0;
        case WX_E_READ_ONLY:
                return 0; /* looked, changed nothing */
        case WX_E_UNKNOWN:
                return JOB_RETRY; /* settled by reading the state again */
        case WX_E_REFUSED:
                return fault.errcode == 95016 ? JOB_RETRY : JOB_REFUSED; /* 95016: somebody was faster: read again */
        default:
                return shops_read_outcome(job, r, &fault);
        }
}

int inbox_claim_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        const struct claim *s = state;
        const char *owner = s->state == KF_STATE_ENDED                                    ? "ended"
                            : s->state == KF_STATE_QUEUE || s->state == KF_STATE_SERVICER ? "wecom"
                                                                                          : "desk";
        struct thread_row t;

        (void)job;
        if (outcome)
                return outcome == JOB_REFUSED ? 0 : JOB_RETRY;
        int r = inbox_thread_row(ctx, s->thread.thread_id, &t);
        if (r)
                return r == INBOX_E_NONE ? 0 : r;
        if (t.arrivals != s->thread.arrivals && !text_eq(owner, t.owner))
                return JOB_RETRY; /* something came meanwhile: what was read may be older than that */
        if (text_eq(owner, t.owner))
                return 0;
        t.owner = owner;
        r = inbox_thread_settle(ctx, &t);
        return r ? r : inbox_thread_notice(ctx, t.thread_id);
}

/* ---- the greeting ---- */

struct welcome {
        const char *code;
        int64_t thread_id;
        const char *text, *msgid;
        struct thread_row thread;
        struct shops_account account;
        const char *fault; /* why it was not sent, as a state code */
};
static const struct json_field welcome_fields[] = {
        JSON_STR(struct welcome, code, JSON_REQUIRED, 1, 0, "welcome_code"),
        JSON_KEY(struct welcome, thread_id, JSON_REQUIRED, "the thread"),
};
static const struct json_desc welcome_desc = JSON_DESC("WelcomeJob", struct welcome, welcome_fields);

int inbox_welcome_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct welcome *s = arena_new(ctx->arena, struct welcome);
        struct account_row row = {0};

        *state = s;
        if (json_read(ctx->arena, bytes_of_text(job->payload), &welcome_desc, JSON_STRICT, s, NULL) != 0)
                return fatal(EINVAL, "welcome job with a broken payload");
        int r = inbox_thread_row(ctx, s->thread_id, &s->thread);
        if (r)
                return r == INBOX_E_NONE ? JOB_DONE : r;
        r = shops_account_get(ctx, s->thread.account_id, &s->account);
        if (r)
                return r == SHOPS_E_NONE ? JOB_DONE : status_fold(r);
        r = db_one(ctx, &q_account, &row, DB_I(ctx->merchant), DB_I(s->account.account_id));
        if (r)
                return r == DB_E_NONE ? JOB_DONE : status_fold(r);
        s->text = row.welcome_text;
        s->msgid = inbox_send_key(ctx->arena, job->job_id);
        return text_empty(s->text) ? JOB_DONE : 0;
}

static const char *content(struct arena *a, const char *text)
{
        struct text body;

        text_init(&body, a);
        text_add(&body, "{\"content\":");
        json_quote(&body, text);
        text_add(&body, "}");
        return body.p;
}

/* Kept as the job's cause between its tries. Only a try without an answer may have used the code up; one that was put off
 * has not, and an expired code must not pass for a used one. */
static const char no_answer[] = "no answer";

int inbox_welcome_call(struct ctx *ctx, struct job *job, void *state)
{
        bool repeat = text_eq(job->error, no_answer);
        struct welcome *s = state;
        struct wx_fault fault;
        const char *msgid;

        int r = kf_send_msg_on_event(ctx, s->account.parent_id,
                                     &(struct kf_on_event){.code = s->code,
                                                           .msgid = s->msgid,
                                                           .msgtype = "text",
                                                           .body = content(ctx->arena, s->text),
                                                           .repeat = repeat},
                                     &msgid, &fault);
        if (r == WX_E_BUSY || r == WX_E_UNKNOWN) {
                job->retry_in_ms = 1000;
                job->error = repeat || r == WX_E_UNKNOWN ? no_answer : "busy";
                return JOB_RETRY;
        }
        if (r == WX_E_READ_ONLY)
                s->fault = "read_only";
        else if (r)
                s->fault = arena_printf(ctx->arena, "kf.%lld", (long long)fault.errcode);
        return 0;
}

int inbox_welcome_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct welcome *s = state;
        struct thread_row t;

        if (outcome == JOB_RETRY)
                return JOB_RETRY;
        if (outcome == JOB_EXPIRED) {
                if (!s) {
                        int r = inbox_welcome_prepare(ctx, job, &state);
                        if (r)
                                return r == JOB_DONE ? 0 : r;
                        s = state;
                }
                s->fault = "late";
        }
        int r = inbox_thread_row(ctx, s->thread_id, &t);
        if (r)
                return r == INBOX_E_NONE ? 0 : r;
        int64_t second = t.last_place >> 24;
        int64_t place = inbox_place(&t, ctx->now / 1000 > second ? ctx->now / 1000 : second), id = ctx_new_id(ctx);
        /* A message to a code costs none of the five (wecom-kf.md 6): spent 0. */
        r = db_exec(ctx, &q_message_insert, DB_I(ctx->merchant), DB_I(id), DB_I(t.thread_id), DB_I(t.account_id),
                    DB_T(s->msgid), DB_I(place), DB_I(t.arrivals), DB_I(0), DB_T("out"), DB_T("text"), DB_T(s->text),
                    DB_T(content(ctx->arena, s->text)), DB_T(s->fault ? "failed" : "sent"), DB_T("system"), DB_I(0),
                    DB_I(1), DB_I(ctx->now), DB_T(NULL), DB_T(NULL), DB_T(NULL), DB_I(0));
        if (r)
                return r == DB_E_EXISTS ? 0 : status_fold(r);
        if (s->fault) {
                r = db_exec(ctx, &q_message_update, DB_I(ctx->merchant), DB_I(id), DB_T("failed"), DB_T(s->fault),
                            DB_I(0), DB_T(s->msgid), DB_I(1));
                if (r)
                        return status_fold(r);
        }
        t.last_place = place;
        r = inbox_index(ctx, t.thread_id, id, s->text);
        if (r == 0)
                r = inbox_thread_settle(ctx, &t);
        if (r == 0)
                r = inbox_message_notice(ctx, id);
        return r ? r : inbox_thread_notice(ctx, t.thread_id);
}
