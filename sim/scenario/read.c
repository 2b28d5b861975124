/* A scenario as sentences of words. */
#include "sim/scenario/play.h"

#include <stdio.h>
#include <string.h>

#define FILE_MAX (256u * 1024)

static const char *slurp(struct arena *arena, const char *file, char **text)
{
        FILE *f = fopen(file, "re");
        char *p = arena_alloc(arena, FILE_MAX + 1);

        if (!f)
                return "0: the file cannot be opened";
        size_t n = fread(p, 1, FILE_MAX + 1, f);
        fclose(f);
        if (n > FILE_MAX)
                return "0: the file is larger than 256 KiB";
        if (!utf8_valid(p, n) || memchr(p, 0, n))
                return "0: the file is not UTF-8 text";
        p[n] = 0;
        *text = p;
        return NULL;
}

/* One word of `*at`; NULL, or what is wrong with it. */
static const char *next_word(struct arena *arena, const char **at, struct word *word)
{
        const char *p = *at, *end;

        if (*p == '{') {
                *word = (struct word){WORD_JSON, p};
                *at = p + strlen(p);
                return NULL;
        }
        if (*p == '"') {
                end = strchr(++p, '"');
                if (!end)
                        return "a text begins with \" and does not end";
                *word = (struct word){WORD_TEXT, arena_strndup(arena, p, (size_t)(end - p))};
                *at = end + 1;
                return **at && **at != ' ' ? "a blank is missing after a text" : NULL;
        }
        end = strchrnul(p, ' ');
        *word = (struct word){WORD_PLAIN, arena_strndup(arena, p, (size_t)(end - p))};
        *at = end;
        return NULL;
}

static const char *split(struct arena *arena, struct line *line)
{
        VEC(struct word) words = {0};
        const char *at = line->text;

        for (;;) {
                struct word word;

                at += strspn(at, " ");
                if (!*at)
                        break;
                const char *why = next_word(arena, &at, &word);
                if (why)
                        return arena_printf(arena, "%u: %s", line->number, why);
                vec_push(arena, &words, word);
        }
        line->word = words.v;
        line->n = words.n;
        return NULL;
}

const char *scenario_read(struct arena *arena, const char *file, struct lines *lines)
{
        char *rest = NULL, *part;
        const char *why = slurp(arena, file, &rest);
        unsigned number = 0;

        while (!why && (part = strsep(&rest, "\n"))) {
                size_t n = strlen(part);

                number++;
                while (n && (part[n - 1] == ' ' || part[n - 1] == '\r'))
                        part[--n] = 0;
                if (!n || *part == '#')
                        continue;
                if (strchr(part, '\t'))
                        return arena_printf(arena, "%u: blanks, no tabs", number);
                if (*part != ' ') {
                        vec_push(arena, &lines->list, ((struct line){.number = number, .text = part}));
                        continue;
                }
                if (!lines->list.n)
                        return arena_printf(arena, "%u: the first line begins with a blank", number);
                struct line *before = &lines->list.v[lines->list.n - 1];
                before->text = arena_printf(arena, "%s %s", before->text, part + strspn(part, " "));
        }
        for (size_t i = 0; !why && i < lines->list.n; i++)
                why = split(arena, &lines->list.v[i]);
        return why;
}
