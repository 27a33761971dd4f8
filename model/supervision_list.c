/* The elements of list expressions: literals, concatenations, comprehensions and the library
 * functions that make lists of lists. */
#include "base/base.h"
#include "model/internal.h"
#include "model/supervision_scope.h"

enum { ITEMS_MAX = 512 };

/* Library functions that give (a part of) a list they are given. */
static bool passing_call(eval *e, thunk t, thunks *out)
{
    static const struct {
        const char *module, *name;
        int arity;
        uint8_t list;
    } rows[] = {
        {"Enum", "filter", 2, 0},     {"Enum", "reject", 2, 0},    {"lists", "filter", 2, 1},
        {"Enum", "reverse", 1, 0},    {"lists", "reverse", 1, 0},  {"Enum", "uniq", 1, 0},
        {"Enum", "to_list", 1, 0},    {"lists", "usort", 1, 0},    {"lists", "sort", 1, 0},
        {"List", "wrap", 1, 0},       {"Enum", "concat", 1, 0},    {"lists", "append", 1, 0},
        {"List", "flatten", 1, 0},    {"lists", "flatten", 1, 0},  {"Enum", "shuffle", 1, 0},
        {"Enum", "drop", 2, 0},       {"Enum", "take", 2, 0},      {"List", "delete", 2, 0},
        {"Enum", "uniq_by", 2, 0},    {"Enum", "sort_by", 2, 0},   {"List", "insert_at", 3, 0},
        {"Enum", "with_index", 1, 0}, {"lists", "ukeysort", 2, 1}, {"lists", "keysort", 2, 1},
        {"lists", "keydelete", 3, 2}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!eval_is_call(e->m, t.node, rows[i].module, rows[i].name, rows[i].arity)) continue;
        thunks items = {0};
        eval_items(e, eval_arg(e, t, rows[i].list), &items);
        bool flat = sv_eq_c(sv_from(rows[i].name), "flatten") ||
                    sv_eq_c(sv_from(rows[i].name), "concat") ||
                    sv_eq_c(sv_from(rows[i].name), "append");
        for (uint32_t k = 0; k < items.count; k++) {
            thunk one = flat ? eval_one(e, items.items[k]) : items.items[k];
            uint8_t kind = model_node(e->m, one.node)->kind;
            if (flat && (kind == NODE_LIST || kind == NODE_OP || kind == NODE_FOR ||
                         !(items.items[k].flags & EVAL_STUCK)))
                eval_items(e, items.items[k], out);
            else vec_push(out, items.items[k]);
        }
        vec_release(&items);
        if (sv_eq_c(sv_from(rows[i].name), "insert_at")) vec_push(out, eval_arg(e, t, 2));
        return true;
    }
    return false;
}

/* The elements of a source that a fun or comprehension goes through: those of a literal list, or
 * one unknown that stands for all. */
static void sources(eval *e, thunk list, thunks *out)
{
    eval_items(e, list, out);
    bool known = out->count <= 64;
    for (uint32_t i = 0; i < out->count; i++) known &= !(out->items[i].flags & EVAL_STUCK);
    if (known) return;
    out->count = 0;
    vec_push(out, (thunk){0, list.in, (uint8_t)(list.flags | EVAL_REPEATED)});
}

static bool mapping_call(eval *e, thunk t, thunks *out)
{
    static const struct {
        const char *module, *name;
        int arity;
        uint8_t list, fun;
        bool flat;
    } rows[] = {{"Enum", "map", 2, 0, 1, false},        {"lists", "map", 2, 1, 0, false},
                {"Enum", "flat_map", 2, 0, 1, true},    {"lists", "flatmap", 2, 1, 0, true},
                {"lists", "filtermap", 2, 1, 0, false}, {"Stream", "map", 2, 0, 1, false},
                {"lists", "foldl", 3, 2, 0, true},      {"Enum", "reduce", 3, 0, 2, true},
                {"lists", "foldr", 3, 2, 0, true}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!eval_is_call(e->m, t.node, rows[i].module, rows[i].name, rows[i].arity)) continue;
        thunks from = {0}, made = {0};
        sources(e, eval_arg(e, t, rows[i].list), &from);
        for (uint32_t k = 0; k < from.count; k++) {
            thunk *one = ARENA_ARRAY(&e->memory, thunk, 2);
            one[0] = from.items[k];
            one[1] = (thunk){0, t.in, t.flags};
            made.count = 0;
            if (!eval_apply_value(e, eval_arg(e, t, rows[i].fun), one, rows[i].arity == 3 ? 2 : 1,
                                  &made)) {
                vec_push(out,
                         (thunk){t.node, t.in, (uint8_t)(t.flags | EVAL_STUCK | EVAL_REPEATED)});
                break;
            }
            bool known = false;
            for (uint32_t n = 0; n < made.count; n++)
                known |= model_node(e->m, made.items[n].node)->kind != NODE_VAR;
            for (uint32_t n = 0; n < made.count; n++) {
                /* An alternative that nothing is known of adds nothing to one that is. */
                if (known && model_node(e->m, made.items[n].node)->kind == NODE_VAR) continue;
                made.items[n].flags |= from.items[k].flags;
                if (rows[i].flat) eval_items(e, made.items[n], out);
                else vec_push(out, made.items[n]);
            }
        }
        if (rows[i].arity == 3) eval_items(e, eval_arg(e, t, 1), out);
        vec_release(&from);
        vec_release(&made);
        return true;
    }
    return false;
}

static void comprehension(eval *e, thunk t, thunks *out)
{
    node_ix body = 0, source = 0;
    uint32_t generators = 0;
    for (uint32_t i = 0; i < model_kid_count(e->m, t.node); i++) {
        node_ix kid = model_kid(e->m, t.node, i);
        uint8_t kind = model_node(e->m, kid)->kind;
        if (kind == NODE_GENERATOR && generators++ == 0) source = model_kid(e->m, kid, 1);
        if (kind == NODE_DO) body = model_kid(e->m, kid, 0);
    }
    thunks from = {0};
    if (generators == 0) {
        vec_push(&from, (thunk){0, t.in, (uint8_t)(t.flags | EVAL_CONDITIONAL)});
    } else if (generators == 1) {
        sources(e, eval_at(t, source, 0), &from);
    } else {
        vec_push(&from, (thunk){0, t.in, (uint8_t)(t.flags | EVAL_REPEATED)});
    }
    for (uint32_t k = 0; k < from.count; k++) {
        thunk *one = ARENA_NEW(&e->memory, thunk);
        *one = from.items[k];
        eval_scope *s = ARENA_NEW(&e->memory, eval_scope);
        *s = (eval_scope){.outer = t.in,
                          .caller = t.in ? t.in->caller : NULL,
                          .clause = t.in ? t.in->clause : NO_IX,
                          .arm = t.node,
                          .args = one->node ? one : NULL,
                          .arg_count = one->node ? 1 : 0,
                          .depth = t.in ? t.in->depth : 0};
        vec_push(out, (thunk){body, s, (uint8_t)(t.flags | from.items[k].flags)});
    }
    vec_release(&from);
}

static void items_of_value(eval *e, thunk v, thunks *out)
{
    const fact_node *at = model_node(e->m, v.node);
    if (!v.node || model_is_atom(e->m, v.node, "nil")) return;
    if (at->kind == NODE_LIST) {
        bool tail = at->flags & NODE_FLAG_TAIL;
        uint32_t count = at->kid_count - (tail && at->kid_count);
        for (uint32_t i = 0; i < count && out->count < ITEMS_MAX; i++)
            vec_push(out, eval_kid(e, v, i));
        if (tail) eval_items(e, eval_kid(e, v, count), out);
        return;
    }
    if (eval_is_op(e, v.node, "++")) {
        eval_items(e, eval_kid(e, v, 0), out);
        eval_items(e, eval_kid(e, v, 1), out);
        return;
    }
    if (eval_is_op(e, v.node, "--")) {
        eval_items(e, eval_kid(e, v, 0), out);
        return;
    }
    if (at->kind == NODE_FOR) {
        comprehension(e, v, out);
        return;
    }
    if (eval_is_call(e->m, v.node, "Enum", "chunk_every", 2)) {
        /* Each chunk is a list like the whole. */
        thunk chunk = eval_arg(e, v, 0);
        chunk.flags |= EVAL_REPEATED;
        vec_push(out, chunk);
        return;
    }
    if (eval_is_call(e->m, v.node, "Enum", "concat", 2) ||
        eval_is_call(e->m, v.node, "lists", "append", 2)) {
        eval_items(e, eval_arg(e, v, 0), out);
        eval_items(e, eval_arg(e, v, 1), out);
        return;
    }
    if (passing_call(e, v, out) || mapping_call(e, v, out)) return;
    v.flags |= EVAL_STUCK;
    vec_push(out, v);
}

void eval_items(eval *e, thunk t, thunks *out)
{
    if (e->depth >= EVAL_DEPTH_MAX || out->count >= ITEMS_MAX) {
        t.flags |= EVAL_STUCK;
        vec_push(out, t);
        return;
    }
    e->depth++;
    thunks all = {0};
    eval_values(e, t, &all);
    for (uint32_t i = 0; i < all.count; i++) items_of_value(e, all.items[i], out);
    vec_release(&all);
    e->depth--;
}
