#include "base/setting.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTING_LINE_MAX 8192 /* bytes */

static const struct setting *find(const struct setting_table *t, const char *name, size_t n)
{
        for (size_t i = 0; i < t->n; i++)
                if (strlen(t->rows[i].name) == n && memcmp(t->rows[i].name, name, n) == 0)
                        return &t->rows[i];
        return NULL;
}

/* 1 yes, 0 no, -1 neither. */
static int truth(const char *s)
{
        static const char *const yes[] = {"yes", "true", "on", "1"}, *const no[] = {"no", "false", "off", "0"};

        for (size_t i = 0; i < countof(yes); i++) {
                if (text_eq(s, yes[i]))
                        return 1;
                if (text_eq(s, no[i]))
                        return 0;
        }
        return -1;
}

static const char *allowed(struct arena *a, const struct setting *s)
{
        struct text t;

        text_init(&t, a);
        switch (s->type) {
        case SETTING_TEXT:
                text_add(&t, "a text");
                if (s->max)
                        text_addf(&t, " of %" PRId64 " to %" PRId64 " bytes", s->min, s->max);
                break;
        case SETTING_INT:
                text_addf(&t, "a whole number from %" PRId64 " to %" PRId64, s->min, s->max);
                break;
        case SETTING_BOOL:
                text_add(&t, "yes or no");
                break;
        case SETTING_CHOICE:
                for (size_t i = 0; s->choices[i]; i++)
                        text_addf(&t, "%s%s", i ? ", " : "one of ", s->choices[i]);
                break;
        }
        return t.p;
}

static bool assign(struct arena *a, const struct setting *s, const char *value, void *out)
{
        void *member = (char *)out + s->at;
        size_t n = strlen(value);

        switch (s->type) {
        case SETTING_TEXT:
                if (!utf8_valid(value, n) || (s->max && ((int64_t)n < s->min || (int64_t)n > s->max)))
                        return false;
                *(const char **)member = arena_strdup(a, value);
                return true;
        case SETTING_INT:
                return text_to_int(value, s->min, s->max, member) == 0;
        case SETTING_BOOL:
                if (truth(value) < 0)
                        return false;
                *(bool *)member = truth(value) == 1;
                return true;
        case SETTING_CHOICE:
                for (size_t i = 0; s->choices[i]; i++) {
                        if (text_eq(value, s->choices[i])) {
                                *(const char **)member = s->choices[i];
                                return true;
                        }
                }
                return false;
        }
        return false;
}

/* `where` is the place of the value: "zhanggui.conf:12", "--listen". The value itself is not repeated: it may be
 * secret. */
static int set(struct arena *a, const struct setting *s, const char *value, void *out, const char *where,
               const char **why)
{
        if (assign(a, s, value, out))
                return 0;
        *why = arena_printf(a, "%s: %s must be %s", where, s->name, allowed(a, s));
        return SETTING_E_BAD;
}

int setting_defaults(struct arena *a, const struct setting_table *t, void *out, const char **why)
{
        for (size_t i = 0; i < t->n; i++) {
                int r = t->rows[i].preset ? set(a, &t->rows[i], t->rows[i].preset, out, "default", why) : 0;
                if (r)
                        return r;
        }
        return 0;
}

/* Cuts blanks at both ends, in place. */
static char *trim(char *s)
{
        while (isspace((unsigned char)*s))
                s++;
        for (size_t n = strlen(s); n && isspace((unsigned char)s[n - 1]); n--)
                s[n - 1] = '\0';
        return s;
}

static int read_line(struct arena *a, const struct setting_table *t, char *line, const char *where, void *out,
                     const char **why)
{
        line = trim(line);
        if (*line == '\0' || *line == '#')
                return 0;
        char *equals = strchr(line, '=');
        if (!equals) {
                *why = arena_printf(a, "%s: a line must be \"name = value\"", where);
                return SETTING_E_BAD;
        }
        *equals = '\0';
        const char *name = trim(line);
        const struct setting *s = find(t, name, strlen(name));
        if (!s) {
                *why = arena_printf(a, "%s: there is no setting %s", where, name);
                return SETTING_E_BAD;
        }
        return set(a, s, trim(equals + 1), out, where, why);
}

int setting_read_file(struct arena *a, const struct setting_table *t, const char *path, void *out, const char **why)
{
        char line[SETTING_LINE_MAX];
        int r = 0;

        FILE *f = fopen(path, "re");
        if (!f) {
                *why = arena_printf(a, "%s: %s", path, strerrordesc_np(errno));
                return SETTING_E_BAD;
        }
        for (unsigned n = 1; !r && fgets(line, sizeof(line), f); n++) {
                const char *where = arena_printf(a, "%s:%u", path, n);
                if (strlen(line) == sizeof(line) - 1 && line[sizeof(line) - 2] != '\n') {
                        *why = arena_printf(a, "%s: the line is too long", where);
                        r = SETTING_E_BAD;
                } else {
                        r = read_line(a, t, line, where, out, why);
                }
        }
        if (!r && ferror(f)) {
                *why = arena_printf(a, "%s: cannot be read", path);
                r = SETTING_E_BAD;
        }
        fclose(f);
        return r;
}

static const char *env_name(struct arena *a, const struct setting_table *t, const struct setting *s)
{
        char *name = arena_printf(a, "%s%s", t->env_prefix, s->name);

        for (char *p = name; *p; p++)
                *p = *p == '.' || *p == '-' ? '_' : (char)toupper((unsigned char)*p);
        return name;
}

int setting_read_env(struct arena *a, const struct setting_table *t, void *out, const char **why)
{
        for (size_t i = 0; i < t->n; i++) {
                const char *name = env_name(a, t, &t->rows[i]);
                const char *value = getenv(name);
                int r = value ? set(a, &t->rows[i], value, out, name, why) : 0;
                if (r)
                        return r;
        }
        return 0;
}

int setting_read_flags(struct arena *a, const struct setting_table *t, int *argc, char **argv, void *out,
                       const char **why)
{
        int kept = 0, i = 0;

        for (; i < *argc && !text_eq(argv[i], "--"); i++) {
                if (!text_starts(argv[i], "--")) {
                        argv[kept++] = argv[i];
                        continue;
                }
                const char *flag = argv[i], *name = flag + 2, *value = strchr(name, '=');
                size_t n = value ? (size_t)(value - name) : strlen(name);
                const struct setting *s = find(t, name, n);
                if (!s) {
                        *why = arena_printf(a, "there is no flag --%.*s", (int)n, name);
                        return SETTING_E_BAD;
                }
                if (value)
                        value++;
                else if (s->type == SETTING_BOOL && (i + 1 == *argc || truth(argv[i + 1]) < 0))
                        value = "yes"; /* "--dev" alone */
                else if (i + 1 < *argc)
                        value = argv[++i];
                if (!value) {
                        *why = arena_printf(a, "%s needs a value: %s", flag, allowed(a, s));
                        return SETTING_E_BAD;
                }
                int r = set(a, s, value, out, arena_strndup(a, flag, n + 2), why);
                if (r)
                        return r;
        }
        /* After "--" everything is an operand. */
        for (i++; i < *argc; i++)
                argv[kept++] = argv[i];
        if (kept < *argc)
                argv[kept] = NULL;
        *argc = kept;
        return 0;
}

int setting_int(const struct setting_table *t, const void *conf, const char *name, int64_t *out)
{
        const struct setting *s = find(t, name, strlen(name));

        if (!s || s->type != SETTING_INT)
                return SETTING_E_BAD;
        memcpy(out, (const char *)conf + s->at, sizeof(*out));
        return 0;
}

void setting_help(struct text *t, const struct setting_table *table)
{
        for (size_t i = 0; i < table->n; i++) {
                const struct setting *s = &table->rows[i];
                text_addf(t, "  --%s\n        %s", s->name, s->doc);
                text_addf(t, "\n        %s%s%s%s", allowed(t->arena, s), text_empty(s->unit) ? "" : " (",
                          text_empty(s->unit) ? "" : s->unit, text_empty(s->unit) ? "" : ")");
                text_addf(t, "; default: %s; environment: %s\n", text_empty(s->preset) ? "none" : s->preset,
                          env_name(t->arena, table, s));
        }
}
