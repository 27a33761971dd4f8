/* The scenario language's front end, inside: tokens (scan.c), expressions and patterns
 * (parse_expr.c), statements (parse_stmt.c), templates and the rest of a file (parse.c), and the
 * formatter (format.c), which prints the tokens as the parser marked them. */
#ifndef LODE_RUNTIME_PARSE_H
#define LODE_RUNTIME_PARSE_H

#include "runtime/program.h"

typedef enum {
    TOKEN_END,
    TOKEN_WORD, /* lower-case */
    TOKEN_VAR,  /* upper-case or _ */
    TOKEN_INT,
    TOKEN_STRING,
    TOKEN_MARK /* punctuation; text says which */
} token_kind;

typedef struct {
    uint8_t kind;     /* token_kind */
    bool line_start;  /* first on its line */
    bool after_blank; /* a blank line stands before it (or before its comments) */
    bool block;       /* a brace around statements; set by the parser */
    bool statement;   /* begins a statement or section; set by the parser */
    bool tight;       /* no white space before it in the source */
    sv text;          /* of a string: without the quotes */
    uint32_t line, column;
    uint32_t comment_first, comment_count; /* on lines of their own before it */
    sv trailing;                           /* comment behind it on its line; size 0: none */
    int64_t value;                         /* of TOKEN_INT */
} token;

typedef struct {
    VEC(token) tokens;
    VEC(sv) comments; /* with their # */
} token_list;

/* As program_parse; the tokens, marked by the parser, become the caller's if tokens is not NULL,
 * also on failure. */
bool program_parse_tokens(sv file_name, sv text, program *out, token_list *tokens, error *err);
bool scan(sv file_name, sv text, token_list *out, error *err);
void token_list_release(token_list *list);

typedef struct {
    uint32_t node;  /* NODE_INT to receive the template's number */
    uint32_t insn;  /* or the instruction; NONE */
    uint32_t child; /* or the child definition; NONE */
    sv name;
    uint32_t arg_count;
    const token *at;
    uint32_t shutdown, type, restart; /* nodes of a `child` expression still at their default */
} fixup;

typedef struct {
    sv file_name;
    token_list list;
    uint32_t at; /* token */
    program *out;
    error *err;
    bool failed;
    bool in_prelude;
    int depth;
    template_def *tmpl; /* being parsed; its variables are known by name */
    template_def tmpl_store;
    VEC(fixup) fixups;
    VEC(uint32_t) * breaks;     /* jumps that leave the innermost loop; NULL outside one */
    uint32_t loop_tries, tries; /* tries open at the loop and here */
    bool in_statem;
    bool in_clause_pattern; /* variables there are new, so none of the server's state */
    uint32_t line, place;   /* of the statement being parsed */
} parser;

/* parse.c */
const token *peek(const parser *ps);
const token *peek_at(const parser *ps, uint32_t ahead);
const token *take(parser *ps);
bool is_mark(const token *t, const char *text);
bool is_word(const token *t, const char *text);
/* Takes the token if it is this mark or word. */
bool take_mark(parser *ps, const char *text);
bool take_word(parser *ps, const char *text);
bool expect_mark(parser *ps, const char *text, const char *where);
/* True if the statement goes on: the next token is on the same line and ends nothing. */
bool more_on_line(const parser *ps);
bool parse_fail(parser *ps, const token *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The nearest of the words to text, or NULL if none is near. */
const char *nearest(sv text, const char *const *words, size_t count);
/* Takes `@ "place"` if it is there; 0 if not. */
uint32_t parse_place(parser *ps);
uint32_t template_find(const program *p, sv name);

/* parse_expr.c */
uint32_t node_add(parser *ps, node_kind kind, int64_t value);
uint32_t node_group(parser *ps, node_kind kind, const uint32_t *kids, uint32_t count);
uint32_t node_atom(parser *ps, sym atom);
/* The number of a variable of the template at hand, added if new. */
uint32_t variable(parser *ps, sv name);
uint32_t parse_expr(parser *ps);
/* Without operators: what can stand next to another operand. */
uint32_t parse_primary(parser *ps);
uint32_t parse_pattern(parser *ps);
/* NAME or NAME(args): the template to be found later, the arguments as a list node. */
uint32_t parse_template_use(parser *ps, fixup *out);
/* After the word `child`. */
uint32_t parse_child_expr(parser *ps);

/* parse_stmt.c */
uint32_t emit(parser *ps, insn_kind kind);
/* A block in braces, as instructions; ends with whatever the statements end with. */
void parse_block(parser *ps);
void parse_statement(parser *ps);
/* on P [when E] [block], for a receive or a server. */
void parse_clause_rest(parser *ps, clause *c, bool block_needed);

/* format.c: as rt_format; expand puts every block on lines of its own. */
bool scenario_layout(sv file_name, sv source, bool expand, buf *out, error *err);

#endif
