/* Finding cases, their moves and the reasons to refuse them; tying them to orders that come later. */
#include "aftersales/find.h"

#include "base/seal.h"
#include "base/zip.h"
#include "orders/orders.h"

#define OBJECT_MAX (4 * 1024 * 1024)

static int found(int r)
{
        return r == DB_E_NONE ? AFTERSALES_E_NONE : status_fold(r);
}

int aftersales_row_get(struct ctx *ctx, int64_t case_id, struct aftersales_row *row)
{
        return found(db_one(ctx, &aftersales_q_get, row, DB_I(ctx->merchant), DB_I(case_id)));
}

int aftersales_get(struct ctx *ctx, int64_t case_id, struct aftersales_case *out)
{
        struct aftersales_row row;
        int r = aftersales_row_get(ctx, case_id, &row);
        if (!r)
                *out = row.c;
        return r;
}

int aftersales_object(struct ctx *ctx, int64_t case_id, struct bytes *json)
{
        struct aftersales_object_row row;
        struct bytes zipped;
        int r = db_one(ctx, &aftersales_q_object_get, &row, DB_I(ctx->merchant), DB_I(case_id));
        if (r)
                return found(r);
        const char *where = seal_where(ctx->arena, ctx->merchant, "aftersales_object", case_id);
        if (seal_open(ctx->arena, ctx->keys, row.object, where, &zipped) || zip_open(ctx->arena, zipped, OBJECT_MAX, json))
                return fatal(EBADMSG, "object of case %lld does not open", (long long)case_id);
        return 0;
}

int aftersales_of_identities(struct ctx *ctx, const int64_t *identity_ids, size_t n_ids, int64_t limit,
                             struct aftersales_case **out, size_t *n)
{
        return status_fold(db_all(ctx, &aftersales_q_of_identities, out, n, DB_I(ctx->merchant),
                                  DB_LIST_I(identity_ids, n_ids), DB_I(limit)));
}

int aftersales_moves(struct ctx *ctx, int64_t case_id, struct aftersales_moved **out, size_t *n)
{
        return status_fold(db_all(ctx, &aftersales_q_moves, out, n, DB_I(ctx->merchant), DB_I(case_id)));
}

int aftersales_reasons(struct ctx *ctx, int64_t account_id, int64_t scene, struct aftersales_reason **out, size_t *n)
{
        return status_fold(
                db_all(ctx, &aftersales_q_reasons, out, n, DB_I(ctx->merchant), DB_I(account_id), DB_I(scene)));
}

int aftersales_list(struct ctx *ctx, const struct aftersales_filter *f, struct aftersales_case **out, size_t *n)
{
        if (text_eq(f->state, "waiting"))
                return status_fold(db_all(ctx, &aftersales_q_waiting, out, n, DB_I(ctx->merchant), DB_I(f->at),
                                          DB_I(f->id), DB_I(f->limit)));
        return status_fold(db_all(ctx, &aftersales_q_list, out, n, DB_I(ctx->merchant), DB_I(text_eq(f->state, "open")),
                                  DB_I(f->at ? f->at : INT64_MAX), DB_I(f->id), DB_I(f->limit)));
}

int aftersales_on_order(struct ctx *ctx, const void *payload)
{
        const struct orders_changed *order = payload;
        if (order->old_status)
                return 0; /* only a new order can be missing in a case */
        return status_fold(db_exec(ctx, &aftersales_q_of_order, DB_I(ctx->merchant), DB_I(order->account_id),
                                   DB_T(order->remote_id), DB_I(order->order_id)));
}

int aftersales_waiting(struct ctx *ctx, int64_t before, int64_t most, int64_t *n, int64_t *first)
{
        struct aftersales_due_row row;
        int r = db_one(ctx, &aftersales_q_due, &row, DB_I(ctx->merchant), DB_I(before), DB_I(most));

        *n = r ? 0 : row.n;
        *first = r ? 0 : row.first;
        return status_fold(r);
}
