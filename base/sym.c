#include "base/base.h"

static uint32_t slot_for(const sym_table *t, sv text)
{
    uint32_t mask = t->slot_count - 1;
    uint32_t i = (uint32_t)hash64(text) & mask;
    while (t->slots[i] && !sv_eq(t->items[t->slots[i] - 1], text)) i = (i + 1) & mask;
    return i;
}

static void grow_slots(sym_table *t)
{
    free(t->slots);
    t->slot_count = t->slot_count ? t->slot_count * 2 : 64;
    t->slots = base_calloc(t->slot_count, sizeof *t->slots);
    for (uint32_t i = 0; i < t->count; i++) t->slots[slot_for(t, t->items[i])] = i + 1;
}

static void append(sym_table *t, sv text)
{
    if (t->count == t->capacity) {
        t->capacity = t->capacity ? t->capacity * 2 : 64;
        t->items = base_realloc(t->items, t->capacity * sizeof *t->items);
    }
    t->items[t->count++] = (sv){arena_strndup(&t->text, text.data, text.size), text.size};
}

sym sym_add(sym_table *t, sv text)
{
    if (text.size == 0) return 0;
    if (t->count == 0) append(t, (sv){"", 0});
    if ((uint64_t)(t->count + 1) * 4 > (uint64_t)t->slot_count * 3) grow_slots(t);
    uint32_t slot = slot_for(t, text);
    if (t->slots[slot]) return t->slots[slot] - 1;
    append(t, text);
    t->slots[slot] = t->count;
    return t->count - 1;
}

sym sym_find(const sym_table *t, sv text)
{
    if (text.size == 0 || t->slot_count == 0) return 0;
    uint32_t found = t->slots[slot_for(t, text)];
    return found ? found - 1 : 0;
}

sv sym_text(const sym_table *t, sym symbol)
{
    return symbol < t->count ? t->items[symbol] : (sv){"", 0};
}

void sym_table_release(sym_table *t)
{
    arena_release(&t->text);
    free(t->items);
    free(t->slots);
    *t = (sym_table){0};
}
