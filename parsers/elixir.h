/* The Elixir front end, shared between its files. Internal to parsers/elixir*.c.
 *
 * elixir_lower makes a flat syntax tree (syntax.h) and walks it once. Expressions are lowered by
 * elixir_expr; modules and definitions are expressions too, which leave rows in the facts and
 * yield no node. Children under construction live on one stack (see elixir_make). */
#ifndef LODE_PARSERS_ELIXIR_H
#define LODE_PARSERS_ELIXIR_H

#include "parsers/front_end.h"
#include "parsers/syntax.h"

/* Kinds of syntax nodes. */
enum {
    K_ERROR = SYNTAX_ERROR,
    K_COMMENT = SYNTAX_COMMENT,
    K_OTHER = SYNTAX_OTHER,
    K_SOURCE = SYNTAX_FIRST,
    K_BLOCK,
    K_IDENTIFIER,
    K_ALIAS,
    K_INTEGER,
    K_FLOAT,
    K_CHAR,
    K_BOOLEAN,
    K_NIL,
    K_ATOM,
    K_QUOTED_ATOM,
    K_STRING,
    K_CHARLIST,
    K_SIGIL,
    K_SIGIL_NAME,
    K_SIGIL_MODIFIERS,
    K_INTERPOLATION,
    K_ESCAPE,
    K_QUOTED_CONTENT,
    K_KEYWORDS,
    K_PAIR,
    K_KEYWORD,
    K_QUOTED_KEYWORD,
    K_LIST,
    K_TUPLE,
    K_BITSTRING,
    K_MAP,
    K_MAP_CONTENT,
    K_STRUCT,
    K_UNARY,
    K_BINARY,
    K_OPERATOR_IDENTIFIER,
    K_DOT,
    K_CALL,
    K_ARGUMENTS,
    K_DO_BLOCK,
    K_AFTER_BLOCK,
    K_RESCUE_BLOCK,
    K_CATCH_BLOCK,
    K_ELSE_BLOCK,
    K_ACCESS,
    K_STAB,
    K_BODY,
    K_FN,
    /* operators with a meaning of their own */
    K_OP_FIRST,
    OP_WHEN = K_OP_FIRST,
    OP_TYPE, /* :: */
    OP_BAR,
    OP_ASSOC, /* => */
    OP_AND_AMP,
    OP_MATCH,
    OP_ARROW_LEFT, /* <- */
    OP_DEFAULT,    /* \\ */
    OP_PIPE,       /* |> */
    OP_AT,
    OP_PIN, /* ^ */
    OP_NOT, /* ! and not */
    OP_NOT_IN,
    OP_MINUS,
    OP_SLASH,
    OP_OTHER, /* named by elixir_op_name */
};

/* Local calls and macros that are more than calls. */
typedef enum {
    SP_NONE,
    SP_DEFMODULE,
    SP_DEF,
    SP_DEFP,
    SP_DEFMACRO,
    SP_DEFMACROP,
    SP_DEFGUARD,
    SP_DEFGUARDP,
    SP_DEFDELEGATE,
    SP_DEFSTRUCT,
    SP_DEFEXCEPTION,
    SP_DEFPROTOCOL,
    SP_DEFIMPL,
    SP_DEFOVERRIDABLE,
    SP_TEST,
    SP_DESCRIBE,
    SP_ALIAS,
    SP_REQUIRE,
    SP_IMPORT,
    SP_USE,
    SP_CASE,
    SP_COND,
    SP_IF,
    SP_UNLESS,
    SP_WITH,
    SP_FOR,
    SP_RECEIVE,
    SP_TRY,
    SP_QUOTE,
    SP_UNQUOTE
} special;

/* The parts of a do-block, or of `do:`, `else:` and so on among the keyword arguments. */
enum { SECTION_DO, SECTION_RESCUE, SECTION_CATCH, SECTION_ELSE, SECTION_AFTER, SECTION_COUNT };
typedef struct {
    uint32_t at[SECTION_COUNT]; /* a *_block, or the value of the keyword; 0: not there */
} sections;

#define NO_INDEX UINT32_MAX
/* Nodes that one syntax node becomes are a few levels deep: stop that much earlier. */
enum { LOWER_DEPTH_MAX = NODE_DEPTH_MAX - 16 };

/* A name in lexical scope: alias A.B, as: C gives {"C", "A.B"}. */
typedef struct {
    sv short_name; /* one segment; points into the source or the symbols */
    sym full;
} alias_row;

/* A variable that no pattern of its clause binds: perhaps a call without parentheses. */
typedef struct {
    node_ix node;
    uint32_t module;
} free_name;

/* Attributes that speak of the definition after them. */
typedef struct {
    uint32_t doc;  /* syntax node of the text of @doc; 0: none */
    bool impl;     /* @impl other than false */
    uint32_t line; /* of the first such attribute; 0: none */
} pending_attributes;

typedef struct {
    facts *f;
    syntax tree;
    uint32_t depth;     /* of the node under construction */
    VEC(node_ix) stack; /* children under construction */
    VEC(alias_row) aliases;
    VEC(node_ix) reads;  /* variables read in the clause at hand */
    VEC(uint32_t) bound; /* by symbol: the clause that last bound it */
    VEC(free_name) free_names;
    VEC(uint32_t) heads;   /* clauses: the line above which their comment would stand */
    map64 functions;       /* (module, arity), name -> function */
    uint32_t clause_mark;  /* number of the clause at hand, for `bound` */
    uint32_t clause_marks; /* how many there were */
    uint32_t module;       /* NO_INDEX outside of any */
    uint32_t using_module; /* MODULE_USING of the module at hand; NO_INDEX until there is one */
    uint32_t script;       /* the script module; NO_INDEX until something needs it */
    uint32_t capture_max;  /* largest &n of the capture at hand */
    uint32_t quote_depth;  /* quotes that are not a module's __using__ */
    uint32_t conditional;  /* ifs around definitions */
    bool pattern;          /* variables bind */
    bool in_function;
    bool in_using_macro; /* quotes here are a module's __using__ */
    sv describe;         /* name of the ExUnit describe block at hand */
    pending_attributes pending;
} elixir;

/* -- elixir_tables.c -- */
/* Kinds by symbol of the grammar; made once. */
const uint8_t *elixir_kinds(uint32_t *count);
special elixir_special(sv name);
/* Name of the core language for an operator as written. */
sv elixir_op_name(sv written);

/* -- elixir.c -- */
static inline const syntax_node *elixir_at(const elixir *e, uint32_t at)
{
    return &e->tree.nodes.items[at];
}
static inline uint8_t elixir_kind(const elixir *e, uint32_t at)
{
    return at ? e->tree.nodes.items[at].kind : (uint8_t)SYNTAX_SKIP;
}
static inline uint32_t elixir_child(const elixir *e, uint32_t at)
{
    return syntax_child(&e->tree, at);
}
static inline uint32_t elixir_next(const elixir *e, uint32_t parent, uint32_t child)
{
    return syntax_next(&e->tree, parent, child);
}
static inline sv elixir_text(const elixir *e, uint32_t at)
{
    return syntax_text(&e->tree, at);
}
/* for (EACH_CHILD(e, parent, child)) */
#define EACH_CHILD(e, parent, child)                                                               \
    uint32_t child = elixir_child((e), (parent));                                                  \
    child;                                                                                         \
    child = elixir_next((e), (parent), child)
uint32_t elixir_last_child(const elixir *e, uint32_t at);
uint32_t elixir_child_of_kind(const elixir *e, uint32_t parent, uint8_t kind);

sym elixir_sym(elixir *e, sv text);
/* A leaf at the place of syntax node `at`. */
node_ix elixir_leaf(elixir *e, node_kind kind, sv name, uint32_t at);
/* Pushes a child. */
void elixir_push(elixir *e, node_ix node);
/* A node at `at` whose children are those pushed since `mark` (a former e->stack.count), which
 * are popped. */
node_ix elixir_make(elixir *e, node_kind kind, sym name, uint32_t at, uint32_t mark);
/* The same, for a call: placed at its name, which is syntax node `name_at`. */
node_ix elixir_make_call(elixir *e, node_kind kind, sym name, uint32_t at, uint32_t name_at,
                         uint32_t mark);
/* The module that rows belong to; outside of any, the script's, which is then made. */
uint32_t elixir_module(elixir *e);

/* -- elixir_expr.c -- */
/* Lowers one expression. 0 for what leaves no code (definitions, directives). */
node_ix elixir_expr(elixir *e, uint32_t at);
node_ix elixir_pattern(elixir *e, uint32_t at);
/* The same as an expression whatever surrounds it. */
node_ix elixir_value(elixir *e, uint32_t at);
node_ix elixir_unknown(elixir *e, uint32_t at);
/* A keyword list as LIST of TUPLE. */
node_ix elixir_keywords(elixir *e, uint32_t at);
node_ix elixir_pair(elixir *e, uint32_t at);

/* -- elixir_call.c -- */
/* piped: first argument; 0: none. */
node_ix elixir_call(elixir *e, uint32_t at, node_ix piped);
node_ix elixir_pipe(elixir *e, uint32_t at);
node_ix elixir_capture(elixir *e, uint32_t at, uint32_t operand);
/* Pushes the arguments of a call: trailing keywords as one list, then a do-block as another. */
void elixir_push_args(elixir *e, uint32_t call);
uint32_t elixir_arguments(const elixir *e, uint32_t call);
/* The n-th argument (keywords count as one), or 0. */
uint32_t elixir_argument(const elixir *e, uint32_t call, uint32_t n);

/* -- elixir_data.c -- */
node_ix elixir_map(elixir *e, uint32_t at);
node_ix elixir_bitstring(elixir *e, uint32_t at);
node_ix elixir_list(elixir *e, uint32_t at);
/* One segment of a bitstring from its syntax node; also that left of `<-`. */
node_ix elixir_segment(elixir *e, uint32_t at);

/* -- elixir_text.c -- */
node_ix elixir_string(elixir *e, uint32_t at);
node_ix elixir_sigil(elixir *e, uint32_t at);
node_ix elixir_number(elixir *e, uint32_t at);
node_ix elixir_char(elixir *e, uint32_t at);
/* ATOM, or BINARY when there is interpolation. */
node_ix elixir_atom(elixir *e, uint32_t at);
/* The literal text of a string, sigil, charlist, quoted atom or keyword: escapes decoded, heredocs
 * without their indentation; interpolations are left out. Appends to *out. */
void elixir_text_of(const elixir *e, uint32_t at, buf *out);
bool elixir_has_interpolation(const elixir *e, uint32_t at);

/* -- elixir_control.c -- */
sections elixir_sections(const elixir *e, uint32_t call);
/* The body of a section: BLOCK, expression, or FN where it consists of stab clauses; nil when
 * empty or 0. Aliases in it end with it. */
node_ix elixir_section(elixir *e, uint32_t section);
/* The children of `at` as a body. */
node_ix elixir_body(elixir *e, uint32_t at);
/* A body with rescue, catch, else, after: NODE_TRY, else that of elixir_section. */
node_ix elixir_guarded_body(elixir *e, uint32_t at, const sections *parts);
node_ix elixir_control(elixir *e, special what, uint32_t at, node_ix piped);
node_ix elixir_fn(elixir *e, uint32_t at);
/* Pushes the stab clauses among the children of section (or its block) as arms. */
void elixir_push_arms(elixir *e, uint32_t section, arm_kind kind);
/* A guard, with `when` between alternatives as `or`. */
node_ix elixir_guard(elixir *e, uint32_t at);

/* -- elixir_module.c -- */
void elixir_directive(elixir *e, special what, uint32_t at);
void elixir_defmodule(elixir *e, special what, uint32_t at);
/* An alias, atom, __MODULE__ or __MODULE__.X as a full module name; 0: something else. */
sym elixir_module_name(elixir *e, uint32_t at);
/* A section as code at module level: definitions give rows, the rest is pushed. */
void elixir_module_code(elixir *e, uint32_t at);
/* A name as it stands in the source of an alias, without white space around dots. */
sym elixir_alias_text(elixir *e, sv written);
/* Quote in `defmacro __using__`: its definitions become those of a MODULE_USING. */
node_ix elixir_using_quote(elixir *e, uint32_t at, uint32_t section);
/* What a syntax error swallowed: definitions inside are still found. */
node_ix elixir_error(elixir *e, uint32_t at);

/* -- elixir_def.c -- */
/* A definition in a module. False: it is not in the form of one, and a call like any other.
 * *out: the code that is left of it (`describe`), or 0. */
bool elixir_def(elixir *e, special what, uint32_t at, node_ix *out);
/* A function without parameters that holds `body`: code at module level. */
void elixir_module_body(elixir *e, uint32_t module, node_ix body);
/* `@name value` gives a row; `@name` a node. */
node_ix elixir_attribute(elixir *e, uint32_t at, uint32_t operand);
/* Comments above clauses, and variables that are calls: once all definitions are known. */
void elixir_finish(elixir *e);

#endif
