/* What only shops and official accounts have: addresses, money, quotas, the Open Platform. */
#include "shops/checks.h"
#include "shops/remote_look.h"
#include "shops/shops.h"

#include "base/clock.h"
#include "platform/quota.h"

#include <string.h>

enum {
        ADDRESSES_MAX = 20,
        DAY_S = 86400,
};

static const char *digits(struct ctx *ctx, int64_t n)
{
        return arena_printf(ctx->arena, "%lld", (long long)n);
}

int shops_check_status(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_look *look;
        int r = shops_look_of(ctx, of, shared, &look);

        if (r || look->probe)
                return r ? r : shops_unseen(out);
        check_fact(ctx, out, "status", look->info.status);
        if (text_empty(look->info.status) || text_eq(look->info.status, "open_finished"))
                return check_say(out, CHECK_OK, "小店正常营业。", "The shop is open.", NULL, NULL);
        return check_say(out, CHECK_FAIL, arena_printf(ctx->arena, "小店不在营业状态（%s）。", look->info.status),
                         arena_printf(ctx->arena, "The shop is not open (%s).", look->info.status),
                         "到小店后台看开店进度或关店原因；恢复前不会有新订单。", "See in the shop's console why; until then there are no new orders.");
}

int shops_check_return_address(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_look *look;
        struct shop_address address;
        struct wx_fault fault;
        const char *const *ids;
        size_t n;
        int r = shops_look_of(ctx, of, shared, &look);

        if (r || look->probe)
                return r ? r : shops_unseen(out);
        r = shop_address_list(ctx, of->account_id, &ids, &n, &fault);
        for (size_t i = 0; !r && i < n && i < ADDRESSES_MAX; i++) {
                r = shop_address_get(ctx, of->account_id, ids[i], &address, &fault);
                if (!r && address.default_recv)
                        return check_say(out, CHECK_OK, "有默认退货地址。", "There is a default return address.", NULL, NULL);
        }
        if (r)
                return r < 0 ? r : shops_said(ctx, of, &fault, out);
        check_fact(ctx, out, "addresses", digits(ctx, (int64_t)n));
        return check_say(out, CHECK_FAIL, "小店没有默认退货地址：任何订单都发不了货（606003）。", "The shop has no default return address: nothing can be shipped (606003).",
                         "在小店后台「店铺管理 → 地址管理」里设一个默认退货地址。", "Set one in the shop's console, 店铺管理 → 地址管理.");
}

static int said_bound(struct check_result *out, bool bound)
{
        if (bound)
                return check_say(out, CHECK_OK, "已绑定微信开放平台，能认出同一个人。", "Bound to an Open Platform account: the same person is recognised.", NULL, NULL);
        return check_say(out, CHECK_WARN, "没有绑定微信开放平台：没有 unionid，同一个人的聊天和订单不能自动对上。",
                         "Not bound to an Open Platform account: without unionid, a person's chats and orders are not linked by themselves.",
                         "在「微信开放平台 → 管理中心」注册并绑定这个账号；绑定后新数据自动带上 unionid。",
                         "Register at open.weixin.qq.com → 管理中心 and bind this account; new data then carries it.");
}

static int newest_order(struct ctx *ctx, const struct check_of *of, bool *found, bool *bound, struct wx_fault *fault)
{
        int64_t now_s = clock_wall_ms() / 1000;
        struct shop_order_query query = {.create_from = now_s - 6 * DAY_S, .create_to = now_s, .page_size = 1};
        struct shop_order order;
        struct shop_ids ids;
        struct bytes raw;
        int r = shop_order_list(ctx, of->account_id, &query, &ids, fault);

        *found = !r && ids.n;
        if (!*found)
                return r;
        r = shop_order_get(ctx, of->account_id, ids.ids[0], &order, &raw, fault);
        *bound = !r && !text_empty(order.unionid);
        return r;
}

int shops_check_bound(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        const char *openid = NULL, *unionid = NULL;
        struct shops_look *look;
        struct wx_fault fault;
        bool found = false, bound = false;
        int r = shops_look_of(ctx, of, shared, &look);

        if (r || look->probe)
                return r ? r : shops_unseen(out);
        if (text_eq(of->kind, "shop")) {
                r = newest_order(ctx, of, &found, &bound, &fault);
        } else {
                r = look_follower(ctx, of->account_id, &openid, &unionid, &fault);
                found = openid != NULL;
                bound = !text_empty(unionid);
        }
        if (r)
                return r < 0 ? r : shops_said(ctx, of, &fault, out);
        if (!found)
                return check_say(out, CHECK_UNKNOWN, "还没有订单或粉丝，看不出是否绑定了微信开放平台。", "No order or follower yet by which it could be seen.", NULL, NULL);
        return said_bound(out, bound);
}

int shops_check_balance(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct look_balance balance;
        struct shops_look *look;
        struct wx_fault fault;
        int r = shops_look_of(ctx, of, shared, &look);

        if (r || look->probe)
                return r ? r : shops_unseen(out);
        r = look_balance(ctx, of->account_id, &balance, &fault);
        if (r)
                return r < 0 ? r : shops_said(ctx, of, &fault, out);
        check_fact(ctx, out, "available_fen", digits(ctx, balance.available_amount));
        if (balance.available_amount >= of->limit * 100)
                return check_say(out, CHECK_OK, "小店余额够退款。", "The shop's balance covers refunds.", NULL, NULL);
        return check_say(out, CHECK_WARN, arena_printf(ctx->arena, "小店可用余额只有 %.2f 元，不到 %lld 元：退款会失败。", (double)balance.available_amount / 100, (long long)of->limit),
                         arena_printf(ctx->arena, "Only %.2f yuan are available in the shop, less than %lld: refunds will fail.",
                                      (double)balance.available_amount / 100, (long long)of->limit),
                         "在小店后台「资金 → 账户余额」充值，或等待结算；提醒的界线是设置 balance-low-yuan。",
                         "Top up in the shop's console, 资金, or wait for the settlement; the setting balance-low-yuan says when this is told.");
}

int shops_check_budget(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        static const char *const paths[] = {"/channels/ec/order/list/get", "/channels/ec/order/get", "/channels/ec/aftersale/getaftersaleorder"};
        struct wx_quota quota;
        struct shops_look *look;
        struct wx_fault fault;
        int r = shops_look_of(ctx, of, shared, &look);

        if (r || look->probe)
                return r ? r : shops_unseen(out);
        for (size_t i = 0; i < countof(paths); i++) {
                r = wx_quota(ctx, of->account_id, paths[i], &quota, &fault);
                if (r)
                        return r < 0 ? r : shops_said(ctx, of, &fault, out);
                if (quota.remain > quota.daily_limit / 10)
                        continue;
                check_fact(ctx, out, "path", paths[i]);
                check_fact(ctx, out, "remain", digits(ctx, quota.remain));
                return check_say(out, quota.remain > 0 ? CHECK_WARN : CHECK_FAIL,
                                 arena_printf(ctx->arena, "今天 %s 的调用额度只剩 %lld 次。", paths[i], (long long)quota.remain),
                                 arena_printf(ctx->arena, "%lld calls of %s are left today.", (long long)quota.remain, paths[i]),
                                 "零点自动恢复；别的程序也在用这个 AppID 的话请停掉，或在平台“清零”。", "It is back at midnight; stop other programs that use this AppID, or clear it at the platform.");
        }
        return check_say(out, CHECK_OK, "今天的调用额度充足。", "Today's call budget is ample.", NULL, NULL);
}

int shops_check_decode_quota(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct wx_quota quota;
        struct shops_look *look;
        struct wx_fault fault;
        int r = shops_look_of(ctx, of, shared, &look);

        if (r || look->probe)
                return r ? r : shops_unseen(out);
        r = wx_quota(ctx, of->account_id, "/channels/ec/order/sensitiveinfo/decode", &quota, &fault);
        if (r)
                return r < 0 ? r : shops_said(ctx, of, &fault, out);
        check_fact(ctx, out, "remain", digits(ctx, quota.remain));
        if (quota.remain > 0)
                return check_say(out, CHECK_OK, "还能查看收件信息。", "Receivers can still be decoded.", NULL, NULL);
        return check_say(out, CHECK_WARN, "今天查看收件信息（解密）的次数已用完。", "Today's quota of receivers decoded is used up.",
                         "零点自动恢复；急用请到小店后台查看。", "It is back at midnight; until then look in the shop's console.");
}

int shops_check_shopkf(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct wx_quota quota;
        struct shops_look *look;
        struct wx_fault fault;
        int r = shops_look_of(ctx, of, shared, &look);

        if (r || look->probe)
                return r ? r : shops_unseen(out);
        r = wx_quota(ctx, of->account_id, "/channels/ec/commkf/sendmsg", &quota, &fault);
        if (r < 0)
                return r;
        if (!r) {
                check_fact(ctx, out, "granted", "yes");
                return check_say(out, CHECK_OK, "小店客服接口已对本程序开通。", "In-shop 客服 is granted to this program.", NULL, NULL);
        }
        if (fault.errcode != 76022 && fault.errcode != 48001)
                return shops_said(ctx, of, &fault, out);
        if (!of->uses_kf)
                return check_say(out, CHECK_OK, "没有使用小店客服接口。", "In-shop 客服 is not used.", NULL, NULL);
        return check_say(out, CHECK_FAIL, "小店客服接口已被关闭或收回：店内消息到不了这里。", "In-shop 客服 was switched off or taken back: in-shop messages do not come here.",
                         "在小店后台「客服 → 自研客服」重新开通并由超级管理员扫码；暂时请在小店后台回复。",
                         "Grant 自研客服 again in the shop's console (the super administrator scans); answer there meanwhile.");
}
