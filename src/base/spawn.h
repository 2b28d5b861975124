/* Child processes, programs of ours: started with a line to their parent, ended by pid. */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include "base/arena.h"
#include "base/status.h"

#include <sys/types.h>

/* The path of a program that stands beside this one. */
int spawn_beside(struct arena *, const char *name, const char **path) MUST;

/* Starts `argv`; its standard output is *out_fd (NULL: ours). Both end with the parent. */
int spawn_program(char *const *argv, int *out_fd, pid_t *) MUST;

/* Starts `argv` with `listen_fd` as descriptor 3 (socket activation) and one end of a socket pair as 4; *line is the other
 * end. */
int spawn_server(char *const *argv, int listen_fd, int *line, pid_t *) MUST;

/* SIGTERM, 8 s of patience, SIGKILL; waits. Harmless for pid 0. */
void spawn_end(pid_t);

/* Reads up to a line end (not kept) within `ms`; -ETIMEDOUT, -EPIPE when the child ended first. */
int spawn_read_line(struct arena *, int fd, int64_t ms, char **line) MUST;

#endif
