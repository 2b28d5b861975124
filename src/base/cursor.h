/*
 * Keyset cursors of lists: "KEY.ID", the sort key and the id of the last row shown. The next page begins behind that row,
 * however many rows came or went meanwhile.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include "base/arena.h"
#include "base/status.h"

char *cursor_write(struct arena *, int64_t key, int64_t id) __attribute__((returns_nonnull));

enum { CURSOR_E_BAD = 1 }; /* not a cursor: *key and *id are as they were */

/* NULL or "" leaves *key and *id as they are: the first page. */
int cursor_read(const char *, int64_t *key, int64_t *id) MUST;

#endif
