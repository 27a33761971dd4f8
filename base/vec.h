/* Growable array. VEC(type) is { items, count, capacity }, zero is empty. */
#ifndef LODE_BASE_VEC_H
#define LODE_BASE_VEC_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *items;                                                                               \
        uint32_t count;                                                                            \
        uint32_t capacity;                                                                         \
    }

/* Appends; may move items, so keep indices and not pointers. */
#define vec_push(v, ...)                                                                           \
    do {                                                                                           \
        if ((v)->count == (v)->capacity)                                                           \
            (v)->items = vec_grow_((v)->items, &(v)->capacity, sizeof *(v)->items);                \
        (v)->items[(v)->count++] = __VA_ARGS__;                                                    \
    } while (0)
/* Room for one more, zeroed; yields a pointer that is valid until the next push. */
#define vec_add(v)                                                                                 \
    ((v)->count == (v)->capacity                                                                   \
         ? (void)((v)->items = vec_grow_((v)->items, &(v)->capacity, sizeof *(v)->items))          \
         : (void)0,                                                                                \
     memset(&(v)->items[(v)->count], 0, sizeof *(v)->items), &(v)->items[(v)->count++])
#define vec_pop(v) ((v)->items[--(v)->count])
#define vec_last(v) (&(v)->items[(v)->count - 1])
#define vec_clear(v) ((void)((v)->count = 0))
#define vec_release(v)                                                                             \
    do {                                                                                           \
        free((v)->items);                                                                          \
        (v)->items = NULL;                                                                         \
        (v)->count = (v)->capacity = 0;                                                            \
    } while (0)
/* for (vec_each(v, p)) visits each item by pointer. */
#define vec_each(v, p)                                                                             \
    __typeof__(*(v)->items) *p = (v)->items,                                                       \
                            *p##_end_ = (v)->items ? (v)->items + (v)->count : NULL;               \
    p != p##_end_;                                                                                 \
    p++

void *vec_grow_(void *items, uint32_t *capacity, size_t item_size);

#endif
