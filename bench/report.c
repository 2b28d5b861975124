#include "bench/report.h"

#include "base/json.h"

#include <stdio.h>
#include <string.h>

struct entry {
        struct entry *next;
        const char *name;
        struct text value; /* as JSON */
        bool list;
};

struct report {
        struct arena *arena;
        struct entry *first, **tail;
};

struct report *report_new(struct arena *a)
{
        struct report *r = arena_new(a, struct report);

        r->arena = a;
        r->tail = &r->first;
        return r;
}

static struct entry *add(struct report *r, const char *name)
{
        struct entry *e = arena_new(r->arena, struct entry);

        e->name = arena_strdup(r->arena, name);
        text_init(&e->value, r->arena);
        *r->tail = e;
        r->tail = &e->next;
        return e;
}

void report_text(struct report *r, const char *name, const char *value)
{
        json_quote(&add(r, name)->value, value);
}

void report_int(struct report *r, const char *name, int64_t value)
{
        text_addf(&add(r, name)->value, "%lld", (long long)value);
}

void report_number(struct report *r, const char *name, double value, int decimals)
{
        text_addf(&add(r, name)->value, "%.*f", decimals, value);
}

void report_point(struct report *r, const char *name, double x, double y)
{
        struct entry *e = r->first;

        while (e && strcmp(e->name, name))
                e = e->next;
        if (!e)
                e = add(r, name);
        text_addf(&e->value, "%s[%g,%g]", e->value.n ? "," : "", x, y);
        e->list = true;
}

void report_print(const struct report *r, bool json)
{
        if (json)
                printf("{");
        for (const struct entry *e = r->first; e; e = e->next) {
                const char *open = e->list ? "[" : "", *close = e->list ? "]" : "";

                if (json)
                        printf("%s\"%s\":%s%s%s", e == r->first ? "" : ",", e->name, open, e->value.p, close);
                else
                        printf("  %-28s %s%s%s\n", e->name, open, e->value.p, close);
        }
        printf(json ? "}\n" : "\n");
        fflush(stdout);
}

/* Bucket of a value: up to 64 as it is, beyond by its highest bit and the six below it. */
static size_t bucket(uint64_t us)
{
        unsigned top, shift;

        if (us < 64)
                return us;
        top = 63 - (unsigned)__builtin_clzll(us);
        shift = top - 6;
        return 64 * (size_t)(shift + 1) + ((us >> shift) & 63);
}

static uint64_t bucket_end(size_t i)
{
        if (i < 64)
                return i;
        return ((64 + (i & 63) + 1) << (i / 64 - 1)) - 1;
}

void hist_add(struct hist *h, int64_t us)
{
        uint64_t v = us > 0 ? (uint64_t)us : 0;
        size_t i = bucket(v);

        h->count[i < countof(h->count) ? i : countof(h->count) - 1]++;
        h->n++;
        h->sum_us += v;
        h->max_us = v > h->max_us ? v : h->max_us;
}

void hist_merge(struct hist *h, const struct hist *more)
{
        for (size_t i = 0; i < countof(h->count); i++)
                h->count[i] += more->count[i];
        h->n += more->n;
        h->sum_us += more->sum_us;
        h->max_us = more->max_us > h->max_us ? more->max_us : h->max_us;
}

double hist_ms(const struct hist *h, double share)
{
        uint64_t seen = 0, want = (uint64_t)(share * (double)h->n + 0.999999), end;

        for (size_t i = 0; i < countof(h->count); i++) {
                seen += h->count[i];
                if (seen && seen >= want) {
                        end = bucket_end(i);
                        return (double)(end < h->max_us ? end : h->max_us) / 1000;
                }
        }
        return (double)h->max_us / 1000;
}

void report_hist(struct report *r, const char *name, const struct hist *h)
{
        report_number(r, arena_printf(r->arena, "%s_p50_ms", name), hist_ms(h, 0.5), 3);
        report_number(r, arena_printf(r->arena, "%s_p99_ms", name), hist_ms(h, 0.99), 3);
        report_number(r, arena_printf(r->arena, "%s_max_ms", name), (double)h->max_us / 1000, 3);
}
