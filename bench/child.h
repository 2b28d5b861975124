/* Child processes: the server and nginx; what they use of the machine. */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include "bench/bench.h"

#include <sys/types.h>

struct child {
        pid_t pid; /* 0 = none */
        int line;  /* the server's line to us, or -1 */
        uint16_t port;
        char *url; /* "http://127.0.0.1:PORT" */
};

/* The settings that every command on this run's data folder needs (data, db, where the platform is), NULL at the end. */
const char **child_settings(struct bench *, const char *platform_url);

/* "zhanggui serve" on the run's data folder with these settings; back when it is ready. */
int child_server(struct bench *, const char *const *settings, struct child *) MUST;

/* nginx with two workers that answers 200 "success" to everything, from memory, without a log. */
int child_nginx(struct bench *, struct child *) MUST;

void child_end(struct child *); /* harmless on {0} */

void child_kill(struct child *); /* at once: SIGKILL */

/* Processor time of the process and its children (nginx has workers) so far, user and system, microseconds; 0 when it is gone. */
int64_t child_cpu_us(const struct child *);
/* Its private anonymous memory, bytes. */
int64_t child_anon_bytes(const struct child *);

/* One GET on the child: the body in the arena, NULL when it is not 200. */
const char *child_get(struct arena *, const struct child *, const char *path);
/* The value of a metric of the server; 0 when it is not there. */
int64_t child_metric(struct arena *, const struct child *, const char *name);
/* Until all that was taken in is applied and no job is due; false after `ms`. */
bool child_wait_idle(const struct child *, int64_t ms);

#endif
