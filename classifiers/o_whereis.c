/* state-gated-message: a callback that works only while a name is registered. */
#include "base/base.h"
#include "classifiers/o_shared.h"

/* Functions that fail when whereis found nothing. */
static bool needs_process(const model *m, node_ix call)
{
    static const char *const names[] = {"is_process_alive", "alive?", "link", "unlink",
                                        "process_info",     "info",   "send"};
    const fact_node *at = model_node(m, call);
    if (at->kind == NODE_CALL_REMOTE) {
        const fact_node *module = model_node(m, model_strip(m, model_kid(m, call, 0)));
        sv name = model_text(m, module->name);
        if (!sv_eq_c(name, "erlang") && !sv_eq_c(name, "Process") && !sv_eq_c(name, "Kernel"))
            return false;
    } else if (at->kind != NODE_CALL) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_eq_c(model_text(m, at->name), names[i])) return true;
    return false;
}

static bool is_whereis(const model *m, node_ix call)
{
    const fact_node *at = model_node(m, call);
    if (at->kind != NODE_CALL && at->kind != NODE_CALL_REMOTE) return false;
    return sv_eq_c(model_text(m, at->name), "whereis") && model_arg_count(m, call) == 1;
}

typedef struct {
    sym variable;
    node_ix looked_up, used;
    bool checked, literal;
} whereis_scan;

static bool is_variable(const model *m, node_ix node, sym variable)
{
    const fact_node *at = model_node(m, node);
    return variable && at->kind == NODE_VAR && at->name == variable;
}

/* A look at the variable that tells nil or undefined apart. */
static bool visit_check(const model *m, node_ix node, void *payload)
{
    whereis_scan *s = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind == NODE_CALL && at->kid_count) {
        sv name = model_text(m, at->name);
        if (sv_starts(name, SV("is_")) && !sv_eq_c(name, "is_process_alive") &&
            is_variable(m, model_kid(m, node, 0), s->variable))
            s->checked = true;
    }
    if (at->kind == NODE_OP || at->kind == NODE_CASE || at->kind == NODE_IF)
        for (uint32_t i = 0; i < at->kid_count; i++)
            if (is_variable(m, model_kid(m, node, i), s->variable)) s->checked = true;
    if (needs_process(m, node)) {
        node_ix arg = model_arg(m, node, 0);
        if (!s->used && (is_variable(m, arg, s->variable) ||
                         (!s->variable && is_whereis(m, model_strip(m, arg)))))
            s->used = node;
    }
    if (at->kind == NODE_TRY || at->kind == NODE_CATCH || at->kind == NODE_QUOTE) return false;
    return true;
}

static bool visit_whereis(const model *m, node_ix node, void *payload)
{
    whereis_scan *s = payload;
    const fact_node *at = model_node(m, node);
    if (at->kind != NODE_MATCH || s->looked_up) return true;
    node_ix value = model_strip(m, model_kid(m, node, 1));
    const fact_node *pattern = model_node(m, model_kid(m, node, 0));
    if (pattern->kind != NODE_VAR || !is_whereis(m, value)) return true;
    s->looked_up = value;
    s->variable = pattern->name;
    return true;
}

void judge_whereis(classify *c, callback_ix callback)
{
    const model *m = c->m;
    const model_callback *cb = &m->callbacks.items[callback];
    whereis_scan s = {0};
    model_visit(m, cb->node, visit_whereis, &s);
    model_visit(m, cb->node, visit_check, &s);
    if (!s.used || s.checked) return;
    node_ix lookup = s.looked_up ? s.looked_up : model_strip(m, model_arg(m, s.used, 0));
    const fact_node *name = model_node(m, model_strip(m, model_arg(m, lookup, 0)));
    if (name->kind != NODE_ATOM) return;
    bool erlang = node_is_erlang(m, s.used);
    finding_add(c, CONF_LIKELY, s.used, cb->server,
                arena_printf(&c->scratch, "%s:whereis(%.*s)", callback_key(c, callback),
                             SV_FMT(model_text(m, name->name))),
                "%s looks %.*s up and uses what it got as a process; while %.*s is not registered "
                "that is %s, and the server fails",
                model_callback_label(m, callback, &c->scratch), SV_FMT(model_text(m, name->name)),
                SV_FMT(model_text(m, name->name)), erlang ? "undefined" : "nil");
    finding_callback(c, callback);
    finding_step_add(c, lookup, "may find nothing");
    finding_step_add(c, s.used, "needs a process");
}
