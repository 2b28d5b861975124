/* Products and skus as orders show them and as they were read; return addresses as they were last read. */
#include "catalogue/rows.h"

static bool seen_before(const struct catalogue_seen *seen, size_t i)
{
        for (size_t k = 0; k < i; k++)
                if (text_eq(seen[k].product_id, seen[i].product_id))
                        return true;
        return false;
}

int catalogue_see(struct ctx *ctx, int64_t account_id, const struct catalogue_seen *seen, size_t n)
{
        int r = 0;
        for (size_t i = 0; i < n && !r; i++) {
                const struct catalogue_seen *s = &seen[i];
                if (text_empty(s->product_id))
                        continue;
                const char *title = s->title ? s->title : "";
                r = db_exec(ctx, &catalogue_q_product_see, DB_I(ctx->merchant), DB_I(account_id), DB_T(s->product_id),
                            DB_T(title), DB_T(text_fold(ctx->arena, title)), DB_T(s->image), DB_I(s->price),
                            DB_I(ctx->now), DB_I(!seen_before(seen, i)), DB_I(catalogue_number(s->product_id)));
                if (!r && !text_empty(s->sku_id))
                        r = db_exec(ctx, &catalogue_q_sku_see, DB_I(ctx->merchant), DB_I(account_id),
                                    DB_T(s->product_id), DB_T(s->sku_id), DB_T(s->sku_text), DB_T(s->sku_code),
                                    DB_T(s->image), DB_I(s->price), DB_I(ctx->now));
        }
        return status_fold(r);
}

int catalogue_product_get(struct ctx *ctx, int64_t account_id, const char *product_id, struct catalogue_product *out)
{
        int r = db_one(ctx, &catalogue_q_product_get, out, DB_I(ctx->merchant), DB_I(account_id), DB_T(product_id));
        return r == DB_E_NONE ? CATALOGUE_E_NONE : status_fold(r);
}

int catalogue_product_any(struct ctx *ctx, const char *product_id, struct catalogue_product *out)
{
        int r = db_one(ctx, &catalogue_q_product_any, out, DB_I(ctx->merchant), DB_I(catalogue_number(product_id)),
                       DB_T(product_id));
        return r == DB_E_NONE ? CATALOGUE_E_NONE : status_fold(r);
}

int catalogue_skus(struct ctx *ctx, const struct catalogue_product *p, struct catalogue_sku **out, size_t *n)
{
        return status_fold(db_all(ctx, &catalogue_q_skus, out, n, DB_I(ctx->merchant), DB_I(p->account_id),
                                  DB_T(p->product_id), DB_I(p->read_at)));
}

int64_t catalogue_number(const char *product_id)
{
        int64_t n;
        return text_to_int(product_id, 0, INT64_MAX, &n) ? 0 : n;
}

const char *catalogue_pattern(struct arena *arena, const char *part)
{
        return text_like(arena, text_fold(arena, part));
}

int catalogue_list(struct ctx *ctx, const struct catalogue_filter *f, struct catalogue_product **out, size_t *n)
{
        int64_t before = f->before_number || f->before_account ? f->before_number : INT64_MAX;
        struct catalogue_product one;

        if (!text_empty(f->q) && catalogue_number(f->q) && !f->before_number) {
                int r = catalogue_product_any(ctx, f->q, &one);
                if (r != CATALOGUE_E_NONE) {
                        *out = r ? NULL : arena_memdup(ctx->arena, &one, sizeof(one));
                        *n = !r;
                        return r;
                }
        }
        return status_fold(db_all(ctx, &catalogue_q_product_list, out, n, DB_I(ctx->merchant), DB_I(before),
                                  DB_I(f->before_account ? f->before_account : INT64_MAX),
                                  DB_T(catalogue_pattern(ctx->arena, f->q ? f->q : "")), DB_I(f->account_id), DB_I(f->status),
                                  DB_I(f->limit)));
}

int catalogue_find(struct ctx *ctx, const char *part, int64_t limit, const char ***product_ids, size_t *n)
{
        struct catalogue_id_row *rows;
        int r = db_all(ctx, &catalogue_q_find, &rows, n, DB_I(ctx->merchant), DB_T(catalogue_pattern(ctx->arena, part)),
                       DB_I(limit));
        if (r)
                return status_fold(r);
        *product_ids = arena_array(ctx->arena, const char *, *n);
        for (size_t i = 0; i < *n; i++)
                (*product_ids)[i] = rows[i].id;
        return 0;
}

int catalogue_addresses(struct ctx *ctx, int64_t account_id, struct catalogue_address **out, size_t *n)
{
        return status_fold(db_all(ctx, &catalogue_q_addresses, out, n, DB_I(ctx->merchant), DB_I(account_id)));
}

int catalogue_address_get(struct ctx *ctx, int64_t account_id, const char *address_id, struct catalogue_address *out)
{
        int r = db_one(ctx, &catalogue_q_address_get, out, DB_I(ctx->merchant), DB_I(account_id), DB_T(address_id));
        return r == DB_E_NONE ? CATALOGUE_E_NONE : status_fold(r);
}
