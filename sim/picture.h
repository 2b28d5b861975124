/* Pictures that customers send: a small PNG whose colours come from a number, and media that the world keeps. */
#ifndef SIM_PICTURE_H
#define SIM_PICTURE_H

#include "sim/world.h"

struct bytes picture_png(struct arena *, uint64_t number);
/* Keeps a copy and gives it a media_id, good for three days. */
struct media *media_keep(struct sim *, const char *mime, struct bytes);

#endif
