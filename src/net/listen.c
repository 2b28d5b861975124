#include "net/listen.h"

#include "base/text.h"

#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int listen_on(const char *where, int *fd)
{
        struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *ai;
        char host[128];
        const char *colon = strrchr(where, ':');
        size_t n = colon ? (size_t)(colon - where) : 0, skip = where[0] == '[' ? 1 : 0;
        int64_t port;
        int one = 1, r;

        if (!colon || n < 2 * skip || n >= sizeof(host))
                return fatal(EINVAL, "listen = %s: write address:port, such as 127.0.0.1:8080", where);
        snprintf(host, sizeof(host), "%.*s", (int)(n - 2 * skip), where + skip);
        /* getaddrinfo() would take 70000 for 4464. */
        if (text_to_int(colon + 1, 0, 65535, &port))
                return fatal(EINVAL, "listen = %s: the port is a number from 0 to 65535", where);
        if (getaddrinfo(host, colon + 1, &hints, &ai))
                return fatal(EINVAL, "listen = %s: not an address and port of this machine", where);
        *fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        r = *fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
            bind(*fd, ai->ai_addr, ai->ai_addrlen) || listen(*fd, 4096);
        freeaddrinfo(ai);
        if (r) {
                r = fatal(errno, "cannot listen on %s; is another program there? choose another with --listen", where);
                if (*fd >= 0)
                        close(*fd);
        }
        return r;
}

int listen_inherited(int *fd)
{
        enum { FIRST = 3 };
        const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
        int listening = 0;
        socklen_t size = sizeof(listening);
        int64_t number;

        *fd = -1;
        if (!pid || !fds || text_to_int(pid, 1, INT32_MAX, &number) || number != getpid())
                return 0;
        if (text_to_int(fds, 1, 1, &number))
                return fatal(EINVAL, "LISTEN_FDS = %s: give exactly one socket (one ListenStream=)", fds);
        if (getsockopt(FIRST, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) || !listening ||
            fcntl(FIRST, F_SETFD, FD_CLOEXEC) < 0)
                return fatal(EINVAL, "descriptor 3 of LISTEN_FDS is no listening socket: it needs ListenStream= and Accept=no");
        *fd = FIRST;
        return 0;
}

int listen_url(struct arena *a, int fd, const char *scheme, char **url)
{
        struct sockaddr_storage sa;
        socklen_t n = sizeof(sa);
        char host[64], port[16];

        if (getsockname(fd, (struct sockaddr *)&sa, &n) ||
            getnameinfo((struct sockaddr *)&sa, n, host, sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV))
                return fatal(errno, "cannot read the listening address");
        /* Everywhere is nowhere one can go: the URL is one that works here. */
        if (!strcmp(host, "0.0.0.0") || !strcmp(host, "::"))
                snprintf(host, sizeof(host), "%s", host[0] == ':' ? "::1" : "127.0.0.1");
        *url = arena_printf(a, strchr(host, ':') ? "%s://[%s]:%s" : "%s://%s:%s", scheme, host, port);
        return 0;
}
