/* What the argument of init is known to hold. A process gets it from whoever starts it: another
 * server through start_link, or a supervisor through the start of a child specification, possibly
 * by way of functions that pass it on. The pid of the starter (self() in its code) becomes "a
 * process of the starter's module", which is how a child knows its supervisor and its owner.
 * Values from several starts are kept where they agree. */
#include "base/base.h"
#include "model/walk.h"

enum { SUBST_DEPTH_MAX = 6, LIST_MAX = 16, RESOLVE_DEPTH_MAX = 12 };

void starts_open(starts *s, const model *m)
{
    *s = (starts){.arg = base_calloc(MAX(m->servers.count, 1u), sizeof *s->arg),
                  .known = base_calloc(MAX(m->servers.count, 1u), sizeof *s->known),
                  .by = NO_IX};
}

void starts_close(starts *s)
{
    free(s->arg);
    free(s->known);
    map64_release(&s->seen);
    vec_release(&s->specs);
}

/* The value as the started process sees it: what is relative to the starter's code is unknown. */
static val_ix leave_starter(walk *w, val_ix value, server_ix by, int depth)
{
    model *m = w->m;
    const model_val v = *model_value(m, value);
    if (depth > SUBST_DEPTH_MAX) return 0;
    switch ((val_kind)v.kind) {
    case VAL_ATOM:
    case VAL_INT:
    case VAL_STRING:
    case VAL_PID:
    case VAL_FUN_REF: return value;
    case VAL_SELF: return by == NO_IX ? 0 : val_make(&w->vals, VAL_PID, 0, by, NULL, 0);
    case VAL_TUPLE:
    case VAL_LIST:
    case VAL_MAP: {
        val_ix kids[2 * LIST_MAX + 1];
        if (v.kid_count > ARRAY_LEN(kids)) return 0;
        for (uint32_t i = 0; i < v.kid_count; i++)
            kids[i] = leave_starter(w, model_value_kid(m, value, i), by, depth + 1);
        return val_make(&w->vals, (val_kind)v.kind, v.name, v.number, kids, v.kid_count);
    }
    default: return 0;
    }
}

static val_ix agree(walk *w, val_ix a, val_ix b, int depth)
{
    model *m = w->m;
    if (a == b) return a;
    const model_val va = *model_value(m, a), vb = *model_value(m, b);
    bool parts = va.kind == VAL_TUPLE || va.kind == VAL_LIST;
    if (!parts || va.kind != vb.kind || va.kid_count != vb.kid_count || va.number != vb.number ||
        va.kid_count > LIST_MAX || depth > SUBST_DEPTH_MAX)
        return 0;
    val_ix kids[LIST_MAX];
    for (uint32_t i = 0; i < va.kid_count; i++)
        kids[i] = agree(w, model_value_kid(m, a, i), model_value_kid(m, b, i), depth + 1);
    return val_make(&w->vals, (val_kind)va.kind, va.name, va.number, kids, va.kid_count);
}

static void note_arg(walk *w, starts *s, server_ix server, val_ix arg)
{
    s->arg[server] = s->known[server] ? agree(w, s->arg[server], arg, 0) : arg;
    s->known[server] = true;
}

/* The server whose process runs the code that is being walked. */
static server_ix runner(const walk *w, const starts *s)
{
    if (s->by != NO_IX) return s->by;
    if (w->root == NO_IX || w->process) return NO_IX;
    return w->m->callbacks.items[w->root].server;
}

static void note_spec(starts *s, val_ix spec, server_ix by)
{
    uint32_t mark = 0;
    if (spec && map64_add(&s->seen, pair64(spec, by), &mark))
        vec_push(&s->specs, (start_spec){spec, by});
}

static void note_specs(const model *m, starts *s, val_ix list, server_ix by)
{
    const model_val *v = model_value(m, list);
    for (uint32_t i = 0; v->kind == VAL_LIST && i < v->kid_count; i++)
        note_spec(s, model_value_kid(m, list, i), by);
}

void starts_note_op(walk *w, starts *s, api_ix api, const val_ix *args, uint32_t count)
{
    const model *m = w->m;
    const api_row *row = api_get(api);
    if (row->kind == API_SUP_CALL && api_flag(row, "start_child") && count > 1) {
        note_spec(s, args[1], runner(w, s));
        return;
    }
    if (row->kind != API_START || row->message < 0) return;
    uint32_t at = (uint32_t)row->message;
    if (api_flag(row, "children") && count) {
        note_specs(m, s, args[0], runner(w, s));
        return;
    }
    if (at + 1 >= count) return;
    const model_val *v = model_value(m, args[at]);
    module_ix module = v->kind == VAL_ATOM ? model_module_named(m, v->name) : NO_IX;
    if (module == NO_IX || m->modules.items[module].server == NO_IX) return;
    server_ix server = m->modules.items[module].server;
    /* What a function that is walked by itself passes on is not known; its callers tell. */
    if (w->root == NO_IX && s->by == NO_IX && w->depth == 0 &&
        m->functions.items[w->function].arity > 0)
        return;
    note_arg(w, s, server, leave_starter(w, args[at + 1], runner(w, s), 0));
}

/* {ok, {Flags, Specs}}, as init of a supervisor returns it. */
void starts_note_init(const model *m, starts *s, server_ix supervisor, val_ix result)
{
    const model_val *v = model_value(m, result);
    if (v->kind == VAL_UNION) {
        for (uint32_t i = 0; i < v->kid_count; i++)
            starts_note_init(m, s, supervisor, model_value_kid(m, result, i));
        return;
    }
    if (v->kind != VAL_TUPLE || v->kid_count != 2) return;
    val_ix inner = model_value_kid(m, result, 1);
    const model_val *pair = model_value(m, inner);
    if (pair->kind == VAL_TUPLE && pair->kid_count == 2)
        note_specs(m, s, model_value_kid(m, inner, 1), supervisor);
}

/* Module, function and arguments of {M, F, Args}. */
static function_ix start_function(const model *m, val_ix mfa, val_ix *args, uint32_t *count)
{
    const model_val *v = model_value(m, mfa);
    if (v->kind != VAL_TUPLE || v->kid_count != 3) return NO_IX;
    const model_val *module = model_value(m, model_value_kid(m, mfa, 0));
    const model_val *name = model_value(m, model_value_kid(m, mfa, 1));
    val_ix list = model_value_kid(m, mfa, 2);
    const model_val *given = model_value(m, list);
    if (module->kind != VAL_ATOM || name->kind != VAL_ATOM || given->kind != VAL_LIST) return NO_IX;
    *count = MIN(given->kid_count, (uint32_t)WALK_ARGS_MAX);
    for (uint32_t i = 0; i < *count; i++) args[i] = model_value_kid(m, list, i);
    module_ix target = model_module_named(m, module->name);
    if (!given->number) return model_function_of(m, target, name->name, *count);
    /* [A, B | Rest]: the only function of that name that takes at least as many. */
    function_ix found = NO_IX;
    for (uint32_t arity = *count; arity <= LIST_MAX; arity++) {
        function_ix f = model_function_of(m, target, name->name, arity);
        if (f == NO_IX || f == found) continue;
        if (found != NO_IX) return NO_IX;
        found = f;
        while (*count < arity) args[(*count)++] = 0;
    }
    return found;
}

static void fresh(walk *w)
{
    map64_clear(&w->memo);
    map64_clear(&w->entries);
    vec_clear(&w->memo_rows);
    vec_clear(&w->env);
    w->env_base = w->depth = w->steps = 0;
    w->ctx = 0;
    w->process = 0;
    w->frame = NO_IX;
    w->root = NO_IX;
    w->steps_max = WALK_STEPS_MAX;
}

/* Follows one child specification: Mod, {Mod, Arg}, %{start: MFA} or {Id, MFA, ...}. */
static void follow(walk *w, starts *s, val_ix spec, int depth)
{
    model *m = w->m;
    const model_val v = *model_value(m, spec);
    val_ix args[WALK_ARGS_MAX] = {0};
    uint32_t count = 0;
    function_ix f = NO_IX;
    if (v.kind == VAL_MAP) {
        f = start_function(m, walk_field(w, spec, sym_find(&m->symbols, SV("start"))), args,
                           &count);
    } else if (v.kind == VAL_TUPLE && v.kid_count > 2) {
        f = start_function(m, model_value_kid(m, spec, 1), args, &count);
    } else {
        bool pair = v.kind == VAL_TUPLE && v.kid_count == 2;
        const model_val *mod = pair ? model_value(m, model_value_kid(m, spec, 0)) : &v;
        module_ix module = mod->kind == VAL_ATOM ? model_module_named(m, mod->name) : NO_IX;
        if (module == NO_IX) return;
        args[0] = pair ? model_value_kid(m, spec, 1) : val_make(&w->vals, VAL_LIST, 0, 0, NULL, 0);
        count = 1;
        f = model_function_of(m, module, sym_find(&m->symbols, SV("child_spec")), 1);
        if (f != NO_IX && depth == 0) {
            val_ix made = walk_function(w, f, args, count, 0);
            if (model_value(m, made)->kind == VAL_MAP) {
                follow(w, s, made, depth + 1);
                return;
            }
        }
        f = model_function_of(m, module, sym_find(&m->symbols, SV("start_link")), 1);
    }
    if (f == NO_IX) return;
    for (uint32_t i = 0; i < count; i++) args[i] = leave_starter(w, args[i], s->by, 0);
    w->function = f;
    w->module = m->functions.items[f].module;
    walk_function(w, f, args, count, 0);
}

void starts_follow(walk *w, starts *s)
{
    bool record = w->record;
    w->record = false;
    for (uint32_t i = 0; i < s->specs.count; i++) {
        fresh(w);
        s->by = s->specs.items[i].by;
        follow(w, s, s->specs.items[i].spec, 0);
    }
    s->by = NO_IX;
    w->record = record;
}

static val_ix resolve(const model *m, val_ix arg, val_ix value, int depth)
{
    const model_val *v = model_value(m, value);
    if (depth > RESOLVE_DEPTH_MAX) return 0;
    switch ((val_kind)v->kind) {
    case VAL_PARAM: return v->number == 0 ? arg : 0;
    case VAL_ELEMENT: {
        val_ix base = resolve(m, arg, model_value_kid(m, value, 0), depth + 1);
        const model_val *b = model_value(m, base);
        bool parts = b->kind == VAL_TUPLE || b->kind == VAL_LIST;
        return parts && (uint64_t)v->number < b->kid_count
                   ? model_value_kid(m, base, (uint32_t)v->number)
                   : 0;
    }
    case VAL_FIELD: {
        val_ix rest;
        return model_key(m, resolve(m, arg, model_value_kid(m, value, 0), depth + 1), v->name,
                         &rest);
    }
    default: return 0;
    }
}

val_ix starts_resolve(const model *m, const starts *s, server_ix server, val_ix value)
{
    const model_val *v = model_value(m, value);
    bool part = v->kind == VAL_PARAM || v->kind == VAL_ELEMENT || v->kind == VAL_FIELD;
    if (!part || !s->known[server]) return value;
    val_ix found = resolve(m, s->arg[server], value, 0);
    return found ? found : value;
}
