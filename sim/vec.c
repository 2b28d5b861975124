#include "sim/vec.h"

#include <string.h>

void *vec_room(struct arena *arena, void *v, size_t size, size_t n, size_t *cap)
{
        if (n < *cap)
                return v;
        size_t more = *cap ? *cap * 2 : 8;
        void *wider = arena_alloc_array(arena, size, more);
        if (n)
                memcpy(wider, v, size * n);
        *cap = more;
        return wider;
}
