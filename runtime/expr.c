#include "base/base.h"

#include "runtime/proc.h"

/* Depth is bounded by the parser (PROGRAM_DEPTH_MAX). */

static bool bad(rt_ctx *ctx, term *out, sym what)
{
    (void)ctx;
    *out = term_atom(what);
    return false;
}

static bool eval_arith(rt_ctx *ctx, node_op op, term a, term b, term *out)
{
    if (term_tag(a) != T_INT || term_tag(b) != T_INT) return bad(ctx, out, ATOM_badarith);
    int64_t x = term_int_value(a), y = term_int_value(b), z = 0;
    bool over = false;
    switch (op) {
    case OP_ADD: over = __builtin_add_overflow(x, y, &z); break;
    case OP_SUB: over = __builtin_sub_overflow(x, y, &z); break;
    case OP_MUL: over = __builtin_mul_overflow(x, y, &z); break;
    default:
        if (y == 0) return bad(ctx, out, ATOM_badarith);
        z = op == OP_DIV ? x / y : x % y;
    }
    if (over || z > INT64_MAX / 8 || z < INT64_MIN / 8) return bad(ctx, out, ATOM_system_limit);
    *out = term_int(z);
    return true;
}

static bool eval_concat(rt_ctx *ctx, term a, term b, term *out)
{
    if (term_tag(a) != T_LIST || term_tag(b) != T_LIST) return bad(ctx, out, ATOM_badarg);
    term_heap *h = &ctx->heap;
    uint32_t na = term_count(h, a), nb = term_count(h, b);
    if (na + nb > TERM_COUNT_MAX) return bad(ctx, out, ATOM_system_limit);
    term *items = base_calloc(na + nb + 1, sizeof *items);
    for (uint32_t i = 0; i < na; i++) items[i] = term_at(h, a, i);
    for (uint32_t i = 0; i < nb; i++) items[na + i] = term_at(h, b, i);
    *out = term_list(h, items, na + nb);
    free(items);
    return true;
}

/* The list without its first element equal to x. */
static bool eval_delete(rt_ctx *ctx, term x, term list, term *out)
{
    if (term_tag(list) != T_LIST) return bad(ctx, out, ATOM_badarg);
    term_heap *h = &ctx->heap;
    uint32_t n = term_count(h, list), kept = 0;
    term *items = base_calloc(n + 1, sizeof *items);
    bool found = false;
    for (uint32_t i = 0; i < n; i++) {
        term item = term_at(h, list, i);
        if (!found && term_eq(h, item, x)) found = true;
        else items[kept++] = item;
    }
    *out = term_list(h, items, kept);
    free(items);
    return true;
}

static bool eval_sort(rt_ctx *ctx, term list, term *out)
{
    if (term_tag(list) != T_LIST) return bad(ctx, out, ATOM_badarg);
    term_heap *h = &ctx->heap;
    uint32_t n = term_count(h, list);
    term *items = base_calloc(n + 1, sizeof *items);
    for (uint32_t i = 0; i < n; i++) {
        term item = term_at(h, list, i);
        uint32_t at = i;
        for (; at && term_cmp(h, &ctx->program->atoms, items[at - 1], item) > 0; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
    *out = term_list(h, items, n);
    free(items);
    return true;
}

/* The first bytes of a binary, which go on keeping all of it. */
static bool eval_part(rt_ctx *ctx, term binary, term size, term *out)
{
    term_heap *h = &ctx->heap;
    if (!term_is_tagged(h, binary, 4, ATOM_binary) || term_tag(size) != T_INT ||
        term_int_value(size) < 0 || term_int_value(size) > term_int_value(term_at(h, binary, 2)))
        return bad(ctx, out, ATOM_badarg);
    *out = TUPLE(h, A(binary), term_at(h, binary, 1), size, term_at(h, binary, 3));
    return true;
}

static bool member(const term_heap *h, term x, term list)
{
    for (uint32_t i = 0; i < term_count(h, list); i++)
        if (term_eq(h, term_at(h, list, i), x)) return true;
    return false;
}

static bool eval_op(rt_ctx *ctx, uint32_t pid, const term *vars, const node *n, term *out)
{
    const uint32_t *kids = ctx->program->kids.items + n->kid_first;
    node_op op = (node_op)n->value;
    term a, b = TERM_NONE;
    if (!rt_eval(ctx, pid, vars, kids[0], &a)) return *out = a, false;
    if (op == OP_AND || op == OP_OR) {
        if (a != A(true) && a != A(false)) return bad(ctx, out, ATOM_badarg);
        if ((a == A(true)) == (op == OP_OR)) return *out = a, true;
        return rt_eval(ctx, pid, vars, kids[1], out);
    }
    if (n->kid_count > 1 && !rt_eval(ctx, pid, vars, kids[1], &b)) return *out = b, false;
    const term_heap *h = &ctx->heap;
    const sym_table *atoms = &ctx->program->atoms;
    switch (op) {
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_REM: return eval_arith(ctx, op, a, b, out);
    case OP_NEG: return eval_arith(ctx, OP_SUB, term_int(0), a, out);
    case OP_CONCAT: return eval_concat(ctx, a, b, out);
    case OP_DELETE: return eval_delete(ctx, a, b, out);
    case OP_SORT: return eval_sort(ctx, a, out);
    case OP_PART: return eval_part(ctx, a, b, out);
    case OP_SIZE:
        if (!term_is_tagged(h, a, 4, ATOM_binary)) return bad(ctx, out, ATOM_badarg);
        *out = term_at(h, a, 2);
        return true;
    case OP_EQ: *out = term_bool(term_eq(h, a, b)); return true;
    case OP_NE: *out = term_bool(!term_eq(h, a, b)); return true;
    case OP_LT: *out = term_bool(term_cmp(h, atoms, a, b) < 0); return true;
    case OP_LE: *out = term_bool(term_cmp(h, atoms, a, b) <= 0); return true;
    case OP_GT: *out = term_bool(term_cmp(h, atoms, a, b) > 0); return true;
    case OP_GE: *out = term_bool(term_cmp(h, atoms, a, b) >= 0); return true;
    case OP_NOT:
        if (a != A(true) && a != A(false)) return bad(ctx, out, ATOM_badarg);
        *out = term_bool(a == A(false));
        return true;
    case OP_LEN:
        if (term_tag(a) != T_LIST && term_tag(a) != T_TUPLE) return bad(ctx, out, ATOM_badarg);
        *out = term_int(term_count(h, a));
        return true;
    case OP_ELEM: {
        if (term_tag(a) != T_INT) return bad(ctx, out, ATOM_badarg);
        int64_t at = term_int_value(a);
        if (at < 1 || at > term_count(h, b)) return bad(ctx, out, ATOM_badarg);
        *out = term_at(h, b, (uint32_t)(at - 1));
        return true;
    }
    case OP_IS_PID: *out = term_bool(term_tag(a) == T_PID); return true;
    case OP_IS_ATOM: *out = term_bool(term_tag(a) == T_ATOM); return true;
    case OP_IS_INT: *out = term_bool(term_tag(a) == T_INT); return true;
    case OP_IS_TUPLE: *out = term_bool(term_tag(a) == T_TUPLE); return true;
    case OP_IS_LIST: *out = term_bool(term_tag(a) == T_LIST); return true;
    case OP_MEMBER: *out = term_bool(member(h, a, b)); return true;
    default: return bad(ctx, out, ATOM_badarg);
    }
}

static bool eval_compound(rt_ctx *ctx, uint32_t pid, const term *vars, const node *n, term *out)
{
    uint32_t count = n->kid_count - (n->tail ? 1 : 0);
    term rest = TERM_NONE;
    if (n->tail) {
        uint32_t last = ctx->program->kids.items[n->kid_first + count];
        if (!rt_eval(ctx, pid, vars, last, &rest)) return *out = rest, false;
        if (term_tag(rest) != T_LIST) return bad(ctx, out, ATOM_badarg);
    }
    uint32_t rest_count = term_count(&ctx->heap, rest);
    term small[16];
    term *items = small;
    if (count + rest_count > ARRAY_LEN(small))
        items = base_calloc(count + rest_count, sizeof *items);
    bool done = true;
    for (uint32_t i = 0; i < count && done; i++) {
        done = rt_eval(ctx, pid, vars, ctx->program->kids.items[n->kid_first + i], &items[i]);
        if (!done) *out = items[i];
    }
    for (uint32_t i = 0; i < rest_count && done; i++)
        items[count + i] = term_at(&ctx->heap, rest, i);
    if (done)
        *out = n->kind == NODE_TUPLE ? term_tuple(&ctx->heap, items, count)
                                     : term_list(&ctx->heap, items, count + rest_count);
    if (items != small) free(items);
    return done;
}

bool rt_eval(rt_ctx *ctx, uint32_t pid, const term *vars, uint32_t index, term *out)
{
    const node *n = &ctx->program->nodes.items[index];
    switch ((node_kind)n->kind) {
    case NODE_INT: *out = term_int(n->value); return true;
    case NODE_ATOM: *out = term_atom((sym)n->value); return true;
    case NODE_VAR:
    case NODE_PIN: *out = vars[n->value]; return *out != TERM_NONE || bad(ctx, out, ATOM_unbound);
    case NODE_SELF: *out = term_pid(pid); return true;
    case NODE_NOW: *out = term_int(ctx->host->now_ms(ctx)); return true;
    case NODE_TUPLE:
    case NODE_LIST: return eval_compound(ctx, pid, vars, n, out);
    case NODE_OP: return eval_op(ctx, pid, vars, n, out);
    case NODE_WILD: break;
    }
    return bad(ctx, out, ATOM_badarg);
}

static bool match_compound(rt_ctx *ctx, uint32_t pid, term *vars, const node *n, term value)
{
    unsigned tag = n->kind == NODE_TUPLE ? T_TUPLE : T_LIST;
    uint32_t count = n->kid_count - (n->tail ? 1 : 0);
    uint32_t have = term_count(&ctx->heap, value);
    if (term_tag(value) != tag || (n->tail ? have < count : have != count)) return false;
    const uint32_t *kids = ctx->program->kids.items + n->kid_first;
    for (uint32_t i = 0; i < count; i++)
        if (!rt_match(ctx, pid, vars, kids[i], term_at(&ctx->heap, value, i))) return false;
    if (!n->tail) return true;

    term *items = base_calloc(have - count + 1, sizeof *items);
    for (uint32_t i = count; i < have; i++) items[i - count] = term_at(&ctx->heap, value, i);
    term rest = term_list(&ctx->heap, items, have - count);
    free(items);
    return rt_match(ctx, pid, vars, kids[count], rest);
}

bool rt_match(rt_ctx *ctx, uint32_t pid, term *vars, uint32_t pattern, term value)
{
    const node *n = &ctx->program->nodes.items[pattern];
    switch ((node_kind)n->kind) {
    case NODE_WILD: return true;
    case NODE_VAR: vars[n->value] = value; return true;
    case NODE_TUPLE:
    case NODE_LIST: return match_compound(ctx, pid, vars, n, value);
    default: {
        term wanted;
        return rt_eval(ctx, pid, vars, pattern, &wanted) && term_eq(&ctx->heap, wanted, value);
    }
    }
}
