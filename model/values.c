/* Hash-consed abstract values. */
#include "base/base.h"
#include "model/internal.h"

enum { VAL_KIDS_MAX = 64, VALS_MAX = 4 << 20 };

static uint64_t val_hash(val_kind kind, sym name, int64_t number, const val_ix *kids,
                         uint32_t kid_count)
{
    uint64_t h = hash64_mix(pair64((uint32_t)kind, name) + (uint64_t)number * 0x9e3779b97f4a7c15u);
    for (uint32_t i = 0; i < kid_count; i++) h = hash64_mix(h * 31 + kids[i]);
    return h;
}

void val_interner_open(val_interner *v, model *m)
{
    v->m = m;
    v->slot_count = 1 << 12;
    v->slots = base_calloc(v->slot_count, sizeof *v->slots);
}

void val_interner_close(val_interner *v)
{
    free(v->slots);
    v->slots = NULL;
}

static bool val_same(const model *m, val_ix v, val_kind kind, sym name, int64_t number,
                     const val_ix *kids, uint32_t kid_count)
{
    const model_val *at = &m->vals.items[v];
    if (at->kind != kind || at->name != name || at->number != number || at->kid_count != kid_count)
        return false;
    return kid_count == 0 ||
           memcmp(&m->val_kids.items[at->kid_first], kids, kid_count * sizeof *kids) == 0;
}

static void grow(val_interner *v)
{
    const model *m = v->m;
    uint32_t old_count = v->slot_count;
    uint32_t *old = v->slots;
    v->slot_count *= 2;
    v->slots = base_calloc(v->slot_count, sizeof *v->slots);
    for (uint32_t i = 0; i < old_count; i++) {
        if (!old[i]) continue;
        const model_val *at = &m->vals.items[old[i] - 1];
        uint32_t mask = v->slot_count - 1;
        uint32_t slot = (uint32_t)val_hash(at->kind, at->name, at->number,
                                           &m->val_kids.items[at->kid_first], at->kid_count) &
                        mask;
        while (v->slots[slot]) slot = (slot + 1) & mask;
        v->slots[slot] = old[i];
    }
    free(old);
}

val_ix val_make(val_interner *v, val_kind kind, sym name, int64_t number, const val_ix *kids,
                uint32_t kid_count)
{
    model *m = v->m;
    if (kind == VAL_UNKNOWN || kid_count > VAL_KIDS_MAX || m->vals.count >= VALS_MAX) return 0;
    if ((uint64_t)m->vals.count * 2 > v->slot_count) grow(v);
    uint32_t mask = v->slot_count - 1;
    uint32_t slot = (uint32_t)val_hash(kind, name, number, kids, kid_count) & mask;
    for (; v->slots[slot]; slot = (slot + 1) & mask)
        if (val_same(m, v->slots[slot] - 1, kind, name, number, kids, kid_count))
            return v->slots[slot] - 1;
    model_val made = {.kind = (uint8_t)kind,
                      .name = name,
                      .number = number,
                      .kid_first = m->val_kids.count,
                      .kid_count = kid_count};
    /* The kids given may lie in val_kids itself, which moves when it grows. */
    val_ix held[VAL_KIDS_MAX];
    if (kid_count) memcpy(held, kids, kid_count * sizeof *held);
    for (uint32_t i = 0; i < kid_count; i++) vec_push(&m->val_kids, held[i]);
    vec_push(&m->vals, made);
    v->slots[slot] = m->vals.count;
    return m->vals.count - 1;
}
