/* Compression of kept remote objects: zstd, level 3, size in the frame. */
#ifndef BASE_ZIP_H
#define BASE_ZIP_H

#include "base/status.h"
#include "base/text.h"

enum { ZIP_E_BROKEN = 1 }; /* not a frame of ours, or larger than `max` bytes when opened */

struct bytes zip_close(struct arena *, struct bytes plain);
int zip_open(struct arena *, struct bytes zipped, size_t max, struct bytes *plain) MUST;

/*
 * A text that objects of one kind resemble: what they share with it costs nearly nothing (an order of 3,400 bytes: 400
 * instead of 1,150). Its number stands in front of the frame. What was closed with it opens with nothing else, so a
 * dictionary never changes; a better one gets another number beside it.
 */
struct zip_dict {
        uint8_t number; /* 1..31: no frame begins with such a byte */
        const char *text;
};
struct bytes zip_close_with(struct arena *, const struct zip_dict *, struct bytes plain);
/* Opens what was closed with this dictionary, or without any. */
int zip_open_with(struct arena *, const struct zip_dict *, struct bytes zipped, size_t max, struct bytes *plain) MUST;

#endif
