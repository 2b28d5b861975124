/*
 * The composition root: the list of domains, and putting the process together and taking it apart, in order. Who works on
 * the data (a server, a command, a program that loads) begins with app_open() and ends with app_stop().
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "edge/edge.h"

struct control_command;

extern const struct registry app_registry; /* domains.c */

int app_open(struct app *, const struct conf *) MUST;  /* data folder, keys, database, migrations */
/* Beside a running server, for reading: nothing is made, locked or migrated. */
int app_look(struct app *, const struct conf *) MUST;
int app_open_search(struct app *) MUST;                /* part of app_start() */
int app_open_platform(struct app *) MUST;              /* so that the platform may be called; part of app_start() */
/* Jobs, ledger, server; `commands` (app/control.h) are answered on the socket in the data folder. */
int app_start(struct app *, int listen_fd, const struct control_command *commands) MUST;
void app_stop(struct app *); /* also after a failed app_open or app_start */

#endif
