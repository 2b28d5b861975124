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

int control_start(struct control **, struct app *) MUST;
void control_stop(struct control *); /* harmless on NULL */

/* What a command answers. Runs in the server or in the command's own process; `in` is the request. */
struct control_command {
        const char *name;
        int (*run)(struct app *, struct arena *, struct bytes in, const char **out) MUST;
};
int control_erase(struct app *, struct arena *, struct bytes in, const char **out) MUST;   /* rights_cmd.c */
int control_init(struct app *, struct arena *, struct bytes in, const char **out) MUST;    /* serve.c */
int control_doctor(struct app *, struct arena *, struct bytes in, const char **out) MUST;  /* doctor_cmd.c */
int control_merchant(struct app *, struct arena *, struct bytes in, const char **out) MUST; /* merchant_cmd.c */
int control_rehearse(struct app *, struct arena *, struct bytes in, const char **out) MUST; /* rehearse_cmd.c */
int control_connect(struct app *, struct arena *, struct bytes in, const char **out) MUST; /* connect_cmd.c */

/* Has `request` answered by the server that works in conf->data or, if there is none, by this process. Negative: logged. */
int control_ask(const struct conf *, struct arena *, const char *request, const char **answer) MUST;

#endif
