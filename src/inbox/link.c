/*
 * Whose order is it? She sends an order card, or writes an order number: then her 微信客服 identity and the order's
 * buyer are one person. Only if every order number of that message is known and they all belong to one buyer: two
 * buyers' numbers in one message prove nothing, and neither does a number that we do not know. Never a guess.
 */
#include "inbox/parts.h"

#include "contacts/contacts.h"
#include "orders/orders.h"

#define NUMBERS_MAX 5 /* in one message; one with more is a list of somebody's orders, not hers */

static int end_claims(struct ctx *ctx, int64_t message_id, const char *state, const char *reason)
{
        return status_fold(
                db_exec(ctx, &q_claim_end, DB_I(ctx->merchant), DB_I(message_id), DB_T(state), DB_T(reason)));
}

static int tie(struct ctx *ctx, const struct claim_row *c, int64_t buyer)
{
        struct text detail;
        int64_t link_id;

        text_init(&detail, ctx->arena);
        text_add(&detail, "{\"order\":");
        json_quote(&detail, c->number);
        text_addf(&detail, ",\"message_id\":\"%lld\"}", (long long)c->message_id);
        int r = contacts_link_make(ctx, c->identity_id, buyer, c->evidence, detail.p, &link_id);
        switch (r) {
        case 0:
        case CONTACTS_E_SAME:
                return end_claims(ctx, c->message_id, "linked", NULL);
        case CONTACTS_E_CONFLICT:
                return end_claims(ctx, c->message_id, "refused", "conflict");
        case CONTACTS_E_UNDONE:
                return end_claims(ctx, c->message_id, "refused", "undone");
        default:
                return status_fold(r);
        }
}

/* Looks at all numbers of a message together. *unknown: how many are not known yet. */
static int decide(struct ctx *ctx, int64_t message_id, size_t *unknown)
{
        struct claim_row *claims;
        size_t n;
        int64_t buyer = 0;

        *unknown = 0;
        int r = db_all(ctx, &q_claims_message, &claims, &n, DB_I(ctx->merchant), DB_I(message_id));
        if (r || n == 0)
                return status_fold(r);
        for (size_t i = 0; i < n; i++) {
                struct orders_order order;
                r = orders_find_number(ctx, claims[i].number, &order);
                if (r == ORDERS_E_NONE) {
                        ++*unknown;
                        continue;
                }
                if (r)
                        return status_fold(r);
                if (order.identity_id == 0)
                        return end_claims(ctx, message_id, "refused", "no_buyer");
                if (buyer && buyer != order.identity_id)
                        return end_claims(ctx, message_id, "refused", "several_buyers");
                buyer = order.identity_id;
        }
        return *unknown ? 0 : tie(ctx, &claims[0], buyer);
}

/* Asks every shop of the merchant for the order; the one that has it will tell (inbox_on_order). */
static int refresh(struct ctx *ctx, const char *number)
{
        struct shops_account *accounts;
        size_t n;

        int r = shops_accounts_of(ctx, "shop", &accounts, &n);
        for (size_t i = 0; r == 0 && i < n; i++)
                r = orders_refresh(ctx, accounts[i].account_id, number);
        return status_fold(r);
}

int inbox_claims_make(struct ctx *ctx, int64_t message_id, int64_t identity_id, const struct incoming *m)
{
        const char *numbers[NUMBERS_MAX];
        const char *evidence = m->card ? "order_card" : "order_number";
        size_t n, unknown;

        if (!text_empty(m->card)) {
                numbers[0] = m->card;
                n = 1;
        } else {
                n = inbox_order_numbers(ctx->arena, m->words, numbers, NUMBERS_MAX);
        }
        if (n == 0 || n > NUMBERS_MAX)
                return 0;
        for (size_t i = 0; i < n; i++) {
                int r = db_exec(ctx, &q_claim_add, DB_I(ctx->merchant), DB_I(message_id), DB_T(numbers[i]),
                                DB_I(identity_id), DB_T(evidence), DB_I(ctx->now));
                if (r)
                        return status_fold(r);
        }
        int r = decide(ctx, message_id, &unknown);
        for (size_t i = 0; r == 0 && unknown && i < n; i++) {
                struct orders_order order;
                r = orders_find_number(ctx, numbers[i], &order);
                r = r == ORDERS_E_NONE ? refresh(ctx, numbers[i]) : status_fold(r);
        }
        return r;
}

int inbox_on_order(struct ctx *ctx, const void *payload)
{
        const struct orders_changed *changed = payload;
        struct claim_row *claims;
        size_t n, unknown;

        int r = db_all(ctx, &q_claims_waiting, &claims, &n, DB_I(ctx->merchant), DB_T(changed->remote_id));
        if (r)
                return status_fold(r);
        for (size_t i = 0; i < n; i++) {
                r = decide(ctx, claims[i].message_id, &unknown);
                if (r)
                        return r;
        }
        return 0;
}

/* A person changed under a thread: the console shows another name, other orders. */
int inbox_on_linked(struct ctx *ctx, const void *payload)
{
        const struct contacts_linked *linked = payload;
        const int64_t both[] = {linked->identity_a, linked->identity_b};

        for (size_t i = 0; i < countof(both); i++) {
                struct thread_row *threads;
                size_t n;
                int r = db_all(ctx, &q_threads_of_identity, &threads, &n, DB_I(ctx->merchant), DB_I(both[i]));
                if (r)
                        return status_fold(r);
                for (size_t k = 0; k < n; k++) {
                        r = inbox_thread_notice(ctx, threads[k].thread_id);
                        if (r)
                                return r;
                }
        }
        return 0;
}

int inbox_link_order(struct ctx *ctx, int64_t thread_id, int64_t order_id)
{
        struct thread_row t;
        struct orders_order order;
        struct text detail;
        int64_t link_id;

        int r = inbox_thread_row(ctx, thread_id, &t);
        if (r)
                return r;
        r = orders_get(ctx, order_id, &order);
        if (r)
                return r == ORDERS_E_NONE ? INBOX_E_NONE : status_fold(r);
        if (order.identity_id == 0)
                return INBOX_E_NO_IDENTITY;
        if (order.identity_id == t.identity_id)
                return 0;
        text_init(&detail, ctx->arena);
        text_add(&detail, "{\"order\":");
        json_quote(&detail, order.remote_id);
        text_add(&detail, "}");
        r = contacts_link_make(ctx, t.identity_id, order.identity_id, "agent", detail.p, &link_id);
        return r == CONTACTS_E_SAME ? 0 : status_fold(r);
}
