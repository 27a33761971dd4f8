/* Hash map from 64-bit keys to 32-bit values, open addressing. Zero is empty. Insertion order is
 * not kept: whoever needs an order keeps an array beside it. */
#ifndef LODE_BASE_MAP_H
#define LODE_BASE_MAP_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t *keys;
    uint32_t *values; /* value + 1; 0 marks a free slot */
    uint32_t count;
    uint32_t capacity; /* power of two, or 0 */
} map64;

/* The value of key, or `absent`. */
uint32_t map64_get(const map64 *m, uint64_t key, uint32_t absent);
/* Sets key to value (value < UINT32_MAX). */
void map64_set(map64 *m, uint64_t key, uint32_t value);
/* If key is there, *value is its value and the result false; else it is added with *value. */
bool map64_add(map64 *m, uint64_t key, uint32_t *value);
void map64_clear(map64 *m);
void map64_release(map64 *m);

static inline uint64_t pair64(uint32_t high, uint32_t low)
{
    return (uint64_t)high << 32 | low;
}

#endif
