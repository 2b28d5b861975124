#include "sim/gate.h"

#include "sim/condition.h"
#include "sim/form.h"
#include "sim/mp/mp.h"
#include "sim/record.h"
#include "sim/shop/request.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const struct product_table *const gate_products[] = {
        &wecom_acquisition, &wecom_auth, &wecom_contact, &wecom_directory, &wecom_group, &wecom_kf,
        &wecom_kf_account, &wecom_kf_knowledge, &wecom_kf_send, &wecom_kf_session, &wecom_kf_stats, &wecom_login,
        &wecom_mass, &wecom_media, &wecom_message, &wecom_tag, &wecom_transfer, &wecom_way, &weixin_auth,
        &shop_order, &shop_order_change, &shop_order_ship, &shop_contact, &shop_aftersale, &shop_aftersale_act, &shop_dispute,
        &shop_addresses, &shop_coupon, &shop_funds, &shop_product, &shop_promote, &shop_stock, &shop_basics, &shop_kf,
        &mp_agents, &mp_basics, &mp_oauth, &mp_pages, &mp_qrcode, &mp_send, &mp_users,
};
const size_t gate_n_products = countof(gate_products);

const char *const gate_host[FAMILY_N] = {
        [FAMILY_WECOM] = "qyapi.weixin.qq.com",
        [FAMILY_WEIXIN] = "api.weixin.qq.com",
        [FAMILY_OPEN] = "open.weixin.qq.com",
        [FAMILY_MP] = "mp.weixin.qq.com",
        [FAMILY_LOGIN_WORK] = "login.work.weixin.qq.com",
        [FAMILY_OPEN_WORK] = "open.work.weixin.qq.com",
};

static int by_path(const void *path, const void *row)
{
        return strcmp(path, ((const struct endpoint *)row)->path);
}

const struct endpoint *gate_find(enum family family, const char *path)
{
        for (size_t i = 0; i < gate_n_products; i++) {
                const struct product_table *p = gate_products[i];
                const struct endpoint *e = bsearch(path, p->endpoint, p->n, sizeof(*e), by_path);
                if (e && e->family == family)
                        return e;
        }
        return NULL;
}

void gate_list(FILE *out)
{
        for (size_t i = 0; i < gate_n_products; i++) {
                const struct product_table *p = gate_products[i];
                const char *host = gate_host[p->endpoint->family];
                for (size_t k = 0; k < p->n; k++)
                        fprintf(out, "endpoint\t%s\t%s\t%s\n", p->endpoint[k].method, gate_host[p->endpoint[k].family],
                                p->endpoint[k].path);
                for (const char *const *event = p->events; event && *event; event++)
                        fprintf(out, "event\t-\t%s\t%s\n", host, *event);
        }
}

/* ---- what endpoints use ---- */

const char *rq_str(const struct request *rq, const char *path)
{
        for (size_t i = 0; i < rq->n_leaves; i++)
                if (text_eq(rq->leaf[i].path, path))
                        return rq->leaf[i].value;
        return NULL;
}

bool rq_has(const struct request *rq, const char *prefix)
{
        size_t n = strlen(prefix);
        for (size_t i = 0; i < rq->n_leaves; i++)
                if (text_starts(rq->leaf[i].path, prefix) && (rq->leaf[i].path[n] == '.' || !rq->leaf[i].path[n]))
                        return true;
        return false;
}

int64_t rq_int(const struct request *rq, const char *path, int64_t otherwise)
{
        int64_t n;
        const char *text = rq_str(rq, path);
        return !text || text_to_int(text, INT64_MIN, INT64_MAX, &n) ? otherwise : n;
}

bool rq_bool(const struct request *rq, const char *path, bool otherwise)
{
        const char *text = rq_str(rq, path);
        return !text ? otherwise : text_eq(text, "true") || text_eq(text, "1");
}

size_t rq_list(const struct request *rq, const char *path)
{
        size_t n = 0;
        while (rq_has(rq, arena_printf(rq->arena, "%s.%zu", path, n)))
                n++;
        return n;
}

int refuse(struct request *rq, int errcode, const char *rule_fmt, ...)
{
        va_list ap;
        va_start(ap, rule_fmt);
        rq->rule = arena_vprintf(rq->arena, rule_fmt, ap);
        va_end(ap);
        return errcode;
}

/* ---- before the endpoint ---- */

static int check_verb(struct request *rq, const struct endpoint *e)
{
        const char *method = raw_method(rq->raw);
        if (text_eq(method, e->method) ||
            (e->flags & ENDPOINT_EITHER && (text_eq(method, "GET") || text_eq(method, "POST"))))
                return 0;
        return refuse(rq, text_eq(e->method, "GET") ? 43001 : 43002, "接口要求 %s，收到 %s", e->method, method);
}

int weixin_check_ip(struct request *rq, bool shop)
{
        return !rq->sim->faults.on[FAULT_WEIXIN_IP] &&
                               console_trusts(rq->sim, shop ? LIST_SHOP : LIST_MP, raw_peer(rq->raw))
                       ? 0
                       : refuse(rq, 40164, "调用方 IP %s 不在 IP 白名单里（微信小店 订单 §1.1）", raw_peer(rq->raw));
}

static int check_token(struct request *rq, const struct endpoint *e)
{
        struct token *token;

        if (e->flags & ENDPOINT_NO_TOKEN || rq->family > FAMILY_WEIXIN)
                return 0;
        int code = token_check(rq->sim, rq->family == FAMILY_WECOM, raw_param(rq->raw, "access_token"), &token);
        if (code)
                return refuse(rq, code, "access_token %s",
                              code == 41001   ? "缺失"
                              : code == 42001 ? "已过期（7200 秒）"
                                              : "无效或已被换新");
        rq->shop = token->shop;
        rq->mp = token->mp;
        rq->app = token->app;
        if (rq->family != FAMILY_WEIXIN)
                return wecom_check(rq, e->path);
        code = weixin_check_ip(rq, rq->shop != NULL);
        if (code)
                return code;
        unsigned takes = e->flags & ENDPOINT_ANY ? e->flags & ENDPOINT_ANY : ENDPOINT_SHOP;
        unsigned is = rq->shop ? ENDPOINT_SHOP : rq->mp->kind == MP_OFFICIAL ? ENDPOINT_OFFICIAL : ENDPOINT_PROGRAM;
        return takes & is ? 0 : refuse(rq, 48001, "这类账号没有这个接口的权限");
}

static struct gate_rate *rate_of(struct sim *sim, struct arena *arena, const char *path, const char *account)
{
        char *key = arena_printf(arena, "%s|%s", path, account);
        struct gate_rate *rate = map_get(&sim->rates, key);

        if (!rate) {
                rate = arena_new(&sim->arena, struct gate_rate);
                *rate = (struct gate_rate){.path = arena_strdup(&sim->arena, path),
                                           .account = arena_strdup(&sim->arena, account)};
                rate->next = sim->rate_list;
                sim->rate_list = rate;
                map_put(&sim->rates, &sim->arena, arena_strdup(&sim->arena, key), rate);
        }
        return rate;
}

int64_t gate_used(struct sim *sim, const char *path, const char *appid)
{
        for (const struct gate_rate *r = sim->rate_list; r; r = r->next)
                if (text_eq(r->path, path) && text_eq(r->account, appid))
                        return r->day == sim_today(sim) ? r->used : 0;
        return 0;
}

void gate_spend(struct sim *sim, const char *path, const char *appid, int64_t calls)
{
        struct arena arena;

        arena_init(&arena, 0);
        struct gate_rate *rate = rate_of(sim, &arena, path, appid);
        rate->day = sim_today(sim);
        rate->used += calls;
        arena_release(&arena);
}

void gate_forget(struct sim *sim, const char *path, const char *appid)
{
        for (struct gate_rate *r = sim->rate_list; r; r = r->next)
                if (text_eq(r->account, appid) && (!path || text_eq(r->path, path)))
                        r->calls = 0, r->used = 0;
}

static int check_rate(struct request *rq, const struct endpoint *e)
{
        struct sim *sim = rq->sim;
        const char *limited = switch_text(sim, SW_RATE_LIMIT);
        int code = rq->family == FAMILY_WECOM ? 45009 : 45011;
        int64_t minute = sim_now(sim) / 60000;

        if (*limited && (text_eq(limited, "all") || text_eq(limited, e->path)))
                return refuse(rq, code, "开关 rate_limit 正在限流这个接口");
        const char *account = rq->shop ? rq->shop->appid : rq->mp ? rq->mp->appid : "corp";
        struct gate_rate *rate = rate_of(sim, rq->arena, e->path, account);
        if (rate->day != sim_today(sim)) {
                rate->day = sim_today(sim);
                rate->used = 0;
        }
        if (rate->used >= switch_on(sim, SW_DAY_CALLS) && rq->family == FAMILY_WEIXIN && !text_eq(limited, "none"))
                return refuse(rq, 45009, "每天 %lld 次的额度已用完（开关 day_calls）", (long long)switch_on(sim, SW_DAY_CALLS));
        rate->used++;
        if (rate->minute != minute) {
                rate->minute = minute;
                rate->calls = 0;
        }
        if (++rate->calls > e->rate && e->rate && !text_eq(limited, "none"))
                return refuse(rq, code, "每分钟 %u 次的限额已用完", e->rate);
        return 0;
}

static int read_body(struct request *rq, const struct endpoint *e)
{
        struct json_leaf *leaf;
        struct bytes body = raw_body(rq->raw);
        int bad = rq->family == FAMILY_WECOM ? 40035 : 47001;

        if (text_eq(raw_method(rq->raw), "GET") || e->flags & ENDPOINT_MULTIPART)
                return 0;
        if (!body.n && e->flags & ENDPOINT_EITHER)
                return 0;
        if (!body.n)
                return refuse(rq, rq->mp ? 44002 : bad, "POST 没有正文（无参数也要发 {}）");
        if (body.n > GATE_JSON_MAX)
                return refuse(rq, rq->family == FAMILY_WECOM ? 40206 : 45002, "正文超过 1 MiB");
        if (rq->family == FAMILY_WECOM && switch_on(rq->sim, SW_ESCAPES_REFUSED) && memmem(body.p, body.n, "\\u", 2))
                return refuse(rq, 40033, "正文有 \\uXXXX 转义，应直接发 UTF-8（wecom-auth，开关 escapes_refused）");
        if (json_leaves(rq->arena, body, &leaf, &rq->n_leaves))
                return refuse(rq, bad, "正文不是 JSON");
        rq->leaf = leaf;
        return 0;
}

/* ---- after the endpoint ---- */

static const char *errmsg(struct request *rq, int code)
{
        uint64_t hint = rng_next(&rq->sim->rng);
        if (!code)
                return "ok";
        if (rq->family == FAMILY_WECOM)
                return arena_printf(rq->arena,
                                    "%s, hint: [%016llx], from ip: %s, more info at "
                                    "https://open.work.weixin.qq.com/devtool/query?e=%d",
                                    errcode_text(code), (unsigned long long)hint, raw_peer(rq->raw), code);
        if (code == 40164)
                return arena_printf(rq->arena, "invalid ip %s ipv6 ::ffff:%s, not in whitelist rid: %08x-%08x", raw_peer(rq->raw),
                                    raw_peer(rq->raw), (unsigned)(hint >> 32), (unsigned)hint);
        return arena_printf(rq->arena, "%s rid: %08x-%08x", errcode_text(code), (unsigned)(hint >> 32), (unsigned)hint);
}

struct late_answer {
        struct raw *raw;
        struct bytes body;
        const char *mime;
};

static void answer_late(void *arg)
{
        struct late_answer *late = arg;
        raw_reply(late->raw, 200, late->mime, late->body, NULL);
}

/* HTTP's own Date is right; only a fault makes the platform's clock differ. */
static const char *const *date_header(struct request *rq)
{
        char *text = arena_alloc(rq->arena, 64);
        time_t at = time(NULL) + FAULT_CLOCK_S;
        struct tm tm;

        if (!rq->sim->faults.on[FAULT_CLOCK_OFF])
                return NULL;
        strftime(text, 64, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&at, &tm));
        return arena_memdup(rq->arena, ((const char *const[]){"Date", text, NULL}), 3 * sizeof(text));
}

static void send_answer(struct request *rq, const char *mime, struct bytes body)
{
        struct sim *sim = rq->sim;
        int64_t slow = switch_on(sim, SW_SLOW_MS);

        if (rq->endpoint && *switch_text(sim, SW_LOSE_ANSWER) &&
            text_eq(switch_text(sim, SW_LOSE_ANSWER), rq->endpoint->path)) {
                raw_reply(rq->raw, 0, NULL, BYTES_NONE, NULL);
                return;
        }
        if (rq->breakage) {
                breakage_send(sim, rq->raw, rq->breakage, mime, body);
                return;
        }
        if (!slow || !sim->server) {
                raw_reply(rq->raw, 200, mime, body, date_header(rq));
                return;
        }
        struct late_answer *late = arena_new(rq->arena, struct late_answer);
        *late = (struct late_answer){rq->raw, body, mime};
        server_later(sim->server, (unsigned)slow, answer_late, late);
}

/* What a GET asks, decoded, a line a parameter; tokens and secrets belong in no log. */
static const char *shown_query(struct request *rq)
{
        static const char *const secret[] = {"access_token", "corpsecret", "secret", "appsecret"};
        char *rest = arena_strdup(rq->arena, raw_query(rq->raw)), *part;
        struct text text;

        text_init(&text, rq->arena);
        while ((part = strsep(&rest, "&"))) {
                char *value = strchr(part, '='), *shown;
                bool hide = false;
                if (!value)
                        continue;
                *value++ = 0;
                for (size_t i = 0; i < countof(secret); i++)
                        hide = hide || text_eq(part, secret[i]);
                if (hide)
                        continue;
                if (url_decode(rq->arena, value, strlen(value), &shown))
                        shown = value;
                text_addf(&text, "%s%s = %s", text.n ? "\n" : "", part, shown);
        }
        return text.n ? text.p : "";
}

static void finish(struct request *rq, const char *path, int code)
{
        struct text text;
        struct bytes body, request = raw_body(rq->raw);

        text_init(&text, rq->arena);
        text_add(&text, "{");
        if (code || !(rq->endpoint && rq->endpoint->flags & ENDPOINT_BARE)) {
                text_addf(&text, "\"errcode\":%d,\"errmsg\":", code);
                json_quote(&text, errmsg(rq, code));
                if (!code && rq->out.text.n)
                        text_add(&text, ",");
        }
        if (!code)
                text_add_n(&text, rq->out.text.p, rq->out.text.n);
        text_add(&text, "}");
        body = bytes_of(text.p, text.n);
        if (!code && rq->bytes.p)
                body = bytes_of_text(arena_printf(rq->arena, "(%zu bytes)", rq->bytes.n));
        if (rq->endpoint && rq->endpoint->flags & ENDPOINT_MULTIPART)
                request = bytes_of_text(arena_printf(rq->arena, "(multipart, %zu bytes)", request.n));
        else if (!request.n)
                request = bytes_of_text(shown_query(rq));
        if (rq->endpoint)
                record_call(rq->sim, &(struct record){raw_method(rq->raw), gate_host[rq->family], path, code, rq->admitted,
                                                      !(rq->location || rq->bytes.p), body});
        log_add(rq->sim, &(struct log_entry){
                                 .method = raw_method(rq->raw),
                                 .path = path,
                                 .account = rq->shop ? rq->shop->name : rq->mp ? rq->mp->name : rq->sim->world.corp.name,
                                 .request = request,
                                 .answer = body,
                                 .rule = code && rq->rule ? arena_printf(rq->arena, "%d: %s", code, rq->rule) : rq->rule,
                                 .errcode = code,
                                 .took_us = clock_mono_us() - rq->started_us,
                         });
        if (!code && rq->location)
                raw_reply(rq->raw, 302, "text/plain", BYTES_NONE, (const char *const[]){"Location", rq->location, NULL});
        else if (!code && rq->bytes.p)
                send_answer(rq, rq->mime, rq->bytes);
        else
                send_answer(rq, "application/json; charset=utf-8", body);
}

void gate_handle(struct sim *sim, struct raw *raw, enum family family, const char *path)
{
        struct request rq = {
                .sim = sim,
                .raw = raw,
                .arena = raw_arena(raw),
                .family = family,
                .endpoint = gate_find(family, path),
                .started_us = clock_mono_us(),
        };
        int code;

        out_init(&rq.out, rq.arena);
        rng_swap(&sim->rng, &sim->noise);
        if (!rq.endpoint) {
                code = refuse(&rq, family == FAMILY_WECOM ? 40035 : 48001, "模拟器没有这个接口");
        } else {
                code = check_verb(&rq, rq.endpoint);
                code = code ? code : check_token(&rq, rq.endpoint);
                code = code ? code : shop_check_open(&rq);
                code = code ? code : check_rate(&rq, rq.endpoint);
                code = code ? code : read_body(&rq, rq.endpoint);
                rq.admitted = !code;
                code = code ? code : form_check(&rq, rq.endpoint->form);
                code = code ? code : condition_check(&rq);
                rq.breakage = code ? BREAK_NONE : breakage_of(sim, path);
                if (!code && !breakage_prevents(rq.breakage))
                        code = rq.endpoint->fn(&rq);
                if (rq.breakage)
                        rq.rule = breakage_rule(rq.breakage);
        }
        finish(&rq, path, code);
        rng_swap(&sim->rng, &sim->noise);
        timers_run(sim);
}
