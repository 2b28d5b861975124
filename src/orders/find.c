/* Finding orders: by id, by number, by buyer, by what a person types. */
#include "orders/view.h"

#include "base/seal.h"

#include <string.h>

#define OBJECT_MAX (4 * 1024 * 1024)
#define FIND_PRODUCTS_MAX 200
#define TAIL_MIN 4
#define TITLE_NEWEST 20000

static int found(int r)
{
        return r == DB_E_NONE ? ORDERS_E_NONE : status_fold(r);
}

int orders_get(struct ctx *ctx, int64_t order_id, struct orders_order *out)
{
        return found(db_one(ctx, &orders_q_get, out, DB_I(ctx->merchant), DB_I(order_id)));
}

int orders_by_remote(struct ctx *ctx, int64_t account_id, const char *remote_id, struct orders_order *out)
{
        return found(db_one(ctx, &orders_q_by_remote, out, DB_I(ctx->merchant), DB_I(account_id), DB_T(remote_id)));
}

static char *reversed(struct arena *a, const char *s, size_t n, size_t room)
{
        char *out = arena_alloc(a, n + room + 1);
        for (size_t i = 0; i < n; i++)
                out[i] = s[n - 1 - i];
        return out;
}

int orders_find_number(struct ctx *ctx, const char *remote_id, struct orders_order *out)
{
        const char *key = reversed(ctx->arena, remote_id, strlen(remote_id), 0);
        return found(db_one(ctx, &orders_q_find_number, out, DB_I(ctx->merchant), DB_T(key)));
}

int orders_of_identities(struct ctx *ctx, const int64_t *identity_ids, size_t n_ids, int64_t limit,
                         struct orders_order **out, size_t *n)
{
        return status_fold(db_all(ctx, &orders_q_of_identities, out, n, DB_I(ctx->merchant),
                                  DB_LIST_I(identity_ids, n_ids), DB_I(limit)));
}

static const struct db_col newest_cols[] = {DB_COL_I(struct orders_order, order_id)};
static const struct query q_newest = {
        .name = "orders.newest",
        .sql = "select order_id from orders_order where merchant_id = $1 order by created_at desc, order_id desc limit 1",
        .args = "i",
        .row = newest_cols,
        .n_row = countof(newest_cols),
        .size = sizeof(struct orders_order),
};

static int probe(struct ctx *ctx, bool *found)
{
        struct orders_order newest;
        struct bytes object;
        int r = db_one(ctx, &q_newest, &newest, DB_I(ctx->merchant));

        *found = r == 0;
        if (r)
                return r == DB_E_NONE ? 0 : status_fold(r);
        return orders_object(ctx, newest.order_id, &object);
}
const struct probe orders_probe = {"order", probe};

int orders_object(struct ctx *ctx, int64_t order_id, struct bytes *json)
{
        struct orders_object_row row;
        struct bytes zipped;
        int r = db_one(ctx, &orders_q_object_get, &row, DB_I(ctx->merchant), DB_I(order_id));
        if (r)
                return found(r);
        const char *where = seal_where(ctx->arena, ctx->merchant, "orders_object", order_id);
        if (seal_open(ctx->arena, ctx->keys, row.object, where, &zipped) ||
            zip_open_with(ctx->arena, &orders_dict, zipped, OBJECT_MAX, json))
                return fatal(EBADMSG, "object of order %lld does not open", (long long)order_id);
        return 0;
}

static bool all_digits(const char *s)
{
        return s[strspn(s, "0123456789")] == '\0';
}

/* Trims blanks: numbers are pasted with them. */
static const char *trimmed(struct arena *a, const char *q)
{
        q += strspn(q, " \t");
        size_t n = strlen(q);
        while (n && (q[n - 1] == ' ' || q[n - 1] == '\t'))
                n--;
        return arena_strndup(a, q, n);
}

int orders_search(struct ctx *ctx, const struct orders_filter *f, struct orders_order **out, size_t *n)
{
        int64_t before_at = f->before_at ? f->before_at : INT64_MAX;
        const char *q = trimmed(ctx->arena, f->q ? f->q : "");
        if (!*q)
                return status_fold(db_all(ctx, &orders_q_list, out, n, DB_I(ctx->merchant), DB_I(f->status),
                                          DB_I(f->account_id), DB_I(before_at), DB_I(f->before_id), DB_I(f->limit)));
        /* A tail is a range of the reversed numbers: from the digits alone to the digits and nines without end. */
        const char *from = "x", *to = "";
        size_t len = strlen(q);
        if (all_digits(q) && len >= TAIL_MIN && len <= 32) {
                from = reversed(ctx->arena, q, len, 0);
                char *end = reversed(ctx->arena, q, len, 32);
                memset(end + len, '9', 32);
                to = end;
        }
        const char **products;
        size_t n_products;
        int r = catalogue_find(ctx, q, FIND_PRODUCTS_MAX, &products, &n_products);
        if (r)
                return status_fold(r);
        return status_fold(db_all(ctx, &orders_q_search, out, n, DB_I(ctx->merchant), DB_I(f->status),
                                  DB_I(f->account_id), DB_I(before_at), DB_I(f->before_id), DB_I(f->limit), DB_T(from),
                                  DB_T(to), DB_T(text_fold(ctx->arena, q)), DB_LIST_T(products, n_products), DB_I(TITLE_NEWEST)));
}
