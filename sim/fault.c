#include "sim/fault.h"

#include "sim/admin_call.h"
#include "sim/console.h"
#include "sim/gate.h"
#include "sim/mp/mp.h"
#include "sim/shop/product.h"
#include "sim/sim.h"
#include "sim/wecom/kf.h"

#include <stdlib.h>
#include <string.h>

#define BUDGET_PATH "/channels/ec/order/list/get"

static void exchange(const char **a, const char **b)
{
        const char *was = *a;
        *a = *b;
        *b = was;
}

/* ---- secrets: the old one is kept aside until the fault is taken away ---- */

static void set_wecom_secret(struct sim *sim, bool on)
{
        struct wecom_app *app = wecom_of(sim)->apps.v[0];

        (void)on;
        if (!sim->faults.app_secret)
                sim->faults.app_secret = wecom_text(sim, "", 43);
        exchange(&app->secret, &sim->faults.app_secret);
        sim->world.corp.secret = app->secret;
        if (app->token)
                app->token->revoked = true;
}

static void revoke_of(struct sim *sim, bool shops)
{
        for (size_t i = 0; i < sim->tokens.all.n; i++) {
                struct token *t = sim->tokens.all.v[i];
                t->revoked = t->revoked || (shops ? t->shop != NULL : t->mp != NULL);
        }
}

static void set_shop_secret(struct sim *sim, bool on)
{
        (void)on;
        for (size_t i = 0; i < sim->world.n_shops; i++) {
                if (!sim->faults.shop_secret[i])
                        sim->faults.shop_secret[i] = wecom_text(sim, "", 32);
                exchange(&sim->world.shops[i]->secret, &sim->faults.shop_secret[i]);
        }
        revoke_of(sim, true);
}

static void set_mp_secret(struct sim *sim, bool on)
{
        (void)on;
        for (size_t i = 0; i < sim->world.mps.n; i++) {
                if (!sim->faults.mp_secret[i])
                        sim->faults.mp_secret[i] = wecom_text(sim, "", 32);
                exchange(&sim->world.mps.of[i]->secret, &sim->faults.mp_secret[i]);
        }
        revoke_of(sim, false);
}

/* ---- switches that are faults ---- */

static bool is_balance(struct sim *sim)
{
        return switch_on(sim, SW_BALANCE_SHORT);
}

static void set_balance(struct sim *sim, bool on)
{
        sim->sw[SW_BALANCE_SHORT].n = on;
}

static bool is_silent(struct sim *sim)
{
        return switch_on(sim, SW_DROP) == 100;
}

static void set_silent(struct sim *sim, bool on)
{
        sim->sw[SW_DROP].n = on ? 100 : 0;
}

static bool is_decode(struct sim *sim)
{
        return !switch_on(sim, SW_DECODE_QUOTA);
}

static void set_decode(struct sim *sim, bool on)
{
        sim->sw[SW_DECODE_QUOTA].n = on ? 0 : switches[SW_DECODE_QUOTA].def;
}

static bool is_unbound(struct sim *sim)
{
        return !switch_on(sim, SW_BOUND);
}

static void set_unbound(struct sim *sim, bool on)
{
        sim->sw[SW_BOUND].n = !on;
}

static bool is_wecom_ip(struct sim *sim)
{
        return !switch_on(sim, SW_IP_TRUSTED);
}

static void set_wecom_ip(struct sim *sim, bool on)
{
        sim->sw[SW_IP_TRUSTED].n = !on;
}

static bool is_closed(struct sim *sim)
{
        return switch_on(sim, SW_SHOP_CLOSING) == 2;
}

static void set_closed(struct sim *sim, bool on)
{
        sim->sw[SW_SHOP_CLOSING].n = on ? 2 : 0;
        for (size_t i = 0; i < sim->world.n_shops; i++)
                sim->world.shops[i]->state = on ? "close_finished" : "open_finished";
}

/* ---- 微信客服 and staff ---- */

static bool is_unmanaged(struct sim *sim)
{
        struct corp *corp = &sim->world.corp;
        for (size_t i = 0; i < corp->n_kf; i++)
                if (!corp->kf[i]->deleted && !corp->kf[i]->managed)
                        return true;
        return false;
}

static void set_unmanaged(struct sim *sim, bool on)
{
        struct corp *corp = &sim->world.corp;
        for (size_t i = 0; i < corp->n_kf; i++)
                if (!corp->kf[i]->deleted && corp->kf[i]->managed == on)
                        kf_manage(sim, corp->kf[i], !on);
}

static bool is_unserved(struct sim *sim)
{
        struct corp *corp = &sim->world.corp;
        for (size_t i = 0; i < corp->n_kf; i++)
                if (!corp->kf[i]->deleted && !corp->kf[i]->servicers.n)
                        return true;
        return false;
}

static void set_unserved(struct sim *sim, bool on)
{
        struct corp *corp = &sim->world.corp;
        for (size_t i = 0; i < corp->n_kf; i++) {
                struct kf_account *kf = corp->kf[i];
                if (on)
                        kf->servicers.n = 0;
                else if (!kf->servicers.n)
                        for (size_t k = 0; k < 3; k++)
                                vec_push(&sim->arena, &kf->servicers, ((struct servicer){corp->staff.v[k], 0}));
        }
}

static bool is_invisible(struct sim *sim)
{
        struct corp *corp = &sim->world.corp;
        for (size_t i = 0; i < corp->staff.n; i++)
                for (size_t k = 0; corp->staff.v[i]->outside && k < corp->n_kf; k++)
                        if (kf_serves(sim, corp->kf[k], corp->staff.v[i]))
                                return true;
        return false;
}

static void set_invisible(struct sim *sim, bool on)
{
        struct corp *corp = &sim->world.corp;
        for (size_t i = 0; i < corp->staff.n; i++)
                for (size_t k = 0; k < corp->n_kf; k++)
                        if (kf_serves(sim, corp->kf[k], corp->staff.v[i]))
                                corp->staff.v[i]->outside = on;
}

/* ---- shops ---- */

static struct address *default_return(const struct shop *shop)
{
        for (size_t i = 0; i < shop->addresses.n; i++)
                if (shop->addresses.v[i]->default_recv && !shop->addresses.v[i]->gone)
                        return shop->addresses.v[i];
        return NULL;
}

static bool is_homeless(struct sim *sim)
{
        for (size_t i = 0; i < sim->world.n_shops; i++)
                if (!default_return(sim->world.shops[i]))
                        return true;
        return false;
}

static void set_homeless(struct sim *sim, bool on)
{
        for (size_t i = 0; i < sim->world.n_shops; i++) {
                struct shop *shop = sim->world.shops[i];
                struct address *now = default_return(shop);
                if (on && now)
                        now->default_recv = false;
                for (size_t k = 0; !on && !now && k < shop->addresses.n; k++)
                        if (shop->addresses.v[k]->recv && !shop->addresses.v[k]->gone)
                                (now = shop->addresses.v[k])->default_recv = true;
        }
}

static bool is_unaddressed(struct sim *sim)
{
        for (size_t i = 0; i < sim->world.n_shops; i++)
                for (size_t k = 0; k < sim->world.shops[i]->products.n; k++)
                        if (sim->world.shops[i]->products.v[k]->status == PRODUCT_ON_SALE &&
                            !sim->world.shops[i]->products.v[k]->address_id)
                                return true;
        return false;
}

static void set_unaddressed(struct sim *sim, bool on)
{
        for (size_t i = 0; i < sim->world.n_shops; i++) {
                struct shop *shop = sim->world.shops[i];
                const struct address *to = default_return(shop);
                for (size_t k = 0; k < shop->products.n; k++) {
                        struct product *p = shop->products.v[k];
                        const char *was = p->address_id;

                        p->address_id = on ? NULL : was ? was : to ? to->id : NULL;
                        if (p->address_id != was && p->status == PRODUCT_ON_SALE)
                                product_tell_update(sim, shop, p);
                }
        }
}

static bool is_spent(struct sim *sim)
{
        for (size_t i = 0; i < sim->world.n_shops; i++)
                if (gate_used(sim, BUDGET_PATH, sim->world.shops[i]->appid) >= switch_on(sim, SW_DAY_CALLS))
                        return true;
        return false;
}

static void set_spent(struct sim *sim, bool on)
{
        for (size_t i = 0; i < sim->world.n_shops; i++) {
                gate_forget(sim, BUDGET_PATH, sim->world.shops[i]->appid);
                if (on)
                        gate_spend(sim, BUDGET_PATH, sim->world.shops[i]->appid, switch_on(sim, SW_DAY_CALLS));
        }
}

static bool is_console_kf(struct sim *sim)
{
        for (size_t i = 0; i < sim->world.n_shops; i++)
                if (!sim->world.shops[i]->kf_api_mode)
                        return true;
        return false;
}

static void set_console_kf(struct sim *sim, bool on)
{
        for (size_t i = 0; i < sim->world.n_shops; i++)
                sim->world.shops[i]->kf_api_mode = !on;
}

/* ---- the table ---- */

const struct fault_row faults[FAULT_N] = {
        [FAULT_AES_SWAPPED] = {"aes-swapped", "回调用另一个 EncodingAESKey 加密", "callbacks are sealed with another AES key", NULL, NULL},
        [FAULT_BALANCE_LOW] = {"balance-low", "店铺余额不足以退款", "the shop's balance is too small for refunds", is_balance, set_balance},
        [FAULT_CALLBACKS_SILENT] = {"callbacks-silent", "平台不再发回调", "the platform sends no callback", is_silent, set_silent},
        [FAULT_CLOCK_OFF] = {"clock-off", "平台时钟与本机差 10 分钟", "the platform's clock is 10 minutes ahead", NULL, NULL},
        [FAULT_DECODE_QUOTA] = {"decode-quota", "今日解密额度已用完", "today's decode quota is used up", is_decode, set_decode},
        [FAULT_HALF_TOKEN] = {"half-token", "应用已停用，token 仍有效（50003）", "the application is disabled, its token still valid: 50003", NULL, NULL},
        [FAULT_KF_API_OFF] = {"kf-api-off", "客服账号未通过 API 管理（48007）", "微信客服 accounts are not under API management: 48007", is_unmanaged, set_unmanaged},
        [FAULT_KF_NO_SERVICERS] = {"kf-no-servicers", "客服账号没有接待人员", "微信客服 accounts have no servicer", is_unserved, set_unserved},
        [FAULT_MP_SECRET] = {"mp-secret", "公众号、小程序的 AppSecret 已重置（40125）", "the AppSecret of 公众号 and mini program was reset: 40125", NULL, set_mp_secret},
        [FAULT_NO_RETURN_ADDRESS] = {"no-return-address", "店铺没有默认退货地址（发货报 606003）", "the shop has no default return address: 606003 on shipping", is_homeless, set_homeless},
        [FAULT_NOT_BOUND] = {"not-bound", "未绑定开放平台，没有 unionid", "no Open Platform binding: unionid is missing", is_unbound, set_unbound},
        [FAULT_PRODUCT_NO_ADDRESS] = {"product-no-address", "商品没有自己的退货地址", "products have no return address of their own", is_unaddressed, set_unaddressed},
        [FAULT_RATE_BUDGET] = {"rate-budget", "订单列表今日调用次数已用完（45009）", "the day's calls of the order list are used up: 45009", is_spent, set_spent},
        [FAULT_SHOP_CLOSED] = {"shop-closed", "店铺不在营业（10080001）", "the shop is closed: 10080001", is_closed, set_closed},
        [FAULT_SHOP_SECRET] = {"shop-secret", "小店的 AppSecret 已重置（40125）", "the shop's AppSecret was reset: 40125", NULL, set_shop_secret},
        [FAULT_SHOPKF_OFF] = {"shopkf-off", "店内客服 API 未开通（10190003）", "in-shop 客服 by API is off: 10190003", is_console_kf, set_console_kf},
        [FAULT_TOKEN_SWAPPED] = {"token-swapped", "回调用另一个 Token 签名", "callbacks are signed with another token", NULL, NULL},
        [FAULT_VISIBLE_RANGE] = {"visible-range", "接待人员不在应用可见范围（60011）", "servicers are outside the application's visible range: 60011", is_invisible, set_invisible},
        [FAULT_WECOM_IP] = {"wecom-ip", "企业微信：调用方 IP 不可信（60020）", "WeCom: the caller's address is not trusted: 60020", is_wecom_ip, set_wecom_ip},
        [FAULT_WECOM_SECRET] = {"wecom-secret", "应用 Secret 已重置（40001、40014）", "the application's secret was reset: 40001, 40014", NULL, set_wecom_secret},
        [FAULT_WEIXIN_IP] = {"weixin-ip", "小店、公众号：调用方 IP 不在白名单（40164）", "shop and 公众号: the caller's address is not listed: 40164", NULL, NULL},
};

bool fault_is(struct sim *sim, enum fault_id id)
{
        return faults[id].is ? faults[id].is(sim) : sim->faults.on[id];
}

static int by_name(const void *name, const void *row)
{
        return strcmp(name, ((const struct fault_row *)row)->name);
}

int fault_set(struct sim *sim, const char *name, bool on)
{
        const struct fault_row *row = name ? bsearch(name, faults, FAULT_N, sizeof(*faults), by_name) : NULL;

        if (!row)
                return FAULT_E_NAME;
        enum fault_id id = (enum fault_id)(row - faults);
        /* A state of several shops may hold of one already: it is brought about in all. */
        if (row->set && (row->is || fault_is(sim, id) != on))
                row->set(sim, on);
        sim->faults.on[id] = on;
        ledger_add(sim, "fault", "", row->name, "%s", on ? "on" : "off");
        return 0;
}

/* ---- /sim/faults ---- */

static const char *list(struct admin_call *c)
{
        out_list(&c->out, "faults");
        for (size_t i = 0; i < FAULT_N; i++) {
                out_obj(&c->out, NULL);
                out_str(&c->out, "name", faults[i].name);
                out_str(&c->out, "zh", faults[i].zh);
                out_str(&c->out, "en", faults[i].en);
                out_bool(&c->out, "on", fault_is(c->sim, (enum fault_id)i));
                out_end(&c->out);
        }
        out_end(&c->out);
        return NULL;
}

static const char *put(struct admin_call *c)
{
        const char *on = admin_arg(c, "on");
        bool yes = text_eq(on, "true") || text_eq(on, "1");

        if (!yes && !text_eq(on, "false") && !text_eq(on, "0"))
                return "on: true or false";
        return fault_set(c->sim, c->id, yes) ? "no such fault: GET /sim/faults lists them" : NULL;
}

static const struct admin_row rows[] = {
        {"GET", "/sim/faults", list},
        {"POST", "/sim/faults/", put}, /* of the page: .../set */
        {"PUT", "/sim/faults/", put},
};
const struct admin_table admin_fault = {rows, countof(rows)};
