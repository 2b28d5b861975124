/* The embedded console: made by tools/build-console.sh, or empty (no_console.c). */
#ifndef APP_CONSOLE_H
#define APP_CONSOLE_H

#include "net/server.h"

extern const struct file_row console_files[];
extern const size_t console_files_n;

#endif
