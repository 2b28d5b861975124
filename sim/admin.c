#include "sim/admin.h"

#include "sim/admin_call.h"
#include "sim/sim.h"

#include <string.h>

const char *admin_arg(const struct admin_call *c, const char *name)
{
        for (size_t i = 0; i < c->n; i++)
                if (text_eq(c->leaf[i].path, name))
                        return c->leaf[i].value;
        return raw_param(c->raw, name);
}

int64_t admin_number(const struct admin_call *c, const char *name, int64_t otherwise)
{
        int64_t n;
        const char *text = admin_arg(c, name);
        return !text || text_to_int(text, INT64_MIN, INT64_MAX, &n) ? otherwise : n;
}

struct person *admin_customer(const struct admin_call *c)
{
        const char *who = admin_arg(c, "customer") ? admin_arg(c, "customer") : admin_arg(c, "openid");
        struct person *p = map_get(&c->sim->world.by_external, who);
        return p ? p : map_get(&c->sim->world.by_openid, who);
}

static const struct admin_row *find_in(struct admin_call *c, const struct admin_table *table, const char *path)
{
        const struct admin_row *rows = table->row;

        for (size_t i = 0; i < table->n; i++) {
                size_t n = strlen(rows[i].path);
                bool below = rows[i].path[n - 1] == '/';
                if (!text_eq(rows[i].method, raw_method(c->raw)) ||
                    (below ? !text_starts(path, rows[i].path) : !text_eq(path, rows[i].path)))
                        continue;
                const char *end = below ? strchrnul(path + n, '/') : NULL;
                if (below) {
                        c->id = arena_strndup(c->arena, path + n, (size_t)(end - path) - n);
                        c->verb = *end ? end + 1 : "get";
                        /* Looking changes nothing: what moves an order or a case is posted. */
                        if (text_eq(rows[i].method, "PUT") ? *end != 0 : text_eq(rows[i].method, "GET") != text_eq(c->verb, "get"))
                                continue;
                }
                return &rows[i];
        }
        return NULL;
}

static const struct admin_row *find(struct admin_call *c, const char *path)
{
        static const struct admin_table *const tables[] = {&admin_look,     &admin_act,        &admin_mp_look,  &admin_mp_act,
                                                           &admin_shop_act, &admin_wecom_look, &admin_wecom_act, &admin_console,
                                                           &admin_fault, &admin_condition};
        const struct admin_row *row = NULL;

        for (size_t i = 0; !row && i < countof(tables); i++)
                row = find_in(c, tables[i], path);
        return row;
}

/* A form, unless its body is JSON all the same (curl -d says "form" whatever it sends). */
static bool is_form(struct raw *raw)
{
        const char *type = raw_header(raw, "Content-Type");
        struct bytes body = raw_body(raw);
        return type && text_starts(type, "application/x-www-form-urlencoded") &&
               (!body.n || *(const char *)body.p != '{');
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
                if (url_decode(c->arena, part, (size_t)(value - part), &name) ||
                    url_decode(c->arena, value + 1, strlen(value + 1), &decoded))
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
                const char *to = why ? arena_printf(raw_arena(raw), "%s%cwhy=%s", back, strchr(back, '?') ? '&' : '?',
                                                    url_encode(raw_arena(raw), why))
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

struct late_answer {
        struct raw *raw;
        const char *why, *back;
        struct bytes members;
};

static void answer_late(struct sim *sim, void *arg)
{
        struct late_answer *late = arg;

        (void)sim;
        answer(late->raw, late->why, late->back, late->members);
}

void admin_answer(struct admin_call *c, const char *why)
{
        struct late_answer *late = arena_new(c->arena, struct late_answer);

        *late = (struct late_answer){c->raw, why, c->back, bytes_of(c->out.text.p, c->out.text.n)};
        if (text_eq(raw_method(c->raw), "GET"))
                answer_late(c->sim, late);
        else
                calm_then(c->sim, answer_late, late);
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
                admin_answer(&c, why);
        timers_run(sim);
}
