/*
 * What crashes the program must not crash it for ever.
 *
 * Threads that do work of the store say what they are at (a job, an entry of the ledger) in a small file mapped into
 * memory, DATA/at-work. When the program faults or aborts, the thread that did it marks its own line; SIGKILL and power cuts
 * mark nothing, so nobody who merely was under way is blamed. The next start counts the marked ones, and at CRASH_MAX sets
 * them aside: a job is dead, an entry failed, each with this as its cause, for a person to retry or drop.
 */
#ifndef STORE_CRASH_H
#define STORE_CRASH_H

#include "store/db.h"

#define CRASH_MAX 3

/* Takes over what the last run left in the folder, and watches from now on. Once per process, before its threads. */
int crash_open(const char *dir) MUST;

/* In a WRITE transaction, before jobs and ledger start: counts what the last run crashed on. Call it again after -EAGAIN. */
int crash_count(struct ctx *) MUST;

/* This thread is at a job (stream 0), or at an entry of the ledger; at nothing. Without crash_open() nothing happens. */
void crash_at(int64_t stream, int64_t seq);
void crash_past(void);

/* The entries that are set aside: not to be applied by the program itself. */
struct crash_entry {
        int64_t stream, seq;
};
int crash_entries(struct ctx *, struct crash_entry **, size_t *n) MUST;

#endif
