#include "sim/html.h"

#include "sim/sim.h"

#include <string.h>
#include <time.h>

void html_init(struct html *h, struct sim *sim, struct raw *raw)
{
        h->arena = raw_arena(raw);
        h->sim = sim;
        h->english = text_eq(raw_param(raw, "lang"), "en");
        text_init(&h->t, h->arena);
}

void html_raw(struct html *h, const char *markup)
{
        text_add(&h->t, markup);
}

void html_text(struct html *h, const char *s)
{
        static const struct {
                char c;
                const char *entity;
        } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

        while (s && *s) {
                size_t plain = strcspn(s, "&<>\"'");
                text_add_n(&h->t, s, plain);
                s += plain;
                for (size_t i = 0; *s && i < countof(entities); i++)
                        if (entities[i].c == *s) {
                                text_add(&h->t, entities[i].entity);
                                s++;
                                break;
                        }
        }
}

void html_say(struct html *h, const char *zh, const char *en)
{
        html_text(h, h->english ? en : zh);
}

void html_add(struct html *h, const char *markup, ...)
{
        va_list ap;
        va_start(ap, markup);
        for (const char *at = markup; *at;) {
                size_t plain = strcspn(at, "%");
                text_add_n(&h->t, at, plain);
                at += plain;
                if (!*at)
                        break;
                if (at[1] == 's')
                        html_text(h, va_arg(ap, const char *));
                else if (at[1] == 'd')
                        text_addf(&h->t, "%d", va_arg(ap, int));
                else
                        text_add_n(&h->t, at + 1, at[1] ? 1 : 0); /* "%%" */
                at += at[1] ? 2 : 1;
        }
        va_end(ap);
}

static void new_line(struct text *out, int depth)
{
        text_add(out, "\n");
        for (; depth > 0; depth--)
                text_add(out, "  ");
}

void html_json(struct html *h, const char *json)
{
        struct text out;
        bool quoted = false;
        int depth = 0;

        text_init(&out, h->arena);
        if (*json != '{' && *json != '[') {
                html_text(h, json);
                return;
        }
        for (const char *p = json; *p; p++) {
                bool opens = !quoted && (*p == '{' || *p == '['), closes = !quoted && (*p == '}' || *p == ']');
                bool empty = opens && p[1] == (*p == '{' ? '}' : ']');
                if (closes)
                        new_line(&out, --depth);
                text_add_n(&out, p, 1);
                if (quoted && *p == '\\' && p[1])
                        text_add_n(&out, ++p, 1);
                else if (*p == '"')
                        quoted = !quoted;
                else if (empty)
                        text_add_n(&out, ++p, 1);
                else if (opens)
                        new_line(&out, ++depth);
                else if (!quoted && *p == ',')
                        new_line(&out, depth);
                else if (!quoted && *p == ':')
                        text_add(&out, " ");
        }
        html_text(h, out.p);
}

void html_time(struct html *h, int64_t ms, bool date)
{
        time_t s = ms / 1000;
        struct tm tm;
        char text[32];

        /* The platform lives in China's time zone, which has no summer time. */
        s += 8 * 3600;
        gmtime_r(&s, &tm);
        strftime(text, sizeof(text), date ? "%m-%d %H:%M:%S" : "%H:%M:%S", &tm);
        html_text(h, text);
}

void html_money(struct html *h, int64_t fen)
{
        text_addf(&h->t, "¥%lld.%02lld", (long long)(fen / 100), (long long)(fen % 100));
}

void html_begin(struct html *h, const char *title, int reload_s, const char *body_class)
{
        html_add(h,
                 "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\">"
                 "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>%s</title>"
                 "<link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/page/style.css\">",
                 h->english ? "en" : "zh-CN", title);
        if (reload_s)
                html_add(h, "<meta http-equiv=\"refresh\" content=\"%d\">", reload_s);
        html_add(h, "</head><body class=\"%s\">", body_class);
}

void html_send(struct html *h, struct raw *raw)
{
        html_raw(h, "</body></html>");
        raw_reply(raw, 200, "text/html; charset=utf-8", bytes_of(h->t.p, h->t.n),
                  (const char *const[]){"Cache-Control", "no-store", NULL});
}

size_t page_number(struct raw *raw, const char *name, size_t otherwise)
{
        int64_t n;
        const char *text = raw_param(raw, name);
        return !text || text_to_int(text, 0, INT32_MAX, &n) ? otherwise : (size_t)n;
}

struct person *page_person(struct sim *sim, struct raw *raw)
{
        size_t place = page_number(raw, "c", SIZE_MAX);
        return place < sim->world.people.n ? sim->world.people.v[place] : NULL;
}

const char *page_account_name(struct sim *sim, size_t account)
{
        struct world *w = &sim->world;
        return account < w->corp.n_kf ? w->corp.kf[account]->name : w->shops[account - w->corp.n_kf]->name;
}

bool page_of_account(struct sim *sim, const struct message *m, size_t account)
{
        struct world *w = &sim->world;
        return account < w->corp.n_kf ? m->kf == w->corp.kf[account] : m->shop == w->shops[account - w->corp.n_kf];
}
