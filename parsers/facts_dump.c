/* Facts as text: stable, for golden tests and for people. */
#include "base/base.h"

#include "parsers/facts.h"

static void text_add(buf *out, sv text)
{
    static const char HEX[] = "0123456789abcdef";
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\') {
            buf_add_char(out, '\\');
            buf_add_char(out, (char)c);
        } else if (c == '\n') {
            buf_add_c(out, "\\n");
        } else if (c < 0x20 || c == 0x7f) {
            buf_add_c(out, "\\x");
            buf_add_char(out, HEX[c >> 4]);
            buf_add_char(out, HEX[c & 15]);
        } else {
            buf_add_char(out, (char)c);
        }
    }
    buf_add_char(out, '"');
}

static bool is_plain(sv text)
{
    if (text.size == 0) return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '.' || c == '?' || c == '!' || c == '@' || c == '&' ||
                    (unsigned char)c >= 0x80;
        if (!word) return false;
    }
    return true;
}

static void name_add(buf *out, sv name)
{
    if (is_plain(name)) buf_add(out, name);
    else text_add(out, name);
}

static const char *const ARM_NAMES[8] = {
    [ARM_CASE] = "arm",          [ARM_FN] = "arm_fn",
    [ARM_RESCUE] = "arm_rescue", [ARM_CATCH] = "arm_catch",
    [ARM_ELSE] = "arm_else",     [ARM_FINALLY] = "arm_finally",
    [ARM_AFTER] = "arm_after",   [ARM_AFTER + 1] = "arm_invalid"};

static void node_add(const facts *f, node_ix at, buf *out);

static void kids_add(const facts *f, node_ix at, buf *out)
{
    const fact_node *n = &f->nodes.items[at];
    for (uint32_t i = 0; i < n->kid_count; i++) {
        buf_add_char(out, ' ');
        node_add(f, f->kids.items[n->kid_first + i], out);
    }
}

static void call_mark_add(const fact_node *n, buf *out)
{
    if (n->kind != NODE_CALL && n->kind != NODE_CALL_REMOTE && n->kind != NODE_CALL_FUN &&
        n->kind != NODE_CALL_DYNAMIC && n->kind != NODE_MACRO)
        return;
    if (n->flags & NODE_FLAG_PIPED) buf_add_char(out, '|');
    if (n->kind == NODE_MACRO && (n->flags & NODE_FLAG_ARGS)) buf_add_char(out, '(');
}

/* Depth is at most NODE_DEPTH_MAX by the contract of facts. */
static void node_add(const facts *f, node_ix at, buf *out)
{
    const fact_node *n = &f->nodes.items[at];
    sv name = facts_text(f, n->name);
    switch ((node_kind)n->kind) {
    case NODE_NONE: buf_add_char(out, '-'); return;
    case NODE_ATOM:
        if (!(n->flags & NODE_FLAG_MODULE)) buf_add_char(out, ':');
        name_add(out, name);
        if (n->flags & NODE_FLAG_SELF) buf_add_char(out, '!');
        return;
    case NODE_VAR:
    case NODE_INT:
    case NODE_FLOAT: name_add(out, name); return;
    case NODE_STRING: text_add(out, name); return;
    default: break;
    }
    buf_add_char(out, '(');
    buf_add_c(out, n->kind == NODE_ARM ? ARM_NAMES[n->flags & NODE_FLAG_ARM]
                                       : node_kind_name((node_kind)n->kind));
    call_mark_add(n, out);
    if (n->kind == NODE_LIST && (n->flags & NODE_FLAG_TAIL)) buf_add_c(out, "|");
    if (n->kind == NODE_MAP && (n->flags & NODE_FLAG_EXACT)) buf_add_c(out, ":=");
    if (n->name) {
        buf_add_char(out, ' ');
        name_add(out, name);
    }
    kids_add(f, at, out);
    buf_add_char(out, ')');
}

static void value_add(const facts *f, node_ix at, buf *out)
{
    if (!at) return;
    buf_add_char(out, ' ');
    node_add(f, at, out);
}

static void module_name_add(const facts *f, uint32_t module, buf *out)
{
    name_add(out, facts_text(f, f->modules.items[module].name));
}

static void params_add(const facts *f, uint32_t first, uint32_t count, buf *out)
{
    buf_add_char(out, '(');
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_add_char(out, ' ');
        node_add(f, f->kids.items[first + i], out);
    }
    buf_add_char(out, ')');
}

static void modules_add(const facts *f, buf *out)
{
    static const char *const KINDS[] = {"plain", "protocol", "impl", "using", "header", "script"};
    for (uint32_t i = 0; i < f->modules.count; i++) {
        const fact_module *m = &f->modules.items[i];
        buf_printf(out, "module %u ", i);
        name_add(out, facts_text(f, m->name));
        buf_printf(out, " %s %u-%u", m->kind < ARRAY_LEN(KINDS) ? KINDS[m->kind] : "invalid",
                   m->line, m->end_line);
        if (m->parent) buf_printf(out, " in %u", m->parent - 1);
        if (m->is_test) buf_add_c(out, " test");
        buf_add_char(out, '\n');
    }
}

static void functions_add(const facts *f, buf *out)
{
    static const char *const KINDS[] = {"def", "defp", "defmacro", "defmacrop"};
    for (vec_each(&f->functions, fn)) {
        buf_printf(out, "%s %u:", fn->kind < ARRAY_LEN(KINDS) ? KINDS[fn->kind] : "invalid",
                   fn->module);
        name_add(out, facts_text(f, fn->name));
        buf_printf(out, "/%u", fn->arity);
        if (fn->default_count) buf_printf(out, "-%u", fn->default_count);
        buf_printf(out, " %u-%u", fn->line, fn->end_line);
        if (fn->is_test) buf_add_c(out, " test");
        if (fn->is_delegate) buf_add_c(out, " delegate");
        if (fn->is_impl) buf_add_c(out, " impl");
        buf_add_char(out, '\n');
        for (uint32_t i = 0; i < fn->clause_count; i++) {
            const fact_clause *c = &f->clauses.items[fn->clause_first + i];
            buf_printf(out, "  %u:%u-%u%s ", c->line, c->col, c->end_line,
                       c->conditional ? " conditional" : "");
            params_add(f, c->param_first, fn->arity, out);
            if (c->guard) {
                buf_add_c(out, " when ");
                node_add(f, c->guard, out);
            }
            if (c->body) {
                buf_add_c(out, "\n    ");
                node_add(f, c->body, out);
            }
            buf_add_char(out, '\n');
        }
    }
}

static void directives_add(const facts *f, buf *out)
{
    for (vec_each(&f->uses, u)) {
        buf_printf(out, "use %u:", u->module);
        name_add(out, facts_text(f, u->target));
        value_add(f, u->opts, out);
        buf_add_char(out, '\n');
    }
    for (vec_each(&f->imports, im)) {
        buf_printf(out, "import %u:", im->module);
        name_add(out, facts_text(f, im->target));
        if (im->only) buf_add_c(out, " only");
        value_add(f, im->only, out);
        if (im->except) buf_add_c(out, " except");
        value_add(f, im->except, out);
        buf_add_char(out, '\n');
    }
    for (vec_each(&f->behaviours, b)) {
        buf_printf(out, "behaviour %u:", b->module);
        name_add(out, facts_text(f, b->name));
        buf_add_char(out, '\n');
    }
    for (vec_each(&f->attributes, a)) {
        buf_printf(out, "attribute %u:", a->module);
        name_add(out, facts_text(f, a->name));
        value_add(f, a->value, out);
        buf_add_char(out, '\n');
    }
}

static void preprocessor_add(const facts *f, buf *out)
{
    for (vec_each(&f->macros, m)) {
        buf_printf(out, "define %u:", m->module);
        name_add(out, facts_text(f, m->name));
        if (m->arity >= 0) params_add(f, m->param_first, (uint32_t)m->arity, out);
        value_add(f, m->body, out);
        buf_add_char(out, '\n');
    }
    for (vec_each(&f->includes, in)) {
        buf_printf(out, "include%s %u:", in->is_lib ? "_lib" : "", in->module);
        text_add(out, facts_text(f, in->path));
        buf_add_char(out, '\n');
    }
    for (vec_each(&f->exports, e)) {
        buf_printf(out, "export %u:", e->module);
        name_add(out, facts_text(f, e->name));
        buf_printf(out, "/%u\n", e->arity);
    }
}

static void records_add(const facts *f, buf *out)
{
    for (vec_each(&f->records, r)) {
        buf_printf(out, "%s %u:", r->is_struct ? "struct" : "record", r->module);
        name_add(out, facts_text(f, r->name));
        for (uint32_t i = 0; i < r->field_count; i++) {
            const fact_field *field = &f->fields.items[r->field_first + i];
            buf_add_char(out, ' ');
            name_add(out, facts_text(f, field->name));
            if (field->value) {
                buf_add_char(out, '=');
                node_add(f, field->value, out);
            }
        }
        buf_add_char(out, '\n');
    }
}

static void texts_add(const facts *f, buf *out)
{
    static const char *const KINDS[] = {"moduledoc", "doc", "comment"};
    for (vec_each(&f->docs, d)) {
        buf_printf(out, "%s ", d->kind < ARRAY_LEN(KINDS) ? KINDS[d->kind] : "invalid");
        module_name_add(f, d->module, out);
        if (d->function) {
            const fact_function *fn = &f->functions.items[d->function - 1];
            buf_add_char(out, '.');
            name_add(out, facts_text(f, fn->name));
            buf_printf(out, "/%u", fn->arity);
        }
        buf_printf(out, " %u-%u ", d->line, d->end_line);
        text_add(out, facts_text(f, d->text));
        buf_add_char(out, '\n');
    }
    for (vec_each(&f->ignores, ig)) {
        buf_printf(out, "ignore %u ", ig->line);
        name_add(out, facts_text(f, ig->rule));
        buf_add_char(out, ' ');
        text_add(out, facts_text(f, ig->reason));
        buf_add_char(out, '\n');
    }
}

void facts_dump(const facts *f, buf *out)
{
    static const char *const LANGS[LANG_COUNT] = {"none", "elixir", "erlang"};
    buf_printf(out, "facts %s %u lines", f->lang < LANG_COUNT ? LANGS[f->lang] : "invalid",
               f->line_count);
    if (f->partial) buf_add_c(out, " partial");
    if (f->error_count)
        buf_printf(out, " errors=%u error_bytes=%u", f->error_count, f->error_bytes);
    buf_add_char(out, '\n');
    modules_add(f, out);
    functions_add(f, out);
    directives_add(f, out);
    preprocessor_add(f, out);
    records_add(f, out);
    texts_add(f, out);
    for (vec_each(&f->terms, t)) {
        buf_add_c(out, "term ");
        node_add(f, *t, out);
        buf_add_char(out, '\n');
    }
}
