/* Supervisors that are modules: one for each clause of init, since each is what some argument of
 * the start function gives. Which clause a start function leads to. */
#include "base/base.h"
#include "model/internal.h"
#include "model/supervision.h"
#include "model/supervision_scope.h"

enum { START_DEPTH_MAX = 4 };

supervisor_ix supervisor_of_module(const supervision *b, module_ix module)
{
    return module == NO_IX ? NO_IX : map64_get(&b->by_module, module, NO_IX);
}

/* One possible result of init/1. False: it is not that of a supervisor. */
static bool read_init(supervision *b, thunk v, model_supervisor *row, thunk *children)
{
    const model *m = b->m;
    const fact_node *at = model_node(m, v.node);
    *children = (thunk){0};
    if (eval_is_call(m, v.node, "Supervisor", "init", 2) ||
        eval_is_call(m, v.node, "", "supervise", 2) ||
        eval_is_call(m, v.node, "Supervisor.Spec", "supervise", 2)) {
        flags_of_options(b, eval_arg(&b->e, v, 1), row);
        *children = eval_arg(&b->e, v, 0);
    } else if (eval_is_call(m, v.node, "DynamicSupervisor", "init", 1) ||
               eval_is_call(m, v.node, "Horde.DynamicSupervisor", "init", 1)) {
        flags_of_options(b, eval_arg(&b->e, v, 0), row);
        if (!row->strategy_stated) row->strategy = STRATEGY_ONE_FOR_ONE;
        row->dynamic = true;
    } else if (eval_is_call(m, v.node, "ConsumerSupervisor", "init", 2)) {
        flags_of_options(b, eval_arg(&b->e, v, 1), row);
        row->dynamic = true;
        *children = eval_arg(&b->e, v, 0);
    } else if (at->kind == NODE_TUPLE && at->kid_count == 2 &&
               model_is_atom(m, model_kid(m, v.node, 0), "ok")) {
        thunk inner = eval_one(&b->e, eval_kid(&b->e, v, 1));
        const fact_node *what = model_node(m, inner.node);
        bool dynamic = model_has_behaviour(m, row->module, "DynamicSupervisor");
        if (dynamic) {
            flags_of_term(b, inner, row);
            row->dynamic = true;
        } else if (what->kind == NODE_TUPLE && what->kid_count == 2) {
            flags_of_term(b, eval_kid(&b->e, inner, 0), row);
            *children = eval_kid(&b->e, inner, 1);
        } else {
            return false;
        }
    } else {
        return false;
    }
    row->node = v.node;
    if (row->strategy == STRATEGY_SIMPLE_ONE_FOR_ONE) row->dynamic = true;
    return true;
}

/* Modules that run as supervisors: by their server kind, or since a behaviour of theirs says so. */
bool *supervisor_modules(const model *m)
{
    bool *is = base_calloc(m->modules.count + 1, sizeof *is);
    for (vec_each(&m->behaviours, row)) {
        sv name = model_text(m, row->name);
        if (sv_has(name, SV("supervisor")) || sv_has(name, SV("Supervisor")))
            is[row->module] = true;
    }
    for (module_ix i = 0; i < m->modules.count; i++) {
        server_ix server = m->modules.items[i].server;
        uint8_t kind = server == NO_IX ? SERVER_NONE : m->servers.items[server].kind;
        is[i] |= kind == SERVER_SUPERVISOR || kind == SERVER_DYNAMIC_SUPERVISOR;
        is[i] &= m->modules.items[i].kind != MODULE_USING;
    }
    return is;
}

/* The supervisor that a clause of init describes; its results give children. False: none does. */
static bool clause_supervisor(supervision *b, clause_ix clause, model_supervisor *row)
{
    model *m = b->m;
    supervisor_ix s = m->supervisors.count;
    bool any = false;
    thunks results = {0};
    if (!m->clauses.items[clause].body) return false;
    eval_begin(&b->e);
    eval_values(&b->e, (thunk){m->clauses.items[clause].body, eval_scope_of(&b->e, clause), 0},
                &results);
    for (uint32_t k = 0; k < results.count; k++) {
        model_supervisor one = *row;
        pending_children todo = {.supervisor = s};
        if (!results.items[k].node || !read_init(b, results.items[k], &one, &todo.children))
            continue;
        /* The first result gives strategy and budget, all of them give children. */
        if (any) todo.children.flags |= EVAL_CONDITIONAL;
        else *row = one;
        row->dynamic |= one.dynamic;
        any = true;
        if (todo.children.node) vec_push(&b->pending, todo);
    }
    vec_release(&results);
    return any;
}

static void init_push(supervision *b, clause_ix clause, const model_supervisor *row)
{
    init_supervisor init = {row->module, clause, b->m->supervisors.count};
    uint32_t held = init.supervisor, first = b->inits.count;
    vec_push(&b->m->supervisors, *row);
    vec_push(&b->inits, init);
    map64_add(&b->by_module, row->module, &held);
    map64_add(&b->inits_of, row->module, &first);
}

void supervisor_of_init(supervision *b, module_ix module)
{
    model *m = b->m;
    const model_module *mod = &m->modules.items[module];
    function_ix init = model_function_of(m, module, model_sym(m, "init"), 1);
    if (init == NO_IX) return;
    const model_function *f = &m->functions.items[init];
    const model_supervisor like = {.module = module,
                                   .function = init,
                                   .server = mod->server,
                                   .parent = NO_IX,
                                   .max_children = -1,
                                   .children_complete = true};
    uint32_t before = b->inits.count;
    for (uint32_t i = 0; i < f->clause_count; i++) {
        model_supervisor row = like;
        if (clause_supervisor(b, f->clause_first + i, &row))
            init_push(b, f->clause_first + i, &row);
    }
    if (b->inits.count > before) return;
    /* A supervisor all the same: what it starts is not known. */
    model_supervisor row = like;
    row.node = m->clauses.items[f->clause_first].body;
    row.intensity = row.period_s = row.max_children = -2;
    row.children_complete = false;
    m->unresolved[UNRESOLVED_CHILD]++;
    init_push(b, f->clause_first, &row);
}

/* ---- which clause a start leads to ----------------------------------------------------------- */

bool supervisor_is_one_of(const supervision *b, supervisor_ix s)
{
    module_ix module = b->m->supervisors.items[s].module;
    uint32_t first = map64_get(&b->inits_of, module, NO_IX);
    return first != NO_IX && b->m->supervisors.items[s].server != NO_IX &&
           first + 1 < b->inits.count && b->inits.items[first + 1].module == module;
}

/* The first clause of init that surely takes the argument, else the only one that may, else the
 * first of all. */
static supervisor_ix started_with(supervision *b, module_ix module, thunk argument)
{
    supervisor_ix only = supervisor_of_module(b, module);
    uint32_t may = 0;
    if (only == NO_IX || !argument.node) return only;
    for (uint32_t i = map64_get(&b->inits_of, module, NO_IX);
         i < b->inits.count && b->inits.items[i].module == module; i++) {
        const model_clause *clause = &b->m->clauses.items[b->inits.items[i].clause];
        match_result fits =
            eval_may_match(&b->e, b->m->kids.items[clause->param_first], argument, 0);
        if (fits == MATCH_NO) continue;
        if (may++ == 0) only = b->inits.items[i].supervisor;
        if (fits == MATCH_YES) break;
    }
    return only;
}

/* X:start_link(Name, Mod, Arg, ..), X.start_link(Mod, arg, opts): module and argument of init. */
static bool start_of_module(supervision *b, thunk call, module_ix *module, thunk *argument)
{
    const model *m = b->m;
    const fact_node *at = model_node(m, call.node);
    uint32_t count = model_arg_count(m, call.node);
    if (at->kind != NODE_CALL_REMOTE || count < 2 || count > 4 ||
        !sv_eq_c(model_text(m, at->name), "start_link"))
        return false;
    for (uint32_t i = 0; i < 2 && i + 1 < count; i++) {
        sym name = eval_atom(&b->e, eval_arg(&b->e, call, i));
        *module = name ? model_module_named(m, name) : NO_IX;
        if (*module == NO_IX) continue;
        *argument = eval_arg(&b->e, call, i + 1);
        return true;
    }
    return false;
}

typedef struct {
    module_ix module;    /* whose start function is followed */
    supervisor_ix found; /* of the module; NO_IX */
    module_ix other;     /* what is started instead; NO_IX */
    thunk other_argument;
    bool own; /* a process of the module is started */
    bool any; /* a start of some kind, or something unknown */
} start_search;

static bool is_start_name(sv name)
{
    return sv_starts(name, SV("start"));
}

static void follow_start(supervision *b, start_search *q, function_ix function, const thunk *args,
                         uint32_t arg_count, uint32_t depth);

static void follow_clause(supervision *b, start_search *q, clause_ix clause, const thunk *args,
                          uint32_t arg_count, uint32_t depth)
{
    const model *m = b->m;
    const model_function *f = &m->functions.items[m->clauses.items[clause].function];
    eval_scope *in = ARENA_NEW(&b->e.memory, eval_scope);
    *in = (eval_scope){.clause = clause, .args = args, .arg_count = arg_count, .depth = depth};
    for (uint32_t i = 0; i < f->op_count && q->found == NO_IX; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        thunk call = {op->node, in, 0}, argument;
        module_ix started;
        if (op->clause != clause) continue;
        if (start_of_module(b, call, &started, &argument)) {
            q->any = true;
            q->own |= started == q->module;
            if (started == q->module) q->found = started_with(b, started, argument);
            else if (q->other == NO_IX) {
                q->other = started;
                q->other_argument = argument;
            }
            continue;
        }
        sv name = model_text(m, model_node(m, op->node)->name);
        bool starts = is_start_name(name);
        q->any |= starts || sv_has(name, SV("spawn")) || sv_has(name, SV("start")) ||
                  op->kind == OP_UNRESOLVED;
        if (op->kind != OP_FUNCTION) continue;
        const model_function *target = &m->functions.items[op->target];
        if (target->module == q->module && depth < START_DEPTH_MAX) {
            uint32_t count = model_arg_count(m, op->node);
            thunk *inner = ARENA_ARRAY(&b->e.memory, thunk, count + 1);
            for (uint32_t k = 0; k < count; k++) inner[k] = eval_arg(&b->e, call, k);
            follow_start(b, q, op->target, inner, count, depth + 1);
        } else if (starts && q->other == NO_IX &&
                   m->modules.items[target->module].server != NO_IX) {
            q->other = target->module;
        }
    }
}

/* What a function of the module, applied to arguments, starts: in the clauses that may take them.
 */
static void follow_start(supervision *b, start_search *q, function_ix function, const thunk *args,
                         uint32_t arg_count, uint32_t depth)
{
    const model *m = b->m;
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->clause_count && q->found == NO_IX; i++) {
        const model_clause *c = &m->clauses.items[f->clause_first + i];
        match_result fits = c->guard || arg_count < f->arity ? MATCH_MAYBE : MATCH_YES;
        for (uint32_t k = 0; k < arg_count && k < f->arity && f->default_count == 0; k++)
            fits = MIN(fits, eval_may_match(&b->e, m->kids.items[c->param_first + k], args[k], 0));
        if (!c->body || fits == MATCH_NO) continue;
        follow_clause(b, q, f->clause_first + i, args, arg_count, depth);
        if (fits == MATCH_YES) return;
    }
}

/* Follows the start function of a child with its arguments. False: it is not in the snapshot. */
static bool follow_child(supervision *b, const child_draft *draft, start_search *q)
{
    const model *m = b->m;
    const model_module *mod = &m->modules.items[q->module];
    thunks args = {0};
    bool known = false;
    if (draft->arg_one) vec_push(&args, draft->args);
    else if (draft->args.node) eval_items(&b->e, draft->args, &args);
    thunk *kept = ARENA_ARRAY(&b->e.memory, thunk, args.count + 1);
    if (args.count) memcpy(kept, args.items, args.count * sizeof *kept);
    for (uint32_t i = 0; i < mod->function_count && !q->any; i++) {
        const model_function *f = &m->functions.items[mod->function_first + i];
        /* A template's arguments are followed by those of start_child. */
        bool more = draft->row.is_dynamic && f->arity > args.count;
        if (f->name != draft->row.start_function || (f->arity != args.count && !more)) continue;
        known = true;
        follow_start(b, q, mod->function_first + i, kept, args.count, 0);
    }
    vec_release(&args);
    return known;
}

void supervisor_resolve(supervision *b, child_draft *draft)
{
    const model *m = b->m;
    module_ix module = draft->row.module;
    if (draft->row.as_supervisor != NO_IX || module == NO_IX) return;
    supervisor_ix first = supervisor_of_module(b, module);
    draft->row.as_supervisor = first;
    bool is_module = first != NO_IX && m->supervisors.items[first].server != NO_IX;
    if (first != NO_IX && !is_module) return;
    eval_begin(&b->e);
    if (draft->init_argument.node) {
        draft->row.as_supervisor = started_with(b, module, draft->init_argument);
        return;
    }
    start_search q = {.module = module, .found = NO_IX, .other = NO_IX};
    if (!follow_child(b, draft, &q)) return;
    if (q.found != NO_IX) {
        draft->row.as_supervisor = q.found;
    } else if (q.other != NO_IX && !q.own) {
        /* A function that happens to stand in this module starts another. */
        draft->row.module = q.other;
        draft->row.as_supervisor = q.other_argument.node
                                       ? started_with(b, q.other, q.other_argument)
                                       : supervisor_of_module(b, q.other);
    } else if (!q.any && m->modules.items[module].server != NO_IX) {
        /* It does something when its turn comes and starts no process. */
        draft->row.module_name = m->modules.items[module].name;
        draft->row.module = NO_IX;
        draft->row.as_supervisor = NO_IX;
    }
}

/* ---- names ------------------------------------------------------------------------------------
 */

/* X:start_link({local, Name}, Mod, Args), Supervisor.start_link(Mod, args, name: N): the name of a
 * supervisor module. Two different names: none for sure. */
static void scan_names(supervision *b, const model_op *op, sym *name_of, bool *twice)
{
    model *m = b->m;
    if (op->clause == NO_IX || model_node(m, op->node)->kind != NODE_CALL_REMOTE) return;
    eval_begin(&b->e);
    thunk call = {op->node, eval_scope_of(&b->e, op->clause), 0}, argument, value;
    module_ix module;
    if (!start_of_module(b, call, &module, &argument)) return;
    supervisor_ix s = started_with(b, module, argument);
    if (s == NO_IX || m->supervisors.items[s].server == NO_IX) return;
    sym name = 0;
    thunk first = eval_one(&b->e, eval_arg(&b->e, call, 0));
    if (model_node(m, first.node)->kind == NODE_TUPLE &&
        model_is_atom(m, model_kid(m, first.node, 0), "local"))
        name = eval_atom(&b->e, eval_kid(&b->e, first, 1));
    else if (eval_option(&b->e, eval_arg(&b->e, call, 2), "name", &value) == OPTION_FOUND)
        name = eval_atom(&b->e, value);
    if (!name) return;
    if (name_of[s] && name_of[s] != name) twice[s] = true;
    name_of[s] = name;
}

void supervisor_names(supervision *b)
{
    model *m = b->m;
    uint32_t count = m->supervisors.count;
    sym *name_of = base_calloc(count + 1, sizeof *name_of);
    bool *twice = base_calloc(count + 1, sizeof *twice);
    for (uint32_t i = 0; i < m->ops.count; i++) scan_names(b, &m->ops.items[i], name_of, twice);
    for (supervisor_ix s = 0; s < count; s++) {
        model_supervisor *row = &m->supervisors.items[s];
        if (row->registered || twice[s]) continue;
        row->registered = name_of[s];
        /* The name of the server is that of one of several. */
        if (!row->registered && row->server != NO_IX && !supervisor_is_one_of(b, s))
            row->registered = m->servers.items[row->server].registered;
        supervisor_remember(b, s);
    }
    free(name_of);
    free(twice);
}
