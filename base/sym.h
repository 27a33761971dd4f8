/* Interned symbols: each distinct text has one small number within its table. */
#ifndef LODE_BASE_SYM_H
#define LODE_BASE_SYM_H

#include "base/arena.h"
#include "base/map.h"
#include "base/sv.h"

/* Index into one sym_table. 0 is "no symbol" (and the text ""). */
typedef uint32_t sym;

/* Zero is an empty table. Numbers are given in order of first appearance, so they are the same in
 * every run over the same input. Not thread-safe while symbols are added. */
typedef struct {
    arena text;
    sv *items; /* items[0] is "" once anything was added */
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots; /* open addressing, item index + 1 */
    uint32_t slot_count;
} sym_table;

/* The symbol of text, added if new. The text is copied. */
sym sym_add(sym_table *table, sv text);
/* The symbol of text, or 0 if it was never added. */
sym sym_find(const sym_table *table, sv text);
/* The text of a symbol: valid as long as the table, followed by a NUL byte. */
sv sym_text(const sym_table *table, sym symbol);
void sym_table_release(sym_table *table);

#endif
