/*
 * Growing lists of the simulator. They live in the world's arena: growing leaves the old array behind, which doubles
 * the memory at worst and is returned when the program ends.
 */
#ifndef SIM_VEC_H
#define SIM_VEC_H

#include "base/arena.h"

#define VEC(T)                                                                                                         \
        struct {                                                                                                       \
                T *v;                                                                                                  \
                size_t n, cap;                                                                                         \
        }

/* Room for one more element; answers the (perhaps new) array. */
void *vec_room(struct arena *, void *v, size_t size, size_t n, size_t *cap);

#define vec_push(arena, vec, x)                                                                                        \
        ((vec)->v = vec_room((arena), (vec)->v, sizeof(*(vec)->v), (vec)->n, &(vec)->cap), (vec)->v[(vec)->n++] = (x))

#endif
