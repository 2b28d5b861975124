/* What our own tables tell of an account: when the platform last called, what was refused, what only a poller found. */
#include "shops/checks.h"
#include "shops/rows.h"

#include "store/check.h"
#include "store/ledger.h"

#include <string.h>

enum {
        HOUR_MS = 3600 * 1000,
        CHINA_MS = 8 * HOUR_MS, /* the shops' customers live by this clock, wherever the server stands */
        OPENS_HOUR = 9, CLOSES_HOUR = 22,
        REFUSED_FOR_MS = 24 * HOUR_MS,
        SETTLES_MS = 2 * HOUR_MS, /* after connecting, pollers find the past: that says nothing of the callbacks */
};

static const char *digits(struct ctx *ctx, int64_t n)
{
        return arena_printf(ctx->arena, "%lld", (long long)n);
}

/* Business hours, in ms, since the epoch: the difference of two moments is what lay between them. */
int64_t shops_open_ms(int64_t at)
{
        const int64_t day = 24 * HOUR_MS, opens = OPENS_HOUR * HOUR_MS, open = (CLOSES_HOUR - OPENS_HOUR) * HOUR_MS;
        int64_t today = (at + CHINA_MS) % day - opens;

        return (at + CHINA_MS) / day * open + (today < 0 ? 0 : today > open ? open : today);
}

int shops_check_callback_age(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_account a;
        int64_t last, silent;
        int r = shops_account_get(ctx, of->account_id, &a);

        (void)shared;
        if (r)
                return r == SHOPS_E_NONE ? 0 : r; /* dropped meanwhile */
        if (a.last_callback_at)
                check_fact(ctx, out, "age_s", digits(ctx, (ctx->now - a.last_callback_at) / 1000));
        if (!a.connected_at && !a.last_callback_at)
                return check_say(out, CHECK_UNKNOWN, a.url_checked_at ? "网址检查已通过，还在等第一条真实回调。" : "还在等平台来检查回调网址。",
                                 a.url_checked_at ? "The URL check has passed; the first real callback is awaited."
                                                  : "The platform has not checked the callback URL yet.",
                                 a.url_checked_at ? "触发一次：客户发条消息、下个测试单或关注一下。" : "把卡片里的 URL、Token、EncodingAESKey 粘贴到平台并保存。",
                                 a.url_checked_at ? "Cause one: have somebody write, order or follow."
                                                  : "Paste URL, Token and EncodingAESKey of the card at the platform and save.");
        last = a.last_callback_at > a.connected_at ? a.last_callback_at : a.connected_at;
        silent = shops_open_ms(ctx->now) - shops_open_ms(last);
        /* Few follow an official account every day. */
        if (silent < of->limit * HOUR_MS || text_eq(of->kind, "mp"))
                return check_say(out, CHECK_OK, "平台的回调在正常到达。", "The platform's callbacks arrive.", NULL, NULL);
        return check_say(out, CHECK_FAIL, arena_printf(ctx->arena, "营业时间里已有 %lld 小时没有收到这个账号的回调。", (long long)(silent / HOUR_MS)),
                         arena_printf(ctx->arena, "No callback of this account for %lld business hours.", (long long)(silent / HOUR_MS)),
                         "到平台的回调配置页重新保存一次地址（会立刻触发网址检查）；保存失败就查域名、证书、防火墙和反向代理。很安静的店可以调大设置 callback-silent-hours。",
                         "Save the address once more on the platform's callback page (it is checked at once); if that fails look at name, certificate, firewall and proxy. For a very quiet shop raise the setting callback-silent-hours.");
}

int shops_check_callback_refused(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_account a;
        struct shops_refusal why, newest = {0};
        struct ledger_note_row *rows;
        int64_t at = 0;
        size_t n;
        int r = shops_account_get(ctx, of->account_id, &a);

        (void)shared;
        if (!r)
                r = ledger_notes(ctx, &rows, &n);
        if (r)
                return r == SHOPS_E_NONE ? 0 : r;
        for (size_t i = 0; i < n; i++)
                if (rows[i].account_id == of->account_id && rows[i].last_at > at && shops_refusal_of(rows[i].reason, &why)) {
                        at = rows[i].last_at;
                        newest = why;
                        check_fact(ctx, out, rows[i].reason, digits(ctx, rows[i].count));
                }
        if (at > a.last_callback_at && at > a.url_checked_at && ctx->now - at < REFUSED_FOR_MS)
                return check_say(out, CHECK_FAIL, newest.zh, newest.en, newest.fix_zh, newest.fix_en);
        return check_say(out, CHECK_OK, "收到的回调都能验签和解密。", "Callbacks are rightly signed, and open.", NULL, NULL);
}

int shops_check_found(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_account a;
        struct check_row last;
        const char *before;
        int64_t known = 0;
        int r = shops_account_get(ctx, of->account_id, &a);

        (void)shared;
        if (r)
                return r == SHOPS_E_NONE ? 0 : r;
        r = check_get(ctx, of->account_id, "shops.found_by_polling", &last);
        if (r < 0)
                return r;
        before = r ? NULL : json_get(ctx->arena, bytes_of_text(last.facts), "count");
        check_fact(ctx, out, "count", digits(ctx, a.found_by_polling));
        if (!before || text_to_int(before, 0, INT64_MAX, &known) || a.found_by_polling <= known ||
            ctx->now - a.connected_at < SETTLES_MS || ctx->now - a.last_callback_at < 10 * 60 * 1000)
                return check_say(out, CHECK_OK, "没有漏掉的回调。", "No callbacks are missed.", NULL, NULL);
        return check_say(out, CHECK_WARN,
                         arena_printf(ctx->arena, "轮询又补回 %lld 条没有回调告知的变化：平台的推送没有到。", (long long)(a.found_by_polling - known)),
                         arena_printf(ctx->arena, "Polling found %lld more changes that no callback told of: pushes do not arrive.",
                                      (long long)(a.found_by_polling - known)),
                         "到平台的回调配置页重新保存一次地址；数据没有丢，但会晚几分钟。",
                         "Save the address once more on the platform's callback page; nothing is lost, but it comes minutes later.");
}

/* ---- what a good look proves ---- */

int shops_settle_call(struct ctx *ctx, const struct check_of *of, const struct check_result *res)
{
        return res->level == CHECK_OK ? shops_note_call(ctx, of->account_id) : 0;
}

int shops_settle_kf(struct ctx *ctx, const struct check_of *of, const struct check_result *res)
{
        bool granted = res->level == CHECK_OK && res->facts && strstr(res->facts, "\"granted\"");

        return granted ? shops_note_kf(ctx, of->account_id, true) : 0;
}

int shops_settle_bound(struct ctx *ctx, const struct check_of *of, const struct check_result *res)
{
        if (res->level == CHECK_UNKNOWN)
                return 0;
        return status_fold(db_exec(ctx, &shops_q_account_bound, DB_I(ctx->merchant), DB_I(of->account_id),
                                   DB_I(res->level == CHECK_OK)));
}
