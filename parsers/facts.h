/* Facts: what the source text of one blob says, in one vocabulary for every language.
 *
 * A front end lowers its syntax tree to a small core language (node_kind below) in flat arrays:
 * modules, functions, clauses, and expression nodes. Nothing is guessed across files: what needs
 * another file (an included macro, a `use` of another module) is a node or row that says so, and
 * linking resolves it. Sugar is gone: pipes are calls, keyword lists are lists of pairs, aliases
 * are full module names, `Pid ! M` is erlang:send(Pid, M), `&f/1` and `fun f/1` are one kind.
 *
 * All cross references are indices into the arrays of the same `facts`; index 0 of `nodes` is the
 * "no node" sentinel of kind NODE_NONE. Nodes are at most NODE_DEPTH_MAX deep, so that consumers
 * may recurse; a front end replaces what is deeper by NODE_UNKNOWN and marks the blob partial. */
#ifndef LODE_PARSERS_FACTS_H
#define LODE_PARSERS_FACTS_H

#include "base/base.h"

typedef enum { LANG_NONE, LANG_ELIXIR, LANG_ERLANG, LANG_COUNT } lang;

enum { NODE_DEPTH_MAX = 512 };

typedef uint32_t node_ix; /* index into facts.nodes; 0: none */

/* The core language. "kids" are the children in order; [x] is optional and then node 0. */
typedef enum {
    NODE_NONE = 0,
    /* -- values -- name is the text of the literal unless said otherwise */
    NODE_ATOM,   /* :ok, ok, true, nil; module names too: "Foo.Bar" (no "Elixir."), "gen_server" */
    NODE_INT,    /* name: decimal text, sign and underscores gone; characters too */
    NODE_FLOAT,  /* name: as written */
    NODE_STRING, /* name: content (cut at 1,024 bytes); charlists, sigils, heredocs, Erlang "..." */
    NODE_BINARY, /* <<...>> and interpolated strings: kids are segments (the value expressions);
                    a segment with a size or type is NODE_SEGMENT */
    NODE_SEGMENT,    /* kid0 value, kid1 [size expression]; name: the type specifiers as written */
    NODE_VAR,        /* name; "_" is the wildcard; "&1" is a capture argument */
    NODE_PIN,        /* ^x in a pattern: kid0 */
    NODE_TUPLE,      /* kids */
    NODE_LIST,       /* kids; NODE_FLAG_TAIL: the last kid is the tail ([h | t]) */
    NODE_MAP,        /* kids: key, value, key, value... */
    NODE_MAP_UPDATE, /* kid0 base; then key, value...: %{m | k: v}, M#{k => v} */
    NODE_STRUCT,     /* name: struct module; kids: key, value... (keys are atoms) */
    NODE_STRUCT_UPDATE, /* name; kid0 base; then key, value...: %S{s | k: v} */
    NODE_RECORD,        /* name: record; kids: field atom, value...; field "_" is the default */
    NODE_RECORD_UPDATE, /* name; kid0 base; then field atom, value... */
    NODE_FIELD,         /* x.name, X#rec.name: kid0 x; kid1 [atom of the record name] */
    NODE_INDEX,         /* x[key]: kid0 x, kid1 key */
    NODE_ATTR,          /* @name read in an expression */
    NODE_MACRO, /* ?name or ?name(args): kid0 [expansion, where the same file defines it], args.
                   NODE_FLAG_ARGS: written with parentheses. ?MODULE, ?FUNCTION_NAME, ?LINE and
                   __MODULE__ are not macros but the atoms and numbers they stand for */
    /* -- control -- */
    NODE_BLOCK, /* kids in sequence; the last is the value */
    NODE_MATCH, /* kid0 pattern, kid1 value */
    NODE_OP,    /* name: + - * / div rem == === != !== < <= > >= and or xor not in <> ++ -- .. |||
                   &&& ~~~ ^^^ <<< >>>; && and andalso are "and", =:= is "===", =/= is "!==",
                   /= is "!=", =< is "<="; kids: 1 or 2 operands. `!x` is not; a !in is not(in) */
    NODE_IF,    /* kid0 condition, kid1 then, kid2 [else]; unless is swapped */
    NODE_CASE,  /* kid0 subject; then arms */
    NODE_COND,  /* arms without pattern, condition as the guard: cond, Erlang if */
    NODE_WITH,  /* steps (NODE_WITH_STEP or plain expressions), NODE_DO, then else arms; Erlang
                   maybe is the same */
    NODE_WITH_STEP, /* kid0 pattern, kid1 [guard], kid2 value */
    NODE_DO,        /* kid0 body */
    NODE_RECEIVE,   /* arms; at most one of them an ARM_AFTER, last */
    NODE_TRY,       /* kid0 body; then arms: ARM_RESCUE, ARM_CATCH, ARM_ELSE, ARM_FINALLY.
                       def bodies with rescue/after are one NODE_TRY. Erlang `try E of` gives
                       ARM_ELSE arms */
    NODE_CATCH,     /* Erlang `catch E`: kid0 */
    NODE_ARM,       /* one clause of the above and of NODE_FN; flags: arm_kind.
                       kid0 [guard], kid1 body, kid2.. patterns.
                       ARM_CATCH: patterns are class and reason ("throw" when not written).
                       ARM_RESCUE: kid2 [variable or 0], kid3.. exception modules.
                       ARM_AFTER: kid2 is the timeout. ARM_FINALLY: no pattern */
    NODE_FOR,       /* NODE_GENERATOR and filters, then NODE_DO with the body; list, binary and map
                       comprehensions; into:/reduce: options are kids before the NODE_DO */
    NODE_GENERATOR, /* kid0 pattern, kid1 source */
    NODE_QUOTE,     /* kid0 body: code that does not run here */
    NODE_UNQUOTE,   /* kid0 */
    /* -- calls -- line and column are those of the function name */
    NODE_CALL,         /* f(args): name; kids: args. Kernel functions and macros, BIFs, imports and
                          local functions alike */
    NODE_CALL_REMOTE,  /* m.f(args), m:f(args): kid0 module expression, then args; name: f;
                          Erlang M:F(A) with F no atom: name 0 and NODE_CALL_DYNAMIC is used */
    NODE_CALL_FUN,     /* f.(args), F(Args): kid0 function value, then args */
    NODE_CALL_DYNAMIC, /* M:F(Args) with computed F: kid0 module, kid1 function, then args */
    NODE_FN,           /* anonymous function: arms (ARM_FN). &(&1 + 1) is an ARM_FN with patterns
                          &1.. */
    NODE_FUN_REF,      /* &m.f/a, fun m:f/a, &f/a: name f; kid0 [module], kid1 arity (NODE_INT) */
    NODE_UNKNOWN,      /* syntax error or unsupported; kids: what could be lowered inside */
    NODE_KIND_COUNT
} node_kind;

typedef enum {
    ARM_CASE, /* case, with-else, receive */
    ARM_FN,
    ARM_RESCUE,
    ARM_CATCH,
    ARM_ELSE,
    ARM_FINALLY,
    ARM_AFTER
} arm_kind;

enum {
    NODE_FLAG_ARM = 0x07,    /* arm_kind of a NODE_ARM */
    NODE_FLAG_TAIL = 0x08,   /* list with a tail */
    NODE_FLAG_PIPED = 0x10,  /* call: the first argument came through a pipe */
    NODE_FLAG_MODULE = 0x20, /* atom: written as an alias or as __MODULE__ / ?MODULE */
    NODE_FLAG_SELF = 0x40,   /* atom: written as __MODULE__ / ?MODULE (within a quote: caller's) */
    NODE_FLAG_ARGS = 0x80,   /* macro or call: written with parentheses */
    NODE_FLAG_EXACT = 0x08   /* map in a pattern or update: Erlang `:=` used throughout */
};

/* 28 bytes: millions are held. Lines count from 1, columns from 1 in bytes. */
typedef struct {
    uint8_t kind;  /* node_kind */
    uint8_t flags; /* NODE_FLAG_* */
    uint16_t col;  /* 65535 where it is more */
    uint32_t line;
    uint32_t end_line;
    sym name;           /* see node_kind; symbol of facts.symbols */
    uint32_t kid_first; /* into facts.kids */
    uint32_t kid_count;
    uint32_t reserved; /* 0; for consumers that annotate */
} fact_node;
_Static_assert(sizeof(fact_node) == 28, "stored in bulk");

typedef enum {
    MODULE_PLAIN,
    MODULE_PROTOCOL, /* defprotocol */
    MODULE_IMPL,     /* defimpl: name is "Protocol.For" */
    MODULE_USING,    /* body of the quote in `defmacro __using__`: name is that of the defining
                        module; its rows are copied into each user by linking */
    MODULE_HEADER,   /* an Erlang file without -module (a .hrl): name is the file's base name */
    MODULE_SCRIPT    /* top-level Elixir code outside any module (scripts, configs, mix.exs top) */
} module_kind;

typedef struct {
    sym name;
    uint8_t kind;    /* module_kind */
    bool is_test;    /* use ExUnit.Case, _SUITE, eunit include with *_tests name */
    uint32_t parent; /* enclosing module + 1; 0: none */
    uint32_t line, end_line;
} fact_module;

typedef enum {
    FUNCTION_PUBLIC,
    FUNCTION_PRIVATE,
    FUNCTION_MACRO,
    FUNCTION_MACRO_PRIVATE
} function_kind;

/* Functions in source order; the clauses of one function may be apart in the source (-ifdef). */
typedef struct {
    uint32_t module; /* into modules */
    sym name;
    uint16_t arity;         /* as defined, default arguments included */
    uint16_t default_count; /* callable with arity - default_count .. arity arguments; the defaults
                               are NODE_OP "\\" (pattern, default) in the parameters */
    uint8_t kind;           /* function_kind */
    bool is_test;           /* under -ifdef(TEST), test_/0 and _test/0 in eunit files */
    bool is_delegate;       /* defdelegate: one clause whose body is the call */
    bool is_impl;           /* @impl precedes it */
    uint32_t clause_first;  /* into clauses, clause_count of them, contiguous */
    uint32_t clause_count;
    uint32_t line, end_line;
} fact_function;

typedef struct {
    uint32_t function;
    uint32_t param_first; /* into kids: arity node indices (patterns) */
    node_ix guard;        /* 0: none; several `when`/`;` alternatives are OP or, `,` is OP and */
    node_ix body;         /* NODE_BLOCK, NODE_TRY or a single expression; 0: a bodiless head */
    uint32_t line, end_line;
    uint16_t col;
    bool conditional; /* under -ifdef/-ifndef/-else of something other than TEST */
} fact_clause;

/* `use M, opts`; `use M, [a: 1]` */
typedef struct {
    uint32_t module;
    sym target;   /* full name */
    node_ix opts; /* 0: none */
    uint32_t line;
} fact_use;

typedef struct {
    uint32_t module;
    sym target;
    node_ix only;   /* import M, only: [...]; Erlang -import(m, [f/1]): list of {name, arity} */
    node_ix except; /* import M, except: [...] */
    uint32_t line;
} fact_import;

/* -behaviour(b), @behaviour B */
typedef struct {
    uint32_t module;
    sym name;
    uint32_t line;
} fact_behaviour;

/* @name value (Elixir), -name(value) (Erlang, but for those with a table of their own). An
 * attribute set more than once has several rows in order. */
typedef struct {
    uint32_t module;
    sym name;
    node_ix value;
    uint32_t line;
} fact_attribute;

/* -define(NAME, body), -define(NAME(A, B), body). */
typedef struct {
    uint32_t module;
    sym name;
    int16_t arity;        /* -1: without parentheses */
    uint32_t param_first; /* into kids: NODE_VAR */
    node_ix body;         /* 0: empty or not an expression */
    uint32_t line;
} fact_macro;

/* -record(name, {fields}); defstruct (name: the module's). Fields in fact_field. */
typedef struct {
    uint32_t module;
    sym name;
    bool is_struct;
    uint32_t field_first; /* into fields */
    uint32_t field_count;
    uint32_t line;
} fact_record;

typedef struct {
    sym name;
    node_ix value; /* default; 0: nil / undefined */
} fact_field;

/* -include("a.hrl"), -include_lib("app/include/a.hrl"), text as written. */
typedef struct {
    uint32_t module;
    sym path;
    bool is_lib;
    uint32_t line;
} fact_include;

/* Erlang -export; Elixir modules export by function_kind. export_all is name 0, arity 0. */
typedef struct {
    uint32_t module;
    sym name;
    uint16_t arity;
} fact_export;

typedef enum { DOC_MODULE, DOC_FUNCTION, DOC_COMMENT } doc_kind;

/* @moduledoc, @doc, -doc, -moduledoc, %% @doc and the comment block right above a function. */
typedef struct {
    uint32_t module;
    uint32_t function; /* index + 1; 0: the module */
    uint8_t kind;      /* doc_kind */
    sym text;          /* at most 8 KiB */
    uint32_t line, end_line;
} fact_doc;

/* `# lode:ignore RULE reason`, `%% lode:ignore RULE reason`: holds for the line it stands on or,
 * alone on its line, for the next one. */
typedef struct {
    uint32_t line; /* the line it holds for */
    sym rule;      /* "*" for all */
    sym reason;
} fact_ignore;

/* All facts of one blob. Zero is empty. Owns its memory; see facts_release. */
typedef struct {
    uint8_t lang; /* lang */
    bool partial; /* something was cut: depth, time, memory, or syntax errors */
    uint32_t source_bytes;
    uint32_t error_bytes; /* bytes inside syntax errors */
    uint32_t error_count;
    uint32_t line_count;
    sym_table symbols;
    VEC(fact_node) nodes; /* nodes.items[0] is NODE_NONE once facts_init was called */
    VEC(node_ix) kids;
    VEC(fact_module) modules;
    VEC(fact_function) functions;
    VEC(fact_clause) clauses;
    VEC(fact_use) uses;
    VEC(fact_import) imports;
    VEC(fact_behaviour) behaviours;
    VEC(fact_attribute) attributes;
    VEC(fact_macro) macros;
    VEC(fact_record) records;
    VEC(fact_field) fields;
    VEC(fact_include) includes;
    VEC(fact_export) exports;
    VEC(fact_doc) docs;
    VEC(fact_ignore) ignores;
    VEC(node_ix)
    terms; /* top-level terms of a .app.src or .config file; top-level expressions of
              a script */
} facts;

void facts_init(facts *f, lang language);
void facts_release(facts *f);

/* -- building, for front ends -- */

/* Adds a node without children; end_line starts as line. */
node_ix facts_node(facts *f, node_kind kind, sym name, uint32_t line, uint32_t col);
/* Gives a node its children (copied); at most once per node. */
void facts_node_kids(facts *f, node_ix node, const node_ix *kids, uint32_t count);
/* Appends node indices to facts.kids; returns the first position. */
uint32_t facts_kids_add(facts *f, const node_ix *kids, uint32_t count);

/* -- reading -- */

static inline node_ix facts_kid(const facts *f, node_ix node, uint32_t n)
{
    const fact_node *at = &f->nodes.items[node];
    return n < at->kid_count ? f->kids.items[at->kid_first + n] : 0;
}
static inline sv facts_text(const facts *f, sym symbol)
{
    return sym_text(&f->symbols, symbol);
}
/* Lower-case name of a node kind without the prefix: "call_remote". */
const char *node_kind_name(node_kind kind);
/* One line per module, function, clause and so on, expressions as s-expressions; for golden tests
 * and `lode model --facts`. Stable. */
void facts_dump(const facts *f, buf *out);

/* -- storing -- */

/* Appends a machine-independent encoding; the same facts give the same bytes. */
void facts_encode(const facts *f, buf *out);
/* Decodes and checks every index against its array, so that hostile bytes give ERR_INPUT and
 * never a wild access. *f must be zero. */
bool facts_decode(sv bytes, facts *f, error *err);

#endif
