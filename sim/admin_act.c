/* The admin API's deeds: what people do, and the handles of the platform itself. */
#include "sim/admin.h"
#include "sim/admin_call.h"
#include "sim/chat.h"
#include "sim/chatter.h"
#include "sim/picture.h"
#include "sim/push.h"
#include "sim/sim.h"
#include "sim/shop/past.h"
#include "sim/shop/trade.h"

/* ---- the platform's own handles ---- */

static const char *callback(struct admin_call *c)
{
        bool wecom = text_eq(admin_arg(c, "kind"), "wecom");
        struct target *target = world_target(c->sim, wecom, admin_arg(c, "id"));

        if (!target)
                return "no such corp or shop";
        if (text_empty(admin_arg(c, "url")))
                return "url is missing";
        c->later = true;
        /* Token and key stay as the ready line told them, so that neither can be wrong. */
        return push_register(c->sim, target, &(struct push_setting){.url = admin_arg(c, "url"), .mode = -1}, admin_answer_check,
                             c->raw, c->back)
                       ? "not an EncodingAESKey"
                       : NULL;
}

static void clock_pushed(struct sim *sim, void *arg)
{
        struct admin_call *c = arg;

        out_int(&c->out, "now", sim_now(sim));
        admin_answer(c, NULL);
}

static const char *push_clock(struct admin_call *c)
{
        int64_t by = admin_number(c, "push_ms", 0), to = admin_number(c, "set_ms", sim_now(c->sim) + by);

        if (to < sim_now(c->sim))
                return "the clock only goes forward";
        /* The call outlives this function: it goes with its request's arena. */
        c->later = true;
        calm_push_to(c->sim, to, clock_pushed, arena_memdup(c->arena, c, sizeof(*c)));
        return NULL;
}

static const char *set_switch(struct admin_call *c)
{
        switch (switch_set(c->sim, admin_arg(c, "name"), admin_arg(c, "value"))) {
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
        token_revoke_all(c->sim, text_eq(admin_arg(c, "how"), "expire"));
        return NULL;
}

/* ---- people ---- */

static const char *add_customer(struct admin_call *c)
{
        struct person *p = world_person(c->sim, text_empty(admin_arg(c, "name")) ? NULL : admin_arg(c, "name"));
        out_list(&c->out, "items");
        admin_write_person(c, p);
        out_end(&c->out);
        return NULL;
}

static struct kf_account *kf_of(const struct admin_call *c)
{
        return admin_arg(c, "open_kfid") ? world_kf(c->sim, admin_arg(c, "open_kfid")) : c->sim->world.corp.kf[0];
}

/* Media over these limits reach a server as a text that says so (wecom-kf.md 5). */
static const char *oversize(struct admin_call *c, const char *type)
{
        static const struct {
                const char *type, *name;
                int64_t most;
        } limits[] = {{"image", "图片", 2}, {"voice", "语音", 2}, {"video", "视频", 10}, {"file", "文件", 20}};

        for (size_t i = 0; i < countof(limits); i++)
                if (text_eq(limits[i].type, type) && admin_number(c, "bytes", 0) > limits[i].most * 1024 * 1024)
                        return arena_printf(c->arena, "[%s超过 %lld MB，请在手机端查看]", limits[i].name, (long long)limits[i].most);
        return NULL;
}

/* The body of a message of `type`, as a customer's phone would make it; NULL when something is missing. */
static const char *make_body(struct admin_call *c, bool in_shop, const char *type, const char **text)
{
        struct sim *sim = c->sim;
        struct order *order = order_touch(sim, admin_arg(c, "order_id"));
        const char *whole = json_get(c->arena, raw_body(c->raw), "body");
        struct out out;

        *text = arena_printf(c->arena, "[%s]", type);
        if (whole)
                return whole;
        if (text_eq(type, "text")) {
                *text = admin_arg(c, "text");
                return text_empty(*text) ? NULL : text_body(c->arena, *text);
        }
        if (order)
                *text = order->id;
        if (text_eq(type, "channels_shop_order"))
                return order ? order_card(c->arena, order) : NULL;
        out_init(&out, c->arena);
        out_obj(&out, NULL);
        /* In a shop a picture is a URL of the platform's own: the caller gives the body. */
        if (text_eq(type, "image") && !in_shop) {
                struct bytes png = picture_png(c->arena, sim->world.n_messages);
                out_str(&out, "media_id", media_keep(sim, "image/png", png)->id);
        } else if (text_eq(type, "order_share") && order) {
                out_str(&out, "order_id", order->id);
        } else {
                return NULL;
        }
        out_end(&out);
        return out.text.p;
}

static void write_said(struct admin_call *c, struct person *p, const struct message *m)
{
        struct order *order = order_touch(c->sim, admin_arg(c, "order_id"));
        if (order && order->person == p)
                p->wrote_order = order->id;
        out_str(&c->out, "msgid", m->msgid);
        out_int(&c->out, "send_time_ms", m->at);
}

static const char *say(struct admin_call *c)
{
        const char *type = admin_arg(c, "msgtype") ? admin_arg(c, "msgtype") : "text", *text;
        struct kf_account *kf = kf_of(c);
        struct person *p = admin_customer(c);

        if (!p)
                return "no such customer";
        if (!kf)
                return "no such open_kfid";
        const char *hint = oversize(c, type), *body = hint ? text_body(c->arena, hint) : make_body(c, false, type, &text);
        if (!body)
                return "the message's content is missing";
        if (hint)
                type = "text", text = hint;
        write_said(c, p, chat_say(c->sim, p, kf, type, body, text));
        return NULL;
}

static const char *chatter(struct admin_call *c)
{
        int64_t n = admin_number(c, "messages", 100), people = admin_number(c, "people", 1000);
        int64_t in_shop = admin_number(c, "in_shop", 20), open = admin_number(c, "open", 2000);

        if (n < 1 || n > 10000 || people < 1 || people > 100000 || in_shop < 0 || in_shop > 100 || open < 0)
                return "messages 1..10000, people 1..100000, in_shop 0..100, open 0 or more";
        out_int(&c->out, "said",
                (int64_t)chatter_say(c->sim, (size_t)n, (size_t)people, (size_t)in_shop, (size_t)open));
        return NULL;
}

struct shop *admin_shop(const struct admin_call *c, const struct person *p)
{
        if (admin_arg(c, "appid"))
                return world_shop(c->sim, admin_arg(c, "appid"));
        for (size_t i = 0; p && i < c->sim->world.n_shops; i++)
                if (text_eq(p->openid[i], admin_arg(c, "openid")))
                        return c->sim->world.shops[i];
        return c->sim->world.shops[0];
}

static const char *say_in_shop(struct admin_call *c)
{
        const char *type = admin_arg(c, "msg_type") ? admin_arg(c, "msg_type") : "text", *text;
        struct person *p = admin_customer(c);
        struct shop *shop = admin_shop(c, p);

        if (!p)
                return "no such customer";
        if (!shop)
                return "no such appid";
        const char *body = make_body(c, true, type, &text);
        if (!body)
                return "the message's content is missing";
        write_said(c, p, shop_say(c->sim, p, shop, type, body, text));
        return NULL;
}

static const char *enter(struct admin_call *c)
{
        struct person *p = admin_customer(c);
        struct kf_account *kf = kf_of(c);

        if (!p || !kf)
                return "no such customer or open_kfid";
        struct message *m = chat_enter(c->sim, p, kf, admin_arg(c, "scene"), admin_arg(c, "scene_param"),
                                       json_get(c->arena, raw_body(c->raw), "wechat_channels"));
        out_str(&c->out, "msgid", m->msgid);
        return NULL;
}

/* A servicer in the WeCom client: says something, or ends the session. */
static const char *servicer(struct admin_call *c)
{
        struct person *p = admin_customer(c);
        struct kf_account *kf = kf_of(c);
        const char *userid =
                admin_arg(c, "userid") ? admin_arg(c, "userid") : c->sim->world.corp.staff.v[0]->userid;

        if (!p || !kf || !session_find(p, kf))
                return "no such customer or session";
        if (text_empty(admin_arg(c, "text")))
                chat_servicer_ends(c->sim, session_find(p, kf), userid);
        else
                chat_servicer_says(c->sim, session_find(p, kf), userid, admin_arg(c, "text"));
        return NULL;
}

/* ---- the broadcast, the day ---- */

static const char *start_day(struct admin_call *c)
{
        struct shop *shop = day_shop(c->sim, admin_arg(c, "shop") ? admin_arg(c, "shop") : "1");

        if (!shop)
                return "no such shop: 1, 2, an appid or a name";
        switch (day_start(c->sim, shop, (uint64_t)admin_number(c, "orders", 300), admin_number(c, "speed", 1))) {
        case DAY_E_RUNNING:
                return "a day is running";
        case DAY_E_SIZE:
                return "orders 1..1000000, speed 1..100000";
        default:
                day_write(c->sim, &c->out);
                return NULL;
        }
}


static const char *start_live(struct admin_call *c)
{
        switch (live_start(c->sim, (uint64_t)admin_number(c, "orders", 300), (uint64_t)admin_number(c, "chats", 60),
                           admin_number(c, "seconds", 120), text_eq(admin_arg(c, "duplicate"), "true"))) {
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

static const struct admin_row rows[] = {
        {"POST", "/sim/callback", callback},
        {"POST", "/sim/chatter", chatter},
        {"POST", "/sim/clock", push_clock},
        {"POST", "/sim/customers", add_customer},
        {"POST", "/sim/day", start_day},
        {"POST", "/sim/enter", enter},
        {"POST", "/sim/live", start_live},
        {"POST", "/sim/live/stop", stop_live},
        {"POST", "/sim/say", say},
        {"POST", "/sim/servicer", servicer},
        {"POST", "/sim/shop/say", say_in_shop},
        {"POST", "/sim/switch", set_switch},
        {"POST", "/sim/tokens", tokens},
};

const struct admin_table admin_act = {rows, countof(rows)};
