#include "sim/map.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct map_entry {
        const char *key;
        void *value;
        UT_hash_handle hh;
};

void map_put(struct map *map, struct arena *arena, const char *key, void *value)
{
        struct map_entry *entry;
        HASH_FIND_STR(map->head, key, entry);
        if (!entry) {
                entry = arena_new(arena, struct map_entry);
                entry->key = key;
                HASH_ADD_KEYPTR(hh, map->head, entry->key, strlen(entry->key), entry);
        }
        entry->value = value;
}

void *map_get(const struct map *map, const char *key)
{
        struct map_entry *entry = NULL;
        if (key)
                HASH_FIND_STR(map->head, key, entry);
        return entry ? entry->value : NULL;
}

size_t map_count(const struct map *map)
{
        return HASH_COUNT(map->head);
}

void map_release(struct map *map)
{
        HASH_CLEAR(hh, map->head);
}
