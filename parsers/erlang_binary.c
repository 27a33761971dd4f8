/* Erlang binaries. */
#include "base/base.h"

#include "parsers/erlang.h"

/* Type specifiers as written, white space gone. */
static sym specifiers(lowering *l, uint32_t from, uint32_t to)
{
    char text[128];
    size_t size = 0;
    sv source = sv_slice(l->s.source, from, to);
    for (size_t i = 0; i < source.size && size < sizeof text; i++)
        if ((unsigned char)source.data[i] > ' ') text[size++] = source.data[i];
    return sym_add(&l->f->symbols, (sv){text, size});
}

static node_ix put_segment(lowering *l, uint32_t at, sym types, uint32_t value, uint32_t size)
{
    node_ix node = erl_put(l, NODE_SEGMENT, types, at);
    l->depth++;
    node_ix pair[2] = {erl_expr(l, value), 0};
    pair[1] = size ? erl_expr(l, size) : 0;
    l->depth--;
    facts_node_kids(l->f, node, pair, 2);
    return node;
}

static node_ix lower_element(lowering *l, uint32_t at)
{
    uint32_t element = erl_child(l, at, F_ELEMENT);
    uint32_t size = erl_child(l, at, F_SIZE), types = erl_child(l, at, F_TYPES);
    uint32_t first = types ? erl_child(l, types, F_TYPES) : 0;
    if (!element) return erl_unknown(l, at);
    if (!size && !types) return erl_expr(l, element);
    sym names = first ? specifiers(l, erl_at(l, first)->start, erl_at(l, types)->end) : 0;
    return put_segment(l, at, names, element, size ? erl_child(l, size, F_SIZE) : 0);
}

node_ix erl_binary(lowering *l, uint32_t at)
{
    uint32_t mark = l->stack.count;
    node_ix node = erl_put(l, NODE_BINARY, 0, at);
    for (EACH_CHILD(l, at, child))
        if (erl_kind_at(l, child) == K_BIN_ELEMENT) erl_push(l, lower_element(l, child));
    return erl_take(l, node, mark);
}

static bool is_type_word(sv word)
{
    static const char *const words[] = {"integer", "float",  "binary",   "bytes",  "bitstring",
                                        "bits",    "utf8",   "utf16",    "utf32",  "signed",
                                        "big",     "native", "unsigned", "little", "unit"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (sv_eq_c(word, words[i])) return true;
    return false;
}

enum { SPECIFIERS_MAX = 8 };

/* The grammar reads `X:10/big-integer` outside of a binary as ((X:10) / big) - integer. */
node_ix erl_macro_segment(lowering *l, uint32_t at)
{
    uint32_t lhs = erl_child(l, at, F_LHS), rhs = erl_child(l, at, F_RHS);
    for (int i = 0; i < SPECIFIERS_MAX && lhs && rhs && erl_kind_at(l, lhs) == K_BINARY_OP; i++) {
        if (!erl_child_of(l, lhs, T_SLASH) && !erl_child_of(l, lhs, T_MINUS)) break;
        rhs = erl_child(l, lhs, F_RHS);
        lhs = erl_child(l, lhs, F_LHS);
    }
    if (!lhs || !rhs || erl_kind_at(l, rhs) != K_ATOM) return 0;
    if (!is_type_word(syntax_text(&l->s, rhs))) return 0;
    if (erl_kind_at(l, rhs - 1) != T_SLASH) return 0; /* the token right before it */
    sym types = specifiers(l, erl_at(l, rhs)->start, erl_at(l, at)->end);
    uint32_t size = 0;
    if (erl_kind_at(l, lhs) == K_REMOTE) {
        uint32_t prefix = erl_child(l, lhs, F_MODULE), fun = erl_child(l, lhs, F_FUN);
        uint32_t value = prefix ? erl_child(l, prefix, F_MODULE) : 0;
        if (!value || !fun || erl_kind_at(l, fun) == K_CALL) return 0;
        lhs = value;
        size = fun;
    }
    return put_segment(l, at, types, lhs, size);
}
