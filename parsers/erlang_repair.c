/* A second look at files with syntax errors: each form is parsed by itself, so that an error does
 * not swallow the forms after it. */
#include "base/base.h"

#include <time.h>

#include "parsers/erlang.h"

enum { REPAIR_MS = 1000, FORMS_MAX = 20000 };

typedef struct {
    uint32_t at;
    TSPoint point;
} position;

static void step(sv source, position *p)
{
    if (source.data[p->at++] == '\n') {
        p->point.row++;
        p->point.column = 0;
    } else {
        p->point.column++;
    }
}

static char peek(sv source, const position *p, uint32_t ahead)
{
    return p->at + ahead < source.size ? source.data[p->at + ahead] : '\0';
}

/* Past a string or quoted atom whose quote is next. One that does not end on its line is taken
 * for a single character when it is a quoted atom, which may not hold a line break anyway. */
static void skip_quoted(sv source, position *p)
{
    char quote = peek(source, p, 0);
    position start = *p;
    step(source, p);
    while (p->at < source.size && peek(source, p, 0) != quote) {
        if (quote == '\'' && peek(source, p, 0) == '\n') {
            *p = start;
            break;
        }
        if (peek(source, p, 0) == '\\' && p->at + 1 < source.size) step(source, p);
        step(source, p);
    }
    if (p->at < source.size) step(source, p);
}

static bool is_triple(sv source, const position *p)
{
    return peek(source, p, 0) == '"' && peek(source, p, 1) == '"' && peek(source, p, 2) == '"';
}

static void skip_triple(sv source, position *p)
{
    for (int i = 0; i < 3; i++) step(source, p);
    while (p->at < source.size && !is_triple(source, p)) step(source, p);
    for (int i = 0; i < 3 && p->at < source.size; i++) step(source, p);
}

static bool ends_form(sv source, const position *p)
{
    char next = peek(source, p, 1);
    return peek(source, p, 0) == '.' && (next == '\0' || strchr(" \t\r\n%", next));
}

/* A function clause or an attribute in the first column after an empty line: a form whose
 * predecessor lost its full stop. */
static bool starts_form(sv source, const position *p)
{
    if (p->point.column != 0 || p->at < 2 || source.data[p->at - 1] != '\n') return false;
    char c = peek(source, p, 0);
    if (c == '-') return peek(source, p, 1) >= 'a' && peek(source, p, 1) <= 'z';
    return false;
}

/* Past the full stop that ends the form at p. */
static void skip_form(sv source, position *p)
{
    uint32_t start = p->at;
    while (p->at < source.size) {
        char c = peek(source, p, 0);
        if (p->at > start && starts_form(source, p)) return;
        if (ends_form(source, p)) {
            step(source, p);
            return;
        }
        if (c == '%') {
            while (p->at < source.size && peek(source, p, 0) != '\n') step(source, p);
        } else if (c == '$') {
            step(source, p);
            if (peek(source, p, 0) == '\\' && p->at < source.size) step(source, p);
            if (p->at < source.size) step(source, p);
        } else if (is_triple(source, p)) {
            skip_triple(source, p);
        } else if (c == '"' || c == '\'') {
            skip_quoted(source, p);
        } else {
            step(source, p);
        }
    }
}

static void skip_space(sv source, position *p)
{
    while (p->at < source.size && strchr(" \t\r\n", source.data[p->at])) step(source, p);
}

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool out_of_time(TSParseState *state)
{
    return now_ms() >= *(const uint64_t *)state->payload;
}

static const char *read_all(void *payload, uint32_t at, TSPoint point, uint32_t *size)
{
    (void)point;
    const sv *source = payload;
    *size = at < source->size ? (uint32_t)source->size - at : 0;
    return *size ? source->data + at : "";
}

/* Appends the nodes below the root of `from` to those of `to`, and its comments. */
static void append(syntax *to, const syntax *from)
{
    uint32_t shift = to->nodes.count - 1;
    for (uint32_t i = 1; i < from->nodes.count; i++) {
        syntax_node n = from->nodes.items[i];
        n.next += shift;
        vec_push(&to->nodes, n);
    }
    for (vec_each(&from->comments, c)) vec_push(&to->comments, *c);
}

/* Bytes in the outermost errors, and errors and made-up tokens. */
static uint32_t error_bytes(const syntax *s, uint32_t *count)
{
    uint32_t bytes = 0;
    *count = 0;
    for (uint32_t i = 0; i < s->nodes.count;) {
        const syntax_node *n = &s->nodes.items[i];
        bool error_here = n->kind == SYNTAX_ERROR;
        if (error_here) bytes += n->end - n->start;
        *count += error_here || n->missing;
        i = error_here ? n->next : i + 1;
    }
    return bytes;
}

static bool parse_forms(TSParser *parser, sv source, const uint8_t *kinds, uint32_t kind_count,
                        syntax *out)
{
    uint64_t deadline_ms = now_ms() + REPAIR_MS;
    TSInput input = {.payload = &source, .read = read_all, .encoding = TSInputEncodingUTF8};
    TSParseOptions options = {.payload = &deadline_ms, .progress_callback = out_of_time};
    position p = {0};
    if (sv_starts(source, SV("\xEF\xBB\xBF")))
        for (int i = 0; i < 3; i++) step(source, &p);
    for (int forms = 0; p.at < source.size; forms++) {
        if (forms == FORMS_MAX || now_ms() >= deadline_ms) return false;
        skip_space(source, &p);
        TSRange range = {.start_byte = p.at, .start_point = p.point};
        if (p.at == source.size) break;
        skip_form(source, &p);
        range.end_byte = p.at;
        range.end_point = p.point;
        ts_parser_set_included_ranges(parser, &range, 1);
        TSTree *tree = ts_parser_parse_with_options(parser, NULL, input, options);
        if (!tree) return false;
        syntax form;
        syntax_build(ts_tree_root_node(tree), source, kinds, kind_count, &form);
        ts_tree_delete(tree);
        append(out, &form);
        syntax_release(&form);
    }
    return true;
}

void erl_repair(lowering *l)
{
    uint32_t kind_count;
    const uint8_t *kinds = erl_kinds(&kind_count);
    syntax better = {.source = l->s.source};
    vec_push(&better.nodes, l->s.nodes.items[0]);
    better.nodes.items[0].kind = SYNTAX_OTHER;
    TSParser *parser = ts_parser_new();
    bool done = ts_parser_set_language(parser, erl_language()) &&
                parse_forms(parser, l->s.source, kinds, kind_count, &better);
    ts_parser_delete(parser);
    better.nodes.items[0].next = better.nodes.count;
    uint32_t count;
    uint32_t bytes = error_bytes(&better, &count);
    if (!done || bytes > l->f->error_bytes) {
        syntax_release(&better);
        return;
    }
    syntax_release(&l->s);
    l->s = better;
    l->f->error_bytes = bytes;
    l->f->error_count = count;
}
