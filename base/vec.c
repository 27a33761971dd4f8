#include "base/base.h"

void *vec_grow_(void *items, uint32_t *capacity, size_t item_size)
{
    uint32_t wanted = *capacity ? *capacity * 2 : 8;
    size_t bytes;
    if (wanted < *capacity || __builtin_mul_overflow((size_t)wanted, item_size, &bytes))
        fatal_oom(SIZE_MAX);
    *capacity = wanted;
    return base_realloc(items, bytes);
}
