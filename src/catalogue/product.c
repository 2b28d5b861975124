/* Products and skus as orders show them; return addresses as they were last read. */
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
                            DB_I(ctx->now), DB_I(!seen_before(seen, i)));
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

int catalogue_find(struct ctx *ctx, const char *part, int64_t limit, const char ***product_ids, size_t *n)
{
        struct catalogue_id_row *rows;
        struct text pattern;
        text_init(&pattern, ctx->arena);
        text_add(&pattern, "%");
        for (const char *p = text_fold(ctx->arena, part); *p; p++) {
                if (*p == '%' || *p == '_' || *p == '\\')
                        text_add(&pattern, "\\");
                text_add_n(&pattern, p, 1);
        }
        text_add(&pattern, "%");
        int r = db_all(ctx, &catalogue_q_find, &rows, n, DB_I(ctx->merchant), DB_T(pattern.p), DB_I(limit));
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
