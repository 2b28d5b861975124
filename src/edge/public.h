/* Raw pages without a session: health, metrics, the API's description; and /dev/ for tests (clock, failpoints, idle). */
#ifndef EDGE_PUBLIC_H
#define EDGE_PUBLIC_H

#include "net/server.h"

void public_health(void *app, struct raw *);  /* 200 while the process runs */
void public_ready(void *app, struct raw *);   /* 200 when everything is started, else 503 */
void public_metrics(void *app, struct raw *); /* Prometheus text */
void public_openapi(void *app, struct raw *); /* OpenAPI 3.1 */

/*
 * Only with dev = yes:
 *   POST /dev/clock?push_ms=N | set_ms=N   moves the business clock and wakes the job threads
 *   POST /dev/failpoint?at=NAME[:nth]      arms a place of base/failpoint.h (none disarms): {"pid":N}
 *   GET  /dev/idle                         {"idle":true} when the ledger is applied and no job is due or running
 */
void public_dev(void *app, struct raw *);

#endif
