#include "base/base.h"

#include "runtime/parse.h"

/* The one layout: four spaces a block, a statement a line; a block that stood on one line stays
 * on one. Works from the tokens as the parser marked them, so that comments survive. */

typedef struct {
    const token_list *list;
    uint32_t *partner; /* of a block's opening brace: its closing one, and back */
    buf *out;
    uint32_t indent;
    uint32_t one_line_until; /* inside a block kept on its line: its closing brace; else 0 */
    bool fresh;              /* at the beginning of a line */
    bool expand;             /* no block stays on its line */
} formatter;

static void new_line(formatter *f)
{
    if (!f->fresh && f->out->size) buf_add_char(f->out, '\n');
    f->fresh = true;
}

static void begin(formatter *f)
{
    if (!f->fresh) return;
    for (uint32_t i = 0; i < f->indent; i++) buf_add_c(f->out, "    ");
    f->fresh = false;
}

static void comments(formatter *f, const token *t)
{
    for (uint32_t i = 0; i < t->comment_count; i++) {
        new_line(f);
        begin(f);
        buf_add(f->out, f->list->comments.items[t->comment_first + i]);
    }
    if (t->comment_count) new_line(f);
}

static bool closes(const token *t)
{
    return is_mark(t, ")") || is_mark(t, "]") || is_mark(t, "}") || is_mark(t, ",");
}

static bool opens(const token *t)
{
    return is_mark(t, "(") || is_mark(t, "[") || (is_mark(t, "{") && !t->block) || is_mark(t, "^");
}

static bool space_between(const token *before, const token *t)
{
    if (opens(before) || (closes(t) && !t->block)) return false;
    if (is_mark(t, "(") && t->tight && before->kind == TOKEN_WORD) return false;
    if (is_mark(before, "-") && t->kind == TOKEN_INT && t->tight) return false;
    return true;
}

static void text(formatter *f, const token *t)
{
    if (t->kind == TOKEN_STRING) buf_add_char(f->out, '"');
    buf_add(f->out, t->text);
    if (t->kind == TOKEN_STRING) buf_add_char(f->out, '"');
}

static void one(formatter *f, uint32_t i)
{
    const token *t = &f->list->tokens.items[i];
    const token *before = i ? t - 1 : NULL;
    while (before && is_mark(before, ";") && before > f->list->tokens.items) before--;
    bool closing = is_mark(t, "}") && f->partner[i] != NONE;
    bool single = f->one_line_until != 0;
    if (closing && !single) {
        comments(f, t);
        f->indent--;
        new_line(f);
    } else if (t->statement && !single) {
        new_line(f);
        bool first = before && is_mark(before, "{") && before->block;
        if (t->after_blank && !first && f->out->size) buf_add_char(f->out, '\n');
        comments(f, t);
    } else if (t->statement && before && !is_mark(before, "{")) {
        buf_add_char(f->out, ';');
    } else if (!closing) {
        comments(f, t);
    }
    if (!f->fresh && before && (space_between(before, t) || t->statement))
        buf_add_char(f->out, ' ');
    begin(f);
    text(f, t);
    if (is_mark(t, "{") && t->block && !single) {
        uint32_t end = f->partner[i];
        if (!f->expand && end != NONE && f->list->tokens.items[end].line == t->line)
            f->one_line_until = end;
        else f->indent++;
    }
    if (f->one_line_until == i) f->one_line_until = 0;
    if (t->trailing.size) {
        buf_add_c(f->out, "  ");
        buf_add(f->out, t->trailing);
        new_line(f);
    }
}

static void match_blocks(formatter *f)
{
    VEC(uint32_t) open = {0};
    for (uint32_t i = 0; i < f->list->tokens.count; i++) {
        const token *t = &f->list->tokens.items[i];
        f->partner[i] = NONE;
        if (is_mark(t, "{")) vec_push(&open, i);
        if (!is_mark(t, "}") || open.count == 0) continue;
        uint32_t from = vec_pop(&open);
        if (!f->list->tokens.items[from].block) continue;
        f->partner[from] = i;
        f->partner[i] = from;
    }
    vec_release(&open);
}

bool scenario_layout(sv file_name, sv source, bool expand, buf *out, error *err)
{
    program p;
    token_list list = {0};
    if (!program_parse_tokens(file_name, source, &p, &list, err)) {
        token_list_release(&list);
        return false;
    }
    program_release(&p);
    formatter f = {.list = &list, .out = out, .fresh = true, .expand = expand};
    f.partner = base_calloc(list.tokens.count + 1, sizeof *f.partner);
    /* A closing brace of a block kept on its line gets a space before it. */
    match_blocks(&f);
    for (uint32_t i = 0; i < list.tokens.count; i++)
        if (f.partner[i] != NONE) list.tokens.items[i].block = true;
    for (uint32_t i = 0; i + 1 < list.tokens.count; i++)
        if (!is_mark(&list.tokens.items[i], ";")) one(&f, i);
    comments(&f, vec_last(&list.tokens));
    new_line(&f);
    free(f.partner);
    token_list_release(&list);
    return true;
}

bool rt_format(sv file_name, sv text_in, buf *out, error *err)
{
    return scenario_layout(file_name, text_in, false, out, err);
}
