/*
 * Deciding a case: a person agrees or refuses; the decision is recorded and an effect enqueued in one transaction.
 *
 * What was decided upon stays with the case (decided_status), because acceptapply has no key: what it does depends on
 * the status it meets. An outcome that nobody knows is settled by reading the case.
 */
#include "aftersales/keep.h"

#include "catalogue/catalogue.h"
#include "orders/orders.h"
#include "store/audit.h"
#include "store/job.h"

#include <string.h>

#define TEXT_MAX 500 /* bytes of a refusal's own wording */

static const struct json_field order_fields[] = {
        JSON_KEY(struct aftersales_order_in, case_id, JSON_REQUIRED, "ours"),
        JSON_INT(struct aftersales_order_in, version, JSON_REQUIRED, 0, 0, "the decision's"),
        JSON_INT(struct aftersales_order_in, accept_type, JSON_OMIT, 0, 0, "1 goods come back, 2 pay"),
        JSON_INT(struct aftersales_order_in, reason_type, JSON_OMIT, 0, 0, "of the platform's list"),
        JSON_STR(struct aftersales_order_in, address_id, JSON_OMIT, 0, 0, "return address"),
        JSON_STR(struct aftersales_order_in, text, JSON_OMIT, 0, 0, "wording of a refusal"),
};
const struct json_desc aftersales_order_desc = JSON_DESC("AftersalesOrder", struct aftersales_order_in, order_fields);

static int may_decide(struct ctx *ctx, int64_t case_id, int64_t version, struct aftersales_row *row)
{
        struct shops_account account;
        int r = aftersales_row_get(ctx, case_id, row);
        if (r)
                return r;
        r = shops_account_get(ctx, row->c.account_id, &account);
        if (r)
                return status_fold(r);
        if (account.read_only)
                return AFTERSALES_E_READ_ONLY;
        if (row->c.version != version)
                return AFTERSALES_E_STALE;
        return aftersales_can_decide(&row->c) ? 0 : AFTERSALES_E_STATE;
}

static int decide(struct ctx *ctx, const struct aftersales_case *c, const char *decision, const char *kind,
                  struct aftersales_order_in *order)
{
        int r = db_exec(ctx, &aftersales_q_decide, DB_I(ctx->merchant), DB_I(c->case_id), DB_I(c->version),
                        DB_T(decision), DB_I(ctx->actor.id), DB_I(ctx->now), DB_T(order->address_id));
        if (r)
                return status_fold(r);
        if (db_changed(ctx) != 1)
                return AFTERSALES_E_STALE;
        order->case_id = c->case_id;
        order->version = c->version + 1;
        r = db_exec(ctx, &aftersales_q_move_insert, DB_I(ctx->merchant), DB_I(c->case_id), DB_I(order->version),
                    DB_I(ctx->now), DB_T(c->status), DB_T(c->status), DB_T(decision), DB_T(ctx->actor.name));
        if (!r)
                r = job_enqueue(ctx, &(struct job_new){
                                             .kind = kind,
                                             .key = arena_printf(ctx->arena, "%lld:%lld", (long long)c->case_id,
                                                                 (long long)order->version),
                                             .account_id = c->account_id,
                                             .payload = json_write(ctx->arena, &aftersales_order_desc, order),
                                     });
        if (!r)
                r = audit(ctx, kind, "case", c->case_id, NULL);
        if (r)
                return status_fold(r);
        metric_add(&aftersales_metric_decided, 1);
        return aftersales_tell(ctx, c->case_id);
}

int aftersales_approve(struct ctx *ctx, int64_t case_id, int64_t version, const char *address_id)
{
        struct aftersales_row row;
        struct catalogue_address address;
        int r = may_decide(ctx, case_id, version, &row);
        if (r)
                return r;
        struct aftersales_order_in order = {.accept_type = aftersales_accept_type(&row.c)};
        if (aftersales_needs_address(&row.c)) {
                if (text_empty(address_id))
                        return AFTERSALES_E_ADDRESS;
                r = catalogue_address_get(ctx, row.c.account_id, address_id, &address);
                if (r)
                        return r == CATALOGUE_E_NONE ? AFTERSALES_E_ADDRESS : status_fold(r);
                order.address_id = address_id;
        }
        return decide(ctx, &row.c, "approving", "aftersales.accept", &order);
}

int aftersales_reject(struct ctx *ctx, int64_t case_id, int64_t version, int64_t reason_type, const char *text)
{
        struct aftersales_row row;
        struct aftersales_reason *reasons;
        size_t n;
        int r = may_decide(ctx, case_id, version, &row);
        if (!r)
                r = aftersales_reasons(ctx, row.c.account_id, aftersales_scene(&row.c), &reasons, &n);
        if (r)
                return r;
        const struct aftersales_reason *reason = NULL;
        for (size_t i = 0; i < n && !reason; i++)
                if (reasons[i].reason_type == reason_type)
                        reason = &reasons[i];
        if (!reason || (text && strlen(text) > TEXT_MAX))
                return AFTERSALES_E_REASON;
        struct aftersales_order_in order = {.reason_type = reason_type,
                                            .text = text_empty(text) ? reason->wording : text};
        return decide(ctx, &row.c, "rejecting", "aftersales.reject", &order);
}

/* ---- how it ended ---- */

int aftersales_pending(struct ctx *ctx, int64_t case_id, int64_t decision_version, struct aftersales_row *row,
                       bool *pending)
{
        int r = aftersales_row_get(ctx, case_id, row);
        *pending = false;
        if (r)
                return r == AFTERSALES_E_NONE ? 0 : r;
        *pending = row->decision_version == decision_version &&
                   (text_eq(row->c.decision, "approving") || text_eq(row->c.decision, "rejecting") ||
                    text_eq(row->c.decision, "unknown"));
        return 0;
}

int aftersales_settle(struct ctx *ctx, int64_t case_id, int64_t decision_version, enum aftersales_act act,
                      enum aftersales_outcome outcome, const char *note)
{
        struct aftersales_row row;
        bool pending;
        int r = aftersales_pending(ctx, case_id, decision_version, &row, &pending);
        if (r || !pending)
                return r;
        struct aftersales_case after = row.c;
        bool moved = !text_eq(row.c.status, row.decided_status);
        const char *cause = NULL;
        after.decision_note = note;
        switch (outcome) {
        case OUTCOME_DONE:
                /* It may be the merchant's turn again already: she was quick to send the goods back. What was done is
                 * told by the move all the same. */
                cause = act == AFTERSALES_ACCEPT ? "approved" : "rejected";
                after.decision = moved && aftersales_merchant_acts(after.status) ? "none" : cause;
                break;
        case OUTCOME_REFUSED:
                after.decision = "refused";
                break;
        case OUTCOME_UNKNOWN:
                metric_add(&aftersales_metric_unknown, 1);
                after.decision = "unknown";
                break;
        case OUTCOME_MOOT:
                after.decision = "none";
                break;
        }
        if (text_eq(after.decision, row.c.decision))
                return 0;
        r = aftersales_write(ctx, &row.c, &after, cause ? cause : after.decision);
        /* The notice of it may be lost; what our own act changed is fetched without waiting for one. */
        if (!r && outcome != OUTCOME_UNKNOWN)
                r = aftersales_refresh(ctx, row.c.account_id, row.c.remote_id);
        if (!r && outcome == OUTCOME_DONE && !text_empty(row.c.order_remote_id))
                r = status_fold(orders_refresh(ctx, row.c.account_id, row.c.order_remote_id));
        return r;
}

const char *aftersales_refusal(struct arena *a, int64_t errcode, const char *errmsg)
{
        static const struct {
                int64_t code;
                const char *zh;
        } known[] = {
                {10020001, "平台上的状态已经变化，请刷新后再看。"},
                {10021041, "当前状态下平台不允许这个操作，请刷新后再看。"},
                {10021043, "这个售后单不属于本店。"},
                {10021045, "店铺资金账户异常，请到微信小店后台处理后重试。"},
                {10021046, "店铺余额不足，请先充值，再同意退款。"},
                {10021050, "平台上找不到这个售后单。"},
                {10021057, "平台上找不到这个售后单。"},
                {10021051, "平台正在处理纠纷，暂时不能操作，请到微信小店后台跟进纠纷。"},
                {10021058, "同意退货需要退货地址，请重新选择地址。"},
                {10021059, "平台不接受这个退货地址，请更换地址后重试。"},
                {10021060, "平台不接受这个退货地址，请更换地址后重试。"},
                {10021062, "平台不接受这个地址或金额，请核对后重试。"},
                {10021065, "平台不接受这个地址或金额，请核对后重试。"},
                {10021068, "平台要求先与买家协商：请到微信小店后台发起协商，协商后仍可拒绝。"},
        };
        for (size_t i = 0; i < countof(known); i++)
                if (known[i].code == errcode)
                        return known[i].zh;
        return arena_printf(a, "平台拒绝了这个操作（%lld %s），请到微信小店后台查看。", (long long)errcode,
                            errmsg ? utf8_cut(a, errmsg, 120) : "");
}
