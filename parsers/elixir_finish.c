/* What can be said of an Elixir file once all of it was seen: comments above functions, and which
 * bare names are calls. */
#include "base/base.h"

#include "parsers/elixir.h"

/* First comment at or after line. */
static uint32_t comment_from(const elixir *e, uint32_t line)
{
    uint32_t low = 0;
    uint32_t high = e->tree.comments.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (e->tree.comments.items[middle].line < line) low = middle + 1;
        else high = middle;
    }
    return low;
}

static bool stands_alone(const elixir *e, const syntax_node *comment)
{
    size_t at = comment->start;
    while (at > 0 && (e->tree.source.data[at - 1] == ' ' || e->tree.source.data[at - 1] == '\t'))
        at--;
    return at == 0 || e->tree.source.data[at - 1] == '\n';
}

static void comment_text(const elixir *e, uint32_t first, uint32_t last, buf *out)
{
    for (uint32_t i = first; i <= last && out->size < DOC_BYTES_MAX; i++) {
        const syntax_node *c = &e->tree.comments.items[i];
        sv text = {e->tree.source.data + c->start, c->end - c->start};
        while (text.size && text.data[0] == '#') text = sv_slice(text, 1, text.size);
        if (out->size) buf_add_char(out, '\n');
        buf_add(out, sv_trim(text));
    }
}

/* The block of comments that ends right above line, for the function of a clause. */
static void comment_add(elixir *e, uint32_t function, uint32_t line)
{
    uint32_t last = line > 1 ? comment_from(e, line - 1) : e->tree.comments.count;
    if (last >= e->tree.comments.count || e->tree.comments.items[last].line != line - 1 ||
        !stands_alone(e, &e->tree.comments.items[last]))
        return;
    uint32_t first = last;
    while (first > 0) {
        const syntax_node *above = &e->tree.comments.items[first - 1];
        if (above->line + 1 != e->tree.comments.items[first].line || !stands_alone(e, above)) break;
        first--;
    }
    buf text = {0};
    comment_text(e, first, last, &text);
    sv content = front_cut(sv_trim(buf_sv(&text)), DOC_BYTES_MAX);
    if (content.size && !sv_starts(content, SV("lode:ignore")))
        vec_push(&e->f->docs,
                 (fact_doc){e->f->functions.items[function].module, function + 1, DOC_COMMENT,
                            elixir_sym(e, content), e->tree.comments.items[first].line, line - 1});
    buf_release(&text);
}

static void comments_attach(elixir *e)
{
    if (e->tree.comments.count == 0) return;
    for (uint32_t i = 0; i < e->f->clauses.count; i++) {
        const fact_clause *c = &e->f->clauses.items[i];
        uint32_t function = c->function;
        uint32_t line = c->line;
        uint32_t head = e->heads.items[i];
        if (!head) continue;
        if (head != line) comment_add(e, function, head);
        comment_add(e, function, line);
    }
}

/* Called without parentheses in old code. */
static bool is_kernel_call(sv name)
{
    return sv_eq(name, SV("self")) || sv_eq(name, SV("node")) || sv_eq(name, SV("make_ref"));
}

/* A name that is never bound, and a function of that name without parameters in the same module. */
static void calls_settle(elixir *e)
{
    map64 callable = {0};
    for (vec_each(&e->f->functions, fn))
        if (fn->arity == fn->default_count) map64_set(&callable, pair64(fn->module, fn->name), 1);
    for (vec_each(&e->free_names, name)) {
        fact_node *n = &e->f->nodes.items[name->node];
        if (map64_get(&callable, pair64(name->module, n->name), 0) ||
            is_kernel_call(facts_text(e->f, n->name)))
            n->kind = NODE_CALL;
    }
    map64_release(&callable);
}

void elixir_finish(elixir *e)
{
    comments_attach(e);
    calls_settle(e);
}
