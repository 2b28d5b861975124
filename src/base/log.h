/*
 * Log events: one JSON line each, on standard error. A line is an event with fields; a metric counts the
 * same events. No secret, no phone number, no message text ever goes into a field.
 *
 *     log_event(LOG_INFO, "job.dead", "kind", kind, "tries", log_int(tries), NULL);
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Name, then key, value, key, value, ..., NULL; all texts. A NULL value is written as null. */
void log_event(enum log_level, const char *name, ...) __attribute__((sentinel));

/* Numbers as texts, in a small ring of the calling thread: valid for one log_event call (8 at a time). */
const char *log_int(int64_t);

void log_set_level(enum log_level); /* default LOG_INFO; lower events cost one comparison */

#endif
