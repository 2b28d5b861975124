/* The admin API's questions: they change nothing. */
#include "sim/admin_call.h"
#include "sim/chat.h"
#include "sim/command.h"
#include "sim/sim.h"

#include <string.h>

#define LIST_MAX 1000

static size_t limit_of(const struct admin_call *c, int64_t usual)
{
        int64_t n = admin_number(c, "limit", usual);
        return n < 1 ? 1 : n > LIST_MAX ? LIST_MAX : (size_t)n;
}

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
        if (sim->timers.heap.n)
                out_int(out, "next_due", sim->timers.heap.v[0].due);
        out_obj(out, "counts");
        out_int(out, "people", (int64_t)sim->world.people.n);
        out_int(out, "orders", (int64_t)sim->world.n_orders);
        out_int(out, "cases", (int64_t)sim->world.n_cases);
        out_int(out, "messages", (int64_t)sim->world.n_messages);
        out_int(out, "heard", heard(sim));
        out_int(out, "received", (int64_t)sim->world.n_received);
        out_int(out, "repeated", (int64_t)sim->world.n_repeats);
        out_end(out);
        out_obj(out, "corp");
        out_str(out, "corp_id", sim->world.corp.corp_id);
        out_str(out, "token", sim->world.corp.target.key.token);
        out_str(out, "aes_key", sim->world.corp.target.encoding_aes_key);
        out_end(out);
        out_obj(out, "pushes");
        out_int(out, "made", (int64_t)sim->pushes.made);
        out_int(out, "acked", (int64_t)sim->pushes.acked);
        out_int(out, "failed", (int64_t)sim->pushes.failed);
        out_int(out, "gave_up", (int64_t)sim->pushes.gave_up);
        out_int(out, "dropped", (int64_t)sim->pushes.dropped);
        out_int(out, "open", sim->pushes.open);
        out_int(out, "in_air", sim->calm.in_air);
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
        ledger_write(c->sim, &c->out, (uint64_t)admin_number(c, "since", 0), limit_of(c, 200), admin_arg(c, "what"));
        return NULL;
}

static const char *request_log(struct admin_call *c)
{
        log_write(c->sim, &c->out, (uint64_t)admin_number(c, "since", 0), limit_of(c, 100));
        return NULL;
}

void admin_write_person(struct admin_call *c, const struct person *p)
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
        const char *q = admin_arg(c, "q");
        size_t at = (size_t)admin_number(c, "since", 0), limit = limit_of(c, 100);

        out_list(&c->out, "items");
        for (; limit && at < w->people.n; at++) {
                struct person *p = w->people.v[at];
                if (!text_empty(q) && !strstr(p->name, q) && !strstr(p->nickname, q) && !text_eq(p->external_userid, q))
                        continue;
                admin_write_person(c, p);
                limit--;
        }
        out_end(&c->out);
        out_int(&c->out, "next", (int64_t)at);
        out_bool(&c->out, "more", at < w->people.n);
        return NULL;
}

static const char *received(struct admin_call *c)
{
        struct person *p = admin_customer(c);

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

static const char *day_state(struct admin_call *c)
{
        day_write(c->sim, &c->out);
        return NULL;
}

static const char *ready(struct admin_call *c)
{
        ready_write(c->sim, &c->out, NULL);
        return NULL;
}

static const char *live_state(struct admin_call *c)
{
        live_write(c->sim, &c->out);
        return NULL;
}

static const struct admin_row rows[] = {
        {"GET", "/sim/aftersale/", admin_case}, {"GET", "/sim/customers", customers},
        {"GET", "/sim/day", day_state},
        {"GET", "/sim/ledger", ledger},         {"GET", "/sim/live", live_state},
        {"GET", "/sim/log", request_log},       {"GET", "/sim/order/", admin_order},
        {"GET", "/sim/ready", ready},           {"GET", "/sim/received", received},
        {"GET", "/sim/state", state},
};

const struct admin_table admin_look = {rows, countof(rows)};
