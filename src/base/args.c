#include "base/args.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *args_value(int *argc, char **argv, const char *name)
{
        const char *value = NULL;
        int kept = 0;

        for (int i = 0; i < *argc; i++) {
                if (!strcmp(argv[i], name) && i + 1 < *argc)
                        value = argv[++i];
                else
                        argv[kept++] = argv[i];
        }
        *argc = kept;
        return value;
}

bool args_switch(int *argc, char **argv, const char *name)
{
        bool given = false;
        int kept = 0;

        for (int i = 0; i < *argc; i++) {
                if (!strcmp(argv[i], name))
                        given = true;
                else
                        argv[kept++] = argv[i];
        }
        *argc = kept;
        return given;
}

const char *args_line(struct arena *a, const char *prompt)
{
        char line[1024];

        if (isatty(STDIN_FILENO))
                fprintf(stderr, "%s: ", prompt);
        if (!fgets(line, sizeof(line), stdin))
                return "";
        return arena_strndup(a, line, strcspn(line, "\r\n"));
}

const char *args_file(struct arena *a, const char *file, size_t max)
{
        FILE *f = strcmp(file, "-") ? fopen(file, "r") : stdin;
        char *text = arena_alloc(a, max + 2);
        size_t n;

        if (!f)
                return NULL;
        n = fread(text, 1, max + 1, f);
        if (f != stdin)
                fclose(f);
        if (n > max)
                return NULL;
        while (n && isspace((unsigned char)text[n - 1]))
                n--;
        text[n] = '\0';
        while (isspace((unsigned char)*text))
                text++;
        return text;
}
