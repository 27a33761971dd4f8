/* The walk, roots: every callback clause of every server, and what is learnt from them. */
#include "base/base.h"
#include "model/walk.h"

enum { REQUESTS_A_CLAUSE = 24 };

/* Functions that reach something the walk records, by breadth-first search over callers. */
static bool *find_interesting(const model *m)
{
    uint32_t count = m->functions.count;
    bool *interesting = base_calloc(MAX(count, 1u), sizeof *interesting);
    uint32_t *caller_first = base_calloc(count + 2, sizeof *caller_first);
    for (vec_each(&m->ops, op))
        if (op->kind == OP_FUNCTION) caller_first[op->target + 1]++;
    for (uint32_t i = 0; i < count; i++) caller_first[i + 1] += caller_first[i];
    function_ix *callers = base_calloc(caller_first[count] + 1, sizeof *callers);
    uint32_t *fill = base_calloc(MAX(count, 1u), sizeof *fill);
    function_ix *queue = base_calloc(MAX(count, 1u), sizeof *queue);
    uint32_t head = 0, tail = 0;
    for (vec_each(&m->ops, op)) {
        bool seed =
            op->kind == OP_RECEIVE || (op->kind == OP_UNRESOLVED && op->cause != UNRESOLVED_LOCAL);
        if (op->kind == OP_FUNCTION)
            callers[caller_first[op->target] + fill[op->target]++] = op->function;
        if (op->kind == OP_API) {
            switch ((api_kind)api_get(op->api)->kind) {
            case API_PURE:
            case API_LOG:
            case API_TELEMETRY:
            case API_LOOP:
            case API_COPY:
            case API_SUBBINARY:
            case API_RAISE: break;
            default: seed = true;
            }
        }
        if (seed && !interesting[op->function]) {
            interesting[op->function] = true;
            queue[tail++] = op->function;
        }
    }
    while (head < tail) {
        function_ix f = queue[head++];
        for (uint32_t i = caller_first[f]; i < caller_first[f + 1]; i++) {
            if (interesting[callers[i]]) continue;
            interesting[callers[i]] = true;
            queue[tail++] = callers[i];
        }
    }
    free(caller_first);
    free(callers);
    free(fill);
    free(queue);
    return interesting;
}

static void walk_reset(walk *w)
{
    map64_clear(&w->memo);
    map64_clear(&w->entries);
    vec_clear(&w->memo_rows);
    vec_clear(&w->awaited);
    vec_clear(&w->env);
    w->await_unknown = false;
    w->env_base = 0;
    w->depth = 0;
    w->steps = 0;
    w->truncated = false;
    w->ran_message = false;
    w->ctx = 0;
    w->process = 0;
}

static void bind_root(walk *w, const model_callback *cb, val_ix message)
{
    if (cb->message) walk_bind(w, cb->message, message);
    if (cb->from) walk_bind(w, cb->from, val_make(&w->vals, VAL_FROM, 0, 0, NULL, 0));
    if (cb->state) walk_bind(w, cb->state, val_make(&w->vals, VAL_STATE, 0, 0, NULL, 0));
    if (cb->state_name && cb->state_atom)
        walk_bind(w, cb->state_name, val_atom(&w->vals, cb->state_atom));
}

/* Fields of a returned state that hold a process, a name or a reference. */
static void note_fields(walk *w, val_ix state, bool of_init)
{
    const model *m = w->m;
    for (int guard = 0; guard < 64; guard++) {
        const model_val *v = model_value(m, state);
        if (v->kind == VAL_UNION && v->kid_count) {
            state = model_value_kid(m, state, 0);
            continue;
        }
        if (v->kind != VAL_MAP) return;
        bool update = v->number == 1;
        for (uint32_t i = update; i + 1 < v->kid_count; i += 2) {
            const model_val *key = model_value(m, model_value_kid(m, state, i));
            val_ix value = model_value_kid(m, state, i + 1);
            const model_val *held = model_value(m, value);
            bool name = held->kind == VAL_ATOM && (model_server_named(m, held->name) != NO_IX ||
                                                   model_module_named(m, held->name) != NO_IX);
            /* A part of init's argument: who starts the process says what it is. */
            bool given = of_init && (held->kind == VAL_PARAM || held->kind == VAL_ELEMENT ||
                                     held->kind == VAL_FIELD);
            if (key->kind == VAL_ATOM &&
                (held->kind == VAL_PID || held->kind == VAL_SELF || name || given))
                vec_push(&w->fields, (binding){key->name, value});
        }
        if (!update) return;
        state = model_value_kid(m, state, 0);
    }
}

static void note_return(walk *w, val_ix value)
{
    model *m = w->m;
    const model_callback *cb = &m->callbacks.items[w->root];
    bool of_init = cb->kind == CB_INIT;
    if (of_init && m->servers.items[cb->server].kind == SERVER_SUPERVISOR)
        starts_note_init(m, w->starts, cb->server, value);
    const model_val *v = model_value(m, value);
    uint32_t count = v->kind == VAL_UNION ? v->kid_count : 1;
    for (uint32_t i = 0; i < count; i++) {
        val_ix one = v->kind == VAL_UNION ? model_value_kid(m, value, i) : value;
        vec_push(&m->returns, one);
        const model_val *r = model_value(m, one);
        if (r->kind != VAL_TUPLE) continue;
        for (uint32_t k = 0; k < r->kid_count; k++)
            note_fields(w, model_value_kid(m, one, k), of_init);
        v = model_value(m, value);
    }
}

static void mark_awaited(walk *w, effect_ix first)
{
    model *m = w->m;
    for (effect_ix i = first; i < m->effects.count; i++) {
        model_effect *e = &m->effects.items[i];
        if (!(e->ctx & CTX_TASK)) continue;
        bool awaited = w->await_unknown;
        for (uint32_t k = 0; k < w->awaited.count && !awaited; k++)
            awaited = w->awaited.items[k] == e->task_node;
        if (awaited) e->ctx |= CTX_AWAITED;
    }
}

/* The clause ran code that its message brought: once more for each message that brings some. */
static void run_requests(walk *w, callback_ix root, const model_callback *cb)
{
    val_ix messages[REQUESTS_A_CLAUSE];
    uint32_t count = requests_for(w->m, w->requests, root, messages, REQUESTS_A_CLAUSE);
    for (uint32_t i = 0; i < count; i++) {
        walk_unbind(w, 0);
        w->env_base = w->depth = 0;
        bind_root(w, cb, messages[i]);
        walk_eval(w, cb->node);
    }
}

static void walk_root(walk *w, callback_ix root)
{
    model *m = w->m;
    const model_callback cb = m->callbacks.items[root];
    walk_reset(w);
    w->steps_max = m->modules.items[m->servers.items[cb.server].module].is_test ? WALK_STEPS_TEST
                                                                                : WALK_STEPS_MAX;
    w->root = root;
    w->function = cb.function;
    w->module = m->functions.items[cb.function].module;
    w->frame = m->frames.count;
    w->only_in_server = cb.kind == CB_AGENT_FUN;
    vec_push(&m->frames, (model_frame){.parent = NO_IX, .function = cb.function});
    effect_ix first = m->effects.count;
    uint32_t return_first = m->returns.count;
    if (cb.kind == CB_AGENT_FUN) {
        const model_clause *c = &m->clauses.items[cb.clause];
        for (uint32_t p = 0; p < m->functions.items[cb.function].arity; p++)
            walk_bind(w, m->kids.items[c->param_first + p],
                      val_make(&w->vals, VAL_PARAM, 0, p, NULL, 0));
    } else {
        bool begins = cb.kind == CB_INIT || cb.kind == CB_START;
        bind_root(w, &cb, val_make(&w->vals, begins ? VAL_PARAM : VAL_MESSAGE, 0, 0, NULL, 0));
    }
    if (cb.clause != NO_IX && walk_tests_self(m, m->clauses.items[cb.clause].guard, 0))
        w->ctx |= CTX_NOT_SELF;
    val_ix result = walk_eval(w, cb.node);
    if (w->ran_message && cb.kind != CB_AGENT_FUN) run_requests(w, root, &cb);
    mark_awaited(w, first);
    if (cb.kind != CB_AGENT_FUN) note_return(w, result);
    model_callback *to = &m->callbacks.items[root];
    to->effect_first = first;
    to->effect_count = m->effects.count - first;
    to->return_first = return_first;
    to->return_count = m->returns.count - return_first;
    to->truncated = w->truncated;
    m->walk_truncated += w->truncated;
    m->walk_steps += w->steps;
}

static void identify(model *m, const starts *started, const callback_ix root, const binding *fields,
                     uint32_t count)
{
    const model_callback *cb = &m->callbacks.items[root];
    model_server *s = &m->servers.items[cb->server];
    for (uint32_t i = 0; i < cb->effect_count; i++) {
        model_effect *e = &m->effects.items[cb->effect_first + i];
        if (e->kind == API_TRAP_EXIT && e->arg_count == 2) {
            const model_val *on = model_value(m, m->effect_args.items[e->arg_first + 1]);
            if (model_is_atom(m, model_arg(m, e->node, 0), "trap_exit") &&
                !(on->kind == VAL_ATOM && on->name == m->index->s_false) && !(e->ctx & CTX_SPAWNED))
                s->trap_exit = true;
        }
        if (!e->receiver) {
            if (e->kind == API_APP_CALL) e->id.kind = ID_CONTROLLER;
            if (e->kind != API_CALL && e->kind != API_CAST && e->kind != API_SEND &&
                e->kind != API_STOP && e->kind != API_RUN_IN_SERVER)
                continue;
        }
        uint32_t op = m->index->op_of_node.items[MIN(e->node, m->index->op_of_node.count - 1)];
        function_ix at = op ? m->ops.items[op - 1].function : cb->function;
        /* Inherited functions share their nodes: the frame knows the using module. */
        function_ix framed = m->frames.items[e->frame].function;
        if (m->functions.items[framed].inherited) at = framed;
        const api_row *row = e->api == NO_IX ? NULL : api_get(e->api);
        node_ix receiver_node =
            row && row->receiver >= 0 ? model_arg(m, e->node, (uint8_t)row->receiver) : 0;
        val_ix receiver =
            cb->kind == CB_INIT ? starts_resolve(m, started, cb->server, e->receiver) : e->receiver;
        e->id = model_identify(m, fields, count, cb->server, at, receiver_node, receiver, e->kind,
                               e->message);
        /* Agents: functions given to the agent of the module. */
        if (e->kind == API_RUN_IN_SERVER && e->id.kind == ID_UNKNOWN) {
            server_ix server = m->modules.items[m->functions.items[at].module].server;
            if (server != NO_IX && m->servers.items[server].kind == SERVER_AGENT)
                e->id = (identity){.kind = server == cb->server ? ID_OWN_KIND : ID_MODULE,
                                   .server = server};
        }
    }
}

/* Does the function hand a fun to an agent, itself or through a function of its module? */
static bool reaches_agent(const model *m, const model_function *f, bool through)
{
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->kind == OP_API && api_get(op->api)->kind == API_RUN_IN_SERVER) return true;
        if (!through || op->kind != OP_FUNCTION) continue;
        const model_function *callee = &m->functions.items[op->target];
        if (callee->module == f->module && reaches_agent(m, callee, false)) return true;
    }
    return false;
}

/* A root for each clause of the functions that hand a fun to the agent of their module. Agents
 * have no other callbacks, so theirs are contiguous. */
static void add_agent_roots(model *m)
{
    for (server_ix server = 0; server < m->servers.count; server++) {
        model_server *s = &m->servers.items[server];
        if (s->kind != SERVER_AGENT || s->callback_count) continue;
        const model_module *mod = &m->modules.items[s->module];
        s->callback_first = m->callbacks.count;
        for (uint32_t i = 0; i < mod->function_count; i++) {
            function_ix function = mod->function_first + i;
            const model_function *f = &m->functions.items[function];
            if (!reaches_agent(m, f, true)) continue;
            for (uint32_t k = 0; k < f->clause_count; k++) {
                clause_ix clause = f->clause_first + k;
                if (!m->clauses.items[clause].body) continue;
                s->callback_count++;
                vec_push(&m->callbacks, (model_callback){.server = server,
                                                         .kind = CB_AGENT_FUN,
                                                         .event = CB_AGENT_FUN,
                                                         .function = function,
                                                         .clause = clause,
                                                         .node = m->clauses.items[clause].body});
            }
        }
    }
}

void model_walk(model *m)
{
    add_agent_roots(m);
    bool *interesting = find_interesting(m);
    starts started;
    starts_open(&started, m);
    requests sent;
    requests_open(&sent);
    walk w = {.m = m,
              .interesting = interesting,
              .inlining = true,
              .record = true,
              .starts = &started,
              .requests = &sent};
    val_interner_open(&w.vals, m);
    /* Edges first: they learn the names that processes are registered under. */
    model_edges_with(m, interesting, &w.vals, &started, &sent);
    uint32_t *field_first = base_calloc(m->servers.count + 1, sizeof *field_first);
    for (server_ix s = 0; s < m->servers.count; s++) {
        field_first[s] = w.fields.count;
        const model_server *server = &m->servers.items[s];
        for (uint32_t i = 0; i < server->callback_count; i++)
            walk_root(&w, server->callback_first + i);
        field_first[s + 1] = w.fields.count;
    }
    starts_follow(&w, &started);
    for (server_ix s = 0; s < m->servers.count; s++) {
        const model_server *server = &m->servers.items[s];
        binding *fields = w.fields.items + field_first[s];
        uint32_t count = field_first[s + 1] - field_first[s];
        for (uint32_t i = 0; i < count; i++)
            fields[i].value = starts_resolve(m, &started, s, fields[i].value);
        for (uint32_t i = 0; i < server->callback_count; i++)
            identify(m, &started, server->callback_first + i, fields, count);
    }
    starts_close(&started);
    requests_close(&sent);
    val_interner_close(&w.vals);
    map64_release(&w.memo);
    map64_release(&w.entries);
    vec_release(&w.memo_rows);
    vec_release(&w.awaited);
    vec_release(&w.env);
    vec_release(&w.fields);
    free(field_first);
    free(interesting);
}
