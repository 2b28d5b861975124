/*
 * The button that begins a rehearsal (demo/rehearse.h): it starts the command "rehearse" beside this server, as a child that
 * dies with it; the report comes back through the control socket.
 */
#ifndef SYSTEM_REHEARSAL_H
#define SYSTEM_REHEARSAL_H

#include "edge/edge.h"
#include "net/route.h"

#define REHEARSAL_MAX 100     /* consults of one evening */
#define REHEARSAL_CONSULTS 20 /* when nothing is said */

extern const struct json_desc rehearsal_in_desc;
int rehearsal_start(struct ctx *, const void *in, void *out);
extern const struct problem rehearsal_problems[];
void rehearsal_stop(struct app *); /* ends one that is under way; harmless without */

#endif
