/* For tests: a client that writes what it likes on a socket, also what no client should. */
#ifndef NET_WIRE_TEST_H
#define NET_WIRE_TEST_H

#include "net/server.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define WIRE_MS 20000 /* a test waits this long for what must come */

static inline uint16_t wire_port(const struct server *s)
{
        return (uint16_t)strtol(strrchr(server_url(s), ':') + 1, NULL, 10);
}

/* -1: nobody listens there. */
static inline int wire_try(uint16_t port)
{
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (!connect(fd, (struct sockaddr *)&to, sizeof(to)))
                return fd;
        close(fd);
        return -1;
}

static inline int wire_open(const struct server *s)
{
        int fd = wire_try(wire_port(s));

        assert_true(fd >= 0);
        return fd;
}

static inline void wire_send(int fd, const char *text)
{
        assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Reads until `until` has come, or with NULL until the other side closes. False: it did not come in time. */
static inline bool wire_read(int fd, struct text *got, const char *until)
{
        int64_t end = clock_mono_ms() + WIRE_MS;
        char buf[65536];
        ssize_t n;

        while (!until || !strstr(got->p, until)) {
                struct pollfd p = {.fd = fd, .events = POLLIN};
                int64_t left = end - clock_mono_ms();

                if (left <= 0 || poll(&p, 1, (int)left) <= 0)
                        return false;
                n = recv(fd, buf, sizeof(buf), 0);
                if (n <= 0)
                        return !until;
                text_add_n(got, buf, (size_t)n);
        }
        return true;
}

/* One request on a connection of its own; the whole answer with its head. */
static inline const char *wire_ask(struct arena *a, const struct server *s, const char *request)
{
        struct text got;
        int fd = wire_open(s);

        text_init(&got, a);
        wire_send(fd, request);
        assert_true(wire_read(fd, &got, NULL));
        close(fd);
        return got.p;
}

/* Waits for what another thread does. */
#define wire_wait(what)                                                                                                \
        do {                                                                                                           \
                int64_t end_ = clock_mono_ms() + WIRE_MS;                                                              \
                while (!(what) && clock_mono_ms() < end_)                                                              \
                        usleep(1000);                                                                                  \
                assert_true(what);                                                                                     \
        } while (0)

#endif
