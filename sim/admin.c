#include "sim/admin.h"

#include "base/json.h"
#include "sim/chat.h"
#include "sim/gate.h"
#include "sim/page.h"
#include "sim/picture.h"
#include "sim/push.h"
#include "sim/sim.h"
#include "sim/trade.h"

#include <string.h>

#define LIST_MAX 1000

struct admin_call {
        struct sim *sim;
        struct raw *raw;
        struct arena *arena;
        const struct json_leaf *leaf;
        size_t n;
        const char *id, *verb; /* of /sim/order/{id}/{verb} */
        const char *back;      /* a form: where to go afterwards */
        struct out out;
        bool later;            /* somebody else will answer */
};

/* NULL when all is well, else why not. */
typedef const char *admin_fn(struct admin_call *);

static const char *arg(const struct admin_call *c, const char *name)
{
        for (size_t i = 0; i < c->n; i++)
                if (text_eq(c->leaf[i].path, name))
                        return c->leaf[i].value;
        return raw_param(c->raw, name);
}

static int64_t number(const struct admin_call *c, const char *name, int64_t otherwise)
{
        int64_t n;
        const char *text = arg(c, name);
        return !text || text_to_int(text, INT64_MIN, INT64_MAX, &n) ? otherwise : n;
}

static size_t limit_of(const struct admin_call *c, int64_t usual)
{
        int64_t n = number(c, "limit", usual);
        return n < 1 ? 1 : n > LIST_MAX ? LIST_MAX : (size_t)n;
}

static struct person *customer(const struct admin_call *c)
{
        const char *who = arg(c, "customer") ? arg(c, "customer") : arg(c, "openid");
        struct person *p = map_get(&c->sim->world.by_external, who);
        return p ? p : map_get(&c->sim->world.by_openid, who);
}

/* ---- looking ---- */

/* Customers' messages that a careful server has: 微信客服 of the last three days, in-shop since there is a URL. */
static int64_t heard(struct sim *sim)
{
        uint64_t n = sim->world.n_shop_heard;

        for (size_t i = 0; i < sim->world.corp.n_kf; i++) {
                const struct kf_account *kf = sim->world.corp.kf[i];

                for (size_t j = 0; j < kf->log.n; j++)
                        n += kf->log.v[j]->author == BY_CUSTOMER && kf->log.v[j]->at + 3 * DAY_MS >= sim_now(sim);
        }
        return (int64_t)n;
}

static const char *state(struct admin_call *c)
{
        struct sim *sim = c->sim;
        struct out *out = &c->out;

        out_int(out, "now", sim_now(sim));
        out_bool(out, "manual_clock", sim->clock.manual);
        out_obj(out, "counts");
        out_int(out, "people", (int64_t)sim->world.people.n);
        out_int(out, "orders", (int64_t)sim->world.n_orders);
        out_int(out, "cases", (int64_t)sim->world.n_cases);
        out_int(out, "messages", (int64_t)sim->world.n_messages);
        out_int(out, "heard", heard(sim));
        out_int(out, "received", (int64_t)sim->world.n_received);
        out_int(out, "repeated", (int64_t)sim->world.n_repeats);
        out_end(out);
        out_obj(out, "pushes");
        out_int(out, "made", (int64_t)sim->pushes.made);
        out_int(out, "acked", (int64_t)sim->pushes.acked);
        out_int(out, "failed", (int64_t)sim->pushes.failed);
        out_int(out, "gave_up", (int64_t)sim->pushes.gave_up);
        out_int(out, "dropped", (int64_t)sim->pushes.dropped);
        out_int(out, "open", sim->pushes.open);
        out_end(out);
        out_list(out, "callbacks");
        for (size_t i = 0; i <= sim->world.n_shops; i++) {
                const struct target *t = i ? &sim->world.shops[i - 1]->target : &sim->world.corp.target;
                out_obj(out, NULL);
                out_str(out, "kind", t->wecom ? "wecom" : "shop");
                out_str(out, "id", t->id);
                out_str(out, "url", t->url);
                out_end(out);
        }
        out_end(out);
        out_list(out, "switches");
        for (size_t i = 0; i < SW_N; i++) {
                out_obj(out, NULL);
                out_str(out, "name", switches[i].name);
                if (switches[i].kind == SWITCH_TEXT)
                        out_str(out, "value", sim->sw[i].text);
                else if (switches[i].kind == SWITCH_BOOL)
                        out_bool(out, "value", sim->sw[i].n);
                else
                        out_int(out, "value", sim->sw[i].n);
                out_str(out, "doc", switches[i].en);
                out_end(out);
        }
        out_end(out);
        return NULL;
}

static const char *ledger(struct admin_call *c)
{
        ledger_write(c->sim, &c->out, (uint64_t)number(c, "since", 0), limit_of(c, 200), arg(c, "what"));
        return NULL;
}

static const char *request_log(struct admin_call *c)
{
        log_write(c->sim, &c->out, (uint64_t)number(c, "since", 0), limit_of(c, 100));
        return NULL;
}

static void write_person(struct admin_call *c, const struct person *p)
{
        struct out *out = &c->out;

        out_obj(out, NULL);
        out_str(out, "name", p->name);
        out_str(out, "nickname", p->nickname);
        out_str(out, "external_userid", p->external_userid);
        out_str(out, "unionid", p->unionid);
        out_obj(out, "openids");
        for (size_t i = 0; i < c->sim->world.n_shops; i++)
                out_str(out, c->sim->world.shops[i]->appid, p->openid[i]);
        out_end(out);
        out_str(out, "clue", p->clue);
        out_str(out, "wrote_order", p->wrote_order);
        out_bool(out, "live", p->live);
        out_int(out, "messages", (int64_t)p->chat.n);
        out_list(out, "orders");
        for (size_t i = 0; i < p->orders.n; i++) {
                out_obj(out, NULL);
                out_str(out, "order_id", p->orders.v[i]->id);
                out_str(out, "appid", p->orders.v[i]->shop->appid);
                out_raw(out, "status", p->orders.v[i]->status);
                out_end(out);
        }
        out_end(out);
        out_end(out);
}

static const char *customers(struct admin_call *c)
{
        struct world *w = &c->sim->world;
        const char *q = arg(c, "q");
        size_t at = (size_t)number(c, "since", 0), limit = limit_of(c, 100);

        out_list(&c->out, "items");
        for (; limit && at < w->people.n; at++) {
                struct person *p = w->people.v[at];
                if (!text_empty(q) && !strstr(p->name, q) && !strstr(p->nickname, q) && !text_eq(p->external_userid, q))
                        continue;
                write_person(c, p);
                limit--;
        }
        out_end(&c->out);
        out_int(&c->out, "next", (int64_t)at);
        out_bool(&c->out, "more", at < w->people.n);
        return NULL;
}

static const char *received(struct admin_call *c)
{
        struct person *p = customer(c);

        if (!p)
                return "no such customer";
        out_list(&c->out, "items");
        for (size_t i = 0; i < p->chat.n; i++) {
                const struct message *m = p->chat.v[i];
                if (m->author != BY_API)
                        continue;
                out_obj(&c->out, NULL);
                out_str(&c->out, "msgid", m->msgid);
                out_int(&c->out, "at", m->at);
                out_str(&c->out, "account", m->kf ? m->kf->open_kfid : m->shop->appid);
                out_str(&c->out, "msgtype", m->type);
                out_str(&c->out, "text", m->text);
                out_raw(&c->out, "body", m->body);
                out_end(&c->out);
        }
        out_end(&c->out);
        return NULL;
}

static const char *live_state(struct admin_call *c)
{
        live_write(c->sim, &c->out);
        return NULL;
}

/* ---- the platform's own handles ---- */

static const char *callback(struct admin_call *c)
{
        bool wecom = text_eq(arg(c, "kind"), "wecom");
        struct target *target = world_target(c->sim, wecom, arg(c, "id"));

        if (!target)
                return "no such corp or shop";
        if (text_empty(arg(c, "url")))
                return "url is missing";
        push_register(c->sim, target, arg(c, "url"), c->raw, c->back);
        c->later = true;
        return NULL;
}

static const char *push_clock(struct admin_call *c)
{
        int64_t by = number(c, "push_ms", 0), to = number(c, "set_ms", sim_now(c->sim) + by);

        if (to < sim_now(c->sim))
                return "the clock only goes forward";
        timers_push_to(c->sim, to);
        out_int(&c->out, "now", sim_now(c->sim));
        return NULL;
}

static const char *set_switch(struct admin_call *c)
{
        switch (switch_set(c->sim, arg(c, "name"), arg(c, "value"))) {
        case SWITCH_E_NAME:
                return "no such switch";
        case SWITCH_E_VALUE:
                return "not a value for this switch";
        default:
                return NULL;
        }
}

static const char *tokens(struct admin_call *c)
{
        token_revoke_all(c->sim, text_eq(arg(c, "how"), "expire"));
        return NULL;
}

/* ---- people ---- */

static const char *add_customer(struct admin_call *c)
{
        struct person *p = world_person(c->sim, text_empty(arg(c, "name")) ? NULL : arg(c, "name"));
        out_list(&c->out, "items");
        write_person(c, p);
        out_end(&c->out);
        return NULL;
}

static struct kf_account *kf_of(const struct admin_call *c)
{
        return arg(c, "open_kfid") ? world_kf(c->sim, arg(c, "open_kfid")) : c->sim->world.corp.kf[0];
}

/* The body of a message of `type`, as a customer's phone would make it; NULL when something is missing. */
static const char *make_body(struct admin_call *c, const char *type, const char **text)
{
        struct sim *sim = c->sim;
        struct order *order = map_get(&sim->world.orders, arg(c, "order_id"));
        const char *whole = json_get(c->arena, raw_body(c->raw), "body");
        struct out out;

        *text = arena_printf(c->arena, "[%s]", type);
        if (whole)
                return whole;
        if (text_eq(type, "text")) {
                *text = arg(c, "text");
                return text_empty(*text) ? NULL : text_body(c->arena, *text);
        }
        out_init(&out, c->arena);
        out_obj(&out, NULL);
        if (text_eq(type, "image")) {
                struct bytes png = picture_png(c->arena, sim->world.n_messages);
                out_str(&out, "media_id", media_keep(sim, "image/png", png)->id);
        } else if (text_eq(type, "channels_shop_order") && order) {
                *text = order->id;
                out_str(&out, "order_id", order->id);
                out_str(&out, "product_titles", order->line[0].product->title);
                out_str(&out, "price_wording", arena_printf(c->arena, "¥%lld.%02lld", (long long)(order->total / 100), (long long)(order->total % 100)));
                out_str(&out, "state", state_row(&order_states, order->status)->zh);
                out_str(&out, "image_url", "");
                out_str(&out, "shop_nickname", order->shop->name);
        } else if (text_eq(type, "order_share") && order) {
                *text = order->id;
                out_str(&out, "order_id", order->id);
        } else {
                return NULL;
        }
        out_end(&out);
        return out.text.p;
}

static void write_said(struct admin_call *c, struct person *p, const struct message *m)
{
        struct order *order = map_get(&c->sim->world.orders, arg(c, "order_id"));
        if (order && order->person == p)
                p->wrote_order = order->id;
        out_str(&c->out, "msgid", m->msgid);
        out_int(&c->out, "send_time_ms", m->at);
}

static const char *say(struct admin_call *c)
{
        const char *type = arg(c, "msgtype") ? arg(c, "msgtype") : "text", *text;
        struct kf_account *kf = kf_of(c);
        struct person *p = customer(c);

        if (!p)
                return "no such customer";
        if (!kf)
                return "no such open_kfid";
        const char *body = make_body(c, type, &text);
        if (!body)
                return "the message's content is missing";
        write_said(c, p, chat_say(c->sim, p, kf, type, body, text));
        return NULL;
}

static struct shop *shop_of(const struct admin_call *c, const struct person *p)
{
        if (arg(c, "appid"))
                return world_shop(c->sim, arg(c, "appid"));
        for (size_t i = 0; p && i < c->sim->world.n_shops; i++)
                if (text_eq(p->openid[i], arg(c, "openid")))
                        return c->sim->world.shops[i];
        return c->sim->world.shops[0];
}

static const char *say_in_shop(struct admin_call *c)
{
        const char *type = arg(c, "msg_type") ? arg(c, "msg_type") : "text", *text;
        struct person *p = customer(c);
        struct shop *shop = shop_of(c, p);

        if (!p)
                return "no such customer";
        if (!shop)
                return "no such appid";
        const char *body = make_body(c, type, &text);
        if (!body)
                return "the message's content is missing";
        write_said(c, p, shop_say(c->sim, p, shop, type, body, text));
        return NULL;
}

static const char *enter(struct admin_call *c)
{
        struct person *p = customer(c);
        struct kf_account *kf = kf_of(c);

        if (!p || !kf)
                return "no such customer or open_kfid";
        struct message *m = chat_enter(c->sim, p, kf, arg(c, "scene"), arg(c, "scene_param"),
                                       json_get(c->arena, raw_body(c->raw), "wechat_channels"));
        out_str(&c->out, "msgid", m->msgid);
        return NULL;
}

/* A servicer in the WeCom client: says something, or ends the session. */
static const char *servicer(struct admin_call *c)
{
        struct person *p = customer(c);
        struct kf_account *kf = kf_of(c);
        const char *userid = arg(c, "userid") ? arg(c, "userid") : c->sim->world.corp.servicers.v[0]->userid;

        if (!p || !kf || !p->session[kf->place])
                return "no such customer or session";
        if (text_empty(arg(c, "text")))
                chat_servicer_ends(c->sim, p->session[kf->place], userid);
        else
                chat_servicer_says(c->sim, p->session[kf->place], userid, arg(c, "text"));
        return NULL;
}

/* ---- trade ---- */

static const char *place_order(struct admin_call *c)
{
        struct person *p = customer(c);
        struct shop *shop = shop_of(c, p);
        const struct product *product;

        if (!p)
                return "no such customer";
        if (!shop)
                return "no such appid";
        product = shop->products.v[rng_between(&c->sim->rng, 0, (int64_t)shop->products.n - 1)];
        for (size_t i = 0; i < shop->products.n; i++)
                if (text_eq(shop->products.v[i]->id, arg(c, "product")))
                        product = shop->products.v[i];
        int64_t count = number(c, "count", 1);
        if (count < 1 || count > 99)
                return "count must be 1..99";
        struct order *order = order_place(c->sim, shop, p, product, &product->sku[0], count, arg(c, "notes"));
        if (text_eq(arg(c, "pay"), "true") && order_pay(c->sim, order))
                return "not payable";
        out_str(&c->out, "order_id", order->id);
        out_str(&c->out, "appid", shop->appid);
        return NULL;
}

static const char *order_verb(struct admin_call *c)
{
        struct order *order = map_get(&c->sim->world.orders, c->id);
        int r;

        if (!order)
                return "no such order";
        if (text_eq(c->verb, "pay"))
                r = order_pay(c->sim, order);
        else if (text_eq(c->verb, "ship"))
                r = order_ship(c->sim, order);
        else if (text_eq(c->verb, "confirm"))
                r = order_confirm(c->sim, order, false);
        else if (text_eq(c->verb, "cancel"))
                r = order_cancel(c->sim, order);
        else if (text_eq(c->verb, "get"))
                r = 0;
        else
                return "pay, ship, confirm or cancel";
        out_raw(&c->out, "status", order->status);
        return r ? arena_printf(c->arena, "not possible in status %s", order->status) : NULL;
}

static const char *open_case(struct admin_call *c)
{
        struct order *order = map_get(&c->sim->world.orders, arg(c, "order_id"));
        const char *reason = text_empty(arg(c, "reason")) ? case_reasons[0].text : arg(c, "reason");
        int64_t line = number(c, "line", 0);

        if (!order)
                return "no such order";
        if (line < 0 || (size_t)line >= order->n_lines)
                return "no such line";
        struct after_sale *a = case_open(c->sim, order, (size_t)line, arg(c, "type"), reason, order->shipped != 0);
        if (!a)
                return "the order is not paid, or an after-sale runs, or nothing is left of the line";
        out_str(&c->out, "after_sale_order_id", a->id);
        out_str(&c->out, "status", a->status);
        return NULL;
}

static const char *case_verb(struct admin_call *c)
{
        struct after_sale *a = map_get(&c->sim->world.cases, c->id);
        int r;

        if (!a)
                return "no such after-sale";
        if (text_eq(c->verb, "return"))
                r = case_return(c->sim, a, text_empty(arg(c, "waybill")) ? rng_digits(&c->sim->rng, c->arena, "SF1", 12) : arg(c, "waybill"));
        else if (text_eq(c->verb, "cancel"))
                r = case_cancel(c->sim, a);
        else if (text_eq(c->verb, "get"))
                r = 0;
        else
                return "return or cancel";
        out_str(&c->out, "status", a->status);
        out_str(&c->out, "address_id", a->address ? a->address->id : NULL);
        out_int(&c->out, "accepts", a->accepts);
        return r ? arena_printf(c->arena, "not possible in status %s", a->status) : NULL;
}

static const char *start_live(struct admin_call *c)
{
        switch (live_start(c->sim, (uint64_t)number(c, "orders", 300), (uint64_t)number(c, "chats", 60), number(c, "seconds", 120),
                           text_eq(arg(c, "duplicate"), "true"))) {
        case LIVE_E_RUNNING:
                return "a broadcast is running";
        case LIVE_E_SIZE:
                return "orders 1..1000000, chats at most as many, seconds 1..86400";
        default:
                live_write(c->sim, &c->out);
                return NULL;
        }
}

static const char *stop_live(struct admin_call *c)
{
        live_stop(c->sim);
        live_write(c->sim, &c->out);
        return NULL;
}

/* ---- routes ---- */

static const struct admin_row {
        const char *method, *path; /* a path ending in "/" takes {id}/{verb} behind it */
        admin_fn *fn;
} rows[] = {
        {"GET", "/sim/customers", customers},   {"POST", "/sim/customers", add_customer},
        {"GET", "/sim/ledger", ledger},         {"GET", "/sim/live", live_state},
        {"POST", "/sim/live", start_live},      {"POST", "/sim/live/stop", stop_live},
        {"GET", "/sim/log", request_log},       {"GET", "/sim/received", received},
        {"GET", "/sim/aftersale/", case_verb},  {"GET", "/sim/order/", order_verb},
        {"GET", "/sim/state", state},           {"POST", "/sim/aftersale", open_case},
        {"POST", "/sim/aftersale/", case_verb}, {"POST", "/sim/callback", callback},
        {"POST", "/sim/clock", push_clock},     {"POST", "/sim/enter", enter},
        {"POST", "/sim/order", place_order},    {"POST", "/sim/order/", order_verb},
        {"POST", "/sim/say", say},              {"POST", "/sim/servicer", servicer},
        {"POST", "/sim/shop/say", say_in_shop}, {"POST", "/sim/switch", set_switch},
        {"POST", "/sim/tokens", tokens},
};

static const struct admin_row *find(struct admin_call *c, const char *path)
{
        for (size_t i = 0; i < countof(rows); i++) {
                size_t n = strlen(rows[i].path);
                bool below = rows[i].path[n - 1] == '/';
                if (!text_eq(rows[i].method, raw_method(c->raw)) || (below ? !text_starts(path, rows[i].path) : !text_eq(path, rows[i].path)))
                        continue;
                const char *end = below ? strchrnul(path + n, '/') : NULL;
                if (below) {
                        c->id = arena_strndup(c->arena, path + n, (size_t)(end - path) - n);
                        c->verb = *end ? end + 1 : "get";
                        /* Looking changes nothing: what moves an order or a case is posted. */
                        if (text_eq(rows[i].method, "GET") != text_eq(c->verb, "get"))
                                continue;
                }
                return &rows[i];
        }
        return NULL;
}

/* A form, unless its body is JSON all the same (curl -d says "form" whatever it sends). */
static bool is_form(struct raw *raw)
{
        const char *type = raw_header(raw, "Content-Type");
        struct bytes body = raw_body(raw);
        return type && text_starts(type, "application/x-www-form-urlencoded") && (!body.n || *(const char *)body.p != '{');
}

/* name=value&...: as leaves, like JSON's. "back" is where the page wants to be afterwards. */
static int read_form(struct admin_call *c)
{
        struct bytes body = raw_body(c->raw);
        VEC(struct json_leaf) list = {0};
        char *rest = arena_strndup(c->arena, body.p ? body.p : "", body.n), *part;

        c->back = "/";
        while ((part = strsep(&rest, "&"))) {
                char *value = strchr(part, '='), *name, *decoded;
                if (!value)
                        continue;
                if (url_decode(c->arena, part, (size_t)(value - part), &name) || url_decode(c->arena, value + 1, strlen(value + 1), &decoded))
                        return URL_E_BAD;
                if (text_eq(name, "back") && text_starts(decoded, "/") && !text_starts(decoded, "//"))
                        c->back = decoded;
                vec_push(c->arena, &list, ((struct json_leaf){name, decoded}));
        }
        c->leaf = list.v;
        c->n = list.n;
        return 0;
}

static void answer(struct raw *raw, const char *why, const char *back, struct bytes members)
{
        struct text text;

        if (back) {
                const char *to = why ? arena_printf(raw_arena(raw), "%s%cwhy=%s", back, strchr(back, '?') ? '&' : '?', url_encode(raw_arena(raw), why))
                                     : back;
                raw_reply(raw, 303, "text/plain", BYTES_NONE, (const char *const[]){"Location", to, NULL});
                return;
        }
        text_init(&text, raw_arena(raw));
        text_addf(&text, "{\"ok\":%s", why ? "false,\"why\":" : "true");
        if (why)
                json_quote(&text, why);
        if (members.n) {
                text_add(&text, ",");
                text_add_n(&text, members.p, members.n);
        }
        text_add(&text, "}");
        raw_reply(raw, why ? 400 : 200, "application/json; charset=utf-8", bytes_of(text.p, text.n), NULL);
}

void admin_answer_check(struct raw *raw, const char *why, const char *back)
{
        struct text text;
        text_init(&text, raw_arena(raw));
        if (back) {
                answer(raw, why, back, BYTES_NONE);
                return;
        }
        /* The check was carried out; its result is the answer, not an error of the request. */
        text_addf(&text, "{\"ok\":%s", why ? "false,\"why\":" : "true}");
        if (why) {
                json_quote(&text, why);
                text_add(&text, "}");
        }
        raw_reply(raw, 200, "application/json; charset=utf-8", bytes_of(text.p, text.n), NULL);
}

void admin_handle(struct sim *sim, struct raw *raw, const char *path)
{
        struct admin_call c = {.sim = sim, .raw = raw, .arena = raw_arena(raw)};
        const char *why = NULL;
        struct json_leaf *leaf = NULL;

        out_init(&c.out, c.arena);
        const struct admin_row *row = find(&c, path);
        if (!row)
                why = "no such path of the admin API: docs/simulator.md";
        else if (is_form(raw))
                why = read_form(&c) ? "not a form" : NULL;
        else if (raw_body(raw).n && json_leaves(c.arena, raw_body(raw), &leaf, &c.n))
                why = "not JSON";
        if (leaf)
                c.leaf = leaf;
        if (!why)
                why = row->fn(&c);
        if (!c.later)
                answer(raw, why, c.back, bytes_of(c.out.text.p, c.out.text.n));
        timers_run(sim);
}
