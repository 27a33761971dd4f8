#include "base/base.h"

static uint32_t slot_of(const map64 *m, uint64_t key)
{
    uint32_t mask = m->capacity - 1;
    uint32_t i = (uint32_t)hash64_mix(key) & mask;
    while (m->values[i] && m->keys[i] != key) i = (i + 1) & mask;
    return i;
}

static void grow(map64 *m)
{
    map64 old = *m;
    m->capacity = old.capacity ? old.capacity * 2 : 16;
    m->keys = base_malloc(m->capacity * sizeof *m->keys);
    m->values = base_calloc(m->capacity, sizeof *m->values);
    for (uint32_t i = 0; i < old.capacity; i++) {
        if (!old.values[i]) continue;
        uint32_t to = slot_of(m, old.keys[i]);
        m->keys[to] = old.keys[i];
        m->values[to] = old.values[i];
    }
    free(old.keys);
    free(old.values);
}

uint32_t map64_get(const map64 *m, uint64_t key, uint32_t absent)
{
    if (!m->capacity) return absent;
    uint32_t value = m->values[slot_of(m, key)];
    return value ? value - 1 : absent;
}

bool map64_add(map64 *m, uint64_t key, uint32_t *value)
{
    if ((uint64_t)(m->count + 1) * 4 > (uint64_t)m->capacity * 3) grow(m);
    uint32_t i = slot_of(m, key);
    if (m->values[i]) {
        *value = m->values[i] - 1;
        return false;
    }
    m->keys[i] = key;
    m->values[i] = *value + 1;
    m->count++;
    return true;
}

void map64_set(map64 *m, uint64_t key, uint32_t value)
{
    uint32_t held = value;
    if (!map64_add(m, key, &held)) m->values[slot_of(m, key)] = value + 1;
}

void map64_clear(map64 *m)
{
    if (m->values) memset(m->values, 0, m->capacity * sizeof *m->values);
    m->count = 0;
}

void map64_release(map64 *m)
{
    free(m->keys);
    free(m->values);
    *m = (map64){0};
}
