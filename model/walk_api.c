/* The walk, known functions: what a row of the API table does to processes. */
#include "base/base.h"
#include "model/walk.h"

enum { MFA_ARGS_MAX = 12 };

int32_t walk_timeout(const walk *w, const api_row *row, const val_ix *args, uint32_t count,
                     bool *stated)
{
    *stated = false;
    if (row->timeout < 0 || (uint32_t)row->timeout >= count) return row->timeout_default;
    *stated = true;
    const model_val *v = model_value(w->m, args[row->timeout]);
    if (v->kind == VAL_INT)
        return v->number >= 0 && v->number < INT32_MAX ? (int32_t)v->number : TIMEOUT_UNKNOWN_MS;
    if (v->kind == VAL_ATOM && v->name == w->m->index->s_infinity) return TIMEOUT_NEVER;
    return TIMEOUT_UNKNOWN_MS;
}

static bool recorded(api_kind kind)
{
    switch (kind) {
    case API_PURE:
    case API_LOG:
    case API_TELEMETRY:
    case API_RUN:
    case API_LOOP: return false;
    default: return true;
    }
}

static void record(walk *w, node_ix call, api_ix api, const val_ix *args, uint32_t count)
{
    const api_row *row = api_get(api);
    if (!w->record || !recorded(row->kind)) return;
    if (w->only_in_server && !(w->ctx & CTX_IN_SERVER)) return;
    model *m = w->m;
    model_effect e = {.root = w->root,
                      .node = call,
                      .api = api,
                      .kind = row->kind,
                      .ctx = w->ctx,
                      .frame = w->frame,
                      .id = {.server = NO_IX},
                      .task_node = w->process,
                      .arg_first = m->effect_args.count,
                      .arg_count = count};
    if (row->receiver >= 0 && (uint32_t)row->receiver < count) e.receiver = args[row->receiver];
    if (api_flag(row, "self"))
        e.receiver = w->process ? val_make(&w->vals, VAL_SPAWNED, 0, w->process, NULL, 0)
                                : val_make(&w->vals, VAL_SELF, 0, 0, NULL, 0);
    if (row->message >= 0 && (uint32_t)row->message < count) e.message = args[row->message];
    e.timeout_ms = walk_timeout(w, row, args, count, &e.timeout_stated);
    for (uint32_t i = 0; i < count; i++) vec_push(&m->effect_args, args[i]);
    vec_push(&m->effects, e);
}

/* module, function and argument list from `first` on: the function they name, or NO_IX. */
static function_ix mfa_target(const walk *w, const val_ix *args, uint32_t count, uint32_t first,
                              val_ix *list, uint32_t *list_count)
{
    const model *m = w->m;
    *list_count = 0;
    if (first + 1 >= count) return NO_IX;
    const model_val *module = model_value(m, args[first]), *name = model_value(m, args[first + 1]);
    if (module->kind != VAL_ATOM || name->kind != VAL_ATOM) return NO_IX;
    uint32_t arity = 0;
    bool known = false;
    if (first + 2 < count) {
        const model_val *given = model_value(m, args[first + 2]);
        if (given->kind == VAL_LIST && given->number == 0) {
            known = true;
            arity = given->kid_count;
            for (uint32_t i = 0; i < arity && i < MFA_ARGS_MAX; i++)
                list[(*list_count)++] = model_value_kid(m, args[first + 2], i);
        }
    }
    module_ix target = model_module_named(m, module->name);
    if (known) return model_function_of(m, target, name->name, arity);
    /* Unknown argument list: the only function of that name, if there is one. */
    function_ix found = NO_IX;
    for (uint32_t i = 0; i <= 6; i++) {
        function_ix f = model_function_of(m, target, name->name, i);
        if (f == NO_IX) continue;
        if (found != NO_IX && found != f) return NO_IX;
        found = f;
    }
    return found;
}

/* Runs what the row runs: a fun argument or module, function, arguments. */
static val_ix run_code(walk *w, const api_row *row, node_ix call, const val_ix *args,
                       uint32_t count)
{
    val_ix list[MFA_ARGS_MAX];
    uint32_t list_count;
    for (uint32_t i = 0; i < count; i++)
        if (requests_from_message(w->m, args[i])) w->ran_message = true;
    if (api_flag(row, "mfa")) {
        uint32_t first = row->message >= 0 ? (uint32_t)row->message : 0;
        if ((row->block == BLOCK_RPC || api_flag(row, "node")) && row->message < 0) first = 1;
        function_ix f = mfa_target(w, args, count, first, list, &list_count);
        if (f == NO_IX && row->block == BLOCK_RPC && first == 1)
            f = mfa_target(w, args, count, 0, list, &list_count);
        return f == NO_IX ? 0 : walk_function(w, f, list, list_count, call);
    }
    val_ix result = 0;
    for (uint32_t i = 0; i < count; i++) {
        val_kind kind = model_value(w->m, args[i])->kind;
        if (kind == VAL_FN || kind == VAL_FUN_REF || kind == VAL_UNION)
            result = walk_apply(w, args[i], NULL, 0, call);
    }
    return result;
}

/* Runs code of another process that starts here. */
static void run_process(walk *w, const api_row *row, node_ix call, const val_ix *args,
                        uint32_t count, uint16_t add)
{
    uint16_t ctx = w->ctx;
    node_ix process = w->process;
    /* What is caught, tested or repeated here is not so over there. */
    w->ctx = (uint16_t)((ctx & ~CTX_CAUGHT) | CTX_SPAWNED | add);
    w->process = call;
    run_code(w, row, call, args, count);
    w->ctx = ctx;
    w->process = process;
}

static val_ix started(walk *w, const api_row *row, node_ix call, const val_ix *args, uint32_t count)
{
    model *m = w->m;
    server_ix server = NO_IX;
    if (row->message >= 0 && (uint32_t)row->message < count) {
        const model_val *v = model_value(m, args[row->message]);
        if (v->kind == VAL_ATOM) {
            module_ix module = model_module_named(m, v->name);
            if (module != NO_IX) server = m->modules.items[module].server;
        } else if (row->server == SERVER_AGENT && w->module != NO_IX) {
            server = m->modules.items[w->module].server;
        }
    }
    val_ix pid = server == NO_IX ? val_make(&w->vals, VAL_RESULT, 0, call, NULL, 0)
                                 : val_make(&w->vals, VAL_PID, 0, server, NULL, 0);
    val_ix pair[2] = {val_atom(&w->vals, m->index->s_ok), pid};
    return val_make(&w->vals, VAL_TUPLE, 0, 0, pair, 2);
}

/* The module that a child specification starts: Mod, {Mod, Arg}, %{start: {Mod, F, A}},
 * {Id, {Mod, F, A}, ...}. */
static module_ix spec_module(walk *w, val_ix spec)
{
    model *m = w->m;
    const model_val *v = model_value(m, spec);
    if (v->kind == VAL_MAP) {
        spec = walk_field(w, spec, sym_find(&m->symbols, SV("start")));
        v = model_value(m, spec);
    } else if (v->kind == VAL_TUPLE && v->kid_count > 2) {
        spec = model_value_kid(m, spec, 1);
        v = model_value(m, spec);
    }
    if (v->kind == VAL_TUPLE && v->kid_count >= 1) v = model_value(m, model_value_kid(m, spec, 0));
    return v->kind == VAL_ATOM ? model_module_named(m, v->name) : NO_IX;
}

static val_ix started_child(walk *w, node_ix call, const val_ix *args, uint32_t count)
{
    model *m = w->m;
    if (count < 2) return 0;
    module_ix module = spec_module(w, args[1]);
    if (module == NO_IX || m->modules.items[module].server == NO_IX)
        return val_make(&w->vals, VAL_RESULT, 0, call, NULL, 0);
    val_ix pair[2] = {val_atom(&w->vals, m->index->s_ok),
                      val_make(&w->vals, VAL_PID, 0, m->modules.items[module].server, NULL, 0)};
    return val_make(&w->vals, VAL_TUPLE, 0, 0, pair, 2);
}

static void note_await(walk *w, const val_ix *args, uint32_t count)
{
    const model *m = w->m;
    val_ix task = count ? args[0] : 0;
    const model_val *v = model_value(m, task);
    if (v->kind == VAL_TASK) {
        vec_push(&w->awaited, (node_ix)v->number);
    } else if (v->kind == VAL_LIST) {
        for (uint32_t i = 0; i < v->kid_count; i++) {
            const model_val *kid = model_value(m, model_value_kid(m, task, i));
            if (kid->kind == VAL_TASK) vec_push(&w->awaited, (node_ix)kid->number);
        }
        if (v->number || v->kid_count == 0) w->await_unknown = true;
    } else {
        w->await_unknown = true;
    }
}

/* elem(Tuple, 0) or element(1, Tuple). */
static val_ix fold_element(walk *w, sv name, const val_ix *args, uint32_t count)
{
    bool elixir = sv_eq_c(name, "elem");
    if (count != 2 || (!elixir && !sv_eq_c(name, "element"))) return 0;
    const model_val *index = model_value(w->m, args[elixir]);
    int64_t at = elixir ? index->number : index->number - 1;
    if (index->kind != VAL_INT || at < 0 || at > UINT16_MAX) return 0;
    return walk_element(w, args[!elixir], (uint32_t)at);
}

/* Small functions over known values: times, parts of tuples. */
static val_ix fold(walk *w, node_ix call, const val_ix *args, uint32_t count)
{
    const model *m = w->m;
    const fact_node *at = model_node(m, call);
    sv name = model_text(m, at->name);
    if (at->kind == NODE_CALL) return fold_element(w, name, args, count);
    if (at->kind != NODE_CALL_REMOTE || count == 0) return 0;
    sv module = model_text(m, model_node(m, model_strip(m, model_kid(m, call, 0)))->name);
    const model_val *v = model_value(m, args[0]);
    if (sv_eq_c(module, "timer") && v->kind == VAL_INT) {
        int64_t factor = sv_eq_c(name, "seconds")   ? 1000
                         : sv_eq_c(name, "minutes") ? 60000
                         : sv_eq_c(name, "hours")   ? 3600000
                                                    : 0;
        int64_t n;
        if (!factor || __builtin_mul_overflow(v->number, factor, &n)) return 0;
        return val_make(&w->vals, VAL_INT, 0, n, NULL, 0);
    }
    return 0;
}

static val_ix run_in_server(walk *w, const api_row *row, node_ix call, const val_ix *args,
                            uint32_t count)
{
    uint16_t ctx = w->ctx;
    node_ix process = w->process;
    w->ctx = (uint16_t)((ctx & ~CTX_CAUGHT) | CTX_IN_SERVER);
    run_code(w, row, call, args, count);
    w->ctx = ctx;
    w->process = process;
    return val_make(&w->vals, VAL_RESULT, 0, call, NULL, 0);
}

val_ix walk_api_call(walk *w, node_ix call, api_ix api, const val_ix *args, uint32_t count)
{
    const api_row *row = api_get(api);
    if (w->on_op) w->on_op(w, call, api, args, count, w->payload);
    if (w->starts) starts_note_op(w, w->starts, api, args, count);
    record(w, call, api, args, count);
    uint16_t ctx = w->ctx;
    switch ((api_kind)row->kind) {
    case API_SELF:
        if (w->process) return val_make(&w->vals, VAL_SPAWNED, 0, w->process, NULL, 0);
        return val_make(&w->vals, VAL_SELF, 0, 0, NULL, 0);
    case API_SPAWN:
        run_process(w, row, call, args, count, 0);
        return val_make(&w->vals, VAL_RESULT, 0, call, NULL, 0);
    case API_TASK:
        run_process(w, row, call, args, count,
                    api_flag(row, "awaited") ? CTX_TASK | CTX_AWAITED | CTX_LOOP : CTX_TASK);
        return val_make(&w->vals, VAL_TASK, 0, call, NULL, 0);
    case API_AWAIT: note_await(w, args, count); return 0;
    case API_TIMER:
    case API_INTERVAL:
        if (api_flag(row, "spawned")) run_process(w, row, call, args, count, 0);
        return val_make(&w->vals, VAL_TIMER, 0, call, NULL, 0);
    case API_LOOP:
        w->ctx |= CTX_LOOP;
        run_code(w, row, call, args, count);
        w->ctx = ctx;
        return 0;
    case API_RUN: return run_code(w, row, call, args, count);
    case API_GLOBAL_LOCK: return run_code(w, row, call, args, count);
    case API_BLOCKING:
        if (api_flag(row, "rpc")) run_process(w, row, call, args, count, CTX_TASK | CTX_AWAITED);
        else run_code(w, row, call, args, count);
        return val_make(&w->vals, VAL_RESULT, 0, call, NULL, 0);
    case API_RUN_IN_SERVER: return run_in_server(w, row, call, args, count);
    case API_START: return started(w, row, call, args, count);
    case API_SUP_CALL: return started_child(w, call, args, count);
    case API_MONITOR: return val_make(&w->vals, VAL_REF, 0, call, NULL, 0);
    case API_ETS_NEW: return val_make(&w->vals, VAL_TABLE, 0, call, NULL, 0);
    case API_SUBBINARY: return val_make(&w->vals, VAL_BINARY_PART, 0, call, NULL, 0);
    case API_WHEREIS: {
        /* The name stands for its pid; or nobody has it. */
        val_ix name = count ? args[row->receiver < 0 ? 0 : row->receiver] : 0;
        val_ix none[2] = {val_atom(&w->vals, w->m->index->s_undefined),
                          val_atom(&w->vals, w->m->index->s_nil)};
        return walk_union(w, walk_union(w, name, none[0]), none[1]);
    }
    case API_PURE: {
        if (api_flag(row, "ref")) return val_make(&w->vals, VAL_REF, 0, call, NULL, 0);
        val_ix folded = fold(w, call, args, count);
        return folded ? folded : val_make(&w->vals, VAL_RESULT, 0, call, NULL, 0);
    }
    default: return val_make(&w->vals, VAL_RESULT, 0, call, NULL, 0);
    }
}
