/* Which expression a variable stands for: the bindings of a clause with the part of the clause in
 * which each holds. */
#include "base/base.h"
#include "model/supervision_scope.h"

typedef enum { BIND_PARAM, BIND_MATCH, BIND_SUBJECT, BIND_FN, BIND_FOR } bind_kind;

typedef struct {
    sym name;
    uint8_t kind; /* bind_kind */
    node_ix pattern;
    node_ix value;       /* BIND_MATCH, BIND_SUBJECT, BIND_FOR: the generator's source */
    node_ix arm;         /* BIND_FN, BIND_FOR: whose scope holds the arguments */
    node_ix list;        /* BIND_FN: the list that Enum.each and the like run the fun on */
    uint32_t index;      /* BIND_PARAM, BIND_FN, BIND_FOR: position of the argument */
    uint32_t from;       /* holds from this position of the clause ... */
    uint32_t until;      /* ... up to here */
    uint32_t sure_until; /* up to here it is the only binding; then one of several (Erlang) */
} binding;

/* Bindings of one clause. A position is the rank of a node in the walk of the clause. */
typedef struct clause_table {
    VEC(binding) bindings;
    map64 position_of; /* node -> position */
} clause_table;

typedef struct {
    const model *m;
    clause_table *table;
    uint32_t position;
    bool erlang;
    node_ix loop_list; /* list of the Enum.each that the next fun is given to */
} binder;

static void bind_pattern(binder *b, node_ix node, const binding *like)
{
    const fact_node *at = model_node(b->m, node);
    if (at->kind == NODE_VAR) {
        binding row = *like;
        row.name = at->name;
        vec_push(&b->table->bindings, row);
        return;
    }
    if (at->kind == NODE_PIN) return;
    for (uint32_t i = 0; i < at->kid_count; i++) bind_pattern(b, model_kid(b->m, node, i), like);
}

/* Ends the bindings made since `first` at the current position. */
static void close_bindings(binder *b, uint32_t first, bool leak)
{
    for (uint32_t i = first; i < b->table->bindings.count; i++) {
        binding *row = &b->table->bindings.items[i];
        if (row->sure_until == UINT32_MAX) row->sure_until = b->position;
        if ((!leak || row->kind != BIND_MATCH) && row->until == UINT32_MAX)
            row->until = b->position;
    }
}

static void bind_walk(binder *b, node_ix node);

static void bind_arm(binder *b, node_ix arm, node_ix subject)
{
    const fact_node *at = model_node(b->m, arm);
    uint8_t kind = at->flags & NODE_FLAG_ARM;
    uint32_t first = b->table->bindings.count;
    node_ix loop_list = b->loop_list;
    b->loop_list = 0;
    for (uint32_t i = 2; i < at->kid_count && kind != ARM_AFTER; i++) {
        binding like = {.kind = kind == ARM_FN ? BIND_FN : BIND_SUBJECT,
                        .pattern = model_kid(b->m, arm, i),
                        .value = kind == ARM_CASE || kind == ARM_ELSE ? subject : 0,
                        .arm = arm,
                        .list = kind == ARM_FN && i == 2 ? loop_list : 0,
                        .index = i - 2,
                        .from = b->position,
                        .until = UINT32_MAX,
                        .sure_until = UINT32_MAX};
        bind_pattern(b, like.pattern, &like);
    }
    bind_walk(b, model_kid(b->m, arm, 0));
    bind_walk(b, model_kid(b->m, arm, 1));
    close_bindings(b, first, b->erlang && kind != ARM_FN);
}

static void bind_match(binder *b, node_ix pattern, node_ix value)
{
    binding like = {.kind = BIND_MATCH,
                    .pattern = pattern,
                    .value = value,
                    .from = b->position,
                    .until = UINT32_MAX,
                    .sure_until = UINT32_MAX};
    bind_pattern(b, pattern, &like);
}

static void bind_for(binder *b, node_ix node)
{
    uint32_t first = b->table->bindings.count, generators = 0;
    for (uint32_t i = 0; i < model_kid_count(b->m, node); i++) {
        node_ix kid = model_kid(b->m, node, i);
        const fact_node *at = model_node(b->m, kid);
        if (at->kind != NODE_GENERATOR) {
            bind_walk(b, kid);
            continue;
        }
        bind_walk(b, model_kid(b->m, kid, 1));
        binding like = {.kind = BIND_FOR,
                        .pattern = model_kid(b->m, kid, 0),
                        .value = model_kid(b->m, kid, 1),
                        .arm = node,
                        .index = generators++,
                        .from = b->position,
                        .until = UINT32_MAX,
                        .sure_until = UINT32_MAX};
        bind_pattern(b, like.pattern, &like);
    }
    close_bindings(b, first, false);
}

static void bind_branches(binder *b, node_ix node)
{
    for (uint32_t i = 0; i < model_kid_count(b->m, node); i++) {
        uint32_t first = b->table->bindings.count;
        bind_walk(b, model_kid(b->m, node, i));
        if (i) close_bindings(b, first, b->erlang);
    }
}

/* The fun of Enum.each and the like gets the elements of a list. */
static void bind_call(binder *b, node_ix call)
{
    static const struct {
        const char *module, *name;
        uint32_t list, fun; /* kids */
    } rows[] = {{"Enum", "each", 1, 2},   {"Enum", "map", 1, 2},         {"lists", "foreach", 2, 1},
                {"lists", "map", 2, 1},   {"Enum", "flat_map", 1, 2},    {"Stream", "map", 1, 2},
                {"Enum", "filter", 1, 2}, {"Task", "async_stream", 1, 2}};
    uint32_t fun = UINT32_MAX;
    node_ix list = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!eval_is_call(b->m, call, rows[i].module, rows[i].name, -1)) continue;
        list = model_kid(b->m, call, rows[i].list);
        fun = rows[i].fun;
    }
    for (uint32_t i = 0; i < model_kid_count(b->m, call); i++) {
        node_ix kid = model_kid(b->m, call, i);
        if (i != fun || model_node(b->m, kid)->kind != NODE_FN) {
            bind_walk(b, kid);
            continue;
        }
        for (uint32_t k = 0; k < model_kid_count(b->m, kid); k++) {
            b->loop_list = list;
            bind_arm(b, model_kid(b->m, kid, k), 0);
        }
    }
}

static void bind_walk(binder *b, node_ix node)
{
    if (!node) return;
    const fact_node *at = model_node(b->m, node);
    uint32_t held = b->position++;
    map64_add(&b->table->position_of, node, &held);
    uint32_t first = b->table->bindings.count;
    switch (at->kind) {
    case NODE_QUOTE: return;
    case NODE_MATCH:
        bind_walk(b, model_kid(b->m, node, 1));
        bind_match(b, model_kid(b->m, node, 0), model_kid(b->m, node, 1));
        return;
    case NODE_ARM: bind_arm(b, node, 0); return;
    case NODE_FOR: bind_for(b, node); return;
    case NODE_IF: bind_branches(b, node); return;
    case NODE_CASE:
    case NODE_TRY:
        bind_walk(b, model_kid(b->m, node, 0));
        for (uint32_t i = 1; i < at->kid_count; i++)
            bind_arm(b, model_kid(b->m, node, i), model_kid(b->m, node, 0));
        return;
    case NODE_WITH_STEP:
        bind_walk(b, model_kid(b->m, node, 2));
        bind_match(b, model_kid(b->m, node, 0), model_kid(b->m, node, 2));
        return;
    case NODE_CALL_REMOTE: bind_call(b, node); return;
    default: break;
    }
    for (uint32_t i = 0; i < at->kid_count; i++) bind_walk(b, model_kid(b->m, node, i));
    if (at->kind == NODE_WITH) close_bindings(b, first, false);
}

static uint32_t table_of_clause(eval *e, clause_ix clause)
{
    uint32_t at = map64_get(&e->table_of, clause, NO_IX);
    if (at != NO_IX) return at;
    at = e->tables.count;
    map64_set(&e->table_of, clause, at);
    clause_table table = {0};
    const model_clause *c = &e->m->clauses.items[clause];
    const model_function *f = &e->m->functions.items[c->function];
    binder b = {.m = e->m, .table = &table};
    b.erlang = e->m->files.items[f->file].lang == LANG_ERLANG;
    for (uint32_t i = 0; i < f->arity; i++) {
        binding like = {.kind = BIND_PARAM,
                        .pattern = e->m->kids.items[c->param_first + i],
                        .index = i,
                        .until = UINT32_MAX,
                        .sure_until = UINT32_MAX};
        bind_pattern(&b, like.pattern, &like);
    }
    bind_walk(&b, c->body);
    vec_push(&e->tables, table);
    return at;
}

void eval_tables_release(eval *e)
{
    for (uint32_t i = 0; i < e->tables.count; i++) {
        vec_release(&e->tables.items[i].bindings);
        map64_release(&e->tables.items[i].position_of);
    }
    vec_release(&e->tables);
    map64_release(&e->table_of);
}

/* The argument that a parameter gets; defaults are filled from the left, as Elixir does. */
static bool argument_of(const eval *e, const eval_scope *s, const binding *b, thunk *out)
{
    if (!s->args) return false;
    const model_clause *c = &e->m->clauses.items[s->clause];
    const model_function *f = &e->m->functions.items[c->function];
    if (s->arm || f->default_count == 0) {
        if (b->index >= s->arg_count) return false;
        *out = s->args[b->index];
        return true;
    }
    uint32_t required = (uint32_t)(f->arity - f->default_count), used = 0;
    uint32_t given = s->arg_count > required ? s->arg_count - required : 0;
    for (uint32_t i = 0; i < f->arity; i++) {
        node_ix param = e->m->kids.items[c->param_first + i];
        const fact_node *at = model_node(e->m, param);
        bool optional = at->kind == NODE_OP && sv_eq_c(model_text(e->m, at->name), "\\\\");
        bool passed = !optional || given > 0;
        if (optional && given) given--;
        if (i == b->index) {
            if (passed && used < s->arg_count) {
                *out = s->args[used];
                return true;
            }
            if (passed) return false;
            *out = (thunk){model_kid(e->m, param, 1), s, 0};
            return true;
        }
        used += passed;
    }
    return false;
}

/* Appends the values of one binding; true when it tells anything. */
static bool binding_values(eval *e, const binding *row, thunk use, uint8_t flags, thunks *out)
{
    uint32_t before = out->count;
    const eval_scope *s = use.in;
    if (row->kind == BIND_MATCH || row->kind == BIND_SUBJECT) {
        if (!row->value) return false;
        eval_project(e, row->pattern, row->name, (thunk){row->value, s, flags}, out);
        return out->count > before;
    }
    node_ix arm = row->kind == BIND_PARAM ? 0 : row->arm;
    while (s && s->arm != arm) s = s->outer;
    thunk arg;
    if (!s && row->list) {
        thunks items = {0};
        eval_items(e, (thunk){row->list, use.in, (uint8_t)(flags | EVAL_REPEATED)}, &items);
        for (uint32_t i = 0; i < items.count; i++)
            if (!(items.items[i].flags & EVAL_STUCK))
                eval_project(e, row->pattern, row->name, items.items[i], out);
        vec_release(&items);
        return out->count > before;
    }
    if (!s || !argument_of(e, s, row, &arg) || !arg.node) return false;
    arg.flags |= flags;
    node_ix pattern = row->pattern;
    const fact_node *at = model_node(e->m, pattern);
    if (at->kind == NODE_OP && sv_eq_c(model_text(e->m, at->name), "\\\\"))
        pattern = model_kid(e->m, pattern, 0);
    eval_project(e, pattern, row->name, arg, out);
    return out->count > before;
}

void eval_variable(eval *e, thunk t, thunks *out)
{
    if (!t.in || t.in->clause == NO_IX) return;
    uint32_t table = table_of_clause(e, t.in->clause);
    sym name = model_node(e->m, t.node)->name;
    uint32_t use = map64_get(&e->tables.items[table].position_of, t.node, UINT32_MAX - 1);
    /* Tables may move while values are computed, so rows are copied. */
    for (uint32_t i = e->tables.items[table].bindings.count; i-- > 0;) {
        binding row = e->tables.items[table].bindings.items[i];
        if (row.name != name || use < row.from || use >= row.until) continue;
        bool sure = use < row.sure_until;
        binding_values(e, &row, t, (uint8_t)(t.flags | (sure ? 0 : EVAL_CONDITIONAL)), out);
        if (sure) return;
    }
}

static bool pattern_has(const model *m, node_ix pattern, sym name)
{
    const fact_node *at = model_node(m, pattern);
    if (at->kind == NODE_VAR) return at->name == name;
    if (at->kind == NODE_PIN) return false;
    for (uint32_t i = 0; i < at->kid_count; i++)
        if (pattern_has(m, model_kid(m, pattern, i), name)) return true;
    return false;
}

/* Key and value pairs of a map, struct or record pattern. */
static void project_pairs(eval *e, node_ix pattern, sym name, thunk value, thunks *out)
{
    for (uint32_t i = 0; i + 1 < model_kid_count(e->m, pattern); i += 2) {
        node_ix part = model_kid(e->m, pattern, i + 1);
        if (!pattern_has(e->m, part, name)) continue;
        const fact_node *key = model_node(e->m, model_strip(e->m, model_kid(e->m, pattern, i)));
        thunk found;
        if (key->kind == NODE_ATOM &&
            eval_option(e, value, model_text(e->m, key->name).data, &found) == OPTION_FOUND)
            eval_project(e, part, name, found, out);
        return;
    }
}

static void project_kids(eval *e, node_ix pattern, sym name, thunk value, thunks *out)
{
    const fact_node *want = model_node(e->m, pattern);
    thunks wholes = {0};
    eval_values(e, value, &wholes);
    for (uint32_t w = 0; w < wholes.count; w++) {
        thunk whole = wholes.items[w];
        const fact_node *have = model_node(e->m, whole.node);
        if (have->kind != want->kind || have->kid_count != want->kid_count) continue;
        /* {error, R} says nothing about the R of {ok, R}. */
        if (eval_may_match(e, pattern, whole, 0) == MATCH_NO) continue;
        for (uint32_t i = 0; i < want->kid_count; i++)
            if (pattern_has(e->m, model_kid(e->m, pattern, i), name))
                eval_project(e, model_kid(e->m, pattern, i), name, eval_kid(e, whole, i), out);
    }
    vec_release(&wholes);
}

void eval_project(eval *e, node_ix pattern, sym name, thunk value, thunks *out)
{
    const fact_node *at = model_node(e->m, pattern);
    switch (at->kind) {
    case NODE_VAR:
        if (at->name == name) eval_values(e, value, out);
        return;
    case NODE_MATCH:
        for (uint32_t i = 0; i < 2; i++) {
            node_ix side = model_kid(e->m, pattern, i);
            if (!pattern_has(e->m, side, name)) continue;
            eval_project(e, side, name, value, out);
            return;
        }
        return;
    case NODE_MAP:
    case NODE_STRUCT:
    case NODE_RECORD: project_pairs(e, pattern, name, value, out); return;
    case NODE_TUPLE:
    case NODE_LIST: project_kids(e, pattern, name, value, out); return;
    default: return;
    }
}

match_result eval_may_match(eval *e, node_ix pattern, thunk value, uint32_t depth)
{
    pattern = model_strip(e->m, pattern);
    const fact_node *p = model_node(e->m, pattern);
    if (p->kind == NODE_VAR) return MATCH_YES;
    if (depth > 6) return MATCH_MAYBE;
    if (p->kind == NODE_MATCH) {
        match_result left = eval_may_match(e, model_kid(e->m, pattern, 0), value, depth + 1);
        match_result right = eval_may_match(e, model_kid(e->m, pattern, 1), value, depth + 1);
        return MIN(left, right);
    }
    thunk v = eval_one(e, value);
    const fact_node *have = model_node(e->m, v.node);
    bool literal = have->kind == NODE_ATOM || have->kind == NODE_INT || have->kind == NODE_STRING ||
                   have->kind == NODE_TUPLE || have->kind == NODE_LIST || have->kind == NODE_MAP;
    if (!literal || (v.flags & ~value.flags & EVAL_CONDITIONAL)) return MATCH_MAYBE;
    switch (p->kind) {
    case NODE_ATOM:
    case NODE_INT:
    case NODE_STRING:
        if (p->kind != have->kind || p->name != have->name) return MATCH_NO;
        return MATCH_YES;
    case NODE_TUPLE: {
        if (have->kind != NODE_TUPLE || have->kid_count != p->kid_count) return MATCH_NO;
        match_result all = MATCH_YES;
        for (uint32_t i = 0; i < p->kid_count && all != MATCH_NO; i++)
            all = MIN(all,
                      eval_may_match(e, model_kid(e->m, pattern, i), eval_kid(e, v, i), depth + 1));
        return all;
    }
    case NODE_LIST:
        if (have->kind != NODE_LIST) return MATCH_NO;
        if ((p->flags | have->flags) & NODE_FLAG_TAIL) return MATCH_MAYBE;
        return p->kid_count == have->kid_count ? MATCH_MAYBE : MATCH_NO;
    default: return MATCH_MAYBE;
    }
}
