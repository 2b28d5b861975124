/*
 * Commands that work on the data of a server while it runs: they go through the socket DATA/control (mode 0600, in a folder
 * of mode 0700: who may write there owns the data anyway). When no server runs, the command does the work itself.
 *
 * One request per connection: {"command":"doctor", ...} and the end of the writing side; the answer is JSON up to the end.
 */
#ifndef APP_CONTROL_H
#define APP_CONTROL_H

#include "app/app.h"

struct control;

/* What a command answers. Runs in the server or in the command's own process; `in` is the request. A table of them is ended
 * by {0}. */
struct control_command {
        const char *name;
        int (*run)(struct app *, struct arena *, struct bytes in, const char **out) MUST;
};

int control_start(struct control **, struct app *, const struct control_command *) MUST;
void control_stop(struct control *); /* harmless on NULL */

/* Has `request` answered by the server that works in conf->data or, if there is none, by this process. Negative: logged. */
int control_ask(const struct control_command *, const struct conf *, struct arena *, const char *request, const char **answer) MUST;

#endif
