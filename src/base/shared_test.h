/* For tests: vectors of the shared folder, when it is there, and the few includes every test needs. */
#ifndef BASE_SHARED_TEST_H
#define BASE_SHARED_TEST_H

#include "base/arena.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

/* The text of a file below ZHANGGUI_SHARED, unpacked when it is gzip; NULL when there is no such file. */
static inline char *shared_text(struct arena *a, const char *name)
{
        const char *root = getenv("ZHANGGUI_SHARED");
        gzFile f = root ? gzopen(arena_printf(a, "%s/data/%s", root, name), "rbe") : NULL;
        struct text t;
        char buf[16384];
        int n;

        if (root && !f)
                f = gzopen(arena_printf(a, "%s/%s", root, name), "rbe");
        if (!f) {
                print_message("          (without %s)\n", name);
                return NULL;
        }
        text_init(&t, a);
        while ((n = gzread(f, buf, sizeof(buf))) > 0)
                text_add_n(&t, buf, (size_t)n);
        gzclose(f);
        assert_int_equal(n, 0);
        return t.p;
}

/* The next line of *rest, or NULL. */
static inline char *next_line(char **rest)
{
        char *line = strsep(rest, "\n");

        return line && *line ? line : NULL;
}

#endif
