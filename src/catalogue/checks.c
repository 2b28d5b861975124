/* What our own tables tell of all products of a shop: the list is read four times a day, and a changed one at once. */
#include "catalogue/checks.h"
#include "catalogue/rows.h"

/* What no list has named for so long is not told of: the platform no longer has it, or we cannot ask. */
#define TOLD_FOR_MS (2 * 24 * 3600 * 1000LL)

int catalogue_check_products(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct catalogue_bare_row bare;
        struct catalogue_id_row any;
        int64_t since = ctx->now - TOLD_FOR_MS;
        const char *n;
        int r = db_one(ctx, &catalogue_q_bare, &bare, DB_I(ctx->merchant), DB_I(of->account_id), DB_I(since));

        (void)shared;
        if (r == DB_E_NONE) {
                r = db_one(ctx, &catalogue_q_read, &any, DB_I(ctx->merchant), DB_I(of->account_id), DB_I(since));
                if (r == DB_E_NONE)
                        return check_say(out, CHECK_UNKNOWN, "还没有读到这个小店的商品。", "No product of this shop has been read yet.", NULL, NULL);
                return r ? status_fold(r) : check_say(out, CHECK_OK, "在售商品都有退货地址。", "Products on sale have a return address.", NULL, NULL);
        }
        if (r)
                return status_fold(r);
        n = arena_printf(ctx->arena, "%lld", (long long)bare.n);
        check_fact(ctx, out, "without", n);
        return check_say(out, CHECK_WARN,
                         arena_printf(ctx->arena, "有 %s 件在售商品没有自己的退货地址，例如「%s」：自动同意退货会寄到默认地址。", n, bare.title),
                         arena_printf(ctx->arena, "%s products on sale have no return address of their own, such as \"%s\": returns agreed automatically go to the default one.",
                                      n, bare.title),
                         "“商品”页标出了它们；在小店后台编辑，选“退货地址”。",
                         "The page of products marks them; edit them in the shop's console and choose a return address.");
}
