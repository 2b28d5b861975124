/*
 * Settings: declared once as a table next to a struct; file, environment, flag, validation, --help and manual come
 * from the same row.
 *
 * File: "name = value" lines, "#" comments. Environment: ZHANGGUI_NAME (upper case, "." and "-" as "_"). Flag: --name
 * VALUE or --name=VALUE. Later wins: default, file, environment, flag.
 */
#ifndef BASE_SETTING_H
#define BASE_SETTING_H

#include "base/status.h"
#include "base/text.h"

enum setting_type { SETTING_TEXT, SETTING_INT, SETTING_BOOL, SETTING_CHOICE };

struct setting {
        const char *name; /* "listen", "data", "job-threads" */
        enum setting_type type;
        size_t at;          /* offsetof the member: const char *, int64_t, bool, const char * */
        const char *preset; /* default as text */
        int64_t min, max;   /* of an INT; bytes of a TEXT (max 0 = no rule) */
        const char *const *choices;
        const char *unit; /* "ms", "bytes", "" */
        const char *doc;  /* one line */
};

struct setting_table {
        const char *env_prefix; /* "ZHANGGUI_" */
        const struct setting *rows;
        size_t n;
};

enum { SETTING_E_BAD = 1 }; /* refused; *why is a sentence with file and line, the name and the allowed range */

int setting_defaults(struct arena *, const struct setting_table *, void *out, const char **why) MUST;
int setting_read_file(struct arena *, const struct setting_table *, const char *path, void *out, const char **why) MUST;
int setting_read_env(struct arena *, const struct setting_table *, void *out, const char **why) MUST;
/* Takes its flags out of argv, up to "--"; what is left (operands) stays and *argc is adjusted. A BOOL may stand
 * without value. A flag without a row is refused, so app takes --config out before. */
int setting_read_flags(struct arena *, const struct setting_table *, int *argc, char **argv, void *out,
                       const char **why) MUST;
/* The value of an INT in `conf`. SETTING_E_BAD: there is none of this name. */
int setting_int(const struct setting_table *, const void *conf, const char *name, int64_t *out) MUST;
void setting_help(struct text *, const struct setting_table *);

#endif
