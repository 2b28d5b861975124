/* Bytes that are shown rather than searched: pictures, voices, files of messages. Kept once per content and merchant. */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include "store/db.h"

#define BLOB_MAX (20 * 1024 * 1024)

enum { BLOB_E_SIZE = 1, BLOB_E_NONE = 2 };

int blob_put(struct ctx *, const char *mime, struct bytes, int64_t *blob_id) MUST; /* same bytes, same id */
int blob_get(struct ctx *, int64_t blob_id, const char **mime, struct bytes *) MUST;

#endif
