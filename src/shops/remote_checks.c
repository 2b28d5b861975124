/*
 * What the platform tells of an account, by reading calls. The first check asks for a token with what is kept and makes the
 * smallest call that the account's work needs; the others read from that look. So a broken secret is told once, by the check
 * that is about secrets, and what could not be looked at because of it is unknown, not broken.
 */
#include "shops/checks.h"
#include "shops/remote_look.h"
#include "shops/shops.h"

#include "base/clock.h"
#include "platform/kf.h"
#include "platform/look.h"
#include "platform/member.h"
#include "platform/shop.h"

#include <string.h>

enum { SERVICERS_MAX = 20, CLOCK_FAIL_S = 120, CLOCK_WARN_S = 30 };

static bool is_ip(int64_t errcode)
{
        return errcode == 60020 || errcode == 40164;
}

static int probe(struct ctx *ctx, const struct check_of *of, struct shops_look *look)
{
        if (text_eq(of->kind, "shop"))
                return shop_info(ctx, of->account_id, &look->info, &look->probe_fault);
        if (text_eq(of->kind, "mp"))
                return look_weixin(ctx, of->account_id, &look->probe_fault);
        return kf_account_list(ctx, of->account_id, &look->kf, &look->n_kf, &look->probe_fault);
}

int shops_look_of(struct ctx *ctx, const struct check_of *of, void **shared, struct shops_look **out)
{
        struct shops_look *look = *shared;

        if (!look) {
                *shared = look = arena_new(ctx->arena, struct shops_look);
                look->token = wx_token_check(ctx, of->account_id, &look->token_fault);
                look->at_s = clock_wall_ms() / 1000;
                look->probe = look->token;
                look->probe_fault = look->token_fault;
                if (!look->token)
                        look->probe = probe(ctx, of, look);
        }
        *out = look;
        return look->token < 0 ? look->token : look->probe < 0 ? look->probe : 0;
}

int shops_unseen(struct check_result *out)
{
        return check_say(out, CHECK_UNKNOWN, "调用不通，这一项暂时看不到。", "Calls do not get through, so this cannot be seen now.", NULL, NULL);
}

int shops_said(struct ctx *ctx, const struct check_of *of, const struct wx_fault *fault, struct check_result *out)
{
        const struct wx_error_row *row = wx_error(text_eq(of->kind, "kf") ? "wecom" : of->kind, fault->errcode);

        check_fact(ctx, out, "errcode", arena_printf(ctx->arena, "%lld", (long long)fault->errcode));
        if (fault->proxy)
                return check_say(out, CHECK_UNKNOWN, "商家的出口代理不通，这一项暂时看不到。", "The merchant's proxy does not let calls through, so this cannot be seen now.",
                                 NULL, NULL);
        if (!fault->errcode)
                return check_say(out, CHECK_UNKNOWN, "平台没有应答，这一项暂时看不到。", "The platform does not answer, so this cannot be seen now.",
                                 "看这台机器能否上网（DNS、出口防火墙、代理设置）。", "See whether this machine gets out: DNS, firewall, proxy.");
        return check_say(out, CHECK_UNKNOWN, arena_printf(ctx->arena, "平台不让看（%lld）：%s。", (long long)fault->errcode, row ? row->zh : fault->errmsg),
                         arena_printf(ctx->arena, "The platform does not show it (%lld): %s.", (long long)fault->errcode, row ? row->en : fault->errmsg),
                         NULL, NULL);
}

int shops_check_token(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_look *look;
        const struct wx_error_row *row;
        bool wecom = text_eq(of->kind, "wecom");
        int r = shops_look_of(ctx, of, shared, &look);

        if (r)
                return r;
        if (!look->token)
                return check_say(out, CHECK_OK, "密钥有效，能取到访问凭证。", "The secret is good: tokens are given.", NULL, NULL);
        if (is_ip(look->token_fault.errcode) || !look->token_fault.errcode || look->token == WX_E_BUSY)
                return shops_said(ctx, of, &look->token_fault, out);
        row = wx_error(of->kind, look->token_fault.errcode);
        check_fact(ctx, out, "errcode", arena_printf(ctx->arena, "%lld", (long long)look->token_fault.errcode));
        return check_say(out, CHECK_FAIL,
                         arena_printf(ctx->arena, "取不到访问凭证（%lld）：%s。", (long long)look->token_fault.errcode, row ? row->zh : look->token_fault.errmsg),
                         arena_printf(ctx->arena, "No token is given (%lld): %s.", (long long)look->token_fault.errcode, row ? row->en : look->token_fault.errmsg),
                         wecom ? "密钥多半被重置过：到「应用管理 → 自建应用」查看 Secret，在账号卡片里更新。" : "密钥多半被重置过：到平台重置 AppSecret，在账号卡片里更新。",
                         wecom ? "It was probably reset: look the Secret up in 应用管理 → 自建 and replace it in the account's card."
                               : "It was probably reset: reset the AppSecret at the platform and replace it in the account's card.");
}

int shops_check_trusted_ip(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_look *look;
        const char *ip;
        bool wecom = text_eq(of->kind, "wecom");
        int r = shops_look_of(ctx, of, shared, &look);

        if (r)
                return r;
        if (is_ip(look->probe_fault.errcode)) {
                ip = shops_ip_of(ctx->arena, look->probe_fault.errmsg);
                check_fact(ctx, out, "ip", ip ? ip : "");
                return check_say(out, CHECK_FAIL, arena_printf(ctx->arena, "平台不信任这台服务器的出口 IP %s。", ip ? ip : ""),
                                 arena_printf(ctx->arena, "The platform does not trust this server's address %s.", ip ? ip : ""),
                                 wecom ? arena_printf(ctx->arena, "把 %s 加到「应用管理 → 自建应用 → 企业可信IP」，约一分钟后生效。", ip ? ip : "出口 IP")
                                       : arena_printf(ctx->arena, "把 %s 加到平台「开发设置 / 基本配置 → IP白名单」。", ip ? ip : "出口 IP"),
                                 wecom ? arena_printf(ctx->arena, "Add %s in 应用管理 → 自建 → 企业可信IP; it takes about a minute.", ip ? ip : "it")
                                       : arena_printf(ctx->arena, "Add %s to the IP白名单 in the platform's developer settings.", ip ? ip : "it"));
        }
        if (look->probe && !look->probe_fault.errcode)
                return shops_unseen(out);
        return check_say(out, CHECK_OK, "平台信任这台服务器的出口 IP。", "The platform trusts this server's address.", NULL, NULL);
}

/* Of a merchant with a way out of his own: does it lead out, and where does the platform see us come from? */
int shops_check_proxy(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_look *look;
        const char *ip;
        int r = shops_look_of(ctx, of, shared, &look);

        if (r)
                return r;
        if (!look->token_fault.proxied)
                return check_say(out, CHECK_OK, "没有设置出口代理，直接访问平台。", "No proxy is set: calls leave from this server.", NULL, NULL);
        if (look->token_fault.proxy || look->probe_fault.proxy)
                return check_say(out, CHECK_FAIL,
                                 arena_printf(ctx->arena, "商家的出口代理不通（%s）；不是平台的故障。", look->token_fault.proxy ? look->token_fault.errmsg : look->probe_fault.errmsg),
                                 arena_printf(ctx->arena, "The merchant's proxy does not let calls through (%s); the platform is not to blame.",
                                              look->token_fault.proxy ? look->token_fault.errmsg : look->probe_fault.errmsg),
                                 "看代理是否在运行，地址、端口、用户名和密码是否正确；改好前这个商家的所有调用都会等着。",
                                 "See whether it runs, and whether address, port, user and password are right; until then all calls of this merchant wait.");
        if (look->probe && !look->probe_fault.errcode)
                return shops_unseen(out);
        ip = is_ip(look->probe_fault.errcode) ? shops_ip_of(ctx->arena, look->probe_fault.errmsg) : NULL;
        if (!ip)
                return check_say(out, CHECK_OK, "出口代理通，平台接受从它来的调用。", "The proxy lets calls through, and the platform takes them.", NULL, NULL);
        check_fact(ctx, out, "ip", ip);
        return check_say(out, CHECK_OK, arena_printf(ctx->arena, "出口代理通，平台看到的 IP 是 %s。", ip),
                         arena_printf(ctx->arena, "The proxy lets calls through; the platform sees %s.", ip), NULL, NULL);
}

int shops_check_call(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_look *look;
        const struct wx_error_row *row;
        const char *host = text_eq(of->kind, "shop") || text_eq(of->kind, "mp") ? of->kind : "wecom";
        int r = shops_look_of(ctx, of, shared, &look);

        if (r)
                return r;
        if (!look->probe)
                return check_say(out, CHECK_OK, "真实调用成功。", "A real call was answered.", NULL, NULL);
        if (look->token || is_ip(look->probe_fault.errcode) || !look->probe_fault.errcode || look->probe == WX_E_BUSY)
                return shops_said(ctx, of, &look->probe_fault, out);
        row = wx_error(host, look->probe_fault.errcode);
        check_fact(ctx, out, "errcode", arena_printf(ctx->arena, "%lld", (long long)look->probe_fault.errcode));
        return check_say(out, CHECK_FAIL,
                         arena_printf(ctx->arena, "凭证有效，但调用被拒绝（%lld）：%s。", (long long)look->probe_fault.errcode, row ? row->zh : look->probe_fault.errmsg),
                         arena_printf(ctx->arena, "The token is good, but calls are refused (%lld): %s.", (long long)look->probe_fault.errcode,
                                      row ? row->en : look->probe_fault.errmsg),
                         text_eq(host, "wecom") ? "确认应用已启用，并在「微信客服 → 可调用接口的应用」里勾选它。" : "在平台后台确认账号正常、接口权限已开通。",
                         text_eq(host, "wecom") ? "See that the app is enabled, and ticked in 微信客服 → 可调用接口的应用."
                                                : "See in the platform's console that the account is in order and the API granted.");
}

int shops_check_clock(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_look *look;
        int64_t off;
        int r = shops_look_of(ctx, of, shared, &look);

        if (r)
                return r;
        if (!look->token_fault.date_s)
                return shops_unseen(out);
        off = look->at_s - look->token_fault.date_s;
        check_fact(ctx, out, "off_s", arena_printf(ctx->arena, "%lld", (long long)off));
        if (off < 0)
                off = -off;
        if (off < CLOCK_WARN_S)
                return check_say(out, CHECK_OK, "时钟与平台一致。", "The clock agrees with the platform's.", NULL, NULL);
        return check_say(out, off < CLOCK_FAIL_S ? CHECK_WARN : CHECK_FAIL,
                         arena_printf(ctx->arena, "这台机器的时钟与平台差 %lld 秒。", (long long)off),
                         arena_printf(ctx->arena, "This machine's clock is %lld seconds from the platform's.", (long long)off),
                         "打开自动对时：timedatectl set-ntp true；窗口期和截止时间都按时钟计算。",
                         "Have it set by itself: timedatectl set-ntp true. Windows and deadlines are counted by it.");
}

static const struct kf_account *kf_of(const struct shops_look *look, const char *open_kfid)
{
        for (size_t i = 0; i < look->n_kf; i++)
                if (text_eq(look->kf[i].open_kfid, open_kfid))
                        return &look->kf[i];
        return NULL;
}

int shops_check_kf_managed(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_look *look;
        const struct kf_account *kf;
        int r = shops_look_of(ctx, of, shared, &look);

        if (r)
                return r;
        if (look->probe)
                return shops_unseen(out);
        kf = kf_of(look, of->remote_id);
        if (!kf)
                return check_say(out, CHECK_FAIL, "企业里已经没有这个客服账号，或应用看不到它。", "The corp has no such 客服 account any more, or the app may not see it.",
                                 "在「微信客服 → 客服账号」里确认它还在，并把它分配给这个应用。", "See in 微信客服 → 客服账号 that it is there and granted to this app.");
        if (!kf->manage_privilege)
                return check_say(out, CHECK_FAIL, "这个客服账号没有交给 API 管理：收得到通知，但不能代它说话。",
                                 "This 客服 account is not under API management: we may not speak in its name.",
                                 "在「微信客服 → API → 可调用接口的应用」勾选这个应用，并在客服账号详情里选“通过API管理”。",
                                 "Tick this app in 微信客服 → API → 可调用接口的应用, and choose 通过API管理 at the account.");
        return check_say(out, CHECK_OK, "客服账号由 API 管理。", "The 客服 account is under API management.", NULL, NULL);
}

static int servicers(struct ctx *ctx, const struct check_of *of, struct shops_look *look)
{
        if (!look->asked_servicers) {
                look->asked_servicers = true;
                look->servicers_status = look_servicers(ctx, of->account_id, of->remote_id, &look->servicers, &look->n_servicers,
                                                        &look->servicers_fault);
        }
        return look->servicers_status;
}

int shops_check_kf_servicers(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_look *look;
        int r = shops_look_of(ctx, of, shared, &look);

        if (r || look->probe)
                return r ? r : shops_unseen(out);
        r = servicers(ctx, of, look);
        if (r)
                return r < 0 ? r : shops_said(ctx, of, &look->servicers_fault, out);
        check_fact(ctx, out, "servicers", arena_printf(ctx->arena, "%zu", look->n_servicers));
        if (look->n_servicers)
                return check_say(out, CHECK_OK, "客服账号有接待人员。", "The 客服 account has servicers.", NULL, NULL);
        return check_say(out, CHECK_FAIL, "这个客服账号没有接待人员，客户进不来，也不能转人工。", "This 客服 account has no servicer: customers cannot be handed to a person.",
                         "在「微信客服 → 客服账号 → 接待人员」里至少添加一人。", "Add at least one person in 微信客服 → 客服账号 → 接待人员.");
}

int shops_check_visible_range(struct ctx *ctx, const struct check_of *of, void **shared, struct check_result *out)
{
        struct shops_look *look;
        struct wx_fault fault;
        struct member member;
        struct text names;
        size_t outside = 0, asked = 0;
        int r = shops_look_of(ctx, of, shared, &look);

        if (r || look->probe)
                return r ? r : shops_unseen(out);
        r = servicers(ctx, of, look);
        if (r)
                return r < 0 ? r : shops_said(ctx, of, &look->servicers_fault, out);
        text_init(&names, ctx->arena);
        for (size_t i = 0; i < look->n_servicers && asked < SERVICERS_MAX; i++) {
                if (text_empty(look->servicers[i].userid))
                        continue;
                asked++;
                r = member_get(ctx, of->account_id, look->servicers[i].userid, &member, &fault);
                if (r)
                        return r < 0 ? r : shops_said(ctx, of, &fault, out);
                if (member.status == MEMBER_OUTSIDE || member.status == MEMBER_LEFT)
                        text_addf(&names, "%s%s", outside++ ? "、" : "", look->servicers[i].userid);
        }
        if (!outside)
                return check_say(out, CHECK_OK, "接待人员都在应用的可见范围内。", "All servicers are within the app's visible range.", NULL, NULL);
        check_fact(ctx, out, "userids", names.p);
        return check_say(out, CHECK_FAIL, arena_printf(ctx->arena, "接待人员 %s 不在应用的可见范围内。", names.p),
                         arena_printf(ctx->arena, "Servicers outside the app's visible range: %s.", names.p),
                         "在「应用管理 → 自建应用 → 可见范围」里加上他们。", "Add them in 应用管理 → 自建 → 可见范围.");
}
