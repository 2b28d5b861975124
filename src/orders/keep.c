/* Writing an order: newer wins, one transaction, everybody above is told. */
#include "orders/view.h"

#include "base/crypt.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/seal.h"
#include "base/state.h"
#include "contacts/contacts.h"
#include "store/event.h"

#include <stdio.h>
#include <string.h>

static const char *digest_of(struct ctx *ctx, struct bytes object)
{
        uint8_t sum[32];
        crypt_sha256(object, sum);
        return crypt_hex(ctx->arena, bytes_of(sum, ORDERS_DIGEST)); /* told apart, not proven: half of it is plenty */
}

static const char *reversed(struct arena *a, const char *s)
{
        size_t n = strlen(s);
        char *out = arena_alloc(a, n + 1);
        for (size_t i = 0; i < n; i++)
                out[i] = s[n - 1 - i];
        return out;
}

static int write_row(struct ctx *ctx, const struct orders_order *o, bool fresh, const char *digest)
{
        if (fresh)
                return db_exec(ctx, &orders_q_insert, DB_I(ctx->merchant), DB_I(o->order_id), DB_I(o->account_id),
                               DB_T(o->remote_id), DB_T(reversed(ctx->arena, o->remote_id)), DB_I(o->identity_id),
                               DB_I(o->status), DB_I(o->amount), DB_I(o->created_at), DB_I(o->paid_at),
                               DB_I(o->updated_at), DB_I(o->ship_deadline), DB_T(o->title), DB_T(o->image),
                               DB_I(o->units), DB_T(o->delivery_name), DB_T(o->waybill_id), DB_T(o->receiver_masked),
                               DB_I(o->open_aftersales), DB_T(digest), DB_I(ctx->now));
        return db_exec(ctx, &orders_q_update, DB_I(ctx->merchant), DB_I(o->order_id), DB_I(o->identity_id),
                       DB_I(o->status), DB_I(o->amount), DB_I(o->created_at), DB_I(o->paid_at), DB_I(o->updated_at),
                       DB_I(o->ship_deadline), DB_T(o->title), DB_T(o->image), DB_I(o->units), DB_T(o->delivery_name),
                       DB_T(o->waybill_id), DB_T(o->receiver_masked), DB_I(o->open_aftersales), DB_T(digest),
                       DB_I(ctx->now));
}

/* Few lines per order: replacing them is simpler than telling what changed, and cannot miss anything. */
static int write_parts(struct ctx *ctx, const struct orders_kept *k, bool fresh)
{
        int64_t m = ctx->merchant, id = k->row.order_id;
        int r = 0;
        if (!fresh) {
                r = db_exec(ctx, &orders_q_lines_drop, DB_I(m), DB_I(id));
                if (!r)
                        r = db_exec(ctx, &orders_q_parcels_drop, DB_I(m), DB_I(id));
        }
        for (size_t i = 0; i < k->n_lines && !r; i++) {
                const struct orders_line *l = &k->lines[i];
                r = db_exec(ctx, &orders_q_line_insert, DB_I(m), DB_I(id), DB_I((int64_t)i), DB_T(l->product_id),
                            DB_T(l->sku_id), DB_T(l->title), DB_T(l->sku_text), DB_T(l->image), DB_I(l->count),
                            DB_I(l->sale_price), DB_I(l->real_price), DB_I(l->delivery_deadline));
        }
        for (size_t i = 0; i < k->n_parcels && !r; i++) {
                const struct orders_parcel *p = &k->parcels[i];
                r = db_exec(ctx, &orders_q_parcel_insert, DB_I(m), DB_I(id), DB_I((int64_t)i), DB_T(p->delivery_name),
                            DB_T(p->waybill_id), DB_T(text_fold(ctx->arena, p->waybill_id)), DB_I(p->delivered_at));
        }
        if (r)
                return r;
        /* Compressed before sealed: sealed bytes do not compress. */
        struct bytes sealed = seal_close(ctx->arena, ctx->keys, zip_close_with(ctx->arena, &orders_dict, k->object),
                                         seal_where(ctx->arena, m, "orders_object", id));
        return db_exec(ctx, &orders_q_object_save, DB_I(m), DB_I(id), DB_B(sealed));
}

static int buyer_of(struct ctx *ctx, const struct orders_kept *k, int64_t *identity_id)
{
        *identity_id = 0;
        if (text_empty(k->openid))
                return 0;
        int r = contacts_ensure(ctx, "shop", k->row.account_id, k->openid, k->unionid, NULL, NULL, identity_id);
        return r == CONTACTS_E_BAD_ID ? ORDERS_E_BAD : status_fold(r);
}

static void note_move(const struct orders_known *known, const struct orders_order *o)
{
        char from[24], to[24];
        snprintf(from, sizeof(from), "%lld", (long long)known->status);
        snprintf(to, sizeof(to), "%lld", (long long)o->status);
        int r = state_move(&orders_states, from, to);
        if (r == STATE_E_ILLEGAL || r == STATE_E_UNKNOWN) {
                metric_add(&orders_metric_unexpected, 1);
                log_event(LOG_WARN, "orders.unexpected_move", "order", log_int(o->order_id), "from", from, "to", to,
                          NULL);
        }
}

/* A month read at first connect is no news to a console: it would push out of memory what is. */
#define NEWS_MS (24 * 3600 * 1000LL)

static int tell_above(struct ctx *ctx, const struct orders_order *o, int64_t old_status)
{
        struct orders_changed changed = {
                .order_id = o->order_id,
                .account_id = o->account_id,
                .identity_id = o->identity_id,
                .old_status = old_status,
                .status = o->status,
                .remote_id = o->remote_id,
        };
        int r = o->updated_at > ctx->now - NEWS_MS ? orders_tell(ctx, o->order_id) : 0;
        return r ? r : status_fold(event_raise(ctx, &orders_event_changed, &changed));
}

int orders_keep(struct ctx *ctx, struct orders_kept *k, bool *changed)
{
        struct orders_known known;
        struct orders_order *o = &k->row;
        const char *digest = digest_of(ctx, k->object);
        *changed = false;
        int r = db_one(ctx, &orders_q_known, &known, DB_I(ctx->merchant), DB_I(o->account_id), DB_T(o->remote_id));
        if (r && r != DB_E_NONE)
                return status_fold(r);
        bool fresh = r == DB_E_NONE;
        o->order_id = fresh ? ctx_new_id(ctx) : known.order_id;
        if (!fresh && o->updated_at < known.updated_at)
                return ORDERS_E_OLDER;
        if (!fresh && text_eq(digest, known.digest))
                return 0;
        r = buyer_of(ctx, k, &o->identity_id);
        if (!r && fresh)
                r = status_fold(catalogue_see(ctx, o->account_id, k->seen, k->n_lines));
        if (r)
                return r;
        if (!fresh)
                note_move(&known, o);
        r = write_row(ctx, o, fresh, digest);
        if (!r)
                r = write_parts(ctx, k, fresh);
        if (r)
                return status_fold(r);
        metric_add(&orders_metric_kept, 1);
        *changed = true;
        return tell_above(ctx, o, fresh ? 0 : known.status);
}

static const struct json_field changed_fields[] = {
        JSON_KEY(struct orders_changed, order_id, JSON_REQUIRED, "ours"),
        JSON_KEY(struct orders_changed, account_id, JSON_REQUIRED, "the shop"),
        JSON_KEY(struct orders_changed, identity_id, 0, "the buyer"),
        JSON_INT(struct orders_changed, old_status, JSON_REQUIRED, 0, 0, "0 = new to us"),
        JSON_INT(struct orders_changed, status, JSON_REQUIRED, 0, 0, "as it is now"),
        JSON_ID(struct orders_changed, remote_id, JSON_REQUIRED, "the platform's number"),
};
static const struct json_desc changed_desc = JSON_DESC("OrdersChanged", struct orders_changed, changed_fields);

const struct event orders_event_changed = {
        .name = "orders.changed",
        .payload = &changed_desc,
        .summary = "an order is new or was written anew",
};
