/* A syntax tree as one flat array in source order (preorder), for front ends that want to look
 * around in it cheaply. Internal to parsers/.
 *
 * Built with a single cursor walk, without recursion. Tokens that the front end has no use for
 * and comments are left out of the tree; comments have a list of their own. */
#ifndef LODE_PARSERS_SYNTAX_H
#define LODE_PARSERS_SYNTAX_H

#include <tree_sitter/api.h>

#include "base/base.h"

/* Kinds are the front end's own small numbers; these are fixed. */
enum { SYNTAX_SKIP = 0, SYNTAX_ERROR = 1, SYNTAX_COMMENT = 2, SYNTAX_OTHER = 3, SYNTAX_FIRST = 4 };

typedef struct {
    uint8_t kind;
    bool missing;        /* the parser made this token up */
    uint8_t field;       /* field id of the grammar, 0: none */
    uint32_t start, end; /* bytes */
    uint32_t line, col;  /* of the start, from 1 */
    uint32_t end_line;   /* of the last byte */
    uint32_t next;       /* index after the last node of this subtree */
} syntax_node;

typedef struct {
    sv source;
    VEC(syntax_node) nodes; /* nodes.items[0] is the root */
    VEC(syntax_node) comments;
} syntax;

/* kinds maps each symbol id of the grammar (kind_count of them) to a kind; symbols without a row
 * of their own should be SYNTAX_OTHER when named and SYNTAX_SKIP when not. */
void syntax_build(TSNode root, sv source, const uint8_t *kinds, uint32_t kind_count, syntax *out);
void syntax_release(syntax *s);

/* First child of node at, or 0. */
static inline uint32_t syntax_child(const syntax *s, uint32_t at)
{
    return at + 1 < s->nodes.items[at].next ? at + 1 : 0;
}
/* The sibling after child, whose parent is `parent`; 0 when it was the last. */
static inline uint32_t syntax_next(const syntax *s, uint32_t parent, uint32_t child)
{
    uint32_t next = s->nodes.items[child].next;
    return next < s->nodes.items[parent].next ? next : 0;
}
static inline sv syntax_text(const syntax *s, uint32_t at)
{
    const syntax_node *n = &s->nodes.items[at];
    return (sv){s->source.data + n->start, n->end - n->start};
}

/* One row of the table from which a front end makes its kinds. */
typedef struct {
    const char *name; /* of the grammar's symbol */
    uint8_t kind;
} syntax_kind_row;
/* Fills kinds for language: named symbols by the rows (the last row has name NULL), SYNTAX_OTHER
 * for the rest; unnamed tokens likewise, SYNTAX_SKIP for the rest. Returns the number of symbols,
 * at most capacity. */
uint32_t syntax_kinds(const TSLanguage *language, const syntax_kind_row *named,
                      const syntax_kind_row *tokens, uint8_t *kinds, uint32_t capacity);

#endif
