/*
 * Places at which a test may kill the process, to prove that nothing is lost there.
 *
 *     failpoint(FAIL_BEFORE_COMMIT);
 *
 * costs one predictable branch. A place does something only after failpoint_arm() named it, which the program allows
 * with dev = yes alone: the n-th thread that comes by ends the process with SIGKILL, as a power cut would: no handler,
 * no flush, no destructor runs. One place is armed at a time, for the whole process.
 */
#ifndef BASE_FAILPOINT_H
#define BASE_FAILPOINT_H

#include "base/status.h"

#include <stdatomic.h>

enum failpoint {
        FAIL_NONE,
        FAIL_BEFORE_CALL,        /* a remote call is about to leave */
        FAIL_AFTER_EFFECT,       /* its answer is here, nothing of it is recorded */
        FAIL_BEFORE_COMMIT,      /* a transaction of the main database is complete and not committed */
        FAIL_AFTER_COMMIT,       /* it is committed, and nobody was told */
        FAIL_DURING_CHECKPOINT,  /* the log is being moved into the file; see failpoint_soon() */
        FAIL_DURING_CURSOR_SAVE, /* a page of customers' messages is written, the cursor behind it is not */
        FAIL_BEFORE_LEDGER,      /* callbacks are in hand and not on disk */
        FAIL_BEFORE_ACK,         /* callbacks are on disk and not acknowledged */
        FAIL_N
};

extern _Atomic int failpoint_armed; /* private to failpoint() */
void failpoint_hit(enum failpoint);
void failpoint_hit_soon(enum failpoint);

static inline void failpoint(enum failpoint place)
{
        if (__builtin_expect(atomic_load_explicit(&failpoint_armed, memory_order_relaxed) == (int)place, 0))
                failpoint_hit(place);
}

/* For a place that is a single call into a library: the process ends some hundred microseconds later, inside of it. */
static inline void failpoint_soon(enum failpoint place)
{
        if (__builtin_expect(atomic_load_explicit(&failpoint_armed, memory_order_relaxed) == (int)place, 0))
                failpoint_hit_soon(place);
}

/* "before_commit" or "before_commit:7" (the seventh pass from now); "" or "none" disarms. */
enum { FAILPOINT_E_NAME = 1 }; /* no such place, or a number outside 1..1000000 */
int failpoint_arm(const char *spec) MUST;

const char *failpoint_name(enum failpoint); /* "before_commit" */

#endif
