/* The other processes on the same database: what they must hear of us, and we of them. */
#ifndef EDGE_OTHERS_H
#define EDGE_OTHERS_H

#include "edge/edge.h"

int others_join(struct app *) MUST; /* before jobs, ledger and server; process_leave() after them */

/* Notices of a committed transaction, for the consoles that are connected elsewhere. */
void others_tell(struct app *, const struct notice *first);

/* wx_options.paused; the argument is the app: what the platform said of a budget, for those who call for the same accounts. */
void others_pause(void *app, const struct wx_pause_word *);

#endif
