/* The Elixir front end: entry, nodes under construction. */
#include "base/base.h"

#include "parsers/elixir.h"

uint32_t elixir_last_child(const elixir *e, uint32_t at)
{
    uint32_t last = 0;
    for (EACH_CHILD(e, at, child)) last = child;
    return last;
}

uint32_t elixir_child_of_kind(const elixir *e, uint32_t parent, uint8_t kind)
{
    for (EACH_CHILD(e, parent, child))
        if (elixir_kind(e, child) == kind) return child;
    return 0;
}

sym elixir_sym(elixir *e, sv text)
{
    return sym_add(&e->f->symbols, text);
}

static node_ix place(elixir *e, node_kind kind, sym name, const syntax_node *n)
{
    node_ix made = facts_node(e->f, kind, name, n->line, n->col);
    e->f->nodes.items[made].end_line = n->end_line;
    return made;
}

node_ix elixir_leaf(elixir *e, node_kind kind, sv name, uint32_t at)
{
    return place(e, kind, elixir_sym(e, name), elixir_at(e, at));
}

void elixir_push(elixir *e, node_ix node)
{
    vec_push(&e->stack, node);
}

static node_ix give_kids(elixir *e, node_ix made, uint32_t mark)
{
    uint32_t count = e->stack.count - mark;
    if (count) facts_node_kids(e->f, made, e->stack.items + mark, count);
    e->stack.count = mark;
    return made;
}

node_ix elixir_make(elixir *e, node_kind kind, sym name, uint32_t at, uint32_t mark)
{
    return give_kids(e, place(e, kind, name, elixir_at(e, at)), mark);
}

node_ix elixir_make_call(elixir *e, node_kind kind, sym name, uint32_t at, uint32_t name_at,
                         uint32_t mark)
{
    node_ix made = place(e, kind, name, elixir_at(e, name_at));
    e->f->nodes.items[made].end_line = elixir_at(e, at)->end_line;
    return give_kids(e, made, mark);
}

uint32_t elixir_module(elixir *e)
{
    if (e->module != NO_INDEX) return e->module;
    if (e->script == NO_INDEX) {
        e->script = e->f->modules.count;
        vec_push(
            &e->f->modules,
            (fact_module){.kind = MODULE_SCRIPT, .line = 1, .end_line = MAX(e->f->line_count, 1u)});
    }
    return e->script;
}

static void ignores_read(elixir *e)
{
    for (vec_each(&e->tree.comments, c)) {
        sv text = {e->tree.source.data + c->start, c->end - c->start};
        size_t before = c->start;
        while (before > 0 && e->tree.source.data[before - 1] == ' ') before--;
        bool alone = before == 0 || e->tree.source.data[before - 1] == '\n' ||
                     e->tree.source.data[before - 1] == '\t';
        facts_ignore_comment(e->f, text, c->line, alone);
    }
}

void elixir_lower(facts *f, TSNode root, sv source)
{
    elixir e = {.f = f, .module = NO_INDEX, .script = NO_INDEX, .using_module = NO_INDEX};
    uint32_t count;
    const uint8_t *kinds = elixir_kinds(&count);
    syntax_build(root, source, kinds, count, &e.tree);
    vec_push(&e.stack, 0);
    if (elixir_at(&e, 0)->kind == K_ERROR) elixir_push(&e, elixir_error(&e, 0));
    else elixir_module_code(&e, 0);
    if (e.stack.count > 1) elixir_module(&e);
    for (uint32_t i = 1; i < e.stack.count; i++) vec_push(&f->terms, e.stack.items[i]);
    elixir_finish(&e);
    ignores_read(&e);
    facts_group_clauses(f);

    syntax_release(&e.tree);
    vec_release(&e.stack);
    vec_release(&e.aliases);
    vec_release(&e.reads);
    vec_release(&e.bound);
    vec_release(&e.free_names);
    vec_release(&e.heads);
    map64_release(&e.functions);
}
