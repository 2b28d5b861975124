/* Listening sockets, for the server and for whoever holds a socket on its behalf. */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include "base/arena.h"
#include "base/status.h"

/* "127.0.0.1:8080" or "[::1]:0" -> a listening descriptor (close-on-exec). Port 0 takes any free one. A logged sentence says
 * what is wrong: not address:port, not an address of this machine, taken. */
int listen_on(const char *where, int *fd) MUST;

/* The listening socket that the service manager opened for us (sd_listen_fds(3)): it outlives this process, so that during
 * a restart who connects waits instead of failing. *fd = -1: none was given. A logged sentence: something else was given
 * than one listening stream socket. */
int listen_inherited(int *fd) MUST;

/* "http://127.0.0.1:41234" in the arena; an address that means "everywhere" becomes one that works on this machine. */
int listen_url(struct arena *, int fd, const char *scheme, char **url) MUST;

#endif
