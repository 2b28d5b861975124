/* Compression of kept remote objects: zstd, level 3, size in the frame. */
#ifndef BASE_ZIP_H
#define BASE_ZIP_H

#include "base/status.h"
#include "base/text.h"

enum { ZIP_E_BROKEN = 1 }; /* not a frame of ours, or larger than `max` bytes when opened */

struct bytes zip_close(struct arena *, struct bytes plain);
int zip_open(struct arena *, struct bytes zipped, size_t max, struct bytes *plain) MUST;

#endif
