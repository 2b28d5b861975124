/* Cases as people see them. */
#include "aftersales/view.h"

static const struct json_field view_fields[] = {AFTERSALES_VIEW_FIELDS(struct aftersales_view)};
const struct json_desc aftersales_view_desc = JSON_DESC("Case", struct aftersales_view, view_fields);

int aftersales_view_of(struct ctx *ctx, const struct aftersales_case *c, const struct shops_account *account,
                       bool english, struct aftersales_view *v)
{
        struct shops_account found;
        if (!account) {
                int r = shops_account_get(ctx, c->account_id, &found);
                if (r)
                        return status_fold(r);
                account = &found;
        }
        bool may = aftersales_can_decide(c) && !account->read_only;
        *v = (struct aftersales_view){
                .case_id = c->case_id,
                .account_id = c->account_id,
                .order_id = c->order_id,
                .identity_id = c->identity_id,
                .amount = c->amount,
                .deadline = c->deadline,
                .created_at = c->created_at,
                .updated_at = c->updated_at,
                .version = c->version,
                .account_name = account->name,
                .remote_id = c->remote_id,
                .order_remote_id = c->order_remote_id,
                .type = c->type,
                .type_text = aftersales_type_text(c->type, english),
                .status = c->status,
                .status_text = aftersales_status_text(c->status, english),
                .reason_text = c->reason_text,
                .product_title = c->product_title,
                .decision = c->decision,
                .decision_note = c->decision_note,
                .address_id = c->address_id,
                .can_approve = may,
                .can_reject = may,
                .needs_address = aftersales_needs_address(c),
        };
        return 0;
}

int aftersales_views(struct ctx *ctx, const struct aftersales_case *cases, size_t n, bool english,
                     struct aftersales_view **out)
{
        struct shops_account *accounts;
        size_t n_accounts;
        int r = status_fold(shops_account_list(ctx, &accounts, &n_accounts));
        *out = arena_array(ctx->arena, struct aftersales_view, n);
        for (size_t i = 0; i < n && !r; i++) {
                const struct shops_account *account = NULL;
                for (size_t a = 0; a < n_accounts && !account; a++)
                        if (accounts[a].account_id == cases[i].account_id)
                                account = &accounts[a];
                r = aftersales_view_of(ctx, &cases[i], account, english, &(*out)[i]);
        }
        return r;
}

int aftersales_tell(struct ctx *ctx, int64_t case_id)
{
        struct aftersales_case c;
        struct aftersales_view v;
        int r = aftersales_get(ctx, case_id, &c);
        if (!r)
                r = aftersales_view_of(ctx, &c, NULL, false, &v);
        if (r)
                return status_fold(r);
        ctx_notice(ctx, "aftersales", "case", case_id, 0, json_write(ctx->arena, &aftersales_view_desc, &v));
        return 0;
}
