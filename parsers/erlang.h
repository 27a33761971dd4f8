/* The Erlang front end, inside: a form goes through erlang.c, what it holds through the others.
 *
 * Expressions are lowered straight from the flat syntax tree. A macro use whose definition stands
 * in the same file is lowered twice: as its arguments, and as the body of the definition with the
 * parameters bound to the trees of the arguments (macro_env). So a macro works wherever the syntax
 * has a name: as function, module, record or arity. */
#ifndef LODE_PARSERS_ERLANG_H
#define LODE_PARSERS_ERLANG_H

#include "parsers/front_end.h"
#include "parsers/syntax.h"

/* Kinds of syntax nodes (syntax_node.kind); names follow the grammar's. */
typedef enum {
    K_ATOM = SYNTAX_FIRST,
    K_VAR,
    K_INTEGER,
    K_FLOAT,
    K_CHAR,
    K_STRING,
    K_CONCATABLES,
    K_MACRO_CALL,
    K_MACRO_STRING,
    K_LIST,
    K_TUPLE,
    K_BINARY,
    K_PAREN,
    K_BLOCK,
    K_IF,
    K_CASE,
    K_RECEIVE,
    K_TRY,
    K_MAYBE,
    K_INTERNAL_FUN,
    K_EXTERNAL_FUN,
    K_ANONYMOUS_FUN,
    K_LIST_COMPREHENSION,
    K_BINARY_COMPREHENSION,
    K_MAP_COMPREHENSION,
    K_CALL,
    K_REMOTE,
    K_BINARY_OP,
    K_UNARY_OP,
    K_MATCH,
    K_COND_MATCH,
    K_CATCH,
    K_PIPE,
    K_MAP,
    K_MAP_UPDATE,
    K_RECORD,
    K_RECORD_UPDATE,
    K_RECORD_FIELD_ACCESS,
    K_RECORD_INDEX,
    K_EXPR_LAST = K_RECORD_INDEX,
    K_TYPE, /* what only types have: X :: t, A..B, fun types, `...` */
    /* parts of expressions */
    K_REMOTE_MODULE,
    K_MODULE, /* `m:` of a fun */
    K_ARITY,
    K_EXPR_ARGS,
    K_MACRO_ARGS,
    K_MACRO_ARG,
    K_BIN_ELEMENT,
    K_BIT_SIZE,
    K_BIT_TYPES,
    K_BIT_UNIT,
    K_LC_EXPRS,
    K_LC_OR_ZC,
    K_GENERATOR,
    K_MAP_FIELD,
    K_RECORD_NAME,
    K_RECORD_FIELD_NAME,
    K_RECORD_FIELD,
    K_FIELD_EXPR,
    K_FIELD_TYPE,
    K_GUARD,
    K_GUARD_CLAUSE,
    K_CLAUSE_BODY,
    K_IF_CLAUSE,
    K_CR_CLAUSE,
    K_RECEIVE_AFTER,
    K_FUN_CLAUSE,
    K_CATCH_CLAUSE,
    K_TRY_CLASS,
    K_TRY_STACK,
    K_TRY_AFTER,
    /* forms and their parts */
    K_FUN_DECL,
    K_FUNCTION_CLAUSE,
    K_FORM_MODULE,
    K_FORM_BEHAVIOUR,
    K_FORM_EXPORT,
    K_FORM_IMPORT,
    K_FORM_COMPILE,
    K_FORM_FEATURE,
    K_FORM_OPTIONAL_CALLBACKS,
    K_FORM_DEPRECATED,
    K_FORM_RECORD,
    K_FORM_SPEC,
    K_FORM_CALLBACK,
    K_FORM_WILD,
    K_FORM_INCLUDE,
    K_FORM_INCLUDE_LIB,
    K_FORM_DEFINE,
    K_FORM_UNDEF,
    K_FORM_IFDEF,
    K_FORM_IFNDEF,
    K_FORM_IF,
    K_FORM_ELIF,
    K_FORM_ELSE,
    K_FORM_ENDIF,
    K_FORM_OTHER, /* types and the like: nothing of them is a fact */
    K_SHEBANG,
    K_FA,
    K_ATTR_NAME,
    K_MACRO_LHS,
    K_VAR_ARGS,
    K_REPLACEMENT_CLAUSES, /* function clauses as a macro body */
    K_REPLACEMENT_CR_CLAUSES,
    K_REPLACEMENT_GUARD_OR,
    K_REPLACEMENT_GUARD_AND,
    K_REPLACEMENT_EXPR_GUARD,
    K_REPLACEMENT_PARENS,
    /* tokens that are kept */
    T_FIRST,
    T_PLUS = T_FIRST,
    T_MINUS,
    T_STAR,
    T_SLASH,
    T_DIV,
    T_REM,
    T_BAND,
    T_AND,
    T_BOR,
    T_BXOR,
    T_BSL,
    T_BSR,
    T_OR,
    T_XOR,
    T_BNOT,
    T_NOT,
    T_APPEND,
    T_SUBTRACT,
    T_EQ,
    T_NE,
    T_LE,
    T_LT,
    T_GE,
    T_GT,
    T_EXACT_EQ,
    T_EXACT_NE,
    T_ANDALSO,
    T_ORELSE,
    T_BANG,
    T_ASSIGN_EXACT, /* := */
    T_LAST = T_ASSIGN_EXACT,
    K_COUNT
} erl_kind;

/* Fields of the grammar that are looked at. */
typedef enum {
    F_NONE,
    F_AFTER,
    F_ARGS,
    F_ARITY,
    F_ATTR,
    F_BODY,
    F_CATCH,
    F_CLASS,
    F_CLAUSE,
    F_CLAUSES,
    F_COND,
    F_ELEMENT,
    F_EXPR,
    F_EXPRS,
    F_FEATURE,
    F_FIELD,
    F_FILE,
    F_FLAG,
    F_FUN,
    F_FUNS,
    F_CALLBACKS,
    F_GUARD,
    F_KEY,
    F_LC_EXPRS,
    F_LHS,
    F_MODULE,
    F_NAME,
    F_OPERAND,
    F_OPTIONS,
    F_PAT,
    F_REPLACEMENT,
    F_RHS,
    F_SIGS,
    F_SIZE,
    F_STACK,
    F_TYPES,
    F_VALUE,
    F_COUNT
} erl_field;

enum {
    MACRO_ARGS_MAX = 24,          /* uses with more arguments are not expanded */
    MACRO_NEST_MAX = 24,          /* macros within macros */
    MACRO_NODES_MAX = 4096,       /* nodes of one expansion */
    BLOB_EXPANSION_MAX = 1 << 18, /* nodes of all expansions of a blob */
    CONDITION_DEPTH_MAX = 64,     /* nested -ifdef */
    FOLD_DEPTH_MAX = 64           /* how deep erl_fold makes its operands, at most */
};

/* One definition that uses further down the file see. */
typedef struct {
    sym name;
    int arity;       /* -1: without parentheses */
    uint32_t params; /* syntax node of the parameter list; 0: none */
    uint32_t body;   /* syntax node; 0: not an expression */
    bool preferred;  /* not in the less likely branch of a conditional */
} macro_def;

/* What is kept for a row of facts.macros until all definitions are known. */
typedef struct {
    uint32_t body; /* syntax node; 0: not an expression */
    bool is_test;  /* from a branch for tests */
} macro_row;

/* What a macro body is lowered under. */
typedef struct macro_env {
    const macro_def *def;
    const struct macro_env *outer; /* of the use; NULL: no macro */
    uint32_t params;               /* syntax node of the parameter list; 0: none */
    uint32_t args[MACRO_ARGS_MAX]; /* syntax nodes, to be lowered under outer */
    uint32_t arg_count;
    uint32_t line, col, end_line; /* of the outermost use: the place of all that comes from here */
} macro_env;

/* A syntax node and what it is lowered under. */
typedef struct {
    uint32_t at; /* 0: none */
    const macro_env *env;
} place;

typedef enum { BRANCH_ALWAYS, BRANCH_TEST, BRANCH_NOT_TEST, BRANCH_OTHER } branch_kind;
typedef struct {
    uint8_t kind;       /* branch_kind */
    bool preferred;     /* the branch that is taken in an ordinary build */
    bool any_preferred; /* one of the branches so far was */
} branch;

typedef struct {
    facts *f;
    syntax s;
    const uint8_t *fields; /* grammar's field id to erl_field */
    VEC(node_ix) stack;    /* children being gathered */
    uint32_t depth;        /* of the node being made */
    /* macros */
    VEC(macro_def) macros;
    map64 macro_index; /* (name, arity + 1) to index of macros */
    const macro_env *env;
    uint32_t nest;           /* macros open */
    uint32_t expansion_left; /* nodes that the outermost open expansion may still take */
    uint32_t blob_left;      /* nodes that further expansions of this blob may take */
    /* module */
    sym module_name; /* 0: not known (a header) */
    bool has_module; /* -module was seen */
    bool is_script;
    bool is_eunit;
    sym function_name; /* of the clause being lowered */
    uint32_t function_arity;
    branch branches[CONDITION_DEPTH_MAX];
    uint32_t branch_count;     /* may go over CONDITION_DEPTH_MAX; the excess is not recorded */
    map64 function_index;      /* (name, arity * 2 + test) to index of functions */
    map64 export_index;        /* the same keys; name 0, arity 0: export_all */
    VEC(macro_row) macro_rows; /* beside f->macros */
    uint32_t last_form_line;   /* first line of the run of forms and comments that belong to the
                                  next function (its -spec and -doc); 0: none */
    sym pending_doc;           /* text of -doc before its function */
    uint32_t pending_doc_line, pending_doc_end;
} lowering;

/* -- erlang_syntax.c: the tables -- */

const TSLanguage *erl_language(void);
/* Kinds and fields of the grammar; made once. */
const uint8_t *erl_kinds(uint32_t *count);
const uint8_t *erl_fields(void);
/* The name that the core language has for an operator token; "" for others. */
sv erl_op_name(erl_kind token);

static inline const syntax_node *erl_at(const lowering *l, uint32_t at)
{
    return &l->s.nodes.items[at];
}
static inline erl_kind erl_kind_at(const lowering *l, uint32_t at)
{
    return (erl_kind)l->s.nodes.items[at].kind;
}
static inline erl_field erl_field_at(const lowering *l, uint32_t at)
{
    return (erl_field)l->fields[l->s.nodes.items[at].field];
}
static inline bool erl_is_expr(erl_kind kind)
{
    return kind >= K_ATOM && kind <= K_EXPR_LAST;
}
static inline bool erl_is_token(erl_kind kind)
{
    return kind >= T_FIRST && kind <= T_LAST;
}
/* for (EACH_CHILD(l, parent, child)) */
#define EACH_CHILD(l, parent, child)                                                               \
    uint32_t child = syntax_child(&(l)->s, (parent));                                              \
    child != 0;                                                                                    \
    child = syntax_next(&(l)->s, (parent), child)
/* First child with the field, or 0. */
uint32_t erl_child(const lowering *l, uint32_t parent, erl_field field);
/* First child of the kind, or 0. */
uint32_t erl_child_of(const lowering *l, uint32_t parent, erl_kind kind);

/* -- erlang_text.c: literals -- */

/* Atom as written, perhaps quoted: unescaped; "Elixir." is cut off and *is_alias set. */
sym erl_atom(facts *f, sv text, bool *is_alias);
/* String, triple-quoted string or sigil as written: content, unescaped, cut. */
void erl_string(sv text, buf *out);
/* 16#ff, 1_000, $a: decimal text. */
sym erl_integer(facts *f, sv text);
sym erl_char(facts *f, sv text);

/* -- erlang_expr.c, erlang_call.c, erlang_binary.c, erlang_control.c, erlang_record.c -- */

/* A node at the place of syntax node at, extending over it. */
node_ix erl_put(lowering *l, node_kind kind, sym name, uint32_t at);
/* Gives node the children on the stack from mark on, and takes them off. */
node_ix erl_take(lowering *l, node_ix node, uint32_t mark);
static inline void erl_push(lowering *l, node_ix node)
{
    vec_push(&l->stack, node);
}
node_ix erl_expr(lowering *l, uint32_t at);
/* An integer or atom that is not in the source. */
node_ix erl_put_atom(lowering *l, sv text, uint32_t at);
/* An atom node for a name: atom, variable or macro. */
node_ix erl_name_node(lowering *l, uint32_t at);
/* The symbol for a name: that of the atom, "?NAME" for an unknown macro, "Name" for a variable. */
sym erl_name(lowering *l, uint32_t at);
/* The symbol of the atom that an expression is for sure, or 0. */
sym erl_resolve_atom(lowering *l, uint32_t at);
/* A call of callee, which is lowered under the present environment, with the arguments below
 * args. at is the syntax node of the whole call. */
node_ix erl_call_to(lowering *l, uint32_t at, uint32_t callee, place args);
/* `X:10/big` as the body of a macro: a NODE_SEGMENT; 0 when the operator at `at` is no such. */
node_ix erl_macro_segment(lowering *l, uint32_t at);
/* Children with field F_EXPRS as one expression: a block when there are several. */
node_ix erl_body(lowering *l, uint32_t parent);
node_ix erl_guard(lowering *l, uint32_t guard);
/* Folds the nodes on the stack from mark on into a chain of op; the result, 0 for none. */
node_ix erl_fold(lowering *l, const char *op, uint32_t mark, uint32_t at);
node_ix erl_arm(lowering *l, arm_kind kind, uint32_t at, node_ix guard, node_ix body,
                uint32_t mark);
/* What cannot be lowered, with what can be inside. */
node_ix erl_unknown(lowering *l, uint32_t at);
/* The same for the children of at that come after `after`. */
node_ix erl_unknown_rest(lowering *l, uint32_t at, uint32_t after);
/* Marks the blob partial and gives an empty unknown. */
node_ix erl_cut(lowering *l, uint32_t at);

typedef node_ix erl_expr_fn(lowering *l, uint32_t at);
erl_expr_fn erl_if, erl_case, erl_receive, erl_try, erl_maybe, erl_anonymous_fun, erl_internal_fun,
    erl_external_fun, erl_comprehension, erl_macro_call, erl_macro_string, erl_record, erl_binary,
    erl_call, erl_remote, erl_record_update, erl_record_field, erl_record_index, erl_map,
    erl_map_update;

/* -- erlang_macro.c -- */

/* Makes a definition visible; a less likely one does not replace another. */
void erl_macro_define(lowering *l, macro_def def);
/* Lowers the bodies in facts.macros. Of a macro that has a definition for tests and another for
 * ordinary builds only the latter stays. */
void erl_macros_finish(lowering *l);
void erl_macro_undef(lowering *l, sym name);
macro_def *erl_macro_find(lowering *l, sym name, int arity);
/* The syntax node that a variable stands for as a macro parameter, or 0. */
uint32_t erl_macro_arg(const lowering *l, uint32_t var);
/* Opens an expansion of def used at `at`; false when it must not be expanded. Afterwards, l->env
 * is env, until erl_macro_leave. args: the syntax node of the argument list, 0: none. */
bool erl_macro_enter(lowering *l, macro_def *def, uint32_t at, uint32_t args, macro_env *env);
void erl_macro_leave(lowering *l, const macro_env *env);
/* The definition that the macro use at `at` means; *applied: it is one without parentheses, and
 * the arguments of the use are those of a call. NULL: none in this file. */
macro_def *erl_macro_of(lowering *l, uint32_t at, bool *applied);
uint32_t erl_macro_arg_count(const lowering *l, uint32_t args);

/* -- erlang_forms.c -- */

/* Lowers one form; false when at is none. */
bool erl_form(lowering *l, uint32_t at);

/* -- erlang_branch.c: -ifdef and its like -- */

bool erl_branch_form(lowering *l, uint32_t at);
/* Within a branch for tests; within one that depends on something else. */
bool erl_in_test(const lowering *l);
bool erl_in_other(const lowering *l);
/* Within branches that an ordinary build takes. */
bool erl_in_preferred(const lowering *l);

/* -- erlang_function.c -- */

void erl_fun_decl(lowering *l, uint32_t at);
void erl_function_clause(lowering *l, uint32_t at);
/* A clause of which only the head is clear: its body is unknown. */
void erl_broken_clause(lowering *l, uint32_t at, uint32_t name, uint32_t args);
void erl_export(lowering *l, sym name, uint32_t arity);
/* Sets function kinds and test flags once all forms were seen. */
void erl_functions_finish(lowering *l);

/* -- erlang_docs.c -- */

/* Documentation of function (index) whose clause starts at line. */
void erl_function_docs(lowering *l, uint32_t function, uint32_t line);
void erl_module_docs(lowering *l, uint32_t line);
void erl_ignores(lowering *l);

/* -- erlang_repair.c -- */

/* For a file with syntax errors: replaces the syntax by that of its forms, each parsed by itself,
 * unless that is worse or takes too long; corrects the error figures of the facts. */
void erl_repair(lowering *l);

#endif
