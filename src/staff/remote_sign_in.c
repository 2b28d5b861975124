/* What of signing in the platform must be asked: where its page is, and whose code came back. No transaction is open. */
#include "staff/api_sign_in.h"

#include "platform/member.h"

#include <string.h>

/* The client's own browser says so; it needs no QR code. */
static bool inside_client(const struct exchange *http)
{
        const char *agent = exchange_header(http, "User-Agent");

        return agent && strstr(agent, "wxwork");
}

int staff_start(struct ctx *ctx, const void *in, void *out)
{
        struct starting *starting = ctx->before;
        const struct staff_going *going = starting->going;

        (void)out;
        starting->url = member_sign_in_url(ctx->arena, ctx->wx,
                                           &(struct member_sign_in){
                                                   .corp_id = going->corp.corp_id,
                                                   .agent_id = going->corp.agent_id,
                                                   .back = arena_printf(ctx->arena, "%s/sign-in", ((const struct start_in *)in)->origin),
                                                   .state = going->state,
                                                   .inside = inside_client(ctx->http),
                                                   .english = exchange_english(ctx->http),
                                           });
        return 0;
}

static void no_answer(struct ctx *ctx, struct staff_coming *c, int status, const struct wx_fault *fault)
{
        const struct wx_error_row *row = wx_error("wecom", fault->errcode);
        bool of_code = fault->errcode == 40029 || fault->errcode == 42003 || fault->errcode == 42022;

        c->status = of_code ? STAFF_E_CODE : STAFF_E_PLATFORM;
        if (of_code || (status != WX_E_REFUSED && status != WX_E_CONFIG))
                return;
        c->zh = arena_printf(ctx->arena, "企业微信不答应这次登录（%lld）：%s。请让店主看一下「体检」页，或先用密码登录。",
                             (long long)fault->errcode, row ? row->zh : fault->errmsg);
        c->en = arena_printf(ctx->arena, "WeCom refuses this sign-in (%lld): %s. Have the owner look at the doctor's page, or use a password.",
                             (long long)fault->errcode, row ? row->en : fault->errmsg);
}

int staff_come_from(struct ctx *ctx, const void *in, void *out)
{
        struct staff_coming *c = ctx->before;
        struct member_visitor visitor;
        struct member member;
        struct wx_fault fault;
        int r;

        (void)out;
        if (c->status)
                return 0;
        ctx->merchant = c->merchant_id;
        r = member_of_code(ctx, c->account_id, ((const struct come_in *)in)->code, &visitor, &fault);
        if (!r && !visitor.userid)
                c->status = STAFF_E_VISITOR;
        if (!r && visitor.userid)
                r = member_get(ctx, c->account_id, visitor.userid, &member, &fault);
        if (r > 0)
                no_answer(ctx, c, r, &fault);
        if (r || c->status)
                return r < 0 ? r : 0;
        c->seen = (struct staff_seen){.userid = member.userid, .name = member.name, .status = member.status};
        if (member.status == MEMBER_OUTSIDE) {
                c->zh = "你不在这个应用的可见范围里。请企业微信管理员在「应用管理 → 自建应用 → 可见范围」里加上你，再登录一次。";
                c->en = "You are outside this app's visible range: have the administrator add you in 应用管理 → 自建 → 可见范围, and sign in again.";
        }
        return 0;
}
