#include "torture/torture.h"

#include <stdlib.h>
#include <string.h>

const char *keep_n(const char *text, size_t n)
{
        char *copy = strndup(text, n);

        if (!copy)
                give_up("no memory");
        return copy;
}

const char *keep(const char *text)
{
        return keep_n(text, strlen(text));
}

void words_add(struct words *w, const char *word)
{
        if (w->n == w->cap) {
                w->cap = w->cap ? w->cap * 2 : 1024;
                w->v = reallocarray(w->v, w->cap, sizeof *w->v);
                if (!w->v)
                        give_up("no memory");
        }
        w->v[w->n++] = word;
}

static int by_text(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void words_sort(struct words *w)
{
        if (w->n > 0)
                qsort(w->v, w->n, sizeof *w->v, by_text);
}

/* The first place whose word is not below `word`. */
static size_t lower(const struct words *w, const char *word)
{
        size_t from = 0, to = w->n;

        while (from < to) {
                size_t mid = from + (to - from) / 2;

                if (strcmp(w->v[mid], word) < 0)
                        from = mid + 1;
                else
                        to = mid;
        }
        return from;
}

size_t words_count(const struct words *w, const char *word)
{
        size_t n = 0;

        for (size_t i = lower(w, word); i < w->n && !strcmp(w->v[i], word); i++)
                n++;
        return n;
}
