/* receive-in-callback: a server's callback reads the server's own mailbox. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/shared.h"

typedef enum { TAKES_PINNED, TAKES_TAGGED, TAKES_ANY } takes;

typedef struct {
    takes widest;    /* over all arms */
    uint32_t arms;   /* without `after` */
    bool has_after;  /* there is a time limit */
    bool after_zero; /* ... of 0: looks and goes on */
    bool again;      /* an arm calls the function it stands in: a loop */
    node_ix widest_arm;
} receive_shape;

/* Where the receive stands: which variables are bound before it. */
typedef struct {
    node_ix receive;
    sym variable;
    bool bound, passed;
} bound_query;

static bool visit_bound(const model *m, node_ix node, void *payload)
{
    bound_query *q = payload;
    if (node == q->receive) q->passed = true;
    if (q->passed || q->bound) return false;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_VAR && at->name == q->variable) q->bound = true;
    return true;
}

/* Erlang: is a variable of a pattern bound before the receive, so that the pattern compares? */
static bool bound_before(const model *m, clause_ix clause, node_ix receive, sym variable)
{
    const model_clause *c = &m->clauses.items[clause];
    const model_function *f = &m->functions.items[c->function];
    bound_query q = {.receive = receive, .variable = variable};
    for (uint32_t i = 0; i < f->arity && !q.bound; i++)
        model_visit(m, m->kids.items[c->param_first + i], visit_bound, &q);
    if (!q.bound) model_visit(m, c->body, visit_bound, &q);
    return q.bound;
}

typedef struct {
    const model *m;
    clause_ix clause;
    node_ix receive;
    bool erlang;
    uint32_t literals, pinned;
} pattern_query;

static bool visit_pattern(const model *m, node_ix node, void *payload)
{
    pattern_query *q = payload;
    const fact_node *at = model_node(m, node);
    switch (at->kind) {
    case NODE_PIN: q->pinned++; return false;
    case NODE_ATOM:
    case NODE_INT:
    case NODE_STRING:
    case NODE_STRUCT:
    case NODE_RECORD:
    case NODE_MACRO: q->literals++; return true;
    case NODE_VAR:
        if (q->erlang && bound_before(m, q->clause, q->receive, at->name)) q->pinned++;
        return true;
    default: return true;
    }
}

static takes arm_takes(const model *m, clause_ix clause, node_ix receive, node_ix arm)
{
    node_ix pattern = model_strip(m, model_kid(m, arm, 2));
    const fact_node *at = model_node(m, pattern);
    pattern_query q = {m, clause, receive, node_is_erlang(m, receive), 0, 0};
    model_visit(m, pattern, visit_pattern, &q);
    if (q.pinned) return TAKES_PINNED;
    if (q.literals) return TAKES_TAGGED;
    /* Variables only. A guard, or a size that no request has, narrows it. */
    if (model_kid(m, arm, 0)) return TAKES_TAGGED;
    if (at->kind == NODE_TUPLE && at->kid_count != 2 && at->kid_count != 3) return TAKES_TAGGED;
    return TAKES_ANY;
}

static sym enclosing_name(const model *m, clause_ix clause)
{
    return m->functions.items[m->clauses.items[clause].function].name;
}

static receive_shape shape_of(const model *m, clause_ix clause, node_ix receive)
{
    receive_shape shape = {0};
    uint32_t count = model_kid_count(m, receive);
    sv name = model_text(m, enclosing_name(m, clause));
    for (uint32_t i = 0; i < count; i++) {
        node_ix arm = model_kid(m, receive, i);
        const fact_node *at = model_node(m, arm);
        if (at->kind != NODE_ARM) continue;
        if ((at->flags & NODE_FLAG_ARM) == ARM_AFTER) {
            node_ix limit = model_strip(m, model_kid(m, arm, 2));
            const fact_node *value = model_node(m, limit);
            shape.has_after = !model_is_atom(m, limit, "infinity");
            shape.after_zero =
                value->kind == NODE_INT && sv_eq(model_text(m, value->name), SV("0"));
            continue;
        }
        takes width = arm_takes(m, clause, receive, arm);
        if (shape.arms++ == 0 || width > shape.widest) {
            shape.widest = width;
            shape.widest_arm = arm;
        }
        if (node_calls(m, model_kid(m, arm, 1), name.data)) shape.again = true;
    }
    return shape;
}

/* The clause of a function in which a node stands. */
static clause_ix clause_around(const model *m, function_ix function, node_ix node)
{
    const model_function *f = &m->functions.items[function];
    uint32_t line = model_node(m, node)->line;
    clause_ix best = f->clause_first;
    for (uint32_t i = 0; i < f->clause_count; i++) {
        const model_clause *c = &m->clauses.items[f->clause_first + i];
        if (c->line <= line && line <= c->end_line) best = f->clause_first + i;
        if (c->line > line) break;
    }
    return best;
}

static const char *pattern_text(classify *c, node_ix arm)
{
    const fact_node *at = model_node(c->m, model_strip(c->m, model_kid(c->m, arm, 2)));
    if (at->kind == NODE_VAR) return "any message";
    if (at->kind == NODE_TUPLE)
        return arena_printf(&c->scratch, "any tuple of %u elements", at->kid_count);
    return "messages of others";
}

enum { FRESH_MAX = 8 };

typedef struct {
    const model *m;
    sym refs[2]; /* variables that hold fresh references made before the receive */
    uint32_t ref_count;
    sym fresh[FRESH_MAX]; /* ... and whatever else no message can name that was sent before */
    uint32_t fresh_count;
    node_ix receive;
    bool asked; /* something was sent or spawned before the receive */
    bool passed;
} request_query;

static bool fresh_ref(const model *m, node_ix value)
{
    const fact_node *at = model_node(m, value);
    if (at->kind != NODE_CALL && at->kind != NODE_CALL_REMOTE) return false;
    sv name = model_text(m, at->name);
    return sv_eq(name, SV("make_ref")) || sv_eq(name, SV("monitor")) || sv_eq(name, SV("alias"));
}

/* A call whose result did not exist before: a reference, process, port or task. */
static bool fresh_value(const model *m, node_ix value)
{
    static const char *const makers[] = {"spawn", "start", "open", "async", "send_request"};
    const fact_node *at = model_node(m, value);
    if (fresh_ref(m, value)) return true;
    if (at->kind != NODE_CALL && at->kind != NODE_CALL_REMOTE) return false;
    for (size_t i = 0; i < ARRAY_LEN(makers); i++)
        if (sv_starts(model_text(m, at->name), sv_from(makers[i]))) return true;
    return false;
}

static bool visit_fresh(const model *m, node_ix node, void *payload)
{
    request_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_VAR && q->fresh_count < FRESH_MAX) q->fresh[q->fresh_count++] = at->name;
    return at->kind != NODE_PIN;
}

static bool visit_request(const model *m, node_ix node, void *payload)
{
    request_query *q = payload;
    if (node == q->receive) q->passed = true;
    if (q->passed) return false;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_MATCH) {
        node_ix value = model_strip(m, model_kid(m, node, 1));
        const fact_node *left = model_node(m, model_kid(m, node, 0));
        if (left->kind == NODE_VAR && q->ref_count < ARRAY_LEN(q->refs) && fresh_ref(m, value))
            q->refs[q->ref_count++] = left->name;
        if (fresh_value(m, value)) model_visit(m, model_kid(m, node, 0), visit_fresh, q);
    }
    if (at->kind == NODE_CALL || at->kind == NODE_CALL_REMOTE) {
        sv name = model_text(m, at->name);
        if (sv_eq(name, SV("send")) || sv_starts(name, SV("spawn"))) q->asked = true;
    }
    return true;
}

/* Did the variable get a value in this clause, before the node, that no older message can hold? A
 * parameter: in the clause that calls, and so on up the path. */
static bool is_fresh(const model *m, frame_ix frame, node_ix before, sym variable)
{
    for (uint32_t depth = 0; frame != NO_IX && depth < 4; depth++) {
        const model_frame *f = &m->frames.items[frame];
        clause_ix clause = clause_around(m, f->function, before);
        const model_clause *c = &m->clauses.items[clause];
        request_query q = {.m = m, .receive = before};
        model_visit(m, c->body, visit_request, &q);
        for (uint32_t i = 0; i < q.fresh_count; i++)
            if (q.fresh[i] == variable) return true;
        const model_function *fn = &m->functions.items[f->function];
        node_ix given = 0;
        for (uint32_t i = 0; i < fn->arity && f->call && !given; i++) {
            const fact_node *param = model_node(m, m->kids.items[c->param_first + i]);
            if (param->kind == NODE_VAR && param->name == variable)
                given = model_strip(m, model_arg(m, f->call, i));
        }
        if (!given) return false;
        if (fresh_value(m, given)) return true;
        if (model_node(m, given)->kind != NODE_VAR) return false;
        variable = model_node(m, given)->name;
        before = f->call;
        frame = f->parent;
    }
    return false;
}

typedef struct {
    const model *m;
    frame_ix frame;
    node_ix receive;
    bool found;
} fresh_pattern;

static bool visit_pinned(const model *m, node_ix node, void *payload)
{
    fresh_pattern *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_VAR && !q->found) q->found = is_fresh(m, q->frame, q->receive, at->name);
    return !q->found;
}

/* Does each arm wait for something that was made just before: a new reference, a new process? Then
 * nothing that belongs to the server can be taken. One that waits for the end of a new process or
 * under a new monitor is enough: the wait ends with the other side. */
static bool waits_for_fresh(const model *m, const model_effect *e)
{
    bool all = true;
    sym down = model_sym(m, "DOWN");
    for (uint32_t i = 0; i < model_kid_count(m, e->node); i++) {
        node_ix arm = model_kid(m, e->node, i);
        const fact_node *at = model_node(m, arm);
        if (at->kind != NODE_ARM || (at->flags & NODE_FLAG_ARM) == ARM_AFTER) continue;
        fresh_pattern q = {m, e->frame, e->node, false};
        model_visit(m, model_kid(m, arm, 2), visit_pinned, &q);
        if (q.found && down && node_names_atom(m, model_kid(m, arm, 2), down)) return true;
        all &= q.found;
    }
    return all;
}

/* Does an arm take a timer's message: a limit that is set elsewhere? Or is the end of a process
 * waited for that was killed just before? */
static bool limited_otherwise(const model *m, clause_ix clause, node_ix receive)
{
    sym timeout = model_sym(m, "timeout"), kill = model_sym(m, "kill"), down = model_sym(m, "DOWN"),
        exits = model_sym(m, "EXIT");
    node_ix body = m->clauses.items[clause].body;
    bool killed = kill && node_names_atom(m, body, kill) && node_calls(m, body, "exit");
    for (uint32_t i = 0; i < model_kid_count(m, receive); i++) {
        node_ix arm = model_kid(m, receive, i);
        const fact_node *at = model_node(m, arm);
        if (at->kind != NODE_ARM || (at->flags & NODE_FLAG_ARM) == ARM_AFTER) continue;
        node_ix pattern = model_kid(m, arm, 2);
        if (timeout && node_names_atom(m, pattern, timeout)) return true;
        killed &= (down && node_names_atom(m, pattern, down)) ||
                  (exits && node_names_atom(m, pattern, exits));
    }
    return killed;
}

/* Does the receive wait for either of two references that were made just before? */
static bool two_references(const model *m, clause_ix clause, node_ix receive)
{
    request_query q = {.m = m, .receive = receive};
    model_visit(m, m->clauses.items[clause].body, visit_request, &q);
    uint32_t used = 0;
    for (uint32_t i = 0; i < q.ref_count; i++) used += node_uses(m, receive, q.refs[i]);
    return used >= 2;
}

/* Where the callback's own module leads to the effect. */
static node_ix own_call(const model *m, const model_effect *e)
{
    module_ix own = m->functions.items[m->callbacks.items[e->root].function].module;
    node_ix node = e->node;
    for (frame_ix at = e->frame; at != NO_IX; at = m->frames.items[at].parent) {
        const model_frame *frame = &m->frames.items[at];
        if (m->functions.items[frame->function].module == own || !frame->call) break;
        node = frame->call;
    }
    return node;
}

/* A timer that could not be cancelled has fired: its message is there, the receive takes it out. */
static bool cancels_first(const model *m, function_ix function, clause_ix clause)
{
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->clause == clause && op->kind == OP_API && api_get(op->api)->kind == API_CANCEL)
            return true;
    }
    return false;
}

/* {'$gen_cast', Message} is a pair, {'$gen_call', From, Request} is not. */
static bool takes_casts_only(const model *m, node_ix arm)
{
    const fact_node *at = model_node(m, model_strip(m, model_kid(m, arm, 2)));
    return at->kind == NODE_TUPLE && at->kid_count == 2;
}

static bool server_casts(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (callback_event(cb) == CB_CAST && !cb->catch_all) return true;
    }
    return false;
}

/* A receive that is narrow and that its author may well want: for something new, or up to a limit
 * under a reference of its own; in a supervisor, which waits for children that it ends; as a step
 * of setting up, with a limit. */
static bool wait_may_be_meant(const model *m, const model_callback *cb, const model_effect *e,
                              const receive_shape *shape)
{
    if (server_acts_as_supervisor(m, cb->server)) return true;
    if (cb->kind == CB_CONTINUE && shape->has_after) return true;
    if (!clause_keeps_others(m, cb)) return true;
    clause_ix clause = clause_around(m, m->frames.items[e->frame].function, e->node);
    if (limited_otherwise(m, clause, e->node)) return true;
    return shape->widest == TAKES_PINNED && (shape->has_after || waits_for_fresh(m, e));
}

static void judge(classify *c, const model_effect *e)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    const model_frame *frame = &m->frames.items[e->frame];
    clause_ix clause = clause_around(m, frame->function, e->node);
    receive_shape shape = shape_of(m, clause, e->node);
    if (shape.arms == 0) return; /* a sleep */
    if (cancels_first(m, frame->function, clause)) return;
    if (shape.widest == TAKES_ANY && takes_casts_only(m, shape.widest_arm) &&
        !server_casts(m, cb->server))
        shape.widest = TAKES_TAGGED;
    if (shape.after_zero && shape.widest == TAKES_PINNED) return;
    if (shape.after_zero && shape.widest == TAKES_TAGGED && !shape.again) return;
    bool late = cb->kind == CB_INIT || cb->kind == CB_TERMINATE;
    if (late && shape.widest != TAKES_ANY) return;
    if (cb->kind == CB_INIT && m->servers.items[cb->server].kind == SERVER_SUPERVISOR) return;
    confidence conf = CONF_CERTAIN;
    if (e->ctx & CTX_CLOSURE || late) conf = CONF_POSSIBLE;
    if (shape.widest != TAKES_ANY && wait_may_be_meant(m, cb, e, &shape)) conf = CONF_POSSIBLE;
    conf = effect_trust(m, e, conf);
    const char *label = model_callback_label(m, e->root, &c->scratch);
    const char *key = arena_printf(&c->scratch, "%s %s", callback_key(c, e->root),
                                   function_key(c, frame->function));
    if (shape.widest == TAKES_ANY) {
        finding_add(c, conf, e->node, cb->server, key,
                    takes_casts_only(m, shape.widest_arm)
                        ? "%s reads its own mailbox and takes %s: a cast that waits there is lost"
                        : "%s reads its own mailbox and takes %s: a request that waits there is "
                          "lost and its client waits until it times out",
                    label, pattern_text(c, shape.widest_arm));
    } else if (shape.after_zero) {
        finding_add(c, CONF_POSSIBLE, own_call(m, e), cb->server, key,
                    "%s takes messages of one kind out of its mailbox in a loop: each round looks "
                    "through everything else that is queued",
                    label);
        finding_level(c, LEVEL_NOTE);
    } else if (shape.widest == TAKES_PINNED && two_references(m, clause, e->node)) {
        finding_add(c, MIN(conf, CONF_LIKELY), e->node, cb->server,
                    arena_printf(&c->scratch, "two references %s", key),
                    "%s waits for either of two fresh references: the runtime cannot skip what was "
                    "queued before, so each wait looks through the whole mailbox",
                    label);
        finding_level(c, LEVEL_NOTE);
    } else if (shape.widest == TAKES_PINNED) {
        finding_add(c, MIN(conf, CONF_LIKELY), e->node, cb->server, key,
                    "%s waits in a receive of its own for an answer%s; until then the server "
                    "answers nobody",
                    label, shape.has_after ? "" : ", without a time limit");
        finding_level(c, LEVEL_NOTE);
    } else {
        finding_add(c, MIN(conf, CONF_LIKELY), e->node, cb->server, key,
                    "%s waits in a receive of its own%s: the server answers nobody, and each wait "
                    "looks through everything that is queued",
                    label, shape.has_after ? "" : " without a time limit");
        finding_level(c, LEVEL_WARNING);
    }
    finding_callback(c, e->root);
    finding_path_add(c, e, "receives from the server's mailbox");
}

/* ---- library functions: they run in whatever process calls them ---- */

static void judge_library(classify *c, const model_op *op)
{
    const model *m = c->m;
    const model_function *f = &m->functions.items[op->function];
    request_query q = {.m = m, .receive = op->node};
    model_visit(m, m->clauses.items[op->clause].body, visit_request, &q);
    receive_shape shape = shape_of(m, op->clause, op->node);
    if (!q.asked || shape.again || shape.arms == 0) return;
    const char *label = model_function_label(m, op->function, &c->scratch);
    const char *key = arena_printf(&c->scratch, "library %s", function_key(c, op->function));
    if (shape.widest == TAKES_ANY && !shape.after_zero && f->exported) {
        finding_add(
            c, CONF_POSSIBLE, op->node, NO_IX, key,
            "%s takes the next message of its caller as the answer, whatever it is; a server "
            "that calls it loses a request",
            label);
        finding_step_add(c, op->node, "receives any message");
        return;
    }
    if (!two_references(m, op->clause, op->node)) return;
    finding_add(c, CONF_POSSIBLE, op->node, NO_IX, key,
                "%s waits for either of two fresh references: the runtime cannot skip what was "
                "queued before, so each request looks through the whole mailbox of its caller",
                label);
    finding_level(c, LEVEL_NOTE);
    finding_step_add(c, op->node, "receives with two references");
}

/* Does the clause get something out of a table or map: the reference was made long ago? */
static bool loads_reference(const model *m, node_ix body)
{
    static const char *const NAMES[] = {"take", "lookup", "find", "get", "pop", "fetch", "keytake"};
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
        if (node_calls(m, body, NAMES[i])) return true;
    return false;
}

/* demonitor(Ref, [flush]) of a reference that was made elsewhere scans the mailbox. */
static void judge_flush(classify *c, const model_op *op)
{
    const model *m = c->m;
    node_ix ref = model_strip(m, model_arg(m, op->node, 0));
    node_ix options = model_strip(m, model_arg(m, op->node, 1));
    if (!options || node_count_kind(m, options, NODE_ATOM, 1) == 0) return;
    if (!model_option(m, options, "flush") && model_node(m, options)->kind == NODE_LIST &&
        !model_is_atom(m, model_kid(m, options, 0), "flush"))
        return;
    const model_clause *clause = &m->clauses.items[op->clause];
    request_query q = {.m = m, .receive = op->node};
    model_visit(m, clause->body, visit_request, &q);
    for (uint32_t i = 0; i < q.ref_count; i++)
        if (node_uses(m, ref, q.refs[i])) return;
    if (!(op->ctx & CTX_LOOP) && !loads_reference(m, clause->body)) return;
    finding_add(c, CONF_POSSIBLE, op->node, NO_IX,
                arena_printf(&c->scratch, "flush %s", function_key(c, op->function)),
                "%s flushes a monitor's message by looking through the whole mailbox, for each "
                "monitor that it removes",
                model_function_label(m, op->function, &c->scratch));
    finding_level(c, LEVEL_NOTE);
    finding_step_add(c, op->node, "demonitors with flush");
}

void rule_receive_in_callback(classify *c)
{
    const model *m = c->m;
    map64 seen = {0}, in_callback = {0};
    for (vec_each(&m->effects, e)) {
        if (e->kind != EFFECT_RECEIVE) continue;
        const model_callback *cb = &m->callbacks.items[e->root];
        if (e->ctx & (CTX_SPAWNED | CTX_IN_SERVER) || !callback_in_server(m, cb)) continue;
        seen_first(&in_callback, e->node, 0);
        if (seen_first(&seen, cb->server, e->node)) judge(c, e);
    }
    for (vec_each(&m->ops, op)) {
        if (op->ctx & CTX_SPAWNED || m->functions.items[op->function].is_test) continue;
        if (op->kind == OP_RECEIVE && seen_first(&in_callback, op->node, 0)) judge_library(c, op);
        if (op->kind == OP_API && api_get(op->api)->kind == API_DEMONITOR) judge_flush(c, op);
    }
    map64_release(&seen);
    map64_release(&in_callback);
}
