/* missing-reply, late-reply: answers that never come, and answers that come too late. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/shared.h"

/* ---- missing-reply ---- */

typedef struct {
    node_ix body, guard;
    bool used;
} from_query;

static bool visit_from(const model *m, node_ix node, void *payload)
{
    from_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_VAR && !sv_eq(model_text(m, at->name), SV("_")))
        q->used = q->used || node_uses(m, q->body, at->name) || node_uses(m, q->guard, at->name);
    return !q->used;
}

static bool is_noreply(const model *m, val_ix value)
{
    const model_val *v = model_value(m, value);
    if (v->kind != VAL_TUPLE || v->kid_count < 2) return false;
    const model_val *head = model_value(m, model_value_kid(m, value, 0));
    return head->kind == VAL_ATOM && sv_eq(model_text(m, head->name), SV("noreply"));
}

static bool returns_noreply(const model *m, const model_callback *cb, bool *always)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < cb->return_count; i++)
        count += is_noreply(m, m->returns.items[cb->return_first + i]);
    *always = count == cb->return_count;
    return count > 0;
}

static void judge_clause(classify *c, callback_ix callback)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[callback];
    bool always = false;
    if (cb->kind != CB_CALL || cb->catch_all || !cb->from || !cb->message) return;
    if (m->servers.items[cb->server].kind == SERVER_EVENT) return;
    if (!returns_noreply(m, cb, &always)) return;
    from_query q = {.body = cb->node, .guard = m->clauses.items[cb->clause].guard};
    model_visit(m, cb->from, visit_from, &q);
    if (q.used) return;
    finding_add(c, always ? CONF_CERTAIN : CONF_POSSIBLE, cb->message, cb->server,
                callback_key(c, callback),
                "%s %s noreply and keeps no caller: nobody can answer, the client waits until it "
                "times out",
                model_callback_label(m, callback, &c->scratch), always ? "returns" : "can return");
    finding_callback(c, callback);
    finding_step_add(c, cb->from, "the caller's address is not used");
    finding_step_add(c, cb->node, "ends without a reply");
}

/* GenServer.reply and gen_server:reply take the caller's address and the answer. */
static void judge_arity(classify *c, function_ix function, const model_op *op)
{
    const model *m = c->m;
    const fact_node *at = model_node(m, op->node);
    if (at->kind != NODE_CALL_REMOTE || !sv_eq(model_text(m, at->name), SV("reply"))) return;
    if (!model_is_atom(m, model_kid(m, op->node, 0), "GenServer") &&
        !model_is_atom(m, model_kid(m, op->node, 0), "gen_server"))
        return;
    uint32_t count = model_arg_count(m, op->node);
    if (count == 2) return;
    finding_add(c, CONF_CERTAIN, op->node,
                m->modules.items[m->functions.items[function].module].server,
                arena_printf(&c->scratch, "reply/%u %s", count, function_key(c, function)),
                "%s calls %s, which does not exist: the server crashes and the caller gets an exit "
                "in place of an answer",
                model_function_label(m, function, &c->scratch), call_label(c, op->node));
    finding_step_add(c, op->node, "reply takes two arguments");
}

void rule_missing_reply(classify *c)
{
    const model *m = c->m;
    for (callback_ix i = 0; i < m->callbacks.count; i++) judge_clause(c, i);
    for (vec_each(&m->ops, op))
        if (op->kind != OP_FUNCTION) judge_arity(c, op->function, op);
}

/* ---- late-reply ---- */

static bool waits_with_limit(const model_effect *e)
{
    return (e->kind == API_CALL || e->kind == API_RUN_IN_SERVER) &&
           (e->timeout_ms >= 0 || e->timeout_ms == TIMEOUT_UNKNOWN_MS);
}

/* A call in a callback whose time-out is caught, in a server that has no clause for the answer. */
static void judge_caught(classify *c, const model_effect *e)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[e->root];
    bool specific = false;
    if (!waits_with_limit(e) || e->ctx & (CTX_SPAWNED | CTX_IN_SERVER)) return;
    if (!callback_in_server(m, cb) || cb->kind == CB_TERMINATE) return;
    if (!server_has_info(m, cb->server)) return;
    if (server_takes_info(m, cb->server, NULL, 2, &specific)) return;
    finding_add(
        c, CONF_POSSIBLE, e->node, cb->server,
        arena_printf(&c->scratch, "%s %s", callback_key(c, e->root), call_label(c, e->node)),
        "%s catches the time-out of %s (%s) and goes on; an answer that comes later is a "
        "{reference, answer} that no info clause of %s takes",
        model_callback_label(m, e->root, &c->scratch), call_label(c, e->node),
        timeout_label(c, e->timeout_ms), server_label(c, cb->server));
    finding_callback(c, e->root);
    finding_path_add(c, e, "a call whose time-out is caught");
}

/* A process that is a plain recursive function and never receives. */
typedef struct {
    const model *m;
    sym name;
    bool recursive;
} loop_query;

static bool loops(const model *m, function_ix function)
{
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->kind == OP_FUNCTION && op->target == function) return true;
    }
    return false;
}

/* Does the function, or what it calls in its own module, receive? */
static bool receives(const model *m, function_ix function, uint32_t depth)
{
    const model_function *f = &m->functions.items[function];
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (op->kind == OP_RECEIVE) return true;
        if (op->kind == OP_FUNCTION && op->target != function && depth > 0 &&
            receives(m, op->target, depth - 1))
            return true;
    }
    return false;
}

/* The first call with a time limit that a function makes, itself or one level down. */
static const model_op *timed_call(const model *m, const model_op *op, uint32_t depth)
{
    if (op->kind == OP_API) {
        const api_row *row = api_get(op->api);
        return row->kind == API_CALL && row->timeout_default >= 0 ? op : NULL;
    }
    if (op->kind != OP_FUNCTION || depth == 0) return NULL;
    const model_function *f = &m->functions.items[op->target];
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *found = timed_call(m, &m->ops.items[f->op_first + i], depth - 1);
        if (found) return found;
    }
    return NULL;
}

static void judge_loop(classify *c, function_ix function)
{
    const model *m = c->m;
    const model_function *f = &m->functions.items[function];
    if (m->modules.items[f->module].server != NO_IX || !loops(m, function)) return;
    for (uint32_t i = 0; i < f->op_count; i++) {
        const model_op *op = &m->ops.items[f->op_first + i];
        if (!(op->ctx & CTX_CAUGHT) || op->target == function) continue;
        const model_op *call = timed_call(m, op, 2);
        if (!call) continue;
        if (receives(m, function, 2)) return;
        finding_add(
            c, CONF_POSSIBLE, op->node, NO_IX, function_key(c, function),
            "%s goes on after the time-out of %s and never receives: each late answer stays "
            "in the mailbox of the loop",
            model_function_label(m, function, &c->scratch), call_label(c, call->node));
        finding_step_add(c, op->node, "a call whose time-out is caught");
        if (call != op) finding_step_add(c, call->node, "the call");
        return;
    }
}

/* A request written by hand: a fresh reference, a receive with a time limit, and nothing that
 * takes a late answer back. */
typedef enum { REF_NONE, REF_PLAIN, REF_ALIAS, REF_MONITOR_ALIAS } ref_kind;
typedef struct {
    node_ix receive;
    sym variable; /* the reference that the receive compares */
    ref_kind kind;
    bool passed;
    bool after_unalias; /* an `after` of a try, behind the receive, takes the alias back */
} hand_query;

static ref_kind made_by(const model *m, node_ix value)
{
    value = model_strip(m, value);
    const fact_node *at = model_node(m, value);
    if (at->kind != NODE_CALL && at->kind != NODE_CALL_REMOTE) return REF_NONE;
    sv name = model_text(m, at->name);
    if (sv_eq(name, SV("make_ref"))) return REF_PLAIN;
    if (sv_eq(name, SV("alias"))) return REF_ALIAS;
    if (!sv_eq(name, SV("monitor"))) return REF_NONE;
    uint32_t count = model_arg_count(m, value);
    return count && model_option(m, model_arg(m, value, count - 1), "alias") ? REF_MONITOR_ALIAS
                                                                             : REF_NONE;
}

/* Does a pattern of the receive compare with the variable? */
static bool compares(const model *m, node_ix receive, sym variable)
{
    for (uint32_t i = 0; i < model_kid_count(m, receive); i++) {
        node_ix arm = model_kid(m, receive, i);
        const fact_node *at = model_node(m, arm);
        if (at->kind != NODE_ARM || (at->flags & NODE_FLAG_ARM) == ARM_AFTER) continue;
        if (node_uses(m, model_kid(m, arm, 2), variable)) return true;
    }
    return false;
}

static bool visit_hand(const model *m, node_ix node, void *payload)
{
    hand_query *q = payload;
    if (node == q->receive) q->passed = true;
    if (q->passed) return false;
    const fact_node *at = model_node(m, node);
    if (at->kind != NODE_MATCH) return true;
    node_ix left = model_kid(m, node, 0);
    ref_kind kind = made_by(m, model_kid(m, node, 1));
    if (kind && model_node(m, left)->kind == NODE_VAR &&
        compares(m, q->receive, model_node(m, left)->name)) {
        q->variable = model_node(m, left)->name;
        q->kind = kind;
    }
    return true;
}

static node_ix after_arm(const model *m, node_ix receive)
{
    for (uint32_t i = 0; i < model_kid_count(m, receive); i++) {
        node_ix arm = model_kid(m, receive, i);
        if (model_node(m, arm)->kind == NODE_ARM &&
            (model_node(m, arm)->flags & NODE_FLAG_ARM) == ARM_AFTER)
            return arm;
    }
    return 0;
}

static bool ends_process(const model *m, node_ix body)
{
    const fact_node *last = model_node(m, node_last(m, body));
    if (last->kind != NODE_CALL && last->kind != NODE_CALL_REMOTE) return false;
    sv name = model_text(m, last->name);
    return sv_eq(name, SV("exit")) || sv_eq(name, SV("raise")) || sv_eq(name, SV("error")) ||
           sv_eq(name, SV("throw"));
}

/* Is the sender of the answer a process that the function itself spawned (and so may still send
 * after the time-out, whatever the caller does)? */
static bool spawns(const model *m, const model_clause *clause)
{
    return node_calls(m, clause->body, "spawn") || node_calls(m, clause->body, "spawn_link") ||
           node_calls(m, clause->body, "spawn_monitor");
}

/* Is the function only the body of spawned processes: named in a spawn, called by nothing else? */
static bool only_spawned(const model *m, function_ix function)
{
    const model_function *f = &m->functions.items[function];
    const model_module *mod = &m->modules.items[f->module];
    bool named = false;
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *other = &m->functions.items[mod->function_first + i];
        for (uint32_t k = 0; k < other->op_count; k++) {
            const model_op *op = &m->ops.items[other->op_first + k];
            if (op->kind == OP_FUNCTION && op->target == function) {
                if (!(op->ctx & CTX_SPAWNED)) return false;
                named = true;
            }
            if (op->kind == OP_API && api_get(op->api)->kind == API_SPAWN &&
                node_names_atom(m, op->node, f->name))
                named = true;
        }
    }
    return named;
}

static void judge_by_hand(classify *c, const model_op *op)
{
    const model *m = c->m;
    const model_clause *clause = &m->clauses.items[op->clause];
    node_ix after = after_arm(m, op->node);
    if (!after) return;
    node_ix limit = model_strip(m, model_kid(m, after, 2)), body = model_kid(m, after, 1);
    const fact_node *value = model_node(m, limit);
    if (model_is_atom(m, limit, "infinity")) return;
    if (value->kind == NODE_INT && sv_eq(model_text(m, value->name), SV("0"))) return;
    hand_query q = {.receive = op->node};
    model_visit(m, clause->body, visit_hand, &q);
    if (q.kind == REF_NONE || q.kind == REF_MONITOR_ALIAS) return;
    if (only_spawned(m, op->function)) return; /* the process ends with the function */
    bool flushed = node_count_kind(m, body, NODE_RECEIVE, 1) > 0;
    if (q.kind == REF_PLAIN && (flushed || node_calls(m, body, "flush"))) return;
    if (q.kind == REF_PLAIN && ends_process(m, body) && !spawns(m, clause)) return;
    if (q.kind == REF_ALIAS) {
        /* Each way out takes the alias back; only those with a receive behind it take what was
         * delivered just before. */
        uint32_t receives_in = node_count_kind(m, clause->body, NODE_RECEIVE, 8);
        bool finally = node_count_kind(m, clause->body, NODE_TRY, 1) > 0;
        if (flushed && !(finally && receives_in < 3)) return;
    }
    bool sure = q.kind == REF_PLAIN && !ends_process(m, body);
    finding_add(c, sure ? CONF_LIKELY : CONF_POSSIBLE, op->node, NO_IX,
                function_key(c, op->function),
                q.kind == REF_ALIAS
                    ? "%s takes its alias back without looking for an answer that was delivered "
                      "just before: it stays in the caller's mailbox"
                    : "%s gives up after its time limit, but the answer to its reference may still "
                      "come: it stays in the caller's mailbox, or crashes a server that calls this",
                model_function_label(m, op->function, &c->scratch));
    finding_step_add(c, op->node, "waits with a time limit");
    finding_step_add(c, after, "gives up");
}

/* {self(), Ref} with Ref from monitor(.., [{alias, _}]): who answers through the pair sends to the
 * pid, and the alias protects nothing. */
typedef struct {
    classify *c;
    const model_op *op;
    sym variable;
    sym self_variable;
} pair_query;

static bool visit_pair(const model *m, node_ix node, void *payload)
{
    pair_query *q = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_MATCH) {
        node_ix left = model_kid(m, node, 0);
        const fact_node *right = model_node(m, model_strip(m, model_kid(m, node, 1)));
        if (model_node(m, left)->kind == NODE_VAR) {
            if (made_by(m, model_kid(m, node, 1)) == REF_MONITOR_ALIAS)
                q->variable = model_node(m, left)->name;
            if (right->kind == NODE_CALL && sv_eq(model_text(m, right->name), SV("self")))
                q->self_variable = model_node(m, left)->name;
        }
    }
    if (at->kind != NODE_TUPLE || at->kid_count != 2 || !q->variable) return true;
    const fact_node *pid = model_node(m, model_strip(m, model_kid(m, node, 0)));
    const fact_node *ref = model_node(m, model_strip(m, model_kid(m, node, 1)));
    bool self = (pid->kind == NODE_CALL && sv_eq(model_text(m, pid->name), SV("self"))) ||
                (pid->kind == NODE_VAR && q->self_variable && pid->name == q->self_variable);
    if (!self || ref->kind != NODE_VAR || ref->name != q->variable) return true;
    classify *c = q->c;
    finding_add(c, CONF_LIKELY, node, NO_IX,
                arena_printf(&c->scratch, "pair %s", function_key(c, q->op->function)),
                "%s hands out {pid, reference}: an answer is sent to the pid and not to the alias, "
                "so it is delivered after the time-out too",
                model_function_label(m, q->op->function, &c->scratch));
    finding_step_add(c, q->op->node, "makes the alias");
    finding_step_add(c, node, "gives the pid in its place");
    return false;
}

static void judge_pair(classify *c, const model_op *op)
{
    const model *m = c->m;
    if (made_by(m, op->node) != REF_MONITOR_ALIAS) return;
    pair_query q = {.c = c, .op = op};
    model_visit(m, m->clauses.items[op->clause].body, visit_pair, &q);
}

void rule_late_reply(classify *c)
{
    const model *m = c->m;
    map64 seen = {0};
    for (vec_each(&m->effects, e)) {
        if (!(e->ctx & CTX_CAUGHT) || !waits_with_limit(e)) continue;
        if (seen_first(&seen, m->callbacks.items[e->root].server, e->node)) judge_caught(c, e);
    }
    for (function_ix i = 0; i < m->functions.count; i++) judge_loop(c, i);
    for (vec_each(&m->ops, op)) {
        if (op->ctx & CTX_SPAWNED || m->functions.items[op->function].is_test) continue;
        if (op->kind == OP_RECEIVE) judge_by_hand(c, op);
        if (op->kind == OP_API && api_get(op->api)->kind == API_MONITOR) judge_pair(c, op);
    }
    map64_release(&seen);
}
