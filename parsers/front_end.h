/* What the harness (parser.c) and the front ends agree on. Internal to parsers/.
 *
 * A front end is one row of lang_rows and one function that lowers a finished syntax tree. The
 * harness has dealt with size, time, memory, NUL bytes and error statistics before it is called:
 * f was given to facts_init, its source_bytes, error_bytes, error_count, line_count are set, and
 * partial is set when there are syntax errors. */
#ifndef LODE_PARSERS_FRONT_END_H
#define LODE_PARSERS_FRONT_END_H

#include <tree_sitter/api.h>

#include "parsers/facts.h"

/* Fills f from the tree under root; source is what the tree's byte offsets refer to (it may start
 * with a byte-order mark and have CRLF line ends). Cannot fail: what it does not understand is
 * NODE_UNKNOWN, what is deeper than NODE_DEPTH_MAX is NODE_UNKNOWN and sets f->partial. */
typedef void lower_fn(facts *f, TSNode root, sv source);
lower_fn elixir_lower;
lower_fn erlang_lower;

/* One language. */
typedef struct {
    const char *name;                   /* "elixir" */
    const TSLanguage *(*grammar)(void); /* NULL: no such language */
    lower_fn *lower;
    uint32_t version; /* see lang_version */
} lang_row;
extern const lang_row lang_rows[LANG_COUNT];

/* -- nodes of the syntax tree -- */

static inline sv front_text(TSNode node, sv source)
{
    return sv_slice(source, ts_node_start_byte(node), ts_node_end_byte(node));
}
static inline uint32_t front_line(TSNode node)
{
    return ts_node_start_point(node).row + 1;
}
static inline uint32_t front_col(TSNode node)
{
    return ts_node_start_point(node).column + 1;
}
/* The line of the last byte. */
static inline uint32_t front_end_line(TSNode node)
{
    TSPoint end = ts_node_end_point(node);
    return end.column == 0 && end.row > ts_node_start_point(node).row ? end.row : end.row + 1;
}

/* -- what every front end needs at the end -- */

/* Clauses may be pushed in any order with their function set: this sorts them by function
 * (stable, so source order within one) and sets clause_first and clause_count. */
void facts_group_clauses(facts *f);

/* If a comment (from its marker on) holds `lode:ignore RULE reason`, adds the row. alone: nothing
 * else stands on its line. */
void facts_ignore_comment(facts *f, sv comment, uint32_t line, bool alone);

/* Cuts text to at most bytes_max without splitting a UTF-8 sequence. */
sv front_cut(sv text, size_t bytes_max);
enum { STRING_BYTES_MAX = 1024, DOC_BYTES_MAX = 8192 };

#endif
