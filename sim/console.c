#include "sim/console.h"

#include "sim/admin_call.h"
#include "sim/chat.h"
#include "sim/mp/mp.h"
#include "sim/pool.h"
#include "sim/push.h"
#include "sim/shop/trade.h"
#include "sim/sim.h"
#include "sim/wecom/kf.h"

#include <string.h>

#define IPS_MAX 120
#define TOKEN_MAX 32
#define DOMAIN_MS 5000

void console_init(struct sim *sim)
{
        sim->console.verify = wecom_text(sim, "", 16);
}

void console_fresh(struct sim *sim)
{
        struct corp *corp = &sim->world.corp;
        struct console *console = &sim->console;

        for (size_t i = 0; i < LIST_N; i++)
                console->list[i].asked = true;
        console->domain_asked = true;
        for (size_t i = 0; i < corp->n_kf; i++)
                corp->kf[i]->managed = false;
        for (size_t i = 0; i < sim->world.n_shops; i++) {
                struct shop *shop = sim->world.shops[i];
                shop->kf_api_mode = false;
                for (size_t k = 0; k < shop->products.n; k++)
                        if (!shop->products.v[k]->address_id)
                                shop->products.v[k]->address_id = shop->addresses.v[0]->id;
        }
}

bool console_trusts(struct sim *sim, enum console_list id, const char *peer)
{
        if (!sim->console.list[id].asked)
                return true;
        for (size_t i = 0; i < sim->console.list[id].ip.n; i++)
                if (text_eq(sim->console.list[id].ip.v[i], peer))
                        return true;
        return false;
}

bool console_returns_to(const struct sim *sim, const char *url)
{
        const char *host = strstr(url, "://"), *domain = sim->console.domain;
        size_t n = domain ? strlen(domain) : 0;

        if (!sim->console.domain_asked)
                return true;
        return host && n && !strncmp(host + 3, domain, n) && strchr("/?#", host[3 + n]);
}

/* ---- answers ---- */

static const char *done(struct admin_call *c)
{
        out_int(&c->out, "errcode", 0);
        out_str(&c->out, "errmsg", "ok");
        return NULL;
}

static void send(struct raw *raw, int errcode, const char *errmsg, const char *back)
{
        struct out out;

        out_init(&out, raw_arena(raw));
        if (back) {
                const char *to = arena_printf(raw_arena(raw), "%s%cwhy=%s", back, strchr(back, '?') ? '&' : '?',
                                              url_encode(raw_arena(raw), errcode ? errmsg : ""));
                raw_reply(raw, 303, "text/plain", BYTES_NONE, (const char *const[]){"Location", errcode ? to : back, NULL});
                return;
        }
        out_obj(&out, NULL);
        out_bool(&out, "ok", !errcode);
        out_int(&out, "errcode", errcode);
        out_str(&out, "errmsg", errmsg);
        out_end(&out);
        raw_reply(raw, 200, "application/json; charset=utf-8", bytes_of(out.text.p, out.text.n), NULL);
}

/* The page says no: that is an answer, not a mistake of the request. */
static const char *refused(struct admin_call *c, int errcode, const char *errmsg)
{
        c->later = true;
        send(c->raw, errcode, errmsg, c->back);
        return NULL;
}

/* ---- callback URLs ---- */

static void url_checked(struct raw *raw, const char *why, const char *back)
{
        send(raw, why ? 40057 : 0, why ? arena_printf(raw_arena(raw), "回调 URL 校验不通过：%s", why) : "ok", back);
}

static bool only(const char *text, size_t least, size_t most)
{
        size_t n = text ? strlen(text) : 0;
        return n >= least && n <= most &&
               strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == n;
}

static const char *save_url(struct admin_call *c, struct target *target, int mode)
{
        struct push_setting set = {admin_arg(c, "url"), admin_arg(c, "token"), admin_arg(c, "aes_key"), mode};

        if (text_empty(set.url) || !(text_starts(set.url, "http://") || text_starts(set.url, "https://")))
                return refused(c, 40058, "URL 应以 http:// 或 https:// 开头");
        if (!only(set.token, 3, TOKEN_MAX))
                return refused(c, 40058, "Token 应为 3..32 位英文或数字");
        if (mode == MP_PLAIN && text_empty(set.aes_key))
                set.aes_key = target->encoding_aes_key;
        if (!only(set.aes_key, 43, 43))
                return refused(c, 40058, "EncodingAESKey 应为 43 位英文或数字");
        c->later = true;
        if (push_register(c->sim, target, &set, url_checked, c->raw, c->back))
                return refused(c, 40058, "EncodingAESKey 不是 Base64");
        return NULL;
}

static const char *wecom_callback(struct admin_call *c)
{
        return save_url(c, &c->sim->world.corp.target, -1);
}

static const char *shop_callback(struct admin_call *c)
{
        struct shop *shop = admin_shop(c, NULL);
        return shop ? save_url(c, &shop->target, -1) : "no such appid";
}

static struct mp *official(struct admin_call *c)
{
        struct mps *mps = &c->sim->world.mps;

        if (admin_arg(c, "appid"))
                return mp_find(c->sim, admin_arg(c, "appid"));
        return mps->n ? mps->of[0] : NULL;
}

static const char *mp_callback(struct admin_call *c)
{
        static const char *const modes[] = {[MP_PLAIN] = "plain", [MP_COMPATIBLE] = "compatible", [MP_SECURE] = "security"};
        const char *mode = admin_arg(c, "mode") ? admin_arg(c, "mode") : "security";
        struct mp *mp = official(c);

        if (!mp)
                return "no such appid";
        for (int i = 0; i < (int)countof(modes); i++)
                if (text_eq(modes[i], mode))
                        return save_url(c, &mp->target, i);
        return refused(c, 40058, "mode 应为 plain、compatible 或 security");
}

/* ---- lists of addresses ---- */

static bool is_address(const char *text)
{
        size_t n = text ? strlen(text) : 0;
        return n >= 2 && n <= 45 && strspn(text, "0123456789abcdefABCDEF.:/") == n;
}

static const char *save_ips(struct admin_call *c, enum console_list id)
{
        struct console *console = &c->sim->console;
        VEC(const char *) ip = {0};

        for (size_t i = 0; i < c->n; i++) {
                if (!text_starts(c->leaf[i].path, "ips"))
                        continue;
                if (ip.n == IPS_MAX || !is_address(c->leaf[i].value))
                        return refused(c, 85007, "至多 120 个 IP，形如 203.0.113.7");
                vec_push(&c->sim->arena, &ip, arena_strdup(&c->sim->arena, c->leaf[i].value));
        }
        console->list[id].asked = true;
        console->list[id].ip.v = ip.v;
        console->list[id].ip.n = ip.n;
        console->list[id].ip.cap = ip.cap;
        return done(c);
}

static const char *wecom_ips(struct admin_call *c)
{
        if (switch_on(c->sim, SW_IP_NEEDS_URL) && !c->sim->world.corp.target.url && !c->sim->console.domain)
                return refused(c, 43012, "请先设置可信域名或接收消息服务器 URL");
        return save_ips(c, LIST_WECOM);
}

static const char *shop_ips(struct admin_call *c)
{
        return save_ips(c, LIST_SHOP);
}

static const char *mp_ips(struct admin_call *c)
{
        return save_ips(c, LIST_MP);
}

/* ---- the trusted domain ---- */

struct ownership {
        struct pool_task task;
        struct arena arena;
        const char *domain, *back;
        bool secure; /* the second try, by https */
        struct raw *raw;
};

static void fetch(struct sim *, struct ownership *);

static void fetched(struct sim *sim, struct pool_task *task)
{
        struct ownership *o = (struct ownership *)task;
        struct bytes body = task->response.body;
        size_t n = strlen(sim->console.verify);
        bool found = !task->outcome && task->response.status == 200 && body.n >= n && body.n <= n + 2 &&
                     !memcmp(body.p, sim->console.verify, n);

        if (!found && !o->secure) {
                o->secure = true;
                fetch(sim, o);
                return;
        }
        if (found)
                sim->console.domain = arena_strdup(&sim->arena, o->domain);
        ledger_add(sim, found ? "domain_set" : "domain_refused", sim->world.corp.corp_id, o->domain, "%s", found ? "ok" : "file not found");
        send(o->raw, found ? 0 : 85005, found ? "ok" : "域名归属校验不通过：根目录下没有 WW_verify 文件，或内容不对", o->back);
        struct arena arena = o->arena;
        arena_release(&arena);
}

static void fetch(struct sim *sim, struct ownership *o)
{
        o->task.request = (struct http_request){
                .method = "GET",
                .url = arena_printf(&o->arena, "http%s://%s/WW_verify_%s.txt", o->secure ? "s" : "", o->domain, sim->console.verify),
                .timeout_ms = DOMAIN_MS,
                .reads_only = true,
                .max_reply = 4096,
        };
        o->task.arena = &o->arena;
        o->task.done = fetched;
        pool_add(sim->pool, sim, &o->task);
}

static const char *save_domain(struct admin_call *c)
{
        const char *domain = admin_arg(c, "domain");
        struct arena arena;

        if (text_empty(domain) || strlen(domain) > 128 || strpbrk(domain, "/?#@ "))
                return refused(c, 40058, "域名形如 shop.example.cn，可带端口，不带 http://");
        arena_init(&arena, 0);
        struct ownership *o = arena_new(&arena, struct ownership);
        *o = (struct ownership){.domain = arena_strdup(&arena, domain), .raw = c->raw, .back = c->back};
        o->arena = arena;
        c->later = true;
        fetch(c->sim, o);
        return NULL;
}

static const char *ownership_file(struct admin_call *c)
{
        out_str(&c->out, "file", arena_printf(c->arena, "WW_verify_%s.txt", c->sim->console.verify));
        out_str(&c->out, "content", c->sim->console.verify);
        out_str(&c->out, "domain", c->sim->console.domain);
        return NULL;
}

/* ---- staff, 微信客服, in-shop 客服, the Open Platform ---- */

static bool yes(const struct admin_call *c, const char *name)
{
        return text_eq(admin_arg(c, name), "true") || text_eq(admin_arg(c, name), "1");
}

/* The members of the list "userids"; NULL or why not. */
static const char *members(struct admin_call *c, struct staff_list *list)
{
        for (size_t i = 0; i < c->n; i++) {
                if (!text_starts(c->leaf[i].path, "userids"))
                        continue;
                struct staff *s = staff_find(c->sim, c->leaf[i].value);
                if (!s || s->state == 5)
                        return arena_printf(c->arena, "no such member: %s", c->leaf[i].value);
                vec_push(c->arena, list, s);
        }
        return NULL;
}

static const char *visible(struct admin_call *c)
{
        struct corp *corp = &c->sim->world.corp;
        struct staff_list list = {0};
        const char *why = members(c, &list);

        if (why)
                return refused(c, 60111, why);
        for (size_t i = 0; i < corp->staff.n; i++) {
                corp->staff.v[i]->outside = true;
                for (size_t k = 0; k < list.n; k++)
                        if (list.v[k] == corp->staff.v[i])
                                corp->staff.v[i]->outside = false;
        }
        return done(c);
}

static struct kf_account *account(struct admin_call *c)
{
        struct kf_account *kf = world_kf(c->sim, admin_arg(c, "open_kfid"));
        return kf && !kf->deleted ? kf : NULL;
}

static const char *kf_api(struct admin_call *c)
{
        struct kf_account *kf = account(c);

        if (!kf)
                return refused(c, 95004, "没有这个客服账号");
        if (kf->managed != yes(c, "on"))
                kf_manage(c->sim, kf, yes(c, "on"));
        return done(c);
}

static const char *kf_servicers(struct admin_call *c)
{
        struct kf_account *kf = account(c);
        struct staff_list list = {0};
        const char *why = members(c, &list);

        if (!kf)
                return refused(c, 95004, "没有这个客服账号");
        if (why)
                return refused(c, 60111, why);
        kf->servicers.n = 0;
        for (size_t i = 0; i < list.n; i++)
                vec_push(&c->sim->arena, &kf->servicers, ((struct servicer){list.v[i], 0}));
        return done(c);
}

static const char *shop_kf_api(struct admin_call *c)
{
        struct shop *shop = admin_shop(c, NULL);

        if (!shop)
                return "no such appid";
        if (yes(c, "on") && !shop->target.url)
                return refused(c, 10190003, "请先配置消息推送");
        shop->kf_api_mode = yes(c, "on");
        return done(c);
}

/* One account of the Open Platform binds all of them, so there is one answer to "is there a unionid?". */
static const char *bind(struct admin_call *c)
{
        c->sim->sw[SW_BOUND].n = yes(c, "shop") || yes(c, "mp") || yes(c, "wecom");
        return done(c);
}

/* ---- something happens ---- */

/* Somebody of the population, another at each call. */
static struct person *somebody(struct sim *sim)
{
        struct world *w = &sim->world;
        return w->people.n ? w->people.v[sim->ledger.next % w->people.n] : world_person(sim, NULL);
}

static const char *consult(struct admin_call *c, struct kf_account *kf)
{
        const char *text = "你好，这是一条测试咨询";
        struct person *p = somebody(c->sim);

        chat_say(c->sim, p, kf, "text", text_body(c->arena, text), text);
        out_str(&c->out, "external_userid", p->external_userid);
        out_str(&c->out, "open_kfid", kf->open_kfid);
        return done(c);
}

static const char *say_kf(struct admin_call *c)
{
        struct kf_account *kf = admin_arg(c, "open_kfid") ? account(c) : c->sim->world.corp.kf[0];
        return kf ? consult(c, kf) : refused(c, 95004, "没有这个客服账号");
}

/* A consult where one can be heard; before that a member opens the application. */
static const char *say_wecom(struct admin_call *c)
{
        struct corp *corp = &c->sim->world.corp;

        for (size_t i = 0; i < corp->n_kf; i++)
                if (corp->kf[i]->managed && !corp->kf[i]->deleted)
                        return consult(c, corp->kf[i]);
        wecom_app_event(c->sim, wecom_of(c->sim)->apps.v[0], "enter_agent", corp->staff.v[0]->userid,
                        (const struct node[]){{"EventKey", ""}, {NULL, NULL}});
        return done(c);
}

static const char *say_shop(struct admin_call *c)
{
        struct shop *shop = admin_shop(c, NULL);

        if (!shop)
                return "no such appid";
        const struct product *product = shop->products.v[0];
        const struct order *order = order_place(c->sim, shop, somebody(c->sim), product, product->sku, 1, "测试订单");
        out_str(&c->out, "order_id", order->id);
        return done(c);
}

static const char *say_shop_kf(struct admin_call *c)
{
        const char *text = "你好，这是一条店内测试咨询";
        struct shop *shop = admin_shop(c, NULL);
        struct person *p = somebody(c->sim);

        if (!shop)
                return "no such appid";
        shop_say(c->sim, p, shop, "text", text_body(c->arena, text), text);
        out_str(&c->out, "openid", p->openid[shop->place]);
        return done(c);
}

static const char *say_mp(struct admin_call *c)
{
        struct mp *mp = official(c);

        if (!mp)
                return "no such appid";
        struct mp_fan *fan = mp_fan(c->sim, mp, somebody(c->sim));
        if (fan->follows)
                mp_unfollow(c->sim, fan);
        mp_follow(c->sim, fan, "ADD_SCENE_SEARCH");
        out_str(&c->out, "openid", fan->openid);
        return done(c);
}

static const char *say(struct admin_call *c)
{
        static const struct {
                const char *kind;
                admin_fn *fn;
        } kinds[] = {{"kf", say_kf}, {"mp", say_mp}, {"shop", say_shop}, {"shopkf", say_shop_kf}, {"wecom", say_wecom}};

        for (size_t i = 0; i < countof(kinds); i++)
                if (text_eq(kinds[i].kind, admin_arg(c, "kind")))
                        return kinds[i].fn(c);
        return "kind: wecom, kf, shop, shopkf or mp";
}

static const struct admin_row rows[] = {
        {"POST", "/sim/console/kf/api", kf_api},
        {"POST", "/sim/console/kf/servicers", kf_servicers},
        {"POST", "/sim/console/mp/callback", mp_callback},
        {"POST", "/sim/console/mp/ip", mp_ips},
        {"POST", "/sim/console/open/bind", bind},
        {"POST", "/sim/console/say", say},
        {"POST", "/sim/console/shop/callback", shop_callback},
        {"POST", "/sim/console/shop/ip", shop_ips},
        {"POST", "/sim/console/shop/kf-api", shop_kf_api},
        {"POST", "/sim/console/wecom/callback", wecom_callback},
        {"GET", "/sim/console/wecom/domain", ownership_file},
        {"POST", "/sim/console/wecom/domain", save_domain},
        {"POST", "/sim/console/wecom/trusted-ip", wecom_ips},
        {"POST", "/sim/console/wecom/visible", visible},
};
const struct admin_table admin_console = {rows, countof(rows)};
