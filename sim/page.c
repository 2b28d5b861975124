#include "sim/page.h"

#include "sim/condition.h"
#include "sim/html.h"
#include "sim/sim.h"
#include "sim/shop/trade.h"

#include <string.h>

extern const char sim_page_css[];
extern const size_t sim_page_css_size;

#define PEOPLE_SHOWN 60

struct view {
        struct html h;
        struct person *person;
        size_t account; /* see page_account_name() */
        const char *q, *back;
        const char *open; /* the list of switches that stays unfolded: ?open= */
};

/* ---- forms: a button is a form with hidden fields ---- */

static void hidden(struct html *h, const char *name, const char *value)
{
        html_add(h, "<input type=\"hidden\" name=\"%s\" value=\"%s\">", name, value);
}

static void form(struct view *v, const char *action)
{
        html_add(&v->h, "<form method=\"post\" action=\"%s\">", action);
        hidden(&v->h, "back", v->back);
}

static void end_form(struct view *v, const char *zh, const char *en, const char *class)
{
        html_add(&v->h, "<button class=\"%s\">", class);
        html_say(&v->h, zh, en);
        html_raw(&v->h, "</button></form>");
}

static void button(struct view *v, const char *action, const char *name, const char *value, const char *zh,
                   const char *en)
{
        form(v, action);
        if (name)
                hidden(&v->h, name, value);
        end_form(v, zh, en, "");
}

/* ---- top ---- */

static void switch_form(struct view *v, size_t i)
{
        struct html *h = &v->h;
        const struct switch_row *row = &switches[i];
        const struct switch_value *now = &v->h.sim->sw[i];

        form(v, "/sim/switch");
        hidden(h, "name", row->name);
        html_add(h, "<label title=\"%s\">", row->name);
        html_say(h, row->zh, row->en);
        html_raw(h, "</label>");
        if (row->kind == SWITCH_BOOL) {
                hidden(h, "value", now->n ? "false" : "true");
                end_form(v, now->n ? "开" : "关", now->n ? "on" : "off", now->n ? "on" : "off");
                return;
        }
        const char *value = row->kind == SWITCH_TEXT ? now->text : arena_printf(h->arena, "%lld", (long long)now->n);
        html_add(h, "<input name=\"value\" value=\"%s\" class=\"%s\">", value, row->kind == SWITCH_TEXT ? "wide" : "");
        end_form(v, "设", "set", "");
}

/* A list that unfolds, and is unfolded again after one of its buttons. */
static const char *unfold(struct view *v, const char *key, const char *zh, const char *en, size_t on)
{
        struct html *h = &v->h;
        const char *back = v->back;

        v->back = arena_printf(h->arena, "%s&open=%s", back, key);
        html_raw(h, text_eq(v->open, key) ? "<details open><summary>" : "<details><summary>");
        html_say(h, zh, en);
        if (on)
                html_add(h, " <b>%d</b>", (int)on);
        html_raw(h, "</summary><div class=\"switches\">");
        return back;
}

static void fold(struct view *v, const char *back)
{
        html_raw(&v->h, "</div></details>");
        v->back = back;
}

static void on_off(struct view *v, const char *action, const char *name, const char *value, bool on, const char *zh, const char *en)
{
        struct html *h = &v->h;

        form(v, action);
        if (name)
                hidden(h, name, value);
        hidden(h, "on", on ? "false" : "true");
        html_raw(h, "<label>");
        html_say(h, zh, en);
        html_raw(h, "</label>");
        end_form(v, on ? "开" : "关", on ? "on" : "off", on ? "on" : "off");
}

/* States that somebody at a console of the platform could put right, and the console's own pages. */
static void faults_and_console(struct view *v)
{
        struct html *h = &v->h;
        struct world *w = &h->sim->world;
        size_t n = 0;

        for (size_t i = 0; i < FAULT_N; i++)
                n += fault_is(h->sim, (enum fault_id)i);
        const char *back = unfold(v, "faults", "故障", "Faults", n);
        for (size_t i = 0; i < FAULT_N; i++)
                on_off(v, arena_printf(h->arena, "/sim/faults/%s/set", faults[i].name), NULL, NULL,
                       fault_is(h->sim, (enum fault_id)i), faults[i].zh, faults[i].en);
        fold(v, back);
        back = unfold(v, "conditions", "拒绝", "Refusals", h->sim->n_conditions);
        for (size_t i = 0; i < n_conditions; i++)
                on_off(v, arena_printf(h->arena, "/sim/conditions/%d/set", conditions[i].code), NULL, NULL, h->sim->condition[i],
                       arena_printf(h->arena, "%d %s", conditions[i].code, conditions[i].zh),
                       arena_printf(h->arena, "%d %s", conditions[i].code, conditions[i].en));
        fold(v, back);
        back = unfold(v, "consoles", "平台后台", "Consoles", 0);
        for (size_t i = 0; i < w->corp.n_kf; i++)
                if (!w->corp.kf[i]->deleted)
                        on_off(v, "/sim/console/kf/api", "open_kfid", w->corp.kf[i]->open_kfid, w->corp.kf[i]->managed,
                               arena_printf(h->arena, "%s：通过 API 管理", w->corp.kf[i]->name),
                               arena_printf(h->arena, "%s: managed by API", w->corp.kf[i]->name));
        for (size_t i = 0; i < w->n_shops; i++)
                on_off(v, "/sim/console/shop/kf-api", "appid", w->shops[i]->appid, w->shops[i]->kf_api_mode,
                       arena_printf(h->arena, "%s：店内客服走 API", w->shops[i]->name),
                       arena_printf(h->arena, "%s: in-shop 客服 by API", w->shops[i]->name));
        static const struct {
                const char *kind, *zh, *en;
        } kinds[] = {{"wecom", "发生一次企业微信事件", "an event of WeCom happens"},
                     {"shop", "有人下一单", "somebody orders"},
                     {"shopkf", "有人在店内咨询", "somebody writes in the shop"},
                     {"mp", "有人关注公众号", "somebody follows"}};
        for (size_t i = 0; i < countof(kinds); i++)
                button(v, "/sim/console/say", "kind", kinds[i].kind, kinds[i].zh, kinds[i].en);
        fold(v, back);
}

static void top(struct view *v)
{
        static const struct {
                const char *ms, *zh, *en;
        } pushes[] = {{"60000", "+1 分", "+1 min"},
                      {"3600000", "+1 小时", "+1 h"},
                      {"86400000", "+1 天", "+1 d"},
                      {"176400000", "+49 小时", "+49 h"}};
        struct html *h = &v->h;

        html_raw(h, "<header><h1>");
        html_say(h, "掌柜 · 平台模拟器", "Zhanggui · platform simulator");
        html_add(h,
                 "</h1><iframe class=\"clockframe\" title=\"clock\" src=\"/page/clock?lang=%s\"></iframe><div "
                 "class=\"tools\">",
                 h->english ? "en" : "zh");
        for (size_t i = 0; i < countof(pushes); i++)
                button(v, "/sim/clock", "push_ms", pushes[i].ms, pushes[i].zh, pushes[i].en);
        form(v, "/sim/live");
        html_raw(h, "<input name=\"orders\" value=\"600\" aria-label=\"orders\"><span>");
        html_say(h, "单", "orders");
        html_raw(h, "</span><input name=\"chats\" value=\"150\" aria-label=\"chats\"><span>");
        html_say(h, "咨询", "chats");
        html_raw(h, "</span><input name=\"seconds\" value=\"120\" aria-label=\"seconds\"><span>");
        html_say(h, "秒", "s");
        html_raw(h, "</span><label class=\"check\"><input type=\"checkbox\" name=\"duplicate\" value=\"true\">");
        html_say(h, "推送发两遍", "push twice");
        html_raw(h, "</label>");
        end_form(v, "开一场直播", "Start a broadcast", "go");
        if (h->sim->live.running)
                button(v, "/sim/live/stop", NULL, NULL, "停止", "Stop");
        faults_and_console(v);
        const char *back = unfold(v, "switches", "开关", "Switches", 0);
        for (size_t i = 0; i < SW_N; i++)
                switch_form(v, i);
        fold(v, back);
        html_add(h, "<a class=\"lang\" href=\"/?lang=%s\">%s</a></div></header>", h->english ? "zh" : "en",
                 h->english ? "中文" : "English");
}

/* ---- left: people ---- */

static bool matches(const struct person *p, const char *q)
{
        if (text_empty(q))
                return true;
        for (size_t i = 0; i < p->orders.n; i++)
                if (strstr(p->orders.v[i]->id, q))
                        return true;
        return strstr(p->name, q) || strstr(p->nickname, q) || strstr(p->external_userid, q);
}

static const struct message *last_message(const struct person *p)
{
        return p->chat.n ? p->chat.v[p->chat.n - 1] : NULL;
}

/* Who wrote last comes first; the silent ones follow. */
static void people(struct view *v)
{
        struct html *h = &v->h;
        struct world *w = &h->sim->world;
        VEC(struct person *) list = {0};

        for (size_t i = w->people.n; i--;) {
                struct person *p = w->people.v[i];
                const struct message *m = last_message(p);
                if (!matches(p, v->q))
                        continue;
                if (list.n == PEOPLE_SHOWN &&
                    (!m || (last_message(list.v[list.n - 1]) && last_message(list.v[list.n - 1])->at >= m->at)))
                        continue;
                if (list.n == PEOPLE_SHOWN)
                        list.n--;
                vec_push(h->arena, &list, p);
                for (size_t at = list.n - 1; m && at; at--) {
                        const struct message *before = last_message(list.v[at - 1]);
                        if (before && before->at >= m->at)
                                break;
                        list.v[at] = list.v[at - 1];
                        list.v[at - 1] = p;
                }
        }
        html_add(h,
                 "<nav class=\"people\"><form class=\"search\"><input type=\"hidden\" name=\"lang\" "
                 "value=\"%s\"><input name=\"q\" value=\"%s\" placeholder=\"",
                 h->english ? "en" : "zh", v->q ? v->q : "");
        html_say(h, "昵称、姓名、订单号", "nickname, name, order number");
        html_raw(h, "\"></form>");
        for (size_t i = 0; i < list.n; i++) {
                struct person *p = list.v[i];
                const struct message *m = last_message(p);
                html_add(h, "<a class=\"%s\" href=\"/?c=%d&amp;lang=%s&amp;q=%s\"><b>%s</b>",
                         p == v->person ? "here" : "", (int)p->place, h->english ? "en" : "zh",
                         v->q ? url_encode(h->arena, v->q) : "", p->nickname);
                if (m && m->author == BY_CUSTOMER)
                        html_raw(h, "<i class=\"dot\"></i>");
                html_add(h, "<small>%s</small></a>", m ? m->text : p->name);
        }
        form(v, "/sim/customers");
        html_raw(h, "<input name=\"name\" placeholder=\"");
        html_say(h, "新客户姓名", "new customer");
        html_raw(h, "\">");
        end_form(v, "添加", "Add", "");
        html_raw(h, "</nav>");
}

/* ---- middle: her phone and her orders ---- */

static void chat_forms(struct view *v)
{
        static const char *const phrases[][2] = {
                {"在吗？", "Anyone there?"},
                {"什么时候发货呀", "When will it ship?"},
                {"我想退货", "I want to return it"},
                {"能开发票吗", "Can I have an invoice?"},
                {"谢谢", "Thanks"},
        };
        struct html *h = &v->h;
        struct world *w = &h->sim->world;
        bool kf = v->account < w->corp.n_kf;
        const char *action = kf ? "/sim/say" : "/sim/shop/say";
        const char *field = kf ? "open_kfid" : "appid";
        const char *id = kf ? w->corp.kf[v->account]->open_kfid : w->shops[v->account - w->corp.n_kf]->appid;

        form(v, action);
        hidden(h, "customer", v->person->external_userid);
        hidden(h, field, id);
        html_raw(h, "<input class=\"say\" name=\"text\" autocomplete=\"off\" autofocus placeholder=\"");
        html_say(h, "替她说…", "say for her…");
        html_raw(h, "\">");
        end_form(v, "发送", "Send", "go");
        html_raw(h, "<div class=\"phrases\">");
        for (size_t i = 0; i < countof(phrases); i++) {
                form(v, action);
                hidden(h, "customer", v->person->external_userid);
                hidden(h, field, id);
                hidden(h, "text", phrases[i][0]);
                end_form(v, phrases[i][0], phrases[i][1], "quiet");
        }
        form(v, action);
        hidden(h, "customer", v->person->external_userid);
        hidden(h, field, id);
        if (kf) {
                hidden(h, "msgtype", "image");
                end_form(v, "发张图", "Send a picture", "quiet");
                form(v, "/sim/enter");
                hidden(h, "customer", v->person->external_userid);
                hidden(h, field, id);
                end_form(v, "进入会话", "Open the chat", "quiet");
        } else {
                hidden(h, "text", "");
                hidden(h, "msg_type", "order_share");
                hidden(h, "order_id", v->person->orders.n ? v->person->orders.v[v->person->orders.n - 1]->id : "");
                end_form(v, "发订单卡片", "Send her order", "quiet");
        }
        html_raw(h, "</div>");
}

static void case_row(struct view *v, struct after_sale *c)
{
        struct html *h = &v->h;
        const struct state_row *row = state_row(&case_states, c->status);

        html_add(h, "<div class=\"case\"><span>%s</span> %s · ", c->type, c->reason_text);
        html_say(h, row->zh, row->en);
        if (c->deadline && !row->terminal) {
                html_raw(h, " · ");
                html_say(h, "期限", "until");
                html_raw(h, " ");
                html_time(h, c->deadline, true);
        }
        if (text_eq(c->status, "USER_WAIT_RETURN"))
                button(v, arena_printf(h->arena, "/sim/aftersale/%s/return", c->id), NULL, NULL, "寄回", "Send back");
        if (case_running(c) && !text_eq(c->status, "PLATFORM_REFUNDING"))
                button(v, arena_printf(h->arena, "/sim/aftersale/%s/cancel", c->id), NULL, NULL, "撤销", "Cancel");
        html_raw(h, "</div>");
}

static void order_buttons(struct view *v, struct order *o)
{
        struct html *h = &v->h;
        bool paid = text_eq(o->status, "20") || text_eq(o->status, "30") || text_eq(o->status, "100");
        bool free_line = !o->line[0].on_case && o->line[0].finished < o->line[0].count;

        html_raw(h, "<div class=\"buttons\">");
        if (text_eq(o->status, "10")) {
                button(v, arena_printf(h->arena, "/sim/order/%s/pay", o->id), NULL, NULL, "付款", "Pay");
                button(v, arena_printf(h->arena, "/sim/order/%s/cancel", o->id), NULL, NULL, "取消", "Cancel");
        }
        if (text_eq(o->status, "20") && free_line)
                button(v, arena_printf(h->arena, "/sim/order/%s/ship", o->id), NULL, NULL, "商家发货", "Ship it");
        if (text_eq(o->status, "30"))
                button(v, arena_printf(h->arena, "/sim/order/%s/confirm", o->id), NULL, NULL, "确认收货", "Confirm");
        for (int i = 0; paid && free_line && i < 2; i++) {
                form(v, "/sim/aftersale");
                hidden(h, "order_id", o->id);
                hidden(h, "type", i ? "RETURN" : "REFUND");
                hidden(h, "reason", i ? "尺码不合适" : "不想要了");
                end_form(v, i ? "申请退货" : "申请退款", i ? "Ask to return" : "Ask for a refund", "");
        }
        form(v, "/sim/say");
        hidden(h, "customer", o->person->external_userid);
        hidden(h, "msgtype", "channels_shop_order");
        hidden(h, "order_id", o->id);
        end_form(v, "发给客服", "Send to 客服", "quiet");
        html_raw(h, "</div>");
}

static void orders(struct view *v)
{
        struct html *h = &v->h;
        struct person *p = v->person;

        html_raw(h, "<section class=\"orders\"><h2>");
        html_say(h, "她的订单", "Her orders");
        html_raw(h, "</h2><div class=\"buttons\">");
        for (size_t i = 0; i < h->sim->world.n_shops; i++) {
                form(v, "/sim/order");
                hidden(h, "customer", p->external_userid);
                hidden(h, "appid", h->sim->world.shops[i]->appid);
                html_raw(h, "<button>");
                html_say(h, "下单：", "Order at ");
                html_add(h, "%s</button></form>", h->sim->world.shops[i]->name);
        }
        html_raw(h, "</div>");
        for (size_t i = p->orders.n; i--;) {
                struct order *o = p->orders.v[i];
                const struct state_row *row = state_row(&order_states, o->status);
                html_raw(h, "<article><div class=\"line\"><b>");
                html_text(h, o->line[0].product->title);
                html_raw(h, "</b><span class=\"tag\">");
                html_say(h, row->zh, row->en);
                html_add(h, "</span></div><small>%s · %s %s ×%d · ", o->id,
                         o->line[0].sku->color ? o->line[0].sku->color : "",
                         o->line[0].sku->size ? o->line[0].sku->size : "", (int)o->line[0].count);
                html_money(h, o->total);
                html_raw(h, " · ");
                html_time(h, o->created, true);
                if (o->n_parcels)
                        html_add(h, " · %s %s", o->parcel[0]->delivery_name, o->parcel[0]->waybill);
                html_raw(h, "</small>");
                for (size_t k = 0; k < o->cases.n; k++)
                        case_row(v, o->cases.v[k]);
                order_buttons(v, o);
                html_raw(h, "</article>");
        }
        html_raw(h, "</section>");
}

static void middle(struct view *v)
{
        struct html *h = &v->h;
        struct world *w = &h->sim->world;
        struct person *p = v->person;

        html_raw(h, "<main>");
        if (!p) {
                html_raw(h, "<p class=\"empty\">");
                html_say(h, "从左边选一位客户，或添加一位。", "Choose a customer on the left, or add one.");
                html_raw(h, "</p></main>");
                return;
        }
        html_add(h,
                 "<div class=\"who\"><b>%s</b> <span>%s · %s %s</span><br><small>external_userid %s</small></div><div "
                 "class=\"tabs\">",
                 p->nickname, p->name, p->city, p->county, p->external_userid);
        for (size_t i = 0; i < w->corp.n_kf + w->n_shops; i++) {
                html_add(h, "<a class=\"%s\" href=\"/?c=%d&amp;a=%d&amp;lang=%s\">%s ", i == v->account ? "here" : "",
                         (int)p->place, (int)i, h->english ? "en" : "zh", page_account_name(h->sim, i));
                html_raw(h, "<small>");
                html_say(h, i < w->corp.n_kf ? "微信客服" : "店内", i < w->corp.n_kf ? "WeCom" : "in-shop");
                html_raw(h, "</small></a>");
        }
        html_add(h,
                 "</div><iframe class=\"chatframe\" title=\"chat\" "
                 "src=\"/page/chat?c=%d&amp;a=%d&amp;lang=%s\"></iframe><div class=\"speak\">",
                 (int)p->place, (int)v->account, h->english ? "en" : "zh");
        chat_forms(v);
        html_raw(h, "</div>");
        orders(v);
        html_raw(h, "</main>");
}

/* Where she wrote last is the account shown first. */
static size_t account_of(struct view *v, struct raw *raw)
{
        struct world *w = &v->h.sim->world;
        size_t n = w->corp.n_kf + w->n_shops, a = page_number(raw, "a", n);

        if (a < n || !v->person || !v->person->chat.n)
                return a < n ? a : 0;
        for (a = 0; a < n; a++)
                if (page_of_account(v->h.sim, last_message(v->person), a))
                        return a;
        return 0;
}

/* Nobody chosen: who wrote last and waits. */
static struct person *who_waits(struct sim *sim)
{
        struct person *who = NULL;

        for (size_t i = 0; i < sim->world.people.n; i++) {
                struct person *p = sim->world.people.v[i];
                const struct message *m = last_message(p);
                if (m && m->author == BY_CUSTOMER && (!who || m->at > last_message(who)->at))
                        who = p;
        }
        return who;
}

static void whole_page(struct sim *sim, struct raw *raw)
{
        const char *why = raw_param(raw, "why");
        struct view v = {.person = page_person(sim, raw), .q = raw_param(raw, "q"), .open = raw_param(raw, "open")};

        html_init(&v.h, sim, raw);
        if (!v.person && !raw_param(raw, "c"))
                v.person = who_waits(sim);
        v.account = account_of(&v, raw);
        v.back = v.person ? arena_printf(v.h.arena, "/?c=%u&a=%zu&lang=%s", v.person->place, v.account,
                                         v.h.english ? "en" : "zh")
                          : arena_printf(v.h.arena, "/?lang=%s", v.h.english ? "en" : "zh");
        html_begin(&v.h, v.h.english ? "Zhanggui simulator" : "掌柜模拟器", 0, "page");
        top(&v);
        if (why)
                html_add(&v.h, "<p class=\"why\">%s</p>", why);
        html_raw(&v.h, "<div class=\"columns\">");
        people(&v);
        middle(&v);
        html_add(&v.h,
                 "<aside><iframe class=\"logframe\" title=\"log\" src=\"/page/log?lang=%s\"></iframe></aside></div>",
                 v.h.english ? "en" : "zh");
        html_send(&v.h, raw);
}

void page_handle(struct sim *sim, struct raw *raw, const char *path)
{
        if (!text_eq(raw_method(raw), "GET"))
                raw_reply(raw, 405, "text/plain", BYTES_NONE, NULL);
        else if (text_eq(path, "/"))
                whole_page(sim, raw);
        else if (text_eq(path, "/page/chat"))
                page_chat(sim, raw);
        else if (text_eq(path, "/page/log"))
                page_log(sim, raw);
        else if (text_eq(path, "/page/ledger"))
                page_ledger(sim, raw);
        else if (text_eq(path, "/page/clock"))
                page_clock(sim, raw);
        else if (text_eq(path, "/page/style.css"))
                raw_reply(raw, 200, "text/css; charset=utf-8", bytes_of(sim_page_css, sim_page_css_size), NULL);
        else
                raw_reply(raw, 404, "text/plain", bytes_of_text("not here"), NULL);
}
