/*
 * A certificate authority of the simulator's own, made at start: a client that can only change the host name, or whose
 * resolver is told that the platform's names live here, trusts its file and speaks TLS as with the platform.
 *
 * Files in a new folder below TMPDIR (mode 0700), gone with the program: ca.pem, cert.pem, key.pem.
 */
#ifndef SIM_TLS_H
#define SIM_TLS_H

#include "base/arena.h"
#include "base/status.h"

struct tls_files {
        const char *folder, *ca, *cert, *key;
};

/* The certificate names the platform's hosts, localhost, 127.0.0.1, ::1 and `address` (an IP) when it is another. */
int tls_make(struct arena *, const char *address, struct tls_files *) MUST;
void tls_remove(const struct tls_files *);

#endif
