/* What the doctor looks at of signing in by WeCom: our own tables tell it. */
#include "staff/sign_in.h"

#include "base/check.h"

#define LOST 3 /* who changes his mind once or twice says nothing */

/* The platform never tells us that it sent nobody back (50001): that nobody comes is all there is to see. */
int staff_check_sign_in(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct staff_corp *corps;
        const struct staff_corp *corp = NULL;
        size_t n;
        int r = staff_corps(ctx, &corps, &n);

        (void)shared;
        if (r)
                return r;
        for (size_t i = 0; i < n; i++)
                if (corps[i].account_id == of->account_id)
                        corp = &corps[i];
        if (!corp || !corp->offered)
                return check_say(out, CHECK_OK, "没有开启企业微信登录，员工用密码登录。", "Signing in by WeCom is not offered; people use passwords.", NULL, NULL);
        if (corp->sent < LOST)
                return check_say(out, CHECK_OK, "企业微信登录可用。", "Signing in by WeCom works.", NULL, NULL);
        check_fact(ctx, out, "sent", arena_printf(ctx->arena, "%lld", (long long)corp->sent));
        return check_say(out, CHECK_WARN,
                         arena_printf(ctx->arena, "已有 %lld 次去了企业微信登录却没有回来。", (long long)corp->sent),
                         arena_printf(ctx->arena, "%lld browsers went to WeCom to sign in, and none came back.", (long long)corp->sent),
                         "多半是应用没有登记本站域名（错误 50001）：在「应用管理 → 自建应用 → 企业微信授权登录 → Web 网页」设置授权回调域，"
                         "在「网页授权及 JS-SDK」设置可信域名；AgentId 填错也会这样。",
                         "Most likely the app does not know our domain (error 50001): set the callback domain in 应用管理 → 自建 → 企业微信授权登录 → Web 网页, "
                         "and the trusted domain in 网页授权及 JS-SDK. A wrong AgentId does the same.");
}
