/* Elixir containers: lists, maps, structs, bitstrings. */
#include "base/base.h"

#include "parsers/elixir.h"

/* Pushes an item of a list, tuple or argument list; keywords as their pairs. */
static void push_item(elixir *e, uint32_t item)
{
    if (elixir_kind(e, item) == K_KEYWORDS) {
        for (EACH_CHILD(e, item, pair)) elixir_push(e, elixir_pair(e, pair));
        return;
    }
    node_ix made = elixir_expr(e, item);
    if (made) elixir_push(e, made);
}

/* Operator token of a binary operator, or 0. */
static uint8_t operator_of(const elixir *e, uint32_t at)
{
    if (elixir_kind(e, at) != K_BINARY) return 0;
    for (EACH_CHILD(e, at, child))
        if (elixir_kind(e, child) >= K_OP_FIRST) return elixir_kind(e, child);
    return 0;
}

node_ix elixir_list(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    bool tail = false;
    for (EACH_CHILD(e, at, item)) {
        if (operator_of(e, item) != OP_BAR || elixir_next(e, at, item)) {
            push_item(e, item);
            continue;
        }
        tail = true;
        push_item(e, elixir_child(e, item));
        uint32_t last = elixir_last_child(e, item);
        elixir_push(e, elixir_kind(e, last) == K_KEYWORDS ? elixir_keywords(e, last)
                                                          : elixir_value(e, last));
    }
    node_ix made = elixir_make(e, NODE_LIST, 0, at, mark);
    if (tail) e->f->nodes.items[made].flags |= NODE_FLAG_TAIL;
    return made;
}

static void push_pair(elixir *e, uint32_t pair)
{
    uint32_t key = elixir_child(e, pair);
    uint32_t value = elixir_last_child(e, pair);
    if (!key || value == key) {
        elixir_push(e, elixir_unknown(e, pair));
        elixir_push(e, 0);
        return;
    }
    elixir_push(e, elixir_value(e, key));
    elixir_push(e, elixir_value(e, value));
}

/* Pushes key and value of what stands between the braces of a map. */
static void push_map_item(elixir *e, uint32_t item)
{
    if (elixir_kind(e, item) == K_KEYWORDS) {
        for (EACH_CHILD(e, item, pair)) push_pair(e, pair);
    } else if (operator_of(e, item) == OP_ASSOC) {
        push_pair(e, item);
    } else { /* %{unquote_splicing(x)}, syntax errors */
        elixir_push(e, elixir_value(e, item));
        elixir_push(e, 0);
    }
}

static sym struct_name(elixir *e, uint32_t at, uint32_t mark)
{
    uint32_t inner = elixir_child(e, at);
    sym name = elixir_module_name(e, inner);
    if (name) return name;
    /* %name{} and %mod.name{}: which struct is only known at run time. A variable binds. */
    e->stack.count = mark;
    sv text = front_cut(elixir_text(e, at), STRING_BYTES_MAX);
    if (e->pattern && elixir_kind(e, inner) == K_IDENTIFIER) (void)elixir_expr(e, inner);
    return elixir_sym(e, text);
}

node_ix elixir_map(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    uint32_t name_at = elixir_child_of_kind(e, at, K_STRUCT);
    sym name = name_at ? struct_name(e, name_at, mark) : 0;
    uint32_t content = elixir_child_of_kind(e, at, K_MAP_CONTENT);
    bool update = false;
    if (content) {
        for (EACH_CHILD(e, content, item)) {
            if (operator_of(e, item) == OP_BAR && !update && e->stack.count == mark) {
                update = true;
                elixir_push(e, elixir_value(e, elixir_child(e, item)));
                push_map_item(e, elixir_last_child(e, item));
            } else {
                push_map_item(e, item);
            }
        }
    }
    node_kind kind = name_at ? (update ? NODE_STRUCT_UPDATE : NODE_STRUCT)
                             : (update ? NODE_MAP_UPDATE : NODE_MAP);
    return elixir_make(e, kind, name, at, mark);
}

/* The size expression in `size(8)-binary`, `8`, `n*8`; 0: none. */
static uint32_t segment_size(const elixir *e, uint32_t spec)
{
    while (elixir_kind(e, spec) == K_BINARY && operator_of(e, spec) == OP_MINUS) {
        uint32_t right = segment_size(e, elixir_last_child(e, spec));
        if (right) return right;
        spec = elixir_child(e, spec);
    }
    if (elixir_kind(e, spec) == K_INTEGER) return spec;
    if (elixir_kind(e, spec) == K_CALL && sv_eq(elixir_text(e, elixir_child(e, spec)), SV("size")))
        return elixir_argument(e, spec, 0);
    if (elixir_kind(e, spec) == K_BINARY) { /* size*unit */
        uint32_t left = elixir_child(e, spec);
        return elixir_kind(e, left) == K_IDENTIFIER || elixir_kind(e, left) == K_INTEGER ? left : 0;
    }
    return 0;
}

node_ix elixir_segment(elixir *e, uint32_t at)
{
    if (operator_of(e, at) != OP_TYPE) return elixir_value(e, at);
    uint32_t mark = e->stack.count;
    uint32_t spec = elixir_last_child(e, at);
    e->depth++;
    elixir_push(e, elixir_value(e, elixir_child(e, at)));
    uint32_t size = segment_size(e, spec);
    if (size) {
        bool pattern = e->pattern;
        e->pattern = false;
        elixir_push(e, elixir_value(e, size));
        e->pattern = pattern;
    }
    e->depth--;
    sym name = elixir_sym(e, front_cut(elixir_text(e, spec), STRING_BYTES_MAX));
    return elixir_make(e, NODE_SEGMENT, name, at, mark);
}

node_ix elixir_bitstring(elixir *e, uint32_t at)
{
    uint32_t mark = e->stack.count;
    for (EACH_CHILD(e, at, item)) elixir_push(e, elixir_segment(e, item));
    return elixir_make(e, NODE_BINARY, 0, at, mark);
}
