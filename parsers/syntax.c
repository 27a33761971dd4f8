/* The syntax tree as a flat array. */
#include "base/base.h"

#include "parsers/syntax.h"

static syntax_node node_read(TSNode node, uint8_t kind)
{
    TSPoint start = ts_node_start_point(node);
    TSPoint end = ts_node_end_point(node);
    uint32_t start_byte = ts_node_start_byte(node);
    bool line_over = end.column == 0 && end.row > start.row;
    return (syntax_node){.kind = kind,
                         .missing = start_byte == ts_node_end_byte(node),
                         .start = start_byte,
                         .end = ts_node_end_byte(node),
                         .line = start.row + 1,
                         .col = start.column + 1,
                         .end_line = line_over ? end.row : end.row + 1};
}

void syntax_build(TSNode root, sv source, const uint8_t *kinds, uint32_t kind_count, syntax *out)
{
    *out = (syntax){.source = source};
    VEC(uint32_t) open = {0}; /* the ancestors of the cursor: their index, or UINT32_MAX */
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    for (;;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        TSSymbol symbol = ts_node_symbol(node);
        uint8_t kind = symbol < kind_count ? kinds[symbol] : (uint8_t)SYNTAX_ERROR;
        uint32_t index = UINT32_MAX;
        if (kind == SYNTAX_COMMENT) {
            vec_push(&out->comments, node_read(node, kind));
        } else if (kind != SYNTAX_SKIP || out->nodes.count == 0) {
            index = out->nodes.count;
            syntax_node made = node_read(node, kind);
            made.field = (uint8_t)ts_tree_cursor_current_field_id(&cursor);
            made.missing = made.missing && ts_node_is_missing(node);
            made.next = index + 1;
            vec_push(&out->nodes, made);
        }
        if (ts_tree_cursor_goto_first_child(&cursor)) {
            vec_push(&open, index);
            continue;
        }
        while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
            if (!ts_tree_cursor_goto_parent(&cursor)) goto out;
            uint32_t closed = vec_pop(&open);
            if (closed != UINT32_MAX) out->nodes.items[closed].next = out->nodes.count;
        }
    }
out:
    ts_tree_cursor_delete(&cursor);
    vec_release(&open);
}

void syntax_release(syntax *s)
{
    vec_release(&s->nodes);
    vec_release(&s->comments);
    *s = (syntax){0};
}

static uint8_t kind_of(const syntax_kind_row *rows, const char *name, uint8_t otherwise)
{
    for (; rows->name; rows++)
        if (strcmp(rows->name, name) == 0) return rows->kind;
    return otherwise;
}

uint32_t syntax_kinds(const TSLanguage *language, const syntax_kind_row *named,
                      const syntax_kind_row *tokens, uint8_t *kinds, uint32_t capacity)
{
    uint32_t count = MIN(ts_language_symbol_count(language), capacity);
    for (uint32_t i = 0; i < count; i++) {
        TSSymbolType type = ts_language_symbol_type(language, (TSSymbol)i);
        const char *name = ts_language_symbol_name(language, (TSSymbol)i);
        kinds[i] = type == TSSymbolTypeRegular ? kind_of(named, name, SYNTAX_OTHER)
                                               : kind_of(tokens, name, SYNTAX_SKIP);
    }
    return count;
}
