/* Which sentence a line is. */
#include "sim/scenario/play.h"

#include <ctype.h>
#include <string.h>

const struct sentence_table *const sentence_tables[] = {&sentences_stage, &sentences_people, &sentences_client,
                                                        &sentences_platform, &sentences_server};
const size_t n_sentence_tables = countof(sentence_tables);

static bool is_number(const char *s)
{
        int64_t n;
        static const char *const words[] = {"a", "an", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"};

        for (size_t i = 0; i < countof(words); i++)
                if (text_eq(s, words[i]))
                        return true;
        return !text_to_int(s, INT64_MIN, INT64_MAX, &n);
}

/* Does this word of a line stand where `want` of `n` letters stands in a sentence? */
static bool fits(const char *want, size_t n, const struct word *word)
{
        if (!isupper((unsigned char)*want))
                return word->kind == WORD_PLAIN && strlen(word->text) == n && !memcmp(word->text, want, n);
        if (n == 4 && !memcmp(want, "TEXT", 4))
                return word->kind == WORD_TEXT;
        if (n == 4 && !memcmp(want, "JSON", 4))
                return word->kind == WORD_JSON;
        if (word->kind != WORD_PLAIN)
                return false;
        if (n == 6 && !memcmp(want, "NUMBER", 6))
                return is_number(word->text) || *word->text == '$';
        if (n == 4 && !memcmp(want, "PATH", 4))
                return *word->text == '/';
        return true;
}

/* How many words of the line fit; *next is the word of the sentence that is due then, of *n letters (0 = its end). */
static size_t fit(const char *words, const struct line *line, const char **next, size_t *n)
{
        size_t got = 0;

        for (;; got++) {
                words += strspn(words, " ");
                *next = words;
                *n = strcspn(words, " ");
                if (!*n || got == line->n || !fits(words, *n, &line->word[got]))
                        return got;
                words += *n;
        }
}

const struct sentence *sentence_find(struct arena *arena, const struct line *line, const char **expected)
{
        struct text due;
        size_t best = 0;

        text_init(&due, arena);
        text_add(&due, "");
        for (size_t t = 0; t < n_sentence_tables; t++) {
                for (size_t i = 0; i < sentence_tables[t]->n; i++) {
                        const struct sentence *row = &sentence_tables[t]->row[i];
                        const char *next;
                        size_t n, got = fit(row->words, line, &next, &n);

                        if (got == line->n && !n)
                                return row;
                        if (got < best)
                                continue;
                        if (got > best)
                                text_init(&due, arena);
                        best = got;
                        const char *word = n ? arena_strndup(arena, next, n) : "the end";
                        const char *quoted = arena_printf(arena, "%s%s", due.n ? " | " : "", word);
                        /* Each alternative once. */
                        if (!due.n || !strstr(arena_printf(arena, "%s |", due.p), arena_printf(arena, "%s |", word)))
                                text_add(&due, quoted);
                }
        }
        const char *before = best ? line->word[best - 1].text : "the beginning";
        *expected = arena_printf(arena, "after \"%s\" expected %s, not \"%s\"", before, due.p,
                                 best < line->n ? line->word[best].text : "the end");
        return NULL;
}

void scenario_print_grammar(FILE *f)
{
        for (size_t t = 0; t < n_sentence_tables; t++) {
                fprintf(f, "%s%s\n\n", t ? "\n" : "", sentence_tables[t]->title);
                for (size_t i = 0; i < sentence_tables[t]->n; i++)
                        fprintf(f, "    %-58s %s\n", sentence_tables[t]->row[i].words, sentence_tables[t]->row[i].meaning);
        }
}
