/* Names of callbacks and messages as people write them. */
#include "base/base.h"
#include "model/internal.h"

enum { LABEL_DEPTH_MAX = 2, LABEL_WIDTH_MAX = 5 };

static void atom_text(sv name, bool erlang, buf *out)
{
    bool module = name.size && name.data[0] >= 'A' && name.data[0] <= 'Z';
    bool word = sv_eq_c(name, "nil") || sv_eq_c(name, "true") || sv_eq_c(name, "false");
    if (!erlang && !module && !word) buf_add_char(out, ':');
    buf_add(out, name);
}

static void pattern_text(const model *m, node_ix node, bool erlang, int depth, buf *out)
{
    node = model_strip(m, node);
    const fact_node *at = model_node(m, node);
    const char *close = "";
    if (at->kind == NODE_MATCH) {
        node_ix left = model_kid(m, node, 0);
        bool var = model_node(m, model_strip(m, left))->kind == NODE_VAR;
        pattern_text(m, var ? model_kid(m, node, 1) : left, erlang, depth, out);
        return;
    }
    switch ((node_kind)at->kind) {
    case NODE_ATOM: atom_text(model_text(m, at->name), erlang, out); return;
    case NODE_INT: buf_add(out, model_text(m, at->name)); return;
    case NODE_VAR:
        buf_add(out, at->name == m->index->s_underscore || depth > 0 ? SV("…")
                                                                     : model_text(m, at->name));
        return;
    case NODE_TUPLE:
        buf_add_char(out, '{');
        close = "}";
        break;
    case NODE_STRUCT: buf_printf(out, "%%%.*s{…}", SV_FMT(model_text(m, at->name))); return;
    case NODE_RECORD: buf_printf(out, "#%.*s{…}", SV_FMT(model_text(m, at->name))); return;
    case NODE_MAP: buf_add_c(out, erlang ? "#{…}" : "%{…}"); return;
    case NODE_LIST: buf_add_c(out, at->kid_count ? "[…]" : "[]"); return;
    case NODE_STRING:
        buf_printf(out, "\"%.*s\"", (int)MIN(model_text(m, at->name).size, 40u),
                   model_text(m, at->name).data);
        return;
    default: buf_add_c(out, "…"); return;
    }
    for (uint32_t i = 0; i < at->kid_count; i++) {
        if (i) buf_add_c(out, ", ");
        if (i == LABEL_WIDTH_MAX || depth >= LABEL_DEPTH_MAX) {
            buf_add_c(out, "…");
            break;
        }
        pattern_text(m, model_kid(m, node, i), erlang, depth + 1, out);
    }
    buf_add_c(out, close);
}

static void value_text(const model *m, val_ix v, bool erlang, int depth, buf *out)
{
    const model_val *at = model_value(m, v);
    switch ((val_kind)at->kind) {
    case VAL_ATOM: atom_text(model_text(m, at->name), erlang, out); return;
    case VAL_INT: buf_printf(out, "%" PRId64, at->number); return;
    case VAL_SELF: buf_add_c(out, "self()"); return;
    case VAL_MAP:
        if (at->name)
            buf_printf(out, erlang ? "#%.*s{…}" : "%%%.*s{…}", SV_FMT(model_text(m, at->name)));
        else buf_add_c(out, erlang ? "#{…}" : "%{…}");
        return;
    case VAL_TUPLE:
        buf_add_char(out, '{');
        for (uint32_t i = 0; i < at->kid_count; i++) {
            if (i) buf_add_c(out, ", ");
            if (i == LABEL_WIDTH_MAX || depth >= LABEL_DEPTH_MAX) {
                buf_add_c(out, "…");
                break;
            }
            value_text(m, model_value_kid(m, v, i), erlang, depth + 1, out);
        }
        buf_add_char(out, '}');
        return;
    default: buf_add_c(out, "…"); return;
    }
}

static const char *finish(buf *text, arena *a)
{
    const char *copy = arena_strndup(a, buf_sv(text).data, text->size);
    buf_release(text);
    return copy;
}

const char *model_callback_label(const model *m, callback_ix callback, arena *a)
{
    const model_callback *cb = &m->callbacks.items[callback];
    const model_server *s = &m->servers.items[cb->server];
    const model_function *f = &m->functions.items[cb->function];
    bool erlang = m->files.items[f->file].lang == LANG_ERLANG;
    buf text = {0};
    buf_printf(&text, "%.*s%c%.*s", SV_FMT(model_text(m, m->modules.items[s->module].name)),
               erlang ? ':' : '.', SV_FMT(model_text(m, f->name)));
    if (cb->kind == CB_INIT || cb->kind == CB_TERMINATE || !cb->message) {
        buf_printf(&text, "/%u", f->arity);
    } else {
        buf_add_char(&text, '(');
        pattern_text(m, cb->message, erlang, 0, &text);
        buf_add_char(&text, ')');
    }
    return finish(&text, a);
}

const char *model_message_label(const model *m, val_ix message, bool erlang, arena *a)
{
    buf text = {0};
    value_text(m, message, erlang, 0, &text);
    return finish(&text, a);
}
