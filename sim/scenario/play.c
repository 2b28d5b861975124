/* Plays a scenario line by line, and says the verdict. */
#include "sim/scenario/play.h"

#include "base/clock.h"
#include "base/json.h"
#include "sim/out.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

#define CALL_MS 40000     /* a deed with the manual clock waits for pushes, each up to five seconds */
#define PATIENCE_MS 30000 /* longest wait for something to come true */
#define LOOK_MS 20
#define LOOKS_AT_REST 3 /* looks in a row that find nothing moving: all is done */
#define LOOKS_IN_DOUBT 100 /* with a server, before something that must come is given up: a busy machine is no failure */
#define CHUNK_MS 60000  /* time passes in steps of this at most, so that the two clocks stay together */
#define CHUNKS 60
#define DEED_MS 1000 /* what somebody does takes a second: a server that joins calls of a moment gets its next one */

/* ---- names ---- */

const char *play_value(const struct play *p, const char *name)
{
        for (size_t i = p->names.n; i-- > 0;)
                if (text_eq(p->names.v[i].name, name))
                        return p->names.v[i].value;
        return NULL;
}

void play_name(struct play *p, const char *name, const char *value)
{
        vec_push(&p->arena, &p->names, ((struct name){arena_strdup(&p->arena, name), arena_strdup(&p->arena, value)}));
}

const char *play_why(struct play *p, const char *fmt, ...)
{
        va_list ap;

        va_start(ap, fmt);
        char *why = arena_vprintf(&p->arena, fmt, ap);
        va_end(ap);
        return utf8_cut(&p->arena, why, 1500);
}

/* The longest name that the text begins with: "$O1" and "$O1.id" may both exist. */
static const struct name *longest(const struct play *p, const char *text)
{
        const struct name *best = NULL;

        for (size_t i = 0; i < p->names.n; i++)
                if (text_starts(text, p->names.v[i].name) &&
                    (!best || strlen(p->names.v[i].name) >= strlen(best->name)))
                        best = &p->names.v[i];
        return best;
}

const char *play_fill(struct play *p, const char *text, const char **unknown)
{
        struct text out;

        text_init(&out, &p->arena);
        text_add(&out, "");
        for (const char *dollar; (dollar = strchr(text, '$')); ) {
                const struct name *name = longest(p, dollar + 1);

                if (!name) {
                        *unknown = play_why(p, "nobody is called %s", utf8_cut(&p->arena, dollar, 40));
                        return text;
                }
                text_add_n(&out, text, (size_t)(dollar - text));
                text_add(&out, name->value);
                text = dollar + 1 + strlen(name->name);
        }
        text_add(&out, text);
        return out.p;
}

/* ---- calls ---- */

const char *play_http(struct play *p, const char *method, const char *url, const char *const *headers, const char *body)
{
        struct http_response res = {0};
        struct http_request req = {
                .method = method,
                .url = url,
                .headers = headers,
                .body = body ? bytes_of_text(body) : BYTES_NONE,
                .timeout_ms = CALL_MS,
                .reads_only = text_eq(method, "GET"),
        };
        int r = transport_call(p->transport, &p->ctx, &req, &res);

        p->answer.status = r ? 0 : res.status;
        p->answer.body = arena_strndup(&p->arena, res.body.p && !r ? res.body.p : "", r ? 0 : res.body.n);
        p->answer.open = false;
        return r == TRANSPORT_E_CONNECT ? play_why(p, "no connection to %s", url)
               : r                      ? play_why(p, "no answer from %s", url)
                                        : NULL;
}

const char *play_answer(struct play *p, const char *path)
{
        return p->answer.body ? json_get(&p->arena, bytes_of_text(p->answer.body), path) : NULL;
}

const char *play_sim(struct play *p, const char *method, const char *path, const char *body)
{
        const char *why = play_http(p, method, play_why(p, "%s%s", p->options->simulator, path), NULL, body);

        if (why || p->answer.status == 200)
                return why;
        return play_why(p, "the simulator says no: %s", play_answer(p, "why") ? play_answer(p, "why") : p->answer.body);
}

/* ---- rest and time ---- */

bool play_resting(struct play *p)
{
        bool rests = !play_sim(p, "GET", "/sim/state", NULL) && text_eq(play_answer(p, "pushes.in_air"), "0");

        if (rests && p->options->server)
                rests = !play_http(p, "GET", play_why(p, "%s/dev/idle", p->options->server), NULL, NULL) &&
                        text_eq(play_answer(p, "idle"), "true");
        return rests;
}

static void look_later(void)
{
        const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
        nanosleep(&pause, NULL);
}

const char *play_until(struct play *p, sentence_fn *check, const char *const arg[ARGS_MAX])
{
        const struct answer before = p->answer;
        int64_t end = clock_mono_ms() + PATIENCE_MS;
        unsigned doubt = p->options->server ? LOOKS_IN_DOUBT : LOOKS_AT_REST;
        const char *why;

        for (unsigned at_rest = 0;;) {
                struct arena_mark mark = arena_mark(&p->arena);

                why = check(p, arg);
                if (!why || at_rest > doubt || clock_mono_ms() > end)
                        break;
                at_rest = play_resting(p) ? at_rest + 1 : 0;
                arena_reset(&p->arena, mark);
                look_later();
        }
        p->answer = before;
        return why;
}

const char *play_at_rest(struct play *p, sentence_fn *check, const char *const arg[ARGS_MAX])
{
        const struct answer before = p->answer;
        int64_t end = clock_mono_ms() + PATIENCE_MS;

        for (unsigned at_rest = 0; at_rest < LOOKS_AT_REST && clock_mono_ms() < end;) {
                at_rest = play_resting(p) ? at_rest + 1 : 0;
                if (at_rest < LOOKS_AT_REST)
                        look_later();
        }
        const char *why = check(p, arg);
        p->answer = before;
        return why;
}

static const char *nothing(struct play *p, const char *const arg[ARGS_MAX])
{
        (void)p, (void)arg;
        return NULL;
}

/* No further than to where something falls due at the platform: what the server makes of that, it does at that moment. */
static int64_t until_due(struct play *p, int64_t by)
{
        int64_t now, due;

        if (play_sim(p, "GET", "/sim/state", NULL) || text_to_int(play_answer(p, "now"), 0, INT64_MAX, &now) ||
            !play_answer(p, "next_due") || text_to_int(play_answer(p, "next_due"), 0, INT64_MAX, &due))
                return by;
        return due <= now ? 1 : due - now < by ? due - now : by;
}

const char *play_pass(struct play *p, int64_t ms)
{
        const struct answer before = p->answer;
        int64_t chunk = ms / CHUNKS > CHUNK_MS ? ms / CHUNKS : CHUNK_MS;
        const char *why = p->options->server ? play_at_rest(p, nothing, NULL) : NULL;

        while (!why && ms > 0) {
                int64_t by = ms < chunk ? ms : chunk;

                if (p->options->server)
                        by = until_due(p, by);
                ms -= by;
                if (p->options->server) {
                        why = play_http(p, "POST", play_why(p, "%s/dev/clock?push_ms=%lld", p->options->server, (long long)by),
                                        NULL, NULL);
                        if (!why && p->answer.status != 200)
                                why = "the server's clock cannot be moved: start it with --dev yes";
                }
                why = why ? why : play_sim(p, "POST", "/sim/clock", play_why(p, "{\"push_ms\":%lld}", (long long)by));
                if (!why && p->options->server)
                        why = play_at_rest(p, nothing, NULL);
        }
        p->answer = before;
        return why;
}

/* ---- a line ---- */

/* What the words of a line mean to the sentence it is. */
static const char *read_args(struct play *p, const struct sentence *row, const struct line *line,
                             const char *arg[ARGS_MAX])
{
        const char *words = row->words, *unknown = NULL;
        size_t n = 0;

        for (size_t i = 0; i < line->n; i++) {
                size_t len = strcspn(words, " ");
                const char *want = arena_strndup(&p->arena, words, len), *text = line->word[i].text;

                words += len + strspn(words + len, " ");
                if (*want < 'A' || *want > 'Z')
                        continue;
                if (text_eq(want, "NEW")) {
                        arg[n++] = text;
                } else if (text_eq(want, "CUSTOMER") || text_eq(want, "ORDER") || text_eq(want, "CASE")) {
                        arg[n] = play_value(p, text);
                        if (!arg[n++])
                                return play_why(p, "nobody and nothing is called \"%s\" yet", text);
                } else {
                        arg[n++] = play_fill(p, text, &unknown);
                }
        }
        return unknown;
}

/* %1 is the first argument as a JSON string, $1 as it is. */
static const char *fill_template(struct play *p, const char *text, const char *const arg[ARGS_MAX])
{
        struct text out;

        text_init(&out, &p->arena);
        text_add(&out, "");
        for (; *text; text++) {
                size_t i = (size_t)(text[1] - '1');

                if ((*text != '%' && *text != '$') || i >= ARGS_MAX)
                        text_add_n(&out, text, 1);
                else if (*text++ == '%')
                        json_quote(&out, arg[i]);
                else
                        text_add(&out, arg[i]);
        }
        return out.p;
}

/* The name that a row gives is the argument that stands for NEW. */
static const char *new_name(const struct sentence *row, const char *const arg[ARGS_MAX])
{
        size_t n = 0;

        for (const char *w = row->words; *w; w += strcspn(w, " "), w += strspn(w, " ")) {
                if (text_starts(w, "NEW"))
                        return arg[n];
                n += *w >= 'A' && *w <= 'Z';
        }
        return NULL;
}

static const char *carry_out(struct play *p, const struct sentence *row, const struct line *line)
{
        const char *arg[ARGS_MAX] = {NULL}, *why = read_args(p, row, line, arg);

        if (why)
                return why;
        if (row->fn)
                return row->fn(p, arg);
        why = play_sim(p, "POST", fill_template(p, row->path, arg), fill_template(p, row->body ? row->body : "{}", arg));
        if (!why && row->keep) {
                const char *value = play_answer(p, row->keep);
                if (!value)
                        return play_why(p, "the answer has no %s: %s", row->keep, p->answer.body);
                play_name(p, new_name(row, arg), value);
        }
        return why || !p->manual ? why : play_pass(p, DEED_MS);
}

static bool left_out(const struct play *p)
{
        return p->act == (p->options->server ? ACT_CLIENT : ACT_SERVER);
}

/* The last refusal of the server stays open until a line says that it must be. */
static const char *play_line(struct play *p, const struct line *line)
{
        const char *expected;
        const struct sentence *row = sentence_find(&p->arena, line, &expected);
        bool begins_act = text_starts(line->text, "act ");

        if (!begins_act && left_out(p)) {
                p->left_out++;
                return NULL;
        }
        if (p->answer.open && !text_starts(line->text, "server must refuse"))
                return play_why(p, "the line before was refused by the server: %d %s", p->answer.status, p->answer.body);
        p->played++;
        p->checks += row->check;
        return carry_out(p, row, line);
}

static bool check_grammar(struct play *p, const struct lines *lines)
{
        bool good = true;

        for (size_t i = 0; i < lines->list.n; i++) {
                const char *expected;
                if (sentence_find(&p->arena, &lines->list.v[i], &expected))
                        continue;
                fprintf(stderr, "%s:%u: %s\n", p->options->file, lines->list.v[i].number, expected);
                good = false;
        }
        return good;
}

static void tell(struct play *p, const struct line *line, const char *why, FILE *verdict)
{
        struct out out;

        out_init(&out, &p->arena);
        out_obj(&out, NULL);
        out_str(&out, "scenario", p->title);
        out_str(&out, "file", p->options->file);
        out_bool(&out, "passed", !why);
        out_int(&out, "lines", p->played);
        out_int(&out, "checks", p->checks);
        out_int(&out, "left_out", p->left_out);
        if (why) {
                out_int(&out, "line", line->number);
                out_str(&out, "text", line->text);
                out_str(&out, "why", why);
        }
        out_end(&out);
        fprintf(verdict, "%s\n", out.text.p);
        fflush(verdict);
}

const char *play_set_clocks(struct play *p)
{
        const char *why = play_sim(p, "GET", "/sim/state", NULL), *now = play_answer(p, "now");

        p->manual = text_eq(play_answer(p, "manual_clock"), "true");
        if (why || !p->manual)
                return why;
        why = play_http(p, "POST", play_why(p, "%s/dev/clock?set_ms=%s", p->options->server, now), NULL, NULL);
        return why                       ? why
               : p->answer.status == 200 ? play_at_rest(p, nothing, NULL)
                                         : "the server's clock cannot be set: start it with --dev yes --clock manual";
}

/* What the ready line says, as names: $corp.corp_id, $shops.0.appid, and short ones for the first of each. */
static const char *learn_world(struct play *p)
{
        static const char *const short_names[][2] = {
                {"corp", "corp.corp_id"}, {"kf", "kf.0.open_kfid"}, {"shop", "shops.0.appid"}, {"shop2", "shops.1.appid"}};
        const char *why = play_sim(p, "GET", "/sim/ready", NULL);
        struct json_leaf *leaf = NULL;
        size_t n = 0;

        if (why)
                return why;
        if (json_leaves(&p->arena, bytes_of_text(p->answer.body), &leaf, &n))
                return "the simulator's ready line is not JSON";
        for (size_t i = 0; i < n; i++)
                play_name(p, leaf[i].path, leaf[i].value);
        if (p->options->server)
                why = play_set_clocks(p);
        for (size_t i = 0; i < countof(short_names); i++)
                play_name(p, short_names[i][0], play_value(p, short_names[i][1]));
        return why;
}

static int play_all(struct play *p, const struct lines *lines, FILE *verdict)
{
        const struct line none = {.number = 1, .text = ""}, *line = &none;
        const char *why = learn_world(p);

        for (size_t i = 0; !why && i < lines->list.n; i++) {
                line = &lines->list.v[i];
                if (p->options->stop && atomic_load(p->options->stop))
                        why = "ended from outside";
                else
                        why = play_line(p, line);
        }
        if (!why && p->answer.open)
                why = play_why(p, "the server refused: %d %s", p->answer.status, p->answer.body);
        tell(p, line, why, verdict);
        return why ? SCENARIO_E_FAILED : 0;
}

int scenario_play(const struct scenario_options *options, FILE *verdict)
{
        struct play p = {.options = options, .title = ""};
        struct lines lines = {0};
        int r;

        arena_init(&p.arena, 0);
        ctx_init(&p.ctx, &p.arena);
        const char *why = scenario_read(&p.arena, options->file, &lines);
        if (why)
                fprintf(stderr, "%s:%s\n", options->file, why);
        if (why || !check_grammar(&p, &lines)) {
                arena_release(&p.arena);
                return SCENARIO_E_GRAMMAR;
        }
        r = transport_open(&p.transport, &(struct transport_options){.loopback_only = true, .cookies = true, .ca_file = options->ca_file});
        if (!r) {
                r = play_all(&p, &lines, verdict);
                ear_stop(&p);
                transport_close(p.transport);
        }
        arena_release(&p.arena);
        return r;
}
