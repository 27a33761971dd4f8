/* Orders that documentation states: which operation must come before which, and whether the
 * automaton of the server agrees. */
#include "base/base.h"
#include "model/protocol.h"

/* What joins two operations in a sentence. AFTER: what stands behind it comes first. FIRST: what
 * stands before the word "first" comes first. */
typedef enum { CUE_BEFORE, CUE_AFTER, CUE_FIRST } cue_kind;
static const struct {
    const char *text;
    uint8_t kind;
} CUES[] = {
    {"be called before", CUE_BEFORE},
    {"call this before", CUE_BEFORE},
    {"be invoked before", CUE_BEFORE},
    {"before calling", CUE_BEFORE},
    {"before you call", CUE_BEFORE},
    {"before using", CUE_BEFORE},
    {"prior to calling", CUE_BEFORE},
    {"be run before", CUE_BEFORE},
    {"be called after", CUE_AFTER},
    {"after calling", CUE_AFTER},
    {"called only after", CUE_AFTER},
    {"after a call to", CUE_AFTER},
    {"after having called", CUE_AFTER},
    {"only works after", CUE_AFTER},
    {"only valid after", CUE_AFTER},
    {"only be used after", CUE_AFTER},
    {"be used after", CUE_AFTER},
    {"requires that you call", CUE_AFTER},
    {"requires calling", CUE_AFTER},
    {"must have called", CUE_AFTER},
    {"have to call", CUE_AFTER},
    {"must first call", CUE_AFTER},
    {"first call", CUE_AFTER},
    {"only after", CUE_AFTER},
    {" after ", CUE_AFTER},
    {" first.", CUE_FIRST},
    {" first,", CUE_FIRST},
    {"be called first", CUE_FIRST},
};

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '?' || c == '!';
}

/* The public function of the module that a word names, as `name`, name/1, name(...) or, for a
 * gerund, its stem; 0. */
static sym operation_named(const model *m, module_ix module, sv word, bool marked)
{
    const model_module *mod = &m->modules.items[module];
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *fn = &m->functions.items[mod->function_first + i];
        if (fn->kind != FUNCTION_PUBLIC || fn->inherited) continue;
        sv name = model_text(m, fn->name);
        if (name.size < 3) continue;
        if (marked && sv_eq(word, name)) return fn->name;
        if (word.size == name.size + 3 && sv_starts(word, name) && sv_ends(word, SV("ing")))
            return fn->name;
    }
    return 0;
}

/* First operation named in a piece of text (last, when `backwards`). */
static sym operation_in(const model *m, module_ix module, sv text, bool backwards)
{
    sym found = 0;
    for (size_t i = 0; i < text.size;) {
        if (!is_word(text.data[i])) {
            i++;
            continue;
        }
        size_t end = i;
        while (end < text.size && is_word(text.data[end])) end++;
        char before = i ? text.data[i - 1] : ' ', after = end < text.size ? text.data[end] : ' ';
        bool marked = before == '`' || before == '&' || before == ':' || after == '(' ||
                      (after == '/' && end + 1 < text.size && text.data[end + 1] >= '0' &&
                       text.data[end + 1] <= '9') ||
                      (before == '.' && after == '`');
        sym name = operation_named(m, module, sv_slice(text, i, end), marked);
        if (name) found = name;
        if (name && !backwards) return name;
        i = end;
    }
    return found;
}

/* ---- the automaton's opinion ---- */

typedef struct {
    const model *m;
    server_ix server;
    sym tag;
} tag_scan;

static bool find_tag(const model *m, node_ix node, void *payload)
{
    tag_scan *scan = payload;
    const fact_node *at = model_node(m, node);
    if (scan->tag) return false;
    sym name = at->kind == NODE_ATOM ? at->name : 0;
    if (at->kind == NODE_TUPLE && at->kid_count) {
        const fact_node *head = model_node(m, model_kid(m, node, 0));
        name = head->kind == NODE_ATOM ? head->name : 0;
    }
    const model_server *server = &m->servers.items[scan->server];
    for (uint32_t i = 0; name && i < server->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[server->callback_first + i];
        if (cb->tag == name && (cb->kind == CB_CALL || cb->kind == CB_CAST || cb->kind == CB_EVENT))
            scan->tag = name;
    }
    return true;
}

/* The message that an operation sends to its server; 0. */
static sym tag_of_operation(const model *m, server_ix server, sym operation)
{
    const model_module *mod = &m->modules.items[m->servers.items[server].module];
    tag_scan scan = {m, server, 0};
    for (uint32_t i = 0; i < mod->function_count && !scan.tag; i++) {
        const model_function *fn = &m->functions.items[mod->function_first + i];
        if (fn->name != operation || fn->kind != FUNCTION_PUBLIC) continue;
        for (uint32_t k = 0; k < fn->clause_count; k++)
            model_visit(m, m->clauses.items[fn->clause_first + k].body, find_tag, &scan);
    }
    return scan.tag;
}

typedef struct {
    bool accepts, refuses, crashes;
    uint32_t to; /* a state it leads to when accepted; NO_IX */
} reaction;

static reaction react(const model *m, uint32_t state, sym tag)
{
    reaction r = {.to = NO_IX};
    for (vec_each(&m->transitions, t)) {
        if (t->from != state || t->tag != tag) continue;
        r.accepts |= t->kind == TRANSITION_ACCEPT;
        r.refuses |= t->kind == TRANSITION_REFUSE || t->kind == TRANSITION_POSTPONE;
        r.crashes |= t->kind == TRANSITION_CRASH;
        if (t->kind == TRANSITION_ACCEPT && t->to != state) r.to = t->to;
    }
    return r;
}

static order_status judge(const model *m, server_ix server, sym first, sym then)
{
    if (server == NO_IX) return ORDER_UNKNOWN;
    sym a = tag_of_operation(m, server, first), b = tag_of_operation(m, server, then);
    if (!b || a == b) return ORDER_UNKNOWN;
    bool knows = false, enforced = false, contradicted = false;
    for (uint32_t s = 0; s < m->states.count; s++) {
        const model_state *state = &m->states.items[s];
        if (state->server != server || !state->initial) continue;
        reaction then_now = react(m, s, b), first_now = react(m, s, a);
        knows |= then_now.accepts || then_now.refuses || then_now.crashes;
        if (then_now.refuses && !then_now.accepts) enforced = true;
        if (a && (first_now.refuses || first_now.crashes) && !first_now.accepts &&
            then_now.accepts && then_now.to != NO_IX && react(m, then_now.to, a).accepts)
            contradicted = true;
    }
    if (contradicted) return ORDER_CONTRADICTED;
    if (enforced) return ORDER_ENFORCED;
    /* A server whose automaton does not tell the two apart takes them in any order. */
    return knows || a ? ORDER_NOT_ENFORCED : ORDER_UNKNOWN;
}

/* ---- sentences ---- */

static void order_add(model *m, const model_doc *doc, sym first, sym then, uint32_t line)
{
    if (!first || !then || first == then) return;
    server_ix server = m->modules.items[doc->module].server;
    for (uint32_t i = m->orders.count; i-- > 0;) {
        const model_order *o = &m->orders.items[i];
        if (o->first == first && o->then == then && o->file == m->modules.items[doc->module].file)
            return;
    }
    vec_push(&m->orders, (model_order){server, doc->function, first, then,
                                       (uint8_t)judge(m, server, first, then),
                                       m->modules.items[doc->module].file, line});
}

static void read_sentence(model *m, const model_doc *doc, sv sentence, uint32_t line)
{
    sym own = doc->function == NO_IX ? 0 : m->functions.items[doc->function].name;
    for (size_t i = 0; i < ARRAY_LEN(CUES); i++) {
        size_t at = sv_find(sentence, sv_from(CUES[i].text), 0);
        if (at == SIZE_MAX) continue;
        sv left = sv_slice(sentence, 0, at);
        sv right = sv_slice(sentence, at + strlen(CUES[i].text), sentence.size);
        sym before = operation_in(m, doc->module, left, true);
        sym after = CUES[i].kind == CUE_FIRST ? 0 : operation_in(m, doc->module, right, false);
        bool loose = CUES[i].text[0] == ' ';
        switch ((cue_kind)CUES[i].kind) {
        case CUE_BEFORE: order_add(m, doc, before ? before : own, after ? after : own, line); break;
        case CUE_AFTER:
            if (loose && !after) break;
            order_add(m, doc, after, before ? before : own, line);
            break;
        case CUE_FIRST: order_add(m, doc, before, own, line); break;
        }
        return;
    }
}

/* A sentence ends at a full stop before white space, or at an empty line. */
static void read_doc(model *m, uint32_t doc_index)
{
    model_doc doc = m->docs.items[doc_index];
    sv text = model_text(m, doc.text);
    char flat[1024];
    size_t used = 0;
    uint32_t line = doc.line, start_line = doc.line;
    for (size_t i = 0; i <= text.size; i++) {
        char c = i < text.size ? text.data[i] : '\n';
        char next = i + 1 < text.size ? text.data[i + 1] : '\n';
        bool end = i == text.size || (c == '\n' && (next == '\n' || next == '*' || next == '-')) ||
                   (c == '.' && (next == ' ' || next == '\n'));
        if (used == 0) start_line = line;
        if (used + 2 < sizeof flat && (c != '\n' || used) && (used || c != ' '))
            flat[used++] = c == '\n' || c == '%' || c == '#' ? ' ' : c;
        if (end) {
            if (used) read_sentence(m, &doc, (sv){flat, used}, start_line);
            used = 0;
        }
        if (c == '\n') line++;
    }
}

void protocol_orders(model *m)
{
    for (uint32_t i = 0; i < m->docs.count; i++)
        if (m->docs.items[i].module != NO_IX) read_doc(m, i);
}
