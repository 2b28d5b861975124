/*
 * The status doctrine: how every function of this project tells how it went.
 *
 *   0          done
 *   negative   fatal: a negated errno. Logged once, where it arose, by fatal(); from there on it
 *              is passed up unchanged and nobody logs it again. The edge (route, job, applier)
 *              rolls back and answers 500 or tries again.
 *   positive   an outcome that the function's own header lists (INBOX_E_WINDOW_CLOSED). The caller
 *              handles it or translates it into an outcome of its own header. Passing a callee's
 *              positive status on unchanged is allowed only inside one folder.
 *
 * The usual border:
 *
 *     r = contacts_ensure(ctx, ...);
 *     if (r)
 *             return r == CONTACTS_E_BAD_ID ? INBOX_E_SENDER : status_fold(r);
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

/* A status may not be ignored; the compiler says so. */
#define MUST __attribute__((warn_unused_result))

/*
 * Logs one "fatal" event with file, line and the printf-style sentence, and returns -err.
 * `err` is a positive errno; 0 counts as EIO. Never put a secret or a phone number into the sentence.
 */
#define fatal(err, ...) status_fatal(__FILE__, __LINE__, (err), __VA_ARGS__)
int status_fatal(const char *file, int line, int err, const char *fmt, ...) MUST
        __attribute__((format(printf, 4, 5)));

/*
 * Folds a status that this caller has no outcome for: negative passes unchanged; positive means that
 * the callee told us something we declared impossible, which is fatal (EPROTO) and logged here.
 */
#define status_fold(r) status_fold_at(__FILE__, __LINE__, (r))
int status_fold_at(const char *file, int line, int r) MUST;

#define countof(a) (sizeof(a) / sizeof((a)[0]))

#endif
