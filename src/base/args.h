/* Flags of single commands, taken out of argv before the settings are read from what is left. */
#ifndef BASE_ARGS_H
#define BASE_ARGS_H

#include "base/arena.h"

#include <stdbool.h>

const char *args_value(int *argc, char **argv, const char *name); /* "--name VALUE"; NULL when absent */
bool args_switch(int *argc, char **argv, const char *name);       /* "--name" */

/* A line from standard input, without its end; `prompt` is shown when a person types. "" at the end of input. */
const char *args_line(struct arena *, const char *prompt);
/* The content of a file of at most `max` bytes without the blanks around it, or of standard input for "-". NULL: unreadable. */
const char *args_file(struct arena *, const char *file, size_t max);

#endif
