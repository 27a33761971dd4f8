/* Building facts: nodes, children, clause order, ignore comments. */
#include "base/base.h"

#include "parsers/front_end.h"

void facts_init(facts *f, lang language)
{
    *f = (facts){.lang = (uint8_t)language};
    vec_push(&f->nodes, (fact_node){.kind = NODE_NONE});
}

void facts_release(facts *f)
{
    sym_table_release(&f->symbols);
    vec_release(&f->nodes);
    vec_release(&f->kids);
    vec_release(&f->modules);
    vec_release(&f->functions);
    vec_release(&f->clauses);
    vec_release(&f->uses);
    vec_release(&f->imports);
    vec_release(&f->behaviours);
    vec_release(&f->attributes);
    vec_release(&f->macros);
    vec_release(&f->records);
    vec_release(&f->fields);
    vec_release(&f->includes);
    vec_release(&f->exports);
    vec_release(&f->docs);
    vec_release(&f->ignores);
    vec_release(&f->terms);
    *f = (facts){0};
}

node_ix facts_node(facts *f, node_kind kind, sym name, uint32_t line, uint32_t col)
{
    vec_push(&f->nodes, (fact_node){.kind = (uint8_t)kind,
                                    .col = (uint16_t)MIN(col, UINT16_MAX),
                                    .line = line,
                                    .end_line = line,
                                    .name = name});
    return f->nodes.count - 1;
}

void facts_node_kids(facts *f, node_ix node, const node_ix *kids, uint32_t count)
{
    uint32_t first = facts_kids_add(f, kids, count);
    f->nodes.items[node].kid_first = first;
    f->nodes.items[node].kid_count = count;
}

uint32_t facts_kids_add(facts *f, const node_ix *kids, uint32_t count)
{
    uint32_t first = f->kids.count;
    for (uint32_t i = 0; i < count; i++) vec_push(&f->kids, kids[i]);
    return first;
}

void facts_group_clauses(facts *f)
{
    for (vec_each(&f->functions, fn)) fn->clause_first = fn->clause_count = 0;
    for (vec_each(&f->clauses, c)) f->functions.items[c->function].clause_count++;
    uint32_t first = 0;
    for (vec_each(&f->functions, fn)) {
        fn->clause_first = first;
        first += fn->clause_count;
    }
    if (f->clauses.count == 0) return;
    fact_clause *sorted = base_malloc(f->clauses.count * sizeof *sorted);
    uint32_t *filled = base_calloc(f->functions.count, sizeof *filled);
    for (vec_each(&f->clauses, c))
        sorted[f->functions.items[c->function].clause_first + filled[c->function]++] = *c;
    memcpy(f->clauses.items, sorted, f->clauses.count * sizeof *sorted);
    free(sorted);
    free(filled);
}

void facts_ignore_comment(facts *f, sv comment, uint32_t line, bool alone)
{
    size_t at = sv_find(comment, SV("lode:ignore"), 0);
    if (at == SIZE_MAX) return;
    sv rest = sv_slice(comment, at + sizeof "lode:ignore" - 1, comment.size);
    if (rest.size > 0 && rest.data[0] != ' ' && rest.data[0] != '\t') return;
    rest = sv_trim(rest);
    size_t end = 0;
    while (end < rest.size && rest.data[end] != ' ' && rest.data[end] != '\t') end++;
    sv rule = end ? sv_slice(rest, 0, end) : SV("*");
    sv reason = front_cut(sv_trim(sv_slice(rest, end, rest.size)), STRING_BYTES_MAX);
    vec_push(&f->ignores, (fact_ignore){.line = alone ? line + 1 : line,
                                        .rule = sym_add(&f->symbols, rule),
                                        .reason = sym_add(&f->symbols, reason)});
}

sv front_cut(sv text, size_t bytes_max)
{
    if (text.size <= bytes_max) return text;
    size_t size = bytes_max;
    while (size > 0 && ((unsigned char)text.data[size] & 0xC0) == 0x80) size--;
    return (sv){text.data, size};
}

static const char *const KIND_NAMES[NODE_KIND_COUNT] = {
    [NODE_NONE] = "none",
    [NODE_ATOM] = "atom",
    [NODE_INT] = "int",
    [NODE_FLOAT] = "float",
    [NODE_STRING] = "string",
    [NODE_BINARY] = "binary",
    [NODE_SEGMENT] = "segment",
    [NODE_VAR] = "var",
    [NODE_PIN] = "pin",
    [NODE_TUPLE] = "tuple",
    [NODE_LIST] = "list",
    [NODE_MAP] = "map",
    [NODE_MAP_UPDATE] = "map_update",
    [NODE_STRUCT] = "struct",
    [NODE_STRUCT_UPDATE] = "struct_update",
    [NODE_RECORD] = "record",
    [NODE_RECORD_UPDATE] = "record_update",
    [NODE_FIELD] = "field",
    [NODE_INDEX] = "index",
    [NODE_ATTR] = "attr",
    [NODE_MACRO] = "macro",
    [NODE_BLOCK] = "block",
    [NODE_MATCH] = "match",
    [NODE_OP] = "op",
    [NODE_IF] = "if",
    [NODE_CASE] = "case",
    [NODE_COND] = "cond",
    [NODE_WITH] = "with",
    [NODE_WITH_STEP] = "with_step",
    [NODE_DO] = "do",
    [NODE_RECEIVE] = "receive",
    [NODE_TRY] = "try",
    [NODE_CATCH] = "catch",
    [NODE_ARM] = "arm",
    [NODE_FOR] = "for",
    [NODE_GENERATOR] = "generator",
    [NODE_QUOTE] = "quote",
    [NODE_UNQUOTE] = "unquote",
    [NODE_CALL] = "call",
    [NODE_CALL_REMOTE] = "call_remote",
    [NODE_CALL_FUN] = "call_fun",
    [NODE_CALL_DYNAMIC] = "call_dynamic",
    [NODE_FN] = "fn",
    [NODE_FUN_REF] = "fun_ref",
    [NODE_UNKNOWN] = "unknown",
};

const char *node_kind_name(node_kind kind)
{
    return (unsigned)kind < NODE_KIND_COUNT ? KIND_NAMES[kind] : "invalid";
}
