#include "base/base.h"
#include "model/model.h"

static const char *const KINDS[] = {"accept", "refuse", "crash", "postpone", "ignore"};

static void print_tag(const model *m, const model_transition *t, buf *out)
{
    sv tag = t->tag ? model_text(m, t->tag) : SV("_");
    buf_printf(out, "%s %.*s", t->event ? callback_kind_name((callback_kind)t->event) : "any",
               SV_FMT(tag));
    if (t->tag_arity) buf_printf(out, "/%u", t->tag_arity);
}

static sv server_label(const model *m, server_ix server)
{
    return model_text(m, m->modules.items[m->servers.items[server].module].name);
}

void model_protocol_print(const model *m, buf *out)
{
    static const char *const uses[] = {"read", "write", "require", "refuse", "crash"};
    static const char *const values[] = {"?", "unset", "set", "atom"};
    static const char *const statuses[] = {"unknown", "enforced", "not enforced", "contradicted"};
    server_ix last = NO_IX;
    for (uint32_t s = 0; s < m->states.count; s++) {
        const model_state *state = &m->states.items[s];
        if (state->server != last)
            buf_printf(out, "server %.*s\n", SV_FMT(server_label(m, state->server)));
        last = state->server;
        buf_printf(out, "  state %.*s%s\n", SV_FMT(model_text(m, state->name)),
                   state->initial ? " initial" : "");
        for (vec_each(&m->transitions, t)) {
            if (t->from != s) continue;
            buf_add_c(out, "    ");
            print_tag(m, t, out);
            buf_printf(out, " %s", KINDS[t->kind]);
            if (t->to != s)
                buf_printf(out, " -> %.*s", SV_FMT(model_text(m, m->states.items[t->to].name)));
            place at = model_place(m, m->callbacks.items[t->callback].node);
            buf_printf(out, " (line %u)\n", at.line);
        }
    }
    for (vec_each(&m->field_uses, u)) {
        place at = model_place(m, u->node);
        buf_printf(out, "use %.*s %s %.*s %s%s%.*s %.*s:%u\n",
                   SV_FMT(server_label(m, m->callbacks.items[u->callback].server)),
                   callback_kind_name((callback_kind)m->callbacks.items[u->callback].kind),
                   SV_FMT(model_text(m, u->field)), uses[u->kind], " ",
                   SV_FMT(u->value == FV_ATOM ? model_text(m, u->atom) : sv_from(values[u->value])),
                   SV_FMT(at.path), at.line);
    }
    for (vec_each(&m->orders, o))
        buf_printf(out, "order %.*s before %.*s: %s (%.*s:%u)\n", SV_FMT(model_text(m, o->first)),
                   SV_FMT(model_text(m, o->then)), statuses[o->status],
                   SV_FMT(model_text(m, m->files.items[o->file].path)), o->line);
}

/* A name as a quoted Graphviz string. */
static void dot_text(buf *out, sv text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\') buf_add_char(out, '\\');
        buf_add_char(out, text.data[i]);
    }
    buf_add_char(out, '"');
}

void model_protocol_dot(const model *m, buf *out)
{
    static const char *const styles[] = {"solid", "dashed", "bold", "dotted", "dotted"};
    buf_add_c(out, "digraph protocols {\n  rankdir=LR;\n");
    server_ix last = NO_IX;
    for (uint32_t s = 0; s < m->states.count; s++) {
        const model_state *state = &m->states.items[s];
        if (state->server != last) {
            if (last != NO_IX) buf_add_c(out, "  }\n");
            buf_printf(out, "  subgraph cluster_%u {\n    label=", state->server);
            dot_text(out, server_label(m, state->server));
            buf_add_c(out, ";\n");
        }
        last = state->server;
        buf_printf(out, "    s%u [label=", s);
        dot_text(out, model_text(m, state->name));
        buf_printf(out, "%s];\n", state->initial ? ", peripheries=2" : "");
    }
    if (last != NO_IX) buf_add_c(out, "  }\n");
    for (vec_each(&m->transitions, t)) {
        buf label = {0};
        print_tag(m, t, &label);
        if (t->kind != TRANSITION_ACCEPT) buf_printf(&label, " (%s)", KINDS[t->kind]);
        buf_printf(out, "  s%u -> s%u [style=%s, label=", t->from, t->to, styles[t->kind]);
        dot_text(out, buf_sv(&label));
        buf_add_c(out, "];\n");
        buf_release(&label);
    }
    buf_add_c(out, "}\n");
}
