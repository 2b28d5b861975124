/* The program without its console: -Dconsole=false, and gen. */
#include "net/server.h"

#include "app/console.h"

const struct file_row console_files[] = {{0}};
const size_t console_files_n = 0;
