/* Sends a message. The outcome of a call that was not answered is settled by repeating it: the platform knows the words. */
#include "alarms/look.h"
#include "alarms/rows.h"

#include "platform/corp.h"
#include "shops/shops.h"

struct sending {
        struct alarms_message message;
        int64_t agent_id;
        const char *state, *why_zh, *why_en; /* how it ended; state NULL = not yet */
};

static void end(struct sending *s, const char *state, const char *zh, const char *en)
{
        s->state = state;
        s->why_zh = zh;
        s->why_en = en;
}

static int write_end(struct ctx *ctx, const struct sending *s)
{
        ctx_notice(ctx, "alarms", "changed", s->message.message_id, 0, NULL);
        return status_fold(db_exec(ctx, &alarms_q_message_end, DB_I(ctx->merchant), DB_I(s->message.message_id), DB_T(s->state),
                                   DB_T(s->why_zh), DB_T(s->why_en), DB_I(ctx->now)));
}

/* What stands in the way at our side. */
static void check_account(struct sending *s, const struct shops_account *account)
{
        if (text_empty(account->agent_id) || text_to_int(account->agent_id, 1, INT32_MAX, &s->agent_id))
                end(s, "failed", "还没有填写自建应用的 AgentId，请在「账号」页填写。", "The app's AgentId is not known; tell it on the accounts page.");
        else if (account->read_only)
                end(s, "failed", "这个企业微信还是只读，不能发送任何内容；在「账号」页结束只读后才会发出。",
                    "This corp is read-only still: nothing may be sent before that is ended on the accounts page.");
}

int alarms_send_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct sending *s = arena_new(ctx->arena, struct sending);
        struct shops_account account;
        int64_t id;

        *state = s;
        if (text_to_int(job->key, 1, INT64_MAX, &id))
                return fatal(EINVAL, "an alarm's job with a key that is no message");
        int r = db_one(ctx, &alarms_q_message, &s->message, DB_I(ctx->merchant), DB_I(id));
        if (r)
                return r == DB_E_NONE ? JOB_DONE : status_fold(r);
        if (s->message.ended_at)
                return JOB_DONE;
        r = shops_account_get(ctx, s->message.account_id, &account);
        if (r)
                return r == SHOPS_E_NONE ? JOB_DONE : r;
        check_account(s, &account);
        if (!s->state)
                return 0;
        r = write_end(ctx, s);
        return r ? r : JOB_DONE;
}

static void not_reached(struct ctx *ctx, struct sending *s, const struct wx_fault *fault)
{
        const struct wx_error_row *row = wx_error("wecom", fault->errcode);

        if (fault->errcode == 0 || fault->errcode == 81013)
                end(s, "failed", "平台说这个成员收不到：他不在应用的可见范围内，或已离职。", "The platform does not reach this member: outside the app's visible range, or gone.");
        else
                end(s, "failed", arena_printf(ctx->arena, "平台拒绝：%lld %s", (long long)fault->errcode, row ? row->zh : fault->errmsg),
                    arena_printf(ctx->arena, "Refused by the platform: %lld %s", (long long)fault->errcode, row ? row->en : fault->errmsg));
}

int alarms_send_call(struct ctx *ctx, struct job *job, void *state)
{
        struct sending *s = state;
        struct corp_sent sent;
        struct wx_fault fault;
        int r = corp_send_text(ctx, s->message.account_id, s->agent_id, s->message.userid, s->message.text, &sent, &fault);

        switch (r) {
        case 0:
                if (text_empty(sent.invaliduser))
                        end(s, "sent", NULL, NULL);
                else
                        not_reached(ctx, s, &fault);
                return 0;
        case WX_E_REFUSED:
        case WX_E_CONFIG:
        case WX_E_READ_ONLY:
                not_reached(ctx, s, &fault);
                return 0;
        case WX_E_UNKNOWN:
                job->error = fault.errmsg;
                return JOB_UNKNOWN;
        default:
                return shops_read_outcome(job, r, &fault);
        }
}

int alarms_send_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct sending *s = state;
        int r;

        switch (outcome) {
        case JOB_RETRY:
        case JOB_UNKNOWN:
                return JOB_RETRY;
        case JOB_EXPIRED: /* nothing was prepared */
                r = alarms_send_prepare(ctx, job, &state);
                if (r)
                        return r == JOB_DONE ? 0 : r;
                s = state;
                end(s, job->tries ? "unknown" : "late", NULL, NULL);
                break;
        case JOB_REFUSED:
                end(s, "failed", job->error, job->error);
                break;
        default:
                break;
        }
        return write_end(ctx, s);
}
