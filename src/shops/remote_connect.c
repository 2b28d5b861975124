/* What the wizard asks before and while an account is connected: are these credentials good, is that address ours, which
 * 微信客服 accounts has the corp. Reading calls only. */
#include "shops/api_connect.h"
#include "shops/remote_look.h"
#include "shops/shops.h"

#include "platform/kf.h"

#include <string.h>

/* "..., from ip: 1.2.3.4, more info" (WeCom) or "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist" (WeChat). */
const char *shops_ip_of(struct arena *a, const char *errmsg)
{
        for (const char *p = errmsg; p && (p = strstr(p, "ip")); p += 2) {
                const char *q = p + 2;
                size_t n;

                q += strspn(q, ": ");
                n = strspn(q, "0123456789abcdefABCDEF.:");
                while (n && (q[n - 1] == '.' || q[n - 1] == ':'))
                        n--;
                if (n >= 3 && (memchr(q, '.', n) || memchr(q, ':', n)))
                        return arena_strndup(a, q, n);
        }
        return NULL;
}

/* A status with its sentence. */
struct answer {
        struct ctx *ctx;
        const char *zh, *en;
};

static int wrong_secret(struct answer *out, const char *kind, const struct wx_fault *fault)
{
        const struct wx_error_row *row = wx_error(kind, fault->errcode);
        struct arena *a = out->ctx->arena;
        bool wecom = text_eq(kind, "wecom");

        out->zh = arena_printf(a, "平台不认这组凭据（%lld）：%s。请核对%s，注意不要用别的账号的。", (long long)fault->errcode,
                               row ? row->zh : fault->errmsg, wecom ? "企业 ID 与应用 Secret 是否同属一个企业" : " AppID 与 AppSecret");
        out->en = arena_printf(a, "The platform refuses these credentials (%lld): %s. Check %s, and that they are not of another account.",
                               (long long)fault->errcode, row ? row->en : fault->errmsg,
                               wecom ? "that corp id and app Secret belong together" : "AppID and AppSecret");
        return SHOPS_E_SECRET;
}

/* Who pastes our address into the platform's page would only read there that it failed: said here, before. */
static int try_address(struct answer *out, const char *origin)
{
        struct arena *a = out->ctx->arena;
        struct wx_fault fault;
        int r = wx_address_try(out->ctx, arena_printf(a, "%s/callback/wecom/probe", origin), SHOPS_NO_ACCOUNT, &fault);

        if (r == WX_E_ADDRESS) {
                out->zh = arena_printf(a, "从这台机器访问 %s 得到的不是掌柜（%s）：它可能在登录页或别的站点后面。请让 /callback/ 不经登录直接到达掌柜。", origin,
                                       fault.errmsg);
                out->en = arena_printf(a, "Called from here, %s is answered by something else (%s): it may be behind a login. "
                                          "Let /callback/ reach Zhanggui without one.", origin, fault.errmsg);
                return SHOPS_E_ADDRESS;
        }
        if (r == WX_E_BUSY && (strstr(fault.errmsg, "SSL") || strstr(fault.errmsg, "certificate"))) {
                out->zh = arena_printf(a, "%s 的 TLS 证书无效或已过期（%s），平台不会回调这样的地址。请先更换证书。", origin, fault.errmsg);
                out->en = arena_printf(a, "The TLS certificate of %s is invalid or expired (%s): the platform will not call it. Replace it first.",
                                       origin, fault.errmsg);
                return SHOPS_E_ADDRESS;
        }
        return r < 0 ? r : 0; /* not reachable from here proves nothing: many routers do not lead back inside */
}

static int dead_proxy(struct answer *out, const struct wx_fault *fault)
{
        out->zh = arena_printf(out->ctx->arena, "商家的出口代理不通（%s），不是平台的故障：请检查代理设置。", fault->errmsg);
        out->en = arena_printf(out->ctx->arena, "The merchant's proxy does not let calls through (%s); the platform is not to blame.",
                               fault->errmsg);
        return SHOPS_E_PLATFORM;
}

int shops_ask(struct ctx *ctx, const struct shops_new *in, const char *origin, const char **zh, const char **en)
{
        struct shops_slip slip = shops_slip_of(ctx->arena, in);
        struct answer answer = {.ctx = ctx};
        struct wx_fault fault;
        int r;

        *zh = slip.zh;
        *en = slip.en;
        if (slip.field)
                return SHOPS_E_BAD;
        r = text_empty(origin) ? 0 : try_address(&answer, origin);
        if (!r && !text_eq(in->kind, "kf")) {
                r = wx_token_try(ctx, in->kind, in->remote_id, in->secret, &fault);
                /* An address that is not on the list yet is a later step of the card, not a reason to begin anew. */
                if (r > 0 && (fault.errcode == 60020 || fault.errcode == 40164))
                        r = 0;
                else if (r > 0 && fault.proxy)
                        r = dead_proxy(&answer, &fault);
                else if (r > 0)
                        r = fault.errcode && r != WX_E_BUSY ? wrong_secret(&answer, in->kind, &fault) : SHOPS_E_PLATFORM;
        }
        *zh = answer.zh;
        *en = answer.en;
        return r;
}

int shops_try(struct ctx *ctx, const void *in_, void *out)
{
        const struct connect_in *in = in_;
        const struct shops_new account = {.kind = in->kind, .remote_id = in->remote_id, .name = in->name, .secret = in->secret};
        const char *zh, *en;
        int r = shops_ask(ctx, &account, in->origin, &zh, &en);

        (void)out;
        if (r > 0 && zh)
                exchange_why(ctx->http, zh, en);
        return r;
}

int shops_list_kf(struct ctx *ctx, const void *in_, void *out_)
{
        const struct connected_in *in = in_;
        struct kf_list *out = out_;
        const struct kf_account *list;
        struct wx_fault fault;
        const char *ip;
        int r = kf_account_list(ctx, in->account_id, &list, &out->n, &fault);

        if (r < 0 || r == WX_E_NO_ACCOUNT)
                return r < 0 ? r : SHOPS_E_NONE;
        if (r) {
                const struct wx_error_row *row = wx_error("wecom", fault.errcode);

                ip = fault.errcode == 60020 ? shops_ip_of(ctx->arena, fault.errmsg) : NULL;
                exchange_why(ctx->http,
                             arena_printf(ctx->arena, "客服账号列表读不到（%lld）：%s%s%s", (long long)fault.errcode,
                                          row ? row->zh : fault.errmsg, ip ? "。要添加的 IP：" : "", ip ? ip : ""),
                             arena_printf(ctx->arena, "The list of accounts cannot be read (%lld): %s%s%s", (long long)fault.errcode,
                                          row ? row->en : fault.errmsg, ip ? "; the address to add: " : "", ip ? ip : ""));
                return SHOPS_E_PLATFORM;
        }
        out->items = arena_array(ctx->arena, struct kf_listed, out->n);
        for (size_t i = 0; i < out->n; i++)
                out->items[i] = (struct kf_listed){list[i].open_kfid, list[i].name, list[i].manage_privilege};
        return 0;
}
