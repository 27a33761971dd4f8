/* The Elixir front end's tables: symbols of the grammar, operators, special names. */
#include "base/base.h"

#include <pthread.h>

#include "parsers/elixir.h"

const TSLanguage *tree_sitter_elixir(void);

static const syntax_kind_row NAMED[] = {
    {"ERROR", K_ERROR},
    {"comment", K_COMMENT},
    {"source", K_SOURCE},
    {"block", K_BLOCK},
    {"identifier", K_IDENTIFIER},
    {"alias", K_ALIAS},
    {"integer", K_INTEGER},
    {"float", K_FLOAT},
    {"char", K_CHAR},
    {"boolean", K_BOOLEAN},
    {"nil", K_NIL},
    {"atom", K_ATOM},
    {"quoted_atom", K_QUOTED_ATOM},
    {"string", K_STRING},
    {"charlist", K_CHARLIST},
    {"sigil", K_SIGIL},
    {"sigil_name", K_SIGIL_NAME},
    {"sigil_modifiers", K_SIGIL_MODIFIERS},
    {"interpolation", K_INTERPOLATION},
    {"escape_sequence", K_ESCAPE},
    {"quoted_content", K_QUOTED_CONTENT},
    {"keywords", K_KEYWORDS},
    {"pair", K_PAIR},
    {"keyword", K_KEYWORD},
    {"quoted_keyword", K_QUOTED_KEYWORD},
    {"list", K_LIST},
    {"tuple", K_TUPLE},
    {"bitstring", K_BITSTRING},
    {"map", K_MAP},
    {"map_content", K_MAP_CONTENT},
    {"struct", K_STRUCT},
    {"unary_operator", K_UNARY},
    {"binary_operator", K_BINARY},
    {"operator_identifier", K_OPERATOR_IDENTIFIER},
    {"dot", K_DOT},
    {"call", K_CALL},
    {"arguments", K_ARGUMENTS},
    {"do_block", K_DO_BLOCK},
    {"after_block", K_AFTER_BLOCK},
    {"rescue_block", K_RESCUE_BLOCK},
    {"catch_block", K_CATCH_BLOCK},
    {"else_block", K_ELSE_BLOCK},
    {"access_call", K_ACCESS},
    {"stab_clause", K_STAB},
    {"body", K_BODY},
    {"anonymous_function", K_FN},
    {NULL, 0},
};

/* Unnamed tokens that stay in the tree: operators. */
static const syntax_kind_row TOKENS[] = {
    {"when", OP_WHEN}, {"::", OP_TYPE},       {"|", OP_BAR},         {"=>", OP_ASSOC},
    {"&", OP_AND_AMP}, {"=", OP_MATCH},       {"<-", OP_ARROW_LEFT}, {"\\\\", OP_DEFAULT},
    {"|>", OP_PIPE},   {"@", OP_AT},          {"^", OP_PIN},         {"!", OP_NOT},
    {"not", OP_NOT},   {"not in", OP_NOT_IN}, {"-", OP_MINUS},       {"/", OP_SLASH},
    {"||", OP_OTHER},  {"|||", OP_OTHER},     {"or", OP_OTHER},      {"&&", OP_OTHER},
    {"&&&", OP_OTHER}, {"and", OP_OTHER},     {"==", OP_OTHER},      {"!=", OP_OTHER},
    {"=~", OP_OTHER},  {"===", OP_OTHER},     {"!==", OP_OTHER},     {"<", OP_OTHER},
    {">", OP_OTHER},   {"<=", OP_OTHER},      {">=", OP_OTHER},      {"<<<", OP_OTHER},
    {">>>", OP_OTHER}, {"<<~", OP_OTHER},     {"~>>", OP_OTHER},     {"<~", OP_OTHER},
    {"~>", OP_OTHER},  {"<~>", OP_OTHER},     {"<|>", OP_OTHER},     {"in", OP_OTHER},
    {"^^^", OP_OTHER}, {"//", OP_OTHER},      {"..", OP_OTHER},      {"++", OP_OTHER},
    {"--", OP_OTHER},  {"+++", OP_OTHER},     {"---", OP_OTHER},     {"<>", OP_OTHER},
    {"+", OP_OTHER},   {"*", OP_OTHER},       {"**", OP_OTHER},      {"~~~", OP_OTHER},
    {NULL, 0},
};

enum { KIND_CAPACITY = 1024 };
static uint8_t kinds[KIND_CAPACITY];
static uint32_t kind_count;

static void kinds_make(void)
{
    kind_count = syntax_kinds(tree_sitter_elixir(), NAMED, TOKENS, kinds, KIND_CAPACITY);
}

const uint8_t *elixir_kinds(uint32_t *count)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, kinds_make);
    *count = kind_count;
    return kinds;
}

typedef struct {
    const char *name;
    uint8_t size;
    uint8_t what;
} special_row;

#define ROW(name, what)                                                                            \
    {                                                                                              \
        name, sizeof(name) - 1, what                                                               \
    }
/* Sorted by first letter. */
static const special_row SPECIALS[] = {
    ROW("alias", SP_ALIAS),
    ROW("case", SP_CASE),
    ROW("cond", SP_COND),
    ROW("def", SP_DEF),
    ROW("defp", SP_DEFP),
    ROW("defmodule", SP_DEFMODULE),
    ROW("defmacro", SP_DEFMACRO),
    ROW("defmacrop", SP_DEFMACROP),
    ROW("defguard", SP_DEFGUARD),
    ROW("defguardp", SP_DEFGUARDP),
    ROW("defdelegate", SP_DEFDELEGATE),
    ROW("defstruct", SP_DEFSTRUCT),
    ROW("defexception", SP_DEFEXCEPTION),
    ROW("defprotocol", SP_DEFPROTOCOL),
    ROW("defimpl", SP_DEFIMPL),
    ROW("defoverridable", SP_DEFOVERRIDABLE),
    ROW("describe", SP_DESCRIBE),
    ROW("for", SP_FOR),
    ROW("if", SP_IF),
    ROW("import", SP_IMPORT),
    ROW("quote", SP_QUOTE),
    ROW("receive", SP_RECEIVE),
    ROW("require", SP_REQUIRE),
    ROW("test", SP_TEST),
    ROW("try", SP_TRY),
    ROW("unless", SP_UNLESS),
    ROW("unquote", SP_UNQUOTE),
    ROW("unquote_splicing", SP_UNQUOTE),
    ROW("use", SP_USE),
    ROW("with", SP_WITH),
};
#undef ROW

special elixir_special(sv name)
{
    if (name.size < 2 || name.size > 16) return SP_NONE;
    for (size_t i = 0; i < ARRAY_LEN(SPECIALS); i++) {
        const special_row *row = &SPECIALS[i];
        if (row->name[0] > name.data[0]) break;
        if (row->name[0] == name.data[0] && row->size == name.size &&
            memcmp(row->name, name.data, name.size) == 0)
            return (special)row->what;
    }
    return SP_NONE;
}

sv elixir_op_name(sv written)
{
    if (sv_eq(written, SV("&&"))) return SV("and");
    if (sv_eq(written, SV("||"))) return SV("or");
    return written;
}
