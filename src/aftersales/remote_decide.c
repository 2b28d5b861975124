/*
 * Carrying a decision out at the platform. Neither acceptapply nor rejectapply has a key (WX_QUERY): once a request may
 * have left, the case is read first, and the request repeated only while the status is still the one decided upon.
 */
#include "aftersales/keep.h"
#include "aftersales/remote_shop.h"

#include "platform/shop.h"

#define ASK_AFTER_MS 5000             /* an effect may show a little later than its answer was lost */
#define REFUND_PAUSE_MS (61 * 1000LL) /* the platform wants a minute between refunds of one order */

enum { TOO_SOON = 10021044 };

struct deciding {
        struct aftersales_order_in order;
        struct aftersales_row row;
        enum aftersales_act act;
        bool ask;            /* a request may have left already */
        struct bytes object; /* what asking gave, else none */
        bool moved;          /* asking showed another status */
        const char *status;  /* that one */
        const char *note;    /* why refused, for people */
};

static int moot_or_done(struct ctx *ctx, const struct deciding *d, const char *status)
{
        if (aftersales_is_effect(d->act, d->row.decided_status, status))
                return aftersales_settle(ctx, d->order.case_id, d->order.version, d->act, OUTCOME_DONE, NULL);
        return aftersales_settle(ctx, d->order.case_id, d->order.version, d->act, OUTCOME_MOOT,
                                 "售后单已先行变化，操作没有执行，请重新查看。");
}

int aftersales_decision_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct deciding *d = arena_new(ctx->arena, struct deciding);
        bool pending;
        if (json_read(ctx->arena, bytes_of_text(job->payload), &aftersales_order_desc, JSON_STRICT, &d->order, NULL))
                return fatal(EINVAL, "payload of job %lld", (long long)job->job_id);
        d->act = text_eq(job->kind, "aftersales.accept") ? AFTERSALES_ACCEPT : AFTERSALES_REJECT;
        *state = d;
        int r = aftersales_pending(ctx, d->order.case_id, d->order.version, &d->row, &pending);
        if (r)
                return r;
        if (!pending)
                return JOB_DONE;
        if (!text_eq(d->row.c.status, d->row.decided_status)) {
                r = moot_or_done(ctx, d, d->row.c.status);
                return r ? r : JOB_DONE;
        }
        /* From here on a request may leave, and this process may die before it hears the answer. */
        d->ask = d->row.decision_sent;
        return status_fold(db_exec(ctx, &aftersales_q_sent, DB_I(ctx->merchant), DB_I(d->order.case_id)));
}

static int refused(struct ctx *ctx, struct job *job, struct deciding *d, const struct wx_fault *fault)
{
        if (fault->errcode == TOO_SOON) {
                job->error = fault->errmsg;
                job->retry_in_ms = REFUND_PAUSE_MS;
                return JOB_RETRY;
        }
        job->error = fault->errmsg;
        d->note = aftersales_refusal(ctx->arena, fault->errcode, fault->errmsg);
        return JOB_REFUSED;
}

static int send(struct ctx *ctx, struct job *job, struct deciding *d)
{
        struct wx_fault fault;
        const char *remote_id = d->row.c.remote_id;
        int r = d->act == AFTERSALES_ACCEPT
                        ? shop_aftersale_accept(ctx, job->account_id, remote_id, (int)d->order.accept_type,
                                                d->order.address_id, &fault)
                        : shop_aftersale_reject(ctx, job->account_id, remote_id, d->order.reason_type, d->order.text,
                                                &fault);
        switch (r) {
        case WX_E_UNKNOWN:
        case WX_E_REPLY:
                return JOB_UNKNOWN;
        case WX_E_BUSY:
        case WX_E_NO_TOKEN:
                job->error = fault.errmsg;
                job->retry_in_ms = fault.retry_after_ms;
                return JOB_RETRY;
        case WX_E_READ_ONLY:
                d->note = "账号处于只读模式，没有提交到平台。";
                return JOB_REFUSED;
        case WX_E_NO_ACCOUNT:
                d->note = "账号已断开，没有提交到平台。";
                return JOB_REFUSED;
        case WX_E_CONFIG:
        case WX_E_REFUSED:
                return refused(ctx, job, d, &fault);
        default:
                return r;
        }
}

int aftersales_decision_call(struct ctx *ctx, struct job *job, void *state)
{
        struct deciding *d = state;
        struct shop_aftersale s;
        struct wx_fault fault;
        if (d->ask) {
                int r = shop_aftersale_get(ctx, job->account_id, d->row.c.remote_id, &s, &d->object, &fault);
                if (r) {
                        r = shops_read_outcome(job, r, &fault);
                        d->note = "查询不到平台上的结果，请到微信小店后台核对。";
                        return r;
                }
                d->status = s.status;
                d->moved = !text_eq(s.status, d->row.decided_status);
                if (d->moved)
                        return 0;
        }
        return send(ctx, job, d);
}

int aftersales_decision_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct deciding *d = state;
        int64_t case_id;
        bool changed;
        int r = 0;
        if (d->object.n) {
                r = aftersales_update_seen(ctx, job->account_id, d->object, &case_id, &changed);
                if (r < 0)
                        return r; /* an older or broken object tells nothing new */
        }
        switch (outcome) {
        case 0:
                if (d->moved)
                        return moot_or_done(ctx, d, d->status);
                return aftersales_settle(ctx, d->order.case_id, d->order.version, d->act, OUTCOME_DONE, NULL);
        case JOB_REFUSED:
                return aftersales_settle(ctx, d->order.case_id, d->order.version, d->act, OUTCOME_REFUSED, d->note);
        case JOB_UNKNOWN:
                r = aftersales_settle(ctx, d->order.case_id, d->order.version, d->act, OUTCOME_UNKNOWN,
                                      "平台没有回应，正在核对结果，请稍候。");
                job->error = "the answer was lost; reading the case";
                job->retry_in_ms = ASK_AFTER_MS;
                return r ? r : JOB_RETRY;
        default:
                return JOB_RETRY;
        }
}
