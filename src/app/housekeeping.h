/* The one thread that tidies: checkpoints the database off the writers' path, writes counted refusals. */
#ifndef APP_HOUSEKEEPING_H
#define APP_HOUSEKEEPING_H

#include "app/app.h"

struct housekeeping;
int housekeeping_start(struct housekeeping **, struct app *) MUST;
void housekeeping_stop(struct housekeeping *);

#endif
