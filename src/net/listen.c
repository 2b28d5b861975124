#include "net/listen.h"

#include "base/text.h"

#include <netdb.h>
#include <stdio.h>
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
