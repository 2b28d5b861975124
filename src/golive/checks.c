/* What the doctor looks at: a live shop that has fallen silent. */
#include "golive/rows.h"

#include "shops/shops.h"

#define MINUTE_MS (60 * 1000LL)

int golive_check_silent(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_account account;
        struct golive_shop s;
        int r = golive_get(ctx, of->account_id, &s);

        (void)shared;
        if (!r)
                r = shops_account_get(ctx, of->account_id, &account);
        if (r)
                return r < 0 ? r : 0; /* dropped meanwhile */
        if (!text_eq(s.state, "live"))
                return check_say(out, CHECK_OK, "店内客服还没有在这里上线。", "In-shop 客服 is not live here.", NULL, NULL);
        int64_t last = account.kf_heard_at > s.live_at ? account.kf_heard_at : s.live_at;
        long long silent = (shops_open_ms(ctx->now) - shops_open_ms(last)) / MINUTE_MS;
        if (silent < s.silent_minutes)
                return check_say(out, CHECK_OK, "店内咨询在正常到达。", "In-shop consults arrive.", NULL, NULL);
        return check_say(out, CHECK_FAIL, arena_printf(ctx->arena, "营业时间里已有 %lld 分钟没有收到店内咨询。", silent),
                         arena_printf(ctx->arena, "No in-shop consult for %lld minutes of business hours.", silent),
                         "用买家身份在小店里发一句话；收不到就到「上线」页按步骤切回小店后台，再查回调。安静的店可以在「上线」页调大分钟数。",
                         "Write in the shop as a buyer; if that does not arrive, go back to the shop's console as the going-live page says, then look at the callbacks. For a quiet shop raise the minutes there.");
}
