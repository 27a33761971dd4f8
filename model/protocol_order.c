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

/* The request that an operation of a module makes: its own, or that of the function it hands its
 * arguments to; NULL. */
static const model_edge *edge_of_operation(const model *m, module_ix module, sym operation)
{
    for (vec_each(&m->edges, e)) {
        if (e->server == NO_IX || !e->tag || e->callback != NO_IX) continue;
        if (e->kind != EDGE_CALL && e->kind != EDGE_CAST && e->kind != EDGE_START) continue;
        const model_function *fn = &m->functions.items[e->function];
        if (fn->name == operation && fn->module == module) return e;
    }
    const model_module *mod = &m->modules.items[module];
    for (uint32_t i = 0; i < mod->function_count; i++) {
        const model_function *fn = &m->functions.items[mod->function_first + i];
        if (fn->name != operation || fn->kind != FUNCTION_PUBLIC) continue;
        for (uint32_t k = 0; k < fn->op_count; k++) {
            const model_op *op = &m->ops.items[fn->op_first + k];
            if (op->kind != OP_FUNCTION) continue;
            for (vec_each(&m->edges, e))
                if (e->function == op->target && e->server != NO_IX && e->tag &&
                    e->callback == NO_IX && (e->kind == EDGE_CALL || e->kind == EDGE_CAST))
                    return e;
        }
    }
    return NULL;
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

static order_status judge(const model *m, module_ix module, sym first, sym then, server_ix *server)
{
    const model_edge *edge_a = edge_of_operation(m, module, first);
    const model_edge *edge_b = edge_of_operation(m, module, then);
    *server = edge_b ? edge_b->server : m->modules.items[module].server;
    if (!edge_b || !edge_a || edge_a->server != edge_b->server) return ORDER_UNKNOWN;
    sym a = edge_a->tag, b = edge_b->tag;
    if (a == b) return ORDER_UNKNOWN;
    bool enforced = false, contradicted = false;
    for (uint32_t s = 0; s < m->states.count; s++) {
        const model_state *state = &m->states.items[s];
        if (state->server != *server || !state->initial) continue;
        reaction then_now = react(m, s, b), first_now = react(m, s, a);
        if (then_now.refuses && !then_now.accepts) enforced = true;
        if ((first_now.refuses || first_now.crashes) && !first_now.accepts && then_now.accepts &&
            then_now.to != NO_IX && react(m, then_now.to, a).accepts)
            contradicted = true;
    }
    if (contradicted) return ORDER_CONTRADICTED;
    /* A server whose automaton does not tell the two apart takes them in any order. */
    return enforced ? ORDER_ENFORCED : ORDER_NOT_ENFORCED;
}

/* ---- sentences ---- */

static void order_add(model *m, const model_doc *doc, sym first, sym then, uint32_t line)
{
    if (!first || !then || first == then) return;
    for (uint32_t i = m->orders.count; i-- > 0;) {
        const model_order *o = &m->orders.items[i];
        if (o->first == first && o->then == then && o->file == m->modules.items[doc->module].file)
            return;
    }
    server_ix server = NO_IX;
    order_status status = judge(m, doc->module, first, then, &server);
    vec_push(&m->orders, (model_order){server, doc->function, first, then, (uint8_t)status,
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
