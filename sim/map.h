/* Texts to objects, over uthash. Keys must outlive the map; entries live in the arena given. */
#ifndef SIM_MAP_H
#define SIM_MAP_H

#include "base/arena.h"

struct map_entry;

struct map {
        struct map_entry *head;
};

void map_put(struct map *, struct arena *, const char *key, void *value); /* replaces */
void *map_get(const struct map *, const char *key);                       /* NULL when absent, or the key is NULL */
size_t map_count(const struct map *);
void map_release(struct map *);

#endif
