/* The admin API's deeds at official accounts and mini programs; see docs/simulator.md. */
#include "base/xml.h"
#include "sim/admin_call.h"
#include "sim/gate.h"
#include "sim/mp/mp.h"
#include "sim/sim.h"

#include <string.h>

/* "appid", or the first account of the kind; "customer" as everywhere, or "openid" at that account. */
static const char *find(struct admin_call *c, enum mp_kind kind, struct mp **mp, struct mp_fan **fan)
{
        struct mps *all = &c->sim->world.mps;
        const char *appid = admin_arg(c, "appid"), *openid = admin_arg(c, "openid");

        *mp = appid ? mp_find(c->sim, appid) : NULL;
        for (size_t i = 0; !appid && !*mp && i < all->n; i++)
                *mp = all->of[i]->kind == kind ? all->of[i] : NULL;
        if (!*mp)
                return "no such official account or mini program";
        *fan = mp_fan_by_openid(c->sim, *mp, openid);
        if (!*fan && admin_customer(c))
                *fan = mp_fan(c->sim, *mp, admin_customer(c));
        return *fan ? NULL : "no such customer";
}

static const char *follow(struct admin_call *c)
{
        struct mp *mp;
        struct mp_fan *fan;
        const char *why = find(c, MP_OFFICIAL, &mp, &fan), *scene = admin_arg(c, "scene");

        if (why)
                return why;
        mp_follow(c->sim, fan, scene ? arena_strdup(&c->sim->arena, scene) : "ADD_SCENE_SEARCH");
        out_str(&c->out, "openid", fan->openid);
        return NULL;
}

static const char *unfollow(struct admin_call *c)
{
        struct mp *mp;
        struct mp_fan *fan;
        const char *why = find(c, MP_OFFICIAL, &mp, &fan);

        if (why || !fan->follows)
                return why ? why : "she does not follow";
        mp_unfollow(c->sim, fan);
        return NULL;
}

static const char *scan(struct admin_call *c)
{
        struct mp *mp;
        struct mp_fan *fan;
        const char *why = find(c, MP_OFFICIAL, &mp, &fan);

        if (why)
                return why;
        if (mp_scan(c->sim, fan, admin_arg(c, "ticket")))
                return "no such ticket, or it has expired";
        out_str(&c->out, "openid", fan->openid);
        return NULL;
}

/*
 * The elements of a message or event: the members of "body". An object below becomes XML, or JSON where pushes are JSON: its
 * members are gathered in one text that mp_push() takes as it is.
 */
static const char *gather(struct admin_call *c, bool json, const char *object, size_t n)
{
        struct text text;

        text_init(&text, c->arena);
        for (size_t i = 0; i < c->n; i++) {
                const char *path = c->leaf[i].path, *name = path + n + 1;
                if (strncmp(path, object, n) || path[n] != '.')
                        continue;
                if (json) {
                        text_addf(&text, "%s\"%s\":", text.n ? "," : "{", name);
                        json_quote(&text, c->leaf[i].value);
                } else {
                        text_addf(&text, "<%s>", name);
                        xml_cdata(&text, c->leaf[i].value);
                        text_addf(&text, "</%s>", name);
                }
        }
        if (json)
                text_add(&text, "}");
        return text.p;
}

static const char *const *read_pairs(struct admin_call *c, bool json, const char *const *first)
{
        static const char prefix[] = "body.";
        VEC(const char *) pairs = {0};
        const char *last = "";

        for (; first && *first; first++)
                vec_push(c->arena, &pairs, *first);
        for (size_t i = 0; i < c->n; i++) {
                const char *path = c->leaf[i].path;
                if (!text_starts(path, prefix))
                        continue;
                const char *name = path + strlen(prefix), *dot = strchr(name, '.');
                const char *element = dot ? arena_strndup(c->arena, name, (size_t)(dot - name)) : name;
                if (dot && text_eq(element, last))
                        continue; /* gathered with its first member */
                last = element;
                vec_push(c->arena, &pairs, dot && json ? arena_printf(c->arena, "#%s", element) : element);
                vec_push(c->arena, &pairs, dot ? gather(c, json, path, (size_t)(dot - path)) : c->leaf[i].value);
        }
        vec_push(c->arena, &pairs, NULL);
        return pairs.v;
}

static const char *say(struct admin_call *c)
{
        const char *type = admin_arg(c, "msgtype") ? admin_arg(c, "msgtype") : "text", *text = admin_arg(c, "text");
        struct mp *mp;
        struct mp_fan *fan;
        const char *why = find(c, MP_OFFICIAL, &mp, &fan);

        if (why)
                return why;
        if (text_eq(type, "text") && text_empty(text))
                return "text is missing";
        const char *const first[] = {"Content", text, NULL};
        out_str(&c->out, "msgid",
                mp_write(c->sim, fan, type, read_pairs(c, mp->json, text_eq(type, "text") ? first : NULL),
                         text ? text : arena_printf(c->arena, "[%s]", type)));
        out_str(&c->out, "openid", fan->openid);
        return NULL;
}

/* Clicks, locations, entering: what each allows. */
static const char *event(struct admin_call *c)
{
        static const struct {
                const char *event;
                enum mp_deed deed;
        } deeds[] = {
                {"CLICK", DEED_MENU}, {"VIEW", DEED_MENU}, {"scancode_push", DEED_MENU}, {"scancode_waitmsg", DEED_MENU},
                {"pic_sysphoto", DEED_MENU}, {"pic_photo_or_album", DEED_MENU}, {"pic_weixin", DEED_MENU},
                {"location_select", DEED_MENU}, {"view_miniprogram", DEED_MENU}, {"LOCATION", DEED_N},
                {"user_enter_tempsession", DEED_ENTERED},
        };
        const char *name = admin_arg(c, "event");
        bool entering = text_eq(name, "user_enter_tempsession");
        struct mp *mp;
        struct mp_fan *fan;
        const char *why = find(c, entering ? MP_PROGRAM : MP_OFFICIAL, &mp, &fan);

        for (size_t i = 0; !why && i < countof(deeds); i++) {
                if (!text_eq(deeds[i].event, name))
                        continue;
                if (entering != (mp->kind == MP_PROGRAM))
                        return "not an event of this kind of account";
                mp_event(c->sim, fan, deeds[i].event, deeds[i].deed, read_pairs(c, mp->json, NULL));
                return NULL;
        }
        return why ? why : "no such event";
}

/* She pays: a service account may write freely for two days. */
static const char *paid(struct admin_call *c)
{
        struct mp *mp;
        struct mp_fan *fan;
        const char *why = find(c, MP_OFFICIAL, &mp, &fan);

        if (!why)
                mp_allow(c->sim, fan, DEED_PAID);
        return why;
}

/* What the consent page or a mini program's login hands over, without a browser. */
static const char *code(struct admin_call *c)
{
        const char *scope = admin_arg(c, "scope") ? admin_arg(c, "scope") : "snsapi_base";
        struct mp *mp;
        struct mp_fan *fan;
        const char *why = find(c, text_eq(scope, "login") ? MP_PROGRAM : MP_OFFICIAL, &mp, &fan);

        if (why)
                return why;
        out_str(&c->out, "code", mp_code_give(c->sim, fan, scope));
        out_str(&c->out, "openid", fan->openid);
        return NULL;
}

/* How the console is set: mode, format of a mini program's pushes, an agent's being online. */
static const char *set(struct admin_call *c)
{
        static const char *const modes[] = {[MP_PLAIN] = "plain", [MP_COMPATIBLE] = "compatible", [MP_SECURE] = "secure"};
        struct mp *mp = mp_find(c->sim, admin_arg(c, "appid"));
        const char *mode = admin_arg(c, "mode"), *format = admin_arg(c, "format"), *agent = admin_arg(c, "kf_account");
        bool known = !mode;

        if (!mp)
                return "no such official account or mini program";
        for (size_t i = 0; mode && i < countof(modes); i++)
                known = known || text_eq(modes[i], mode);
        if (!known)
                return "mode: plain, compatible or secure";
        if (format && !text_eq(format, "xml") && !(text_eq(format, "json") && mp->kind == MP_PROGRAM))
                return "format: xml, or json for a mini program";
        if (agent && !mp_agent(mp, agent))
                return "no such kf_account";
        for (size_t i = 0; mode && i < countof(modes); i++)
                if (text_eq(modes[i], mode))
                        mp->mode = (enum mp_mode)i;
        if (format)
                mp->json = text_eq(format, "json");
        if (agent) {
                mp_agent(mp, agent)->online = !text_eq(admin_arg(c, "online"), "false");
                if (mp_agent(mp, agent)->invited && !mp_agent(mp, agent)->wx)
                        mp_agent(mp, agent)->wx = mp_agent(mp, agent)->invited;
        }
        return NULL;
}

static const char *fans(struct admin_call *c)
{
        struct mp *mp = mp_find(c->sim, admin_arg(c, "appid"));

        if (!mp)
                return "no such official account or mini program";
        out_list(&c->out, "items");
        for (size_t i = 0; i < mp->fans.n; i++) {
                const struct mp_fan *fan = mp->fans.v[i];
                out_obj(&c->out, NULL);
                out_str(&c->out, "openid", fan->openid);
                out_str(&c->out, "external_userid", fan->person->external_userid);
                out_str(&c->out, "name", fan->person->name);
                out_bool(&c->out, "follows", fan->follows);
                out_end(&c->out);
        }
        out_end(&c->out);
        return NULL;
}

static const struct admin_row acts[] = {
        {"POST", "/sim/mp/follow", follow}, {"POST", "/sim/mp/unfollow", unfollow}, {"POST", "/sim/mp/scan", scan},
        {"POST", "/sim/mp/say", say},       {"POST", "/sim/mp/event", event},       {"POST", "/sim/mp/paid", paid},
        {"POST", "/sim/mp/code", code},     {"POST", "/sim/mp/set", set},
};
const struct admin_table admin_mp_act = {acts, countof(acts)};

static const struct admin_row looks[] = {{"GET", "/sim/mp/fans", fans}};
const struct admin_table admin_mp_look = {looks, countof(looks)};
