/* The tables that tie the Erlang grammar's names to small numbers. */
#include "base/base.h"

#include <pthread.h>

#include "parsers/erlang.h"

const TSLanguage *tree_sitter_erlang(void);

static const syntax_kind_row NAMED[] = {
    {"comment", SYNTAX_COMMENT},
    {"atom", K_ATOM},
    {"var", K_VAR},
    {"integer", K_INTEGER},
    {"float", K_FLOAT},
    {"char", K_CHAR},
    {"string", K_STRING},
    {"concatables", K_CONCATABLES},
    {"macro_call_expr", K_MACRO_CALL},
    {"macro_call_none", K_MACRO_CALL},
    {"macro_string", K_MACRO_STRING},
    {"list", K_LIST},
    {"tuple", K_TUPLE},
    {"binary", K_BINARY},
    {"paren_expr", K_PAREN},
    {"block_expr", K_BLOCK},
    {"if_expr", K_IF},
    {"case_expr", K_CASE},
    {"receive_expr", K_RECEIVE},
    {"try_expr", K_TRY},
    {"maybe_expr", K_MAYBE},
    {"internal_fun", K_INTERNAL_FUN},
    {"external_fun", K_EXTERNAL_FUN},
    {"anonymous_fun", K_ANONYMOUS_FUN},
    {"list_comprehension", K_LIST_COMPREHENSION},
    {"binary_comprehension", K_BINARY_COMPREHENSION},
    {"map_comprehension", K_MAP_COMPREHENSION},
    {"call", K_CALL},
    {"remote", K_REMOTE},
    {"binary_op_expr", K_BINARY_OP},
    {"binary_op_catch_pat", K_BINARY_OP},
    {"binary_op_expr_max", K_BINARY_OP},
    {"unary_op_expr", K_UNARY_OP},
    {"unary_op_expr_max", K_UNARY_OP},
    {"match_expr", K_MATCH},
    {"match_catch_pat", K_MATCH},
    {"cond_match_expr", K_COND_MATCH},
    {"catch_expr", K_CATCH},
    {"pipe", K_PIPE},
    {"map_expr", K_MAP},
    {"map_expr_update", K_MAP_UPDATE},
    {"record_expr", K_RECORD},
    {"qualified_record_expr", K_RECORD},
    {"anon_record_expr", K_RECORD},
    {"record_update_expr", K_RECORD_UPDATE},
    {"qualified_record_update_expr", K_RECORD_UPDATE},
    {"anon_record_update_expr", K_RECORD_UPDATE},
    {"record_field_expr", K_RECORD_FIELD_ACCESS},
    {"qualified_record_field_expr", K_RECORD_FIELD_ACCESS},
    {"anon_record_field_expr", K_RECORD_FIELD_ACCESS},
    {"record_index_expr", K_RECORD_INDEX},
    {"ann_type", K_TYPE},
    {"range_type", K_TYPE},
    {"fun_type", K_TYPE},
    {"dotdotdot", K_TYPE},
    {"remote_module", K_REMOTE_MODULE},
    {"module", K_MODULE},
    {"arity", K_ARITY},
    {"expr_args", K_EXPR_ARGS},
    {"macro_call_args", K_MACRO_ARGS},
    {"macro_expr", K_MACRO_ARG},
    {"bin_element", K_BIN_ELEMENT},
    {"bit_size_expr", K_BIT_SIZE},
    {"bit_type_list", K_BIT_TYPES},
    {"bit_type_unit", K_BIT_UNIT},
    {"lc_exprs", K_LC_EXPRS},
    {"lc_or_zc_expr", K_LC_OR_ZC},
    {"generator", K_GENERATOR},
    {"b_generator", K_GENERATOR},
    {"map_generator", K_GENERATOR},
    {"map_field", K_MAP_FIELD},
    {"record_name", K_RECORD_NAME},
    {"qualified_record_name", K_RECORD_NAME},
    {"record_field_name", K_RECORD_FIELD_NAME},
    {"record_field", K_RECORD_FIELD},
    {"field_expr", K_FIELD_EXPR},
    {"field_type", K_FIELD_TYPE},
    {"guard", K_GUARD},
    {"guard_clause", K_GUARD_CLAUSE},
    {"clause_body", K_CLAUSE_BODY},
    {"if_clause", K_IF_CLAUSE},
    {"cr_clause", K_CR_CLAUSE},
    {"receive_after", K_RECEIVE_AFTER},
    {"fun_clause", K_FUN_CLAUSE},
    {"catch_clause", K_CATCH_CLAUSE},
    {"try_class", K_TRY_CLASS},
    {"try_stack", K_TRY_STACK},
    {"try_after", K_TRY_AFTER},
    {"fun_decl", K_FUN_DECL},
    {"function_clause", K_FUNCTION_CLAUSE},
    {"module_attribute", K_FORM_MODULE},
    {"behaviour_attribute", K_FORM_BEHAVIOUR},
    {"export_attribute", K_FORM_EXPORT},
    {"import_attribute", K_FORM_IMPORT},
    {"compile_options_attribute", K_FORM_COMPILE},
    {"feature_attribute", K_FORM_FEATURE},
    {"optional_callbacks_attribute", K_FORM_OPTIONAL_CALLBACKS},
    {"deprecated_attribute", K_FORM_OTHER},
    {"record_decl", K_FORM_RECORD},
    {"spec", K_FORM_SPEC},
    {"callback", K_FORM_CALLBACK},
    {"wild_attribute", K_FORM_WILD},
    {"pp_include", K_FORM_INCLUDE},
    {"pp_include_lib", K_FORM_INCLUDE_LIB},
    {"pp_define", K_FORM_DEFINE},
    {"pp_undef", K_FORM_UNDEF},
    {"pp_ifdef", K_FORM_IFDEF},
    {"pp_ifndef", K_FORM_IFNDEF},
    {"pp_if", K_FORM_IF},
    {"pp_elif", K_FORM_ELIF},
    {"pp_else", K_FORM_ELSE},
    {"pp_endif", K_FORM_ENDIF},
    {"import_record_attribute", K_FORM_OTHER},
    {"export_type_attribute", K_FORM_OTHER},
    {"export_record_attribute", K_FORM_OTHER},
    {"file_attribute", K_FORM_OTHER},
    {"type_alias", K_FORM_OTHER},
    {"nominal", K_FORM_OTHER},
    {"opaque", K_FORM_OTHER},
    {"ssr_definition", K_FORM_OTHER},
    {"shebang", K_SHEBANG},
    {"fa", K_FA},
    {"attr_name", K_ATTR_NAME},
    {"macro_lhs", K_MACRO_LHS},
    {"var_args", K_VAR_ARGS},
    {"replacement_function_clauses", K_REPLACEMENT_CLAUSES},
    {"replacement_cr_clauses", K_REPLACEMENT_CR_CLAUSES},
    {"replacement_guard_or", K_REPLACEMENT_GUARD_OR},
    {"replacement_guard_and", K_REPLACEMENT_GUARD_AND},
    {"replacement_expr_guard", K_REPLACEMENT_EXPR_GUARD},
    {"replacement_parens", K_REPLACEMENT_PARENS},
    {NULL, 0},
};

static const struct {
    const char *text;
    erl_kind kind;
    const char *name; /* in the core language */
} TOKENS[] = {
    {"+", T_PLUS, "+"},         {"-", T_MINUS, "-"},        {"*", T_STAR, "*"},
    {"/", T_SLASH, "/"},        {"div", T_DIV, "div"},      {"rem", T_REM, "rem"},
    {"band", T_BAND, "&&&"},    {"and", T_AND, "and"},      {"bor", T_BOR, "|||"},
    {"bxor", T_BXOR, "^^^"},    {"bsl", T_BSL, "<<<"},      {"bsr", T_BSR, ">>>"},
    {"or", T_OR, "or"},         {"xor", T_XOR, "xor"},      {"bnot", T_BNOT, "~~~"},
    {"not", T_NOT, "not"},      {"++", T_APPEND, "++"},     {"--", T_SUBTRACT, "--"},
    {"==", T_EQ, "=="},         {"/=", T_NE, "!="},         {"=<", T_LE, "<="},
    {"<", T_LT, "<"},           {">=", T_GE, ">="},         {">", T_GT, ">"},
    {"=:=", T_EXACT_EQ, "==="}, {"=/=", T_EXACT_NE, "!=="}, {"andalso", T_ANDALSO, "and"},
    {"orelse", T_ORELSE, "or"}, {"!", T_BANG, ""},          {":=", T_ASSIGN_EXACT, ""},
};
_Static_assert(ARRAY_LEN(TOKENS) == T_LAST - T_FIRST + 1, "one row per token, in their order");

static const char *const FIELDS[F_COUNT] = {
    [F_AFTER] = "after",       [F_ARGS] = "args",
    [F_ARITY] = "arity",       [F_ATTR] = "attr",
    [F_BODY] = "body",         [F_CATCH] = "catch",
    [F_CLASS] = "class",       [F_CLAUSE] = "clause",
    [F_CLAUSES] = "clauses",   [F_COND] = "cond",
    [F_ELEMENT] = "element",   [F_EXPR] = "expr",
    [F_EXPRS] = "exprs",       [F_FEATURE] = "feature",
    [F_FIELD] = "field",       [F_FILE] = "file",
    [F_FLAG] = "flag",         [F_FUN] = "fun",
    [F_FUNS] = "funs",         [F_CALLBACKS] = "callbacks",
    [F_GUARD] = "guard",       [F_KEY] = "key",
    [F_LC_EXPRS] = "lc_exprs", [F_LHS] = "lhs",
    [F_MODULE] = "module",     [F_NAME] = "name",
    [F_OPERAND] = "operand",   [F_OPTIONS] = "options",
    [F_PAT] = "pat",           [F_REPLACEMENT] = "replacement",
    [F_RHS] = "rhs",           [F_SIGS] = "sigs",
    [F_SIZE] = "size",         [F_STACK] = "stack",
    [F_TYPES] = "types",       [F_VALUE] = "value",
};

enum { SYMBOLS_MAX = 1024, FIELDS_MAX = 256 };
static uint8_t kinds[SYMBOLS_MAX];
static uint8_t fields[FIELDS_MAX];
static uint32_t kind_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_tables(void)
{
    syntax_kind_row tokens[ARRAY_LEN(TOKENS) + 1] = {{0}};
    for (size_t i = 0; i < ARRAY_LEN(TOKENS); i++)
        tokens[i] = (syntax_kind_row){TOKENS[i].text, (uint8_t)TOKENS[i].kind};
    const TSLanguage *language = tree_sitter_erlang();
    kind_count = syntax_kinds(language, NAMED, tokens, kinds, SYMBOLS_MAX);
    for (int i = 1; i < F_COUNT; i++) {
        uint32_t length = (uint32_t)strlen(FIELDS[i]);
        TSFieldId id = ts_language_field_id_for_name(language, FIELDS[i], length);
        if (id < FIELDS_MAX) fields[id] = (uint8_t)i;
    }
    fields[0] = F_NONE;
}

const TSLanguage *erl_language(void)
{
    return tree_sitter_erlang();
}

const uint8_t *erl_kinds(uint32_t *count)
{
    pthread_once(&once, make_tables);
    *count = kind_count;
    return kinds;
}

const uint8_t *erl_fields(void)
{
    pthread_once(&once, make_tables);
    return fields;
}

sv erl_op_name(erl_kind token)
{
    if (!erl_is_token(token)) return SV("");
    return sv_from(TOKENS[token - T_FIRST].name);
}

uint32_t erl_child(const lowering *l, uint32_t parent, erl_field field)
{
    for (EACH_CHILD(l, parent, child))
        if (erl_field_at(l, child) == field) return child;
    return 0;
}

uint32_t erl_child_of(const lowering *l, uint32_t parent, erl_kind kind)
{
    for (EACH_CHILD(l, parent, child))
        if (erl_kind_at(l, child) == kind) return child;
    return 0;
}
