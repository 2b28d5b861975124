/* The frames that reload themselves: her phone, the request log, the clock with the broadcast. */
#include "sim/chat.h"
#include "sim/gate.h"
#include "sim/html.h"
#include "sim/sim.h"

#include <string.h>

#define LOG_ROWS 60
#define PAUSE_MS (5 * 60 * INT64_C(1000)) /* a silence that gets a time of its own */

static void bubble(struct html *h, const struct message *m)
{
        const char *side = m->author == BY_CUSTOMER ? "me" : "they";

        html_add(h, "<div class=\"row %s\"><div class=\"bubble %s\">", side, text_eq(m->type, "text") ? "" : "card");
        if (text_eq(m->type, "channels_shop_order") || text_eq(m->type, "order_share")) {
                html_raw(h, "<b>");
                html_say(h, "订单卡片", "Order card");
                html_add(h, "</b><br><small>%s</small>", m->text);
        } else if (text_eq(m->type, "image")) {
                html_raw(h, "🖼 ");
                html_say(h, "图片", "picture");
        } else {
                html_text(h, m->text);
        }
        html_raw(h, "</div>");
        if (m->author == BY_SERVICER)
                html_add(h, "<small class=\"by\">%s · WeCom</small>", m->servicer);
        if (m->fail_type >= 0) {
                html_raw(h, "<small class=\"bad\">");
                html_say(h, "没有送达", "not delivered");
                html_raw(h, "</small>");
        }
        html_raw(h, "</div>");
}

static void session_line(struct html *h, const struct session *s)
{
        static const char *const zh[] = {"新接入待处理", "智能助手（API）", "待接入池", "人工接待", "已结束／未开始"};
        static const char *const en[] = {"new", "assistant (API)", "queue", "servicer", "ended / not begun"};
        int state = s ? session_state(h->sim, s) : 4;
        int left = !s || session_may_send(h->sim, s) ? 0 : REPLY_BUDGET - (int)s->sent;

        html_add(h, "<div class=\"state\"><b>%d</b> ", state);
        html_say(h, zh[state], en[state]);
        html_raw(h, " · ");
        html_say(h, "还可回复", "replies left");
        html_add(h, " <b>%d</b></div>", left);
}

void page_chat(struct sim *sim, struct raw *raw)
{
        struct person *p = page_person(sim, raw);
        size_t account = page_number(raw, "a", 0), n_kf = sim->world.corp.n_kf;
        struct html h;
        int64_t last = INT64_MAX;

        html_init(&h, sim, raw);
        html_begin(&h, "chat", 3, "frame phone");
        if (!p || account >= n_kf + sim->world.n_shops) {
                html_send(&h, raw);
                return;
        }
        if (account < n_kf)
                session_line(&h, session_find(p, sim->world.corp.kf[account]));
        /* Newest first in the document and upside down by style: the end stays in view without a script. */
        html_raw(&h, "<div class=\"bubbles\">");
        size_t shown = 0;
        for (size_t i = p->chat.n; i-- && shown < 200;) {
                const struct message *m = p->chat.v[i];
                if (!page_of_account(sim, m, account))
                        continue;
                if (last != INT64_MAX && last - m->at > PAUSE_MS) {
                        html_raw(&h, "<div class=\"when\">");
                        html_time(&h, last, true);
                        html_raw(&h, "</div>");
                }
                last = m->at;
                bubble(&h, m);
                shown++;
        }
        html_raw(&h, "<div class=\"when\">");
        if (shown)
                html_time(&h, last, true);
        else
                html_say(&h, "还没有消息。用下面的输入框替她说一句。", "Nothing yet. Say something for her below.");
        html_raw(&h, "</div></div>");
        html_send(&h, raw);
}

/* The two lists of the right column. */
static void log_tabs(struct html *h, bool ledger)
{
        const char *lang = h->english ? "en" : "zh";

        html_add(h, "<p class=\"tabs\"><a class=\"%s\" href=\"/page/log?lang=%s\">", ledger ? "" : "here", lang);
        html_say(h, "服务器发来的请求", "What the server asked");
        html_add(h, "</a><a class=\"%s\" href=\"/page/ledger?lang=%s\">", ledger ? "here" : "", lang);
        html_say(h, "推送与账本", "Pushes and ledger");
        html_raw(h, "</a></p>");
}

void page_ledger(struct sim *sim, struct raw *raw)
{
        struct html h;
        size_t shown = 0;

        html_init(&h, sim, raw);
        html_begin(&h, "ledger", 3, "frame log");
        log_tabs(&h, true);
        for (uint64_t seq = sim->ledger.next - 1; seq >= ring_first(&sim->ledger) && shown < LOG_ROWS; seq--, shown++) {
                const struct ledger_row *row = ring_row(&sim->ledger, seq);
                bool bad = text_eq(row->what, "nack") || text_eq(row->what, "gave_up") || text_eq(row->what, "dropped");
                html_add(&h, "<div class=\"%s\"><time>", bad ? "entry no" : "entry");
                html_time(&h, row->at, false);
                html_add(&h, "</time><code>%s</code><i>%s</i> %s</div>", row->what, row->id, row->detail);
        }
        html_send(&h, raw);
}

/* "95018: 会话在状态 3 …"; in English what the platform says stands in front. */
static void why_refused(struct html *h, const struct log_row *row)
{
        const char *code = arena_printf(h->arena, "%lld:", (long long)row->errcode), *rule = row->rule;

        if (text_starts(rule, code))
                rule += strlen(code);
        html_add(h, "<b>%s</b> ", code);
        if (h->english)
                html_add(h, "%s · ", errcode_text((int)row->errcode));
        html_text(h, rule);
}

/* What the call takes, a word a field: see form.h. */
static void takes(struct html *h, const struct log_row *row)
{
        const struct endpoint *e = NULL;

        for (int f = 0; f < FAMILY_N && !e; f++)
                e = gate_find((enum family)f, row->path);
        if (!e || !e->form || !*e->form)
                return;
        html_raw(h, "<h4>");
        html_say(h, "参数（s 文本 n 数字 d 编号 b 是非 l 列表 o 对象，! 必填）", "Arguments (s text, n number, d id, b flag, l list, o object, ! needed)");
        html_add(h, "</h4><p class=\"form\">%s</p>", e->form);
}

static void log_detail(struct html *h, const struct log_row *row)
{
        html_add(h, "<p><a href=\"/page/log?lang=%s\">", h->english ? "en" : "zh");
        html_say(h, "← 返回日志", "← back to the log");
        html_add(h, "</a></p><h3>%s %s</h3><p>", row->method, row->path);
        html_time(h, row->at, true);
        html_add(h, " · %s · %d µs</p>", row->account, (int)row->took_us);
        if (row->errcode || *row->rule) {
                html_raw(h, "<p class=\"rule\">");
                why_refused(h, row);
                html_raw(h, "</p>");
        }
        html_raw(h, "<h4>");
        html_say(h, "请求", "Request");
        html_raw(h, "</h4><pre>");
        html_json(h, row->request);
        html_raw(h, "</pre>");
        takes(h, row);
        html_raw(h, "<h4>");
        html_say(h, "回答", "Answer");
        html_raw(h, "</h4><pre>");
        html_json(h, row->answer);
        html_raw(h, "</pre>");
}

void page_log(struct sim *sim, struct raw *raw)
{
        const struct log_row *chosen = ring_row(&sim->log, page_number(raw, "row", 0));
        struct html h;

        html_init(&h, sim, raw);
        html_begin(&h, "log", chosen ? 0 : 3, "frame log");
        if (chosen) {
                log_detail(&h, chosen);
                html_send(&h, raw);
                return;
        }
        log_tabs(&h, false);
        size_t shown = 0;
        for (uint64_t seq = sim->log.next - 1; seq >= ring_first(&sim->log) && shown < LOG_ROWS; seq--, shown++) {
                const struct log_row *row = ring_row(&sim->log, seq);
                html_add(&h, "<a class=\"%s\" href=\"/page/log?row=%d&amp;lang=%s\"><time>",
                         row->errcode ? "entry no" : "entry", (int)seq, h.english ? "en" : "zh");
                html_time(&h, row->at, false);
                html_add(&h, "</time><code>%s</code><i>%s</i>", row->path, row->account);
                if (row->errcode) {
                        html_raw(&h, "<span>");
                        why_refused(&h, row);
                        html_raw(&h, "</span>");
                }
                html_raw(&h, "</a>");
        }
        if (!shown) {
                html_raw(&h, "<p class=\"empty\">");
                html_say(&h, "还没有请求。把服务器的接口地址指到这里：",
                         "No request yet. Point the server's base URLs here:");
                html_add(&h, "<br><code>%s/wecom</code><br><code>%s/weixin</code></p>", server_url(sim->server),
                         server_url(sim->server));
        }
        html_send(&h, raw);
}

static void progress(struct html *h, const char *zh, const char *en, uint64_t n, uint64_t of)
{
        html_raw(h, "<span class=\"bar\">");
        html_say(h, zh, en);
        html_add(h, " <progress max=\"%d\" value=\"%d\"></progress> %d/%d</span>", (int)of, (int)n, (int)n, (int)of);
}

void page_clock(struct sim *sim, struct raw *raw)
{
        const struct live *live = &sim->live;
        struct html h;

        html_init(&h, sim, raw);
        html_begin(&h, "clock", 2, "frame clock");
        html_raw(&h, "<b class=\"now\">");
        html_time(&h, sim_now(sim), true);
        html_raw(&h, "</b>");
        if (sim->clock.manual) {
                html_raw(&h, "<em>");
                html_say(&h, "手动时钟", "manual clock");
                html_raw(&h, "</em>");
        }
        html_raw(&h, "<span>");
        html_say(&h, "推送", "pushes");
        html_add(&h, " %d ✓ %d", (int)sim->pushes.made, (int)sim->pushes.acked);
        if (sim->pushes.open)
                html_add(&h, " … %d", (int)sim->pushes.open);
        if (sim->pushes.gave_up)
                html_add(&h, " <i class=\"bad\">✗ %d</i>", (int)sim->pushes.gave_up);
        html_raw(&h, "</span>");
        if (live->running || live->orders) {
                progress(&h, "直播订单", "live orders", live->orders, live->want_orders);
                progress(&h, "咨询", "chats", live->chats, live->want_chats);
                if (!live->running) {
                        html_raw(&h, "<em>");
                        html_say(&h, "已结束", "over");
                        html_raw(&h, "</em>");
                }
        }
        html_send(&h, raw);
}
