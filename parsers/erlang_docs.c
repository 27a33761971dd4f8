/* Documentation in comments, after EDoc ("EDoc User's Guide", tags), and ignore comments. */
#include "base/base.h"

#include "parsers/erlang.h"

static const syntax_node *comment_at(const lowering *l, uint32_t i)
{
    return &l->s.comments.items[i];
}

/* Nothing but white space stands before the comment on its line. */
static bool is_alone(const lowering *l, const syntax_node *comment)
{
    for (uint32_t i = comment->start; i > 0; i--) {
        char c = l->s.source.data[i - 1];
        if (c == '\n') return true;
        if (c != ' ' && c != '\t') return false;
    }
    return true;
}

static sv comment_text(const lowering *l, uint32_t i)
{
    const syntax_node *c = comment_at(l, i);
    sv text = sv_slice(l->s.source, c->start, c->end);
    while (text.size > 0 && (text.data[0] == '%' || text.data[0] == '!'))
        text = sv_slice(text, 1, text.size);
    if (sv_starts(text, SV(" "))) text = sv_slice(text, 1, text.size);
    while (text.size > 0 && strchr(" \t\r\n", text.data[text.size - 1])) text.size--;
    return text;
}

/* A line of dashes and the like. */
static bool is_rule(sv line)
{
    for (size_t i = 0; i < line.size; i++)
        if (!strchr("-=*~#_+/ %", line.data[i]) || line.data[i] == '\0') return false;
    return line.size > 0;
}

/* Index of the first comment at or after line. */
static uint32_t comment_from(const lowering *l, uint32_t line)
{
    uint32_t low = 0, high = l->s.comments.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (comment_at(l, middle)->line < line) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* The comments [*from, to) that end on the line right above `line`, each alone on its line. */
static uint32_t block_above(const lowering *l, uint32_t line, uint32_t *from)
{
    uint32_t to = comment_from(l, line), at = to;
    while (at > 0 && comment_at(l, at - 1)->line + 1 == line && is_alone(l, comment_at(l, at - 1)))
        line = comment_at(l, --at)->line;
    *from = at;
    return to;
}

/* What is in comments but for tools: tags, rules between sections, arguments of the emulator. */
static bool is_prose(const lowering *l, uint32_t i)
{
    const syntax_node *c = comment_at(l, i);
    sv line = sv_trim(comment_text(l, i));
    return !is_rule(line) && !sv_starts(line, SV("@")) && !sv_starts(line, SV("lode:ignore")) &&
           !sv_starts(sv_slice(l->s.source, c->start, c->end), SV("%%!"));
}

/* The line, within comments [from, to), that starts with @doc; to when there is none. */
static uint32_t find_doc_tag(const lowering *l, uint32_t from, uint32_t to)
{
    while (from < to && !sv_starts(sv_trim(comment_text(l, from)), SV("@doc"))) from++;
    return from;
}

static void add_line(buf *text, sv line)
{
    if (text->size > 0) buf_add_char(text, '\n');
    if (text->size < DOC_BYTES_MAX) buf_add(text, line);
}

static void push_doc(lowering *l, doc_kind kind, uint32_t function, buf *text, uint32_t first,
                     uint32_t last)
{
    sv content = sv_trim(front_cut(buf_sv(text), DOC_BYTES_MAX));
    if (content.size > 0)
        vec_push(&l->f->docs, (fact_doc){.function = function,
                                         .kind = (uint8_t)kind,
                                         .text = sym_add(&l->f->symbols, content),
                                         .line = first,
                                         .end_line = last});
    buf_release(text);
}

/* The text of an @doc tag: to the next tag or the end of the comments. */
static void push_edoc(lowering *l, doc_kind kind, uint32_t function, uint32_t tag, uint32_t to)
{
    buf text = {0};
    sv line = sv_trim(comment_text(l, tag));
    add_line(&text, sv_trim(sv_slice(line, sizeof "@doc" - 1, line.size)));
    uint32_t i = tag + 1;
    for (; i < to && comment_at(l, i)->line == comment_at(l, i - 1)->line + 1; i++) {
        line = comment_text(l, i);
        if (sv_starts(sv_trim(line), SV("@"))) break;
        if (!is_rule(line)) add_line(&text, line);
    }
    push_doc(l, kind, function, &text, comment_at(l, tag)->line, comment_at(l, i - 1)->line);
}

/* One line between two rules: the title of a section. */
static bool is_banner(const lowering *l, uint32_t from, uint32_t to)
{
    return to - from == 3 && is_rule(comment_text(l, from)) && is_rule(comment_text(l, to - 1));
}

void erl_function_docs(lowering *l, uint32_t function, uint32_t line)
{
    if (l->pending_doc)
        vec_push(&l->f->docs, (fact_doc){.function = function + 1,
                                         .kind = DOC_FUNCTION,
                                         .text = l->pending_doc,
                                         .line = l->pending_doc_line,
                                         .end_line = l->pending_doc_end});
    l->pending_doc = 0;
    uint32_t from, to = block_above(l, line, &from);
    if (from == to && l->last_form_line) to = block_above(l, l->last_form_line, &from);
    if (from == to || is_banner(l, from, to)) return;
    uint32_t tag = find_doc_tag(l, from, to);
    if (tag < to) {
        push_edoc(l, DOC_FUNCTION, function + 1, tag, to);
        return;
    }
    buf text = {0};
    for (uint32_t i = from; i < to; i++) {
        if (is_prose(l, i)) add_line(&text, comment_text(l, i));
    }
    push_doc(l, DOC_COMMENT, function + 1, &text, comment_at(l, from)->line,
             comment_at(l, to - 1)->line);
}

void erl_module_docs(lowering *l, uint32_t line)
{
    uint32_t to = comment_from(l, line), tag = find_doc_tag(l, 0, to);
    if (tag < to) push_edoc(l, DOC_MODULE, 0, tag, to);
}

void erl_ignores(lowering *l)
{
    for (vec_each(&l->s.comments, c)) {
        sv text = sv_slice(l->s.source, c->start, c->end);
        facts_ignore_comment(l->f, text, c->line, is_alone(l, c));
    }
}
