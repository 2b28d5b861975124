/* Writing a case as the platform tells it: newer wins, its truth wins, every step is kept. */
#include "aftersales/keep.h"

#include "backfill/backfill.h"
#include "base/log.h"
#include "base/seal.h"
#include "base/zip.h"
#include "catalogue/catalogue.h"
#include "contacts/contacts.h"
#include "orders/orders.h"
#include "store/event.h"

static int add_move(struct ctx *ctx, const struct aftersales_case *c, const char *from, const char *cause)
{
        return db_exec(ctx, &aftersales_q_move_insert, DB_I(ctx->merchant), DB_I(c->case_id), DB_I(c->version),
                       DB_I(ctx->now), DB_T(from), DB_T(c->status), DB_T(cause), DB_T(ctx->actor.name));
}

static int tell_above(struct ctx *ctx, const struct aftersales_case *c, const char *old_status)
{
        struct aftersales_changed changed = {
                .case_id = c->case_id,
                .account_id = c->account_id,
                .identity_id = c->identity_id,
                .order_id = c->order_id,
                .old_status = old_status,
                .status = c->status,
                .remote_id = c->remote_id,
        };
        int r = aftersales_tell(ctx, c->case_id);
        return r ? r : status_fold(event_raise(ctx, &aftersales_event_changed, &changed));
}

int aftersales_write(struct ctx *ctx, const struct aftersales_case *before, struct aftersales_case *c,
                     const char *cause)
{
        int r = db_exec(ctx, &aftersales_q_update, DB_I(ctx->merchant), DB_I(c->case_id), DB_I(before->version),
                        DB_I(c->order_id), DB_I(c->identity_id), DB_T(c->type), DB_T(c->status), DB_I(c->amount),
                        DB_T(c->reason), DB_T(c->reason_text), DB_T(c->product_title), DB_I(c->deadline),
                        DB_I(c->updated_at), DB_T(c->decision), DB_T(c->decision_note), DB_I(aftersales_waits(c)),
                        DB_I(!aftersales_over(c->status)), DB_I(aftersales_due(c)));
        if (r)
                return status_fold(r);
        if (db_changed(ctx) != 1)
                return fatal(EAGAIN, "case %lld changed under its own transaction", (long long)c->case_id);
        c->version = before->version + 1;
        if (cause)
                r = status_fold(add_move(ctx, c, before->status, cause));
        return r ? r : tell_above(ctx, c, before->status);
}

/* ---- from the platform ---- */

static int buyer_of(struct ctx *ctx, struct aftersales_kept *k)
{
        if (text_empty(k->openid))
                return 0;
        int r = contacts_ensure(ctx, "shop", k->c.account_id, k->openid, k->unionid, NULL, NULL, &k->c.identity_id);
        return r == CONTACTS_E_BAD_ID ? AFTERSALES_E_BAD : status_fold(r);
}

#define NEWS_MS (24 * 3600 * 1000LL)

/* The order of a case of today is fetched now; one of history has its place among what is read of the past. */
static int fetch_order(struct ctx *ctx, const struct aftersales_kept *k)
{
        int r = BACKFILL_E_NONE;

        if (k->c.updated_at < ctx->now - NEWS_MS)
                r = backfill_want(ctx, k->c.account_id, "orders", k->c.order_remote_id, k->c.updated_at / 1000);
        if (r == BACKFILL_E_NONE)
                r = orders_refresh(ctx, k->c.account_id, k->c.order_remote_id);
        return status_fold(r);
}

/* Ties the case to our order, or has the order fetched: the listener ties it when it comes. */
static int order_of(struct ctx *ctx, struct aftersales_kept *k)
{
        struct orders_order o;
        if (text_empty(k->c.order_remote_id))
                return 0;
        int r = orders_by_remote(ctx, k->c.account_id, k->c.order_remote_id, &o);
        if (r == ORDERS_E_NONE)
                return fetch_order(ctx, k);
        if (r)
                return status_fold(r);
        k->c.order_id = o.order_id;
        if (!k->c.identity_id)
                k->c.identity_id = o.identity_id;
        if (!k->c.product_title)
                k->c.product_title = o.title;
        return 0;
}

/* The object names the product by its id; the words come from the orders that had it. */
static int title_of(struct ctx *ctx, struct aftersales_kept *k)
{
        struct catalogue_product p;
        if (text_empty(k->product_id))
                return 0;
        int r = catalogue_product_get(ctx, k->c.account_id, k->product_id, &p);
        if (r)
                return r == CATALOGUE_E_NONE ? 0 : status_fold(r);
        k->c.product_title = p.title;
        return 0;
}

static int keep_object(struct ctx *ctx, int64_t case_id, struct bytes object)
{
        struct bytes sealed = seal_close(ctx->arena, ctx->keys, zip_close(ctx->arena, object),
                                         seal_where(ctx->arena, ctx->merchant, "aftersales_object", case_id));
        return status_fold(db_exec(ctx, &aftersales_q_object_save, DB_I(ctx->merchant), DB_I(case_id), DB_B(sealed)));
}

static int insert(struct ctx *ctx, struct aftersales_case *c)
{
        c->case_id = ctx_new_id(ctx);
        c->version = 1;
        c->decision = "none";
        int r = db_exec(ctx, &aftersales_q_insert, DB_I(ctx->merchant), DB_I(c->case_id), DB_I(c->account_id),
                        DB_T(c->remote_id), DB_T(c->order_remote_id), DB_I(c->order_id), DB_I(c->identity_id),
                        DB_T(c->type), DB_T(c->status), DB_I(c->amount), DB_T(c->reason), DB_T(c->reason_text),
                        DB_T(c->product_title), DB_I(c->deadline), DB_I(c->created_at), DB_I(c->updated_at),
                        DB_I(aftersales_waits(c)), DB_I(!aftersales_over(c->status)), DB_I(aftersales_due(c)));
        if (!r)
                r = add_move(ctx, c, "", "platform");
        if (r)
                return status_fold(r);
        /* A return will have to name an address; let the list be there when somebody opens the case. */
        if (aftersales_needs_address(c)) {
                struct catalogue_address *addresses;
                size_t n;
                r = catalogue_addresses(ctx, c->account_id, &addresses, &n);
                if (!r && !n)
                        r = catalogue_addresses_refresh(ctx, c->account_id);
                if (r)
                        return status_fold(r);
        }
        return tell_above(ctx, c, "");
}

/* The cause of a move is what the table says; the platform's truth wins when it says nothing. */
static const char *cause_of(const struct aftersales_case *before, const struct aftersales_case *c)
{
        if (text_eq(before->status, c->status))
                return NULL;
        for (size_t i = 0; i < aftersales_states.n_moves; i++) {
                const struct state_move *m = &aftersales_states.moves[i];
                if (text_eq(m->from, before->status) && text_eq(m->to, c->status))
                        return m->cause;
        }
        metric_add(&aftersales_metric_unexpected, 1);
        log_event(LOG_WARN, "aftersales.unexpected_move", "case", log_int(c->case_id), "from", before->status, "to",
                  c->status, NULL);
        return "platform (unexpected)";
}

/* A decision belongs to the status it was made in. One that is still under way is ended by its job. */
static void age_decision(const struct aftersales_case *before, struct aftersales_case *c)
{
        c->decision = before->decision;
        c->decision_note = before->decision_note;
        c->address_id = before->address_id;
        if (text_eq(before->status, c->status))
                return;
        bool ended = text_eq(c->decision, "approved") || text_eq(c->decision, "rejected");
        if (text_eq(c->decision, "refused") || (ended && aftersales_merchant_acts(c->status))) {
                c->decision = "none";
                c->decision_note = NULL;
        }
}

static bool same_case(const struct aftersales_case *a, const struct aftersales_case *b)
{
        return a->updated_at == b->updated_at && text_eq(a->status, b->status) && text_eq(a->type, b->type) &&
               a->amount == b->amount && text_eq(a->reason_text, b->reason_text) && a->order_id == b->order_id;
}

int aftersales_keep(struct ctx *ctx, struct aftersales_kept *k, bool *changed)
{
        struct aftersales_row row;
        struct aftersales_case *c = &k->c;
        *changed = false;
        int r = db_one(ctx, &aftersales_q_by_remote, &row, DB_I(ctx->merchant), DB_I(c->account_id),
                       DB_T(c->remote_id));
        if (r && r != DB_E_NONE)
                return status_fold(r);
        bool fresh = r == DB_E_NONE;
        if (!fresh) {
                c->case_id = row.c.case_id;
                if (c->updated_at < row.c.updated_at)
                        return AFTERSALES_E_OLDER;
                c->created_at = row.c.created_at;
        }
        r = buyer_of(ctx, k);
        if (!r)
                r = title_of(ctx, k);
        if (!r)
                r = order_of(ctx, k);
        if (r)
                return r;
        if (!fresh && same_case(&row.c, c))
                return 0;
        *changed = true;
        if (fresh) {
                r = insert(ctx, c);
        } else {
                age_decision(&row.c, c);
                r = aftersales_write(ctx, &row.c, c, cause_of(&row.c, c));
        }
        return r ? r : keep_object(ctx, c->case_id, k->object);
}

static const struct json_field changed_fields[] = {
        JSON_KEY(struct aftersales_changed, case_id, JSON_REQUIRED, "ours"),
        JSON_KEY(struct aftersales_changed, account_id, JSON_REQUIRED, "the shop"),
        JSON_KEY(struct aftersales_changed, identity_id, 0, "the buyer"),
        JSON_KEY(struct aftersales_changed, order_id, 0, "our order"),
        JSON_STR(struct aftersales_changed, old_status, JSON_REQUIRED, 0, 0, "empty = new to us"),
        JSON_STR(struct aftersales_changed, status, JSON_REQUIRED, 0, 0, "as it is now"),
        JSON_ID(struct aftersales_changed, remote_id, JSON_REQUIRED, "the platform's id"),
};
static const struct json_desc changed_desc = JSON_DESC("AftersalesChanged", struct aftersales_changed, changed_fields);

const struct event aftersales_event_changed = {
        .name = "aftersales.changed",
        .payload = &changed_desc,
        .summary = "a case is new, moved, or was decided",
};
