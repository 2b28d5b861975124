/*
 * The admin API below /sim/ (docs/simulator.md) and its forms: the page's buttons post to the same paths. JSON in, JSON
 * out; a form is answered with 303 back to the page.
 */
#ifndef SIM_ADMIN_H
#define SIM_ADMIN_H

#include "net/server.h"

struct sim;

void admin_handle(struct sim *, struct raw *, const char *path);
/* Answer of a URL check that ended: {"ok":true} or {"ok":false,"why"}; back = where a form came from, or NULL. */
void admin_answer_check(struct raw *, const char *why, const char *back);

/* Everything of this process: routes to gate, admin and page. Given to the server as the one raw prefix. */
void sim_handle(void *sim, struct raw *);

#endif
