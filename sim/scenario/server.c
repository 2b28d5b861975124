/* Sentences about a server under test, over its own API: what an agent does there, and what it must show. */
#include "base/clock.h"
#include "base/json.h"
#include "sim/scenario/play.h"

#include <string.h>
#include <time.h>

#define BACK_MS 30000 /* until a killed server has to answer again */

static const char *login(struct play *p)
{
        const char *colon = p->options->login ? strchr(p->options->login, ':') : NULL;
        struct text body;

        if (!colon)
                return "--login NAME:PASSWORD is needed";
        text_init(&body, &p->arena);
        text_add(&body, "{\"login\":");
        json_quote(&body, arena_strndup(&p->arena, p->options->login, (size_t)(colon - p->options->login)));
        text_add(&body, ",\"password\":");
        json_quote(&body, colon + 1);
        text_add(&body, "}");
        const char *why = play_http(p, "POST", play_why(p, "%s/api/login", p->options->server), NULL, body.p);
        const char *csrf = why ? NULL : play_answer(p, "csrf");
        /* Kept apart: a look that did not find what it wants gives its memory back. */
        snprintf(p->csrf, sizeof(p->csrf), "%s", csrf ? csrf : "");
        return why ? why : csrf ? NULL : play_why(p, "the login failed: %d %s", p->answer.status, p->answer.body);
}

static const char *api(struct play *p, const char *method, const char *path, const char *body)
{
        if (!p->options->server)
                return "no server is attached: --server URL, or \"act server\" before this line";
        const char *url = play_why(p, "%s%s", p->options->server, path), *why = *p->csrf ? NULL : login(p);

        why = why ? why : play_http(p, method, url, (const char *const[]){"X-CSRF-Token", p->csrf, NULL}, body);
        if (why || p->answer.status != 401)
                return why;
        /* Days have passed: the session is over. */
        why = login(p);
        return why ? why : play_http(p, method, url, (const char *const[]){"X-CSRF-Token", p->csrf, NULL}, body);
}

static const char *api_get(struct play *p, const char *path)
{
        const char *why = api(p, "GET", path, NULL);
        return why ? why : p->answer.status == 200 ? NULL : play_why(p, "%s: %d %s", path, p->answer.status, p->answer.body);
}

/* A deed: whether the server takes it is for the next line to say, unless it does. */
static const char *deed(struct play *p, const char *method, const char *path, const char *body)
{
        const char *why = api(p, method, path, body);

        p->answer.open = !why && p->answer.status >= 300;
        return why;
}

/* ---- finding ---- */

/* A member of the element of the answer's "items" whose `member` is `value`. */
static const char *item(struct play *p, const char *member, const char *value, const char *wanted)
{
        for (unsigned i = 0; i < 100; i++) {
                const char *got = play_answer(p, play_why(p, "items.%u.%s", i, member));

                if (!got && !play_answer(p, play_why(p, "items.%u", i)))
                        break;
                if (text_eq(got, value))
                        return play_answer(p, play_why(p, "items.%u.%s", i, wanted));
        }
        return NULL;
}

static bool is_person(struct play *p, const char *person, const char *customer, const char *openid)
{
        if (!person || api_get(p, play_why(p, "/api/people/%s", person)))
                return false;
        for (unsigned i = 0; i < 32; i++) {
                const char *remote = play_answer(p, play_why(p, "identities.%u.remote_id", i));

                if (!remote)
                        return false;
                if (text_eq(remote, customer) || text_eq(remote, openid))
                        return true;
        }
        return false;
}

/* Her thread on a channel ("kf", "shop"); its person beside it. */
static const char *find_thread(struct play *p, const char *customer, const char *channel, const char **thread,
                               const char **person)
{
        static const char *const views[] = {"waiting", "open", "closed"};
        const char *name = play_value(p, play_why(p, "%s.name", customer));
        const char *openid = play_value(p, play_why(p, "%s.openid", name));

        for (size_t v = 0; v < countof(views); v++) {
                const char *why = api_get(p, play_why(p, "/api/threads?view=%s&limit=100", views[v]));
                const char *list = p->answer.body;

                for (unsigned i = 0; !why; i++) {
                        p->answer.body = list;
                        const char *one = play_answer(p, play_why(p, "items.%u", i));
                        if (!one)
                                break;
                        p->answer.body = one;
                        *thread = play_answer(p, "thread_id");
                        *person = play_answer(p, "person_id");
                        if (text_eq(play_answer(p, "channel"), channel) && is_person(p, *person, customer, openid))
                                return NULL;
                }
                if (why)
                        return why;
        }
        return play_why(p, "she has no thread");
}

static const char *thread_exists(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *thread, *person;
        return find_thread(p, arg[0], arg[1], &thread, &person);
}

static const char *find_case(struct play *p, const char *remote, const char **id, const char **version)
{
        const char *why = api_get(p, "/api/cases?state=all&limit=100");

        *id = why ? NULL : item(p, "remote_id", remote, "case_id");
        *version = why ? NULL : item(p, "remote_id", remote, "version");
        return why ? why : *id ? NULL : "there is no such case";
}

static const char *case_exists(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *id, *version;
        return find_case(p, arg[0], &id, &version);
}

/* ---- the agent ---- */

static const char *say(struct play *p, const char *customer, const char *channel, const char *text)
{
        const char *thread, *person, *why = play_until(p, thread_exists, (const char *const[ARGS_MAX]){customer, channel});
        struct text body;

        why = why ? why : find_thread(p, customer, channel, &thread, &person);
        if (why)
                return why;
        text_init(&body, &p->arena);
        text_addf(&body, "{\"client_id\":\"scenario-%s-%llu\",\"text\":", thread, (unsigned long long)++p->serial);
        json_quote(&body, text);
        text_add(&body, "}");
        return deed(p, "POST", play_why(p, "/api/threads/%s/messages", thread), body.p);
}

static const char *answers(struct play *p, const char *const arg[ARGS_MAX])
{
        return say(p, arg[0], "kf", arg[1]);
}

static const char *answers_in_shop(struct play *p, const char *const arg[ARGS_MAX])
{
        return say(p, arg[0], "shop", arg[1]);
}

static const char *decides(struct play *p, const char *remote, const char *verb, const char *more)
{
        const char *id, *version, *why = play_until(p, case_exists, (const char *const[ARGS_MAX]){remote});

        why = why ? why : find_case(p, remote, &id, &version);
        return why ? why : deed(p, "POST", play_why(p, "/api/cases/%s/%s", id, verb), play_why(p, "{\"version\":%s%s}", version, more));
}

static const char *agrees(struct play *p, const char *const arg[ARGS_MAX])
{
        return decides(p, arg[0], "approve", "");
}

static const char *agrees_to_address(struct play *p, const char *const arg[ARGS_MAX])
{
        return decides(p, arg[0], "approve", play_why(p, ",\"address_id\":\"%s\"", arg[1]));
}

static const char *welcomes(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *why = api_get(p, "/api/accounts"), *account = why ? NULL : item(p, "remote_id", arg[0], "account_id");
        struct text body;

        if (!account)
                return why ? why : "there is no such account";
        text_init(&body, &p->arena);
        text_add(&body, "{\"text\":");
        json_quote(&body, arg[1]);
        text_add(&body, "}");
        return deed(p, "PUT", play_why(p, "/api/accounts/%s/welcome", account), body.p);
}

/* The demo kills its server as a power cut would, and starts it again; it tells when, once the server is back. */
static const char *came_back(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *why = api_get(p, "/api/demo/state"), *at = why ? NULL : play_answer(p, "plug.at");
        return why ? why : at && !text_eq(at, arg[0]) ? NULL : "the server has not come back";
}

static const char *power_fails(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *why = api_get(p, "/api/demo/state"), *before = play_answer(p, "plug.at");
        int64_t end = clock_mono_ms() + BACK_MS;

        (void)arg;
        why = why ? why : deed(p, "POST", "/api/demo/plug", "{}");
        if (why || p->answer.open)
                return why;
        /* While it is away it cannot be asked whether it rests. */
        do {
                const struct timespec pause = {.tv_nsec = 50 * 1000000L};

                nanosleep(&pause, NULL);
                why = came_back(p, (const char *const[ARGS_MAX]){before ? before : ""});
        } while (why && clock_mono_ms() < end);
        return why ? why : play_set_clocks(p);
}

/* ---- what it must show ---- */

static const char *must_refuse(struct play *p, const char *const arg[ARGS_MAX])
{
        bool refused = p->answer.open;

        p->answer.open = false;
        if (!refused)
                return play_why(p, "it did not refuse: %d %s", p->answer.status, p->answer.body);
        return text_eq(play_answer(p, "code"), arg[0]) ? NULL : play_why(p, "it said %d %s", p->answer.status, p->answer.body);
}

/* How often a text stands in her thread, with her as its author or in the state given. */
static const char *shown(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *thread, *person, *why = find_thread(p, arg[1], arg[2], &thread, &person);
        unsigned n = 0;

        why = why ? why : api_get(p, play_why(p, "/api/threads/%s/messages?limit=100", thread));
        for (unsigned i = 0; !why && i < 100; i++) {
                const char *at = play_why(p, "items.%u.", i), *text = play_answer(p, play_why(p, "%stext", at));
                const char *member = arg[3] ? "state" : "direction", *want = arg[3] ? arg[3] : "in";

                n += text_eq(text, arg[0]) && text_eq(play_answer(p, play_why(p, "%s%s", at, member)), want);
        }
        return why ? why : n == 1 ? NULL : play_why(p, "it stands there %u times: %s", n, p->answer.body);
}

static const char *must_show_text(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, shown, (const char *const[ARGS_MAX]){arg[0], arg[1], "kf"});
}

static const char *must_show_shop_text(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, shown, (const char *const[ARGS_MAX]){arg[0], arg[1], "shop"});
}

static const char *must_show_answer(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, shown, (const char *const[ARGS_MAX]){arg[0], arg[1], "kf", arg[2]});
}

static const char *order_shown(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *why = api_get(p, play_why(p, "/api/orders?q=%s", arg[0])), *got = why ? NULL : item(p, "remote_id", arg[0], "status");
        return why ? why : text_eq(got, arg[1]) ? NULL : play_why(p, "it is %s", got ? got : "not there");
}

static const char *must_show_order(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, order_shown, arg);
}

static const char *order_beside(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *thread, *person, *why = find_thread(p, arg[1], "kf", &thread, &person);

        why = why ? why : api_get(p, play_why(p, "/api/people/%s/orders", person));
        return why ? why : item(p, "remote_id", arg[0], "remote_id") ? NULL : "it is not there";
}

static const char *order_not_beside(struct play *p, const char *const arg[ARGS_MAX])
{
        return order_beside(p, arg) ? NULL : "it is there";
}

static const char *must_show_beside(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, order_beside, arg);
}

static const char *must_not_show_beside(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_at_rest(p, order_not_beside, arg);
}

static const char *case_shown(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *why = api_get(p, "/api/cases?state=all&limit=100"), *got = why ? NULL : item(p, "remote_id", arg[0], "status");
        return why ? why : text_eq(got, arg[1]) ? NULL : play_why(p, "it is %s", got ? got : "not there");
}

static const char *must_show_case(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, case_shown, arg);
}

static const struct sentence rows[] = {
        {"agent answers CUSTOMER TEXT", "in her thread of 微信客服, as soon as there is one", answers},
        {"agent answers CUSTOMER TEXT in the shop", "", answers_in_shop},
        {"agent agrees to CASE", "", agrees},
        {"agent agrees to CASE with address WORD", "an address_id", agrees_to_address},
        {"agent greets at WORD with TEXT", "the welcome of a 微信客服 account ($kf)", welcomes},
        {"power fails", "a demo's server is killed at once and started again (zhanggui demo)", power_fails},
        {"server must refuse with WORD", "the code of its last answer to the agent", must_refuse, .check = true},
        {"server must show TEXT from CUSTOMER", "in her thread, once", must_show_text, .check = true},
        {"server must show TEXT from CUSTOMER in the shop", "", must_show_shop_text, .check = true},
        {"server must show TEXT to CUSTOMER as WORD", "the agent's words, and their state", must_show_answer, .check = true},
        {"server must show ORDER as NUMBER", "the order's status", must_show_order, .check = true},
        {"server must show ORDER beside CUSTOMER", "", must_show_beside, .check = true},
        {"server must not show ORDER beside CUSTOMER", "", must_not_show_beside, .check = true},
        {"server must show CASE as WORD", "the case's status", must_show_case, .check = true},
};

const struct sentence_table sentences_server = {"A server under test", rows, countof(rows)};
